/* SPDX-License-Identifier: Apache-2.0
 * api_ndr_user.c - [wire_marshal] and [user_marshal]: the program's routines write and read octets
 * in a buffer of their own, in this machine's order and in NDR.
 * desktop-src/Rpc/the-type-usersize-function.md and its neighbours
 *
 * No octet goes from a routine to the wire or from the wire to a routine: the stub reads what a
 * routine wrote as the wire type, and writes that; of what it has read as the wire type a routine
 * is given a copy. So a peer cannot make a routine read beyond its buffer, a routine cannot send
 * what its wire type is not, and it need know of no byte order and no other transfer syntax.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "ndr/release.h"
#include "rpc/stub.h"

#include <countersign/rpc.h>

enum {
    GUARD = 64, /* octets behind a routine's buffer, which stay as they are */
    GUARD_BYTE = 0xa5,
};

/* The routine that runs on this thread: what NdrGetUserMarshalInfo speaks of. */
struct user_call {
    ULONG flags; /* what the routine is given a pointer to */
    void *buffer;
    size_t size;
    const CS_NDR_USER *user;
    struct user_call *outer;
};

static _Thread_local struct user_call *current;

/* Octets a routine has written, while the stub reads them. */
struct user_write {
    struct ndr_in in; /* first: it is what the stub knows */
    struct ndr_arena arena;
    uint8_t *octets;
};

/* [MSHCTX_DIFFERENTMACHINE] below, the representation above: C706's label without its order. */
static ULONG flags_of(struct ndr_drep drep)
{
    return (drep.ieee ? 0 : 1U << 24) | (drep.little ? 1U << 20 : 0) | (drep.ascii ? 0 : 1U << 16) |
           MSHCTX_DIFFERENTMACHINE;
}

static ULONG code_of(ULONG raised)
{
    return raised ? raised : RPC_S_CALL_FAILED;
}

enum step { SIZE, MARSHAL, UNMARSHAL, FREE };

struct answer {
    ULONG raised; /* 0, or the exception */
    size_t size;
    unsigned char *end;
};

/* One routine, whatever it raises. */
static struct answer call_user(const CS_NDR_USER *user, enum step step, struct user_call *call,
                               void *object)
{
    unsigned char *volatile end = NULL;
    volatile size_t size = 0;
    volatile ULONG raised = 0;

    call->user = user;
    call->outer = current;
    current = call;
    RpcTryExcept
    {
        if (step == SIZE)
            size = user->Size(&call->flags, 0, object);
        else if (step == MARSHAL)
            end = user->Marshal(&call->flags, (unsigned char *)call->buffer, object);
        else if (step == UNMARSHAL)
            end = user->Unmarshal(&call->flags, (unsigned char *)call->buffer, object);
        else
            user->Free(&call->flags, object);
    }
    RpcExcept (1) {
        raised = code_of(RpcExceptionCode());
    }
    RpcEndExcept
    current = call->outer;
    return (struct answer){ raised, size, end };
}

static bool is_within(const struct user_call *call, const unsigned char *end)
{
    uintptr_t from = (uintptr_t)call->buffer, at = (uintptr_t)end;

    return at >= from && at - from <= call->size;
}

/* ---- writing ---- */

static void out_raised(struct ndr_out *o, ULONG raised)
{
    o->raised = raised;
    ndr_out_fail(o, ERR_RPC_FAILED, "a routine that writes what is sent raised an exception");
}

/* How much it may write; 0 after a failure. */
static size_t room_of(struct ndr_out *o, const CS_NDR_USER *user, void *object)
{
    struct user_call call = { .flags = flags_of(NDR_DREP_NATIVE) };
    struct answer a;

    if (user->WireSize)
        return user->WireSize;
    a = call_user(user, SIZE, &call, object);
    if (a.raised)
        out_raised(o, a.raised);
    else if (a.size > NDR_OUT_MAX)
        ndr_out_fail(o, ERR_TOO_LONG, "a UserSize routine asks for more than a call may send");
    return o->w.err ? 0 : a.size;
}

static bool guard_holds(const uint8_t *guard)
{
    size_t i = 0;

    while (i < GUARD && guard[i] == GUARD_BYTE)
        i++;
    return i == GUARD;
}

/* How much it wrote. */
static size_t write_octets(struct ndr_out *o, const CS_NDR_USER *user, void *object, uint8_t *to,
                           size_t room)
{
    struct user_call call = { .flags = flags_of(NDR_DREP_NATIVE), .buffer = to, .size = room };
    struct answer a;

    memset(to + room, GUARD_BYTE, GUARD);
    a = call_user(user, MARSHAL, &call, object);
    if (a.raised) {
        out_raised(o, a.raised);
    } else if (!guard_holds(to + room) || !is_within(&call, a.end)) {
        log_warning("rpc: %s_UserMarshal left its buffer of %zu octets", user->Name, room);
        ndr_out_fail(o, ERR_BUFFER_TOO_SMALL, "a UserMarshal routine left its buffer");
    }
    return o->w.err ? 0 : (size_t)(a.end - to);
}

CS_NDR_IN *CsNdrOutUser(CS_NDR_OUT *out, const CS_NDR_USER *user, const void *object)
{
    struct ndr_out *o = stub_out(out);
    size_t room = o->w.err ? 0 : room_of(o, user, (void *)object), n;
    struct user_write *w = NULL;

    if (o->w.err)
        return NULL;
    w = mem_zero(sizeof *w);
    if (w)
        w->octets = mem_zero(room + GUARD);
    if (!w || !w->octets) {
        ndr_out_fail(o, ERR_NO_MEMORY, "no memory for what a UserMarshal routine writes");
        mem_free(w);
        return NULL;
    }
    n = write_octets(o, user, (void *)object, w->octets, room);
    w->arena = ndr_arena_with(ndr_budget(n));
    writer_fail(&o->w, ndr_in_begin(bytes_of(w->octets, n), NDR_20, NDR_DREP_NATIVE, &w->arena,
                                    NULL, &w->in));
    if (o->w.err)
        reader_fail(&w->in.r, o->w.err);
    return stub_in_handle(&w->in);
}

int CsNdrOutUserRead(CS_NDR_OUT *out, CS_NDR_IN *in)
{
    struct ndr_out *o = stub_out(out);

    if (ndr_in_end(stub_in(in)) != ERR_OK)
        ndr_out_fail(o, ERR_RPC_STUB_DATA,
                     "what a UserMarshal routine wrote is no value of its wire type");
    return o->w.err == ERR_OK;
}

void CsNdrOutUserEnd(CS_NDR_OUT *out, CS_NDR_IN *in)
{
    struct user_write *w = (struct user_write *)(void *)stub_in(in);

    (void)out;
    if (ndr_in_settle(&w->in, false) != ERR_OK)
        log_debug("rpc: a value that the program's routine wrote was not sent");
    ndr_arena_done(&w->arena);
    mem_free(w->octets);
    mem_free(w);
}

/* ---- reading ---- */

static const char absent;

void CsNdrInUserPointer(CS_NDR_IN *in, int kind, void *object)
{
    struct ndr_in *i = stub_in(in);
    struct ndr_full *f = NULL;

    if (!ndr_in_pointer(i, (enum ndr_pointer)kind) && !i->r.err)
        reader_fail(&i->r, ndr_fulls_add(&i->absent, 0, object, &absent, &f));
}

int CsNdrInUserFollow(CS_NDR_IN *in, void *object)
{
    struct ndr_in *i = stub_in(in);

    return !i->r.err && !ndr_fulls_by_object(&i->absent, object, &absent);
}

CS_NDR_OUT *CsNdrInUser(CS_NDR_IN *in)
{
    struct ndr_in *i = stub_in(in);
    struct ndr_out *o = i->r.err ? NULL : mem_zero(sizeof *o);

    if (!i->r.err && !o)
        ndr_in_fail(i, ERR_NO_MEMORY, "no memory for what a UserUnmarshal routine reads");
    if (o)
        reader_fail(&i->r, ndr_out_begin(NDR_20, NULL, o));
    return o ? stub_out_handle(o) : NULL;
}

static void release_object(struct ndr_in *in, const void *type, void *object)
{
    const CS_NDR_USER *user = (const CS_NDR_USER *)type;
    struct user_call call = { .flags = flags_of(in->drep) };
    struct answer a = call_user(user, FREE, &call, object);

    if (a.raised)
        log_warning("rpc: %s_UserFree raised exception %u", user->Name, (unsigned)a.raised);
}

static bool is_zero(const void *object, size_t size)
{
    const unsigned char *p = (const unsigned char *)object;

    while (size && !*p)
        p++, size--;
    return size == 0;
}

/* The octets in memory of the call, which a careless routine may point into until its end. */
static void read_octets(struct ndr_in *i, struct buf octets, const CS_NDR_USER *user, void *object)
{
    bool is_new = !i->temporary && is_zero(object, user->ObjectSize);
    struct user_call call = { .flags = flags_of(i->drep), .size = octets.len };
    struct answer a;

    call.buffer = ndr_in_new(i, 1, octets.len);
    if (i->r.err || !ndr_in_release_room(i))
        return;
    if (octets.len)
        memcpy(call.buffer, octets.ptr, octets.len);
    a = call_user(user, UNMARSHAL, &call, object);
    if (a.raised) {
        i->raised = a.raised;
        ndr_in_fail(i, ERR_RPC_FAILED, "%s_UserUnmarshal raised exception %u", user->Name,
                    (unsigned)a.raised);
        return;
    }
    if (is_new)
        ndr_in_release_add(i, (struct ndr_release){ release_object, user, object, user->ObjectSize,
                                                    i->release.when == NDR_RELEASE_UNCALLED
                                                        ? NDR_RELEASE_AFTER
                                                        : (enum ndr_release_when)i->release.when });
    if (!is_within(&call, a.end))
        ndr_in_fail(i, ERR_RPC_STUB_DATA, "%s_UserUnmarshal left its buffer of %zu octets",
                    user->Name, call.size);
}

void CsNdrInUserEnd(CS_NDR_IN *in, CS_NDR_OUT *out, const CS_NDR_USER *user, void *object)
{
    struct ndr_in *i = stub_in(in);
    struct ndr_out *o = stub_out(out);
    struct buf octets = { 0 };

    if (!i->r.err)
        reader_fail(&i->r, ndr_out_take(o, &octets));
    if (!i->r.err)
        read_octets(i, octets, user, object);
    buf_free(&octets);
    ndr_out_done(o);
    mem_free(o);
}

void CsNdrInUserPlace(CS_NDR_IN *in, const CS_NDR_USER *user, void *object)
{
    struct ndr_in *i = stub_in(in);

    if (object && ndr_in_release_room(i))
        ndr_in_release_add(i, (struct ndr_release){ release_object, user, object, user->ObjectSize,
                                                    NDR_RELEASE_UNWALKED });
}

void CsNdrFreeUser(CS_NDR_FREE *walk, const CS_NDR_USER *user, void *object)
{
    struct user_call call = { .flags = flags_of(NDR_DREP_NATIVE) };
    struct answer a = { 0 };

    if (!stub_free(walk)->off)
        a = call_user(user, FREE, &call, object);
    if (a.raised)
        log_warning("rpc: %s_UserFree raised exception %u", user->Name, (unsigned)a.raised);
}

RPC_STATUS NdrGetUserMarshalInfo(ULONG *pFlags, ULONG InformationLevel,
                                 NDR_USER_MARSHAL_INFO *pMarshalInfo)
{
    const struct user_call *call = current;

    while (call && &call->flags != pFlags)
        call = call->outer;
    if (!call || InformationLevel != 1 || !pMarshalInfo)
        return RPC_S_INVALID_ARG;
    *pMarshalInfo = (NDR_USER_MARSHAL_INFO){ .InformationLevel = 1 };
    pMarshalInfo->Level1.Buffer = call->buffer;
    pMarshalInfo->Level1.BufferSize = call->buffer ? (ULONG)call->size : 0;
    pMarshalInfo->Level1.pfnAllocate = call->user->Allocate;
    pMarshalInfo->Level1.pfnFree = call->user->Release;
    return RPC_S_OK;
}
