/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_hostile_client.c - a server that answers our client what it should not.
 */
#include "domain/hostile_fake.h"
#include "rpc/fault.h"
#include "rpc/inbound.h"

enum { MEBI = 1 << 20 };

/* What a client is told; the fake's connection ends after its answer. */
static RPC_STATUS asked(fake_answer *answer, void *arg)
{
    struct fake f = { .answer = answer, .arg = arg };
    RPC_BINDING_HANDLE binding;
    RPC_STATUS status;

    fake_begin(&f);
    binding = hostile_binding(f.port, NULL);
    status = hostile_add(binding);
    hostile_free(&binding);
    fake_end(&f);
    return status;
}

static bool is_a_failure(RPC_STATUS s)
{
    return s == RPC_S_PROTOCOL_ERROR || s == RPC_S_CALL_FAILED || s == RPC_S_CALL_FAILED_DNE ||
           s == RPC_S_CANNOT_SUPPORT || s == RPC_S_COMM_FAILURE || s == RPC_X_BAD_STUB_DATA;
}

static bool honest(struct fake *f, const struct rpc_pdu *in, struct writer *out)
{
    (void)f;
    fake_put_adopt(out, fake_honest(in, fake_sum));
    return true;
}

/* ---- A1 ---- */

struct field {
    const char *name;
    uint8_t at, value, next;
    bool wide;
};

static const struct field fields[] = {
    { "version 0", 0, 0, 0, false },      { "version 4", 0, 4, 0, false },
    { "version 6", 0, 6, 0, false },      { "version 255", 0, 255, 0, false },
    { "minor 2", 1, 2, 0, false },        { "type 1", 2, 1, 0, false },
    { "type 20", 2, 20, 0, false },       { "type 255", 2, 255, 0, false },
    { "integers 2", 4, 0x20, 0, false },  { "floats 4", 5, 4, 0, false },
    { "frag_length 0", 8, 0, 0, true },   { "frag_length 1", 8, 1, 0, true },
    { "frag_length 15", 8, 15, 0, true }, { "frag_length 16", 8, 16, 0, true },
    { "frag_length 23", 8, 23, 0, true }, { "frag_length 65535", 8, 255, 255, true },
    { "auth_length 1", 10, 1, 0, true },  { "auth_length 65535", 10, 255, 255, true },
    { "call_id 0", 12, 0, 0, true },      { "call_id of another", 12, 99, 0, true },
};

struct where {
    const struct field *field;
    uint8_t type;
};

static bool wrong_field(struct fake *f, const struct rpc_pdu *in, struct writer *out)
{
    const struct where *w = f->arg;
    struct buf b = fake_honest(in, fake_sum);
    bool now = in->header.type == w->type;

    if (now) {
        b.ptr[w->field->at] = w->field->value;
        if (w->field->wide)
            b.ptr[w->field->at + 1] = w->field->next;
    }
    fake_put_adopt(out, b);
    return !now;
}

static void a_header_out_of_bounds_ends_the_call(void **state)
{
    static const uint8_t types[] = { RPC_BIND, RPC_REQUEST };
    struct where w;
    RPC_STATUS s;
    size_t i, t;

    (void)state;
    assert_int_equal(asked(honest, NULL), RPC_S_OK);
    for (t = 0; t < 2; t++)
        for (i = 0; i < sizeof fields / sizeof fields[0]; i++) {
            w = (struct where){ &fields[i], types[t] };
            s = asked(wrong_field, &w);
            if (!is_a_failure(s))
                fail_msg("%s in the answer to type %u: status %d", fields[i].name, types[t],
                         (int)s);
        }
}

/* ---- A2 ---- */

struct answer {
    uint8_t to, with;
};

static bool wrong_type(struct fake *f, const struct rpc_pdu *in, struct writer *out)
{
    const struct answer *a = f->arg;

    if (in->header.type != a->to)
        return honest(f, in, out);
    fake_put_adopt(out, fake_bare(a->with, in->header.call_id, 64));
    return false;
}

static void each_type_at_each_time(void **state)
{
    static const uint8_t types[] = { RPC_REQUEST,  RPC_RESPONSE,      RPC_FAULT,     RPC_BIND,
                                     RPC_BIND_ACK, RPC_ALTER_CONTEXT, RPC_ALTER_ACK, RPC_AUTH3,
                                     RPC_SHUTDOWN, RPC_CO_CANCEL,     RPC_ORPHANED };
    struct answer a;
    RPC_STATUS s;
    size_t i;

    (void)state;
    for (a.to = RPC_REQUEST; a.to <= RPC_BIND; a.to += RPC_BIND)
        for (i = 0; i < sizeof types; i++) {
            bool fits = a.to == RPC_REQUEST ? types[i] == RPC_RESPONSE || types[i] == RPC_SHUTDOWN
                                            : types[i] == RPC_BIND_ACK;

            a.with = types[i];
            s = asked(wrong_type, &a);
            if (s == RPC_S_OK || (!fits && types[i] != RPC_FAULT && !is_a_failure(s)))
                fail_msg("type %u to type %u: status %d", a.with, a.to, (int)s);
        }
}

/* ---- A5, A6: fragments ---- */

static uint16_t context_of(const struct rpc_pdu *in)
{
    struct rpc_request q;

    assert_int_equal(rpc_request_read(in, &q), ERR_OK);
    return q.context_id;
}

enum mix { OTHER_CALL, OTHER_CONTEXT, NO_FIRST, TWO_FIRSTS, ANOTHER_CALL, MIXES };

static bool mixed(struct fake *f, const struct rpc_pdu *in, struct writer *out)
{
    enum mix mix = *(const enum mix *)f->arg;
    struct bytes first = bytes_of(fake_sum.ptr, 2), last = bytes_of(fake_sum.ptr + 2, 2);
    uint32_t id = in->header.call_id;
    uint16_t context;

    if (in->header.type != RPC_REQUEST)
        return honest(f, in, out);
    context = context_of(in);
    fake_put_adopt(out, fake_response(mix == NO_FIRST ? 0 : RPC_FIRST, id, context, first));
    if (mix == TWO_FIRSTS)
        fake_put_adopt(out, fake_response(RPC_FIRST, id, context, first));
    if (mix == ANOTHER_CALL)
        fake_put_adopt(out, fake_response(RPC_FIRST | RPC_LAST, id + 1, context, fake_sum));
    fake_put_adopt(out, fake_response(RPC_LAST, mix == OTHER_CALL ? id + 1 : id,
                                      mix == OTHER_CONTEXT ? context + 1 : context, last));
    return false;
}

static void fragments_of_an_answer_belong_together(void **state)
{
    enum mix mix;

    (void)state;
    for (mix = 0; mix < MIXES; mix++)
        assert_int_equal(asked(mixed, &mix), RPC_S_PROTOCOL_ERROR);
}

/* ---- A8 ---- */

static bool endless(struct fake *f, const struct rpc_pdu *in, struct writer *out)
{
    static const uint8_t piece[60000];
    size_t n;

    if (in->header.type != RPC_REQUEST)
        return honest(f, in, out);
    for (n = 0; n <= RPC_STUB_MAX + MEBI; n += sizeof piece)
        fake_put_adopt(out, fake_response(n ? 0 : RPC_FIRST, in->header.call_id, context_of(in),
                                          bytes_of(piece, sizeof piece)));
    return false;
}

static bool empty_ones(struct fake *f, const struct rpc_pdu *in, struct writer *out)
{
    int n;

    if (in->header.type != RPC_REQUEST)
        return honest(f, in, out);
    for (n = 0; n <= RPC_CALL_FRAGMENTS_MAX; n++)
        fake_put_adopt(out, fake_response(n ? 0 : RPC_FIRST, in->header.call_id, context_of(in),
                                          bytes_of(NULL, 0)));
    return false;
}

static bool hinted(struct fake *f, const struct rpc_pdu *in, struct writer *out)
{
    struct buf b = fake_honest(in, fake_sum);

    (void)f;
    if (in->header.type == RPC_REQUEST)
        memset(b.ptr + RPC_HEADER_SIZE, 0xff, 4);
    fake_put_adopt(out, b);
    return true;
}

static void an_answer_has_an_end(void **state)
{
    (void)state;
    assert_int_equal(asked(endless, NULL), RPC_S_PROTOCOL_ERROR);
    assert_int_equal(asked(empty_ones, NULL), RPC_S_PROTOCOL_ERROR);
    assert_int_equal(asked(hinted, NULL), RPC_S_OK);
}

static bool of_stub(struct fake *f, const struct rpc_pdu *in, struct writer *out)
{
    fake_put_adopt(out, fake_honest(in, *(const struct bytes *)f->arg));
    return true;
}

/* An Echo's answer: another count, too little, too much, all there is. */
static void an_answers_counts_agree(void **state)
{
    static const struct {
        uint8_t octets[24];
        size_t n;
    } stubs[] = { { { 5, 0, 0, 0, 1, 2, 3, 4, 5 }, 9 },
                  { { 3, 0, 0, 0, 1, 2, 3 }, 7 },
                  { { 4, 0, 0, 0, 1, 2, 3 }, 7 },
                  { { 4, 0, 0 }, 3 },
                  { { 0 }, 0 },
                  { { 255, 255, 255, 255, 1, 2, 3, 4 }, 8 },
                  { { 4, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9 }, 20 } };
    struct bytes stub;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof stubs / sizeof stubs[0]; i++) {
        struct fake f = { .answer = of_stub, .arg = &stub };
        RPC_BINDING_HANDLE binding;
        RPC_STATUS s;

        stub = bytes_of(stubs[i].octets, stubs[i].n);
        fake_begin(&f);
        binding = hostile_binding(f.port, NULL);
        s = hostile_echo(binding, 4);
        hostile_free(&binding);
        fake_end(&f);
        if (s != RPC_X_BAD_STUB_DATA && s != RPC_S_INVALID_BOUND)
            fail_msg("answer %zu: status %d", i, (int)s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_out_of_bounds_ends_the_call),
        cmocka_unit_test(each_type_at_each_time),
        cmocka_unit_test(fragments_of_an_answer_belong_together),
        cmocka_unit_test(an_answer_has_an_end),
        cmocka_unit_test(an_answers_counts_agree),
    };

    return cmocka_run_group_tests(tests, hostile_set_up, hostile_tear_down);
}
