/* spool_s.c - written by countersign-idl from spool.idl; edit that one. */
#include "spool.h"

#include <string.h>

static void spool_rundown_of_SPOOL(void *context)
{
    SPOOL_rundown((SPOOL)context);
}

static const CS_CONTEXT_TYPE spool_context_SPOOL = {
    "SPOOL", spool_rundown_of_SPOOL, 0
};

static void out_JOB_pointers(CS_NDR_OUT *out, const JOB *v);
static void free_JOB(CS_NDR_FREE *walk, JOB *v);

static void out_PROGRESS(CS_NDR_OUT *out, const PROGRESS *v, LONGLONG tag)
{
    CsNdrOutEnum16(out, (int)tag);
    switch (tag) {
    case PRINTING:
        CsNdrOutU32(out, v->page);
        break;
    case DONE:
        CsNdrOutPointer(out, CS_NDR_UNIQUE, v->tray);
        break;
    default:
        break;
    }
}

static void out_JOB(CS_NDR_OUT *out, const JOB *v)
{
    CsNdrOutU32(out, v->id);
    CsNdrOutPointer(out, CS_NDR_UNIQUE, v->name);
    CsNdrOutEnum16(out, (int)v->state);
    out_PROGRESS(out, &v->progress, (LONGLONG)v->state);
    CsNdrOutPointer(out, CS_NDR_UNIQUE, v->next);
}

static void out_PROGRESS_pointers(CS_NDR_OUT *out, const PROGRESS *v, LONGLONG tag)
{
    switch (tag) {
    case DONE:
        if (v->tray) {
            CsNdrOutString(out, v->tray, 0, 2);
        }
        break;
    default:
        break;
    }
}

static void out_JOB_pointers(CS_NDR_OUT *out, const JOB *v)
{
    if (!CsNdrOutEnter(out))
        return;
    if (v->name) {
        CsNdrOutString(out, v->name, 0, 2);
    }
    out_PROGRESS_pointers(out, &v->progress, (LONGLONG)v->state);
    if (v->next) {
        out_JOB(out, v->next);
        out_JOB_pointers(out, v->next);
    }
    CsNdrOutLeave(out);
}

static void free_PROGRESS(CS_NDR_FREE *walk, PROGRESS *v, LONGLONG tag)
{
    switch (tag) {
    case DONE:
        if (CsNdrFreeEnter(walk, v->tray)) {
            CsNdrFreeLeave(walk, v->tray);
        }
        break;
    default:
        break;
    }
}

static void free_JOB(CS_NDR_FREE *walk, JOB *v)
{
    if (CsNdrFreeEnter(walk, v->name)) {
        CsNdrFreeLeave(walk, v->name);
    }
    free_PROGRESS(walk, &v->progress, (LONGLONG)v->state);
    if (CsNdrFreeEnter(walk, v->next)) {
        free_JOB(walk, v->next);
        CsNdrFreeLeave(walk, v->next);
    }
}

/* spool.idl:27, opnum 0 */
static void spool_Null(CS_SERVER_CALL *call)
{
    const spool_v1_0_epv_t *manager = (const spool_v1_0_epv_t *)CsServerManager(call);

    if (!CsServerReady(call))
        return;
    manager->Null(CsServerBinding(call));
}

/* spool.idl:28, opnum 1 */
static void spool_Echo(CS_SERVER_CALL *call)
{
    const spool_v1_0_epv_t *manager = (const spool_v1_0_epv_t *)CsServerManager(call);
    CS_NDR_IN *in = CsServerIn(call);
    CS_NDR_OUT *out = NULL;
    ULONG n = 0;
    byte *data = NULL;
    CS_NDR_SPAN data_span = { 0, 0, 0 };
    byte *back = NULL;
    size_t back_room = 0;

    n = CsNdrInU32(in);
    CsNdrInConformance(in, &data_span, 1);
    CsNdrInElements(in, &data, &data_span, 1);
    CsNdrInSame(in, data_span.Max, (ULONGLONG)n);
    back_room = (size_t)n;
    back = (byte *)CsServerNew(call, back_room, sizeof *back);
    if (!CsServerReady(call))
        return;
    manager->Echo(CsServerBinding(call), n, data, back);
    out = CsServerOut(call);
    {
        CS_NDR_SPAN span = { (size_t)n, 0, (size_t)n };

        CsNdrOutConformance(out, &span, 1);
        CsNdrOutRoom(out, &span, back_room);
        CsNdrOutArray(out, back, span.Actual, 1);
    }
}

/* spool.idl:30, opnum 2 */
static void spool_Open(CS_SERVER_CALL *call)
{
    const spool_v1_0_epv_t *manager = (const spool_v1_0_epv_t *)CsServerManager(call);
    CS_NDR_IN *in = CsServerIn(call);
    CS_NDR_OUT *out = NULL;
    WCHAR *printer = NULL;
    CS_NDR_SPAN printer_span = { 0, 0, 0 };
    CS_SERVER_CONTEXT *spool_context = NULL;
    SPOOL spool_value = NULL;
    SPOOL *spool = &spool_value;
    LONG result = 0;

    CsNdrInString(in, &printer, &printer_span, 2);
    spool_context = CsServerContextNew(call, &spool_context_SPOOL);
    if (!CsServerReady(call))
        return;
    result = manager->Open(CsServerBinding(call), printer, spool);
    out = CsServerOut(call);
    CsServerContextOut(call, spool_context, (void *)*spool);
    CsNdrOutU32(out, (ULONG)result);
}

/* spool.idl:31, opnum 3 */
static void spool_List(CS_SERVER_CALL *call)
{
    const spool_v1_0_epv_t *manager = (const spool_v1_0_epv_t *)CsServerManager(call);
    CS_NDR_IN *in = CsServerIn(call);
    CS_NDR_OUT *out = NULL;
    CS_NDR_FREE *walk = NULL;
    CS_SERVER_CONTEXT *spool_context = NULL;
    SPOOL spool = NULL;
    ULONG most = 0;
    JOB *jobs_value = NULL;
    JOB **jobs = &jobs_value;
    LONG result = 0;

    spool_context = CsServerContextIn(call, &spool_context_SPOOL, CS_CONTEXT_NULL_REFUSED);
    spool = (SPOOL)CsServerContextGet(spool_context);
    most = CsNdrInU32(in);
    CsNdrInRangeUnsigned(in, most, 1, 1000);
    if (!CsServerReady(call))
        return;
    result = manager->List(spool, most, jobs);
    out = CsServerOut(call);
    CsNdrOutPointer(out, CS_NDR_UNIQUE, *jobs);
    if (*jobs) {
        out_JOB(out, *jobs);
        out_JOB_pointers(out, *jobs);
    }
    CsNdrOutU32(out, (ULONG)result);
    walk = CsServerFree(call);
    if (!walk)
        return;
    if (CsNdrFreeEnter(walk, *jobs)) {
        free_JOB(walk, *jobs);
        CsNdrFreeLeave(walk, *jobs);
    }
}

/* spool.idl:32, opnum 4 */
static void spool_Read(CS_SERVER_CALL *call)
{
    const spool_v1_0_epv_t *manager = (const spool_v1_0_epv_t *)CsServerManager(call);
    CS_NDR_IN *in = CsServerIn(call);
    CS_NDR_OUT *out = NULL;
    CS_SERVER_CONTEXT *spool_context = NULL;
    SPOOL spool = NULL;
    ULONG size = 0;
    ULONG got_value = 0;
    ULONG *got = &got_value;
    byte *data = NULL;
    size_t data_room = 0;
    LONG result = 0;

    spool_context = CsServerContextIn(call, &spool_context_SPOOL, CS_CONTEXT_NULL_REFUSED);
    spool = (SPOOL)CsServerContextGet(spool_context);
    size = CsNdrInU32(in);
    data_room = (size_t)size;
    data = (byte *)CsServerNew(call, data_room, sizeof *data);
    if (!CsServerReady(call))
        return;
    result = manager->Read(spool, size, got, data);
    out = CsServerOut(call);
    CsNdrOutU32(out, *got);
    {
        CS_NDR_SPAN span = { (size_t)size, 0, (size_t)(got ? *got : 0) };

        CsNdrOutConformance(out, &span, 1);
        CsNdrOutRoom(out, &span, data_room);
        CsNdrOutVariance(out, &span, 1);
        CsNdrOutArray(out, data + span.Offset, span.Actual, 1);
    }
    CsNdrOutU32(out, (ULONG)result);
}

/* spool.idl:34, opnum 5 */
static void spool_Close(CS_SERVER_CALL *call)
{
    const spool_v1_0_epv_t *manager = (const spool_v1_0_epv_t *)CsServerManager(call);
    CS_SERVER_CONTEXT *spool_context = NULL;
    SPOOL spool_value = NULL;
    SPOOL *spool = &spool_value;

    spool_context = CsServerContextIn(call, &spool_context_SPOOL, CS_CONTEXT_NULL_ALLOWED);
    *spool = (SPOOL)CsServerContextGet(spool_context);
    if (!CsServerReady(call))
        return;
    manager->Close(spool);
    CsServerContextOut(call, spool_context, (void *)*spool);
}

static const CS_SERVER_PROCEDURE spool_v1_0_procedures[] = {
    { spool_Null, "Null", 0 },
    { spool_Echo, "Echo", 0 },
    { spool_Open, "Open", 0 },
    { spool_List, "List", 0 },
    { spool_Read, "Read", 0 },
    { spool_Close, "Close", 0 },
};

static const spool_v1_0_epv_t spool_v1_0_default = {
    Null,
    Echo,
    Open,
    List,
    Read,
    Close,
};

static const CS_ENDPOINT spool_v1_0_endpoints[] = {
    { "ncacn_ip_tcp", "4711" },
};

static const CS_SERVER_INTERFACE spool_v1_0_server = {
    {
        sizeof(CS_SERVER_INTERFACE), CS_STUB_ABI, CS_INTERFACE_SERVER, 6,
        { { 0x9c2f5a1e, 0x6d0b, 0x4f7c, { 0x8a, 0x35, 0x2b, 0x1e, 0x6f, 0x9d, 0x4c, 0x07 } }, 1,
            0 },
        "spool", spool_v1_0_endpoints, 1, midl_user_allocate, midl_user_free,
    },
    spool_v1_0_procedures,
    &spool_v1_0_default,
};
RPC_IF_HANDLE spool_v1_0_s_ifspec = (RPC_IF_HANDLE)&spool_v1_0_server;
