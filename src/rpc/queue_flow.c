/* SPDX-License-Identifier: Apache-2.0
 * queue_flow.c - see queue_flow.h.
 */
#include "rpc/queue_flow.h"

#include <inttypes.h>

#include "base/detail.h"

size_t rpc_queue_flow_room(const struct rpc_queue_flow *f)
{
    uint64_t room = f->taken + RPC_QUEUE_WINDOW - f->sent;

    return room < RPC_QUEUE_FRAME_DATA ? (size_t)room : RPC_QUEUE_FRAME_DATA;
}

static struct rpc_queue_frame frame_of(struct rpc_queue_flow *f, enum rpc_queue_frame_type type)
{
    f->told = f->passed;
    return (struct rpc_queue_frame){ .type = type, .at = f->sent, .taken = f->passed };
}

struct rpc_queue_frame rpc_queue_flow_data(struct rpc_queue_flow *f, struct bytes b)
{
    struct rpc_queue_frame frame = frame_of(f, RPC_QUEUE_DATA);

    frame.rest = b;
    f->sent += b.len;
    return frame;
}

struct rpc_queue_frame rpc_queue_flow_taken(struct rpc_queue_flow *f)
{
    return frame_of(f, RPC_QUEUE_TAKEN);
}

struct rpc_queue_frame rpc_queue_flow_end(struct rpc_queue_flow *f, uint32_t why)
{
    struct rpc_queue_frame frame = frame_of(f, RPC_QUEUE_END);

    frame.why = why;
    return frame;
}

void rpc_queue_flow_pass(struct rpc_queue_flow *f, size_t n)
{
    f->passed += n;
}

bool rpc_queue_flow_is_due(const struct rpc_queue_flow *f)
{
    return f->passed - f->told >= RPC_QUEUE_WINDOW / 2;
}

static enum err breaks(const struct rpc_queue_flow *f, const struct rpc_queue_frame *frame)
{
    return detail_fail(ERR_UNEXPECTED,
                       "rpc: a frame of type %d, of %zu octets at %" PRIu64
                       ", in a session with %" PRIu64 " received and %" PRIu64 " taken",
                       (int)frame->type, frame->rest.len, frame->at, f->received, f->passed);
}

/* What was taken of ours: an older frame says less, and nothing new. */
static bool heed_taken(struct rpc_queue_flow *f, uint64_t taken)
{
    if (taken > f->sent)
        return false;
    if (taken > f->taken)
        f->taken = taken;
    return true;
}

enum err rpc_queue_flow_receive(struct rpc_queue_flow *f, const struct rpc_queue_frame *frame,
                                struct bytes *ret)
{
    const size_t n = frame->rest.len;

    *ret = (struct bytes){ 0 };
    if (frame->type < RPC_QUEUE_DATA || !heed_taken(f, frame->taken))
        return breaks(f, frame);
    if (f->ended || frame->at < f->received) /* it was here before, or comes behind the end */
        return ERR_OK;
    if (frame->at > f->received || f->received + n > f->passed + RPC_QUEUE_WINDOW)
        return breaks(f, frame);
    f->received += n;
    if (frame->type == RPC_QUEUE_END) {
        f->ended = true;
        f->why = frame->why;
    }
    if (n)
        *ret = frame->rest;
    return ERR_OK;
}
