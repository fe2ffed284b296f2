/* SPDX-License-Identifier: Apache-2.0
 * fuzz_queue_header.c - what is read as a header, or as a whole message, is written as it was.
 */
#include <stdlib.h>

#include "queue/header.h"

static void check(struct bytes b)
{
    struct queue_header h;
    struct buf again = { 0 };

    if (queue_header_read(b, &h))
        return;
    if (queue_header_write(&h, &again) || !bytes_equal(buf_view(again), b))
        abort();
    buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct queue_message m;

    check(bytes_of(data, size));
    if (queue_message_read(bytes_of(data, size), &m) == ERR_OK) {
        if (m.body.len != m.header.body_len)
            abort();
        check(m.head);
    }
    return 0;
}
