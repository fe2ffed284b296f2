/* SPDX-License-Identifier: Apache-2.0
 * rpc_later_home.h - a server that keeps its calls until a test completes them, and clients that do
 * not wait: for domain/test_rpc_async*.c.
 */
#pragma once

#include "rpc_later.h"
#include "rpc_try_home.h"

enum { LATER_KEPT = 600 };

struct later_kept { /* a call of the server's, in the order in which they came */
    PRPC_ASYNC_STATE state;
    RPC_BINDING_HANDLE binding;
    LONG number;
    LONG *grows;
    char **back;
    LATER_CONTEXT *context;
    ULONG n;
    const byte *data;
    byte *to;
    char text[40];
    atomic_int cancels, disconnects; /* notifications of it */
};

extern struct later_kept later_kept[LATER_KEPT];
extern atomic_int later_count; /* of them */
extern atomic_int later_rundowns;

/* Subscribes for both in each call that is kept, before it is. */
extern atomic_bool later_subscribes;

int later_start(void **state); /* try_start, and rpc_later */
int later_stop(void **state);
void later_forget(void); /* none is kept */

/* Waits for so many, and completes one: number doubled, grows + 1, back is the text backwards. */
void later_until(int count);
RPC_STATUS later_complete(int i);

/* ---- clients ---- */

struct later_call {
    RPC_ASYNC_STATE state;
    LONG product, grows, reply;
    char *back;
    atomic_int notified;
    RPC_STATUS status; /* of what completed it, where a routine did */
};

void later_prepare(struct later_call *c, RPC_NOTIFICATION_TYPES type);
/* LaterKeep, with RPC_S_OK or what it raised. */
RPC_STATUS later_keep(struct later_call *c, RPC_BINDING_HANDLE b, LONG number);
/* Polls until it is not pending any more; what it is then. */
RPC_STATUS later_wait(struct later_call *c);
/* Waits, completes; and looks whether it is what later_complete makes of number. */
void later_good(struct later_call *c, LONG number);
