/* SPDX-License-Identifier: Apache-2.0
 * thread.h - what is known of a thread: how it ended, the mutexes it owns, what it waits for, and
 * the procedures other threads queued for it.
 *
 * Threads this library did not begin have a record from their first use of it on.
 */
#pragma once

#include "win32/object.h"

struct wait;
struct thread_call;

struct thread {
    struct object object; /* first: ready when the thread has ended */
    uint32_t id;          /* the kernel's; 0: has not run yet */
    uint32_t exit_code;
    bool suspended; /* from its beginning, until thread_resume */
    uint32_t (*routine)(void *arg);
    void *arg;
    pthread_cond_t woken; /* by the monotonic clock */
    struct wait *wait;
    struct thread_call *first, **last;
    struct object *owned; /* mutexes */
};

struct thread_begin {
    uint32_t (*routine)(void *arg);
    void *arg;
    size_t stack; /* bytes at least; 0: the system's size */
    bool suspended;
};

/* Begins one: its handle, and the kernel's number of it. ERR_NO_MEMORY. */
MUST_CHECK enum err thread_begin(const struct thread_begin *how, handle_id *ret_handle,
                                 uint32_t *ret_id);
/* Ends the calling thread. */
_Noreturn void thread_exit(uint32_t code);
/* Whether it stood suspended. */
bool thread_resume(struct thread *t);
/* The calling thread's record, which lives as long as it runs. */
MUST_CHECK enum err thread_mine(struct thread **ret);
/* Whether it has ended; how, and its id. */
bool thread_is_ended(struct thread *t, uint32_t *ret_code);
uint32_t thread_id(struct thread *t);

/* Has t call the procedure in its next alertable wait. ERR_UNEXPECTED: t has ended. */
MUST_CHECK enum err thread_queue(struct thread *t, void (*procedure)(uintptr_t), uintptr_t arg);
/* On t itself: calls what is queued, in order, until nothing is. */
void thread_call_queued(struct thread *t);

/* With the lock held. */
bool thread_has_calls(const struct thread *t);
void thread_owns(struct thread *t, struct object *mutex);
void thread_disowns(struct thread *t, struct object *mutex);

/* The last reference to its object is gone. */
void thread_free(struct object *o);
