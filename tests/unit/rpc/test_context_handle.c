/* SPDX-License-Identifier: Apache-2.0 */
#include <countersign/rpc.h>

#include "rpc/context_handle.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/policy_value.h"
#include "lib/unit.h"
#include "rpc/usage.h"

static atomic_int run_downs;

static void count(void *context)
{
    assert_non_null(context);
    atomic_fetch_add(&run_downs, 1);
}

static const CS_SERVER_INTERFACE one, other;
static const CS_CONTEXT_TYPE plain = { "FILE", count, 0 };
static const CS_CONTEXT_TYPE again = { "FILE", count, 0 }; /* the same IDL type, imported */
static const CS_CONTEXT_TYPE strict = { "FILE", count, CS_CONTEXT_STRICT };
static const CS_CONTEXT_TYPE different = { "JOB", count, 0 };
static const CS_CONTEXT_TYPE namesake = { "FILE", NULL, 0 }; /* another one's of that name */
static const CS_CONTEXT_TYPE shared = { "LOG", count, CS_CONTEXT_NO_SERIALIZE };
static struct rpc_caller alice = { "alice@R", 6, NULL };
static const struct rpc_caller mallory = { "mallory@R", 6, NULL }, weaker = { "alice@R", 5, NULL };
static int value;

static struct rpc_context_handles all;

static int set_up(void **state)
{
    (void)state;
    rpc_context_handles_init(&all);
    atomic_store(&run_downs, 0);
    alice.usage = rpc_usage_find("alice@R");
    return alice.usage ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    rpc_context_handles_done(&all);
    assert_int_equal(atomic_load(&alice.usage->has[RPC_SHARE_CONTEXTS]), 0);
    rpc_usage_unref(alice.usage);
    return 0;
}

static struct uuid make(const CS_CONTEXT_TYPE *type)
{
    struct rpc_context_use use = { .type = type, .face = &one };
    struct uuid u;

    assert_int_equal(rpc_context_handle_give(&all, &alice, &value, &use, &u), ERR_OK);
    rpc_context_handle_release(&all, &use, true);
    return u;
}

static enum err use_as(const struct rpc_caller *who, const CS_CONTEXT_TYPE *type,
                       const CS_SERVER_INTERFACE *face, const struct uuid *u)
{
    struct rpc_context_use use = { .type = type, .face = face };
    enum err e = rpc_context_handle_take(&all, who, u, &use);

    if (!e)
        assert_ptr_equal(use.value, &value);
    rpc_context_handle_release(&all, &use, true);
    return e;
}

static void is_its_makers_alone(void **state)
{
    struct uuid u = make(&plain), wrong = u;

    (void)state;
    assert_int_equal(use_as(&alice, &plain, &one, &u), ERR_OK);
    assert_int_equal(use_as(&mallory, &plain, &one, &u), ERR_RPC_CONTEXT);
    assert_int_equal(use_as(&weaker, &plain, &one, &u), ERR_RPC_CONTEXT);
    wrong.data4[7] ^= 1;
    assert_int_equal(use_as(&alice, &plain, &one, &wrong), ERR_RPC_CONTEXT);
    policy_set(POLICY_CONTEXT_IDENTITY, POLICY_OFF);
    assert_int_equal(use_as(&mallory, &plain, &one, &u), ERR_OK);
    policy_set(POLICY_CONTEXT_IDENTITY, POLICY_ENFORCE);
}

static void is_of_its_type_and_where_strict_of_its_interface(void **state)
{
    struct uuid u = make(&plain), s = make(&strict);

    (void)state;
    assert_int_equal(use_as(&alice, &again, &other, &u), ERR_OK);
    assert_int_equal(use_as(&alice, &different, &one, &u), ERR_RPC_CONTEXT);
    assert_int_equal(use_as(&alice, &namesake, &other, &u), ERR_RPC_CONTEXT);
    assert_int_equal(use_as(&alice, &strict, &other, &s), ERR_RPC_CONTEXT);
    assert_int_equal(use_as(&alice, &plain, &other, &s), ERR_RPC_CONTEXT);
    assert_int_equal(use_as(&alice, &strict, &one, &s), ERR_OK);
}

static void is_gone_once_closed(void **state)
{
    struct rpc_context_use use = { .type = &plain, .face = &one };
    struct uuid u = make(&plain), told = u;
    static const struct uuid nil;

    (void)state;
    assert_int_equal(rpc_context_handle_take(&all, &alice, &u, &use), ERR_OK);
    assert_int_equal(rpc_context_handle_give(&all, &alice, NULL, &use, &told), ERR_OK);
    assert_memory_equal(&told, &nil, sizeof nil);
    rpc_context_handle_release(&all, &use, true);
    assert_int_equal(use_as(&alice, &plain, &one, &u), ERR_RPC_CONTEXT);
    assert_int_equal(atomic_load(&run_downs), 0); /* the routine closed it itself */
    assert_int_equal(atomic_load(&alice.usage->has[RPC_SHARE_CONTEXTS]), 0);
}

static void is_run_down_when_its_client_never_hears_of_it(void **state)
{
    struct rpc_context_use use = { .type = &plain, .face = &one };
    struct uuid u;

    (void)state;
    assert_int_equal(rpc_context_handle_give(&all, &alice, &value, &use, &u), ERR_OK);
    rpc_context_handle_release(&all, &use, false);
    assert_int_equal(atomic_load(&run_downs), 1);
    assert_int_equal(atomic_load(&alice.usage->has[RPC_SHARE_CONTEXTS]), 0);
}

static void all_are_run_down_at_the_end(void **state)
{
    struct uuid u = make(&plain);

    (void)state;
    make(&strict);
    make(&shared);
    rpc_context_handles_run_down(&all, &other);
    assert_int_equal(atomic_load(&run_downs), 0);
    rpc_context_handles_run_down(&all, &one);
    assert_int_equal(atomic_load(&run_downs), 3);
    assert_int_equal(use_as(&alice, &plain, &one, &u), ERR_RPC_CONTEXT);
    make(&plain);
    rpc_context_handles_done(&all);
    assert_int_equal(atomic_load(&run_downs), 4);
    rpc_context_handles_init(&all);
}

/* B8: names change, and are given to others. */
static void is_an_accounts_whatever_its_name(void **state)
{
    struct rpc_caller renamed = { "alicia@R", 6, alice.usage }, another = { "alice@R", 6, NULL };
    struct uuid u = make(&plain);

    (void)state;
    another.usage = rpc_usage_find("S-1-5-21-1-2-3-1999");
    assert_int_equal(use_as(&renamed, &plain, &one, &u), ERR_OK);
    assert_int_equal(use_as(&another, &plain, &one, &u), ERR_RPC_CONTEXT);
    assert_int_equal(use_as(&alice, &plain, &one, &u), ERR_OK);
    rpc_usage_unref(another.usage);
}

static void one_too_many_is_refused_and_run_down(void **state)
{
    struct rpc_context_use use = { .type = &plain, .face = &one };
    struct rpc_context_handles another; /* of the same caller, in another association group */
    struct uuid u;
    int i;

    (void)state;
    rpc_context_handles_init(&another);
    assert_int_equal(policy_value_set(POLICY_CLIENT_CONTEXTS, "300"), ERR_OK);
    for (i = 0; i < 300; i++)
        make(&plain);
    assert_int_equal(rpc_context_handle_give(&another, &alice, &value, &use, &u),
                     ERR_RPC_RESOURCES);
    rpc_context_handle_release(&another, &use, false);
    assert_int_equal(atomic_exchange(&run_downs, 0), 1);
    rpc_context_handles_done(&another);
    assert_int_equal(rpc_context_handle_give(&all, &alice, &value, &use, &u), ERR_RPC_RESOURCES);
    rpc_context_handle_release(&all, &use, false);
    assert_int_equal(atomic_load(&run_downs), 1);
    policy_set(POLICY_CLIENT_CONTEXTS, POLICY_AUDIT);
    make(&plain);
    policy_set(POLICY_CLIENT_CONTEXTS, POLICY_OFF);
    make(&plain);
    policy_set(POLICY_CLIENT_CONTEXTS, POLICY_ENFORCE);
    assert_int_equal(policy_value_set(POLICY_CLIENT_CONTEXTS, "8192"), ERR_OK);
}

/* Threads that use, and one that closes, the same handle. */
static struct uuid contended;
static atomic_int inside, most;

static void *contend(void *arg)
{
    const CS_CONTEXT_TYPE *type = arg;
    int i, n;

    for (i = 0; i < 2000; i++) {
        struct rpc_context_use use = { .type = type, .face = &one, .call = &n };

        if (rpc_context_handle_take(&all, &alice, &contended, &use))
            break;
        n = atomic_fetch_add(&inside, 1) + 1;
        if (n > atomic_load(&most))
            atomic_store(&most, n);
        atomic_fetch_sub(&inside, 1);
        rpc_context_handle_release(&all, &use, true);
    }
    return NULL;
}

static void is_used_by_one_call_at_a_time(void **state)
{
    struct rpc_context_use use = { .type = &plain, .face = &one, .call = state };
    struct uuid told;
    pthread_t t[4];
    int i;

    (void)state;
    contended = make(&plain);
    atomic_store(&most, 0);
    for (i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&t[i], NULL, contend, (void *)(uintptr_t)&plain), 0);
    assert_int_equal(rpc_context_handle_take(&all, &alice, &contended, &use), ERR_OK);
    assert_int_equal(rpc_context_handle_give(&all, &alice, NULL, &use, &told), ERR_OK);
    rpc_context_handle_release(&all, &use, true);
    for (i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    assert_true(atomic_load(&most) <= 1);
    assert_int_equal(atomic_load(&alice.usage->has[RPC_SHARE_CONTEXTS]), 0);
}

static void a_call_has_it_once(void **state)
{
    struct rpc_context_use use = { .type = &plain, .face = &one, .call = state };
    struct rpc_context_use twice = { .type = &plain, .face = &one, .call = state, .another = true };
    struct uuid u = make(&plain);

    assert_int_equal(rpc_context_handle_take(&all, &alice, &u, &use), ERR_OK);
    assert_int_equal(rpc_context_handle_take(&all, &alice, &u, &twice), ERR_RPC_CONTEXT);
    rpc_context_handle_release(&all, &twice, false);
    rpc_context_handle_release(&all, &use, true);
    assert_int_equal(use_as(&alice, &plain, &one, &u), ERR_OK);
}

/* Two calls take two handles each, the one in the other's order. */
static pthread_barrier_t both;

static void *take_two(void *arg)
{
    const struct uuid *u = arg;
    struct rpc_context_use use = { .type = &plain, .face = &one, .call = u };
    struct rpc_context_use second = { .type = &plain, .face = &one, .call = u, .another = true };
    enum err e = rpc_context_handle_take(&all, &alice, &u[0], &use);

    pthread_barrier_wait(&both);
    if (!e)
        e = rpc_context_handle_take(&all, &alice, &u[1], &second);
    rpc_context_handle_release(&all, &second, true);
    rpc_context_handle_release(&all, &use, true);
    return (void *)(uintptr_t)e;
}

static void two_calls_do_not_wait_for_each_other_for_ever(void **state)
{
    struct uuid there[2] = { make(&plain), make(&plain) }, back[2] = { there[1], there[0] };
    void *first, *second;
    pthread_t t[2];

    (void)state;
    assert_int_equal(pthread_barrier_init(&both, NULL, 2), 0);
    assert_int_equal(pthread_create(&t[0], NULL, take_two, there), 0);
    assert_int_equal(pthread_create(&t[1], NULL, take_two, back), 0);
    pthread_join(t[0], &first);
    pthread_join(t[1], &second);
    pthread_barrier_destroy(&both);
    assert_true((uintptr_t)first == ERR_RPC_BUSY || (uintptr_t)second == ERR_RPC_BUSY);
    assert_int_equal(use_as(&alice, &plain, &one, &there[0]), ERR_OK);
    assert_int_equal(use_as(&alice, &plain, &one, &there[1]), ERR_OK);
}

/* Of two calls that share one and want it alone. */
struct upgrade {
    pthread_t thread;
    struct rpc_context_use use;
    bool lost;
};

static atomic_int alone, at_once;

static void *upgrade(void *arg)
{
    struct upgrade *u = arg;

    rpc_context_handle_lock(&all, &u->use, &u->lost);
    if (atomic_fetch_add(&alone, 1) != 0)
        atomic_store(&at_once, 1);
    usleep(2000);
    atomic_fetch_sub(&alone, 1);
    rpc_context_handle_release(&all, &u->use, true);
    return NULL;
}

static void of_those_who_want_it_alone_one_is_first(void **state)
{
    struct uuid u = make(&shared);
    struct upgrade call[4] = { 0 };
    size_t i, lost = 0;

    (void)state;
    for (i = 0; i < 4; i++) {
        call[i].use = (struct rpc_context_use){ .type = &shared, .face = &one, .call = &call[i] };
        assert_int_equal(rpc_context_handle_take(&all, &alice, &u, &call[i].use), ERR_OK);
    }
    for (i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&call[i].thread, NULL, upgrade, &call[i]), 0);
    for (i = 0; i < 4; i++) {
        pthread_join(call[i].thread, NULL);
        lost += call[i].lost;
    }
    assert_int_equal(lost, 3);
    assert_int_equal(atomic_load(&at_once), 0);
    assert_int_equal(use_as(&alice, &shared, &one, &u), ERR_OK);
}

static void *take_and_release(void *arg)
{
    struct upgrade *u = arg;

    assert_int_equal(
        rpc_context_handle_take(&all, &alice, (const struct uuid *)u->use.call, &u->use), ERR_OK);
    rpc_context_handle_release(&all, &u->use, true);
    return NULL;
}

/* A call that had one alone lets those in that share. */
static void who_has_it_alone_may_share_it(void **state)
{
    struct uuid u = make(&shared);
    struct rpc_context_use mine = { .type = &shared, .face = &one, .call = &mine };
    struct upgrade other_call = { .use = { .type = &shared, .face = &one, .call = &u } };
    struct rpc_context_use none = { .type = &shared, .face = &one };
    bool lost = true;

    (void)state;
    rpc_context_handle_lock(&all, &none, &lost); /* [out] only */
    rpc_context_handle_share(&all, &none);
    assert_false(lost);
    assert_int_equal(rpc_context_handle_take(&all, &alice, &u, &mine), ERR_OK);
    rpc_context_handle_lock(&all, &mine, &lost);
    assert_false(lost);
    assert_true(mine.exclusive);
    assert_int_equal(pthread_create(&other_call.thread, NULL, take_and_release, &other_call), 0);
    rpc_context_handle_share(&all, &mine);
    pthread_join(other_call.thread, NULL); /* while this call still has it */
    rpc_context_handle_release(&all, &mine, true);
}

/* Last: it is for good. */
static void a_process_may_share_what_says_nothing(void **state)
{
    static const CS_CONTEXT_TYPE serial = { "QUEUE", count, CS_CONTEXT_SERIALIZE };
    struct uuid u = make(&plain), s = make(&serial);
    struct rpc_context_use use = { .type = &plain, .face = &one, .call = &use };

    (void)state;
    RpcSsDontSerializeContext();
    assert_int_equal(rpc_context_handle_take(&all, &alice, &u, &use), ERR_OK);
    assert_false(use.exclusive);
    rpc_context_handle_release(&all, &use, true);
    use = (struct rpc_context_use){ .type = &serial, .face = &one, .call = &use };
    assert_int_equal(rpc_context_handle_take(&all, &alice, &s, &use), ERR_OK);
    assert_true(use.exclusive);
    rpc_context_handle_release(&all, &use, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_its_makers_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(is_of_its_type_and_where_strict_of_its_interface, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(is_gone_once_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(is_run_down_when_its_client_never_hears_of_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(all_are_run_down_at_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(is_an_accounts_whatever_its_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_too_many_is_refused_and_run_down, set_up, tear_down),
        cmocka_unit_test_setup_teardown(is_used_by_one_call_at_a_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_call_has_it_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_calls_do_not_wait_for_each_other_for_ever, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(of_those_who_want_it_alone_one_is_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_has_it_alone_may_share_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_process_may_share_what_says_nothing, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
