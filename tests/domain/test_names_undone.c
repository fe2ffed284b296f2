/* SPDX-License-Identifier: Apache-2.0
 * test_names_undone.c - what withdrawing and undoing a publication by name takes back, and what
 * they leave to others; against a real domain controller.
 */
#include <countersign/names.h>
#include <countersign/ntdsapi.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "lib/names_home.h"
#include "lib/unit.h"
#include "names/place.h"
#include "names/publish.h"

#define CLASS_ID "5c1f0b52-6a0e-4d1b-9a53-7d6f0f3c9a11"
#define OTHER_CLASS "5c1f0b52-6a0e-4d1b-9a53-7d6f0f3c9a12"
#define ONE "0c5e3f8a-7d41-4f0e-a6b2-93d1f2a7c864,1.2"
#define TWO "0c5e3f8a-7d41-4f0e-a6b2-93d1f2a7c865,1.0"

static int raise_home(void **state)
{
    CS_DIRECTORY_OPTIONS o = { .size = sizeof o,
                               .domain = unit_env("REALM"),
                               .user = unit_env("ADMIN"),
                               .user_domain = unit_env("REALM"),
                               .password = unit_env("ADMIN_PASSWORD") };
    HANDLE admin = NULL;

    expect(CsBindDirectory(&o, &admin), ERROR_SUCCESS, "bind");
    *state = admin;
    return 0;
}

static int leave_home(void **state)
{
    HANDLE admin = *state;

    DsUnBindA(&admin);
    return 0;
}

static CS_NAME a_service(DWORD kind, const char *name)
{
    static const char *const winsock[] = { "127.0.0.1:5001" };
    static const char *const rpc[] = { "ncacn_ip_tcp:127.0.0.1[5001]" };

    return (CS_NAME){ .size = sizeof(CS_NAME),
                      .kind = kind,
                      .name = name,
                      .service_class = "nmun",
                      .type = kind == CS_NAMES_RPC ? ONE : CLASS_ID,
                      .account = unit_env("SERVICE_ACCOUNT"),
                      .addresses = kind == CS_NAMES_RPC ? rpc : winsock,
                      .address_count = 1 };
}

/* Whether the service can be proved: an account holds its name. */
static DWORD proved(HANDLE admin, const CS_NAME *s)
{
    CS_NAME_QUERY q = { .size = sizeof q, .kinds = s->kind, .name = s->name, .type = s->type };
    CS_FOUND_NAME **found = NULL;
    DWORD count = 0, code = CsNameSpn(admin, &q, "nmun", NULL, &found, &count);

    if (!code)
        CsFreeNames(found, count);
    return code;
}

static void the_name_stays_while_another_interface_needs_it(void **state)
{
    HANDLE admin = *state;
    CS_NAME one = a_service(CS_NAMES_RPC, "undone/rpc"), two = one;

    two.type = TWO;
    expect(CsPublishName(admin, &one, NULL), ERROR_SUCCESS, "publish");
    expect(CsPublishName(admin, &two, NULL), ERROR_SUCCESS, "publish the other");
    expect(proved(admin, &two), ERROR_SUCCESS, "both");
    expect(CsWithdrawName(admin, &one), ERROR_SUCCESS, "withdraw");
    expect(proved(admin, &one), ERROR_NOT_FOUND, "withdrawn");
    expect(proved(admin, &two), ERROR_SUCCESS, "the other");
    expect(CsWithdrawName(admin, &two), ERROR_SUCCESS, "withdraw the other");
    expect(CsWithdrawName(admin, &two), ERROR_SUCCESS, "again");
    expect(proved(admin, &two), ERROR_NOT_FOUND, "both withdrawn");
}

static void the_service_of_another_class_is_not_withdrawn(void **state)
{
    HANDLE admin = *state;
    CS_NAME one = a_service(CS_NAMES_WINSOCK, "undone class"), wrong = one;

    wrong.type = OTHER_CLASS;
    expect(CsPublishName(admin, &one, NULL), ERROR_SUCCESS, "publish");
    expect(CsWithdrawName(admin, &wrong), ERROR_INVALID_PARAMETER, "of another class");
    expect(proved(admin, &one), ERROR_SUCCESS, "as it was");
    expect(CsWithdrawName(admin, &one), ERROR_SUCCESS, "withdraw");
}

static BOOL note_comment(void *arg, const CS_FOUND_NAME *f)
{
    snprintf(arg, 100, "%s", f->comment);
    return 1;
}

static void expect_comment(HANDLE admin, const CS_NAME *s, const char *want)
{
    CS_NAME_QUERY q = { .size = sizeof q, .kinds = s->kind, .name = s->name };
    char is[100] = "";

    expect(CsFindNames(admin, &q, note_comment, is), ERROR_SUCCESS, "find");
    assert_string_equal(is, want);
}

/* Writes as CsPublishName does, and undoes it as where a later step fails. */
static void write_and_undo(const CS_NAME *from)
{
    struct session_options o = { .domain = unit_env("REALM"),
                                 .user = unit_env("ADMIN"),
                                 .user_domain = unit_env("REALM"),
                                 .password = unit_env("ADMIN_PASSWORD") };
    struct name_plan p = { .want = { .kind = FOUND_WINSOCK,
                                     .name = from->name,
                                     .comment = from->comment,
                                     .type = from->type,
                                     .address = from->addresses,
                                     .address_count = from->address_count },
                           .host = (char *)"other.example.com" };
    struct session *s = NULL;
    void *before = NULL;

    assert_int_equal(session_open(&o, &s), ERR_OK);
    assert_int_equal(place_entry(PLACE_WINSOCK, session_domain_dn(s), from->name, &p.dn), ERR_OK);
    assert_int_equal(name_entry_winsock.look(s, &p, &before), ERR_OK);
    assert_int_equal(name_entry_winsock.write(s, &p, before), ERR_OK);
    assert_int_equal(name_entry_winsock.undo(s, &p, before), ERR_OK);
    name_entry_winsock.forget(before);
    mem_free(p.dn);
    session_close(s);
}

static void an_undone_entry_says_what_it_said(void **state)
{
    HANDLE admin = *state;
    CS_NAME one = a_service(CS_NAMES_WINSOCK, "undone comment"), changed = one;

    changed.comment = "of what was undone";
    expect(CsPublishName(admin, &one, NULL), ERROR_SUCCESS, "publish");
    write_and_undo(&changed);
    expect_comment(admin, &one, "");
    one.comment = "at first";
    expect(CsPublishName(admin, &one, NULL), ERROR_SUCCESS, "publish");
    write_and_undo(&changed);
    expect_comment(admin, &one, "at first");
    expect(proved(admin, &one), ERROR_SUCCESS, "its own address");
    expect(CsWithdrawName(admin, &one), ERROR_SUCCESS, "withdraw");
    write_and_undo(&changed); /* what was not there is not there again */
    expect(proved(admin, &one), ERROR_NOT_FOUND, "gone");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_name_stays_while_another_interface_needs_it),
        cmocka_unit_test(the_service_of_another_class_is_not_withdrawn),
        cmocka_unit_test(an_undone_entry_says_what_it_said),
    };

    return cmocka_run_group_tests(tests, raise_home, leave_home);
}
