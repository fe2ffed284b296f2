/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_coercion.c - a server never dials out because of what a client sent.
 *
 * The server is a process of its own which the kernel kills at the first connection it asks for
 * (connect, sendmmsg, io_uring), by whatever library, in whatever thread. It has to outlive all
 * that clients may send; that it would not survive one, the last test shows.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <countersign/rpcguard.h>

#include "rpc_coercion.h"
#include "rpc_try_home.h"

enum { K = RPC_C_AUTHN_GSS_KERBEROS, N = RPC_C_AUTHN_GSS_NEGOTIATE };

#define EVIL "\\\\192.0.2.66\\share\\x"

static char port[16];
static pid_t server_pid;
static int to_server; /* its end is the server's */
static int told;      /* callbacks this client was asked */

/* ---- the server ---- */

void Serve_CoerceOpen(handle_t server, const WCHAR *path)
{
    RPC_STATUS s = CsValidatePathW((RPC_WSTR)(uintptr_t)path, NULL);

    (void)server;
    if (s)
        RpcRaiseException(s);
}

void Serve_CoerceNotify(handle_t server, const WCHAR *host, LONG times)
{
    static const char *const known[] = { "printer.example", NULL };
    RPC_STATUS s = CsValidateHostW((RPC_WSTR)(uintptr_t)host, known);
    LONG i;

    (void)server;
    if (s)
        RpcRaiseException(s);
    for (i = 0; i < times; i++)
        Serve_CoerceTold(i);
}

void Serve_CoerceDial(handle_t server)
{
    const struct sockaddr to = { .sa_family = AF_UNSPEC };
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    (void)server;
    (void)connect(fd, &to, sizeof to);
    close(fd);
}

#if defined(__x86_64__)
#define HERE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define HERE AUDIT_ARCH_AARCH64
#else
#error "name the architecture that the kernel's filter is written for"
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip)
#define DIE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
#define LIVE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* All threads of this process, from now on. Of sendmsg, whose addresses a filter does not see,
 * datagrams would need a socket that is none of the loop's. */
static void stay_at_home(void)
{
    struct sock_filter rules[] = {
        LOAD(arch), UNLESS(HERE, 8),
        LOAD(nr),   UNLESS(SYS_connect, 1),
        DIE,        UNLESS(SYS_sendmmsg, 1),
        DIE,        UNLESS(SYS_io_uring_setup, 1),
        DIE,        LIVE,
        DIE,
    };
    const struct sock_fprog filter = { sizeof rules / sizeof *rules, rules };

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter))
        _exit(3);
}

static void serve(int from, int tell)
{
    char c;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    try_start(NULL);
    OK(RpcServerRegisterIfEx(rpc_coercion_v1_0_s_ifspec, NULL, NULL,
                             RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                             NULL));
    stay_at_home();
    if (write(tell, try_port(), strlen(try_port()) + 1) < 0)
        _exit(4);
    while (read(from, &c, 1) < 0 && errno == EINTR)
        ;
    OK(RpcServerUnregisterIf(rpc_coercion_v1_0_s_ifspec, NULL, TRUE));
    try_stop(NULL);
    exit(0);
}

static int server_begin(void **state)
{
    int in[2], out[2];

    (void)state;
    if (pipe(in) || pipe(out))
        return -1;
    server_pid = fork();
    if (server_pid == 0) {
        close(in[1]);
        close(out[0]);
        serve(in[0], out[1]);
    }
    close(in[0]);
    close(out[1]);
    to_server = in[1];
    if (read(out[0], port, sizeof port) < 2)
        return -1;
    return close(out[0]);
}

/* What it ended with. */
static int server_end(void)
{
    int status = -1;

    close(to_server);
    while (waitpid(server_pid, &status, 0) < 0 && errno == EINTR)
        ;
    server_pid = 0;
    return status;
}

static int server_stays(void **state)
{
    (void)state;
    return server_pid && server_end() ? -1 : 0;
}

/* ---- its clients ---- */

void CoerceTold(LONG time)
{
    assert_int_equal(time, told);
    told++;
}

static RPC_BINDING_HANDLE bind_as(ULONG service, ULONG level)
{
    RPC_BINDING_HANDLE b = try_bind_to(NULL, "127.0.0.1", port);

    OK(RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, TRUE));
    if (level != RPC_C_AUTHN_LEVEL_NONE)
        try_authenticate(b, unit_env("PERSON"), unit_env("PERSON_PASSWORD"), level, service);
    return b;
}

/* As each of them, with a connection each; and the server is still there. */
static void by_every_way(void (*talk)(RPC_BINDING_HANDLE b))
{
    static const struct {
        ULONG service, level;
    } ways[] = {
        { K, RPC_C_AUTHN_LEVEL_NONE },          { K, RPC_C_AUTHN_LEVEL_CONNECT },
        { K, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY }, { K, RPC_C_AUTHN_LEVEL_PKT_PRIVACY },
        { N, RPC_C_AUTHN_LEVEL_CONNECT },       { N, RPC_C_AUTHN_LEVEL_PKT_PRIVACY },
    };
    size_t i;

    for (i = 0; i < sizeof ways / sizeof *ways; i++) {
        RPC_BINDING_HANDLE b = bind_as(ways[i].service, ways[i].level);

        talk(b);
        try_unbind(&b);
    }
    assert_int_equal(waitpid(server_pid, NULL, WNOHANG), 0);
}

static void give_paths_and_hosts(RPC_BINDING_HANDLE b)
{
    RAISES(RPC_S_OK, CoerceOpen(b, u"/srv/data"));
    RAISES(RPC_S_ACCESS_DENIED, CoerceOpen(b, u"\\\\192.0.2.66\\share\\x"));
    RAISES(RPC_S_ACCESS_DENIED, CoerceOpen(b, u"//evil.example/share"));
    RAISES(RPC_S_ACCESS_DENIED, CoerceOpen(b, u"\\\\?\\UNC\\evil.example\\x"));
    RAISES(RPC_S_ACCESS_DENIED, CoerceOpen(b, u"\\\\.\\pipe\\spoolss"));
    RAISES(RPC_S_ACCESS_DENIED, CoerceOpen(b, u"http://evil.example/"));
    RAISES(RPC_S_ACCESS_DENIED, CoerceNotify(b, u"evil.example", 1));
    RAISES(RPC_S_ACCESS_DENIED, CoerceNotify(b, u"192.0.2.66", 1));
}

static void a_path_or_host_is_not_followed(void **state)
{
    (void)state;
    by_every_way(give_paths_and_hosts);
}

static void ask_to_be_told(RPC_BINDING_HANDLE b)
{
    told = 0;
    RAISES(RPC_S_OK, CoerceNotify(b, u"PRINTER.example", 3));
    assert_int_equal(told, 3);
}

static void who_asks_is_told_on_his_own_connection(void **state)
{
    (void)state;
    by_every_way(ask_to_be_told);
}

static void manage(RPC_BINDING_HANDLE b)
{
    RPC_IF_ID_VECTOR *ids = NULL;
    RPC_STATS_VECTOR *stats = NULL;
    RPC_CSTR name = NULL;

    OK(RpcMgmtInqIfIds(b, &ids));
    OK(RpcMgmtInqServerPrincNameA(b, K, &name));
    OK(RpcMgmtInqStats(b, &stats));
    IS(RpcMgmtStopServerListening(b), RPC_S_ACCESS_DENIED);
    OK(RpcStringFreeA(&name));
    OK(RpcIfIdVectorFree(&ids));
    OK(RpcMgmtStatsVectorFree(&stats));
}

/* Contexts of several interfaces, context handles, objects, management, exceptions. */
static void do_everything(RPC_BINDING_HANDLE b)
{
    TRY_CONTEXT closed = NULL, left = NULL;
    UUID object;

    OK(UuidCreate(&object));
    OK(RpcBindingSetObject(b, &object));
    RAISES(RPC_S_OK, TryOpen(b, 1, &closed));
    RAISES(RPC_S_OK, TryOpen(b, 1, &left));
    RAISES(RPC_S_OK, TryTake(b, sizeof EVIL, (const byte *)EVIL));
    RAISES(4711, TryRaise(b, 4711));
    manage(b);
    RAISES(RPC_S_OK, TryClose(&closed));
    RpcSsDestroyClientContext(&left); /* and it is run down */
}

static void nothing_else_of_a_call_is(void **state)
{
    (void)state;
    by_every_way(do_everything);
}

/* Without which the tests above would prove nothing. */
static void whoever_dials_out_is_caught(void **state)
{
    RPC_BINDING_HANDLE b = bind_as(K, RPC_C_AUTHN_LEVEL_NONE);
    volatile RPC_STATUS raised = RPC_S_OK;
    int status;

    (void)state;
    RpcTryExcept
    {
        CoerceDial(b);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    assert_int_not_equal(raised, RPC_S_OK);
    try_unbind(&b);
    status = server_end();
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_or_host_is_not_followed),
        cmocka_unit_test(who_asks_is_told_on_his_own_connection),
        cmocka_unit_test(nothing_else_of_a_call_is),
        cmocka_unit_test(whoever_dials_out_is_caught),
    };

    return cmocka_run_group_tests(tests, server_begin, server_stays);
}
