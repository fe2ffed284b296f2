/* SPDX-License-Identifier: Apache-2.0
 * test_queue_flow.c - what an end of a session sends, and what frames do to it.
 */
#include <string.h>

#include "lib/unit.h"
#include "rpc/queue_flow.h"

static uint8_t octets[RPC_QUEUE_FRAME_DATA];

static struct rpc_queue_frame data_at(uint64_t at, size_t n)
{
    return (
        struct rpc_queue_frame){ .type = RPC_QUEUE_DATA, .at = at, .rest = bytes_of(octets, n) };
}

/* What comes of it is n octets. */
static void comes(struct rpc_queue_flow *f, struct rpc_queue_frame frame, size_t n)
{
    struct bytes fresh = bytes_of(octets, 1);

    assert_int_equal(rpc_queue_flow_receive(f, &frame, &fresh), ERR_OK);
    assert_int_equal(fresh.len, n);
}

static void breaks(struct rpc_queue_flow *f, struct rpc_queue_frame frame)
{
    struct bytes fresh;

    assert_int_equal(rpc_queue_flow_receive(f, &frame, &fresh), ERR_UNEXPECTED);
    assert_int_equal(fresh.len, 0);
}

static void what_is_sent_arrives(void **state)
{
    struct rpc_queue_flow a = { 0 }, b = { 0 };

    (void)state;
    comes(&b, rpc_queue_flow_data(&a, bytes_of(octets, 100)), 100);
    comes(&b, rpc_queue_flow_data(&a, bytes_of(octets, 1)), 1);
    rpc_queue_flow_pass(&b, 101);
    comes(&a, rpc_queue_flow_data(&b, bytes_of(octets, 7)), 7);
    assert_int_equal(a.taken, 101);
    comes(&b, rpc_queue_flow_end(&a, 5), 0);
    assert_true(b.ended);
    assert_int_equal(b.why, 5);
}

static void nobody_sends_more_than_is_taken(void **state)
{
    struct rpc_queue_flow a = { 0 }, b = { 0 };
    size_t n, sent = 0;

    (void)state;
    while ((n = rpc_queue_flow_room(&a))) {
        comes(&b, rpc_queue_flow_data(&a, bytes_of(octets, n)), n);
        sent += n;
    }
    assert_int_equal(sent, RPC_QUEUE_WINDOW);
    assert_false(rpc_queue_flow_is_due(&b));
    rpc_queue_flow_pass(&b, RPC_QUEUE_WINDOW / 2 - 1);
    assert_false(rpc_queue_flow_is_due(&b));
    rpc_queue_flow_pass(&b, 1);
    assert_true(rpc_queue_flow_is_due(&b));
    comes(&a, rpc_queue_flow_taken(&b), 0);
    assert_false(rpc_queue_flow_is_due(&b));
    assert_int_equal(rpc_queue_flow_room(&a), RPC_QUEUE_FRAME_DATA);
}

static void nothing_is_kept_beyond_the_window(void **state)
{
    struct rpc_queue_flow f = { 0 };
    uint64_t at;

    (void)state;
    for (at = 0; at < RPC_QUEUE_WINDOW; at += RPC_QUEUE_FRAME_DATA)
        comes(&f, data_at(at, RPC_QUEUE_FRAME_DATA), RPC_QUEUE_FRAME_DATA);
    breaks(&f, data_at(at, 1));
}

static void what_comes_twice_is_dropped(void **state)
{
    struct rpc_queue_flow f = { 0 };

    (void)state;
    comes(&f, data_at(0, 10), 10);
    comes(&f, data_at(0, 10), 0);
    comes(&f, data_at(5, 100), 0);
    comes(&f, data_at(10, 3), 3);
    assert_int_equal(f.received, 13);
}

static void a_gap_ends_it(void **state)
{
    struct rpc_queue_frame end = { .type = RPC_QUEUE_END, .at = 11 };
    struct rpc_queue_flow f = { 0 };

    (void)state;
    comes(&f, data_at(0, 10), 10);
    breaks(&f, data_at(11, 1));
    breaks(&f, end); /* an end that hides one */
    assert_false(f.ended);
}

static void nothing_comes_behind_the_end(void **state)
{
    struct rpc_queue_frame end = { .type = RPC_QUEUE_END };
    struct rpc_queue_flow f = { 0 };

    (void)state;
    comes(&f, end, 0);
    comes(&f, data_at(0, 10), 0);
    assert_int_equal(f.received, 0);
}

static void nobody_takes_what_was_not_sent(void **state)
{
    struct rpc_queue_frame taken = { .type = RPC_QUEUE_TAKEN, .taken = 11 };
    struct rpc_queue_flow f = { 0 };

    (void)state;
    (void)rpc_queue_flow_data(&f, bytes_of(octets, 10));
    breaks(&f, taken);
    taken.taken = 10;
    comes(&f, taken, 0);
    taken.taken = 3; /* from before */
    comes(&f, taken, 0);
    assert_int_equal(f.taken, 10);
}

static void it_begins_but_once(void **state)
{
    struct rpc_queue_frame open = { .type = RPC_QUEUE_OPEN }, here = { .type = RPC_QUEUE_HERE };
    struct rpc_queue_flow f = { 0 };

    (void)state;
    breaks(&f, open);
    breaks(&f, here);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_arrives),
        cmocka_unit_test(nobody_sends_more_than_is_taken),
        cmocka_unit_test(nothing_is_kept_beyond_the_window),
        cmocka_unit_test(what_comes_twice_is_dropped),
        cmocka_unit_test(a_gap_ends_it),
        cmocka_unit_test(nothing_comes_behind_the_end),
        cmocka_unit_test(nobody_takes_what_was_not_sent),
        cmocka_unit_test(it_begins_but_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
