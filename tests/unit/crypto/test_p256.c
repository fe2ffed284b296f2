/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/p256.h"

#include "lib/unit.h"

/* RFC 6979 A.2.5: the key, and its signature of "sample" with SHA-256 */
#define SECRET "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"
#define PUBLIC                                                                                     \
    "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"                           \
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
#define SIGNATURE                                                                                  \
    "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"                             \
    "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
/* The order of the curve, and one less. */
#define ORDER "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"
#define LARGEST "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"

static enum err read_text(const char *hex, enum err (*read)(struct bytes, struct crypto_p256 **),
                          struct crypto_p256 **ret)
{
    struct bytes b = unit_hex(hex);
    enum err e = read(b, ret);

    free((void *)b.ptr);
    return e;
}

static void knows_the_public_half(void **state)
{
    struct bytes secret = unit_hex(SECRET), point = unit_hex(PUBLIC);
    uint8_t back[CRYPTO_P256_SECRET];
    struct crypto_p256 *k = NULL;

    (void)state;
    assert_int_equal(crypto_p256_read(secret, &k), ERR_OK);
    unit_assert_bytes(crypto_p256_public(k), point);
    assert_int_equal(crypto_p256_write(k, back), ERR_OK);
    unit_assert_bytes(bytes_of(back, sizeof back), secret);
    crypto_p256_free(crypto_p256_ref(k));
    crypto_p256_free(k);
    crypto_p256_free(NULL);
    free((void *)secret.ptr);
    free((void *)point.ptr);
}

static void refuses_what_is_no_private_key(void **state)
{
    struct crypto_p256 *k = NULL;

    (void)state;
    assert_int_equal(read_text(LARGEST, crypto_p256_read, &k), ERR_OK);
    crypto_p256_free(k);
    assert_int_equal(read_text(ORDER, crypto_p256_read, &k), ERR_MALFORMED);
    assert_int_equal(read_text(ZERO, crypto_p256_read, &k), ERR_MALFORMED);
    assert_int_equal(read_text(SECRET "00", crypto_p256_read, &k), ERR_MALFORMED);
    assert_int_equal(read_text("01", crypto_p256_read, &k), ERR_MALFORMED);
    assert_int_equal(read_text("", crypto_p256_read, &k), ERR_MALFORMED);
}

static void refuses_what_is_no_point_of_the_curve(void **state)
{
    struct crypto_p256 *k = NULL;
    struct bytes point = unit_hex(PUBLIC);
    uint8_t other[CRYPTO_P256_PUBLIC];
    size_t i;

    (void)state;
    assert_int_equal(crypto_p256_read_public(point, &k), ERR_OK);
    crypto_p256_free(k);
    memcpy(other, point.ptr, sizeof other);
    other[64] ^= 1; /* y is another */
    assert_int_equal(crypto_p256_read_public(bytes_of(other, 65), &k), ERR_MALFORMED);
    memset(other + 1, 0, 64);
    assert_int_equal(crypto_p256_read_public(bytes_of(other, 65), &k), ERR_MALFORMED);
    memset(other + 1, 0xff, 64); /* beyond the field */
    assert_int_equal(crypto_p256_read_public(bytes_of(other, 65), &k), ERR_MALFORMED);
    for (i = 0; i < 8; i++) { /* the zero, the compressed and the hybrid forms */
        memcpy(other, point.ptr, sizeof other);
        other[0] = (uint8_t)i;
        if (i == 4)
            continue;
        assert_int_equal(crypto_p256_read_public(bytes_of(other, 65), &k), ERR_MALFORMED);
        assert_int_equal(crypto_p256_read_public(bytes_of(other, 33), &k), ERR_MALFORMED);
        assert_int_equal(crypto_p256_read_public(bytes_of(other, 1), &k), ERR_MALFORMED);
    }
    for (i = 0; i < point.len; i++)
        assert_int_equal(crypto_p256_read_public(bytes_of(point.ptr, i), &k), ERR_MALFORMED);
    free((void *)point.ptr);
}

static void both_sides_agree(void **state)
{
    uint8_t one[CRYPTO_P256_SHARED], two[CRYPTO_P256_SHARED], three[CRYPTO_P256_SHARED];
    struct crypto_p256 *a = NULL, *b = NULL, *b_public = NULL;

    (void)state;
    assert_int_equal(crypto_p256_new(&a), ERR_OK);
    assert_int_equal(crypto_p256_new(&b), ERR_OK);
    assert_int_equal(crypto_p256_read_public(crypto_p256_public(b), &b_public), ERR_OK);
    assert_int_equal(crypto_p256_agree(a, b_public, one), ERR_OK);
    assert_int_equal(crypto_p256_agree(b, a, two), ERR_OK);
    assert_memory_equal(one, two, sizeof one);
    assert_int_equal(crypto_p256_agree(a, a, three), ERR_OK);
    assert_memory_not_equal(one, three, sizeof one);
    assert_int_equal(crypto_p256_agree(b_public, a, three), ERR_INTERNAL);
    assert_int_equal(crypto_p256_write(b_public, three), ERR_INVALID_PARAMETER);
    crypto_p256_free(a);
    crypto_p256_free(b);
    crypto_p256_free(b_public);
}

static void verifies_the_signature_of_rfc_6979(void **state)
{
    struct bytes sig = unit_hex(SIGNATURE), text = bytes_of_text("sample");
    struct crypto_p256 *k = NULL;
    size_t i;

    (void)state;
    assert_int_equal(read_text(PUBLIC, crypto_p256_read_public, &k), ERR_OK);
    assert_int_equal(crypto_p256_verify(k, text, sig.ptr), ERR_OK);
    assert_int_equal(crypto_p256_verify(k, bytes_of_text("simple"), sig.ptr), ERR_ALTERED);
    for (i = 0; i < 8 * sig.len; i += 5) {
        ((uint8_t *)sig.ptr)[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_int_equal(crypto_p256_verify(k, text, sig.ptr), ERR_ALTERED);
        ((uint8_t *)sig.ptr)[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    crypto_p256_free(k);
    free((void *)sig.ptr);
}

/* Zero, and the order, as r and s: the classic forgery where nobody looks. */
static void refuses_signatures_of_nothing(void **state)
{
    static const char *const rows[] = { ZERO ZERO, ORDER ORDER, ZERO ORDER, ORDER ZERO };
    struct crypto_p256 *k = NULL;
    size_t i;

    (void)state;
    assert_int_equal(crypto_p256_new(&k), ERR_OK);
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes sig = unit_hex(rows[i]);

        assert_int_equal(crypto_p256_verify(k, bytes_of_text("x"), sig.ptr), ERR_ALTERED);
        free((void *)sig.ptr);
    }
    crypto_p256_free(k);
}

static void signs_for_its_own_key_alone(void **state)
{
    uint8_t sig[CRYPTO_P256_SIGNATURE], again[CRYPTO_P256_SIGNATURE];
    struct crypto_p256 *k = NULL, *other = NULL, *pub = NULL;
    struct bytes text = bytes_of_text("a message");
    int i;

    (void)state;
    assert_int_equal(crypto_p256_new(&k), ERR_OK);
    assert_int_equal(crypto_p256_new(&other), ERR_OK);
    assert_int_equal(crypto_p256_read_public(crypto_p256_public(k), &pub), ERR_OK);
    for (i = 0; i < 300; i++) { /* halves with leading zeros among them */
        assert_int_equal(crypto_p256_sign(k, text, sig), ERR_OK);
        assert_int_equal(crypto_p256_verify(pub, text, sig), ERR_OK);
    }
    assert_int_equal(crypto_p256_sign(k, text, again), ERR_OK);
    assert_memory_not_equal(sig, again, 32);
    assert_int_equal(crypto_p256_verify(other, text, sig), ERR_ALTERED);
    assert_int_equal(crypto_p256_sign(pub, text, sig), ERR_INTERNAL);
    crypto_p256_free(k);
    crypto_p256_free(other);
    crypto_p256_free(pub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_public_half),
        cmocka_unit_test(refuses_what_is_no_private_key),
        cmocka_unit_test(refuses_what_is_no_point_of_the_curve),
        cmocka_unit_test(both_sides_agree),
        cmocka_unit_test(verifies_the_signature_of_rfc_6979),
        cmocka_unit_test(refuses_signatures_of_nothing),
        cmocka_unit_test(signs_for_its_own_key_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
