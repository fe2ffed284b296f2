/* SPDX-License-Identifier: Apache-2.0
 * test_locks.c - whoever has been let in is let in again without a lock.
 *
 * From the moment a call is run until nothing of its authorization is left, each lock that its
 * thread takes is counted: the linker puts functions of this file in place of others, which those
 * of this file call.
 */
#include <countersign/rpcguard.h>
#include <pthread.h>
#include <stdatomic.h>

#include "enforce_home.h"
#include "rpc/registry.h"
#include "rpc/server_call.h"

enum { CLIENTS = 4, CALLS = 50 };

static _Thread_local bool asking; /* this thread's call is being authorized */
static atomic_uint locks, authorized, asked;

#define REAL(name) __asm__("__real_" #name)
#define WRAP(name) __asm__("__wrap_" #name)
int really_lock(pthread_mutex_t *m) REAL(pthread_mutex_lock);
int really_read(pthread_rwlock_t *l) REAL(pthread_rwlock_rdlock);
int really_write(pthread_rwlock_t *l) REAL(pthread_rwlock_wrlock);
void really_run(struct rpc_server_call *c) REAL(rpc_server_call_run);
const void *really_find(struct rpc_registration *r, const struct uuid *type)
    REAL(rpc_registration_manager);

int count_lock(pthread_mutex_t *m) WRAP(pthread_mutex_lock);
int count_read(pthread_rwlock_t *l) WRAP(pthread_rwlock_rdlock);
int count_write(pthread_rwlock_t *l) WRAP(pthread_rwlock_wrlock);
void watch_run(struct rpc_server_call *c) WRAP(rpc_server_call_run);
const void *watch_find(struct rpc_registration *r, const struct uuid *type)
    WRAP(rpc_registration_manager);

int count_lock(pthread_mutex_t *m)
{
    atomic_fetch_add(&locks, asking);
    return really_lock(m);
}

int count_read(pthread_rwlock_t *l)
{
    atomic_fetch_add(&locks, asking);
    return really_read(l);
}

int count_write(pthread_rwlock_t *l)
{
    atomic_fetch_add(&locks, asking);
    return really_write(l);
}

void watch_run(struct rpc_server_call *c)
{
    asking = true;
    really_run(c);
    asking = false;
}

/* Asked for last, once the call may be made. */
const void *watch_find(struct rpc_registration *r, const struct uuid *type)
{
    atomic_fetch_add(&authorized, asking);
    asking = false;
    return really_find(r, type);
}

static RPC_STATUS yes(RPC_IF_HANDLE id, void *binding)
{
    ULONG level = 0;

    (void)id;
    atomic_fetch_add(&asked, 1);
    return RpcBindingInqAuthClientA(binding, NULL, NULL, &level, NULL, NULL);
}

/* With a level, a descriptor and a limit of calls, besides the callback. */
static void guard(void)
{
    static const char *const endpoints[] = { "ncalrpc:[ENFORCE]", NULL };
    static const CS_OPERATION_GUARD all = { .operation = CS_GUARD_OTHERS,
                                            .least_level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                            .descriptor = "D:(A;;GX;;;AU)" };
    static const CS_INTERFACE_GUARD g = { .size = sizeof g,
                                          .endpoints = endpoints,
                                          .max_calls = 100,
                                          .max_calls_of_client = 100,
                                          .operations = &all,
                                          .operation_count = 1 };

    assert_int_equal(CsServerGuardInterface(enforce_try_v1_0_s_ifspec, &g), RPC_S_OK);
    enforce_register(RPC_IF_ALLOW_SECURE_ONLY | RPC_IF_SEC_CACHE_PER_PROC, yes);
}

static void *call_often(void *binding)
{
    volatile uintptr_t failed = 0;
    volatile int i;

    for (i = 0; i < CALLS; i++) {
        RpcTryExcept
        {
            EnforceRead(binding);
        }
        RpcExcept (1) {
            failed++;
        }
        RpcEndExcept
    }
    return (void *)failed; // NOLINT(performance-no-int-to-ptr)
}

static void a_kept_decision_is_found_without_a_lock(void **state)
{
    RPC_BINDING_HANDLE b[CLIENTS];
    pthread_t thread[CLIENTS];
    void *failed;
    int i;

    (void)state;
    guard();
    for (i = 0; i < CLIENTS; i++) {
        b[i] = enforce_bind(OVER_LOCAL, true);
        IS(enforce_call(READ, b[i]), RPC_S_OK);
    }
    assert_int_equal(atomic_load(&asked), CLIENTS);
    assert_true(atomic_load(&locks) > 0); /* what decides and what asks need one */
    atomic_store(&locks, 0);
    atomic_store(&authorized, 0);
    for (i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, call_often, b[i]), 0);
    for (i = 0; i < CLIENTS; i++) {
        assert_int_equal(pthread_join(thread[i], &failed), 0);
        assert_null(failed);
        enforce_unbind(&b[i]);
    }
    assert_int_equal(atomic_load(&authorized), CLIENTS * CALLS);
    assert_int_equal(atomic_load(&asked), CLIENTS);
    assert_int_equal(atomic_load(&locks), 0);
    enforce_unregister();
    assert_int_equal(CsServerGuardInterface(enforce_try_v1_0_s_ifspec, NULL), RPC_S_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kept_decision_is_found_without_a_lock),
    };

    return cmocka_run_group_tests(tests, enforce_set_up, enforce_tear_down);
}
