/* SPDX-License-Identifier: Apache-2.0
 * test_client.c - the machine of a client's connection, each PDU in each state.
 */
#include "rpc/client.h"

#include "lib/unit.h"
#include "rpc/fault.h"

static const struct rpc_syntax face = { { 0x4711, 1, 2, { 3 } }, 1, 0 };
static const struct rpc_syntax other = { { 0x4712, 1, 2, { 3 } }, 1, 0 };

/* ---- a server's answers ---- */

struct answer {
    uint8_t type;
    uint32_t call_id;
    uint16_t context_id;            /* response, fault */
    uint16_t result, reason;        /* of the first offer */
    uint16_t max_receive;           /* bind_ack; 0: the usual */
    uint32_t status;                /* fault */
    uint16_t nak;                   /* bind_nak */
    const struct rpc_syntax *chose; /* NULL: NDR */
};

static struct rpc_result result_of(const struct answer *a)
{
    struct rpc_result r = { .result = a->result, .reason = a->reason };

    r.transfer = a->chose ? *a->chose : rpc_ndr20;
    return r;
}

static void write_answer(struct writer *w, const struct answer *a)
{
    struct rpc_bind_ack ack = { .max_send = RPC_FRAGMENT_WINDOWS,
                                .max_receive = RPC_FRAGMENT_WINDOWS,
                                .group = 0x77 };
    struct rpc_bind_nak nak = { .reason = a->nak };
    struct rpc_result result = result_of(a);

    rpc_pdu_begin(w, a->type, RPC_FIRST | RPC_LAST, a->call_id);
    if (a->max_receive)
        ack.max_receive = a->max_receive;
    if (a->type == RPC_BIND_ACK || a->type == RPC_ALTER_ACK)
        rpc_bind_ack_write(w, &ack, &result, 1);
    if (a->type == RPC_BIND_NAK)
        rpc_bind_nak_write(w, &nak);
    rpc_pdu_end(w, NULL);
}

/* Hands the machine the answer as inbound would. */
static enum err give(struct rpc_client *c, const struct answer *a, enum rpc_client_outcome *ret)
{
    struct writer w = writer_new(4096), out = writer_new(4096);
    struct rpc_received r = { .event = RPC_EVENT_PDU };
    struct rpc_header h;
    enum err e;

    *ret = RPC_CLIENT_WAIT;
    if (a->type == RPC_RESPONSE || a->type == RPC_FAULT || a->type == RPC_REQUEST) {
        r.event = RPC_EVENT_CALL;
        r.pdu.header.type = a->type;
        r.pdu.header.call_id = a->call_id;
        r.fault.context_id = a->context_id;
        if (a->type == RPC_FAULT)
            r.fault.status = a->status;
        else
            r.response.context_id = a->context_id;
        e = ERR_OK;
    } else if (a->type == RPC_BIND_ACK || a->type == RPC_ALTER_ACK || a->type == RPC_BIND_NAK ||
               a->type == RPC_SHUTDOWN) {
        write_answer(&w, a);
        e = rpc_header_read(bytes_of(w.ptr, w.len), RPC_FRAGMENT_MAX, &h);
        if (!e)
            e = rpc_pdu_read(bytes_of(w.ptr, w.len), &h, &r.pdu);
    } else { /* only its type is of interest */
        r.pdu.header.type = a->type;
        r.pdu.header.call_id = a->call_id;
        e = ERR_OK;
    }
    assert_int_equal(e, ERR_OK);
    e = rpc_client_receive(c, &r, &out, ret);
    writer_done(&w);
    writer_done(&out);
    return e;
}

/* ---- a machine brought into a state ---- */

static struct rpc_client_ask one_ask; /* of a machine in SHARED */

static void bring(struct rpc_client *c, enum rpc_client_state state)
{
    const struct answer ack = { .type = RPC_BIND_ACK, .call_id = 1 };
    struct writer out = writer_new(4096);
    enum rpc_client_outcome outcome;
    uint32_t call_id;

    assert_int_equal(rpc_client_init(c, NULL), ERR_OK);
    if (state == RPC_CLIENT_NEW)
        return;
    assert_int_equal(rpc_client_bind(c, &face, RPC_SYNTAX_NDR20, 0, &out), ERR_OK);
    if (state == RPC_CLIENT_PROVING || state == RPC_CLIENT_ENDED)
        c->state = state;
    if (state >= RPC_CLIENT_ALTERING && state <= RPC_CLIENT_SHARED) {
        assert_int_equal(give(c, &ack, &outcome), ERR_OK);
        assert_int_equal(outcome, RPC_CLIENT_READY);
    }
    if (state == RPC_CLIENT_ALTERING)
        assert_int_equal(rpc_client_alter(c, &other, RPC_SYNTAX_NDR20, &out), ERR_OK);
    if (state == RPC_CLIENT_CALLING || state == RPC_CLIENT_SERVING)
        assert_int_equal(rpc_client_call(c, 0, false, &call_id), ERR_OK);
    if (state == RPC_CLIENT_SERVING) {
        assert_int_equal(
            give(c, &(struct answer){ .type = RPC_REQUEST, .call_id = call_id }, &outcome), ERR_OK);
        assert_int_equal(outcome, RPC_CLIENT_CALLED);
    }
    if (state == RPC_CLIENT_SHARED) {
        assert_true(rpc_client_share(c));
        assert_int_equal(rpc_client_ask(c, 0, &one_ask), ERR_OK);
    }
    assert_int_equal(c->state, state);
    writer_done(&out);
}

/* clang-format off */
static const bool legal[RPC_CLIENT_STATES][RPC_TYPES] = {
    [RPC_CLIENT_BINDING]  = { [RPC_BIND_ACK] = true, [RPC_BIND_NAK] = true, [RPC_FAULT] = true,
                              [RPC_SHUTDOWN] = true },
    [RPC_CLIENT_PROVING]  = { [RPC_ALTER_ACK] = true, [RPC_FAULT] = true, [RPC_SHUTDOWN] = true },
    [RPC_CLIENT_ALTERING] = { [RPC_ALTER_ACK] = true, [RPC_FAULT] = true, [RPC_SHUTDOWN] = true },
    [RPC_CLIENT_OPEN]     = { [RPC_SHUTDOWN] = true },
    [RPC_CLIENT_CALLING]  = { [RPC_RESPONSE] = true, [RPC_FAULT] = true, [RPC_SHUTDOWN] = true,
                              [RPC_REQUEST] = true },
    [RPC_CLIENT_SHARED]   = { [RPC_RESPONSE] = true, [RPC_FAULT] = true, [RPC_SHUTDOWN] = true },
};
/* clang-format on */

/* PROVING needs a security context for its steps; test/interop brings it there. */
static void takes_in_each_state_what_its_table_has(void **state)
{
    unsigned s, type;

    (void)state;
    for (s = 0; s < RPC_CLIENT_STATES; s++) {
        for (type = 0; type < 256; type++) {
            struct rpc_client c;
            struct answer a = { .type = (uint8_t)type, .nak = RPC_NAK_LIMIT, .status = 5 };
            enum rpc_client_outcome outcome;
            enum err e;

            if (s == RPC_CLIENT_PROVING && type < RPC_TYPES && legal[s][type])
                continue;
            bring(&c, s);
            a.call_id = c.call_id;
            e = give(&c, &a, &outcome);
            if (type < RPC_TYPES && legal[s][type]) {
                assert_int_not_equal(e, ERR_UNEXPECTED);
            } else {
                assert_int_equal(e, ERR_UNEXPECTED);
                assert_int_equal(c.state, RPC_CLIENT_ENDED);
            }
            rpc_client_done(&c);
        }
    }
}

static void asks_only_in_the_right_state(void **state)
{
    unsigned s;

    (void)state;
    for (s = 0; s < RPC_CLIENT_STATES; s++) {
        struct writer out = writer_new(4096);
        struct rpc_client c;
        uint32_t call_id;

        bring(&c, s);
        if (s != RPC_CLIENT_NEW)
            assert_int_equal(rpc_client_bind(&c, &face, RPC_SYNTAX_NDR20, 0, &out), ERR_UNEXPECTED);
        if (s != RPC_CLIENT_OPEN) {
            assert_int_equal(rpc_client_alter(&c, &other, RPC_SYNTAX_NDR20, &out), ERR_UNEXPECTED);
            assert_int_equal(rpc_client_call(&c, 0, false, &call_id), ERR_UNEXPECTED);
            assert_false(rpc_client_share(&c));
        }
        if (s != RPC_CLIENT_SERVING && s != RPC_CLIENT_ENDED) {
            assert_int_equal(rpc_client_nest(&c, &call_id), ERR_UNEXPECTED);
            assert_int_equal(rpc_client_served(&c), ERR_UNEXPECTED);
        }
        if (s != RPC_CLIENT_SHARED) {
            struct rpc_client_ask ask;

            assert_int_equal(rpc_client_ask(&c, 0, &ask), ERR_UNEXPECTED);
            assert_false(rpc_client_unshare(&c));
        }
        writer_done(&out);
        rpc_client_done(&c);
    }
}

static enum err answer_in(enum rpc_client_state from, struct answer a, struct rpc_client *c)
{
    enum rpc_client_outcome outcome;

    bring(c, from);
    if (!a.call_id)
        a.call_id = c->call_id;
    return give(c, &a, &outcome);
}

/* [MS-RPCE] 3.3.1.5.9 */
static void calls_and_callbacks_stand_in_each_other(void **state)
{
    struct answer request = { .type = RPC_REQUEST }, response = { .type = RPC_RESPONSE };
    enum rpc_client_outcome outcome;
    struct rpc_client c;
    uint32_t call_id = 0;

    (void)state;
    bring(&c, RPC_CLIENT_SERVING);
    request.call_id = response.call_id = c.call_id;
    assert_int_equal(rpc_client_nest(&c, &call_id), ERR_OK);
    assert_int_equal(call_id, c.call_id);
    assert_int_equal(give(&c, &request, &outcome), ERR_OK);
    assert_int_equal(outcome, RPC_CLIENT_CALLED);
    assert_int_equal(c.depth, 1);
    assert_int_equal(rpc_client_served(&c), ERR_OK);
    assert_int_equal(give(&c, &response, &outcome), ERR_OK);
    assert_int_equal(c.state, RPC_CLIENT_SERVING);
    assert_int_equal(c.depth, 0);
    assert_int_equal(rpc_client_served(&c), ERR_OK);
    assert_int_equal(c.state, RPC_CLIENT_CALLING);
    assert_int_equal(give(&c, &response, &outcome), ERR_OK);
    assert_int_equal(c.state, RPC_CLIENT_OPEN);
    rpc_client_done(&c);
}

static void ends_on_a_callback_of_another_call(void **state)
{
    struct answer request = { .type = RPC_REQUEST };
    struct rpc_received r = { .event = RPC_EVENT_PDU };
    struct writer out = writer_new(4096);
    enum rpc_client_outcome outcome;
    struct rpc_client c;

    (void)state;
    bring(&c, RPC_CLIENT_CALLING);
    request.call_id = c.call_id + 1;
    assert_int_equal(give(&c, &request, &outcome), ERR_UNEXPECTED);
    rpc_client_done(&c);
    bring(&c, RPC_CLIENT_CALLING); /* as inbound hands over what no call allows */
    r.pdu.header.type = RPC_REQUEST;
    r.pdu.header.call_id = c.call_id;
    assert_int_equal(rpc_client_receive(&c, &r, &out, &outcome), ERR_UNEXPECTED);
    assert_int_equal(c.state, RPC_CLIENT_ENDED);
    writer_done(&out);
    rpc_client_done(&c);
}

static void ends_on_an_answer_to_another_call(void **state)
{
    struct rpc_client c;

    (void)state;
    assert_int_equal(
        answer_in(RPC_CLIENT_CALLING, (struct answer){ .type = RPC_RESPONSE, .call_id = 99 }, &c),
        ERR_UNEXPECTED);
    assert_int_equal(c.state, RPC_CLIENT_ENDED);
    rpc_client_done(&c);
    assert_int_equal(
        answer_in(RPC_CLIENT_BINDING, (struct answer){ .type = RPC_BIND_ACK, .call_id = 99 }, &c),
        ERR_UNEXPECTED);
    rpc_client_done(&c);
    assert_int_equal(
        answer_in(RPC_CLIENT_CALLING, (struct answer){ .type = RPC_RESPONSE, .context_id = 7 }, &c),
        ERR_UNEXPECTED);
    assert_int_equal(c.state, RPC_CLIENT_ENDED);
    rpc_client_done(&c);
}

/* ---- many calls at once ---- */

static struct rpc_client_ask *answer_to(struct rpc_client *c, struct answer a, enum err *ret)
{
    enum rpc_client_outcome outcome;

    c->answered = NULL;
    *ret = give(c, &a, &outcome);
    if (*ret == ERR_OK)
        assert_int_equal(outcome, RPC_CLIENT_ANSWER);
    return c->answered;
}

/* Wine's server numbers its answers so: taken where it can be no other call's. */
static void takes_the_binds_number_where_one_call_is_out(void **state)
{
    const struct answer as_bind = { .type = RPC_RESPONSE, .call_id = 1 };
    const struct answer fault = { .type = RPC_FAULT, .call_id = 1, .status = 5 };
    struct rpc_client c;
    enum rpc_client_outcome outcome;
    uint32_t call_id;

    (void)state;
    assert_int_equal(answer_in(RPC_CLIENT_CALLING, as_bind, &c), ERR_OK);
    assert_int_equal(rpc_client_call(&c, 0, false, &call_id), ERR_OK);
    assert_int_equal(give(&c, &fault, &outcome), ERR_OK);
    assert_int_equal(outcome, RPC_CLIENT_ANSWER);
    assert_int_equal(rpc_client_call(&c, 0, true, &call_id), ERR_OK); /* maybe */
    assert_int_equal(rpc_client_call(&c, 0, false, &call_id), ERR_OK);
    assert_int_equal(give(&c, &as_bind, &outcome), ERR_UNEXPECTED);
    rpc_client_done(&c);
}

static void never_takes_it_for_an_answer_to_something_else(void **state)
{
    const struct answer as_bind = { .type = RPC_RESPONSE, .call_id = 1 };
    struct rpc_client c;
    enum rpc_client_outcome outcome;
    uint32_t call_id;
    enum err e;

    (void)state;
    assert_int_equal(
        answer_in(RPC_CLIENT_ALTERING, (struct answer){ .type = RPC_ALTER_ACK, .call_id = 1 }, &c),
        ERR_UNEXPECTED);
    rpc_client_done(&c);
    bring(&c, RPC_CLIENT_SHARED);
    assert_null(answer_to(&c, as_bind, &e));
    assert_int_equal(e, ERR_UNEXPECTED);
    rpc_client_done(&c);
    bring(&c, RPC_CLIENT_SHARED);
    assert_true(rpc_client_take_back(&c, one_ask.call_id));
    assert_true(rpc_client_unshare(&c));
    assert_int_equal(rpc_client_call(&c, 0, false, &call_id), ERR_OK);
    assert_int_equal(give(&c, &as_bind, &outcome), ERR_UNEXPECTED);
    rpc_client_done(&c);
    bring(&c, RPC_CLIENT_CALLING);
    c.security = (struct rpc_security *)(void *)&c; /* looked at, not into */
    assert_int_equal(give(&c, &as_bind, &outcome), ERR_UNEXPECTED);
    rpc_client_done(&c);
}

static void answers_come_in_any_order(void **state)
{
    struct rpc_client_ask ask[4];
    struct rpc_client c;
    enum err e;
    int i;

    (void)state;
    bring(&c, RPC_CLIENT_OPEN);
    assert_true(rpc_client_share(&c));
    for (i = 0; i < 4; i++)
        assert_int_equal(rpc_client_ask(&c, (uint16_t)i, &ask[i]), ERR_OK);
    assert_ptr_equal(rpc_client_find_ask(&c, ask[2].call_id), &ask[2]);
    assert_ptr_equal(
        answer_to(
            &c, (struct answer){ .type = RPC_RESPONSE, .call_id = ask[3].call_id, .context_id = 3 },
            &e),
        &ask[3]);
    assert_ptr_equal(
        answer_to(&c, (struct answer){ .type = RPC_FAULT, .call_id = ask[1].call_id, .status = 5 },
                  &e),
        &ask[1]);
    assert_true(rpc_client_take_back(&c, ask[0].call_id));
    assert_false(rpc_client_take_back(&c, ask[0].call_id));
    assert_false(rpc_client_unshare(&c));
    assert_int_equal(rpc_client_ask(&c, 9, &ask[0]), ERR_OK); /* behind the one that is left */
    assert_ptr_equal(c.asks, &ask[2]);
    assert_ptr_equal(c.last_ask, &ask[0]);
    assert_ptr_equal(
        answer_to(
            &c, (struct answer){ .type = RPC_RESPONSE, .call_id = ask[2].call_id, .context_id = 2 },
            &e),
        &ask[2]);
    assert_true(rpc_client_take_back(&c, ask[0].call_id));
    assert_true(rpc_client_unshare(&c));
    assert_int_equal(c.state, RPC_CLIENT_OPEN);
    rpc_client_done(&c);
}

static void nobody_is_answered_twice_or_in_anothers_context(void **state)
{
    struct rpc_client_ask ask[2];
    struct rpc_client c;
    enum err e;
    int i;

    (void)state;
    for (i = 0; i < 3; i++) {
        bring(&c, RPC_CLIENT_OPEN);
        assert_true(rpc_client_share(&c));
        assert_int_equal(rpc_client_ask(&c, 0, &ask[0]), ERR_OK);
        assert_int_equal(rpc_client_ask(&c, 1, &ask[1]), ERR_OK);
        if (i < 2)
            assert_true(rpc_client_take_back(&c, ask[0].call_id));
        (void)answer_to(&c,
                        (struct answer){ .type = i == 1 ? RPC_FAULT : RPC_RESPONSE,
                                         .call_id = ask[0].call_id,
                                         .context_id = i == 2 ? 1 : 0 },
                        &e);
        assert_int_equal(e, ERR_UNEXPECTED);
        assert_int_equal(c.state, RPC_CLIENT_ENDED);
        assert_int_equal(rpc_client_ask(&c, 1, &ask[0]), ERR_UNEXPECTED);
        rpc_client_done(&c);
    }
}

static void a_server_that_closes_is_asked_no_more(void **state)
{
    struct rpc_client_ask ask;
    struct rpc_client c;

    (void)state;
    assert_int_equal(answer_in(RPC_CLIENT_SHARED, (struct answer){ .type = RPC_SHUTDOWN }, &c),
                     ERR_OK);
    assert_true(c.closing);
    assert_int_equal(rpc_client_ask(&c, 0, &ask), ERR_UNEXPECTED);
    assert_ptr_equal(c.asks, &one_ask); /* which is still out */
    rpc_client_done(&c);
}

static void says_why_a_bind_was_refused(void **state)
{
    static const struct {
        struct answer a;
        enum err e;
    } cases[] = {
        { { .type = RPC_BIND_ACK, .result = 2, .reason = 1 }, ERR_RPC_INTERFACE },
        { { .type = RPC_BIND_ACK, .result = 2, .reason = 2 }, ERR_RPC_TRANSFER_SYNTAX },
        { { .type = RPC_BIND_ACK, .result = 2, .reason = 3 }, ERR_RPC_BUSY },
        { { .type = RPC_BIND_ACK, .result = 1 }, ERR_RPC_NOT_EXECUTED },
        { { .type = RPC_BIND_ACK, .chose = &rpc_ndr64 }, ERR_RPC_PROTOCOL },
        { { .type = RPC_BIND_ACK, .max_receive = 100 }, ERR_RPC_PROTOCOL },
        { { .type = RPC_BIND_NAK, .nak = RPC_NAK_CONGESTION }, ERR_RPC_BUSY },
        { { .type = RPC_BIND_NAK, .nak = RPC_NAK_AUTH_TYPE }, ERR_RPC_AUTHN_SERVICE },
        { { .type = RPC_BIND_NAK, .nak = RPC_NAK_CHECKSUM }, ERR_ACCESS_DENIED },
        { { .type = RPC_BIND_NAK, .nak = RPC_NAK_VERSION }, ERR_RPC_PROTOCOL },
        { { .type = RPC_BIND_NAK }, ERR_RPC_NOT_EXECUTED },
        { { .type = RPC_FAULT, .status = 5 }, ERR_ACCESS_DENIED },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rpc_client c;

        assert_int_equal(answer_in(RPC_CLIENT_BINDING, cases[i].a, &c), cases[i].e);
        assert_int_equal(c.state, RPC_CLIENT_ENDED);
        rpc_client_done(&c);
    }
}

static void a_refused_interface_leaves_the_others(void **state)
{
    const struct answer no = { .type = RPC_ALTER_ACK, .result = 2, .reason = 1 };
    const struct answer yes = { .type = RPC_ALTER_ACK };
    struct rpc_client c;

    (void)state;
    assert_int_equal(answer_in(RPC_CLIENT_ALTERING, no, &c), ERR_RPC_INTERFACE);
    assert_int_equal(c.state, RPC_CLIENT_OPEN);
    assert_non_null(rpc_client_context(&c, &face, RPC_SYNTAX_NDR20));
    assert_null(rpc_client_context(&c, &other, RPC_SYNTAX_NDR20));
    rpc_client_done(&c);
    assert_int_equal(answer_in(RPC_CLIENT_ALTERING, yes, &c), ERR_OK);
    assert_non_null(rpc_client_context(&c, &other, RPC_SYNTAX_NDR20));
    assert_int_not_equal(rpc_client_context(&c, &other, RPC_SYNTAX_NDR20)->id,
                         rpc_client_context(&c, &face, RPC_SYNTAX_NDR20)->id);
    rpc_client_done(&c);
}

static void a_fault_is_an_answer(void **state)
{
    struct rpc_client c;

    (void)state;
    assert_int_equal(answer_in(RPC_CLIENT_CALLING,
                               (struct answer){ .type = RPC_FAULT, .status = NCA_S_OP_RNG_ERROR },
                               &c),
                     ERR_OK);
    assert_int_equal(c.state, RPC_CLIENT_OPEN);
    assert_int_equal(c.status, rpc_fault_status(NCA_S_OP_RNG_ERROR));
    assert_false(c.closing);
    rpc_client_done(&c);
}

static void a_shutdown_lets_the_call_end_and_no_other_begin(void **state)
{
    const struct answer response = { .type = RPC_RESPONSE, .call_id = 2 };
    enum rpc_client_outcome outcome;
    struct rpc_client c;

    (void)state;
    assert_int_equal(answer_in(RPC_CLIENT_CALLING, (struct answer){ .type = RPC_SHUTDOWN }, &c),
                     ERR_OK);
    assert_int_equal(c.state, RPC_CLIENT_CALLING);
    assert_true(c.closing);
    assert_int_equal(give(&c, &response, &outcome), ERR_OK);
    assert_int_equal(outcome, RPC_CLIENT_ANSWER);
    rpc_client_done(&c);
}

static void a_maybe_call_waits_for_nothing(void **state)
{
    struct rpc_client c;
    uint32_t call_id;

    (void)state;
    bring(&c, RPC_CLIENT_OPEN);
    assert_int_equal(rpc_client_call(&c, 0, true, &call_id), ERR_OK);
    assert_int_equal(c.state, RPC_CLIENT_OPEN);
    rpc_client_done(&c);
}

static enum err bind_once(void *arg)
{
    struct writer out = writer_new(4096);
    struct rpc_client c;
    enum err e = rpc_client_init(&c, NULL);

    (void)arg;
    if (!e)
        e = rpc_client_bind(&c, &face, RPC_SYNTAX_NDR20, 0, &out);
    rpc_client_done(&c);
    writer_done(&out);
    return e;
}

static void lack_of_memory_is_told(void **state)
{
    (void)state;
    oom_run(bind_once, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_in_each_state_what_its_table_has),
        cmocka_unit_test(asks_only_in_the_right_state),
        cmocka_unit_test(calls_and_callbacks_stand_in_each_other),
        cmocka_unit_test(ends_on_a_callback_of_another_call),
        cmocka_unit_test(ends_on_an_answer_to_another_call),
        cmocka_unit_test(takes_the_binds_number_where_one_call_is_out),
        cmocka_unit_test(never_takes_it_for_an_answer_to_something_else),
        cmocka_unit_test(answers_come_in_any_order),
        cmocka_unit_test(nobody_is_answered_twice_or_in_anothers_context),
        cmocka_unit_test(a_server_that_closes_is_asked_no_more),
        cmocka_unit_test(says_why_a_bind_was_refused),
        cmocka_unit_test(a_refused_interface_leaves_the_others),
        cmocka_unit_test(a_fault_is_an_answer),
        cmocka_unit_test(a_shutdown_lets_the_call_end_and_no_other_begin),
        cmocka_unit_test(a_maybe_call_waits_for_nothing),
        cmocka_unit_test(lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
