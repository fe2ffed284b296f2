/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/fault.h"

#include "countersign/winerror.h"
#include "lib/unit.h"

static void what_a_client_reports(void **state)
{
    static const struct {
        uint32_t wire, status;
    } rows[] = {
        { 0x1c010002, RPC_S_PROCNUM_OUT_OF_RANGE },
        { 0x1c010003, RPC_S_UNKNOWN_IF },
        { 0x1c01000b, RPC_S_PROTOCOL_ERROR },
        { 0x1c010009, RPC_S_CALL_FAILED },
        { 0x1c000012, RPC_S_CALL_FAILED },
        { 0x1c00001a, RPC_X_SS_CONTEXT_MISMATCH },
        { 0x1c00000d, RPC_S_CALL_CANCELLED },
        { 0x1c010006, 0x1c010006 }, /* not mapped */
        { 5, RPC_S_ACCESS_DENIED },
        { 1783, RPC_X_BAD_STUB_DATA },
        { 0x12345678, 0x12345678 },
        { 0, RPC_S_CALL_FAILED },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(rpc_fault_status(rows[i].wire), rows[i].status);
}

static void what_a_server_sends(void **state)
{
    static const struct {
        uint32_t status, wire;
    } rows[] = {
        { RPC_S_PROCNUM_OUT_OF_RANGE, 0x1c010002 },
        { RPC_S_PROTOCOL_ERROR, 0x1c01000b },
        { RPC_S_CALL_FAILED, 0x1c000012 },
        { RPC_X_SS_CONTEXT_MISMATCH, 0x1c00001a },
        { RPC_S_ACCESS_DENIED, 5 },
        { RPC_S_OUT_OF_MEMORY, 0x1c00001b },
        { 0xc0000005, 0x1c000002 }, /* never as it is */
        { 0xc00000fd, 0x1c000012 },
        { 0, 0x1c000012 },
        { 42, 42 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(rpc_fault_wire(rows[i].status), rows[i].wire);
}

/* Whatever the runtime fails with has a fault, and it is none of those a server must not send. */
static void every_error_has_a_fault(void **state)
{
    (void)state;
#define ERR_ROW(name, sec, win32, rpc, text)                                                       \
    assert_true(rpc_fault_of(ERR_##name) != 0 && rpc_fault_of(ERR_##name) >> 28 != 0xc);
    ERR_LIST(ERR_ROW)
#undef ERR_ROW
    assert_int_equal(rpc_fault_of(ERR_MALFORMED), NCA_S_PROTO_ERROR);
    assert_int_equal(rpc_fault_of(ERR_ALTERED), NCA_S_FAULT_ACCESS_DENIED);
    assert_string_equal(rpc_fault_name(NCA_S_UNK_IF), "nca_s_unk_if");
    assert_null(rpc_fault_name(0x12345678));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_client_reports),
        cmocka_unit_test(what_a_server_sends),
        cmocka_unit_test(every_error_has_a_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
