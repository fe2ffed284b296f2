/* SPDX-License-Identifier: Apache-2.0
 * rogue_kdc.c - what an impostor of the realm's KDC gets, from a client and from a service; run by
 * test_rogue_kdc.sh, which raises him and says in ROGUE_KDC where he listens.
 */
#include "lib/pair.h"
#include "lib/unit.h"

static void begin(struct pair *p, const char *password)
{
    CS_CREDENTIAL_OPTIONS c = pair_options("Negotiate", SECPKG_CRED_OUTBOUND);
    CS_CREDENTIAL_OPTIONS s = pair_options("Negotiate", SECPKG_CRED_INBOUND);

    c.user = getenv("PERSON");
    c.password = password;
    c.kdc = getenv("ROGUE_KDC");
    s.keytab = getenv("SERVICE_KEYTAB");
    memset(p, 0, sizeof *p);
    p->client.target = getenv("SERVICE_SPN");
    p->client.flags = ISC_REQ_MUTUAL_AUTH;
    pair_acquire(&p->client, &c);
    pair_acquire(&p->server, &s);
}

/* He does not know the person's password: his answer does not open. */
static void a_client_does_not_believe_him(void **state)
{
    struct pair p;

    (void)state;
    begin(&p, getenv("PERSON_PASSWORD"));
    assert_false(pair_talk(&p));
    assert_int_equal(p.client_status, SEC_E_LOGON_DENIED);
    pair_end(&p);
}

/* Person and impostor are one: his tickets are not of the service's key. */
static void a_service_does_not_believe_him(void **state)
{
    struct pair p;

    (void)state;
    begin(&p, getenv("ROGUE_PASSWORD"));
    assert_false(pair_talk(&p));
    assert_true(p.client_status >= 0 || p.server_status < 0);
    assert_true(p.server_status == SEC_E_WRONG_PRINCIPAL || p.server_status == SEC_E_NO_KERB_KEY);
    pair_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_does_not_believe_him),
        cmocka_unit_test(a_service_does_not_believe_him),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
