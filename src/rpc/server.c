/* SPDX-License-Identifier: Apache-2.0
 * server.c - the server of this process: endpoints, listening, and how many calls run.
 */
#include "rpc/server.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "rpc/fault.h"
#include "rpc/server_link.h"

enum {
    CALLS_DEFAULT = 1234, /* RPC_C_LISTEN_MAX_CALLS_DEFAULT */
    THREADS_BEYOND = 16,  /* those that receive while every call the program allows is at work */
    ACCEPT_AT_ONCE = 64,  /* connections taken before others get their turn */
};

struct listener {
    struct loop_source source;
    const struct transport *transport;
    const char *endpoint;
    struct listener *next_starved;
};

struct endpoint {
    struct endpoint *next;
    const struct transport *transport;
    bool dynamic;
    char address[TRANSPORT_ADDRESS]; /* "": every one */
    struct transport_listeners sockets;
    struct listener listener[TRANSPORT_LISTENERS];
};

enum listening { NOT_LISTENING, LISTENING, STOPPING };

struct rpc_server_stats rpc_server_stats;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t stopped = PTHREAD_COND_INITIALIZER;
static struct loop *loop;
static struct endpoint *first, **last = &first;
static bool has_mgmt; /* the interface every server has is registered */
static _Atomic enum listening state;
static bool stopped_unseen; /* it stopped before somebody waited for that */
static atomic_uint calls, calls_max = CALLS_DEFAULT;
static _Atomic(struct listener *) starved; /* without a descriptor left: the tick tries again */

/* ---- threads ---- */

static void on_tick(void *arg, int64_t now)
{
    struct listener *l = atomic_exchange(&starved, NULL), *next;

    (void)arg;
    if (l)
        rpc_server_links_relieve();
    for (; l; l = next) {
        next = l->next_starved;
        loop_resume(loop, &l->source, LOOP_READ);
    }
    if (rpc_server_links_tick(now))
        loop_keep_ticking(loop);
}

/* With the lock. */
static enum err start(void)
{
    const struct loop_config config = { .threads_max = CALLS_DEFAULT + THREADS_BEYOND,
                                        .tick = on_tick };

    return loop ? ERR_OK : loop_new(&config, &loop);
}

enum err rpc_server_loop(struct loop **ret)
{
    enum err e;

    pthread_mutex_lock(&lock);
    e = start();
    if (!e)
        *ret = loop;
    pthread_mutex_unlock(&lock);
    return e;
}

/* ---- endpoints ---- */

/* It waits for the tick, and so does every other one. */
static void starve(struct listener *l)
{
    l->next_starved = atomic_load(&starved);
    while (!atomic_compare_exchange_weak(&starved, &l->next_starved, l))
        ;
    loop_keep_ticking(loop);
}

/* Each that waits, up to a number; the rest, and those that come, are another turn's. */
static void on_listener(struct loop_source *s, unsigned events)
{
    struct listener *l = (struct listener *)(void *)s;
    enum err e = ERR_OK;
    int fd = -1, n;

    (void)events;
    for (n = 0; !e && n < ACCEPT_AT_ONCE; n++) {
        e = l->transport->accept(s->fd, &fd);
        if (!e)
            rpc_server_link_start_adopt(fd, l->transport, l->endpoint);
    }
    if (e && e != ERR_INCOMPLETE)
        starve(l);
    else
        loop_resume(loop, s, LOOP_READ);
}

static void endpoint_free(struct endpoint *p)
{
    if (p->transport)
        p->transport->close(&p->sockets);
    mem_free(p);
}

static enum err watch(struct endpoint *p)
{
    enum err e = ERR_OK;
    size_t i;

    for (i = 0; !e && i < p->sockets.count; i++) {
        p->listener[i] =
            (struct listener){ .source = { .fd = p->sockets.fd[i], .ready = on_listener },
                               .transport = p->transport,
                               .endpoint = p->sockets.endpoint };
        e = loop_add(loop, &p->listener[i].source, LOOP_READ);
    }
    return e;
}

/* A dynamic endpoint is there once for each protocol sequence. */
static bool has_dynamic(const struct transport *t)
{
    const struct endpoint *p;

    for (p = first; p; p = p->next)
        if (p->dynamic && p->transport == t)
            return true;
    return false;
}

static void append(struct endpoint *p)
{
    *last = p;
    last = &p->next;
}

static enum err use(const struct rpc_endpoint_ask *ask)
{
    const struct transport_listen how = { ask->address, ask->endpoint, ask->backlog, ask->first,
                                          ask->last };
    struct endpoint *p = mem_zero(sizeof *p);
    enum err e = p ? ask->transport->listen(&how, &p->sockets) : ERR_NO_MEMORY;

    if (e == ERR_EXISTS)
        e = ask->endpoint ? ERR_RPC_ENDPOINT_TAKEN : ERR_RPC_CREATE_ENDPOINT;
    else if (e == ERR_INVALID_PARAMETER)
        e = ERR_RPC_ENDPOINT_FORMAT;
    else if (e == ERR_CONNECT || e == ERR_ACCESS_DENIED)
        e = ERR_RPC_CREATE_ENDPOINT;
    if (!e) {
        p->transport = ask->transport; /* from here on its sockets are to be closed */
        p->dynamic = !ask->endpoint;
        e = watch(p);
    }
    if (e && p)
        endpoint_free(p);
    else if (!e)
        append(p);
    return e;
}

/* With the lock, before the first endpoint. */
static enum err prepare(void)
{
    enum err e = start();

    if (!e && !has_mgmt)
        e = rpc_mgmt_register();
    has_mgmt |= !e;
    return e;
}

enum err rpc_server_use(const struct rpc_endpoint_ask *ask)
{
    enum err e;

    pthread_mutex_lock(&lock);
    e = prepare();
    if (!e && (ask->endpoint || !has_dynamic(ask->transport)))
        e = use(ask);
    pthread_mutex_unlock(&lock);
    return e;
}

static bool is_every_address(const char *address)
{
    return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

static enum err adopt(const struct transport *t, int listener)
{
    struct endpoint *p = mem_zero(sizeof *p);
    struct transport_name name = { "", "" };
    enum err e = p ? t->name(listener, false, &name) : ERR_NO_MEMORY;

    if (!e)
        e = t->adopt(listener, &p->sockets);
    if (!e) {
        p->transport = t;
        if (!is_every_address(name.address))
            memcpy(p->address, name.address, sizeof p->address);
        e = watch(p);
        if (!e)
            append(p);
    }
    if (e) /* the socket is its maker's still */
        mem_free(p);
    return e;
}

enum err rpc_server_adopt(int listener)
{
    const struct transport *t = transport_of_listener(listener);
    enum err e;

    if (!t)
        return detail_fail(ERR_INVALID_PARAMETER,
                           "descriptor %d is no listening socket of TCP or a Unix stream",
                           listener);
    pthread_mutex_lock(&lock);
    e = prepare();
    if (!e)
        e = adopt(t, listener);
    pthread_mutex_unlock(&lock);
    return e;
}

void rpc_server_endpoint_address(size_t i, char ret[TRANSPORT_ADDRESS])
{
    const struct endpoint *p;

    pthread_mutex_lock(&lock);
    for (p = first; p && i; i--)
        p = p->next;
    (void)snprintf(ret, TRANSPORT_ADDRESS, "%s", p ? p->address : "");
    pthread_mutex_unlock(&lock);
}

bool rpc_server_endpoint_at(size_t i, const struct transport **ret_transport,
                            char ret_endpoint[TRANSPORT_ENDPOINT])
{
    const struct endpoint *p;

    pthread_mutex_lock(&lock);
    for (p = first; p && i; i--)
        p = p->next;
    if (p) {
        *ret_transport = p->transport;
        (void)snprintf(ret_endpoint, TRANSPORT_ENDPOINT, "%s", p->sockets.endpoint);
    }
    pthread_mutex_unlock(&lock);
    return p != NULL;
}

/* ---- listening ---- */

enum err rpc_server_listen(unsigned least, unsigned most)
{
    enum err e = ERR_OK;

    if (!most || least > most)
        return detail_fail(ERR_RPC_MAX_CALLS, "at most %u calls, at least %u threads for them",
                           most, least);
    pthread_mutex_lock(&lock);
    if (atomic_load(&state) != NOT_LISTENING)
        e = detail_fail(ERR_RPC_LISTENING, "this process listens already");
    else if (!first)
        e = detail_fail(ERR_RPC_NO_PROTSEQS_REGISTERED,
                        "call RpcServerUseProtseq or one of its kin before RpcServerListen");
    if (!e) {
        atomic_store(&calls_max, most);
        loop_set_threads(loop, most > UINT32_MAX / 2 ? UINT32_MAX / 2 : most + THREADS_BEYOND);
        atomic_store(&state, LISTENING);
        stopped_unseen = false;
    }
    pthread_mutex_unlock(&lock);
    return e;
}

/* With the lock: the last call has ended, or there was none. */
static void all_ended(void)
{
    if (atomic_load(&state) != STOPPING || atomic_load(&calls))
        return;
    atomic_store(&state, NOT_LISTENING);
    stopped_unseen = true;
    pthread_cond_broadcast(&stopped);
}

enum err rpc_server_stop(void)
{
    enum err e = ERR_OK;

    pthread_mutex_lock(&lock);
    if (atomic_load(&state) != LISTENING)
        e = detail_fail(ERR_RPC_NOT_LISTENING, "this process does not listen");
    else
        atomic_store(&state, STOPPING);
    all_ended();
    pthread_mutex_unlock(&lock);
    if (!e && !rpc_registry_listens())
        rpc_server_links_end();
    return e;
}

enum err rpc_server_wait(void)
{
    enum err e = ERR_OK;

    pthread_mutex_lock(&lock);
    if (atomic_load(&state) == NOT_LISTENING && !stopped_unseen)
        e = detail_fail(ERR_RPC_NOT_LISTENING, "this process does not listen");
    while (!e && atomic_load(&state) != NOT_LISTENING)
        pthread_cond_wait(&stopped, &lock);
    stopped_unseen = false;
    pthread_mutex_unlock(&lock);
    return e;
}

bool rpc_server_is_listening(void)
{
    return atomic_load(&state) == LISTENING;
}

unsigned rpc_server_calls_most(void)
{
    return atomic_load(&calls_max);
}

/* ---- calls ---- */

static uint32_t begin_any(struct rpc_registration *r)
{
    unsigned now = atomic_fetch_add(&calls, 1) + 1;
    bool alone = r->flags & RPC_IF_AUTOLISTEN;

    if (r->built_in)
        return 0;
    if (!alone && atomic_load(&state) != LISTENING)
        return NCA_S_SERVER_TOO_BUSY;
    if (now > atomic_load(&calls_max) && !alone) {
        log_debug("rpc: %u calls are under way, no more are allowed", now - 1);
        return NCA_S_SERVER_TOO_BUSY;
    }
    return 0;
}

static void end_any(void)
{
    if (atomic_fetch_sub(&calls, 1) != 1 || atomic_load(&state) != STOPPING)
        return;
    pthread_mutex_lock(&lock);
    all_ended();
    pthread_mutex_unlock(&lock);
}

uint32_t rpc_server_call_begin(struct rpc_registration *r)
{
    uint32_t fault = begin_any(r);

    if (!fault && !rpc_registration_begin(r))
        fault = NCA_S_UNK_IF;
    if (!fault && (r->flags & RPC_IF_AUTOLISTEN) && atomic_load(&r->calls) > r->max_calls) {
        rpc_registration_end(r);
        fault = NCA_S_SERVER_TOO_BUSY;
    }
    if (fault)
        end_any();
    return fault;
}

void rpc_server_call_end(struct rpc_registration *r)
{
    rpc_registration_end(r);
    end_any();
}
