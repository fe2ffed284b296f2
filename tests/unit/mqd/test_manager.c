/* SPDX-License-Identifier: Apache-2.0
 * test_manager.c - the queue manager's rules: who may do what, what is accepted, who gets it, and
 * what becomes of it.
 */
#include <pthread.h>
#include <unistd.h>

#include "lib/queue/manager_home.h"
#include "lib/queue_message.h"
#include "lib/unit.h"
#include "queue/manager/store.h"

enum { LONG_MS = 60000, BOTH = ACCESS_RECEIVE | ACCESS_SEND };

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

static const char *receive(struct handle *h, mqd_taken *t)
{
    uint32_t status;
    const char *text = manager_home_receive(h, LONG_MS, t, &status);

    assert_int_equal(status, MQD_OK);
    return text;
}

static uint32_t try_receive(struct handle *h)
{
    mqd_taken t;
    uint32_t status;

    (void)manager_home_receive(h, 0, &t, &status);
    return status;
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
    assert_string_equal(receive(h, &t), "one");
    assert_string_equal((const char *)t.submitter, "S-1-22-1-54321");
    assert_int_equal(manager_home_outcome(h, t.lease, MQD_EXECUTED, 0), MQD_OK);
    assert_int_equal(manager_home_outcome(h, t.lease, MQD_EXECUTED, 0), MQD_NO_LEASE);
    assert_string_equal(receive(h, &t), "two");
    assert_int_equal(manager_home_outcome(h, t.lease, MQD_EXECUTED, 0), MQD_OK);
    assert_int_equal(try_receive(h), MQD_TIMEOUT);
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
    assert_string_equal(receive(h, &t), "kept");
    handle_close(h);
}

static void what_a_transaction_sends_goes_out_when_it_is_executed(void **state)
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct handle *out = manager_home_queue(&home, HOME_ALICE, "out", BOTH);
    mqd_taken t, none;

    (void)state;
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "call"), MQD_OK);
    assert_string_equal(receive(h, &t), "call");
    assert_int_equal(manager_home_join(out, t.lease, HOME_ALICE, "out", "x"), MQD_NO_LEASE);
    assert_int_equal(handle_begin_transaction(h, t.lease), MQD_OK);
    assert_int_equal(manager_home_join(out, t.lease, HOME_ALICE, "out", "joined"), MQD_OK);
    assert_int_equal(manager_home_join(out, t.lease, HOME_ALICE, "q", "x"), MQD_WRONG_QUEUE);
    assert_int_equal(try_receive(out), MQD_TIMEOUT);
    assert_int_equal(figures("out").held, 1);
    assert_int_equal(manager_home_outcome(h, t.lease, MQD_EXECUTED, 0), MQD_OK);
    assert_int_equal(manager_home_join(out, t.lease, HOME_ALICE, "out", "x"), MQD_NO_LEASE);
    assert_int_equal(figures("out").held, 0);
    assert_string_equal(receive(out, &none), "joined");
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
    assert_string_equal(receive(h, &t), "call");
    assert_int_equal(handle_begin_transaction(h, t.lease), MQD_OK);
    assert_int_equal(manager_home_join(out, t.lease, HOME_ALICE, "out", "joined"), MQD_OK);
    handle_close(h);
    assert_int_equal(manager_home_join(out, t.lease, HOME_ALICE, "out", "x"), MQD_NO_LEASE);
    h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    assert_string_equal(receive(h, &again), "call");
    assert_int_equal(again.deliveries, 1);
    assert_int_not_equal(again.lease, t.lease);
    assert_int_equal(figures("out").held, 1);
    assert_int_equal(manager_home_outcome(h, again.lease, MQD_EXECUTED, 0), MQD_OK);
    assert_string_equal(receive(out, &again), "joined");
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
    assert_string_equal(receive(h, &t), "call");
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
                   manager_home_receive(a->h, LONG_MS, &a->t, &a->status));
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
    assert_string_equal(receive(h, &t), "first");
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "next"), MQD_OK);
    assert_int_equal(try_receive(a.h), MQD_TOO_MANY);
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
    assert_string_equal(receive(first, &t), "one");
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
    assert_string_equal(receive(first, &t), "both");
    assert_int_equal(try_receive(second), MQD_TIMEOUT);
    handle_close(first); /* it had not begun: nothing is charged */
    assert_string_equal(receive(second, &t), "both");
    assert_int_equal(t.deliveries, 0);
    assert_int_equal(handle_begin(second, t.lease), MQD_OK);
    handle_close(second);
    first = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    assert_string_equal(receive(first, &t), "both");
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
        assert_string_equal(receive(h, &t), "poison");
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
    assert_string_equal(receive(h, &t), "poison"); /* tried again, from the beginning */
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
    assert_string_equal(receive(h, &t), "bad");
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
    (void)receive(h, &t);
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
    assert_string_equal(receive(h, &t), "the letter");
    buf_free(&message);
    buf_free(&other);
    buf_free(&letter);
    access_who_done(&alice);
    access_who_done(&bob);
    handle_close(h);
}

/* Of that account, which wants to hear of it by alice's queue; over soon, but not before it is
 * there, however slow that is. */
static void send_to_expire(struct handle *h, const char *sender, uint8_t ret_id[QUEUE_ID])
{
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
        message = queue_message_make(&header, bytes_of_text("late"));
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
    uint32_t status;
    mqd_taken t;

    (void)state;
    home.config.unlisted_senders = CONFIG_UNLISTED_ACCEPT; /* without keys, too */
    send_to_expire(bob, "S-1-5-21-1-2-3-1104", of_bob);     /* whose process alice's was not */
    send_to_expire(alice, "S-1-5-21-1-2-3-1105", of_other); /* whose queue that is not */
    while (figures("q").messages)
        usleep(10000);
    send_to_expire(alice, "S-1-5-21-1-2-3-1104", of_alice);
    (void)manager_home_receive(reply, LONG_MS, &t, &status);
    assert_int_equal(status, MQD_OK);
    assert_string_equal((const char *)t.submitter, "S-1-22-1-0");
    assert_memory_equal(manager_home_header()->reply_to, of_alice, QUEUE_ID);
    assert_int_equal(manager_home_header()->kind, QUEUE_KIND_ACKNOWLEDGEMENT);
    assert_int_equal(manager_home_header()->level, QUEUE_LEVEL_NONE);
    assert_int_equal(manager_home_outcome(reply, t.lease, MQD_EXECUTED, 0), MQD_OK);
    assert_int_equal(try_receive(reply), MQD_TIMEOUT);
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
    assert_string_equal(receive(h, &t), "of another");
    handle_close(h);
}

/* ---- what is not accepted ---- */

static uint32_t submit_changed(struct handle *h, void (*change)(struct queue_header *h))
{
    struct queue_header header = queue_message_header("q");
    struct buf message;
    uint32_t status;

    header.sender.sub[1] = HOME_ALICE;
    change(&header);
    message = queue_message_make(&header, bytes_of_text("x"));
    status = manager_home_submit(h, buf_view(message));
    buf_free(&message);
    return status;
}

static uint32_t send_changed(void (*change)(struct queue_header *h))
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    uint32_t status = submit_changed(h, change);

    handle_close(h);
    return status;
}

static void other_queue(struct queue_header *h)
{
    h->queue = bytes_of_text("r");
}

static void bob(struct queue_header *h)
{
    h->sender.sub[1] = HOME_BOB;
}

static void somebody_of_a_domain(struct queue_header *h)
{
    h->sender = (struct sid){ .authority = 5, .sub = { 21, 1, 2, 3, 1000 }, .count = 5 };
}

static void somebody_of_a_domain_who_can_prove_it(struct queue_header *h)
{
    somebody_of_a_domain(h);
    h->level = QUEUE_LEVEL_PRIVACY;
}

static void over(struct queue_header *h)
{
    h->created -= 120 * QUEUE_SECOND;
    h->expires = h->reach_by = h->created + QUEUE_SECOND;
}

static void too_long(struct queue_header *h)
{
    h->expires = h->created + 40 * QUEUE_DAY;
}

static void untouched(struct queue_header *h)
{
    (void)h;
}

static void what_a_header_may_not_say_is_refused(void **state)
{
    (void)state;
    assert_int_equal(send_changed(untouched), MQD_OK);
    assert_int_equal(send_changed(other_queue), MQD_WRONG_QUEUE);
    assert_int_equal(send_changed(bob), MQD_WRONG_SENDER);
    assert_int_equal(send_changed(over), MQD_EXPIRED);
    assert_int_equal(send_changed(too_long), MQD_LIFETIME);
}

static void at_level_none_nobody_is_of_a_domain(void **state)
{
    (void)state;
    assert_int_equal(send_changed(somebody_of_a_domain_who_can_prove_it), MQD_OK);
    assert_int_equal(send_changed(somebody_of_a_domain), MQD_WRONG_SENDER);
    manager_home_close(&home);
    home.config.unlisted_senders = CONFIG_UNLISTED_ACCEPT;
    manager_home_open(&home);
    assert_int_equal(send_changed(somebody_of_a_domain), MQD_OK);
}

/* What the last message was told must not serve for the next. */
static void each_level_is_judged_alone(void **state)
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);

    (void)state;
    assert_int_equal(submit_changed(h, somebody_of_a_domain_who_can_prove_it), MQD_OK);
    assert_int_equal(submit_changed(h, somebody_of_a_domain), MQD_WRONG_SENDER);
    assert_int_equal(submit_changed(h, somebody_of_a_domain_who_can_prove_it), MQD_OK);
    handle_close(h);
}

static void the_map_says_who_may_be_whom(void **state)
{
    static const char sid[] = "S-1-5-21-1-2-3-1000";

    (void)state;
    manager_home_close(&home);
    (void)snprintf(home.senders, sizeof home.senders, "minimum-uid = 1000\n%s = %d:%d\n", sid,
                   HOME_BOB, HOME_BOB);
    manager_home_open(&home);
    assert_int_equal(send_changed(somebody_of_a_domain), MQD_WRONG_SENDER);
    manager_home_close(&home);
    (void)snprintf(home.senders, sizeof home.senders, "%s = %d:%d\n", sid, HOME_ALICE, HOME_ALICE);
    manager_home_open(&home);
    assert_int_equal(send_changed(somebody_of_a_domain), MQD_OK);
    manager_home_close(&home);
    home.senders[0] = '\0';
    home.config.unlisted_senders = CONFIG_UNLISTED_REFUSE;
    manager_home_open(&home);
    assert_int_equal(send_changed(somebody_of_a_domain), MQD_WRONG_SENDER);
    assert_int_equal(send_changed(somebody_of_a_domain_who_can_prove_it), MQD_WRONG_SENDER);
}

static void what_is_to_stay_is_not_opened_in_a_temporary_queue(void **state)
{
    const struct manager_open stays = { .name = "q", .access = BOTH, .flags = MQD_CREATE };
    const struct manager_open goes = { .name = "q",
                                       .access = BOTH,
                                       .flags = MQD_CREATE | MQD_TEMPORARY };
    uint32_t status = MQD_OK;
    mqd_opened opened;
    struct handle *h = manager_home_handle(&home, HOME_ALICE, &goes, &status), *again;

    (void)state;
    assert_non_null(h);
    handle_tell(h, &opened);
    assert_string_equal((const char *)opened.owner, "S-1-22-1-54321");
    assert_string_equal((const char *)opened.manager, "S-1-22-1-0");
    assert_null(manager_home_handle(&home, HOME_ALICE, &stays, &status));
    assert_int_equal(status, MQD_EXISTS);
    again = manager_home_handle(&home, HOME_ALICE, &goes, &status);
    assert_int_equal(status, MQD_OK);
    handle_close(again);
    handle_close(h);
}

static void limits_above_the_configurations_are_the_managers(void **state)
{
    const mqd_settings none = { .messages_most = 0 }, more = { .messages_most = 11 },
                       less = { .messages_most = 10 };
    struct access_who alice = { 0 }, root = { 0 };

    (void)state;
    manager_home_close(&home);
    home.config.queue_messages = 10;
    manager_home_open(&home);
    assert_int_equal(access_who_new(HOME_ALICE, HOME_ALICE, &alice), ERR_OK);
    assert_int_equal(access_who_new(0, 0, &root), ERR_OK);
    assert_int_equal(manager_create(home.manager, &alice, "q", MQD_SET_MESSAGES, &more),
                     MQD_DENIED);
    assert_int_equal(manager_create(home.manager, &alice, "q", MQD_SET_MESSAGES, &less), MQD_OK);
    assert_int_equal(manager_set(home.manager, &alice, "q", MQD_SET_MESSAGES, &more), MQD_DENIED);
    assert_int_equal(manager_set(home.manager, &alice, "q", MQD_SET_MESSAGES, &none), MQD_DENIED);
    assert_int_equal(manager_set(home.manager, &root, "q", MQD_SET_MESSAGES, &none), MQD_OK);
    access_who_done(&alice);
    access_who_done(&root);
}

static void what_is_no_message_is_refused(void **state)
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct queue_header header = queue_message_header("q");
    struct buf message;

    (void)state;
    header.sender.sub[1] = HOME_ALICE;
    message = queue_message_make(&header, bytes_of_text("x"));
    assert_int_equal(manager_home_submit(h, bytes_of(message.ptr, message.len - 1)), MQD_MALFORMED);
    assert_int_equal(manager_home_submit(h, bytes_of("nothing", 7)), MQD_MALFORMED);
    assert_int_equal(manager_home_submit(h, buf_view(message)), MQD_OK);
    buf_free(&message);
    handle_close(h);
}

static void a_full_queue_pushes_back(void **state)
{
    const mqd_settings two = { .messages_most = 2 };
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct access_who alice = { 0 };
    mqd_taken t;

    (void)state;
    assert_int_equal(access_who_new(HOME_ALICE, HOME_ALICE, &alice), ERR_OK);
    assert_int_equal(manager_set(home.manager, &alice, "q", MQD_SET_MESSAGES, &two), MQD_OK);
    access_who_done(&alice);
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "1"), MQD_OK);
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "2"), MQD_OK);
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "3"), MQD_QUEUE_FULL);
    (void)receive(h, &t);
    assert_int_equal(manager_home_outcome(h, t.lease, MQD_EXECUTED, 0), MQD_OK);
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "3"), MQD_OK);
    handle_close(h);
}

static void one_sender_does_not_fill_the_queue_for_others(void **state)
{
    struct handle *alice, *bob_s;

    (void)state;
    manager_home_close(&home);
    home.config.sender_messages = 1;
    manager_home_open(&home);
    alice = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    bob_s = manager_home_queue(&home, HOME_BOB, "q", ACCESS_SEND);
    assert_int_equal(manager_home_send(bob_s, HOME_BOB, "q", "1"), MQD_OK);
    assert_int_equal(manager_home_send(bob_s, HOME_BOB, "q", "2"), MQD_SENDER_FULL);
    assert_int_equal(manager_home_send(alice, HOME_ALICE, "q", "1"), MQD_OK);
    handle_close(bob_s);
    handle_close(alice);
}

static void all_queues_together_have_an_end(void **state)
{
    struct handle *h;

    (void)state;
    manager_home_close(&home);
    home.config.store_bytes = 100;
    manager_home_open(&home);
    h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "1"), MQD_MANAGER_FULL);
    handle_close(h);
}

/* ---- who may do what ---- */

static uint32_t open_as(uint32_t uid, uint32_t access, uint32_t flags, const char *list)
{
    static mqd_settings settings;
    const struct manager_open how = { .name = "q",
                                      .access = access,
                                      .flags = flags,
                                      .given = list ? MQD_SET_ACCESS : 0,
                                      .settings = &settings };
    uint32_t status = MQD_OK;
    struct handle *h;

    (void)snprintf((char *)settings.access, sizeof settings.access, "%s", list ? list : "");
    h = manager_home_handle(&home, uid, &how, &status);
    if (h)
        handle_close(h);
    return status;
}

static void the_creator_receives_others_send(void **state)
{
    (void)state;
    assert_int_equal(open_as(HOME_ALICE, BOTH, 0, NULL), MQD_NO_QUEUE);
    assert_int_equal(open_as(HOME_ALICE, BOTH, MQD_CREATE, NULL), MQD_OK);
    assert_int_equal(open_as(HOME_BOB, ACCESS_SEND, 0, NULL), MQD_OK);
    assert_int_equal(open_as(HOME_BOB, ACCESS_RECEIVE, 0, NULL), MQD_DENIED);
    assert_int_equal(open_as(HOME_BOB, ACCESS_PEEK, MQD_CREATE, NULL), MQD_DENIED);
    assert_int_equal(open_as(0, BOTH, 0, NULL), MQD_OK);
}

static void a_list_is_changed_by_who_may_alone(void **state)
{
    static const char everybody[] = "D:(A;;GA;;;WD)";

    (void)state;
    assert_int_equal(open_as(HOME_ALICE, BOTH, MQD_CREATE, NULL), MQD_OK);
    assert_int_equal(open_as(HOME_BOB, ACCESS_SEND, MQD_CREATE, everybody), MQD_DENIED);
    assert_int_equal(open_as(HOME_ALICE, BOTH, MQD_CREATE | MQD_KEEP_ACCESS, everybody), MQD_OK);
    assert_int_equal(open_as(HOME_BOB, ACCESS_RECEIVE, 0, NULL), MQD_DENIED);
    assert_int_equal(open_as(HOME_ALICE, BOTH, MQD_CREATE, everybody), MQD_OK);
    assert_int_equal(open_as(HOME_BOB, ACCESS_RECEIVE, 0, NULL), MQD_OK);
    assert_int_equal(open_as(HOME_ALICE, BOTH, MQD_CREATE, "nonsense"), MQD_INVALID);
}

static void a_handle_does_what_it_was_opened_for_alone(void **state)
{
    struct handle *sender = manager_home_queue(&home, HOME_ALICE, "q", ACCESS_SEND);
    struct handle *receiver = manager_home_queue(&home, HOME_ALICE, "q", ACCESS_RECEIVE);

    (void)state;
    assert_int_equal(try_receive(sender), MQD_DENIED);
    assert_int_equal(manager_home_send(receiver, HOME_ALICE, "q", "x"), MQD_DENIED);
    handle_close(sender);
    handle_close(receiver);
}

static void operators_need_their_rights(void **state)
{
    const mqd_settings s = { .messages_most = 1 };
    struct access_who b = { 0 };
    mqd_info info;
    mqd_stats stats;
    uint32_t n = 0;

    (void)state;
    assert_int_equal(open_as(HOME_ALICE, BOTH, MQD_CREATE, "D:(A;;GA;;;OW)(A;;0x4;;;AU)"), MQD_OK);
    assert_int_equal(access_who_new(HOME_BOB, HOME_BOB, &b), ERR_OK);
    assert_int_equal(manager_show(home.manager, &b, "q", &info), MQD_DENIED);
    assert_int_equal(manager_list(home.manager, &b, "", 1, &info, &n), MQD_NO_MORE);
    assert_int_equal(manager_set(home.manager, &b, "q", MQD_SET_MESSAGES, &s), MQD_DENIED);
    assert_int_equal(manager_purge(home.manager, &b, "q"), MQD_DENIED);
    assert_int_equal(manager_delete(home.manager, &b, "q", true), MQD_DENIED);
    assert_int_equal(manager_stats(home.manager, &b, &stats), MQD_DENIED);
    assert_int_equal(manager_set(home.manager, &b, "$dead-letter", MQD_SET_MESSAGES, &s),
                     MQD_DENIED);
    access_who_done(&b);
}

/* ---- queues ---- */

static void a_temporary_queue_goes_with_who_made_it(void **state)
{
    const struct manager_open how = { .name = "t",
                                      .access = BOTH,
                                      .flags = MQD_CREATE | MQD_TEMPORARY };
    const struct manager_open there = { .name = "t", .access = ACCESS_SEND };
    uint32_t status = MQD_OK;
    struct handle *h = manager_home_handle(&home, HOME_ALICE, &how, &status);
    struct handle *other = manager_home_handle(&home, HOME_BOB, &there, &status);

    (void)state;
    assert_int_equal(status, MQD_OK);
    handle_close(other);
    assert_int_equal(manager_home_send(h, HOME_ALICE, "t", "x"), MQD_OK);
    other = manager_home_handle(&home, HOME_BOB, &there, &status);
    handle_close(h);
    assert_int_equal(manager_home_send(other, HOME_BOB, "t", "x"), MQD_NO_QUEUE);
    handle_close(other);
}

static void a_temporary_queue_does_not_outlive_its_manager(void **state)
{
    const struct manager_open how = { .name = "t", .access = BOTH };
    const struct store_settings temporary = { .temporary = true };
    const struct store_config left = { .dir = home.config.store };
    struct store *store = NULL;
    uint32_t status = MQD_OK, number;

    (void)state;
    manager_home_close(&home);
    assert_int_equal(store_open(&left, &store), ERR_OK); /* as one that was killed leaves it */
    assert_int_equal(store_queue_create(store, "t", &temporary, &number), ERR_OK);
    store_close(store);
    manager_home_open(&home);
    assert_null(manager_home_handle(&home, HOME_ALICE, &how, &status));
    assert_int_equal(status, MQD_NO_QUEUE);
}

static void clearing_needs_the_right_and_clears(void **state)
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);

    (void)state;
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "x"), MQD_OK);
    assert_int_equal(open_as(HOME_BOB, ACCESS_SEND, MQD_CLEAR, NULL), MQD_INVALID);
    assert_int_equal(open_as(HOME_BOB, ACCESS_RECEIVE, MQD_CLEAR, NULL), MQD_DENIED);
    assert_int_equal(try_receive(h) == MQD_OK, true);
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "y"), MQD_OK);
    assert_int_equal(open_as(HOME_ALICE, BOTH, MQD_CLEAR, NULL), MQD_OK);
    assert_int_equal(try_receive(h), MQD_TIMEOUT);
    handle_close(h);
}

static void an_account_has_so_many_queues(void **state)
{
    struct access_who alice = { 0 }, root = { 0 };
    const mqd_settings none = { 0 };

    (void)state;
    manager_home_close(&home);
    home.config.queues_of_account = 1;
    manager_home_open(&home);
    assert_int_equal(access_who_new(HOME_ALICE, HOME_ALICE, &alice), ERR_OK);
    assert_int_equal(access_who_new(0, 0, &root), ERR_OK);
    assert_int_equal(manager_create(home.manager, &alice, "a", 0, &none), MQD_OK);
    assert_int_equal(manager_create(home.manager, &alice, "a", 0, &none), MQD_EXISTS);
    assert_int_equal(manager_create(home.manager, &alice, "b", 0, &none), MQD_TOO_MANY);
    assert_int_equal(manager_create(home.manager, &root, "$x", 0, &none), MQD_INVALID);
    assert_int_equal(manager_create(home.manager, &alice, " b", 0, &none), MQD_INVALID);
    assert_int_equal(manager_delete(home.manager, &alice, "a", false), MQD_OK);
    assert_int_equal(manager_create(home.manager, &alice, "b", 0, &none), MQD_OK);
    access_who_done(&alice);
    access_who_done(&root);
}

static void a_queue_with_messages_is_not_deleted_by_accident(void **state)
{
    struct handle *h = manager_home_queue(&home, HOME_ALICE, "q", BOTH);
    struct access_who alice = { 0 };

    (void)state;
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "x"), MQD_OK);
    assert_int_equal(access_who_new(HOME_ALICE, HOME_ALICE, &alice), ERR_OK);
    assert_int_equal(manager_delete(home.manager, &alice, "q", false), MQD_NOT_EMPTY);
    assert_int_equal(manager_delete(home.manager, &alice, "q", true), MQD_OK);
    assert_int_equal(try_receive(h), MQD_NO_QUEUE);
    access_who_done(&alice);
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
        TEST(what_a_header_may_not_say_is_refused),
        TEST(at_level_none_nobody_is_of_a_domain),
        TEST(each_level_is_judged_alone),
        TEST(the_map_says_who_may_be_whom),
        TEST(what_is_to_stay_is_not_opened_in_a_temporary_queue),
        TEST(limits_above_the_configurations_are_the_managers),
        TEST(what_is_no_message_is_refused),
        TEST(a_full_queue_pushes_back),
        TEST(one_sender_does_not_fill_the_queue_for_others),
        TEST(all_queues_together_have_an_end),
        TEST(the_creator_receives_others_send),
        TEST(a_list_is_changed_by_who_may_alone),
        TEST(a_handle_does_what_it_was_opened_for_alone),
        TEST(operators_need_their_rights),
        TEST(a_temporary_queue_goes_with_who_made_it),
        TEST(a_temporary_queue_does_not_outlive_its_manager),
        TEST(clearing_needs_the_right_and_clears),
        TEST(an_account_has_so_many_queues),
        TEST(a_queue_with_messages_is_not_deleted_by_accident),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
