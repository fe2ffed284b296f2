/* SPDX-License-Identifier: Apache-2.0
 * server.c - executes orders, those first that were placed while it was away.
 *
 *      orders-server --keytab FILE --ledger FILE [--queue NAME]
 *
 * The queue is permanent: it stays, and takes orders, when this program ends. Nothing here asks
 * whether a call came just now or a week ago, and the checks are those of any other server.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <ntdsapi.h>
#include <rpc.h>
#include <rpctransaction.h>

#include "ledger.h"
#include "orders.h"
#include "report.h"

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* ---- what it does ---- */

static void digits_of(const CS_TRANSACTION_TOKEN *token, char to[LEDGER_TOKEN + 1])
{
    size_t i;

    for (i = 0; i < sizeof token->Data; i++)
        snprintf(to + 2 * i, 3, "%02x", token->Data[i]);
}

/* The runtime asks this before it executes an order: a crash may have come between our line in the
 * ledger and its own note that the order is done. */
static CS_TRANSACTION_OUTCOME is_done(const CS_TRANSACTION_TOKEN *token, void *context)
{
    char digits[LEDGER_TOKEN + 1];
    int there;

    (void)context;
    digits_of(token, digits);
    there = ledger_has(digits);
    return there < 0 ? CsTransactionUnknown : there ? CsTransactionCommitted : CsTransactionAborted;
}

/* When the routine has returned the order is done and its message is gone. An exception is a failed
 * delivery: the message waits a little and comes again, and is a dead letter when that has happened
 * too often. */
void OrdersPlace(handle_t IDL_handle, const char *article, ULONG pieces)
{
    char name[ORDERS_ARTICLE], order[384], digits[LEDGER_TOKEN + 1];
    RPC_AUTHZ_HANDLE caller = NULL;
    ULONG level = RPC_C_AUTHN_LEVEL_NONE;
    CS_TRANSACTION_TOKEN token;
    RPC_STATUS status = RpcBindingInqAuthClientA(IDL_handle, &caller, NULL, &level, NULL, NULL);
    int len;

    if (status == RPC_S_OK)
        status = CsServerInqTransaction(IDL_handle, &token);
    if (status != RPC_S_OK)
        RpcRaiseException(status);
    digits_of(&token, digits);
    snprintf(name, sizeof name, "%s", article);
    len = snprintf(order, sizeof order, "%u x %s for %s", (unsigned)pieces, printable(name),
                   (const char *)caller);
    if (len < 0 || (size_t)len >= sizeof order)
        RpcRaiseException(RPC_S_INVALID_ARG);
    if (!ledger_write(digits, order))
        RpcRaiseException(errno == ENOSPC ? ERROR_DISK_FULL : RPC_S_OUT_OF_RESOURCES);
    printf("%s at level %s: %s\n", (const char *)caller,
           level == RPC_C_AUTHN_LEVEL_PKT_PRIVACY ? "privacy" : "integrity", order);
}

/* ---- how it comes up ---- */

/* What is weaker than sealed is a dead letter before any of it is looked at. */
static RPC_STATUS use_queue(const char *queue)
{
    RPC_POLICY policy = {
        .Length = sizeof policy,
        .EndpointFlags = RPC_C_MQ_PERMANENT | RPC_C_MQ_AUTHN_LEVEL_PKT_PRIVACY,
    };

    return RpcServerUseProtseqEpExA((RPC_CSTR)(uintptr_t) "ncadg_mq",
                                    RPC_C_PROTSEQ_MAX_REQS_DEFAULT, (RPC_CSTR)(uintptr_t)queue,
                                    NULL, &policy);
}

static RPC_STATUS serve(const char *name, const char *queue)
{
    RPC_STATUS status =
        RpcServerRegisterAuthInfoA((RPC_CSTR)(uintptr_t)name, RPC_C_AUTHN_GSS_KERBEROS, NULL, NULL);

    if (status == RPC_S_OK)
        status = CsServerRegisterOutcome(orders_v1_0_s_ifspec, is_done, NULL);
    if (status == RPC_S_OK)
        status = RpcServerRegisterIf2(orders_v1_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_SECURE_ONLY,
                                      RPC_C_LISTEN_MAX_CALLS_DEFAULT, 4096, NULL);
    if (status == RPC_S_OK)
        status = use_queue(queue);
    if (status == RPC_S_OK)
        status = RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1);
    return status;
}

/* SIGTERM: what is being executed is executed to its end, the rest waits on. */
static int until_told(void)
{
    sigset_t ends;
    int got = 0;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigwait(&ends, &got);
    return failed("RpcMgmtStopServerListening", (DWORD)RpcMgmtStopServerListening(NULL)) ||
           failed("RpcMgmtWaitServerListen", (DWORD)RpcMgmtWaitServerListen());
}

/* Before the first thread, so that all of them leave these signals to until_told. */
static void keep_signals(void)
{
    sigset_t ends;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
}

int main(int argc, char **argv)
{
    const char *keytab = NULL, *path = NULL, *queue = ORDERS_QUEUE;
    const struct option_value values[] = {
        { "--keytab", &keytab },
        { "--ledger", &path },
        { "--queue", &queue },
    };
    DWORD count = 0;
    char **names = NULL;
    int result = 1;

    keep_signals();
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, 3) || !keytab || !path) {
        fprintf(stderr, "usage: orders-server --keytab FILE --ledger FILE [--queue NAME]\n");
        return 2;
    }
    setenv("KRB5_KTNAME", keytab, 1);
    setenv("KRB5_CLIENT_KTNAME", keytab, 1); /* it asks the directory about senders, too */
    if (!ledger_open(path)) {
        perror(path);
        return 1;
    }
    /* "Orders/host1.example.com": orders are sealed to the account that holds this name. */
    if (failed("DsGetSpn",
               DsGetSpn(DS_SPN_DNS_HOST, ORDERS_CLASS, NULL, 0, 0, NULL, NULL, &count, &names)))
        return 1;
    if (!failed("the server", (DWORD)serve(names[0], queue))) {
        printf("listening on queue %s as %s\n", queue, names[0]);
        result = until_told();
    }
    DsFreeSpnArray(count, names);
    ledger_close();
    return result;
}
