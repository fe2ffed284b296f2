/* SPDX-License-Identifier: Apache-2.0
 * executed_state.h - what executed.c keeps, and its files. Two locks: io for whoever touches
 * files, taken first, and lock for what is in memory, never held while the disk is waited for.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "queue/executed.h"

struct executed_hour {
    uint32_t hour;
    struct queue_mark_set set;
    struct queue_executed_read read; /* of its file; with io held */
    bool named;                      /* its file's name is on the disk; with io held */
    _Atomic uint64_t size;           /* of its file, as far as it is in the set */
};

struct executed_mark { /* added and not yet on the disk */
    uint32_t hour;
    uint8_t mark[QUEUE_MARK];
};

enum { QUEUE_UNTOLD_ID = 16, QUEUE_UNTOLD_MOST = 256 };

struct queue_executed {
    int folder;
    uint64_t skew, opened, removed; /* opened: the time then; removed: files then */
    size_t memory, taken;           /* bytes for sets: at most, and now */
    uint8_t key[SIPHASH_KEY];
    pthread_mutex_t io, lock;
    pthread_cond_t synced_more;
    struct executed_hour **hours; /* by hour; each stays where it is until its hour is over */
    size_t hour_count, hour_cap;
    struct executed_marks {
        struct executed_mark *ptr;
        size_t count, cap;
    } pending, writing;                 /* writing: its writer's; kept where it failed */
    uint64_t added, taken_over, synced; /* how many ever; up to which writing goes */
    bool syncing;                       /* somebody writes for all who wait */
    struct executed_claims {
        int fd;    /* whose bytes are locked: other processes' claims are seen by that */
        pid_t pid; /* a child of fork has none of its parent's */
        uint8_t (*mark)[QUEUE_MARK];
        size_t count, cap;
    } claims; /* with lock held */
    struct executed_untold {
        uint8_t id[QUEUE_UNTOLD_MOST][QUEUE_UNTOLD_ID]; /* zeroes: none */
        size_t next;
    } untold; /* with lock held */
};

/* A file that processes of the account have in common, of whoever writes it. It is unlocked before
 * it is closed: a child that was forked meanwhile has it open, and may live long. */
bool queue_executed_lock(int fd);
void queue_executed_unlock_close(int fd);

void queue_executed_claims_init(struct queue_executed *e);
void queue_executed_claims_done(struct queue_executed *e);

/* With lock held: the hour's, made where there is none and make says so; NULL: none, or no memory.
 */
struct executed_hour *queue_executed_hour_of(struct queue_executed *e, uint32_t hour, bool make);
/* With lock held. */
MUST_CHECK enum err queue_executed_hour_add(struct queue_executed *e, struct executed_hour *h,
                                            const uint8_t mark[QUEUE_MARK]);

/* With io held: takes from the hour's file what is not in its set. */
MUST_CHECK enum err queue_executed_file_catch_up(struct queue_executed *e, struct executed_hour *h);
/* With io held: appends these marks of one hour, on the disk when it returns. */
MUST_CHECK enum err queue_executed_file_append(struct queue_executed *e, struct executed_hour *h,
                                               const struct executed_mark *marks, size_t count);
/* Bytes of the hour's file; 0: there is none. */
uint64_t queue_executed_file_size(struct queue_executed *e, uint32_t hour);
void queue_executed_file_remove(struct queue_executed *e, uint32_t hour);
/* Each hour there is a file of. */
MUST_CHECK enum err queue_executed_files_list(struct queue_executed *e,
                                              enum err (*each)(struct queue_executed *e,
                                                               uint32_t hour));
