/* SPDX-License-Identifier: Apache-2.0
 * queue.h - what the verbs of `countersign queue` share.
 */
#pragma once

#include <stdio.h>

#include <countersign/rpc.h>

#include "base/err.h"
#include "mqd.h"
#include "queue/client_status.h"

#include "out.h"

enum {
    QUEUE_ARGS = 257, /* a queue, and messages of it */
    QUEUE_SIZE_TEXT = 24,
    QUEUE_TIME_TEXT = 32,
    QUEUE_ID_TEXT = 33,
    QUEUE_ACCOUNT_NAME = 256,
};

struct queue_request {
    RPC_BINDING_HANDLE manager;
    char *args[QUEUE_ARGS];
    int count;
    bool json, prometheus, with_messages, repair;
    bool every_one;      /* of replay */
    const char *reason;  /* the same */
    char from[MQD_NAME]; /* dead letters of that queue */
    char name[MQD_NAME]; /* args[0], as the calls want it */
    const char *account; /* the manager's */
    const char *store;   /* a folder that no manager has open */
    const char *dir;     /* of torture */
    uint64_t limit, every, times, kills;
    mqd_settings settings; /* of create and set */
    ULONG given;
};

/* What stands behind the verb: EXIT_DONE, or the exit status. */
int queue_words(struct queue_request *q, const char *verb, int argc, char **argv);

/* A call of the manager; e is what it failed with, the detail why. */
#define QUEUE_CALL(e, name, call)                                                                  \
    do {                                                                                           \
        volatile RPC_STATUS failed_ = RPC_S_OK;                                                    \
        volatile ULONG reply_ = MQD_OK;                                                            \
        RpcTryExcept                                                                               \
        {                                                                                          \
            reply_ = (call);                                                                       \
        }                                                                                          \
        RpcExcept (1) {                                                                            \
            failed_ = (RPC_STATUS)RpcExceptionCode();                                              \
        }                                                                                          \
        RpcEndExcept(e)                                                                            \
        = failed_ ? queue_client_rpc_fail(failed_, (name)) : queue_client_fail(reply_, (name));    \
    } while (0)

/* Every queue that may be seen; what each returns other than EXIT_DONE ends the walk. */
typedef int queue_each(void *arg, const mqd_info *info);
int queue_walk(struct queue_request *q, queue_each *each, void *arg);

int queue_list(struct queue_request *q);
int queue_show(struct queue_request *q);
int queue_stats(struct queue_request *q);
int queue_watch(struct queue_request *q);
int queue_create(struct queue_request *q);
int queue_set(struct queue_request *q);
int queue_delete(struct queue_request *q);
int queue_purge(struct queue_request *q);
int queue_move(struct queue_request *q);
int queue_peek(struct queue_request *q);
int queue_replay(struct queue_request *q);
int queue_check(struct queue_request *q);
int queue_torture(struct queue_request *q);

/* "12.3M", "512"; of a quota, messages in digits, and 0 as what it means. */
const char *queue_size(uint64_t n, char to[QUEUE_SIZE_TEXT]);
const char *queue_quota(uint64_t n, bool bytes, char to[QUEUE_SIZE_TEXT]);
/* "2026-01-31 12:00:00Z" of 100 ns ticks since 1601. */
const char *queue_time(uint64_t ticks, char to[QUEUE_TIME_TEXT]);
const char *queue_journal_name(ULONG journal);
/* What a SID is called: an account of this host by its name, others as they are. */
const char *queue_account(const char *sid, char to[QUEUE_ACCOUNT_NAME]);
/* A message's, in hexadecimal. */
const char *queue_id(const uint8_t id[16], char to[QUEUE_ID_TEXT]);
