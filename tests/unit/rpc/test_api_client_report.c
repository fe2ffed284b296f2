/* SPDX-License-Identifier: Apache-2.0
 * test_api_client_report.c - desktop-src/Midl/comm-status.md: "When a communication error occurs";
 * fault-status.md: "fails in a way that causes a fault PDU to be returned".
 */
#include <countersign/rpcndr.h>

#include "lib/unit.h"

enum { UNTOUCHED = 77 };

static const RPC_STATUS comm[] = {
    RPC_S_SERVER_UNAVAILABLE, RPC_S_SERVER_TOO_BUSY, RPC_S_CALL_FAILED, RPC_S_CALL_FAILED_DNE,
    RPC_S_COMM_FAILURE,       RPC_S_CALL_CANCELLED,  RPC_S_UNKNOWN_IF,  RPC_S_PROTOCOL_ERROR,
    EPT_S_NOT_REGISTERED,     RPC_S_SEC_PKG_ERROR,
};

/* What arrives as a fault: the routine's own numbers, and what the server's runtime says. */
static const RPC_STATUS fault[] = {
    RPC_S_PROCNUM_OUT_OF_RANGE,
    RPC_X_BAD_STUB_DATA,
    RPC_S_ZERO_DIVIDE,
    RPC_S_ADDRESS_ERROR,
    RPC_S_INVALID_TAG,
    RPC_X_INVALID_BOUND,
    4711,
    (RPC_STATUS)0xC0000005,
};

static const RPC_STATUS here[] = { RPC_X_NULL_REF_POINTER, RPC_X_SS_IN_NULL_CONTEXT,
                                   RPC_X_ENUM_VALUE_OUT_OF_RANGE };

static void goes(RPC_STATUS status, bool to_comm)
{
    ULONG c = UNTOUCHED, f = UNTOUCHED;

    assert_int_equal(CsClientReport(status, &c, &f), RPC_S_OK);
    assert_int_equal(to_comm ? c : f, (ULONG)status);
    assert_int_equal(to_comm ? f : c, UNTOUCHED);
    /* where the function lacks the attribute, it is raised */
    c = f = UNTOUCHED;
    assert_int_equal(CsClientReport(status, to_comm ? NULL : &c, to_comm ? &f : NULL), status);
    assert_int_equal(c, UNTOUCHED);
    assert_int_equal(f, UNTOUCHED);
    /* "if they apply to the same parameter" */
    assert_int_equal(CsClientReport(status, &c, &c), RPC_S_OK);
    assert_int_equal(c, (ULONG)status);
}

static void each_status_has_one_place(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof comm / sizeof *comm; i++)
        goes(comm[i], true);
    for (i = 0; i < sizeof fault / sizeof *fault; i++)
        goes(fault[i], false);
}

static void a_callers_mistake_is_raised(void **state)
{
    ULONG place = UNTOUCHED;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof here / sizeof *here; i++)
        assert_int_equal(CsClientReport(here[i], &place, &place), here[i]);
    assert_int_equal(place, UNTOUCHED);
}

static void success_is_the_routines_to_tell(void **state)
{
    ULONG place = UNTOUCHED;

    (void)state;
    assert_int_equal(CsClientReport(RPC_S_OK, &place, &place), RPC_S_OK);
    assert_int_equal(place, UNTOUCHED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_status_has_one_place),
        cmocka_unit_test(a_callers_mistake_is_raised),
        cmocka_unit_test(success_is_the_routines_to_tell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
