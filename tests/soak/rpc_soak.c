/* SPDX-License-Identifier: Apache-2.0
 * rpc_soak.c - many connections held, many calls at a time, none lost, nothing left over.
 *
 * rpc_soak CONNECTIONS CALLS, beside a KDC (rpc_soak.sh). The server is a process of its own.
 * Three times over: so many connections, authenticated, every one answering; so many slow calls at
 * a time on as many of them, during which one more connection is answered at once; all closed. What
 * the server holds after the second and the third time is compared. Then it is asked to stop while
 * calls are under way: they are answered, and it ends with its descriptors closed.
 */
#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <countersign/countersign.h>
#include <countersign/rpc.h>

#include "rpc_soak.h"

enum { OPENERS = 8, SLOW_MS = 3000, PROMPT_MS = 1500, CYCLES = 3 };
/* What is remembered against replay, and what threads keep; 500 connections kept are 6 MiB. */
enum { GROWTH_MAX = 2 << 20 };
enum { CALLER_STACK = 256 * 1024, STOPPED_WITHIN_S = 30 };

static unsigned char principal[] = "test/hosta";

static _Noreturn void fail(const char *what, RPC_STATUS s)
{
    char text[2000] = "";

    CsGetErrorText(text, sizeof text);
    fprintf(stderr, "rpc_soak: %s: %d\n%s\n", what, (int)s, text);
    exit(1);
}

static void must(RPC_STATUS s, const char *what)
{
    if (s != RPC_S_OK)
        fail(what, s);
}

static void need(int good, const char *what)
{
    if (!good)
        fail(what, 0);
}

static long milliseconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

static void rest(ULONG ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

    nanosleep(&t, NULL);
}

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* ---- the server ---- */

static atomic_uint slow_now, slow_peak;

void Serve_SoakNull(handle_t binding)
{
    (void)binding;
}

void Serve_SoakSlow(handle_t binding, ULONG ms)
{
    unsigned now = atomic_fetch_add(&slow_now, 1) + 1, most = atomic_load(&slow_peak);

    (void)binding;
    while (now > most && !atomic_compare_exchange_weak(&slow_peak, &most, now))
        ;
    rest(ms);
    atomic_fetch_sub(&slow_now, 1);
}

static ULONG descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    ULONG n = 0;

    need(d != NULL, "/proc/self/fd");
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

void Serve_SoakFigures(handle_t binding, ULONG *open, hyper *heap, ULONG *peak)
{
    (void)binding;
    *open = descriptors();
    *heap = (hyper)mallinfo2().uordblks;
    *peak = atomic_exchange(&slow_peak, 0);
}

void Serve_SoakStop(handle_t binding)
{
    (void)binding;
    must(RpcMgmtStopServerListening(NULL), "RpcMgmtStopServerListening");
}

static void tell_endpoint(int to)
{
    RPC_BINDING_VECTOR *bindings;
    unsigned char *text, *endpoint;

    must(RpcServerInqBindings(&bindings), "RpcServerInqBindings");
    must(RpcBindingToStringBindingA(bindings->BindingH[0], &text), "RpcBindingToStringBinding");
    must(RpcStringBindingParseA(text, NULL, NULL, NULL, &endpoint, NULL), "RpcStringBindingParse");
    need(write(to, endpoint, strlen((char *)endpoint)) > 0, "telling the endpoint");
    close(to);
    RpcStringFreeA(&endpoint);
    RpcStringFreeA(&text);
    must(RpcBindingVectorFree(&bindings), "RpcBindingVectorFree");
}

static int server(unsigned calls, int to)
{
    static unsigned char tcp[] = "ncacn_ip_tcp";
    unsigned max = calls + 100;
    ULONG before, after;
    long asked;

    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a client that fails ends */
    must(RpcServerUseProtseqA(tcp, RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL), "RpcServerUseProtseq");
    must(RpcServerRegisterAuthInfoA(principal, RPC_C_AUTHN_GSS_KERBEROS, NULL, NULL),
         "RpcServerRegisterAuthInfo");
    must(RpcServerRegisterIfEx(rpc_soak_v1_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_SECURE_ONLY, max,
                               NULL),
         "RpcServerRegisterIfEx");
    must(RpcServerListen(1, max, TRUE), "RpcServerListen");
    before = descriptors();
    tell_endpoint(to);
    must(RpcMgmtWaitServerListen(), "RpcMgmtWaitServerListen");
    asked = milliseconds();
    must(RpcServerUnregisterIf(rpc_soak_v1_0_s_ifspec, NULL, TRUE), "RpcServerUnregisterIf");
    need(atomic_load(&slow_now) == 0, "RpcServerListen returned while calls were under way");
    for (after = descriptors(); after > before; after = descriptors()) {
        need(milliseconds() - asked < STOPPED_WITHIN_S * 1000L, "connections left after the stop");
        rest(100);
    }
    return 0;
}

/* ---- the client ---- */

struct load {
    unsigned connections, calls;
    char where[100];
    RPC_BINDING_HANDLE *binding;
    atomic_uint next, failures;
};

static int call(RPC_BINDING_HANDLE b, ULONG slow_ms)
{
    int status = 0;

    RpcTryExcept
    {
        if (slow_ms)
            SoakSlow(b, slow_ms);
        else
            SoakNull(b);
    }
    RpcExcept (1) {
        char text[1000] = "";

        status = (int)RpcExceptionCode();
        CsGetErrorText(text, sizeof text);
        fprintf(stderr, "rpc_soak: a call failed: %d\n%s\n", status, text);
    }
    RpcEndExcept
    return status;
}

static RPC_BINDING_HANDLE bind_to(const char *where)
{
    RPC_BINDING_HANDLE b;

    must(RpcBindingFromStringBindingA((unsigned char *)(uintptr_t)where, &b), where);
    must(RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, TRUE), "RpcBindingSetOption");
    must(RpcBindingSetAuthInfoA(b, principal, RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                RPC_C_AUTHN_GSS_KERBEROS, NULL, RPC_C_AUTHZ_NONE),
         "RpcBindingSetAuthInfo");
    return b;
}

static void *opener(void *arg)
{
    struct load *l = arg;
    unsigned i;

    while ((i = atomic_fetch_add(&l->next, 1)) < l->connections) {
        l->binding[i] = bind_to(l->where);
        if (call(l->binding[i], 0))
            atomic_fetch_add(&l->failures, 1);
    }
    return NULL;
}

static void *slow_caller(void *arg)
{
    struct load *l = arg;

    if (call(l->binding[atomic_fetch_add(&l->next, 1)], SLOW_MS))
        atomic_fetch_add(&l->failures, 1);
    return NULL;
}

/* n threads of one kind, begun. */
static pthread_t *begin(struct load *l, unsigned n, void *(*what)(void *))
{
    pthread_t *t = calloc(n, sizeof *t);
    pthread_attr_t small;
    unsigned i;

    need(t && pthread_attr_init(&small) == 0 &&
             pthread_attr_setstacksize(&small, CALLER_STACK) == 0,
         "threads");
    atomic_store(&l->next, 0);
    for (i = 0; i < n; i++)
        need(pthread_create(&t[i], &small, what, l) == 0, "a thread");
    pthread_attr_destroy(&small);
    return t;
}

static void end(struct load *l, pthread_t *t, unsigned n)
{
    while (n)
        pthread_join(t[--n], NULL);
    free(t);
    need(atomic_load(&l->failures) == 0, "calls failed");
}

/* While slow calls hold their threads, another connection is answered; in milliseconds. */
static long prompt_call(struct load *l)
{
    long start;

    rest(SLOW_MS / 3);
    start = milliseconds();
    need(call(l->binding[l->connections - 1], 0) == 0, "the prompt call");
    return milliseconds() - start;
}

struct figures {
    ULONG descriptors, peak;
    hyper heap;
};

static struct figures ask(RPC_BINDING_HANDLE b)
{
    struct figures f;

    SoakFigures(b, &f.descriptors, &f.heap, &f.peak);
    return f;
}

/* What the server has left, once it has noticed that the connections are gone. */
static struct figures settled(RPC_BINDING_HANDLE b, ULONG at_most)
{
    struct figures f;
    int i;

    for (i = 0; i < 100; i++) {
        f = ask(b);
        if (f.descriptors <= at_most)
            return f;
        rest(100);
    }
    fprintf(stderr, "rpc_soak: %u descriptors are open, %u were\n", f.descriptors, at_most);
    exit(1);
}

static void cycle(struct load *l, RPC_BINDING_HANDLE watch, unsigned number)
{
    long began = milliseconds(), opened, prompt;
    struct figures held;
    pthread_t *t;
    unsigned i;

    t = begin(l, OPENERS, opener);
    end(l, t, OPENERS);
    opened = milliseconds();
    t = begin(l, l->calls, slow_caller);
    prompt = prompt_call(l);
    end(l, t, l->calls);
    held = ask(watch);
    need(held.descriptors >= l->connections, "the server does not hold the connections");
    need(held.peak == l->calls, "the slow calls did not run at the same time");
    need(prompt <= PROMPT_MS, "a null call waited for the slow ones");
    for (i = 0; i < l->connections; i++)
        must(RpcBindingFree(&l->binding[i]), "RpcBindingFree");
    printf(
        "rpc_soak: %u: %u connections in %ld ms, %u calls at a time in %ld ms, one more meanwhile "
        "in %ld ms\n",
        number, l->connections, opened - began, held.peak, milliseconds() - opened, prompt);
    fflush(stdout);
}

/* Calls that are under way when the server is asked to stop get their answers. */
static void stop(struct load *l, RPC_BINDING_HANDLE watch, pid_t child)
{
    unsigned n = l->calls < 20 ? l->calls : 20;
    int status = -1;
    pthread_t *t;

    l->connections = n;
    end(l, begin(l, OPENERS, opener), OPENERS);
    t = begin(l, n, slow_caller);
    rest(SLOW_MS / 3);
    SoakStop(watch);
    end(l, t, n);
    while (n)
        must(RpcBindingFree(&l->binding[--n]), "RpcBindingFree");
    must(RpcBindingFree(&watch), "RpcBindingFree");
    need(waitpid(child, &status, 0) == child && status == 0, "the server did not end well");
}

static int client(struct load *l, pid_t child)
{
    struct figures first, after[CYCLES];
    RPC_BINDING_HANDLE watch;
    unsigned i;

    l->binding = calloc(l->connections, sizeof *l->binding);
    need(l->binding != NULL, "memory");
    watch = bind_to(l->where);
    first = ask(watch);
    for (i = 0; i < CYCLES; i++) {
        cycle(l, watch, i + 1);
        after[i] = settled(watch, first.descriptors);
    }
    printf("rpc_soak: the server's heap after each: %lld %lld %lld KiB\n",
           (long long)after[0].heap >> 10, (long long)after[1].heap >> 10,
           (long long)after[2].heap >> 10);
    need(after[2].heap - after[1].heap < GROWTH_MAX, "the server's heap grew");
    stop(l, watch, child);
    free(l->binding);
    printf("rpc_soak: nothing lost, nothing left, stopped\n");
    return 0;
}

int main(int argc, char **argv)
{
    static struct load l;
    char endpoint[40] = "";
    struct rlimit files;
    int pipes[2];
    pid_t child;

    if (argc != 3) {
        fprintf(stderr, "usage: rpc_soak CONNECTIONS CALLS\n");
        return 2;
    }
    l.connections = (unsigned)strtoul(argv[1], NULL, 10);
    l.calls = (unsigned)strtoul(argv[2], NULL, 10);
    need(l.connections > l.calls && l.calls > 0, "CONNECTIONS must be more than CALLS");
    need(getrlimit(RLIMIT_NOFILE, &files) == 0, "getrlimit");
    files.rlim_cur = files.rlim_max;
    need(setrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > l.connections + 200,
         "ulimit -Hn is too small for so many connections");
    need(pipe(pipes) == 0, "pipe");
    child = fork();
    need(child >= 0, "fork");
    if (child == 0) {
        close(pipes[0]);
        return server(l.calls, pipes[1]);
    }
    close(pipes[1]);
    need(read(pipes[0], endpoint, sizeof endpoint - 1) > 0, "the server did not start");
    close(pipes[0]);
    snprintf(l.where, sizeof l.where, "ncacn_ip_tcp:127.0.0.1[%s]", endpoint);
    return client(&l, child);
}
