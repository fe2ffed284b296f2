/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/unit.h"

#include "countersign/authz.h"
#include "sspi/token.h"

static AUTHZ_RESOURCE_MANAGER_HANDLE manager;

static int open_manager(void **state)
{
    (void)state;
    return !AuthzInitializeResourceManager(AUTHZ_RM_FLAG_NO_AUDIT, NULL, NULL, NULL, NULL,
                                           &manager);
}

static int close_manager(void **state)
{
    (void)state;
    return !AuthzFreeResourceManager(manager);
}

static AUTHZ_CLIENT_CONTEXT_HANDLE client(const char *text)
{
    AUTHZ_CLIENT_CONTEXT_HANDLE c = NULL;
    PSID sid = NULL;
    LUID id = { 7, 8 };

    assert_true(ConvertStringSidToSidA(text, &sid));
    assert_true(
        AuthzInitializeContextFromSid(AUTHZ_SKIP_TOKEN_GROUPS, sid, manager, NULL, id, NULL, &c));
    LocalFree(sid);
    return c;
}

static PSECURITY_DESCRIPTOR descriptor(const char *text)
{
    PSECURITY_DESCRIPTOR d = NULL;

    assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(text, 1, &d, NULL));
    return d;
}

/* The outcome of asking; *granted receives the mask. */
static DWORD ask(AUTHZ_CLIENT_CONTEXT_HANDLE c, const char *text, DWORD wanted, DWORD *granted)
{
    AUTHZ_ACCESS_REQUEST rq = { .DesiredAccess = wanted };
    DWORD error = 77;
    AUTHZ_ACCESS_REPLY reply = { 1, granted, NULL, &error };
    PSECURITY_DESCRIPTOR d = descriptor(text);

    assert_true(AuthzAccessCheck(0, c, &rq, NULL, d, NULL, 0, &reply, NULL));
    LocalFree(d);
    return error;
}

static void decides_as_documented(void **state)
{
    AUTHZ_CLIENT_CONTEXT_HANDLE c = client("S-1-5-21-1-2-3-1001");
    static const char text[] = "D:(D;;0x2;;;S-1-5-21-1-2-3-1001)(A;;0x7;;;S-1-5-21-1-2-3-1001)";
    DWORD granted = 77;

    (void)state;
    assert_int_equal(ask(c, text, 1, &granted), ERROR_SUCCESS);
    assert_int_equal(granted, 1);
    assert_int_equal(ask(c, text, 3, &granted), ERROR_ACCESS_DENIED);
    assert_int_equal(granted, 0);
    assert_int_equal(ask(c, text, MAXIMUM_ALLOWED, &granted), ERROR_SUCCESS);
    assert_int_equal(granted, 5);
    assert_int_equal(ask(c, text, 0, &granted), ERROR_ACCESS_DENIED);
    assert_int_equal(ask(c, "D:", MAXIMUM_ALLOWED, &granted), ERROR_ACCESS_DENIED);
    assert_int_equal(ask(c, text, ACCESS_SYSTEM_SECURITY, &granted), ERROR_PRIVILEGE_NOT_HELD);
    assert_int_equal(granted, 0);
    assert_true(AuthzFreeContext(c));
    assert_false(AuthzFreeContext(c));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

static void answers_for_each_object_type(void **state)
{
    static GUID guids[] = { { 1, 0, 0, { 0 } }, { 2, 0, 0, { 0 } }, { 3, 0, 0, { 0 } } };
    OBJECT_TYPE_LIST list[] = { { 0, 0, &guids[0] }, { 1, 0, &guids[1] }, { 1, 0, &guids[2] } };
    AUTHZ_ACCESS_REQUEST rq = { .DesiredAccess = 1,
                                .ObjectTypeList = list,
                                .ObjectTypeListLength = 3 };
    DWORD granted[3] = { 0 }, error[3] = { 0 };
    AUTHZ_ACCESS_REPLY reply = { 3, granted, NULL, error };
    PSECURITY_DESCRIPTOR d =
        descriptor("D:(OA;;CC;00000002-0000-0000-0000-000000000000;;S-1-5-21-1-2-3-1001)");
    AUTHZ_CLIENT_CONTEXT_HANDLE c = client("S-1-5-21-1-2-3-1001");

    (void)state;
    assert_true(AuthzAccessCheck(0, c, &rq, NULL, d, NULL, 0, &reply, NULL));
    assert_true(granted[0] == 0 && error[0] == ERROR_ACCESS_DENIED);
    assert_true(granted[1] == 1 && error[1] == ERROR_SUCCESS);
    assert_true(granted[2] == 0 && error[2] == ERROR_ACCESS_DENIED);
    reply.ResultListLength = 1;
    error[0] = 0;
    assert_true(AuthzAccessCheck(0, c, &rq, NULL, d, NULL, 0, &reply, NULL));
    assert_int_equal(error[0], ERROR_ACCESS_DENIED);
    reply.ResultListLength = 2;
    assert_false(AuthzAccessCheck(0, c, &rq, NULL, d, NULL, 0, &reply, NULL));
    list[1].ObjectType = NULL;
    reply.ResultListLength = 1;
    granted[0] = 1;
    error[0] = 0;
    assert_false(AuthzAccessCheck(0, c, &rq, NULL, d, NULL, 0, &reply, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_true(granted[0] == 0 && error[0] == ERROR_ACCESS_DENIED);
    LocalFree(d);
    assert_true(AuthzFreeContext(c));
}

static void self_is_who_the_request_says(void **state)
{
    AUTHZ_CLIENT_CONTEXT_HANDLE c = client("S-1-5-21-1-2-3-1001");
    PSECURITY_DESCRIPTOR d = descriptor("D:(A;;CC;;;PS)");
    AUTHZ_ACCESS_REQUEST rq = { .DesiredAccess = 1 };
    DWORD granted, error;
    AUTHZ_ACCESS_REPLY reply = { 1, &granted, NULL, &error };

    (void)state;
    assert_true(AuthzAccessCheck(0, c, &rq, NULL, d, NULL, 0, &reply, NULL));
    assert_int_equal(error, ERROR_ACCESS_DENIED);
    assert_true(ConvertStringSidToSidA("S-1-5-21-1-2-3-1001", &rq.PrincipalSelfSid));
    assert_true(AuthzAccessCheck(0, c, &rq, NULL, d, NULL, 0, &reply, NULL));
    assert_int_equal(error, ERROR_SUCCESS);
    LocalFree(rq.PrincipalSelfSid);
    LocalFree(d);
    assert_true(AuthzFreeContext(c));
}

static void refuses_what_it_does_not_do(void **state)
{
    AUTHZ_CLIENT_CONTEXT_HANDLE c = client("S-1-1-0"), none = NULL;
    PSECURITY_DESCRIPTOR d = descriptor("D:(A;;CC;;;WD)");
    AUTHZ_ACCESS_REQUEST rq = { .DesiredAccess = 1 };
    DWORD granted = 1, error = 0;
    AUTHZ_ACCESS_REPLY reply = { 1, &granted, NULL, &error };
    LUID id = { 0, 0 };
    PSID sid = NULL;

    (void)state;
    assert_false(AuthzAccessCheck(0, c, &rq, NULL, d, &d, 1, &reply, NULL));
    assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
    assert_true(granted == 0 && error == ERROR_ACCESS_DENIED);
    assert_false(AuthzAccessCheck(0, manager, &rq, NULL, d, NULL, 0, &reply, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    ((uint8_t *)d)[0] = 9;
    assert_false(AuthzAccessCheck(0, c, &rq, NULL, d, NULL, 0, &reply, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_SECURITY_DESCR);
    assert_true(ConvertStringSidToSidA("S-1-1-0", &sid));
    assert_false(AuthzInitializeContextFromSid(0, sid, manager, NULL, id, NULL, &none));
    assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
    assert_false(AuthzInitializeContextFromSid(AUTHZ_SKIP_TOKEN_GROUPS, NULL, manager, NULL, id,
                                               NULL, &none));
    assert_int_equal(GetLastError(), ERROR_INVALID_SID);
    assert_false(
        AuthzInitializeContextFromSid(AUTHZ_SKIP_TOKEN_GROUPS, sid, c, NULL, id, NULL, &none));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_false(AuthzInitializeContextFromToken(0, c, manager, NULL, id, NULL, &none));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_null(none);
    LocalFree(sid);
    LocalFree(d);
    assert_true(AuthzFreeContext(c));
}

static struct token person;

static void keep(void *object)
{
    (void)object;
}

/* Of a token: its user and groups, and those that only deny. */
static void a_token_has_its_groups(void **state)
{
    struct identity *i = NULL;
    handle_id id = 0;
    AUTHZ_CLIENT_CONTEXT_HANDLE c = NULL;
    LUID luid = { 7, 8 };
    DWORD need = 0, granted;
    uint8_t room[512] __attribute__((aligned(16)));
    LPSTR text = NULL;

    (void)state;
    assert_int_equal(handle_new(HANDLE_TOKEN, &person, keep, &id), ERR_OK);
    person.name = (char *)"user@REALM";
    assert_false(
        AuthzInitializeContextFromToken(0, (HANDLE)(uintptr_t)id, manager, NULL, luid, NULL, &c));
    assert_int_equal(GetLastError(), ERROR_NONE_MAPPED);
    assert_int_equal(identity_new(&i), ERR_OK);
    i->user = (struct sid){ 5, { 21, 1, 2, 3, 1001 }, 5 };
    assert_int_equal(identity_add(i, &(struct sid){ 5, { 21, 1, 2, 3, 513 }, 5 }, 7), ERR_OK);
    assert_int_equal(identity_add(i, &(struct sid){ 5, { 21, 1, 2, 3, 600 }, 5 }, 0x10), ERR_OK);
    person.identity = i;
    assert_true(
        AuthzInitializeContextFromToken(0, (HANDLE)(uintptr_t)id, manager, NULL, luid, NULL, &c));
    assert_int_equal(handle_close(id, HANDLE_TOKEN), ERR_OK);
    identity_unref(i);
    assert_int_equal(ask(c, "D:(A;;CC;;;S-1-5-21-1-2-3-513)", 1, &granted), ERROR_SUCCESS);
    assert_int_equal(ask(c, "D:(A;;CC;;;S-1-5-21-1-2-3-600)", 1, &granted), ERROR_ACCESS_DENIED);
    assert_int_equal(
        ask(c, "D:(D;;CC;;;S-1-5-21-1-2-3-600)(A;;CC;;;S-1-5-21-1-2-3-513)", 1, &granted),
        ERROR_ACCESS_DENIED);
    assert_false(AuthzGetInformationFromContext(c, AuthzContextInfoGroupsSids, 0, &need, NULL));
    assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    assert_true(
        AuthzGetInformationFromContext(c, AuthzContextInfoGroupsSids, sizeof room, &need, room));
    assert_int_equal(((PTOKEN_GROUPS)room)->GroupCount, 2);
    assert_true(ConvertSidToStringSidA((&((PTOKEN_GROUPS)room)->Groups[0])[1].Sid, &text));
    assert_string_equal(text, "S-1-5-21-1-2-3-600");
    LocalFree(text);
    assert_true(
        AuthzGetInformationFromContext(c, AuthzContextInfoUserSid, sizeof room, &need, room));
    assert_true(ConvertSidToStringSidA(((PTOKEN_USER)room)->User.Sid, &text));
    assert_string_equal(text, "S-1-5-21-1-2-3-1001");
    LocalFree(text);
    assert_true(
        AuthzGetInformationFromContext(c, AuthzContextInfoIdentifier, sizeof room, NULL, room));
    assert_memory_equal(room, &luid, sizeof luid);
    assert_false(AuthzGetInformationFromContext(c, (AUTHZ_CONTEXT_INFORMATION_CLASS)3, sizeof room,
                                                &need, room));
    assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
    assert_true(AuthzFreeContext(c));
}

static void groups_are_added_to_a_copy(void **state)
{
    AUTHZ_CLIENT_CONTEXT_HANDLE c = client("S-1-5-21-1-2-3-1001"), more = NULL, none = NULL;
    SID_AND_ATTRIBUTES groups[] = { { NULL, SE_GROUP_ENABLED },
                                    { NULL, SE_GROUP_USE_FOR_DENY_ONLY } };
    static const char text[] = "D:(D;;0x2;;;S-1-5-21-1-2-3-600)(A;;0x3;;;S-1-5-21-1-2-3-513)";
    BYTE room[512];
    DWORD granted;

    (void)state;
    assert_false(AuthzAddSidsToContext(c, groups, 2, NULL, 0, &none));
    assert_int_equal(GetLastError(), ERROR_INVALID_SID);
    assert_true(ConvertStringSidToSidA("S-1-5-21-1-2-3-513", &groups[0].Sid));
    assert_true(ConvertStringSidToSidA("S-1-5-21-1-2-3-600", &groups[1].Sid));
    assert_false(AuthzAddSidsToContext(c, groups, 2, groups, 1, &none));
    assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
    assert_false(AuthzAddSidsToContext(manager, groups, 2, NULL, 0, &none));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_false(AuthzAddSidsToContext(c, NULL, 2, NULL, 0, &none));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_null(none);
    assert_true(AuthzAddSidsToContext(c, groups, 2, NULL, 0, &more));
    assert_int_equal(ask(c, text, 1, &granted), ERROR_ACCESS_DENIED);
    assert_int_equal(ask(more, text, 1, &granted), ERROR_SUCCESS);
    assert_int_equal(ask(more, text, 3, &granted), ERROR_ACCESS_DENIED);
    assert_true(AuthzFreeContext(c));
    assert_int_equal(ask(more, "D:(A;;0x1;;;S-1-5-21-1-2-3-1001)", 1, &granted), ERROR_SUCCESS);
    assert_true(
        AuthzGetInformationFromContext(more, AuthzContextInfoIdentifier, sizeof room, NULL, room));
    assert_int_equal(((LUID *)(void *)room)->LowPart, 7);
    assert_true(AuthzFreeContext(more));
    LocalFree(groups[0].Sid);
    LocalFree(groups[1].Sid);
}

static enum err memory_or(bool done)
{
    if (done)
        return ERR_OK;
    return GetLastError() == ERROR_NOT_ENOUGH_MEMORY ? ERR_NO_MEMORY : ERR_INTERNAL;
}

static enum err make_one(void *arg)
{
    AUTHZ_CLIENT_CONTEXT_HANDLE c = NULL, more = NULL;
    SID_AND_ATTRIBUTES group = { arg, SE_GROUP_ENABLED };
    LUID id = { 0, 0 };
    enum err e = memory_or(
        AuthzInitializeContextFromSid(AUTHZ_SKIP_TOKEN_GROUPS, arg, manager, NULL, id, NULL, &c));

    if (e)
        return e;
    e = memory_or(AuthzAddSidsToContext(c, &group, 1, NULL, 0, &more));
    assert_true(AuthzFreeContext(c));
    if (!e)
        assert_true(AuthzFreeContext(more));
    return e;
}

static void survives_lack_of_memory(void **state)
{
    PSID sid = NULL;

    (void)state;
    assert_true(ConvertStringSidToSidA("S-1-1-0", &sid));
    oom_run(make_one, sid);
    LocalFree(sid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decides_as_documented),
        cmocka_unit_test(answers_for_each_object_type),
        cmocka_unit_test(self_is_who_the_request_says),
        cmocka_unit_test(refuses_what_it_does_not_do),
        cmocka_unit_test(a_token_has_its_groups),
        cmocka_unit_test(groups_are_added_to_a_copy),
        cmocka_unit_test(survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, open_manager, close_manager);
}
