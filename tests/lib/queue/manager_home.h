/* SPDX-License-Identifier: Apache-2.0
 * manager_home.h - a queue manager in this process, with a store in a folder of its own.
 */
#pragma once

#include "queue/header.h"
#include "queue/manager/manager.h"

enum { HOME_ALICE = 54321, HOME_BOB = 54322 }; /* accounts without a name; the manager is root's */
enum { HOME_LONG_MS = 60000 };

struct manager_home {
    struct config config;
    char senders[256];     /* the map */
    uint64_t (*now)(void); /* NULL: the clock */
    struct manager *manager;
};

/* As shipped, of a folder that is new; home->config may be changed until it is opened. */
void manager_home_make(struct manager_home *home);
void manager_home_open(struct manager_home *home);
void manager_home_close(struct manager_home *home); /* the folder stays */
void manager_home_done(struct manager_home *home);

/* Opens a queue, as that account; NULL: refused, and *ret_status says why. */
struct handle *manager_home_handle(struct manager_home *home, uint32_t uid,
                                   const struct manager_open *how, uint32_t *ret_status);
/* The same for sending and receiving, or less, of a queue that is made where there is none. */
struct handle *manager_home_queue(struct manager_home *home, uint32_t uid, const char *name,
                                  uint32_t access);

/* Each waits. Of a message of that account, with a text for its body. */
uint32_t manager_home_send(struct handle *h, uint32_t uid, const char *queue, const char *text);
uint32_t manager_home_submit(struct handle *h, struct bytes message);
/* As manager_home_send, in the transaction of what that lease is of. */
uint32_t manager_home_join(struct handle *h, uint64_t lease, uint32_t uid, const char *queue,
                           const char *text);
/* The body as text, "" for none; *ret_status, and *ret what was taken. */
const char *manager_home_receive(struct handle *h, uint32_t wait_ms, mqd_taken *ret,
                                 uint32_t *ret_status);
/* Of these interfaces, without waiting. */
const char *manager_home_receive_of(struct handle *h, const mqd_interface *interfaces,
                                    uint32_t count, mqd_taken *ret, uint32_t *ret_status);
/* The body of what has come, or comes within HOME_LONG_MS: a test fails that gets nothing. */
const char *manager_home_take(struct handle *h, mqd_taken *ret);
/* The status alone, without waiting. */
uint32_t manager_home_try(struct handle *h);
/* Of what was received last, without its texts. */
const struct queue_header *manager_home_header(void);
uint32_t manager_home_outcome(struct handle *h, uint64_t lease, uint32_t outcome, uint32_t reason);
