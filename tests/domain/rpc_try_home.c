/* SPDX-License-Identifier: Apache-2.0
 * rpc_try_home.c - the routines of rpc_try.idl, and its server and clients.
 */
#include "rpc_try_home.h"

void (*try_ask)(handle_t server);
atomic_int try_contexts, try_rundowns, try_waiting;
atomic_bool try_deaf;
static atomic_bool held;

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* ---- the routines ---- */

LONG Serve_TryAdd(handle_t server, LONG a, LONG b)
{
    (void)server;
    return a + b;
}

void Serve_TryAsk(handle_t server)
{
    if (!try_ask)
        RpcRaiseException(RPC_S_INTERNAL_ERROR);
    try_ask(server);
}

LONG Serve_TryManager(handle_t server)
{
    (void)server;
    return 0;
}

LONG Serve_TryWait(handle_t server, ULONG milliseconds)
{
    long end = try_milliseconds() + (long)milliseconds;
    RPC_STATUS s = RPC_S_CALL_IN_PROGRESS;

    atomic_fetch_add(&try_waiting, 1);
    while (s == RPC_S_CALL_IN_PROGRESS && (atomic_load(&held) || try_milliseconds() < end)) {
        try_rest(5);
        s = atomic_load(&try_deaf) ? RPC_S_CALL_IN_PROGRESS : RpcServerTestCancel(server);
    }
    atomic_fetch_sub(&try_waiting, 1);
    return s;
}

void Serve_TryRaise(handle_t server, ULONG exception)
{
    (void)server;
    RpcRaiseException((LONG)exception);
}

ULONG Serve_TryTake(handle_t server, ULONG n, const byte data[])
{
    ULONG sum = 0, i;

    (void)server;
    for (i = 0; i < n; i++)
        sum += data[i];
    return sum;
}

/* ---- context handles ---- */

struct value {
    LONG number;
    atomic_int users, most;
};

static struct value *value_new(LONG number)
{
    struct value *v = calloc(1, sizeof *v);

    if (!v)
        RpcRaiseException(RPC_S_OUT_OF_MEMORY);
    v->number = number;
    atomic_fetch_add(&try_contexts, 1);
    return v;
}

void *try_value(LONG number)
{
    return value_new(number);
}

static void value_free(struct value *v)
{
    free(v);
    atomic_fetch_sub(&try_contexts, 1);
}

static void value_run_down(struct value *v)
{
    atomic_fetch_add(&try_rundowns, 1);
    value_free(v);
}

/* Those who use it at a time. */
static void value_wait(struct value *v, ULONG milliseconds)
{
    int now = atomic_fetch_add(&v->users, 1) + 1, most = atomic_load(&v->most);

    while (now > most && !atomic_compare_exchange_weak(&v->most, &most, now))
        ;
    try_rest((long)milliseconds);
    atomic_fetch_sub(&v->users, 1);
}

void Serve_TryOpen(handle_t server, LONG first, TRY_CONTEXT *context)
{
    (void)server;
    *context = value_new(first);
}

TRY_CONTEXT Serve_TryMake(handle_t server, LONG first)
{
    (void)server;
    return value_new(first);
}

LONG Serve_TryNext(TRY_CONTEXT context, ULONG milliseconds)
{
    struct value *v = context;

    value_wait(v, milliseconds);
    if (atomic_load(&v->most) > 1) /* calls on one handle wait for each other */
        RpcRaiseException(RPC_S_INTERNAL_ERROR);
    return ++v->number;
}

void Serve_TryRenew(handle_t server, TRY_CONTEXT *context, LONG first)
{
    (void)server;
    if (*context)
        value_free(*context);
    *context = value_new(first);
}

void Serve_TryClose(TRY_CONTEXT *context)
{
    value_free(*context);
    *context = NULL;
}

void Serve_TryOpenAndRaise(handle_t server, TRY_CONTEXT *context)
{
    (void)server;
    (void)context;
    RpcRaiseException(1234);
}

void Serve_TryOpenNone(handle_t server, TRY_CONTEXT *context)
{
    (void)server;
    *context = NULL;
}

LONG Serve_TryOtherNext(TRY_OTHER context)
{
    return ((struct value *)context)->number;
}

void Serve_TrySharedOpen(handle_t server, TRY_SHARED *shared)
{
    (void)server;
    *shared = value_new(0);
}

LONG Serve_TrySharedWait(TRY_SHARED shared, ULONG milliseconds)
{
    struct value *v = shared;

    value_wait(v, milliseconds);
    return atomic_load(&v->most);
}

LONG Serve_TrySharedAlone(TRY_SHARED shared, ULONG milliseconds, LONG *most)
{
    struct value *v = shared;
    LONG status = RpcSsContextLockExclusive(NULL, shared);

    atomic_store(&v->most, 0);
    value_wait(v, milliseconds);
    *most = atomic_load(&v->most);
    if (!status)
        status = RpcSsContextLockShared(NULL, shared);
    return status;
}

void Serve_TrySharedAgain(TRY_SHARED *shared, LONG *status)
{
    *status = RpcSsContextLockExclusive(NULL, shared);
}

LONG Serve_TryTogether(TRY_CONTEXT context, ULONG milliseconds)
{
    struct value *v = context;

    value_wait(v, milliseconds);
    return atomic_load(&v->most);
}

LONG Serve_TrySharedInTurn(TRY_SHARED shared, ULONG milliseconds)
{
    return Serve_TryTogether(shared, milliseconds);
}

void Serve_TrySharedClose(TRY_SHARED *shared)
{
    value_free(*shared);
    *shared = NULL;
}

void __RPC_USER TRY_CONTEXT_rundown(TRY_CONTEXT context)
{
    value_run_down(context);
}

void __RPC_USER TRY_OTHER_rundown(TRY_OTHER context)
{
    value_run_down(context);
}

void __RPC_USER TRY_SHARED_rundown(TRY_SHARED shared)
{
    value_run_down(shared);
}

/* ---- managers ---- */

static LONG manager_1(handle_t server)
{
    (void)server;
    return 1;
}

static LONG manager_2(handle_t server)
{
    (void)server;
    return 2;
}

static LONG manager_3(handle_t server)
{
    (void)server;
    return 3;
}

RPC_MGR_EPV *try_manager(int number)
{
    static rpc_try_v1_2_epv_t epvs[] = { { .TryManager = manager_1 },
                                         { .TryManager = manager_2 },
                                         { .TryManager = manager_3 } };

    return &epvs[number - 1];
}

/* ---- the server ---- */

void try_register_auth(void)
{
    setenv("KRB5_KTNAME", unit_env("SERVICE_KEYTAB"), 1);
    OK(RpcServerRegisterAuthInfoA(STR(unit_env("SERVICE_SPN")), RPC_C_AUTHN_GSS_KERBEROS, NULL,
                                  NULL));
    OK(RpcServerRegisterAuthInfoA(STR(unit_env("SERVICE_SPN")), RPC_C_AUTHN_GSS_NEGOTIATE, NULL,
                                  NULL));
}

int try_start(void **state)
{
    (void)state;
    OK(RpcServerUseProtseqA(TCP, RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL));
    try_register_auth();
    OK(RpcServerRegisterIfEx(rpc_try_v1_2_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                             RPC_C_LISTEN_MAX_CALLS_DEFAULT, NULL));
    OK(RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, TRUE));
    return 0;
}

int try_stop(void **state)
{
    (void)state;
    OK(RpcMgmtStopServerListening(NULL));
    OK(RpcMgmtWaitServerListen());
    OK(RpcServerUnregisterIf(rpc_try_v1_2_s_ifspec, NULL, TRUE));
    return 0;
}

const char *try_port(void)
{
    static _Thread_local char port[16];
    RPC_BINDING_VECTOR *all = NULL;
    RPC_CSTR text = NULL, endpoint = NULL;

    OK(RpcServerInqBindings(&all));
    OK(RpcBindingToStringBindingA(all->BindingH[0], &text));
    OK(RpcStringBindingParseA(text, NULL, NULL, NULL, &endpoint, NULL));
    snprintf(port, sizeof port, "%s", (char *)endpoint);
    RpcStringFreeA(&endpoint);
    RpcStringFreeA(&text);
    OK(RpcBindingVectorFree(&all));
    return port;
}

/* ---- clients ---- */

RPC_BINDING_HANDLE try_bind_to(const char *object, const char *address, const char *port)
{
    RPC_BINDING_HANDLE b = NULL;
    RPC_CSTR text = NULL;

    OK(RpcStringBindingComposeA(STR(object), TCP, STR(address), STR(port), NULL, &text));
    OK(RpcBindingFromStringBindingA(text, &b));
    RpcStringFreeA(&text);
    return b;
}

RPC_BINDING_HANDLE try_bind(void)
{
    return try_bind_to(NULL, "127.0.0.1", try_port());
}

void try_authenticate(RPC_BINDING_HANDLE b, const char *user, const char *password, ULONG level,
                      ULONG service)
{
    SEC_WINNT_AUTH_IDENTITY_A who = {
        .User = STR(user),
        .UserLength = (ULONG)strlen(user),
        .Domain = STR(unit_env("REALM")),
        .DomainLength = (ULONG)strlen(unit_env("REALM")),
        .Password = STR(password),
        .PasswordLength = (ULONG)strlen(password),
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
    };

    OK(RpcBindingSetAuthInfoA(b, STR(unit_env("SERVICE_SPN")), level, service, &who,
                              RPC_C_AUTHZ_NONE));
}

RPC_BINDING_HANDLE try_bind_as(const char *user, const char *password, ULONG level)
{
    RPC_BINDING_HANDLE b = try_bind();

    try_authenticate(b, user, password, level, RPC_C_AUTHN_GSS_KERBEROS);
    return b;
}

RPC_BINDING_HANDLE try_alice(ULONG level)
{
    return try_bind_as(unit_env("PERSON"), unit_env("PERSON_PASSWORD"), level);
}

void try_unbind(RPC_BINDING_HANDLE *b)
{
    OK(RpcBindingFree(b));
    assert_null(*b);
}

void *try_wait_there(void *arg)
{
    struct try_waiter *w = arg;

    RpcTryExcept
    {
        w->result = TryWait(w->binding, w->milliseconds);
    }
    RpcExcept (1) {
        w->status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return NULL;
}

void try_waiters_begin(struct try_waiter *w, size_t n, RPC_BINDING_HANDLE b, ULONG milliseconds)
{
    int before = atomic_load(&try_waiting);
    size_t i;

    atomic_store(&held, true);
    for (i = 0; i < n; i++) {
        w[i] = (struct try_waiter){ .binding = b, .milliseconds = milliseconds };
        assert_int_equal(pthread_create(&w[i].thread, NULL, try_wait_there, &w[i]), 0);
    }
    try_until(&try_waiting, before + (int)n);
}

void try_let_go(void)
{
    atomic_store(&held, false);
}

void try_waiter_end(struct try_waiter *w)
{
    assert_int_equal(pthread_join(w->thread, NULL), 0);
}

/* ---- for tests ---- */

void try_is(RPC_STATUS got, RPC_STATUS want, const char *what, const char *file, int line)
{
    char text[2000] = "";

    if (got == want)
        return;
    CsGetErrorText(text, sizeof text);
    print_error("%s: %d, not %d\n%s\n", what, (int)got, (int)want, text);
    _fail(file, line);
}

void try_told(const char *first, const char *second, bool remedy)
{
    CS_ERROR_DETAIL d = { .size = sizeof d };

    CsGetErrorDetail(&d);
    if (!strstr(d.text, first) || !strstr(d.text, second))
        fail_msg("\"%s\" says nothing of \"%s\" and \"%s\"", d.text, first, second);
    if (remedy)
        assert_true(*d.remedy);
}

long try_milliseconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

void try_rest(long ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

    nanosleep(&t, NULL);
}

void try_until(atomic_int *what, int value)
{
    long end = try_milliseconds() + 60000;

    while (atomic_load(what) != value && try_milliseconds() < end)
        try_rest(5);
    assert_int_equal(atomic_load(what), value);
}
