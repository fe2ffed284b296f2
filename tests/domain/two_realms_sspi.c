/* SPDX-License-Identifier: Apache-2.0
 * two_realms_sspi.c - two realms at once through the public functions, both packages, and what one
 * realm's service says to the other's client.
 *
 * alone_two_realms.sh raises them and says who is who: ONE_REALM, ONE_PERSON, ... and TWO_...
 */
#include "lib/pair.h"
#include "lib/unit.h"

static const char *of(const char *realm, const char *what)
{
    char name[64];

    snprintf(name, sizeof name, "%s_%s", realm, what);
    return getenv(name);
}

static void begin(struct pair *p, const char *package, const char *client, const char *service)
{
    CS_CREDENTIAL_OPTIONS c = { .size = sizeof c, .use = SECPKG_CRED_OUTBOUND };
    CS_CREDENTIAL_OPTIONS s = { .size = sizeof s, .use = SECPKG_CRED_INBOUND };

    memset(p, 0, sizeof *p);
    c.package = s.package = package;
    c.user = of(client, "PERSON");
    c.password = of(client, "PERSON_PASSWORD");
    c.realm = of(client, "REALM");
    c.kdc = of(client, "KDC"); /* the first realm's is found by DNS */
    s.keytab = of(service, "SERVICE_KEYTAB");
    p->client.target = of(client, "SERVICE_SPN");
    p->client.flags = ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY;
    p->server.flags = ASC_REQ_INTEGRITY;
    pair_acquire(&p->client, &c);
    pair_acquire(&p->server, &s);
}

static void name_is(struct side *s, const char *realm)
{
    SecPkgContext_NamesA names;
    char want[200];

    snprintf(want, sizeof want, "%s@%s", of(realm, "PERSON"), of(realm, "REALM"));
    pair_ok(QueryContextAttributesA(&s->ctx, SECPKG_ATTR_NAMES, &names));
    assert_string_equal(names.sUserName, want);
    FreeContextBuffer(names.sUserName);
}

static void each_client_meets_its_own_service(void **state)
{
    static const char *const packages[] = { "Kerberos", "Negotiate" };
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct pair one, two;

        begin(&one, packages[i], "ONE", "ONE");
        begin(&two, packages[1 - i], "TWO", "TWO");
        if (!pair_talk(&two) || !pair_talk(&one))
            pair_ok(one.client_status < 0 ? one.client_status : one.server_status);
        name_is(&one.server, "ONE");
        name_is(&two.server, "TWO");
        name_is(&one.client, "ONE");
        pair_end(&one);
        pair_end(&two);
    }
}

/* The tickets of one realm open nothing in the other. */
static void the_other_realms_service_refuses(void **state)
{
    struct pair p;

    (void)state;
    begin(&p, "Negotiate", "ONE", "TWO");
    assert_false(pair_talk(&p));
    pair_expect(p.server_status, SEC_E_WRONG_PRINCIPAL);
    pair_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_client_meets_its_own_service),
        cmocka_unit_test(the_other_realms_service_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
