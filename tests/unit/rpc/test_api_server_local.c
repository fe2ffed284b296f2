/* SPDX-License-Identifier: Apache-2.0
 * test_api_server_local.c - sockets that a program gives to the runtime.
 */
#include <countersign/rpclocal.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/ncalrpc_folder.h"
#include "lib/unit.h"

enum { LOOPBACK_NINE = 0x7f000009 };

/* Of TCP at 127.0.0.9. */
static int tcp_socket(int type, bool listens)
{
    const struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(LOOPBACK_NINE) };
    int fd = socket(AF_INET, type, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listens ? listen(fd, 4) : 0, 0);
    return fd;
}

static int local_socket(const char *folder, const char *name)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    (void)snprintf(a.sun_path, sizeof a.sun_path, "%s/%s", folder, name);
    assert_int_equal(bind(fd, (const struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(fd, 4), 0);
    return fd;
}

static unsigned port_of(int fd)
{
    struct sockaddr_in a = { 0 };
    socklen_t n = sizeof a;

    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
    return ntohs(a.sin_port);
}

static void has_binding(const char *want)
{
    RPC_BINDING_VECTOR *all = NULL;
    bool found = false;
    ULONG i;

    assert_int_equal(RpcServerInqBindings(&all), RPC_S_OK);
    for (i = 0; i < all->Count; i++) {
        RPC_CSTR text = NULL;

        assert_int_equal(RpcBindingToStringBindingA(all->BindingH[i], &text), RPC_S_OK);
        found |= strcmp((const char *)text, want) == 0;
        assert_int_equal(RpcStringFreeA(&text), RPC_S_OK);
    }
    assert_int_equal(RpcBindingVectorFree(&all), RPC_S_OK);
    if (!found)
        fail_msg("no binding is %s", want);
}

static RPC_STATUS is_listening(const char *binding)
{
    RPC_BINDING_HANDLE b = NULL;
    RPC_STATUS status;

    assert_int_equal(RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t)binding, &b), RPC_S_OK);
    status = RpcMgmtIsServerListening(b);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
    return status;
}

/* Those that are refused are still their maker's. */
static void refuses_what_does_not_listen(void **state)
{
    const int sockets[] = { tcp_socket(SOCK_STREAM, false), tcp_socket(SOCK_DGRAM, false),
                            STDIN_FILENO };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof sockets / sizeof *sockets; i++)
        assert_int_equal(CsServerUseSocket(sockets[i]), RPC_S_INVALID_ARG);
    assert_int_equal(CsServerUseSocket(-1), RPC_S_INVALID_ARG);
    assert_int_equal(close(sockets[0]), 0);
    assert_int_equal(close(sockets[1]), 0);
}

static void serves_at_one_address(void **state)
{
    int fd = tcp_socket(SOCK_STREAM, true);
    char text[64];

    (void)state;
    (void)snprintf(text, sizeof text, "ncacn_ip_tcp:127.0.0.9[%u]", port_of(fd));
    assert_int_equal(CsServerUseSocket(fd), RPC_S_OK);
    has_binding(text);
    assert_int_equal(is_listening(text), RPC_S_NOT_LISTENING); /* which a server has said */
    assert_int_equal(RpcServerListen(1, 10, TRUE), RPC_S_OK);
    assert_int_equal(is_listening(text), RPC_S_OK);
    assert_int_equal(RpcMgmtStopServerListening(NULL), RPC_S_OK);
    assert_int_equal(RpcMgmtWaitServerListen(), RPC_S_OK);
}

static void a_unix_socket_is_an_endpoint_of_that_name(void **state)
{
    const char *folder = ncalrpc_folder_make();
    int fd;

    (void)state;
    assert_int_equal(mkdir(folder, 0755), 0);
    fd = local_socket(folder, "lower");
    assert_int_equal(CsServerUseSocket(fd), RPC_S_INVALID_ARG);
    assert_int_equal(close(fd), 0);
    assert_int_equal(CsServerUseSocket(local_socket(folder, "GIVEN")), RPC_S_OK);
    has_binding("ncalrpc:[GIVEN]");
    assert_int_equal(RpcServerListen(1, 10, TRUE), RPC_S_OK);
    assert_int_equal(is_listening("ncalrpc:[given]"), RPC_S_OK);
    assert_int_equal(RpcMgmtStopServerListening(NULL), RPC_S_OK);
    assert_int_equal(RpcMgmtWaitServerListen(), RPC_S_OK);
    assert_int_equal(ncalrpc_folder_remove(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_does_not_listen),
        cmocka_unit_test(serves_at_one_address),
        cmocka_unit_test(a_unix_socket_is_an_endpoint_of_that_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
