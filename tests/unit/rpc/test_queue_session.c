/* SPDX-License-Identifier: Apache-2.0
 * test_queue_session.c - connections whose octets travel as messages: client and server of one
 * process, and what may happen to a frame on its way.
 */
#include <countersign/rpc.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/queue_post.h"
#include "lib/unit.h"
#include "rpc/binding.h"
#include "rpc/mailbox.h"
#include "rpc/queue_frame.h"
#include "rpc/queue_server.h"
#include "rpc/queue_session.h"

enum { NEXT, RAISE, MANY, LEFT, LOSE, PROCEDURES };
enum { MANY_MOST = 2 * 1024 * 1024, THREADS = 6, CALLS = 10, LONG_MS = 120000, SHORT_MS = 30 };
enum { OF_ONE_MOST = 64, TRIES = 6000 };
enum { TO_SERVER, TO_CLIENT };

static atomic_int executed;

static void next(CS_SERVER_CALL *call)
{
    ULONG n = CsNdrInU32(CsServerIn(call));

    if (!CsServerReady(call))
        return;
    atomic_fetch_add(&executed, 1);
    CsNdrOutU32(CsServerOut(call), n + 1);
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

/* The manager of queues goes away while it is executed. */
static void lose(CS_SERVER_CALL *call)
{
    if (!CsServerReady(call))
        return;
    atomic_fetch_add(&executed, 1); /* its client may hear of the end before this goes on */
    pthread_mutex_lock(&post.lock);
    post.lose = true;
    pthread_cond_broadcast(&post.changed);
    pthread_mutex_unlock(&post.lock);
    CsNdrOutU32(CsServerOut(call), 1);
}

static const CS_SERVER_PROCEDURE procedures[PROCEDURES] = { { next, "Next", 0 },
                                                            { raise, "Raise", 0 },
                                                            { many, "Many", 0 },
                                                            { next, "Left", CS_CALL_MESSAGE },
                                                            { lose, "Lose", 0 } };
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

static void use_queue(const char *name, ULONG flags)
{
    RPC_POLICY policy = { sizeof policy, flags, 0 };

    assert_int_equal(RpcServerUseProtseqEpExA((RPC_CSTR) "ncadg_mq", 1, (RPC_CSTR)(uintptr_t)name,
                                              NULL, &policy),
                     RPC_S_OK);
}

static int begin(void **state)
{
    (void)state;
    post_begin();
    queued_set(post_functions());
    atomic_store(&executed, 0);
    assert_int_equal(RpcServerRegisterIfEx((RPC_IF_HANDLE)(uintptr_t)&server, NULL, NULL,
                                           RPC_IF_AUTOLISTEN | RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                                           64, NULL),
                     RPC_S_OK);
    use_queue("orders", 0);
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

/* Of a session, whose connection nobody has authenticated, and which is no other binding's. */
static RPC_BINDING_HANDLE bound(const char *queue, ULONG timeout)
{
    const struct rpc_string_binding name = { .address = "", .endpoint = queue };
    struct rpc_binding *b = NULL;
    void *handle = NULL;

    assert_int_equal(rpc_binding_over(&rpc_queue_session_transport, &name, &b), ERR_OK);
    rpc_binding_set_unique(b, true);
    rpc_binding_do_not_linger(b);
    rpc_binding_set_call_timeout(b, timeout);
    assert_int_equal(rpc_binding_publish(b, &handle), ERR_OK);
    return handle;
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

static void works_with(RPC_BINDING_HANDLE b)
{
    ULONG got = 0;

    assert_int_equal(called(b, NEXT, 0, 41, &got), RPC_S_OK);
    assert_int_equal(got, 42);
}

static void works(void)
{
    RPC_BINDING_HANDLE b = bound("orders", LONG_MS);

    works_with(b);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static RPC_STATUS call_many(RPC_BINDING_HANDLE b)
{
    CS_CLIENT_CALL call;
    CS_NDR_IN *in;
    ULONG i;

    CsNdrOutU32(CsClientBegin(&call, &client, b, MANY, 0), MANY_MOST);
    in = CsClientSend(&call);
    for (i = 0; in && i < MANY_MOST / 4; i++)
        assert_int_equal(CsNdrInU32(in), i);
    return CsClientEnd(&call);
}

static void hold(bool on)
{
    pthread_mutex_lock(&post.lock);
    post.hold = on;
    pthread_cond_broadcast(&post.changed);
    pthread_mutex_unlock(&post.lock);
}

static void set_meddle(void (*meddle)(struct post_answer *a))
{
    pthread_mutex_lock(&post.lock);
    post.meddle = meddle;
    pthread_mutex_unlock(&post.lock);
}

/* ---- what a session does ---- */

static void carries_a_connection(void **state)
{
    RPC_BINDING_HANDLE b = bound("orders", LONG_MS);
    ULONG got = 0;

    (void)state;
    works_with(b);
    assert_int_equal(called(b, RAISE, 0, 1, &got), 4711);
    assert_int_equal(call_many(b), RPC_S_OK); /* more than the window */
    works_with(b);
    assert_int_equal(post.asked, 1); /* all by one */
    assert_int_equal(post.last_level, QUEUED_LEVEL_NONE);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

struct caller { /* on a thread of its own */
    pthread_t thread;
    RPC_BINDING_HANDLE binding;
    ULONG first, right;
    RPC_STATUS status;
};

static void *call_often(void *arg)
{
    struct caller *c = arg;
    ULONG i, got = 0;

    for (i = 0; i < CALLS && !c->status; i++) {
        c->status = called(c->binding, NEXT, 0, c->first + i, &got);
        c->right += got == c->first + i + 1;
    }
    return NULL;
}

static void start(struct caller *c)
{
    assert_int_equal(pthread_create(&c->thread, NULL, call_often, c), 0);
}

static void join(struct caller *c)
{
    assert_int_equal(pthread_join(c->thread, NULL), 0);
}

static void several_threads_have_one_each(void **state)
{
    RPC_BINDING_HANDLE b = bound("orders", LONG_MS);
    struct caller all[THREADS] = { { 0 } };
    ULONG i;

    (void)state;
    for (i = 0; i < THREADS; i++) {
        all[i].binding = b;
        all[i].first = 1000 * i;
        start(&all[i]);
    }
    for (i = 0; i < THREADS; i++) {
        join(&all[i]);
        assert_int_equal(all[i].status, RPC_S_OK);
        assert_int_equal(all[i].right, CALLS);
    }
    assert_int_equal(post.boxes, 1);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void a_message_is_not_sent_so(void **state)
{
    RPC_BINDING_HANDLE b = bound("orders", LONG_MS);
    ULONG got = 0;

    (void)state;
    assert_int_equal(called(b, LEFT, CS_CALL_MESSAGE, 1, &got), RPC_S_UNKNOWN_AUTHN_SERVICE);
    assert_int_equal(called(b, LEFT, 0, 1, &got), RPC_S_PROCNUM_OUT_OF_RANGE);
    assert_int_equal(atomic_load(&executed), 0);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void a_queue_asks_for_a_level_of_the_connection(void **state)
{
    RPC_BINDING_HANDLE b;
    ULONG got = 0;

    (void)state;
    use_queue("strong", RPC_C_MQ_AUTHN_LEVEL_PKT_INTEGRITY);
    b = bound("strong", LONG_MS);
    assert_int_equal(called(b, NEXT, 0, 1, &got), RPC_S_ACCESS_DENIED);
    assert_int_equal(atomic_load(&executed), 0);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
    works();
}

/* ---- time, and ends ---- */

static void the_server_may_come_later(void **state)
{
    struct caller c = { .binding = bound("orders", LONG_MS) };

    (void)state;
    hold(true);
    start(&c);
    post_wait(&post.asked, 1);
    assert_in_range(post.last_receive_seconds, 5, LONG_MS / 1000 + 5);
    hold(false);
    join(&c);
    assert_int_equal(c.right, CALLS);
    assert_int_equal(RpcBindingFree(&c.binding), RPC_S_OK);
}

static void the_time_may_be_up(void **state)
{
    RPC_BINDING_HANDLE b = bound("orders", SHORT_MS);
    ULONG got = 0;

    (void)state;
    hold(true);
    assert_int_equal(called(b, NEXT, 0, 41, &got), RPC_S_SERVER_UNAVAILABLE);
    hold(false);
    post_wait(&post.answered, 1); /* nobody waits for that one */
    works();
    assert_int_equal(atomic_load(&executed), 1);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void a_cancel_ends_the_wait(void **state)
{
    struct caller c = { .binding = bound("orders", 0) };

    (void)state;
    hold(true);
    start(&c);
    post_wait(&post.asked, 1);
    assert_int_equal(RpcCancelThread((void *)c.thread), RPC_S_OK);
    join(&c);
    assert_int_equal(c.status, RPC_S_CALL_CANCELLED);
    hold(false);
    works();
    assert_int_equal(RpcBindingFree(&c.binding), RPC_S_OK);
}

static void the_manager_may_go_away(void **state)
{
    RPC_BINDING_HANDLE b = bound("orders", LONG_MS);
    ULONG got = 0;

    (void)state;
    assert_int_equal(called(b, LOSE, 0, 1, &got), RPC_S_CALL_FAILED);
    assert_int_equal(atomic_load(&executed), 1);
    post_wait(&post.boxes_closed, 1);
    pthread_mutex_lock(&post.lock);
    post.lose = false;
    pthread_mutex_unlock(&post.lock);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
    works();
}

static void fail_replies(enum err e)
{
    pthread_mutex_lock(&post.lock);
    post.reply_fails = e;
    pthread_mutex_unlock(&post.lock);
}

/* In the midst of a session: its frames wait until there is room. */
static void a_full_queue_is_waited_for(void **state)
{
    static const enum err full[] = { ERR_QUEUE_FULL, ERR_RPC_BUSY };
    struct caller c = { .binding = bound("orders", LONG_MS) };
    unsigned before;
    size_t i;

    (void)state;
    works_with(c.binding);
    for (i = 0; i < sizeof full / sizeof *full; i++) {
        c.right = 0;
        fail_replies(full[i]);
        pthread_mutex_lock(&post.lock);
        before = post.answered;
        pthread_mutex_unlock(&post.lock);
        start(&c);
        post_wait(&post.answered, before + 3);
        fail_replies(ERR_OK);
        join(&c);
        assert_int_equal(c.status, RPC_S_OK);
        assert_int_equal(c.right, CALLS);
    }
    assert_int_equal(post.asked, 1);
    assert_int_equal(atomic_load(&executed), 1 + 2 * CALLS);
    assert_int_equal(RpcBindingFree(&c.binding), RPC_S_OK);
}

static void a_queue_that_is_gone_is_not_waited_for(void **state)
{
    RPC_BINDING_HANDLE b = bound("orders", LONG_MS);
    ULONG got = 0;

    (void)state;
    works_with(b);
    fail_replies(ERR_NOT_FOUND);
    assert_int_equal(called(b, NEXT, 0, 41, &got), RPC_S_CALL_FAILED);
    fail_replies(ERR_OK);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void what_was_not_left_is_told_so(void **state)
{
    RPC_BINDING_HANDLE b = bound("orders", LONG_MS);
    ULONG got = 0;

    (void)state;
    post.ask_fails = ERR_NOT_FOUND;
    assert_int_not_equal(called(b, NEXT, 0, 1, &got), RPC_S_OK);
    post.ask_fails = ERR_OK;
    works_with(b);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

/* Waits until there is room for one more. */
static enum err connect_at_last(int *ret_fd)
{
    const struct timespec t = { .tv_nsec = 10000000 };
    enum err e = ERR_RPC_UNAVAILABLE;
    int i;

    for (i = 0; i < TRIES && e == ERR_RPC_UNAVAILABLE; i++) {
        if (i)
            (void)nanosleep(&t, NULL);
        e = rpc_queue_session_transport.connect("", "orders", TRANSPORT_NO_DEADLINE, ret_fd);
    }
    return e;
}

/* Where the machine stood still, some have ended meanwhile, for nobody was bound in their time. */
static void a_server_takes_so_many(void **state)
{
    int fd[3 * OF_ONE_MOST], i, n;
    enum err e = ERR_OK;

    (void)state;
    for (n = 0; n < OF_ONE_MOST; n++) /* those of the test before may be about to end */
        assert_int_equal(connect_at_last(&fd[n]), ERR_OK);
    for (; !e && n < 3 * OF_ONE_MOST; n += !e)
        e = rpc_queue_session_transport.connect("", "orders", TRANSPORT_NO_DEADLINE, &fd[n]);
    assert_int_equal(e, ERR_RPC_UNAVAILABLE);
    close(fd[0]);
    assert_int_equal(connect_at_last(&fd[0]), ERR_OK);
    for (i = 0; i < n; i++)
        close(fd[i]);
}

/* ---- frames that somebody meddles with ---- */

static int seen;

static uint8_t *frame_of(struct post_answer *a, uint16_t opnum, enum rpc_queue_frame_type type)
{
    uint8_t *b = (uint8_t *)(uintptr_t)a->body.ptr;

    return a->opnum == opnum && a->body.len >= 24 && b[0] == type ? b : NULL;
}

static void put_twice(struct post_answer *a)
{
    a->copies = 2;
}

static void what_comes_twice_is_dropped(void **state)
{
    RPC_BINDING_HANDLE b = bound("orders", LONG_MS);

    (void)state;
    set_meddle(put_twice);
    works_with(b);
    assert_int_equal(call_many(b), RPC_S_OK);
    works_with(b);
    set_meddle(NULL);
    assert_int_equal(atomic_load(&executed), 2);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

/* The second frame behind the bind's: of a great answer one of many. */
static void drop_one(struct post_answer *a)
{
    if (frame_of(a, TO_CLIENT, RPC_QUEUE_DATA) && ++seen == 2)
        a->copies = 0;
}

static void a_gap_ends_the_call(void **state)
{
    RPC_BINDING_HANDLE b = bound("orders", LONG_MS);

    (void)state;
    seen = 0;
    set_meddle(drop_one);
    assert_int_equal(call_many(b), RPC_S_CALL_FAILED);
    set_meddle(NULL);
    assert_int_equal(call_many(b), RPC_S_OK);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

/* The request, which is what comes behind the bind: from another place than it is. */
static void move_request(struct post_answer *a)
{
    uint8_t *b = frame_of(a, TO_SERVER, RPC_QUEUE_DATA);

    if (b && ++seen == 2)
        b[8] ^= 1;
}

static void an_altered_request_is_not_executed(void **state)
{
    RPC_BINDING_HANDLE b = bound("orders", LONG_MS);
    ULONG got = 0;

    (void)state;
    seen = 0;
    set_meddle(move_request);
    assert_int_equal(called(b, NEXT, 0, 41, &got), RPC_S_CALL_FAILED);
    set_meddle(NULL);
    assert_int_equal(atomic_load(&executed), 0);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

/* Puts frames into every box; the session that is there goes on, or not. */
static void forge(const char *submitter, uint8_t id_xor, enum rpc_queue_frame_type type,
                  uint16_t opnum, uint64_t at)
{
    const struct rpc_queue_frame f = { .type = type,
                                       .at = at,
                                       .rest = type == RPC_QUEUE_DATA   ? bytes_of_text("forged")
                                               : type == RPC_QUEUE_HERE ? bytes_of_text("orders")
                                                                        : (struct bytes){ 0 } };
    struct post_answer a = { .level = QUEUED_LEVEL_NONE,
                             .interface = rpc_queue_session_syntax,
                             .opnum = opnum,
                             .copies = 1 };
    struct buf b = { 0 };

    assert_int_equal(rpc_queue_frame_write(&f, &b), ERR_OK);
    memcpy(a.to, post.last_id, sizeof a.to);
    a.to[15] ^= id_xor;
    (void)snprintf(a.sid, sizeof a.sid, "%s", submitter);
    (void)snprintf(a.submitter, sizeof a.submitter, "%s", submitter);
    a.body = buf_view(b);
    post_put_answer(&a);
    buf_free(&b);
}

static void a_frame_of_another_account_is_dropped(void **state)
{
    RPC_BINDING_HANDLE b = bound("orders", LONG_MS);
    int to;

    (void)state;
    works_with(b);
    for (to = TO_SERVER; to <= TO_CLIENT; to++) {
        forge(post_alice, 0, RPC_QUEUE_END, (uint16_t)to, 0);
        forge(post_alice, 0, RPC_QUEUE_DATA, (uint16_t)to, 1);
        forge(post_alice, 0, RPC_QUEUE_HERE, (uint16_t)to, 0);
    }
    works_with(b);
    assert_int_equal(post.asked, 1);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void a_frame_of_another_session_is_dropped(void **state)
{
    RPC_BINDING_HANDLE b = bound("orders", LONG_MS);
    int to;

    (void)state;
    works_with(b);
    for (to = TO_SERVER; to <= TO_CLIENT + 1; to++)
        forge(post_user, to <= TO_CLIENT, RPC_QUEUE_DATA, (uint16_t)to, 1);
    forge(post_user, 0, RPC_QUEUE_HERE, TO_CLIENT, 0); /* it is known already */
    works_with(b);
    assert_int_equal(post.asked, 1);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void what_is_no_frame_is_dropped(void **state)
{
    static const uint8_t junk[30] = { 3, 0, 1, 0xff, 0xff };
    RPC_BINDING_HANDLE b = bound("orders", LONG_MS);
    struct post_answer a = { .level = QUEUED_LEVEL_NONE,
                             .interface = rpc_queue_session_syntax,
                             .copies = 1 };

    (void)state;
    works_with(b);
    memcpy(a.to, post.last_id, sizeof a.to);
    (void)snprintf(a.submitter, sizeof a.submitter, "%s", post_user);
    for (a.body = bytes_of(junk, 0); a.body.len < sizeof junk; a.body.len++)
        post_put_answer(&a);
    works_with(b);
    assert_int_equal(post.asked, 1);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void refuse_here(struct post_answer *a)
{
    uint8_t *b = frame_of(a, TO_CLIENT, RPC_QUEUE_HERE);

    if (b)
        b[24] = '$'; /* no queue's name */
}

static void a_server_without_a_queue_is_none(void **state)
{
    RPC_BINDING_HANDLE b = bound("orders", LONG_MS);
    ULONG got = 0;

    (void)state;
    set_meddle(refuse_here);
    assert_int_equal(called(b, NEXT, 0, 41, &got), RPC_S_SERVER_UNAVAILABLE);
    set_meddle(NULL);
    works_with(b);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(carries_a_connection, begin, end),
        cmocka_unit_test_setup_teardown(several_threads_have_one_each, begin, end),
        cmocka_unit_test_setup_teardown(a_message_is_not_sent_so, begin, end),
        cmocka_unit_test_setup_teardown(a_queue_asks_for_a_level_of_the_connection, begin, end),
        cmocka_unit_test_setup_teardown(the_server_may_come_later, begin, end),
        cmocka_unit_test_setup_teardown(the_time_may_be_up, begin, end),
        cmocka_unit_test_setup_teardown(a_cancel_ends_the_wait, begin, end),
        cmocka_unit_test_setup_teardown(the_manager_may_go_away, begin, end),
        cmocka_unit_test_setup_teardown(a_full_queue_is_waited_for, begin, end),
        cmocka_unit_test_setup_teardown(a_queue_that_is_gone_is_not_waited_for, begin, end),
        cmocka_unit_test_setup_teardown(what_was_not_left_is_told_so, begin, end),
        cmocka_unit_test_setup_teardown(a_server_takes_so_many, begin, end),
        cmocka_unit_test_setup_teardown(what_comes_twice_is_dropped, begin, end),
        cmocka_unit_test_setup_teardown(a_gap_ends_the_call, begin, end),
        cmocka_unit_test_setup_teardown(an_altered_request_is_not_executed, begin, end),
        cmocka_unit_test_setup_teardown(a_frame_of_another_account_is_dropped, begin, end),
        cmocka_unit_test_setup_teardown(a_frame_of_another_session_is_dropped, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_frame_is_dropped, begin, end),
        cmocka_unit_test_setup_teardown(a_server_without_a_queue_is_none, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
