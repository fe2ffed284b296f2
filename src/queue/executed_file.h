/* SPDX-License-Identifier: Apache-2.0
 * executed_file.h - the bytes of a file of executed messages, and the set they are kept in.
 */
#pragma once

#include "base/siphash.h"
#include "queue/header.h"

enum { QUEUE_MARK = 16, QUEUE_EXECUTED_RECORD = QUEUE_MARK + 8 };

/* The record of that index in the file of that hour. */
void queue_executed_record(uint32_t hour, uint64_t index, const uint8_t mark[QUEUE_MARK],
                           uint8_t to[QUEUE_EXECUTED_RECORD]);

/* A set of marks in eight bytes each: a keyed hash, so that nobody finds two marks that are one.
 * That any two are one by chance has a probability of 2^-64. */
struct queue_mark_set {
    uint64_t *slots; /* 0: empty */
    size_t cap, count;
};

bool queue_mark_set_has(const struct queue_mark_set *s, uint64_t mark);
/* Whether one more takes no more than grow bytes. */
bool queue_mark_set_room(const struct queue_mark_set *s, size_t grow);
/* grow: how many bytes more it may take. ERR_RPC_RESOURCES where they do not do. */
MUST_CHECK enum err queue_mark_set_add(struct queue_mark_set *s, uint64_t mark, size_t grow);
void queue_mark_set_free(struct queue_mark_set *s);
uint64_t queue_mark_hash(const uint8_t key[SIPHASH_KEY], const uint8_t mark[QUEUE_MARK]);

/* A file under reading, from its beginning to its end. */
struct queue_executed_read {
    uint32_t hour;
    uint64_t index;   /* of the next record */
    uint64_t records; /* good ones */
    uint64_t damaged; /* others with a good one behind them */
    uint64_t bad;     /* others since the last good one: at the end an unfinished write */
    uint64_t good;    /* bytes up to the end of the last good one */
};

/* The next bytes of it, of which whole records are taken; each good one's mark is handed to take
 * until that fails. ret_used: how many bytes that was. */
MUST_CHECK enum err queue_executed_read(struct queue_executed_read *r, struct bytes b,
                                        enum err (*take)(void *arg, const uint8_t *mark), void *arg,
                                        size_t *ret_used);
