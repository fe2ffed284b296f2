/* SPDX-License-Identifier: Apache-2.0
 * object.c - which type an object has: a hash table that any thread may ask.
 */
#include "rpc/object.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/alloc.h"
#include "base/detail.h"

static_assert(sizeof(UUID) == sizeof(struct uuid), "a UUID is a UUID");

enum { BUCKETS_FIRST = 64 }; /* doubled whenever there are as many objects as buckets */

struct object {
    struct object *next;
    struct uuid id, type;
};

static struct {
    pthread_rwlock_t lock;
    struct object **buckets;
    size_t bucket_count;
    atomic_size_t count;
    _Atomic(RPC_OBJECT_INQ_FN *) ask;
} objects = { .lock = PTHREAD_RWLOCK_INITIALIZER };

static const struct uuid nil;

static bool equal(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* UUIDs are random or count up in data1: either way its low bits differ. Who chooses them is the
 * server's program, not a peer. */
static struct object **bucket_of(struct object **buckets, size_t count, const struct uuid *id)
{
    return &buckets[(id->data1 ^ id->data2 ^ (uint32_t)id->data4[7]) & (count - 1)];
}

/* The pointer to the object, or to where it would be appended. */
static struct object **find(const struct uuid *id)
{
    struct object **at = bucket_of(objects.buckets, objects.bucket_count, id);

    while (*at && !equal(&(*at)->id, id))
        at = &(*at)->next;
    return at;
}

static enum err grow(void)
{
    size_t count = objects.bucket_count ? objects.bucket_count * 2 : BUCKETS_FIRST, i;
    struct object **buckets = mem_array(count, sizeof *buckets), *o, *next;

    if (!buckets)
        return ERR_NO_MEMORY;
    for (i = 0; i < objects.bucket_count; i++)
        for (o = objects.buckets[i]; o; o = next) {
            struct object **to = bucket_of(buckets, count, &o->id);

            next = o->next;
            o->next = *to;
            *to = o;
        }
    mem_free(objects.buckets);
    objects.buckets = buckets;
    objects.bucket_count = count;
    return ERR_OK;
}

static enum err add(const struct uuid *id, const struct uuid *type)
{
    struct object **at, *o;

    if (atomic_load(&objects.count) == objects.bucket_count && grow())
        return ERR_NO_MEMORY;
    at = find(id);
    if (*at)
        return detail_fail(ERR_RPC_REGISTERED, "the object has a type already: reset it first");
    o = mem_zero(sizeof *o);
    if (!o)
        return ERR_NO_MEMORY;
    o->id = *id;
    o->type = *type;
    *at = o;
    atomic_fetch_add(&objects.count, 1);
    return ERR_OK;
}

static void take_out(const struct uuid *id)
{
    struct object **at, *o;

    if (!objects.buckets)
        return;
    at = find(id);
    o = *at;
    if (!o)
        return;
    *at = o->next;
    mem_free(o);
    atomic_fetch_sub(&objects.count, 1);
}

enum err rpc_object_set(const struct uuid *object, const struct uuid *type)
{
    enum err e = ERR_OK;

    if (equal(object, &nil))
        return detail_fail(ERR_RPC_NIL_OBJECT, "the nil object always has the nil type");
    pthread_rwlock_wrlock(&objects.lock);
    if (equal(type, &nil))
        take_out(object);
    else
        e = add(object, type);
    pthread_rwlock_unlock(&objects.lock);
    return e;
}

void rpc_object_ask(RPC_OBJECT_INQ_FN *function)
{
    atomic_store(&objects.ask, function);
}

static bool look_up(const struct uuid *id, struct uuid *ret_type)
{
    struct object *o = NULL;

    if (!atomic_load_explicit(&objects.count, memory_order_relaxed))
        return false;
    pthread_rwlock_rdlock(&objects.lock);
    if (objects.buckets)
        o = *find(id);
    if (o)
        *ret_type = o->type;
    pthread_rwlock_unlock(&objects.lock);
    return o;
}

OFTEN void rpc_object_type(const struct uuid *object, struct uuid *ret_type, RPC_STATUS *ret_status)
{
    RPC_OBJECT_INQ_FN *ask;
    UUID id, type = { 0 };

    *ret_type = nil;
    *ret_status = RPC_S_OK;
    if (equal(object, &nil) || look_up(object, ret_type))
        return;
    *ret_status = RPC_S_OBJECT_NOT_FOUND;
    ask = atomic_load(&objects.ask);
    if (!ask)
        return;
    memcpy(&id, object, sizeof id);
    ask(&id, &type, ret_status);
    memcpy(ret_type, &type, sizeof type);
}

void rpc_object_done(void)
{
    struct object *o, *next;
    size_t i;

    for (i = 0; i < objects.bucket_count; i++)
        for (o = objects.buckets[i]; o; o = next) {
            next = o->next;
            mem_free(o);
        }
    mem_free(objects.buckets);
    objects.buckets = NULL;
    objects.bucket_count = 0;
    atomic_store(&objects.count, 0);
    atomic_store(&objects.ask, (RPC_OBJECT_INQ_FN *)NULL);
}
