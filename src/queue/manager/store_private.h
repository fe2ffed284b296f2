/* SPDX-License-Identifier: Apache-2.0
 * store_private.h - what the store keeps in memory, and who may touch it.
 *
 * The disk has everything recoverable; memory has the queues, counts of each sender's share of
 * them, and of each lane (queue, interface, priority) a window: the next messages, those leased and
 * those in back-off. Numbers are given in the order of commits, so that a lane is in memory up to
 * lane.loaded and on disk alone beyond it.
 *
 * store.lock guards all of it and the reading connection. The writing connection is the store's
 * thread's alone.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "queue/manager/store.h"
#include "queue/manager/store_heap.h"
#include "queue/manager/store_log.h"
#include "queue/manager/store_map.h"
#include "queue/manager/store_record.h"
#include "queue/manager/store_sql.h"

enum {
    STORE_WINDOW = 128,      /* messages of a lane that wait in memory */
    STORE_JOINED_MAX = 1024, /* held for one message: all are released in one transaction */
    STORE_LEASED_MAX = 4096, /* of one queue: beyond it takes nothing more */
    STORE_HELD_MAX = 65536,  /* in memory leased, in back-off or ending: beyond it reads no more */
    STORE_SHARE_HELD_MAX = 8192,  /* of these: of one sender, whose others wait then */
    STORE_LOOK_MAX = 4096,        /* how far one looks past senders that wait */
    STORE_PASSED_MAX = 64,        /* takes of higher priorities before a lower one has its turn */
    STORE_LANES_MAX = 2048,       /* of one queue; each new interface makes one */
    STORE_SENDER_LANES_MAX = 256, /* of these: that one sender has made */
    STORE_SENDER_PARTS = 8,       /* one sender may have so much of what express messages may be */
    STORE_ON_THEIR_WAY_PARTS = 4, /* and so much of what is not committed yet */
    STORE_INLINE_MAX = 256 << 10, /* a longer body is a file of its own */
    STORE_CACHED_MAX = 64 << 10,  /* a longer body is read when it is taken */
    STORE_CACHE_MAX = 8 << 20,    /* bodies that wait in memory, all together */
    STORE_SLICE = 256,            /* messages of one expiry or purge in one transaction */
    STORE_GONE_MAX = 4096,        /* of those in memory when their queue goes */
    STORE_DEAD_QUEUE = 1,
    STORE_JOURNAL_QUEUE = 2,
    STORE_DAMAGED_QUEUE = 3,
    STORE_FIRST_QUEUE = 16, /* of those that are made */
    STORE_THREADS = 2,
    STORE_BATCH_OPS = 1024,         /* changes of one transaction */
    STORE_BATCH_OCTETS = 8 << 20,   /* and their bodies in the database */
    STORE_SWEEP_TICKS = 10000000,   /* a second: between two looks for lanes that are empty */
    STORE_LOG_ROOM = 4 << 20,       /* octets that the log has, however full the disk is */
    STORE_RESERVE_LAST = 256 << 10, /* of the reserve: for a store that is opened on a full disk */
    STORE_LAZY_MS = 5,              /* how long what nobody waits for may wait for company */
    STORE_EARLY_OCTETS = 1 << 20,   /* lent and not committed yet: the log's room has them */
};

struct lane;

/* A sender in all queues. */
struct sender {
    struct store_node node; /* 0, hash of the sender */
    size_t shares;
    uint64_t octets, express, unfinished;
};

/* A sender's part of a queue. */
struct share {
    struct store_node node; /* queue, hash of the sender */
    struct sender *sender;
    uint64_t messages, octets;
    uint32_t held[STORE_PRIORITIES];     /* leased, in back-off or ending */
    uint32_t held_all;                   /* of all priorities */
    uint32_t returned[STORE_PRIORITIES]; /* of these: for which its others wait */
    /* The thread's, of a queue of the store's own: up to there its lane has nothing of this one. */
    uint64_t dropped_upto[STORE_PRIORITIES];
};

enum item_state {
    ITEM_COMING, /* its put is on its way to the disk, and nobody has it */
    ITEM_READY,  /* in one of its lane's lists */
    ITEM_LEASED,
    ITEM_DELAYED, /* in store.delayed */
    ITEM_ENDING,  /* its end, or its back-off, is on its way to the disk */
};

/* A message in memory. */
struct item {
    struct store_node node; /* its number */
    struct item *prev, *next;
    struct lane *lane;
    struct share *share;
    enum item_state state;
    bool express, begun; /* begun: the execution under way has been charged */
    bool noted;          /* its attempts are on disk */
    bool joint;          /* it was last begun in a transaction */
    bool parent;         /* something was joined to it once, and may be there still */
    bool gone;           /* its row is: a change that removed it has found it leased */
    bool returned;       /* delayed, since nobody could tell what to make of it */
    bool early;          /* it was lent before it was on disk: in memory, however far its lane is */
    bool coming;         /* and is not on disk yet */
    uint8_t returns;     /* so often, one after the other */
    uint8_t journal;
    uint32_t attempts, joined; /* joined: in the transaction that is under way */
    uint64_t size, file, due, grant;
    struct op *charge;                /* on its way to the disk */
    struct store_timer delay, expiry; /* expiry: of express ones; the others' is on disk */
    struct record *record;            /* NULL: on disk alone */
    struct buf body;
};

struct item_list {
    struct item *first, *last;
    size_t count;
};

/* Messages of a queue that have interface and priority in common. */
struct lane {
    struct lane *next;
    struct queue *queue;
    int64_t kind; /* hash of the interface */
    int64_t who;  /* whose message has made it */
    size_t items; /* that point here */
    uint8_t interface[STORE_INTERFACE];
    uint8_t priority;
    bool held; /* of an ordinary queue's: nobody takes from it. Of no interface, and never in memory
                */
    bool warm; /* somebody takes from it: a window is kept */
    bool more; /* messages beyond loaded are on disk */
    uint64_t loaded;
    struct item_list ready, express; /* in order of number */
    struct item_list away; /* the same, express ones that are not ready: no disk has them */
};

struct queue {
    uint32_t number;
    char name[STORE_NAME_MAX + 1];
    struct store_settings settings; /* attributes: its own copy */
    struct buf attributes;
    struct store_stats stats;
    size_t lanes, held;
    struct lane *lane;
    unsigned passed[STORE_PRIORITIES];
    size_t pending; /* changes on their way that name it */
    size_t coming;  /* messages that are ITEM_COMING */
    bool deleting, announce, dropping;
    bool crowded; /* lanes are about to run out */
    struct queue *next_announced;
};

enum op_kind {
    OP_PUT,
    OP_CHARGE,
    OP_FINISH,
    OP_DELAY,
    OP_DEAD,   /* its deliveries are used up, or it was refused */
    OP_EXPIRE, /* of one */
    OP_MOVE,
    OP_REMOVE,
    OP_ANEW,      /* its execution begins again: what the last one joined goes */
    OP_UNDECIDED, /* what is joined to messages that are gone goes */
    OP_RELEASE,   /* what was held is like any other */
    OP_WITHDRAW,  /* what was held goes */
    OP_SET_ASIDE, /* a record whose checksum is wrong */
    OP_PURGE,
    OP_DROP, /* of a queue of the store's own that is full: of who has most there, the oldest */
    OP_QUEUE_NEW,
    OP_QUEUE_SET,
    OP_QUEUE_GONE,
    OP_KINDS,
};

/* Where a message went. */
enum op_fate {
    FATE_NONE, /* nowhere any more */
    FATE_DEAD,
    FATE_JOURNAL,
    FATE_ASIDE,
    FATE_UNKNOWN, /* it was not there */
};

/* A change on its way to the disk. */
struct op {
    struct op *next;
    enum op_kind kind;
    bool lazy;      /* waits for company */
    bool cancelled; /* overtaken before it was begun */
    bool again;     /* there is more to do */
    bool decided;   /* DEAD, DELAY: by who executed it: what is joined to it goes */
    bool held;      /* the message was in a transaction */
    bool part;      /* of a purge or the like: nobody waits for it alone */
    enum op_fate fate;
    enum err err;
    store_done_fn *done;
    void *arg;
    struct queue *queue;
    struct lane *lane;  /* PUT, MOVE: of the new place; a slice: where it is */
    struct queue *from; /* MOVE; PUT: of the letter whose place it takes, which is number; NULL */
    struct item *item;
    struct store_lease lease; /* PUT: in whose transaction; grant 0: in none */
    struct share *share;
    struct record *record;
    struct buf body; /* the op's own */
    struct bytes borrowed;
    uint64_t number, upto, not_before, size;
    int64_t who;
    uint32_t reason, due_reason, count;
    bool transit, begun; /* begun: the rest is where a slice stands */
    struct lane *lane_next;
    uint64_t number_next;
    struct store_settings settings;
    struct buf attributes;
};

struct op_list {
    struct op *first, *last;
    size_t count;
};

struct store {
    struct store_config config;
    char *dir;
    int dir_fd, body_fd, lock_fd, reserve_fd;
    int mark_fd, log_fd; /* -1: not yet; the writer's */
    struct sql reader, writer;
    uint32_t log_pages;     /* that are committed; the writer's */
    struct store_mark mark; /* what was written of it last */

    pthread_mutex_t lock;
    pthread_cond_t work;
    pthread_t threads[STORE_THREADS];
    size_t thread_count;
    bool stopping, rewrite;
    bool writing; /* one of the threads: what is the writer's, is that one's */
    bool crowded; /* a queue is */
    bool full;    /* the thread's to change, with the lock */
    atomic_bool damaged;

    struct queue **queues; /* in order of number */
    size_t queue_count, queue_room;
    uint32_t next_queue;
    struct store_map items, shares;
    size_t item_count; /* also of those that are not in items yet */
    struct store_heap delayed, expiring;
    struct queue *announced;
    atomic_ullong next_number;
    uint64_t next_file, next_grant, next_due;
    uint64_t lazy_since, full_since, swept;
    uint64_t expiry_after; /* nothing expires before */
    uint64_t cached, express, unfinished, early;
    struct store_map known; /* store_known.c */
    struct store_node *known_nodes;
    atomic_bool joins; /* something was held since it was opened: one has to look */
    struct op_list todo;
    size_t todo_prompt; /* of these: not lazy */
};

/* store.c */
uint64_t store_now(const struct store *s);
/* Tells f, whose text is what follows. */
void store_report_found(struct store_report *r, struct store_finding f, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void store_damage(struct store *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Tells that the database cannot be worked with any more; e unchanged. */
enum err store_broken(struct store *s, enum err e);

/* By the lock file: false: a store was made here, and its database is gone. *ret_doubt: it was
 * found damaged, and not looked at since. */
bool store_is_there(int dir, int lock, bool *ret_doubt);
/* It has been looked at, and repaired. */
void store_doubt_end(int lock);

/* store_check.c: the caller has the store's lock. */
/* Of a queue's number, for a person; "" where there is none. */
void store_queue_name(struct sql *sql, uint32_t queue, char ret[STORE_NAME_MAX + 1]);
MUST_CHECK enum err store_check_dir(const char *dir, bool repair, struct store_report *report);

/* store_salvage.c: makes the database again from what can be read of it. */
MUST_CHECK enum err store_salvage(const char *dir, struct store_report *report);

/* store_aside.c: the caller has the store's lock. */
/* Makes a folder damaged-<time>, with a number where one second sees two. */
MUST_CHECK enum err store_aside_new(const char *dir, char **ret);
/* Or it is not there. */
MUST_CHECK enum err store_aside_move(const char *from_dir, const char *to_dir, const char *name);
/* The database's files go to a new folder, until they are put back or a new one is made. */
MUST_CHECK enum err store_aside_begin(const char *dir, char **ret);
MUST_CHECK enum err store_aside_end(const char *dir);
/* Whether somebody has begun, and come to no end; that, undone. */
bool store_aside_begun(const char *dir);
MUST_CHECK enum err store_aside_undo(const char *dir);
/* A database's files, in whatever folder. */
void store_aside_remove(const char *dir);

/* store_thread.c */
struct op *op_new(enum op_kind kind, struct queue *q);
void op_free(struct op *op);
void op_append(struct op_list *list, struct op *op);
void store_submit(struct store *s, struct op *op); /* locked; adopts */
/* The same, and wakes nobody: store_go_on follows. */
void store_submit_quietly(struct store *s, struct op *op);
/* Not locked; adopts; waits until it is committed. */
MUST_CHECK enum err store_submit_wait(struct store *s, struct op *op);
void *store_thread(void *arg);
/* Keeps room on the disk for what makes room there. By who writes. */
void store_reserve(struct store *s);

/* store_run.c, store_slice.c: on the store's thread, not locked, in a transaction. parts: what a
 * change consists of, to be run after it. */
MUST_CHECK enum err store_run(struct store *s, struct op *op, struct op_list *parts);
MUST_CHECK enum err store_run_purge(struct store *s, struct op *op, struct op_list *parts);
/* What a message gets when it comes into its queue. */
void store_put_number(struct store *s, struct op *op);
MUST_CHECK enum err store_run_drop(struct store *s, struct op *op, struct op_list *parts);
/* A slice of what has expired. *ret_more: there may be more. */
MUST_CHECK enum err store_run_expiry(struct store *s, struct op_list *parts, bool *ret_more);

/* store_joined.c: on the store's thread, not locked, in a transaction, after the change itself:
 * what becomes of what is joined to its message. */
MUST_CHECK enum err store_run_joined(struct store *s, const struct op *op, struct op_list *parts);
/* Locked. Whether anything on disk is joined to it. */
MUST_CHECK enum err store_has_joined(struct store *s, uint64_t number, bool *ret);
/* Locked. NULL: not leased, or to somebody else by now. */
struct item *store_leased(struct store *s, struct store_lease lease);
void store_end_lease(struct store *s, struct item *i, struct op *op); /* locked; adopts */
/* Locked. As if it had not been given out; one whose row is gone goes, too. */
void item_back(struct store *s, struct item *i);
/* Locked. Nobody has it any more: it expires again, what was due meanwhile now. */
void item_note_expiry(struct store *s, struct item *i);
/* Locked. Of what ends, or goes, before its charge was begun. */
void item_cancel_charge(struct item *i);
/* Locked; adopts a charge. joint: in a transaction. */
void item_begin(struct store *s, struct item *i, bool joint, struct op *op);

/* Locked. Lent, now, to who asks next. */
void item_lend(struct store *s, struct item *i, struct store_lease *ret);

/* store_known.c: what was there when the store was opened. Locked, but for the first two. */
MUST_CHECK enum err store_known_load(struct store *s);
void store_known_done(struct store *s);
/* Whether that message was; once. */
bool store_known_take(struct store *s, uint32_t queue, const struct record *r);

/* store_early.c: all locked */
/* Before the put is submitted: lends its message to who waits, or does nothing. */
void store_early_lend(struct store *s, struct op *op, struct store_waiting *to);
/* The put of what was lent is on disk; is not, and will not be. */
void store_early_apply(struct store *s, struct op *op);
void store_early_undo(struct store *s, struct op *op);

/* store_apply.c: on the store's thread, locked: memory after the commit, or after none. */
void store_apply(struct store *s, struct op *op);
void store_undo(struct store *s, struct op *op);
void store_tell_ended(struct store *s, struct op *op); /* not locked */

/* store_queue.c: all locked */
struct queue *store_queue_at(struct store *s, uint32_t number); /* NULL: none */
/* Made where there is none; NULL: no memory. */
struct lane *store_lane(struct queue *q, int64_t kind, const uint8_t interface[STORE_INTERFACE],
                        uint8_t priority, int64_t who);
/* Whether there is that lane, or this sender may make it. */
bool store_lane_room(struct store *s, struct queue *q, int64_t kind, uint8_t priority, int64_t who);
/* On the store's thread, between two batches. */
void store_lanes_sweep(struct store *s);
struct share *store_share(struct store *s, struct queue *q, int64_t who); /* as store_lane */
/* Whose octets in the queue are most; NULL: nobody has any. */
struct share *store_heaviest(struct store *s, const struct queue *q);
/* Where it has no message. */
void store_share_drop(struct store *s, const struct queue *q, struct share *share);
void store_count(struct queue *q, struct share *share, uint64_t size);
void store_uncount(struct store *s, struct queue *q, struct share *share, uint64_t size);
/* What is not committed yet, and what is in memory alone; size may be less than 0. */
void store_unfinished(struct store *s, struct share *share, int64_t size);
void store_express(struct store *s, struct share *share, int64_t size);
/* Adopts attributes. */
MUST_CHECK enum err store_queue_add(struct store *s, const struct settings_row *row);
void store_queue_forget(struct store *s, struct queue *q);
void store_queue_settle(struct queue *q, const struct store_settings *settings,
                        struct buf attributes);

/* store_window.c: all locked */
struct item *item_new(struct store *s); /* NULL: no memory */
void item_free(struct store *s, struct item *i);
struct item *store_item(struct store *s, uint64_t number);
/* *ret NULL: there is none to give. */
MUST_CHECK enum err store_next(struct store *s, struct queue *q, store_wants_fn *wants, void *arg,
                               uint64_t now, struct item **ret);
/* Whether there is certainly none to give: nobody's turn is over for that it was asked. */
bool store_has_none(struct store *s, struct queue *q, store_wants_fn *wants, void *arg,
                    uint64_t now);
/* What its record says of it; it is found by its number from here on. */
void item_know(struct store *s, struct item *i, const struct record *r);
/* Whether nothing keeps it from being lent. */
bool item_can_go(const struct item *i, uint64_t now);
/* From whatever state; holds counts follow. */
void item_set_state(struct store *s, struct item *i, enum item_state state);
void item_delay(struct store *s, struct item *i, uint64_t not_before);
void item_forget(struct store *s, struct item *i); /* out of memory, wherever it is; frees */
/* What has been committed; keeps it in memory where the window has room, else frees. */
void store_item_add(struct store *s, struct item *i, const struct record *r, struct bytes body);
void store_announce(struct store *s, struct queue *q);
