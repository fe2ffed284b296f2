/* SPDX-License-Identifier: Apache-2.0
 * test_impersonate.c - a server's thread as its client, over ncalrpc: what it may be, and that it
 * is so no longer than the call.
 */
#include <countersign/countersign.h>
#include <countersign/processthreadsapi.h>
#include <countersign/rpc.h>
#include <countersign/securitybaseapi.h>
#include <countersign/windows.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "impersonate_try.h"
#include "lib/ncalrpc_folder.h"
#include "lib/unit.h"

#define STR(s) ((RPC_CSTR)(uintptr_t)(s))
#define IS(got, want) assert_int_equal(got, want)

static void (*routine)(handle_t server);
static RPC_STATUS (*callback)(void *context);

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

static void (*back)(void);

void ImpersonateBack(void)
{
    back();
}

static RPC_STATUS RPC_ENTRY on_call(RPC_IF_HANDLE interface, void *context)
{
    (void)interface;
    return callback ? callback(context) : RPC_S_OK;
}

static int set_up(void **state)
{
    (void)state;
    if (mkdir(ncalrpc_folder_make(), 0755))
        return -1;
    IS(RpcServerUseProtseqEpA(STR("ncalrpc"), 10, STR("IMPERSONATE"), NULL), RPC_S_OK);
    IS(RpcServerRegisterIfEx(impersonate_try_v1_0_s_ifspec, NULL, NULL,
                             RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, 10, on_call),
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
    return ncalrpc_folder_remove();
}

/* level 0: not authenticated. */
static RPC_BINDING_HANDLE bind_at(ULONG level)
{
    RPC_SECURITY_QOS qos = { 1, 0, RPC_C_QOS_IDENTITY_STATIC, level };
    RPC_BINDING_HANDLE b = NULL;

    IS(RpcBindingFromStringBindingA(STR("ncalrpc:[IMPERSONATE]"), &b), RPC_S_OK);
    IS(RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, TRUE), RPC_S_OK);
    if (level)
        IS(RpcBindingSetAuthInfoExA(b, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_WINNT, NULL,
                                    RPC_C_AUTHZ_NONE, &qos),
           RPC_S_OK);
    return b;
}

static RPC_STATUS ask_on(RPC_BINDING_HANDLE b, void (*what)(handle_t))
{
    volatile RPC_STATUS raised = RPC_S_OK;

    routine = what;
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

static void ask(ULONG level, void (*what)(handle_t))
{
    RPC_BINDING_HANDLE b = bind_at(level);

    IS(ask_on(b, what), RPC_S_OK);
    IS(RpcBindingFree(&b), RPC_S_OK);
}

/* ---- what a routine sees: written on its thread, looked at when the call is over ---- */

static struct seen {
    handle_t handle;
    RPC_STATUS begin, again, end, end_ex, wrong, invalid;
    BOOL before, during, after;
    SECURITY_IMPERSONATION_LEVEL level;
    SECURITY_STATUS acquire;
    char user[100], **sids;
    DWORD tid;
} seen;

static BOOL impersonates(void)
{
    HANDLE token = NULL;

    return OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) && CloseHandle(token);
}

static void look_at_token(void)
{
    HANDLE token = NULL;
    ULONG count = 0;
    DWORD n = 0;

    seen.during = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token);
    if (!seen.during)
        return;
    (void)GetTokenInformation(token, TokenImpersonationLevel, &seen.level, sizeof seen.level, &n);
    (void)!CsTokenGetSids(token, &count, &seen.sids);
    (void)CloseHandle(token);
}

static void as_the_client(handle_t h)
{
    DWORD n = sizeof seen.user;
    CredHandle cred;

    memset(&seen, 0, sizeof seen);
    seen.handle = h;
    seen.before = impersonates();
    seen.begin = RpcImpersonateClient(NULL);
    look_at_token();
    (void)GetUserNameA(seen.user, &n);
    seen.acquire =
        AcquireCredentialsHandleA(NULL, (SEC_CHAR *)(uintptr_t) "Kerberos", SECPKG_CRED_OUTBOUND,
                                  NULL, NULL, NULL, NULL, &cred, NULL);
    seen.again = RpcImpersonateClient(h);
    seen.end = RpcRevertToSelf();
    seen.after = impersonates();
    seen.end_ex = RpcRevertToSelfEx(h); /* of the call this thread serves: nothing to do */
    if (CsImpersonateLocalUser(getuid(), getgid(), SecurityIdentification) == SEC_E_OK)
        seen.wrong = RpcRevertToSelfEx(h); /* while it is somebody else */
    (void)RevertToSelf();
}

static void a_routine_is_its_client_until_it_reverts(void **state)
{
    const ULONG levels[] = { RPC_C_IMP_LEVEL_IMPERSONATE, RPC_C_IMP_LEVEL_IDENTIFY,
                             RPC_C_IMP_LEVEL_DELEGATE };
    const SECURITY_IMPERSONATION_LEVEL want[] = { SecurityImpersonation, SecurityIdentification,
                                                  SecurityImpersonation };
    char own[100], sid[40];
    DWORD n = sizeof own;
    size_t i;

    (void)state;
    snprintf(sid, sizeof sid, "S-1-22-1-%u", geteuid());
    if (!GetUserNameA(own, &n)) /* of an account without a name */
        snprintf(own, sizeof own, "%s", sid);
    for (i = 0; i < sizeof levels / sizeof *levels; i++) {
        ask(levels[i], as_the_client);
        assert_false(seen.before || seen.after);
        IS(seen.begin | seen.again | seen.end | seen.end_ex, RPC_S_OK);
        IS(seen.wrong, RPC_S_NO_CALL_ACTIVE);
        assert_true(seen.during);
        IS(seen.level, want[i]);
        assert_string_equal(seen.sids[0], sid);
        FreeContextBuffer(seen.sids);
        assert_string_equal(seen.user, own);
        IS(seen.acquire, SEC_E_NO_IMPERSONATION);
    }
}

static void who_is_nobody_is_not_impersonated(void **state)
{
    RPC_SECURITY_QOS anonymous = { 1, 0, RPC_C_QOS_IDENTITY_STATIC, RPC_C_IMP_LEVEL_ANONYMOUS };
    RPC_BINDING_HANDLE b = bind_at(0);

    (void)state;
    ask(0, as_the_client);
    IS(seen.begin, RPC_S_NO_CONTEXT_AVAILABLE);
    assert_false(seen.during);
    IS(seen.end, RPC_S_OK);
    IS(RpcBindingSetAuthInfoExA(b, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_WINNT, NULL,
                                RPC_C_AUTHZ_NONE, &anonymous),
       RPC_S_CANNOT_SUPPORT);
    IS(RpcBindingFree(&b), RPC_S_OK);
}

static void outside_of_calls_there_is_nobody(void **state)
{
    RPC_BINDING_HANDLE b = bind_at(0);

    (void)state;
    ask(RPC_C_IMP_LEVEL_IMPERSONATE, as_the_client);
    FreeContextBuffer(seen.sids);
    IS(RpcImpersonateClient(NULL), RPC_S_NO_CALL_ACTIVE);
    IS(RpcImpersonateClient(b), RPC_S_WRONG_KIND_OF_BINDING);
    IS(RpcImpersonateClient(seen.handle), RPC_S_INVALID_BINDING);
    IS(RpcRevertToSelf(), RPC_S_NO_CALL_ACTIVE);
    IS(RpcRevertToSelfEx(NULL), RPC_S_NO_CALL_ACTIVE);
    IS(RpcRevertToSelfEx(b), RPC_S_WRONG_KIND_OF_BINDING);
    IS(RpcRevertToSelfEx(seen.handle), RPC_S_INVALID_BINDING);
    assert_true(RevertToSelf());
    IS(RpcBindingFree(&b), RPC_S_OK);
}

/* ---- who forgets ---- */

static void look(handle_t h)
{
    (void)h;
    seen.before = impersonates();
    seen.tid = GetCurrentThreadId();
}

static void forget(handle_t h)
{
    (void)h;
    seen.begin = RpcImpersonateClient(NULL);
    seen.during = impersonates();
    seen.tid = GetCurrentThreadId();
}

static void forget_and_raise(handle_t h)
{
    forget(h);
    RpcRaiseException(4711);
}

/* Calls until one is served by the thread that served the last one, which is the usual case. */
static void follow(RPC_BINDING_HANDLE b)
{
    DWORD tid = seen.tid;
    int i = 0;

    do {
        IS(ask_on(b, look), RPC_S_OK);
        assert_false(seen.before);
    } while (seen.tid != tid && i++ < 10000);
    IS(seen.tid, tid);
}

static void who_forgets_to_revert_is_reverted(void **state)
{
    RPC_BINDING_HANDLE b = bind_at(RPC_C_IMP_LEVEL_IMPERSONATE);

    (void)state;
    memset(&seen, 0, sizeof seen);
    IS(ask_on(b, forget), RPC_S_OK);
    IS(seen.begin, RPC_S_OK);
    assert_true(seen.during);
    follow(b);
    memset(&seen, 0, sizeof seen);
    IS(ask_on(b, forget_and_raise), 4711);
    assert_true(seen.during);
    follow(b);
    IS(RpcBindingFree(&b), RPC_S_OK);
}

static RPC_STATUS callback_status;

static RPC_STATUS forgetful_callback(void *context)
{
    callback_status = RpcImpersonateClient(context);
    return impersonates() ? RPC_S_OK : RPC_S_INTERNAL_ERROR;
}

static void a_security_callback_may_and_is_reverted_too(void **state)
{
    (void)state;
    callback = forgetful_callback;
    memset(&seen, 0, sizeof seen);
    ask(RPC_C_IMP_LEVEL_IMPERSONATE, look);
    callback = NULL;
    IS(callback_status, RPC_S_OK);
    assert_false(seen.before);
}

/* ---- other threads ---- */

static void *on_another_thread(void *arg)
{
    handle_t h = arg;

    seen.before = impersonates();
    seen.invalid = RpcImpersonateClient(NULL);
    seen.begin = RpcImpersonateClient(h);
    seen.during = impersonates();
    seen.end_ex = RpcRevertToSelfEx(h);
    seen.after = impersonates();
    seen.wrong = RpcRevertToSelfEx(h);
    seen.again = RpcImpersonateClient(h); /* and it ends with the thread */
    return NULL;
}

static void start_another(handle_t h)
{
    pthread_t thread;

    memset(&seen, 0, sizeof seen);
    seen.handle = h;
    if (pthread_create(&thread, NULL, on_another_thread, h))
        RpcRaiseException(RPC_S_OUT_OF_THREADS);
    pthread_join(thread, NULL);
}

static void another_thread_impersonates_by_the_calls_handle(void **state)
{
    (void)state;
    ask(RPC_C_IMP_LEVEL_IMPERSONATE, start_another);
    assert_false(seen.before || seen.after);
    IS(seen.invalid, RPC_S_NO_CALL_ACTIVE);
    IS(seen.begin | seen.end_ex | seen.again, RPC_S_OK);
    assert_true(seen.during);
    IS(seen.wrong, RPC_S_NO_CALL_ACTIVE);
}

/* ---- two clients on one thread ---- */

static RPC_BINDING_HANDLE inner_binding;
static BOOL inner_before, inner_during;

static void inner(handle_t h)
{
    (void)h;
    inner_before = impersonates();
    inner_during = RpcImpersonateClient(NULL) == RPC_S_OK && impersonates();
}

static void outer(handle_t h)
{
    (void)h;
    seen.begin = RpcImpersonateClient(NULL);
    seen.again = ask_on(inner_binding, inner);
    seen.during = impersonates();
}

static void a_call_made_meanwhile_changes_nothing(void **state)
{
    (void)state;
    inner_binding = bind_at(RPC_C_IMP_LEVEL_IDENTIFY);
    memset(&seen, 0, sizeof seen);
    ask(RPC_C_IMP_LEVEL_IMPERSONATE, outer);
    IS(seen.begin | seen.again, RPC_S_OK);
    assert_true(seen.during);
    assert_false(inner_before);
    assert_true(inner_during);
    IS(RpcBindingFree(&inner_binding), RPC_S_OK);
}

/* The routine calls its client back, which calls the server again: that call is served by the
 * thread that waits. */
static DWORD inner_tid;
static BOOL back_before, back_during;

static void inner_of_callback(handle_t h)
{
    inner_tid = GetCurrentThreadId();
    inner(h);
}

static void on_client(void)
{
    back_before = impersonates();
    back_during = CsImpersonateLocalUser(1, 1, SecurityImpersonation) == SEC_E_OK && impersonates();
    (void)RevertToSelf();
    seen.again = ask_on(inner_binding, inner_of_callback);
    back_during = back_during && CsImpersonateLocalUser(2, 2, SecurityImpersonation) == SEC_E_OK;
}

static void call_back(handle_t h)
{
    (void)h;
    seen.tid = GetCurrentThreadId();
    seen.begin = RpcImpersonateClient(NULL);
    Serve_ImpersonateBack();
    look_at_token();
}

static void callbacks_begin_as_their_process_and_leave_no_trace(void **state)
{
    char own[100] = "", user[100];
    DWORD n = sizeof own;

    (void)state;
    (void)GetUserNameA(own, &n);
    back = on_client;
    inner_before = inner_during = FALSE;
    inner_binding = bind_at(RPC_C_IMP_LEVEL_IDENTIFY);
    memset(&seen, 0, sizeof seen);
    IS(CsImpersonateLocalUser(3, 3, SecurityIdentification), SEC_E_OK);
    IS(ask_on(inner_binding, call_back), RPC_S_OK);
    assert_true(impersonates()); /* whom it did before its call, and not whom the callback did */
    n = sizeof user;
    assert_true(GetUserNameA(user, &n));
    assert_string_not_equal(user, own);
    assert_true(RevertToSelf());
    assert_false(back_before);
    assert_true(back_during);
    IS(seen.begin | seen.again, RPC_S_OK);
    IS(inner_tid, seen.tid);
    assert_false(inner_before);
    assert_true(inner_during);
    assert_true(seen.during); /* and the routine is its client still */
    IS(seen.level, SecurityIdentification);
    FreeContextBuffer(seen.sids);
    IS(RpcBindingFree(&inner_binding), RPC_S_OK);
}

static void levels_that_a_local_account_has_not_are_refused(void **state)
{
    (void)state;
    IS(CsImpersonateLocalUser(1, 1, SecurityAnonymous), SEC_E_INVALID_PARAMETER);
    IS(CsImpersonateLocalUser(1, 1, SecurityDelegation), SEC_E_INVALID_PARAMETER);
    assert_false(impersonates());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_routine_is_its_client_until_it_reverts),
        cmocka_unit_test(who_is_nobody_is_not_impersonated),
        cmocka_unit_test(outside_of_calls_there_is_nobody),
        cmocka_unit_test(who_forgets_to_revert_is_reverted),
        cmocka_unit_test(a_security_callback_may_and_is_reverted_too),
        cmocka_unit_test(another_thread_impersonates_by_the_calls_handle),
        cmocka_unit_test(a_call_made_meanwhile_changes_nothing),
        cmocka_unit_test(callbacks_begin_as_their_process_and_leave_no_trace),
        cmocka_unit_test(levels_that_a_local_account_has_not_are_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
