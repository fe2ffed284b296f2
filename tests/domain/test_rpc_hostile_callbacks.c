/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_hostile_callbacks.c - a server that calls back what it should not, and clients that
 * answer callbacks as they should not, or not at all.
 */
#include "back/back_home.h"
#include "base/policy_value.h"
#include "domain/hostile_fake.h"
#include "domain/hostile_raw.h"
#include "rpc/server_callback.h"

static const struct rpc_syntax back = {
    { 0x5e1c0d1e, 0x0c5b, 0x4d0c, { 0x9a, 0x50, 0x8f, 0x1f, 0x3a, 0x0c, 0x7b, 0xa1 } }, 1, 0
};

enum {
    BACK_SUM,
    BACK_NEST,
    BACK_RAISE = 3,
    BACK_WAIT = 5,
    BACK_ADD,
    CALL_NUMBER = 0,
    CALL_NEST,
    CALL_BYTES,
    CALL_RAISE,
};

static const struct bytes nothing = { NULL, 0 };
static const struct bytes one_to_two = { (const uint8_t[]){ 1, 0, 0, 0, 2, 0, 0, 0 }, 8 };

static int set_up(void **state)
{
    int e = hostile_set_up(state);

    if (RpcServerRegisterIfEx(back_v1_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                              RPC_C_LISTEN_MAX_CALLS_DEFAULT, NULL))
        return -1;
    return e;
}

static int tear_down(void **state)
{
    if (RpcServerUnregisterIf(back_v1_0_s_ifspec, NULL, TRUE))
        return -1;
    return hostile_tear_down(state);
}

/* ---- a server ---- */

struct script {       /* what each request is answered with */
    uint32_t id_more; /* added to the call's id */
    uint16_t context, opnum;
    uint8_t flags;
    unsigned times;    /* before the response */
    bool in_reply_too; /* and once behind it */
    unsigned faults, responses;
    uint32_t fault; /* the last */
};

static struct buf callback(const struct script *s, const struct rpc_pdu *in, struct bytes stub)
{
    const struct raw_fragment f = { .flags = s->flags ? s->flags : RPC_FIRST | RPC_LAST,
                                    .call_id = in->header.call_id + s->id_more,
                                    .context = s->context,
                                    .opnum = s->opnum,
                                    .stub = stub };

    return raw_fragment_build(&f);
}

static bool calls_back(struct fake *f, const struct rpc_pdu *in, struct writer *out)
{
    struct script *s = f->arg;
    struct rpc_fault fault;

    if (in->header.type == RPC_FAULT) {
        assert_int_equal(rpc_fault_read(in, &fault), ERR_OK);
        s->faults++;
        s->fault = fault.status;
    }
    s->responses += in->header.type == RPC_RESPONSE;
    if (in->header.type == RPC_REQUEST || in->header.type == RPC_FAULT ||
        in->header.type == RPC_RESPONSE) {
        if (s->times) {
            s->times--;
            fake_put_adopt(out, callback(s, in, nothing));
            return true;
        }
        fake_put_adopt(out, fake_response(RPC_FIRST | RPC_LAST, in->header.call_id, 0, fake_sum));
        if (s->in_reply_too)
            fake_put_adopt(out, callback(s, in, nothing));
        return true;
    }
    fake_put_adopt(out, fake_honest(in, fake_sum));
    return true;
}

static RPC_STATUS back_add(RPC_BINDING_HANDLE b)
{
    volatile RPC_STATUS status = RPC_S_OK;

    RpcTryExcept
    {
        status = BackAdd(b, 1000, 234) == 1234 ? RPC_S_OK : -1;
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

/* Of hostile, which knows of no callbacks, or of back; and once more where that went well. */
static RPC_STATUS asked(struct script *s, bool knows)
{
    RPC_STATUS (*add)(RPC_BINDING_HANDLE b) = knows ? back_add : hostile_add;
    struct fake f = { .answer = calls_back, .arg = s };
    RPC_BINDING_HANDLE b;
    RPC_STATUS status;

    fake_begin(&f);
    b = hostile_binding(f.port, NULL);
    status = add(b);
    if (!status && !s->in_reply_too)
        status = add(b);
    hostile_free(&b);
    fake_end(&f);
    return status;
}

static void what_a_client_lacks_is_a_fault(void **state)
{
    struct script none = { .times = 3 }, beyond = { .times = 3, .opnum = 60 };
    struct script elsewhere = { .times = 3, .context = 99 };

    (void)state;
    assert_int_equal(asked(&none, false), RPC_S_OK);
    assert_int_equal(none.faults, 3);
    assert_int_equal(none.fault, NCA_S_OP_RNG_ERROR);
    assert_int_equal(asked(&beyond, true), RPC_S_OK);
    assert_int_equal(beyond.fault, NCA_S_OP_RNG_ERROR);
    assert_int_equal(asked(&elsewhere, true), RPC_S_OK);
    assert_int_equal(elsewhere.fault, NCA_S_UNK_IF);
}

static void but_not_for_ever(void **state)
{
    struct script s = { .times = 1000000 };

    (void)state;
    assert_int_equal(asked(&s, false), RPC_S_PROTOCOL_ERROR);
    assert_true(s.faults < 20);
}

static void arguments_that_are_none_are_a_fault(void **state)
{
    struct script s = { .times = 5, .opnum = CALL_BYTES };

    (void)state;
    assert_int_equal(asked(&s, true), RPC_S_OK);
    assert_int_equal(s.faults, 5);
    assert_int_equal(s.fault, RPC_X_BAD_STUB_DATA);
}

static void only_in_the_call_that_is_out(void **state)
{
    struct script another = { .times = 1, .id_more = 1 };
    struct script behind = { .in_reply_too = true };
    struct script middle = { .times = 1, .flags = RPC_LAST };

    (void)state;
    assert_int_equal(asked(&another, true), RPC_S_PROTOCOL_ERROR);
    assert_int_equal(asked(&middle, true), RPC_S_PROTOCOL_ERROR);
    assert_int_equal(asked(&behind, true), RPC_S_OK);
    assert_int_equal(behind.faults + behind.responses, 0);
}

/* A request in the middle of a response, and the other way round. */
static bool interleaves(struct fake *f, const struct rpc_pdu *in, struct writer *out)
{
    const struct script *s = f->arg;
    uint32_t id = in->header.call_id;

    if (in->header.type != RPC_REQUEST) {
        fake_put_adopt(out, fake_honest(in, fake_sum));
        return true;
    }
    if (s->flags)
        fake_put_adopt(out, callback(s, in, bytes_of(fake_sum.ptr, 2)));
    fake_put_adopt(out, fake_response(RPC_FIRST, id, 0, bytes_of(fake_sum.ptr, 2)));
    if (!s->flags)
        fake_put_adopt(out, callback(s, in, nothing));
    fake_put_adopt(out, fake_response(RPC_LAST, id, 0, bytes_of(fake_sum.ptr + 2, 2)));
    return false;
}

static void fragments_of_both_directions_are_kept_apart(void **state)
{
    struct script scripts[] = { { .flags = 0 }, { .flags = RPC_FIRST } };
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct fake f = { .answer = interleaves, .arg = &scripts[i] };
        RPC_BINDING_HANDLE b;

        fake_begin(&f);
        b = hostile_binding(f.port, NULL);
        assert_int_equal(hostile_add(b), RPC_S_PROTOCOL_ERROR);
        hostile_free(&b);
        fake_end(&f);
    }
}

/* Each call in a callback is called back again, until the client has enough. */
static bool digs(struct fake *f, const struct rpc_pdu *in, struct writer *out)
{
    struct script *s = f->arg;

    if (in->header.type == RPC_REQUEST)
        fake_put_adopt(out, callback(s, in, bytes_of((const uint8_t[]){ 99, 0, 0, 0 }, 4)));
    else if (in->header.type == RPC_FAULT || in->header.type == RPC_RESPONSE)
        return calls_back(f, in, out);
    else
        fake_put_adopt(out, fake_honest(in, fake_sum));
    return true;
}

static void no_deeper_than_the_limit(void **state)
{
    struct script s = { .opnum = CALL_NEST };
    struct fake f = { .answer = digs, .arg = &s };

    (void)state;
    fake_begin(&f);
    back_binding = hostile_binding(f.port, NULL);
    assert_int_equal(BackNest(back_binding, 99), 1234);
    hostile_free(&back_binding);
    fake_end(&f);
    assert_int_equal(s.faults, 1);
    assert_int_equal(s.fault, NCA_S_SERVER_TOO_BUSY);
    assert_int_equal(s.responses, (int)policy_number(POLICY_CALLBACK_DEPTH));
}

/* ---- a client ---- */

static struct raw c;

static void bind_back(void)
{
    struct raw_bind how = { .type = RPC_BIND, .count = 1 };
    struct rpc_offer offer;

    raw_open(&c, NULL);
    rpc_negotiate_offer(RAW_CONTEXT, &back, NDR_20, &offer);
    how.offers = &offer;
    raw_send_adopt(&c, raw_bind_build(&c, &how));
    assert_int_equal(raw_next(&c, 60000), RPC_BIND_ACK);
}

static void request(uint16_t opnum, struct bytes stub, uint32_t id)
{
    const struct raw_fragment f = {
        .flags = RPC_FIRST | RPC_LAST, .call_id = id, .opnum = opnum, .stub = stub
    };

    raw_fragment_send(&c, &f);
}

/* Bound; and BackWait has called back. */
static uint32_t waits(void)
{
    bind_back();
    atomic_store(&back_said, -1);
    request(BACK_WAIT, nothing, c.call_id);
    assert_int_equal(raw_next(&c, 60000), RPC_REQUEST);
    assert_int_equal(c.pdu.header.call_id, c.call_id);
    return c.call_id++;
}

static void is_told(RPC_STATUS status)
{
    int i;

    for (i = 0; i < 6000 && atomic_load(&back_said) == -1; i++)
        hostile_sleep(10);
    assert_int_equal(atomic_load(&back_said), status);
    for (i = 0; i < 6000 && atomic_load(&back_waiting); i++)
        hostile_sleep(10);
    assert_int_equal(atomic_load(&back_waiting), 0);
    raw_close(&c);
    hostile_all_is_well();
}

static void answer(uint8_t flags, uint32_t id, uint16_t context, struct bytes stub)
{
    raw_send_adopt(&c, fake_response(flags, id, context, stub));
}

static void a_client_that_goes_is_not_waited_for(void **state)
{
    (void)state;
    (void)waits();
    raw_close(&c);
    is_told(RPC_S_CALL_FAILED);
}

static void nor_one_that_gives_its_call_up(void **state)
{
    uint32_t id = waits();

    (void)state;
    raw_bare_send(&c, RPC_CO_CANCEL, id); /* says nothing about the callback */
    raw_bare_send(&c, RPC_ORPHANED, id);
    is_told(RPC_S_CALL_FAILED);
}

static void an_answer_is_of_its_call_and_context(void **state)
{
    uint32_t id;

    (void)state;
    id = waits();
    answer(RPC_FIRST | RPC_LAST, id + 1, RAW_CONTEXT, nothing);
    is_told(RPC_S_CALL_FAILED);
    id = waits();
    answer(RPC_FIRST | RPC_LAST, id, 77, nothing);
    is_told(RPC_S_PROTOCOL_ERROR);
    id = waits();
    answer(RPC_LAST, id, RAW_CONTEXT, nothing);
    is_told(RPC_S_CALL_FAILED);
    id = waits();
    answer(RPC_FIRST | RPC_LAST, id, RAW_CONTEXT, nothing);
    (void)raw_response(&c, NULL);
    answer(RPC_FIRST | RPC_LAST, id, RAW_CONTEXT, nothing); /* once more */
    raw_refused(&c);
    is_told(RPC_S_OK);
}

static void nobody_answers_what_was_not_asked(void **state)
{
    (void)state;
    bind_back();
    answer(RPC_FIRST | RPC_LAST, c.call_id, RAW_CONTEXT, nothing);
    raw_refused(&c);
    bind_back();
    raw_bare_send(&c, RPC_FAULT, c.call_id);
    raw_refused(&c);
    hostile_all_is_well();
}

static void an_answer_and_a_request_are_kept_apart(void **state)
{
    struct raw_fragment f = { .flags = RPC_LAST, .opnum = 0 };

    (void)state;
    f.call_id = waits();
    answer(RPC_FIRST, f.call_id, RAW_CONTEXT, nothing);
    raw_fragment_send(&c, &f);
    is_told(RPC_S_CALL_FAILED);
    f.call_id = waits();
    f.flags = RPC_FIRST;
    f.opnum = BACK_ADD;
    raw_fragment_send(&c, &f);
    answer(RPC_LAST, f.call_id, RAW_CONTEXT, nothing);
    is_told(RPC_S_CALL_FAILED);
}

static void results_that_are_none_fail_the_callback(void **state)
{
    uint32_t id;

    (void)state;
    bind_back();
    id = c.call_id++;
    request(BACK_SUM, one_to_two, id);
    assert_int_equal(raw_next(&c, 60000), RPC_REQUEST);
    answer(RPC_FIRST | RPC_LAST, id, RAW_CONTEXT, bytes_of(fake_sum.ptr, 3));
    raw_fault(&c, RPC_X_BAD_STUB_DATA);
    request(BACK_SUM, one_to_two, ++id); /* and the connection goes on */
    assert_int_equal(raw_next(&c, 60000), RPC_REQUEST);
    answer(RPC_FIRST | RPC_LAST, id, RAW_CONTEXT, fake_sum);
    assert_int_equal(raw_next(&c, 60000), RPC_REQUEST);
    answer(RPC_FIRST | RPC_LAST, id, RAW_CONTEXT, fake_sum);
    assert_int_equal(raw_response(&c, NULL).ptr[0], (2 * 1234) & 0xff);
    raw_close(&c);
}

/* Its octets: the number, context and opnum of a request of its own. */
static void a_callback_is_a_request_of_its_call(void **state)
{
    struct rpc_request q;
    uint32_t id;

    (void)state;
    bind_back();
    id = c.call_id += 4711;
    request(BACK_SUM, one_to_two, id);
    assert_int_equal(raw_next(&c, 60000), RPC_REQUEST);
    assert_int_equal(c.pdu.header.flags, RPC_FIRST | RPC_LAST);
    assert_int_equal(c.pdu.header.call_id, id);
    assert_int_equal(rpc_request_read(&c.pdu, &q), ERR_OK);
    assert_int_equal(q.context_id, RAW_CONTEXT);
    assert_int_equal(q.opnum, CALL_NUMBER);
    assert_false(q.has_object);
    unit_assert_bytes(q.stub, bytes_of(one_to_two.ptr, 4));
    raw_close(&c);
}

static void a_fault_is_raised(void **state)
{
    struct buf fault = { 0 };
    struct rpc_header to = { .call_id = waits() };

    (void)state;
    assert_int_equal(rpc_server_fault(&to, 0, 0, true, nothing, &fault), ERR_OK);
    raw_send_adopt(&c, fault);
    (void)raw_response(&c, NULL);
    is_told(RPC_S_CALL_FAILED);
}

/* Under its number by the thread that waits, under others by others. */
static void calls_are_served_meanwhile(void **state)
{
    uint32_t id = waits();
    int i;

    (void)state;
    for (i = 0; i < 20; i++) {
        request(BACK_ADD, raw_add_stub, i % 2 ? id : c.call_id++);
        assert_int_equal(raw_response(&c, NULL).ptr[0], 0xd2);
    }
    answer(RPC_FIRST | RPC_LAST, id, RAW_CONTEXT, nothing);
    (void)raw_response(&c, NULL);
    is_told(RPC_S_OK);
}

/* An answer comes before the call in between has begun, or is sent twice. */
static void an_answer_too_soon_waits_for_its_turn(void **state)
{
    uint32_t id = waits();

    (void)state;
    request(BACK_ADD, raw_add_stub, id);
    answer(RPC_FIRST | RPC_LAST, id, RAW_CONTEXT, nothing);
    assert_int_equal(raw_response(&c, NULL).ptr[0], 0xd2);
    (void)raw_response(&c, NULL);
    is_told(RPC_S_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_client_lacks_is_a_fault),
        cmocka_unit_test(but_not_for_ever),
        cmocka_unit_test(arguments_that_are_none_are_a_fault),
        cmocka_unit_test(only_in_the_call_that_is_out),
        cmocka_unit_test(fragments_of_both_directions_are_kept_apart),
        cmocka_unit_test(no_deeper_than_the_limit),
        cmocka_unit_test(a_callback_is_a_request_of_its_call),
        cmocka_unit_test(a_client_that_goes_is_not_waited_for),
        cmocka_unit_test(nor_one_that_gives_its_call_up),
        cmocka_unit_test(an_answer_is_of_its_call_and_context),
        cmocka_unit_test(nobody_answers_what_was_not_asked),
        cmocka_unit_test(an_answer_and_a_request_are_kept_apart),
        cmocka_unit_test(results_that_are_none_fail_the_callback),
        cmocka_unit_test(a_fault_is_raised),
        cmocka_unit_test(calls_are_served_meanwhile),
        cmocka_unit_test(an_answer_too_soon_waits_for_its_turn),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
