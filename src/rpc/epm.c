/* SPDX-License-Identifier: Apache-2.0
 * epm.c - what calls of the endpoint mapper's interface have in common.  C706 appendix O
 *
 *   entry: object UUID 16 | tower, a full pointer 4 | annotation: offset 4, length 4, characters
 *   tower: max 4 | length 4 | octets
 *
 * Entries come in one array, and behind it their towers.
 */
#include "rpc/epm.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/detail.h"
#include "base/err_codes.h"
#include "base/utf16.h"
#include "rpc/fault.h"
#include "rpc/negotiate.h"

static const char port_variable[] = "COUNTERSIGN_EPMAPPER_PORT";
static const char port_default[] = "135";
static const char local_endpoint[] = "EPMAPPER";

enum { ENTRY_LEAST = 16 + 4 + 4 + 4 + 1 }; /* bytes of one, its annotation empty */

const CS_CLIENT_INTERFACE rpc_epm = { {
    .Length = sizeof rpc_epm,
    .StubAbi = CS_STUB_ABI,
    .Side = CS_INTERFACE_CLIENT,
    .Id = { { 0xe1af8308, 0x5d1f, 0x11c9, { 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa } },
            3,
            0 },
    .Name = "epm",
} };

/* ---- whom to ask ---- */

static const char *port(void)
{
    const char *given = secure_getenv(port_variable);

    return given && *given ? given : port_default;
}

/* The mapper here is root's or our own, as the kernel says, and is told who asks. */
static enum err be_known(struct rpc_binding *mapper)
{
    const struct rpc_identity_ask ask = { .service = RPC_C_AUTHN_WINNT,
                                          .level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                          .local = true };
    struct rpc_identity *identity = NULL;
    enum err e = rpc_identity_new(&ask, &identity);

    if (!e)
        rpc_binding_set_identity_adopt(mapper, identity);
    return e;
}

enum err rpc_epm_bind(struct rpc_binding *b, bool local, void **ret)
{
    const struct transport *t = local ? &transport_local : b->transport;
    struct rpc_string_binding name = { .endpoint = local ? local_endpoint : port() };
    struct rpc_binding *mapper = NULL;
    enum err e;

    if (b && b->transport == t)
        name.address = b->host;
    e = rpc_binding_over(t, &name, &mapper);
    if (!e && b) {
        struct rpc_binding_options o = rpc_binding_options(b);

        mapper->set.com_timeout = o.com_timeout;
        mapper->set.call_timeout = o.call_timeout;
    }
    if (!e && local)
        e = be_known(mapper);
    if (!e)
        e = rpc_binding_publish(mapper, ret);
    if (e)
        rpc_binding_free(mapper);
    return e;
}

enum err rpc_epm_bind_managed(void *ep_binding, void **ret)
{
    static const struct uuid nil;
    struct rpc_binding *b = NULL, *mapper = NULL;
    struct rpc_identity *identity;
    struct uuid object;
    void *handle = NULL;
    enum err e;

    if (!ep_binding)
        return rpc_epm_bind(NULL, true, ret);
    e = rpc_binding_get(ep_binding, &b);
    if (e)
        return e;
    object = rpc_binding_object(b);
    if (memcmp(&object, &nil, sizeof nil) != 0)
        e = detail_fail(ERR_RPC_CANT_PERFORM, "the binding of an endpoint mapper has an object");
    if (!e)
        e = rpc_epm_bind(b, b->transport->local, &handle);
    identity = rpc_binding_identity(b);
    if (!e && identity && !rpc_binding_get(handle, &mapper)) {
        rpc_binding_set_identity_adopt(mapper, identity);
        identity = NULL;
        rpc_binding_put(handle);
    }
    rpc_identity_unref(identity);
    rpc_binding_put(ep_binding);
    if (!e)
        *ret = handle;
    return e;
}

/* ---- towers and entries ---- */

void rpc_epm_write_uuid(struct ndr_out *out, const struct uuid *u)
{
    ndr_out_u32(out, u->data1);
    ndr_out_u16(out, u->data2);
    ndr_out_u16(out, u->data3);
    ndr_out_array(out, u->data4, sizeof u->data4, 1);
}

void rpc_epm_write_tower(struct ndr_out *out, const struct rpc_tower *t)
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
        ndr_out_fail(out, w.err, "an endpoint that no tower can name");
}

bool rpc_epm_read_tower(struct ndr_in *in, struct rpc_tower *ret)
{
    struct ndr_span span;
    const uint8_t *octets;
    size_t n;

    ndr_in_conformance(in, &span, 1);
    ndr_in_same(in, ndr_in_u32(in), span.max);
    n = ndr_in_count(in, &span, 1, 1);
    octets = ndr_in_array_view(in, n, 1);
    return !in->r.err && !rpc_tower_read(bytes_of(octets, n), ret);
}

static struct uuid read_uuid(struct ndr_in *in)
{
    struct uuid u = { 0 };

    ndr_in_align(in, 4);
    u.data1 = ndr_in_u32(in);
    u.data2 = ndr_in_u16(in);
    u.data3 = ndr_in_u16(in);
    ndr_in_array(in, u.data4, sizeof u.data4, 1);
    return u;
}

/* A person reads it: what is not text has dots in its place. */
static void read_annotation(struct ndr_in *in, char ret[RPC_EPM_ANNOTATION])
{
    size_t steering;
    bool good;
    char *c;

    ndr_in_string_into(in, ret, RPC_EPM_ANNOTATION, 1);
    if (in->r.err)
        ret[0] = '\0';
    good = utf8_valid(bytes_of_text(ret));
    for (c = ret; *c; c += steering ? steering : 1) {
        steering = !good && (uint8_t)*c >= 0x80 ? 1 : utf8_steering(c);
        memset(c, '.', steering);
    }
}

struct rpc_epm_entry *rpc_epm_read_entries(struct ndr_in *in, size_t most, size_t *ret_count,
                                           size_t *ret_all)
{
    struct rpc_epm_entry *entries;
    struct ndr_span span;
    bool *there;
    size_t n, i, good = 0;

    ndr_in_conformance(in, &span, 1);
    ndr_in_variance(in, &span, 1);
    n = ndr_in_count(in, &span, 1, ENTRY_LEAST);
    if (n > most)
        ndr_in_fail(in, ERR_MALFORMED, "epm: %zu entries where %zu were asked for", n, most);
    n = in->r.err ? 0 : n;
    entries = ndr_in_new(in, n, sizeof *entries);
    there = ndr_in_new(in, n, sizeof *there);
    for (i = 0; i < n && !in->r.err; i++) {
        entries[i].object = read_uuid(in);
        there[i] = ndr_in_pointer(in, NDR_UNIQUE) != NULL;
        read_annotation(in, entries[i].annotation);
    }
    for (i = 0; i < n && !in->r.err; i++)
        if (there[i] && rpc_epm_read_tower(in, &entries[i].tower))
            entries[good++] = entries[i];
    *ret_count = in->r.err ? 0 : good;
    *ret_all = in->r.err ? 0 : n;
    return entries;
}

struct rpc_tower rpc_epm_tower(const RPC_IF_ID *interface, const char *protseq)
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
    t.protseq = protseq;
    return t;
}

/* ---- answers ---- */

static const char refused[] =
    "A mapper changes its map for callers of its own host alone, and an interface is its account's "
    "as long as the map has an entry of it.";

/* clang-format off */
static const struct {
    uint32_t wire;
    enum err err;
    const char *name, *remedy;
} statuses[] = {
    { 0x16c9a0cd, ERR_RPC_CANT_PERFORM,   "ept_s_cant_perform_op",
      refused },
    { 0x16c9a0ce, ERR_RPC_SERVER_MEMORY,  "ept_s_no_memory", NULL },
    { 0x16c9a0d0, ERR_RPC_CANT_CREATE,    "ept_s_cant_create", NULL },
    { 0x16c9a0d1, ERR_ACCESS_DENIED,      "ept_s_cant_access", NULL },
    { 0x16c9a0d3, ERR_RPC_INVALID_ENTRY,  "ept_s_invalid_entry", NULL },
    { 0x16c9a0d4, ERR_RPC_CANT_CREATE,    "ept_s_update_failed", NULL },
    { 0x16c9a0d5, ERR_RPC_CONTEXT,        "ept_s_invalid_context", NULL },
    { 0x16c9a0d6, ERR_RPC_NOT_REGISTERED, "ept_s_not_registered", NULL },
    /* As Windows writes them. */
    { EPT_S_INVALID_ENTRY,   ERR_RPC_INVALID_ENTRY,  "EPT_S_INVALID_ENTRY", NULL },
    { EPT_S_CANT_PERFORM_OP, ERR_RPC_CANT_PERFORM,   "EPT_S_CANT_PERFORM_OP", refused },
    { EPT_S_NOT_REGISTERED,  ERR_RPC_NOT_REGISTERED, "EPT_S_NOT_REGISTERED", NULL },
};
/* clang-format on */

enum { STATUSES = sizeof statuses / sizeof statuses[0] };

RPC_STATUS rpc_epm_status(uint32_t wire)
{
    size_t i;

    for (i = 0; i < STATUSES; i++)
        if (statuses[i].wire == wire)
            return err_rpc_status(statuses[i].err);
    return (RPC_STATUS)rpc_fault_status(wire);
}

static RPC_STATUS tell(uint32_t wire)
{
    size_t i;

    detail_begin(rpc_epm.Head.Name);
    for (i = 0; i < STATUSES; i++)
        if (statuses[i].wire == wire) {
            if (statuses[i].remedy)
                detail_remedy("%s", statuses[i].remedy);
            (void)!detail_fail(statuses[i].err, "the endpoint mapper answered 0x%08x, %s", wire,
                               statuses[i].name);
            return err_rpc_status(statuses[i].err);
        }
    (void)!detail_fail(ERR_RPC_FAILED, "the endpoint mapper answered 0x%08x", wire);
    return rpc_epm_status(wire);
}

/* Nobody is there: of this host's mapper it is known what to do. */
static void tell_to_start_it(void)
{
    char why[DETAIL_TEXT];

    (void)snprintf(why, sizeof why, "%s", detail_get()->text);
    detail_begin(rpc_epm.Head.Name);
    detail_remedy("Start the endpoint mapper of this host, countersign-epmapd, with the same "
                  "COUNTERSIGN_NCALRPC_DIR; or name the endpoint in the binding.");
    (void)!detail_fail(ERR_RPC_UNAVAILABLE, "no endpoint mapper runs on this host: %s", why);
}

/* The binding is the call's until it ends, and its transport is for ever. */
RPC_STATUS rpc_epm_end(struct rpc_call *call, uint32_t answered)
{
    bool local = call->binding && call->binding->transport->local;
    uint32_t failed = rpc_call_end(call);

    if (local && call->err == ERR_RPC_UNAVAILABLE)
        tell_to_start_it();
    return failed ? (RPC_STATUS)failed : answered ? tell(answered) : RPC_S_OK;
}

void rpc_epm_let_go(void *mapper, const struct ndr_context *lookup)
{
    static const struct ndr_context none;
    struct ndr_context left;
    struct rpc_call call;
    struct ndr_in *in;

    if (memcmp(lookup, &none, sizeof none) == 0)
        return;
    ndr_out_context(rpc_call_begin(&call, &rpc_epm, mapper, EPT_LOOKUP_HANDLE_FREE, 0), lookup);
    in = rpc_call_send(&call);
    if (in) {
        ndr_in_context(in, &left);
        (void)ndr_in_u32(in);
    }
    (void)rpc_call_end(&call); /* the mapper drops it with the connection */
}
