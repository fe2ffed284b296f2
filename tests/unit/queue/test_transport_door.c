/* SPDX-License-Identifier: Apache-2.0
 * test_transport_door.c - what level a message has to have, by what it claims to be.
 */
#include "lib/unit.h"
#include "queue/transport_queue.h"

static const struct uuid session = QUEUED_SESSION_UUID;

static struct queue_door door(enum queue_kind of_queue, enum queue_kind kind,
                              enum queue_level level, bool of_session)
{
    struct queued_queue q = { .name = (char *)(uintptr_t) "orders",
                              .least = QUEUE_LEVEL_PRIVACY,
                              .kind = of_queue };
    const struct queued_server server = { .services_count = 0 };
    struct queue_header h = { .kind = kind, .level = level };

    if (of_session)
        h.interface_id = session;
    return queue_transport_door(&q, &server, &h);
}

static void a_session_is_opened_at_level_none(void **state)
{
    (void)state;
    assert_int_equal(door(QUEUE_KIND_CALL, QUEUE_KIND_CALL, QUEUE_LEVEL_NONE, true).level,
                     QUEUE_LEVEL_NONE);
    assert_int_equal(door(QUEUE_KIND_CALL, QUEUE_KIND_CALL, QUEUE_LEVEL_NONE, false).level,
                     QUEUE_LEVEL_PRIVACY);
    assert_int_equal(door(QUEUE_KIND_CALL, QUEUE_KIND_CALL, QUEUE_LEVEL_INTEGRITY, true).level,
                     QUEUE_LEVEL_PRIVACY);
}

/* Who says that a message has expired may not prove it by naming the sessions' interface. */
static void no_acknowledgement_is_let_in_as_a_session(void **state)
{
    const enum queue_kind ack = QUEUE_KIND_ACKNOWLEDGEMENT;

    (void)state;
    assert_int_equal(door(ack, ack, QUEUE_LEVEL_NONE, true).level, QUEUE_LEVEL_PRIVACY);
    assert_int_equal(door(ack, QUEUE_KIND_CALL, QUEUE_LEVEL_NONE, true).level, QUEUE_LEVEL_PRIVACY);
    assert_int_equal(door(QUEUE_KIND_CALL, ack, QUEUE_LEVEL_NONE, true).level, QUEUE_LEVEL_PRIVACY);
}

static void an_operators_word_is_signed(void **state)
{
    const struct queue_door d = door(QUEUE_KIND_CALL, QUEUE_KIND_REPLAY, QUEUE_LEVEL_NONE, true);

    (void)state;
    assert_int_equal(d.level, QUEUE_LEVEL_INTEGRITY);
    assert_true(d.signed_alone);
    assert_false(d.replay); /* it is executed once, in its time */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_opened_at_level_none),
        cmocka_unit_test(no_acknowledgement_is_let_in_as_a_session),
        cmocka_unit_test(an_operators_word_is_signed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
