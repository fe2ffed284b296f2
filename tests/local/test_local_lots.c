/* SPDX-License-Identifier: Apache-2.0
 * test_local_lots.c - descriptors beside PDUs that say something else: a client of its own making
 * over ncalrpc. Whatever it sends, the server keeps no descriptor of it.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/ncalrpc_folder.h"
#include "lib/unit.h"
#include "local_server.h"
#include "local_try.h"
#include "rpc/fault.h"
#include "rpc/negotiate.h"
#include "transport/rights.h"

enum { OP_TAKE = 1, OP_READ = 6, CALL_ID = 7, PDU_MAX = 4096 };

static const struct rpc_syntax local_try = {
    .uuid = { 0x5d1b7a40, 0x9f0e, 0x4c59, { 0x8f, 0x0b, 0x2f, 0x4b, 0x6a, 0x7c, 0x1e, 0x93 } },
    .major = 1
};

static struct local_server server;
static RPC_BINDING_HANDLE b;
static LONG before; /* the server's descriptors with its connections at rest */
static int file;    /* one octet, 'x' */

struct lot {
    uint8_t flags;
    uint16_t context, opnum;
    unsigned descriptors; /* beside its first byte */
    uint32_t number;      /* the stub: a system handle */
};

/* ---- the client ---- */

static struct buf request(const struct lot *l)
{
    const uint8_t stub[] = { (uint8_t)l->number, (uint8_t)(l->number >> 8), 0, 0 };
    struct writer w = writer_new(PDU_MAX);
    struct buf pdu = { 0 };

    rpc_pdu_begin(&w, RPC_REQUEST, l->flags, CALL_ID);
    rpc_request_write(&w, &(struct rpc_request){ .context_id = l->context,
                                                 .opnum = l->opnum,
                                                 .stub = bytes_of(stub, sizeof stub) });
    rpc_pdu_end(&w, NULL);
    assert_int_equal(writer_take(&w, &pdu), ERR_OK);
    return pdu;
}

static void send_lot(int fd, struct bytes pdu, unsigned descriptors)
{
    struct iovec iov = { (void *)pdu.ptr, pdu.len };
    int all[TRANSPORT_RIGHTS_MAX];
    size_t sent = 0;
    unsigned i;

    for (i = 0; i < descriptors; i++)
        all[i] = file;
    if (descriptors)
        assert_int_equal(transport_send_rights(fd, &iov, 1, all, descriptors, true, &sent), ERR_OK);
    else
        sent = (size_t)send(fd, pdu.ptr, pdu.len, MSG_NOSIGNAL);
    assert_int_equal(sent, pdu.len);
}

static void send_call(int fd, const struct lot *l)
{
    struct buf pdu = request(l);

    send_lot(fd, buf_view(pdu), l->descriptors);
    buf_free(&pdu);
}

/* The type of the next PDU, its status or the long it begins with in *ret; -1: the end. */
static int next(int fd, uint32_t *ret)
{
    uint8_t in[PDU_MAX];
    size_t n = 0, want = RPC_HEADER_SIZE;
    ssize_t got;

    while (n < want) {
        got = recv(fd, in + n, want - n, 0);
        if (got <= 0)
            return -1;
        n += (size_t)got;
        if (n == RPC_HEADER_SIZE)
            want = in[8] | (size_t)in[9] << 8;
        assert_true(want >= RPC_HEADER_SIZE && want <= sizeof in);
    }
    if (ret && n >= 28)
        *ret = in[24] | (uint32_t)in[25] << 8 | (uint32_t)in[26] << 16 | (uint32_t)in[27] << 24;
    return in[2];
}

static int connected(void)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)snprintf(a.sun_path, sizeof a.sun_path, "%s/TRY", getenv("COUNTERSIGN_NCALRPC_DIR"));
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

static int bound(void)
{
    const struct rpc_offer offer = { .abstract = local_try,
                                     .transfers = 1,
                                     .transfer = { rpc_ndr20 } };
    const struct rpc_bind bind = { .max_send = PDU_MAX, .max_receive = PDU_MAX };
    struct writer w = writer_new(PDU_MAX);
    struct buf pdu = { 0 };
    int fd = connected();

    rpc_pdu_begin(&w, RPC_BIND, RPC_FIRST | RPC_LAST, 1);
    rpc_bind_write(&w, &bind, &offer, 1);
    rpc_pdu_end(&w, NULL);
    assert_int_equal(writer_take(&w, &pdu), ERR_OK);
    send_lot(fd, buf_view(pdu), 0);
    buf_free(&pdu);
    assert_int_equal(next(fd, NULL), RPC_BIND_ACK);
    return fd;
}

/* ---- what is left ---- */

static LONG servers_own(void)
{
    volatile LONG n = -1;

    RpcTryExcept
    {
        n = LocalDescriptors(b);
    }
    RpcExcept (1) {
        n = -(LONG)RpcExceptionCode();
    }
    RpcEndExcept
    return n;
}

/* So many beside those at rest, once the server has seen to what it has answered, and to the ends;
 * and they stay so many: what it has yet to accept it has not opened either. */
static void server_keeps(LONG beside)
{
    int i, times = 0;

    for (i = 0; i < 3000 && times < 5; i++) {
        times = servers_own() == before + beside ? times + 1 : 0;
        usleep(10000);
    }
    assert_int_equal(times, 5);
}

static const uint8_t whole = RPC_FIRST | RPC_LAST;

static void answers(int fd, const struct lot *l, int type, uint32_t value)
{
    uint32_t got = 0;

    send_call(fd, l);
    assert_int_equal(next(fd, &got), type);
    assert_int_equal(got, value);
}

static void good_call(int fd)
{
    assert_int_equal(lseek(file, 0, SEEK_SET), 0);
    answers(fd, &(struct lot){ whole | RPC_DESCRIPTORS, 0, OP_READ, 1, 1 }, RPC_RESPONSE, 'x');
}

static void fewer_than_the_stub_says(void **state)
{
    int fd = bound();

    (void)state;
    good_call(fd);
    answers(fd, &(struct lot){ whole | RPC_DESCRIPTORS, 0, OP_READ, 0, 1 }, RPC_FAULT,
            RPC_X_BAD_STUB_DATA);
    answers(fd, &(struct lot){ whole | RPC_DESCRIPTORS, 0, OP_READ, 1, 2 }, RPC_FAULT,
            RPC_X_BAD_STUB_DATA);
    answers(fd, &(struct lot){ whole | RPC_DESCRIPTORS, 0, OP_READ, 2, 2 }, RPC_FAULT,
            RPC_X_BAD_STUB_DATA);
    answers(fd, &(struct lot){ whole | RPC_DESCRIPTORS, 0, OP_READ, 64, 65535 }, RPC_FAULT,
            RPC_X_BAD_STUB_DATA);
    good_call(fd);
    close(fd);
    server_keeps(0);
}

static void more_than_the_stub_says(void **state)
{
    int fd = bound();

    (void)state;
    answers(fd, &(struct lot){ whole | RPC_DESCRIPTORS, 0, OP_READ, 64, 0 }, RPC_RESPONSE,
            (uint32_t)-1);
    server_keeps(1); /* this connection */
    good_call(fd);
    close(fd);
    server_keeps(0);
}

static void none_that_the_flags_tell_of(void **state)
{
    int fd = bound();

    (void)state;
    answers(fd, &(struct lot){ whole, 0, OP_READ, 3, 1 }, RPC_FAULT, RPC_X_BAD_STUB_DATA);
    good_call(fd); /* with its own, not with those */
    server_keeps(1);
    close(fd);
    server_keeps(0);
}

static void a_call_that_is_refused(void **state)
{
    int fd = bound();

    (void)state;
    answers(fd, &(struct lot){ whole | RPC_DESCRIPTORS, 9, OP_READ, 5, 1 }, RPC_FAULT,
            NCA_S_UNK_IF);
    good_call(fd);
    answers(fd, &(struct lot){ whole | RPC_DESCRIPTORS, 0, 99, 5, 1 }, RPC_FAULT,
            NCA_S_OP_RNG_ERROR);
    answers(fd, &(struct lot){ whole | RPC_DESCRIPTORS, 0, OP_TAKE, 5, 1 }, RPC_FAULT,
            RPC_X_BAD_STUB_DATA); /* its array is missing */
    good_call(fd);
    server_keeps(1);
    close(fd);
    server_keeps(0);
}

static void half_a_call(void **state)
{
    const struct lot l = { whole | RPC_DESCRIPTORS, 0, OP_READ, 7, 1 };
    struct buf pdu = request(&l);
    int fd = bound();

    (void)state;
    send_lot(fd, bytes_of(pdu.ptr, 11), l.descriptors);
    close(fd);
    server_keeps(0);
    fd = bound();
    send_call(fd, &(struct lot){ RPC_FIRST | RPC_DESCRIPTORS, 0, OP_READ, 7, 1 });
    close(fd);
    server_keeps(0);
    buf_free(&pdu);
}

static void a_second_lot_for_one_call(void **state)
{
    int fd = bound();

    (void)state;
    send_call(fd, &(struct lot){ RPC_FIRST | RPC_DESCRIPTORS, 0, OP_READ, 7, 1 });
    send_call(fd, &(struct lot){ RPC_LAST | RPC_DESCRIPTORS, 0, OP_READ, 7, 1 });
    assert_int_equal(next(fd, NULL), -1);
    close(fd);
    server_keeps(0);
}

static void before_anything_was_said(void **state)
{
    static const uint8_t header[4] = { 5, 0, RPC_REQUEST, whole | RPC_DESCRIPTORS };
    int fd = connected();

    (void)state;
    send_lot(fd, bytes_of(header, sizeof header), 64);
    close(fd);
    server_keeps(0);
}

static int set_up(void **state)
{
    char path[] = "/tmp/cs-lots-XXXXXX";
    (void)state;
    ncalrpc_folder_make();
    local_server_start(
        &(struct local_how){ .uid = geteuid(), .flags = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH },
        &server);
    file = mkstemp(path);
    (void)unlink(path);
    if (write(file, "x", 1) != 1)
        return -1;
    b = local_bind("ncalrpc:[TRY]");
    (void)servers_own(); /* connected, and the server's threads have begun */
    before = servers_own();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    RpcBindingFree(&b);
    local_server_stop(&server);
    close(file);
    return ncalrpc_folder_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fewer_than_the_stub_says),
        cmocka_unit_test(more_than_the_stub_says),
        cmocka_unit_test(none_that_the_flags_tell_of),
        cmocka_unit_test(a_call_that_is_refused),
        cmocka_unit_test(half_a_call),
        cmocka_unit_test(a_second_lot_for_one_call),
        cmocka_unit_test(before_anything_was_said),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
