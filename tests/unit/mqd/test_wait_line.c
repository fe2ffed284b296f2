/* SPDX-License-Identifier: Apache-2.0
 * test_wait_line.c - who waits for a queue's messages, and whose turn it is.
 */
#include "lib/unit.h"
#include "queue/manager/queue.h"

static struct receiver alice, bob;
static struct handle alices = { .receiver = &alice }, bobs = { .receiver = &bob };
static mqd_interface one = { .uuid = { 1 }, .major = 1 }, other = { .uuid = { 1 }, .major = 2 };
static struct waiting w;

static int tear_down(void **state)
{
    (void)state;
    waiting_done(&w);
    w = (struct waiting){ .lines = NULL };
    return 0;
}

static struct receive wants(struct handle *h, const mqd_interface *interface)
{
    return (struct receive){ .handle = h,
                             .interfaces = interface,
                             .interface_count = interface != NULL };
}

static size_t lines(void)
{
    const struct wait_line *line;
    size_t n = 0;

    for (line = w.lines; line; line = line->next)
        n++;
    return n;
}

static void who_wants_the_same_stands_in_one_line(void **state)
{
    mqd_interface equal = one;
    struct receive r[] = { wants(&alices, &one), wants(&alices, &equal), wants(&alices, &other),
                           wants(&bobs, &one),   wants(&alices, NULL),   wants(&alices, NULL) };
    size_t i;

    (void)state;
    for (i = 0; i < 6; i++)
        assert_int_equal(waiting_add(&w, &r[i], 100), ERR_OK);
    assert_int_equal(lines(), 4);
    assert_int_equal(waiting_count(&w), 6);
    assert_ptr_equal(waiting_of(&w, &bobs), &r[3]);
    for (i = 0; i < 6; i++)
        waiting_remove(&w, &r[i]);
    assert_int_equal(lines(), 0);
    assert_null(waiting_of(&w, NULL));
}

static void a_line_that_gets_nothing_is_tried_once_in_a_round(void **state)
{
    struct receive r[] = { wants(&alices, &one), wants(&alices, &other), wants(&alices, &one) };
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++)
        assert_int_equal(waiting_add(&w, &r[i], 100), ERR_OK);
    waiting_round(&w);
    assert_ptr_equal(waiting_next(&w), &r[0]); /* who came first */
    waiting_nothing(&w, &r[0]);
    assert_ptr_equal(waiting_next(&w), &r[1]);
    waiting_remove(&w, &r[1]); /* it got something */
    assert_null(waiting_next(&w));
    waiting_round(&w);
    assert_ptr_equal(waiting_next(&w), &r[0]);
    waiting_remove(&w, &r[0]);
    waiting_remove(&w, &r[2]);
}

static void where_there_is_nothing_at_all_nobody_else_is_tried(void **state)
{
    struct receive r[] = { wants(&alices, NULL), wants(&alices, &one), wants(&bobs, NULL) };
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++)
        assert_int_equal(waiting_add(&w, &r[i], 100), ERR_OK);
    waiting_round(&w);
    waiting_pass(&w, &r[0]); /* it has enough */
    assert_ptr_equal(waiting_next(&w), &r[1]);
    waiting_pass(&w, &r[1]);
    assert_ptr_equal(waiting_next(&w), &r[2]);
    waiting_round(&w);
    waiting_nothing(&w, &r[0]); /* there is nothing */
    assert_null(waiting_next(&w));
    for (i = 0; i < 3; i++)
        waiting_remove(&w, &r[i]);
}

static bool is_bobs(const struct receive *r, const void *arg)
{
    (void)arg;
    return r->handle == &bobs;
}

static bool is_alices(const struct receive *r, const void *arg)
{
    return !is_bobs(r, arg);
}

static void who_has_waited_longest_is_found_beside_a_round(void **state)
{
    struct receive r[] = { wants(&alices, &one), wants(&bobs, NULL), wants(&alices, NULL) };
    size_t i;

    (void)state;
    assert_null(waiting_longest(&w, is_bobs, NULL));
    for (i = 0; i < 3; i++)
        assert_int_equal(waiting_add(&w, &r[i], 100), ERR_OK);
    waiting_round(&w);
    waiting_pass(&w, &r[0]);
    assert_ptr_equal(waiting_longest(&w, is_bobs, NULL), &r[1]);
    assert_ptr_equal(waiting_longest(&w, is_alices, NULL), &r[0]);
    assert_ptr_equal(waiting_next(&w), &r[1]); /* the round goes on as it was */
    for (i = 0; i < 3; i++)
        waiting_remove(&w, &r[i]);
}

static void whose_time_is_over_first_is_found_first(void **state)
{
    struct receive r[] = { wants(&alices, NULL), wants(&alices, &one), wants(&bobs, NULL) };

    (void)state;
    assert_int_equal(waiting_earliest(&w), UINT64_MAX);
    assert_int_equal(waiting_add(&w, &r[0], 300), ERR_OK);
    assert_int_equal(waiting_add(&w, &r[1], 100), ERR_OK);
    assert_int_equal(waiting_add(&w, &r[2], 200), ERR_OK);
    assert_int_equal(waiting_earliest(&w), 100);
    assert_null(waiting_over(&w, 99));
    assert_ptr_equal(waiting_over(&w, 200), &r[1]);
    waiting_remove(&w, &r[1]);
    assert_ptr_equal(waiting_over(&w, 200), &r[2]);
    waiting_remove(&w, &r[2]);
    assert_null(waiting_over(&w, 200));
    waiting_remove(&w, &r[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ONE(name) cmocka_unit_test_teardown(name, tear_down)
        ONE(who_wants_the_same_stands_in_one_line),
        ONE(who_has_waited_longest_is_found_beside_a_round),
        ONE(a_line_that_gets_nothing_is_tried_once_in_a_round),
        ONE(where_there_is_nothing_at_all_nobody_else_is_tried),
        ONE(whose_time_is_over_first_is_found_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
