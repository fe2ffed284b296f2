/* SPDX-License-Identifier: Apache-2.0
 * fuzz_rpc_client.c - what a server may send a client: a stream of PDUs of any kind, to a machine
 * that binds, and then calls and alters in turn, and at last has many calls out at once. An answer
 * is only ever one to what is out. What calls back is answered, or called in turn.
 */
#include <stdlib.h>

#include "lib/initialised.h"
#include "rpc/client.h"

static void receive(struct rpc_inbound *in, const uint8_t *data, size_t size)
{
    struct iovec iov[RPC_INBOUND_IOV];
    size_t pieces, i, n, put = 0;

    if (rpc_inbound_room(in, iov, &pieces))
        return;
    for (i = 0; i < pieces && put < size; i++) {
        n = size - put < iov[i].iov_len ? size - put : iov[i].iov_len;
        memcpy(iov[i].iov_base, data + put, n);
        put += n;
    }
    rpc_inbound_filled(in, put);
}

enum { ASKS = 8 };
static struct rpc_client_ask asks[ASKS];

static void share(struct rpc_client *c)
{
    int i;

    if (!rpc_client_share(c))
        return; /* the server closes */
    for (i = 0; i < ASKS; i++)
        if (rpc_client_ask(c, (uint16_t)(i / 4), &asks[i]))
            abort();
}

/* Out no more. */
static void answered(struct rpc_client *c)
{
    if (c->answered < asks || c->answered >= asks + ASKS ||
        rpc_client_find_ask(c, c->answered->call_id))
        abort();
}

static void go_on(struct rpc_client *c, struct writer *out, unsigned turn)
{
    struct rpc_syntax face = { { turn, 1, 2, { 3 } }, 1, 0 };
    uint32_t call_id;

    if (turn % 3 == 2 ? rpc_client_alter(c, &face, RPC_SYNTAX_NDR20, out)
                      : rpc_client_call(c, 0, false, &call_id))
        abort(); /* both are possible in OPEN */
}

static void called_back(struct rpc_client *c, unsigned turn)
{
    unsigned depth = c->depth;
    uint32_t call_id = 0;

    if (turn % 2 ? rpc_client_nest(c, &call_id) : rpc_client_served(c))
        abort();
    if (c->state != RPC_CLIENT_CALLING || c->depth != depth + turn % 2)
        abort();
}

static void take_all(struct rpc_client *c, struct rpc_inbound *in, struct writer *out)
{
    enum rpc_client_outcome outcome;
    struct rpc_received r;
    unsigned turn = 0;

    while (turn < 1000 && rpc_inbound_next(in, &r) == ERR_OK && r.event != RPC_EVENT_MORE) {
        enum rpc_client_state before = c->state;
        enum err e = rpc_client_receive(c, &r, out, &outcome);

        if (!e && outcome == RPC_CLIENT_ANSWER && before != RPC_CLIENT_CALLING &&
            before != RPC_CLIENT_SHARED)
            abort();
        if (!e && outcome == RPC_CLIENT_ANSWER && before == RPC_CLIENT_SHARED)
            answered(c);
        if (!e && outcome == RPC_CLIENT_CALLED && before != RPC_CLIENT_CALLING)
            abort();
        if (r.event == RPC_EVENT_CALL)
            rpc_block_put(r.block);
        initialised_check(out->ptr, out->len);
        writer_done(out);
        *out = writer_new(RPC_CLIENT_PDU_MAX);
        if (c->state == RPC_CLIENT_ENDED)
            return;
        while (c->state == RPC_CLIENT_SERVING)
            called_back(c, turn);
        if (c->state == RPC_CLIENT_OPEN && turn == 5)
            share(c);
        if (c->state == RPC_CLIENT_OPEN && turn < 200)
            go_on(c, out, turn);
        turn++;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct rpc_limits limits = { RPC_FRAGMENT_MAX, 1024 * 1024 };
    static const struct rpc_syntax face = { { 0x4711, 1, 2, { 3 } }, 1, 0 };
    struct writer out = writer_new(RPC_CLIENT_PDU_MAX);
    struct rpc_inbound in;
    struct rpc_client c;

    if (rpc_client_init(&c, NULL))
        return 0;
    rpc_inbound_init(&in, false, &limits, &c.securities);
    if (rpc_client_bind(&c, &face, RPC_SYNTAX_NDR20, 0, &out) == ERR_OK) {
        atomic_store(&in.callbacks, 1);
        receive(&in, data, size);
        take_all(&c, &in, &out);
    }
    writer_done(&out);
    rpc_inbound_done(&in);
    rpc_client_done(&c);
    return 0;
}
