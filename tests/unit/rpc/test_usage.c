/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/usage.h"

#include <pthread.h>

#include "base/log.h"
#include "base/policy_value.h"
#include "lib/unit.h"
#include "rpc/block.h"

static char said[512];
static unsigned lines;

static void keep(void *arg, enum log_level level, const char *line)
{
    (void)arg;
    (void)level;
    lines++;
    (void)snprintf(said, sizeof said, "%s", line);
}

static void one_caller_is_one_record_as_long_as_somebody_has_it(void **state)
{
    struct rpc_usage *a = rpc_usage_find("S-1-5-21-1-2-3-1104"), *b;

    (void)state;
    b = rpc_usage_find("S-1-5-21-1-2-3-1104");
    assert_ptr_equal(a, b);
    assert_true(rpc_usage_take(a, RPC_SHARE_CALLS, 1));
    rpc_usage_unref(a);
    assert_int_equal(atomic_load(&b->has[RPC_SHARE_CALLS]), 1);
    a = rpc_usage_find("alice@EXAMPLE.COM");
    assert_ptr_not_equal(a, b);
    rpc_usage_unref(a);
    rpc_usage_give(b, RPC_SHARE_CALLS, 1);
    rpc_usage_unref(b);
    b = rpc_usage_find("S-1-5-21-1-2-3-1104"); /* anew */
    assert_int_equal(atomic_load(&b->has[RPC_SHARE_CALLS]), 0);
    rpc_usage_unref(b);
    rpc_usage_unref(NULL);
    assert_null(rpc_usage_ref(NULL));
}

static const char *address;

static enum err name_of(int fd, bool peer, struct transport_name *ret)
{
    (void)fd;
    (void)peer;
    (void)snprintf(ret->address, sizeof ret->address, "%s", address);
    return ERR_OK;
}

static void expect_who(const char *of, const char *who)
{
    static const struct transport t = { .name = name_of };
    struct rpc_usage *u;

    address = of;
    u = rpc_usage_find_peer(-1, &t);
    assert_non_null(u);
    assert_string_equal(u->who, who);
    rpc_usage_unref(u);
}

/* Of IPv6 a client has as many addresses as it likes, and one network. */
static void strangers_are_their_addresses_or_networks(void **state)
{
    (void)state;
    expect_who("192.0.2.7", "192.0.2.7");
    expect_who("::ffff:192.0.2.7", "192.0.2.7");
    expect_who("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::");
    expect_who("2001:db8:1:2::9", "2001:db8:1:2::");
    expect_who("fe80::1%lo", "fe80::");
}

static void nothing_is_taken_where_it_is_refused(void **state)
{
    struct rpc_usage *u = rpc_usage_find("alice@EXAMPLE.COM");

    (void)state;
    assert_int_equal(policy_value_set(POLICY_CLIENT_MEMORY, "1"), ERR_OK); /* MiB */
    assert_true(rpc_usage_take(u, RPC_SHARE_MEMORY, 1 << 20));
    assert_false(rpc_usage_take(u, RPC_SHARE_MEMORY, 1));
    assert_false(rpc_usage_take(u, RPC_SHARE_MEMORY, SIZE_MAX));
    assert_false(rpc_usage_has_room(u, RPC_SHARE_MEMORY, 1));
    assert_true(rpc_usage_take(u, RPC_SHARE_MEMORY, 0));
    rpc_usage_add(u, RPC_SHARE_MEMORY, 1);
    assert_false(rpc_usage_take(u, RPC_SHARE_MEMORY, 0)); /* more than his share already */
    rpc_usage_give(u, RPC_SHARE_MEMORY, 2);
    assert_true(rpc_usage_has_room(u, RPC_SHARE_MEMORY, 1));
    policy_set(POLICY_CLIENT_MEMORY, POLICY_AUDIT);
    assert_true(rpc_usage_has_room(u, RPC_SHARE_MEMORY, 2));
    assert_true(rpc_usage_take(u, RPC_SHARE_MEMORY, 2));
    policy_set(POLICY_CLIENT_MEMORY, POLICY_OFF);
    assert_true(rpc_usage_take(u, RPC_SHARE_MEMORY, 1 << 20));
    assert_int_equal(atomic_load(&u->has[RPC_SHARE_MEMORY]), (2 << 20) + 1);
    policy_set(POLICY_CLIENT_MEMORY, POLICY_ENFORCE);
    assert_int_equal(policy_value_set(POLICY_CLIENT_MEMORY, "1024"), ERR_OK);
    rpc_usage_unref(u);
}

static void it_is_said_once_a_second_and_of_whom(void **state)
{
    struct rpc_usage *u = rpc_usage_find("bob@EXAMPLE.COM");
    int i;

    (void)state;
    log_to(keep, NULL, LOG_LEVEL_AUDIT);
    assert_int_equal(policy_value_set(POLICY_CLIENT_CONTEXTS, "3"), ERR_OK);
    for (i = 0; i < 3; i++)
        assert_true(rpc_usage_take(u, RPC_SHARE_CONTEXTS, 1));
    for (i = 0; i < 1000; i++)
        assert_false(rpc_usage_take(u, RPC_SHARE_CONTEXTS, 1));
    assert_string_equal(said, "policy client-contexts refuses: bob@EXAMPLE.COM, who has 3 context "
                              "handles already");
    assert_true(lines >= 1 && lines < 100);
    log_to(NULL, NULL, LOG_LEVEL_AUDIT);
    rpc_usage_give(u, RPC_SHARE_CONTEXTS, 3);
    assert_int_equal(policy_value_set(POLICY_CLIENT_CONTEXTS, "8192"), ERR_OK);
    rpc_usage_unref(u);
}

static void a_block_counts_until_it_is_put_for_the_last_time(void **state)
{
    struct rpc_usage *u = rpc_usage_find("carol@EXAMPLE.COM");
    struct rpc_block *b = rpc_block_get(100000);

    (void)state;
    assert_true(rpc_block_count(b, u));
    assert_int_equal(atomic_load(&u->has[RPC_SHARE_MEMORY]), 128 * 1024);
    rpc_block_ref(b);
    rpc_block_put(b);
    assert_int_equal(atomic_load(&u->has[RPC_SHARE_MEMORY]), 128 * 1024);
    rpc_block_put(b);
    assert_int_equal(atomic_load(&u->has[RPC_SHARE_MEMORY]), 0);
    b = rpc_block_get(100000); /* the same again, nobody's */
    assert_null(b->usage);
    rpc_block_put(b);
    rpc_usage_unref(u);
}

enum { THREADS = 4, TIMES = 20000 };

/* Each finds, takes and lets go of the two that all want. */
static void *come_and_go(void *arg)
{
    int i;

    for (i = 0; i < TIMES; i++) {
        struct rpc_usage *u = rpc_usage_find(i % 2 ? "dave" : "erin");

        (void)rpc_usage_take(u, RPC_SHARE_CALLS, 1);
        rpc_usage_unref(rpc_usage_ref(u));
        rpc_usage_give(u, RPC_SHARE_CALLS, 1);
        rpc_usage_unref(u);
    }
    return arg;
}

static void many_threads_lose_no_count(void **state)
{
    pthread_t threads[THREADS];
    struct rpc_usage *u = rpc_usage_find("dave");
    size_t i;

    (void)state;
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, NULL), 0);
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&u->has[RPC_SHARE_CALLS]), 0);
    assert_int_equal(atomic_load(&u->refs), 1);
    rpc_usage_unref(u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_caller_is_one_record_as_long_as_somebody_has_it),
        cmocka_unit_test(strangers_are_their_addresses_or_networks),
        cmocka_unit_test(nothing_is_taken_where_it_is_refused),
        cmocka_unit_test(it_is_said_once_a_second_and_of_whom),
        cmocka_unit_test(a_block_counts_until_it_is_put_for_the_last_time),
        cmocka_unit_test(many_threads_lose_no_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
