/* SPDX-License-Identifier: Apache-2.0
 * group.c - association groups.  [MS-RPCE] 3.3.1.5.6
 */
#include "rpc/group.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "crypto/random.h"

enum { BUCKETS = 1024 }; /* ids are random: ten thousand clients make chains of ten */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct rpc_group *buckets[BUCKETS];

static struct rpc_group *find(uint32_t id)
{
    struct rpc_group *g;

    for (g = buckets[id % BUCKETS]; g && g->id != id;)
        g = g->next;
    return g;
}

/* With the lock: gives g an id nobody has. */
static enum err put_in(struct rpc_group *g)
{
    enum err e;

    do {
        e = crypto_random(&g->id, sizeof g->id);
        if (e)
            return e;
    } while (!g->id || find(g->id));
    g->next = buckets[g->id % BUCKETS];
    buckets[g->id % BUCKETS] = g;
    return ERR_OK;
}

static enum err group_new(const struct transport *transport, struct rpc_group **ret)
{
    struct rpc_group *g = mem_zero(sizeof *g);
    enum err e;

    if (!g)
        return ERR_NO_MEMORY;
    g->transport = transport;
    g->refs = 1;
    rpc_context_handles_init(&g->handles);
    pthread_mutex_lock(&lock);
    e = put_in(g);
    pthread_mutex_unlock(&lock);
    if (e) {
        rpc_context_handles_done(&g->handles);
        mem_free(g);
        return e;
    }
    *ret = g;
    return ERR_OK;
}

enum err rpc_group_join(uint32_t id, const struct transport *transport, struct rpc_group **ret)
{
    struct rpc_group *g;

    if (!id)
        return group_new(transport, ret);
    pthread_mutex_lock(&lock);
    g = find(id);
    if (g && g->transport == transport)
        g->refs++;
    else
        g = NULL;
    pthread_mutex_unlock(&lock);
    if (!g)
        return detail_fail(ERR_NOT_FOUND, "rpc: a bind names association group %08x, unknown here",
                           id);
    *ret = g;
    return ERR_OK;
}

void rpc_group_leave(struct rpc_group *g)
{
    struct rpc_group **place;
    bool last;

    if (!g)
        return;
    pthread_mutex_lock(&lock);
    last = --g->refs == 0;
    if (last) {
        for (place = &buckets[g->id % BUCKETS]; *place != g;)
            place = &(*place)->next;
        *place = g->next;
    }
    pthread_mutex_unlock(&lock);
    if (!last)
        return;
    rpc_context_handles_done(&g->handles);
    mem_free(g);
}

/* The first group of a chain, or the one after g, referenced; g is let go of. */
static struct rpc_group *next_in(size_t bucket, struct rpc_group *g)
{
    struct rpc_group *next;

    pthread_mutex_lock(&lock);
    next = g ? g->next : buckets[bucket];
    if (next)
        next->refs++;
    pthread_mutex_unlock(&lock);
    rpc_group_leave(g);
    return next;
}

void rpc_groups_run_down(const CS_SERVER_INTERFACE *face)
{
    struct rpc_group *g;
    size_t i;

    for (i = 0; i < BUCKETS; i++)
        for (g = next_in(i, NULL); g; g = next_in(i, g))
            rpc_context_handles_run_down(&g->handles, face);
}

void rpc_groups_count(const CS_SERVER_INTERFACE *face, struct rpc_handle_count *to)
{
    struct rpc_group *g;
    size_t i;

    for (i = 0; i < BUCKETS; i++)
        for (g = next_in(i, NULL); g; g = next_in(i, g))
            rpc_context_handles_count(&g->handles, face, to);
}
