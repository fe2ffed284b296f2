/* SPDX-License-Identifier: Apache-2.0
 * test_accept_identity.c - a service accepts as itself, whomever its thread is: the record of what
 * it has seen is its own, and so is its keytab.
 */
#include <countersign/securitybaseapi.h>
#include <countersign/windows.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "lib/accounts.h"
#include "lib/pair.h"
#include "lib/unit.h"

/* Whom the thread of the service is made: it can read neither its keytab nor what it has seen. */
static void use_map(void)
{
    char *path = mem_printf("%s/map", accounts_folder());
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fprintf(f, "S-1-22-1-%d = %d:%d\n", ACCOUNT_ONE, ACCOUNT_ONE, ACCOUNT_ONE) > 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, 0600), 0);
    pair_ok(CsSetPolicyValue("impersonation-map", path));
    pair_ok(CsSetPolicy("impersonation-map", CS_POLICY_ENFORCE));
    mem_free(path);
}

static int set_up(void **state)
{
    (void)state;
    if (accounts_may())
        use_map();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    accounts_folder_remove();
    return 0;
}

static void be_another(void)
{
    if (!accounts_may())
        unit_skip(ACCOUNTS_NEED);
    pair_ok(CsImpersonateLocalUser(ACCOUNT_ONE, ACCOUNT_ONE, SecurityImpersonation));
    assert_int_equal(geteuid(), ACCOUNT_ONE);
}

static void be_itself(void)
{
    assert_int_equal(geteuid(), ACCOUNT_ONE); /* it was left as it was */
    assert_true(RevertToSelf());
}

/* ---- whose keys ---- */

/* A keytab that root alone may read, which came into its place after it was last looked at. */
static char *own_keytab(void)
{
    char *path = mem_printf("%s/keytab", accounts_folder());
    char *command = mem_printf("cp %s %s.new && chmod 600 %s.new && mv %s.new %s",
                               unit_env("SERVICE_KEYTAB"), path, path, path, path);

    assert_int_equal(system(command), 0);
    mem_free(command);
    return path;
}

static void the_keytab_is_the_services_to_read(void **state)
{
    CS_CREDENTIAL_OPTIONS o = pair_options("Kerberos", SECPKG_CRED_INBOUND);
    char *keytab = own_keytab();
    struct pair p;

    (void)state;
    pair_begin(&p, "Kerberos", ISC_REQ_MUTUAL_AUTH, 0);
    FreeCredentialsHandle(&p.server.cred);
    o.keytab = keytab;
    pair_acquire(&p.server, &o);
    mem_free(keytab);
    mem_free(own_keytab());
    be_another();
    if (!pair_talk(&p))
        pair_ok(p.server_status);
    be_itself();
    pair_end(&p);
}

/* ---- whose record ---- */

/* What a server of its own, with p's credentials, says of the token. */
static SECURITY_STATUS accept_again(const struct pair *p, struct bytes token)
{
    struct side again = { .cred = p->server.cred, .has_cred = true };
    struct buf answer = { 0 };
    SECURITY_STATUS s;

    s = side_step(&again, token, &answer);
    again.has_cred = false; /* they are p's to free */
    buf_free(&answer);
    side_end(&again);
    return s;
}

static void what_the_service_has_seen_it_has_seen(void **state)
{
    struct buf token = { 0 };
    struct pair p;

    (void)state;
    pair_begin(&p, "Kerberos", 0, 0);
    (void)side_step(&p.client, bytes_of(NULL, 0), &token);
    pair_ok(accept_again(&p, buf_view(token)));
    be_another();
    pair_expect(accept_again(&p, buf_view(token)), SEC_E_LOGON_DENIED);
    be_itself();
    buf_free(&token);
    pair_end(&p);
}

/* And the other way round: what it saw while its thread was another it knows as itself. */
static void what_it_sees_as_another_it_has_seen(void **state)
{
    struct buf token = { 0 };
    struct pair p;

    (void)state;
    pair_begin(&p, "Negotiate", 0, 0);
    (void)side_step(&p.client, bytes_of(NULL, 0), &token);
    be_another();
    pair_ok(accept_again(&p, buf_view(token)));
    be_itself();
    pair_expect(accept_again(&p, buf_view(token)), SEC_E_LOGON_DENIED);
    buf_free(&token);
    pair_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_keytab_is_the_services_to_read),
        cmocka_unit_test(what_the_service_has_seen_it_has_seen),
        cmocka_unit_test(what_it_sees_as_another_it_has_seen),
    };

    return unit_result(cmocka_run_group_tests(tests, set_up, tear_down));
}
