/* SPDX-License-Identifier: Apache-2.0
 * What outbound.c sends, inbound.c receives; and what it must refuse.
 */
#include "rpc/inbound.h"

#include "base/alloc.h"
#include "lib/rpc_pair.h"
#include "lib/unit.h"

static const struct rpc_limits wide = { RPC_FRAGMENT_MAX, RPC_STUB_MAX };

static struct buf stub_of(size_t n)
{
    struct buf b = { malloc(n ? n : 1), n };
    size_t i;

    assert_non_null(b.ptr);
    for (i = 0; i < n; i++)
        b.ptr[i] = (uint8_t)(i * 7 + (i >> 8));
    return b;
}

static struct rpc_message request(struct buf stub, size_t max_fragment, struct rpc_security *s)
{
    return (struct rpc_message){ .type = RPC_REQUEST,
                                 .call_id = 5,
                                 .context_id = 3,
                                 .opnum = 9,
                                 .stub = stub,
                                 .max_fragment = max_fragment,
                                 .security = s };
}

/* A message as one block; free() it. */
static struct buf sent(size_t n, size_t max_fragment, struct rpc_security *s)
{
    struct buf stub = stub_of(n), all;
    struct rpc_message m = request(stub, max_fragment, s);

    all = rpc_pair_send(&m);
    free(stub.ptr);
    return all;
}

/* Hands bytes over, at most step at a time; stops at the first event or failure. */
static enum err receive(struct rpc_inbound *in, struct bytes *from, size_t step,
                        struct rpc_received *ret)
{
    struct iovec iov[RPC_INBOUND_IOV];
    size_t n, take;
    enum err e;

    for (;;) {
        e = rpc_inbound_next(in, ret);
        if (e || ret->event != RPC_EVENT_MORE || !from->len)
            return e;
        e = rpc_inbound_room(in, iov, &n);
        if (e)
            return e;
        take = iov[0].iov_len < from->len ? iov[0].iov_len : from->len;
        take = take < step ? take : step;
        assert_true(take > 0);
        memcpy(iov[0].iov_base, from->ptr, take);
        rpc_inbound_filled(in, take);
        *from = bytes_of(from->ptr + take, from->len - take);
    }
}

static void expect_call(const struct rpc_received *got, size_t n)
{
    struct buf want = stub_of(n);

    assert_int_equal(got->event, RPC_EVENT_CALL);
    assert_int_equal(got->pdu.header.call_id, 5);
    assert_int_equal(got->request.context_id, 3);
    assert_int_equal(got->request.opnum, 9);
    unit_assert_bytes(got->request.stub, bytes_of(want.ptr, n));
    assert_int_equal((uintptr_t)got->request.stub.ptr % 8 * (n > 0), 0);
    free(want.ptr);
}

static void round_trip(uint8_t level, bool header_signing, size_t n, size_t max_fragment,
                       size_t step)
{
    struct rpc_received got;
    struct rpc_inbound in;
    struct rpc_pair pair;
    struct bytes from;
    struct buf all;

    rpc_pair_make(RPC_PAIR_AES256, level, header_signing, &pair);
    all = sent(n, max_fragment, rpc_pair_client(&pair));
    from = bytes_of(all.ptr, all.len);
    rpc_inbound_init(&in, true, &wide, &pair.server);
    assert_int_equal(receive(&in, &from, step, &got), ERR_OK);
    expect_call(&got, n);
    assert_ptr_equal(got.security, rpc_pair_server(&pair));
    assert_int_equal(from.len, 0);
    assert_false(rpc_inbound_pending(&in));
    rpc_block_put(got.block);
    rpc_inbound_idle(&in);
    assert_null(in.block);
    rpc_inbound_done(&in);
    rpc_pair_end(&pair);
    free(all.ptr);
}

static void brings_over_every_size_at_every_level(void **state)
{
    static const size_t sizes[] = { 0, 1, 15, 16, 17, 1000, 1024, 1025, 5000, 70000, 300001 };
    static const size_t fragments[] = { 1432, 5840, 65535 };
    size_t i, j;
    int level;

    (void)state;
    for (level = RPC_LEVEL_NONE; level <= RPC_LEVEL_PRIVACY; level++) {
        for (i = 0; level != RPC_LEVEL_CALL && i < sizeof sizes / sizeof *sizes; i++) {
            for (j = 0; j < sizeof fragments / sizeof *fragments; j++) {
                round_trip((uint8_t)level, true, sizes[i], fragments[j], SIZE_MAX);
                round_trip((uint8_t)level, false, sizes[i], fragments[j], 1500);
            }
        }
    }
}

static void takes_bytes_as_they_drip(void **state)
{
    (void)state;
    round_trip(RPC_LEVEL_NONE, false, 4000, 1432, 1);
    round_trip(RPC_LEVEL_PRIVACY, true, 20000, 1432, 1);
    round_trip(RPC_LEVEL_INTEGRITY, true, 20000, 1432, 7);
}

/* Several calls in one read, each with memory of its own, whoever is done first. */
static void calls_that_came_together_share_a_block(void **state)
{
    struct rpc_received got[3];
    struct rpc_pair pair;
    struct rpc_inbound in;
    struct bytes from;
    struct buf each, all = { 0 };
    size_t i;

    (void)state;
    rpc_pair_make(RPC_PAIR_AES256, RPC_LEVEL_PRIVACY, true, &pair);
    for (i = 0; i < 3; i++) {
        each = sent(3000, 1432, rpc_pair_client(&pair));
        all.ptr = realloc(all.ptr, all.len + each.len);
        memcpy(all.ptr + all.len, each.ptr, each.len);
        all.len += each.len;
        free(each.ptr);
    }
    from = bytes_of(all.ptr, all.len);
    rpc_inbound_init(&in, true, &wide, &pair.server);
    for (i = 0; i < 3; i++) {
        assert_int_equal(receive(&in, &from, SIZE_MAX, &got[i]), ERR_OK);
        assert_int_equal(got[i].event, RPC_EVENT_CALL);
    }
    rpc_block_put(got[1].block);
    for (i = 0; i < 3; i += 2) {
        struct buf want = stub_of(3000);

        unit_assert_bytes(got[i].request.stub, buf_view(want));
        free(want.ptr);
        rpc_block_put(got[i].block);
    }
    rpc_inbound_done(&in);
    rpc_pair_end(&pair);
    free(all.ptr);
}

/* One fragment of a plain request. */
static void put_fragment(struct writer *w, uint8_t flags, uint32_t call_id, uint16_t opnum,
                         size_t stub)
{
    static const uint8_t zeros[64];
    struct writer one = writer_new(RPC_FRAGMENT_MAX);
    struct buf b = { 0 };

    rpc_pdu_begin(&one, RPC_REQUEST, flags, call_id);
    rpc_request_write(&one, &(struct rpc_request){ .opnum = opnum,
                                                   .alloc_hint = UINT32_MAX,
                                                   .stub = bytes_of(zeros, stub) });
    rpc_pdu_end(&one, NULL);
    assert_int_equal(writer_take(&one, &b), ERR_OK);
    writer_bytes(w, buf_view(b));
    buf_free(&b);
}

static enum err plain(struct writer *w, const struct rpc_limits *limits, struct rpc_received *ret)
{
    const struct rpc_securities nobody = { 0 };
    struct rpc_inbound in;
    struct bytes from = bytes_of(w->ptr, w->len);
    enum err e;

    rpc_inbound_init(&in, true, limits, &nobody);
    e = receive(&in, &from, SIZE_MAX, ret);
    if (e) /* and so for ever */
        assert_int_equal(rpc_inbound_next(&in, ret), e);
    if (!e && ret->event == RPC_EVENT_CALL)
        rpc_block_put(ret->block);
    rpc_inbound_done(&in);
    writer_done(w);
    return e;
}

static void refuses_fragments_that_do_not_belong_together(void **state)
{
    static const struct {
        uint8_t flags[2];
        uint32_t call_id[2];
        uint16_t opnum[2];
        enum err want;
    } rows[] = {
        { { RPC_FIRST, RPC_LAST }, { 1, 1 }, { 2, 2 }, ERR_OK },
        { { RPC_FIRST, RPC_LAST }, { 1, 2 }, { 2, 2 }, ERR_UNEXPECTED },
        { { RPC_FIRST, RPC_LAST }, { 1, 1 }, { 2, 3 }, ERR_UNEXPECTED },
        { { RPC_FIRST, RPC_FIRST | RPC_LAST }, { 1, 2 }, { 2, 2 }, ERR_UNEXPECTED },
        { { RPC_FIRST, RPC_FIRST }, { 1, 1 }, { 2, 2 }, ERR_UNEXPECTED },
        { { RPC_LAST, RPC_FIRST }, { 1, 1 }, { 2, 2 }, ERR_UNEXPECTED },
        { { 0, RPC_LAST }, { 1, 1 }, { 2, 2 }, ERR_UNEXPECTED },
    };
    struct rpc_received got;
    size_t i, j;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct writer w = writer_new(1000);

        for (j = 0; j < 2; j++)
            put_fragment(&w, rows[i].flags[j], rows[i].call_id[j], rows[i].opnum[j], 16);
        assert_int_equal(plain(&w, &wide, &got), rows[i].want);
    }
}

static void refuses_more_than_its_limits(void **state)
{
    const struct rpc_limits narrow = { 24 + 32, 50 };
    struct rpc_received got;
    struct writer w;

    (void)state;
    w = writer_new(1000);
    put_fragment(&w, RPC_FIRST, 1, 0, 32);
    put_fragment(&w, RPC_LAST, 1, 0, 18);
    assert_int_equal(plain(&w, &narrow, &got), ERR_OK);
    assert_int_equal(got.request.stub.len, 50);
    w = writer_new(1000);
    put_fragment(&w, RPC_FIRST, 1, 0, 32);
    put_fragment(&w, RPC_LAST, 1, 0, 19);
    assert_int_equal(plain(&w, &narrow, &got), ERR_TOO_LONG);
    w = writer_new(1000);
    put_fragment(&w, RPC_FIRST, 1, 0, 33);
    assert_int_equal(plain(&w, &narrow, &got), ERR_TOO_LONG);
}

/* The sum is of 64 bits, and checked: what would wrap 32 is refused at the limit. */
static void a_sum_beyond_32_bits_is_refused(void **state)
{
    const struct rpc_securities nobody = { 0 };
    const struct rpc_limits limits = { RPC_FRAGMENT_MAX, SIZE_MAX };
    struct writer w = writer_new(1000);
    struct rpc_received got;
    struct rpc_inbound in;
    struct bytes from;

    (void)state;
    put_fragment(&w, RPC_FIRST, 1, 0, 16);
    from = bytes_of(w.ptr, w.len);
    rpc_inbound_init(&in, true, &limits, &nobody);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OK);
    in.total = (size_t)UINT32_MAX - 8;
    writer_done(&w);
    put_fragment(&w, 0, 1, 0, 16);
    from = bytes_of(w.ptr, w.len);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OK);
    assert_true(in.total == (size_t)UINT32_MAX + 8);
    in.total = SIZE_MAX - 8;
    from = bytes_of(w.ptr, w.len);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_TOO_LONG);
    writer_done(&w);
    rpc_inbound_done(&in);
}

/* alloc_hint is 4 GiB in every fragment of these tests; a fragment announced is not one arrived. */
static void announced_lengths_hold_no_memory(void **state)
{
    static const uint8_t header[] = { 5, 0, 0, 3, 0x10, 0, 0, 0, 0xf8, 0xff, 0, 0, 1, 0, 0, 0 };
    const struct rpc_securities nobody = { 0 };
    struct bytes from = bytes_of(header, sizeof header);
    struct rpc_received got;
    struct rpc_inbound in;

    (void)state;
    rpc_inbound_init(&in, true, &wide, &nobody);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_MORE);
    assert_true(rpc_inbound_pending(&in));
    rpc_inbound_idle(&in);
    assert_true(in.block->size + sizeof in < 12 * 1024);
    rpc_inbound_done(&in);
}

/* Of all calls together: those that are small come through all the same. */
static void strangers_hold_so_much_together(void **state)
{
    struct buf great = sent(3 * 1024 * 1024, RPC_FRAGMENT_MAX, NULL);
    struct buf small = sent(100, RPC_FRAGMENT_MAX, NULL);
    const struct rpc_securities none = { 0 };
    struct rpc_inbound first, second;
    struct rpc_received got;
    struct bytes rest = bytes_of(great.ptr, great.len - 1);

    (void)state;
    rpc_blocks_set_most(2 * 1024 * 1024);
    rpc_inbound_init(&first, true, &wide, &none);
    rpc_inbound_init(&second, true, &wide, &none);
    assert_int_equal(receive(&first, &rest, 100000, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_MORE); /* it waits for an octet, and holds 4 MiB */
    rest = bytes_of(great.ptr, great.len);
    assert_int_equal(receive(&second, &rest, 100000, &got), ERR_RPC_RESOURCES);
    rpc_inbound_done(&second);
    rpc_inbound_init(&second, true, &wide, &none);
    second.habit = RPC_HABIT_MAX;
    rest = buf_view(small);
    assert_int_equal(receive(&second, &rest, 100000, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_CALL);
    rpc_block_put(got.block);
    rpc_inbound_done(&first);
    rest = bytes_of(great.ptr, great.len);
    assert_int_equal(receive(&second, &rest, 100000, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_CALL);
    rpc_block_put(got.block);
    rpc_inbound_done(&second);
    rpc_blocks_set_most(0);
    free(great.ptr);
    free(small.ptr);
}

static void an_orphaned_call_is_forgotten(void **state)
{
    const struct rpc_securities nobody = { 0 };
    struct writer w = writer_new(1000), orphan = writer_new(100);
    struct rpc_received got;
    struct rpc_inbound in;
    struct bytes from;

    (void)state;
    put_fragment(&w, RPC_FIRST, 1, 0, 16);
    rpc_pdu_begin(&orphan, RPC_ORPHANED, RPC_FIRST | RPC_LAST, 1);
    rpc_pdu_end(&orphan, NULL);
    writer_bytes(&w, bytes_of(orphan.ptr, orphan.len));
    put_fragment(&w, RPC_FIRST | RPC_LAST, 2, 0, 8);
    from = bytes_of(w.ptr, w.len);
    rpc_inbound_init(&in, true, &wide, &nobody);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_PDU);
    assert_int_equal(got.pdu.header.type, RPC_ORPHANED);
    rpc_inbound_forget(&in, got.pdu.header.call_id);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_CALL);
    assert_int_equal(got.request.stub.len, 8);
    rpc_block_put(got.block);
    rpc_inbound_done(&in);
    writer_done(&w);
    writer_done(&orphan);
}

enum attack { DROP_AUTH, OTHER_CONTEXT, OTHER_LEVEL, OTHER_TYPE, OTHER_PAD, ATTACKS };

/* all: fragments of a signed message; alters that numbered which. */
static void alter(struct buf all, enum attack attack, size_t which)
{
    size_t at = 0, i, trailer;

    for (i = 0; i < which; i++)
        at += all.ptr[at + 8] | (size_t)all.ptr[at + 9] << 8;
    trailer = at + (all.ptr[at + 8] | (size_t)all.ptr[at + 9] << 8) - 28 - RPC_SEC_TRAILER_SIZE;
    if (attack == DROP_AUTH)
        all.ptr[at + 10] = 0;
    else if (attack == OTHER_CONTEXT)
        all.ptr[trailer + 4] ^= 1;
    else if (attack == OTHER_LEVEL)
        all.ptr[trailer + 1] = RPC_LEVEL_CONNECT;
    else if (attack == OTHER_TYPE)
        all.ptr[trailer] = RPC_AUTH_NEGOTIATE;
    else
        all.ptr[trailer + 2] ^= 16;
}

static const enum err refusals[ATTACKS] = {
    [DROP_AUTH] = ERR_ACCESS_DENIED,   [OTHER_CONTEXT] = ERR_ACCESS_DENIED,
    [OTHER_LEVEL] = ERR_ACCESS_DENIED, [OTHER_TYPE] = ERR_RPC_SEC_PACKAGE,
    [OTHER_PAD] = ERR_ALTERED,
};

/* A5: for each of the first, a middle and the last fragment. */
static void every_fragment_has_its_calls_security(void **state)
{
    size_t which;
    int attack;

    (void)state;
    for (attack = 0; attack < ATTACKS; attack++) {
        for (which = 0; which < 3; which++) {
            struct rpc_received got;
            struct rpc_inbound in;
            struct rpc_pair pair;
            struct bytes from;
            struct buf all;

            rpc_pair_make(RPC_PAIR_AES256, RPC_LEVEL_INTEGRITY, true, &pair);
            all = sent(4000, 1432, rpc_pair_client(&pair));
            alter(all, attack, which);
            rpc_inbound_init(&in, true, &wide, &pair.server);
            from = bytes_of(all.ptr, all.len);
            assert_int_equal(receive(&in, &from, SIZE_MAX, &got), refusals[attack]);
            rpc_inbound_done(&in);
            rpc_pair_end(&pair);
            free(all.ptr);
        }
    }
}

static void a_replayed_or_lost_message_breaks_the_sequence(void **state)
{
    struct rpc_received got;
    struct rpc_inbound in;
    struct rpc_pair pair;
    struct bytes from;
    struct buf all;

    (void)state;
    rpc_pair_make(RPC_PAIR_AES256, RPC_LEVEL_INTEGRITY, true, &pair);
    all = sent(4000, 1432, rpc_pair_client(&pair));
    rpc_inbound_init(&in, true, &wide, &pair.server);
    from = bytes_of(all.ptr, all.len);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OK);
    rpc_block_put(got.block);
    from = bytes_of(all.ptr, all.len);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OUT_OF_SEQUENCE);
    rpc_inbound_done(&in);
    free(all.ptr);
    free(sent(100, 1432, rpc_pair_client(&pair)).ptr); /* never arrives */
    all = sent(100, 1432, rpc_pair_client(&pair));
    rpc_inbound_init(&in, true, &wide, &pair.server);
    from = bytes_of(all.ptr, all.len);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OUT_OF_SEQUENCE);
    rpc_inbound_done(&in);
    rpc_pair_end(&pair);
    free(all.ptr);
}

/* A signed PDU without a stub that is protected: a fault or a co_cancel. */
static struct buf signed_alone(enum rpc_type type, struct rpc_security *s)
{
    static const uint8_t room[RPC_TOKEN_MAX];
    struct rpc_auth auth = rpc_security_auth(s, bytes_of(room, s->token_size));
    struct writer w = writer_new(1000);
    struct rpc_fragment f = { 0 };
    struct buf b = { 0 };
    size_t head;

    rpc_pdu_begin(&w, type, RPC_FIRST | RPC_LAST, 5);
    if (type == RPC_FAULT)
        rpc_fault_write(&w, &(struct rpc_fault){ .status = 0x1c010003 });
    head = w.len;
    rpc_pdu_end(&w, &auth);
    assert_int_equal(writer_take(&w, &b), ERR_OK);
    f.head = (struct buf){ b.ptr, head };
    f.data = (struct buf){ b.ptr + head, 0 };
    f.trailer = (struct buf){ b.ptr + head, RPC_SEC_TRAILER_SIZE };
    f.token = (struct buf){ b.ptr + head + RPC_SEC_TRAILER_SIZE, s->token_size };
    assert_int_equal(rpc_security_protect(s, &f, 1), ERR_OK);
    return b;
}

static enum err receive_one(struct rpc_pair *pair, bool server, struct buf from,
                            struct rpc_received *ret)
{
    const struct rpc_securities *all = server ? &pair->server : &pair->client;
    struct bytes left = bytes_of(from.ptr, from.len);
    struct rpc_inbound in;
    enum err e;

    rpc_inbound_init(&in, server, &wide, all);
    e = receive(&in, &left, SIZE_MAX, ret);
    if (!e)
        rpc_block_put(ret->block);
    rpc_inbound_done(&in);
    return e;
}

static void a_signature_on_a_pdu_of_no_call_is_verified(void **state)
{
    struct rpc_received got;
    struct rpc_pair pair;
    struct buf b;

    (void)state;
    rpc_pair_make(RPC_PAIR_AES256, RPC_LEVEL_INTEGRITY, true, &pair);
    b = signed_alone(RPC_FAULT, rpc_pair_server(&pair));
    assert_int_equal(receive_one(&pair, false, b, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_CALL);
    assert_int_equal(got.fault.status, 0x1c010003);
    assert_ptr_equal(got.security, rpc_pair_client(&pair));
    buf_free(&b);
    b = signed_alone(RPC_FAULT, rpc_pair_server(&pair));
    b.ptr[24] ^= 1;
    assert_int_equal(receive_one(&pair, false, b, &got), ERR_ALTERED);
    buf_free(&b);
    b = signed_alone(RPC_CO_CANCEL, rpc_pair_client(&pair));
    assert_int_equal(receive_one(&pair, true, b, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_PDU);
    assert_ptr_equal(got.security, rpc_pair_server(&pair));
    b.ptr[12] ^= 1;
    assert_int_equal(receive_one(&pair, true, b, &got), ERR_ALTERED);
    buf_free(&b);
    rpc_pair_end(&pair);
}

/* What a client receives: the same bounds, and a fault may come in the middle of a response. */
static void a_client_is_bounded_as_a_server_is(void **state)
{
    const struct rpc_securities nobody = { 0 };
    const struct rpc_limits limits = { 1432, 2000 };
    static uint8_t stub[3000];
    struct rpc_message m = { .type = RPC_RESPONSE,
                             .call_id = 5,
                             .cancel_count = 2,
                             .stub = { stub, 2000 },
                             .max_fragment = 1432 };
    struct writer fault = writer_new(100);
    struct rpc_received got;
    struct rpc_inbound in;
    struct bytes from;
    struct buf all = rpc_pair_send(&m);

    (void)state;
    rpc_pdu_begin(&fault, RPC_FAULT, RPC_FIRST | RPC_LAST, 5);
    rpc_fault_write(&fault, &(struct rpc_fault){ .status = 5 });
    rpc_pdu_end(&fault, NULL);
    rpc_inbound_init(&in, false, &limits, &nobody);
    from = bytes_of(all.ptr, 1432);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_MORE);
    from = bytes_of(fault.ptr, fault.len);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OK);
    assert_int_equal(got.pdu.header.type, RPC_FAULT);
    assert_int_equal(got.fault.status, 5);
    assert_null(got.security);
    rpc_block_put(got.block);
    from = bytes_of(all.ptr, all.len);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OK);
    assert_int_equal(got.pdu.header.type, RPC_RESPONSE);
    assert_int_equal(got.response.stub.len, 2000);
    assert_int_equal(got.response.cancel_count, 2);
    rpc_block_put(got.block);
    free(all.ptr);
    m.stub.len = 2001;
    all = rpc_pair_send(&m);
    from = bytes_of(all.ptr, all.len);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_TOO_LONG);
    rpc_inbound_done(&in);
    writer_done(&fault);
    free(all.ptr);
}

static enum err receive_all(void *arg)
{
    struct rpc_pair *pair = arg;
    struct rpc_received got;
    struct rpc_inbound in;
    struct bytes from;
    struct buf all;
    enum err e;

    all = sent(100000, 5840, NULL);
    from = bytes_of(all.ptr, all.len);
    rpc_inbound_init(&in, true, &wide, &pair->server);
    e = receive(&in, &from, 3000, &got);
    if (!e)
        rpc_block_put(got.block);
    rpc_inbound_done(&in);
    free(all.ptr);
    return e;
}

static void survives_want_of_memory(void **state)
{
    struct rpc_pair pair;

    (void)state;
    rpc_pair_make(RPC_PAIR_AES256, RPC_LEVEL_NONE, false, &pair);
    oom_run(receive_all, &pair);
    rpc_pair_end(&pair);
}

/* ---- calls in parts ---- */

static bool every_call(const void *owner, const struct rpc_request *head)
{
    (void)owner;
    return head->opnum == 9;
}

/* A message sent in three goes, as a pipe's writer sends it. */
static struct buf sent_in_goes(struct buf stub, size_t max_fragment, struct rpc_security *s)
{
    size_t third = stub.len / 3 & ~(size_t)(RPC_PAD_ALIGN - 1), at = 0, i;
    struct buf all = { 0 };

    for (i = 0; i < 3; i++) {
        struct rpc_message m = request(stub, max_fragment, s);
        struct buf go;

        m.begun = i > 0;
        m.more = i < 2;
        m.stub = (struct buf){ stub.ptr + at, i < 2 ? third : stub.len - at };
        at += m.stub.len;
        go = rpc_pair_send(&m);
        all.ptr = realloc(all.ptr, all.len + go.len);
        assert_non_null(all.ptr);
        memcpy(all.ptr + all.len, go.ptr, go.len);
        all.len += go.len;
        free(go.ptr);
    }
    return all;
}

/* A part may have limit bytes, all of them together more. */
static void in_parts(uint8_t level, size_t n, size_t limit, size_t max_fragment, size_t step)
{
    const struct rpc_limits limits = { RPC_FRAGMENT_MAX, limit };
    struct buf stub = stub_of(n), want = stub_of(n), all;
    struct rpc_received got = { .more = true };
    struct rpc_inbound in;
    struct rpc_pair pair;
    struct bytes from;
    size_t at = 0, parts = 0;

    rpc_pair_make(RPC_PAIR_AES256, level, true, &pair);
    all = sent_in_goes(stub, max_fragment, rpc_pair_client(&pair));
    from = bytes_of(all.ptr, all.len);
    rpc_inbound_init(&in, true, &limits, &pair.server);
    in.in_parts = every_call;
    while (got.more) {
        assert_int_equal(receive(&in, &from, step, &got), ERR_OK);
        assert_int_equal(got.event, parts++ ? RPC_EVENT_PART : RPC_EVENT_CALL);
        assert_int_equal(got.request.opnum, 9);
        assert_true(at + got.request.stub.len <= n);
        assert_memory_equal(got.request.stub.ptr, want.ptr + at, got.request.stub.len);
        at += got.request.stub.len;
        memset((uint8_t *)(uintptr_t)got.request.stub.ptr - RPC_CALL_HEADER_SIZE, 0,
               RPC_CALL_HEADER_SIZE); /* its reader may */
        rpc_block_put(got.block);
    }
    assert_int_equal(at, n);
    assert_true(parts > 1);
    assert_false(rpc_inbound_pending(&in));
    rpc_inbound_done(&in);
    rpc_pair_end(&pair);
    free(all.ptr);
    free(stub.ptr);
    free(want.ptr);
}

static void a_call_in_parts_has_no_limit(void **state)
{
    int level;

    (void)state;
    for (level = RPC_LEVEL_NONE; level <= RPC_LEVEL_PRIVACY; level++) {
        if (level == RPC_LEVEL_CALL)
            continue;
        in_parts((uint8_t)level, 300001, 16 * 5840, 5840, SIZE_MAX);
        in_parts((uint8_t)level, 300000, 200000, 65528, 1500);
        in_parts((uint8_t)level, 4001, 2000, 1432, 1);
    }
}

static void parts_that_nobody_wants_are_passed_over(void **state)
{
    struct buf all = sent(200000, 5840, NULL), next = sent(10, 5840, NULL);
    struct bytes from = bytes_of(all.ptr, all.len);
    struct rpc_received got;
    struct rpc_inbound in;

    (void)state;
    rpc_inbound_init(&in, true, &wide, &(struct rpc_securities){ 0 });
    in.in_parts = every_call;
    assert_int_equal(receive(&in, &from, 5840, &got), ERR_OK);
    assert_true(got.more);
    rpc_block_put(got.block);
    rpc_inbound_drop(&in);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_MORE);
    assert_int_equal(from.len, 0);
    assert_false(rpc_inbound_pending(&in));
    from = bytes_of(next.ptr, next.len);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OK);
    expect_call(&got, 10);
    assert_false(got.more);
    rpc_block_put(got.block);
    rpc_inbound_done(&in);
    free(all.ptr);
    free(next.ptr);
}

static void of_a_forgotten_call_no_part_is_left(void **state)
{
    struct buf stub = stub_of(3200), all;
    struct writer w = writer_new(10000), orphan = writer_new(100);
    struct rpc_received got;
    struct rpc_message m;
    struct rpc_inbound in;
    struct rpc_pair pair;
    struct bytes from;

    (void)state;
    rpc_pair_make(RPC_PAIR_AES256, RPC_LEVEL_PRIVACY, true, &pair);
    m = request(stub, 5840, rpc_pair_client(&pair));
    m.more = true;
    all = rpc_pair_send(&m);
    rpc_pdu_begin(&orphan, RPC_ORPHANED, RPC_FIRST | RPC_LAST, m.call_id);
    rpc_pdu_end(&orphan, NULL);
    writer_bytes(&w, bytes_of(all.ptr, all.len));
    writer_bytes(&w, bytes_of(orphan.ptr, orphan.len));
    from = bytes_of(w.ptr, w.len);
    rpc_inbound_init(&in, true, &wide, &pair.server);
    in.in_parts = every_call;
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_PDU);
    rpc_inbound_forget(&in, got.pdu.header.call_id);
    assert_int_equal(receive(&in, &from, SIZE_MAX, &got), ERR_OK);
    assert_int_equal(got.event, RPC_EVENT_MORE);
    assert_int_equal(from.len, 0);
    assert_false(rpc_inbound_pending(&in));
    rpc_inbound_done(&in);
    rpc_pair_end(&pair);
    writer_done(&w);
    writer_done(&orphan);
    free(all.ptr);
    free(stub.ptr);
}

static void a_part_that_was_changed_is_not_handed_on(void **state)
{
    struct rpc_received got;
    struct rpc_inbound in;
    struct rpc_pair pair;
    struct bytes from;
    struct buf all;

    (void)state;
    rpc_pair_make(RPC_PAIR_AES256, RPC_LEVEL_INTEGRITY, true, &pair);
    all = sent(200000, 5840, rpc_pair_client(&pair));
    all.ptr[100000] ^= 1;
    from = bytes_of(all.ptr, all.len);
    rpc_inbound_init(&in, true, &wide, &pair.server);
    in.in_parts = every_call;
    assert_int_equal(receive(&in, &from, 5840, &got), ERR_OK);
    while (got.event != RPC_EVENT_MORE) {
        assert_true(got.more);
        rpc_block_put(got.block);
        if (receive(&in, &from, 5840, &got))
            break;
    }
    assert_int_equal(in.failed, ERR_ALTERED);
    assert_true(from.len > all.len - 100000 - 2 * 5840);
    rpc_inbound_done(&in);
    rpc_pair_end(&pair);
    free(all.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_want_of_memory),
        cmocka_unit_test(brings_over_every_size_at_every_level),
        cmocka_unit_test(takes_bytes_as_they_drip),
        cmocka_unit_test(calls_that_came_together_share_a_block),
        cmocka_unit_test(refuses_fragments_that_do_not_belong_together),
        cmocka_unit_test(refuses_more_than_its_limits),
        cmocka_unit_test(a_sum_beyond_32_bits_is_refused),
        cmocka_unit_test(announced_lengths_hold_no_memory),
        cmocka_unit_test(strangers_hold_so_much_together),
        cmocka_unit_test(an_orphaned_call_is_forgotten),
        cmocka_unit_test(every_fragment_has_its_calls_security),
        cmocka_unit_test(a_signature_on_a_pdu_of_no_call_is_verified),
        cmocka_unit_test(a_client_is_bounded_as_a_server_is),
        cmocka_unit_test(a_replayed_or_lost_message_breaks_the_sequence),
        cmocka_unit_test(a_call_in_parts_has_no_limit),
        cmocka_unit_test(parts_that_nobody_wants_are_passed_over),
        cmocka_unit_test(of_a_forgotten_call_no_part_is_left),
        cmocka_unit_test(a_part_that_was_changed_is_not_handed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
