/* SPDX-License-Identifier: Apache-2.0
 * test_manager.c - what the queue manager does with messages: who gets them, and what becomes of
 * them.
 */
#include <pthread.h>
#include <unistd.h>

#include "lib/queue/manager_home.h"
#include "lib/queue_message.h"
#include "lib/unit.h"

enum { BOTH = ACCESS_RECEIVE | ACCESS_SEND };

static struct manager_home home;

static int set_up(void **state)
{
    (void)state;
    manager_home_make(&home);
    manager_home_open(&home);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    manager_home_done(&home);
    return 0;
}

static mqd_figures figures(const char *name)
{
    struct access_who root = { 0 };
    mqd_info info;

    assert_int_equal(access_who_new(0, 0, &root), ERR_OK);
    assert_int_equal(manager_show(home.manager, &root, name, &info), MQD_OK);
    access_who_done(&root);
    return info.figures;
}

/* The first of the dead letters, as that account sees them. */
static uint32_t dead_letter(uint32_t uid, mqd_seen *seen, uint64_t *ret_number)
{
    struct access_who who = { 0 };
    struct buf head = { 0 };
    uint32_t status;

    *ret_number = 0;
    assert_int_equal(access_who_new(uid, uid, &who), ERR_OK);
    status = manager_peek(home.manager, &who, "$dead-letter", "", ret_number, seen, &head);
    access_who_done(&who);
    buf_free(&head);
    return status;
}

/* ---- there and back ---- */

static void messages_come_in_order_and_are_gone_when_executed(void **state)
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    mqd_taken t;

    (void)state;
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "one"), MQD_OK);
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "two"), MQD_OK);
    assert_int_equal(figures("q").messages, 2);
    assert_string_equal(manager_home_take(h, &t), "one");
    assert_string_equal((const char *)t.submitter, "S-1-22-1-54321");
    assert_int_equal(manager_home_outcome(h, t.lease, MQD_EXECUTED, 0), MQD_OK);
    assert_int_equal(manager_home_outcome(h, t.lease, MQD_EXECUTED, 0), MQD_NO_LEASE);
    assert_string_equal(manager_home_take(h, &t), "two");
    assert_int_equal(manager_home_outcome(h, t.lease, MQD_EXECUTED, 0), MQD_OK);
    assert_int_equal(manager_home_try(h), MQD_TIMEOUT);
    assert_int_equal(figures("q").messages, 0);
    assert_int_equal(figures("q").executed, 2);
    handle_close(h);
}

static void what_was_accepted_is_there_when_the_manager_begins_again(void **state)
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    mqd_taken t;

    (void)state;
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "kept"), MQD_OK);
    handle_close(h);
    manager_home_close(&home);
    manager_home_open(&home);
    h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    assert_string_equal(manager_home_take(h, &t), "kept");
    handle_close(h);
}

static void what_a_transaction_sends_goes_out_when_it_is_executed(void **state)
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct handle *out = manager_home_queue(&home, HOME_ALICE, "out", BOTH);
    mqd_taken t, none;

    (void)state;
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "call"), MQD_OK);
    assert_string_equal(manager_home_take(h, &t), "call");
    assert_int_equal(manager_home_join(out, t.lease, HOME_ALICE, "out", "x"), MQD_NO_LEASE);
    assert_int_equal(handle_begin_transaction(h, t.lease), MQD_OK);
    assert_int_equal(manager_home_join(out, t.lease, HOME_ALICE, "out", "joined"), MQD_OK);
    assert_int_equal(manager_home_join(out, t.lease, HOME_ALICE, "q", "x"), MQD_WRONG_QUEUE);
    assert_int_equal(manager_home_try(out), MQD_TIMEOUT);
    assert_int_equal(figures("out").held, 1);
    assert_int_equal(manager_home_outcome(h, t.lease, MQD_EXECUTED, 0), MQD_OK);
    assert_int_equal(manager_home_join(out, t.lease, HOME_ALICE, "out", "x"), MQD_NO_LEASE);
    assert_int_equal(figures("out").held, 0);
    assert_string_equal(manager_home_take(out, &none), "joined");
    handle_close(out);
    handle_close(h);
}

static void who_loses_a_transaction_leaves_it_to_the_next(void **state)
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct handle *out = manager_home_queue(&home, HOME_ALICE, "out", BOTH);
    mqd_taken t, again;

    (void)state;
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "call"), MQD_OK);
    assert_string_equal(manager_home_take(h, &t), "call");
    assert_int_equal(handle_begin_transaction(h, t.lease), MQD_OK);
    assert_int_equal(manager_home_join(out, t.lease, HOME_ALICE, "out", "joined"), MQD_OK);
    handle_close(h);
    assert_int_equal(manager_home_join(out, t.lease, HOME_ALICE, "out", "x"), MQD_NO_LEASE);
    h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    assert_string_equal(manager_home_take(h, &again), "call");
    assert_int_equal(again.deliveries, 1);
    assert_int_not_equal(again.lease, t.lease);
    assert_int_equal(figures("out").held, 1);
    assert_int_equal(manager_home_outcome(h, again.lease, MQD_EXECUTED, 0), MQD_OK);
    assert_string_equal(manager_home_take(out, &again), "joined");
    handle_close(out);
    handle_close(h);
}

static void a_transaction_is_joined_by_its_own_account_alone(void **state)
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct handle *bobs = manager_home_queue(&home, HOME_BOB, "q", ACCESS_SEND);
    mqd_taken t;

    (void)state;
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "call"), MQD_OK);
    assert_string_equal(manager_home_take(h, &t), "call");
    assert_int_equal(handle_begin_transaction(bobs, t.lease), MQD_NO_LEASE);
    assert_int_equal(handle_begin_transaction(h, t.lease), MQD_OK);
    assert_int_equal(manager_home_join(bobs, t.lease, HOME_BOB, "q", "x"), MQD_NO_LEASE);
    handle_close(bobs);
    handle_close(h);
}

struct asking {
    struct handle *h;
    mqd_taken t;
    uint32_t status;
    char text[16];
};

static void *ask(void *arg)
{
    struct asking *a = arg;

    (void)snprintf(a->text, sizeof a->text, "%s",
                   manager_home_receive(a->h, HOME_LONG_MS, &a->t, &a->status));
    return NULL;
}

static void begin_asking(struct asking *a, const char *name, pthread_t *ret)
{
    assert_int_equal(pthread_create(ret, NULL, ask, a), 0);
    while (figures(name).receivers == 0)
        (void)usleep(1000);
}

static void who_waits_gets_what_comes(void **state)
{
    struct asking a = { .h = manager_home_queue(&home, HOME_ALICE, "q", BOTH) };
    struct handle *other = manager_home_queue(&home, HOME_BOB, "q", ACCESS_SEND);
    pthread_t thread;

    (void)state;
    begin_asking(&a, "q", &thread);
    assert_int_equal(manager_home_send(other, HOME_BOB, "q", "at last"), MQD_OK);
    pthread_join(thread, NULL);
    assert_string_equal(a.text, "at last");
    handle_close(other);
    handle_close(a.h);
}

/* It lies in the manager's memory until it is read: who has so much waits until it has begun. */
static void who_has_not_taken_what_it_was_given_gets_no_more(void **state)
{
    struct handle *h;
    struct asking a;
    pthread_t thread;
    mqd_taken t;

    (void)state;
    manager_home_close(&home);
    home.config.receiver_bytes = 1;
    manager_home_open(&home);
    h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    a = (struct asking){ .h = manager_home_queue(&home, HOME_ALICE, "q", BOTH) };
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "first"), MQD_OK);
    assert_string_equal(manager_home_take(h, &t), "first");
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "next"), MQD_OK);
    assert_int_equal(manager_home_try(a.h), MQD_TOO_MANY);
    begin_asking(&a, "q", &thread);
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "after it"), MQD_OK);
    assert_int_equal(figures("q").receivers, 1);
    assert_int_equal(handle_begin(h, t.lease), MQD_OK);
    pthread_join(thread, NULL);
    assert_string_equal(a.text, "next");
    handle_close(a.h);
    handle_close(h);
}

static void what_a_strict_queue_held_back_comes_to_who_waits(void **state)
{
    const mqd_settings strict = { .strict = TRUE };
    struct handle *first = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct asking a = { .h = manager_home_queue(&home, HOME_ALICE, "q", BOTH) };
    struct access_who alice = { 0 };
    pthread_t thread;
    mqd_taken t;

    (void)state;
    assert_int_equal(access_who_new(HOME_ALICE, HOME_ALICE, &alice), ERR_OK);
    assert_int_equal(manager_set(home.manager, &alice, "q", MQD_SET_STRICT, &strict), MQD_OK);
    access_who_done(&alice);
    assert_int_equal(manager_home_send(first, HOME_ALICE, "q", "one"), MQD_OK);
    assert_int_equal(manager_home_send(first, HOME_ALICE, "q", "two"), MQD_OK);
    assert_string_equal(manager_home_take(first, &t), "one");
    begin_asking(&a, "q", &thread);
    assert_int_equal(manager_home_outcome(first, t.lease, MQD_EXECUTED, 0), MQD_OK);
    pthread_join(thread, NULL);
    assert_string_equal(a.text, "two");
    handle_close(a.h);
    handle_close(first);
}

static void who_waits_is_told_when_the_handle_is_closed(void **state)
{
    struct asking a = { .h = manager_home_queue(&home, HOME_ALICE, "q", BOTH) };
    pthread_t thread;

    (void)state;
    begin_asking(&a, "q", &thread);
    handle_close(a.h);
    pthread_join(thread, NULL);
    assert_int_equal(a.status, MQD_CANCELLED);
}

static void who_waits_is_told_when_the_manager_ends(void **state)
{
    struct asking a = { .h = manager_home_queue(&home, HOME_ALICE, "q", BOTH) };
    pthread_t thread;

    (void)state;
    begin_asking(&a, "q", &thread);
    manager_stop(home.manager);
    pthread_join(thread, NULL);
    assert_int_equal(a.status, MQD_STOPPING);
    assert_int_equal(manager_home_send(a.h, HOME_ALICE, "q", "late"), MQD_STOPPING);
    handle_close(a.h);
}

static void a_wait_ends_in_time(void **state)
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    mqd_taken t;
    uint32_t status;

    (void)state;
    (void)manager_home_receive(h, 5, &t, &status);
    assert_int_equal(status, MQD_TIMEOUT);
    handle_close(h);
}

static void a_lost_receivers_message_goes_to_the_next(void **state)
{
    struct handle *first = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct handle *second = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    mqd_taken t;

    (void)state;
    assert_int_equal(manager_home_send(first, HOME_ALICE, "q", "both"), MQD_OK);
    assert_string_equal(manager_home_take(first, &t), "both");
    assert_int_equal(manager_home_try(second), MQD_TIMEOUT);
    handle_close(first); /* it had not begun: nothing is charged */
    assert_string_equal(manager_home_take(second, &t), "both");
    assert_int_equal(t.deliveries, 0);
    assert_int_equal(handle_begin(second, t.lease), MQD_OK);
    handle_close(second);
    first = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    assert_string_equal(manager_home_take(first, &t), "both");
    assert_int_equal(t.deliveries, 1);
    handle_close(first);
}

static void a_message_that_always_fails_becomes_a_dead_letter(void **state)
{
    const uint32_t tries = (uint32_t)home.config.deliveries;
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct access_who alice = { 0 };
    mqd_taken t;
    mqd_seen seen;
    uint64_t number;
    uint32_t i;

    (void)state;
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "poison"), MQD_OK);
    for (i = 0; i < tries; i++) {
        assert_string_equal(manager_home_take(h, &t), "poison");
        assert_int_equal(t.deliveries, i);
        assert_int_equal(handle_begin(h, t.lease), MQD_OK);
        assert_int_equal(manager_home_outcome(h, t.lease, MQD_FAILED, 0), MQD_OK);
    }
    assert_int_equal(figures("q").messages, 0);
    assert_int_equal(dead_letter(HOME_ALICE, &seen, &number), MQD_OK);
    assert_int_equal(seen.deliveries, tries);
    assert_string_equal((const char *)seen.from, "q");
    assert_int_equal(dead_letter(HOME_BOB, &seen, &number), MQD_NO_MORE);
    assert_int_equal(access_who_new(HOME_ALICE, HOME_ALICE, &alice), ERR_OK);
    assert_int_equal(dead_letter(HOME_ALICE, &seen, &number), MQD_OK);
    assert_int_equal(manager_move(home.manager, &alice, "$dead-letter", number), MQD_OK);
    assert_string_equal(manager_home_take(h, &t), "poison"); /* tried again, from the beginning */
    assert_int_equal(t.deliveries, 0);
    access_who_done(&alice);
    handle_close(h);
}

static void a_refused_message_is_a_dead_letter_with_the_reason(void **state)
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    mqd_taken t;
    mqd_seen seen;
    uint64_t number;

    (void)state;
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "bad"), MQD_OK);
    assert_string_equal(manager_home_take(h, &t), "bad");
    assert_int_equal(manager_home_outcome(h, t.lease, MQD_REFUSED, 7), MQD_OK);
    assert_int_equal(dead_letter(HOME_ALICE, &seen, &number), MQD_OK);
    assert_int_equal(seen.reason, MQD_REASON_FIRST + 7);
    handle_close(h);
}

/* As an operator's message is handed over; the manager believes nothing of it. */
static struct buf replay_of(const uint8_t id[QUEUE_ID], const char *queue)
{
    struct queue_header h = queue_message_header(queue);

    h.kind = QUEUE_KIND_REPLAY;
    memcpy(h.reply_to, id, QUEUE_ID);
    assert_int_equal(sid_parse("S-1-22-1-54321", &h.sender), ERR_OK);
    return queue_message_make(&h, bytes_of_text("the letter"));
}

static void a_letter_is_gone_when_its_replay_is_accepted(void **state)
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct access_who alice = { 0 }, bob = { 0 };
    struct buf letter = { 0 }, message, other;
    struct queue_message m;
    uint64_t number;
    mqd_taken t;
    mqd_seen seen;

    (void)state;
    assert_int_equal(access_who_new(HOME_ALICE, HOME_ALICE, &alice), ERR_OK);
    assert_int_equal(access_who_new(HOME_BOB, HOME_BOB, &bob), ERR_OK);
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "bad"), MQD_OK);
    (void)manager_home_take(h, &t);
    assert_int_equal(manager_home_outcome(h, t.lease, MQD_REFUSED, 7), MQD_OK);
    assert_int_equal(dead_letter(HOME_ALICE, &seen, &number), MQD_OK);
    assert_int_equal(manager_read(home.manager, &bob, "$dead-letter", number, &letter), MQD_DENIED);
    assert_int_equal(manager_read(home.manager, &alice, "$dead-letter", number + 1, &letter),
                     MQD_NO_MESSAGE);
    assert_int_equal(manager_read(home.manager, &alice, "$dead-letter", 0, &letter), MQD_INVALID);
    assert_int_equal(manager_read(home.manager, &alice, "q", number, &letter), MQD_INVALID);
    assert_int_equal(manager_read(home.manager, &alice, "nowhere", 1, &letter), MQD_NO_QUEUE);
    assert_int_equal(manager_read(home.manager, &alice, "$dead-letter", number, &letter), MQD_OK);
    assert_int_equal(queue_message_read(buf_view(letter), &m), ERR_OK);
    assert_true(bytes_equal(m.body, bytes_of_text("bad")));
    message = replay_of(m.header.id, "q");
    m.header.id[0] ^= 1;
    other = replay_of(m.header.id, "q");
    assert_int_equal(handle_replay(h, "$dead-letter", number, buf_view(letter)), MQD_INVALID);
    assert_int_equal(handle_replay(h, "$dead-letter", number, buf_view(other)), MQD_INVALID);
    assert_int_equal(handle_replay(h, "$dead-letter", number, buf_view(message)), MQD_OK);
    assert_int_equal(dead_letter(HOME_ALICE, &seen, &number), MQD_NO_MORE);
    assert_int_equal(handle_replay(h, "$dead-letter", 1, buf_view(message)), MQD_NO_MESSAGE);
    assert_string_equal(manager_home_take(h, &t), "the letter");
    buf_free(&message);
    buf_free(&other);
    buf_free(&letter);
    access_who_done(&alice);
    access_who_done(&bob);
    handle_close(h);
}

enum { LONG_BODY = 300 << 10 }; /* in the store a file of its own */

/* Of that account, which wants to hear of it by alice's queue; over soon, but not before it is
 * there, however slow that is. */
static void send_to_expire(struct handle *h, const char *sender, size_t size,
                           uint8_t ret_id[QUEUE_ID])
{
    static const uint8_t body[LONG_BODY];
    uint64_t life = QUEUE_SECOND / 4;
    uint32_t status = MQD_EXPIRED;

    for (; status == MQD_EXPIRED; life *= 2) {
        struct queue_header header = queue_message_header("q");
        struct buf message;

        assert_int_equal(sid_parse(sender, &header.sender), ERR_OK);
        header.acknowledge = true;
        header.reply_queue = bytes_of_text("reply.S-1-5-21-1-2-3-1104");
        header.reach_by = header.expires = header.created + life;
        memcpy(ret_id, header.id, QUEUE_ID);
        message = queue_message_make(&header, bytes_of(body, size));
        status = manager_home_submit(h, buf_view(message));
        buf_free(&message);
    }
    assert_int_equal(status, MQD_OK);
}

static void who_asked_is_told_that_a_message_has_expired(void **state)
{
    struct handle *alice = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct handle *reply = manager_home_queue(&home, HOME_ALICE, "reply.S-1-5-21-1-2-3-1104", BOTH);
    struct handle *bob = manager_home_queue(&home, HOME_BOB, "q", ACCESS_SEND);
    uint8_t of_bob[QUEUE_ID], of_other[QUEUE_ID], of_alice[QUEUE_ID];
    const size_t sizes[] = { 1, LONG_BODY };
    uint32_t status, i;
    mqd_taken t;

    (void)state;
    home.config.unlisted_senders = CONFIG_UNLISTED_ACCEPT;     /* without keys, too */
    send_to_expire(bob, "S-1-5-21-1-2-3-1104", 1, of_bob);     /* whose process alice's was not */
    send_to_expire(alice, "S-1-5-21-1-2-3-1105", 1, of_other); /* whose queue that is not */
    while (figures("q").messages)
        usleep(10000);
    for (i = 0; i < 2; i++) {
        send_to_expire(alice, "S-1-5-21-1-2-3-1104", sizes[i], of_alice);
        (void)manager_home_receive(reply, HOME_LONG_MS, &t, &status);
        assert_int_equal(status, MQD_OK);
        assert_string_equal((const char *)t.submitter, "S-1-22-1-0");
        assert_memory_equal(manager_home_header()->reply_to, of_alice, QUEUE_ID);
        assert_int_equal(manager_home_header()->kind, QUEUE_KIND_ACKNOWLEDGEMENT);
        assert_int_equal(manager_home_header()->level, QUEUE_LEVEL_NONE);
        assert_int_equal(manager_home_outcome(reply, t.lease, MQD_EXECUTED, 0), MQD_OK);
    }
    assert_int_equal(manager_home_try(reply), MQD_TIMEOUT);
    handle_close(reply);
    handle_close(alice);
    handle_close(bob);
}

static void messages_of_other_interfaces_wait(void **state)
{
    mqd_interface wanted = { .uuid = { 0 }, .major = 1 };
    struct queue_header header = queue_message_header("q");
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct buf message;
    mqd_taken t;
    uint32_t status;

    (void)state;
    header.sender.sub[1] = HOME_ALICE;
    header.interface_id.data1 = 0x99;
    message = queue_message_make(&header, bytes_of_text("of another"));
    assert_int_equal(manager_home_submit(h, buf_view(message)), MQD_OK);
    buf_free(&message);
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "mine"), MQD_OK);
    uuid_write(&(struct uuid){ .data1 = 0x0a0b0c0d }, wanted.uuid);
    assert_string_equal(manager_home_receive_of(h, &wanted, 1, &t, &status), "mine");
    assert_string_equal(manager_home_receive_of(h, &wanted, 1, &t, &status), "");
    assert_int_equal(status, MQD_TIMEOUT);
    assert_string_equal(manager_home_take(h, &t), "of another");
    handle_close(h);
}
int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(messages_come_in_order_and_are_gone_when_executed),
        TEST(what_was_accepted_is_there_when_the_manager_begins_again),
        TEST(what_a_transaction_sends_goes_out_when_it_is_executed),
        TEST(who_loses_a_transaction_leaves_it_to_the_next),
        TEST(a_transaction_is_joined_by_its_own_account_alone),
        TEST(who_waits_gets_what_comes),
        TEST(who_has_not_taken_what_it_was_given_gets_no_more),
        TEST(what_a_strict_queue_held_back_comes_to_who_waits),
        TEST(who_waits_is_told_when_the_handle_is_closed),
        TEST(who_waits_is_told_when_the_manager_ends),
        TEST(a_wait_ends_in_time),
        TEST(a_lost_receivers_message_goes_to_the_next),
        TEST(a_message_that_always_fails_becomes_a_dead_letter),
        TEST(a_refused_message_is_a_dead_letter_with_the_reason),
        TEST(a_letter_is_gone_when_its_replay_is_accepted),
        TEST(who_asked_is_told_that_a_message_has_expired),
        TEST(messages_of_other_interfaces_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
