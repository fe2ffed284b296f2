/* SPDX-License-Identifier: Apache-2.0
 * context_handle.c - a server's context handles.  C706 appendix N
 */
#include "rpc/context_handle.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/impersonation.h"
#include "base/policy.h"
#include "crypto/random.h"
#include "rpc/usage.h"
#include "transport/transport.h"

struct rpc_context_handle {
    struct rpc_context_handle *next;
    struct uuid uuid;
    const CS_CONTEXT_TYPE *type;
    const CS_SERVER_INTERFACE *face; /* that made it */
    void *value;
    uint8_t level;
    bool closed;      /* out of the table: the last user frees it */
    bool exclusive;   /* its user has it alone, */
    const void *call; /* which is this one */
    bool upgrading;   /* one of its users waits to have it alone */
    unsigned users;
    unsigned losers;         /* of them: these wait for the same, and do not use it meanwhile */
    struct rpc_usage *usage; /* referenced: among whose it is; NULL: nobody's */
    char owner[];
};

static atomic_bool shared_by_default;

void rpc_context_handles_dont_serialize(void)
{
    atomic_store(&shared_by_default, true);
}

static bool serializes(const CS_CONTEXT_TYPE *type)
{
    if (type->Flags & (CS_CONTEXT_SERIALIZE | CS_CONTEXT_NO_SERIALIZE))
        return (type->Flags & CS_CONTEXT_SERIALIZE) != 0;
    return !atomic_load(&shared_by_default);
}

void rpc_context_handles_init(struct rpc_context_handles *all)
{
    pthread_condattr_t monotonic;

    *all = (struct rpc_context_handles){ 0 };
    pthread_mutex_init(&all->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&all->released, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static void handle_free(struct rpc_context_handle *h)
{
    if (h->usage)
        rpc_usage_give(h->usage, RPC_SHARE_CONTEXTS, 1);
    rpc_usage_unref(h->usage);
    mem_free(h);
}

static void run_down(const CS_CONTEXT_TYPE *type, void *value)
{
    struct impersonation *aside = impersonation_set_aside();

    if (type->Rundown && value)
        type->Rundown(value);
    impersonation_take_up_adopt(aside);
}

void rpc_context_handles_done(struct rpc_context_handles *all)
{
    struct rpc_context_handle *h, *next;
    size_t i;

    for (i = 0; all->bucket && i < RPC_HANDLE_BUCKETS; i++)
        for (h = all->bucket[i]; h; h = next) {
            next = h->next;
            run_down(h->type, h->value);
            handle_free(h);
        }
    mem_free(all->bucket);
    pthread_cond_destroy(&all->released);
    pthread_mutex_destroy(&all->lock);
}

/* ---- the table, with its lock ---- */

static struct rpc_context_handle **place_of(struct rpc_context_handles *all,
                                            const struct uuid *uuid)
{
    struct rpc_context_handle **place = &all->bucket[uuid->data1 % RPC_HANDLE_BUCKETS];

    while (*place && memcmp(&(*place)->uuid, uuid, sizeof *uuid) != 0)
        place = &(*place)->next;
    return place;
}

static void take_out(struct rpc_context_handles *all, struct rpc_context_handle *h)
{
    *place_of(all, &h->uuid) = h->next;
    h->closed = true;
}

/* One more of the caller's. */
static enum err count(const struct rpc_caller *caller, struct rpc_context_handle *h)
{
    struct rpc_usage *u = caller->usage;

    if (!u)
        return ERR_OK;
    if (!rpc_usage_take(u, RPC_SHARE_CONTEXTS, 1))
        return detail_fail(ERR_RPC_RESOURCES, "rpc: %s has %zu context handles already", u->who,
                           atomic_load(&u->has[RPC_SHARE_CONTEXTS]));
    h->usage = rpc_usage_ref(u);
    return ERR_OK;
}

static enum err make(struct rpc_context_handles *all, const struct rpc_caller *caller,
                     const struct rpc_context_use *use, void *value,
                     struct rpc_context_handle **ret)
{
    size_t name = strlen(caller->name) + 1;
    struct rpc_context_handle *h = NULL, **place;
    enum err e = ERR_NO_MEMORY;

    if (!all->bucket)
        all->bucket = mem_array(RPC_HANDLE_BUCKETS, sizeof *all->bucket);
    if (all->bucket)
        h = mem_zero(sizeof *h + name);
    if (h)
        e = crypto_random(&h->uuid, sizeof h->uuid);
    if (!e)
        e = count(caller, h);
    if (e) {
        mem_free(h);
        return e;
    }
    h->type = use->type;
    h->face = use->face;
    h->value = value;
    h->level = caller->level;
    memcpy(h->owner, caller->name, name);
    place = &all->bucket[h->uuid.data1 % RPC_HANDLE_BUCKETS];
    h->next = *place;
    *place = h;
    *ret = h;
    return ERR_OK;
}

/* One that no call holds, taken out; NULL: none. */
static struct rpc_context_handle *take_unused(struct rpc_context_handles *all,
                                              const CS_SERVER_INTERFACE *face)
{
    struct rpc_context_handle *h = NULL;
    size_t i;

    pthread_mutex_lock(&all->lock);
    for (i = 0; all->bucket && !h && i < RPC_HANDLE_BUCKETS; i++)
        for (h = all->bucket[i]; h; h = h->next)
            if (!h->users && (!face || h->face == face))
                break;
    if (h)
        take_out(all, h);
    pthread_mutex_unlock(&all->lock);
    return h;
}

void rpc_context_handles_run_down(struct rpc_context_handles *all, const CS_SERVER_INTERFACE *face)
{
    struct rpc_context_handle *h;

    while ((h = take_unused(all, face))) {
        run_down(h->type, h->value);
        handle_free(h);
    }
}

void rpc_context_handles_count(struct rpc_context_handles *all, const CS_SERVER_INTERFACE *face,
                               struct rpc_handle_count *to)
{
    const struct rpc_context_handle *h;
    size_t i;

    pthread_mutex_lock(&all->lock);
    for (i = 0; all->bucket && i < RPC_HANDLE_BUCKETS; i++)
        for (h = all->bucket[i]; h; h = h->next) {
            if (h->face != face)
                continue;
            to->all++;
            to->strict += (h->type->Flags & CS_CONTEXT_STRICT) != 0;
            to->type_strict += (h->type->Flags & CS_CONTEXT_TYPE_STRICT) != 0;
        }
    pthread_mutex_unlock(&all->lock);
}

/* ---- who may ---- */

/* One IDL type that several interfaces import is several CS_CONTEXT_TYPEs of one name, and of one
 * rundown routine. */
static bool type_fits(const struct rpc_context_handle *h, const struct rpc_context_use *use)
{
    if (h->face != use->face && ((h->type->Flags | use->type->Flags) & CS_CONTEXT_STRICT))
        return false;
    return h->type == use->type ||
           (h->type->Rundown == use->type->Rundown && strcmp(h->type->Name, use->type->Name) == 0);
}

/* By account, where both have proven theirs: names are given to others in time. */
static bool is_owner(const struct rpc_context_handle *h, const struct rpc_caller *caller)
{
    if (h->usage && caller->usage && *h->owner && *caller->name)
        return h->usage == caller->usage;
    return strcmp(h->owner, caller->name) == 0;
}

static enum err may_use(const struct rpc_context_handle *h, const struct rpc_caller *caller,
                        const struct rpc_context_use *use)
{
    if (!type_fits(h, use))
        return detail_fail(ERR_RPC_CONTEXT, "rpc: a context handle of type %s came as a %s",
                           h->type->Name, use->type->Name);
    if (caller->level < h->level)
        return detail_fail(ERR_RPC_CONTEXT,
                           "rpc: a context handle made at level %u came at level %u", h->level,
                           caller->level);
    if (!is_owner(h, caller) &&
        policy_forbids(POLICY_CONTEXT_IDENTITY, "%s with a context handle of %s",
                       *caller->name ? caller->name : "nobody", *h->owner ? h->owner : "nobody"))
        return detail_fail(ERR_RPC_CONTEXT, "rpc: a context handle of %s came from %s",
                           *h->owner ? h->owner : "nobody",
                           *caller->name ? caller->name : "nobody");
    return ERR_OK;
}

/* ---- a call's ---- */

/* With the lock, which is let go of: until some call has let go of a handle. */
static enum err wait_released(struct rpc_context_handles *all, const struct rpc_context_use *use,
                              int64_t deadline)
{
    const struct timespec at = { (time_t)(deadline / 1000), (long)(deadline % 1000) * 1000000 };

    if (!use->another) {
        pthread_cond_wait(&all->released, &all->lock);
        return ERR_OK;
    }
    if (pthread_cond_timedwait(&all->released, &all->lock, &at) != ETIMEDOUT)
        return ERR_OK;
    return detail_fail(ERR_RPC_BUSY,
                       "rpc: a call with several context handles waited %d ms for one that another "
                       "call has",
                       RPC_ANOTHER_MS);
}

enum err rpc_context_handle_take(struct rpc_context_handles *all, const struct rpc_caller *caller,
                                 const struct uuid *uuid, struct rpc_context_use *use)
{
    bool alone = serializes(use->type);
    int64_t deadline = use->another ? transport_deadline_in(RPC_ANOTHER_MS) : 0;
    struct rpc_context_handle *h = NULL;
    enum err e = ERR_OK;

    pthread_mutex_lock(&all->lock);
    while (!e) {
        h = all->bucket ? *place_of(all, uuid) : NULL;
        if (!h)
            e = detail_fail(ERR_RPC_CONTEXT, "rpc: a context handle that is not there");
        else
            e = may_use(h, caller, use);
        if (e || !(h->exclusive || h->upgrading || (alone && h->users)))
            break;
        if (h->exclusive && h->call == use->call)
            e = detail_fail(ERR_RPC_CONTEXT,
                            "rpc: a call, or those whose callbacks it is made in, has one "
                            "context handle of type %s twice",
                            h->type->Name);
        else
            e = wait_released(all, use, deadline); /* it may be gone afterwards */
    }
    if (!e) {
        h->users++;
        h->exclusive = alone;
        h->call = use->call;
        use->handle = h;
        use->value = h->value;
        use->exclusive = alone;
    }
    pthread_mutex_unlock(&all->lock);
    return e;
}

enum err rpc_context_handle_give(struct rpc_context_handles *all, const struct rpc_caller *caller,
                                 void *value, struct rpc_context_use *use, struct uuid *ret_uuid)
{
    struct rpc_context_handle *h = use->handle;
    enum err e = ERR_OK;

    *ret_uuid = (struct uuid){ 0 };
    pthread_mutex_lock(&all->lock);
    if (h && !value) {
        if (!h->closed)
            take_out(all, h);
    } else if (h) {
        h->value = value;
    } else if (value) {
        e = make(all, caller, use, value, &h);
        if (!e) {
            h->users = 1;
            h->exclusive = use->exclusive = true;
            h->call = use->call;
            use->handle = h;
            use->fresh = true;
        }
    }
    if (!e && value)
        *ret_uuid = h->uuid;
    pthread_mutex_unlock(&all->lock);
    if (e)
        run_down(use->type, value);
    use->value = value;
    return e;
}

void rpc_context_handle_lock(struct rpc_context_handles *all, struct rpc_context_use *use,
                             bool *ret_lost)
{
    struct rpc_context_handle *h = use->handle;
    bool lost;

    *ret_lost = false;
    if (!h || use->exclusive)
        return;
    pthread_mutex_lock(&all->lock);
    lost = h->upgrading;
    h->losers += lost;
    h->upgrading = true;
    pthread_cond_broadcast(&all->released); /* who lost uses it no more */
    while (lost ? h->exclusive || h->upgrading || h->users > h->losers : h->users > h->losers + 1) {
        pthread_cond_wait(&all->released, &all->lock);
    }
    h->losers -= lost;
    if (!lost)
        h->upgrading = false;
    h->exclusive = use->exclusive = true;
    h->call = use->call;
    use->value = h->value;
    pthread_mutex_unlock(&all->lock);
    *ret_lost = lost;
}

void rpc_context_handle_share(struct rpc_context_handles *all, struct rpc_context_use *use)
{
    if (!use->handle || !use->exclusive)
        return;
    pthread_mutex_lock(&all->lock);
    use->handle->exclusive = use->exclusive = false;
    pthread_cond_broadcast(&all->released);
    pthread_mutex_unlock(&all->lock);
}

void rpc_context_handle_release(struct rpc_context_handles *all, struct rpc_context_use *use,
                                bool kept)
{
    struct rpc_context_handle *h = use->handle;
    bool lost, last;

    if (!h)
        return;
    pthread_mutex_lock(&all->lock);
    lost = use->fresh && !kept && !h->closed;
    if (lost)
        take_out(all, h);
    if (use->exclusive)
        h->exclusive = false;
    last = --h->users == 0 && h->closed;
    pthread_cond_broadcast(&all->released);
    pthread_mutex_unlock(&all->lock);
    if (lost)
        run_down(h->type, h->value);
    if (last)
        handle_free(h);
    use->handle = NULL;
}
