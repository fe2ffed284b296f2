/* SPDX-License-Identifier: Apache-2.0
 * What is known of the interfaces together.
 */
#include "rpc/registry.h"

#include <string.h>

#include <countersign/countersign.h>
#include <countersign/sddl.h>

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

static RPC_STATUS yes(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    (void)binding;
    return RPC_S_OK;
}

static RPC_STATUS no(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    (void)binding;
    return RPC_S_ACCESS_DENIED;
}

static void *descriptor_of(const char *text)
{
    PSECURITY_DESCRIPTOR d = NULL;

    assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(text, 1, &d, NULL));
    return d;
}

enum { MANY = RPC_C_LISTEN_MAX_CALLS_DEFAULT, LARGE = -1 };

/* A second one's flags and the rest would be lost, and callers get in whom they are to keep out. */
static void another_manager_type_is_added_with_the_same_or_nothing(void **state)
{
    void *ours = descriptor_of("D:(A;;GX;;;AU)"), *same = descriptor_of("D:(A;;GX;;;AU)"),
         *others = descriptor_of("D:(A;;GX;;;BA)");
    const struct {
        unsigned flags, calls, size;
        RPC_IF_CALLBACK_FN *callback;
        void *descriptor;
        RPC_STATUS status;
        const char *what;
    } rows[] = {
        { RPC_IF_ALLOW_SECURE_ONLY, 10, 1000, yes, same, RPC_S_OK, NULL },
        { 0, MANY, (unsigned)LARGE, NULL, NULL, RPC_S_OK, NULL },
        { RPC_IF_ALLOW_LOCAL_ONLY, 10, 1000, yes, same, RPC_S_ALREADY_REGISTERED, "flags" },
        { 0, 11, 1000, yes, same, RPC_S_ALREADY_REGISTERED, "MaxCalls" },
        { 0, 10, 1001, yes, same, RPC_S_ALREADY_REGISTERED, "MaxRpcSize" },
        { 0, 10, 1000, no, same, RPC_S_ALREADY_REGISTERED, "security callback" },
        { 0, 10, 1000, yes, others, RPC_S_ALREADY_REGISTERED, "security descriptor" },
    };
    CS_SERVER_INTERFACE face = face_of(plain, 3);
    RPC_MGR_EPV *epv = (RPC_MGR_EPV *)(uintptr_t)plain;
    UUID type = { 1, 0, 0, { 0 } };
    char why[512];
    size_t i;

    (void)state;
    assert_int_equal(
        RpcServerRegisterIf3(&face, NULL, epv, RPC_IF_ALLOW_SECURE_ONLY, 10, 1000, yes, ours),
        RPC_S_OK);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        type.Data1++;
        assert_int_equal(RpcServerRegisterIf3(&face, &type, epv, rows[i].flags, rows[i].calls,
                                              rows[i].size, rows[i].callback, rows[i].descriptor),
                         rows[i].status);
        (void)CsGetErrorText(why, sizeof why);
        assert_true(!rows[i].what || strstr(why, rows[i].what));
        assert_int_equal(RpcServerUnregisterIf(&face, &type, TRUE),
                         rows[i].what ? RPC_S_UNKNOWN_MGR_TYPE : RPC_S_OK);
    }
    type.Data1++;
    assert_int_equal(RpcServerRegisterIf(&face, &type, epv), RPC_S_OK);
    assert_int_equal(RpcServerRegisterIfEx(&face, &type, epv, RPC_IF_ALLOW_LOCAL_ONLY, 1, no),
                     RPC_S_TYPE_ALREADY_REGISTERED);
    assert_int_equal(RpcServerUnregisterIf(&face, NULL, TRUE), RPC_S_OK);
    LocalFree(ours);
    LocalFree(same);
    LocalFree(others);
}

/* Nor may one open what the first one left as it comes. */
static void another_manager_type_opens_nothing(void **state)
{
    CS_SERVER_INTERFACE face = face_of(plain, 3);
    RPC_MGR_EPV *epv = (RPC_MGR_EPV *)(uintptr_t)plain;
    UUID type = { 1, 0, 0, { 0 } };
    void *ours = descriptor_of("D:(A;;GX;;;AU)");

    (void)state;
    assert_int_equal(RpcServerRegisterIf(&face, NULL, epv), RPC_S_OK);
    assert_int_equal(
        RpcServerRegisterIfEx(&face, &type, epv, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, MANY, NULL),
        RPC_S_ALREADY_REGISTERED);
    assert_int_equal(RpcServerRegisterIf3(&face, &type, epv, 0, MANY, (unsigned)LARGE, NULL, ours),
                     RPC_S_ALREADY_REGISTERED);
    assert_int_equal(RpcServerRegisterIfEx(&face, &type, epv, 0, MANY, NULL), RPC_S_OK);
    assert_int_equal(RpcServerUnregisterIf(&face, NULL, TRUE), RPC_S_OK);
    LocalFree(ours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_whether_handles_may_come),
        cmocka_unit_test(another_manager_type_is_added_with_the_same_or_nothing),
        cmocka_unit_test(another_manager_type_opens_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
