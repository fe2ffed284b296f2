/* SPDX-License-Identifier: Apache-2.0
 * test_mailbox.c - calls left in a queue whose client waits for the answer: client and server of
 * one process, and what may happen to an answer on its way.
 */
#include <countersign/rpc.h>
#include <stdatomic.h>

#include "base/detail.h"
#include "lib/queue_post.h"
#include "lib/unit.h"
#include "rpc/mailbox.h"
#include "rpc/queue_server.h"

#define SPN (unsigned char *)"orders/server.example.com"

enum { NEXT, RAISE, MANY, LEFT, AGAIN, PROCEDURES };
enum { MANY_MOST = 1024 * 1024, THREADS = 8, CALLS = 20, LONG_MS = 60000, SHORT_MS = 30 };

static atomic_int executed;

static void next(CS_SERVER_CALL *call)
{
    ULONG n = CsNdrInU32(CsServerIn(call));
    CS_NDR_OUT *out;

    if (!CsServerReady(call))
        return;
    atomic_fetch_add(&executed, 1);
    out = CsServerOut(call);
    CsNdrOutU32(out, n + 1);
}

static void raise(CS_SERVER_CALL *call)
{
    if (CsServerReady(call))
        RpcRaiseException(4711);
}

static void many(CS_SERVER_CALL *call)
{
    ULONG n = CsNdrInU32(CsServerIn(call)), i;
    CS_NDR_OUT *out;

    if (!CsServerReady(call))
        return;
    out = CsServerOut(call);
    for (i = 0; i < n / 4; i++)
        CsNdrOutU32(out, i);
}

static const CS_SERVER_PROCEDURE procedures[PROCEDURES] = { { next, "Next", 0 },
                                                            { raise, "Raise", 0 },
                                                            { many, "Many", 0 },
                                                            { next, "Left", CS_CALL_MESSAGE },
                                                            { next, "Again", CS_CALL_IDEMPOTENT } };
static const CS_SERVER_INTERFACE server = { .Head = { .Length = sizeof server,
                                                      .StubAbi = CS_STUB_ABI,
                                                      .Side = CS_INTERFACE_SERVER,
                                                      .ProcedureCount = PROCEDURES,
                                                      .Id = { { 1, 2, 3, { 4 } }, 1, 0 },
                                                      .Name = "unit",
                                                      .Allocate = malloc,
                                                      .Free = free },
                                            .Procedures = procedures,
                                            .DefaultManagerEpv = procedures };
static const CS_CLIENT_INTERFACE client = { { .Length = sizeof client,
                                              .StubAbi = CS_STUB_ABI,
                                              .Side = CS_INTERFACE_CLIENT,
                                              .Id = { { 1, 2, 3, { 4 } }, 1, 0 },
                                              .Name = "unit",
                                              .Syntaxes = CS_SYNTAX_NDR | CS_SYNTAX_NDR64 } };

/* ---- around ---- */

static int begin(void **state)
{
    RPC_POLICY policy = { sizeof policy, 0, 0 };

    (void)state;
    post_begin();
    queued_set(post_functions());
    atomic_store(&executed, 0);
    assert_int_equal(RpcServerRegisterIfEx((RPC_IF_HANDLE)(uintptr_t)&server, NULL, NULL,
                                           RPC_IF_AUTOLISTEN | RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                                           8, NULL),
                     RPC_S_OK);
    assert_int_equal(
        RpcServerUseProtseqEpExA((RPC_CSTR) "ncadg_mq", 1, (RPC_CSTR) "orders", NULL, &policy),
        RPC_S_OK);
    return 0;
}

static int end(void **state)
{
    (void)state;
    rpc_mailbox_end();
    rpc_queues_end();
    (void)RpcServerUnregisterIf((RPC_IF_HANDLE)(uintptr_t)&server, NULL, 1);
    post_end();
    queued_set(NULL);
    return 0;
}

static RPC_BINDING_HANDLE bound(ULONG level, ULONG timeout)
{
    RPC_BINDING_HANDLE b = NULL;

    assert_int_equal(RpcBindingFromStringBindingA((RPC_CSTR) "ncadg_mq:[orders]", &b), RPC_S_OK);
    assert_int_equal(RpcBindingSetAuthInfoA(b, SPN, level, RPC_C_AUTHN_MQ, NULL, RPC_C_AUTHZ_NONE),
                     RPC_S_OK);
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, timeout), RPC_S_OK);
    return b;
}

/* As the stub of unsigned long Next([in] unsigned long n). */
static RPC_STATUS called(RPC_BINDING_HANDLE b, unsigned opnum, unsigned flags, ULONG n, ULONG *ret)
{
    CS_CLIENT_CALL call;
    CS_NDR_OUT *out = CsClientBegin(&call, &client, b, opnum, flags);
    CS_NDR_IN *in;

    CsNdrOutU32(out, n);
    in = CsClientSend(&call);
    if (in)
        *ret = CsNdrInU32(in);
    return CsClientEnd(&call);
}

/* Makes one call with that level and time-out. */
static RPC_STATUS one(ULONG level, ULONG timeout, unsigned opnum, ULONG n, ULONG *ret)
{
    RPC_BINDING_HANDLE b = bound(level, timeout);
    RPC_STATUS status = called(b, opnum, 0, n, ret);

    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
    return status;
}

static void works(void)
{
    ULONG got = 0;

    assert_int_equal(one(RPC_C_AUTHN_LEVEL_PKT_PRIVACY, LONG_MS, NEXT, 41, &got), RPC_S_OK);
    assert_int_equal(got, 42);
}

static void hold(bool on)
{
    pthread_mutex_lock(&post.lock);
    post.hold = on;
    pthread_cond_broadcast(&post.changed);
    pthread_mutex_unlock(&post.lock);
}

struct caller { /* on a thread of its own */
    pthread_t thread;
    ULONG timeout, got;
    RPC_STATUS status;
};

static void *call_next(void *arg)
{
    struct caller *c = arg;

    c->status = one(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, c->timeout, NEXT, 41, &c->got);
    return NULL;
}

static void start(struct caller *c)
{
    assert_int_equal(pthread_create(&c->thread, NULL, call_next, c), 0);
}

static void join(struct caller *c)
{
    assert_int_equal(pthread_join(c->thread, NULL), 0);
}

/* ---- answers ---- */

static void an_answer_comes_back(void **state)
{
    static const ULONG levels[] = { RPC_C_AUTHN_LEVEL_NONE, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
                                    RPC_C_AUTHN_LEVEL_PKT_PRIVACY };
    ULONG got;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof levels / sizeof *levels; i++) {
        got = 0;
        assert_int_equal(one(levels[i], 0, NEXT, 41, &got), RPC_S_OK);
        assert_int_equal(got, 42);
        assert_int_equal(post.last_level, levels[i]);
    }
    post_wait(&post.executed, 3);
    assert_int_equal(post.boxes, 1);
}

static void an_exception_is_an_answer(void **state)
{
    ULONG got = 0;

    (void)state;
    assert_int_equal(one(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, LONG_MS, RAISE, 1, &got), 4711);
    post_wait(&post.executed, 1); /* and it is not tried again */
    assert_int_equal(post.failed, 0);
}

static void a_great_answer_comes_whole(void **state)
{
    RPC_BINDING_HANDLE b = bound(RPC_C_AUTHN_LEVEL_PKT_PRIVACY, LONG_MS);
    CS_CLIENT_CALL call;
    CS_NDR_IN *in;
    ULONG i;

    (void)state;
    CsNdrOutU32(CsClientBegin(&call, &client, b, MANY, 0), MANY_MOST);
    in = CsClientSend(&call);
    assert_non_null(in);
    for (i = 0; i < MANY_MOST / 4; i++)
        assert_int_equal(CsNdrInU32(in), i);
    assert_int_equal(CsClientEnd(&call), RPC_S_OK);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void *call_often(void *arg)
{
    struct caller *c = arg;
    RPC_BINDING_HANDLE b = bound(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, LONG_MS);
    ULONG i, got = 0;

    for (i = 0; i < CALLS && !c->status; i++) {
        c->status = called(b, NEXT, 0, c->timeout + i, &got);
        c->got += got == c->timeout + i + 1;
    }
    RpcBindingFree(&b);
    return NULL;
}

static void several_threads_wait_at_one_queue(void **state)
{
    struct caller all[THREADS] = { { 0 } };
    ULONG i;

    (void)state;
    for (i = 0; i < THREADS; i++) {
        all[i].timeout = 1000 * i; /* what it asks */
        assert_int_equal(pthread_create(&all[i].thread, NULL, call_often, &all[i]), 0);
    }
    for (i = 0; i < THREADS; i++) {
        join(&all[i]);
        assert_int_equal(all[i].status, RPC_S_OK);
        assert_int_equal(all[i].got, CALLS);
    }
    assert_int_equal(post.boxes, 1);
}

/* ---- time ---- */

static void the_server_may_come_later(void **state)
{
    struct caller c = { .timeout = LONG_MS };

    (void)state;
    hold(true);
    start(&c);
    post_wait(&post.asked, 1);
    hold(false);
    join(&c);
    assert_int_equal(c.status, RPC_S_OK);
    assert_int_equal(c.got, 42);
}

static void the_time_may_be_up(void **state)
{
    ULONG got = 0;

    (void)state;
    hold(true);
    assert_int_equal(one(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, SHORT_MS, NEXT, 41, &got),
                     RPC_S_CALL_CANCELLED);
    assert_int_equal(post.last_receive_seconds, 5); /* after which nobody executes it */
    hold(false);
    post_wait(&post.answered, 1); /* nobody waits for that one */
    works();
    assert_int_equal(got, 0);
}

static void it_never_lives_longer_than_it_was_told_to(void **state)
{
    RPC_BINDING_HANDLE b = bound(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, LONG_MS);
    ULONG got = 0;

    (void)state;
    assert_int_equal(called(b, NEXT, 0, 1, &got), RPC_S_OK);
    assert_int_equal(post.last_receive_seconds, LONG_MS / 1000 + 5);
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_MQ_TIME_TO_BE_RECEIVED, 7), RPC_S_OK);
    assert_int_equal(called(b, NEXT, 0, 1, &got), RPC_S_OK);
    assert_int_equal(post.last_receive_seconds, 7);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void a_cancel_ends_the_wait(void **state)
{
    struct caller c = { .timeout = 0 };

    (void)state;
    hold(true);
    start(&c);
    post_wait(&post.asked, 1);
    assert_int_equal(RpcCancelThread((void *)c.thread), RPC_S_OK);
    join(&c);
    assert_int_equal(c.status, RPC_S_CALL_CANCELLED);
    hold(false);
    post_wait(&post.answered, 1);
    works();
}

static void cancel_oneself(void)
{
    assert_int_equal(RpcCancelThread((void *)pthread_self()), RPC_S_OK);
}

static void a_cancel_counts_while_the_call_is_handed_over(void **state)
{
    ULONG got = 0;

    (void)state;
    hold(true);
    post.asking = cancel_oneself;
    assert_int_equal(one(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, 0, NEXT, 41, &got), RPC_S_CALL_CANCELLED);
    post.asking = NULL;
    hold(false);
    works();
}

static void a_cancel_before_the_call_counts(void **state)
{
    ULONG got = 0;

    (void)state;
    works(); /* this thread is known then */
    hold(true);
    assert_int_equal(RpcCancelThread((void *)pthread_self()), RPC_S_OK);
    assert_int_equal(one(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, 0, NEXT, 41, &got), RPC_S_CALL_CANCELLED);
    hold(false);
    works();
}

/* ---- answers that are none ---- */

static const uint8_t forged[12] = { [8] = 13 };

/* Puts an answer of 13 to the call that waits, as change makes it; then lets the true one come. */
static void forge(void (*change)(struct post_answer *a))
{
    struct caller c = { .timeout = LONG_MS };
    struct post_answer a = { .level = QUEUED_LEVEL_PRIVACY,
                             .copies = 1,
                             .body = bytes_of(forged, sizeof forged) };

    hold(true);
    start(&c);
    post_wait(&post.asked, 1);
    memcpy(a.to, post.last_id, sizeof a.to);
    (void)snprintf(a.sid, sizeof a.sid, "%s", post_server);
    change(&a);
    post_put_answer(&a);
    hold(false);
    join(&c);
    assert_int_equal(c.status, RPC_S_OK);
    assert_int_equal(c.got, 42);
}

static void of_another_account(struct post_answer *a)
{
    (void)snprintf(a->sid, sizeof a->sid, "%s", post_alice);
}

static void to_another_call(struct post_answer *a)
{
    a->to[15] ^= 1;
}

static void without_protection(struct post_answer *a)
{
    a->level = QUEUED_LEVEL_NONE;
}

static void without_a_body(struct post_answer *a)
{
    a->body.len = 7;
}

static void an_answer_of_another_account_is_dropped(void **state)
{
    (void)state;
    forge(of_another_account);
}

static void an_answer_to_another_call_is_dropped(void **state)
{
    (void)state;
    forge(to_another_call);
}

static void an_answer_protected_less_is_dropped(void **state)
{
    (void)state;
    forge(without_protection);
}

static void what_is_no_answer_is_dropped(void **state)
{
    (void)state;
    forge(without_a_body);
}

static void twice(struct post_answer *a)
{
    static const uint8_t id[QUEUED_ID] = { 9 };

    memcpy(a->to, id, sizeof id); /* the true one goes astray */
}

static void the_wait_goes_on_when_an_answer_goes_astray(void **state)
{
    ULONG got = 0;

    (void)state;
    pthread_mutex_lock(&post.lock);
    post.meddle = twice;
    pthread_mutex_unlock(&post.lock);
    assert_int_equal(one(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, SHORT_MS, NEXT, 41, &got),
                     RPC_S_CALL_CANCELLED);
    assert_int_equal(got, 0);
}

/* ---- failures ---- */

static void what_is_not_accepted_fails(void **state)
{
    ULONG got = 0;

    (void)state;
    post.ask_fails = ERR_RPC_RESOURCES;
    assert_int_equal(one(RPC_C_AUTHN_LEVEL_NONE, LONG_MS, NEXT, 41, &got), RPC_S_OUT_OF_RESOURCES);
}

static void a_manager_that_goes_away_takes_the_answers_with_it(void **state)
{
    struct caller c = { .timeout = 0 };

    (void)state;
    hold(true);
    start(&c);
    post_wait(&post.asked, 1);
    pthread_mutex_lock(&post.lock);
    post.lose = true;
    pthread_cond_broadcast(&post.changed);
    pthread_mutex_unlock(&post.lock);
    join(&c);
    assert_int_equal(c.status, RPC_S_CALL_FAILED);
    post_wait(&post.boxes_closed, 1);
    pthread_mutex_lock(&post.lock);
    post.lose = false;
    pthread_mutex_unlock(&post.lock);
    hold(false);
    works(); /* by a new one */
    assert_int_equal(post.boxes, 2);
}

static void what_is_refused_is_told(void **state)
{
    CS_CLIENT_CALL call;
    ULONG got = 0;
    RPC_BINDING_HANDLE b = bound(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, LONG_MS);

    (void)state;
    assert_int_equal(called(b, PROCEDURES, 0, 1, &got), RPC_S_PROCNUM_OUT_OF_RANGE);
    assert_int_equal(called(b, LEFT, 0, 1, &got), RPC_S_PROCNUM_OUT_OF_RANGE);
    (void)CsClientBegin(&call, &client, b, NEXT, 0);
    assert_null(CsClientSend(&call));
    assert_int_equal(CsClientEnd(&call), RPC_X_BAD_STUB_DATA);
    assert_int_equal(atomic_load(&executed), 0);
    post_wait(&post.refused, 3);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void a_queue_that_asks_for_more_says_so(void **state)
{
    RPC_POLICY policy = { sizeof policy, RPC_C_MQ_AUTHN_LEVEL_PKT_PRIVACY, 0 };
    RPC_BINDING_HANDLE b = NULL;
    ULONG got = 0;

    (void)state;
    assert_int_equal(
        RpcServerUseProtseqEpExA((RPC_CSTR) "ncadg_mq", 1, (RPC_CSTR) "secret", NULL, &policy),
        RPC_S_OK);
    assert_int_equal(RpcBindingFromStringBindingA((RPC_CSTR) "ncadg_mq:[secret]", &b), RPC_S_OK);
    assert_int_equal(called(b, NEXT, 0, 1, &got), RPC_S_ACCESS_DENIED);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

/* Its server was lost while it executed the call: whether it did is not known. */
static void what_was_begun_before_is_not_executed_again(void **state)
{
    ULONG got = 0;

    (void)state;
    post.deliveries = 1;
    assert_int_equal(one(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, LONG_MS, NEXT, 41, &got),
                     RPC_S_CALL_FAILED);
    assert_int_equal(atomic_load(&executed), 0);
    assert_int_equal(one(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, LONG_MS, AGAIN, 41, &got), RPC_S_OK);
    assert_int_equal(got, 42);
}

static void an_answer_that_cannot_leave_is_no_reason_to_execute_again(void **state)
{
    ULONG got = 0;

    (void)state;
    post.reply_fails = ERR_ACCESS_DENIED;
    assert_int_equal(one(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, SHORT_MS, NEXT, 41, &got),
                     RPC_S_CALL_CANCELLED);
    post_wait(&post.executed, 1);
    assert_int_equal(atomic_load(&executed), 1);
}

int main(void)
{
#define ONE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    static const struct CMUnitTest tests[] = {
        ONE(an_answer_comes_back),
        ONE(an_exception_is_an_answer),
        ONE(a_great_answer_comes_whole),
        ONE(several_threads_wait_at_one_queue),
        ONE(the_server_may_come_later),
        ONE(the_time_may_be_up),
        ONE(it_never_lives_longer_than_it_was_told_to),
        ONE(a_cancel_ends_the_wait),
        ONE(a_cancel_counts_while_the_call_is_handed_over),
        ONE(a_cancel_before_the_call_counts),
        ONE(an_answer_of_another_account_is_dropped),
        ONE(an_answer_to_another_call_is_dropped),
        ONE(an_answer_protected_less_is_dropped),
        ONE(what_is_no_answer_is_dropped),
        ONE(the_wait_goes_on_when_an_answer_goes_astray),
        ONE(what_is_not_accepted_fails),
        ONE(a_manager_that_goes_away_takes_the_answers_with_it),
        ONE(what_is_refused_is_told),
        ONE(a_queue_that_asks_for_more_says_so),
        ONE(what_was_begun_before_is_not_executed_again),
        ONE(an_answer_that_cannot_leave_is_no_reason_to_execute_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
