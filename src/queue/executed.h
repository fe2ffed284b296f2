/* SPDX-License-Identifier: Apache-2.0
 * executed.h - which messages were executed: the receiving account's own memory, beside its keys.
 *
 * It is not the store's: an older store put back, or a copy of a message, executes nothing twice. A
 * message is remembered until it has expired, and the clocks' difference longer. There is a file
 * for each hour in which messages expire; when the hour is over, it is removed whole. Several
 * processes of one account may use one folder.
 *
 * Nothing protects the folder from the account itself: it must be of its own, mode 0700.
 */
#pragma once

#include "queue/executed_file.h"

/* In memory, for all marks of one folder; 8 bytes a message, in tables half full on average. */
#define QUEUE_EXECUTED_MEMORY ((size_t)256 * 1024 * 1024)

struct queue_executed; /* any number of threads */

/* What was found in the files when they were read. */
struct queue_executed_report {
    uint64_t records; /* good ones */
    uint64_t damaged; /* unreadable, amid good ones: what they say of is forgotten */
    uint64_t torn;    /* at a file's end: writes that were never finished, nor promised */
    uint64_t removed; /* files whose hour is over */
};

/* The folder must be there. memory: the most to take for marks; 0: QUEUE_EXECUTED_MEMORY. Damage is
 * no failure: it is logged, and told in ret_report, which may be NULL. */
MUST_CHECK enum err queue_executed_open(const char *folder, size_t memory, uint64_t now,
                                        uint64_t skew, struct queue_executed **ret,
                                        struct queue_executed_report *ret_report)
    SHARED(queue_executed_open);
/* What was added and not synced may be lost. */
void queue_executed_close(struct queue_executed *e) SHARED(queue_executed_close);

/* Whether the message of that mark, which expires then, was executed by any process so far. */
MUST_CHECK enum err queue_executed_has(struct queue_executed *e, const uint8_t mark[QUEUE_MARK],
                                       uint64_t expires, bool *ret) SHARED(queue_executed_has);
/* One at a time executes a message: of two copies that are taken at once, by whatever threads and
 * processes of the account, the other waits, and then finds it executed. A process that is lost
 * loses its claims. */
enum queue_executed_claim {
    QUEUE_CLAIM_MINE,     /* until queue_executed_release: after sync, or without execution */
    QUEUE_CLAIM_TAKEN,    /* somebody else has it now */
    QUEUE_CLAIM_EXECUTED, /* before */
};
MUST_CHECK enum err queue_executed_claim(struct queue_executed *e, const uint8_t mark[QUEUE_MARK],
                                         uint64_t expires, enum queue_executed_claim *ret)
    SHARED(queue_executed_claim);
/* The same of one that an operator has executed again, and of one that was executed and of which
 * its queue manager is told: whether it was executed before does not matter. */
MUST_CHECK enum err queue_executed_hold(struct queue_executed *e, const uint8_t mark[QUEUE_MARK],
                                        bool *ret_mine) SHARED(queue_executed_hold);
void queue_executed_release(struct queue_executed *e, const uint8_t mark[QUEUE_MARK])
    SHARED(queue_executed_release);
/* In a child of fork, in place of closing: its parent's claims are not to last as long as it. */
void queue_executed_forked(struct queue_executed *e);
/* Whether one that expires then can be added: asked before it is executed. */
bool queue_executed_room(struct queue_executed *e, uint64_t expires) SHARED(queue_executed_room);
/* Remembers it; ret_number is for queue_executed_sync. ERR_RPC_RESOURCES: too many. */
MUST_CHECK enum err queue_executed_add(struct queue_executed *e, const uint8_t mark[QUEUE_MARK],
                                       uint64_t expires, uint64_t *ret_number)
    SHARED(queue_executed_add);
/* Returns when all up to that number are on the disk; one write for all who wait. After a failure
 * (a full disk) they are tried again with the next. */
MUST_CHECK enum err queue_executed_sync(struct queue_executed *e, uint64_t number)
    SHARED(queue_executed_sync);
/* It was executed, and the queue manager could not be told: it gives it out again, or who handed it
 * over (from: his SID, as the manager has it of the kernel) does once more what nobody has
 * answered. That is no copy of a stranger's, and any process of the account may have to know. To be
 * told while the mark is claimed, so that who comes with it meanwhile waits. */
void queue_executed_untold(struct queue_executed *e, const uint8_t mark[QUEUE_MARK],
                           uint64_t expires, const char *from, uint64_t now)
    SHARED(queue_executed_untold);
/* Whether that is so of one from there; once. */
bool queue_executed_untold_take(struct queue_executed *e, const uint8_t mark[QUEUE_MARK],
                                const char *from) SHARED(queue_executed_untold_take);
/* Forgets the hours that are over. */
void queue_executed_expire(struct queue_executed *e, uint64_t now) SHARED(queue_executed_expire);
