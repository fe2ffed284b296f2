/* SPDX-License-Identifier: Apache-2.0
 * pickle_call.c - what stands before a serialized procedure's parameters. No specification has it:
 * this is what Windows' and Wine's runtimes write, little-endian.
 *   0 version 1 (1) | 1 little-endian 1 (1) | 2 filler cccc 2 | 4 transfer syntax 20 |
 *   24 interface 20 | 44 procedure 4 | 48 data representation 4 (1) | 52 length 4 | 56 parameters
 */
#include "rpc/pickle.h"

#include "base/detail.h"

enum { VERSION = 1, LITTLE = 1, FILLER = 0xcccc, REPRESENTATION = 1 };

enum err rpc_pickle_call_read(struct bytes octets, struct rpc_pickle_call *ret)
{
    struct reader r = reader_over(octets);
    struct rpc_pickle_call c = { 0 };
    uint8_t version = reader_u8(&r), order = reader_u8(&r);

    if (!r.err && (version != VERSION || order != LITTLE))
        reader_fail(&r, ERR_MALFORMED);
    reader_le16(&r); /* the filler, and the representation: others may fill them otherwise */
    rpc_syntax_read(&r, true, &c.transfer);
    rpc_syntax_read(&r, true, &c.interface);
    c.opnum = reader_le32(&r);
    reader_le32(&r);
    c.size = reader_le32(&r);
    if (r.err)
        return detail_fail(r.err, "a serialized procedure of version %u order %u, %zu octets",
                           version, order, octets.len);
    *ret = c;
    return ERR_OK;
}

void rpc_pickle_call_write(struct writer *w, const struct rpc_pickle_call *c)
{
    writer_u8(w, VERSION);
    writer_u8(w, LITTLE);
    writer_le16(w, FILLER);
    rpc_syntax_write(w, &c->transfer);
    rpc_syntax_write(w, &c->interface);
    writer_le32(w, c->opnum);
    writer_le32(w, REPRESENTATION);
    writer_le32(w, c->size);
}
