/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_hostile_middle.c - a man in the middle of our client and our server: handshakes that
 * lie about what was agreed, and fragments altered, lost, repeated and out of order.
 */
#include "base/policy.h"
#include "domain/hostile_meddle.h"
#include "rpc/fault.h"

enum { TYPE = 0, LEVEL = 1, ID = 4 }; /* in a sec_trailer */
enum { BIG = 300 * 1000 };            /* more than four fragments, either way */
enum { BYSTANDERS = 2 };              /* calls of his, each time he is asked */

enum { K = RPC_C_AUTHN_GSS_KERBEROS, N = RPC_C_AUTHN_GSS_NEGOTIATE };
enum { CONNECT = 2, PKT = 4, INTEGRITY = 5, PRIVACY = 6 };

/* What a client is told: the peer broke the protocol; is refused, or refuses; has proven nothing.
 */
enum {
    BROKEN = RPC_S_PROTOCOL_ERROR,
    DENIED = RPC_S_ACCESS_DENIED,
    UNPROVEN = RPC_S_SEC_PKG_ERROR,
    UNDONE = RPC_S_CALL_FAILED_DNE,
    NO_SERVICE = RPC_S_UNKNOWN_AUTHN_SERVICE,
};
/* What a server says. */
enum { NONE = 0, PROTO = NCA_S_PROTO_ERROR, ACCESS = RPC_S_ACCESS_DENIED, PACKAGE = UNPROVEN };

struct attack {
    const char *name;
    ULONG service, level;
    size_t size;       /* of an Echo; 0: Add */
    unsigned patience; /* milliseconds; 0: as usual */
    struct meddle_rule rule[MEDDLE_RULES];
    RPC_STATUS status; /* what the client is told */
    unsigned fault;    /* what the server says; 0: nothing, or a bind_nak */
};

struct outcome {
    RPC_STATUS status;
    unsigned fault;
    int executed; /* routines that ran */
};

static void attack(const struct attack *a, struct outcome *ret)
{
    struct hostile_as as = hostile_alice(a->level);
    int before = atomic_load(&hostile_executed);
    struct meddle m = { .kept = { NULL, 0 } };
    RPC_BINDING_HANDLE binding;

    as.service = a->service;
    memcpy(m.rule, a->rule, sizeof m.rule);
    binding = hostile_binding(meddle_begin(&m), &as);
    if (a->patience)
        RpcBindingSetOption(binding, RPC_C_OPT_CALL_TIMEOUT, a->patience);
    ret->status = a->size ? hostile_echo(binding, a->size) : hostile_add(binding);
    hostile_free(&binding);
    meddle_end(&m);
    ret->fault = atomic_load(&m.fault);
    hostile_all_is_well();
    ret->executed = atomic_load(&hostile_executed) - before - BYSTANDERS;
    if (!atomic_load(&m.hits))
        fail_msg("%s: nothing was altered", a->name);
}

/* ---- A3 ---- */

#define UP(type, edit, at, value)                                                                  \
    {                                                                                              \
        true, type, MEDDLE_EVERY, edit, at, value                                                  \
    }
#define DOWN(type, edit, at, value)                                                                \
    {                                                                                              \
        false, type, MEDDLE_EVERY, edit, at, value                                                 \
    }
#define SET meddle_set_trailer

/* clang-format off */
static const struct attack handshakes[] = {
    /* one leg lies */
    { "bind: type", K, PRIVACY, 0, 0,
      { UP(RPC_BIND, SET, TYPE, N) }, UNPROVEN, NONE },
    { "bind: no such type", K, PRIVACY, 0, 0,
      { UP(RPC_BIND, SET, TYPE, 77) }, NO_SERVICE, NONE },
    { "bind: level 0", K, PRIVACY, 0, 0,
      { UP(RPC_BIND, SET, LEVEL, 0) }, UNDONE, NONE },
    { "bind: level 1", K, PRIVACY, 0, 0,
      { UP(RPC_BIND, SET, LEVEL, 1) }, UNDONE, NONE },
    { "bind: level 2", K, PRIVACY, 0, 0,
      { UP(RPC_BIND, SET, LEVEL, CONNECT) }, DENIED, NONE },
    { "bind: level 5", K, PRIVACY, 0, 0,
      { UP(RPC_BIND, SET, LEVEL, INTEGRITY) }, DENIED, NONE },
    { "bind: level 6", K, INTEGRITY, 0, 0,
      { UP(RPC_BIND, SET, LEVEL, PRIVACY) }, DENIED, NONE },
    { "bind: level 7", K, PRIVACY, 0, 0,
      { UP(RPC_BIND, SET, LEVEL, 7) }, UNDONE, NONE },
    { "bind: id", K, PRIVACY, 0, 0,
      { UP(RPC_BIND, SET, ID, 9) }, DENIED, NONE },
    { "bind: no security", K, PRIVACY, 0, 0,
      { UP(RPC_BIND, meddle_strip, 0, 0) }, UNPROVEN, NONE },
    { "ack: type", K, PRIVACY, 0, 0,
      { DOWN(RPC_BIND_ACK, SET, TYPE, N) }, UNPROVEN, NONE },
    { "ack: level", K, PRIVACY, 0, 0,
      { DOWN(RPC_BIND_ACK, SET, LEVEL, CONNECT) }, DENIED, NONE },
    { "ack: id", K, PRIVACY, 0, 0,
      { DOWN(RPC_BIND_ACK, SET, ID, 9) }, DENIED, NONE },
    { "ack: no security", K, PRIVACY, 0, 0,
      { DOWN(RPC_BIND_ACK, meddle_strip, 0, 0) }, UNPROVEN, NONE },
    { "auth3: type", K, PRIVACY, 0, 0,
      { UP(RPC_AUTH3, SET, TYPE, N) }, BROKEN, PACKAGE },
    { "auth3: level", K, PRIVACY, 0, 0,
      { UP(RPC_AUTH3, SET, LEVEL, CONNECT) }, BROKEN, ACCESS },
    { "auth3: id", K, PRIVACY, 0, 0,
      { UP(RPC_AUTH3, SET, ID, 9) }, BROKEN, PROTO },
    { "auth3: dropped", K, PRIVACY, 0, 0,
      { UP(RPC_AUTH3, meddle_drop, 0, 0) }, BROKEN, PROTO },
    { "auth3: twice", K, PRIVACY, 0, 0,
      { UP(RPC_AUTH3, meddle_twice, 0, 0) }, BROKEN, PROTO },
    { "auth3: altered", K, PRIVACY, 0, 0,
      { UP(RPC_AUTH3, meddle_flip_trailer, 40, 1) }, UNPROVEN, PACKAGE },
    { "alter: type", N, PRIVACY, 0, 0,
      { UP(RPC_ALTER_CONTEXT, SET, TYPE, K) }, DENIED, PACKAGE },
    { "alter: level", N, PRIVACY, 0, 0,
      { UP(RPC_ALTER_CONTEXT, SET, LEVEL, CONNECT) }, DENIED, ACCESS },
    { "alter: id", N, PRIVACY, 0, 0,
      { UP(RPC_ALTER_CONTEXT, SET, ID, 9) }, DENIED, PROTO },
    { "alter: no security", N, PRIVACY, 0, 0,
      { UP(RPC_ALTER_CONTEXT, meddle_strip, 0, 0) }, UNPROVEN, NONE },
    { "alter ack: type", N, PRIVACY, 0, 0,
      { DOWN(RPC_ALTER_ACK, SET, TYPE, K) }, UNPROVEN, NONE },
    { "alter ack: level", N, PRIVACY, 0, 0,
      { DOWN(RPC_ALTER_ACK, SET, LEVEL, CONNECT) }, DENIED, NONE },
    { "alter ack: id", N, PRIVACY, 0, 0,
      { DOWN(RPC_ALTER_ACK, SET, ID, 9) }, DENIED, NONE },
    { "alter ack: no security", N, PRIVACY, 0, 0,
      { DOWN(RPC_ALTER_ACK, meddle_strip, 0, 0) }, UNPROVEN, NONE },
    /* and the answer is made to fit */
    { "level 5 for 6, in all", K, PRIVACY, 0, 0,
      { UP(RPC_BIND, SET, LEVEL, INTEGRITY), DOWN(RPC_BIND_ACK, SET, LEVEL, PRIVACY),
        UP(RPC_AUTH3, SET, LEVEL, INTEGRITY), UP(RPC_REQUEST, SET, LEVEL, INTEGRITY),
        DOWN(RPC_RESPONSE, SET, LEVEL, PRIVACY) }, UNPROVEN, PACKAGE },
    { "level 6 for 5, in all", K, INTEGRITY, 0, 0,
      { UP(RPC_BIND, SET, LEVEL, PRIVACY), DOWN(RPC_BIND_ACK, SET, LEVEL, INTEGRITY),
        UP(RPC_AUTH3, SET, LEVEL, PRIVACY), UP(RPC_REQUEST, SET, LEVEL, PRIVACY),
        DOWN(RPC_RESPONSE, SET, LEVEL, INTEGRITY) }, UNPROVEN, PACKAGE },
    { "level 4 for 5, in all", K, INTEGRITY, 0, 0,
      { UP(RPC_BIND, SET, LEVEL, PKT), DOWN(RPC_BIND_ACK, SET, LEVEL, INTEGRITY),
        UP(RPC_AUTH3, SET, LEVEL, PKT), UP(RPC_REQUEST, SET, LEVEL, PKT),
        DOWN(RPC_RESPONSE, SET, LEVEL, INTEGRITY) }, UNPROVEN, PACKAGE },
    { "no security at all",  K, PRIVACY, 0, 0,
      { UP(RPC_BIND, meddle_strip, 0, 0), UP(RPC_AUTH3, meddle_drop, 0, 0),
        UP(RPC_REQUEST, meddle_strip, 0, 0) }, UNPROVEN, NONE },
    /* A10: header signing asked for, and taken away */
    { "bind: flag", K, INTEGRITY, 0, 0,
      { UP(RPC_BIND, meddle_flip, 3, 4) }, DENIED, ACCESS },
    { "ack: flag", K, INTEGRITY, 0, 0,
      { DOWN(RPC_BIND_ACK, meddle_flip, 3, 4) }, UNPROVEN, PACKAGE },
    { "bind: flag, at 6", K, PRIVACY, 0, 0,
      { UP(RPC_BIND, meddle_flip, 3, 4) }, DENIED, ACCESS },
    { "ack: flag, at 6", K, PRIVACY, 0, 0,
      { DOWN(RPC_BIND_ACK, meddle_flip, 3, 4) }, UNPROVEN, PACKAGE },
    { "flag in bind, and put back in ack", K, INTEGRITY, 0, 0,
      { UP(RPC_BIND, meddle_flip, 3, 4), DOWN(RPC_BIND_ACK, meddle_flip, 3, 4) },
      UNPROVEN, PACKAGE },
};
/* clang-format on */

static void no_leg_may_lie(void **state)
{
    struct outcome o;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof handshakes / sizeof handshakes[0]; i++) {
        const struct attack *a = &handshakes[i];

        attack(a, &o);
        if (o.status != a->status || o.fault != a->fault || o.executed)
            fail_msg("%s: the client was told %d, the server said 0x%08x, %d calls ran", a->name,
                     (int)o.status, o.fault, o.executed);
    }
}

/* Who rewrites every PDU may have the server believe that nothing was to be protected: it serves at
 * level CONNECT whom it was told calls so. Its policy can forbid that; the client is not deceived.
 */
static void a_server_that_takes_connect_may_be_told_it(void **state)
{
    const struct attack a = {
        "level 2 for 6, in all",
        K,
        PRIVACY,
        0,
        0,
        { UP(RPC_BIND, SET, LEVEL, CONNECT), DOWN(RPC_BIND_ACK, SET, LEVEL, PRIVACY),
          UP(RPC_AUTH3, SET, LEVEL, CONNECT), UP(RPC_REQUEST, meddle_spoof, 0, 8),
          DOWN(RPC_RESPONSE, SET, LEVEL, PRIVACY) },
        0,
        0
    };
    struct outcome o;

    (void)state;
    policy_set(POLICY_CONNECT_LEVEL, POLICY_ENFORCE);
    attack(&a, &o);
    assert_int_equal(o.status, DENIED);
    assert_int_equal(o.fault, NCA_S_FAULT_ACCESS_DENIED);
    assert_int_equal(o.executed, 0);
    policy_set(POLICY_CONNECT_LEVEL, POLICY_AUDIT);
    attack(&a, &o);
    assert_int_equal(o.status, DENIED); /* by the client */
    assert_int_equal(o.fault, 0);
    assert_int_equal(o.executed, 1);
}

/* ---- A5, A13 ---- */

/* The first octet altered, or what else happens to the PDU. */
static const struct edit {
    const char *name;
    meddle_edit *edit;
    size_t at;
    uint8_t value;
} edits[] = {
    { "no security", meddle_strip, 0, 0 }, { "type", SET, TYPE, N },
    { "level", SET, LEVEL, CONNECT },      { "id", SET, ID, 9 },
    { "stub", meddle_flip, 30, 1 },        { "signature", meddle_flip_trailer, 30, 1 },
    { "call id", meddle_flip, 12, 1 },     { "context", meddle_flip, 20, 1 },
    { "plain text", meddle_spoof, 0, 4 },  { "drop", meddle_drop, 0, 0 },
    { "twice", meddle_twice, 0, 0 },       { "swap", meddle_swap, 0, 0 },
    { "cut", meddle_cut, 0, 0 },
};

/* While a client still sends, its server's end may reach it before the fault that says why. */
static bool is_told(RPC_STATUS status, bool may_be_lost)
{
    return status == BROKEN || status == DENIED || status == UNPROVEN ||
           (may_be_lost && (status == RPC_S_CALL_FAILED || status == RPC_S_CALL_FAILED_DNE));
}

static void attack_fragment(ULONG level, bool up, enum meddle_which which, const struct edit *edit)
{
    struct attack a = { .name = edit->name, .service = K, .level = level, .size = BIG };
    bool lost = (up && which != MEDDLE_END) || edit->edit == meddle_cut;
    bool late = which == MEDDLE_END && edit->edit == meddle_twice; /* the call is executed */
    struct outcome o;

    a.rule[0] = (struct meddle_rule){ up,       up ? RPC_REQUEST : RPC_RESPONSE,
                                      which,    edit->edit,
                                      edit->at, edit->value };
    attack(&a, &o);
    if (!is_told(o.status, lost) && !(late && o.status == RPC_S_OK))
        o.executed = -1;
    if (o.executed != (late || !up))
        fail_msg("level %u, %s, fragment %d, %s: the client was told %d, the server said 0x%08x, "
                 "%d calls ran",
                 (unsigned)level, up ? "request" : "response", (int)which, edit->name,
                 (int)o.status, o.fault, o.executed);
}

static void every_fragment_is_missed_if_altered(void **state)
{
    static const enum meddle_which places[] = { MEDDLE_BEGIN, MEDDLE_MIDDLE, MEDDLE_END };
    ULONG level;
    size_t i, p;
    int up;

    (void)state;
    for (level = INTEGRITY; level <= PRIVACY; level++)
        for (up = 0; up < 2; up++)
            for (p = 0; p < 3; p++)
                for (i = 0; i < sizeof edits / sizeof edits[0]; i++) {
                    meddle_edit *e = edits[i].edit;

                    if (places[p] != MEDDLE_END || (e != meddle_swap && e != meddle_drop))
                        attack_fragment(level, up, places[p], &edits[i]);
                }
}

/* Nothing comes, either way: the client's patience ends it. */
static void what_is_lost_is_waited_for_so_long(void **state)
{
    struct attack a = { "lost", K, PRIVACY, 0, 500, { UP(RPC_REQUEST, meddle_drop, 0, 0) }, 0, 0 };
    struct outcome o;

    (void)state;
    attack(&a, &o);
    assert_int_equal(o.status, RPC_S_CALL_CANCELLED);
    assert_int_equal(o.executed, 0);
    a.rule[0] = (struct meddle_rule)DOWN(RPC_RESPONSE, meddle_drop, 0, 0);
    attack(&a, &o);
    assert_int_equal(o.status, RPC_S_CALL_CANCELLED);
    assert_int_equal(o.executed, 1);
}

/* The second of two equal answers is to no call: whatever it ends, it is never an answer. */
static void an_answer_twice_answers_once(void **state)
{
    struct hostile_as as = hostile_alice(INTEGRITY);
    struct meddle m = { .rule = { DOWN(RPC_RESPONSE, meddle_twice, 0, 0) } };
    RPC_BINDING_HANDLE binding = hostile_binding(meddle_begin(&m), &as);
    RPC_STATUS status;
    int i;

    (void)state;
    assert_int_equal(hostile_add(binding), RPC_S_OK);
    for (i = 1; i < 6; i++) {
        status = i % 2 ? hostile_echo(binding, (size_t)i) : hostile_add(binding);
        assert_true(status == RPC_S_OK || is_told(status, false));
    }
    hostile_free(&binding);
    meddle_end(&m);
    hostile_all_is_well();
}

/* ---- A9, with header signing ---- */

static void no_octet_of_a_signed_header_may_change(void **state)
{
    struct attack a = { .service = K, .level = INTEGRITY, .patience = 300, .name = "header" };
    struct outcome o;
    int at, up;

    (void)state;
    for (up = 0; up < 2; up++)
        for (at = 0; at < RPC_CALL_HEADER_SIZE; at++) {
            a.rule[0] = (struct meddle_rule){ up,           up ? RPC_REQUEST : RPC_RESPONSE,
                                              MEDDLE_EVERY, meddle_flip,
                                              (uint8_t)at,  1 };
            attack(&a, &o);
            if (o.status == RPC_S_OK || o.status == -1 || o.executed != !up)
                fail_msg("octet %d of a %s: the client was told %d, the server said 0x%08x, %d "
                         "calls ran",
                         at, up ? "request" : "response", (int)o.status, o.fault, o.executed);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_leg_may_lie),
        cmocka_unit_test(a_server_that_takes_connect_may_be_told_it),
        cmocka_unit_test(every_fragment_is_missed_if_altered),
        cmocka_unit_test(what_is_lost_is_waited_for_so_long),
        cmocka_unit_test(an_answer_twice_answers_once),
        cmocka_unit_test(no_octet_of_a_signed_header_may_change),
    };

    return cmocka_run_group_tests(tests, hostile_set_up, hostile_tear_down);
}
