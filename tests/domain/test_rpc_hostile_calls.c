/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_hostile_calls.c - presentation contexts, fragments and security contexts, abused by a
 * client that may call otherwise.
 */
#include "domain/hostile_raw.h"

static struct raw_fragment fragment(const struct raw *c, struct rpc_security *s, uint8_t flags)
{
    return (struct raw_fragment){ .flags = flags,
                                  .call_id = c->call_id,
                                  .context = RAW_CONTEXT,
                                  .opnum = OP_ADD,
                                  .stub = bytes_of(raw_add_stub.ptr, 4),
                                  .security = s };
}

static void open_alice(struct raw *c, ULONG level, struct rpc_security **ret)
{
    struct hostile_as alice = hostile_alice(level);

    raw_open(c, &alice);
    *ret = raw_bound(c, (uint8_t)level, RPC_SUPPORT_HEADER_SIGN, 0);
}

static void refused(struct raw *c, uint32_t status)
{
    raw_fault(c, status);
    raw_closed(c);
    raw_close(c);
}

/* ---- A4 ---- */

static void a_context_is_never_another_interfaces(void **state)
{
    struct rpc_offer offer;
    struct raw_bind how = { .type = RPC_ALTER_CONTEXT, .offers = &offer, .count = 1 };
    struct raw c;

    (void)state;
    raw_open(&c, NULL);
    raw_bound(&c, RPC_LEVEL_NONE, 0, 0);
    rpc_negotiate_offer(RAW_CONTEXT, &raw_mgmt, NDR_20, &offer);
    raw_send_adopt(&c, raw_bind_build(&c, &how));
    refused(&c, NCA_S_PROTO_ERROR);

    raw_open(&c, NULL);
    raw_bound(&c, RPC_LEVEL_NONE, 0, 0);
    rpc_negotiate_offer(RAW_CONTEXT, &raw_hostile, NDR_20, &offer);
    offer.transfer[0] = rpc_ndr64;
    raw_send_adopt(&c, raw_bind_build(&c, &how));
    refused(&c, NCA_S_PROTO_ERROR);

    raw_open(&c, NULL); /* the same again is no change, and another id is another context */
    raw_bound(&c, RPC_LEVEL_NONE, 0, 0);
    rpc_negotiate_offer(RAW_CONTEXT, &raw_hostile, NDR_20, &offer);
    raw_send_adopt(&c, raw_bind_build(&c, &how));
    assert_int_equal(raw_next(&c, 5000), RPC_ALTER_ACK);
    rpc_negotiate_offer(7, &raw_mgmt, NDR_20, &offer);
    raw_send_adopt(&c, raw_bind_build(&c, &how));
    assert_int_equal(raw_next(&c, 5000), RPC_ALTER_ACK);
    raw_call(&c, NULL, OP_ADD, raw_add_stub);
    assert_int_equal(raw_response(&c, NULL).ptr[0], 0xd2);
    raw_close(&c);
    hostile_all_is_well();
}

/* ---- A5 ---- */

enum abuse {
    BARE,      /* without its sec_trailer */
    OTHER,     /* by the connection's other security context, which is good as such */
    LEVEL,     /* its trailer says another level */
    TYPE,      /* its trailer says another service */
    UNKNOWN,   /* its trailer says a context that is not there */
    REPLAYED,  /* the one before once more */
    ALTERED,   /* an octet of its stub */
    UNSIGNED,  /* an octet of its signature */
    INTERFACE, /* of another presentation context */
    OPERATION, /* of another operation */
    ABUSES
};

static const char *const abuses[] = { "bare",   "other",   "level",    "type",      "unknown",
                                      "replay", "altered", "unsigned", "interface", "operation" };

static struct buf abused(struct raw_fragment f, struct rpc_security *other, enum abuse a)
{
    size_t trailer;
    struct buf b;

    if (a == BARE)
        f.security = NULL;
    if (a == OTHER)
        f.security = other;
    if (a == INTERFACE)
        f.context = 1;
    if (a == OPERATION)
        f.opnum = OP_ECHO;
    b = raw_fragment_build(&f);
    if (!f.security)
        return b;
    trailer = b.len - f.security->token_size - RPC_SEC_TRAILER_SIZE;
    if (a == TYPE)
        b.ptr[trailer] = RPC_AUTH_NEGOTIATE;
    if (a == LEVEL)
        b.ptr[trailer + 1] =
            b.ptr[trailer + 1] == RPC_LEVEL_PRIVACY ? RPC_LEVEL_INTEGRITY : RPC_LEVEL_CONNECT;
    if (a == UNKNOWN)
        b.ptr[trailer + 4] ^= 0x55;
    if (a == ALTERED)
        b.ptr[RPC_CALL_HEADER_SIZE + 1] ^= 1;
    if (a == UNSIGNED)
        b.ptr[b.len - 1] ^= 1;
    return b;
}

/* Three fragments; the one at place is abused. */
static void abuse_at(ULONG level, unsigned place, enum abuse a)
{
    struct raw_bind again = { .type = RPC_ALTER_CONTEXT, .flags = RPC_SUPPORT_HEADER_SIGN };
    int before = atomic_load(&hostile_executed);
    struct rpc_security *s, *other;
    struct raw_fragment f;
    struct buf last = { 0 }, b;
    struct raw c;
    unsigned i;

    open_alice(&c, level, &s);
    other = raw_context(&c, 2, (uint8_t)level);
    raw_prove(&c, &again, other);
    for (i = 0; i < 3; i++) {
        f = fragment(&c, s, (uint8_t)((i == 0 ? RPC_FIRST : 0) | (i == 2 ? RPC_LAST : 0)));
        f.stub.len = i == 2 ? 0 : 4;
        if (a == ALTERED)
            f.stub.len = 4;
        if (i == place && a == REPLAYED && last.ptr)
            raw_send(&c, buf_view(last));
        b = i == place && a != REPLAYED ? abused(f, other, a) : raw_fragment_build(&f);
        buf_free(&last);
        last = b;
        raw_send(&c, buf_view(b));
    }
    buf_free(&last);
    print_message("level %u, fragment %u: %s\n", (unsigned)level, place, abuses[a]);
    raw_refused(&c);
    assert_int_equal(atomic_load(&hostile_executed), before);
}

static void every_fragment_is_of_its_calls_security(void **state)
{
    static const ULONG levels[] = { RPC_LEVEL_INTEGRITY, RPC_LEVEL_PRIVACY };
    enum abuse a;
    unsigned place;
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++)
        for (place = 0; place < 3; place++)
            for (a = 0; a < ABUSES; a++) {
                bool good_as_first =
                    a == OTHER || a == INTERFACE || a == OPERATION || a == REPLAYED;

                if (place || !good_as_first)
                    abuse_at(levels[i], place, a);
            }
    hostile_all_is_well();
}

/* ---- A6 ---- */

static void calls_are_not_interleaved(void **state)
{
    struct rpc_security *s;
    struct raw_fragment f;
    struct raw c;
    int secured;

    (void)state;
    for (secured = 0; secured < 2; secured++) {
        open_alice(&c, secured ? RPC_LEVEL_INTEGRITY : RPC_LEVEL_NONE, &s);
        f = fragment(&c, s, RPC_FIRST);
        raw_fragment_send(&c, &f);
        f.call_id++;
        raw_fragment_send(&c, &f);
        refused(&c, NCA_S_PROTO_ERROR);

        open_alice(&c, secured ? RPC_LEVEL_INTEGRITY : RPC_LEVEL_NONE, &s);
        f = fragment(&c, s, 0); /* goes on that never began */
        raw_fragment_send(&c, &f);
        refused(&c, NCA_S_PROTO_ERROR);

        open_alice(&c, secured ? RPC_LEVEL_INTEGRITY : RPC_LEVEL_NONE, &s);
        f = fragment(&c, s, RPC_FIRST); /* begins twice */
        raw_fragment_send(&c, &f);
        raw_fragment_send(&c, &f);
        refused(&c, NCA_S_PROTO_ERROR);
    }
    hostile_all_is_well();
}

/* Each connection may have one, and none of them holds another's up. */
static void a_thousand_partial_calls_hold_nobody_up(void **state)
{
    enum { MANY = 1000 };
    struct raw *c = calloc(MANY, sizeof *c);
    struct raw_fragment f;
    int i;

    (void)state;
    for (i = 0; i < MANY; i++) {
        raw_open(&c[i], NULL);
        raw_bound(&c[i], RPC_LEVEL_NONE, 0, 0);
        f = fragment(&c[i], NULL, RPC_FIRST);
        raw_fragment_send(&c[i], &f);
    }
    assert_int_equal(hostile_connections(), MANY);
    f = fragment(&c[0], NULL, RPC_LAST); /* and each is still good for its rest */
    for (i = 0; i < MANY; i += 250) {
        f.call_id = c[i].call_id;
        f.stub = bytes_of(raw_add_stub.ptr + 4, 4);
        raw_fragment_send(&c[i], &f);
        assert_int_equal(raw_response(&c[i], NULL).ptr[0], 0xd2);
    }
    for (i = 0; i < MANY; i++)
        raw_close(&c[i]);
    free(c);
    hostile_all_is_well();
}

/* As on Windows, orphaned does not take back what has come: the call still has its end. */
static void an_orphan_in_the_middle_breaks_nothing(void **state)
{
    struct rpc_security *s;
    struct raw_fragment f;
    struct raw c;

    (void)state;
    open_alice(&c, RPC_LEVEL_INTEGRITY, &s);
    f = fragment(&c, s, RPC_FIRST);
    raw_fragment_send(&c, &f);
    raw_bare_send(&c, RPC_ORPHANED, f.call_id);
    raw_bare_send(&c, RPC_CO_CANCEL, f.call_id);
    raw_bare_send(&c, RPC_ORPHANED, f.call_id + 77);
    f.flags = RPC_LAST;
    f.stub = bytes_of(raw_add_stub.ptr + 4, 4);
    raw_fragment_send(&c, &f);
    assert_int_equal(raw_response(&c, s).ptr[0], 0xd2);
    raw_close(&c);
    hostile_all_is_well();
}

/* ---- A10 ---- */

/* Who asks for it has it, for all contexts and from there on; nobody can ask it away. */
static void header_signing_comes_on_and_stays(void **state)
{
    struct hostile_as alice = hostile_alice(RPC_LEVEL_INTEGRITY);
    struct raw_bind bind = { .type = RPC_BIND }, alter = { .type = RPC_ALTER_CONTEXT };
    struct rpc_security *s, *t;
    struct raw c;
    int first, second;

    (void)state;
    for (first = 0; first < 2; first++)
        for (second = 0; second < 2; second++) {
            bind.flags = first ? RPC_SUPPORT_HEADER_SIGN : 0;
            alter.flags = second ? RPC_SUPPORT_HEADER_SIGN : 0;

            raw_open(&c, &alice); /* security comes late */
            raw_send_adopt(&c, raw_bind_build(&c, &bind));
            assert_int_equal(raw_next(&c, 5000), RPC_BIND_ACK);
            s = raw_context(&c, 1, RPC_LEVEL_INTEGRITY);
            raw_prove(&c, &alter, s);
            s->header_signing = first || second;
            raw_call(&c, s, OP_ADD, raw_add_stub);
            assert_int_equal(raw_response(&c, s).ptr[0], 0xd2);
            raw_close(&c);

            raw_open(&c, &alice); /* two contexts */
            s = raw_context(&c, 1, RPC_LEVEL_INTEGRITY);
            raw_prove(&c, &bind, s);
            t = raw_context(&c, 2, RPC_LEVEL_INTEGRITY);
            raw_prove(&c, &alter, t);
            s->header_signing = t->header_signing = first || second;
            raw_call(&c, t, OP_ADD, raw_add_stub);
            raw_response(&c, t);
            raw_call(&c, s, OP_ADD, raw_add_stub);
            raw_response(&c, s);
            t->header_signing = !t->header_signing;
            raw_call(&c, t, OP_ADD, raw_add_stub);
            raw_refused(&c);
        }
    hostile_all_is_well();
}

/* ---- A12 ---- */

static void one_context_too_many_ends_the_connection(void **state)
{
    struct hostile_as alice = hostile_alice(RPC_LEVEL_INTEGRITY);
    struct raw_bind how = { .type = RPC_BIND };
    struct rpc_security *s;
    uint32_t i;
    struct raw c;

    (void)state;
    raw_open(&c, &alice);
    for (i = 0; i < RPC_SECURITIES_MAX; i++) {
        s = raw_context(&c, i + 1, RPC_LEVEL_INTEGRITY);
        if (i % 2)
            raw_prove(&c, &how, s);
        else
            raw_prove_begin(&c, &how, s);
        if (i % 2 == 0)
            assert_int_equal(raw_next(&c, 15000), i ? RPC_ALTER_ACK : RPC_BIND_ACK);
        how.type = RPC_ALTER_CONTEXT;
    }
    rpc_security_free(c.securities.item[--c.securities.count]); /* ours is bounded likewise */
    raw_prove_begin(&c, &how, raw_context(&c, 99, RPC_LEVEL_INTEGRITY));
    refused(&c, NCA_S_PROTO_ERROR);
    hostile_all_is_well();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_context_is_never_another_interfaces),
        cmocka_unit_test(every_fragment_is_of_its_calls_security),
        cmocka_unit_test(calls_are_not_interleaved),
        cmocka_unit_test(a_thousand_partial_calls_hold_nobody_up),
        cmocka_unit_test(an_orphan_in_the_middle_breaks_nothing),
        cmocka_unit_test(header_signing_comes_on_and_stays),
        cmocka_unit_test(one_context_too_many_ends_the_connection),
    };

    return cmocka_run_group_tests(tests, hostile_set_up, hostile_tear_down);
}
