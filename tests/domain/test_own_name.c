/* SPDX-License-Identifier: Apache-2.0
 * test_own_name.c - two services of one account share a key; credentials made for one of them do
 * not take what a client meant for the other.
 */
#include <countersign/ntdsapi.h>
#include <countersign/scp.h>

#include "lib/pair.h"
#include "lib/unit.h"

static char sibling[128]; /* another name of the service's account */

static HANDLE bind_as_admin(void)
{
    CS_DIRECTORY_OPTIONS o = { .size = sizeof o,
                               .domain = getenv("REALM"),
                               .user = getenv("ADMIN"),
                               .password = getenv("ADMIN_PASSWORD") };
    HANDLE ds = NULL;

    pair_ok((SECURITY_STATUS)CsBindDirectory(&o, &ds));
    return ds;
}

static void write_sibling(DS_SPN_WRITE_OP op)
{
    HANDLE ds = bind_as_admin();
    LPCSTR names[] = { sibling };
    CS_SPN_ACCOUNT *a = NULL;
    DWORD n = 0;

    pair_ok((SECURITY_STATUS)CsListSpnAccounts(ds, getenv("SERVICE_ACCOUNT"), &a, &n));
    pair_ok((SECURITY_STATUS)DsWriteAccountSpnA(ds, op, a[0].dn, 1, names));
    CsFreeSpnAccounts(a, n);
    assert_int_equal(DsUnBindA(&ds), ERROR_SUCCESS);
}

/* The person asks for target; the service's credentials are for principal, or for no name. */
static SECURITY_STATUS meet(const char *package, const char *target, const char *principal)
{
    CS_CREDENTIAL_OPTIONS c = pair_options(package, SECPKG_CRED_OUTBOUND);
    CS_CREDENTIAL_OPTIONS s = pair_options(package, SECPKG_CRED_INBOUND);
    struct pair p = { 0 };
    SECURITY_STATUS ss;

    c.user = getenv("PERSON");
    c.password = getenv("PERSON_PASSWORD");
    s.keytab = getenv("SERVICE_KEYTAB");
    s.principal = principal;
    p.client.target = target;
    p.client.flags = ISC_REQ_MUTUAL_AUTH;
    pair_acquire(&p.client, &c);
    pair_acquire(&p.server, &s);
    ss = pair_talk(&p) ? SEC_E_OK : p.server_status;
    pair_end(&p);
    return ss;
}

static void a_siblings_client_is_refused(void **state)
{
    static const char *const packages[] = { "Kerberos", "Negotiate" };
    const char *own = getenv("SERVICE_SPN");
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        assert_int_equal(meet(packages[i], own, own), SEC_E_OK);
        assert_int_equal(meet(packages[i], sibling, NULL), SEC_E_OK);
        assert_int_equal(meet(packages[i], sibling, own), SEC_E_WRONG_PRINCIPAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_siblings_client_is_refused),
    };
    int failed;

    snprintf(sibling, sizeof sibling, "sibling/%s", getenv("HOST_NAME"));
    write_sibling(DS_SPN_ADD_SPN_OP);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    write_sibling(DS_SPN_DELETE_SPN_OP);
    return failed;
}
