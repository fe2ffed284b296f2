/* SPDX-License-Identifier: Apache-2.0
 * Calls that come together, at a real server: each is answered once, and none waits for one that
 * turns out to be slow.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/unit.h"
#include "rpc/server.h"
#include "rpc/server_link_state.h"
#include "rpc/stub.h"

enum { QUICK, GATE, OPEN, RAISE, PROCEDURES, TOGETHER = 50, TIMES = 40 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool closed;

static void quick(CS_SERVER_CALL *call)
{
    if (CsServerReady(call))
        CsNdrOutU32(CsServerOut(call), 7);
}

/* Quick while it is open. */
static void gate(CS_SERVER_CALL *call)
{
    if (!CsServerReady(call))
        return;
    pthread_mutex_lock(&lock);
    while (closed)
        pthread_cond_wait(&opened, &lock);
    pthread_mutex_unlock(&lock);
    CsNdrOutU32(CsServerOut(call), 8);
}

static void set_gate(bool to)
{
    pthread_mutex_lock(&lock);
    closed = to;
    pthread_cond_broadcast(&opened);
    pthread_mutex_unlock(&lock);
}

static void open_gate(CS_SERVER_CALL *call)
{
    if (!CsServerReady(call))
        return;
    set_gate(false);
    CsNdrOutU32(CsServerOut(call), 9);
}

static void raise_busy(CS_SERVER_CALL *call)
{
    if (CsServerReady(call))
        RpcRaiseException(RPC_S_SERVER_TOO_BUSY);
}

static const CS_SERVER_PROCEDURE procedures[PROCEDURES] = {
    { quick, "quick", 0 }, { gate, "gate", 0 }, { open_gate, "open", 0 }, { raise_busy, "raise", 0 }
};
static const CS_SERVER_INTERFACE face = {
    .Head = { .Length = sizeof face,
              .StubAbi = CS_STUB_ABI,
              .Side = CS_INTERFACE_SERVER,
              .ProcedureCount = PROCEDURES,
              .Id = { { 1, 2, 3, { 5 } }, 1, 0 },
              .Name = "together",
              .Allocate = malloc,
              .Free = free },
    .Procedures = procedures,
    .DefaultManagerEpv = procedures,
};
static const struct rpc_syntax id = { { 1, 2, 3, { 5 } }, 1, 0 };
static char port[TRANSPORT_ENDPOINT];

/* ---- a client of bare PDUs ---- */

struct client {
    int fd;
    struct writer w;
    uint32_t sent;
};

static void send_written(struct client *c)
{
    struct iovec iov = { c->w.ptr, c->w.len };

    assert_int_equal(c->w.err, ERR_OK);
    assert_int_equal(transport_send(c->fd, &iov, 1, transport_deadline_in(60000)), ERR_OK);
    c->w.len = 0;
}

static void receive_exactly(int fd, uint8_t *to, size_t size)
{
    size_t n = 0;

    for (; size; to += n, size -= n) {
        const struct iovec iov = { to, size };

        assert_int_equal(transport_receive(fd, &iov, 1, transport_deadline_in(60000), &n), ERR_OK);
        assert_true(n > 0);
    }
}

/* Type, call id, and the first four octets after a call's header. */
static uint8_t receive(struct client *c, uint32_t *ret_call, uint32_t *ret_word)
{
    uint8_t pdu[512] = { 0 };
    struct reader r;
    size_t length;

    receive_exactly(c->fd, pdu, RPC_HEADER_SIZE);
    length = pdu[8] | (size_t)pdu[9] << 8;
    assert_in_range(length, RPC_HEADER_SIZE, sizeof pdu);
    receive_exactly(c->fd, pdu + RPC_HEADER_SIZE, length - RPC_HEADER_SIZE);
    r = reader_over(bytes_of(pdu, sizeof pdu));
    reader_take(&r, 12);
    *ret_call = reader_le32(&r);
    reader_take(&r, 8);
    *ret_word = reader_le32(&r);
    return pdu[2];
}

static struct client bound(void)
{
    const struct rpc_bind b = { .max_send = 5840, .max_receive = 5840 };
    struct client c = { .fd = -1, .w = writer_new(1 << 20) };
    struct rpc_offer offer;
    uint32_t call, word;

    assert_int_equal(transport_tcp.connect("127.0.0.1", port, transport_deadline_in(60000), &c.fd),
                     ERR_OK);
    rpc_negotiate_offer(0, &id, NDR_20, &offer);
    rpc_pdu_begin(&c.w, RPC_BIND, RPC_FIRST | RPC_LAST | RPC_CONC_MPX, 1);
    rpc_bind_write(&c.w, &b, &offer, 1);
    rpc_pdu_end(&c.w, NULL);
    send_written(&c);
    assert_int_equal(receive(&c, &call, &word), RPC_BIND_ACK);
    return c;
}

static void done(struct client *c)
{
    close(c->fd);
    writer_done(&c->w);
}

/* To be sent with what follows. */
static void ask(struct client *c, uint16_t opnum)
{
    const struct rpc_request q = { .opnum = opnum };
    struct writer w = writer_new(100);

    rpc_pdu_begin(&w, RPC_REQUEST, RPC_FIRST | RPC_LAST, c->sent++);
    rpc_request_write(&w, &q);
    rpc_pdu_end(&w, NULL);
    writer_bytes(&c->w, bytes_of(w.ptr, w.len));
    writer_done(&w);
}

/* Answers to n calls, in any order; words[] of the call with that number; 0: a fault. */
static void collect(struct client *c, size_t n, uint32_t *words)
{
    uint32_t call, word;
    uint8_t type;

    for (; n; n--) {
        type = receive(c, &call, &word);
        assert_true(call < c->sent);
        assert_int_equal(words[call], UINT32_MAX); /* the first answer to it */
        words[call] = type == RPC_FAULT ? 0 : word;
    }
}

static uint32_t words[TOGETHER * TIMES];

static int fresh(void **state)
{
    (void)state;
    memset(words, 0xff, sizeof words);
    return 0;
}

static void each_is_answered_once(void **state)
{
    struct client c = bound();
    int i, j;

    (void)state;
    for (i = 0; i < TIMES; i++) {
        for (j = 0; j < TOGETHER; j++)
            ask(&c, j % 10 == 9 ? RAISE : QUICK);
        send_written(&c);
        collect(&c, TOGETHER, words);
    }
    for (i = 0; i < TOGETHER * TIMES; i++)
        assert_int_equal(words[i], i % 10 == 9 ? 0 : 7);
    done(&c);
}

static void a_client_that_sends_all_of_it_first_is_answered(void **state)
{
    struct client c = bound();
    int i;

    (void)state;
    for (i = 0; i < TOGETHER * TIMES / 2; i++)
        ask(&c, i & 1 ? QUICK : GATE);
    send_written(&c);
    collect(&c, TOGETHER * TIMES / 2, words);
    for (i = 0; i < TOGETHER * TIMES / 2; i++)
        assert_int_equal(words[i], i & 1 ? 7 : 8);
    done(&c);
}

/* However quick it was before: the answers in front of it leave, and the calls behind it are
 * executed. */
static void none_waits_for_one_that_is_slow(void **state)
{
    struct client c = bound();
    int i;

    (void)state;
    for (i = 0; i < TOGETHER * 10; i++)
        ask(&c, i & 1 ? QUICK : GATE);
    send_written(&c);
    collect(&c, TOGETHER * 10, words);
    set_gate(true);
    for (i = 0; i < 5; i++)
        ask(&c, QUICK);
    ask(&c, GATE);
    for (i = 0; i < 5; i++)
        ask(&c, QUICK);
    send_written(&c);
    collect(&c, 10, words);
    ask(&c, OPEN);
    send_written(&c);
    collect(&c, 2, words);
    assert_int_equal(words[TOGETHER * 10 + 5], 8);
    assert_int_equal(words[TOGETHER * 10 + 11], 9);
    done(&c);
}

static void the_client_may_go_meanwhile(void **state)
{
    int i, j;

    (void)state;
    for (j = 0; j < TIMES; j++) {
        struct client c = bound();

        for (i = 0; i < TOGETHER; i++)
            ask(&c, i & 1 ? QUICK : GATE);
        send_written(&c);
        collect(&c, (size_t)(j % 3), words);
        done(&c);
        (void)fresh(NULL);
    }
}

static struct rpc_sending *answer_of(uint32_t call_id, struct rpc_sending *before)
{
    struct rpc_server_call *c = rpc_server_call_new();

    assert_non_null(c);
    c->header.call_id = call_id;
    c->sending = (struct rpc_sending){ .next = before, .call = c };
    return &c->sending;
}

/* Two are here, and who pushed the second has yet to count it: reading goes on all the same. */
static void an_answer_may_leave_before_it_is_counted(void **state)
{
    struct rpc_server_link l = { .writable = { .fd = -1 } };
    uint8_t pdus[4 * RPC_CALL_HEADER_SIZE];
    int fd[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
    assert_int_equal(rpc_server_prepare(&l.loop), ERR_OK);
    l.source.fd = fd[0];
    l.machine.max_send = 5840;
    atomic_init(&l.refs, 1);
    atomic_init(&l.waiting, 1);
    atomic_init(&l.paused, true);
    atomic_init(&l.pushed, answer_of(2, answer_of(1, NULL)));
    rpc_server_sending_pump(&l);
    assert_int_equal(recv(fd[1], pdus, sizeof pdus, 0), 2 * RPC_CALL_HEADER_SIZE);
    assert_false(atomic_load(&l.paused));
    assert_int_equal(atomic_load(&l.waiting), -1);
    close(fd[0]);
    close(fd[1]);
}

static int set_up(void **state)
{
    const struct transport *t;

    (void)state;
    return RpcServerUseProtseqA((RPC_CSTR) "ncacn_ip_tcp", 10, NULL) ||
           !rpc_server_endpoint_at(0, &t, port) ||
           RpcServerRegisterIfEx((RPC_IF_HANDLE)&face, NULL, NULL,
                                 RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, 1000, NULL) ||
           RpcServerListen(1, 1000, 1);
}

static int tear_down(void **state)
{
    (void)state;
    return RpcMgmtStopServerListening(NULL) || RpcMgmtWaitServerListen() ||
           RpcServerUnregisterIf((RPC_IF_HANDLE)&face, NULL, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_is_answered_once, fresh),
        cmocka_unit_test_setup(a_client_that_sends_all_of_it_first_is_answered, fresh),
        cmocka_unit_test_setup(none_waits_for_one_that_is_slow, fresh),
        cmocka_unit_test_setup(the_client_may_go_meanwhile, fresh),
        cmocka_unit_test(an_answer_may_leave_before_it_is_counted),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
