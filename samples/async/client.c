/* SPDX-License-Identifier: Apache-2.0
 * client.c - has primes counted, several counts at once, in one thread that never waits for one.
 *
 *      work-client --connect BINDING --service SPN [--below N] [--jobs N] [--patience MS]
 *
 * It polls, as a program with sockets does: each call writes to an eventfd when it is complete.
 * When its patience is over it asks the server to stop, and hears from each call what became of it.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rpc.h>

#include "report.h"
#include "work.h"

enum { JOBS_MAX = 64 };

struct job {
    RPC_ASYNC_STATE state; /* stays where it is until the call is complete, and so do */
    ULONG below, greatest; /* the places of the [out] parameters */
    bool running;
};

static struct job jobs[JOBS_MAX];

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* The server must be who holds the service's key, and nobody else reads what is said. */
static RPC_STATUS bind_to(const char *where, const char *service, RPC_BINDING_HANDLE *ret)
{
    RPC_SECURITY_QOS qos = { .Version = RPC_C_SECURITY_QOS_VERSION,
                             .Capabilities = RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH,
                             .ImpersonationType = RPC_C_IMP_LEVEL_IDENTIFY };
    RPC_STATUS status = RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t)where, ret);

    if (status == RPC_S_OK)
        status = RpcBindingSetAuthInfoExA(*ret, (RPC_CSTR)(uintptr_t)service,
                                          RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_GSS_NEGOTIATE,
                                          NULL, RPC_C_AUTHZ_NONE, &qos);
    return status;
}

/* What cannot even be sent is raised here; all that happens later, RpcAsyncCompleteCall tells. */
static RPC_STATUS start(struct job *job, RPC_BINDING_HANDLE binding, ULONG below, int fd)
{
    volatile RPC_STATUS status = RpcAsyncInitializeHandle(&job->state, sizeof job->state);

    if (status != RPC_S_OK)
        return status;
    job->below = below;
    job->state.NotificationType = CsNotificationTypeFd;
    job->state.u.Fd = fd;
    RpcTryExcept
    {
        WorkPrimes(&job->state, binding, below, &job->greatest);
        job->running = true;
    }
    RpcExcept (1) {
        status = RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

/* The descriptor says that something is complete, the states say what. */
static int complete_all(int *running)
{
    int bad = 0, i;

    for (i = 0; i < JOBS_MAX; i++) {
        ULONG count = 0;
        RPC_STATUS status;

        if (!jobs[i].running || RpcAsyncGetCallStatus(&jobs[i].state) == RPC_S_ASYNC_CALL_PENDING)
            continue;
        jobs[i].running = false;
        (*running)--;
        status = RpcAsyncCompleteCall(&jobs[i].state, &count);
        if (status == RPC_S_CALL_CANCELLED)
            printf("below %u: cancelled\n", (unsigned)jobs[i].below);
        else if (!failed("WorkPrimes", (DWORD)status))
            printf("below %u: %u primes, the greatest is %u\n", (unsigned)jobs[i].below,
                   (unsigned)count, (unsigned)jobs[i].greatest);
        bad |= status != RPC_S_OK;
    }
    return bad;
}

static void cancel_all(void)
{
    int i;

    printf("no more patience\n");
    for (i = 0; i < JOBS_MAX; i++)
        if (jobs[i].running) /* FALSE: the server is asked, and answers */
            (void)failed("RpcAsyncCancelCall", (DWORD)RpcAsyncCancelCall(&jobs[i].state, FALSE));
}

static int run(RPC_BINDING_HANDLE binding, ULONG below, int count, int patience)
{
    struct pollfd p = { .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .events = POLLIN };
    int bad = p.fd < 0, running = 0;
    uint64_t times;

    while (!bad && running < count) {
        bad = failed("WorkPrimes", (DWORD)start(&jobs[running], binding, below, p.fd));
        running += !bad;
    }
    while (running) { /* a program's own descriptors would stand beside it */
        int n = poll(&p, 1, patience);

        if (n == 0) {
            cancel_all();
            patience = -1;
        } else if (n > 0 && read(p.fd, &times, sizeof times) == sizeof times) {
            bad |= complete_all(&running);
        }
    }
    if (p.fd >= 0)
        close(p.fd);
    return bad;
}

int main(int argc, char **argv)
{
    const char *where = NULL, *service = NULL, *below = "100000", *count = "1", *patience = "-1";
    const struct option_value values[] = { { "--connect", &where },
                                           { "--service", &service },
                                           { "--below", &below },
                                           { "--jobs", &count },
                                           { "--patience", &patience } };
    RPC_BINDING_HANDLE binding = NULL;
    long n;
    int bad;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, 5) || !where || !service) {
        fprintf(stderr, "usage: work-client --connect BINDING --service SPN [--below N]\n"
                        "                   [--jobs N] [--patience MILLISECONDS]\n");
        return 2;
    }
    n = strtol(count, NULL, 10);
    bad = failed("the binding", (DWORD)bind_to(where, service, &binding)) ||
          run(binding, (ULONG)strtoul(below, NULL, 10),
              n < 1          ? 1
              : n < JOBS_MAX ? (int)n
                             : JOBS_MAX,
              (int)strtol(patience, NULL, 10));
    if (binding)
        RpcBindingFree(&binding);
    return bad;
}
