/* SPDX-License-Identifier: Apache-2.0
 * fuzz_kerberos_mic.c - a signature that is accepted is what signing gives.
 *
 * First byte: the type; second: the token's length. What follows the token is the data.
 */
#include <stdlib.h>

#include "kerberos/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int32_t types[] = { 17, 18, 19, 20, 23 };
    static const uint8_t key[32] = "a key for fuzzing, no secret....";
    struct kerberos_keys k = { .key = key, .send_seq = 7, .recv_seq = 7, .sequence = true };
    struct kerberos_messages *reader = NULL, *writer = NULL;
    uint8_t token[256], again[256];
    uint32_t qop;

    if (size < 2 || data[1] > size - 2)
        return 0;
    k.enctype = types[data[0] % 5];
    k.key_len = k.enctype == 18 || k.enctype == 20 ? 32 : 16;
    memcpy(token, data + 2, data[1]);
    struct segment seg[] = { { token, data[1], SEGMENT_TOKEN, SEGMENT_NORMAL },
                             { (uint8_t *)data + 2 + data[1], size - 2 - data[1], SEGMENT_DATA,
                               SEGMENT_NORMAL } };
    struct message m = { .seg = seg, .count = 2 };

    if (kerberos_messages_new(&k, &reader) == ERR_OK &&
        kerberos_verify(reader, &m, &qop) == ERR_OK) {
        k.initiator = true;
        seg[0] = (struct segment){ again, sizeof again, SEGMENT_TOKEN, SEGMENT_NORMAL };
        if (kerberos_messages_new(&k, &writer) || kerberos_sign(writer, 0, &m) ||
            seg[0].len != data[1] || memcmp(token, again, data[1]) != 0)
            abort();
    }
    kerberos_messages_free(reader);
    kerberos_messages_free(writer);
    return 0;
}
