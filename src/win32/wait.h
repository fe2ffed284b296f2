/* SPDX-License-Identifier: Apache-2.0
 * wait.h - waits for one object, any of several, all of several, or none but time.
 */
#pragma once

#include "win32/object.h"

enum { WAIT_OBJECTS = 64 }; /* MAXIMUM_WAIT_OBJECTS */

#define WAIT_FOREVER UINT32_MAX

struct wait_for {
    struct object *const *objects;
    size_t count;
    bool all;
    bool alertable;
    uint32_t milliseconds; /* WAIT_FOREVER: no end */
};

enum wait_outcome {
    WAIT_TOOK,      /* the object at index, or all */
    WAIT_TIMED_OUT, /* nothing was taken */
    WAIT_CALLED,    /* the thread's queued procedures were called, nothing was taken */
};

struct wait_result {
    enum wait_outcome outcome;
    size_t index;
    bool abandoned; /* a mutex taken was its former owner's at that thread's end */
};

/* Waits by the monotonic clock. Queued procedures run before it returns. */
MUST_CHECK enum err wait_for(const struct wait_for *w, struct wait_result *ret);
/* With the lock held: o may have become free; who waits longest takes it. */
void wait_offer(struct object *o);
/* With the lock held: t has a procedure to call. */
void wait_alert(const struct thread *t);
