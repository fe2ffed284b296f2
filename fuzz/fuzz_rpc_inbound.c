/* SPDX-License-Identifier: Apache-2.0
 * fuzz_rpc_inbound.c - any bytes as one direction of a connection: whatever pieces they come in,
 * the same PDUs and calls come out, none longer than the limits.
 *
 *    0 bit 0 server, bits 1-2 level: none, connect, integrity, privacy, bit 3 calls come in parts,
 *      bit 4 callbacks are out | 1 size of a piece | 2 bytes
 */
#include <stdlib.h>

#include "lib/rpc_pair.h"

enum { STUB_MAX = 5000, FRAGMENT_MAX = 4096 };

struct seen {
    size_t events;
    uint64_t sum; /* over types, lengths, stubs */
    enum err err;
};

static void note(struct seen *s, const struct rpc_received *got)
{
    struct bytes b = got->pdu.body;
    size_t i;

    if (got->event != RPC_EVENT_PDU)
        b = got->pdu.header.type == RPC_REQUEST    ? got->request.stub
            : got->pdu.header.type == RPC_RESPONSE ? got->response.stub
                                                   : got->fault.extra;
    if (got->event != RPC_EVENT_PDU && got->pdu.header.type != RPC_FAULT && b.len > STUB_MAX)
        abort();
    s->events++;
    s->sum = s->sum * 31 + got->pdu.header.type + b.len;
    for (i = 0; i < b.len; i++)
        s->sum = s->sum * 31 + b.ptr[i];
}

static void take_all(struct rpc_inbound *in, struct seen *s)
{
    struct rpc_received got;

    do {
        s->err = rpc_inbound_next(in, &got);
        if (s->err || got.event == RPC_EVENT_MORE)
            return;
        note(s, &got);
        if (got.event == RPC_EVENT_PDU && got.pdu.header.type == RPC_ORPHANED)
            rpc_inbound_forget(in, got.pdu.header.call_id);
        rpc_block_put(got.block);
    } while (got.event != RPC_EVENT_MORE);
}

static bool every_call(const void *owner, const struct rpc_request *head)
{
    (void)owner;
    (void)head;
    return true;
}

static struct seen run(uint8_t how, size_t piece, struct bytes from)
{
    static const uint8_t levels[] = { RPC_LEVEL_NONE, RPC_LEVEL_CONNECT, RPC_LEVEL_INTEGRITY,
                                      RPC_LEVEL_PRIVACY };
    const struct rpc_limits limits = { FRAGMENT_MAX, STUB_MAX };
    struct iovec room[RPC_INBOUND_IOV];
    struct seen seen = { 0 };
    struct rpc_inbound in;
    struct rpc_pair pair;
    size_t n, take;

    rpc_pair_make(RPC_PAIR_AES256, levels[how >> 1 & 3], true, &pair);
    rpc_inbound_init(&in, how & 1, &limits, &pair.server);
    in.in_parts = how & 8 ? every_call : NULL;
    atomic_store(&in.callbacks, how >> 4 & 1);
    while (from.len && !seen.err) {
        if (rpc_inbound_room(&in, room, &n))
            break;
        take = from.len < piece ? from.len : piece;
        take = take < room[0].iov_len ? take : room[0].iov_len;
        memcpy(room[0].iov_base, from.ptr, take);
        rpc_inbound_filled(&in, take);
        from = bytes_of(from.ptr + take, from.len - take);
        take_all(&in, &seen);
        rpc_inbound_idle(&in);
    }
    rpc_inbound_done(&in);
    rpc_pair_end(&pair);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen whole, pieces;

    if (size < 3)
        return 0;
    whole = run(data[0], SIZE_MAX, bytes_of(data + 2, size - 2));
    pieces = run(data[0], data[1] + (size_t)1, bytes_of(data + 2, size - 2));
    if (!(data[0] & 8) && (whole.events != pieces.events || whole.sum != pieces.sum))
        abort();
    return 0;
}
