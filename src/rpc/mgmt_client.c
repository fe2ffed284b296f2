/* SPDX-License-Identifier: Apache-2.0
 * mgmt_client.c - the five procedures of the management interface, as a client calls them.
 * C706 appendix Q
 *
 *   0 inq_if_ids          out: pointer | max 4, count 4, pointers | each: UUID 16, major 2,
 *                              minor 2 | status 4
 *   1 inq_stats           in: count 4           out: count 4 | max 4, numbers | status 4
 *   2 is_server_listening out: status 4, boolean 4
 *   3 stop_server_listening                     out: status 4
 *   4 inq_princ_name      in: service 4, size 4 out: string | status 4
 */
#include "rpc/mgmt_client.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "rpc/call.h"
#include "rpc/fault.h"

enum { INQ_IF_IDS, INQ_STATS, IS_SERVER_LISTENING, STOP_SERVER_LISTENING, INQ_PRINC_NAME };

static const CS_CLIENT_INTERFACE mgmt = { {
    .Length = sizeof mgmt,
    .StubAbi = CS_STUB_ABI,
    .Side = CS_INTERFACE_CLIENT,
    .Id = { { 0xafa8bd80, 0x7d8a, 0x11c9, { 0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29, 0x89 } },
            1,
            0 },
    .Name = "mgmt",
} };

bool rpc_mgmt_is(const CS_CLIENT_INTERFACE *face)
{
    return face == &mgmt;
}

/* The call's own failure, else the status in its answer. */
static RPC_STATUS end(struct rpc_call *call, uint32_t answered)
{
    uint32_t failed = rpc_call_end(call);

    return (RPC_STATUS)(failed || !answered ? failed : rpc_fault_status(answered));
}

static void read_if_id(struct ndr_in *in, RPC_IF_ID *ret)
{
    size_t i;

    ndr_in_align(in, 4);
    ret->Uuid.Data1 = ndr_in_u32(in);
    ret->Uuid.Data2 = ndr_in_u16(in);
    ret->Uuid.Data3 = ndr_in_u16(in);
    for (i = 0; i < sizeof ret->Uuid.Data4; i++)
        ret->Uuid.Data4[i] = ndr_in_u8(in);
    ret->VersMajor = ndr_in_u16(in);
    ret->VersMinor = ndr_in_u16(in);
}

/* Into the call's arena; *ret_count is how many there are. */
static RPC_IF_ID *read_if_ids(struct ndr_in *in, size_t *ret_count)
{
    struct ndr_span span = { 0 };
    RPC_IF_ID *ids = NULL;
    bool *there = NULL;
    size_t n, i;

    *ret_count = 0;
    if (!ndr_in_pointer(in, NDR_UNIQUE))
        return NULL;
    ndr_in_conformance(in, &span, 1);
    ndr_in_same(in, ndr_in_u32(in), span.max);
    n = ndr_in_count(in, &span, 1, 4);
    if (n > RPC_MGMT_INTERFACES_MAX)
        ndr_in_fail(in, ERR_MALFORMED, "mgmt: %zu interfaces", n);
    ids = ndr_in_new(in, n, sizeof *ids);
    there = ndr_in_new(in, n, sizeof *there);
    for (i = 0; i < n && !in->r.err; i++)
        there[i] = ndr_in_pointer(in, NDR_UNIQUE) != NULL;
    for (i = 0; i < n && !in->r.err; i++)
        if (there[i])
            read_if_id(in, &ids[(*ret_count)++]);
    return ids;
}

static void vector_free(RPC_IF_ID_VECTOR *v)
{
    ULONG i;

    for (i = 0; v && i < v->Count; i++)
        mem_free(v->IfId[i]);
    mem_free(v);
}

static enum err vector_of(const RPC_IF_ID *ids, size_t n, RPC_IF_ID_VECTOR **ret)
{
    RPC_IF_ID_VECTOR *v = mem_zero(sizeof *v + n * sizeof v->IfId[0]);
    size_t i;

    for (i = 0; v && i < n; i++) {
        v->IfId[i] = mem_alloc(sizeof *ids);
        if (!v->IfId[i]) {
            vector_free(v);
            return ERR_NO_MEMORY;
        }
        *v->IfId[i] = ids[i];
        v->Count = (ULONG)i + 1;
    }
    if (!v)
        return ERR_NO_MEMORY;
    *ret = v;
    return ERR_OK;
}

RPC_STATUS rpc_mgmt_inq_if_ids(void *binding, RPC_IF_ID_VECTOR **ret)
{
    RPC_IF_ID_VECTOR *v = NULL;
    struct rpc_call call;
    struct ndr_in *in;
    RPC_IF_ID *ids;
    uint32_t answered = 0;
    RPC_STATUS status;
    size_t n;

    (void)rpc_call_begin(&call, &mgmt, binding, INQ_IF_IDS, 0);
    in = rpc_call_send(&call);
    if (in) {
        ids = read_if_ids(in, &n);
        answered = ndr_in_u32(in);
        if (!in->r.err && !answered)
            rpc_call_fail(&call, vector_of(ids, n, &v));
    }
    status = end(&call, answered);
    if (status)
        vector_free(v);
    else
        *ret = v;
    return status;
}

RPC_STATUS rpc_mgmt_inq_stats(void *binding, ULONG ret[RPC_MGMT_STATS], ULONG *ret_count)
{
    ULONG stats[RPC_MGMT_STATS] = { 0 };
    struct ndr_span span = { 0 };
    struct rpc_call call;
    struct ndr_in *in;
    uint32_t answered = 0;
    RPC_STATUS status;
    size_t n = 0;

    ndr_out_u32(rpc_call_begin(&call, &mgmt, binding, INQ_STATS, 0), RPC_MGMT_STATS);
    in = rpc_call_send(&call);
    if (in) {
        uint32_t count = ndr_in_u32(in);

        ndr_in_conformance(in, &span, 1);
        ndr_in_same(in, count, span.max);
        n = ndr_in_count(in, &span, 1, 4);
        if (n > RPC_MGMT_STATS)
            ndr_in_fail(in, ERR_MALFORMED, "mgmt: %zu numbers where 4 were asked for", n);
        else
            ndr_in_array(in, stats, n, sizeof stats[0]);
        answered = ndr_in_u32(in);
    }
    status = end(&call, answered);
    if (!status) {
        memcpy(ret, stats, sizeof stats);
        *ret_count = (ULONG)n;
    }
    return status;
}

RPC_STATUS rpc_mgmt_is_listening(void *binding)
{
    struct rpc_call call;
    struct ndr_in *in;
    uint32_t answered = 0;
    bool listening = false;
    RPC_STATUS status;

    (void)rpc_call_begin(&call, &mgmt, binding, IS_SERVER_LISTENING, 0);
    in = rpc_call_send(&call);
    if (in) {
        answered = ndr_in_u32(in);
        listening = ndr_in_u32(in) != 0;
    }
    status = end(&call, answered);
    return status || listening ? status : RPC_S_NOT_LISTENING;
}

RPC_STATUS rpc_mgmt_stop_listening(void *binding)
{
    struct rpc_call call;
    struct ndr_in *in;
    uint32_t answered = 0;

    (void)rpc_call_begin(&call, &mgmt, binding, STOP_SERVER_LISTENING, 0);
    in = rpc_call_send(&call);
    if (in)
        answered = ndr_in_u32(in);
    return end(&call, answered);
}

RPC_STATUS rpc_mgmt_inq_principal(void *binding, ULONG service, char ret[RPC_MGMT_NAME_MAX])
{
    struct ndr_span span = { 0 };
    struct rpc_call call;
    struct ndr_out *out = rpc_call_begin(&call, &mgmt, binding, INQ_PRINC_NAME, 0);
    const char *name = NULL;
    struct ndr_in *in;
    uint32_t answered = 0;

    ndr_out_u32(out, service);
    ndr_out_u32(out, RPC_MGMT_NAME_MAX);
    in = rpc_call_send(&call);
    if (in) {
        name = ndr_in_string(in, &span);
        if (span.actual > RPC_MGMT_NAME_MAX)
            ndr_in_fail(in, ERR_MALFORMED, "mgmt: a name of %zu bytes", span.actual);
        else if (name)
            memcpy(ret, name, span.actual);
        answered = ndr_in_u32(in);
    }
    return end(&call, answered);
}
