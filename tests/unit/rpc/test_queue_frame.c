/* SPDX-License-Identifier: Apache-2.0
 * test_queue_frame.c - frames of sessions, as messages of queues carry them.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/unit.h"
#include "rpc/queue_frame.h"

static const uint8_t data[] = { 3, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0,   0,   0,  0,
                                0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 'a', 'b', 'c' };
static const uint8_t open_frame[24] = { 1 };
static const uint8_t here[] = { 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0,
                                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'q' };
static const uint8_t end[] = { 5, 0, 0, 0, 0xbb, 6, 0, 0, 9, 0, 0, 0,
                               0, 0, 0, 0, 0,    0, 0, 0, 0, 0, 0, 0 };

static enum err read_copy(struct bytes b, struct rpc_queue_frame *f)
{
    uint8_t *exact = malloc(b.len ? b.len : 1); /* so that a sanitizer sees the end */
    enum err e;

    assert_non_null(exact);
    memcpy(exact, b.ptr, b.len);
    e = rpc_queue_frame_read(bytes_of(exact, b.len), f);
    free(exact);
    return e;
}

static void write_back(const struct rpc_queue_frame *f, struct bytes as)
{
    struct buf b = { 0 };

    assert_int_equal(rpc_queue_frame_write(f, &b), ERR_OK);
    assert_true(bytes_equal(buf_view(b), as));
    buf_free(&b);
}

static void reads_and_writes_the_documented_layout(void **state)
{
    struct rpc_queue_frame f = { 0 };

    (void)state;
    assert_int_equal(rpc_queue_frame_read(bytes_of(data, sizeof data), &f), ERR_OK);
    assert_int_equal(f.type, RPC_QUEUE_DATA);
    assert_int_equal(f.at, 0x201);
    assert_int_equal(f.taken, 5);
    assert_true(bytes_equal(f.rest, bytes_of_text("abc")));
    write_back(&f, bytes_of(data, sizeof data));
    assert_int_equal(rpc_queue_frame_read(bytes_of(open_frame, sizeof open_frame), &f), ERR_OK);
    assert_int_equal(f.type, RPC_QUEUE_OPEN);
    write_back(&f, bytes_of(open_frame, sizeof open_frame));
    assert_int_equal(rpc_queue_frame_read(bytes_of(here, sizeof here), &f), ERR_OK);
    assert_int_equal(f.type, RPC_QUEUE_HERE);
    write_back(&f, bytes_of(here, sizeof here));
    assert_int_equal(rpc_queue_frame_read(bytes_of(end, sizeof end), &f), ERR_OK);
    assert_int_equal(f.why, 1723);
    assert_int_equal(f.at, 9);
    write_back(&f, bytes_of(end, sizeof end));
}

static void refuses_every_shorter_frame(void **state)
{
    struct rpc_queue_frame f;
    size_t n;

    (void)state;
    for (n = 0; n < 24; n++)
        assert_int_equal(read_copy(bytes_of(data, n), &f), ERR_TRUNCATED);
    assert_int_equal(read_copy(bytes_of(data, 24), &f), ERR_MALFORMED); /* of no octets */
}

/* One octet of a frame that is good, changed. */
static void changed(const uint8_t *good, size_t n, size_t at, uint8_t to)
{
    struct rpc_queue_frame f;
    uint8_t b[64];

    assert_true(n <= sizeof b && at < n);
    memcpy(b, good, n);
    b[at] = to;
    assert_int_equal(rpc_queue_frame_read(bytes_of(b, n), &f), ERR_MALFORMED);
}

static void refuses_what_is_none(void **state)
{
    (void)state;
    changed(data, sizeof data, 0, 0);
    changed(data, sizeof data, 0, 6);
    changed(data, sizeof data, 0, RPC_QUEUE_TAKEN); /* with octets */
    changed(data, sizeof data, 3, 1);
    changed(data, sizeof data, 4, 1);     /* only an end says why */
    changed(data, sizeof data, 15, 0x80); /* no sum wraps */
    changed(data, sizeof data, 23, 0x80);
    changed(open_frame, sizeof open_frame, 8, 1);
    changed(open_frame, sizeof open_frame, 16, 1);
    changed(here, sizeof here, 8, 1);
}

static void refuses_more_than_a_frame_holds(void **state)
{
    size_t n = 24 + RPC_QUEUE_FRAME_DATA;
    uint8_t *b = calloc(1, n + 1);
    struct rpc_queue_frame f;

    (void)state;
    assert_non_null(b);
    b[0] = RPC_QUEUE_DATA;
    assert_int_equal(rpc_queue_frame_read(bytes_of(b, n), &f), ERR_OK);
    assert_int_equal(rpc_queue_frame_read(bytes_of(b, n + 1), &f), ERR_MALFORMED);
    b[0] = RPC_QUEUE_HERE;
    assert_int_equal(rpc_queue_frame_read(bytes_of(b, 24 + 124), &f), ERR_OK);
    assert_int_equal(rpc_queue_frame_read(bytes_of(b, 24 + 125), &f), ERR_MALFORMED);
    free(b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_the_documented_layout),
        cmocka_unit_test(refuses_every_shorter_frame),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(refuses_more_than_a_frame_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
