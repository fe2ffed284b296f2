/* SPDX-License-Identifier: Apache-2.0
 * test_s4u.c - a service that acts for clients: S4U2self and S4U2proxy, asked of a real domain
 * controller with accounts of the test's own (s4u_accounts.py).
 */
#include "base/alloc.h"
#include "countersign/securitybaseapi.h"
#include "countersign/windows.h"
#include "lib/pair.h"
#include "lib/unit.h"

#define PASSWORD "Only-4-these-tests"
#define FULL (ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY)

static void accounts(const char *verb)
{
    char *command = mem_printf(
        "/usr/bin/python3 $COUNTERSIGN_SOURCE/tests/domain/s4u_accounts.py %s " PASSWORD, verb);

    if (system(command) != 0)
        fail_msg("%s", command);
    mem_free(command);
}

static int populate(void **state)
{
    (void)state;
    accounts("create");
    return 0;
}

static int depopulate(void **state)
{
    (void)state;
    accounts("delete");
    return 0;
}

/* ---- who is who ---- */

static CredHandle keys_of(const char *package, const char *account, ULONG use)
{
    CS_CREDENTIAL_OPTIONS o = pair_options(package, use);
    char *keytab = mem_printf("FILE:%s/%s.keytab", getenv("DOMAIN_DIR"), account);
    CredHandle c;

    o.keytab = keytab;
    pair_ok(CsAcquireCredentials(&o, &c, NULL));
    mem_free(keytab);
    return c;
}

static CredHandle user(const char *name)
{
    CS_CREDENTIAL_OPTIONS o = pair_options("Kerberos", SECPKG_CRED_OUTBOUND);
    CredHandle c;

    o.user = name;
    o.password = PASSWORD;
    pair_ok(CsAcquireCredentials(&o, &c, NULL));
    return c;
}

static char *qualified(const char *name)
{
    return mem_printf("%s@%s", name, getenv("REALM"));
}

static void named(HANDLE token, const char *name)
{
    char *want = qualified(name);
    char *is = NULL;

    pair_ok(CsTokenGetName(token, &is));
    assert_string_equal(is, want);
    FreeContextBuffer(is);
    mem_free(want);
}

/* S-1-18-1 and S-1-18-2 say who asserts an identity: the client's password, or a service. */
static bool asserts(const char *sid)
{
    return strncmp(sid, "S-1-18-", 7) == 0;
}

static bool has_sids(HANDLE token, HANDLE wanted)
{
    char **has = NULL, **want = NULL;
    ULONG n = 0, m = 0, i, k, missing = 0;

    pair_ok(CsTokenGetSids(token, &n, &has));
    pair_ok(CsTokenGetSids(wanted, &m, &want));
    assert_true(n > 2 && m > 2);
    assert_string_equal(has[0], want[0]);
    for (i = 0; i < m; i++) {
        for (k = 0; k < n && strcmp(want[i], has[k]) != 0; k++) {
        }
        if (k == n && !asserts(want[i])) {
            print_message("%s\n", want[i]);
            missing++;
        }
    }
    FreeContextBuffer(has);
    FreeContextBuffer(want);
    return missing == 0;
}

/* Talks to the service called target, whose keys account has; takes the client's handle. */
static void talk(struct pair *p, CredHandle client, const char *account, const char *target)
{
    memset(p, 0, sizeof *p);
    p->client.cred = client;
    p->client.has_cred = p->client.initiator = true;
    p->client.target = target;
    p->client.flags = FULL;
    p->server.cred = keys_of("Negotiate", account, SECPKG_CRED_INBOUND);
    p->server.has_cred = true;
    (void)pair_talk(p);
}

static void reached(struct pair *p)
{
    if (!p->client.done || !p->server.done)
        pair_ok(p->server_status ? p->server_status : p->client_status);
    assert_true(p->client.done && p->server.done);
}

static HANDLE seen_as(struct pair *p, const char *name)
{
    void *token = NULL;

    reached(p);
    pair_ok(QuerySecurityContextToken(&p->server.ctx, &token));
    named(token, name);
    return token;
}

static void said(const char *part)
{
    CS_ERROR_DETAIL d = { .size = sizeof d };

    CsGetErrorDetail(&d);
    if (!strstr(d.text, part) && !strstr(d.remedy, part))
        fail_msg("\"%s\" is not in: %s (%s)", part, d.text, d.remedy);
}

/* ---- S4U2self ---- */

static void a_client_is_known_without_the_client(void **state)
{
    CredHandle front = keys_of("Negotiate", "s4u-front", SECPKG_CRED_INBOUND);
    SECURITY_IMPERSONATION_LEVEL level;
    HANDLE token = NULL, real = NULL;
    TimeStamp expiry = { 0 };
    struct pair p;
    DWORD n = 0;

    (void)state;
    pair_ok(CsLogonClient(&front, "s4u-user", 0, &token, NULL, &expiry));
    talk(&p, user("s4u-user"), "s4u-back", "s4u/back");
    real = seen_as(&p, "s4u-user");
    named(token, "s4u-user");
    assert_true(has_sids(token, real) && has_sids(real, token));
    assert_true(expiry.QuadPart > 0);
    assert_true(GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof level, &n));
    assert_int_equal(level, SecurityImpersonation);
    CloseHandle(real);
    CloseHandle(token);
    pair_end(&p);
    FreeCredentialsHandle(&front);
}

static void a_client_may_be_named_in_each_way(void **state)
{
    char *upn = qualified("s4u-user");
    char *down_level = mem_printf("%s\\s4u-user", getenv("DOMAIN"));
    const char *const each[] = { upn, down_level, "s4u-user" };
    CredHandle front = keys_of("Kerberos", "s4u-front", SECPKG_CRED_INBOUND);
    HANDLE token = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof each / sizeof each[0]; i++) {
        pair_ok(CsLogonClient(&front, each[i], 0, &token, NULL, NULL));
        named(token, "s4u-user");
        CloseHandle(token);
    }
    FreeCredentialsHandle(&front);
    mem_free(upn);
    mem_free(down_level);
}

static void who_may_not_log_on_is_not_logged_on(void **state)
{
    CredHandle front = keys_of("Kerberos", "s4u-front", SECPKG_CRED_INBOUND);
    HANDLE token = NULL;

    (void)state;
    pair_expect(CsLogonClient(&front, "s4u-gone", 0, &token, NULL, NULL), SEC_E_LOGON_DENIED);
    pair_expect(CsLogonClient(&front, "s4u-nobody", 0, &token, NULL, NULL), SEC_E_LOGON_DENIED);
    said("s4u-nobody");
    pair_expect(CsLogonClient(&front, "", 0, &token, NULL, NULL), SEC_E_INVALID_PARAMETER);
    FreeCredentialsHandle(&front);
}

/* ---- S4U2proxy ---- */

static CredHandle logged_on(const char *service, const char *name, const char *package)
{
    CredHandle front = keys_of(package, service, SECPKG_CRED_INBOUND);
    CredHandle made;

    pair_ok(CsLogonClient(&front, name, 0, NULL, &made, NULL));
    FreeCredentialsHandle(&front); /* what was made needs it no longer */
    return made;
}

/* NULL: it came itself. */
static void comes_through(HANDLE token, const char *service)
{
    char *want = qualified(service ? service : "");
    char **services = NULL;
    ULONG count = 99;

    pair_ok(CsTokenGetServices(token, &count, &services));
    assert_int_equal(count, service ? 1 : 0);
    if (service)
        assert_string_equal(services[0], want);
    FreeContextBuffer(services);
    mem_free(want);
}

static void a_service_acts_for_whom_it_logged_on(void **state)
{
    static const char *const packages[] = { "Kerberos", "Negotiate" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof packages / sizeof packages[0]; i++) {
        struct pair real, p;
        HANDLE wanted = NULL, token = NULL;

        talk(&real, user("s4u-user"), "s4u-back", "s4u/back");
        wanted = seen_as(&real, "s4u-user");
        talk(&p, logged_on("s4u-front", "s4u-user", packages[i]), "s4u-back", "s4u/back");
        token = seen_as(&p, "s4u-user");
        assert_true(has_sids(token, wanted));
        comes_through(token, "s4u-front");
        comes_through(wanted, NULL);
        CloseHandle(token);
        CloseHandle(wanted);
        pair_end(&p);
        pair_end(&real);
    }
}

static void where_nobody_allowed_it_a_service_is_refused(void **state)
{
    static const struct {
        const char *service, *client, *target, *says;
    } each[] = {
        { "s4u-front", "s4u-user", "s4u/other", "msDS-AllowedToDelegateTo of s4u-front" },
        { "s4u-plain", "s4u-user", "s4u/back", "TRUSTED_TO_AUTH_FOR_DELEGATION" },
        { "s4u-front", "s4u-safe", "s4u/back", "forwardable" },
        { "s4u-front", "s4u-kept", "s4u/back", "Protected Users" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof each / sizeof each[0]; i++) {
        struct pair p;

        talk(&p, logged_on(each[i].service, each[i].client, "Kerberos"), "s4u-back",
             each[i].target);
        pair_expect(p.client_status, SEC_E_DELEGATION_POLICY);
        said(each[i].says);
        assert_false(p.server.done);
        pair_end(&p);
    }
}

/* A client that delegated nothing came to service; the thread is that client from here on. */
static void impersonate(struct pair *p, const char *client, const char *service, const char *target,
                        ULONG flags)
{
    memset(p, 0, sizeof *p);
    p->client.cred = user(client);
    p->client.has_cred = p->client.initiator = true;
    p->client.target = target;
    p->client.flags = FULL | flags;
    p->server.cred = keys_of("Kerberos", service, SECPKG_CRED_INBOUND);
    p->server.has_cred = true;
    (void)pair_talk(p);
    reached(p);
    assert_false(p->server.got & ASC_RET_DELEGATE);
    pair_ok(ImpersonateSecurityContext(&p->server.ctx));
}

static CredHandle of_this_thread(void)
{
    CS_CREDENTIAL_OPTIONS o = pair_options("Negotiate", SECPKG_CRED_OUTBOUND);
    CredHandle c;

    pair_ok(CsAcquireCredentials(&o, &c, NULL));
    return c;
}

static void an_impersonated_client_goes_on(void **state)
{
    static const char *const each[][2] = { { "s4u-front", "s4u/front" },
                                           { "s4u-plain", "s4u/plain" } };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof each / sizeof each[0]; i++) {
        struct pair first, second;
        CredHandle onward;

        impersonate(&first, "s4u-user", each[i][0], each[i][1], 0);
        onward = of_this_thread();
        pair_ok(RevertSecurityContext(&first.server.ctx));
        pair_end(&first); /* the credentials outlive it */
        talk(&second, onward, "s4u-back", "s4u/back");
        CloseHandle(seen_as(&second, "s4u-user"));
        pair_end(&second);
    }
}

static void an_impersonated_client_goes_no_further_than_allowed(void **state)
{
    struct pair first, second;
    CredHandle onward;

    (void)state;
    impersonate(&first, "s4u-user", "s4u-plain", "s4u/plain", 0);
    onward = of_this_thread();
    pair_ok(RevertSecurityContext(&first.server.ctx));
    talk(&second, onward, "s4u-back", "s4u/other");
    pair_expect(second.client_status, SEC_E_DELEGATION_POLICY);
    said("msDS-AllowedToDelegateTo of s4u-plain");
    pair_end(&second);
    pair_end(&first);
}

static void who_is_sensitive_is_not_acted_for(void **state)
{
    static const char *const each[] = { "s4u-safe", "s4u-kept" };
    struct pair first, second;
    CredHandle onward;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof each / sizeof each[0]; i++) {
        impersonate(&first, each[i], "s4u-plain", "s4u/plain", 0);
        onward = of_this_thread();
        pair_ok(RevertSecurityContext(&first.server.ctx));
        talk(&second, onward, "s4u-back", "s4u/back");
        pair_expect(second.client_status, SEC_E_DELEGATION_POLICY);
        said("not forwardable");
        pair_end(&second);
        pair_end(&first);
    }
}

static void who_lets_itself_be_identified_is_not_acted_for(void **state)
{
    CredHandle front = keys_of("Kerberos", "s4u-front", SECPKG_CRED_INBOUND);
    struct pair p;

    (void)state;
    memset(&p, 0, sizeof p);
    p.client.cred = user("s4u-user");
    p.client.has_cred = p.client.initiator = true;
    p.client.target = "s4u/front";
    p.client.flags = FULL | ISC_REQ_IDENTIFY;
    p.server.cred = front;
    p.server.has_cred = true;
    (void)pair_talk(&p);
    reached(&p);
    pair_expect(ImpersonateSecurityContext(&p.server.ctx), SEC_E_NO_IMPERSONATION);
    pair_end(&p);
}

/* ---- an answer that is told again ---- */

static void set_disabled(const char *name, bool disabled)
{
    char *command = mem_printf("KRB5_CONFIG=$DOMAIN_DIR/krb5.conf samba-tool user %s %s "
                               "-H $DOMAIN_DIR/private/sam.ldb >/dev/null",
                               disabled ? "disable" : "enable", name);

    if (system(command) != 0)
        fail_msg("%s", command);
    mem_free(command);
}

static void an_answer_is_as_old_as_the_caller_lets_it_be(void **state)
{
    CredHandle front = keys_of("Kerberos", "s4u-front", SECPKG_CRED_INBOUND);
    HANDLE token = NULL;

    (void)state;
    pair_ok(CsLogonClient(&front, "s4u-friend", 600, NULL, NULL, NULL));
    set_disabled("s4u-friend", true);
    pair_ok(CsLogonClient(&front, "s4u-friend", 600, &token, NULL, NULL));
    named(token, "s4u-friend");
    CloseHandle(token);
    pair_expect(CsLogonClient(&front, "s4u-friend", 0, NULL, NULL, NULL), SEC_E_LOGON_DENIED);
    pair_expect(CsLogonClient(&front, "s4u-friend", 600, NULL, NULL, NULL), SEC_E_LOGON_DENIED);
    set_disabled("s4u-friend", false);
    FreeCredentialsHandle(&front);
}

/* ---- without memory ---- */

static enum err as_err(SECURITY_STATUS s)
{
    if (s == SEC_E_OK || s == SEC_I_CONTINUE_NEEDED)
        return ERR_OK;
    return s == SEC_E_INSUFFICIENT_MEMORY ? ERR_NO_MEMORY : ERR_INTERNAL;
}

static HANDLE whole; /* a token of s4u-user, to compare with */

/* S4U2self, asked of the KDC each time. */
static enum err log_on(void *arg)
{
    CredHandle *front = arg, made;
    HANDLE token = NULL;
    enum err e = as_err(CsLogonClient(front, "s4u-user", 0, &token, &made, NULL));

    if (e)
        return e;
    if (mem_fail_hit()) /* and there is enough again */
        assert_true(has_sids(token, whole));
    CloseHandle(token);
    FreeCredentialsHandle(&made);
    return ERR_OK;
}

/* S4U2proxy: each time with credentials that have no ticket to s4u/back yet. */
static enum err go_on(void *arg)
{
    CredHandle *front = arg;
    struct side client = { .initiator = true, .target = "s4u/back", .flags = FULL };
    struct buf out = { 0 };
    enum err e = as_err(CsLogonClient(front, "s4u-user", 600, NULL, &client.cred, NULL));

    if (e)
        return e;
    client.has_cred = true;
    e = as_err(side_step(&client, bytes_of(NULL, 0), &out));
    buf_free(&out);
    side_end(&client);
    return e;
}

/* Some of it can be done without. */
static void every_allocation_fails(enum err (*scenario)(void *arg), void *arg)
{
    enum { MOST = 2000, LEAST = 20 };
    unsigned told = 0;
    int n, hit = 1;

    for (n = 0; n < MOST && hit; n++) {
        enum err e;

        mem_fail_at(n);
        e = scenario(arg);
        hit = mem_fail_hit();
        mem_fail_at(-1);
        if (e && (!hit || e != ERR_NO_MEMORY))
            fail_msg("allocation %d failed and the scenario said \"%s\"", n, err_text(e));
        told += e == ERR_NO_MEMORY;
    }
    assert_false(hit);
    assert_true(told >= LEAST);
}

static void lack_of_memory_is_told(void **state)
{
    CredHandle front = keys_of("Kerberos", "s4u-front", SECPKG_CRED_INBOUND);

    (void)state;
    pair_ok(CsLogonClient(&front, "s4u-user", 0, &whole, NULL, NULL));
    every_allocation_fails(log_on, &front);
    every_allocation_fails(go_on, &front);
    CloseHandle(whole);
    FreeCredentialsHandle(&front);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_is_known_without_the_client),
        cmocka_unit_test(a_client_may_be_named_in_each_way),
        cmocka_unit_test(who_may_not_log_on_is_not_logged_on),
        cmocka_unit_test(a_service_acts_for_whom_it_logged_on),
        cmocka_unit_test(where_nobody_allowed_it_a_service_is_refused),
        cmocka_unit_test(an_impersonated_client_goes_on),
        cmocka_unit_test(an_impersonated_client_goes_no_further_than_allowed),
        cmocka_unit_test(who_is_sensitive_is_not_acted_for),
        cmocka_unit_test(who_lets_itself_be_identified_is_not_acted_for),
        cmocka_unit_test(an_answer_is_as_old_as_the_caller_lets_it_be),
        cmocka_unit_test(lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, populate, depopulate);
}
