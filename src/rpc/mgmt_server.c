/* SPDX-License-Identifier: Apache-2.0
 * mgmt_server.c - the management interface, which every server has.  C706 appendix Q
 *
 *   0 rpc__mgmt_inq_if_ids          ([out] vector **, [out] status)
 *   1 rpc__mgmt_inq_stats           ([in, out] count, [out] statistics[], [out] status)
 *   2 rpc__mgmt_is_server_listening ([out] status) -> boolean
 *   3 rpc__mgmt_stop_server_listening ([out] status)
 *   4 rpc__mgmt_inq_princ_name      ([in] service, [in] size, [out] name[], [out] status)
 *
 * Everybody may read; nobody may stop the server, unless the program's authorization function says
 * otherwise.
 */
#include <stdatomic.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/log.h"
#include "rpc/mgmt_local.h"
#include "rpc/server.h"
#include "rpc/server_auth.h"
#include "rpc/server_link.h"

enum {
    PRINCIPAL_MAX = 4096, /* the largest name's room a client may ask for */
    PROCEDURES = 5,
};

static _Atomic(RPC_MGMT_AUTHORIZATION_FN) authorization;

void rpc_mgmt_set_authorization(RPC_MGMT_AUTHORIZATION_FN function)
{
    atomic_store(&authorization, function);
}

bool rpc_mgmt_is_guarded(void)
{
    return atomic_load(&authorization) != NULL;
}

/* ---- from within ---- */

void rpc_mgmt_local_stats(ULONG ret[RPC_MGMT_STATS_COUNT])
{
    struct rpc_server_stats now;

    rpc_server_stats_now(&now);
    ret[RPC_C_STATS_CALLS_IN] = atomic_load(&now.calls_in);
    ret[RPC_C_STATS_CALLS_OUT] = atomic_load(&now.calls_out);
    ret[RPC_C_STATS_PKTS_IN] = atomic_load(&now.packets_in);
    ret[RPC_C_STATS_PKTS_OUT] = atomic_load(&now.packets_out);
}

static enum err vector_fill(RPC_IF_ID_VECTOR *v, const struct rpc_syntax *ids, size_t n)
{
    for (; v->Count < n; v->Count++) {
        RPC_IF_ID *id = mem_zero(sizeof *id);

        if (!id)
            return ERR_NO_MEMORY;
        memcpy(&id->Uuid, &ids[v->Count].uuid, sizeof id->Uuid);
        id->VersMajor = ids[v->Count].major;
        id->VersMinor = ids[v->Count].minor;
        v->IfId[v->Count] = id;
    }
    return ERR_OK;
}

enum err rpc_mgmt_local_if_ids(RPC_IF_ID_VECTOR **ret)
{
    struct rpc_syntax *ids = NULL;
    RPC_IF_ID_VECTOR *v = NULL;
    size_t n = 0;
    enum err e = rpc_registry_list(NULL, &ids, &n);

    if (!e) {
        v = mem_zero(sizeof *v + n * sizeof v->IfId[0]);
        e = v ? vector_fill(v, ids, n) : ERR_NO_MEMORY;
    }
    mem_free(ids);
    while (e && v && v->Count)
        mem_free(v->IfId[--v->Count]);
    if (e) {
        mem_free(v);
        return e;
    }
    *ret = v;
    return ERR_OK;
}

enum err rpc_mgmt_local_principal(ULONG service, const char **ret)
{
    const char *name = rpc_server_auth_principal(
        service == RPC_C_AUTHN_DEFAULT ? RPC_C_AUTHN_GSS_NEGOTIATE : service);

    if (!name)
        return detail_fail(ERR_RPC_AUTHN_SERVICE,
                           "authentication service %u was not registered with "
                           "RpcServerRegisterAuthInfo",
                           service);
    *ret = name;
    return ERR_OK;
}

/* ---- by clients ---- */

/* RPC_S_OK, or what the client is told. */
static ULONG allowed(struct rpc_server_call *c, ULONG operation)
{
    RPC_MGMT_AUTHORIZATION_FN ask = atomic_load(&authorization);
    RPC_STATUS status = RPC_S_OK;

    if (!ask)
        return operation == RPC_C_MGMT_STOP_SERVER_LISTEN ? RPC_S_ACCESS_DENIED : RPC_S_OK;
    if (ask(rpc_server_call_handle(c), operation, &status))
        return RPC_S_OK;
    log_audit("rpc: the authorization function refused management operation %u", operation);
    return status ? (ULONG)status : RPC_S_ACCESS_DENIED;
}

static struct rpc_server_call *call_of(CS_SERVER_CALL *call)
{
    return (struct rpc_server_call *)(void *)call;
}

/* A pointer to a conformant structure of unique pointers to rpc_if_id_t. */
static void write_ids(struct ndr_out *out, const struct rpc_syntax *ids, size_t n)
{
    uint8_t uuid[16];
    size_t i;

    ndr_out_u32(out, 0x20000);
    ndr_out_u32(out, (uint32_t)n);
    ndr_out_u32(out, (uint32_t)n);
    for (i = 0; i < n; i++)
        ndr_out_u32(out, (uint32_t)(0x20004 + 4 * i));
    for (i = 0; i < n; i++) {
        ndr_out_align(out, 4);
        uuid_write(&ids[i].uuid, uuid);
        writer_bytes(&out->w, bytes_of(uuid, sizeof uuid));
        ndr_out_u16(out, ids[i].major);
        ndr_out_u16(out, ids[i].minor);
    }
}

static void inq_if_ids(CS_SERVER_CALL *call)
{
    struct rpc_server_call *c = call_of(call);
    struct rpc_syntax *ids = NULL;
    size_t n = 0;
    ULONG status;

    status = allowed(c, RPC_C_MGMT_INQ_IF_IDS);
    if (!status)
        status =
            (ULONG)err_rpc_status(rpc_registry_list(rpc_server_link_interfaces(c->link), &ids, &n));
    if (status)
        ndr_out_u32(&c->out, 0);
    else
        write_ids(&c->out, ids, n);
    ndr_out_u32(&c->out, status);
    mem_free(ids);
}

static void inq_stats(CS_SERVER_CALL *call)
{
    struct rpc_server_call *c = call_of(call);
    ULONG stats[RPC_MGMT_STATS_COUNT], status, i;
    uint32_t count = ndr_in_u32(&c->in);

    if (c->in.r.err) /* what follows is passed over, as Windows does */
        return;
    if (count > RPC_MGMT_STATS_COUNT)
        count = RPC_MGMT_STATS_COUNT;
    status = allowed(c, RPC_C_MGMT_INQ_STATS);
    rpc_mgmt_local_stats(stats);
    if (status)
        count = 0;
    ndr_out_u32(&c->out, count);
    ndr_out_u32(&c->out, count); /* the array's conformance */
    for (i = 0; i < count; i++)
        ndr_out_u32(&c->out, stats[i]);
    ndr_out_u32(&c->out, status);
}

static void is_server_listening(CS_SERVER_CALL *call)
{
    struct rpc_server_call *c = call_of(call);
    ULONG status;

    status = allowed(c, RPC_C_MGMT_IS_SERVER_LISTEN);
    ndr_out_u32(&c->out, status);
    ndr_out_u32(&c->out, !status && rpc_server_is_listening());
}

static void stop_server_listening(CS_SERVER_CALL *call)
{
    struct rpc_server_call *c = call_of(call);
    ULONG status;

    status = allowed(c, RPC_C_MGMT_STOP_SERVER_LISTEN);
    if (!status)
        status = (ULONG)err_rpc_status(rpc_server_stop());
    ndr_out_u32(&c->out, status);
}

/* A conformant and varying string of the client's room. */
static void inq_princ_name(CS_SERVER_CALL *call)
{
    struct rpc_server_call *c = call_of(call);
    uint32_t service = ndr_in_u32(&c->in);
    uint32_t room = ndr_in_u32(&c->in);
    const char *name = "";
    ULONG status;
    size_t n;

    if (c->in.r.err) /* what follows is passed over, as Windows does */
        return;
    status = allowed(c, RPC_C_MGMT_INQ_PRINC_NAME);
    if (!status)
        status = (ULONG)err_rpc_status(rpc_mgmt_local_principal(service, &name));
    n = strlen(name) + 1;
    if (!status && (n > room || room > PRINCIPAL_MAX)) {
        status = ERROR_INSUFFICIENT_BUFFER;
        name = "";
        n = 1;
    }
    ndr_out_u32(&c->out, room);
    ndr_out_u32(&c->out, 0);
    ndr_out_u32(&c->out, room ? (uint32_t)n : 0);
    writer_bytes(&c->out.w, bytes_of(name, room ? n : 0));
    ndr_out_u32(&c->out, status);
}

static const CS_SERVER_PROCEDURE procedures[PROCEDURES] = {
    { inq_if_ids, "inq_if_ids", 0 },
    { inq_stats, "inq_stats", 0 },
    { is_server_listening, "is_server_listening", 0 },
    { stop_server_listening, "stop_server_listening", 0 },
    { inq_princ_name, "inq_princ_name", 0 },
};

static void nothing(void *p)
{
    (void)p; /* these procedures allocate nothing */
}

static const CS_SERVER_INTERFACE mgmt = {
    .Head = { .Length = sizeof(CS_SERVER_INTERFACE),
              .StubAbi = CS_STUB_ABI,
              .Side = CS_INTERFACE_SERVER,
              .ProcedureCount = PROCEDURES,
              .Id = { { 0xafa8bd80,
                        0x7d8a,
                        0x11c9,
                        { 0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29, 0x89 } },
                      1,
                      0 },
              .Name = "mgmt",
              .Free = nothing },
    .Procedures = procedures,
    .DefaultManagerEpv = procedures, /* any: it is not looked into */
};

enum err rpc_mgmt_register(void)
{
    const struct rpc_register how = {
        .face = &mgmt, .max_calls = UINT32_MAX, .max_size = RPC_STUB_MAX, .built_in = true
    };

    return rpc_registry_add(&how);
}
