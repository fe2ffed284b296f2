/* SPDX-License-Identifier: Apache-2.0 */
#include "kerberos/message.h"

#include <sys/mman.h>
#include <unistd.h>

#include "crypto/derive.h"
#include "lib/unit.h"

/* [MS-KILE] 4.5, and the same with one bit of the data changed. */
static void opens_the_worked_example(void **state)
{
    struct bytes key = unit_hex("81a2cb90af7fc2d19554a150d8185359");
    struct bytes token = unit_hex("603b06092a864886f71201020202011100 1000ffff e29e8bbc6348e740"
                                  "ebaa619244a156a1 3b5cf65e3c21b9aa");
    struct bytes data = unit_hex("8ed63f0ac83815335b72e293bae1f660");
    struct bytes plain = unit_hex("112233445566778899aabbccddeeff");
    struct kerberos_keys k = { .enctype = CRYPTO_RC4_HMAC,
                               .key = key.ptr,
                               .key_len = key.len,
                               .replay = true,
                               .sequence = true,
                               .recv_seq = 0x60cbacd3 };
    struct segment seg[] = {
        { (uint8_t *)token.ptr, token.len, SEGMENT_TOKEN, SEGMENT_NORMAL },
        { (uint8_t *)data.ptr, 15, SEGMENT_DATA, SEGMENT_NORMAL },
        { (uint8_t *)data.ptr + 15, 1, SEGMENT_PADDING, SEGMENT_NORMAL },
    };
    uint8_t bad_token[64], bad_data[16];
    struct segment bad[] = {
        { bad_token, token.len, SEGMENT_TOKEN, SEGMENT_NORMAL },
        { bad_data, 15, SEGMENT_DATA, SEGMENT_NORMAL },
        { bad_data + 15, 1, SEGMENT_PADDING, SEGMENT_NORMAL },
    };
    struct message m = { .seg = seg, .count = 3 }, altered = { .seg = bad, .count = 3 };
    struct kerberos_messages *s = NULL;
    uint32_t qop;

    (void)state;
    memcpy(bad_token, token.ptr, token.len);
    memcpy(bad_data, data.ptr, data.len);
    bad_data[3] ^= 1;
    assert_int_equal(kerberos_messages_new(&k, &s), ERR_OK);
    assert_int_equal(kerberos_unseal(s, &altered, &qop), ERR_ALTERED);
    assert_int_equal(kerberos_unseal(s, &m, &qop), ERR_OK);
    assert_int_equal(qop, 0);
    assert_memory_equal(data.ptr, plain.ptr, plain.len);
    kerberos_messages_free(s);
    free((void *)key.ptr);
    free((void *)token.ptr);
    free((void *)data.ptr);
    free((void *)plain.ptr);
}

/* The framing's length takes one byte more at 128 and at 256: the token with it. */
static void counts_the_framing_right(void **state)
{
    static const uint8_t key[16] = { 1 };
    struct kerberos_keys k = { .enctype = CRYPTO_RC4_HMAC, .key = key, .key_len = 16 };
    struct kerberos_messages *client = NULL, *server = NULL;
    uint8_t token[64], pad[1], data[300] = { 0 };
    size_t n;

    (void)state;
    assert_int_equal(kerberos_messages_new(&k, &server), ERR_OK);
    k.initiator = true;
    assert_int_equal(kerberos_messages_new(&k, &client), ERR_OK);
    for (n = 0; n < 300; n++) {
        struct segment seg[] = { { token, sizeof token, SEGMENT_TOKEN, SEGMENT_NORMAL },
                                 { data, n, SEGMENT_DATA, SEGMENT_NORMAL },
                                 { pad, 1, SEGMENT_PADDING, SEGMENT_NORMAL } };
        struct message m = { .seg = seg, .count = 3 };
        size_t framed = 11 + 24 + 8 + n + 1;
        uint32_t qop;

        assert_int_equal(kerberos_seal(client, 0, &m), ERR_OK);
        assert_int_equal(seg[0].len, 45 + (framed > 127) + (framed > 255));
        assert_int_equal(kerberos_unseal(server, &m, &qop), ERR_OK);
    }
    kerberos_messages_free(client);
    kerberos_messages_free(server);
}

/* Whoever verifies may have mapped what it got for reading only. */
static void verifies_what_it_cannot_write_to(void **state)
{
    static const uint8_t key[32] = { 1 };
    static const int32_t types[] = { CRYPTO_RC4_HMAC, CRYPTO_AES256_SHA1 };
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct kerberos_keys k = { .enctype = types[i], .key = key, .key_len = i ? 32 : 16 };
        struct kerberos_messages *client = NULL, *server = NULL;
        uint8_t *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        struct segment seg[] = { { p, 64, SEGMENT_TOKEN, SEGMENT_NORMAL },
                                 { p + 64, 5, SEGMENT_DATA, SEGMENT_NORMAL } };
        struct message m = { .seg = seg, .count = 2 };
        uint32_t qop;

        assert_true(p != MAP_FAILED);
        memcpy(p + 64, "hello", 5);
        assert_int_equal(kerberos_messages_new(&k, &server), ERR_OK);
        k.initiator = true;
        assert_int_equal(kerberos_messages_new(&k, &client), ERR_OK);
        assert_int_equal(kerberos_sign(client, 0, &m), ERR_OK);
        assert_int_equal(mprotect(p, page, PROT_READ), 0);
        assert_int_equal(kerberos_verify(server, &m, &qop), ERR_OK);
        kerberos_messages_free(client);
        kerberos_messages_free(server);
        munmap(p, page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_the_worked_example),
        cmocka_unit_test(counts_the_framing_right),
        cmocka_unit_test(verifies_what_it_cannot_write_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
