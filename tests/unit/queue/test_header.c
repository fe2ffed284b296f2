/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/header.h"

#include "lib/unit.h"
#include "queue/message.h"

static struct queue_header sample(void)
{
    struct queue_header h = {
        .level = QUEUE_LEVEL_PRIVACY,
        .kind = QUEUE_KIND_CALL,
        .priority = 3,
        .delivery = QUEUE_RECOVERABLE,
        .journal = QUEUE_JOURNAL_DEAD,
        .acknowledge = true,
        .signed_alone = true,
        .id = { 1, 2, 3 },
        .reply_to = { 4, 5 },
        .sender_key = { 6 },
        .recipient_key = { 7 },
        .created = 100,
        .reach_by = 200,
        .expires = 300,
        .body_len = 5,
        .interface_id = { 0x11223344, 0x5566, 0x7788, { 9 } },
        .interface_major = 1,
        .interface_minor = 2,
        .opnum = 3,
        .object = { .data1 = 4 },
        .syntax = { .data1 = 0x8a885d04 },
        .syntax_major = 2,
        .sender_host = bytes_of_text("app.example.com"),
        .recipient_spn = bytes_of_text("orders/srv.example.com"),
        .queue = bytes_of_text("orders"),
        .reply_queue = bytes_of_text("replies"),
    };

    assert_int_equal(sid_parse("S-1-5-21-1-2-3-1104", &h.sender), ERR_OK);
    assert_int_equal(sid_parse("S-1-5-21-1-2-3-1105", &h.recipient), ERR_OK);
    return h;
}

static struct buf written(const struct queue_header *h)
{
    struct buf b = { 0 };

    assert_int_equal(queue_header_write(h, &b), ERR_OK);
    return b;
}

static void reads_what_it_wrote(void **state)
{
    struct queue_header h = sample(), back;
    struct buf b = written(&h), again;

    (void)state;
    assert_int_equal(queue_header_read(buf_view(b), &back), ERR_OK);
    again = written(&back);
    unit_assert_bytes(buf_view(again), buf_view(b));
    assert_int_equal(back.level, h.level);
    assert_int_equal(back.delivery, h.delivery);
    assert_int_equal(back.journal, h.journal);
    assert_true(back.acknowledge && back.signed_alone);
    assert_memory_equal(back.id, h.id, QUEUE_ID);
    assert_int_equal(back.reach_by, 200);
    assert_int_equal(back.interface_id.data1, 0x11223344);
    assert_int_equal(back.opnum, 3);
    assert_true(sid_equal(&back.sender, &h.sender));
    assert_true(sid_equal(&back.recipient, &h.recipient));
    assert_true(bytes_equal(back.sender_host, h.sender_host));
    assert_true(bytes_equal(back.recipient_spn, h.recipient_spn));
    assert_true(bytes_equal(back.queue, h.queue));
    assert_true(bytes_equal(back.reply_queue, h.reply_queue));
    buf_free(&b);
    buf_free(&again);
}

static enum err parse(struct bytes b)
{
    struct queue_header h;

    return queue_header_read(b, &h);
}

static void refuses_every_shorter_header(void **state)
{
    struct queue_header h = sample();
    struct buf b = written(&h);

    (void)state;
    unit_every_prefix(buf_view(b), parse);
    buf_free(&b);
}

/* Each byte set to each value: what is still read is written as it stood. */
static void nothing_is_read_two_ways(void **state)
{
    struct queue_header h = sample(), back;
    struct buf b = written(&h), again;
    size_t i;
    int v;

    (void)state;
    for (i = 0; i < b.len; i++) {
        uint8_t was = b.ptr[i];

        for (v = 0; v < 256; v++) {
            b.ptr[i] = (uint8_t)v;
            if (queue_header_read(buf_view(b), &back) != ERR_OK)
                continue;
            again = written(&back);
            unit_assert_bytes(buf_view(again), buf_view(b));
            buf_free(&again);
        }
        b.ptr[i] = was;
    }
    buf_free(&b);
}

#define REFUSED(change)                                                                            \
    do {                                                                                           \
        struct queue_header r_ = sample();                                                         \
        struct buf none_ = { 0 };                                                                  \
                                                                                                   \
        r_.change;                                                                                 \
        assert_int_equal(queue_header_write(&r_, &none_), ERR_INVALID_PARAMETER);                  \
    } while (0)

static void writes_nothing_that_would_not_be_read(void **state)
{
    static const char long_text[QUEUE_SPN_MAX + 1] = { 0 };
    static uint8_t text[QUEUE_SPN_MAX + 1];

    (void)state;
    memset(text, 'x', sizeof text);
    REFUSED(level = 2);
    REFUSED(level = 0);
    REFUSED(kind = 0);
    REFUSED(kind = 5);
    REFUSED(priority = 8);
    REFUSED(delivery = 2);
    REFUSED(journal = 3);
    REFUSED(level = QUEUE_LEVEL_NONE); /* and signed */
    REFUSED(created = 201);
    REFUSED(reach_by = 301);
    REFUSED(body_len = QUEUE_BODY_MAX + 1);
    REFUSED(queue.len = 0);
    REFUSED(queue = bytes_of(text, QUEUE_NAME_MAX + 1));
    REFUSED(reply_queue = bytes_of(text, QUEUE_NAME_MAX + 1));
    REFUSED(sender_host = bytes_of(text, QUEUE_HOST_MAX + 1));
    REFUSED(recipient_spn = bytes_of(text, QUEUE_SPN_MAX + 1));
    REFUSED(recipient_spn = bytes_of(long_text, 1));
    REFUSED(queue = bytes_of_text("two\nlines"));
    REFUSED(queue = bytes_of_text("del\x7f"));
    REFUSED(sender_host = bytes_of_text("\xc3\x28"));
}

static void the_longest_header_is_within_the_limit(void **state)
{
    static uint8_t text[QUEUE_SPN_MAX];
    struct queue_header h = sample(), back;
    struct buf b;

    (void)state;
    memset(text, 'x', sizeof text);
    h.sender.count = h.recipient.count = SID_SUBS_MAX;
    h.sender_host = bytes_of(text, QUEUE_HOST_MAX);
    h.recipient_spn = bytes_of(text, QUEUE_SPN_MAX);
    h.queue = h.reply_queue = bytes_of(text, QUEUE_NAME_MAX);
    b = written(&h);
    assert_int_equal(queue_header_read(buf_view(b), &back), ERR_OK);
    buf_free(&b);
}

/* A message of h whose parts are filled with their number. */
static struct buf message(const struct queue_header *h)
{
    struct writer w = writer_new(4096);
    struct buf head = written(h), b = { 0 };
    uint8_t part[QUEUE_AGREEMENT];

    writer_bytes(&w, bytes_of_text("CSQM"));
    writer_len32(&w, head.len);
    writer_bytes(&w, buf_view(head));
    memset(part, 1, sizeof part);
    if (h->level != QUEUE_LEVEL_NONE)
        writer_bytes(&w, bytes_of(part, QUEUE_AGREEMENT));
    memset(part, 2, sizeof part);
    if (h->signed_alone)
        writer_bytes(&w, bytes_of(part, QUEUE_SIGNATURE));
    writer_bytes(&w, bytes_of_text("hello"));
    memset(part, 3, sizeof part);
    if (h->level != QUEUE_LEVEL_NONE)
        writer_bytes(&w, bytes_of(part, QUEUE_TAG));
    assert_int_equal(writer_take(&w, &b), ERR_OK);
    buf_free(&head);
    return b;
}

static enum err parse_message(struct bytes b)
{
    struct queue_message m;

    return queue_message_read(b, &m);
}

static void takes_a_message_apart(void **state)
{
    struct queue_header h = sample();
    struct queue_message m;
    struct buf b = message(&h);

    (void)state;
    assert_int_equal(queue_message_read(buf_view(b), &m), ERR_OK);
    assert_int_equal(m.agreement.len, QUEUE_AGREEMENT);
    assert_int_equal(m.agreement.ptr[0], 1);
    assert_int_equal(m.signature.len, QUEUE_SIGNATURE);
    assert_int_equal(m.signature.ptr[0], 2);
    unit_assert_bytes(m.body, bytes_of_text("hello"));
    assert_int_equal(m.tag.len, QUEUE_TAG);
    assert_int_equal(m.tag.ptr[0], 3);
    unit_every_prefix(buf_view(b), parse_message);
    buf_free(&b);
    h.level = QUEUE_LEVEL_NONE;
    h.signed_alone = false;
    b = message(&h);
    assert_int_equal(queue_message_read(buf_view(b), &m), ERR_OK);
    assert_int_equal(m.agreement.len + m.signature.len + m.tag.len, 0);
    unit_assert_bytes(m.body, bytes_of_text("hello"));
    unit_every_prefix(buf_view(b), parse_message);
    buf_free(&b);
}

static void refuses_a_longer_message(void **state)
{
    struct queue_header h = sample();
    struct queue_message m;
    struct buf b = message(&h), more;

    (void)state;
    assert_int_equal(buf_new(b.len + 1, &more), ERR_OK);
    memcpy(more.ptr, b.ptr, b.len);
    assert_int_equal(queue_message_read(buf_view(more), &m), ERR_MALFORMED);
    b.ptr[7] = 1; /* a header of 16 MiB and more */
    assert_int_equal(queue_message_read(buf_view(b), &m), ERR_TOO_LONG);
    b.ptr[0] = 'X';
    assert_int_equal(queue_message_read(buf_view(b), &m), ERR_MALFORMED);
    buf_free(&b);
    buf_free(&more);
}

static enum err write_one(void *arg)
{
    struct buf b = { 0 };
    enum err e = queue_header_write(arg, &b);

    buf_free(&b);
    return e;
}

static void says_when_there_is_no_memory(void **state)
{
    struct queue_header h = sample();

    (void)state;
    oom_run(write_one, &h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_wrote),
        cmocka_unit_test(refuses_every_shorter_header),
        cmocka_unit_test(nothing_is_read_two_ways),
        cmocka_unit_test(writes_nothing_that_would_not_be_read),
        cmocka_unit_test(the_longest_header_is_within_the_limit),
        cmocka_unit_test(takes_a_message_apart),
        cmocka_unit_test(refuses_a_longer_message),
        cmocka_unit_test(says_when_there_is_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
