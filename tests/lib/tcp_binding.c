/* SPDX-License-Identifier: Apache-2.0
 * tcp_binding.c - where this process's server is reached over TCP.
 */
#include "lib/tcp_binding.h"

#include <arpa/inet.h>
#include <countersign/rpc.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/unit.h"

void tcp_binding(char to[TCP_BINDING])
{
    RPC_BINDING_VECTOR *all = NULL;
    ULONG i;

    *to = '\0';
    assert_int_equal(RpcServerInqBindings(&all), RPC_S_OK);
    for (i = 0; i < all->Count; i++) {
        RPC_CSTR text = NULL, protseq = NULL, endpoint = NULL;

        assert_int_equal(RpcBindingToStringBindingA(all->BindingH[i], &text), RPC_S_OK);
        assert_int_equal(RpcStringBindingParseA(text, NULL, &protseq, NULL, &endpoint, NULL),
                         RPC_S_OK);
        if (strcmp((char *)protseq, "ncacn_ip_tcp") == 0)
            (void)snprintf(to, TCP_BINDING, "ncacn_ip_tcp:127.0.0.1[%s]", (char *)endpoint);
        RpcStringFreeA(&endpoint);
        RpcStringFreeA(&protseq);
        RpcStringFreeA(&text);
    }
    assert_int_equal(RpcBindingVectorFree(&all), RPC_S_OK);
    assert_true(*to != '\0');
}

static void free_port(char to[TCP_PORT])
{
    struct sockaddr_in sin = { .sin_family = AF_INET };
    socklen_t n = sizeof sin;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof sin), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &n), 0);
    close(fd);
    (void)snprintf(to, TCP_PORT, "%u", ntohs(sin.sin_port));
}

void tcp_listen(PSECURITY_DESCRIPTOR d, char port[TCP_PORT])
{
    RPC_STATUS s;
    int left = 100;

    do {
        free_port(port);
        s = RpcServerUseProtseqEpA((RPC_CSTR)(uintptr_t) "ncacn_ip_tcp", 10, (RPC_CSTR)port, d);
    } while (s == RPC_S_DUPLICATE_ENDPOINT && --left);
    assert_int_equal(s, RPC_S_OK);
}
