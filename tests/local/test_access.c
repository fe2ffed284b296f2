/* SPDX-License-Identifier: Apache-2.0
 * test_access.c - security descriptors of interfaces and operations: whom they stop.
 */
#include <countersign/authz.h>
#include <countersign/rpcguard.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "acl/sddl.h"
#include "base/alloc.h"
#include "enforce_home.h"

enum { OPEN = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH };

static RPC_BINDING_HANDLE known, nobody, remote;

static int set_up(void **state)
{
    int failed = enforce_set_up(state);

    known = enforce_bind(OVER_LOCAL, true);
    nobody = enforce_bind(OVER_LOCAL, false);
    remote = enforce_bind(OVER_TCP, false);
    return failed;
}

static int tear_down(void **state)
{
    enforce_unbind(&known);
    enforce_unbind(&nobody);
    enforce_unbind(&remote);
    return enforce_tear_down(state);
}

/* %u is this process's account or group. */
static const char *of_here(const char *text, unsigned id)
{
    static char full[200];
    const char *at = strstr(text, "%u");

    if (!at)
        return text;
    (void)snprintf(full, sizeof full, "%.*s%u%s", (int)(at - text), text, id, at + 2);
    return full;
}

static RPC_STATUS register_with(const char *text, unsigned flags, RPC_IF_CALLBACK_FN *callback)
{
    struct buf b = { 0 };
    RPC_STATUS status;

    enforce_unregister();
    assert_int_equal(sddl_parse(text, NULL, &b), ERR_OK);
    status = RpcServerRegisterIf3(enforce_try_v1_0_s_ifspec, NULL, NULL, flags, 10, (UINT)-1,
                                  callback, b.ptr);
    buf_free(&b); /* it was copied */
    return status;
}

/* ---- interfaces ---- */

static void a_descriptor_allows_whom_it_names(void **state)
{
    static const struct {
        const char *text;
        unsigned (*id)(void);
        bool known, nobody, remote;
    } rows[] = {
        { "D:(A;;GX;;;S-1-22-1-%u)", geteuid, true, false, false },
        { "D:(A;;GA;;;S-1-22-1-%u)", geteuid, true, false, false },
        { "D:(A;;0x1;;;S-1-22-1-%u)", geteuid, true, false, false },
        { "D:(A;;GX;;;S-1-22-2-%u)", getegid, true, false, false },
        { "D:(A;;GX;;;S-1-22-1-54321)", NULL, false, false, false },
        { "D:(A;;GR;;;WD)(A;;GW;;;WD)", NULL, false, false, false }, /* other rights */
        { "D:(A;;GX;;;AU)", NULL, true, false, false },
        { "D:(A;;GX;;;WD)", NULL, true, false, false }, /* nobody is not of Everyone */
        { "D:(A;;GX;;;AN)", NULL, false, true, true },
        { "D:(A;;GX;;;NU)", NULL, false, false, true },
        { "D:(D;;GX;;;NU)(A;;GX;;;AN)(A;;GX;;;WD)", NULL, true, true, false },
        { "D:(D;;GX;;;S-1-22-1-%u)(A;;GX;;;WD)", geteuid, false, false, false },
        { "D:", NULL, false, false, false },
        { "O:SY", NULL, true, true, true }, /* there is no list, which on Windows is everybody */
        { "D:NO_ACCESS_CONTROL", NULL, true, true, true },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text = of_here(rows[i].text, rows[i].id ? rows[i].id() : 0);
        int again;

        assert_int_equal(register_with(text, OPEN, NULL), RPC_S_OK);
        for (again = 0; again < 2; again++) /* what was kept is what was decided */
            if (enforce_call(READ, known) != (rows[i].known ? RPC_S_OK : RPC_S_ACCESS_DENIED) ||
                enforce_call(READ, nobody) != (rows[i].nobody ? RPC_S_OK : RPC_S_ACCESS_DENIED) ||
                enforce_call(READ, remote) != (rows[i].remote ? RPC_S_OK : RPC_S_ACCESS_DENIED))
                fail_msg("%s is not what is enforced", text);
        assert_int_equal(RpcServerUnregisterIf(enforce_try_v1_0_s_ifspec, NULL, TRUE), RPC_S_OK);
    }
}

static RPC_STATUS says_no(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    (void)binding;
    return RPC_S_ACCESS_DENIED;
}

/* Neither the flags nor the callback let in whom the other stops. */
static void a_descriptor_opens_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(register_with("D:(A;;GX;;;AN)(A;;GX;;;WD)", 0, NULL), RPC_S_OK);
    IS(enforce_call(READ, known), RPC_S_OK);
    IS(enforce_call(READ, nobody), RPC_S_ACCESS_DENIED);
    assert_int_equal(RpcServerUnregisterIf(enforce_try_v1_0_s_ifspec, NULL, TRUE), RPC_S_OK);
    assert_int_equal(register_with("D:(A;;GX;;;AN)(A;;GX;;;WD)", OPEN, says_no), RPC_S_OK);
    IS(enforce_call(READ, known), RPC_S_ACCESS_DENIED);
    IS(enforce_call(READ, nobody), RPC_S_ACCESS_DENIED);
    assert_int_equal(RpcServerUnregisterIf(enforce_try_v1_0_s_ifspec, NULL, TRUE), RPC_S_OK);
}

static RPC_STATUS register_bytes(const unsigned char bytes[20])
{
    enforce_unregister();
    return RpcServerRegisterIf3(enforce_try_v1_0_s_ifspec, NULL, NULL, OPEN, 10, (UINT)-1, NULL,
                                (void *)(uintptr_t)bytes);
}

static void what_is_no_descriptor_is_refused(void **state)
{
    (void)state;
    IS(register_bytes((const unsigned char[20]){ 0 }), RPC_S_INVALID_ARG);
    IS(register_bytes((const unsigned char[20]){ 2, 0, 0, 0x80 }), RPC_S_INVALID_ARG);
    IS(register_bytes((const unsigned char[20]){ 1, 0, 4, 0 }), RPC_S_CANNOT_SUPPORT);
    /* an owner far away; a list in the middle of the head */
    IS(register_bytes((const unsigned char[20]){ 1, 0, 0, 0x80, [7] = 1 }), RPC_S_INVALID_ARG);
    IS(register_bytes((const unsigned char[20]){ 1, 0, 4, 0x80, [16] = 3 }), RPC_S_INVALID_ARG);
}

/* ---- operations ---- */

static RPC_STATUS guard(const CS_OPERATION_GUARD *operations, ULONG count)
{
    const CS_INTERFACE_GUARD g = { .size = sizeof g,
                                   .operations = operations,
                                   .operation_count = count };

    enforce_unregister();
    return CsServerGuardInterface(enforce_try_v1_0_s_ifspec, &g);
}

/* Every operation with every caller. */
static void each_operation_has_its_own_descriptor(void **state)
{
    static char own[100];
    const CS_OPERATION_GUARD matrix[] = {
        { .operation = WRITE, .descriptor = own },
        { .operation = CS_GUARD_OTHERS, .descriptor = "D:(A;;GX;;;S-1-22-1-54321)" },
        { .operation = READ, .descriptor = "D:(A;;GX;;;AN)(A;;GX;;;WD)" },
    };

    (void)state;
    (void)snprintf(own, sizeof own, "D:(A;;GX;;;S-1-22-1-%u)", geteuid());
    assert_int_equal(guard(matrix, 3), RPC_S_OK);
    enforce_register(OPEN, NULL);
    IS(enforce_call(READ, known), RPC_S_OK);
    IS(enforce_call(READ, nobody), RPC_S_OK);
    IS(enforce_call(READ, remote), RPC_S_OK);
    IS(enforce_call(WRITE, known), RPC_S_OK);
    IS(enforce_call(WRITE, nobody), RPC_S_ACCESS_DENIED);
    IS(enforce_call(WRITE, remote), RPC_S_ACCESS_DENIED);
    IS(enforce_call(HOLD, known), RPC_S_ACCESS_DENIED);
    IS(enforce_call(HOLD, nobody), RPC_S_ACCESS_DENIED);
    IS(enforce_call(HOLD, remote), RPC_S_ACCESS_DENIED);
    enforce_unregister();
    assert_int_equal(CsServerGuardInterface(enforce_try_v1_0_s_ifspec, NULL), RPC_S_OK);
}

/* Nor one that forgets to say who may, for that is everybody. */
static void a_text_that_is_no_descriptor_is_refused(void **state)
{
    static const char *const texts[] = { "D:(A;;GX;;;nobody)", "",   " ",
                                         "O:BAG:BA",           "S:", "D:NO_ACCESS_CONTROL" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        CS_OPERATION_GUARD bad = { .operation = READ, .descriptor = texts[i] };

        assert_int_equal(guard(&bad, 1), RPC_S_INVALID_ARG);
        bad.operation = CS_GUARD_OTHERS;
        assert_int_equal(guard(&bad, 1), RPC_S_INVALID_ARG);
    }
    enforce_register(OPEN, NULL); /* there is no guard of it */
    IS(enforce_call(READ, nobody), RPC_S_OK);
}

/* ---- asked by the program ---- */

static RPC_STATUS given;
static DWORD own_account, another;

static DWORD access_of(PVOID who, const char *text)
{
    AUTHZ_ACCESS_REQUEST rq = { .DesiredAccess = 1 };
    PSECURITY_DESCRIPTOR d = NULL;
    DWORD granted = 0, error = 0;
    AUTHZ_ACCESS_REPLY reply = { 1, &granted, NULL, &error };

    assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(text, 1, &d, NULL));
    assert_true(AuthzAccessCheck(0, who, &rq, NULL, d, NULL, 0, &reply, NULL));
    LocalFree(d);
    return error;
}

static RPC_STATUS checks_access(RPC_IF_HANDLE id, void *binding)
{
    const LUID none = { 0, 0 };
    PVOID who = NULL;

    (void)id;
    given = RpcGetAuthorizationContextForClient(binding, FALSE, NULL, NULL, none, 0, NULL, &who);
    if (given != RPC_S_OK)
        return RPC_S_ACCESS_DENIED;
    own_account = access_of(who, of_here("D:(A;;CC;;;S-1-22-1-%u)", geteuid()));
    another = access_of(who, "D:(A;;CC;;;S-1-22-1-54321)");
    return RpcFreeAuthorizationContext(&who);
}

/* In a security callback. */
static void a_callback_may_check_access_by_the_account(void **state)
{
    (void)state;
    enforce_register(OPEN, checks_access);
    IS(enforce_call(READ, known), RPC_S_OK);
    assert_int_equal(own_account, ERROR_SUCCESS);
    assert_int_equal(another, ERROR_ACCESS_DENIED);
    IS(enforce_call(READ, nobody), RPC_S_ACCESS_DENIED);
    assert_int_equal(given, RPC_S_NO_CONTEXT_AVAILABLE);
    enforce_unregister();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_descriptor_allows_whom_it_names),
        cmocka_unit_test(a_descriptor_opens_nothing_else),
        cmocka_unit_test(what_is_no_descriptor_is_refused),
        cmocka_unit_test(each_operation_has_its_own_descriptor),
        cmocka_unit_test(a_text_that_is_no_descriptor_is_refused),
        cmocka_unit_test(a_callback_may_check_access_by_the_account),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
