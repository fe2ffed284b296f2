/* SPDX-License-Identifier: Apache-2.0
 * test_rights.c - descriptors beside the bytes of a Unix socket.
 */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/unit.h"
#include "transport/rights.h"

enum { MANY = 65 };

static int pair[2];

static int set_up(void **state)
{
    (void)state;
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
}

static int tear_down(void **state)
{
    (void)state;
    close(pair[0]);
    close(pair[1]);
    return 0;
}

/* The lowest number that is free: what was left open would have it. */
static int lowest(void)
{
    int fd = dup(pair[0]);

    close(fd);
    return fd;
}

static enum err receive(char *bytes, size_t room, size_t *n, struct transport_rights *r)
{
    struct iovec iov = { bytes, room };

    r->count = 0;
    return transport_receive_rights(pair[1], &iov, 1, n, r);
}

static void send_all(const char *text, int *fds, unsigned n)
{
    struct iovec iov = { (void *)text, strlen(text) };
    size_t sent = 0;

    assert_int_equal(transport_send_rights(pair[0], &iov, 1, fds, n, true, &sent), ERR_OK);
    assert_int_equal(sent, strlen(text));
}

/* Past our own limit, as a peer of another making. */
static void send_many(void)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(MANY * sizeof(int))];
    } control = { .room = { 0 } };
    char byte = 'm';
    struct iovec iov = { &byte, 1 };
    struct msghdr m = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
    };
    int fds[MANY], i;

    for (i = 0; i < MANY; i++)
        fds[i] = pair[0];
    control.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof fds),
                                       .cmsg_level = SOL_SOCKET,
                                       .cmsg_type = SCM_RIGHTS };
    memcpy(CMSG_DATA(&control.header), fds, sizeof fds);
    assert_int_equal(sendmsg(pair[0], &m, MSG_NOSIGNAL), 1);
}

static void come_with_their_first_byte(void **state)
{
    struct transport_rights r;
    int fds[2] = { pair[0], pair[1] };
    char bytes[16];
    size_t n = 0;
    unsigned i;

    (void)state;
    assert_int_equal(receive(bytes, sizeof bytes, &n, &r), ERR_INCOMPLETE);
    assert_int_equal(send(pair[0], "before", 6, 0), 6);
    send_all("first", fds, 2);
    send_all("second", fds, 1);
    assert_int_equal(receive(bytes, sizeof bytes, &n, &r), ERR_OK);
    assert_int_equal(n, 11); /* never two lots at once */
    assert_int_equal(r.count, 2);
    for (i = 0; i < 2; i++)
        assert_int_equal(fcntl(r.fd[i], F_GETFD), FD_CLOEXEC);
    transport_rights_close(&r);
    assert_int_equal(r.count, 0);
    assert_int_equal(receive(bytes, 1, &n, &r), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(r.count, 1);
    transport_rights_close(&r);
    assert_int_equal(receive(bytes, sizeof bytes, &n, &r), ERR_OK);
    assert_int_equal(n, 5);
    assert_int_equal(r.count, 0);
}

static void too_many_are_closed(void **state)
{
    struct transport_rights r;
    struct iovec iov = { (void *)"x", 1 };
    int fds[MANY], first = lowest();
    char byte;
    size_t n = 0;

    (void)state;
    memset(fds, 0, sizeof fds);
    assert_int_equal(transport_send_rights(pair[0], &iov, 1, fds, MANY, true, &n), ERR_TOO_LONG);
    send_many();
    assert_int_equal(receive(&byte, 1, &n, &r), ERR_MALFORMED);
    assert_int_equal(r.count, 0);
    assert_int_equal(lowest(), first);
}

static void without_room_all_are_closed(void **state)
{
    struct rlimit was, now;
    struct transport_rights r;
    int fds[4] = { pair[0], pair[0], pair[0], pair[0] }, first = lowest();
    char byte;
    size_t n = 0;
    enum err e;

    (void)state;
    send_all("x", fds, 4);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
    now = was;
    now.rlim_cur = (rlim_t)first + 2;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
    e = receive(&byte, 1, &n, &r);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
    assert_int_equal(e, ERR_MALFORMED);
    assert_int_equal(r.count, 0);
    assert_int_equal(lowest(), first);
}

static void none_is_number_zero(void **state)
{
    struct transport_rights r;
    int fds[1] = { pair[0] }, kept = dup(0);
    char byte;
    size_t n = 0;

    (void)state;
    send_all("x", fds, 1);
    close(0);
    assert_int_equal(receive(&byte, 1, &n, &r), ERR_OK);
    assert_int_equal(r.count, 1);
    assert_true(r.fd[0] > 0);
    assert_int_equal(fcntl(r.fd[0], F_GETFD), FD_CLOEXEC);
    assert_int_equal(fcntl(0, F_GETFD), -1);
    transport_rights_close(&r);
    if (kept >= 0) {
        assert_int_equal(dup2(kept, 0), 0);
        close(kept);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(come_with_their_first_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_are_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_room_all_are_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(none_is_number_zero, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
