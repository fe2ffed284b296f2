/* SPDX-License-Identifier: Apache-2.0
 * test_scp.c - service connection points, trust and connections, against a real domain controller.
 */
#include <countersign/ntdsapi.h>
#include <countersign/scp.h>
#include <countersign/security.h>

#include "base/detail.h"
#include "lib/acceptor.h"
#include "lib/unit.h"

#define KEYWORD "5c1f0b52-6a0e-4d1b-9a53-7d6f0f3c9a10"

static const char *env(const char *name)
{
    const char *value = getenv(name);

    if (!value)
        fail_msg("%s is not set: this test runs inside a domain", name);
    return value;
}

static HANDLE bind_as(const char *user, const char *password)
{
    CS_DIRECTORY_OPTIONS o = { .size = sizeof o,
                               .domain = env("REALM"),
                               .user = user,
                               .user_domain = env("REALM"),
                               .password = password };
    HANDLE ds = NULL;

    if (CsBindDirectory(&o, &ds))
        fail_msg("binding as %s: %s", user, detail_get()->text);
    return ds;
}

static HANDLE as_admin(void)
{
    return bind_as(env("ADMIN"), env("ADMIN_PASSWORD"));
}

static HANDLE as_host(void)
{
    return bind_as(env("HOST_ACCOUNT"), env("HOST_PASSWORD"));
}

static void expect(DWORD code, DWORD want, const char *what)
{
    if (code != want)
        fail_msg("%s: %u, expected %u: %s", what, code, want, detail_get()->text);
}

static const char *const keywords[] = { KEYWORD, "Countersign", "Test (all*)" };

static CS_SERVICE a_service(const char *name, const char *class)
{
    CS_SERVICE s = { .size = sizeof s,
                     .name = name,
                     .service_class = class,
                     .port = 5001,
                     .keywords = keywords,
                     .keyword_count = 3 };

    return s;
}

/* ldapsearch, with its own eyes. */
static bool ldapsearch_sees(const char *dn, const char *line)
{
    char command[2000];

    snprintf(command, sizeof command,
             "LDAPTLS_REQCERT=never ldapsearch -LLL -o ldif-wrap=no -x -H 'ldaps://%s' "
             "-D 'Administrator@%s' -w '%s' -b '%s' -s base 2>&1 | grep -qxF '%s'",
             env("DC_ADDRESS"), env("REALM"), env("ADMIN_PASSWORD"), dn, line);
    return system(command) == 0;
}

static void a_host_publishes_reads_updates_and_withdraws(void **state)
{
    CS_SERVICE service = a_service("Scp Test, one", "scpa");
    HANDLE ds = as_host();
    CS_SERVICE_POINT *p = NULL, *again = NULL;
    const char *const ports[] = { "5002" };
    BOOL changed = FALSE;
    char line[400];

    (void)state;
    expect(CsPublishService(ds, &service, &p), ERROR_SUCCESS, "publish");
    assert_string_equal(p->service_class, "scpa");
    assert_string_equal(p->dns_name, env("HOST_NAME"));
    assert_string_equal(p->dns_name_type, "A");
    assert_int_equal(p->keyword_count, 3);
    assert_int_equal(p->binding_count, 1);
    assert_string_equal(p->bindings[0], "5001");
    assert_non_null(p->owner);
    assert_true(ldapsearch_sees(p->dn, "serviceClassName: scpa"));
    assert_true(ldapsearch_sees(p->dn, "keywords: Test (all*)"));
    assert_true(ldapsearch_sees(p->dn, "objectClass: serviceConnectionPoint"));
    snprintf(line, sizeof line, "serviceDNSName: %s", env("HOST_NAME"));
    assert_true(ldapsearch_sees(p->dn, line));
    snprintf(line, sizeof line, "CN=HOST1,CN=Computers,%s", env("DOMAIN_DN"));
    assert_true(ldapsearch_sees(line, "servicePrincipalName: scpa/HOST1"));
    /* by its GUID, which stays when the object moves */
    expect(CsReadServicePoint(ds, p->guid, &again), ERROR_SUCCESS, "read");
    assert_string_equal(again->dn, p->dn);
    CsFreeServicePoint(again);
    expect(CsUpdateServicePoint(ds, p->guid, NULL, ports, 1, &changed), ERROR_SUCCESS, "update");
    assert_true(changed);
    assert_true(ldapsearch_sees(p->dn, "serviceBindingInformation: 5002"));
    expect(CsUpdateServicePoint(ds, p->guid, NULL, ports, 1, &changed), ERROR_SUCCESS, "update");
    assert_false(changed);
    /* publishing again takes over what is there */
    expect(CsPublishService(ds, &service, NULL), ERROR_SUCCESS, "publish again");
    expect(CsCreateServicePoint(ds, &service, NULL), ERROR_ALREADY_EXISTS, "create");
    expect(CsWithdrawService(ds, &service), ERROR_SUCCESS, "withdraw");
    expect(CsWithdrawService(ds, &service), ERROR_SUCCESS, "withdraw again");
    expect(CsReadServicePoint(ds, p->dn, &again), ERROR_DS_NO_SUCH_OBJECT, "read");
    assert_false(ldapsearch_sees(line, "servicePrincipalName: scpa/HOST1"));
    CsFreeServicePoint(p);
    DsUnBindA(&ds);
}

/* The host may take its names, but not an administrator's object: then they come back. */
static void what_cannot_be_withdrawn_whole_stays_whole(void **state)
{
    CS_SERVICE service = a_service("Scp Whole", "scpw");
    HANDLE admin = as_admin(), host = as_host();
    CS_SERVICE_POINT *p = NULL;
    char container[300], account[300];

    (void)state;
    snprintf(container, sizeof container, "CN=Users,%s", env("DOMAIN_DN"));
    snprintf(account, sizeof account, "CN=HOST1,CN=Computers,%s", env("DOMAIN_DN"));
    service.container = container;
    service.account = account;
    service.dns_name = env("HOST_NAME");
    expect(CsPublishService(admin, &service, &p), ERROR_SUCCESS, "publish");
    expect(CsWithdrawService(host, &service), ERROR_ACCESS_DENIED, "withdraw as the host");
    assert_true(ldapsearch_sees(p->dn, "serviceClassName: scpw"));
    assert_true(ldapsearch_sees(account, "servicePrincipalName: scpw/HOST1"));
    expect(CsWithdrawService(admin, &service), ERROR_SUCCESS, "withdraw");
    assert_false(ldapsearch_sees(p->dn, "serviceClassName: scpw"));
    assert_false(ldapsearch_sees(account, "servicePrincipalName: scpw/HOST1"));
    CsFreeServicePoint(p);
    DsUnBindA(&admin);
    DsUnBindA(&host);
}

/* Nobody would connect to it. */
static void a_host_whose_name_is_none_is_not_published(void **state)
{
    static const char *const none[] = {
        "-x.example.com", "a..example.com",
        "a234567890123456789012345678901234567890123456789012345678901234.example.com"
    };
    CS_SERVICE service = a_service("Scp Host", "scph");
    HANDLE host = as_host();
    CS_SERVICE_POINT *p = NULL, *q = NULL;
    BOOL changed = TRUE;
    size_t i;

    (void)state;
    expect(CsPublishService(host, &service, &p), ERROR_SUCCESS, "publish");
    for (i = 0; i < sizeof none / sizeof *none; i++)
        expect(CsUpdateServicePoint(host, p->dn, none[i], NULL, 0, &changed),
               ERROR_INVALID_PARAMETER, none[i]);
    expect(CsWithdrawService(host, &service), ERROR_SUCCESS, "withdraw");
    for (i = 0; i < sizeof none / sizeof *none; i++) {
        service.dns_name = none[i];
        expect(CsPublishService(host, &service, NULL), ERROR_INVALID_PARAMETER, none[i]);
        expect(CsCreateServicePoint(host, &service, NULL), ERROR_INVALID_PARAMETER, none[i]);
        expect(CsReadServicePoint(host, p->dn, &q), ERROR_DS_NO_SUCH_OBJECT, none[i]);
    }
    CsFreeServicePoint(p);
    DsUnBindA(&host);
}

/* The two access-control entries: the service's account may keep host and port true, no more. */
static void a_service_account_is_granted_what_it_needs(void **state)
{
    CS_SERVICE service = a_service("Granted", "scpb");
    HANDLE admin = as_admin(), svc = bind_as(env("SERVICE_ACCOUNT"), env("SERVICE_PASSWORD"));
    HANDLE other = bind_as(env("OTHER"), env("OTHER_PASSWORD"));
    CS_SERVICE_POINT *p = NULL;
    const char *const ports[] = { "6001" };
    char container[300];
    BOOL changed = FALSE;

    (void)state;
    snprintf(container, sizeof container, "CN=System,%s", env("DOMAIN_DN"));
    service.container = container;
    service.account = env("SERVICE_ACCOUNT");
    service.replicable = 1;
    expect(CsPublishService(admin, &service, &p), ERROR_SUCCESS, "publish");
    expect(CsUpdateServicePoint(svc, p->guid, NULL, ports, 1, &changed), ERROR_SUCCESS, "update");
    assert_true(changed);
    expect(CsUpdateServicePoint(other, p->guid, "evil.example", ports, 1, &changed),
           ERROR_ACCESS_DENIED, "update as another");
    expect(CsRemoveServicePoint(svc, p->guid), ERROR_ACCESS_DENIED, "remove");
    expect(CsPublishService(other, &service, NULL), ERROR_ACCESS_DENIED, "publish as another");
    expect(CsWithdrawService(admin, &service), ERROR_SUCCESS, "withdraw");
    CsFreeServicePoint(p);
    DsUnBindA(&admin);
    DsUnBindA(&svc);
    DsUnBindA(&other);
}

static void what_fails_half_way_is_undone(void **state)
{
    CS_SERVICE service = a_service("Half", "test"); /* its SPN is the service account's */
    HANDLE ds = as_host();
    CS_SERVICE_POINT **points = NULL;
    DWORD n = 9;

    (void)state;
    expect(CsPublishService(ds, &service, NULL), ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST,
           "publish");
    expect(CsFindServicePoints(ds, KEYWORD, &points, &n), ERROR_SUCCESS, "find");
    assert_int_equal(n, 0);
    CsFreeServicePoints(points, n);
    DsUnBindA(&ds);
}

static DWORD hits(HANDLE ds, const char *keyword)
{
    CS_SERVICE_POINT **points = NULL;
    DWORD n = 0;

    expect(CsFindServicePoints(ds, keyword, &points, &n), ERROR_SUCCESS, "find");
    CsFreeServicePoints(points, n);
    return n;
}

static void publishing_again_says_what_is_new(void **state)
{
    static const char *const newer[] = { "newer (keyword)" };
    CS_SERVICE service = a_service("Again", "scpf");
    HANDLE ds = as_host();
    CS_SERVICE_POINT *p = NULL;

    (void)state;
    expect(CsPublishService(ds, &service, NULL), ERROR_SUCCESS, "publish");
    assert_int_equal(hits(ds, KEYWORD), 1);
    service.keywords = newer;
    service.keyword_count = 1;
    service.port = 5005;
    expect(CsPublishService(ds, &service, &p), ERROR_SUCCESS, "publish again");
    assert_string_equal(p->bindings[0], "5005");
    assert_int_equal(hits(ds, KEYWORD), 0);
    assert_int_equal(hits(ds, newer[0]), 1);
    CsFreeServicePoint(p);
    expect(CsWithdrawService(ds, &service), ERROR_SUCCESS, "withdraw");
    DsUnBindA(&ds);
}

static void an_object_of_another_service_is_left_alone(void **state)
{
    CS_SERVICE service = a_service("Taken", "scpf"), other = a_service("Taken", "scpg");
    HANDLE ds = as_host();
    CS_SERVICE_POINT *p = NULL;
    char **holders = NULL, spn[300];
    DWORD n = 9;

    (void)state;
    other.port = 5006;
    expect(CsPublishService(ds, &service, NULL), ERROR_SUCCESS, "publish");
    expect(CsPublishService(ds, &other, &p), ERROR_ALREADY_EXISTS, "publish another");
    assert_non_null(strstr(detail_get()->text, "scpf"));
    snprintf(spn, sizeof spn, "CN=Taken,CN=HOST1,CN=Computers,%s", env("DOMAIN_DN"));
    expect(CsReadServicePoint(ds, spn, &p), ERROR_SUCCESS, "read");
    assert_string_equal(p->service_class, "scpf");
    assert_string_equal(p->bindings[0], "5001");
    CsFreeServicePoint(p);
    expect(CsFindSpnAccounts(ds, "scpg/HOST1", &holders, &n), ERROR_SUCCESS, "find SPN");
    assert_int_equal(n, 0);
    DsFreeSpnArrayA(n, holders);
    expect(CsWithdrawService(ds, &service), ERROR_SUCCESS, "withdraw");
    DsUnBindA(&ds);
}

/* Its SPN is the service account's, so that publishing fails after the object was changed. */
static void what_was_there_before_a_failure_is_there_after_it(void **state)
{
    CS_SERVICE service = a_service("Before", "test");
    HANDLE ds = as_host();
    CS_SERVICE_POINT *p = NULL, *after = NULL;

    (void)state;
    expect(CsCreateServicePoint(ds, &service, &p), ERROR_SUCCESS, "create");
    service.port = 5007;
    service.keyword_count = 1;
    expect(CsPublishService(ds, &service, NULL), ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST,
           "publish");
    expect(CsReadServicePoint(ds, p->guid, &after), ERROR_SUCCESS, "read");
    assert_string_equal(after->bindings[0], "5001");
    assert_int_equal(after->keyword_count, 3);
    expect(CsRemoveServicePoint(ds, p->guid), ERROR_SUCCESS, "remove");
    CsFreeServicePoint(p);
    CsFreeServicePoint(after);
    DsUnBindA(&ds);
}

/* "name@another.domain" is not our account of that name. */
static void an_account_of_another_domain_is_not_ours(void **state)
{
    CS_SERVICE service = a_service("Foreign", "scph");
    HANDLE ds = as_host();
    CS_SERVICE_POINT **points = NULL;
    char name[300];
    CS_TRUST trust = { .account = name };
    DWORD n = 0;

    (void)state;
    expect(CsPublishService(ds, &service, NULL), ERROR_SUCCESS, "publish");
    snprintf(name, sizeof name, "%s@%s", env("HOST_ACCOUNT"), env("REALM"));
    expect(CsFindService(ds, KEYWORD, "scph", &trust, &points, &n), ERROR_SUCCESS, "ours");
    CsFreeServicePoints(points, n);
    snprintf(name, sizeof name, "%s@elsewhere.example", env("HOST_ACCOUNT"));
    expect(CsFindService(ds, KEYWORD, "scph", &trust, &points, &n), ERROR_DS_NO_SUCH_OBJECT,
           "another domain's");
    expect(CsWithdrawService(ds, &service), ERROR_SUCCESS, "withdraw");
    DsUnBindA(&ds);
}

static void trust_decides_between_hits(void **state)
{
    CS_SERVICE real = a_service("Real", "scpc"), planted = a_service("Planted", "scpc");
    HANDLE host = as_host(), admin = as_admin();
    HANDLE client = bind_as(env("PERSON"), env("PERSON_PASSWORD"));
    CS_SERVICE_POINT **points = NULL;
    CS_TRUST trust = { 0 };
    char container[300], evil[300];
    DWORD n = 0;

    (void)state;
    expect(CsFindService(client, KEYWORD, "scpc", NULL, &points, &n), ERROR_NOT_FOUND, "none");
    expect(CsPublishService(host, &real, NULL), ERROR_SUCCESS, "publish");
    expect(CsFindService(client, KEYWORD, "scpc", NULL, &points, &n), ERROR_SUCCESS, "one");
    assert_int_equal(n, 1);
    assert_non_null(strcasestr(points[0]->account, "CN=HOST1,"));
    assert_string_equal(points[0]->spn + 5, env("HOST_NAME"));
    CsFreeServicePoints(points, n);
    expect(CsFindService(client, KEYWORD, "other", NULL, &points, &n), ERROR_TRUST_FAILURE,
           "another class");
    /* the same keyword under another account */
    snprintf(container, sizeof container, "CN=%s,CN=Users,%s", env("SERVICE_ACCOUNT"),
             env("DOMAIN_DN"));
    snprintf(evil, sizeof evil, "evil.%s", strchr(env("HOST_NAME"), '.') + 1);
    snprintf(container, sizeof container, "CN=System,%s", env("DOMAIN_DN"));
    planted.container = container;
    planted.account = env("SERVICE_ACCOUNT");
    planted.dns_name = evil;
    expect(CsPublishService(admin, &planted, NULL), ERROR_SUCCESS, "plant");
    expect(CsFindService(client, KEYWORD, "scpc", NULL, &points, &n),
           ERROR_DS_NAME_ERROR_NOT_UNIQUE, "two accounts");
    assert_non_null(strstr(detail_get()->text, "Planted"));
    assert_non_null(strstr(detail_get()->text, "Real"));
    trust.account = env("HOST_ACCOUNT");
    expect(CsFindService(client, KEYWORD, "scpc", &trust, &points, &n), ERROR_SUCCESS, "account");
    assert_int_equal(n, 1);
    assert_non_null(strstr(points[0]->dn, "CN=Real,"));
    CsFreeServicePoints(points, n);
    trust = (CS_TRUST){ .container = container };
    expect(CsFindService(client, KEYWORD, "scpc", &trust, &points, &n), ERROR_SUCCESS, "container");
    assert_non_null(strstr(points[0]->dn, "CN=Planted,"));
    CsFreeServicePoints(points, n);
    trust = (CS_TRUST){ .group = "Domain Computers" };
    expect(CsFindService(client, KEYWORD, "scpc", &trust, &points, &n), ERROR_SUCCESS, "group");
    assert_int_equal(n, 1);
    assert_non_null(strstr(points[0]->dn, "CN=Real,"));
    CsFreeServicePoints(points, n);
    trust = (CS_TRUST){ .owner = "Domain Admins" };
    expect(CsFindService(client, KEYWORD, "scpc", &trust, &points, &n), ERROR_SUCCESS, "owner");
    assert_int_equal(n, 1);
    assert_non_null(strstr(points[0]->dn, "CN=Planted,"));
    CsFreeServicePoints(points, n);
    trust = (CS_TRUST){ .account = env("OTHER") };
    expect(CsFindService(client, KEYWORD, "scpc", &trust, &points, &n), ERROR_TRUST_FAILURE,
           "nobody");
    trust = (CS_TRUST){ 0 };
    expect(CsFindService(client, KEYWORD, "scpc", &trust, &points, &n), ERROR_INVALID_PARAMETER,
           "an empty policy");
    expect(CsWithdrawService(admin, &planted), ERROR_SUCCESS, "withdraw");
    expect(CsWithdrawService(host, &real), ERROR_SUCCESS, "withdraw");
    DsUnBindA(&host);
    DsUnBindA(&admin);
    DsUnBindA(&client);
}

static CredHandle credential_of(const char *user, const char *password)
{
    SEC_WINNT_AUTH_IDENTITY_A id = { .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI };
    CredHandle cred;

    id.User = (UCHAR *)(uintptr_t)user;
    id.UserLength = (ULONG)strlen(user);
    id.Domain = (UCHAR *)(uintptr_t)env("REALM");
    id.DomainLength = (ULONG)strlen(env("REALM"));
    id.Password = (UCHAR *)(uintptr_t)password;
    id.PasswordLength = (ULONG)strlen(password);
    assert_int_equal(AcquireCredentialsHandleA(NULL, "Negotiate", SECPKG_CRED_OUTBOUND, NULL, &id,
                                               NULL, NULL, &cred, NULL),
                     SEC_E_OK);
    return cred;
}

static DWORD connects(const char *keytab, const char *class, const CS_TRUST *trust, DWORD *retries)
{
    CS_SERVICE service = a_service("Connect", class);
    struct acceptor a = { .keytab = keytab };
    CredHandle cred = credential_of(env("PERSON"), env("PERSON_PASSWORD"));
    CS_CONNECT_OPTIONS o = { .size = sizeof o,
                             .keyword = KEYWORD,
                             .service_class = class,
                             .trust = trust,
                             .credential = &cred,
                             .timeout_ms = 600000,
                             .address = "127.0.0.1" };
    HANDLE host = as_host(), client = bind_as(env("PERSON"), env("PERSON_PASSWORD"));
    CS_CONNECTION *c = NULL;
    DWORD code;
    char text[600];

    (void)retries;
    acceptor_listen(&a);
    service.port = a.port;
    expect(CsPublishService(host, &service, NULL), ERROR_SUCCESS, "publish");
    code = CsConnectService(client, &o, &c);
    snprintf(text, sizeof text, "%s", detail_get()->text);
    if (!code) {
        SecPkgContext_NativeNamesA names = { 0 };

        assert_int_equal(QueryContextAttributesA(&c->context, SECPKG_ATTR_NATIVE_NAMES, &names),
                         SEC_E_OK);
        assert_non_null(strstr(names.sServerName, env("HOST_NAME")));
        FreeContextBuffer(names.sServerName);
        FreeContextBuffer(names.sClientName);
        assert_non_null(strstr(c->service->account, "HOST1"));
    } else {
        print_message("refused as it should be: %s\n", text);
    }
    acceptor_end(&a);
    CsCloseConnection(c);
    FreeCredentialsHandle(&cred);
    expect(CsWithdrawService(host, &service), ERROR_SUCCESS, "withdraw");
    DsUnBindA(&host);
    DsUnBindA(&client);
    return code;
}

static void a_keyword_leads_to_an_authenticated_connection(void **state)
{
    CS_TRUST trust = { .account = env("HOST_ACCOUNT") };

    (void)state;
    expect(connects(env("HOST_KEYTAB"), "scpd", &trust, NULL), ERROR_SUCCESS, "connect");
    expect(connects(env("HOST_KEYTAB"), "scpd", NULL, NULL), ERROR_SUCCESS, "connect, no policy");
}

/* At the published address sits a service with another account's key. */
static void a_service_under_another_account_is_found_out(void **state)
{
    CS_TRUST trust = { .account = env("HOST_ACCOUNT") };

    (void)state;
    assert_int_not_equal(connects(env("SERVICE_KEYTAB"), "scpe", &trust, NULL), ERROR_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_publishes_reads_updates_and_withdraws),
        cmocka_unit_test(what_cannot_be_withdrawn_whole_stays_whole),
        cmocka_unit_test(a_host_whose_name_is_none_is_not_published),
        cmocka_unit_test(a_service_account_is_granted_what_it_needs),
        cmocka_unit_test(what_fails_half_way_is_undone),
        cmocka_unit_test(publishing_again_says_what_is_new),
        cmocka_unit_test(an_object_of_another_service_is_left_alone),
        cmocka_unit_test(what_was_there_before_a_failure_is_there_after_it),
        cmocka_unit_test(an_account_of_another_domain_is_not_ours),
        cmocka_unit_test(trust_decides_between_hits),
        cmocka_unit_test(a_keyword_leads_to_an_authenticated_connection),
        cmocka_unit_test(a_service_under_another_account_is_found_out),
    };

    setenv("COUNTERSIGN_HOSTNAME", env("HOST_NAME"), 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
