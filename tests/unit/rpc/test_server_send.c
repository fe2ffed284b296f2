/* SPDX-License-Identifier: Apache-2.0
 * test_server_send.c - a server's connections with clients that take nothing, or leave it without a
 * descriptor.
 */
#include "rpc/server_link.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/unit.h"
#include "rpc/negotiate.h"
#include "rpc/server.h"

enum {
    ENOUGH = 48 * 1024 * 1024, /* of answers: more than sockets hold */
    STALLED = 90 * 1000,       /* ms: longer than a client may take nothing */
    SECONDS = 60,
};

static const struct rpc_syntax great = { { 0x4711, 1, 2, { 3 } }, 1, 0 };

static void answer_much(CS_SERVER_CALL *call)
{
    static const uint8_t some[1024 * 1024];
    CS_NDR_OUT *out;
    int i;

    if (!CsServerReady(call))
        return;
    out = CsServerOut(call);
    for (i = 0; i < 16; i++)
        CsNdrOutArray(out, some, sizeof some, 1);
}

static const CS_SERVER_PROCEDURE procedures[] = { { answer_much, "answer_much", 0 } };
static const CS_SERVER_INTERFACE face = {
    .Head = { .Length = sizeof face,
              .StubAbi = CS_STUB_ABI,
              .Side = CS_INTERFACE_SERVER,
              .ProcedureCount = 1,
              .Id = { { 0x4711, 1, 2, { 3 } }, 1, 0 },
              .Name = "great" },
    .Procedures = procedures,
    .DefaultManagerEpv = (void *)(uintptr_t)procedures, /* any */
};
static uint16_t port;

static int set_up(void **state)
{
    const struct rpc_endpoint_ask ask = { .transport = &transport_tcp };
    const struct rpc_register how = { .face = &face,
                                      .flags =
                                          RPC_IF_AUTOLISTEN | RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                                      .max_calls = 10,
                                      .max_size = RPC_STUB_MAX };
    const struct transport *transport;
    char endpoint[TRANSPORT_ENDPOINT];

    (void)state;
    if (rpc_registry_add(&how) || rpc_server_use(&ask) ||
        !rpc_server_endpoint_at(0, &transport, endpoint))
        return 1;
    port = (uint16_t)atoi(endpoint);
    return 0;
}

static int socket_of(int family)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    return fd;
}

static void connect_to_server(int fd, int family)
{
    struct sockaddr_in four = { .sin_family = AF_INET,
                                .sin_port = htons(port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6,
                                .sin6_port = htons(port),
                                .sin6_addr = in6addr_loopback };

    if (family == AF_INET)
        assert_int_equal(connect(fd, (struct sockaddr *)&four, sizeof four), 0);
    else
        assert_int_equal(connect(fd, (struct sockaddr *)&six, sizeof six), 0);
}

/* A bind, or the same as an alter_context. */
static struct buf bind_of(enum rpc_type type)
{
    const struct rpc_bind b = { .max_send = 5840, .max_receive = 5840 };
    struct writer w = writer_new(65535);
    struct rpc_offer offer;
    struct buf r;

    rpc_negotiate_offer(0, &great, NDR_20, &offer);
    rpc_pdu_begin(&w, type, RPC_FIRST | RPC_LAST, 1);
    rpc_bind_write(&w, &b, &offer, 1);
    rpc_pdu_end(&w, NULL);
    assert_int_equal(writer_take(&w, &r), ERR_OK);
    return r;
}

static bool is_answered(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    uint8_t some[256];

    return poll(&p, 1, SECONDS * 1000) == 1 && recv(fd, some, sizeof some, 0) > 0;
}

static void bind_there(int fd)
{
    struct buf b = bind_of(RPC_BIND);

    assert_int_equal(send(fd, b.ptr, b.len, MSG_NOSIGNAL), b.len);
    assert_true(is_answered(fd));
    buf_free(&b);
}

static int bound_client(void)
{
    int fd = socket_of(AF_INET), little = 2048;

    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little), 0);
    connect_to_server(fd, AF_INET);
    bind_there(fd);
    return fd;
}

/* Sends alter_contexts and takes no answer, until the server takes no more, or enough of them. */
static size_t flood(int fd)
{
    struct buf one = bind_of(RPC_ALTER_CONTEXT);
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    uint8_t many[64 * 72];
    size_t sent = 0, at = 0;
    ssize_t n = 1;
    int i;

    assert_true(one.len == 72);
    for (i = 0; i < 64; i++)
        memcpy(many + (size_t)i * 72, one.ptr, 72);
    buf_free(&one);
    while (n > 0 && sent < ENOUGH && poll(&p, 1, 1000) == 1) {
        n = send(fd, many + at, sizeof many - at, MSG_NOSIGNAL | MSG_DONTWAIT);
        sent += n > 0 ? (size_t)n : 0;
        at = (at + (n > 0 ? (size_t)n : 0)) % sizeof many;
    }
    return sent;
}

static void wait_for_links(unsigned n)
{
    int i;

    for (i = 0; i < SECONDS * 100 && rpc_server_links_count() != n; i++)
        usleep(10000);
    assert_int_equal(rpc_server_links_count(), n);
}

static void reads_no_more_than_is_taken(void **state)
{
    int fd = bound_client();
    uint8_t some[4096];

    (void)state;
    assert_true(flood(fd) < ENOUGH);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    while (recv(fd, some, sizeof some, 0) > 0) /* who takes his answers gets all of them */
        ;
    close(fd);
    wait_for_links(0);
}

static void ask_for_much(int fd)
{
    const struct rpc_request q = { .opnum = 0 };
    struct writer w = writer_new(65535);
    struct buf b;

    rpc_pdu_begin(&w, RPC_REQUEST, RPC_FIRST | RPC_LAST, 2);
    rpc_request_write(&w, &q);
    rpc_pdu_end(&w, NULL);
    assert_int_equal(writer_take(&w, &b), ERR_OK);
    assert_int_equal(send(fd, b.ptr, b.len, MSG_NOSIGNAL), b.len);
    buf_free(&b);
}

static void cuts_who_ended_and_takes_nothing(void **state)
{
    int fd = bound_client(), i;

    (void)state;
    ask_for_much(fd);
    usleep(200000);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    usleep(200000);
    assert_int_equal(rpc_server_links_count(), 1); /* the answer is on its way still */
    for (i = 0; i < SECONDS * 100 && rpc_server_links_count(); i++) {
        rpc_server_links_tick(transport_deadline_in(STALLED));
        usleep(10000);
    }
    assert_int_equal(rpc_server_links_count(), 0);
    close(fd);
}

static void no_descriptor_is_left_to_programs_started(void **state)
{
    int fd = bound_client(), i, seen = 0;

    (void)state;
    (void)flood(fd);
    for (i = 3; i < 1024; i++) {
        int flags = fcntl(i, F_GETFD);

        if (flags >= 0 && fcntl(i, F_GETFL) >= 0) {
            struct sockaddr_storage s;
            socklen_t len = sizeof s;

            if (getpeername(i, (struct sockaddr *)&s, &len) == 0) {
                assert_true(flags & FD_CLOEXEC);
                seen++;
            }
        }
    }
    assert_true(seen >= 2);
    close(fd);
    wait_for_links(0);
}

/* With no descriptor left none is accepted; later all are, of either family. */
static void listens_on_after_a_famine(void **state)
{
    int four = socket_of(AF_INET), six = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct rlimit before, none;
    int next = dup(four);

    (void)state;
    if (six < 0)
        unit_skip("there is no IPv6");
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = (rlim_t)next;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    connect_to_server(four, AF_INET);
    connect_to_server(six, AF_INET6);
    usleep(300000); /* refused, and refused */
    assert_int_equal(rpc_server_links_count(), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    bind_there(four);
    bind_there(six);
    close(four);
    close(six);
    wait_for_links(0);
}

/* Those who hold connections and say nothing do not keep others out. */
static void makes_room_for_who_comes_later(void **state)
{
    int idle[8], late = socket_of(AF_INET), next, i;
    struct rlimit before, none;

    (void)state;
    for (i = 0; i < 8; i++)
        idle[i] = bound_client();
    next = dup(late);
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = (rlim_t)next;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    connect_to_server(late, AF_INET);
    bind_there(late);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    for (i = 0; i < 8; i++)
        close(idle[i]);
    close(late);
    wait_for_links(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_no_more_than_is_taken),
        cmocka_unit_test(cuts_who_ended_and_takes_nothing),
        cmocka_unit_test(no_descriptor_is_left_to_programs_started),
        cmocka_unit_test(listens_on_after_a_famine),
        cmocka_unit_test(makes_room_for_who_comes_later),
    };

    return unit_result(cmocka_run_group_tests(tests, set_up, NULL));
}
