/* SPDX-License-Identifier: Apache-2.0
 * timer.h - what happens later without anybody waiting for it: a cancelled call abandoned, an
 * idle connection closed.
 *
 * One thread, there only while something is due; no part of a call's ordinary path.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct rpc_timer {
    void (*fire)(struct rpc_timer *t); /* on the timer's thread, without a lock */
    int64_t due;                       /* of transport_now */
    struct rpc_timer *next;
    bool set;
};

/* Zeroed but for fire before its first use. Moves one that is set already. */
MUST_CHECK enum err rpc_timer_set(struct rpc_timer *t, int64_t due);
/* Waits for a fire under way, unless it is the one that calls: afterwards *t may go. */
void rpc_timer_clear(struct rpc_timer *t);
/* In the child of a fork: nothing is due, its thread is gone. */
void rpc_timer_forked(void);
