/* SPDX-License-Identifier: Apache-2.0
 * queue_keys.h - a few accounts with real keys, and a directory that is a table.
 */
#pragma once

#include "queue/envelope.h"
#include "queue/keys.h"

enum { QUEUE_ALICE, QUEUE_MALLORY, QUEUE_SERVER, QUEUE_ACCOUNTS };

#define QUEUE_HOST "app.example.com"
#define QUEUE_SERVER_HOST "srv.example.com"
#define QUEUE_SERVICE "orders/srv.example.com"
#define QUEUE_TEST_NOW (UINT64_C(400) * 365 * QUEUE_DAY)

struct queue_account {
    struct sid sid;
    const char *host;
    struct queue_key signing, agreement, old_agreement; /* old: kept after a rotation, or none */
    enum queue_key_state state;                         /* what the directory says of it */
};

struct queue_world {
    struct queue_account accounts[QUEUE_ACCOUNTS];
    struct queue_keys keys[QUEUE_ACCOUNTS]; /* as each of them sees it */
    struct queue_seat {                     /* what the functions are given */
        struct queue_world *world;
        int who;
    } seats[QUEUE_ACCOUNTS];
    char folder[64]; /* of its own, with the server's executed messages */
    struct queue_executed *executed;
};

void queue_world_init(struct queue_world *w);
void queue_world_done(struct queue_world *w);
/* As if the server ended and began again. */
void queue_world_restart(struct queue_world *w);
/* Another agreement key; the one before is kept for what was sealed to it. */
void queue_world_rotate(struct queue_world *w, int who);

/* A call to the server's queue "orders", created now. */
struct queue_header queue_test_header(const struct queue_world *w, enum queue_level level);
/* A door that opens it. */
struct queue_door queue_test_door(void);
