/* SPDX-License-Identifier: Apache-2.0
 * object.h - what threads wait for: events, mutexes, semaphores, and threads, until they end.
 *
 * One lock guards the state of all objects and all waits, so that a wait for several objects takes
 * all of them at one moment or none. What becomes free is handed to who waits longest before the
 * lock is let go, as Windows does it: two SetEvent of an auto-reset event release two threads,
 * whenever these get to run.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/handle.h"

enum object_kind { OBJECT_EVENT, OBJECT_MUTEX, OBJECT_SEMAPHORE, OBJECT_THREAD };

enum { OBJECT_NAME = 260 }; /* of an event, with its zero: MAX_PATH */

/* The calling thread and the calling process, as Windows names them. */
#define OBJECT_THIS_PROCESS ((handle_id)(uintptr_t)-1)
#define OBJECT_THIS_THREAD ((handle_id)(uintptr_t)-2)

struct thread;
struct wait_link;

struct object {
    enum object_kind kind;
    uint32_t refs;
    struct wait_link *first, *last; /* who waits, the longest first */
    bool ready;                     /* of an event: set; of a thread: ended */
    bool manual;                    /* of an event */
    char *name;                     /* of an event that has one */
    struct object *next_named;
    struct thread *owner;      /* of a mutex */
    struct object *next_owned; /* in its owner's list */
    bool abandoned;            /* of a mutex: its last owner ended */
    uint32_t count, most;      /* of a semaphore; count of a mutex: how often its owner has it */
};

void object_lock(void);
void object_unlock(void);
pthread_mutex_t *object_mutex(void);

/* A new object that one reference holds. */
MUST_CHECK enum err object_new(enum object_kind kind, struct object **ret);
/* Takes the lock. */
void object_unref(struct object *o);
/* With the lock held. */
void object_ref(struct object *o);
/* What object_new does, for an object that stands in a larger one; freed is called last. */
void object_init(struct object *o, enum object_kind kind);

/* Adopts one reference of o for the handle; where it fails o is let go. */
MUST_CHECK enum err object_handle(struct object *o, handle_id *ret);
/* Held until object_put. The calling thread's own pseudo handle is one. */
MUST_CHECK enum err object_get(handle_id id, struct object **ret);
/* The same, of one kind only. */
MUST_CHECK enum err object_get_kind(handle_id id, enum object_kind kind, struct object **ret);
void object_put(handle_id id);

/* A named event: the one there is, *ret_found, or a new one. One reference is the caller's.
 * ERR_UNSUPPORTED for a name that other processes are to see. */
MUST_CHECK enum err object_named_event(const char *name, bool manual, bool ready,
                                       struct object **ret, bool *ret_found);
/* ERR_NOT_FOUND. */
MUST_CHECK enum err object_find_event(const char *name, struct object **ret);

void object_event_set(struct object *o);
void object_event_reset(struct object *o);
/* Releases who waits now, and nobody later. */
void object_event_pulse(struct object *o);
/* ERR_ACCESS_DENIED: the calling thread does not own it. */
MUST_CHECK enum err object_mutex_release(struct object *o);
/* ERR_TOO_LONG: more than the most. */
MUST_CHECK enum err object_semaphore_release(struct object *o, uint32_t count,
                                             uint32_t *ret_before);

/* With the lock held: whether the thread could take it now, and taking it. True: it was abandoned.
 */
bool object_is_free(const struct object *o, const struct thread *t);
bool object_take(struct object *o, struct thread *t);
