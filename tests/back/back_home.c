/* SPDX-License-Identifier: Apache-2.0
 * back_home.c - the routines of back.idl, of both sides in one process.
 */
#include "back_home.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/unit.h"

enum { DEEP = 12, TOO_DEEP = 40 };

_Thread_local RPC_BINDING_HANDLE back_binding;
void (*back_wait)(void);
LONG (*back_use)(void);
atomic_int back_waiting, back_said, back_maybe, back_elsewhere;

static _Thread_local int inside;        /* calls of BackNest in each other, of a server's thread */
static _Thread_local pthread_t made_by; /* a client's call */
static _Thread_local bool makes;

/* ---- the server ---- */

LONG Serve_BackSum(handle_t server, LONG from, LONG to)
{
    LONG sum = 0;

    (void)server;
    for (; from <= to; from++)
        sum += Serve_CallNumber(from);
    return sum;
}

LONG Serve_BackNest(handle_t server, LONG depth)
{
    static atomic_int most;
    volatile LONG n = 0;

    (void)server;
    if (!inside)
        atomic_store(&most, depth);
    else if (inside != (atomic_load(&most) - depth) / 2)
        atomic_fetch_add(&back_elsewhere, 1);
    inside++;
    RpcTryFinally
    {
        if (depth)
            n = Serve_CallNest(depth - 1) + 1;
    }
    RpcFinally
    {
        inside--;
    }
    RpcEndFinally
    return n;
}

LONG Serve_BackBytes(handle_t server, LONG n, LONG *sum)
{
    byte *data = calloc(1, (size_t)n + 1), *made = NULL;
    volatile LONG same = 0;
    LONG m = 0, i;

    (void)server;
    for (i = 0; i < n; i++)
        data[i] = (byte)(i * 7 + i / 251);
    RpcTryFinally
    {
        Serve_CallBytes(n, data, &m, &made);
    }
    RpcFinally
    {
        for (*sum = 0, i = 0; i < m && made; i++) {
            same += made[i] == (byte)(data[i] + 1);
            *sum += made[i];
        }
        midl_user_free(made);
        free(data);
    }
    RpcEndFinally
    return same;
}

static RPC_STATUS raised_by(void (*what)(LONG status), LONG status)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        what(status);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

LONG Serve_BackRaise(handle_t server, LONG status)
{
    (void)server;
    return raised_by(Serve_CallRaise, status);
}

NODE *Serve_BackList(handle_t server, NODE *list, const char *word)
{
    NODE *mine = list, *doubled;

    (void)server;
    doubled = Serve_CallList(word, &mine);
    if (mine) /* the client has made an empty list of it */
        RpcRaiseException(RPC_S_INTERNAL_ERROR);
    return doubled;
}

static void wait(LONG status)
{
    (void)status;
    Serve_CallWait();
}

void Serve_BackWait(handle_t server)
{
    (void)server;
    atomic_store(&back_said, -1);
    atomic_fetch_add(&back_waiting, 1);
    atomic_store(&back_said, raised_by(wait, 0));
    atomic_fetch_sub(&back_waiting, 1);
}

LONG Serve_BackAdd(handle_t server, LONG a, LONG b)
{
    (void)server;
    return a + b;
}

void Serve_BackMaybe(handle_t server)
{
    (void)server;
    atomic_store(&back_maybe, raised_by(wait, 0));
}

void Serve_BackLater(PRPC_ASYNC_STATE BackLater_AsyncHandle, handle_t server)
{
    LONG raised = raised_by(wait, 0);

    (void)server;
    (void)RpcAsyncCompleteCall(BackLater_AsyncHandle, &raised);
}

void Serve_BackOpen(handle_t server, SHEET *sheet)
{
    (void)server;
    *sheet = calloc(1, 1);
}

LONG Serve_BackUse(SHEET sheet)
{
    (void)sheet;
    return Serve_CallUse();
}

void Serve_BackClose(SHEET *sheet)
{
    free(*sheet);
    *sheet = NULL;
}

void SHEET_rundown(SHEET sheet)
{
    free(sheet);
}

/* ---- the client ---- */

static void begin(RPC_BINDING_HANDLE b)
{
    back_binding = b;
    made_by = pthread_self();
    makes = true;
}

static void is_mine(void)
{
    if (makes && !pthread_equal(made_by, pthread_self()))
        atomic_fetch_add(&back_elsewhere, 1);
}

LONG CallNumber(LONG number)
{
    RPC_BINDING_HANDLE nobody = NULL;

    is_mine();
    if (RpcServerInqBindingHandle(&nobody) != RPC_S_NO_CALL_ACTIVE ||
        RpcBindingInqAuthClient(NULL, NULL, NULL, NULL, NULL, NULL) != RPC_S_NO_CALL_ACTIVE)
        RpcRaiseException(RPC_S_INTERNAL_ERROR);
    return number;
}

LONG CallNest(LONG depth)
{
    is_mine();
    return depth ? BackNest(back_binding, depth - 1) + 1 : 0;
}

void CallBytes(LONG n, const byte *data, LONG *m, byte **made)
{
    LONG i;

    *m = n;
    *made = midl_user_allocate((size_t)n);
    for (i = 0; i < n && *made; i++)
        (*made)[i] = (byte)(data[i] + 1);
}

void CallRaise(LONG status)
{
    if (status)
        RpcRaiseException(status);
}

NODE *CallList(const char *word, NODE **list)
{
    NODE *first = NULL, **end = &first;
    const NODE *n;

    if (strcmp(word, "double") != 0)
        RpcRaiseException(RPC_S_INVALID_ARG);
    for (n = *list; n; n = n->next) {
        *end = midl_user_allocate(sizeof **end);
        **end = (NODE){ n->number * 2, NULL };
        end = &(*end)->next;
    }
    *list = NULL;
    return first;
}

LONG CallUse(void)
{
    return back_use ? back_use() : 0;
}

void CallWait(void)
{
    if (back_wait)
        back_wait();
}

/* ---- what is asked ---- */

LONG back_sum(RPC_BINDING_HANDLE b, LONG n)
{
    volatile LONG sum = 0;

    begin(b);
    RpcTryExcept
    {
        sum = BackSum(b, 1, n);
    }
    RpcExcept (1) {
        sum = -(LONG)RpcExceptionCode();
    }
    RpcEndExcept
    return sum;
}

void back_adds(RPC_BINDING_HANDLE b)
{
    assert_int_equal(back_sum(b, 0), 0);
    assert_int_equal(back_sum(b, 1), 1);
    assert_int_equal(back_sum(b, 100), 5050);
    assert_int_equal(BackAdd(b, 1, 2), 3);
}

static LONG nest(RPC_BINDING_HANDLE b, LONG depth)
{
    volatile LONG n = 0;

    begin(b);
    RpcTryExcept
    {
        n = BackNest(b, depth);
    }
    RpcExcept (1) {
        n = -(LONG)RpcExceptionCode();
    }
    RpcEndExcept
    return n;
}

void back_nests(RPC_BINDING_HANDLE b)
{
    LONG depth;

    atomic_store(&back_elsewhere, 0);
    for (depth = 0; depth < DEEP; depth++)
        assert_int_equal(nest(b, depth), depth);
    assert_int_equal(nest(b, TOO_DEEP), -(LONG)RPC_S_OUT_OF_RESOURCES);
    assert_int_equal(nest(b, DEEP), DEEP);
    assert_int_equal(atomic_load(&back_elsewhere), 0);
}

void back_brings_bytes(RPC_BINDING_HANDLE b)
{
    static const LONG lengths[] = { 0, 1, 8, 4000, 5840, 70000, 3000001 };
    LONG sum = 0;
    size_t i;

    begin(b);
    for (i = 0; i < sizeof lengths / sizeof *lengths; i++)
        assert_int_equal(BackBytes(b, lengths[i], &sum), lengths[i]);
    assert_true(sum > 0);
}

void back_brings_lists(RPC_BINDING_HANDLE b)
{
    NODE list[3] = { { 1, &list[1] }, { 1LL << 40, &list[2] }, { -3, NULL } };
    NODE *got, *next;
    size_t i;

    begin(b);
    assert_null(BackList(b, NULL, "double"));
    got = BackList(b, list, "double");
    for (i = 0; i < 3; i++, got = next) {
        assert_non_null(got);
        assert_true(got->number == list[i].number * 2);
        next = got->next;
        midl_user_free(got);
    }
    assert_null(got);
}

void back_raises(RPC_BINDING_HANDLE b)
{
    static const LONG codes[] = { 0, RPC_S_ACCESS_DENIED, RPC_S_OUT_OF_RESOURCES, 123456789 };
    size_t i;

    begin(b);
    for (i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_int_equal(BackRaise(b, codes[i]), codes[i]);
}

void back_all(RPC_BINDING_HANDLE b)
{
    back_adds(b);
    back_nests(b);
    back_brings_bytes(b);
    back_brings_lists(b);
    back_raises(b);
}
