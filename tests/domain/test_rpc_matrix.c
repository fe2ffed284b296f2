/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_matrix.c - each operation of an interface with each kind of caller: nobody, a user, an
 * administrator of the domain.
 *
 * Who may is asked before an argument is read, and before it is said whether there is such an
 * operation.
 */
#include <countersign/rpcguard.h>

#include "base/sid.h"
#include "rpc/caller_sids.h"
#include "rpc/server_call.h"
#include "rpc_matrix.h"
#include "rpc_matrix_more.h"
#include "rpc_try_home.h"

enum { NOBODY, USER, ADMIN, CALLERS };
enum { READ, WRITE, MANAGE, INSTALL, OPERATIONS, BEYOND = OPERATIONS, FAR_BEYOND, ALL };

static RPC_BINDING_HANDLE caller[CALLERS];
static const char *const caller_names[] = { "nobody", "a user", "an administrator" };
static atomic_int executed[OPERATIONS];

void Serve_MatrixRead(handle_t server, LONG n)
{
    (void)server;
    (void)n;
    atomic_fetch_add(&executed[READ], 1);
}

void Serve_MatrixWrite(handle_t server, LONG n)
{
    (void)server;
    (void)n;
    atomic_fetch_add(&executed[WRITE], 1);
}

void Serve_MatrixManage(handle_t server, LONG n)
{
    (void)server;
    (void)n;
    atomic_fetch_add(&executed[MANAGE], 1);
}

void Serve_MatrixInstall(handle_t server, LONG n)
{
    (void)server;
    (void)n;
    atomic_fetch_add(&executed[INSTALL], 1);
}

/* ---- the guard ---- */

static char domain[SID_TEXT]; /* the SID of the callers' domain */

static void ask_domain(handle_t server)
{
    struct rpc_caller_sids s = { 0 };

    (void)server;
    if (!rpc_caller_sids_get(rpc_server_call_current(), &s) && s.set.count) {
        sid_format(&s.sids[0], domain);
        *strrchr(domain, '-') = '\0';
    }
    rpc_caller_sids_done(&s);
}

static void guard(void)
{
    static char admins[SID_TEXT + 40];
    const CS_OPERATION_GUARD each[] = {
        { .operation = READ, .descriptor = "D:(A;;GX;;;AN)(A;;GX;;;WD)" },
        { .operation = WRITE, .descriptor = "D:(A;;GX;;;AU)" },
        { .operation = MANAGE, .descriptor = admins },
        { .operation = INSTALL, .nobody = TRUE },
        { .operation = CS_GUARD_OTHERS, .descriptor = admins },
    };
    const CS_INTERFACE_GUARD g = { .size = sizeof g,
                                   .operations = each,
                                   .operation_count = sizeof each / sizeof *each };

    (void)snprintf(admins, sizeof admins, "D:(A;;GX;;;%s-512)", domain);
    OK(CsServerGuardInterface(rpc_matrix_v1_0_s_ifspec, &g));
    OK(RpcServerRegisterIfEx(rpc_matrix_v1_0_s_ifspec, NULL, NULL,
                             RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                             NULL));
}

static int set_up(void **state)
{
    try_start(state);
    caller[NOBODY] = try_bind();
    caller[USER] = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    caller[ADMIN] =
        try_bind_as(unit_env("ADMIN"), unit_env("ADMIN_PASSWORD"), RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    try_ask = ask_domain;
    RAISES(RPC_S_OK, TryAsk(caller[USER]));
    assert_memory_equal(domain, "S-1-5-21-", 9);
    guard();
    return 0;
}

static int tear_down(void **state)
{
    int i;

    for (i = 0; i < CALLERS; i++)
        try_unbind(&caller[i]);
    OK(RpcServerUnregisterIf(rpc_matrix_v1_0_s_ifspec, NULL, TRUE));
    OK(CsServerGuardInterface(rpc_matrix_v1_0_s_ifspec, NULL));
    return try_stop(state);
}

/* ---- its calls ---- */

static void call_of(int operation, RPC_BINDING_HANDLE b)
{
    static void (*const calls[])(handle_t, LONG) = { MatrixRead, MatrixWrite, MatrixManage,
                                                     MatrixInstall };

    calls[operation](b, 1);
}

static void call_without_arguments(int operation, RPC_BINDING_HANDLE b)
{
    static void (*const calls[])(handle_t) = { MoreRead,    MoreWrite,  MoreManage,
                                               MoreInstall, MoreBeyond, MoreFarBeyond };

    calls[operation](b);
}

static RPC_STATUS status_of(void (*call)(int, RPC_BINDING_HANDLE), int operation, int who)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        call(operation, caller[who]);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

static const bool may[ALL][CALLERS] = {
    [READ] = { true, true, true },     [WRITE] = { false, true, true },
    [MANAGE] = { false, false, true }, [INSTALL] = { false, false, false },
    [BEYOND] = { false, false, true }, [FAR_BEYOND] = { false, false, true },
};

static void check(void (*call)(int, RPC_BINDING_HANDLE), int operations, RPC_STATUS who_may)
{
    int operation, who, before;

    for (operation = 0; operation < operations; operation++)
        for (who = 0; who < CALLERS; who++) {
            RPC_STATUS want = may[operation][who] ? who_may : RPC_S_ACCESS_DENIED, got;

            if (operation >= OPERATIONS && may[operation][who])
                want = RPC_S_PROCNUM_OUT_OF_RANGE;
            before = operation < OPERATIONS ? atomic_load(&executed[operation]) : 0;
            got = status_of(call, operation, who);
            if (got != want)
                fail_msg("operation %d, %s: %d, not %d", operation, caller_names[who], (int)got,
                         (int)want);
            if (operation < OPERATIONS)
                assert_int_equal(atomic_load(&executed[operation]) - before, !got);
        }
}

/* Twice: what was allowed for one operation is not for another. */
static void each_operation_has_its_callers(void **state)
{
    (void)state;
    check(call_of, OPERATIONS, RPC_S_OK);
    check(call_of, OPERATIONS, RPC_S_OK);
}

/* Who may not call does not learn what an operation takes, nor how many there are. */
static void nobody_else_reaches_its_arguments(void **state)
{
    (void)state;
    check(call_without_arguments, ALL, RPC_X_BAD_STUB_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operation_has_its_callers),
        cmocka_unit_test(nobody_else_reaches_its_arguments),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
