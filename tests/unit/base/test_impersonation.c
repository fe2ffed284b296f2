/* SPDX-License-Identifier: Apache-2.0
 * Whom a thread impersonates, set aside and taken up; and the account that goes with it.
 */
#include "base/impersonation.h"

#include <grp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/thread.h"
#include "lib/accounts.h"
#include "lib/unit.h"

static atomic_int released;

static void release(struct impersonation *i)
{
    os_identity_home_done(&i->home);
    atomic_fetch_add(&released, 1);
}

static struct impersonation alice = { .release = release, .name = "alice" };
static struct impersonation bob = { .release = release, .name = "bob" };

static void one_takes_the_place_of_the_other(void **state)
{
    (void)state;
    atomic_store(&released, 0);
    assert_null(impersonation_current());
    assert_int_equal(impersonation_begin_adopt(&alice), ERR_OK);
    assert_ptr_equal(impersonation_current(), &alice);
    assert_int_equal(impersonation_begin_adopt(&bob), ERR_OK);
    assert_ptr_equal(impersonation_current(), &bob);
    assert_int_equal(released, 1);
    impersonation_end();
    impersonation_end();
    assert_null(impersonation_current());
    assert_int_equal(released, 2);
}

static void what_is_set_aside_is_taken_up(void **state)
{
    struct impersonation *aside;

    (void)state;
    atomic_store(&released, 0);
    assert_null(impersonation_set_aside());
    assert_int_equal(impersonation_begin_adopt(&alice), ERR_OK);
    aside = impersonation_set_aside();
    assert_null(impersonation_current());
    assert_int_equal(impersonation_begin_adopt(&bob), ERR_OK);
    impersonation_take_up_adopt(aside);
    assert_ptr_equal(impersonation_current(), &alice);
    assert_int_equal(released, 1);
    impersonation_take_up_adopt(NULL);
    assert_null(impersonation_current());
    assert_int_equal(released, 2);
}

static void *begin_and_leave(void *arg)
{
    (void)arg;
    return impersonation_begin_adopt(&alice) ? NULL : &alice;
}

static void it_ends_with_its_thread(void **state)
{
    pthread_t thread;
    void *good = NULL;

    (void)state;
    atomic_store(&released, 0);
    assert_int_equal(pthread_create(&thread, NULL, begin_and_leave, NULL), 0);
    pthread_join(thread, &good);
    assert_non_null(good);
    assert_int_equal(atomic_load(&released), 1);
}

/* ---- with an account ---- */

static struct impersonation one = { .release = release,
                                    .name = "one",
                                    .has_account = true,
                                    .account = { ACCOUNT_ONE, ACCOUNT_ONE, NULL, 0 } };
static struct impersonation two = { .release = release,
                                    .name = "two",
                                    .has_account = true,
                                    .account = { ACCOUNT_TWO, ACCOUNT_TWO, NULL, 0 } };
static struct impersonation root = { .release = release, .name = "root", .has_account = true };

static void *uid_of_thread(void *arg)
{
    (void)arg;
    return (void *)(uintptr_t)geteuid();
}

static void the_account_comes_and_goes_with_it(void **state)
{
    const uid_t own = geteuid();
    struct impersonation *aside;
    pthread_t thread;
    void *uid = NULL;

    (void)state;
    if (!accounts_may()) {
        assert_int_equal(impersonation_begin_adopt(&one), ERR_ACCESS_DENIED);
        assert_null(impersonation_current());
        unit_skip(ACCOUNTS_NEED);
    }
    assert_int_equal(impersonation_begin_adopt(&one), ERR_OK);
    assert_int_equal(geteuid(), ACCOUNT_ONE);
    assert_int_equal(impersonation_begin_adopt(&two), ERR_OK);
    assert_int_equal(geteuid(), ACCOUNT_TWO);
    aside = impersonation_set_aside();
    assert_int_equal(geteuid(), own);
    assert_int_equal(impersonation_begin_adopt(&one), ERR_OK);
    assert_int_equal(impersonation_begin_adopt(&root), ERR_ACCESS_DENIED);
    assert_ptr_equal(impersonation_current(), &one); /* as before */
    assert_int_equal(geteuid(), ACCOUNT_ONE);
    impersonation_take_up_adopt(aside);
    assert_int_equal(geteuid(), ACCOUNT_TWO);
    /* a thread of the library's begins as the process, whoever started it */
    assert_int_equal(thread_start(uid_of_thread, NULL, 0, &thread), 0);
    pthread_join(thread, &uid);
    assert_int_equal((uintptr_t)uid, own);
    assert_int_equal(geteuid(), ACCOUNT_TWO);
    impersonation_end();
    assert_int_equal(geteuid(), own);
}

/* What goes on believes that it is the account: it must not hang on memory. */
static void taking_it_up_again_needs_no_memory(void **state)
{
    const gid_t groups[] = { ACCOUNT_GROUP };
    struct impersonation *aside;

    (void)state;
    if (!accounts_may())
        unit_skip(ACCOUNTS_NEED);
    assert_int_equal(setgroups(1, groups), 0);
    assert_int_equal(impersonation_begin_adopt(&one), ERR_OK);
    aside = impersonation_set_aside();
    mem_fail_at(0);
    impersonation_take_up_adopt(aside);
    assert_false(mem_fail_hit());
    mem_fail_at(-1);
    assert_int_equal(geteuid(), ACCOUNT_ONE);
    impersonation_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_takes_the_place_of_the_other),
        cmocka_unit_test(what_is_set_aside_is_taken_up),
        cmocka_unit_test(it_ends_with_its_thread),
        cmocka_unit_test(the_account_comes_and_goes_with_it),
        cmocka_unit_test(taking_it_up_again_needs_no_memory),
    };

    return unit_result(cmocka_run_group_tests(tests, NULL, NULL));
}
