/* SPDX-License-Identifier: Apache-2.0
 * queue_asker.c - both ends of calls over ncadg_mq whose client waits for the answer, as programs
 * have them, for domain/test_queue_answers.sh and domain/test_queue_session.sh.
 *
 *   queue_asker serve QUEUE SPN [--anybody | --least 5 | --least 6]     until it is ended
 *   queue_asker ask QUEUE SPN [OPTION...] TEXT  the answer; 1: the status, and why
 *
 * Options: --level N, --service N, --timeout MS; --cancel MS, after which the call is cancelled.
 * The text "much" asks for a MiB, "raise" for an exception; of any other the answer says who has
 * called, to "hang" never, and to "cancel" when the call was cancelled. "keep" is about a context
 * handle, "leave" about one whose client is killed, "flow" about a pipe, "later" about an
 * asynchronous call.
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <countersign/countersign.h>
#include <countersign/rpc.h>
#include <countersign/rpcasync.h>

#include "queue_asker.h"

#define STR(s) ((RPC_CSTR)(uintptr_t)(s))

enum { WHO = 256, MUCH = 1024 * 1024, RAISED = 1234, KEPT = 17 };

void *__RPC_USER midl_user_allocate(size_t size)
{
    return malloc(size);
}

void __RPC_USER midl_user_free(void *p)
{
    free(p);
}

static int tell(const char *what, RPC_STATUS status)
{
    CS_ERROR_DETAIL d = { .size = sizeof d };

    CsGetErrorDetail(&d);
    printf("%s: %d: %s (%s)\n", what, (int)status, d.text, d.remedy);
    (void)fflush(stdout);
    return 1;
}

static void check(RPC_STATUS status, const char *what)
{
    if (status != RPC_S_OK)
        exit(tell(what, status));
}

/* ---- the server ---- */

LONG Serve_AskWho(handle_t h, const char *text, char who[WHO])
{
    const struct timespec moment = { .tv_nsec = 10000000 };
    ULONG level = 0, service = 0;
    RPC_AUTHZ_HANDLE client = NULL;
    RPC_STATUS status = RpcBindingInqAuthClientA(h, &client, NULL, &level, &service, NULL);

    if (status != RPC_S_OK)
        snprintf(who, WHO, "nobody %d", (int)status);
    else
        snprintf(who, WHO, "client=%s level=%u service=%u", (const char *)client, (unsigned)level,
                 (unsigned)service);
    printf("call %s: %s\n", text, who);
    (void)fflush(stdout);
    while (!strcmp(text, "hang") || (!strcmp(text, "cancel") && RpcServerTestCancel(h) != RPC_S_OK))
        (void)nanosleep(&moment, NULL);
    return (LONG)strlen(text);
}

void Serve_AskMuch(handle_t h, ULONG size, byte *much)
{
    ULONG i;

    (void)h;
    for (i = 0; i < size; i++)
        much[i] = (byte)(i % 251);
}

void Serve_AskRaise(handle_t h, LONG status)
{
    (void)h;
    RpcRaiseException((RPC_STATUS)status);
}

void Serve_AskKeep(handle_t h, LONG number, ASKER_KEPT *kept)
{
    LONG *n = malloc(sizeof *n);

    (void)h;
    if (n)
        *n = number;
    *kept = n;
}

LONG Serve_AskKept(ASKER_KEPT *kept)
{
    LONG *n = *kept, number = *n;

    free(n);
    *kept = NULL;
    return number;
}

void __RPC_USER ASKER_KEPT_rundown(ASKER_KEPT kept)
{
    LONG *n = kept;

    printf("run down %d\n", (int)*n);
    (void)fflush(stdout);
    free(n);
}

void Serve_AskFlow(handle_t h, LONG n, ASKER_BYTES *bytes)
{
    static byte block[10000];
    LONG i;

    (void)h;
    for (i = 0; i < n; i += (LONG)sizeof block)
        bytes->push(bytes->state, block, sizeof block);
    bytes->push(bytes->state, NULL, 0);
}

void Serve_AskLater(PRPC_ASYNC_STATE AskLater_AsyncHandle, handle_t h, LONG number)
{
    LONG next = number + 1;

    (void)h;
    (void)RpcAsyncCompleteCall(AskLater_AsyncHandle, &next);
}

static int serve(const char *queue, const char *spn, bool anybody, ULONG least)
{
    static const ULONG services[] = { RPC_C_AUTHN_GSS_NEGOTIATE, RPC_C_AUTHN_GSS_KERBEROS };
    RPC_POLICY policy = { .Length = sizeof policy, .EndpointFlags = RPC_C_MQ_PERMANENT };

    size_t i;

    policy.EndpointFlags |=
        least == RPC_C_AUTHN_LEVEL_PKT_PRIVACY     ? RPC_C_MQ_AUTHN_LEVEL_PKT_PRIVACY
        : least == RPC_C_AUTHN_LEVEL_PKT_INTEGRITY ? RPC_C_MQ_AUTHN_LEVEL_PKT_INTEGRITY
                                                   : 0;
    for (i = 0; *spn && i < sizeof services / sizeof *services; i++)
        check(RpcServerRegisterAuthInfoA(STR(spn), services[i], NULL, NULL),
              "RpcServerRegisterAuthInfo");
    check(RpcServerRegisterIf2(queue_asker_v1_0_s_ifspec, NULL, NULL,
                               anybody ? RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH : 0,
                               RPC_C_LISTEN_MAX_CALLS_DEFAULT, (UINT)-1, NULL),
          "RpcServerRegisterIf2");
    check(RpcServerUseProtseqEpExA(STR("ncadg_mq"), 1, STR(queue), NULL, &policy),
          "RpcServerUseProtseqEpEx");
    printf("ready\n");
    (void)fflush(stdout);
    check(RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, FALSE), "RpcServerListen");
    return 0;
}

/* ---- the client ---- */

struct options {
    ULONG level, service, timeout, cancel;
};

struct cancel {
    pthread_t whom;
    ULONG after;
};

static void *cancel_later(void *arg)
{
    const struct cancel *c = arg;
    const struct timespec t = { (time_t)(c->after / 1000), (long)(c->after % 1000) * 1000000 };

    (void)nanosleep(&t, NULL);
    (void)RpcCancelThread((void *)c->whom);
    return NULL;
}

static RPC_BINDING_HANDLE bind_to(const char *queue, const char *spn, const struct options *o)
{
    RPC_BINDING_HANDLE b = NULL;
    RPC_CSTR text = NULL;

    check(RpcStringBindingComposeA(NULL, STR("ncadg_mq"), NULL, STR(queue), NULL, &text),
          "RpcStringBindingCompose");
    check(RpcBindingFromStringBindingA(text, &b), "RpcBindingFromStringBinding");
    (void)RpcStringFreeA(&text);
    check(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, o->timeout), "RpcBindingSetOption");
    if (*spn)
        check(RpcBindingSetAuthInfoA(b, STR(spn), o->level, o->service, NULL, 0),
              "RpcBindingSetAuthInfo");
    return b;
}

static void ask_much(handle_t b)
{
    byte *much = malloc(MUCH);
    ULONG i;

    if (!much)
        exit(2);
    AskMuch(b, MUCH, much);
    for (i = 0; i < MUCH && much[i] == (byte)(i % 251); i++)
        continue;
    printf("much: %u\n", (unsigned)i);
    free(much);
}

static void ask_who(handle_t b, const char *text)
{
    char who[WHO] = "";
    LONG n = AskWho(b, text, who);

    printf("answer %d: %s\n", (int)n, who);
}

static void ask_kept(handle_t b, bool leave)
{
    ASKER_KEPT kept = NULL;

    AskKeep(b, KEPT, &kept);
    if (leave)
        (void)kill(getpid(), SIGKILL);
    printf("kept: %d\n", (int)AskKept(&kept));
}

static void __RPC_USER room(char *state, ULONG wanted, byte **bytes, ULONG *given)
{
    static byte block[1000];

    (void)state;
    (void)wanted;
    *bytes = block;
    *given = sizeof block;
}

static void __RPC_USER count(char *state, byte *bytes, ULONG n)
{
    (void)bytes;
    *(LONG *)(void *)state += (LONG)n;
}

static void ask_flow(handle_t b)
{
    LONG n = 0;
    ASKER_BYTES pipe = { .push = count, .alloc = room, .state = (char *)&n };

    AskFlow(b, MUCH / 10000 * 10000, &pipe);
    printf("flow: %d\n", (int)n);
}

static void ask_later(handle_t b)
{
    const struct timespec moment = { .tv_nsec = 10000000 };
    RPC_ASYNC_STATE state;
    LONG next = 0;

    check(RpcAsyncInitializeHandle(&state, sizeof state), "RpcAsyncInitializeHandle");
    state.NotificationType = RpcNotificationTypeNone;
    AskLater(&state, b, KEPT);
    while (RpcAsyncGetCallStatus(&state) == RPC_S_ASYNC_CALL_PENDING)
        (void)nanosleep(&moment, NULL);
    check(RpcAsyncCompleteCall(&state, &next), "RpcAsyncCompleteCall");
    printf("later: %d\n", (int)next);
}

static int ask(const char *queue, const char *spn, const struct options *o, const char *text)
{
    RPC_BINDING_HANDLE b = bind_to(queue, spn, o);
    struct cancel c = { pthread_self(), o->cancel };
    volatile RPC_STATUS status = RPC_S_OK;
    pthread_t thread;

    (void)RpcMgmtSetCancelTimeout(RPC_C_CANCEL_INFINITE_TIMEOUT); /* this thread is known then */
    if (o->cancel && pthread_create(&thread, NULL, cancel_later, &c))
        return 2;
    RpcTryExcept
    {
        if (!strcmp(text, "much"))
            ask_much(b);
        else if (!strcmp(text, "raise"))
            AskRaise(b, RAISED);
        else if (!strcmp(text, "keep") || !strcmp(text, "leave"))
            ask_kept(b, !strcmp(text, "leave"));
        else if (!strcmp(text, "flow"))
            ask_flow(b);
        else if (!strcmp(text, "later"))
            ask_later(b);
        else
            ask_who(b, text);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    if (status != RPC_S_OK)
        (void)tell("no answer", status);
    if (o->cancel)
        (void)pthread_join(thread, NULL);
    (void)RpcBindingFree(&b);
    return status != RPC_S_OK;
}

/* ---- the command line ---- */

static ULONG *number_of(const char *word, struct options *o)
{
    return !strcmp(word, "--level")     ? &o->level
           : !strcmp(word, "--service") ? &o->service
           : !strcmp(word, "--timeout") ? &o->timeout
           : !strcmp(word, "--cancel")  ? &o->cancel
                                        : NULL;
}

int main(int argc, char **argv)
{
    struct options o = { .level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY, .service = RPC_C_AUTHN_MQ };
    ULONG *number;
    int i;

    if (argc > 3 && !strcmp(argv[1], "serve"))
        return serve(argv[2], argv[3], argc > 4 && !strcmp(argv[4], "--anybody"),
                     argc > 5 && !strcmp(argv[4], "--least") ? (ULONG)strtoul(argv[5], NULL, 10)
                                                             : 0);
    for (i = 4; i + 1 < argc && (number = number_of(argv[i], &o)); i += 2)
        *number = (ULONG)strtoul(argv[i + 1], NULL, 10);
    if (argc > 4 && i + 1 == argc && !strcmp(argv[1], "ask"))
        return ask(argv[2], argv[3], &o, argv[i]);
    return 2;
}
