/* SPDX-License-Identifier: Apache-2.0 */
#include <countersign/rpc.h>

#include "lib/unit.h"

/* The documented pairs of names, at both ends of each row of numbers. */
static void maps_to_the_nt_status_of_the_name(void **state)
{
    static const struct {
        RPC_STATUS status;
        uint32_t nt;
    } pairs[] = {
        { RPC_S_OK, 0 },
        { RPC_S_ACCESS_DENIED, 0xc0000022 },
        { RPC_S_OUT_OF_MEMORY, 0xc0000017 },
        { RPC_S_INVALID_STRING_BINDING, 0xc0020001 },
        { RPC_S_SERVER_UNAVAILABLE, 0xc0020017 },
        { RPC_S_CALL_FAILED, 0xc002001b },
        { RPC_S_PROTOCOL_ERROR, 0xc002001d },
        { RPC_S_PROXY_ACCESS_DENIED, 0xc0020064 },
        { RPC_S_UNSUPPORTED_TRANS_SYN, 0xc002001f },
        { RPC_S_PROCNUM_OUT_OF_RANGE, 0xc002002e },
        { EPT_S_NOT_REGISTERED, 0xc0020036 },
        { RPC_S_FP_OVERFLOW, 0xc0020048 },
        { RPC_X_NO_MORE_ENTRIES, 0xc0030001 },
        { RPC_X_SS_IN_NULL_CONTEXT, 0xc0030004 },
        { RPC_X_SS_CONTEXT_MISMATCH, 0xc0030005 },
        { RPC_X_BAD_STUB_DATA, 0xc003000c },
        { RPC_S_CALL_CANCELLED, 0xc0020050 },
        { RPC_S_COMM_FAILURE, 0xc0020052 },
        { RPC_S_NOT_RPC_ERROR, 0xc0020055 },
        { RPC_S_UUID_LOCAL_ONLY, 0x40020056 },
        { RPC_S_SEC_PKG_ERROR, 0xc0020057 },
        { RPC_S_NOT_CANCELLED, 0xc0020058 },
        { RPC_X_WRONG_PIPE_VERSION, 0xc003005e },
        { RPC_X_PIPE_EMPTY, 0xc0030061 },
        { RPC_S_INVALID_OBJECT, 0xc002004d },
        { ERROR_FILE_NOT_FOUND, ERROR_FILE_NOT_FOUND }, /* has none: stays what it is */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_int_equal((uint32_t)I_RpcMapWin32Status(pairs[i].status), pairs[i].nt);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(maps_to_the_nt_status_of_the_name) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
