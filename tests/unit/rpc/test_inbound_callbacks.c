/* SPDX-License-Identifier: Apache-2.0
 * Calls and callbacks in one direction of a connection.  [MS-RPCE] 3.3.1.5.9
 */
#include "lib/rpc_pair.h"
#include "lib/unit.h"
#include "rpc/inbound.h"

static const struct rpc_limits limits = { RPC_FRAGMENT_MAX, 100000 };

/* What fits, or a piece of it. */
static struct bytes put_some(struct rpc_inbound *in, struct bytes from)
{
    struct iovec iov[RPC_INBOUND_IOV];
    size_t pieces = 0, n = from.len < 500 ? from.len : 500;

    assert_int_equal(rpc_inbound_room(in, iov, &pieces), ERR_OK);
    n = n < iov[0].iov_len ? n : iov[0].iov_len;
    memcpy(iov[0].iov_base, from.ptr, n);
    rpc_inbound_filled(in, n);
    return bytes_of(from.ptr + n, from.len - n);
}

static enum err give(struct rpc_inbound *in, struct bytes from, struct rpc_received *ret)
{
    enum err e = ERR_OK;

    *ret = (struct rpc_received){ .event = RPC_EVENT_MORE };
    while (from.len && !e && ret->event == RPC_EVENT_MORE) {
        from = put_some(in, from);
        e = rpc_inbound_next(in, ret);
    }
    assert_int_equal(e ? 0 : from.len, 0);
    return e;
}

static struct buf message(enum rpc_type type, size_t n, struct rpc_security *s)
{
    struct buf stub = { calloc(1, n + 1), n }, all;
    const struct rpc_message m = { .type = type,
                                   .call_id = 5,
                                   .context_id = 3,
                                   .opnum = type == RPC_REQUEST ? 9 : 0,
                                   .stub = stub,
                                   .max_fragment = 2048,
                                   .security = s };

    all = rpc_pair_send(&m);
    free(stub.ptr);
    return all;
}

/* One fragment, or a fault. */
static struct buf fragment(enum rpc_type type, uint8_t flags)
{
    struct writer w = writer_new(1000);
    struct buf b = { 0 };

    rpc_pdu_begin(&w, type, flags, 5);
    if (type == RPC_REQUEST)
        rpc_request_write(&w, &(struct rpc_request){ .context_id = 3 });
    else if (type == RPC_RESPONSE)
        rpc_response_write(&w, &(struct rpc_response){ .context_id = 3 });
    else
        rpc_fault_write(&w, &(struct rpc_fault){ .context_id = 3, .status = 77 });
    writer_zero(&w, type == RPC_FAULT ? 0 : 8);
    rpc_pdu_end(&w, NULL);
    assert_int_equal(writer_take(&w, &b), ERR_OK);
    return b;
}

static enum err give_fragment(struct rpc_inbound *in, enum rpc_type type, uint8_t flags,
                              struct rpc_received *ret)
{
    struct buf b = fragment(type, flags);
    enum err e = give(in, buf_view(b), ret);

    buf_free(&b);
    return e;
}

static bool in_parts(const void *owner, const struct rpc_request *head)
{
    (void)owner;
    (void)head;
    return true;
}

/* A server's and a client's, at every level; what answers a callback is never handed over in parts.
 */
static void takes_both_while_a_callback_is_out(void **state)
{
    static const uint8_t levels[] = { RPC_LEVEL_NONE, RPC_LEVEL_INTEGRITY, RPC_LEVEL_PRIVACY };
    size_t i, server;

    (void)state;
    for (i = 0; i < sizeof levels; i++)
        for (server = 0; server < 2; server++) {
            enum rpc_type other = server ? RPC_RESPONSE : RPC_REQUEST;
            struct rpc_received got;
            struct rpc_inbound in;
            struct rpc_pair pair;
            struct buf all;

            rpc_pair_make(RPC_PAIR_AES256, levels[i], true, &pair);
            rpc_inbound_init(&in, server, &limits, server ? &pair.server : &pair.client);
            in.in_parts = in_parts;
            atomic_store(&in.callbacks, 1);
            all = message(other, 10000, server ? rpc_pair_client(&pair) : rpc_pair_server(&pair));
            assert_int_equal(give(&in, bytes_of(all.ptr, all.len), &got), ERR_OK);
            assert_int_equal(got.event, RPC_EVENT_CALL);
            assert_int_equal(got.pdu.header.type, other);
            assert_int_equal(server ? got.response.stub.len : got.request.stub.len, 10000);
            assert_int_equal(server ? 9 : got.request.opnum, 9);
            assert_false(got.more);
            rpc_block_put(got.block);
            free(all.ptr);
            rpc_inbound_done(&in);
            rpc_pair_end(&pair);
        }
}

static void else_it_is_of_no_call(void **state)
{
    static const struct rpc_securities nobody;
    struct rpc_received got;
    struct rpc_inbound in;

    (void)state;
    rpc_inbound_init(&in, true, &limits, &nobody);
    assert_int_equal(give_fragment(&in, RPC_RESPONSE, RPC_FIRST | RPC_LAST, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_PDU);
    assert_int_equal(give_fragment(&in, RPC_FAULT, RPC_FIRST | RPC_LAST, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_PDU);
    rpc_inbound_done(&in);
}

static void fragments_of_both_do_not_mix(void **state)
{
    static const struct rpc_securities nobody;
    struct rpc_received got;
    struct rpc_inbound in;
    int server;

    (void)state;
    for (server = 0; server < 2; server++) {
        rpc_inbound_init(&in, server, &limits, &nobody);
        atomic_store(&in.callbacks, 1);
        assert_int_equal(give_fragment(&in, RPC_RESPONSE, RPC_FIRST, &got), ERR_OK);
        assert_int_equal(give_fragment(&in, RPC_REQUEST, RPC_LAST, &got), ERR_UNEXPECTED);
        rpc_inbound_done(&in);
        rpc_inbound_init(&in, server, &limits, &nobody);
        atomic_store(&in.callbacks, 1);
        assert_int_equal(give_fragment(&in, RPC_REQUEST, RPC_FIRST, &got), ERR_OK);
        assert_int_equal(give_fragment(&in, RPC_RESPONSE, RPC_FIRST | RPC_LAST, &got),
                         ERR_UNEXPECTED);
        rpc_inbound_done(&in);
    }
}

/* A fault ends an answer that has begun; a request of that number goes on. */
static void a_fault_answers_the_callback_alone(void **state)
{
    static const struct rpc_securities nobody;
    struct rpc_received got;
    struct rpc_inbound in;

    (void)state;
    rpc_inbound_init(&in, true, &limits, &nobody);
    atomic_store(&in.callbacks, 1);
    assert_int_equal(give_fragment(&in, RPC_RESPONSE, RPC_FIRST, &got), ERR_OK);
    assert_int_equal(give_fragment(&in, RPC_FAULT, RPC_FIRST | RPC_LAST, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_CALL);
    assert_int_equal(got.fault.status, 77);
    rpc_block_put(got.block);
    assert_int_equal(give_fragment(&in, RPC_REQUEST, RPC_FIRST, &got), ERR_OK);
    assert_int_equal(give_fragment(&in, RPC_FAULT, RPC_FIRST | RPC_LAST, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_CALL);
    rpc_block_put(got.block);
    assert_int_equal(give_fragment(&in, RPC_REQUEST, RPC_LAST, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_CALL);
    assert_int_equal(got.request.stub.len, 16);
    rpc_block_put(got.block);
    rpc_inbound_done(&in);
}

static void an_answer_is_bounded_as_a_request_is(void **state)
{
    static const struct rpc_securities nobody;
    struct buf all = message(RPC_RESPONSE, 100001, NULL);
    struct rpc_received got;
    struct rpc_inbound in;

    (void)state;
    rpc_inbound_init(&in, true, &limits, &nobody);
    atomic_store(&in.callbacks, 1);
    assert_int_equal(give(&in, bytes_of(all.ptr, all.len), &got), ERR_TOO_LONG);
    rpc_inbound_done(&in);
    free(all.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_both_while_a_callback_is_out),
        cmocka_unit_test(else_it_is_of_no_call),
        cmocka_unit_test(fragments_of_both_do_not_mix),
        cmocka_unit_test(a_fault_answers_the_callback_alone),
        cmocka_unit_test(an_answer_is_bounded_as_a_request_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
