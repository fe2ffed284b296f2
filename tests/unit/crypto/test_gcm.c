/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/gcm.h"

#include "lib/unit.h"

/* The sixteenth case of the paper that proposed the mode to NIST (McGrew and Viega). */
#define KEY "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
#define NONCE "cafebabefacedbaddecaf888"
#define PLAIN                                                                                      \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"                             \
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define AAD "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define SEALED                                                                                     \
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"                             \
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
#define TAG "76fc6ece0f4e1768cddf8853bb2d551b"

struct case_16 {
    struct crypto_gcm gcm;
    struct bytes plain, aad, sealed, tag;
    struct bytes aad_parts[2];
};

static void set_up(struct case_16 *c)
{
    struct bytes key = unit_hex(KEY), nonce = unit_hex(NONCE);

    memcpy(c->gcm.key, key.ptr, sizeof c->gcm.key);
    memcpy(c->gcm.nonce, nonce.ptr, sizeof c->gcm.nonce);
    c->plain = unit_hex(PLAIN);
    c->aad = unit_hex(AAD);
    c->sealed = unit_hex(SEALED);
    c->tag = unit_hex(TAG);
    c->aad_parts[0] = bytes_of(c->aad.ptr, 7);
    c->aad_parts[1] = bytes_of(c->aad.ptr + 7, c->aad.len - 7);
    free((void *)key.ptr);
    free((void *)nonce.ptr);
}

static void tear_down(struct case_16 *c)
{
    free((void *)c->plain.ptr);
    free((void *)c->aad.ptr);
    free((void *)c->sealed.ptr);
    free((void *)c->tag.ptr);
}

static void seals_and_opens_as_the_paper_does(void **state)
{
    uint8_t to[60], tag[CRYPTO_GCM_TAG];
    struct case_16 c;

    (void)state;
    set_up(&c);
    assert_int_equal(crypto_gcm_seal(&c.gcm, c.aad_parts, 2, c.plain, to, tag), ERR_OK);
    unit_assert_bytes(bytes_of(to, sizeof to), c.sealed);
    unit_assert_bytes(bytes_of(tag, sizeof tag), c.tag);
    assert_int_equal(crypto_gcm_open(&c.gcm, &c.aad, 1, bytes_of(to, sizeof to), tag, to), ERR_OK);
    unit_assert_bytes(bytes_of(to, sizeof to), c.plain);
    tear_down(&c);
}

static void expect_altered(const struct case_16 *c, const struct crypto_gcm *gcm, struct bytes aad,
                           struct bytes sealed, const uint8_t *tag)
{
    static const uint8_t zeros[60];
    uint8_t to[60] = { 1 };

    assert_int_equal(crypto_gcm_open(gcm, &aad, 1, sealed, tag, to), ERR_ALTERED);
    assert_memory_equal(to, zeros, sealed.len);
    assert_int_equal(sealed.len, c->sealed.len);
}

static void one_bit_anywhere_is_found_and_nothing_given(void **state)
{
    struct crypto_gcm other;
    struct case_16 c;
    size_t i;

    (void)state;
    set_up(&c);
    for (i = 0; i < 8 * c.sealed.len; i++) {
        ((uint8_t *)c.sealed.ptr)[i / 8] ^= (uint8_t)(1 << i % 8);
        expect_altered(&c, &c.gcm, c.aad, c.sealed, c.tag.ptr);
        ((uint8_t *)c.sealed.ptr)[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (i = 0; i < 8 * c.tag.len; i++) {
        ((uint8_t *)c.tag.ptr)[i / 8] ^= (uint8_t)(1 << i % 8);
        expect_altered(&c, &c.gcm, c.aad, c.sealed, c.tag.ptr);
        ((uint8_t *)c.tag.ptr)[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    expect_altered(&c, &c.gcm, bytes_of(c.aad.ptr, c.aad.len - 1), c.sealed, c.tag.ptr);
    other = c.gcm;
    other.nonce[11] ^= 1;
    expect_altered(&c, &other, c.aad, c.sealed, c.tag.ptr);
    other = c.gcm;
    other.key[0] ^= 1;
    expect_altered(&c, &other, c.aad, c.sealed, c.tag.ptr);
    tear_down(&c);
}

static void authenticates_what_it_does_not_hide(void **state)
{
    struct bytes parts[] = { bytes_of_text("header"), bytes_of_text("body") };
    struct bytes moved[] = { bytes_of_text("headerb"), bytes_of_text("odd") };
    struct crypto_gcm g = { { 1 }, { 2 } };
    uint8_t tag[CRYPTO_GCM_TAG];

    (void)state;
    assert_int_equal(crypto_gcm_seal(&g, parts, 2, bytes_of(NULL, 0), NULL, tag), ERR_OK);
    assert_int_equal(crypto_gcm_open(&g, parts, 2, bytes_of(NULL, 0), tag, NULL), ERR_OK);
    assert_int_equal(crypto_gcm_open(&g, parts, 1, bytes_of(NULL, 0), tag, NULL), ERR_ALTERED);
    assert_int_equal(crypto_gcm_open(&g, moved, 2, bytes_of(NULL, 0), tag, NULL), ERR_ALTERED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seals_and_opens_as_the_paper_does),
        cmocka_unit_test(one_bit_anywhere_is_found_and_nothing_given),
        cmocka_unit_test(authenticates_what_it_does_not_hide),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
