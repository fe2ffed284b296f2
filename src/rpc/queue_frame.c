/* SPDX-License-Identifier: Apache-2.0
 * queue_frame.c - see queue_frame.h. Little-endian:
 *
 *   0 type 1 | 1 zero 3 | 4 why 4 | 8 at 8 | 16 taken 8 | 24 rest
 */
#include "rpc/queue_frame.h"

#include "base/detail.h"
#include "base/reader.h"
#include "base/writer.h"
#include "transport/queued.h"

enum { HEAD = 24 };

#define AT_MOST (UINT64_MAX / 2) /* no sum of it and a length wraps */

static bool is_good(const struct rpc_queue_frame *f)
{
    if (f->at > AT_MOST || f->taken > AT_MOST || (f->why && f->type != RPC_QUEUE_END))
        return false;
    switch (f->type) {
    case RPC_QUEUE_OPEN:
        return !f->at && !f->taken && !f->rest.len;
    case RPC_QUEUE_HERE:
        return !f->at && !f->taken && f->rest.len && f->rest.len <= QUEUED_NAME_MAX;
    case RPC_QUEUE_DATA:
        return f->rest.len && f->rest.len <= RPC_QUEUE_FRAME_DATA;
    case RPC_QUEUE_TAKEN:
    case RPC_QUEUE_END:
        return !f->rest.len;
    }
    return false;
}

enum err rpc_queue_frame_read(struct bytes b, struct rpc_queue_frame *ret)
{
    struct reader r = reader_over(b);
    struct rpc_queue_frame f = { .type = (enum rpc_queue_frame_type)reader_u8(&r) };

    if (reader_le(&r, 3) != 0)
        reader_fail(&r, ERR_MALFORMED);
    f.why = reader_le32(&r);
    f.at = reader_le64(&r);
    f.taken = reader_le64(&r);
    f.rest = reader_rest(&r);
    if (!r.err && !is_good(&f))
        reader_fail(&r, ERR_MALFORMED);
    if (r.err)
        return detail_fail(r.err, "%zu bytes out of a queue are no frame of a session", b.len);
    *ret = f;
    return ERR_OK;
}

enum err rpc_queue_frame_write(const struct rpc_queue_frame *f, struct buf *ret)
{
    struct writer w = writer_new(HEAD + f->rest.len);

    if (!is_good(f))
        return detail_fail(ERR_INTERNAL, "a frame of type %d is not written so", (int)f->type);
    writer_u8(&w, (uint8_t)f->type);
    writer_zero(&w, 3);
    writer_le32(&w, f->why);
    writer_le64(&w, f->at);
    writer_le64(&w, f->taken);
    writer_bytes(&w, f->rest);
    return writer_take(&w, ret);
}
