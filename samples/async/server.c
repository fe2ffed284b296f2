/* SPDX-License-Identifier: Apache-2.0
 * server.c - counts primes for callers who proved who they are, in threads of its own.
 *
 *      work-server --service SPN --keytab FILE
 *
 * The runtime's threads only put work into a queue. So a thousand callers who wait cost no thread,
 * and a caller who has lost patience is noticed while his primes are counted.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rpc.h>

#include "report.h"
#include "work.h"

enum { WORKERS = 2, LOOK_EVERY = 4096 /* numbers */ };

struct job {
    PRPC_ASYNC_STATE state; /* the call: it is under way until somebody completes it */
    ULONG below, *greatest; /* the parameters stay as long */
    char caller[200];
    struct job *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static struct job *first, **last = &first;

/* ---- by the runtime's threads ---- */

void WorkPrimes(PRPC_ASYNC_STATE WorkPrimes_AsyncHandle, handle_t IDL_handle, ULONG below,
                ULONG *greatest)
{
    struct job *job = calloc(1, sizeof *job);
    RPC_AUTHZ_HANDLE proven = NULL;

    if (!job) /* before the call is handed on, an exception ends it */
        RpcRaiseException(RPC_S_OUT_OF_MEMORY);
    if (RpcBindingInqAuthClientA(IDL_handle, &proven, NULL, NULL, NULL, NULL) == RPC_S_OK)
        snprintf(job->caller, sizeof job->caller, "%s", (const char *)proven);
    job->state = WorkPrimes_AsyncHandle;
    job->below = below;
    job->greatest = greatest;
    pthread_mutex_lock(&lock);
    *last = job;
    last = &job->next;
    pthread_cond_signal(&more);
    pthread_mutex_unlock(&lock);
    /* From here on the call is a worker's. */
}

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* ---- by the workers ---- */

static bool is_prime(ULONG n)
{
    ULONG d;

    for (d = 2; d <= n / d; d++)
        if (n % d == 0)
            return false;
    return n >= 2;
}

static bool cancelled(const struct job *job)
{
    return RpcServerTestCancel(RpcAsyncGetCallHandle(job->state)) == RPC_S_OK;
}

static void work_on(struct job *job)
{
    ULONG n, count = 0, greatest = 0;

    for (n = 2; n < job->below; n++) {
        if (n % LOOK_EVERY == 0 && cancelled(job)) {
            printf("%s lost patience at %u\n", printable(job->caller), (unsigned)n);
            (void)failed("RpcAsyncAbortCall",
                         (DWORD)RpcAsyncAbortCall(job->state, RPC_S_CALL_CANCELLED));
            return;
        }
        if (is_prime(n)) {
            count++;
            greatest = n;
        }
    }
    *job->greatest = greatest;
    printf("%s has %u primes below %u\n", printable(job->caller), (unsigned)count,
           (unsigned)job->below);
    (void)failed("RpcAsyncCompleteCall", (DWORD)RpcAsyncCompleteCall(job->state, &count));
}

static struct job *next_job(void)
{
    struct job *job;

    pthread_mutex_lock(&lock);
    while (!first)
        pthread_cond_wait(&more, &lock);
    job = first;
    first = job->next;
    if (!first)
        last = &first;
    pthread_mutex_unlock(&lock);
    return job;
}

static void *worker(void *arg)
{
    for (;;) {
        struct job *job = next_job();

        work_on(job);
        free(job);
    }
    return arg;
}

/* ---- how it comes up ---- */

/* Only who proved his name, and only sealed. */
static RPC_STATUS demand(RPC_IF_HANDLE interface, void *call)
{
    ULONG level = RPC_C_AUTHN_LEVEL_NONE;
    RPC_STATUS status = RpcBindingInqAuthClientA(call, NULL, NULL, &level, NULL, NULL);

    (void)interface;
    return status == RPC_S_OK && level >= RPC_C_AUTHN_LEVEL_PKT_PRIVACY ? RPC_S_OK
                                                                        : RPC_S_ACCESS_DENIED;
}

static RPC_STATUS serve(const char *service)
{
    RPC_STATUS status = RpcServerUseProtseqA((RPC_CSTR)(uintptr_t) "ncacn_ip_tcp",
                                             RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL);

    if (status == RPC_S_OK)
        status = RpcServerRegisterAuthInfoA((RPC_CSTR)(uintptr_t)service, RPC_C_AUTHN_GSS_NEGOTIATE,
                                            NULL, NULL);
    if (status == RPC_S_OK)
        status = RpcServerRegisterIf2(work_v1_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_SECURE_ONLY,
                                      RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1024, demand);
    if (status == RPC_S_OK)
        status = RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1 /* do not wait here */);
    return status;
}

static RPC_STATUS where(RPC_CSTR *ret)
{
    RPC_BINDING_VECTOR *bindings = NULL;
    RPC_STATUS status = RpcServerInqBindings(&bindings);

    if (status == RPC_S_OK)
        status = RpcBindingToStringBindingA(bindings->BindingH[0], ret);
    RpcBindingVectorFree(&bindings);
    return status;
}

int main(int argc, char **argv)
{
    const char *service = NULL, *keytab = NULL;
    const struct option_value values[] = { { "--service", &service }, { "--keytab", &keytab } };
    RPC_CSTR binding = NULL;
    pthread_t thread;
    int i;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, 2) || !service || !keytab) {
        fprintf(stderr, "usage: work-server --service SPN --keytab FILE\n");
        return 2;
    }
    setenv("KRB5_KTNAME", keytab, 1);
    for (i = 0; i < WORKERS; i++)
        if (pthread_create(&thread, NULL, worker, NULL))
            return 1;
    if (failed("the server", (DWORD)serve(service)) ||
        failed("its binding", (DWORD)where(&binding)))
        return 1;
    printf("listening on %s\n", (char *)binding);
    RpcStringFreeA(&binding);
    return failed("RpcMgmtWaitServerListen", (DWORD)RpcMgmtWaitServerListen());
}
