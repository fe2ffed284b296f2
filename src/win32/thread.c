/* SPDX-License-Identifier: Apache-2.0
 * thread.c - threads begun and ended, and procedure calls queued for them.
 */
#include "win32/thread.h"

#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/impersonation.h"
#include "win32/wait.h"

struct thread_call {
    struct thread_call *next;
    void (*procedure)(uintptr_t);
    uintptr_t arg;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key; /* of threads others began: tells their end */
static bool have_key;
static _Thread_local struct thread *mine;

static void ended(void *arg);

static void make_key(void)
{
    have_key = pthread_key_create(&key, ended) == 0;
}

static struct thread *thread_new(void)
{
    struct thread *t = mem_zero(sizeof *t);
    pthread_condattr_t monotonic;

    if (!t)
        return NULL;
    object_init(&t->object, OBJECT_THREAD);
    t->last = &t->first;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&t->woken, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return t;
}

void thread_free(struct object *o)
{
    struct thread *t = (struct thread *)o;

    pthread_cond_destroy(&t->woken);
    mem_free(t);
}

enum err thread_mine(struct thread **ret)
{
    struct thread *t = mine;

    if (!t) {
        pthread_once(&once, make_key);
        t = have_key ? thread_new() : NULL;
        if (!t)
            return ERR_NO_MEMORY;
        if (pthread_setspecific(key, t)) {
            thread_free(&t->object);
            return ERR_NO_MEMORY;
        }
        t->id = (uint32_t)gettid();
        mine = t;
    }
    *ret = t;
    return ERR_OK;
}

/* Mutexes the thread did not give back are the next taker's, who is told. With the lock held. */
static void abandon_owned(struct thread *t)
{
    struct object *o = NULL;

    while ((o = t->owned)) {
        thread_disowns(t, o);
        o->abandoned = true;
        wait_offer(o);
    }
}

/* On the thread, the last that happens there. */
static void ended(void *arg)
{
    struct thread *t = arg;
    struct thread_call *c = NULL;
    struct thread_call *next = NULL;

    object_lock();
    abandon_owned(t);
    t->object.ready = true;
    c = t->first;
    t->first = NULL;
    t->last = &t->first;
    wait_offer(&t->object);
    object_unlock();
    for (; c; c = next) {
        next = c->next;
        mem_free(c);
    }
    mine = NULL;
    object_unref(&t->object);
}

static void *run(void *arg)
{
    struct thread *t = arg;

    mine = t;
    pthread_cleanup_push(ended, t);
    object_lock();
    t->id = (uint32_t)gettid();
    pthread_cond_broadcast(&t->woken); /* who began it wants the number */
    while (t->suspended)
        pthread_cond_wait(&t->woken, object_mutex());
    object_unlock();
    thread_call_queued(t); /* what was queued before it began */
    t->exit_code = t->routine(t->arg);
    pthread_cleanup_pop(1);
    return NULL;
}

/* A stack of at least that size; the system's own where it is larger. */
static void set_stack(pthread_attr_t *attr, size_t stack)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t usual = 0;

    pthread_attr_getstacksize(attr, &usual);
    if (stack > usual && stack <= SIZE_MAX - page)
        pthread_attr_setstacksize(attr, (stack + page - 1) / page * page);
}

/* Has the thread run, under a reference of its own, and waits until it has a number. */
static int start(struct thread *t, size_t stack, uint32_t *ret_id)
{
    struct impersonation *aside;
    pthread_attr_t attr;
    pthread_t pthread;
    int failed;

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    set_stack(&attr, stack);
    object_lock();
    object_ref(&t->object);
    aside = impersonation_set_aside(); /* as on Windows, a thread begins as its process */
    failed = pthread_create(&pthread, &attr, run, t);
    impersonation_take_up_adopt(aside);
    while (!failed && !t->id)
        pthread_cond_wait(&t->woken, object_mutex());
    *ret_id = t->id;
    object_unlock();
    pthread_attr_destroy(&attr);
    if (failed)
        object_unref(&t->object);
    return failed;
}

enum err thread_begin(const struct thread_begin *how, handle_id *ret_handle, uint32_t *ret_id)
{
    struct thread *t = thread_new();
    int failed;
    enum err e;

    if (!t)
        return ERR_NO_MEMORY;
    t->routine = how->routine;
    t->arg = how->arg;
    t->suspended = how->suspended;
    e = object_handle(&t->object, ret_handle); /* before it runs: then it could not be undone */
    if (e)
        return e;
    failed = start(t, how->stack, ret_id);
    if (!failed)
        return ERR_OK;
    e = detail_fail(ERR_NO_MEMORY, "the system gives no further thread (%d)", failed);
    return handle_close(*ret_handle, HANDLE_WAITABLE) ? ERR_INTERNAL : e;
}

void thread_exit(uint32_t code)
{
    if (mine)
        mine->exit_code = code;
    pthread_exit(NULL);
}

bool thread_resume(struct thread *t)
{
    bool was;

    object_lock();
    was = t->suspended;
    t->suspended = false;
    if (was)
        pthread_cond_signal(&t->woken);
    object_unlock();
    return was;
}

bool thread_is_ended(struct thread *t, uint32_t *ret_code)
{
    bool is;

    object_lock();
    is = t->object.ready;
    if (is)
        *ret_code = t->exit_code;
    object_unlock();
    return is;
}

uint32_t thread_id(struct thread *t)
{
    uint32_t id;

    object_lock();
    id = t->id;
    object_unlock();
    return id;
}

enum err thread_queue(struct thread *t, void (*procedure)(uintptr_t), uintptr_t arg)
{
    struct thread_call *c = mem_zero(sizeof *c);
    bool over;

    if (!c)
        return ERR_NO_MEMORY;
    c->procedure = procedure;
    c->arg = arg;
    object_lock();
    over = t->object.ready;
    if (!over) {
        *t->last = c;
        t->last = &c->next;
        wait_alert(t);
    }
    object_unlock();
    if (over) {
        mem_free(c);
        return detail_fail(ERR_UNEXPECTED, "the thread has ended");
    }
    return ERR_OK;
}

bool thread_has_calls(const struct thread *t)
{
    return t->first != NULL;
}

static struct thread_call *next_call(struct thread *t)
{
    struct thread_call *c = NULL;

    object_lock();
    c = t->first;
    if (c) {
        t->first = c->next;
        if (!t->first)
            t->last = &t->first;
    }
    object_unlock();
    return c;
}

void thread_call_queued(struct thread *t)
{
    struct thread_call *c = NULL;

    while ((c = next_call(t))) {
        struct thread_call call = *c;

        mem_free(c); /* before: the procedure may end the thread */
        call.procedure(call.arg);
    }
}

void thread_owns(struct thread *t, struct object *mutex)
{
    mutex->owner = t;
    mutex->next_owned = t->owned;
    t->owned = mutex;
}

void thread_disowns(struct thread *t, struct object *mutex)
{
    struct object **at = &t->owned;

    while (*at && *at != mutex)
        at = &(*at)->next_owned;
    if (*at)
        *at = mutex->next_owned;
    mutex->owner = NULL;
    mutex->count = 0;
}
