/* SPDX-License-Identifier: Apache-2.0
 * interface_group.c - interfaces and the endpoints they alone are reached at, put up and taken down
 * as one, and whether anybody uses them.
 */
#include "rpc/interface_group.h"

#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/impersonation.h"
#include "base/thread.h"
#include "rpc/access.h"
#include "rpc/group_map.h"
#include "rpc/protseq.h"
#include "rpc/server.h"
#include "rpc/server_link.h"

/* ---- from new to free ---- */

static void group_free(struct rpc_interface_group *g)
{
    size_t i;

    for (i = 0; i < g->endpoint_count; i++) {
        mem_free(g->endpoints[i].protseq);
        mem_free(g->endpoints[i].endpoint);
        rpc_access_unref(g->endpoints[i].access);
    }
    for (i = 0; i < g->interface_count; i++) {
        mem_free(g->interfaces[i].objects);
        mem_free(g->interfaces[i].annotation);
        rpc_access_unref(g->interfaces[i].how.access);
    }
    mem_free(g->interfaces);
    mem_free(g->endpoints);
    pthread_mutex_destroy(&g->changing);
    pthread_mutex_destroy(&g->lock);
    pthread_cond_destroy(&g->event);
    mem_free(g);
}

static void locks_init(struct rpc_interface_group *g)
{
    pthread_condattr_t monotonic;

    pthread_mutex_init(&g->changing, NULL);
    pthread_mutex_init(&g->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&g->event, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

enum err rpc_interface_group_new(size_t interfaces, size_t endpoints,
                                 struct rpc_interface_group **ret)
{
    struct rpc_interface_group *g = mem_zero(sizeof *g);

    if (!g)
        return ERR_NO_MEMORY;
    locks_init(g);
    atomic_init(&g->refs, 1);
    g->interfaces = mem_array(interfaces + 1, sizeof g->interfaces[0]);
    g->endpoints = mem_array(endpoints + 1, sizeof g->endpoints[0]);
    if (!g->interfaces || !g->endpoints) {
        group_free(g);
        return ERR_NO_MEMORY;
    }
    g->interface_count = interfaces;
    g->endpoint_count = endpoints;
    *ret = g;
    return ERR_OK;
}

static void group_ref(struct rpc_interface_group *g)
{
    atomic_fetch_add(&g->refs, 1);
}

void rpc_interface_group_unref(struct rpc_interface_group *g)
{
    if (g && atomic_fetch_sub(&g->refs, 1) == 1)
        group_free(g);
}

/* ---- who uses it ---- */

void rpc_interface_group_join(struct rpc_interface_group *g)
{
    if (!g)
        return;
    group_ref(g);
    pthread_mutex_lock(&g->lock);
    g->connections++;
    g->joined++;
    pthread_cond_signal(&g->event);
    pthread_mutex_unlock(&g->lock);
}

void rpc_interface_group_leave(struct rpc_interface_group *g)
{
    if (!g)
        return;
    pthread_mutex_lock(&g->lock);
    if (--g->connections == 0) {
        g->idle_since = transport_now();
        pthread_cond_signal(&g->event);
    }
    pthread_mutex_unlock(&g->lock);
    rpc_interface_group_unref(g);
}

/* With the lock, which is let go of meanwhile. */
static void tell(struct rpc_interface_group *g, bool idle)
{
    g->told_idle = idle;
    g->joined_when_told = g->joined;
    pthread_mutex_unlock(&g->lock);
    g->idle.changed(g->handle, g->idle.context, idle);
    impersonation_end();
    pthread_mutex_lock(&g->lock);
}

static void wait_until(struct rpc_interface_group *g, int64_t due)
{
    struct timespec at = { (time_t)(due / 1000), (long)(due % 1000) * 1000000 };

    pthread_cond_timedwait(&g->event, &g->lock, &at);
}

static void *watch(void *arg)
{
    struct rpc_interface_group *g = arg;
    int64_t due;

    pthread_mutex_lock(&g->lock);
    while (!g->closed) {
        due = g->idle_since + (int64_t)g->idle.seconds * 1000;
        if (g->active && g->told_idle && g->joined != g->joined_when_told)
            tell(g, false);
        else if (!g->active || g->told_idle || g->connections)
            pthread_cond_wait(&g->event, &g->lock);
        else if (transport_now() < due)
            wait_until(g, due);
        else
            tell(g, true);
    }
    pthread_mutex_unlock(&g->lock);
    rpc_interface_group_unref(g);
    return NULL;
}

/* The thread that tells, with the first activation. */
static enum err start_watch(struct rpc_interface_group *g)
{
    int error;

    if (!g->idle.changed || g->watched)
        return ERR_OK;
    group_ref(g);
    error = thread_start(watch, g, 0, &g->watcher);
    if (error) {
        rpc_interface_group_unref(g);
        return detail_fail(ERR_RPC_RESOURCES, "no thread to watch an interface group: %s",
                           strerror(error));
    }
    g->watched = true;
    return ERR_OK;
}

/* ---- up and down ---- */

static void set_active(struct rpc_interface_group *g, bool active)
{
    pthread_mutex_lock(&g->lock);
    g->active = active;
    g->told_idle = false;
    g->idle_since = transport_now();
    pthread_cond_signal(&g->event);
    pthread_mutex_unlock(&g->lock);
}

static void hold(struct rpc_interface_group *g)
{
    size_t i;

    for (i = 0; i < g->endpoint_count; i++)
        if (g->endpoints[i].open)
            rpc_endpoint_hold(g->endpoints[i].open);
}

/* Ends what hold began. */
static void let_go(struct rpc_interface_group *g, bool close)
{
    struct rpc_endpoint *open;
    size_t i;

    for (i = 0; i < g->endpoint_count; i++) {
        open = g->endpoints[i].open;
        if (!open)
            continue;
        if (close) {
            rpc_endpoint_close(open);
            g->endpoints[i].open = NULL;
        }
        rpc_endpoint_let_go(open);
    }
}

/* Held: those that wait for somebody to take them count. */
static bool is_used(struct rpc_interface_group *g)
{
    size_t i;
    bool used;

    for (i = 0; i < g->endpoint_count; i++)
        rpc_endpoint_accept(g->endpoints[i].open);
    pthread_mutex_lock(&g->lock);
    used = g->connections != 0;
    pthread_mutex_unlock(&g->lock);
    return used;
}

/* What there is of it; those who are there are asked to leave. */
static void take_down(struct rpc_interface_group *g)
{
    hold(g);
    let_go(g, true);
    rpc_group_map_leave(g);
    rpc_registry_remove_group(g);
    rpc_server_links_end(g);
}

static enum err open_one(struct rpc_interface_group *g, struct loop *loop,
                         struct rpc_group_endpoint *p)
{
    struct rpc_endpoint_ask ask = {
        .endpoint = p->endpoint, .backlog = p->backlog, .group = g, .access = p->access
    };
    enum err e = rpc_protseq_find(p->protseq, &ask.transport);

    return e ? e : rpc_endpoint_use(loop, &ask, &p->open);
}

/* The interfaces first: no client finds an endpoint without them. */
static enum err put_up(struct rpc_interface_group *g)
{
    struct loop *loop = NULL;
    enum err e = rpc_server_prepare(&loop);
    size_t i;

    for (i = 0; !e && i < g->interface_count; i++)
        e = rpc_registry_add(&g->interfaces[i].how);
    for (i = 0; !e && i < g->endpoint_count; i++)
        e = open_one(g, loop, &g->endpoints[i]);
    return e ? e : start_watch(g);
}

RPC_STATUS rpc_interface_group_activate(struct rpc_interface_group *g)
{
    RPC_STATUS status = RPC_S_OK;

    pthread_mutex_lock(&g->changing);
    if (!g->active) {
        status = err_rpc_status(put_up(g));
        if (!status)
            status = rpc_group_map_enter(g);
        if (status)
            take_down(g);
        else
            set_active(g, true);
    }
    pthread_mutex_unlock(&g->changing);
    return status;
}

/* ERR_RPC_BUSY, or nobody is there and the endpoints are closed. */
static enum err close_unused(struct rpc_interface_group *g)
{
    bool used;

    hold(g);
    used = is_used(g);
    let_go(g, !used);
    if (used)
        return detail_fail(ERR_RPC_BUSY, "clients are connected to the interface group");
    rpc_group_map_leave(g);
    rpc_registry_remove_group(g);
    return ERR_OK;
}

RPC_STATUS rpc_interface_group_deactivate(struct rpc_interface_group *g, bool force)
{
    enum err e = ERR_OK;

    pthread_mutex_lock(&g->changing);
    if (g->active && force)
        take_down(g);
    else if (g->active)
        e = close_unused(g);
    if (g->active && !e)
        set_active(g, false);
    pthread_mutex_unlock(&g->changing);
    return err_rpc_status(e);
}

void rpc_interface_group_close(struct rpc_interface_group *g)
{
    (void)rpc_interface_group_deactivate(g, true); /* by force it does not fail */
    pthread_mutex_lock(&g->lock);
    g->closed = true;
    pthread_cond_signal(&g->event);
    pthread_mutex_unlock(&g->lock);
    if (!g->watched)
        return;
    if (pthread_equal(g->watcher, pthread_self()))
        pthread_detach(g->watcher);
    else
        pthread_join(g->watcher, NULL);
}
