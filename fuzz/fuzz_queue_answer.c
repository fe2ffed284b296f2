/* SPDX-License-Identifier: Apache-2.0
 * fuzz_queue_answer.c - what is read as an answer out of a queue is written as it was.
 */
#include <stdlib.h>

#include "rpc/queue_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rpc_queue_answer a;
    struct buf b = { 0 };

    if (rpc_queue_answer_read(bytes_of(data, size), &a))
        return 0;
    if (rpc_queue_answer_write(&a, &b) || !bytes_equal(buf_view(b), bytes_of(data, size)))
        abort();
    buf_free(&b);
    return 0;
}
