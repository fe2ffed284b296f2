/* SPDX-License-Identifier: Apache-2.0
 * test_api_server.c - endpoints through every form of the doors.
 */
#include <arpa/inet.h>
#include <countersign/rpc.h>
#include <unistd.h>

#include "lib/ncalrpc_folder.h"
#include "lib/unit.h"

static unsigned char tcp[] = "ncacn_ip_tcp";
static RPC_WSTR tcp_wide = (RPC_WSTR)(uintptr_t)u"ncacn_ip_tcp";
static RPC_POLICY good = { sizeof good, RPC_C_USE_INTRANET_PORT, RPC_C_BIND_TO_ALL_NICS };

struct port {
    unsigned char text[8];
    USHORT wide[8];
    CS_ENDPOINT endpoint;
    CS_INTERFACE face; /* which names it */
};

static int on_loopback(struct sockaddr_in *sin, uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    *sin = (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons(port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    return fd;
}

/* A port nobody has at the moment. */
static void port_find(struct port *p)
{
    struct sockaddr_in sin;
    socklen_t n = sizeof sin;
    int fd = on_loopback(&sin, 0);
    size_t i;

    assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof sin), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &n), 0);
    close(fd);
    snprintf((char *)p->text, sizeof p->text, "%u", ntohs(sin.sin_port));
    for (i = 0; i < sizeof p->text; i++)
        p->wide[i] = p->text[i];
    p->endpoint = (CS_ENDPOINT){ "ncacn_ip_tcp", (const char *)p->text };
    p->face = (CS_INTERFACE){ .Length = sizeof p->face,
                              .StubAbi = CS_STUB_ABI,
                              .Endpoints = &p->endpoint,
                              .EndpointCount = 1,
                              .Name = "test" };
}

static bool answers(const struct port *p)
{
    struct sockaddr_in sin;
    int fd = on_loopback(&sin, (uint16_t)strtoul((const char *)p->text, NULL, 10));
    int r = connect(fd, (struct sockaddr *)&sin, sizeof sin);

    close(fd);
    return r == 0;
}

/* Each function that takes a policy, by number. */
static RPC_STATUS use(unsigned which, struct port *p, void *descriptor, RPC_POLICY *policy)
{
    switch (which) {
    case 0:
        return RpcServerUseProtseqEpExA(tcp, 10, p->text, descriptor, policy);
    case 1:
        return RpcServerUseProtseqEpExW(tcp_wide, 10, p->wide, descriptor, policy);
    case 2:
        return RpcServerUseProtseqIfExA(tcp, 10, &p->face, descriptor, policy);
    case 3:
        return RpcServerUseProtseqIfExW(tcp_wide, 10, &p->face, descriptor, policy);
    case 4:
        return RpcServerUseAllProtseqsIfEx(10, &p->face, descriptor, policy);
    case 5:
        return RpcServerUseProtseqExA(tcp, 10, descriptor, policy);
    case 6:
        return RpcServerUseProtseqExW(tcp_wide, 10, descriptor, policy);
    default:
        return RpcServerUseAllProtseqsEx(10, descriptor, policy);
    }
}

enum { NAMED = 5, ALL = 8 };

static void what_is_asked_for_is_checked_by_every_form(void **state)
{
    static RPC_POLICY bad[] = { { 4, 0, 0 }, { sizeof good, 8, 0 }, { sizeof good, 0, 2 } };
    RPC_BINDING_VECTOR *none = NULL;
    unsigned char descriptor[40] = { 0 }, absolute[40] = { 1, 0, 4, 0 };
    struct port p;
    unsigned i, k;

    (void)state;
    for (i = 0; i < ALL; i++) {
        port_find(&p);
        for (k = 0; k < sizeof bad / sizeof *bad; k++)
            assert_int_equal(use(i, &p, NULL, &bad[k]), RPC_S_INVALID_ARG);
        assert_int_equal(use(i, &p, descriptor, &good), RPC_S_INVALID_ARG);
        assert_int_equal(use(i, &p, absolute, &good), RPC_S_CANNOT_SUPPORT);
        assert_false(answers(&p));
    }
    assert_int_equal(RpcServerInqBindings(&none), RPC_S_NO_BINDINGS);
}

static void a_named_endpoint_answers_by_every_form(void **state)
{
    struct port p;
    unsigned i;

    (void)state;
    for (i = 0; i < NAMED; i++) {
        port_find(&p);
        assert_int_equal(use(i, &p, NULL, &good), RPC_S_OK);
        assert_true(answers(&p));
    }
    port_find(&p);
    assert_int_equal(RpcServerUseProtseqEpW(tcp_wide, 10, p.wide, NULL), RPC_S_OK);
    assert_true(answers(&p));
    port_find(&p);
    assert_int_equal(RpcServerUseProtseqIfW(tcp_wide, 10, &p.face, NULL), RPC_S_OK);
    assert_true(answers(&p));
    assert_int_equal(RpcServerUseProtseqIfW(tcp_wide, 10, NULL, NULL), RPC_S_INVALID_ARG);
    assert_int_equal(RpcServerUseAllProtseqsIfEx(10, NULL, NULL, NULL), RPC_S_INVALID_ARG);
}

static void what_names_nothing_is_told(void **state)
{
    CS_ENDPOINT pipe = { "ncacn_np", "\\pipe\\test" };
    CS_INTERFACE face = { .Length = sizeof face,
                          .StubAbi = CS_STUB_ABI,
                          .Endpoints = &pipe,
                          .EndpointCount = 1,
                          .Name = "test" };

    (void)state;
    assert_int_equal(RpcServerUseProtseqIfExA(tcp, 10, &face, NULL, NULL), RPC_S_PROTSEQ_NOT_FOUND);
    assert_int_equal(RpcServerUseAllProtseqsIfEx(10, &face, NULL, NULL), RPC_S_NO_PROTSEQS);
}

static void a_dynamic_endpoint_is_there_once(void **state)
{
    RPC_BINDING_VECTOR *before = NULL, *after = NULL;
    unsigned i;

    (void)state;
    assert_int_equal(use(NAMED, NULL, NULL, &good), RPC_S_OK);
    assert_int_equal(RpcServerUseAllProtseqs(10, NULL), RPC_S_OK);
    assert_int_equal(RpcServerInqBindings(&before), RPC_S_OK);
    for (i = NAMED; i < ALL; i++)
        assert_int_equal(use(i, NULL, NULL, &good), RPC_S_OK);
    assert_int_equal(RpcServerInqBindings(&after), RPC_S_OK);
    assert_int_equal(after->Count, before->Count);
    RpcBindingVectorFree(&before);
    RpcBindingVectorFree(&after);
}

static int set_up(void **state)
{
    (void)state;
    ncalrpc_folder_make();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return ncalrpc_folder_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_for_is_checked_by_every_form),
        cmocka_unit_test(a_named_endpoint_answers_by_every_form),
        cmocka_unit_test(what_names_nothing_is_told),
        cmocka_unit_test(a_dynamic_endpoint_is_there_once),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
