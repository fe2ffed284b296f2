/* SPDX-License-Identifier: Apache-2.0
 * queue_peer.c - both ends of calls over ncadg_mq, as programs have them, for
 * domain/test_queue*.sh.
 *
 *   queue_peer serve QUEUE SPN [OPTION...]        until it is ended; a line for each call
 *   queue_peer send QUEUE SPN [OPTION...] TEXT... 1: one was not accepted, and why
 *   queue_peer outcomes LEVEL COUNT               what became of calls; COUNT 0: has a queue for it
 *
 * A server's options are --level N, the least of its queue's messages, --temporary, --clear,
 * --keep, --anybody (messages of level none), --allow SDDL and --queue-allow SDDL; with --ledger
 * FILE its calls are transactions, whose tokens are in there once they are committed. A sender's
 * are --level, --option-level (by RPC_C_OPT_MQ_AUTHN_LEVEL), --delivery, --priority, --journal,
 * --acknowledge, --reach and --receive, each with a
 * number, and --host. The text "raise" raises an exception in the server, "die" ends it, "kill PID"
 * ends another process.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <countersign/countersign.h>
#include <countersign/outcome.h>
#include <countersign/rpc.h>
#include <countersign/rpctransaction.h>
#include <countersign/sddl.h>

#include "queue_peer.h"

#define STR(s) ((RPC_CSTR)(uintptr_t)(s))

enum { NAME = 256, WAIT_MS = 60000 };

void *__RPC_USER midl_user_allocate(size_t size)
{
    return malloc(size);
}

void __RPC_USER midl_user_free(void *p)
{
    free(p);
}

static void failed(const char *what, RPC_STATUS status)
{
    CS_ERROR_DETAIL d = { .size = sizeof d };

    CsGetErrorDetail(&d);
    printf("%s: %d: %s (%s)\n", what, (int)status, d.text, d.remedy);
    (void)fflush(stdout);
    exit(1);
}

static void check(RPC_STATUS status, const char *what)
{
    if (status != RPC_S_OK)
        failed(what, status);
}

/* ---- the server ---- */

static void tell_attributes(handle_t h)
{
    char client[NAME] = "", server[NAME] = "";
    RPC_CALL_ATTRIBUTES_V2_A a = {
        .Version = 2,
        .Flags = RPC_QUERY_CLIENT_PRINCIPAL_NAME | RPC_QUERY_SERVER_PRINCIPAL_NAME,
        .ClientPrincipalNameBufferLength = sizeof client,
        .ClientPrincipalName = (UCHAR *)client,
        .ServerPrincipalNameBufferLength = sizeof server,
        .ServerPrincipalName = (UCHAR *)server,
    };
    RPC_STATUS status = RpcServerInqCallAttributesA(h, &a);

    if (status != RPC_S_OK)
        printf(" attributes %d", (int)status);
    else
        printf(" attributes client=%s server=%s level=%u service=%u", client, server,
               (unsigned)a.AuthenticationLevel, (unsigned)a.AuthenticationService);
}

static void tell_client(handle_t h)
{
    ULONG level = 0, service = 0, authorization = 0;
    RPC_AUTHZ_HANDLE who = NULL;
    RPC_CSTR name = NULL;
    RPC_STATUS status = RpcBindingInqAuthClientA(h, &who, &name, &level, &service, &authorization);

    if (status != RPC_S_OK) {
        printf(" nobody %d", (int)status);
        return;
    }
    printf(" client=%s level=%u service=%u server=%s", (const char *)who, (unsigned)level,
           (unsigned)service, (const char *)name);
    (void)RpcStringFreeA(&name);
}

/* ---- what is committed ---- */

static const char *ledger; /* NULL: nothing is */

static void token_text(const CS_TRANSACTION_TOKEN *token, char to[2 * sizeof token->Data + 2])
{
    size_t i;

    for (i = 0; i < sizeof token->Data; i++)
        (void)snprintf(to + 2 * i, 3, "%02x", token->Data[i]);
    (void)snprintf(to + 2 * i, 2, "\n");
}

static CS_TRANSACTION_OUTCOME RPC_ENTRY outcome_of(const CS_TRANSACTION_TOKEN *token, void *context)
{
    char text[2 * sizeof token->Data + 2], line[2 * sizeof token->Data + 2];
    CS_TRANSACTION_OUTCOME outcome = CsTransactionAborted;
    FILE *f = fopen(ledger, "re");

    (void)context;
    token_text(token, text);
    while (f && fgets(line, sizeof line, f))
        if (!strcmp(line, text))
            outcome = CsTransactionCommitted;
    if (f)
        (void)fclose(f);
    return outcome;
}

static void commit(handle_t h)
{
    char text[2 * CS_TRANSACTION_TOKEN_SIZE + 2];
    CS_TRANSACTION_TOKEN token;
    FILE *f;

    check(CsServerInqTransaction(h, &token), "CsServerInqTransaction");
    token_text(&token, text);
    f = fopen(ledger, "ae");
    if (!f || fputs(text, f) < 0 || fclose(f))
        _exit(3);
}

static void tell_replay(handle_t h)
{
    RPC_CSTR operator_name = NULL, reason = NULL;
    RPC_STATUS status = CsServerInqReplayA(h, &operator_name, &reason);

    if (status == RPC_S_OK)
        printf(" replayed by=%s because=%s", (const char *)operator_name, (const char *)reason);
    else if (status != RPC_S_UNKNOWN_PRINCIPAL)
        printf(" replay %d", (int)status);
    (void)RpcStringFreeA(&operator_name);
    (void)RpcStringFreeA(&reason);
}

void Serve_PeerSay(handle_t h, const char *text)
{
    if (!strcmp(text, "die"))
        _exit(9);
    if (!strncmp(text, "kill ", 5))
        (void)kill((pid_t)strtol(text + 5, NULL, 10), SIGKILL);
    printf("call %s:", text);
    tell_client(h);
    tell_attributes(h);
    tell_replay(h);
    printf("\n");
    (void)fflush(stdout);
    if (ledger)
        commit(h);
    if (!strcmp(text, "raise"))
        RpcRaiseException(1234);
}

static void *descriptor(const char *sddl)
{
    PSECURITY_DESCRIPTOR d = NULL;

    if (sddl &&
        !ConvertStringSecurityDescriptorToSecurityDescriptorA(sddl, SDDL_REVISION_1, &d, NULL)) {
        printf("no descriptor: %s\n", sddl);
        exit(2);
    }
    return d;
}

struct options {
    const char *allow, *queue_allow, *host;
    ULONG level, option_level, delivery, priority, journal, acknowledge, reach, receive;
    ULONG flags;
    UINT interface_flags;
};

static int serve(const char *queue, const char *spn, const struct options *o)
{
    RPC_POLICY policy = { .Length = sizeof policy, .EndpointFlags = o->flags };

    policy.EndpointFlags |= o->level == 6   ? RPC_C_MQ_AUTHN_LEVEL_PKT_PRIVACY
                            : o->level == 5 ? RPC_C_MQ_AUTHN_LEVEL_PKT_INTEGRITY
                                            : 0U;
    if (*spn)
        check(RpcServerRegisterAuthInfoA(STR(spn), RPC_C_AUTHN_GSS_NEGOTIATE, NULL, NULL),
              "RpcServerRegisterAuthInfo");
    if (ledger)
        check(CsServerRegisterOutcome(queue_peer_v1_0_s_ifspec, outcome_of, NULL),
              "CsServerRegisterOutcome");
    check(RpcServerRegisterIf3(queue_peer_v1_0_s_ifspec, NULL, NULL, o->interface_flags,
                               RPC_C_LISTEN_MAX_CALLS_DEFAULT, (UINT)-1, NULL,
                               descriptor(o->allow)),
          "RpcServerRegisterIf3");
    check(RpcServerUseProtseqEpExA(STR("ncadg_mq"), 1, STR(queue), descriptor(o->queue_allow),
                                   &policy),
          "RpcServerUseProtseqEpEx");
    printf("ready\n");
    (void)fflush(stdout);
    check(RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, FALSE), "RpcServerListen");
    return 0;
}

/* ---- the client ---- */

static void set(RPC_BINDING_HANDLE b, ULONG option, ULONG value)
{
    check(RpcBindingSetOption(b, option, value), "RpcBindingSetOption");
}

static RPC_BINDING_HANDLE bind_to(const char *queue, const char *spn, const struct options *o)
{
    RPC_BINDING_HANDLE b = NULL;
    RPC_CSTR text = NULL;

    check(RpcStringBindingComposeA(NULL, STR("ncadg_mq"), STR(o->host), STR(queue), NULL, &text),
          "RpcStringBindingCompose");
    check(RpcBindingFromStringBindingA(text, &b), "RpcBindingFromStringBinding");
    (void)RpcStringFreeA(&text);
    set(b, RPC_C_OPT_MQ_DELIVERY, o->delivery);
    set(b, RPC_C_OPT_MQ_PRIORITY, o->priority);
    set(b, RPC_C_OPT_MQ_JOURNAL, o->journal);
    set(b, RPC_C_OPT_MQ_ACKNOWLEDGE, o->acknowledge);
    set(b, RPC_C_OPT_MQ_TIME_TO_REACH_QUEUE, o->reach);
    set(b, RPC_C_OPT_MQ_TIME_TO_BE_RECEIVED, o->receive);
    if (*spn)
        check(RpcBindingSetAuthInfoA(b, STR(spn),
                                     o->level ? o->level : RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                     RPC_C_AUTHN_MQ, NULL, 0),
              "RpcBindingSetAuthInfo");
    if (o->option_level) {
        set(b, RPC_C_OPT_MQ_AUTHN_SERVICE, RPC_C_AUTHN_MQ);
        set(b, RPC_C_OPT_MQ_AUTHN_LEVEL, o->option_level);
    }
    return b;
}

static const char *hex(const UCHAR id[CS_MESSAGE_ID], char to[2 * CS_MESSAGE_ID + 1])
{
    int i;

    for (i = 0; i < CS_MESSAGE_ID; i++)
        (void)snprintf(to + 2 * i, 3, "%02x", id[i]);
    return to;
}

static void tell_sent(void)
{
    char text[2 * CS_MESSAGE_ID + 1];
    UCHAR id[CS_MESSAGE_ID];

    check((RPC_STATUS)CsMessageLastId(id), "CsMessageLastId");
    printf("sent %s\n", hex(id, text));
}

static int tell_outcomes(ULONG level, int count)
{
    static const char *const words[] = { "executed", "failed", "refused", "expired" };
    char text[2 * CS_MESSAGE_ID + 1];
    HANDLE outcomes = NULL;
    CS_OUTCOME o;

    check((RPC_STATUS)CsOutcomesOpen(level, &outcomes), "CsOutcomesOpen");
    for (; count > 0; count--) {
        check((RPC_STATUS)CsOutcomesNext(outcomes, WAIT_MS, &o), "CsOutcomesNext");
        printf("%s %s level=%u by %s: %u %s\n", words[o.what], hex(o.message, text),
               (unsigned)o.level, o.account, (unsigned)o.reason, o.text);
    }
    check((RPC_STATUS)CsOutcomesClose(outcomes), "CsOutcomesClose");
    return 0;
}

static RPC_STATUS say(RPC_BINDING_HANDLE b, const char *text)
{
    volatile RPC_STATUS status = RPC_S_OK;

    RpcTryExcept
    {
        PeerSay(b, text);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

static int send_all(const char *queue, const char *spn, const struct options *o, char **texts)
{
    RPC_BINDING_HANDLE b = bind_to(queue, spn, o);

    for (; *texts; texts++) {
        check(say(b, *texts), "not accepted");
        tell_sent();
    }
    (void)RpcBindingFree(&b);
    return 0;
}

/* ---- the command line ---- */

static bool set_flag(const char *word, struct options *o)
{
    if (!strcmp(word, "--temporary"))
        o->flags &= ~(ULONG)RPC_C_MQ_PERMANENT;
    else if (!strcmp(word, "--clear"))
        o->flags |= RPC_C_MQ_CLEAR_ON_OPEN;
    else if (!strcmp(word, "--keep"))
        o->flags |= RPC_C_MQ_USE_EXISTING_SECURITY;
    else if (!strcmp(word, "--anybody"))
        o->interface_flags |= RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH;
    else
        return false;
    return true;
}

static bool set_value(const char *word, const char *value, struct options *o)
{
    const struct {
        const char *word;
        ULONG *number;
    } numbers[] = { { "--level", &o->level },       { "--option-level", &o->option_level },
                    { "--delivery", &o->delivery }, { "--priority", &o->priority },
                    { "--journal", &o->journal },   { "--reach", &o->reach },
                    { "--receive", &o->receive },   { "--acknowledge", &o->acknowledge } };
    size_t i;

    for (i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!strcmp(word, numbers[i].word)) {
            *numbers[i].number = (ULONG)strtoul(value, NULL, 10);
            return true;
        }
    if (!strcmp(word, "--host"))
        o->host = value;
    else if (!strcmp(word, "--allow"))
        o->allow = value;
    else if (!strcmp(word, "--ledger"))
        ledger = value;
    else if (!strcmp(word, "--queue-allow"))
        o->queue_allow = value;
    else
        return false;
    return true;
}

int main(int argc, char **argv)
{
    struct options o = { .delivery = RPC_C_MQ_RECOVERABLE,
                         .priority = 3,
                         .journal = RPC_C_MQ_JOURNAL_DEADLETTER,
                         .reach = INFINITE,
                         .receive = INFINITE,
                         .flags = RPC_C_MQ_PERMANENT };
    int i;

    for (i = 4; i < argc && !strncmp(argv[i], "--", 2); i++)
        if (!set_flag(argv[i], &o) && (i + 1 == argc || !set_value(argv[i], argv[i + 1], &o)))
            return 2;
        else if (!set_flag(argv[i], &o))
            i++;
    if (argc == 4 && !strcmp(argv[1], "outcomes"))
        return tell_outcomes((ULONG)strtoul(argv[2], NULL, 10), (int)strtol(argv[3], NULL, 10));
    if (argc > 3 && !strcmp(argv[1], "serve"))
        return serve(argv[2], argv[3], &o);
    if (argc > 4 && !strcmp(argv[1], "send"))
        return send_all(argv[2], argv[3], &o, argv + i);
    return 2;
}
