/* SPDX-License-Identifier: Apache-2.0
 * test_osf.c - stubs of -osf: a program without midl_user_allocate.  desktop-src/Midl/-osf.md
 */
#include <countersign/rpc.h>

#include "lib/unit.h"
#include "osf.h"
#include "stubs/home.h"

static RPC_BINDING_HANDLE server;

void Parts(handle_t h, LONG n, PART **parts)
{
    (void)h;
    for (*parts = NULL; n > 0; n--) {
        PART *made = (PART *)RpcSsAllocate(sizeof *made);

        *made = (PART){ n, *parts };
        *parts = made;
    }
}

LONG Add(handle_t h, LONG a, LONG b)
{
    RPC_STATUS status = RPC_S_OK;

    (void)h;
    assert_null(RpcSmAllocate(8, &status)); /* a call without memory has no environment */
    return a + b;
}

static void memory_needs_no_attribute(void **state)
{
    PART *parts = NULL, *next = NULL;

    (void)state;
    c_Parts(server, 3, &parts);
    assert_int_equal(parts->next->next->n, 3);
    for (; parts; parts = next) {
        next = parts->next;
        assert_int_equal(RpcSmClientFree(parts), RPC_S_OK);
    }
    RpcSsEnableAllocate();
    c_Parts(server, 2, &parts);
    assert_int_equal(RpcSmFree(parts->next), RPC_S_OK);
    RpcSsDisableAllocate();
    assert_int_equal(c_Add(server, 1, 2), 3);
}

static int begin(void **state)
{
    (void)state;
    return home_begin(osf_v1_0_s_ifspec, &server);
}

static int end(void **state)
{
    (void)state;
    return home_end(osf_v1_0_s_ifspec, &server);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(memory_needs_no_attribute) };

    return cmocka_run_group_tests(tests, begin, end);
}
