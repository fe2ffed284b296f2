/* SPDX-License-Identifier: Apache-2.0
 * fuzz_queue_session.c - frames as a session gets them, each behind its length in two octets: what
 * is read is written as it was, and no end keeps more than its window.
 */
#include <stdlib.h>

#include "base/reader.h"
#include "rpc/queue_flow.h"

static void one(struct rpc_queue_flow *flow, struct bytes b)
{
    struct rpc_queue_frame f;
    struct bytes fresh;
    struct buf again = { 0 };

    if (rpc_queue_frame_read(b, &f))
        return;
    if (rpc_queue_frame_write(&f, &again) || !bytes_equal(buf_view(again), b))
        abort();
    buf_free(&again);
    if (!rpc_queue_flow_receive(flow, &f, &fresh) && fresh.len % 3 == 0)
        rpc_queue_flow_pass(flow, fresh.len);
    if (flow->received - flow->passed > RPC_QUEUE_WINDOW || flow->taken > flow->sent ||
        rpc_queue_flow_room(flow) > RPC_QUEUE_FRAME_DATA)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rpc_queue_flow flow = { .sent = 1000, .received = RPC_QUEUE_WINDOW - 64 };
    struct reader r = reader_over(bytes_of(data, size));

    while (!r.err && reader_left(&r))
        one(&flow, reader_take(&r, reader_le16(&r)));
    return 0;
}
