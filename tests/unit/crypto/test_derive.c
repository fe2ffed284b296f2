/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/derive.h"

#include "lib/unit.h"

static void folds_as_rfc_3961_does(void **state)
{
    static const struct {
        const char *text, *folded;
    } rows[] = {
        { "012345", "be072631276b1955" },
        { "password", "78a07b6caf85fa" },
        { "Rough Consensus, and Running Code", "bb6ed30870b7f0e0" },
        { "password", "59e4a8ca7c0385c3c37b3f6d2000247cb6e6bd5b3e" },
        { "MASSACHVSETTS INSTITVTE OF TECHNOLOGY",
          "db3b0d8f0b061e603282b308a50841229ad798fab9540c1b" },
        { "Q", "518a54a215a8452a518a54a215a8452a518a54a215" },
        { "ba", "fb25d531ae8974499f52fd92ea9857c4ba24cf297e" },
        { "kerberos", "6b65726265726f73" },
        { "kerberos", "6b65726265726f737b9b5b2b93132b93" },
        { "kerberos", "8372c236344e5f1550cd0747e15d62ca7a5a3bcea4" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes want = unit_hex(rows[i].folded);
        uint8_t got[32];

        crypto_nfold(bytes_of_text(rows[i].text), got, want.len);
        unit_assert_bytes(bytes_of(got, want.len), want);
        free((void *)want.ptr);
    }
}

/* [MS-KILE] 4.4 */
static void derives_as_windows_does(void **state)
{
    struct bytes base = unit_hex("c7730daa23521bc16ab83cbee3b37f41");
    struct bytes want = unit_hex("b82ee122531c2d94821ac755bccb5879");
    struct crypto_key k;

    (void)state;
    assert_int_equal(crypto_dk(base, bytes_of_text("kerberos"), &k), ERR_OK);
    unit_assert_bytes(crypto_key_view(&k), want);
    free((void *)base.ptr);
    free((void *)want.ptr);
}

/* RFC 8009 appendix A, key usage 2 */
static void derives_as_rfc_8009_does(void **state)
{
    static const char base128[] = "3705D96080C17728A0E800EAB6E0D23C";
    static const char base256[] =
        "6D404D37FAF79F9DF0D33568D320669800EB4836472EA8A026D16B7182460C52";
    static const struct {
        int32_t type;
        enum crypto_key_kind kind;
        const char *base, *key;
    } rows[] = {
        { 19, CRYPTO_KC, base128, "B31A018A48F54776F403E9A396325DC3" },
        { 19, CRYPTO_KE, base128, "9B197DD1E8C5609D6E67C3E37C62C72E" },
        { 19, CRYPTO_KI, base128, "9FDA0E56AB2D85E1569A688696C26A6C" },
        { 20, CRYPTO_KC, base256, "EF5718BE86CC84963D8BBB5031E9F5C4BA41F28FAF69E73D" },
        { 20, CRYPTO_KE, base256,
          "56AB22BEE63D82D7BC5227F6773F8EA7A5EB1C825160C38312980C442E5C7E49" },
        { 20, CRYPTO_KI, base256, "69B16514E3CD8E56B82010D5C73012B622C4D00FFC23ED1F" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes base = unit_hex(rows[i].base), want = unit_hex(rows[i].key);
        struct crypto_key k;

        assert_int_equal(crypto_derive(rows[i].type, base, 2, rows[i].kind, &k), ERR_OK);
        unit_assert_bytes(crypto_key_view(&k), want);
        free((void *)base.ptr);
        free((void *)want.ptr);
    }
}

static void refuses_what_it_has_no_rule_for(void **state)
{
    static const uint8_t key[32];
    struct crypto_key k;

    (void)state;
    assert_int_equal(crypto_derive(16, bytes_of(key, 24), 2, CRYPTO_KE, &k), ERR_UNSUPPORTED_ETYPE);
    assert_int_equal(crypto_derive(23, bytes_of(key, 16), 2, CRYPTO_KE, &k), ERR_UNSUPPORTED_ETYPE);
    assert_int_equal(crypto_derive(18, bytes_of(key, 16), 2, CRYPTO_KE, &k), ERR_INVALID_PARAMETER);
    assert_int_equal(crypto_dk(bytes_of(key, 24), bytes_of(key, 5), &k), ERR_INVALID_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_as_rfc_3961_does),
        cmocka_unit_test(derives_as_windows_does),
        cmocka_unit_test(derives_as_rfc_8009_does),
        cmocka_unit_test(refuses_what_it_has_no_rule_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
