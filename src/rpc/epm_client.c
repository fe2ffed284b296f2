/* SPDX-License-Identifier: Apache-2.0
 * epm_client.c - ept_map, asked over the binding's own protocol sequence.  C706 appendix O,
 * [MS-RPCE] 2.2.1.2
 *
 *   ept_map, in:  object (full pointer) | tower asked for (full pointer) | context handle 20 |
 *                 max_towers 4
 *           out:  context handle 20 | count 4 | towers: max, offset, actual 4 each, full pointers,
 *                 then each: max 4, length 4, octets | status 4
 *
 * Of the towers that come back only the endpoint is used: nobody is called because of a peer's data
 * but the host the caller named.
 */
#include "rpc/epm_client.h"

#include "base/detail.h"
#include "rpc/epm.h"

enum { TOWERS_MAX = 8 }; /* asked for: an interface has one endpoint of a sequence, or few */

static void write_ask(struct ndr_out *out, const struct rpc_tower *t, const struct uuid *object)
{
    static const struct ndr_context none;

    ndr_out_pointer(out, NDR_UNIQUE, object, NULL);
    rpc_epm_write_uuid(out, object);
    ndr_out_pointer(out, NDR_UNIQUE, t, NULL);
    rpc_epm_write_tower(out, t);
    ndr_out_context(out, &none);
    ndr_out_u32(out, TOWERS_MAX);
}

struct answer {
    struct ndr_context more;       /* the mapper has more towers than it was asked for */
    char endpoint[RPC_TOWER_TEXT]; /* "": none */
    uint32_t status;
};

/* The endpoint of one tower, if it is of what was asked for. */
static void read_tower(struct ndr_in *in, const struct rpc_tower *asked, char ret[RPC_TOWER_TEXT])
{
    struct rpc_tower got;

    if (rpc_epm_read_tower(in, &got) && !ret[0] &&
        memcmp(&got.interface, &asked->interface, sizeof got.interface) == 0 &&
        strcmp(got.protseq, asked->protseq) == 0)
        memcpy(ret, got.endpoint, sizeof got.endpoint);
}

static void read_answer(struct ndr_in *in, const struct rpc_tower *asked, struct answer *ret)
{
    bool there[TOWERS_MAX] = { false };
    struct ndr_span span;
    uint32_t count;
    size_t n, i;

    ndr_in_context(in, &ret->more);
    count = ndr_in_u32(in);
    ndr_in_conformance(in, &span, 1);
    ndr_in_variance(in, &span, 1);
    n = ndr_in_count(in, &span, 1, 4);
    ndr_in_same(in, n, count);
    if (n > TOWERS_MAX)
        ndr_in_fail(in, ERR_MALFORMED, "epm: %zu towers where %d were asked for", n, TOWERS_MAX);
    for (i = 0; i < n && !in->r.err; i++)
        there[i] = ndr_in_pointer(in, NDR_UNIQUE) != NULL;
    for (i = 0; i < n && !in->r.err; i++)
        if (there[i])
            read_tower(in, asked, ret->endpoint);
    ret->status = ndr_in_u32(in);
}

static enum err ask(void *mapper, const struct rpc_tower *asked, const struct uuid *object,
                    struct answer *ret)
{
    struct rpc_call call;
    struct ndr_in *in;
    RPC_STATUS status;
    enum err e;

    write_ask(rpc_call_begin(&call, &rpc_epm, mapper, EPT_MAP, 0), asked, object);
    in = rpc_call_send(&call);
    if (in)
        read_answer(in, asked, ret);
    status = rpc_epm_end(&call, 0);
    e = call.err;
    if (!e && status)
        e = ERR_RPC_FAILED;
    if (!e)
        rpc_epm_let_go(mapper, &ret->more);
    return e;
}

static enum err ask_mapper(struct rpc_binding *b, bool local, const struct rpc_tower *asked,
                           struct answer *ret)
{
    struct uuid object = rpc_binding_object(b);
    void *mapper = NULL;
    enum err e = rpc_epm_bind(b, local, &mapper);

    if (e)
        return e;
    e = ask(mapper, asked, &object, ret);
    (void)!rpc_binding_close(mapper);
    return e;
}

static enum err not_registered(const struct rpc_binding *b, const RPC_IF_ID *interface,
                               const struct rpc_tower *asked, uint32_t status)
{
    char text[UUID_TEXT];

    uuid_format(&asked->interface, text);
    detail_remedy("Check that the server runs and has registered its endpoints (RpcEpRegister); "
                  "`countersign endpoints` lists what is there. Or name its endpoint in the "
                  "binding.");
    return detail_fail(ERR_RPC_NOT_REGISTERED,
                       "the endpoint mapper of %s has no endpoint of %s version %u.%u over %s: "
                       "status 0x%08x",
                       b->host[0] ? b->host : "this host", text, interface->VersMajor,
                       interface->VersMinor, asked->protseq, status);
}

/* Of this host the mapper over ncalrpc is asked, where there is one: its answers come from accounts
 * that the kernel knows. */
enum err rpc_epm_resolve(struct rpc_binding *b, const RPC_IF_ID *interface)
{
    struct rpc_tower asked = rpc_epm_tower(interface, b->transport->protseq);
    struct answer answer = { 0 };
    enum err e;

    e = ask_mapper(b, b->transport->local || !b->host[0], &asked, &answer);
    if (e == ERR_RPC_UNAVAILABLE && !b->transport->local && !b->host[0])
        e = ask_mapper(b, false, &asked, &answer);
    if (e == ERR_RPC_UNAVAILABLE)
        detail_remedy("Does an endpoint mapper run there? Else name the endpoint in the binding.");
    if (!e && !answer.endpoint[0])
        e = not_registered(b, interface, &asked, answer.status);
    return e ? e : rpc_binding_set_endpoint(b, answer.endpoint);
}
