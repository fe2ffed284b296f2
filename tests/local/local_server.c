/* SPDX-License-Identifier: Apache-2.0
 * local_server.c - a server of local_try.idl in a process of its own, and clients of any uid.
 */
#include "local_server.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <countersign/rpclocal.h>

#include "local_try.h"

#define STR(s) ((RPC_CSTR)(uintptr_t)(s))

void *__RPC_USER midl_user_allocate(size_t size)
{
    return malloc(size);
}

void __RPC_USER midl_user_free(void *p)
{
    free(p);
}

/* ---- the manager ---- */

static void keep(char *to, const void *text)
{
    (void)snprintf(to, LOCAL_NAME, "%s", text ? (const char *)text : "");
}

static void ask_attributes(handle_t h, LOCAL_SEEN *seen)
{
    RPC_CALL_LOCAL_ADDRESS_V1 address = { .Version = 1 };
    RPC_CALL_ATTRIBUTES_V2_A a = { .Version = 2,
                                   .Flags = RPC_QUERY_CLIENT_PRINCIPAL_NAME | RPC_QUERY_CLIENT_PID |
                                            RPC_QUERY_IS_CLIENT_LOCAL |
                                            RPC_QUERY_CALL_LOCAL_ADDRESS,
                                   .ClientPrincipalName = (UCHAR *)seen->attributes_client,
                                   .ClientPrincipalNameBufferLength = LOCAL_NAME,
                                   .CallLocalAddress = &address };

    seen->attributes = RpcServerInqCallAttributesA(h, &a);
    seen->sequence = a.ProtocolSequence;
    seen->client_pid = (ULONG)(ULONG_PTR)a.ClientPID;
    seen->is_local = a.IsClientLocal;
    seen->address_format = address.AddressFormat;
}

void Serve_LocalWho(handle_t server, LOCAL_SEEN *seen)
{
    CS_LOCAL_CALLER caller = { .size = sizeof caller };
    RPC_AUTHZ_HANDLE client = NULL;
    RPC_CSTR principal = NULL, binding = NULL;

    memset(seen, 0, sizeof *seen);
    seen->auth =
        RpcBindingInqAuthClientA(server, &client, &principal, &seen->level, &seen->service, NULL);
    keep(seen->client, client);
    keep(seen->server, principal);
    RpcStringFreeA(&principal);
    seen->caller = CsServerInqLocalCaller(server, &caller);
    seen->uid = caller.uid;
    seen->gid = caller.gid;
    seen->pid = caller.pid;
    ask_attributes(server, seen);
    seen->inq_pid = I_RpcBindingInqLocalClientPID(NULL, &seen->other_pid);
    if (I_RpcBindingInqTransportType(server, &seen->transport) ||
        I_RpcBindingIsClientLocal(server, &seen->local_flag))
        seen->transport = 0;
    if (!RpcBindingToStringBindingA(server, &binding))
        keep(seen->binding, binding);
    RpcStringFreeA(&binding);
}

ULONG Serve_LocalTake(handle_t server, ULONG n, const byte *data)
{
    (void)server;
    (void)data;
    return n;
}

void Serve_LocalOpen(handle_t server, LOCAL_CONTEXT *context)
{
    (void)server;
    *context = calloc(1, sizeof(LONG));
}

LONG Serve_LocalNext(LOCAL_CONTEXT context)
{
    return ++*(LONG *)context;
}

void Serve_LocalClose(LOCAL_CONTEXT *context)
{
    free(*context);
    *context = NULL;
}

void LOCAL_CONTEXT_rundown(LOCAL_CONTEXT context)
{
    free(context);
}

/* ---- system handles ---- */

LONG Serve_LocalDescriptors(handle_t server)
{
    DIR *d = opendir("/proc/self/fd");
    LONG n = 0;

    (void)server;
    while (d && readdir(d))
        n++;
    if (d)
        closedir(d);
    return n;
}

LONG Serve_LocalRead(handle_t server, HANDLE file)
{
    unsigned char first = 0;

    (void)server;
    if (!file)
        return -1;
    return read((int)(LONG_PTR)file, &first, 1) == 1 ? first : -2;
}

void Serve_LocalGive(handle_t server, LONG byte_, LONG status, HANDLE *file)
{
    char path[] = "/tmp/cs-give-XXXXXX", c = (char)byte_;
    int fd = mkstemp(path);

    (void)server;
    if (fd < 0 || write(fd, &c, 1) != 1)
        RpcRaiseException(RPC_S_OUT_OF_RESOURCES);
    close(fd);
    *file = (HANDLE)(LONG_PTR)open(path, O_RDONLY | O_CLOEXEC);
    (void)unlink(path);
    if (status) {
        close((int)(LONG_PTR)*file); /* what a routine has not returned is still its own */
        RpcRaiseException(status);
    }
}

void Serve_LocalWrite(handle_t server, ULONG n, HANDLE *sockets, HANDLE *pipe)
{
    ULONG i;

    (void)server;
    for (i = 0; i < n; i++)
        if (write((int)(LONG_PTR)sockets[i], "s", 1) != 1)
            RpcRaiseException(RPC_S_OUT_OF_RESOURCES);
    if (*pipe && write((int)(LONG_PTR)*pipe, "p", 1) != 1)
        RpcRaiseException(RPC_S_OUT_OF_RESOURCES);
}

/* ---- pipes ---- */

void Serve_LocalFlow(handle_t server, BYTES there, BYTES *back)
{
    static const byte zeros[4096];
    ULONG got = 1, n = 0, part;
    byte block[4096];

    (void)server;
    while (got) {
        there.pull(there.state, block, sizeof block, &got);
        n += got;
    }
    for (; n; n -= part) {
        part = n < sizeof zeros ? n : sizeof zeros;
        back->push(back->state, (void *)zeros, part);
    }
    back->push(back->state, NULL, 0);
}

/* ---- its process ---- */

static void fail(const char *what, RPC_STATUS status)
{
    fprintf(stderr, "local_server: %s: %d\n", what, (int)status);
    exit(1);
}

static void must(const char *what, RPC_STATUS status)
{
    if (status)
        fail(what, status);
}

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return ok;
}

static void become(const struct local_how *how)
{
    char map[40];

    if (how->uid != geteuid() &&
        (setresgid(how->uid, how->uid, how->uid) || setresuid(how->uid, how->uid, how->uid)))
        fail("setresuid", 0);
    if (!how->apart)
        return;
    (void)snprintf(map, sizeof map, "0 %u 1", how->uid);
    /* who has changed its account does not own its files in /proc */
    if (prctl(PR_SET_DUMPABLE, 1) || unshare(CLONE_NEWUSER) ||
        !write_file("/proc/self/uid_map", map))
        _exit(77); /* not allowed here */
}

static void tcp_port(char to[16])
{
    RPC_BINDING_VECTOR *all = NULL;
    RPC_CSTR text = NULL, endpoint = NULL;
    ULONG i;

    must("RpcServerInqBindings", RpcServerInqBindings(&all));
    for (i = 0; i < all->Count; i++) {
        must("text", RpcBindingToStringBindingA(all->BindingH[i], &text));
        must("parts", RpcStringBindingParseA(text, NULL, NULL, NULL, &endpoint, NULL));
        if (strncmp((char *)text, "ncacn_ip_tcp", 12) == 0)
            (void)snprintf(to, 16, "%s", (char *)endpoint);
        RpcStringFreeA(&endpoint);
        RpcStringFreeA(&text);
    }
    RpcBindingVectorFree(&all);
}

static void be_reached_at(const struct local_how *how)
{
    must("RpcServerUseProtseqEp",
         RpcServerUseProtseqEpA(STR("ncalrpc"), RPC_C_PROTSEQ_MAX_REQS_DEFAULT,
                                STR(how->name ? how->name : "Try"), NULL));
    if (how->tcp)
        must("RpcServerUseProtseq",
             RpcServerUseProtseqA(STR("ncacn_ip_tcp"), RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL));
}

/* As the documentation has it: whatever is free, and then the map. */
static void be_registered(void)
{
    RPC_BINDING_VECTOR *all = NULL;

    must("RpcServerUseAllProtseqs", RpcServerUseAllProtseqs(RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL));
    must("RpcServerInqBindings", RpcServerInqBindings(&all));
    must("RpcEpRegister", RpcEpRegisterA(local_try_v1_0_s_ifspec, all, NULL, STR("local_try")));
    must("RpcBindingVectorFree", RpcBindingVectorFree(&all));
}

/* Until the other end of control is closed. */
static void serve(const struct local_how *how, int control)
{
    char port[16] = "-", more;

    become(how);
    if (how->registered)
        be_registered();
    else
        be_reached_at(how);
    if (how->tcp)
        tcp_port(port);
    must("RpcServerRegisterIf2",
         RpcServerRegisterIf2(local_try_v1_0_s_ifspec, NULL, NULL, how->flags,
                              RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                              how->max_size ? how->max_size : (UINT)-1, NULL));
    if (!(how->flags & RPC_IF_AUTOLISTEN))
        must("RpcServerListen", RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, TRUE));
    if (write(control, port, sizeof port) != (ssize_t)sizeof port)
        fail("write", 0);
    while (read(control, &more, 1) > 0)
        ;
    if (how->flags & RPC_IF_AUTOLISTEN)
        exit(0);
    must("stop", RpcMgmtStopServerListening(NULL));
    must("wait", RpcMgmtWaitServerListen());
    exit(0);
}

void local_server_start(const struct local_how *how, struct local_server *ret)
{
    int end[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, end))
        abort();
    ret->pid = fork();
    if (!ret->pid) {
        close(end[0]);
        serve(how, end[1]);
    }
    close(end[1]);
    ret->control = end[0];
    if (read(end[0], ret->port, sizeof ret->port) != (ssize_t)sizeof ret->port)
        ret->port[0] = '\0'; /* it said why */
}

void local_server_stop(struct local_server *s)
{
    int status;

    close(s->control);
    if (waitpid(s->pid, &status, 0) != s->pid || status)
        abort();
}

void local_server_kill(struct local_server *s)
{
    kill(s->pid, SIGKILL);
    close(s->control);
    waitpid(s->pid, NULL, 0);
}

/* ---- clients ---- */

int local_as(uid_t uid, int (*run)(void *arg), void *arg)
{
    pid_t child = fork();
    int status;

    if (!child) {
        if (uid != geteuid() && (setresgid(uid, uid, uid) || setresuid(uid, uid, uid)))
            exit(99);
        exit(run(arg));
    }
    if (waitpid(child, &status, 0) != child)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

RPC_BINDING_HANDLE local_bind(const char *binding)
{
    RPC_BINDING_HANDLE b = NULL;

    must(binding, RpcBindingFromStringBindingA(STR(binding), &b));
    return b;
}

RPC_STATUS local_authenticate(RPC_BINDING_HANDLE b, const char *principal, ULONG tracking)
{
    RPC_SECURITY_QOS qos = { RPC_C_SECURITY_QOS_VERSION_1, RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH,
                             tracking, RPC_C_IMP_LEVEL_IMPERSONATE };

    return RpcBindingSetAuthInfoExA(b, STR(principal), RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_AUTHN_WINNT,
                                    NULL, RPC_C_AUTHZ_NONE, &qos);
}
