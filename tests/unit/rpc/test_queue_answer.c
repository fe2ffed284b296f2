/* SPDX-License-Identifier: Apache-2.0
 * test_queue_answer.c - the body of an answer to a call that was left in a queue.
 */
#include "lib/unit.h"
#include "rpc/queue_answer.h"

static const uint8_t parameters[] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3 };
static const uint8_t fault[] = { 0x0d, 0, 0, 0x1c, 0, 0, 0, 0 };

static void reads_and_writes_the_documented_layout(void **state)
{
    struct rpc_queue_answer a = { 0 };
    struct buf b = { 0 };

    (void)state;
    assert_int_equal(rpc_queue_answer_read(bytes_of(parameters, sizeof parameters), &a), ERR_OK);
    assert_int_equal(a.fault, 0);
    assert_true(bytes_equal(a.stub, bytes_of(parameters + 8, 3)));
    assert_int_equal(rpc_queue_answer_write(&a, &b), ERR_OK);
    assert_true(bytes_equal(buf_view(b), bytes_of(parameters, sizeof parameters)));
    buf_free(&b);
    assert_int_equal(rpc_queue_answer_read(bytes_of(fault, sizeof fault), &a), ERR_OK);
    assert_int_equal(a.fault, 0x1c00000d);
    assert_int_equal(a.stub.len, 0);
    a.stub = bytes_of(parameters, sizeof parameters); /* with a fault there are none */
    assert_int_equal(rpc_queue_answer_write(&a, &b), ERR_OK);
    assert_true(bytes_equal(buf_view(b), bytes_of(fault, sizeof fault)));
    buf_free(&b);
}

static void refuses_what_is_none(void **state)
{
    static const uint8_t both[] = { 1, 0, 0, 0, 0, 0, 0, 0, 1 };
    static const uint8_t reserved[] = { 0, 0, 0, 0, 0, 1, 0, 0 };
    struct rpc_queue_answer a;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof fault; n++)
        assert_int_equal(rpc_queue_answer_read(bytes_of(fault, n), &a), ERR_TRUNCATED);
    assert_int_equal(rpc_queue_answer_read(bytes_of(both, sizeof both), &a), ERR_MALFORMED);
    assert_int_equal(rpc_queue_answer_read(bytes_of(reserved, sizeof reserved), &a), ERR_MALFORMED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_the_documented_layout),
        cmocka_unit_test(refuses_what_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
