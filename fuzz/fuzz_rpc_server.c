/* SPDX-License-Identifier: Apache-2.0
 * fuzz_rpc_server.c - any bytes as what a client sends: the server's machine answers whole PDUs,
 * gives out calls of interfaces that are bound, and once closed it stays closed.
 *
 *    0 size of a piece, even: over ncalrpc, bit 1: a callback is out | 1 bytes
 */
#include <stdlib.h>

#include "lib/initialised.h"
#include "rpc/server.h"

static void take(struct rpc_server_connection *c)
{
    struct rpc_action a;
    struct rpc_header h;
    unsigned closed = 0;

    do {
        rpc_server_next(c, &a);
        initialised_check(a.bytes.ptr, a.bytes.len);
        if (a.bytes.len &&
            (rpc_header_read(bytes_of(a.bytes.ptr, a.bytes.len < RPC_HEADER_SIZE ? a.bytes.len
                                                                                 : RPC_HEADER_SIZE),
                             RPC_FRAGMENT_MAX, &h) ||
             h.frag_length != a.bytes.len))
            abort();
        if (a.act == RPC_ACT_CALL && (!a.context.interface || !a.call.block || closed))
            abort();
        if (a.act == RPC_ACT_ANSWER && (!a.call.block || !atomic_load(&c->in.callbacks) || closed))
            abort();
        if (a.act == RPC_ACT_CALL || a.act == RPC_ACT_ANSWER)
            rpc_block_put(a.call.block);
        buf_free(&a.bytes);
        closed += a.act == RPC_ACT_CLOSE;
    } while (a.act != RPC_ACT_MORE && closed < 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct transport_peer peer = { .uid = 4711, .gid = 4711, .pid = 4711 };
    static struct rpc_server_connection c;
    const bool local = size && !(data[0] & 1);
    struct iovec iov[RPC_INBOUND_IOV];
    struct bytes from = bytes_of(data + 1, size ? size - 1 : 0);
    static bool registered;
    size_t n, piece;

    if (!registered && rpc_mgmt_register())
        abort();
    registered = true;
    rpc_server_connection_init(&c, local ? &transport_local : &transport_tcp, "1234");
    atomic_store(&c.in.callbacks, size ? data[0] >> 1 & 1 : 0);
    if (local)
        rpc_server_connection_set_peer(&c, &peer);
    while (from.len && !rpc_inbound_room(&c.in, iov, &n)) {
        piece = from.len < data[0] + (size_t)1 ? from.len : data[0] + (size_t)1;
        piece = piece < iov[0].iov_len ? piece : iov[0].iov_len;
        memcpy(iov[0].iov_base, from.ptr, piece);
        rpc_inbound_filled(&c.in, piece);
        from = bytes_of(from.ptr + piece, from.len - piece);
        take(&c);
    }
    rpc_server_connection_done(&c);
    return 0;
}
