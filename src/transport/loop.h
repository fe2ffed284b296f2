/* SPDX-License-Identifier: Apache-2.0
 * loop.h - the threads of a server. Whichever waits takes the next descriptor that is ready, and
 * has it to itself until it gives it back; so the thread that read a call can execute it while
 * another one reads on.
 *
 * There is always a thread that waits, up to the limit: the last one to begin work starts another.
 * Those that find nothing to do for a while end.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    LOOP_READ = 1,
    LOOP_WRITE = 2,
    LOOP_BROKEN = 4, /* reported only; comes with LOOP_READ, whose read then says why */
};

struct loop_source { /* a member of what owns the descriptor; both stay until loop_remove */
    int fd;
    /* Events of fd. No other thread is told of it before loop_resume. */
    void (*ready)(struct loop_source *s, unsigned events);
    atomic_uint turns; /* what one thread wrote before giving it back the next one sees */
};

struct loop_config {
    unsigned threads_max;                 /* at least 2 */
    void (*tick)(void *arg, int64_t now); /* about once a second while loop_keep_ticking asks */
    void *arg;
};

struct loop;
/* The stack of threads begun from here on; never less than there is by itself. */
void loop_set_stack(size_t size);

MUST_CHECK enum err loop_new(const struct loop_config *config, struct loop **ret);
/* Waits until every thread has returned from its source; none may be added any more. */
void loop_stop(struct loop *l);
void loop_free(struct loop *l); /* after loop_stop; accepts NULL */
/* A larger limit, once the program has said how many calls it wants. */
void loop_set_threads(struct loop *l, unsigned threads_max);
unsigned loop_threads(const struct loop *l);

MUST_CHECK enum err loop_add(struct loop *l, struct loop_source *s, unsigned events);
/* Gives it back: from here on another thread may be in ready. Whoever touches what owns s after
 * this holds a reference of its own. */
void loop_resume(struct loop *l, struct loop_source *s, unsigned events);
/* Has s told once when fd, which another source reads, takes bytes: by a descriptor of its own for
 * the same socket, made where s has none yet. */
MUST_CHECK enum err loop_wait_writable(struct loop *l, struct loop_source *s, int fd);
/* By the thread that has it, before the descriptor is closed. */
void loop_remove(struct loop *l, struct loop_source *s);

/* ---- quick calls ----
 *
 * To tell the kernel of a descriptor and to be woken by it costs as much as a small call does. So a
 * thread keeps what it has received a call from while it works; the loop passes it on when that
 * lasts. And it stays with it for a moment afterwards: the next call is often the same client's. */

enum { LOOP_HOLD_MS = 4 }; /* work that lasts twice as long has lost its source to others */

/* In place of loop_resume: others are told of s only if what follows lasts, but then at once: what
 * was received with the call may have to be looked at, or sent. */
void loop_hold(struct loop *l, struct loop_source *s);
/* After it. False: s has been passed on, and may be gone by now. */
bool loop_unhold(struct loop *l);
/* Whether this thread may wait for more from a source that it has, inside transport_receive_soon:
 * others are enough. True: it is counted among those that do, also while it serves what came, until
 * loop_linger_end, or the end of what it was told of, or until that has lasted too long. */
bool loop_linger_begin(struct loop *l);
void loop_linger_end(struct loop *l);

/* What follows may take long: sees to it that another thread waits. */
void loop_work_begin(struct loop *l);

/* The tick is called again, though nobody may have asked for a while. Cheap when it would be. */
void loop_keep_ticking(struct loop *l);
