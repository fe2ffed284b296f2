/* SPDX-License-Identifier: Apache-2.0
 * mit_exchange.c - contexts between us and us, us and MIT's GSS-API, with a KDC of MIT's.
 */
#include "exchange.h"

#include <unistd.h>

#include "base/detail.h"
#include "base/policy.h"
#include "lib/unit.h"

#define SERVICE "test/hosta"
#define EVERY (CONTEXT_REPLAY | CONTEXT_SEQUENCE | CONTEXT_INTEGRITY | CONTEXT_CONFIDENTIALITY)

static void *client, *service;

static struct acquire client_by_password(void)
{
    return (struct acquire){ .use = CREDENTIAL_OUTBOUND,
                             .user = "client",
                             .domain = getenv("KDC_REALM"),
                             .password = getenv("KDC_PASSWORD"),
                             .realm = getenv("KDC_REALM"),
                             .kdc = getenv("KDC_ADDRESS") };
}

static int acquire_both(void **state)
{
    struct acquire a = client_by_password();
    struct acquire s = { .use = CREDENTIAL_INBOUND, .keytab = getenv("KRB5_KTNAME") };

    (void)state;
    client = end_acquire(&a);
    service = end_acquire(&s);
    return 0;
}

static int free_both(void **state)
{
    (void)state;
    kerberos_package.credential_free(client);
    kerberos_package.credential_free(service);
    return 0;
}

static struct end initiator(bool mit, uint32_t flags)
{
    return (struct end){
        .mit = mit, .initiator = true, .target = SERVICE, .asked = flags, .credential = client
    };
}

static struct end acceptor(bool mit)
{
    return (struct end){ .mit = mit, .credential = service };
}

static void expect_ok(struct end *a, struct end *b)
{
    if (!end_exchange(a, b))
        fail_msg("initiator: %s (%u %u), acceptor: %s (%u %u): %s", err_text(a->err), a->major,
                 a->minor, err_text(b->err), b->major, b->minor, detail_get()->text);
}

static void crosses(uint32_t flags)
{
    int pair;

    for (pair = 0; pair < 3; pair++) {
        struct end a = initiator(pair == 1, flags), b = acceptor(pair == 2);

        expect_ok(&a, &b);
        assert_int_equal(a.flags & flags, flags);
        assert_int_equal(b.flags & flags, flags);
        end_talk(&a, &b);
        end_close(&a);
        end_close(&b);
    }
}

static void one_leg(void **state)
{
    (void)state;
    crosses(EVERY);
}

static void mutual(void **state)
{
    (void)state;
    crosses(EVERY | CONTEXT_MUTUAL);
}

static void dce_style(void **state)
{
    (void)state;
    crosses(EVERY | CONTEXT_MUTUAL | CONTEXT_DCE_STYLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_leg),
        cmocka_unit_test(mutual),
        cmocka_unit_test(dce_style),
    };

    return cmocka_run_group_tests(tests, acquire_both, free_both);
}
