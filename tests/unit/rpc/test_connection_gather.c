/* SPDX-License-Identifier: Apache-2.0
 * Requests that leave together: all of them, in their order, whatever the server takes when.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/unit.h"
#include "rpc/connection.h"

enum { STUB = 100, MANY = 4000 };

struct pair {
    struct rpc_connection c;
    int server;
    uint32_t sent, seen;
};

static int set_up(void **state)
{
    struct pair *p = calloc(1, sizeof *p);
    int fd[2];

    assert_non_null(p);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
    assert_int_equal(fcntl(fd[1], F_SETFL, O_NONBLOCK), 0);
    p->c.fd = fd[0];
    p->server = fd[1];
    pthread_mutex_init(&p->c.gathering, NULL);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct pair *p = *state;

    close(p->c.fd);
    close(p->server);
    rpc_block_put(p->c.leaving.block);
    rpc_block_put(p->c.gathered.block);
    pthread_mutex_destroy(&p->c.gathering);
    free(p);
    return 0;
}

static struct rpc_message next_message(struct pair *p)
{
    static uint8_t stub[STUB];

    return (struct rpc_message){ .type = RPC_REQUEST,
                                 .call_id = ++p->sent,
                                 .stub = { stub, sizeof stub },
                                 .max_fragment = 5840 };
}

static enum err gather(struct pair *p, bool *ret_flush)
{
    struct rpc_message m = next_message(p);
    unsigned together;
    enum err e;

    *ret_flush = false;
    e = rpc_connection_gather(&p->c, &m, &together);
    if (!e)
        *ret_flush = rpc_connection_want_flush(&p->c);
    p->sent -= e != ERR_OK;
    return e;
}

static enum err flush_now(struct pair *p)
{
    bool busy;
    enum err e = rpc_connection_flush(&p->c, &busy);

    assert_false(busy);
    return e;
}

/* What the server has, one request after the other. */
static void look(struct pair *p)
{
    uint8_t pdu[RPC_CALL_HEADER_SIZE + STUB];

    while (recv(p->server, pdu, sizeof pdu, MSG_PEEK) == sizeof pdu) {
        struct reader r = reader_over(bytes_of(pdu, sizeof pdu));

        assert_int_equal(recv(p->server, pdu, sizeof pdu, 0), sizeof pdu);
        reader_take(&r, 12);
        assert_int_equal(reader_le32(&r), ++p->seen);
    }
}

static void one_is_asked_to_flush(void **state)
{
    struct pair *p = *state;
    bool flush;
    int i;

    for (i = 0; i < 10; i++) {
        assert_int_equal(gather(p, &flush), ERR_OK);
        assert_int_equal(flush, i == 0);
    }
    look(p);
    assert_int_equal(p->seen, 0);
    assert_int_equal(flush_now(p), ERR_OK);
    look(p);
    assert_int_equal(p->seen, 10);
    assert_int_equal(flush_now(p), ERR_OK); /* of nothing */
    assert_int_equal(gather(p, &flush), ERR_OK);
    assert_true(flush);
}

static void what_is_sent_follows_what_is_gathered(void **state)
{
    struct pair *p = *state;
    struct rpc_message m;
    bool flush, begun;

    assert_int_equal(gather(p, &flush), ERR_OK);
    assert_int_equal(gather(p, &flush), ERR_OK);
    m = next_message(p);
    assert_int_equal(rpc_connection_send(&p->c, &m, 0, &begun), ERR_OK);
    look(p);
    assert_int_equal(p->seen, 3);
    assert_int_equal(gather(p, &flush), ERR_OK);
    assert_false(flush); /* the first's promise is not kept yet */
    assert_int_equal(flush_now(p), ERR_OK);
    look(p);
    assert_int_equal(p->seen, 4);
}

/* Nothing is lost or turned round where a server takes less than there is. */
static void a_slow_server_is_waited_for(void **state)
{
    struct pair *p = *state;
    bool flush, full = false, asked = false;
    int small = 4096;
    enum err e;

    assert_int_equal(setsockopt(p->c.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    while (p->sent < MANY) {
        e = gather(p, &flush);
        if (e == ERR_INCOMPLETE)
            look(p);
        else
            assert_int_equal(e, ERR_OK);
        asked |= flush;
        assert_true(asked);
        e = flush_now(p);
        full |= e == ERR_INCOMPLETE;
        asked = e == ERR_INCOMPLETE;
        assert_true(e == ERR_OK || e == ERR_INCOMPLETE);
    }
    assert_true(full);
    do
        look(p);
    while (flush_now(p) == ERR_INCOMPLETE);
    look(p);
    assert_int_equal(p->seen, MANY);
}

static void what_is_large_is_not_gathered(void **state)
{
    static uint8_t stub[RPC_COPIED_MAX + 1];
    struct pair *p = *state;
    struct rpc_message m = next_message(p);
    unsigned together;

    m.stub = (struct buf){ stub, sizeof stub };
    assert_int_equal(rpc_connection_gather(&p->c, &m, &together), ERR_INCOMPLETE);
    m = next_message(p);
    m.max_fragment = RPC_COPIED_MAX; /* where two fragments would be needed */
    assert_int_equal(rpc_connection_gather(&p->c, &m, &together), ERR_INCOMPLETE);
    m = next_message(p);
    m.more = true;
    assert_int_equal(rpc_connection_gather(&p->c, &m, &together), ERR_INCOMPLETE);
    assert_int_equal(flush_now(p), ERR_OK);
    look(p);
    assert_int_equal(p->seen, 0);
}

/* Who flushes sees to a cancel that found the sending side taken, as any other that sends. */
static void a_cancel_leaves_with_what_is_gathered(void **state)
{
    struct pair *p = *state;
    uint8_t pdu[RPC_HEADER_SIZE];
    bool flush;

    assert_int_equal(gather(p, &flush), ERR_OK);
    lock_take(&p->c.sending);
    rpc_connection_tell(&p->c, p->sent, RPC_CO_CANCEL);
    lock_give(&p->c.sending);
    assert_int_equal(flush_now(p), ERR_OK);
    look(p);
    assert_int_equal(p->seen, 1);
    assert_int_equal(recv(p->server, pdu, sizeof pdu, 0), sizeof pdu);
    assert_int_equal(pdu[2], RPC_CO_CANCEL);
    assert_int_equal(pdu[12], p->sent);
}

/* The same of who says one PDU: the answer to a callback. */
static void a_cancel_leaves_with_what_is_said(void **state)
{
    static const uint8_t said[RPC_HEADER_SIZE];
    struct pair *p = *state;
    uint8_t pdus[2 * RPC_HEADER_SIZE];

    atomic_store(&p->c.due, (uint64_t)7 << 8 | RPC_CO_CANCEL); /* as who found it taken left it */
    assert_int_equal(rpc_connection_say(&p->c, bytes_of(said, sizeof said), 0), ERR_OK);
    assert_int_equal(recv(p->server, pdus, sizeof pdus, 0), sizeof pdus);
    assert_int_equal(pdus[RPC_HEADER_SIZE + 2], RPC_CO_CANCEL);
    assert_int_equal(pdus[RPC_HEADER_SIZE + 12], 7);
}

static void a_server_that_is_gone_is_an_error(void **state)
{
    struct pair *p = *state;
    bool flush;

    assert_int_equal(gather(p, &flush), ERR_OK);
    assert_int_equal(shutdown(p->c.fd, SHUT_RDWR), 0);
    assert_int_equal(flush_now(p), ERR_CONNECT);
}

/* Who finds another thread sending is told; what it gathered leaves with the next that sends. */
static void who_finds_another_sending_is_told(void **state)
{
    struct pair *p = *state;
    bool flush, busy;

    assert_int_equal(gather(p, &flush), ERR_OK);
    assert_true(flush);
    lock_take(&p->c.sending);
    assert_int_equal(rpc_connection_flush(&p->c, &busy), ERR_OK);
    assert_true(busy);
    assert_int_equal(rpc_connection_send_together(&p->c), ERR_OK);
    assert_int_equal(atomic_load(&p->c.together), 1);
    lock_give(&p->c.sending);
    assert_true(rpc_connection_want_flush(&p->c)); /* whoever was asked has given it up */
    assert_int_equal(rpc_connection_send_together(&p->c), ERR_OK);
    assert_int_equal(atomic_load(&p->c.together), 0);
    look(p);
    assert_int_equal(p->seen, 1);
}

/* Of a server that was quick some times in a row, until the newest call is answered, for a while.
 */
static void an_answer_is_near_after_quick_ones(void **state)
{
    struct pair *p = *state;
    struct rpc_connection *c = &p->c;
    int64_t now = 1000;
    uint32_t call;

    for (call = 1; call <= 4; call++) {
        rpc_connection_left(c, call, now);
        assert_false(rpc_connection_is_near(c, now));
        rpc_connection_came(c, now + 10);
        rpc_connection_answered(c, call);
        assert_false(rpc_connection_is_near(c, now + 10)); /* nothing new is out */
    }
    rpc_connection_left(c, 6, now);
    assert_true(rpc_connection_is_near(c, now));
    assert_false(rpc_connection_is_near(c, now + 1000)); /* it should have come */
    rpc_connection_answered(c, 5);
    assert_true(rpc_connection_is_near(c, now));
    rpc_connection_answered(c, 6);
    rpc_connection_answered(c, 2); /* a slow one */
    assert_false(rpc_connection_is_near(c, now));
    rpc_connection_left(c, 7, now);
    rpc_connection_came(c, now + 1000);
    assert_false(rpc_connection_is_near(c, now));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_is_asked_to_flush, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_sent_follows_what_is_gathered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_slow_server_is_waited_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_large_is_not_gathered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cancel_leaves_with_what_is_gathered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cancel_leaves_with_what_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_finds_another_sending_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_is_near_after_quick_ones, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_server_that_is_gone_is_an_error, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
