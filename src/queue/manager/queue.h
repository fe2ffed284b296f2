/* SPDX-License-Identifier: Apache-2.0
 * queue.h - what the manager is made of, for its own files.
 *
 * Locks, in the order they are taken: the manager's, one queue's, that of transactions. The store,
 * whose thread takes the manager's, is never asked with that held; with a queue's it is, for what
 * does not wait.
 */
#pragma once

#include <pthread.h>

#include "queue/keys.h"
#include "queue/manager/accept.h"
#include "queue/manager/manager.h"
#include "queue/manager/notice.h"
#include "queue/manager/receiver.h"
#include "queue/manager/settings.h"
#include "queue/manager/wait_line.h"
#include "queue/manager/work.h"

enum { LEASES_MOST = 4096 };

struct lease {
    struct lease *next, **at; /* of the handle's */
    struct handle *handle;
    uint64_t id;
    struct store_lease store;
    uint64_t size;                 /* while its receiver may not have it yet; else 0 */
    uint64_t until;                /* by the manager's clock; 0: without end */
    bool over;                     /* that was not begun until then */
    struct lease *before, *behind; /* of the queue's, in order of until */
    /* of one that is executed in a transaction, with the lock of these */
    bool joint;
    struct lease *beside;
    uint32_t uid; /* whose process has it */
};

struct queue {
    struct queue *next; /* in the manager's list, by name; the list has a reference */
    struct manager *manager;
    char name[STORE_NAME_MAX + 1];
    uint32_t number;  /* of the store */
    bool own;         /* the store's: dead letters, journal */
    unsigned refs;    /* with the manager's lock */
    struct queue *up; /* in the list of those that have something to give: of work.c */
    bool listed;

    pthread_mutex_t lock; /* of what follows */
    bool gone;            /* deleted */
    struct settings settings;
    struct waiting waiting;         /* who waits for its messages */
    struct lease *lent, *lent_last; /* not begun, and not over */
    uint32_t handles;
};

struct handle {
    atomic_uint refs;
    struct queue *queue;
    struct access_who who;
    struct receiver *receiver; /* the account */
    uint32_t access;           /* what it was opened for */
    bool removes;              /* the queue, which is temporary, when it is closed */

    /* with the queue's lock */
    bool closed;
    struct lease *leases;
    uint32_t lease_count, over_count; /* not over, and over */
    struct accept_sender sender;
};

struct manager {
    struct manager_how how;
    struct store *store;
    struct buf descriptor; /* the manager's own */
    uint64_t began;
    struct work work;

    pthread_mutex_t change;  /* taken before all others by who makes a queue or changes one */
    pthread_mutex_t letters; /* likewise, by who has one replayed or moves it */
    pthread_mutex_t lock;
    struct queue *queues, **by_number;
    uint32_t queue_count, queue_room;
    atomic_uint handles, receivers;
    atomic_bool stopped;
    atomic_ullong turned_away;
    struct receivers receivers_known;
    pthread_mutex_t transactions;
    struct lease *joint;
    struct { /* the store's thread's alone */
        uint64_t second;
        unsigned told, untold;
    } ended;
    struct notices notices;
    struct sid self;          /* how.account */
    struct queue_keys nobody; /* what notices are made with */
    atomic_ullong bytes;      /* of all queues, about: counted each second, and what came since */
};

uint64_t manager_now(const struct manager *m);
/* What a failure of the store, or of memory, is called. */
uint32_t manager_status(struct manager *m, enum err e);

/* Whether it has that right to the queue, or to all of them. With the queue's lock, and without. */
bool queue_grants(const struct queue *q, const struct access_who *who, uint32_t wanted);
bool queue_allows(struct queue *q, const struct access_who *who, uint32_t wanted);
bool manager_grants(const struct manager *m, const struct access_who *who, uint32_t wanted);
/* Whether it may give a queue these limits: those above the configuration's are the manager's. */
bool manager_grants_limits(const struct manager *m, const struct access_who *who, uint32_t given,
                           const mqd_settings *settings);

/* With a reference; NULL: there is none. */
struct queue *queue_find(struct manager *m, const char *name);
struct queue *queue_of_number(struct manager *m, uint32_t number);
/* The one of the next greater number. */
struct queue *queue_after(struct manager *m, uint32_t number);
void queue_unref(struct queue *q);
/* Waits. MQD_EXISTS; *ret has a reference. settings is taken over. */
uint32_t queue_create(struct manager *m, const char *name, struct settings *settings,
                      struct queue **ret);
/* Those of the store, when the manager begins. */
MUST_CHECK enum err queue_load_all(struct manager *m);
/* Waits. Who waits for its messages is told. */
uint32_t queue_delete(struct queue *q);

/* Who waits there is told that, and no longer waits. h: of that handle alone. */
void receive_end_all(struct queue *q, const struct handle *h, uint32_t status);
/* By the manager's thread: gives what there is to who waits. */
void receive_pump(struct queue *q);
/* As store_put, which has it; who waits for it may be told before the disk has it, too. */
MUST_CHECK enum err receive_put(struct queue *q, const struct store_message *m, store_done_fn *done,
                                void *arg);
/* Of all queues: there is room again for somebody's messages. */
void receive_pump_all(struct manager *m);
/* Ends those whose time is over; the earliest of the others, or UINT64_MAX. */
uint64_t receive_expire(struct manager *m, uint64_t now_ms);

/* ---- lease.c ---- */

/* What a lease takes of what its account may have been given. */
struct lease_room {
    uint64_t size;
    bool over;
};

/* Nobody guesses what he was not told: who begins with a message has it. */
MUST_CHECK enum err lease_new(struct lease **ret);
/* All with the queue's lock. Adopts a lease, of a message of that size. */
void lease_add(struct handle *h, struct lease *l, uint64_t size);
/* NULL: it is not that handle's. */
struct lease *lease_of(const struct handle *h, uint64_t id);
/* Its receiver has it: for lease_took. */
struct lease_room lease_read(struct lease *l);
/* NULL: it is that handle's no more. The caller frees it. */
struct lease *lease_end(struct handle *h, uint64_t id, struct lease_room *ret);
/* Without it: what it takes of memory counts no more. */
void lease_took(struct handle *h, struct lease_room room);
void lease_end_all(struct handle *h);
/* Each second: those of all queues whose time is over make room. */
void lease_expire(struct manager *m);

/* ---- admin.c ---- */

struct wait { /* for the disk, by who may wait */
    pthread_mutex_t lock;
    pthread_cond_t over;
    bool done;
    enum err err;
};

void wait_begin(struct wait *w);
void wait_done(void *arg, enum err e); /* a store_done_fn */
/* e: what the store said when it was asked. */
MUST_CHECK enum err wait_over(struct wait *w, enum err e);
/* A message of the store's own queues, with its body, by who has that right to it. */
uint32_t entry_find(struct manager *m, const struct access_who *who, const char *name,
                    uint64_t number, uint32_t right, struct store_entry *ret, struct queue **ret_q);

/* ---- submit.c ---- */

/* As handle_submit, of a message that takes the place of that letter. */
void handle_submit_for(struct handle *h, struct store_letter letter, struct bytes message,
                       manager_done_fn *done, void *arg);

/* ---- transaction.c ---- */

/* With the queue's lock: messages may be joined to what it lends, or may no more. */
void lease_join(struct manager *m, struct lease *l, uint32_t uid);
void lease_part(struct manager *m, struct lease *l);
/* The lease in whose transaction a process of that account sends. */
bool lease_find(struct manager *m, uint64_t id, uint32_t uid, struct store_lease *ret);
