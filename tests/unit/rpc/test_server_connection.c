/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/server_connection.h"

#include "base/alloc.h"
#include "lib/unit.h"
#include "rpc/fault.h"
#include "rpc/server.h"

/* The management interface: every server has it. */
static const struct rpc_syntax mgmt = {
    { 0xafa8bd80, 0x7d8a, 0x11c9, { 0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29, 0x89 } }, 1, 0
};
static const struct rpc_syntax nobody = { { 0x12345678, 1, 2, { 3 } }, 1, 0 };

static struct rpc_server_connection c;

static int set_up(void **state)
{
    (void)state;
    rpc_server_connection_init(&c, &transport_tcp, "1234");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rpc_server_connection_done(&c);
    return 0;
}

static void feed(struct bytes b)
{
    struct iovec iov[RPC_INBOUND_IOV];
    size_t n = 0, i, part;

    while (b.len) {
        assert_int_equal(rpc_inbound_room(&c.in, iov, &n), ERR_OK);
        for (i = 0; i < n && b.len; i++) {
            part = b.len < iov[i].iov_len ? b.len : iov[i].iov_len;
            memcpy(iov[i].iov_base, b.ptr, part);
            rpc_inbound_filled(&c.in, part);
            b = bytes_of(b.ptr + part, b.len - part);
        }
    }
}

static struct buf bind_of(enum rpc_type type, const struct rpc_offer *offers, size_t n,
                          uint32_t group)
{
    const struct rpc_bind b = { .max_send = 5840, .max_receive = 5840, .group = group };
    struct writer w = writer_new(65535);
    struct buf r;

    rpc_pdu_begin(&w, type, RPC_FIRST | RPC_LAST | RPC_CONC_MPX, 1);
    rpc_bind_write(&w, &b, offers, n);
    rpc_pdu_end(&w, NULL);
    assert_int_equal(writer_take(&w, &r), ERR_OK);
    return r;
}

static struct buf of_type(enum rpc_type type, uint16_t context_id, uint8_t flags, uint32_t call_id)
{
    const struct rpc_request q = { .context_id = context_id, .opnum = 2 };
    struct rpc_offer offer;
    struct writer w = writer_new(65535);
    uint8_t zeros[32] = { 0 };
    struct buf r;

    if (type == RPC_BIND || type == RPC_ALTER_CONTEXT) {
        writer_done(&w);
        rpc_negotiate_offer(context_id, &mgmt, NDR_20, &offer);
        return bind_of(type, &offer, 1, 0);
    }
    rpc_pdu_begin(&w, type, flags, call_id);
    if (type == RPC_REQUEST)
        rpc_request_write(&w, &q);
    else if (type != RPC_CO_CANCEL && type != RPC_ORPHANED && type != RPC_SHUTDOWN)
        writer_bytes(&w, bytes_of(zeros, sizeof zeros)); /* room for any fixed part */
    rpc_pdu_end(&w, NULL);
    assert_int_equal(writer_take(&w, &r), ERR_OK);
    return r;
}

static enum rpc_act act_of(struct buf pdu, struct rpc_action *ret)
{
    feed(buf_view(pdu));
    buf_free(&pdu);
    rpc_server_next(&c, ret);
    return ret->act;
}

static uint8_t type_of(const struct rpc_action *a)
{
    return a->bytes.len > 2 ? a->bytes.ptr[2] : 0xff;
}

static void end(struct rpc_action *a)
{
    if (a->act == RPC_ACT_CALL)
        rpc_block_put(a->call.block);
    buf_free(&a->bytes);
}

static void bound(void)
{
    struct rpc_action a;

    assert_int_equal(act_of(of_type(RPC_BIND, 0, 0, 1), &a), RPC_ACT_SEND);
    assert_int_equal(type_of(&a), RPC_BIND_ACK);
    end(&a);
    assert_int_equal(c.state, RPC_SERVER_OPEN);
}

/* What each state makes of each type; CLOSE is a protocol error. */
static enum rpc_act expected(enum rpc_server_state s, unsigned type)
{
    if (s == RPC_SERVER_NEW)
        return type == RPC_BIND ? RPC_ACT_SEND : RPC_ACT_CLOSE;
    if (s == RPC_SERVER_CLOSED)
        return RPC_ACT_CLOSE;
    switch (type) {
    case RPC_ALTER_CONTEXT:
        return RPC_ACT_SEND;
    case RPC_REQUEST:
        return RPC_ACT_CALL;
    case RPC_CO_CANCEL:
        return RPC_ACT_CANCEL;
    case RPC_ORPHANED:
        return RPC_ACT_ORPHAN;
    default: /* auth3 too: nothing here has a context it could go on with */
        return RPC_ACT_CLOSE;
    }
}

static void takes_each_type_where_the_table_says(void **state)
{
    struct rpc_action a;
    unsigned s, type;

    for (s = 0; s < RPC_SERVER_STATES; s++)
        for (type = 0; type < 256; type++) {
            set_up(state);
            if (s != RPC_SERVER_NEW)
                bound();
            c.state = s;
            if (type < RPC_TYPES || type == 255)
                assert_int_equal(act_of(of_type(type, 0, RPC_FIRST | RPC_LAST, 7), &a),
                                 expected(s, type));
            else
                a = (struct rpc_action){ 0 };
            if (a.act == RPC_ACT_CLOSE && s != RPC_SERVER_CLOSED) {
                assert_int_equal(c.state, RPC_SERVER_CLOSED);
                end(&a);
                rpc_server_next(&c, &a);
                assert_int_equal(a.act, RPC_ACT_CLOSE); /* and stays it */
            }
            end(&a);
            tear_down(state);
        }
}

static void a_second_bind_is_refused(void **state)
{
    struct rpc_action a;

    (void)state;
    bound();
    assert_int_equal(act_of(of_type(RPC_BIND, 1, 0, 1), &a), RPC_ACT_CLOSE);
    assert_int_equal(type_of(&a), RPC_BIND_NAK);
    end(&a);
}

static void a_call_names_its_interface(void **state)
{
    struct rpc_action a;

    (void)state;
    bound();
    assert_int_equal(act_of(of_type(RPC_REQUEST, 0, RPC_FIRST | RPC_LAST, 9), &a), RPC_ACT_CALL);
    assert_int_equal(a.call_id, 9);
    assert_int_equal(a.call.request.opnum, 2);
    assert_true(rpc_syntax_equal(&a.context.abstract, &mgmt));
    assert_non_null(a.context.interface);
    end(&a);
    assert_int_equal(act_of(of_type(RPC_REQUEST, 5, RPC_FIRST | RPC_LAST, 10), &a), RPC_ACT_SEND);
    assert_int_equal(type_of(&a),
                     RPC_FAULT); /* a context that is not there: the call alone fails */
    end(&a);
    assert_int_equal(c.state, RPC_SERVER_OPEN);
}

static void a_context_keeps_its_interface(void **state)
{
    struct rpc_offer offer;
    struct rpc_action a;

    (void)state;
    bound();
    rpc_negotiate_offer(0, &nobody, NDR_20, &offer);
    assert_int_equal(act_of(bind_of(RPC_ALTER_CONTEXT, &offer, 1, 0), &a), RPC_ACT_CLOSE);
    assert_int_equal(type_of(&a), RPC_FAULT);
    end(&a);
}

static void calls_are_not_interleaved(void **state)
{
    struct rpc_action a;

    (void)state;
    bound();
    assert_int_equal(act_of(of_type(RPC_REQUEST, 0, RPC_FIRST, 1), &a), RPC_ACT_MORE);
    assert_int_equal(act_of(of_type(RPC_REQUEST, 0, RPC_FIRST, 2), &a), RPC_ACT_CLOSE);
    end(&a);
}

static void who_has_not_bound_is_not_listened_to(void **state)
{
    struct rpc_action a;

    (void)state;
    assert_int_equal(act_of(of_type(RPC_REQUEST, 0, RPC_FIRST | RPC_LAST, 1), &a), RPC_ACT_CLOSE);
    assert_int_equal(a.bytes.len, 0);
    end(&a);
}

static void a_group_nobody_has_is_refused(void **state)
{
    struct rpc_offer offer;
    struct rpc_action a;

    (void)state;
    rpc_negotiate_offer(0, &mgmt, NDR_20, &offer);
    assert_int_equal(act_of(bind_of(RPC_BIND, &offer, 1, 0x12345678), &a), RPC_ACT_CLOSE);
    assert_int_equal(type_of(&a), RPC_BIND_NAK);
    end(&a);
}

static void an_unknown_interface_is_rejected_not_the_connection(void **state)
{
    struct rpc_offer offer;
    struct rpc_action a;

    (void)state;
    rpc_negotiate_offer(0, &nobody, NDR_20, &offer);
    assert_int_equal(act_of(bind_of(RPC_BIND, &offer, 1, 0), &a), RPC_ACT_SEND);
    assert_int_equal(type_of(&a), RPC_BIND_ACK);
    end(&a);
    assert_int_equal(c.contexts.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_each_type_where_the_table_says),
        cmocka_unit_test_setup_teardown(a_second_bind_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_call_names_its_interface, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_context_keeps_its_interface, set_up, tear_down),
        cmocka_unit_test_setup_teardown(calls_are_not_interleaved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_has_not_bound_is_not_listened_to, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_group_nobody_has_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unknown_interface_is_rejected_not_the_connection, set_up,
                                        tear_down),
    };

    if (rpc_mgmt_register())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
