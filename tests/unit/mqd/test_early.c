/* SPDX-License-Identifier: Apache-2.0
 * test_early.c - who waits for a message has it while its sender waits for the disk.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/queue/manager_home.h"
#include "lib/queue/slow_disk.h"
#include "lib/unit.h"

enum { BOTH = ACCESS_SEND | ACCESS_RECEIVE };

static struct manager_home home;

static int set_up(void **state)
{
    (void)state;
    slow_disk_begin();
    manager_home_make(&home);
    manager_home_open(&home);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    slow_disk_end();
    manager_home_done(&home);
    return 0;
}

struct one { /* who sends, or receives */
    struct handle *h;
    pthread_t thread;
    atomic_bool done;
    mqd_taken taken;
    uint32_t status;
    char text[16];
};

static void *receive(void *arg)
{
    struct one *o = arg;

    (void)snprintf(o->text, sizeof o->text, "%s",
                   manager_home_receive(o->h, HOME_LONG_MS, &o->taken, &o->status));
    return NULL;
}

static void *send(void *arg)
{
    struct one *o = arg;

    o->status = manager_home_send(o->h, HOME_ALICE, "q", o->text);
    atomic_store(&o->done, true);
    return NULL;
}

static uint32_t receivers(void)
{
    struct access_who root = { 0 };
    mqd_stats stats = { .receivers = 0 };

    assert_int_equal(access_who_new(0, 0, &root), ERR_OK);
    assert_int_equal(manager_stats(home.manager, &root, &stats), MQD_OK);
    access_who_done(&root);
    return stats.receivers;
}

/* One waits for a message, the disk is held, and one is sent: the first has it. */
static void hand_over(struct one *receiver, struct one *sender)
{
    assert_int_equal(pthread_create(&receiver->thread, NULL, receive, receiver), 0);
    while (receivers() == 0)
        (void)usleep(1000);
    slow_disk_hold();
    assert_int_equal(pthread_create(&sender->thread, NULL, send, sender), 0);
    assert_int_equal(pthread_join(receiver->thread, NULL), 0);
    assert_int_equal(receiver->status, MQD_OK);
    assert_string_equal(receiver->text, sender->text);
    assert_int_equal(receiver->taken.deliveries, 0);
    assert_int_equal(handle_begin(receiver->h, receiver->taken.lease), MQD_OK);
}

static void the_receiver_has_it_before_the_disk_and_the_sender_hears_behind_it(void **state)
{
    struct one receiver = { .h = manager_home_queue(&home, HOME_ALICE, "q", BOTH) };
    struct one sender = { .h = receiver.h, .text = "early" };

    (void)state;
    hand_over(&receiver, &sender);
    assert_false(atomic_load(&sender.done));
    slow_disk_let_go();
    assert_int_equal(pthread_join(sender.thread, NULL), 0);
    assert_int_equal(sender.status, MQD_OK);
    assert_int_equal(manager_home_outcome(receiver.h, receiver.taken.lease, MQD_EXECUTED, 0),
                     MQD_OK);
    assert_int_equal(manager_home_try(receiver.h), MQD_TIMEOUT);
    handle_close(receiver.h);
}

/* What a receiver had when it was lost is another's, behind the commit. */
static void a_receiver_that_is_lost_before_the_commit_loses_nothing(void **state)
{
    struct one receiver = { .h = manager_home_queue(&home, HOME_ALICE, "q", BOTH) };
    struct one sender = { .h = manager_home_queue(&home, HOME_ALICE, "q", BOTH), .text = "kept" };
    mqd_taken t;

    (void)state;
    hand_over(&receiver, &sender);
    handle_close(receiver.h);
    assert_false(atomic_load(&sender.done));
    slow_disk_let_go();
    assert_int_equal(pthread_join(sender.thread, NULL), 0);
    assert_int_equal(sender.status, MQD_OK);
    assert_string_equal(manager_home_take(sender.h, &t), "kept");
    assert_int_equal(t.deliveries, 1);
    handle_close(sender.h);
}

static void a_sender_whose_message_is_not_kept_hears_that_nobody_can_tell(void **state)
{
    struct one receiver = { .h = manager_home_queue(&home, HOME_ALICE, "q", BOTH) };
    struct one sender = { .h = receiver.h, .text = "who knows" };

    (void)state;
    hand_over(&receiver, &sender);
    slow_disk_break();
    assert_int_equal(pthread_join(sender.thread, NULL), 0);
    assert_int_equal(sender.status, MQD_UNSURE);
    handle_close(receiver.h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            the_receiver_has_it_before_the_disk_and_the_sender_hears_behind_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_receiver_that_is_lost_before_the_commit_loses_nothing,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_sender_whose_message_is_not_kept_hears_that_nobody_can_tell, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
