/* SPDX-License-Identifier: Apache-2.0
 * witness.c - who knows how the transactions of an interface's queued calls ended.
 */
#include "rpc/witness.h"

#include <pthread.h>

#include "base/alloc.h"

struct entry {
    struct entry *next;
    struct rpc_syntax id;
    struct rpc_witness witness;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry *first;

/* With the lock: its place, or that of a new one. */
static struct entry **place_of(const struct rpc_syntax *id)
{
    struct entry **at = &first;

    while (*at && !rpc_syntax_equal(&(*at)->id, id))
        at = &(*at)->next;
    return at;
}

/* With the lock. */
static void take_out(struct entry **at)
{
    struct entry *old = *at;

    if (old)
        *at = old->next;
    mem_free(old);
}

/* With the lock. */
static enum err put(struct entry **at, const struct rpc_syntax *id, const struct rpc_witness *o)
{
    if (!*at && !(*at = mem_zero(sizeof **at)))
        return ERR_NO_MEMORY;
    (*at)->id = *id;
    (*at)->witness = *o;
    return ERR_OK;
}

enum err rpc_witness_set(const struct rpc_syntax *id, const struct rpc_witness *o)
{
    enum err e = ERR_OK;

    pthread_mutex_lock(&lock);
    if (o->ask)
        e = put(place_of(id), id, o);
    else
        take_out(place_of(id));
    pthread_mutex_unlock(&lock);
    return e;
}

struct rpc_witness rpc_witness_find(const struct rpc_syntax *id)
{
    struct rpc_witness o = { 0 };
    struct entry *entry;

    pthread_mutex_lock(&lock);
    entry = *place_of(id);
    if (entry)
        o = entry->witness;
    pthread_mutex_unlock(&lock);
    return o;
}
