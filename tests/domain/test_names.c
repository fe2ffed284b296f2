/* SPDX-License-Identifier: Apache-2.0
 * test_names.c - names translated by a real domain controller.
 */
#include <countersign/ntdsapi.h>
#include <countersign/security.h>
#include <countersign/windows.h>
#include <ctype.h>

#include "base/detail.h"
#include "lib/unit.h"

static const char *env(const char *name)
{
    const char *value = getenv(name);

    if (!value)
        fail_msg("%s is not set: this test runs inside a domain", name);
    return value;
}

static void log_in(const char *account, const char *keytab)
{
    char command[1000];

    snprintf(command, sizeof command, "kinit -k -t '%s' '%s@%s'", keytab, account, env("REALM"));
    assert_int_equal(system(command), 0);
}

static void crack(HANDLE ds, DS_NAME_FORMAT offered, DS_NAME_FORMAT desired, const char *name,
                  DWORD status, const char *expected)
{
    DS_NAME_RESULTA *r = NULL;
    LPCSTR names[] = { name };
    DWORD code = DsCrackNamesA(ds, DS_NAME_NO_FLAGS, offered, desired, 1, names, &r);

    if (code || r->cItems != 1 || r->rItems[0].status != status)
        fail_msg("%s from %d to %d: code %u status %u, expected %u: %s", name, (int)offered,
                 (int)desired, code, r ? r->rItems[0].status : 99, status, detail_get()->text);
    if (expected)
        assert_string_equal(r->rItems[0].pName, expected);
    DsFreeNameResultA(r);
}

static void translates_between_all_forms(void **state)
{
    char dn[300], krbtgt[300], dc[300], nt4[100], canonical[300], ex[300], realm_spn[300];
    char domain[100];
    HANDLE ds = NULL;
    DS_NAME_RESULTW *r = NULL;
    LPCWSTR wide[] = { u"svc", u"nobody" };
    size_t i;

    (void)state;
    snprintf(domain, sizeof domain, "%s", env("REALM"));
    for (i = 0; domain[i]; i++)
        domain[i] = (char)tolower((unsigned char)domain[i]);
    snprintf(dn, sizeof dn, "CN=svc,CN=Users,%s", env("DOMAIN_DN"));
    snprintf(krbtgt, sizeof krbtgt, "CN=krbtgt,CN=Users,%s", env("DOMAIN_DN"));
    snprintf(dc, sizeof dc, "CN=DC1,OU=Domain Controllers,%s", env("DOMAIN_DN"));
    snprintf(nt4, sizeof nt4, "%s\\svc", env("DOMAIN"));
    snprintf(canonical, sizeof canonical, "%s/Users/svc", domain);
    snprintf(ex, sizeof ex, "%s/Users\nsvc", domain);
    snprintf(realm_spn, sizeof realm_spn, "%s@%s", env("SERVICE_SPN"), env("REALM"));
    log_in(env("PERSON"), env("PERSON_KEYTAB"));
    if (DsBindA(NULL, NULL, &ds))
        fail_msg("%s", detail_get()->text);
    crack(ds, DS_SERVICE_PRINCIPAL_NAME, DS_FQDN_1779_NAME, env("SERVICE_SPN"), DS_NAME_NO_ERROR,
          dn);
    crack(ds, DS_SERVICE_PRINCIPAL_NAME, DS_NT4_ACCOUNT_NAME, realm_spn, DS_NAME_NO_ERROR, nt4);
    crack(ds, DS_NT4_ACCOUNT_NAME, DS_CANONICAL_NAME, nt4, DS_NAME_NO_ERROR, canonical);
    crack(ds, DS_CANONICAL_NAME, DS_CANONICAL_NAME_EX, canonical, DS_NAME_NO_ERROR, ex);
    /* svc's names come and go: other tests give it some for a while. */
    crack(ds, DS_FQDN_1779_NAME, DS_SERVICE_PRINCIPAL_NAME, krbtgt, DS_NAME_NO_ERROR,
          "kadmin/changepw");
    crack(ds, DS_FQDN_1779_NAME, DS_SERVICE_PRINCIPAL_NAME, dc, DS_NAME_ERROR_NOT_UNIQUE, NULL);
    crack(ds, DS_FQDN_1779_NAME, DS_UNIQUE_ID_NAME, dn, DS_NAME_NO_ERROR, NULL);
    crack(ds, DS_UNKNOWN_NAME, DS_FQDN_1779_NAME, nt4, DS_NAME_NO_ERROR, dn);
    crack(ds, DS_SID_OR_SID_HISTORY_NAME, DS_CANONICAL_NAME, "S-1-5-32-544", DS_NAME_NO_ERROR,
          NULL);
    crack(ds, DS_NT4_ACCOUNT_NAME, DS_FQDN_1779_NAME, "ELSEWHERE\\svc", DS_NAME_ERROR_NOT_FOUND,
          NULL);
    crack(ds, DS_FQDN_1779_NAME, DS_USER_PRINCIPAL_NAME, env("DOMAIN_DN"), DS_NAME_ERROR_NO_MAPPING,
          NULL);
    crack(ds, DS_FQDN_1779_NAME, DS_SERVICE_PRINCIPAL_NAME, "CN=HOST1,CN=Computers,DC=one,DC=no",
          DS_NAME_ERROR_NOT_FOUND, NULL);
    assert_int_equal(
        DsCrackNamesW(ds, DS_NAME_NO_FLAGS, DS_UNKNOWN_NAME, DS_FQDN_1779_NAME, 2, wide, &r),
        ERROR_SUCCESS);
    assert_int_equal(r->rItems[1].status, DS_NAME_ERROR_NOT_FOUND);
    DsFreeNameResultW(r);
    DsUnBindW(&ds);
}

static void translates_what_needs_no_directory(void **state)
{
    LPCSTR names[] = { "CN=a\\,b/c,OU=d,DC=x,DC=y", "DC=x,DC=y", "x\\y" };
    DS_NAME_RESULTA *r = NULL;

    (void)state;
    assert_int_equal(DsCrackNamesA(NULL, DS_NAME_FLAG_SYNTACTICAL_ONLY, DS_FQDN_1779_NAME,
                                   DS_CANONICAL_NAME, 3, names, &r),
                     ERROR_SUCCESS);
    assert_string_equal(r->rItems[0].pName, "x.y/d/a,b\\/c");
    assert_string_equal(r->rItems[0].pDomain, "x.y");
    assert_string_equal(r->rItems[1].pName, "x.y/");
    assert_int_equal(r->rItems[2].status, DS_NAME_ERROR_NO_SYNTACTICAL_MAPPING);
    DsFreeNameResultA(r);
    assert_int_equal(
        DsCrackNamesA(NULL, DS_NAME_NO_FLAGS, DS_FQDN_1779_NAME, DS_CANONICAL_NAME, 3, names, &r),
        ERROR_INVALID_HANDLE);
}

static void tells_this_hosts_account(void **state)
{
    char name[300], expected[300];
    WCHAR wide[300];
    ULONG n = 0, m;
    LPSTR *spns = NULL;
    DWORD count = 0;

    (void)state;
    log_in(env("HOST_ACCOUNT"), env("HOST_KEYTAB"));
    setenv("COUNTERSIGN_HOSTNAME", env("HOST_NAME"), 1);
    snprintf(expected, sizeof expected, "CN=HOST1,CN=Computers,%s", env("DOMAIN_DN"));
    if (!GetComputerObjectNameA(NameFullyQualifiedDN, NULL, &n))
        fail_msg("%u: %s", GetLastError(), detail_get()->text);
    assert_int_equal(n, strlen(expected) + 1);
    m = n - 1;
    assert_false(GetComputerObjectNameA(NameFullyQualifiedDN, name, &m));
    assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    assert_int_equal(m, n);
    assert_true(GetComputerObjectNameA(NameFullyQualifiedDN, name, &m));
    assert_string_equal(name, expected);
    snprintf(expected, sizeof expected, "%s\\HOST1$", env("DOMAIN"));
    n = 300;
    assert_true(GetComputerObjectNameW(NameSamCompatible, wide, &n));
    assert_int_equal(n, strlen(expected) + 1);
    assert_false(GetComputerObjectNameA(NameUnknown, name, &n));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsGetSpnA(DS_SPN_DN_HOST, "db", NULL, 0, 0, NULL, NULL, &count, &spns),
                     ERROR_SUCCESS);
    snprintf(expected, sizeof expected, "db/CN=HOST1,CN=Computers,%s", env("DOMAIN_DN"));
    assert_string_equal(spns[0], expected);
    DsFreeSpnArrayA(count, spns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(translates_between_all_forms),
        cmocka_unit_test(translates_what_needs_no_directory),
        cmocka_unit_test(tells_this_hosts_account),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
