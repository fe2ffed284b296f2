/* SPDX-License-Identifier: Apache-2.0
 * fuzz_kerberos_wrap.c - a wrapped message that is accepted can be sealed again and read back.
 *
 * First byte: type and DCE style; second: 0 for a stream, else the token's length.
 */
#include <stdlib.h>

#include "kerberos/message.h"

static void seal_again(struct kerberos_keys k, struct kerberos_messages *reader, struct segment *d)
{
    struct kerberos_messages *writer = NULL;
    uint8_t token[128], *text = malloc(d->len + 1), pad[1];
    struct segment seg[] = { { token, sizeof token, SEGMENT_TOKEN, SEGMENT_NORMAL },
                             { text, d->len, SEGMENT_DATA, SEGMENT_NORMAL },
                             { pad, 1, SEGMENT_PADDING, SEGMENT_NORMAL } };
    struct message m = { .seg = seg, .count = 3 };
    uint32_t qop;

    k.initiator = true;
    memcpy(text, d->ptr, d->len);
    if (kerberos_messages_new(&k, &writer) || kerberos_seal(writer, 0, &m) ||
        kerberos_unseal(reader, &m, &qop) || memcmp(text, d->ptr, d->len) != 0)
        abort();
    kerberos_messages_free(writer);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int32_t types[] = { 17, 18, 19, 20, 23 };
    static const uint8_t key[32] = "a key for fuzzing, no secret....";
    size_t kind = size > 1 ? data[0] % 10 : 0, n = size > 1 ? size - 2 : 0, split;
    struct kerberos_keys k = { .enctype = types[kind / 2], .key = key, .dce_style = kind % 2 };
    struct kerberos_messages *reader = NULL;
    uint8_t *in = malloc(n ? n : 1);
    uint32_t qop;

    split = size > 1 && data[1] <= n ? data[1] : 0;
    k.key_len = k.enctype == 18 || k.enctype == 20 ? 32 : 16;
    memcpy(in, data + (n ? 2 : 0), n);
    if (kerberos_messages_new(&k, &reader) == ERR_OK) {
        struct segment seg[] = { { in, split ? split : n, split ? SEGMENT_TOKEN : SEGMENT_STREAM,
                                   SEGMENT_NORMAL },
                                 { in + split, n - split, SEGMENT_DATA, SEGMENT_NORMAL } };
        struct message m = { .seg = seg, .count = 2 };

        if (kerberos_unseal(reader, &m, &qop) == ERR_OK)
            seal_again(k, reader, &seg[1]);
    }
    kerberos_messages_free(reader);
    free(in);
    return 0;
}
