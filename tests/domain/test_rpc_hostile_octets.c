/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_hostile_octets.c - a man in the middle turns a bit of each octet of each PDU of a
 * conversation, one at a time, at each level; and loses, repeats, exchanges and adds PDUs.
 *
 * He stands between a client and a server of ours, both of which sign headers. What he may do
 * unseen stands in is_closed and docs/protocol/rpc-middle.md; whatever he does, no altered request
 * is executed and no altered answer delivered where messages are signed. With
 * COUNTERSIGN_MATRIX=reduced some of the levels do for all octets.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/writer.h"
#include "domain/hostile_meddle.h"
#include "rpc/fault.h"

enum { K = RPC_C_AUTHN_GSS_KERBEROS, N = RPC_C_AUTHN_GSS_NEGOTIATE };
enum { CONNECT = 2, PKT = 4, INTEGRITY = 5, PRIVACY = 6 };
enum { RAISED = 4711 };                    /* by Fail */
enum { BYSTANDERS = 2 };                   /* calls of his, each time he is asked */
enum { BRIEFLY = 400, PATIENTLY = 60000 }; /* milliseconds; briefly where a length waits */
enum { TOKEN_EACH = 32, TOKEN_STEP = 41 }; /* of a token: so many octets, then one of so many */
enum { LENGTH_AT = 8, AUTH_AT = 10, CALL_AT = 12, STATUS_AT = 24 };

struct way {
    const char *name;
    ULONG service, level;
    CS_POLICY_MODE ndr64; /* enforced: NDR alone */
};

static const struct way ways[] = {
    { "connect", K, CONNECT, CS_POLICY_OFF },
    { "packet, NDR", K, PKT, CS_POLICY_ENFORCE },
    { "integrity", K, INTEGRITY, CS_POLICY_OFF },
    { "integrity, NDR, Negotiate", N, INTEGRITY, CS_POLICY_ENFORCE },
    { "privacy", K, PRIVACY, CS_POLICY_OFF },
    { "privacy, Negotiate", N, PRIVACY, CS_POLICY_OFF },
};
enum { WAYS = sizeof ways / sizeof *ways, FIRST_OF_FEW = 1, STEP_OF_FEW = 4 };

/* ---- one conversation ---- */

enum fate {
    PASSED, /* the call ended as if nothing had happened */
    ENDED,  /* it failed: the connection's end, or either end's refusal */
    WAITED, /* it failed by its time-out */
    FOOLED, /* what was altered was delivered, or a routine's own status was another */
};

struct outcome {
    enum fate fate;
    RPC_STATUS status;
    int executed;
};

static RPC_STATUS call_fail(RPC_BINDING_HANDLE binding)
{
    volatile RPC_STATUS status = RPC_S_OK;
    byte data[8];

    RpcTryExcept
    {
        c_Fail(binding, sizeof data, data);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

static enum fate fate_of(RPC_STATUS status, RPC_STATUS wanted)
{
    if (status == wanted)
        return PASSED;
    if (status == RPC_S_CALL_CANCELLED)
        return WAITED;
    return hostile_is_an_end(status) ? ENDED : FOOLED;
}

/* ---- the man in the middle ---- */

/* What he does to the PDUs of one type. Set by the test, done by the relay's thread. */
static struct {
    pthread_mutex_t lock;
    uint8_t type;
    meddle_edit *edit;
    size_t at;
    uint8_t turned;      /* of that octet, bits; 0 looks only */
    enum rpc_type added; /* what add puts in front */
    unsigned count;      /* PDUs seen */
    size_t len, trailer; /* of the last one; trailer: 0 for none */
} aim = { .lock = PTHREAD_MUTEX_INITIALIZER };

static enum relay_verdict on_aim(struct meddle *m, const struct meddle_rule *r,
                                 struct relay_frame *f)
{
    enum relay_verdict v = RELAY_PASS;

    pthread_mutex_lock(&aim.lock);
    if (aim.type == r->type)
        v = aim.edit(m, r, f);
    pthread_mutex_unlock(&aim.lock);
    return v;
}

static bool is_length(size_t at)
{
    return at == LENGTH_AT || at == LENGTH_AT + 1;
}

/* Of a length the lowest bit that makes it shorter, so that few wait for what does not come. */
static uint8_t bit_of(const struct relay_frame *f, size_t at)
{
    uint8_t octet = f->bytes.ptr[at];

    return aim.turned && is_length(at) && octet ? octet & (uint8_t)-octet : aim.turned;
}

static enum relay_verdict turn(struct meddle *m, const struct meddle_rule *r, struct relay_frame *f)
{
    size_t auth = f->bytes.ptr[AUTH_AT] | (size_t)f->bytes.ptr[AUTH_AT + 1] << 8;

    (void)m;
    (void)r;
    aim.count++;
    aim.len = f->bytes.len;
    aim.trailer = auth ? aim.len - auth - RPC_SEC_TRAILER_SIZE : 0;
    if (aim.at < f->bytes.len)
        f->bytes.ptr[aim.at] ^= bit_of(f, aim.at);
    return RELAY_PASS;
}

#define UP(type)                                                                                   \
    {                                                                                              \
        true, type, MEDDLE_EVERY, on_aim, 0, 0                                                     \
    }
#define DOWN(type)                                                                                 \
    {                                                                                              \
        false, type, MEDDLE_EVERY, on_aim, 0, 0                                                    \
    }
static struct meddle middle = { .rule = { UP(RPC_BIND), DOWN(RPC_BIND_ACK), UP(RPC_AUTH3),
                                          UP(RPC_ALTER_CONTEXT), DOWN(RPC_ALTER_ACK),
                                          UP(RPC_REQUEST), DOWN(RPC_RESPONSE), DOWN(RPC_FAULT) } };

/* Whose credential all conversations of a way share. */
static RPC_BINDING_HANDLE original;

static void begin(const struct way *w)
{
    struct hostile_as as = hostile_alice(w->level);

    as.service = w->service;
    assert_int_equal(CsSetPolicy("ndr64", w->ndr64), SEC_E_OK);
    original = hostile_binding(meddle_begin(&middle), &as);
}

static void end(void)
{
    hostile_free(&original);
    meddle_end(&middle);
    assert_int_equal(CsSetPolicy("ndr64", CS_POLICY_OFF), SEC_E_OK);
}

/* Add, or Fail where he aims at faults. */
static void converse(unsigned patience, struct outcome *ret)
{
    bool fail = aim.type == RPC_FAULT;
    int before = atomic_load(&hostile_executed);
    RPC_BINDING_HANDLE binding = NULL;

    assert_int_equal(RpcBindingCopy(original, &binding), RPC_S_OK);
    assert_int_equal(RpcBindingSetOption(binding, RPC_C_OPT_CALL_TIMEOUT, patience), RPC_S_OK);
    if (patience == BRIEFLY)
        assert_int_equal(RpcMgmtSetComTimeout(binding, RPC_C_BINDING_MIN_TIMEOUT), RPC_S_OK);
    ret->status = fail ? call_fail(binding) : hostile_add(binding);
    hostile_free(&binding);
    ret->fate = fate_of(ret->status, fail ? RAISED : RPC_S_OK);
    hostile_all_is_well();
    ret->executed = atomic_load(&hostile_executed) - before - BYSTANDERS;
}

/* ---- a bit of each octet ---- */

/* Of a token so many, then one of so many. */
static size_t next_octet(size_t at, size_t trailer)
{
    size_t token = trailer + RPC_SEC_TRAILER_SIZE;

    return trailer && at >= token + TOKEN_EACH ? at + TOKEN_STEP : at + 1;
}

static const struct place {
    const char *name;
    uint8_t type;
    bool up, negotiate; /* up: from the client; negotiate: only there */
} places[] = {
    { "bind", RPC_BIND, true, false },
    { "bind_ack", RPC_BIND_ACK, false, false },
    { "auth3", RPC_AUTH3, true, false },
    { "alter_context", RPC_ALTER_CONTEXT, true, true },
    { "alter_context_resp", RPC_ALTER_ACK, false, true },
    { "request", RPC_REQUEST, true, false },
    { "response", RPC_RESPONSE, false, false },
    { "fault", RPC_FAULT, false, false },
};
enum { PLACES = sizeof places / sizeof *places };

static void aim_at(uint8_t type, meddle_edit *edit, size_t at, uint8_t turned)
{
    pthread_mutex_lock(&aim.lock);
    aim.type = type;
    aim.edit = edit;
    aim.at = at;
    aim.turned = turned;
    aim.count = 0;
    pthread_mutex_unlock(&aim.lock);
}

/* Octets nobody may turn unseen. A handshake is taken for what it says but for these; a fault is
 * believed; at level CONNECT no message is protected. */
static bool is_closed(const struct way *w, const struct place *p, size_t at, size_t trailer)
{
    bool message = p->type == RPC_REQUEST || p->type == RPC_RESPONSE;
    bool call = at >= CALL_AT && at < RPC_HEADER_SIZE;

    if (at == 0 || at == LENGTH_AT || at == LENGTH_AT + 1)
        return true;
    if (message)
        return w->level > CONNECT;
    if (p->type == RPC_FAULT)
        return call;
    if (at == 2 || at == AUTH_AT || at == AUTH_AT + 1 || (call && p->type != RPC_AUTH3))
        return true;
    return at == trailer || at == trailer + 1 || /* type, level */
           (at >= trailer + 4 && at < trailer + RPC_SEC_TRAILER_SIZE);
}

static const char *const fates[] = { "passed", "ended", "waited", "fooled" };

static void judge(const struct way *w, const struct place *p, size_t at, size_t trailer,
                  const struct outcome *o)
{
    bool message = p->type == RPC_REQUEST || p->type == RPC_RESPONSE;
    bool status = p->type == RPC_FAULT && at >= STATUS_AT && at < STATUS_AT + 4;
    bool wrong = o->fate == FOOLED && !status;

    if (w->level == CONNECT && (message || p->type == RPC_FAULT))
        return;
    if (is_closed(w, p, at, trailer))
        wrong |= o->fate == PASSED || (p->type != RPC_RESPONSE && o->executed);
    if (o->fate == PASSED && p->type != RPC_FAULT)
        wrong |= o->executed != 1;
    if (o->fate == ENDED)
        wrong |= o->executed != (p->type == RPC_RESPONSE);
    if (wrong)
        fail_msg(
            "%s: octet %zu of a %s (security at %zu): %s, the client was told %d, %d calls ran",
            w->name, at, p->name, trailer, fates[o->fate], (int)o->status, o->executed);
}

/* False: this way has no such PDU. */
static bool look(const struct place *p, size_t *ret_len, size_t *ret_trailer)
{
    struct outcome o;
    bool there;

    aim_at(p->type, turn, 0, 0);
    converse(PATIENTLY, &o);
    assert_int_equal(o.fate, PASSED);
    pthread_mutex_lock(&aim.lock);
    there = aim.count != 0;
    *ret_len = aim.len;
    *ret_trailer = aim.trailer ? aim.trailer : aim.len;
    pthread_mutex_unlock(&aim.lock);
    return there;
}

static void sweep(const struct way *w, const struct place *p)
{
    unsigned fate[4] = { 0 }, token = 0, token_passed = 0;
    size_t len, trailer, at;
    struct outcome o;

    if (!look(p, &len, &trailer)) {
        assert_true(p->negotiate != (w->service == N));
        return;
    }
    for (at = 0; at < len; at = next_octet(at, trailer)) {
        aim_at(p->type, turn, at, 1);
        converse(is_length(at) ? BRIEFLY : PATIENTLY, &o);
        judge(w, p, at, trailer, &o);
        fate[o.fate]++;
        if (at >= trailer + RPC_SEC_TRAILER_SIZE + TOKEN_EACH) {
            token++;
            token_passed += o.fate == PASSED;
        }
    }
    print_message("%s, %s: %u passed, %u ended, %u waited, %u fooled\n", w->name, p->name,
                  fate[PASSED], fate[ENDED], fate[WAITED], fate[FOOLED]);
    /* A token's DER is nobody's secret, and a little of it nobody reads. */
    assert_true(token_passed * 5 <= token);
}

static void no_octet_is_turned_unseen(void **state)
{
    const char *matrix = getenv("COUNTERSIGN_MATRIX");
    bool few = matrix && strcmp(matrix, "reduced") == 0;
    size_t i, p;

    (void)state;
    for (i = few ? FIRST_OF_FEW : 0; i < WAYS; i += few ? STEP_OF_FEW : 1) {
        begin(&ways[i]);
        for (p = 0; p < PLACES; p++)
            sweep(&ways[i], &places[p]);
        end();
    }
}

/* ---- PDUs lost, repeated, exchanged, added ---- */

/* Of a call's number, without security: a request or response of zeros, a fault, or no body. */
static struct buf made_up(enum rpc_type type, const struct relay_frame *f)
{
    const struct rpc_fault fault = { .status = RPC_S_INVALID_TAG };
    struct writer w = writer_new(RPC_FRAGMENT_MAX);
    struct buf b = { 0 };

    rpc_pdu_begin(&w, type, RPC_FIRST | RPC_LAST, f->bytes.ptr[CALL_AT]);
    if (type == RPC_FAULT)
        rpc_fault_write(&w, &fault);
    else if (type == RPC_REQUEST || type == RPC_RESPONSE)
        writer_zero(&w, 16);
    rpc_pdu_end(&w, NULL);
    assert_int_equal(writer_take(&w, &b), ERR_OK);
    return b;
}

static enum relay_verdict add(struct meddle *m, const struct meddle_rule *r, struct relay_frame *f)
{
    struct buf first = made_up(aim.added, f), both = { 0 };

    (void)m;
    (void)r;
    assert_int_equal(buf_new(first.len + f->bytes.len, &both), ERR_OK);
    memcpy(both.ptr, first.ptr, first.len);
    memcpy(both.ptr + first.len, f->bytes.ptr, f->bytes.len);
    buf_free(&first);
    buf_free(&f->bytes);
    f->bytes = both;
    return RELAY_PASS;
}

static void move(const struct way *w, const struct place *p, const char *what, meddle_edit *edit)
{
    struct outcome o;
    bool wrong;

    aim_at(p->type, edit, 0, 0);
    converse(edit == meddle_drop ? BRIEFLY : PATIENTLY, &o);
    if (w->level == CONNECT && p->type == RPC_REQUEST)
        return;
    wrong = (o.fate == FOOLED && p->type != RPC_FAULT) || o.executed > 1 ||
            (o.fate == PASSED && p->type != RPC_FAULT && o.executed != 1);
    if (edit == meddle_drop || edit == meddle_cut)
        wrong |= o.fate == PASSED;
    if (wrong)
        fail_msg("%s: a %s %s: %s, the client was told %d, %d calls ran", w->name, p->name, what,
                 fates[o.fate], (int)o.status, o.executed);
}

static void what_is_lost_or_repeated_is_missed(void **state)
{
    size_t i, p, len, trailer;

    (void)state;
    for (i = 0; i < WAYS; i++) {
        begin(&ways[i]);
        for (p = 0; p < PLACES; p++)
            if (look(&places[p], &len, &trailer)) {
                move(&ways[i], &places[p], "lost", meddle_drop);
                move(&ways[i], &places[p], "repeated", meddle_twice);
                move(&ways[i], &places[p], "cut off", meddle_cut);
            }
        end();
    }
}

static const struct addition {
    const char *name;
    uint8_t type, before;
} additions[] = {
    { "request", RPC_REQUEST, RPC_REQUEST },
    { "co_cancel", RPC_CO_CANCEL, RPC_REQUEST },
    { "orphaned", RPC_ORPHANED, RPC_REQUEST },
    { "auth3", RPC_AUTH3, RPC_REQUEST },
    { "bind", RPC_BIND, RPC_REQUEST },
    { "response", RPC_RESPONSE, RPC_RESPONSE },
    { "fault", RPC_FAULT, RPC_RESPONSE },
    { "bind_nak", RPC_BIND_NAK, RPC_RESPONSE },
    { "alter_context_resp", RPC_ALTER_ACK, RPC_RESPONSE },
    { "shutdown", RPC_SHUTDOWN, RPC_RESPONSE },
};

/* A fault he makes up is believed, and ends the call; nothing else is more than an end. */
static void what_is_added_does_nothing(void **state)
{
    const struct addition *a;
    struct outcome o;
    size_t i, n;
    bool up;

    (void)state;
    for (i = 0; i < WAYS; i++) {
        begin(&ways[i]);
        for (n = 0; n < sizeof additions / sizeof *additions; n++) {
            a = &additions[n];
            up = a->before == RPC_REQUEST;
            aim_at(a->before, add, 0, 0);
            pthread_mutex_lock(&aim.lock);
            aim.added = (enum rpc_type)a->type;
            pthread_mutex_unlock(&aim.lock);
            converse(PATIENTLY, &o);
            if (ways[i].level == CONNECT)
                continue;
            if (o.fate == FOOLED && !(a->type == RPC_FAULT && o.status == RPC_S_INVALID_TAG))
                fail_msg("%s: a %s was taken", ways[i].name, a->name);
            if (o.executed != (!up || o.fate == PASSED))
                fail_msg("%s: a %s had %d calls run", ways[i].name, a->name, o.executed);
        }
        end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_octet_is_turned_unseen),
        cmocka_unit_test(what_is_lost_or_repeated_is_missed),
        cmocka_unit_test(what_is_added_does_nothing),
    };

    return cmocka_run_group_tests(tests, hostile_set_up, hostile_tear_down);
}
