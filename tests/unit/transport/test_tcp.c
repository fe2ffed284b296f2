/* SPDX-License-Identifier: Apache-2.0 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/unit.h"
#include "transport/transport.h"

static void accept_soon(int listener, int *ret)
{
    assert_int_equal(transport_wait(listener, POLLIN, -1, transport_deadline_in(5000), NULL),
                     ERR_OK);
    assert_int_equal(transport_tcp.accept(listener, ret), ERR_OK);
}

static void exchange(const char *address, size_t family)
{
    struct transport_listeners l;
    struct transport_name name;
    char hello[] = "hello", got[8] = { 0 };
    struct iovec iov[2] = { { hello, 2 }, { hello + 2, 3 } };
    const struct iovec to[2] = { { got, 1 }, { got + 1, 6 } };
    int client = -1, server = -1;
    size_t n = 0;

    assert_int_equal(transport_tcp.listen(&(struct transport_listen){ .backlog = 4 }, &l), ERR_OK);
    if (family >= l.count) /* a host without IPv6 */
        unit_skip("there is no IPv6");
    assert_int_equal(
        transport_tcp.connect(address, l.endpoint, transport_deadline_in(5000), &client), ERR_OK);
    accept_soon(l.fd[family], &server);
    assert_int_equal(transport_send(client, iov, 2, TRANSPORT_NO_DEADLINE), ERR_OK);
    assert_int_equal(transport_receive(server, to, 2, transport_deadline_in(5000), &n), ERR_OK);
    assert_int_equal(n, 5);
    assert_string_equal(got, "hello");
    assert_int_equal(transport_tcp.name(client, true, &name), ERR_OK);
    assert_string_equal(name.address, address);
    assert_string_equal(name.endpoint, l.endpoint);
    assert_true(transport_tcp.peer_is_local(server));
    assert_int_equal(transport_receive_now(server, to, 2, &n), ERR_INCOMPLETE);
    assert_int_equal(transport_receive(server, to, 1, transport_deadline_in(10), &n), ERR_TIMEOUT);
    close(client);
    assert_int_equal(transport_receive(server, to, 1, TRANSPORT_NO_DEADLINE, &n), ERR_OK);
    assert_int_equal(n, 0);
    close(server);
    while (l.count)
        close(l.fd[--l.count]);
}

static int option(int fd, int name)
{
    int value = -1;
    socklen_t len = sizeof value;

    assert_int_equal(getsockopt(fd, IPPROTO_TCP, name, &value, &len), 0);
    return value;
}

static void looks_after_a_silent_peer(void **state)
{
    struct transport_listeners l;
    int client = -1;

    (void)state;
    assert_int_equal(transport_tcp.listen(&(struct transport_listen){ .backlog = 4 }, &l), ERR_OK);
    assert_int_equal(
        transport_tcp.connect("localhost", l.endpoint, transport_deadline_in(5000), &client),
        ERR_OK);
    transport_tcp.keep_alive(client, 120);
    assert_int_equal(option(client, TCP_KEEPIDLE), 120);
    assert_true(option(client, TCP_KEEPINTVL) * option(client, TCP_KEEPCNT) == 60);
    transport_tcp.keep_alive(client, 0);
    assert_int_equal(option(client, TCP_KEEPIDLE), 7200);
    close(client);
    while (l.count)
        close(l.fd[--l.count]);
}

static void carries_bytes_over_ipv6(void **state)
{
    (void)state;
    exchange("::1", 0);
}

static void carries_bytes_over_ipv4(void **state)
{
    (void)state;
    exchange("127.0.0.1", 1);
}

static void says_that_an_endpoint_is_taken(void **state)
{
    struct transport_listeners l, again;
    struct transport_listen how = { 0 };

    (void)state;
    assert_int_equal(transport_tcp.listen(&how, &l), ERR_OK);
    how.endpoint = l.endpoint;
    assert_int_equal(transport_tcp.listen(&how, &again), ERR_EXISTS);
    how.endpoint = NULL;
    how.first = how.last = (unsigned)atoi(l.endpoint);
    assert_int_equal(transport_tcp.listen(&how, &again), ERR_EXISTS);
    while (l.count)
        close(l.fd[--l.count]);
}

static void says_that_nobody_answers(void **state)
{
    struct transport_listeners l;
    int fd;

    (void)state;
    assert_int_equal(transport_tcp.listen(&(struct transport_listen){ 0 }, &l), ERR_OK);
    while (l.count)
        close(l.fd[--l.count]);
    assert_int_equal(
        transport_tcp.connect("127.0.0.1", l.endpoint, transport_deadline_in(5000), &fd),
        ERR_CONNECT);
}

static void refuses_what_is_no_port(void **state)
{
    static const char *const bad[] = { "", "0", "65536", "99999999999", "-1", "80x", " 80", "epm" };
    size_t i;
    int fd;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(transport_tcp.connect("127.0.0.1", bad[i], TRANSPORT_NO_DEADLINE, &fd),
                         ERR_INVALID_PARAMETER);
}

static void an_array_loses_what_was_sent(void **state)
{
    char a[4], b[4];
    struct iovec iov[3] = { { a, 4 }, { b, 0 }, { b, 4 } };

    (void)state;
    assert_int_equal(transport_iov_skip(iov, 3, 0), 0);
    assert_int_equal(transport_iov_skip(iov, 3, 3), 0);
    assert_ptr_equal(iov[0].iov_base, a + 3);
    assert_int_equal(transport_iov_skip(iov, 3, 3), 2);
    assert_ptr_equal(iov[2].iov_base, b + 2);
    assert_int_equal(iov[2].iov_len, 2);
    assert_int_equal(transport_iov_skip(iov + 2, 1, 2), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carries_bytes_over_ipv6),
        cmocka_unit_test(carries_bytes_over_ipv4),
        cmocka_unit_test(looks_after_a_silent_peer),
        cmocka_unit_test(says_that_an_endpoint_is_taken),
        cmocka_unit_test(says_that_nobody_answers),
        cmocka_unit_test(refuses_what_is_no_port),
        cmocka_unit_test(an_array_loses_what_was_sent),
    };

    return unit_result(cmocka_run_group_tests(tests, NULL, NULL));
}
