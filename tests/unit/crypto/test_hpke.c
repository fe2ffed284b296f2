/* SPDX-License-Identifier: Apache-2.0
 * RFC 9180's vectors as the CFRG publishes them: mode 0, KEM 16, KDF 1, AEAD 2.
 */
#include "crypto/hpke.h"

#include "lib/unit.h"

#define INFO "4f6465206f6e2061204772656369616e2055726e"
#define RECIPIENT "317f915db7bc629c48fe765587897e01e282d3e8445f79f27f65d031a88082b2"
#define EPHEMERAL "90345e3a1d116c1dd39ae76d95ab858c142223a63e44f8f85318cfa91a84858e"
#define ENC                                                                                        \
    "04c06b4f6bebc7bb495cb797ab753f911aff80aefb86fd8b6fcc35525f3ab5f03e"                           \
    "0b21bd31a86c6048af3cb2d98e0d3bf01da5cc4c39ff5370d331a4f1f7d5a4e0"
#define KEY "ee16802a936d5f544771131900ee6973d0551de9e852ece2ef34bf0d5f9e1d1d"
#define BASE_NONCE "9bc50980832a7b4b58c40161"
#define EXPORTER_SECRET "a8e9a7e62621879fdc89cea7da8e6153458f463e2851baaf009a7461d699cfb6"
#define PLAIN "4265617574792069732074727574682c20747275746820626561757479"

static const struct {
    uint64_t sequence;
    const char *aad, *sealed;
} messages[] = {
    { 0, "436f756e742d30",
      "58c61a45059d0c5704560e9d88b564a8b63f1364b8d1"
      "fcb3c4c6ddc1d291742465e902cd216f8908da49f8f96f" },
    { 1, "436f756e742d31",
      "b4e7c90d1dd62cb563694956eb517ab55d5e7d1f6366"
      "a0066c04ababaa444dbaf60a30d7bb7d3e91b969762dee" },
    { 2, "436f756e742d32",
      "65463cc0e5fd16e1650a55fb37d5b6fe6e5ac5b6f6e8"
      "c2640cfb0fcd528dc37bc0963b5c53d6238c42d447ddf4" },
    { 4, "436f756e742d34",
      "8537ff19240d613badd398dbeedf0338ca9f549bad67"
      "75ae8c3a672666057f6709e0931155cd1cae7071c6fd27" },
    { 255, "436f756e742d323535",
      "2bcdb6aa31cf9b85855aa22c18ee7feb783b26d5f8fa"
      "e4554a409845810bdac0fc06bdce6c60a37efb45a106eb" },
    { 256, "436f756e742d323536",
      "fcc4c798b73d45d4a241f4d05886befed63b8bdf0252"
      "454072c9f6170f6e262f2738cf2ea290053b2181ad46d6" },
};

static const struct {
    const char *context, *value;
} exports[] = {
    { "", "7a4c2b89e1909fb0e3ca42d5040f4c2d8346dc0643d787b8474e804f8f72798e" },
    { "00", "3ca0e7e10b601a32edd2f91c49bac766892c52bde2df01a6126320c6e6eb8af1" },
    { "54657374436f6e74657874",
      "76c6b4f404990ae362be3efe0d60d9669d87017f9dfe33b8c2ed9fd31d295182" },
};

static struct crypto_p256 *pair(const char *hex)
{
    struct bytes b = unit_hex(hex);
    struct crypto_p256 *k = NULL;

    assert_int_equal(crypto_p256_read(b, &k), ERR_OK);
    free((void *)b.ptr);
    return k;
}

static void assert_hex(const void *got, size_t len, const char *hex)
{
    struct bytes want = unit_hex(hex);

    unit_assert_bytes(bytes_of(got, len), want);
    free((void *)want.ptr);
}

/* The receiver's context of the vectors' enc. */
static void receive(struct crypto_hpke *ret)
{
    struct bytes enc = unit_hex(ENC), info = unit_hex(INFO);
    struct crypto_p256 *own = pair(RECIPIENT);

    assert_int_equal(crypto_hpke_receive(own, enc, info, ret), ERR_OK);
    crypto_p256_free(own);
    free((void *)enc.ptr);
    free((void *)info.ptr);
}

static void both_sides_come_to_the_keys_of_the_vectors(void **state)
{
    struct crypto_p256 *own = pair(RECIPIENT), *ephemeral = pair(EPHEMERAL);
    struct bytes info = unit_hex(INFO);
    uint8_t enc[CRYPTO_HPKE_ENC];
    struct crypto_hpke s, r;

    (void)state;
    assert_int_equal(crypto_hpke_send_with(ephemeral, own, info, enc, &s), ERR_OK);
    assert_hex(enc, sizeof enc, ENC);
    assert_hex(s.base.key, sizeof s.base.key, KEY);
    assert_hex(s.base.nonce, sizeof s.base.nonce, BASE_NONCE);
    assert_hex(s.exporter, sizeof s.exporter, EXPORTER_SECRET);
    receive(&r);
    assert_memory_equal(&r, &s, sizeof r);
    crypto_p256_free(own);
    crypto_p256_free(ephemeral);
    free((void *)info.ptr);
}

static void seals_and_opens_as_the_vectors_say(void **state)
{
    struct bytes plain = unit_hex(PLAIN);
    uint8_t to[64];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        struct bytes aad = unit_hex(messages[i].aad), sealed = unit_hex(messages[i].sealed);
        struct crypto_hpke h;

        receive(&h);
        h.sequence = messages[i].sequence;
        assert_int_equal(crypto_hpke_seal(&h, aad, plain, to), ERR_OK);
        unit_assert_bytes(bytes_of(to, plain.len + CRYPTO_GCM_TAG), sealed);
        assert_int_equal(h.sequence, messages[i].sequence + 1);
        h.sequence = messages[i].sequence;
        assert_int_equal(crypto_hpke_open(&h, aad, sealed, to), ERR_OK);
        unit_assert_bytes(bytes_of(to, plain.len), plain);
        free((void *)aad.ptr);
        free((void *)sealed.ptr);
    }
    free((void *)plain.ptr);
}

static void exports_as_the_vectors_say(void **state)
{
    struct crypto_hpke h;
    size_t i;

    (void)state;
    receive(&h);
    for (i = 0; i < sizeof exports / sizeof exports[0]; i++) {
        struct bytes context = unit_hex(exports[i].context);
        uint8_t value[32];

        assert_int_equal(crypto_hpke_export(h.exporter, context, value, sizeof value), ERR_OK);
        assert_hex(value, sizeof value, exports[i].value);
        free((void *)context.ptr);
    }
}

static void opens_nothing_out_of_turn_or_altered(void **state)
{
    struct bytes aad = unit_hex(messages[1].aad), sealed = unit_hex(messages[1].sealed);
    struct crypto_hpke h;
    uint8_t to[64];
    size_t i;

    (void)state;
    receive(&h);
    assert_int_equal(crypto_hpke_open(&h, aad, sealed, to), ERR_ALTERED);
    assert_int_equal(h.sequence, 0);
    h.sequence = 1;
    for (i = 0; i < sealed.len; i++) {
        ((uint8_t *)sealed.ptr)[i] ^= 0x80;
        assert_int_equal(crypto_hpke_open(&h, aad, sealed, to), ERR_ALTERED);
        ((uint8_t *)sealed.ptr)[i] ^= 0x80;
    }
    for (i = 0; i < CRYPTO_GCM_TAG; i++)
        assert_int_equal(crypto_hpke_open(&h, aad, bytes_of(sealed.ptr, i), to), ERR_TRUNCATED);
    assert_int_equal(crypto_hpke_open(&h, bytes_of(aad.ptr, 3), sealed, to), ERR_ALTERED);
    assert_int_equal(crypto_hpke_open(&h, aad, sealed, to), ERR_OK);
    h.sequence = UINT64_MAX;
    assert_int_equal(crypto_hpke_open(&h, aad, sealed, to), ERR_OUT_OF_SEQUENCE);
    assert_int_equal(crypto_hpke_seal(&h, aad, aad, to), ERR_OUT_OF_SEQUENCE);
    free((void *)aad.ptr);
    free((void *)sealed.ptr);
}

static void refuses_an_enc_that_is_no_point(void **state)
{
    struct bytes enc = unit_hex(ENC);
    struct crypto_p256 *own = pair(RECIPIENT);
    struct crypto_hpke h;

    (void)state;
    ((uint8_t *)enc.ptr)[40] ^= 1;
    assert_int_equal(crypto_hpke_receive(own, enc, bytes_of(NULL, 0), &h), ERR_MALFORMED);
    assert_int_equal(crypto_hpke_receive(own, bytes_of(enc.ptr, 64), bytes_of(NULL, 0), &h),
                     ERR_MALFORMED);
    assert_int_equal(crypto_hpke_receive(own, bytes_of(NULL, 0), bytes_of(NULL, 0), &h),
                     ERR_MALFORMED);
    crypto_p256_free(own);
    free((void *)enc.ptr);
}

/* No two agreements are one; another info, another receiver: another secret. */
static void nothing_is_shared_with_another(void **state)
{
    struct crypto_p256 *own = pair(RECIPIENT), *other = NULL;
    uint8_t enc[CRYPTO_HPKE_ENC], again[CRYPTO_HPKE_ENC];
    struct bytes info = bytes_of_text("info"), e = bytes_of(enc, sizeof enc);
    struct crypto_hpke a, b;

    (void)state;
    assert_int_equal(crypto_p256_new(&other), ERR_OK);
    assert_int_equal(crypto_hpke_send(own, info, again, &b), ERR_OK);
    assert_int_equal(crypto_hpke_send(own, info, enc, &a), ERR_OK);
    assert_memory_not_equal(enc, again, sizeof enc);
    assert_memory_not_equal(a.exporter, b.exporter, sizeof a.exporter);
    assert_int_equal(crypto_hpke_receive(own, e, info, &b), ERR_OK);
    assert_memory_equal(&a, &b, sizeof a);
    assert_int_equal(crypto_hpke_receive(own, e, bytes_of_text("inf0"), &b), ERR_OK);
    assert_memory_not_equal(a.exporter, b.exporter, sizeof a.exporter);
    assert_int_equal(crypto_hpke_receive(other, e, info, &b), ERR_OK);
    assert_memory_not_equal(a.exporter, b.exporter, sizeof a.exporter);
    crypto_p256_free(own);
    crypto_p256_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_come_to_the_keys_of_the_vectors),
        cmocka_unit_test(seals_and_opens_as_the_vectors_say),
        cmocka_unit_test(exports_as_the_vectors_say),
        cmocka_unit_test(opens_nothing_out_of_turn_or_altered),
        cmocka_unit_test(refuses_an_enc_that_is_no_point),
        cmocka_unit_test(nothing_is_shared_with_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
