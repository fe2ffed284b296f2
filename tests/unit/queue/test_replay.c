/* SPDX-License-Identifier: Apache-2.0
 * test_replay.c - what an operator's message says of the call in it, and what it may not.
 */
#include "lib/queue_keys.h"
#include "lib/unit.h"
#include "queue/replay.h"

static struct queue_world world;

static int set_up(void **state)
{
    (void)state;
    queue_world_init(&world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    queue_world_done(&world);
    return 0;
}

static struct buf written(const char *reason, const char *message)
{
    const struct queue_replay p = { bytes_of_text(reason), bytes_of_text(message) };
    struct buf b = { 0 };

    assert_int_equal(queue_replay_write(&p, &b), ERR_OK);
    return b;
}

static void reads_and_writes_the_documented_layout(void **state)
{
    static const uint8_t layout[] = { 3, 0, 'w', 'h', 'y', 'm', 's', 'g' };
    struct buf b = written("why", "msg");
    struct queue_replay p;

    (void)state;
    assert_true(bytes_equal(buf_view(b), bytes_of(layout, sizeof layout)));
    assert_int_equal(queue_replay_read(buf_view(b), &p), ERR_OK);
    assert_true(bytes_equal(p.reason, bytes_of_text("why")));
    assert_true(bytes_equal(p.message, bytes_of_text("msg")));
    buf_free(&b);
    b = written("", "m");
    assert_int_equal(queue_replay_read(buf_view(b), &p), ERR_OK);
    assert_int_equal(p.reason.len, 0);
    buf_free(&b);
}

static void refuses_what_is_none(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum err err;
    } rows[] = { { "", 0, ERR_TRUNCATED },          { "\1", 1, ERR_TRUNCATED },
                 { "\2\0x", 3, ERR_TRUNCATED },     { "\0\0", 2, ERR_MALFORMED },
                 { "\1\0x", 3, ERR_MALFORMED },     { "\1\0\nm", 4, ERR_MALFORMED },
                 { "\1\0\x7fm", 4, ERR_MALFORMED }, { "\1\0\x80m", 4, ERR_MALFORMED },
                 { "\1\0\x00m", 4, ERR_MALFORMED } };
    struct queue_replay p;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(queue_replay_read(bytes_of(rows[i].bytes, rows[i].len), &p), rows[i].err);
}

static void a_reason_is_one_short_line(void **state)
{
    char text[QUEUE_REPLAY_REASON + 2];
    struct queue_replay p = { .message = bytes_of_text("m") };
    struct buf b = { 0 };

    (void)state;
    memset(text, 'x', sizeof text);
    p.reason = bytes_of(text, QUEUE_REPLAY_REASON);
    assert_int_equal(queue_replay_write(&p, &b), ERR_OK);
    buf_free(&b);
    p.reason = bytes_of(text, QUEUE_REPLAY_REASON + 1);
    assert_int_equal(queue_replay_write(&p, &b), ERR_INVALID_PARAMETER);
    p.reason = bytes_of_text("two\nlines");
    assert_int_equal(queue_replay_write(&p, &b), ERR_INVALID_PARAMETER);
    p.reason = bytes_of_text("");
    p.message = bytes_of(NULL, 0);
    assert_int_equal(queue_replay_write(&p, &b), ERR_INVALID_PARAMETER);
}

/* Whoever answers, or waits for an answer, has long gone; whose a call of level none is, nobody
 * can tell. */
static void what_is_sent_again_is_a_call_of_somebody(void **state)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);

    (void)state;
    assert_false(queue_replay_can(&h)); /* it has a reply queue */
    h.acknowledge = true;
    assert_true(queue_replay_can(&h));
    h.acknowledge = false;
    h.reply_queue = bytes_of(NULL, 0);
    assert_true(queue_replay_can(&h));
    h.level = QUEUE_LEVEL_NONE;
    assert_false(queue_replay_can(&h));
    h.level = QUEUE_LEVEL_INTEGRITY;
    h.kind = QUEUE_KIND_REPLY;
    assert_false(queue_replay_can(&h));
    h.kind = QUEUE_KIND_REPLAY;
    assert_false(queue_replay_can(&h));
}

#define CHANGED(change)                                                                            \
    do {                                                                                           \
        struct queue_header other_ = by;                                                           \
                                                                                                   \
        other_.change;                                                                             \
        assert_false(queue_replay_is_of(&other_, &call));                                          \
    } while (0)

static void an_operators_header_is_of_one_call(void **state)
{
    struct queue_header call = queue_test_header(&world, QUEUE_LEVEL_PRIVACY), by;

    (void)state;
    call.id[3] = 9;
    call.acknowledge = true;
    queue_replay_header(&call, &by);
    assert_true(queue_replay_is_of(&by, &call));
    assert_int_equal(by.kind, QUEUE_KIND_REPLAY);
    assert_int_equal(by.level, QUEUE_LEVEL_INTEGRITY);
    assert_int_equal(by.delivery, QUEUE_RECOVERABLE);
    assert_int_equal(by.journal, QUEUE_JOURNAL_DEAD);
    assert_true(by.signed_alone);
    assert_false(by.acknowledge);
    assert_int_equal(by.reply_queue.len, 0);
    CHANGED(reply_to[0] ^= 1);
    CHANGED(interface_id.data1++);
    CHANGED(interface_major++);
    CHANGED(interface_minor++);
    CHANGED(opnum++);
    CHANGED(object.data1 = 1);
    CHANGED(syntax.data1++);
    CHANGED(syntax_major++);
    CHANGED(syntax_minor++);
    CHANGED(recipient = world.accounts[QUEUE_ALICE].sid);
    CHANGED(recipient_spn = bytes_of_text("host/srv.example.com"));
    CHANGED(queue = bytes_of_text("others"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_the_documented_layout),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(a_reason_is_one_short_line),
        cmocka_unit_test_setup_teardown(what_is_sent_again_is_a_call_of_somebody, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_operators_header_is_of_one_call, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
