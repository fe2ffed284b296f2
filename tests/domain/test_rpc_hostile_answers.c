/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_hostile_answers.c - each octet of an answer turned, where headers are not signed: what a
 * client takes from a server that does not sign them, and somebody between the two.
 *
 * Servers of ours always do. So the man in the middle takes the client's wish away, and this
 * server, unlike any other of ours, overlooks what the verification trailer says of it: the linker
 * puts a function of this file in place of the one that looks.
 */
#include <pthread.h>

#include "domain/hostile_meddle.h"
#include "rpc/trailer.h"

enum { BRIEFLY = 400, PATIENTLY = 60000 }; /* milliseconds; briefly where a length waits */
enum { FLAGS_AT = 3, DREP_AT = 4, LENGTH_AT = 8, AUTH_AT = 10, CALL_AT = 12, HINT_AT = 16 };
enum { CONTEXT_AT = 20, CANCELS_AT = 22, PADDING_AT = 2, SECURITY_ID_AT = 4 }; /* sec_trailer's */
enum { BIG_ENDIAN_TOO = 0x10 };

enum err look_really(struct bytes stub, const struct rpc_verify *v,
                     struct bytes *ret) __asm__("__real_rpc_trailer_check");
enum err overlook(struct bytes stub, const struct rpc_verify *v,
                  struct bytes *ret) __asm__("__wrap_rpc_trailer_check");

static atomic_uint overlooked;

enum err overlook(struct bytes stub, const struct rpc_verify *v, struct bytes *ret)
{
    struct rpc_verify lenient = *v;

    atomic_fetch_add(&overlooked, !v->header_signing_supported);
    lenient.header_signing_supported = true;
    return look_really(stub, &lenient, ret);
}

/* ---- the man in the middle ---- */

static struct {
    pthread_mutex_t lock;
    size_t at;
    uint8_t turned;
    size_t len, trailer; /* of the answer */
} aim = { .lock = PTHREAD_MUTEX_INITIALIZER };
static size_t answer_len, answer_trailer; /* of the last one, for the test's thread */

static enum relay_verdict wish_away(struct meddle *m, const struct meddle_rule *r,
                                    struct relay_frame *f)
{
    (void)m;
    (void)r;
    f->bytes.ptr[FLAGS_AT] &= (uint8_t)~RPC_SUPPORT_HEADER_SIGN;
    return RELAY_PASS;
}

static enum relay_verdict turn(struct meddle *m, const struct meddle_rule *r, struct relay_frame *f)
{
    size_t auth = f->bytes.ptr[AUTH_AT] | (size_t)f->bytes.ptr[AUTH_AT + 1] << 8;

    (void)m;
    (void)r;
    pthread_mutex_lock(&aim.lock);
    aim.len = f->bytes.len;
    aim.trailer = aim.len - auth - RPC_SEC_TRAILER_SIZE;
    if (aim.at < f->bytes.len)
        f->bytes.ptr[aim.at] ^= aim.turned;
    pthread_mutex_unlock(&aim.lock);
    return RELAY_PASS;
}

static struct meddle middle = { .rule = { { true, RPC_BIND, MEDDLE_EVERY, wish_away, 0, 0 },
                                          { false, RPC_RESPONSE, MEDDLE_EVERY, turn, 0, 0 } } };

static RPC_STATUS converse(RPC_BINDING_HANDLE original, size_t at, uint8_t bit)
{
    bool waits = at == LENGTH_AT || at == LENGTH_AT + 1 || at == DREP_AT; /* for more octets */
    RPC_BINDING_HANDLE b = NULL;
    RPC_STATUS status;

    pthread_mutex_lock(&aim.lock);
    aim.at = at;
    aim.turned = bit;
    pthread_mutex_unlock(&aim.lock);
    assert_int_equal(RpcBindingCopy(original, &b), RPC_S_OK);
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, waits ? BRIEFLY : PATIENTLY),
                     RPC_S_OK);
    status = hostile_add(b);
    hostile_free(&b);
    hostile_all_is_well();
    pthread_mutex_lock(&aim.lock);
    answer_len = aim.len;
    answer_trailer = aim.trailer;
    pthread_mutex_unlock(&aim.lock);
    return status;
}

/* ---- an octet ---- */

enum fate {
    REFUSED,
    TAKEN,  /* for what it was */
    FOOLED, /* the result is another, or the exception one that no routine raised */
};

static enum fate fate_of(RPC_STATUS s)
{
    if (s == RPC_S_OK)
        return TAKEN;
    return s == RPC_S_CALL_CANCELLED || hostile_is_an_end(s) ? REFUSED : FOOLED;
}

/* Minor version, flags, data representation, alloc_hint, count of cancels and what is reserved. And
 * how much of the end is padding, so that a result is cut short, or has some zeros behind it. */
static bool is_open(size_t at, size_t trailer)
{
    return at == 1 || at == FLAGS_AT || (at >= DREP_AT && at < LENGTH_AT) ||
           (at >= HINT_AT && at < CONTEXT_AT) || at == CANCELS_AT || at == CANCELS_AT + 1 ||
           at == trailer + PADDING_AT || at == trailer + 3;
}

static void judge(ULONG level, size_t at, uint8_t bit, RPC_STATUS status)
{
    bool short_result = at == answer_trailer + PADDING_AT && status == RPC_X_BAD_STUB_DATA;
    enum fate fate = fate_of(status);

    if ((fate == FOOLED && !short_result) || (fate == TAKEN && !is_open(at, answer_trailer)))
        fail_msg("level %u: octet %zu of an answer (security at %zu), turned by %#x: status %d",
                 (unsigned)level, at, answer_trailer, bit, (int)status);
}

static void sweep(ULONG level)
{
    static const uint8_t bits[] = { 0x01, 0x04, 0x10 };
    struct hostile_as as = hostile_alice(level);
    RPC_BINDING_HANDLE original = hostile_binding(meddle_begin(&middle), &as);
    unsigned fates[3] = { 0 };
    size_t at, i;

    assert_int_equal(converse(original, 0, 0), RPC_S_OK);
    for (at = 0; at < answer_len; at++)
        for (i = 0; i < sizeof bits; i++) {
            RPC_STATUS status = converse(original, at, bits[i]);

            judge(level, at, bits[i], status);
            fates[fate_of(status)]++;
        }
    print_message("level %u: %u refused, %u taken for what they were, %u of which a stub was cut\n",
                  (unsigned)level, fates[REFUSED], fates[TAKEN], fates[FOOLED]);
    hostile_free(&original);
    meddle_end(&middle);
}

static void no_octet_of_an_answers_stub_is_turned_unseen(void **state)
{
    ULONG level;

    (void)state;
    for (level = RPC_C_AUTHN_LEVEL_PKT; level <= RPC_C_AUTHN_LEVEL_PKT_PRIVACY; level++)
        sweep(level);
    assert_true(atomic_load(&overlooked) > 0);
}

/* ---- several ---- */

static void reverse(struct relay_frame *f, size_t at, size_t n)
{
    uint8_t *p = f->bytes.ptr + at;
    size_t i;

    for (i = 0; i < n / 2; i++) {
        uint8_t first = p[i];

        p[i] = p[n - 1 - i];
        p[n - 1 - i] = first;
    }
}

/* The header says the same as before, but that all is big-endian. */
static enum relay_verdict turn_round(struct meddle *m, const struct meddle_rule *r,
                                     struct relay_frame *f)
{
    size_t auth = f->bytes.ptr[AUTH_AT] | (size_t)f->bytes.ptr[AUTH_AT + 1] << 8;

    (void)m;
    (void)r;
    reverse(f, f->bytes.len - auth - RPC_SEC_TRAILER_SIZE + SECURITY_ID_AT, 4);
    f->bytes.ptr[DREP_AT] ^= BIG_ENDIAN_TOO;
    reverse(f, LENGTH_AT, 2);
    reverse(f, AUTH_AT, 2);
    reverse(f, CALL_AT, 4);
    reverse(f, HINT_AT, 4);
    reverse(f, CONTEXT_AT, 2);
    return RELAY_PASS;
}

/* Nothing but the header tells NDR's byte order: what it says of a signed result is believed, where
 * headers are not signed. NDR64 has but one. */
static void a_result_may_be_read_the_other_way_round(void **state)
{
    struct hostile_as as = hostile_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    struct meddle unsigned_headers = { .rule = { { true, RPC_BIND, MEDDLE_EVERY, wish_away, 0, 0 },
                                                 { false, RPC_RESPONSE, MEDDLE_EVERY, turn_round, 0,
                                                   0 } } };
    struct meddle signed_headers = { .rule = { { false, RPC_RESPONSE, MEDDLE_EVERY, turn_round, 0,
                                                 0 } } };
    RPC_BINDING_HANDLE b;

    (void)state;
    assert_int_equal(CsSetPolicy("ndr64", CS_POLICY_ENFORCE), SEC_E_OK); /* NDR alone */
    b = hostile_binding(meddle_begin(&unsigned_headers), &as);
    assert_int_equal(hostile_add(b), -1); /* another sum */
    hostile_free(&b);
    meddle_end(&unsigned_headers);
    b = hostile_binding(meddle_begin(&signed_headers), &as);
    assert_true(hostile_is_an_end(hostile_add(b)));
    hostile_free(&b);
    meddle_end(&signed_headers);
    assert_int_equal(CsSetPolicy("ndr64", CS_POLICY_OFF), SEC_E_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_octet_of_an_answers_stub_is_turned_unseen),
        cmocka_unit_test(a_result_may_be_read_the_other_way_round),
    };

    return cmocka_run_group_tests(tests, hostile_set_up, hostile_tear_down);
}
