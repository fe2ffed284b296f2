/* SPDX-License-Identifier: Apache-2.0
 * test_local_handles.c - system handles over ncalrpc: what arrives, what is refused, and that no
 * descriptor is left behind at either end.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/ncalrpc_folder.h"
#include "lib/unit.h"
#include "local_server.h"
#include "local_try.h"

enum { SOCKETS = 40 };

static struct local_server server;
static RPC_BINDING_HANDLE b;

static HANDLE handle_of(int fd)
{
    return (HANDLE)(LONG_PTR)fd;
}

/* ---- calls, and what they raise ---- */

#define CALL(name, parameters, statement)                                                          \
    static RPC_STATUS name parameters                                                              \
    {                                                                                              \
        volatile RPC_STATUS raised = RPC_S_OK;                                                     \
                                                                                                   \
        RpcTryExcept                                                                               \
        {                                                                                          \
            statement;                                                                             \
        }                                                                                          \
        RpcExcept (1) {                                                                            \
            raised = (RPC_STATUS)RpcExceptionCode();                                               \
        }                                                                                          \
        RpcEndExcept                                                                               \
        return raised;                                                                             \
    }

CALL(count, (RPC_BINDING_HANDLE at, LONG *n), *n = LocalDescriptors(at))
CALL(read_from, (RPC_BINDING_HANDLE at, HANDLE file, LONG *n), *n = LocalRead(at, file))
CALL(give, (RPC_BINDING_HANDLE at, LONG status, HANDLE *file), LocalGive(at, 'y', status, file))
CALL(write_to, (ULONG n, HANDLE *sockets, HANDLE *p), LocalWrite(b, n, sockets, p))

static LONG own_descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    LONG n = 0;

    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static LONG server_descriptors(RPC_BINDING_HANDLE binding)
{
    LONG n = -1;

    assert_int_equal(count(binding, &n), RPC_S_OK);
    return n;
}

/* A file of that byte, open so. */
static int file_with(char c, int flags)
{
    char path[] = "/tmp/cs-file-XXXXXX";
    int fd = mkstemp(path), again;

    assert_int_equal(write(fd, &c, 1), 1);
    again = open(path, flags | O_CLOEXEC);
    close(fd);
    unlink(path);
    return again;
}

static void a_file_goes_in(void **state)
{
    int fd = file_with('x', O_RDONLY);
    LONG before, own = own_descriptors(), i;
    LONG got = 0;

    (void)state;
    before = server_descriptors(b);
    for (i = 0; i < 20; i++) {
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        assert_int_equal(read_from(b, handle_of(fd), &got), RPC_S_OK);
        assert_int_equal(got, 'x');
    }
    assert_int_equal(read_from(b, NULL, &got), RPC_S_OK);
    assert_int_equal(got, -1);
    assert_int_equal(read_from(b, INVALID_HANDLE_VALUE, &got), RPC_S_OK);
    assert_int_equal(got, -1);
    assert_int_equal(server_descriptors(b), before);
    assert_int_equal(own_descriptors(), own);
    close(fd);
}

static void a_file_comes_out(void **state)
{
    LONG before = server_descriptors(b), own = own_descriptors(), i;
    HANDLE file = NULL;
    char c = 0;

    (void)state;
    for (i = 0; i < 20; i++) {
        assert_int_equal(give(b, 0, &file), RPC_S_OK);
        assert_int_equal(read((int)(LONG_PTR)file, &c, 1), 1);
        assert_int_equal(c, 'y');
        assert_int_equal(fcntl((int)(LONG_PTR)file, F_GETFD), FD_CLOEXEC);
        close((int)(LONG_PTR)file);
    }
    assert_int_equal(give(b, 4711, &file), 4711);
    assert_int_equal(server_descriptors(b), before);
    assert_int_equal(own_descriptors(), own);
}

static void many_go_in_and_one_both_ways(void **state)
{
    HANDLE sockets[SOCKETS], p;
    int pair[SOCKETS][2], pipes[2], i;
    LONG before = server_descriptors(b);
    char c = 0;

    (void)state;
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    for (i = 0; i < SOCKETS; i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair[i]), 0);
        sockets[i] = handle_of(pair[i][0]);
    }
    p = handle_of(pipes[1]);
    assert_int_equal(write_to(SOCKETS, sockets, &p), RPC_S_OK);
    for (i = 0; i < SOCKETS; i++) {
        assert_int_equal(read(pair[i][1], &c, 1), 1);
        assert_int_equal(c, 's');
        close(pair[i][0]);
        close(pair[i][1]);
    }
    assert_int_equal(read(pipes[0], &c, 1), 1);
    assert_int_equal(c, 'p');
    assert_true((int)(LONG_PTR)p != pipes[1]); /* another descriptor of the same pipe */
    assert_int_equal(write((int)(LONG_PTR)p, "q", 1), 1);
    assert_int_equal(read(pipes[0], &c, 1), 1);
    assert_int_equal(c, 'q');
    close((int)(LONG_PTR)p);
    close(pipes[0]);
    close(pipes[1]);
    assert_int_equal(server_descriptors(b), before);
}

static void the_kind_and_the_access_count(void **state)
{
    HANDLE sockets[100], p = NULL;
    int pipes[2], writable = file_with('z', O_WRONLY), pair[2], i;
    LONG before = server_descriptors(b), own, got = 0;

    (void)state;
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    own = own_descriptors();
    assert_int_equal(read_from(b, handle_of(writable), &got), RPC_S_INVALID_ARG);
    assert_int_equal(read_from(b, handle_of(pipes[0]), &got), RPC_S_INVALID_ARG);
    assert_int_equal(read_from(b, handle_of(pair[0]), &got), RPC_S_INVALID_ARG);
    assert_int_equal(read_from(b, handle_of(12345), &got), RPC_S_INVALID_ARG);
    for (i = 0; i < 100; i++)
        sockets[i] = handle_of(pair[0]);
    assert_int_equal(write_to(64, sockets, &p), RPC_S_OK);
    assert_int_not_equal(write_to(65, sockets, &p), RPC_S_OK);
    assert_int_equal(write_to(1, &sockets[0], &p), RPC_S_OK);
    sockets[0] = handle_of(pipes[0]);
    assert_int_equal(write_to(1, sockets, &p), RPC_S_INVALID_ARG);
    assert_int_equal(own_descriptors(), own);
    assert_int_equal(server_descriptors(b), before);
    close(writable);
    close(pipes[0]);
    close(pipes[1]);
    close(pair[0]);
    close(pair[1]);
}

static void nothing_travels_over_tcp(void **state)
{
    char text[64];
    int fd = file_with('x', O_RDONLY);
    RPC_BINDING_HANDLE tcp;
    HANDLE file = NULL;
    LONG before;
    LONG got = 0;

    (void)state;
    (void)snprintf(text, sizeof text, "ncacn_ip_tcp:127.0.0.1[%s]", server.port);
    tcp = local_bind(text);
    before = server_descriptors(tcp);
    assert_int_equal(read_from(tcp, NULL, &got), RPC_S_OK);
    assert_int_equal(got, -1);
    assert_int_equal(read_from(tcp, handle_of(fd), &got), RPC_S_CANNOT_SUPPORT);
    assert_int_equal(give(tcp, 0, &file), RPC_S_CANNOT_SUPPORT);
    assert_int_equal(server_descriptors(tcp), before);
    RpcBindingFree(&tcp);
    close(fd);
}

/* Descriptors that no call asks for. */
static void who_sends_what_nobody_wants_is_cut(void **state)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    char byte_ = 5, more[8];
    struct iovec iov = { &byte_, 1 };
    struct msghdr m = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
    };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), i;
    LONG before = server_descriptors(b);

    (void)state;
    (void)snprintf(a.sun_path, sizeof a.sun_path, "%s/TRY", getenv("COUNTERSIGN_NCALRPC_DIR"));
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    memset(&control, 0, sizeof control);
    control.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
                                       .cmsg_level = SOL_SOCKET,
                                       .cmsg_type = SCM_RIGHTS };
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    for (i = 0; i < 2; i++) /* the first may be of a call that is on its way */
        (void)sendmsg(fd, &m, MSG_NOSIGNAL);
    while (recv(fd, more, sizeof more, 0) > 0)
        ;
    close(fd);
    for (i = 0; i < 2000 && server_descriptors(b) != before; i++)
        usleep(10000); /* the end is seen before everything is closed */
    assert_int_equal(server_descriptors(b), before);
}

static int set_up(void **state)
{
    (void)state;
    ncalrpc_folder_make();
    local_server_start(&(struct local_how){ .uid = geteuid(),
                                            .flags = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                                            .tcp = true },
                       &server);
    b = local_bind("ncalrpc:[TRY]");
    (void)server_descriptors(b); /* connected, and the server's threads have begun */
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    RpcBindingFree(&b);
    local_server_stop(&server);
    return ncalrpc_folder_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_goes_in),
        cmocka_unit_test(a_file_comes_out),
        cmocka_unit_test(many_go_in_and_one_both_ways),
        cmocka_unit_test(the_kind_and_the_access_count),
        cmocka_unit_test(nothing_travels_over_tcp),
        cmocka_unit_test(who_sends_what_nobody_wants_is_cut),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
