/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hmac.h"

#include "crypto/md5.h"
#include "crypto/rc4.h"
#include "lib/unit.h"

/* RFC 2202 and RFC 4231, cases 1, 2 and 6: a short, a text and an overlong key. */
static const struct {
    enum crypto_hash hash;
    const char *key, *text, *sum;
} rows[] = {
    { CRYPTO_HASH_MD5, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There",
      "9294727a3638bb1c13f48ef8158bfc9d" },
    { CRYPTO_HASH_MD5, "4a656665", "what do ya want for nothing?",
      "750c783e6ab0b503eaa86e310a5db738" },
    { CRYPTO_HASH_SHA1, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There",
      "b617318655057264e28bc0b6fb378c8ef146be00" },
    { CRYPTO_HASH_SHA1, "4a656665", "what do ya want for nothing?",
      "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
    { CRYPTO_HASH_SHA256, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
    { CRYPTO_HASH_SHA256, "4a656665", "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { CRYPTO_HASH_SHA384, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There",
      "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
      "faea9ea9076ede7f4af152e8b2fa9cb6" },
    { CRYPTO_HASH_SHA384, "4a656665", "what do ya want for nothing?",
      "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
      "8e2240ca5e69e2c78b3239ecfab21649" },
};

static void agrees_with_the_rfcs(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes key = unit_hex(rows[i].key), want = unit_hex(rows[i].sum);
        uint8_t sum[CRYPTO_HASH_MAX];

        assert_int_equal(crypto_hash_len(rows[i].hash), want.len);
        crypto_hmac_once(rows[i].hash, key, bytes_of_text(rows[i].text), sum);
        unit_assert_bytes(bytes_of(sum, want.len), want);
        free((void *)key.ptr);
        free((void *)want.ptr);
    }
}

static void hashes_a_key_longer_than_a_block(void **state)
{
    static const char text[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    struct bytes want =
        unit_hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    uint8_t key[131], sum[CRYPTO_HASH_MAX];

    (void)state;
    memset(key, 0xaa, sizeof key);
    crypto_hmac_once(CRYPTO_HASH_SHA256, bytes_of(key, sizeof key), bytes_of_text(text), sum);
    unit_assert_bytes(bytes_of(sum, want.len), want);
    free((void *)want.ptr);
}

/* RFC 1321 A.5 */
static void md5_takes_parts(void **state)
{
    struct bytes want = unit_hex("f96b697d7cb7938d525a2f31aaf161d0");
    struct bytes parts[] = { bytes_of_text("message"), { NULL, 0 }, bytes_of_text(" digest") };
    uint8_t sum[CRYPTO_MD5];

    (void)state;
    crypto_md5(parts, 3, sum);
    unit_assert_bytes(bytes_of(sum, sizeof sum), want);
    free((void *)want.ptr);
}

/* RFC 6229 2, 40-bit key */
static void rc4_runs_on(void **state)
{
    struct bytes key = unit_hex("0102030405");
    struct bytes want =
        unit_hex("b2396305f03dc027ccc3524a0a1118a86982944f18fc82d589c403a47a0d0919");
    uint8_t stream[32] = { 0 };
    struct crypto_rc4 r;

    (void)state;
    crypto_rc4_begin(&r, key);
    crypto_rc4_run(&r, stream, 5);
    crypto_rc4_run(&r, stream + 5, 27);
    unit_assert_bytes(bytes_of(stream, sizeof stream), want);
    free((void *)key.ptr);
    free((void *)want.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_rfcs),
        cmocka_unit_test(hashes_a_key_longer_than_a_block),
        cmocka_unit_test(md5_takes_parts),
        cmocka_unit_test(rc4_runs_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
