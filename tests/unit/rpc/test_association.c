/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/association.h"

#include "base/alloc.h"
#include "lib/unit.h"
#include "rpc/connection.h"

static struct rpc_association *association(void)
{
    const struct rpc_association_name name = { &transport_tcp, "host.example", "1" };
    struct rpc_association *a = NULL;

    assert_int_equal(rpc_association_get(&name, true, &a), ERR_OK);
    return a;
}

/* Idle since the process began. */
static void give_old(struct rpc_association *a)
{
    struct rpc_connection *c = mem_zero(sizeof *c);

    assert_non_null(c);
    c->fd = -1;
    c->association = a;
    c->client.state = RPC_CLIENT_OPEN;
    rpc_association_give(a, c);
    lock_take(&a->lock);
    c->used = INT64_MIN;
    lock_give(&a->lock);
}

static size_t idle_of(struct rpc_association *a)
{
    const struct rpc_connection *c = NULL;
    size_t n = 0;

    lock_take(&a->lock);
    for (c = a->idle; c; c = c->next)
        n++;
    lock_give(&a->lock);
    return n;
}

/* What the timer does when a minute is over. */
static void reap(struct rpc_association *a)
{
    a->reaper.fire(&a->reaper);
}

/* Without an identity a local server goes by the account of whoever connected. */
static void a_local_connection_is_its_accounts(void **state)
{
    struct rpc_association *a = association();
    struct rpc_association local = { .transport = &transport_local };
    struct rpc_connection c = { .association = &local, .uid = 4711 };

    (void)state;
    assert_true(rpc_connection_suits(&c, NULL, 4711));
    assert_false(rpc_connection_suits(&c, NULL, 4712));
    c.association = a;
    assert_true(rpc_connection_suits(&c, NULL, 4712));
    rpc_association_unref(a);
}

static void the_last_idle_connection_stays(void **state)
{
    struct rpc_association *a = association();

    (void)state;
    give_old(a);
    give_old(a);
    reap(a);
    assert_int_equal(idle_of(a), 1);
    reap(a);
    assert_int_equal(idle_of(a), 1);
    rpc_association_unref(a);
}

/* Second: it is for good. */
static void unless_idle_ones_are_cleaned_up_and_no_context_lives(void **state)
{
    struct rpc_association *a = association();

    (void)state;
    give_old(a);
    rpc_association_context(a, true);
    rpc_association_clean_idle();
    reap(a);
    assert_int_equal(idle_of(a), 1); /* a context handle's group ends with its last connection */
    assert_false(a->reaping);
    rpc_association_context(a, false);
    assert_true(a->reaping); /* and sees to it again */
    reap(a);
    assert_int_equal(idle_of(a), 0);
    give_old(a);
    assert_true(a->reaping);
    reap(a);
    assert_int_equal(idle_of(a), 0);
    rpc_association_unref(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_local_connection_is_its_accounts),
        cmocka_unit_test(the_last_idle_connection_stays),
        cmocka_unit_test(unless_idle_ones_are_cleaned_up_and_no_context_lives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
