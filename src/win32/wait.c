/* SPDX-License-Identifier: Apache-2.0
 * wait.c - a wait stands on its thread's stack and in the lists of the objects it waits for. Who
 * changes an object decides the waits it ends; the waiting thread only learns the outcome.
 */
#include "win32/wait.h"

#include <time.h>

#include "win32/thread.h"

struct wait;

struct wait_link { /* in an object's list */
    struct wait *wait;
    struct wait_link *before, *after;
};

struct wait {
    const struct wait_for *what;
    struct thread *thread;
    bool decided;
    struct wait_result result;
    struct wait_link link[WAIT_OBJECTS];
};

static void put_in(struct object *o, struct wait_link *l)
{
    l->before = o->last;
    l->after = NULL;
    if (o->last)
        o->last->after = l;
    else
        o->first = l;
    o->last = l;
}

static void take_out(struct object *o, const struct wait_link *l)
{
    if (l->before)
        l->before->after = l->after;
    else
        o->first = l->after;
    if (l->after)
        l->after->before = l->before;
    else
        o->last = l->before;
}

static void begin(struct wait *w)
{
    size_t i;

    for (i = 0; i < w->what->count; i++) {
        w->link[i].wait = w;
        put_in(w->what->objects[i], &w->link[i]);
    }
    w->thread->wait = w;
}

static void end(struct wait *w, enum wait_outcome outcome)
{
    size_t i;

    for (i = 0; i < w->what->count; i++)
        take_out(w->what->objects[i], &w->link[i]);
    w->thread->wait = NULL;
    w->decided = true;
    w->result.outcome = outcome;
    pthread_cond_signal(&w->thread->woken);
}

/* Takes what is waited for, if that can be had now. */
static bool take(struct wait *w)
{
    size_t free = 0;
    size_t i;

    for (i = 0; i < w->what->count; i++) {
        if (object_is_free(w->what->objects[i], w->thread)) {
            free++;
            w->result.index = i;
            if (!w->what->all)
                break;
        }
    }
    if (!free || (w->what->all && free < w->what->count))
        return false;
    if (w->what->all) {
        w->result.index = 0;
        for (i = 0; i < w->what->count; i++)
            w->result.abandoned |= object_take(w->what->objects[i], w->thread);
    } else {
        w->result.abandoned = object_take(w->what->objects[w->result.index], w->thread);
    }
    return true;
}

void wait_offer(struct object *o)
{
    struct wait_link *l = o->first;

    while (l) {
        struct wait *w = l->wait;

        if (take(w)) {
            end(w, WAIT_TOOK);
            l = o->first; /* a wait may stand in the list twice */
        } else {
            l = l->after;
        }
    }
}

void wait_alert(const struct thread *t)
{
    if (t->wait && t->wait->what->alertable)
        end(t->wait, WAIT_CALLED);
}

static struct timespec deadline_in(uint32_t milliseconds)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)(milliseconds / 1000);
    at.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

/* Until somebody decided the wait, or its time is over. The caller holds the lock. */
static void sleep_on(struct wait *w)
{
    const uint32_t milliseconds = w->what->milliseconds;
    struct timespec until = { 0 };
    int late = 0;

    if (milliseconds != WAIT_FOREVER)
        until = deadline_in(milliseconds);
    begin(w);
    while (!w->decided && !late) {
        if (milliseconds == WAIT_FOREVER)
            pthread_cond_wait(&w->thread->woken, object_mutex());
        else
            late = pthread_cond_timedwait(&w->thread->woken, object_mutex(), &until) != 0;
    }
    if (!w->decided)
        end(w, WAIT_TIMED_OUT);
}

enum err wait_for(const struct wait_for *what, struct wait_result *ret)
{
    struct wait w = { .what = what, .result = { .outcome = WAIT_TIMED_OUT } };
    enum err e = thread_mine(&w.thread);
    int cancel = 0;

    if (e)
        return e;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel); /* the wait stands on this stack */
    object_lock();
    if (take(&w))
        w.result.outcome = WAIT_TOOK;
    else if (what->alertable && thread_has_calls(w.thread))
        w.result.outcome = WAIT_CALLED;
    else if (what->milliseconds)
        sleep_on(&w);
    object_unlock();
    pthread_setcancelstate(cancel, NULL);
    if (w.result.outcome == WAIT_CALLED)
        thread_call_queued(w.thread);
    *ret = w.result;
    return ERR_OK;
}
