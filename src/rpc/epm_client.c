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
#include "rpc/call.h"
#include "rpc/tower.h"

enum {
    EPT_MAP = 3,
    EPT_LOOKUP_HANDLE_FREE = 4,
    TOWERS_MAX = 8, /* asked for: an interface has one endpoint of a protocol sequence, or few */
};

static const char mapper_port[] = "135";

static const CS_CLIENT_INTERFACE epm = { {
    .Length = sizeof epm,
    .StubAbi = CS_STUB_ABI,
    .Side = CS_INTERFACE_CLIENT,
    .Id = { { 0xe1af8308, 0x5d1f, 0x11c9, { 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa } },
            3,
            0 },
    .Name = "epm",
} };

static struct rpc_tower tower_of(const RPC_IF_ID *interface)
{
    struct rpc_tower t = { 0 };

    t.interface =
        (struct uuid){ interface->Uuid.Data1, interface->Uuid.Data2, interface->Uuid.Data3, { 0 } };
    memcpy(t.interface.data4, interface->Uuid.Data4, sizeof t.interface.data4);
    t.interface_major = interface->VersMajor;
    t.interface_minor = interface->VersMinor;
    t.syntax = rpc_ndr20.uuid;
    t.syntax_major = rpc_ndr20.major;
    t.syntax_minor = rpc_ndr20.minor;
    t.protseq = transport_tcp.protseq;
    return t;
}

static void write_tower(struct ndr_out *out, const struct rpc_tower *t)
{
    uint8_t room[RPC_TOWER_MAX];
    struct writer w = writer_over(room, sizeof room);
    struct ndr_span span = { 0 };

    rpc_tower_write(&w, t);
    span.max = w.len;
    ndr_out_conformance(out, &span, 1);
    ndr_out_u32(out, (uint32_t)w.len);
    ndr_out_array(out, room, w.len, 1);
    if (w.err)
        ndr_out_fail(out, w.err, "a tower too long");
}

static void write_uuid(struct ndr_out *out, const struct uuid *u)
{
    ndr_out_u32(out, u->data1);
    ndr_out_u16(out, u->data2);
    ndr_out_u16(out, u->data3);
    ndr_out_array(out, u->data4, sizeof u->data4, 1);
}

static void write_ask(struct ndr_out *out, const struct rpc_tower *t, const struct uuid *object)
{
    static const struct ndr_context none;

    ndr_out_pointer(out, NDR_UNIQUE, object, NULL);
    write_uuid(out, object);
    ndr_out_pointer(out, NDR_UNIQUE, t, NULL);
    write_tower(out, t);
    ndr_out_context(out, &none);
    ndr_out_u32(out, TOWERS_MAX);
}

/* The endpoint of one tower, if it is of what was asked for, and ret is empty yet. */
static void read_tower(struct ndr_in *in, const struct rpc_tower *asked, char ret[RPC_TOWER_TEXT])
{
    struct rpc_tower got = { 0 };
    struct ndr_span span;
    const uint8_t *octets;
    size_t n;

    ndr_in_conformance(in, &span, 1);
    ndr_in_same(in, ndr_in_u32(in), span.max);
    n = ndr_in_count(in, &span, 1, 1);
    octets = ndr_in_array_view(in, n, 1);
    if (!in->r.err && !ret[0] && !rpc_tower_read(bytes_of(octets, n), &got) &&
        memcmp(&got.interface, &asked->interface, sizeof got.interface) == 0 &&
        strcmp(got.protseq, asked->protseq) == 0)
        memcpy(ret, got.endpoint, sizeof got.endpoint);
}

struct answer {
    struct ndr_context more;       /* the mapper has more towers than it was asked for */
    char endpoint[RPC_TOWER_TEXT]; /* "": none */
    uint32_t status;
};

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

/* It has given us a handle to read on with, which we will not. */
static void free_lookup(void *mapper, const struct ndr_context *more)
{
    struct rpc_call call;
    struct ndr_out *out = rpc_call_begin(&call, &epm, mapper, EPT_LOOKUP_HANDLE_FREE, 0);
    struct ndr_context none;
    struct ndr_in *in;

    ndr_out_context(out, more);
    in = rpc_call_send(&call);
    if (in) {
        ndr_in_context(in, &none);
        (void)ndr_in_u32(in);
    }
    (void)rpc_call_end(&call); /* the mapper drops it with the connection */
}

static enum err ask(void *mapper, const RPC_IF_ID *interface, const struct uuid *object,
                    struct answer *ret)
{
    static const struct ndr_context none;
    struct rpc_tower asked = tower_of(interface);
    struct rpc_call call;
    struct ndr_in *in;
    uint32_t status;
    enum err e;

    write_ask(rpc_call_begin(&call, &epm, mapper, EPT_MAP, 0), &asked, object);
    in = rpc_call_send(&call);
    if (in)
        read_answer(in, &asked, ret);
    status = rpc_call_end(&call);
    e = call.err;
    if (!e && status)
        e = ERR_RPC_FAILED;
    if (!e && memcmp(&ret->more, &none, sizeof none) != 0)
        free_lookup(mapper, &ret->more);
    return e;
}

/* The binding of the same host's endpoint mapper. */
static enum err mapper_of(struct rpc_binding *b, void **ret, struct uuid *ret_object)
{
    struct rpc_string_binding name = { .endpoint = mapper_port };
    struct rpc_binding *mapper = NULL;
    enum err e;

    pthread_mutex_lock(&b->lock);
    name.protseq = b->transport->protseq;
    name.address = b->host;
    *ret_object = b->object;
    e = rpc_binding_new(&name, &mapper);
    if (!e) {
        mapper->set.com_timeout = b->set.com_timeout;
        mapper->set.call_timeout = b->set.call_timeout;
        e = rpc_binding_publish(mapper, ret);
    }
    pthread_mutex_unlock(&b->lock);
    if (e)
        rpc_binding_free(mapper);
    return e;
}

enum err rpc_epm_resolve(struct rpc_binding *b, const RPC_IF_ID *interface)
{
    struct answer answer = { 0 };
    struct uuid object;
    void *mapper = NULL;
    enum err e;

    if (b->transport->local) { /* towers of ncacn_ip_tcp are all that is asked for */
        detail_remedy("Name the endpoint: ncalrpc:[NAME].");
        return detail_fail(ERR_RPC_NO_ENDPOINT, "no endpoint mapper is asked over %s",
                           b->transport->protseq);
    }
    e = mapper_of(b, &mapper, &object);
    if (e)
        return e;
    e = ask(mapper, interface, &object, &answer);
    (void)!rpc_binding_close(mapper);
    if (e)
        return e;
    if (!answer.endpoint[0]) {
        char text[UUID_TEXT];
        struct rpc_tower asked = tower_of(interface);

        uuid_format(&asked.interface, text);
        detail_remedy("Check that the server runs and has registered its endpoints "
                      "(RpcEpRegister), or name its endpoint in the binding.");
        return detail_fail(ERR_RPC_NOT_REGISTERED,
                           "the endpoint mapper of %s has no endpoint of "
                           "%s version %u.%u: status 0x%08x",
                           b->host, text, interface->VersMajor, interface->VersMinor,
                           answer.status);
    }
    return rpc_binding_set_endpoint(b, answer.endpoint);
}
