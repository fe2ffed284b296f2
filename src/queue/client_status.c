/* SPDX-License-Identifier: Apache-2.0
 * client_status.c - why the queue manager said no, or could not be asked.
 */
#include "queue/client_status.h"

#include <stddef.h>

#include <countersign/countersign.h>
#include <countersign/rpc.h>

#include "base/detail.h"
#include "mqd.h"

struct row {
    uint32_t status;
    enum err err;
    const char *text, *remedy; /* remedy: NULL for none */
};

/* clang-format off */
static const struct row rows[] = {
    { MQD_NO_QUEUE,     ERR_NOT_FOUND,         "there is no such queue",
      "Queues are made by who receives from them, or with: countersign queue create" },
    { MQD_EXISTS,       ERR_EXISTS,            "there is such a queue", NULL },
    { MQD_DENIED,       ERR_ACCESS_DENIED,     "its list of access does not let this account",
      "countersign queue show tells the list, countersign queue set changes it." },
    { MQD_INVALID,      ERR_INVALID_PARAMETER, "that cannot be done with it, or so", NULL },
    { MQD_MALFORMED,    ERR_MALFORMED,         "that is no message", NULL },
    { MQD_WRONG_QUEUE,  ERR_INVALID_PARAMETER, "the message is for another queue", NULL },
    { MQD_WRONG_SENDER, ERR_ACCESS_DENIED,     "the message names a sender that this account is not",
      "The map of senders, in the queue manager's configuration, says who may be whom." },
    { MQD_TOO_LARGE,    ERR_TOO_LONG,          "the message is larger than the manager takes", NULL },
    { MQD_LIFETIME,     ERR_POLICY,            "the message would live longer than the policy queue-lifetime lets it",
      "Give it an earlier end." },
    { MQD_EXPIRED,      ERR_EXPIRED,           "the message's time is over", NULL },
    { MQD_DUPLICATE,    ERR_EXISTS,            "a message of that id is there", NULL },
    { MQD_QUEUE_FULL,   ERR_QUEUE_FULL,        "the queue is full",
      "Later there may be room; countersign queue set raises its quota." },
    { MQD_SENDER_FULL,  ERR_QUEUE_FULL,        "this account's share of the queue, or of all queues, is full",
      "Later there may be room; countersign queue set raises the one, the manager's setting account-bytes the other." },
    { MQD_BUSY,         ERR_RPC_BUSY,          "too much is on its way to the disk, of all or of this account",
      "In a moment there is room." },
    { MQD_MANAGER_FULL, ERR_QUEUE_FULL,        "all queues together have as much as the manager keeps",
      "Later there may be room; its setting store-bytes says how much." },
    { MQD_DISK_FULL,    ERR_DISK_FULL,         "the disk is full; nothing is damaged",
      "Make room where the queue manager keeps its store." },
    { MQD_STORE,        ERR_STORE_DAMAGED,     "the manager's store failed",
      "Its log says how." },
    { MQD_TIMEOUT,      ERR_TIMEOUT,           "no message came", NULL },
    { MQD_CANCELLED,    ERR_RPC_CANCELLED,     "the wait was cancelled", NULL },
    { MQD_NO_LEASE,     ERR_NOT_FOUND,         "the message is not this receiver's any more", NULL },
    { MQD_NOT_EMPTY,    ERR_UNEXPECTED,        "it has messages",
      "countersign queue delete --with-messages" },
    { MQD_NO_MEMORY,    ERR_RPC_SERVER_MEMORY, "the queue manager has no memory", NULL },
    { MQD_STOPPING,     ERR_RPC_UNAVAILABLE,   "the queue manager is about to end", NULL },
    { MQD_UNSURE,       ERR_RPC_FAILED,        "the manager's disk failed: it may have the message all the same, or have given it out, so that it is executed",
      "Its log says how the disk failed." },
    { MQD_NO_MESSAGE,   ERR_NOT_FOUND,         "there is no such message", NULL },
    { MQD_NO_MORE,      ERR_RPC_NO_MORE_ENTRIES, "there are no more", NULL },
    { MQD_TOO_MANY,     ERR_RPC_RESOURCES,     "this account has as many as it may have",
      "The manager's setting queues-of-account says how many queues." },
};

static const struct row calls[] = {
    { RPC_S_SERVER_UNAVAILABLE, ERR_RPC_UNAVAILABLE, "no queue manager answers on this host",
      "Is countersign-mqd running, with the same COUNTERSIGN_NCALRPC_DIR?" },
    { RPC_S_ACCESS_DENIED,      ERR_ACCESS_DENIED,   "the queue manager does not answer this account", NULL },
    { RPC_S_SEC_PKG_ERROR,      ERR_WRONG_PRINCIPAL, "who answers as the queue manager is neither root nor this account",
      "Start countersign-mqd by its socket unit, or say whose it is." },
    { RPC_S_CALL_FAILED_DNE,    ERR_RPC_NOT_EXECUTED, "the queue manager is gone", NULL },
    { RPC_X_SS_CONTEXT_MISMATCH, ERR_RPC_NOT_EXECUTED, "the queue manager was started anew", NULL },
    { RPC_S_CALL_CANCELLED,     ERR_RPC_CANCELLED,   "the wait was cancelled", NULL },
    { RPC_S_SERVER_TOO_BUSY,    ERR_RPC_BUSY,        "the queue manager has too many calls of this account under way", NULL },
    { RPC_S_OUT_OF_MEMORY,      ERR_NO_MEMORY,       "out of memory", NULL },
};
/* clang-format on */

/* What the call itself has said to try is for any server. */
static enum err say(const struct row *r, const char *queue)
{
    if (r->remedy) {
        detail_get()->remedy[0] = 0;
        detail_remedy("%s", r->remedy);
    }
    return detail_fail(r->err, "%s%s%s", queue ? queue : "", queue ? ": " : "", r->text);
}

/* The row of that status; NULL: none. */
static const struct row *row_of(const struct row *r, size_t count, uint32_t status)
{
    for (; count; count--, r++)
        if (r->status == status)
            return r;
    return NULL;
}

enum err queue_client_fail(uint32_t status, const char *queue)
{
    const struct row *r = row_of(rows, sizeof rows / sizeof *rows, status);

    if (status == MQD_OK)
        return ERR_OK;
    return r ? say(r, queue)
             : detail_fail(ERR_RPC_PROTOCOL, "the queue manager said %u, which means nothing here",
                           status);
}

enum err queue_client_rpc_fail(int32_t status, const char *queue)
{
    const struct row *r = row_of(calls, sizeof calls / sizeof *calls, (uint32_t)status);

    return r ? say(r, queue)
             : detail_fail(ERR_RPC_FAILED, "%s%sthe call of the queue manager failed: %d",
                           queue ? queue : "", queue ? ": " : "", (int)status);
}
