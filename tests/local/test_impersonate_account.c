/* SPDX-License-Identifier: Apache-2.0
 * test_impersonate_account.c - a server's thread as its client for the kernel, too: where the map
 * says so, and never otherwise. Clients are threads that impersonate accounts themselves.
 */
#include <countersign/countersign.h>
#include <countersign/processthreadsapi.h>
#include <countersign/rpc.h>
#include <countersign/rpclocal.h>
#include <countersign/securitybaseapi.h>
#include <countersign/windows.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "impersonate_try.h"
#include "lib/accounts.h"
#include "lib/ncalrpc_folder.h"
#include "lib/unit.h"

#define STR(s) ((RPC_CSTR)(uintptr_t)(s))
#define IS(got, want) assert_int_equal(got, want)

static bool may;
static void (*routine)(handle_t server);

void *__RPC_USER midl_user_allocate(size_t size)
{
    return malloc(size);
}

void __RPC_USER midl_user_free(void *p)
{
    free(p);
}

void Serve_ImpersonateAsk(handle_t server)
{
    routine(server);
}

void ImpersonateBack(void)
{
    routine(NULL);
}

/* ---- the map ---- */

static char map[200];

static void write_map(const char *text, mode_t mode, uid_t owner)
{
    FILE *f;

    snprintf(map, sizeof map, "%s/map", accounts_folder());
    (void)unlink(map);
    f = fopen(map, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chown(map, owner, 0), 0);
    assert_int_equal(chmod(map, mode), 0);
    IS(CsSetPolicyValue("impersonation-map", map), SEC_E_OK);
}

static void use_map(const char *text, CS_POLICY_MODE mode)
{
    write_map(text, 0600, 0);
    IS(CsSetPolicy("impersonation-map", mode), SEC_E_OK);
}

static const char both[] = "S-1-22-1-20011 = 20011:20011\nS-1-22-1-20012 = 20012:20012\n";

static int set_up(void **state)
{
    (void)state;
    may = accounts_may();
    if (may) {
        accounts_file("one", ACCOUNT_ONE, 0);
        accounts_file("two", ACCOUNT_TWO, 0);
    }
    if (mkdir(ncalrpc_folder_make(), 0755))
        return -1;
    IS(RpcServerUseProtseqEpA(STR("ncalrpc"), 10, STR("IMPERSONATE"), NULL), RPC_S_OK);
    IS(RpcServerRegisterIfEx(impersonate_try_v1_0_s_ifspec, NULL, NULL,
                             RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                             NULL),
       RPC_S_OK);
    IS(RpcServerListen(1, 10, TRUE), RPC_S_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    IS(RpcServerUnregisterIf(NULL, NULL, TRUE), RPC_S_OK);
    IS(RpcMgmtStopServerListening(NULL), RPC_S_OK);
    IS(RpcMgmtWaitServerListen(), RPC_S_OK);
    accounts_folder_remove();
    return ncalrpc_folder_remove();
}

/* ---- who is it ---- */

static BOOL impersonates(void)
{
    HANDLE token = NULL;

    return OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) && CloseHandle(token);
}

/* As that account of the map, or what else it says; the thread is itself again after that. */
static SECURITY_STATUS as(uint32_t uid, ULONG level, uid_t *ret)
{
    SECURITY_STATUS s = CsImpersonateLocalUser(uid, uid, level);

    *ret = geteuid();
    assert_int_equal(impersonates(), s == SEC_E_OK);
    assert_true(RevertToSelf());
    return s;
}

/* The map is root's: who is not root has none that counts. */
static void the_map_alone_changes_who_a_thread_is(void **state)
{
    const uid_t own = geteuid();
    uid_t is = 0;

    (void)state;
    IS(as(ACCOUNT_ONE, SecurityImpersonation, &is), SEC_E_OK); /* as shipped: audited, and no map */
    IS(is, own);
    IS(CsSetPolicy("impersonation-map", CS_POLICY_ENFORCE), SEC_E_OK);
    IS(as(ACCOUNT_ONE, SecurityImpersonation, &is), SEC_E_NO_IMPERSONATION);
    IS(is, own);
    IS(CsSetPolicyValue("impersonation-map", "relative"), SEC_E_INVALID_PARAMETER);
    if (!may) {
        IS(CsSetPolicyValue("impersonation-map", "/etc/passwd"), SEC_E_OK); /* root's, and no map */
        IS(as(ACCOUNT_ONE, SecurityImpersonation, &is), SEC_E_NO_IMPERSONATION);
        unit_skip(ACCOUNTS_NEED);
    }
    use_map(both, CS_POLICY_ENFORCE);
    IS(as(ACCOUNT_ONE, SecurityImpersonation, &is), SEC_E_OK);
    IS(is, ACCOUNT_ONE);
    IS(as(ACCOUNT_GROUP, SecurityImpersonation, &is), SEC_E_NO_IMPERSONATION); /* no line */
    IS(is, own);
    IS(as(ACCOUNT_ONE, SecurityIdentification, &is), SEC_E_NO_IMPERSONATION);
    IS(is, own);
    use_map(both, CS_POLICY_AUDIT);
    IS(as(ACCOUNT_TWO, SecurityImpersonation, &is), SEC_E_OK);
    IS(is, ACCOUNT_TWO);
    IS(as(ACCOUNT_GROUP, SecurityImpersonation, &is), SEC_E_OK);
    IS(is, own);
    IS(as(ACCOUNT_ONE, SecurityIdentification, &is), SEC_E_NO_IMPERSONATION);
    IS(is, own);
    IS(as(ACCOUNT_GROUP, SecurityIdentification, &is), SEC_E_OK); /* nobody mapped it */
    IS(is, own);
    use_map(both, CS_POLICY_OFF);
    IS(as(ACCOUNT_ONE, SecurityImpersonation, &is), SEC_E_OK);
    IS(is, own);
}

static void a_map_that_is_no_good_is_good_for_nobody(void **state)
{
    static const char *const texts[] = {
        "S-1-22-1-20011 = 0\n",          "S-1-22-1-20011 = 999:999\n",
        "S-1-22-1-20011 = root\n",       "S-1-22-1-20011 = nobody-here\n",
        "S-1-22-1-20011 = 4000000001\n", "S-1-22-1-20011 = 20011:20011\nnonsense\n",
    };
    const CS_POLICY_MODE modes[] = { CS_POLICY_AUDIT, CS_POLICY_ENFORCE };
    uid_t is = 0;
    size_t i, k;

    (void)state;
    if (!may)
        unit_skip(ACCOUNTS_NEED);
    for (k = 0; k < 2; k++) {
        for (i = 0; i < sizeof texts / sizeof *texts; i++) {
            use_map(texts[i], modes[k]);
            IS(as(ACCOUNT_ONE, SecurityImpersonation, &is), SEC_E_NO_IMPERSONATION);
            IS(is, 0);
        }
        write_map(both, 0620, 0);
        IS(as(ACCOUNT_ONE, SecurityImpersonation, &is), SEC_E_NO_IMPERSONATION);
        write_map(both, 0602, 0);
        IS(as(ACCOUNT_ONE, SecurityImpersonation, &is), SEC_E_NO_IMPERSONATION);
        write_map(both, 0600, ACCOUNT_ONE);
        IS(as(ACCOUNT_ONE, SecurityImpersonation, &is), SEC_E_NO_IMPERSONATION);
        IS(unlink(map), 0);
        IS(as(ACCOUNT_ONE, SecurityImpersonation, &is), SEC_E_NO_IMPERSONATION);
        IS(is, 0);
    }
}

/* ---- calls ---- */

enum { TIMES = 20 };

struct seen {
    RPC_STATUS begin;
    uint32_t caller, is, calls;
    bool reads_one, reads_two;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct seen seen[2]; /* of ACCOUNT_ONE and ACCOUNT_TWO; with the lock */

static uint32_t caller(void)
{
    CS_LOCAL_CALLER who = { .size = sizeof who };

    return CsServerInqLocalCaller(NULL, &who) == RPC_S_OK ? who.uid : UINT32_MAX;
}

static RPC_BINDING_HANDLE bind_here(void)
{
    RPC_BINDING_HANDLE b = NULL;

    if (RpcBindingFromStringBindingA(STR("ncalrpc:[IMPERSONATE]"), &b) != RPC_S_OK ||
        RpcBindingSetAuthInfoA(b, STR("LocalSystem"), RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                               RPC_C_AUTHN_WINNT, NULL, RPC_C_AUTHZ_NONE) != RPC_S_OK)
        return NULL;
    return b;
}

static RPC_STATUS call(RPC_BINDING_HANDLE b)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        ImpersonateAsk(b);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

/* The first call of a client impersonates it, and calls on; the second is that call: it arrives as
 * the same account, on a thread that is the server's. */
static void impersonate_and_call_on(handle_t h)
{
    struct seen s = { .caller = caller() };
    RPC_BINDING_HANDLE b;

    (void)h;
    if (s.caller != ACCOUNT_ONE && s.caller != ACCOUNT_TWO)
        RpcRaiseException(RPC_S_ACCESS_DENIED);
    if (geteuid()) /* whatever an earlier call has forgotten here */
        RpcRaiseException(RPC_S_INTERNAL_ERROR);
    s.begin = RpcImpersonateClient(NULL);
    s.is = geteuid();
    s.reads_one = accounts_reads("one");
    s.reads_two = accounts_reads("two");
    pthread_mutex_lock(&lock);
    s.calls = seen[s.caller - ACCOUNT_ONE].calls + 1;
    seen[s.caller - ACCOUNT_ONE] = s;
    pthread_mutex_unlock(&lock);
    if (s.calls % 2 == 0)
        return; /* the second; and both forget to revert */
    b = bind_here();
    if (!b || call(b) != RPC_S_OK || RpcBindingFree(&b) != RPC_S_OK)
        RpcRaiseException(RPC_S_CALL_FAILED);
}

static void *be_client(void *arg)
{
    const uint32_t uid = (uint32_t)(uintptr_t)arg;
    RPC_BINDING_HANDLE b = NULL;
    RPC_STATUS s = RPC_S_OK;
    int i;

    if (CsImpersonateLocalUser(uid, uid, SecurityImpersonation) != SEC_E_OK)
        return NULL;
    for (i = 0; i < TIMES && s == RPC_S_OK; i++) {
        b = bind_here();
        s = b ? call(b) : RPC_S_INVALID_BINDING;
        (void)!RpcBindingFree(&b);
    }
    return s == RPC_S_OK && geteuid() == uid ? arg : NULL;
}

static void two_clients_at_a_time_read_their_own_and_call_on(void **state)
{
    const uint32_t uids[] = { ACCOUNT_ONE, ACCOUNT_TWO };
    pthread_t threads[2];
    void *good = NULL;
    int i;

    (void)state;
    if (!may)
        unit_skip(ACCOUNTS_NEED);
    use_map(both, CS_POLICY_ENFORCE);
    routine = impersonate_and_call_on;
    memset(seen, 0, sizeof seen);
    for (i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, be_client, (void *)(uintptr_t)uids[i]);
    for (i = 0; i < 2; i++) {
        pthread_join(threads[i], &good);
        assert_non_null(good);
    }
    for (i = 0; i < 2; i++) {
        IS(seen[i].begin, RPC_S_OK);
        IS(seen[i].is, uids[i]);
        assert_int_equal(seen[i].reads_one, i == 0);
        assert_int_equal(seen[i].reads_two, i == 1);
        IS(seen[i].calls, 2 * TIMES);
    }
    IS(geteuid(), 0);
}

static atomic_uint came_as;

static void note_caller(handle_t h)
{
    (void)h;
    atomic_store(&came_as, caller());
}

/* Of a binding that the process made for itself and does not authenticate. */
static void a_thread_that_is_a_client_calls_as_it(void **state)
{
    RPC_BINDING_HANDLE b = NULL;

    (void)state;
    if (!may)
        unit_skip(ACCOUNTS_NEED);
    routine = note_caller;
    IS(RpcBindingFromStringBindingA(STR("ncalrpc:[IMPERSONATE]"), &b), RPC_S_OK);
    IS(call(b), RPC_S_OK);
    IS(atomic_load(&came_as), 0);
    assert_int_equal(CsImpersonateLocalUser(ACCOUNT_ONE, ACCOUNT_ONE, SecurityImpersonation),
                     SEC_E_OK);
    IS(call(b), RPC_S_OK);
    IS(atomic_load(&came_as), ACCOUNT_ONE);
    assert_true(RevertToSelf());
    IS(call(b), RPC_S_OK);
    IS(atomic_load(&came_as), 0);
    IS(RpcBindingFree(&b), RPC_S_OK);
}

static RPC_STATUS begun;

static void impersonate(handle_t h)
{
    (void)h;
    begun = RpcImpersonateClient(NULL);
}

static void who_is_not_mapped_is_refused_by_status(void **state)
{
    RPC_BINDING_HANDLE b = bind_here();

    (void)state;
    if (may)
        use_map(both, CS_POLICY_ENFORCE);
    else
        IS(CsSetPolicy("impersonation-map", CS_POLICY_ENFORCE), SEC_E_OK);
    IS(RpcBindingSetAuthInfoA(b, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_WINNT, NULL,
                              RPC_C_AUTHZ_NONE),
       RPC_S_OK);
    routine = impersonate;
    begun = RPC_S_OK;
    IS(call(b), RPC_S_OK);
    IS(begun, RPC_S_NO_CONTEXT_AVAILABLE);
    IS(RpcBindingFree(&b), RPC_S_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_map_alone_changes_who_a_thread_is),
        cmocka_unit_test(a_map_that_is_no_good_is_good_for_nobody),
        cmocka_unit_test(two_clients_at_a_time_read_their_own_and_call_on),
        cmocka_unit_test(a_thread_that_is_a_client_calls_as_it),
        cmocka_unit_test(who_is_not_mapped_is_refused_by_status),
    };

    return unit_result(cmocka_run_group_tests(tests, set_up, tear_down));
}
