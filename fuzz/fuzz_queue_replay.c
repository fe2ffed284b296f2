/* SPDX-License-Identifier: Apache-2.0
 * fuzz_queue_replay.c - what is read as an operator's replay is written as it was.
 */
#include <stdlib.h>

#include "queue/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct queue_replay p;
    struct buf b = { 0 };

    if (queue_replay_read(bytes_of(data, size), &p))
        return 0;
    if (queue_replay_write(&p, &b) || !bytes_equal(buf_view(b), bytes_of(data, size)))
        abort();
    buf_free(&b);
    return 0;
}
