/* SPDX-License-Identifier: Apache-2.0
 * test_listed.c - access lists in the ACF: whom they stop.
 */
#include <countersign/rpcguard.h>

#include "enforce_home.h"
#include "listed.h"
#include "listed_more.h"

void Serve_ListedRead(handle_t server)
{
    (void)server;
}

void Serve_ListedOpen(handle_t server)
{
    (void)server;
}

void Serve_ListedClosed(handle_t server)
{
    (void)server;
}

static RPC_STATUS call(void (*operation)(handle_t server), RPC_BINDING_HANDLE b)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        operation(b);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

static void serve(void)
{
    IS(RpcServerRegisterIfEx(listed_v1_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                             10, NULL),
       RPC_S_OK);
}

static void end_serving(void)
{
    IS(RpcServerUnregisterIf(listed_v1_0_s_ifspec, NULL, TRUE), RPC_S_OK);
}

/* Twice each: what was kept is what was decided. Nobody learns which operations there are not. */
static void each_operation_is_for_whom_its_list_names(void **state)
{
    RPC_BINDING_HANDLE known = enforce_bind(OVER_LOCAL, true);
    RPC_BINDING_HANDLE nobody = enforce_bind(OVER_LOCAL, false);
    int i;

    (void)state;
    serve();
    for (i = 0; i < 2; i++) {
        IS(call(ListedRead, known), RPC_S_OK);
        IS(call(ListedOpen, known), RPC_S_OK);
        IS(call(ListedClosed, known), RPC_S_ACCESS_DENIED);
        IS(call(MoreUnknown, known), RPC_S_ACCESS_DENIED);
        IS(call(ListedRead, nobody), RPC_S_ACCESS_DENIED);
        IS(call(ListedOpen, nobody), RPC_S_OK);
        IS(call(ListedClosed, nobody), RPC_S_ACCESS_DENIED);
        IS(call(MoreUnknown, nobody), RPC_S_ACCESS_DENIED);
    }
    end_serving();
    enforce_unbind(&known);
    enforce_unbind(&nobody);
}

/* A guard narrows further, and opens nothing. */
static void a_guard_opens_no_list(void **state)
{
    const CS_OPERATION_GUARD all = { .operation = CS_GUARD_OTHERS,
                                     .descriptor = "D:(A;;GX;;;AU)(A;;GX;;;WD)" };
    const CS_INTERFACE_GUARD g = { .size = sizeof g, .operations = &all, .operation_count = 1 };
    RPC_BINDING_HANDLE known = enforce_bind(OVER_LOCAL, true);
    RPC_BINDING_HANDLE nobody = enforce_bind(OVER_LOCAL, false);

    (void)state;
    IS(CsServerGuardInterface(listed_v1_0_s_ifspec, &g), RPC_S_OK);
    serve();
    IS(call(ListedRead, known), RPC_S_OK);
    IS(call(ListedOpen, nobody), RPC_S_ACCESS_DENIED);
    IS(call(ListedClosed, known), RPC_S_ACCESS_DENIED);
    end_serving();
    IS(CsServerGuardInterface(listed_v1_0_s_ifspec, NULL), RPC_S_OK);
    enforce_unbind(&known);
    enforce_unbind(&nobody);
}

static CS_GUARDED_INTERFACE copy(const char *const *texts)
{
    CS_GUARDED_INTERFACE g = *(const CS_GUARDED_INTERFACE *)listed_v1_0_s_ifspec;

    g.Access = texts;
    return g;
}

/* Made by hand, or by a stranger's compiler. */
static void a_text_that_is_no_list_is_not_served(void **state)
{
    static const char *const bad[] = { "D:(A;;GX;;;AU)", "nothing", "D:" };
    static const char *const gap[] = { "D:(A;;GX;;;AU)", NULL, "D:" };
    static const char *const anybody[] = { "D:(A;;GX;;;AU)", "O:BAG:BA", "D:" };
    static const char *const empty[] = { "", "D:", "D:" };
    CS_GUARDED_INTERFACE g = copy(bad);
    RPC_BINDING_HANDLE known = enforce_bind(OVER_LOCAL, true);

    (void)state;
    IS(RpcServerRegisterIf(&g, NULL, NULL), RPC_S_INVALID_ARG);
    g = copy(anybody);
    IS(RpcServerRegisterIf(&g, NULL, NULL), RPC_S_INVALID_ARG);
    g = copy(empty);
    IS(RpcServerRegisterIf(&g, NULL, NULL), RPC_S_INVALID_ARG);
    g = copy(gap);
    IS(RpcServerRegisterIf(&g, NULL, NULL), RPC_S_OK);
    IS(call(ListedRead, known), RPC_S_OK);
    IS(call(ListedOpen, known), RPC_S_ACCESS_DENIED);
    IS(RpcServerUnregisterIf(&g, NULL, TRUE), RPC_S_OK);
    enforce_unbind(&known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operation_is_for_whom_its_list_names),
        cmocka_unit_test(a_guard_opens_no_list),
        cmocka_unit_test(a_text_that_is_no_list_is_not_served),
    };

    return cmocka_run_group_tests(tests, enforce_set_up, enforce_tear_down);
}
