/* SPDX-License-Identifier: Apache-2.0
 * test_account_spn.c - SPNs written, refused and looked for, against a real domain controller.
 */
#include <countersign/countersign.h>
#include <countersign/ntdsapi.h>
#include <countersign/scp.h>

#include "base/detail.h"
#include "lib/unit.h"

static const char *env(const char *name)
{
    const char *value = getenv(name);

    if (!value)
        fail_msg("%s is not set: this test runs inside a domain", name);
    return value;
}

static HANDLE bind_as(const char *user, const char *password)
{
    RPC_AUTH_IDENTITY_HANDLE id = NULL;
    HANDLE ds = NULL;
    DWORD code;

    assert_int_equal(DsMakePasswordCredentialsA(user, env("REALM"), password, &id), ERROR_SUCCESS);
    code = DsBindWithCredA(NULL, env("REALM"), id, &ds);
    if (code)
        fail_msg("DsBindWithCred as %s: %u, %s", user, code, detail_get()->text);
    DsFreePasswordCredentials(id);
    return ds;
}

static HANDLE as_admin(void)
{
    return bind_as(env("ADMIN"), env("ADMIN_PASSWORD"));
}

static char *dn_of(HANDLE ds, const char *account)
{
    CS_SPN_ACCOUNT *a = NULL;
    DWORD n = 0;
    char *dn;

    if (CsListSpnAccounts(ds, account, &a, &n) || n != 1)
        fail_msg("%s: %s", account, detail_get()->text);
    dn = strdup(a[0].dn);
    CsFreeSpnAccounts(a, n);
    return dn;
}

static DWORD write_one(HANDLE ds, DS_SPN_WRITE_OP op, const char *dn, const char *spn)
{
    LPCSTR spns[] = { spn };

    return DsWriteAccountSpnA(ds, op, dn, 1, spns);
}

static bool holds(HANDLE ds, const char *account, const char *spn)
{
    CS_SPN_ACCOUNT *a = NULL;
    DWORD n = 0, i;
    bool found = false;

    assert_int_equal(CsListSpnAccounts(ds, account, &a, &n), ERROR_SUCCESS);
    for (i = 0; i < a[0].spn_count; i++)
        found = found || strcmp(a[0].spns[i], spn) == 0;
    CsFreeSpnAccounts(a, n);
    return found;
}

/* On an account whose names no other test needs meanwhile. */
static void an_administrator_adds_replaces_and_deletes(void **state)
{
    HANDLE ds = as_admin();
    char *dn = dn_of(ds, env("OTHER"));
    LPCSTR both[] = { "spna/x.example", "spnb/x.example" };

    (void)state;
    assert_int_equal(write_one(ds, DS_SPN_ADD_SPN_OP, dn, "spna/x.example"), ERROR_SUCCESS);
    assert_int_equal(write_one(ds, DS_SPN_ADD_SPN_OP, dn, "spna/x.example"), ERROR_SUCCESS);
    assert_int_equal(write_one(ds, DS_SPN_ADD_SPN_OP, dn, "spnz/x.example"), ERROR_SUCCESS);
    assert_true(holds(ds, dn, "spna/x.example"));
    assert_true(holds(ds, dn, "spnz/x.example"));
    assert_int_equal(DsWriteAccountSpnA(ds, DS_SPN_REPLACE_SPN_OP, dn, 2, both), ERROR_SUCCESS);
    assert_false(holds(ds, dn, "spnz/x.example"));
    assert_true(holds(ds, dn, "spnb/x.example"));
    assert_int_equal(DsWriteAccountSpnA(ds, DS_SPN_DELETE_SPN_OP, dn, 1, both), ERROR_SUCCESS);
    assert_int_equal(DsWriteAccountSpnA(ds, DS_SPN_DELETE_SPN_OP, dn, 1, both), ERROR_SUCCESS);
    assert_false(holds(ds, dn, "spna/x.example"));
    assert_true(holds(ds, dn, "spnb/x.example"));
    assert_int_equal(DsWriteAccountSpnA(ds, DS_SPN_REPLACE_SPN_OP, dn, 0, NULL), ERROR_SUCCESS);
    assert_false(holds(ds, dn, "spnb/x.example"));
    assert_int_equal(DsUnBindA(&ds), ERROR_SUCCESS);
    free(dn);
}

static void a_name_of_another_account_is_refused(void **state)
{
    HANDLE ds = as_admin();
    char *alice = dn_of(ds, "alice");
    char text[2000];
    char **accounts = NULL;
    DWORD n = 0;

    (void)state;
    assert_int_equal(write_one(ds, DS_SPN_ADD_SPN_OP, alice, env("SERVICE_SPN")),
                     ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST);
    CsGetErrorText(text, sizeof text);
    assert_non_null(strstr(text, "is held by"));
    assert_int_equal(CsFindSpnAccounts(ds, env("SERVICE_SPN"), &accounts, &n), ERROR_SUCCESS);
    assert_int_equal(n, 1);
    DsFreeSpnArrayA(n, accounts);
    CsSetPolicy("spn-duplicates", CS_POLICY_OFF); /* this domain controller looks by itself */
    assert_int_equal(write_one(ds, DS_SPN_ADD_SPN_OP, alice, env("SERVICE_SPN")),
                     ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST);
    CsSetPolicy("spn-duplicates", CS_POLICY_ENFORCE);
    DsUnBindA(&ds);
    free(alice);
}

static void an_ordinary_user_needs_an_administrator(void **state)
{
    HANDLE ds = bind_as(env("PERSON"), env("PERSON_PASSWORD"));
    char *self = dn_of(ds, env("PERSON")), *host = dn_of(ds, env("HOST_ACCOUNT"));

    (void)state;
    assert_int_equal(write_one(ds, DS_SPN_ADD_SPN_OP, self, "spnc/x.example"), ERROR_ACCESS_DENIED);
    assert_non_null(strstr(detail_get()->remedy, "administrator"));
    assert_int_equal(write_one(ds, DS_SPN_ADD_SPN_OP, host, "spnc/x.example"), ERROR_ACCESS_DENIED);
    DsUnBindA(&ds);
    free(self);
    free(host);
}

static void a_host_writes_names_of_its_own(void **state)
{
    HANDLE ds = bind_as(env("HOST_ACCOUNT"), env("HOST_PASSWORD"));
    char *self = dn_of(ds, env("HOST_ACCOUNT")), spn[300];
    char **missing = NULL;
    const char *needed[2];
    DWORD n = 0;

    (void)state;
    snprintf(spn, sizeof spn, "spnd/%s", env("HOST_NAME"));
    needed[0] = spn;
    needed[1] = env("SERVICE_SPN"); /* another account's */
    assert_int_equal(CsCheckServiceNames(ds, NULL, needed, 1, &missing, &n), ERROR_NOT_FOUND);
    assert_int_equal(n, 1);
    assert_string_equal(missing[0], spn);
    DsFreeSpnArrayA(n, missing);
    assert_int_equal(write_one(ds, DS_SPN_ADD_SPN_OP, self, spn), ERROR_SUCCESS);
    assert_int_equal(CsCheckServiceNames(ds, NULL, needed, 1, &missing, &n), ERROR_SUCCESS);
    DsFreeSpnArrayA(n, missing);
    assert_int_equal(CsCheckServiceNames(ds, NULL, needed, 2, &missing, &n), ERROR_NOT_FOUND);
    assert_string_equal(missing[0], needed[1]);
    DsFreeSpnArrayA(n, missing);
    assert_int_equal(write_one(ds, DS_SPN_ADD_SPN_OP, self, "spnd/elsewhere.example"),
                     ERROR_ACCESS_DENIED);
    assert_int_equal(write_one(ds, DS_SPN_DELETE_SPN_OP, self, spn), ERROR_SUCCESS);
    DsUnBindA(&ds);
    free(self);
}

/* The caller's own credentials: a ticket cache, as a service started with one has it. */
static void a_host_registers_its_service_class(void **state)
{
    char command[1000], spn[300];
    HANDLE ds = NULL;

    (void)state;
    setenv("COUNTERSIGN_HOSTNAME", env("HOST_NAME"), 1);
    snprintf(command, sizeof command, "kinit -k -t '%s' '%s@%s'", env("HOST_KEYTAB"),
             env("HOST_ACCOUNT"), env("REALM"));
    assert_int_equal(system(command), 0);
    snprintf(spn, sizeof spn, "spne/%s", env("HOST_NAME"));
    if (DsServerRegisterSpnW(DS_SPN_ADD_SPN_OP, u"spne", NULL))
        fail_msg("%s", detail_get()->text);
    assert_int_equal(DsBindW(NULL, NULL, &ds), ERROR_SUCCESS);
    assert_true(holds(ds, env("HOST_ACCOUNT"), spn));
    assert_true(holds(ds, env("HOST_ACCOUNT"), "spne/HOST1"));
    assert_int_equal(DsServerRegisterSpnA(DS_SPN_DELETE_SPN_OP, "spne", NULL), ERROR_SUCCESS);
    assert_false(holds(ds, env("HOST_ACCOUNT"), spn));
    assert_int_equal(system("kdestroy -q"), 0);
    DsUnBindA(&ds);
}

/* A daemon of root's: no ticket, but the host's keytab. Its realm comes from the host's name. */
static void a_host_needs_no_ticket_beside_its_keytab(void **state)
{
    HANDLE ds = NULL;
    char spn[300];

    (void)state;
    setenv("COUNTERSIGN_HOSTNAME", env("HOST_NAME"), 1);
    setenv("KRB5CCNAME", "FILE:/nonexistent/cache", 1);
    setenv("KRB5_KTNAME", "FILE:/nonexistent/keytab", 1);
    assert_int_equal(DsServerRegisterSpnA(DS_SPN_ADD_SPN_OP, "spnf", NULL),
                     ERROR_NO_SUCH_LOGON_SESSION);
    setenv("KRB5_KTNAME", env("HOST_KEYTAB"), 1);
    snprintf(spn, sizeof spn, "spnf/%s", env("HOST_NAME"));
    if (DsServerRegisterSpnA(DS_SPN_ADD_SPN_OP, "spnf", NULL))
        fail_msg("%s", detail_get()->text);
    assert_int_equal(DsBindA(NULL, NULL, &ds), ERROR_SUCCESS);
    assert_true(holds(ds, env("HOST_ACCOUNT"), spn));
    DsUnBindA(&ds);
    assert_int_equal(DsServerRegisterSpnA(DS_SPN_DELETE_SPN_OP, "spnf", NULL), ERROR_SUCCESS);
}

static void wrong_calls_are_told_apart(void **state)
{
    HANDLE ds = as_admin(), stale;

    (void)state;
    assert_int_equal(write_one(ds, DS_SPN_ADD_SPN_OP, "CN=nobody,DC=nowhere", "a/b"),
                     ERROR_DS_NO_SUCH_OBJECT);
    assert_int_equal(write_one(ds, DS_SPN_ADD_SPN_OP, "CN=x", "no-slash"), ERROR_INVALID_PARAMETER);
    assert_int_equal(write_one(ds, (DS_SPN_WRITE_OP)7, "CN=x", "a/b"), ERROR_INVALID_PARAMETER);
    stale = ds;
    assert_int_equal(DsUnBindA(&ds), ERROR_SUCCESS);
    assert_null(ds);
    assert_int_equal(DsUnBindA(&stale), ERROR_INVALID_HANDLE);
    assert_int_equal(write_one(stale, DS_SPN_ADD_SPN_OP, "CN=x", "a/b"), ERROR_INVALID_HANDLE);
    assert_int_equal(write_one((HANDLE)(uintptr_t)0x123456, DS_SPN_ADD_SPN_OP, "CN=x", "a/b"),
                     ERROR_INVALID_HANDLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_administrator_adds_replaces_and_deletes),
        cmocka_unit_test(a_name_of_another_account_is_refused),
        cmocka_unit_test(an_ordinary_user_needs_an_administrator),
        cmocka_unit_test(a_host_writes_names_of_its_own),
        cmocka_unit_test(a_host_registers_its_service_class),
        cmocka_unit_test(a_host_needs_no_ticket_beside_its_keytab),
        cmocka_unit_test(wrong_calls_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
