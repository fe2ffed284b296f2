/* SPDX-License-Identifier: Apache-2.0
 * mit_users.c - user-to-user beside MIT's KDC: neither side has a key, both have passwords.
 */
#include "base/detail.h"
#include "lib/unit.h"
#include "mit_ends.h"

#define USERS (EVERY | CONTEXT_USE_SESSION_KEY)

static void *friend_of_client(void)
{
    struct acquire a = client_by_password();

    a.use = CREDENTIAL_BOTH;
    a.user = "friend";
    a.keytab = "FILE:/nonexistent";
    return end_acquire(&a);
}

static void two_users_without_a_key_talk(void **state)
{
    static const uint32_t styles[] = { 0, CONTEXT_MUTUAL, CONTEXT_MUTUAL | CONTEXT_DCE_STYLE };
    void *waits = friend_of_client();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof styles / sizeof styles[0]; i++) {
        struct end a = initiator(false, USERS | styles[i]), b = acceptor(false);
        struct context_info info = { 0 };

        a.target = "friend";
        b.credential = waits;
        b.asked = CONTEXT_USE_SESSION_KEY;
        expect_ok(&a, &b);
        assert_true(a.flags & b.flags & CONTEXT_USE_SESSION_KEY);
        end_talk(&a, &b);
        kerberos_package.context_query(b.ours, &info);
        assert_string_equal(info.client, "client@KDC.TEST");
        assert_string_equal(info.target, "friend@KDC.TEST");
        end_close(&a);
        end_close(&b);
    }
    kerberos_package.credential_free(waits);
}

static void a_user_is_no_service(void **state)
{
    struct end a = initiator(false, EVERY);

    (void)state;
    a.target = "friend@KDC.TEST";
    expect_initiator_fails(&a, ERR_USER_TO_USER);
    assert_non_null(strstr(detail_get()->remedy, "ISC_REQ_USE_SESSION_KEY"));
}

/* Somebody between them gives the client a ticket of his own, for which he has the key. */
static void the_ticket_of_another_serves_nobody(void **state)
{
    struct acquire m = client_by_password();
    struct end a = initiator(false, USERS), b = acceptor(false);
    struct buf token = { 0 };
    void *own = NULL;

    (void)state;
    m.use = CREDENTIAL_BOTH;
    m.keytab = "FILE:/nonexistent";
    own = end_acquire(&m);
    a.target = "friend";
    b.credential = own;
    b.asked = CONTEXT_USE_SESSION_KEY;
    assert_true(end_step(&a, &token));
    assert_true(end_step(&b, &token));
    assert_true(token.len > 0);
    assert_false(end_step(&a, &token)); /* the KDC compares whom it is for with whose it is */
    assert_true(a.err != ERR_OK);
    buf_free(&token);
    end_close(&a);
    end_close(&b);
    kerberos_package.credential_free(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_users_without_a_key_talk),
        cmocka_unit_test(a_user_is_no_service),
        cmocka_unit_test(the_ticket_of_another_serves_nobody),
    };

    return cmocka_run_group_tests(tests, acquire_both, free_both);
}
