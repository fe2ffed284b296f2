/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_hostile_signed.c - signed requests altered, repeated, lost and out of order; and which
 * octets nothing protects where headers are not signed.
 */
#include "domain/hostile_raw.h"
#include "rpc/trailer.h"

enum { BRIEFLY = 300, RESERVED_AT = 43 }; /* the fourth octet of a sec_trailer after 8 and 8 */

static struct rpc_security *open_alice(struct raw *c, uint8_t level, bool header_signing)
{
    struct hostile_as alice = hostile_alice(level);
    struct rpc_security *s;

    raw_open(c, &alice);
    s = raw_bound(c, level, header_signing ? RPC_SUPPORT_HEADER_SIGN : 0, 0);
    assert_int_equal(s->header_signing, header_signing);
    return s;
}

static struct buf request(struct raw *c, struct rpc_security *s, struct bytes stub)
{
    const struct raw_fragment f = { .flags = RPC_FIRST | RPC_LAST,
                                    .call_id = c->call_id++,
                                    .context = RAW_CONTEXT,
                                    .opnum = OP_ADD,
                                    .stub = stub,
                                    .security = s };

    return raw_fragment_build(&f);
}

/* ---- A13 ---- */

static void requests_come_once_and_in_order(void **state)
{
    struct buf first, second;
    struct rpc_security *s;
    int level;
    struct raw c;
    int before;

    (void)state;
    for (level = RPC_LEVEL_PKT; level <= RPC_LEVEL_PRIVACY; level++) {
        before = atomic_load(&hostile_executed);
        s = open_alice(&c, (uint8_t)level, true); /* twice */
        first = request(&c, s, raw_add_stub);
        raw_send(&c, buf_view(first));
        raw_response(&c, s);
        raw_send_adopt(&c, first);
        raw_refused(&c);
        assert_int_equal(atomic_load(&hostile_executed), before + 1);

        s = open_alice(&c, level, true); /* out of order */
        first = request(&c, s, raw_add_stub);
        second = request(&c, s, raw_add_stub);
        raw_send_adopt(&c, second);
        raw_send_adopt(&c, first);
        raw_refused(&c);

        s = open_alice(&c, level, true); /* one is missing */
        first = request(&c, s, raw_add_stub);
        buf_free(&first);
        raw_send_adopt(&c, request(&c, s, raw_add_stub));
        raw_refused(&c);
        assert_int_equal(atomic_load(&hostile_executed), before + 1);
    }
    hostile_all_is_well();
}

/* Of one connection's context, on another that has the like. */
static void a_request_is_of_its_connection(void **state)
{
    struct rpc_security *s, *t;
    struct raw a, b;

    (void)state;
    s = open_alice(&a, RPC_LEVEL_PRIVACY, true);
    t = open_alice(&b, RPC_LEVEL_PRIVACY, true);
    (void)t;
    raw_send_adopt(&b, request(&a, s, raw_add_stub));
    raw_refused(&b);
    raw_close(&a);
    hostile_all_is_well();
}

/* ---- A9 ---- */

enum fate { SERVED, REFUSED, WAITS };

/* One bit of octet at is turned after signing. */
static enum fate fate_of(size_t at, uint8_t bit, bool header_signing, struct bytes stub)
{
    struct rpc_security *s;
    enum fate fate;
    struct raw c;
    struct buf b;
    int type;

    s = open_alice(&c, RPC_LEVEL_INTEGRITY, header_signing);
    b = request(&c, s, stub);
    b.ptr[at] ^= bit;
    raw_send_adopt(&c, b);
    type = raw_next(&c, BRIEFLY);
    fate = type == RPC_RESPONSE ? SERVED : type == RAW_SILENT ? WAITS : REFUSED;
    raw_close(&c);
    return fate;
}

static struct buf with_verification(void)
{
    const struct rpc_verify v = { .header_signing_supported = false,
                                  .has_context = true,
                                  .interface = raw_hostile,
                                  .transfer = rpc_ndr20,
                                  .has_header = true,
                                  .type = RPC_REQUEST,
                                  .label = { 0x10 },
                                  .call_id = 2, /* the one after the bind */
                                  .context_id = RAW_CONTEXT,
                                  .opnum = OP_ADD };
    struct writer w = writer_new(1000);
    struct buf b;

    writer_bytes(&w, raw_add_stub);
    rpc_trailer_write(&w, &v);
    assert_int_equal(writer_take(&w, &b), ERR_OK);
    return b;
}

/* What of a request may be another than its client sent, and is served: docs/protocol/ms-rpce.md
 * says the same. Without either the data's representation, the call's number, its interface and its
 * operation may, too. */
static bool is_open(size_t at, bool verified)
{
    if (at == 1 || at == 3 || (at >= 16 && at < 20)) /* minor version, flags, alloc_hint */
        return true;
    return !verified && ((at >= 4 && at < 8) || at >= 12); /* as long as it exists */
}

static void what_nothing_protects_is_known(void **state)
{
    struct buf verified = with_verification();
    enum fate fate;
    size_t at;
    int way; /* 0: header signing; 1: a verification trailer; 2: neither */

    (void)state;
    for (way = 0; way < 3; way++)
        for (at = 0; at < RPC_CALL_HEADER_SIZE; at++) {
            fate = fate_of(at, at == 3 ? RPC_CONC_MPX : 1, way == 0,
                           way == 1 ? buf_view(verified) : raw_add_stub);
            if (fate == SERVED && (way == 0 || !is_open(at, way == 1)))
                fail_msg("octet %zu was altered and served (%d)", at, way);
            if (fate != SERVED && way && (at == 1 || at == 3 || (at >= 16 && at < 20)))
                fail_msg("octet %zu was altered and not served (%d)", at, way);
        }
    buf_free(&verified);
    hostile_all_is_well();
}

/* The stub, its padding and its sec_trailer: each octet, whatever the headers. */
static void no_octet_of_a_signed_stub_may_change(void **state)
{
    struct rpc_security *s;
    struct raw c;
    struct buf b;
    size_t at, end = 1000;
    int way;

    (void)state;
    for (way = 0; way < 2; way++)
        for (at = RPC_CALL_HEADER_SIZE; at < end; at++) {
            s = open_alice(&c, RPC_LEVEL_INTEGRITY, way == 0);
            b = request(&c, s, raw_add_stub);
            end = b.len;
            b.ptr[at] ^= 1;
            raw_send_adopt(&c, b);
            if (raw_next(&c, 5000) == RPC_RESPONSE && !(way && at == RESERVED_AT))
                fail_msg("octet %zu was altered and served", at);
            raw_close(&c);
        }
    hostile_all_is_well();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_come_once_and_in_order),
        cmocka_unit_test(a_request_is_of_its_connection),
        cmocka_unit_test(what_nothing_protects_is_known),
        cmocka_unit_test(no_octet_of_a_signed_stub_may_change),
    };

    return cmocka_run_group_tests(tests, hostile_set_up, hostile_tear_down);
}
