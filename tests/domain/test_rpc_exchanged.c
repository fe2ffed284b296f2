/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_exchanged.c - two calls are out on one connection, and a man in the middle tells each
 * answer to be the other's.  docs/protocol/rpc-middle.md
 *
 * A server of ours signs headers. So that it does not, he takes the client's wish away, and this
 * server overlooks what the verification trailer says of it: the linker puts a function of this
 * file in place of the one that looks.
 */
#include "lib/relay.h"
#include "rpc/pdu.h"
#include "rpc/trailer.h"
#include "rpc_later_home.h"

enum { TYPE_AT = 2, FLAGS_AT = 3, CALL_AT = 12, CALL_LEN = 4 };
enum { FIRST = 7, SECOND = 80 }; /* what the two calls are asked; of texts of different lengths */

enum err look_really(struct bytes stub, const struct rpc_verify *v,
                     struct bytes *ret) __asm__("__real_rpc_trailer_check");
enum err overlook(struct bytes stub, const struct rpc_verify *v,
                  struct bytes *ret) __asm__("__wrap_rpc_trailer_check");

enum err overlook(struct bytes stub, const struct rpc_verify *v, struct bytes *ret)
{
    struct rpc_verify lenient = *v;

    lenient.header_signing_supported = true;
    return look_really(stub, &lenient, ret);
}

/* ---- the man in the middle ---- */

static atomic_bool header_signing;
static atomic_int answers;
static unsigned of_first; /* the connection on which the first answer came; his thread's */
static struct buf first_answer;

/* Both go on in the order in which they came: each has the place that its signature says. */
static void exchange(struct relay_frame *f)
{
    uint8_t id[CALL_LEN];
    struct buf both = { 0 };

    memcpy(id, f->bytes.ptr + CALL_AT, CALL_LEN);
    memcpy(f->bytes.ptr + CALL_AT, first_answer.ptr + CALL_AT, CALL_LEN);
    memcpy(first_answer.ptr + CALL_AT, id, CALL_LEN);
    if (buf_new(first_answer.len + f->bytes.len, &both))
        abort();
    memcpy(both.ptr, first_answer.ptr, first_answer.len);
    memcpy(both.ptr + first_answer.len, f->bytes.ptr, f->bytes.len);
    buf_free(&first_answer);
    buf_free(&f->bytes);
    f->bytes = both;
}

/* The first call's answer for the second's, which is on another connection. */
static void replace(struct relay_frame *f)
{
    memcpy(first_answer.ptr + CALL_AT, f->bytes.ptr + CALL_AT, CALL_LEN);
    buf_free(&f->bytes);
    f->bytes = first_answer;
    first_answer = (struct buf){ 0 };
}

static enum relay_verdict meddle(void *arg, struct relay_frame *f)
{
    (void)arg;
    if (f->from_client && f->bytes.ptr[TYPE_AT] == RPC_BIND && !atomic_load(&header_signing))
        f->bytes.ptr[FLAGS_AT] &= (uint8_t)~RPC_SUPPORT_HEADER_SIGN;
    if (f->from_client || f->bytes.ptr[TYPE_AT] != RPC_RESPONSE)
        return RELAY_PASS;
    if (atomic_load(&answers) == 0) {
        of_first = f->connection;
        if (buf_copy(buf_view(f->bytes), &first_answer))
            abort();
        atomic_fetch_add(&answers, 1);
        return RELAY_DROP;
    }
    if (f->connection == of_first)
        exchange(f);
    else
        replace(f);
    atomic_fetch_add(&answers, 1);
    return RELAY_PASS;
}

static struct relay *stand_between(bool headers_signed)
{
    const struct relay_how how = { .to_port = (unsigned)atoi(try_port()),
                                   .framing = &relay_rpc,
                                   .meddle = meddle };
    struct relay *r = NULL;

    atomic_store(&header_signing, headers_signed);
    atomic_store(&answers, 0);
    assert_int_equal(relay_new(&how, &r), ERR_OK);
    return r;
}

/* ---- the calls ---- */

static RPC_BINDING_HANDLE bind_through(const struct relay *r, ULONG level)
{
    RPC_BINDING_HANDLE b;
    char port[8];

    snprintf(port, sizeof port, "%u", relay_port(r));
    b = try_bind_to(NULL, "127.0.0.1", port);
    OK(RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, TRUE));
    try_authenticate(b, unit_env("PERSON"), unit_env("PERSON_PASSWORD"), level,
                     RPC_C_AUTHN_GSS_KERBEROS);
    return b;
}

/* Both are out before either is answered; the second's answer is the later one. */
static void ask_both(RPC_BINDING_HANDLE b, struct later_call calls[2])
{
    later_forget();
    later_prepare(&calls[0], RpcNotificationTypeNone);
    later_prepare(&calls[1], RpcNotificationTypeNone);
    OK(later_keep(&calls[0], b, FIRST));
    later_until(1);
    OK(later_keep(&calls[1], b, SECOND));
    later_until(2);
    OK(later_complete(0));
    try_until(&answers, 1);
    OK(later_complete(1));
}

static void refused(struct later_call *c)
{
    IS(later_wait(c), RPC_S_ACCESS_DENIED);
    IS(RpcAsyncCompleteCall(&c->state, &c->reply), RPC_S_ACCESS_DENIED);
    assert_null(c->back);
}

/* ---- who notices ---- */

/* The connection ends with the first answer that is not what it says. */
static void signed_headers_tell_whose_answer_it_is(void **state)
{
    ULONG level;

    (void)state;
    for (level = RPC_C_AUTHN_LEVEL_PKT; level <= RPC_C_AUTHN_LEVEL_PKT_PRIVACY; level++) {
        struct relay *r = stand_between(true);
        RPC_BINDING_HANDLE b = bind_through(r, level);
        struct later_call calls[2];

        ask_both(b, calls);
        refused(&calls[0]);
        refused(&calls[1]);
        try_unbind(&b);
        relay_free(r);
    }
}

/* Each call has a connection of its own, and what another's keys signed is no answer there. */
static void without_them_a_call_has_keys_of_its_own(void **state)
{
    ULONG level;

    (void)state;
    for (level = RPC_C_AUTHN_LEVEL_PKT; level <= RPC_C_AUTHN_LEVEL_PKT_PRIVACY; level++) {
        struct relay *r = stand_between(false);
        RPC_BINDING_HANDLE b = bind_through(r, level);
        struct later_call calls[2];

        ask_both(b, calls);
        refused(&calls[1]);
        IS(RpcAsyncGetCallStatus(&calls[0].state), RPC_S_ASYNC_CALL_PENDING); /* it was dropped */
        relay_free(r);
        IS(later_wait(&calls[0]), RPC_S_CALL_FAILED);
        IS(RpcAsyncCompleteCall(&calls[0].state, &calls[0].reply), RPC_S_CALL_FAILED);
        try_unbind(&b);
    }
}

static void at_level_connect_nobody_notices(void **state)
{
    struct relay *r = stand_between(true);
    RPC_BINDING_HANDLE b = bind_through(r, RPC_C_AUTHN_LEVEL_CONNECT);
    struct later_call calls[2];

    (void)state;
    ask_both(b, calls);
    later_good(&calls[0], SECOND);
    later_good(&calls[1], FIRST);
    try_unbind(&b);
    relay_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signed_headers_tell_whose_answer_it_is),
        cmocka_unit_test(without_them_a_call_has_keys_of_its_own),
        cmocka_unit_test(at_level_connect_nobody_notices),
    };

    return cmocka_run_group_tests(tests, later_start, later_stop);
}
