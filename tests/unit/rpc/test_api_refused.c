/* SPDX-License-Identifier: Apache-2.0
 * test_api_refused.c - functions that answer with the documented "not supported".
 */
#include <countersign/rpc.h>

#include "lib/unit.h"

static void user_free_raises(void **state)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    (void)state;
    RpcTryExcept
    {
        RpcUserFree(NULL, NULL);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    assert_int_equal(raised, RPC_S_CANNOT_SUPPORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(user_free_raises),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
