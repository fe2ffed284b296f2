/* SPDX-License-Identifier: Apache-2.0
 * store.h - messages on disk: put, taken in order, ended once.
 *
 * One directory, one process at a time, any number of threads. What waits for the disk is
 * asynchronous: a done function runs on the store's own thread, after the commit that made its
 * effect durable, and must not block; functions said to wait must not be called from it.
 *
 * A function that returns an error has done nothing, and its done function does not run. After
 * ERR_OK it runs exactly once, with ERR_OK, or with why the change was not made. It may be NULL
 * where the header does not say otherwise; such a change may wait some milliseconds for company.
 *
 * Statuses of their own: ERR_QUEUE_FULL (a quota), ERR_RPC_BUSY (more unfinished work than the
 * store takes, at all or of one sender: try at once again), ERR_DISK_FULL (nothing is damaged; what
 * makes room still works), ERR_STORE_DAMAGED (close the store and open it again, which repairs
 * it), and by a done function ERR_RPC_FAILED: the disk failed when it was committed. It is not so
 * in this process, and may be in one that opens the store after this was killed.
 */
#pragma once

#include "base/bytes.h"

enum {
    STORE_ID = 16,        /* octets of a message's id */
    STORE_INTERFACE = 20, /* octets that name an interface; opaque here */
    STORE_PRIORITIES = 8, /* 0 to 7, 7 first */
    STORE_PRIORITY = 3,   /* MSMQ's default, of what the store itself writes about */
    STORE_NAME_MAX = 124, /* octets of a queue's name */
    STORE_SENDER_MAX = 256,
    STORE_BODY_MAX = (64 << 20) + (64 << 10), /* an envelope's: its body, and what is before it */
    STORE_ATTRIBUTES_MAX = 64 << 10,
    STORE_EARLY_MAX = 64 << 10, /* octets of what may be lent before it is on disk */
};

/* Queues that every store has; nobody puts into them or takes from them, all else works. */
#define STORE_DEAD_LETTERS                                                                         \
    "$dead-letter"               /* could not be delivered, with the reason and the count */
#define STORE_JOURNAL "$journal" /* delivered, of senders who asked for STORE_JOURNAL_ALWAYS */
#define STORE_DAMAGED "$damaged" /* records whose checksum is wrong: for a person to look at */

/* Express: in memory alone, as long as its sender's part of that has room. */
enum store_delivery { STORE_EXPRESS, STORE_RECOVERABLE };

enum store_journal { STORE_JOURNAL_NONE, STORE_JOURNAL_DEAD_LETTER, STORE_JOURNAL_ALWAYS };

/* Why a message is where it is. From STORE_REASON_FIRST on the values are the manager's. */
enum store_reason {
    STORE_REASON_NONE,
    STORE_REASON_NOT_REACHED, /* reach_by passed before it came to its queue */
    STORE_REASON_EXPIRED,     /* expires passed */
    STORE_REASON_ATTEMPTS,    /* every delivery failed */
    STORE_REASON_QUEUE_DELETED,
    STORE_REASON_DAMAGED,   /* its record failed its checksum */
    STORE_REASON_UNDECIDED, /* the message in whose transaction it was put went before anybody said
                               what became of that */
    STORE_REASON_FIRST = 256,
};

/* Times are 100 ns ticks since 1601 UTC; 0: never. */
struct store_message {
    uint8_t id[STORE_ID];
    uint8_t interface[STORE_INTERFACE];
    const char *sender; /* SID as text */
    uint64_t order;     /* the sender's own number of it: kept and told. The store's order is the
                           order of store_put for each sender, queue and priority */
    uint8_t priority, delivery, journal;
    uint32_t acknowledge; /* what the sender wants to hear, opaque here */
    uint64_t created, reach_by, expires;
    struct bytes body; /* the envelope, opaque here */
};

/* A message in the store. number grows along each queue. */
struct store_entry {
    struct store_message m;
    uint64_t number, put; /* put: when it came */
    uint32_t attempts, reason;
    bool held; /* in a transaction that is not over */
    char
        from[STORE_NAME_MAX + 1]; /* the queue it was put into, where it is in one of the store's */
    char sender[STORE_SENDER_MAX + 1]; /* m.sender points here */
    struct buf body;                   /* m.body is this */
    /* Of one that was taken: its body is a file still, of that name, length and checksum. 0: no */
    uint64_t file, file_size, file_sum;
};

void store_entry_done(struct store_entry *e); /* frees the body */

/* What a queue is. Zeroes: an ordinary queue with the defaults of store_queue_defaults. */
struct store_settings {
    bool strict; /* what a sender's message waits for, its later ones of that priority wait for */
    bool temporary; /* told by store_queue_list; the manager deletes */
    bool transit;   /* its messages have not reached their queue: reach_by counts */
    uint64_t messages_max, octets_max;               /* 0: the default */
    uint64_t sender_messages_max, sender_octets_max; /* 0: the default */
    uint32_t attempts_max;                     /* deliveries begun before it is a dead letter */
    uint32_t backoff_first_ms, backoff_max_ms; /* doubles from the first to the most */
    struct bytes attributes;                   /* the manager's own, opaque here */
};

extern const struct store_settings store_queue_defaults;

/* Kept as it changes, never counted by looking. */
struct store_stats {
    uint64_t messages, octets; /* waiting, taken and in back-off together */
    uint64_t taken, delayed;   /* of these: leased, in back-off */
    uint64_t express;          /* of these: in memory alone */
    uint64_t held;             /* of these: put in transactions that are not over */
    uint64_t put, delivered, failed, dead, expired, purged, dropped; /* since the store was opened;
                              dropped: the oldest of a full dead-letter queue or journal */
};

struct store;

enum { STORE_BEGINNING = 16 << 10 };

typedef void store_done_fn(void *arg, enum err e);

/* A message expired, was refused, or its deliveries are used up; e->reason says which. On the
 * store's thread, after the commit; must not block. e is valid until it returns, and has its body,
 * of a long one at least STORE_BEGINNING octets, where e->m.acknowledge is not 0. kept: it is among
 * the dead letters. */
typedef void store_ended_fn(void *arg, uint32_t queue, const struct store_entry *e, bool kept);

struct store_config {
    const char *dir;                          /* made 0700 where there is none */
    uint64_t (*now)(void *arg);               /* NULL: the clock */
    void (*ready)(void *arg, uint32_t queue); /* there is something to take; NULL: nobody asks */
    store_ended_fn *ended;                    /* may be NULL */
    /* After each commit, and the functions that waited for it: by the thread that committed, which
     * may take its time and wait for the store, since another one goes on. NULL: there is one
     * thread. */
    void (*told)(void *arg);
    /* Something was found damaged, and what was done; may be NULL. Any thread. */
    void (*damage)(void *arg, const char *line);
    void *arg;
    uint64_t express_octets_max; /* of all express messages; 0: 16 MiB */
    uint64_t unfinished_max;     /* octets put and not committed; 0: 128 MiB */
    uint64_t sender_octets_max;  /* of one sender in all queues; 0: without end */
    uint64_t lease_ms;           /* how long a lease waits for store_begin; 0: for ever */
    uint64_t reserve;            /* octets of disk kept for what makes room; 0: 24 MiB */
};

/* Waits. Damage that the store cannot work with is repaired first, as store_check does, and told.
 * ERR_EXISTS: another process has it. */
MUST_CHECK enum err store_open(const struct store_config *config, struct store **ret);
/* Waits until all that was accepted is committed. Leases end, uncharged. NULL is accepted. */
void store_close(struct store *s);

/* --- queues. Each waits for its commit. --- */

/* ret_queue, the queue's number, is never used again for another. ERR_EXISTS, ERR_INVALID_PARAMETER
 * for a name that is empty, too long, or begins with $. */
MUST_CHECK enum err store_queue_create(struct store *s, const char *name,
                                       const struct store_settings *settings, uint32_t *ret_queue);
/* Its messages with a journal become dead letters, the others are gone. */
MUST_CHECK enum err store_queue_delete(struct store *s, uint32_t queue);
MUST_CHECK enum err store_queue_set(struct store *s, uint32_t queue,
                                    const struct store_settings *settings);
MUST_CHECK enum err store_queue_find(struct store *s, const char *name, uint32_t *ret_queue);
/* In order of number, the first whose number is over after; ERR_NOT_FOUND behind the last.
 * settings->attributes is copied into *ret_attributes, which the caller frees. */
MUST_CHECK enum err store_queue_next(struct store *s, uint32_t after, uint32_t *ret_queue,
                                     char ret_name[STORE_NAME_MAX + 1],
                                     struct store_settings *ret_settings,
                                     struct buf *ret_attributes);
MUST_CHECK enum err store_stats(struct store *s, uint32_t queue, struct store_stats *ret);

/* --- messages --- */

/* done must not be NULL; m->body is borrowed until it runs, the rest until this returns. A body of
 * more than 256 KiB is written here, so this waits for the disk. ERR_EXISTS, once: the same
 * message, by its id and sender, was in that queue when the store was opened, and who sends it may
 * not have heard so. */
MUST_CHECK enum err store_put(struct store *s, uint32_t queue, const struct store_message *m,
                              store_done_fn *done, void *arg);

struct store_letter {
    uint32_t queue; /* one of the store's own */
    uint64_t number;
};

/* As store_put, of a message that takes the place of a letter, and is always on disk: the one comes
 * and the other goes in one commit. ERR_NOT_FOUND: there is no such queue, or no such letter. */
MUST_CHECK enum err store_put_for(struct store *s, uint32_t queue, const struct store_message *m,
                                  struct store_letter letter, store_done_fn *done, void *arg);

struct store_lease {
    uint64_t number, grant; /* grant 0: none */
};

/* What a receiver can execute; NULL: all. Called with the store locked. */
typedef bool store_wants_fn(void *arg, const uint8_t interface[STORE_INTERFACE]);

/* Lends the next message, but for a long body (store_take_body): of the highest priority that has
 * one to give, unless a lower one has been passed over 64 times; in order of number. Never one that
 * has expired. Does not wait; where there is none, ret_lease->grant is 0 and *ret_entry is
 * untouched. Nothing of it is durable: leases end with the process. */
MUST_CHECK enum err store_take(struct store *s, uint32_t queue, store_wants_fn *wants, void *arg,
                               struct store_lease *ret_lease, struct store_entry *ret_entry);
/* Somebody for whom there was nothing to take, and what he is lent. */
struct store_waiting {
    store_wants_fn *wants; /* the message that is put */
    void *arg;
    struct store_lease lease; /* grant 0: none; he waits on */
    struct store_entry entry;
};
/* As store_put, of a message that is lent at once, while the disk is written, where nothing there
 * is for him comes before it: one that is recoverable, of at most STORE_EARLY_MAX octets. It may be
 * begun and ended as any other; what becomes of it is on disk behind it, or in the same commit.
 * Once it is lent, done gets no error but ERR_RPC_FAILED: it is not kept, and may have been
 * executed; and store_go_on has to follow, as soon as who waits has it. */
MUST_CHECK enum err store_put_to(struct store *s, uint32_t queue, const struct store_message *m,
                                 struct store_waiting *to, store_done_fn *done, void *arg);
/* Wakes who writes, if he sleeps: on a small machine he would take the processor that who waits is
 * woken on. */
void store_go_on(struct store *s);
/* A body of more than 256 KiB, where e->file says so: waits for the disk. An error: the lease is
 * over, and the next may be taken. */
MUST_CHECK enum err store_take_body(struct store *s, struct store_lease lease,
                                    struct store_entry *e);
/* Its execution begins now: charges the message one delivery, durably within milliseconds.
 * ERR_NOT_FOUND also where store_config.lease_ms have passed: it is the next one's. */
MUST_CHECK enum err store_begin(struct store *s, struct store_lease lease);
/* The same of one that is executed in a transaction: store_put_joined may follow. What an earlier
 * execution has joined is gone when done, which must not be NULL, has run: maybe before this
 * returns. ERR_NOT_FOUND also where its deliveries are used up: it becomes a dead letter, which one
 * that was lost in a transaction does here alone, since until then its receiver may have kept it.
 */
MUST_CHECK enum err store_begin_transaction(struct store *s, struct store_lease lease,
                                            store_done_fn *done, void *arg);
/* As store_put, of a message that is sent by the execution of another, and always on disk. It can
 * be taken after that one's store_finish, of which it is a part; is gone after its store_fail or
 * store_refuse; and waits where the receiver is lost. Quotas count it, and it expires like others.
 * ERR_NOT_FOUND: no such lease, or not in a transaction. */
MUST_CHECK enum err store_put_joined(struct store *s, uint32_t queue, const struct store_message *m,
                                     struct store_lease lease, store_done_fn *done, void *arg);
/* Executed: it is gone, or in the journal. done is told ERR_NOT_FOUND where the store did not have
 * it any more. */
MUST_CHECK enum err store_finish(struct store *s, struct store_lease lease, store_done_fn *done,
                                 void *arg);
/* Its execution failed: back-off, or a dead letter for reason once attempts_max were begun
 * (STORE_REASON_NONE: STORE_REASON_ATTEMPTS). Charges one where store_begin did not. */
MUST_CHECK enum err store_fail(struct store *s, struct store_lease lease, uint32_t reason,
                               store_done_fn *done, void *arg);
/* Will never be executed: a dead letter at once. */
MUST_CHECK enum err store_refuse(struct store *s, struct store_lease lease, uint32_t reason,
                                 store_done_fn *done, void *arg);
/* The receiver is gone: as store_fail where the execution had begun, else back as it was. */
void store_release(struct store *s, struct store_lease lease);
/* The receiver cannot tell now what to make of it: the same, but it is lent again after a moment,
 * which is longer each time. Until then its sender's later ones of that priority wait behind it;
 * those of others do not. */
void store_return(struct store *s, struct store_lease lease);

/* --- looking and moving --- */

/* The first message of the queue whose number is over after, without its body unless body is true.
 * ERR_NOT_FOUND behind the last. A damaged record is told with reason STORE_REASON_DAMAGED. */
MUST_CHECK enum err store_peek(struct store *s, uint32_t queue, uint64_t after, bool body,
                               struct store_entry *ret);
/* To another queue, also out of the store's own; what is leased or held, or has what is held joined
 * to it, is ERR_UNEXPECTED, what is express ERR_UNSUPPORTED, what is damaged ERR_ALTERED. Its count
 * of deliveries begins again. */
MUST_CHECK enum err store_move(struct store *s, uint32_t queue, uint64_t number, uint32_t to,
                               store_done_fn *done, void *arg);
/* Removes one. */
MUST_CHECK enum err store_remove(struct store *s, uint32_t queue, uint64_t number,
                                 store_done_fn *done, void *arg);
/* Removes what is in it now and not leased; other work goes on between slices. */
MUST_CHECK enum err store_purge(struct store *s, uint32_t queue, store_done_fn *done, void *arg);

/* --- checking --- */

/* What was found damaged, by name; what is not known, or is none, is NULL or 0. */
struct store_finding {
    const char *text;  /* all of it, as a sentence */
    const char *file;  /* in the store's folder */
    const char *table; /* of the database */
    const char *queue;
    uint64_t number;   /* the message's, */
    const uint8_t *id; /* and its id as the record has it */
};

struct store_report {
    uint64_t records;  /* looked at */
    uint64_t bad;      /* of these: whose checksum is wrong, or which cannot be read */
    uint64_t database; /* findings of the database's own check, and rows of queues */
    uint64_t repaired; /* set aside, or made again */
    void (*found)(void *arg, const struct store_finding *f); /* each one; may be NULL */
    void (*progress)(void *arg, uint64_t records);           /* now and then; may be NULL */
    void *arg;
};

/* A store nobody has open: verifies every record, every body and the database. repair: bad records
 * go to STORE_DAMAGED, and a database that cannot be trusted is made again from every record that
 * can be read, the old files being kept in the store's folder damaged-<time>. Nothing is deleted.
 * ERR_STORE_DAMAGED: there were findings, and repair was not asked for, or could not be done.
 * ERR_EXISTS: a process has it open. */
MUST_CHECK enum err store_check(const char *dir, bool repair, struct store_report *report);
/* The same of an open store, beside its work, without repair. */
MUST_CHECK enum err store_verify(struct store *s, struct store_report *report);
/* A part of that, so that whoever waits hears how far it is. *at begins at 0, and the first part is
 * the database; then *at - 1 is the number of the last record looked at. *ret_more: there is more.
 * Findings are in the report and no error. */
MUST_CHECK enum err store_verify_part(struct store *s, uint64_t *at, bool *ret_more,
                                      struct store_report *report);
