/* SPDX-License-Identifier: Apache-2.0
 * guard.c - what an interface lets in beyond what its registration says.
 */
#include "rpc/guard.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "rpc/protseq.h"
#include "rpc/string_binding.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of the table */
static struct rpc_guard *first;

struct rpc_guard *rpc_guard_new(const struct rpc_syntax *id, unsigned operations)
{
    struct rpc_guard *g = mem_zero(sizeof *g);

    if (!g)
        return NULL;
    atomic_init(&g->refs, 1);
    g->id = *id;
    g->everywhere = true;
    g->operation_count = operations;
    g->operation = mem_zero((operations + 1) * sizeof *g->operation);
    if (!g->operation) {
        rpc_guard_unref(g);
        return NULL;
    }
    return g;
}

void rpc_guard_unref(struct rpc_guard *g)
{
    unsigned i;

    if (!g || atomic_fetch_sub(&g->refs, 1) != 1)
        return;
    for (i = 0; g->operation && i <= g->operation_count; i++)
        rpc_access_unref(g->operation[i].access);
    mem_free(g->operation);
    mem_free(g->of_client);
    mem_free(g);
}

/* ---- of the ACF ---- */

static enum err lists_in(const char *const *texts, struct rpc_guard *to)
{
    enum err e = ERR_OK;
    unsigned n;

    to->operation[to->operation_count].nobody = true;
    for (n = 0; !e && n < to->operation_count; n++) {
        to->operation[n].nobody = !texts[n];
        if (texts[n])
            e = rpc_access_parse(texts[n], &to->operation[n].access);
    }
    return e;
}

enum err rpc_guard_of_stub(const CS_SERVER_INTERFACE *face, const struct rpc_syntax *id,
                           struct rpc_guard **ret)
{
    const CS_GUARDED_INTERFACE *guarded = (const CS_GUARDED_INTERFACE *)(const void *)face;
    struct rpc_guard *g;
    enum err e;

    *ret = NULL;
    if (face->Head.Length < sizeof *guarded || !guarded->Access)
        return ERR_OK;
    g = rpc_guard_new(id, face->Head.ProcedureCount);
    e = g ? lists_in(guarded->Access, g) : ERR_NO_MEMORY;
    if (e)
        rpc_guard_unref(g);
    else
        *ret = g;
    return e;
}

/* ---- endpoints ---- */

static enum err endpoint_read(const char *text, const struct rpc_string_binding *b,
                              struct rpc_guard_endpoint *ret)
{
    struct rpc_guard_endpoint p = { NULL, "" };
    enum err e = rpc_protseq_find(b->protseq, &p.transport);

    if (e)
        return e;
    if (*b->object || *b->address || *b->options || strlen(b->endpoint) >= sizeof p.endpoint) {
        detail_remedy("Give a protocol sequence and, in brackets, an endpoint.");
        return detail_fail(ERR_INVALID_PARAMETER, "\"%.64s\" is no endpoint of this process", text);
    }
    memcpy(p.endpoint, b->endpoint, strlen(b->endpoint) + 1);
    *ret = p;
    return ERR_OK;
}

enum err rpc_guard_add_endpoint(struct rpc_guard *g, const char *binding)
{
    struct rpc_string_binding b = { 0 };
    enum err e;

    g->everywhere = false;
    if (g->endpoint_count == RPC_GUARD_ENDPOINTS)
        return detail_fail(ERR_INVALID_PARAMETER, "more than %d endpoints", RPC_GUARD_ENDPOINTS);
    e = rpc_string_binding_parse(binding, &b);
    if (e)
        return e;
    e = endpoint_read(binding, &b, &g->endpoint[g->endpoint_count]);
    rpc_string_binding_free(&b);
    g->endpoint_count += !e;
    return e;
}

bool rpc_guard_allows_endpoint(const struct rpc_guard *g, const struct transport *t,
                               const char *endpoint)
{
    const struct rpc_guard_endpoint *p;

    for (p = g->endpoint; p < g->endpoint + g->endpoint_count; p++)
        if (p->transport == t && (!*p->endpoint || !strcasecmp(p->endpoint, endpoint)))
            return true;
    return g->everywhere;
}

const struct rpc_guard_operation *rpc_guard_of_operation(const struct rpc_guard *g, unsigned opnum)
{
    return &g->operation[opnum < g->operation_count ? opnum : g->operation_count];
}

/* ---- the table ---- */

void rpc_guard_set_adopt(const struct rpc_syntax *id, struct rpc_guard *g)
{
    struct rpc_guard **place, *old;

    pthread_mutex_lock(&lock);
    for (place = &first; *place && !rpc_syntax_equal(&(*place)->id, id);)
        place = &(*place)->next;
    old = *place;
    if (old)
        *place = old->next;
    if (g) {
        g->next = first;
        first = g;
    }
    pthread_mutex_unlock(&lock);
    rpc_guard_unref(old);
}

struct rpc_guard *rpc_guard_find(const struct rpc_syntax *id)
{
    struct rpc_guard *g;

    pthread_mutex_lock(&lock);
    for (g = first; g && !rpc_syntax_equal(&g->id, id);)
        g = g->next;
    if (g)
        atomic_fetch_add(&g->refs, 1);
    pthread_mutex_unlock(&lock);
    return g;
}

/* ---- calls ---- */

/* most 0: no limit. */
static bool count_one(atomic_uint *count, unsigned most)
{
    if (atomic_fetch_add(count, 1) < most || !most)
        return true;
    atomic_fetch_sub(count, 1);
    return false;
}

bool rpc_guard_begin(struct rpc_guard *g, unsigned client)
{
    if (g->of_client && !count_one(&g->of_client[client % RPC_GUARD_CLIENTS], g->max_of_client))
        return false;
    if (count_one(&g->calls, g->max_calls))
        return true;
    if (g->of_client)
        atomic_fetch_sub(&g->of_client[client % RPC_GUARD_CLIENTS], 1);
    return false;
}

void rpc_guard_end(struct rpc_guard *g, unsigned client)
{
    atomic_fetch_sub(&g->calls, 1);
    if (g->of_client)
        atomic_fetch_sub(&g->of_client[client % RPC_GUARD_CLIENTS], 1);
}
