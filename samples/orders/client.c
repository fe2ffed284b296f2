/* SPDX-License-Identifier: Apache-2.0
 * client.c - places an order, whether the server is there or not.
 *
 *      orders-client --article NAME --pieces NUMBER [--service SPN] [--queue NAME]
 *                    [--level LEVEL] [--days NUMBER] [--wait SECONDS]
 *
 * The call returns when the queue manager of this host has it on disk. Nobody but the account that
 * holds SPN can open it, and that account is shown who this is: both ends are proven, though they
 * may never run at the same time. With --wait it stays that long to hear what became of the order.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ntdsapi.h>
#include <outcome.h>
#include <rpc.h>

#include "orders.h"
#include "report.h"

struct options {
    const char *article, *pieces, *service, *queue, *level, *days, *wait;
};

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* ---- where to, and as whom ---- */

static ULONG level_of(const char *word)
{
    return !word || strcmp(word, "privacy") == 0 ? RPC_C_AUTHN_LEVEL_PKT_PRIVACY
           : strcmp(word, "integrity") == 0      ? RPC_C_AUTHN_LEVEL_PKT_INTEGRITY
           : strcmp(word, "none") == 0           ? RPC_C_AUTHN_LEVEL_NONE
                                                 : RPC_C_AUTHN_LEVEL_DEFAULT;
}

/* On disk, not in memory alone, before the call returns; for how long it may wait; and whether its
 * receiver is to say what becomes of it. */
static RPC_STATUS keep(RPC_BINDING_HANDLE queue, const struct options *o)
{
    ULONG_PTR seconds = o->days ? strtoul(o->days, NULL, 10) * 24 * 60 * 60 : INFINITE;
    RPC_STATUS status = RpcBindingSetOption(queue, RPC_C_OPT_MQ_DELIVERY, RPC_C_MQ_RECOVERABLE);

    if (status == RPC_S_OK)
        status = RpcBindingSetOption(queue, RPC_C_OPT_MQ_TIME_TO_BE_RECEIVED, seconds);
    if (status == RPC_S_OK)
        status = RpcBindingSetOption(queue, RPC_C_OPT_MQ_JOURNAL, RPC_C_MQ_JOURNAL_DEADLETTER);
    if (status == RPC_S_OK)
        status = RpcBindingSetOption(queue, RPC_C_OPT_MQ_ACKNOWLEDGE, o->wait != NULL);
    return status;
}

static RPC_STATUS bind_to(const struct options *o, const char *service, RPC_BINDING_HANDLE *ret)
{
    ULONG level = level_of(o->level);
    RPC_CSTR text = NULL;
    RPC_STATUS status = RpcStringBindingComposeA(NULL, (RPC_CSTR)(uintptr_t) "ncadg_mq", NULL,
                                                 (RPC_CSTR)(uintptr_t)o->queue, NULL, &text);

    if (status == RPC_S_OK)
        status = RpcBindingFromStringBindingA(text, ret);
    RpcStringFreeA(&text);
    if (status == RPC_S_OK)
        status = keep(*ret, o);
    if (status == RPC_S_OK && level != RPC_C_AUTHN_LEVEL_NONE)
        status = RpcBindingSetAuthInfoA(*ret, (RPC_CSTR)(uintptr_t)service, level, RPC_C_AUTHN_MQ,
                                        NULL, RPC_C_AUTHZ_NONE);
    return status;
}

/* ---- the call ---- */

static RPC_STATUS place(RPC_BINDING_HANDLE queue, const char *article, ULONG pieces)
{
    volatile RPC_STATUS status = RPC_S_OK; /* volatile: set where an exception may lead */

    RpcTryExcept
    {
        OrdersPlace(queue, article, pieces);
        printf("ordered    %u x %s: accepted\n", (unsigned)pieces, article);
    }
    RpcExcept (RpcExceptionFilter(RpcExceptionCode())) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

/* Of this order: others of this account may be told of here, too. */
static int hear(HANDLE outcomes, const char *seconds)
{
    DWORD wait = (DWORD)strtoul(seconds, NULL, 10) * 1000, e;
    UCHAR id[CS_MESSAGE_ID];
    CS_OUTCOME o;

    if (failed("CsMessageLastId", CsMessageLastId(id)))
        return 1;
    do {
        e = CsOutcomesNext(outcomes, wait, &o);
        if (failed("CsOutcomesNext", e))
            return 1;
    } while (memcmp(o.message, id, sizeof id) != 0);
    printf("%s %s\n", o.what == CS_OUTCOME_EXECUTED ? "executed by" : "not executed by", o.account);
    if (o.what != CS_OUTCOME_EXECUTED)
        printf("  because  %s\n", o.text);
    return o.what != CS_OUTCOME_EXECUTED;
}

/* Before the first order: nothing is told to who has no place to hear it. */
static int listen_for(const struct options *o, HANDLE *ret)
{
    return o->wait && failed("CsOutcomesOpen", CsOutcomesOpen(level_of(o->level), ret));
}

static int run(const struct options *o, ULONG pieces)
{
    RPC_BINDING_HANDLE queue = NULL;
    HANDLE outcomes = NULL;
    char **names = NULL;
    DWORD count = 0;
    int result = 1;

    /* The server's name is this program's to say: its class, and the host that has the queue. */
    if (!o->service && failed("DsGetSpn", DsGetSpn(DS_SPN_DNS_HOST, ORDERS_CLASS, NULL, 0, 0, NULL,
                                                   NULL, &count, &names)))
        return 1;
    if (!failed("the binding", (DWORD)bind_to(o, o->service ? o->service : names[0], &queue)) &&
        !listen_for(o, &outcomes))
        result = failed("OrdersPlace", (DWORD)place(queue, o->article, pieces));
    if (!result && o->wait)
        result = hear(outcomes, o->wait);
    if (outcomes)
        CsOutcomesClose(outcomes);
    RpcBindingFree(&queue);
    DsFreeSpnArray(count, names);
    return result;
}

int main(int argc, char **argv)
{
    struct options o = { .queue = ORDERS_QUEUE };
    const struct option_value values[] = {
        { "--article", &o.article }, { "--pieces", &o.pieces }, { "--service", &o.service },
        { "--queue", &o.queue },     { "--level", &o.level },   { "--days", &o.days },
        { "--wait", &o.wait },
    };
    unsigned long pieces;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, 7) || !o.article || !o.pieces ||
        level_of(o.level) == RPC_C_AUTHN_LEVEL_DEFAULT) {
        fprintf(stderr, "usage: orders-client --article NAME --pieces NUMBER [--service SPN]\n"
                        "                     [--queue NAME] [--days NUMBER] [--wait SECONDS]\n"
                        "                     [--level privacy | integrity | none]\n");
        return 2;
    }
    pieces = strtoul(o.pieces, NULL, 10);
    return run(&o, pieces > ORDERS_MOST ? ORDERS_MOST + 1 : (ULONG)pieces);
}
