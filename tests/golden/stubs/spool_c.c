/* spool_c.c - written by countersign-idl from spool.idl; edit that one. */
#include "spool.h"

#include <string.h>

static void in_JOB_pointers(CS_NDR_IN *in, JOB *v);

static LONGLONG in_PROGRESS(CS_NDR_IN *in, PROGRESS *v)
{
    LONGLONG tag;

    tag = (STATE)CsNdrInEnum16(in);
    switch (tag) {
    case PRINTING:
        v->page = CsNdrInU32(in);
        break;
    case DONE:
        CsNdrInPointer(in, CS_NDR_UNIQUE, &v->tray);
        break;
    default:
        break;
    }
    return tag;
}

static void in_JOB(CS_NDR_IN *in, JOB *v)
{
    v->id = CsNdrInU32(in);
    CsNdrInPointer(in, CS_NDR_UNIQUE, &v->name);
    v->state = (STATE)CsNdrInEnum16(in);
    LONGLONG progress_tag = in_PROGRESS(in, &v->progress);
    CsNdrInPointer(in, CS_NDR_UNIQUE, &v->next);
    CsNdrInSame(in, (ULONGLONG)progress_tag, (ULONGLONG)v->state);
}

static void in_PROGRESS_pointers(CS_NDR_IN *in, PROGRESS *v, LONGLONG tag)
{
    switch (tag) {
    case DONE:
        if (CsNdrInFollow(in, &v->tray)) {
            CS_NDR_SPAN span;

            CsNdrInString(in, &v->tray, &span, 2);
        }
        break;
    default:
        break;
    }
}

static void in_JOB_pointers(CS_NDR_IN *in, JOB *v)
{
    if (!CsNdrInEnter(in))
        return;
    if (CsNdrInFollow(in, &v->name)) {
        CS_NDR_SPAN span;

        CsNdrInString(in, &v->name, &span, 2);
    }
    in_PROGRESS_pointers(in, &v->progress, (LONGLONG)v->state);
    if (CsNdrInReferent(in, &v->next, sizeof *v->next)) {
        in_JOB(in, v->next);
        in_JOB_pointers(in, v->next);
    }
    CsNdrInLeave(in);
}

static const CS_ENDPOINT spool_v1_0_endpoints[] = {
    { "ncacn_ip_tcp", "4711" },
};

static const CS_CLIENT_INTERFACE spool_v1_0_client = {
    {
        sizeof(CS_CLIENT_INTERFACE), CS_STUB_ABI, CS_INTERFACE_CLIENT, 6,
        { { 0x9c2f5a1e, 0x6d0b, 0x4f7c, { 0x8a, 0x35, 0x2b, 0x1e, 0x6f, 0x9d, 0x4c, 0x07 } }, 1,
            0 },
        "spool", spool_v1_0_endpoints, 1, midl_user_allocate, midl_user_free,
    },
};
RPC_IF_HANDLE spool_v1_0_c_ifspec = (RPC_IF_HANDLE)&spool_v1_0_client;

/* spool.idl:27, opnum 0 */
void Null(handle_t h)
{
    CS_CLIENT_CALL call;
    CsClientBegin(&call, &spool_v1_0_client, h, 0, 0);
    RPC_STATUS status = RPC_S_OK;

    CsClientSend(&call);
    status = CsClientEnd(&call);
    if (status)
        RpcRaiseException(status);
}

/* spool.idl:28, opnum 1 */
void Echo(handle_t h, ULONG n, byte *data, byte *back)
{
    CS_CLIENT_CALL call;
    CS_NDR_OUT *out = CsClientBegin(&call, &spool_v1_0_client, h, 1, 0);
    CS_NDR_IN *in = NULL;
    RPC_STATUS status = RPC_S_OK;
    size_t back_room = (size_t)n;
    CS_NDR_SPAN back_span = { 0, 0, 0 };

    CsNdrOutU32(out, n);
    if (CsNdrOutRef(out, data)) {
        CS_NDR_SPAN span = { (size_t)n, 0, (size_t)n };

        CsNdrOutConformance(out, &span, 1);
        CsNdrOutArray(out, data, span.Actual, 1);
    }
    CsNdrOutRef(out, back);
    in = CsClientSend(&call);
    if (in) {
        CsNdrInConformance(in, &back_span, 1);
        CsNdrInRoom(in, &back_span, back_room);
        CsNdrInCount(in, &back_span, 1, 1);
        CsNdrInArray(in, back, back_span.Actual, 1);
        CsNdrInSame(in, back_span.Max, (ULONGLONG)n);
    }
    status = CsClientEnd(&call);
    if (status)
        RpcRaiseException(status);
}

/* spool.idl:30, opnum 2 */
LONG Open(handle_t h, const WCHAR *printer, SPOOL *spool)
{
    CS_CLIENT_CALL call;
    CS_NDR_OUT *out = CsClientBegin(&call, &spool_v1_0_client, h, 2, 0);
    CS_NDR_IN *in = NULL;
    RPC_STATUS status = RPC_S_OK;
    LONG result = 0;

    if (spool)
        *spool = NULL;
    if (CsNdrOutRef(out, printer)) {
        CsNdrOutString(out, printer, 0, 2);
    }
    CsNdrOutRef(out, spool);
    in = CsClientSend(&call);
    if (in) {
        CsClientContextIn(&call, (void **)spool);
        result = (LONG)CsNdrInU32(in);
    }
    status = CsClientEnd(&call);
    if (status)
        RpcRaiseException(status);
    return result;
}

/* spool.idl:31, opnum 3 */
LONG List(SPOOL spool, ULONG most, JOB **jobs)
{
    CS_CLIENT_CALL call;
    CS_NDR_OUT *out = CsClientBegin(&call, &spool_v1_0_client, CsClientContextBinding(spool), 3, 0);
    CS_NDR_IN *in = NULL;
    RPC_STATUS status = RPC_S_OK;
    LONG result = 0;

    if (jobs)
        *jobs = NULL;
    CsClientContextOut(&call, spool, CS_CONTEXT_NULL_REFUSED);
    CsNdrOutRangeUnsigned(out, most, 1, 1000);
    CsNdrOutU32(out, most);
    CsNdrOutRef(out, jobs);
    in = CsClientSend(&call);
    if (in) {
        CsNdrInPointer(in, CS_NDR_UNIQUE, jobs);
        if (CsNdrInReferent(in, jobs, sizeof *(*jobs))) {
            in_JOB(in, *jobs);
            in_JOB_pointers(in, *jobs);
        }
        result = (LONG)CsNdrInU32(in);
    }
    status = CsClientEnd(&call);
    if (status)
        RpcRaiseException(status);
    return result;
}

/* spool.idl:32, opnum 4 */
LONG Read(SPOOL spool, ULONG size, ULONG *got, byte *data)
{
    CS_CLIENT_CALL call;
    CS_NDR_OUT *out = CsClientBegin(&call, &spool_v1_0_client, CsClientContextBinding(spool), 4, 0);
    CS_NDR_IN *in = NULL;
    RPC_STATUS status = RPC_S_OK;
    size_t data_room = (size_t)size;
    CS_NDR_SPAN data_span = { 0, 0, 0 };
    LONG result = 0;

    CsClientContextOut(&call, spool, CS_CONTEXT_NULL_REFUSED);
    CsNdrOutU32(out, size);
    CsNdrOutRef(out, got);
    CsNdrOutRef(out, data);
    in = CsClientSend(&call);
    if (in) {
        *got = CsNdrInU32(in);
        CsNdrInConformance(in, &data_span, 1);
        CsNdrInVariance(in, &data_span, 1);
        CsNdrInRoom(in, &data_span, data_room);
        CsNdrInCount(in, &data_span, 1, 1);
        CsNdrInArray(in, data + data_span.Offset, data_span.Actual, 1);
        result = (LONG)CsNdrInU32(in);
        CsNdrInSame(in, data_span.Max, (ULONGLONG)size);
        CsNdrInSame(in, data_span.Offset, (ULONGLONG)0);
        CsNdrInSame(in, data_span.Actual, (ULONGLONG)(got ? *got : 0));
    }
    status = CsClientEnd(&call);
    if (status)
        RpcRaiseException(status);
    return result;
}

/* spool.idl:34, opnum 5 */
void Close(SPOOL *spool)
{
    CS_CLIENT_CALL call;
    CS_NDR_OUT *out = CsClientBegin(&call, &spool_v1_0_client,
        CsClientContextBinding(spool ? *spool : NULL), 5, 0);
    CS_NDR_IN *in = NULL;
    RPC_STATUS status = RPC_S_OK;

    if (CsNdrOutRef(out, spool)) {
        CsClientContextOut(&call, *spool, CS_CONTEXT_NULL_ALLOWED);
    }
    in = CsClientSend(&call);
    if (in) {
        CsClientContextIn(&call, (void **)spool);
    }
    status = CsClientEnd(&call);
    if (status)
        RpcRaiseException(status);
}
