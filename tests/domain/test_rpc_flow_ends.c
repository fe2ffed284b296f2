/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_flow_ends.c - asynchronous pipes that end otherwise than they should: misused, aborted
 * and cancelled by either side in any state, slow, out of time, and cut.
 */
#include <stdlib.h>

#include "rpc_flow_home.h"
#include "rpc_flow_sync.h"

enum { LONG_TIME = 200000000 };

static int fresh(void **state)
{
    (void)state;
    flow_forget();
    return 0;
}

static struct flow *count(RPC_BINDING_HANDLE b, LONG way, RPC_NOTIFICATION_TYPES type)
{
    struct flow *f = flow_new(type, type != RpcNotificationTypeNone);

    RAISES(RPC_S_OK, FlowCount(&f->state, b, way, &f->bytes, &f->sum));
    if (f->state.Flags)
        flow_wait(f);
    return f;
}

static struct flow *make(RPC_BINDING_HANDLE b, LONG way, RPC_NOTIFICATION_TYPES type)
{
    struct flow *f = flow_new(type, false);

    RAISES(RPC_S_OK, FlowMake(&f->state, b, way, LONG_TIME, FLOW_BLOCK, &f->bytes, &f->sum));
    return f;
}

static void still_good(RPC_BINDING_HANDLE b)
{
    flow_send(b, RpcNotificationTypeEvent, FLOW_BY_ROUTINE, 100000, 10000);
    flow_receive(b, RpcNotificationTypeEvent, FLOW_BY_ROUTINE, 100000, 10000);
}

static void misuse_has_its_statuses(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct flow *f = count(b, FLOW_MISUSES, RpcNotificationTypeEvent);
    ULONG got = 9;

    (void)state;
    IS(f->bytes.pull(f->bytes.state, f->block, 1, &got), RPC_X_WRONG_PIPE_ORDER);
    assert_int_equal(got, 0);
    IS(f->bytes.push(f->bytes.state, NULL, 5), RPC_X_NULL_REF_POINTER);
    IS(RpcAsyncCompleteCall(&f->state, &f->reply), RPC_S_ASYNC_CALL_PENDING);
    OK(flow_push(f, 1000, 1000, true));
    IS(f->bytes.push(f->bytes.state, f->block, 5), RPC_X_PIPE_CLOSED);
    OK(flow_complete(f));
    assert_int_equal(f->reply, 1000);
    flow_free(f);
    f = flow_new(RpcNotificationTypeEvent, false);
    RAISES(RPC_S_OK, FlowMake(&f->state, b, FLOW_BY_ROUTINE, 100, 10, &f->bytes, &f->sum));
    IS(f->bytes.push(f->bytes.state, f->block, 5), RPC_X_WRONG_PIPE_ORDER);
    IS(f->bytes.pull(f->bytes.state, f->block, 0, &got), RPC_X_PIPE_APP_MEMORY);
    OK(flow_pull(f, 7));
    IS(f->bytes.pull(f->bytes.state, f->block, 7, &got), RPC_X_PIPE_EMPTY);
    OK(flow_complete(f));
    RAISES(RPC_X_NULL_REF_POINTER, FlowMake(&f->state, b, 0, 1, 1, NULL, &f->sum));
    flow_free(f);
    still_good(b);
    try_unbind(&b);
}

/* ---- by the server ---- */

static void the_server_ends_it(void **state)
{
    static const struct {
        LONG way;
        RPC_STATUS status;
    } cases[] = { { FLOW_RAISES, 4713 },
                  { FLOW_RETURNS, RPC_X_PIPE_DISCIPLINE_ERROR },
                  { FLOW_ABORTS, 4711 } };
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    struct flow *f;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        f = count(b, cases[i].way, RpcNotificationTypeEvent);
        IS(flow_push(f, LONG_TIME, FLOW_BLOCK, true), cases[i].status);
        IS(flow_complete(f), cases[i].status);
        flow_free(f);
    }
    f = make(b, FLOW_ABORTS, RpcNotificationTypeEvent);
    IS(flow_pull(f, FLOW_BLOCK), 4712);
    assert_in_range(f->at, 0, FLOW_BLOCK); /* what came together with the fault is lost */
    IS(flow_complete(f), 4712);
    flow_free(f);
    still_good(b);
    try_unbind(&b);
}

/* ---- by the client ---- */

static void given_up(struct flow *f, bool pulls)
{
    ULONG got = 0;

    OK(RpcAsyncCancelCall(&f->state, TRUE));
    IS(pulls ? f->bytes.pull(f->bytes.state, f->block, 1, &got)
             : f->bytes.push(f->bytes.state, f->block, 1),
       RPC_S_CALL_CANCELLED);
    IS(RpcAsyncGetCallStatus(&f->state), RPC_S_CALL_CANCELLED);
    IS(flow_complete(f), RPC_S_CALL_CANCELLED);
    flow_free(f);
}

/* Before anything, in the middle, and with all that fits on the way; the server is told. */
static void the_client_gives_it_up_while_it_pushes(void **state)
{
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    struct flow *f;
    int i;

    (void)state;
    given_up(count(b, FLOW_BY_ROUTINE, RpcNotificationTypeCallback), false);
    assert_int_equal(atomic_load(&flow_served), 0); /* so little does not leave alone */
    f = count(b, FLOW_BY_ROUTINE, RpcNotificationTypeEvent);
    OK(flow_push(f, 1000000, FLOW_BLOCK, false));
    given_up(f, false);
    try_until(&flow_ended, 1);
    f = count(b, FLOW_WAITS, RpcNotificationTypeCallback);
    for (i = 0; f->bytes.push(f->bytes.state, f->block, FLOW_BLOCK) != RPC_S_ASYNC_CALL_PENDING;)
        assert_true(++i < 1000); /* so much is not taken ahead */
    OK(RpcAsyncCancelCall(&f->state, TRUE));
    IS(flow_complete(f), RPC_S_CALL_CANCELLED);
    flow_free(f);
    flow_go_on();
    try_until(&flow_ended, 2);
    assert_int_equal(atomic_load(&flow_failed), 2);
    assert_int_equal(atomic_load(&flow_status), RPC_S_CALL_FAILED);
    still_good(b);
    try_unbind(&b);
}

static void the_client_gives_it_up_while_it_pulls(void **state)
{
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    struct flow *f;
    ULONG got = 0;
    int i;

    (void)state;
    f = make(b, FLOW_BY_ROUTINE, RpcNotificationTypeCallback);
    given_up(f, true); /* nothing was pulled */
    f = make(b, FLOW_WAITS, RpcNotificationTypeCallback);
    IS(f->bytes.pull(f->bytes.state, f->block, 1, &got), RPC_S_ASYNC_CALL_PENDING);
    given_up(f, true); /* a pull is pending */
    flow_go_on();
    f = make(b, FLOW_BY_ROUTINE, RpcNotificationTypeEvent);
    for (i = 0; i < 5;) {
        RPC_STATUS s = f->bytes.pull(f->bytes.state, f->block, FLOW_BLOCK, &got);

        if (s == RPC_S_ASYNC_CALL_PENDING)
            flow_wait(f);
        i += s == RPC_S_OK;
    }
    given_up(f, true);
    try_until(&flow_ended, 3);
    assert_int_equal(atomic_load(&flow_failed), 3);
    still_good(b);
    try_unbind(&b);
}

/* It is asked, and sees that where it looks; or answers all the same. */
static void the_client_asks_to_cancel(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct flow *f = count(b, FLOW_BY_ROUTINE, RpcNotificationTypeEvent);

    (void)state;
    OK(flow_push(f, 1000, 1000, false));
    OK(RpcAsyncCancelCall(&f->state, FALSE));
    OK(flow_push(f, 1000, 1000, true));
    OK(flow_complete(f));
    assert_int_equal(f->reply, 2000);
    flow_free(f);
    f = count(b, FLOW_BY_ROUTINE, RpcNotificationTypeEvent);
    OK(RpcAsyncCancelCall(&f->state, FALSE));
    OK(flow_push(f, 100000, 1000, false));
    while (atomic_load(&flow_pulled) < 100000)
        try_rest(1);
    OK(RpcAsyncCancelCall(&f->state, TRUE));
    IS(flow_complete(f), RPC_S_CALL_CANCELLED);
    flow_free(f);
    try_until(&flow_ended, 2);
    assert_int_equal(atomic_load(&flow_cancelled), 2);
    still_good(b);
    try_unbind(&b);
}

static void a_call_has_its_time(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct flow *f;

    (void)state;
    OK(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, 2000));
    f = count(b, FLOW_WAITS, RpcNotificationTypeNone);
    IS(flow_push(f, LONG_TIME, FLOW_BLOCK, false), RPC_S_CALL_CANCELLED); /* it waits in push */
    IS(flow_complete(f), RPC_S_CALL_CANCELLED);
    flow_free(f);
    flow_go_on();
    try_until(&flow_ended, 1); /* else the next would be who goes on */
    f = make(b, FLOW_WAITS, RpcNotificationTypeEvent);
    IS(flow_pull(f, 1000), RPC_S_CALL_CANCELLED);
    IS(flow_complete(f), RPC_S_CALL_CANCELLED);
    flow_free(f);
    flow_go_on();
    try_until(&flow_ended, 2);
    OK(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, 0));
    still_good(b);
    try_unbind(&b);
}

/* ---- a synchronous client's thread ---- */

struct caller {
    pthread_t thread;
    RPC_BINDING_HANDLE binding;
    LONGLONG left, sum;
    RPC_STATUS raised;
    byte room[50000];
};

static void caller_alloc(char *state, ULONG bsize, byte **buf, ULONG *bcount)
{
    struct caller *c = (struct caller *)(void *)state;

    *buf = c->room;
    *bcount = bsize < sizeof c->room ? bsize : (ULONG)sizeof c->room;
}

static void caller_pull(char *state, byte *buf, ULONG esize, ULONG *ecount)
{
    struct caller *c = (struct caller *)(void *)state;

    *ecount = c->left < esize ? (ULONG)c->left : esize;
    memset(buf, 1, *ecount);
    c->left -= *ecount;
}

static void caller_push(char *state, byte *buf, ULONG ecount)
{
    (void)state;
    (void)buf;
    (void)ecount;
}

static RPC_STATUS caller_call(struct caller *c, bool makes)
{
    SYNC_BYTES pipe = { caller_pull, caller_push, caller_alloc, (char *)c };
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        if (makes)
            (void)SyncMake(c->binding, FLOW_WAITS, LONG_TIME, FLOW_BLOCK, &pipe, &c->sum);
        else
            (void)SyncCount(c->binding, FLOW_WAITS, pipe, &c->sum);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

static void *caller_counts(void *arg)
{
    struct caller *c = arg;

    c->raised = caller_call(c, false);
    return NULL;
}

static void *caller_makes(void *arg)
{
    struct caller *c = arg;

    c->raised = caller_call(c, true);
    return NULL;
}

/* Blocked where the server takes no more, or sends nothing: it is given up in time. */
static void a_thread_that_waits_in_a_pipe_is_cancelled(void **state)
{
    static struct caller c;
    void *(*const how[])(void *) = { caller_counts, caller_makes };
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        flow_forget();
        c = (struct caller){ .binding = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY),
                             .left = LONG_TIME };
        assert_int_equal(pthread_create(&c.thread, NULL, how[i], &c), 0);
        try_until(&flow_served, 1);
        OK(RpcCancelThreadEx((void *)c.thread, 1));
        pthread_join(c.thread, NULL);
        IS(c.raised, RPC_S_CALL_CANCELLED);
        flow_go_on();
        try_until(&flow_ended, 1);
        assert_int_equal(atomic_load(&flow_failed), 1);
        still_good(c.binding);
        try_unbind(&c.binding);
    }
}

/* The server hears of it between two parts, and answers all the same. */
static void a_thread_that_waits_in_a_pipe_asks_to_cancel(void **state)
{
    static struct caller c;

    (void)state;
    c = (struct caller){ .binding = try_bind(), .left = 40000000 };
    assert_int_equal(pthread_create(&c.thread, NULL, caller_counts, &c), 0);
    try_until(&flow_served, 1);
    OK(RpcCancelThread((void *)c.thread));
    flow_go_on();
    pthread_join(c.thread, NULL);
    OK(c.raised);
    assert_int_equal(c.sum, 40000000);
    try_until(&flow_ended, 1);
    assert_int_equal(atomic_load(&flow_cancelled), 1);
    try_unbind(&c.binding);
}

/* ---- slow ones ---- */

/* A client that does not pull: the server's push is not over, and its connection serves no more. */
static void a_slow_client_makes_the_server_wait(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct flow *f = flow_new(RpcNotificationTypeEvent, false);

    (void)state;
    RAISES(RPC_S_OK,
           FlowMake(&f->state, b, FLOW_BY_EVENT, 30000000, FLOW_BLOCK, &f->bytes, &f->sum));
    try_rest(200);
    assert_int_equal(atomic_load(&flow_ended), 0);
    OK(flow_pull(f, FLOW_BLOCK));
    OK(flow_complete(f));
    assert_int_equal(f->reply, 30000000);
    flow_free(f);
    try_unbind(&b);
}

static void a_slow_server_makes_the_client_wait(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct flow *f = count(b, FLOW_WAITS, RpcNotificationTypeEvent);
    LONGLONG ahead = 0;
    RPC_STATUS s;

    (void)state;
    while ((s = f->bytes.push(f->bytes.state, (byte *)(uintptr_t)flow_from(ahead), 60000)) ==
           RPC_S_OK)
        ahead += 60000;
    IS(s, RPC_S_ASYNC_CALL_PENDING);
    assert_in_range(ahead, 60000, 40000000);
    flow_go_on();
    f->at = ahead;
    OK(flow_push(f, 1000000, 60000, true));
    OK(flow_complete(f));
    assert_int_equal(f->reply, ahead + 1000000);
    flow_free(f);
    try_unbind(&b);
}

/* Many at once, each on a connection of its own, and no thread for any of them. */
static void many_at_once(void **state)
{
    enum { MANY = 40 };
    static struct flow *f[MANY];
    RPC_BINDING_HANDLE b = try_bind();
    int i, round;

    (void)state;
    for (i = 0; i < MANY; i++)
        f[i] = count(b, FLOW_BY_ROUTINE, RpcNotificationTypeCallback);
    for (round = 0; round < 5; round++)
        for (i = 0; i < MANY; i++)
            OK(flow_push(f[i], 10000, 3000, false));
    for (i = 0; i < MANY; i++) {
        OK(flow_push(f[i], 0, 1, true));
        OK(flow_complete(f[i]));
        assert_int_equal(f[i]->reply, 50000);
        assert_int_equal(f[i]->sum, f[i]->sent);
        flow_free(f[i]);
    }
    try_unbind(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(misuse_has_its_statuses, fresh),
        cmocka_unit_test_setup(the_server_ends_it, fresh),
        cmocka_unit_test_setup(the_client_gives_it_up_while_it_pushes, fresh),
        cmocka_unit_test_setup(the_client_gives_it_up_while_it_pulls, fresh),
        cmocka_unit_test_setup(the_client_asks_to_cancel, fresh),
        cmocka_unit_test_setup(a_call_has_its_time, fresh),
        cmocka_unit_test_setup(a_thread_that_waits_in_a_pipe_is_cancelled, fresh),
        cmocka_unit_test_setup(a_thread_that_waits_in_a_pipe_asks_to_cancel, fresh),
        cmocka_unit_test_setup(a_slow_client_makes_the_server_wait, fresh),
        cmocka_unit_test_setup(a_slow_server_makes_the_client_wait, fresh),
        cmocka_unit_test_setup(many_at_once, fresh),
    };

    return cmocka_run_group_tests(tests, flow_start, flow_stop);
}
