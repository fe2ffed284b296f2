/* SPDX-License-Identifier: Apache-2.0
 * queue_answer.c - see queue_answer.h. Little-endian:
 *
 *   0 fault 4 | 4 zero 4 | 8 [out] parameters
 */
#include "rpc/queue_answer.h"

#include "base/detail.h"
#include "base/reader.h"
#include "base/writer.h"

enum { HEAD = 8 };

enum err rpc_queue_answer_read(struct bytes b, struct rpc_queue_answer *ret)
{
    struct reader r = reader_over(b);
    struct rpc_queue_answer a = { .fault = reader_le32(&r) };

    if (reader_le32(&r) != 0 || (a.fault && reader_left(&r)))
        reader_fail(&r, ERR_MALFORMED);
    a.stub = reader_take(&r, reader_left(&r));
    if (r.err)
        return detail_fail(r.err, "an answer of %zu bytes out of a queue is none", b.len);
    *ret = a;
    return ERR_OK;
}

enum err rpc_queue_answer_write(const struct rpc_queue_answer *a, struct buf *ret)
{
    struct writer w = writer_new(HEAD + (a->fault ? 0 : a->stub.len));

    writer_le32(&w, a->fault);
    writer_le32(&w, 0);
    if (!a->fault)
        writer_bytes(&w, a->stub);
    return writer_take(&w, ret);
}
