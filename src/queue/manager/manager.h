/* SPDX-License-Identifier: Apache-2.0
 * manager.h - the queue manager: queues, who may use them, what is accepted, and who gets it.
 *
 * The rules over the store, without the interface: tests drive them as calls do. A function returns
 * one of the interface's MQD_xxx; MQD_OK is 0. What waits for the disk and is not said to wait is
 * told to a function, once, by the manager's own thread: it may call the manager, and must not
 * block.
 */
#pragma once

#include "mqd.h"
#include "queue/manager/access.h"
#include "queue/manager/config.h"
#include "queue/manager/store_heap.h"

struct manager;
struct handle; /* an open queue, of who opened it */

struct manager_how {
    const struct config *config; /* borrowed as long as the manager lives */
    const char *account;         /* SID of the manager's own, whose the manager's descriptor is */
    struct bytes senders;        /* the map of senders; borrowed likewise; empty: there is none */
    uint64_t (*now)(void);       /* 100 ns ticks since 1601; NULL: the clock */
    void (*tell)(
        const char *line); /* of damage, and what else an operator has to know; any thread */
    /* Of a message that nobody executes, of which there may be very many at once. By the store's
     * thread: while this lasts nothing is committed. NULL: nobody asks. */
    void (*tell_loss)(const char *line);
    /* Around functions that the manager's thread calls one after the other: what they say may leave
     * together. NULL: each by itself. */
    void (*together)(bool begin);
};

/* Waits. Temporary queues that an earlier manager left are removed. */
MUST_CHECK enum err manager_new(const struct manager_how *how, struct manager **ret);
/* From here on nothing is accepted, and who waits for a message is told MQD_STOPPING. */
void manager_stop(struct manager *m);
/* Waits until all that was accepted is on disk. No handle is open, and no function is due. */
void manager_free(struct manager *m);

/* ---- programs ---- */

struct manager_open {
    const char *name;
    uint32_t access; /* the rights that the handle shall have: MQD_RIGHT_xxx */
    uint32_t flags;  /* MQD_CREATE, ... */
    uint32_t given;  /* MQD_SET_xxx: of settings, for a queue that is made or has its list set */
    const mqd_settings *settings;
};

/* Waits where a queue is made or cleared. Takes what is in *who over, if it succeeds. */
uint32_t manager_open(struct manager *m, struct access_who *who, const struct manager_open *how,
                      struct handle **ret);
void handle_tell(struct handle *h, mqd_opened *ret);
/* What the handle's receiver had goes to the next one, who waits with it is told MQD_CANCELLED, and
 * a temporary queue goes with the handle that made it, for which this waits. */
void handle_close(struct handle *h);
const struct access_who *handle_who(const struct handle *h);
void handle_ref(struct handle *h);
void handle_unref(struct handle *h); /* by who has called handle_ref */

typedef void manager_done_fn(void *arg, uint32_t status);

/* The message is borrowed until done, which always runs. */
void handle_submit(struct handle *h, struct bytes message, manager_done_fn *done, void *arg);

struct receive { /* whoever asks has it until done runs */
    const mqd_interface *interfaces;
    uint32_t interface_count; /* 0: any */
    uint32_t wait_ms;
    /* MQD_OK: taken and message, which the function frees; else they are empty. */
    void (*done)(struct receive *r, uint32_t status, const mqd_taken *taken, struct buf message);
    /* the manager's */
    struct handle *handle;
    uint64_t until;         /* ms of the monotonic clock */
    struct wait_line *line; /* where it stands; NULL: nowhere */
    bool cancelled;         /* with the queue's lock */
    struct receive *prev, *next;
    uint64_t turn; /* who came first has the least */
    struct store_timer deadline;
};

/* done always runs, maybe before this returns. */
void handle_receive(struct handle *h, struct receive *r);
/* Should it still wait: done is told MQD_CANCELLED, before this returns. False: it does not. */
bool handle_receive_cancel(struct handle *h, struct receive *r);
uint32_t handle_begin(struct handle *h, uint64_t lease);
/* As handle_begin; from here on messages may be joined to it. What an earlier execution has joined
 * is gone: for that it may wait. MQD_NO_LEASE also where its deliveries are used up. */
uint32_t handle_begin_transaction(struct handle *h, uint64_t lease);
/* As handle_submit, of a message that goes out if that other one is executed. The lease is of any
 * handle of the same account. */
void handle_submit_joined(struct handle *h, uint64_t lease, struct bytes message,
                          manager_done_fn *done, void *arg);
/* done always runs. */
void handle_outcome(struct handle *h, uint64_t lease, uint32_t outcome, uint32_t reason,
                    manager_done_fn *done, void *arg);

/* ---- operators; each may wait ---- */

uint32_t manager_list(struct manager *m, const struct access_who *who, const char *after,
                      uint32_t most, mqd_info *infos, uint32_t *ret_count);
uint32_t manager_show(struct manager *m, const struct access_who *who, const char *name,
                      mqd_info *ret);
uint32_t manager_create(struct manager *m, const struct access_who *who, const char *name,
                        uint32_t given, const mqd_settings *from);
uint32_t manager_set(struct manager *m, const struct access_who *who, const char *name,
                     uint32_t given, const mqd_settings *settings);
uint32_t manager_delete(struct manager *m, const struct access_who *who, const char *name,
                        bool with_messages);
uint32_t manager_purge(struct manager *m, const struct access_who *who, const char *name);
uint32_t manager_move(struct manager *m, const struct access_who *who, const char *name,
                      uint64_t number);
uint32_t manager_peek(struct manager *m, const struct access_who *who, const char *name,
                      const char *from, uint64_t *cursor, mqd_seen *ret_seen, struct buf *ret_head);
/* What an operator has executed again: replay.c. */
uint32_t manager_read(struct manager *m, const struct access_who *who, const char *name,
                      uint64_t number, struct buf *ret);
uint32_t handle_replay(struct handle *h, const char *name, uint64_t number, struct bytes message);
uint32_t manager_stats(struct manager *m, const struct access_who *who, mqd_stats *ret);
/* MQD_NO_MORE: that was the last part. findings: room for MQD_FINDINGS. */
uint32_t manager_check(struct manager *m, const struct access_who *who, uint64_t *at,
                       mqd_checked *checked, mqd_finding *findings, uint32_t *ret_count);
