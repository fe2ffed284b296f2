/* SPDX-License-Identifier: Apache-2.0
 * test_user_to_user.c - two accounts of a real domain, and a key nowhere: one accepts with the
 * ticket-granting ticket of its cache. It is one that has a service's name, for Samba's KDC (4.17)
 * gives tickets to no others; MIT's does: interop/mit_exchange.c.
 */
#include <unistd.h>

#include "base/alloc.h"
#include "countersign/windows.h"
#include "lib/pair.h"
#include "lib/unit.h"

#define FULL (ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY)

static char *cache; /* of the account that accepts */

static int log_on(void **state)
{
    char *command = NULL;

    (void)state;
    cache = mem_printf("FILE:%s/user-to-user.%d", getenv("DOMAIN_DIR"), (int)getpid());
    command = mem_printf("KRB5_CONFIG=$DOMAIN_DIR/krb5.conf kinit -c %s -k -t $SERVICE_KEYTAB "
                         "$SERVICE_ACCOUNT",
                         cache);
    if (system(command) != 0)
        fail_msg("%s", command);
    mem_free(command);
    setenv("KRB5_KTNAME", "FILE:/nonexistent", 1); /* and no key anywhere */
    return 0;
}

static int log_off(void **state)
{
    (void)state;
    unlink(cache + strlen("FILE:"));
    mem_free(cache);
    return 0;
}

static void begin(struct pair *p, const char *package, ULONG client_flags, ULONG server_flags)
{
    CS_CREDENTIAL_OPTIONS c = pair_options(package, SECPKG_CRED_OUTBOUND);
    CS_CREDENTIAL_OPTIONS s = pair_options(package, SECPKG_CRED_BOTH);

    memset(p, 0, sizeof *p);
    c.user = getenv("PERSON");
    c.password = getenv("PERSON_PASSWORD");
    s.ccache = cache;
    p->client.target = getenv("SERVICE_ACCOUNT");
    p->client.flags = client_flags;
    p->server.flags = server_flags;
    pair_acquire(&p->client, &c);
    pair_acquire(&p->server, &s);
}

static void made(struct pair *p)
{
    if (!pair_talk(p)) {
        pair_ok(p->client_status == SEC_I_CONTINUE_NEEDED ? p->server_status : p->client_status);
        fail_msg("client 0x%08x, server 0x%08x", (unsigned)p->client_status,
                 (unsigned)p->server_status);
    }
}

static void tells(struct side *from, struct side *to, const char *text)
{
    struct buf wrapped = { 0 }, plain = { 0 }, signature = { 0 };
    bool encrypted = false;

    pair_ok(side_wrap(from, true, bytes_of_text(text), &wrapped));
    pair_ok(side_unwrap(to, buf_view(wrapped), &plain, &encrypted));
    assert_true(encrypted);
    unit_assert_bytes(buf_view(plain), bytes_of_text(text));
    pair_ok(side_sign(from, bytes_of_text(text), &signature));
    pair_ok(side_verify(to, bytes_of_text(text), buf_view(signature)));
    buf_free(&wrapped);
    buf_free(&plain);
    buf_free(&signature);
}

static void two_users_talk_signed_and_sealed(void **state)
{
    static const struct {
        const char *package;
        ULONG flags;
    } each[] = { { "Kerberos", 0 },
                 { "Negotiate", 0 },
                 { "Kerberos", ISC_REQ_USE_DCE_STYLE },
                 { "Negotiate", ISC_REQ_USE_DCE_STYLE } };
    char *want = mem_printf("%s@%s", getenv("PERSON"), getenv("REALM"));
    size_t i;

    (void)state;
    for (i = 0; i < sizeof each / sizeof each[0]; i++) {
        struct pair p;
        void *token = NULL;
        char *name = NULL, **sids = NULL;
        ULONG count = 0;

        begin(&p, each[i].package, FULL | ISC_REQ_USE_SESSION_KEY | each[i].flags,
              ASC_REQ_USE_SESSION_KEY);
        made(&p);
        assert_true(p.client.got & ISC_RET_USE_SESSION_KEY);
        assert_true(p.server.got & ASC_RET_USE_SESSION_KEY);
        assert_true(p.client.got & ISC_RET_MUTUAL_AUTH);
        pair_ok(QuerySecurityContextToken(&p.server.ctx, &token));
        pair_ok(CsTokenGetName(token, &name));
        assert_string_equal(name, want);
        pair_ok(CsTokenGetSids(token, &count, &sids));
        assert_true(count > 2); /* the PAC is proven by the same key */
        if (!each[i].flags) {   /* DCE style has its own way to wrap */
            tells(&p.client, &p.server, "from one user to another");
            tells(&p.server, &p.client, "and back");
        }
        pair_expect(ImpersonateSecurityContext(&p.server.ctx), SEC_E_NO_IMPERSONATION);
        FreeContextBuffer(name);
        FreeContextBuffer(sids);
        CloseHandle(token);
        pair_end(&p);
    }
    mem_free(want);
}

static void who_does_not_want_it_does_not_get_it(void **state)
{
    struct pair p;

    (void)state;
    begin(&p, "Kerberos", FULL | ISC_REQ_USE_SESSION_KEY, 0);
    assert_false(pair_talk(&p));
    pair_expect(p.server_status, SEC_E_UNSUPPORTED_FUNCTION);
    pair_end(&p);
    begin(&p, "Negotiate", FULL | ISC_REQ_USE_SESSION_KEY, 0);
    assert_false(pair_talk(&p));
    assert_true(p.server_status < 0);
    pair_end(&p);
}

static void who_insists_on_it_takes_no_other(void **state)
{
    CS_CREDENTIAL_OPTIONS s = pair_options("Kerberos", SECPKG_CRED_INBOUND);
    struct buf request = { 0 }, error = { 0 }, none = { 0 };
    struct pair p;

    (void)state;
    begin(&p, "Kerberos", FULL, ASC_REQ_USE_SESSION_KEY);
    side_end(&p.server);
    p.server = (struct side){ .flags = ASC_REQ_USE_SESSION_KEY };
    s.keytab = getenv("SERVICE_KEYTAB");
    pair_acquire(&p.server, &s);
    p.client.target = getenv("SERVICE_SPN");
    (void)side_step(&p.client, buf_view(none), &request);
    pair_expect(side_step(&p.server, buf_view(request), &error), SEC_E_NO_TGT_REPLY);
    pair_expect(side_step(&p.client, buf_view(error), &none), SEC_E_NO_TGT_REPLY); /* was told */
    buf_free(&request);
    buf_free(&error);
    pair_end(&p);
}

static void a_keytab_alone_cannot_do_it(void **state)
{
    CS_CREDENTIAL_OPTIONS s = pair_options("Kerberos", SECPKG_CRED_INBOUND);
    struct pair p;

    (void)state;
    begin(&p, "Kerberos", FULL | ISC_REQ_USE_SESSION_KEY, 0);
    side_end(&p.server);
    p.server = (struct side){ .flags = ASC_REQ_USE_SESSION_KEY };
    s.keytab = getenv("SERVICE_KEYTAB");
    pair_acquire(&p.server, &s);
    assert_false(pair_talk(&p));
    pair_expect(p.server_status, SEC_E_NO_CREDENTIALS);
    pair_end(&p);
}

/* The client means another user than the one whose ticket it got. */
static void the_ticket_of_another_user_is_refused(void **state)
{
    struct pair p;

    (void)state;
    begin(&p, "Kerberos", FULL | ISC_REQ_USE_SESSION_KEY, ASC_REQ_USE_SESSION_KEY);
    p.client.target = getenv("HOST_ACCOUNT");
    assert_false(pair_talk(&p));
    assert_true(p.client_status < 0);
    assert_false(p.server.done);
    pair_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_users_talk_signed_and_sealed),
        cmocka_unit_test(who_does_not_want_it_does_not_get_it),
        cmocka_unit_test(who_insists_on_it_takes_no_other),
        cmocka_unit_test(a_keytab_alone_cannot_do_it),
        cmocka_unit_test(the_ticket_of_another_user_is_refused),
    };

    return cmocka_run_group_tests(tests, log_on, log_off);
}
