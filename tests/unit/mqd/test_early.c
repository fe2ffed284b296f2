/* SPDX-License-Identifier: Apache-2.0
 * test_early.c - who waits for a message has it while its sender waits for the disk.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/queue/manager_home.h"
#include "lib/queue/slow_disk.h"
#include "lib/queue_message.h"
#include "lib/unit.h"

enum { BOTH = ACCESS_SEND | ACCESS_RECEIVE, ROOM = 4096 };

static struct manager_home home;

static int set_up(void **state)
{
    (void)state;
    slow_disk_begin();
    manager_home_make(&home);
    home.config.receiver_bytes = ROOM;
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

/* ---- of several who wait for different messages ---- */

struct waiter {
    struct receive receive; /* first */
    mqd_interface wanted;
    sem_t told;
    atomic_bool done;
    uint32_t status;
    struct handle *h;
    struct bytes sends; /* before it is told, to who waits behind it */
    const struct waiter *behind;
    bool behind_has_it;
};

static void on_sent(void *arg, uint32_t status)
{
    assert_int_equal(status, MQD_OK);
    sem_post(arg);
}

static sem_t sent;

static void on_message(struct receive *r, uint32_t status, const mqd_taken *taken,
                       struct buf message)
{
    struct waiter *w = (struct waiter *)(void *)r;

    (void)taken;
    buf_free(&message);
    if (w->sends.len) {
        handle_submit(w->h, w->sends, on_sent, &sent);
        w->behind_has_it = atomic_load(&w->behind->done);
    }
    w->status = status;
    atomic_store(&w->done, true);
    sem_post(&w->told);
}

static void wait_begin(struct waiter *w, struct handle *h, uint32_t interface)
{
    *w =
        (struct waiter){ .h = h, .wanted = { .major = 1 }, .sends = w->sends, .behind = w->behind };
    uuid_write(&(struct uuid){ .data1 = interface }, w->wanted.uuid);
    sem_init(&w->told, 0, 0);
    w->receive.done = on_message;
    w->receive.interfaces = &w->wanted;
    w->receive.interface_count = 1;
    w->receive.wait_ms = HOME_LONG_MS;
    handle_receive(h, &w->receive);
}

static void wait_for(sem_t *over)
{
    while (sem_wait(over) != 0)
        continue;
    sem_destroy(over);
}

static struct buf message_of(uint32_t interface, struct bytes body)
{
    struct queue_header header = queue_message_header("q");

    header.sender.sub[1] = HOME_ALICE;
    header.interface_id = (struct uuid){ .data1 = interface };
    return queue_message_make(&header, body);
}

static void put(struct handle *h, uint32_t interface, struct bytes body)
{
    struct buf message = message_of(interface, body);

    assert_int_equal(manager_home_submit(h, buf_view(message)), MQD_OK);
    buf_free(&message);
}

/* What there is for two is given out; the first has hardly got it when one comes for who waits
 * behind both. */
static void who_waits_for_another_message_is_not_passed_over(void **state)
{
    static const uint8_t much[ROOM];
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct buf second = message_of(1, bytes_of_text("second"));
    struct waiter w[3] = { { .sends = buf_view(second), .behind = &w[2] } };
    mqd_taken held;
    size_t i;

    (void)state;
    sem_init(&sent, 0, 0);
    put(h, 0, bytes_of(much, sizeof much));
    (void)manager_home_take(h, &held); /* and no room for more */
    for (i = 0; i < 3; i++)
        wait_begin(&w[i], h, i == 1 ? 2 : 1);
    put(h, 1, bytes_of_text("first"));
    put(h, 2, bytes_of_text("another"));
    assert_int_equal(handle_begin(h, held.lease), MQD_OK);
    for (i = 0; i < 3; i++) {
        wait_for(&w[i].told);
        assert_int_equal(w[i].status, MQD_OK);
    }
    assert_true(w[0].behind_has_it);
    wait_for(&sent);
    buf_free(&second);
    handle_close(h);
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
        cmocka_unit_test_setup_teardown(who_waits_for_another_message_is_not_passed_over, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
