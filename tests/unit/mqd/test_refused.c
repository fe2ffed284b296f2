/* SPDX-License-Identifier: Apache-2.0
 * test_refused.c - what the queue manager does not accept, who may do what, and how queues end.
 */
#include <unistd.h>

#include "lib/queue/manager_home.h"
#include "lib/queue_message.h"
#include "lib/unit.h"
#include "queue/manager/store.h"

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
    (void)manager_home_take(h, &t);
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
    assert_int_equal(manager_home_try(sender), MQD_DENIED);
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
    assert_int_equal(manager_home_try(h) == MQD_OK, true);
    assert_int_equal(manager_home_send(h, HOME_ALICE, "q", "y"), MQD_OK);
    assert_int_equal(open_as(HOME_ALICE, BOTH, MQD_CLEAR, NULL), MQD_OK);
    assert_int_equal(manager_home_try(h), MQD_TIMEOUT);
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
    assert_int_equal(manager_home_try(h), MQD_NO_QUEUE);
    access_who_done(&alice);
    handle_close(h);
}
int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
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
