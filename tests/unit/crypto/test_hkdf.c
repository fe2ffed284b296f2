/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hkdf.h"

#include "crypto/sha256.h"
#include "lib/unit.h"

/* RFC 5869 A.1 and A.3 */
static const struct {
    const char *ikm, *salt, *info, *prk, *okm;
} rows[] = {
    { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
      "f0f1f2f3f4f5f6f7f8f9", "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865" },
    { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
      "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8" },
};

static void derives_as_rfc_5869_does(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes ikm = unit_hex(rows[i].ikm), salt = unit_hex(rows[i].salt);
        struct bytes info = unit_hex(rows[i].info), prk = unit_hex(rows[i].prk);
        struct bytes okm = unit_hex(rows[i].okm);
        struct bytes parts[] = { bytes_of(ikm.ptr, 5), bytes_of(ikm.ptr + 5, ikm.len - 5) };
        uint8_t key[CRYPTO_HKDF], to[42];

        crypto_hkdf_extract(salt, parts, 2, key);
        unit_assert_bytes(bytes_of(key, sizeof key), prk);
        assert_int_equal(crypto_hkdf_expand(key, &info, 1, to, sizeof to), ERR_OK);
        unit_assert_bytes(bytes_of(to, sizeof to), okm);
        free((void *)ikm.ptr);
        free((void *)salt.ptr);
        free((void *)info.ptr);
        free((void *)prk.ptr);
        free((void *)okm.ptr);
    }
}

static void gives_no_more_than_its_most(void **state)
{
    static uint8_t to[CRYPTO_HKDF_MAX + 1];
    uint8_t key[CRYPTO_HKDF] = { 1 };

    (void)state;
    assert_int_equal(crypto_hkdf_expand(key, NULL, 0, to, CRYPTO_HKDF_MAX), ERR_OK);
    assert_int_equal(crypto_hkdf_expand(key, NULL, 0, to, CRYPTO_HKDF_MAX + 1), ERR_TOO_LONG);
}

/* FIPS 180-4's example of one block */
static void sha256_takes_parts(void **state)
{
    struct bytes want =
        unit_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    struct bytes parts[] = { bytes_of_text("a"), { NULL, 0 }, bytes_of_text("bc") };
    uint8_t sum[CRYPTO_SHA256];

    (void)state;
    crypto_sha256(parts, 3, sum);
    unit_assert_bytes(bytes_of(sum, sizeof sum), want);
    free((void *)want.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derives_as_rfc_5869_does),
        cmocka_unit_test(gives_no_more_than_its_most),
        cmocka_unit_test(sha256_takes_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
