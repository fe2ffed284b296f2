/* SPDX-License-Identifier: Apache-2.0
 * How much of a request is taken before it is whole, and with which flags it may begin.
 */
#include "lib/unit.h"
#include "rpc/inbound.h"

enum { STUB_MAX = 64 };

struct fragment {
    uint8_t flags;
    uint32_t alloc_hint;
    size_t stub;
};

static void put(struct rpc_inbound *in, const struct fragment *f)
{
    static const uint8_t zeros[STUB_MAX];
    struct writer w = writer_new(RPC_FRAGMENT_MAX);
    struct iovec iov[RPC_INBOUND_IOV];
    size_t n;

    rpc_pdu_begin(&w, RPC_REQUEST, f->flags, 1);
    rpc_request_write(
        &w, &(struct rpc_request){ .alloc_hint = f->alloc_hint, .stub = bytes_of(zeros, f->stub) });
    rpc_pdu_end(&w, NULL);
    assert_int_equal(w.err, ERR_OK);
    assert_int_equal(rpc_inbound_room(in, iov, &n), ERR_OK);
    assert_true(iov[0].iov_len >= w.len);
    memcpy(iov[0].iov_base, w.ptr, w.len);
    rpc_inbound_filled(in, w.len);
    writer_done(&w);
}

static size_t taken(const void *owner, const struct rpc_request *head)
{
    (void)head;
    return *(const size_t *)owner;
}

/* What two fragments come to, where so much is taken; a second one without octets is not sent. */
static enum err come(size_t takes, struct fragment first, struct fragment second,
                     struct rpc_received *ret)
{
    static const struct rpc_limits wide = { RPC_FRAGMENT_MAX, RPC_STUB_MAX };
    const struct rpc_securities nobody = { 0 };
    struct rpc_inbound in;
    enum err e;

    rpc_inbound_init(&in, true, &wide, &nobody);
    in.taken = taken;
    in.owner = &takes;
    put(&in, &first);
    if (second.stub)
        put(&in, &second);
    e = rpc_inbound_next(&in, ret);
    if (!e && ret->event == RPC_EVENT_CALL)
        rpc_block_put(ret->block);
    rpc_inbound_done(&in);
    return e;
}

static enum err of_size(size_t takes, uint32_t hint, size_t first, size_t second, uint8_t flags)
{
    struct rpc_received got;

    return come(takes, (struct fragment){ RPC_FIRST, hint, first },
                (struct fragment){ flags, 0, second }, &got);
}

static void refuses_more_than_its_interface_takes(void **state)
{
    (void)state;
    assert_int_equal(of_size(50, 0, 32, 18, RPC_LAST), ERR_OK);
    assert_int_equal(of_size(50, 50, 32, 18, RPC_LAST), ERR_OK);
    assert_int_equal(of_size(50, 0, 32, 19, RPC_LAST), ERR_ACCESS_DENIED);
    assert_int_equal(of_size(50, 0, 32, 19, 0), ERR_ACCESS_DENIED); /* before it is whole */
    assert_int_equal(of_size(50, 51, 32, 0, 0), ERR_ACCESS_DENIED);
    assert_int_equal(of_size(SIZE_MAX, UINT32_MAX, 32, 19, RPC_LAST), ERR_OK);
}

static void a_request_does_not_begin_with_a_cancel(void **state)
{
    const struct fragment whole = { RPC_FIRST | RPC_LAST | RPC_PENDING_CANCEL, 0, 16 };
    const struct fragment begun = { RPC_FIRST | RPC_PENDING_CANCEL, 0, 16 };
    const struct fragment first = { RPC_FIRST, 0, 16 };
    const struct fragment last = { RPC_LAST | RPC_PENDING_CANCEL, 0, 16 }, none = { 0 };
    struct rpc_received got;

    (void)state;
    assert_int_equal(come(SIZE_MAX, whole, none, &got), ERR_RPC_NO_CALL);
    assert_int_equal(come(SIZE_MAX, begun, none, &got), ERR_RPC_NO_CALL);
    assert_int_equal(come(SIZE_MAX, first, last, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_CALL);
    assert_int_equal(got.last_flags, RPC_LAST | RPC_PENDING_CANCEL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_more_than_its_interface_takes),
        cmocka_unit_test(a_request_does_not_begin_with_a_cancel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
