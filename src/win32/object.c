/* SPDX-License-Identifier: Apache-2.0
 * object.c - the objects, their handles and names, and what changes their state.
 */
#include "win32/object.h"

#include <string.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "win32/thread.h"
#include "win32/wait.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct object *named; /* without a reference: object_free takes them out */

void object_lock(void)
{
    pthread_mutex_lock(&lock);
}

void object_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

pthread_mutex_t *object_mutex(void)
{
    return &lock;
}

void object_init(struct object *o, enum object_kind kind)
{
    *o = (struct object){ .kind = kind, .refs = 1 };
}

enum err object_new(enum object_kind kind, struct object **ret)
{
    struct object *o = mem_alloc(sizeof *o);

    if (!o)
        return ERR_NO_MEMORY;
    object_init(o, kind);
    *ret = o;
    return ERR_OK;
}

void object_ref(struct object *o)
{
    o->refs++;
}

static void take_out_name(const struct object *o)
{
    struct object **at = &named;

    while (*at && *at != o)
        at = &(*at)->next_named;
    if (*at)
        *at = o->next_named;
}

void object_unref(struct object *o)
{
    bool last;

    object_lock();
    last = --o->refs == 0;
    if (last && o->name)
        take_out_name(o);
    if (last && o->owner)
        thread_disowns(o->owner, o);
    object_unlock();
    if (!last)
        return;
    if (o->kind == OBJECT_THREAD) {
        thread_free(o);
        return;
    }
    mem_free(o->name);
    mem_free(o);
}

static void release(void *object)
{
    object_unref(object);
}

enum err object_handle(struct object *o, handle_id *ret)
{
    enum err e = handle_new(HANDLE_WAITABLE, o, release, ret);

    if (e)
        object_unref(o);
    return e;
}

enum err object_get(handle_id id, struct object **ret)
{
    void *object = NULL;
    struct thread *t = NULL;
    enum err e;

    if (id == OBJECT_THIS_THREAD) {
        e = thread_mine(&t);
        if (!e)
            *ret = &t->object;
        return e;
    }
    e = handle_get(id, HANDLE_WAITABLE, &object);
    if (e)
        return detail_fail(e, "no event, mutex, semaphore or thread has the handle %#llx",
                           (unsigned long long)id);
    *ret = object;
    return ERR_OK;
}

enum err object_get_kind(handle_id id, enum object_kind kind, struct object **ret)
{
    struct object *o = NULL;
    enum err e = object_get(id, &o);

    if (e)
        return e;
    if (o->kind != kind) {
        object_put(id);
        return detail_fail(ERR_INVALID_HANDLE, "the handle %#llx is of another kind",
                           (unsigned long long)id);
    }
    *ret = o;
    return ERR_OK;
}

void object_put(handle_id id)
{
    if (id != OBJECT_THIS_THREAD)
        handle_put(id);
}

/* "Local\name" is "name"; other spaces of names are other processes'. */
static enum err own_name(const char *name, const char **ret)
{
    if (strncmp(name, "Local\\", 6) == 0)
        name += 6;
    if (!*name || strlen(name) >= OBJECT_NAME)
        return detail_fail(ERR_INVALID_PARAMETER, "an event's name has 1 to %d bytes",
                           OBJECT_NAME - 1);
    if (strchr(name, '\\'))
        return detail_fail(ERR_UNSUPPORTED, "\"%s\" is a name other processes are to see", name);
    *ret = name;
    return ERR_OK;
}

/* The caller holds the lock, and owns the reference. */
static struct object *find(const char *name)
{
    struct object *o = named;

    while (o && strcmp(o->name, name) != 0)
        o = o->next_named;
    if (o)
        object_ref(o);
    return o;
}

enum err object_named_event(const char *name, bool manual, bool ready, struct object **ret,
                            bool *ret_found)
{
    struct object *o = NULL;
    struct object *there = NULL;
    enum err e = own_name(name, &name);

    if (!e)
        e = object_new(OBJECT_EVENT, &o);
    if (e)
        return e;
    o->name = mem_strdup(name);
    if (!o->name) {
        mem_free(o);
        return ERR_NO_MEMORY;
    }
    o->manual = manual;
    o->ready = ready;
    object_lock();
    there = find(name);
    if (!there) {
        o->next_named = named;
        named = o;
    }
    object_unlock();
    *ret_found = there != NULL;
    *ret = there ? there : o;
    if (there) {
        mem_free(o->name);
        mem_free(o);
    }
    return ERR_OK;
}

enum err object_find_event(const char *name, struct object **ret)
{
    struct object *o = NULL;
    enum err e = own_name(name, &name);

    if (e)
        return e;
    object_lock();
    o = find(name);
    object_unlock();
    if (!o)
        return detail_fail(ERR_NOT_FOUND, "this process has no event \"%s\"", name);
    *ret = o;
    return ERR_OK;
}

void object_event_set(struct object *o)
{
    object_lock();
    o->ready = true;
    wait_offer(o);
    object_unlock();
}

void object_event_reset(struct object *o)
{
    object_lock();
    o->ready = false;
    object_unlock();
}

void object_event_pulse(struct object *o)
{
    object_lock();
    o->ready = true;
    wait_offer(o);
    o->ready = false;
    object_unlock();
}

enum err object_mutex_release(struct object *o)
{
    struct thread *t = NULL;
    enum err e = thread_mine(&t);

    if (e)
        return e;
    object_lock();
    if (o->owner != t) {
        e = ERR_ACCESS_DENIED;
    } else if (--o->count == 0) {
        thread_disowns(t, o);
        wait_offer(o);
    }
    object_unlock();
    return e ? detail_fail(e, "the calling thread does not own the mutex") : ERR_OK;
}

enum err object_semaphore_release(struct object *o, uint32_t count, uint32_t *ret_before)
{
    enum err e = ERR_OK;

    object_lock();
    *ret_before = o->count;
    if (count > o->most - o->count) {
        e = ERR_TOO_LONG;
    } else {
        o->count += count;
        wait_offer(o);
    }
    object_unlock();
    return e ? detail_fail(e, "%u more are beyond the semaphore's %u", count, o->most) : ERR_OK;
}

bool object_is_free(const struct object *o, const struct thread *t)
{
    switch (o->kind) {
    case OBJECT_EVENT:
    case OBJECT_THREAD:
        return o->ready;
    case OBJECT_SEMAPHORE:
        return o->count > 0;
    case OBJECT_MUTEX:
        return !o->owner || (o->owner == t && o->count < UINT32_MAX);
    }
    return false;
}

bool object_take(struct object *o, struct thread *t)
{
    bool abandoned = o->abandoned;

    if (o->kind == OBJECT_EVENT && !o->manual)
        o->ready = false;
    if (o->kind == OBJECT_SEMAPHORE)
        o->count--;
    if (o->kind == OBJECT_MUTEX) {
        o->abandoned = false;
        if (o->count++ == 0)
            thread_owns(t, o);
    }
    return abandoned;
}
