/* SPDX-License-Identifier: Apache-2.0
 * enforce_home.c - a server of enforce_try.idl and its clients, in this process.
 */
#include "enforce_home.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "enforce_other.h"
#include "lib/ncalrpc_folder.h"
#include "lib/tcp_binding.h"

static char tcp[TCP_BINDING];
static atomic_int executed;
static bool registered;

enum { HOLDERS = 4 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static unsigned held; /* calls in EnforceHold */
static bool let_go;
static struct holder {
    pthread_t thread;
    RPC_BINDING_HANDLE binding;
    RPC_STATUS status;
} holders[HOLDERS];
static unsigned holder_count;

void *__RPC_USER midl_user_allocate(size_t size)
{
    return malloc(size);
}

void __RPC_USER midl_user_free(void *p)
{
    free(p);
}

/* ---- the server ---- */

void Serve_EnforceRead(handle_t server)
{
    (void)server;
    atomic_fetch_add(&executed, 1);
}

void Serve_EnforceWrite(handle_t server)
{
    (void)server;
    atomic_fetch_add(&executed, 1);
}

void Serve_EnforceHold(handle_t server)
{
    (void)server;
    atomic_fetch_add(&executed, 1);
    pthread_mutex_lock(&lock);
    held++;
    pthread_cond_broadcast(&changed);
    while (!let_go)
        pthread_cond_wait(&changed, &lock);
    held--;
    pthread_mutex_unlock(&lock);
}

void Serve_OtherRead(handle_t server)
{
    (void)server;
    atomic_fetch_add(&executed, 1);
}

int enforce_set_up(void **state)
{
    const char *folder = ncalrpc_folder_make();

    (void)state;
    if (mkdir(folder, 0755))
        return -1;
    assert_int_equal(RpcServerUseProtseqEpA(STR("ncalrpc"), 10, STR("ENFORCE"), NULL), RPC_S_OK);
    assert_int_equal(RpcServerUseProtseqEpA(STR("ncalrpc"), 10, STR("ASIDE"), NULL), RPC_S_OK);
    assert_int_equal(RpcServerUseProtseqA(STR("ncacn_ip_tcp"), 10, NULL), RPC_S_OK);
    tcp_binding(tcp);
    assert_int_equal(RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, TRUE), RPC_S_OK);
    return 0;
}

int enforce_tear_down(void **state)
{
    (void)state;
    assert_int_equal(RpcServerUnregisterIf(NULL, NULL, TRUE), RPC_S_OK);
    assert_int_equal(RpcMgmtStopServerListening(NULL), RPC_S_OK);
    assert_int_equal(RpcMgmtWaitServerListen(), RPC_S_OK);
    return ncalrpc_folder_remove();
}

void enforce_unregister(void)
{
    if (registered)
        assert_int_equal(RpcServerUnregisterIf(enforce_try_v1_0_s_ifspec, NULL, TRUE), RPC_S_OK);
    registered = false;
}

void enforce_register(unsigned flags, RPC_IF_CALLBACK_FN *callback)
{
    enforce_unregister();
    assert_int_equal(RpcServerRegisterIfEx(enforce_try_v1_0_s_ifspec, NULL, NULL, flags,
                                           RPC_C_LISTEN_MAX_CALLS_DEFAULT, callback),
                     RPC_S_OK);
    registered = true;
}

/* ---- its clients ---- */

RPC_BINDING_HANDLE enforce_bind(enum enforce_way way, bool known)
{
    const char *const where[] = { "ncalrpc:[ENFORCE]", "ncalrpc:[ASIDE]", tcp };
    RPC_BINDING_HANDLE b = NULL;

    assert_int_equal(RpcBindingFromStringBindingA(STR(where[way]), &b), RPC_S_OK);
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, TRUE), RPC_S_OK);
    if (known)
        assert_int_equal(RpcBindingSetAuthInfoA(b, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                                RPC_C_AUTHN_WINNT, NULL, RPC_C_AUTHZ_NONE),
                         RPC_S_OK);
    return b;
}

void enforce_unbind(RPC_BINDING_HANDLE *b)
{
    assert_int_equal(RpcBindingFree(b), RPC_S_OK);
}

int enforce_executed(void)
{
    return atomic_load(&executed);
}

RPC_STATUS enforce_raised(int operation, RPC_BINDING_HANDLE b)
{
    static void (*const calls[])(handle_t) = { EnforceRead, EnforceWrite, EnforceHold, OtherRead };
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        calls[operation](b);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

RPC_STATUS enforce_call(int operation, RPC_BINDING_HANDLE b)
{
    int before = atomic_load(&executed);
    RPC_STATUS raised = enforce_raised(operation, b);

    /* who is refused has not been served */
    assert_true((atomic_load(&executed) != before) == (raised == RPC_S_OK));
    return raised;
}

/* ---- calls that take their time ---- */

static void *hold(void *arg)
{
    struct holder *h = arg;

    h->status = enforce_call(HOLD, h->binding);
    return NULL;
}

void enforce_hold(enum enforce_way way, bool known)
{
    struct holder *h = &holders[holder_count];

    assert_true(holder_count < HOLDERS);
    h->binding = enforce_bind(way, known);
    assert_int_equal(pthread_create(&h->thread, NULL, hold, h), 0);
    holder_count++;
    pthread_mutex_lock(&lock);
    while (held < holder_count)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

void enforce_let_go(void)
{
    pthread_mutex_lock(&lock);
    let_go = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    while (holder_count) {
        struct holder *h = &holders[--holder_count];

        assert_int_equal(pthread_join(h->thread, NULL), 0);
        assert_int_equal(h->status, RPC_S_OK);
        enforce_unbind(&h->binding);
    }
    let_go = false;
}
