/* SPDX-License-Identifier: Apache-2.0
 * What is known of the interfaces together.
 */
#include "rpc/registry.h"

#include "lib/unit.h"

static void serve(CS_SERVER_CALL *call)
{
    (void)call;
}

static const CS_SERVER_PROCEDURE plain[] = { { serve, "plain", 0 },
                                             { NULL, NULL, 0 },
                                             { serve, "idempotent", CS_CALL_IDEMPOTENT } };
static const CS_SERVER_PROCEDURE passes[] = {
    { serve, "plain", 0 },
    { serve, "passes", CS_CALL_IDEMPOTENT | CS_CALL_SYSTEM_HANDLES },
};

static CS_SERVER_INTERFACE face_of(const CS_SERVER_PROCEDURE *procedures, unsigned count)
{
    return (CS_SERVER_INTERFACE){ .Head = { .Length = sizeof(CS_SERVER_INTERFACE),
                                            .StubAbi = CS_STUB_ABI,
                                            .Side = CS_INTERFACE_SERVER,
                                            .ProcedureCount = count,
                                            .Id = { { 0x4712, count, 0, { 0 } }, 1, 0 },
                                            .Name = "unit" },
                                  .Procedures = procedures,
                                  .DefaultManagerEpv = procedures };
}

/* Else descriptors are not even taken from the kernel. */
static void knows_whether_handles_may_come(void **state)
{
    const CS_SERVER_INTERFACE none = face_of(plain, 3), some = face_of(passes, 2);
    const struct rpc_register how_none = { .face = &none }, how_some = { .face = &some };

    (void)state;
    assert_false(rpc_registry_passes_handles());
    assert_int_equal(rpc_registry_add(&how_none), ERR_OK);
    assert_false(rpc_registry_passes_handles());
    assert_int_equal(rpc_registry_add(&how_some), ERR_OK);
    assert_true(rpc_registry_passes_handles());
    assert_int_equal(rpc_registry_remove(&some, NULL, true), ERR_OK);
    assert_int_equal(rpc_registry_remove(&none, NULL, true), ERR_OK);
    assert_true(rpc_registry_passes_handles()); /* of a call that is on its way */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_whether_handles_may_come),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
