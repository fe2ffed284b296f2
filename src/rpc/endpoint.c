/* SPDX-License-Identifier: Apache-2.0
 * endpoint.c - where this process is reached: the sockets it listens at, and who takes what comes.
 *
 * A thread of the loop may be on its way to a listener when its endpoint is closed: what is closed
 * stays in memory, and is the next one that is opened.
 */
#include "rpc/endpoint.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "rpc/access.h"
#include "rpc/interface_group.h"
#include "rpc/server_link.h"

enum { ACCEPT_AT_ONCE = 64 }; /* connections taken before others get their turn */

struct listener {
    struct loop_source source;
    struct rpc_endpoint *of;
    bool starving; /* among the starved */
    struct listener *next_starved;
};

struct rpc_endpoint {
    struct rpc_endpoint *next;
    pthread_mutex_t taking; /* held by who takes connections, or closes; before any other lock */
    const struct transport *transport; /* NULL: closed */
    struct loop *loop;
    struct rpc_interface_group *group;
    struct rpc_access *access; /* who may use it; NULL: everybody */
    bool dynamic, own;
    char address[TRANSPORT_ADDRESS]; /* "": every one */
    struct transport_listeners sockets;
    struct listener listener[TRANSPORT_LISTENERS];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of the lists */
static struct rpc_endpoint *first, **last = &first;
static struct rpc_endpoint *closed;
static struct listener *starved; /* without a descriptor left: the tick tries again */

/* With taking. A late turn may be of a socket that was closed, where an endpoint with fewer was
 * opened in its place. */
static bool is_open(const struct listener *l)
{
    const struct rpc_endpoint *p = l->of;

    return p->transport && l < p->listener + p->sockets.count;
}

/* ---- taking ---- */

/* It waits for the tick, and so does every other one. */
static void starve(struct listener *l)
{
    pthread_mutex_lock(&lock);
    if (!l->starving) {
        l->starving = true;
        l->next_starved = starved;
        starved = l;
    }
    pthread_mutex_unlock(&lock);
    loop_keep_ticking(l->of->loop);
}

/* Over ncalrpc it is known who connects; over others only who calls. */
static bool may_connect(const struct rpc_endpoint *p, int fd)
{
    struct transport_peer peer;
    bool known;

    if (!p->access || !p->transport->peer)
        return true;
    known = !p->transport->peer(fd, &peer);
    if (rpc_access_allows_peer(p->access, known ? &peer : NULL))
        return true;
    log_audit("rpc: the security descriptor of endpoint %s:[%s] refuses account %u",
              p->transport->protseq, p->sockets.endpoint, known ? peer.uid : UINT_MAX);
    return false;
}

/* With taking: up to most of those that wait. */
static enum err take(struct listener *l, int most)
{
    struct rpc_endpoint *p = l->of;
    enum err e = ERR_OK;
    int fd = -1, n;

    for (n = 0; !e && n < most; n++) {
        e = p->transport->accept(l->source.fd, &fd);
        if (!e && may_connect(p, fd))
            rpc_server_link_start_adopt(fd, p->transport, p->sockets.endpoint, p->group,
                                        p->transport->peer ? NULL : p->access);
        else if (!e)
            close(fd);
    }
    return e;
}

/* The rest, and those that come, are another turn's. */
static void on_listener(struct loop_source *s, unsigned events)
{
    struct listener *l = (struct listener *)(void *)s;
    struct rpc_endpoint *p = l->of;
    enum err e;

    (void)events;
    pthread_mutex_lock(&p->taking);
    if (is_open(l)) {
        e = take(l, ACCEPT_AT_ONCE);
        if (e && e != ERR_INCOMPLETE)
            starve(l);
        else
            loop_resume(p->loop, s, LOOP_READ);
    }
    pthread_mutex_unlock(&p->taking);
}

static void resume(struct listener *l)
{
    pthread_mutex_lock(&l->of->taking);
    if (is_open(l))
        loop_resume(l->of->loop, &l->source, LOOP_READ);
    pthread_mutex_unlock(&l->of->taking);
}

void rpc_endpoints_resume(void)
{
    struct listener *l, *next;

    pthread_mutex_lock(&lock);
    l = starved;
    starved = NULL;
    pthread_mutex_unlock(&lock);
    if (l)
        rpc_server_links_relieve();
    for (; l; l = next) {
        pthread_mutex_lock(&lock);
        next = l->next_starved;
        l->starving = false;
        pthread_mutex_unlock(&lock);
        resume(l);
    }
}

/* ---- from opening to closing ---- */

/* One that was closed, or new memory. */
static struct rpc_endpoint *endpoint_new(void)
{
    struct rpc_endpoint *p;

    pthread_mutex_lock(&lock);
    p = closed;
    if (p)
        closed = p->next;
    pthread_mutex_unlock(&lock);
    if (p)
        return p;
    p = mem_zero(sizeof *p);
    if (p)
        pthread_mutex_init(&p->taking, NULL);
    return p;
}

static void retire(struct rpc_endpoint *p)
{
    pthread_mutex_lock(&lock);
    p->next = closed;
    closed = p;
    pthread_mutex_unlock(&lock);
}

static void put_in(struct rpc_endpoint *p)
{
    pthread_mutex_lock(&lock);
    p->next = NULL;
    *last = p;
    last = &p->next;
    pthread_mutex_unlock(&lock);
}

static void take_out(struct rpc_endpoint *p)
{
    struct rpc_endpoint **at = &first;

    pthread_mutex_lock(&lock);
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    if (last == &p->next)
        last = at;
    pthread_mutex_unlock(&lock);
}

/* With taking. */
static void shut(struct rpc_endpoint *p)
{
    size_t i;

    for (i = 0; i < p->sockets.count; i++)
        loop_remove(p->loop, &p->listener[i].source);
    p->transport->close(&p->sockets);
    p->transport = NULL;
    rpc_access_unref(p->access);
    p->access = NULL;
}

static enum err watch(struct rpc_endpoint *p)
{
    enum err e = ERR_OK;
    size_t i;

    for (i = 0; i < p->sockets.count; i++) {
        p->listener[i].source.fd = p->sockets.fd[i];
        p->listener[i].source.ready = on_listener;
        p->listener[i].of = p;
    }
    for (i = 0; !e && i < p->sockets.count; i++)
        e = loop_add(p->loop, &p->listener[i].source, LOOP_READ);
    return e;
}

static enum err listen_error(enum err e, bool dynamic)
{
    if (e == ERR_EXISTS)
        return dynamic ? ERR_RPC_CREATE_ENDPOINT : ERR_RPC_ENDPOINT_TAKEN;
    if (e == ERR_INVALID_PARAMETER)
        return ERR_RPC_ENDPOINT_FORMAT;
    return e == ERR_CONNECT || e == ERR_ACCESS_DENIED ? ERR_RPC_CREATE_ENDPOINT : e;
}

/* With taking. */
static enum err listen_at(struct rpc_endpoint *p, struct loop *loop,
                          const struct rpc_endpoint_ask *ask)
{
    const struct transport_listen how = { ask->address, ask->endpoint, ask->backlog,
                                          ask->first,   ask->last,     ask->own };
    enum err e = ask->transport->listen(&how, &p->sockets);

    if (e)
        return listen_error(e, !ask->endpoint);
    p->transport = ask->transport;
    p->loop = loop;
    p->group = ask->group;
    p->dynamic = !ask->endpoint;
    p->own = ask->own;
    p->access = rpc_access_ref(ask->access);
    p->address[0] = '\0';
    e = watch(p);
    if (e)
        shut(p);
    return e;
}

/* The process has one dynamic endpoint of each protocol sequence, a group as many as it wants. */
static bool is_there(const struct rpc_endpoint_ask *ask)
{
    const struct rpc_endpoint *p;
    bool yes = false;

    if (ask->endpoint || ask->group)
        return false;
    pthread_mutex_lock(&lock);
    for (p = first; p && !yes; p = p->next)
        yes = p->dynamic && !p->group && p->transport == ask->transport;
    pthread_mutex_unlock(&lock);
    return yes;
}

static enum err open_one(struct loop *loop, const struct rpc_endpoint_ask *ask,
                         struct rpc_endpoint **ret)
{
    struct rpc_endpoint *p = endpoint_new();
    enum err e;

    if (!p)
        return ERR_NO_MEMORY;
    pthread_mutex_lock(&p->taking);
    e = listen_at(p, loop, ask);
    pthread_mutex_unlock(&p->taking);
    if (e) {
        retire(p);
        return e;
    }
    put_in(p);
    if (ret)
        *ret = p;
    return ERR_OK;
}

/* Once: desktop-src/Rpc/do-not-use-endpoint-security.md */
static void discourage(const struct transport *t)
{
    static atomic_flag said = ATOMIC_FLAG_INIT;

    if (!atomic_flag_test_and_set(&said))
        log_warning(
            "rpc: an endpoint of %s has a security descriptor, which protects no interface: "
            "all of the process are reached by its other endpoints, too; give it to "
            "RpcServerRegisterIf3",
            t->protseq);
}

enum err rpc_endpoint_use(struct loop *loop, const struct rpc_endpoint_ask *ask,
                          struct rpc_endpoint **ret)
{
    static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
    enum err e = ERR_OK;

    if (ask->transport->queued)
        return detail_fail(ERR_UNSUPPORTED, "nobody listens by %s: a process opens a queue",
                           ask->transport->protseq);
    pthread_mutex_lock(&opening);
    if (!is_there(ask))
        e = open_one(loop, ask, ret);
    else if (ask->access)
        e = detail_fail(ERR_RPC_ENDPOINT_TAKEN,
                        "the dynamic endpoint of %s is there, with what was said of it first",
                        ask->transport->protseq);
    pthread_mutex_unlock(&opening);
    if (!e && ask->access)
        discourage(ask->transport);
    return e;
}

static bool is_every_address(const char *address)
{
    return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

/* With taking. */
static enum err adopt(struct rpc_endpoint *p, struct loop *loop, const struct transport *t,
                      int listener)
{
    struct transport_name name = { "", "" };
    enum err e = t->name(listener, false, &name);

    if (!e)
        e = t->adopt(listener, &p->sockets);
    if (e)
        return e;
    p->transport = t;
    p->loop = loop;
    p->group = NULL;
    p->dynamic = p->own = false;
    (void)snprintf(p->address, sizeof p->address, "%s",
                   is_every_address(name.address) ? "" : name.address);
    e = watch(p);
    if (e)
        p->transport = NULL; /* the socket is its maker's still */
    return e;
}

enum err rpc_endpoint_adopt(struct loop *loop, int listener)
{
    const struct transport *t = transport_of_listener(listener);
    struct rpc_endpoint *p;
    enum err e;

    if (!t)
        return detail_fail(ERR_INVALID_PARAMETER,
                           "descriptor %d is no listening socket of TCP or a Unix stream",
                           listener);
    p = endpoint_new();
    if (!p)
        return ERR_NO_MEMORY;
    pthread_mutex_lock(&p->taking);
    e = adopt(p, loop, t, listener);
    pthread_mutex_unlock(&p->taking);
    if (e)
        retire(p);
    else
        put_in(p);
    return e;
}

static void name_of(const struct rpc_endpoint *p, struct rpc_endpoint_name *ret)
{
    ret->transport = p->transport;
    memcpy(ret->address, p->address, sizeof ret->address);
    memcpy(ret->endpoint, p->sockets.endpoint, sizeof ret->endpoint);
}

bool rpc_endpoint_at(const struct rpc_interface_group *group, size_t i,
                     struct rpc_endpoint_name *ret)
{
    const struct rpc_endpoint *p;

    pthread_mutex_lock(&lock);
    for (p = first; p; p = p->next)
        if (p->group == group && !i--)
            break;
    if (p)
        name_of(p, ret);
    pthread_mutex_unlock(&lock);
    return p != NULL;
}

bool rpc_endpoint_told(size_t i, struct rpc_endpoint_name *ret, bool *ret_grouped,
                       struct rpc_access **ret_access)
{
    const struct rpc_endpoint *p;

    pthread_mutex_lock(&lock);
    for (p = first; p; p = p->next)
        if (!p->own && !i--)
            break;
    if (p) {
        name_of(p, ret);
        *ret_grouped = p->group != NULL;
        *ret_access = rpc_access_ref(p->access);
    }
    pthread_mutex_unlock(&lock);
    return p != NULL;
}

/* ---- those of a group, closed again ---- */

void rpc_endpoint_hold(struct rpc_endpoint *p)
{
    pthread_mutex_lock(&p->taking);
}

void rpc_endpoint_accept(struct rpc_endpoint *p)
{
    size_t i;

    for (i = 0; i < p->sockets.count; i++)
        if (take(&p->listener[i], INT_MAX) != ERR_INCOMPLETE)
            starve(&p->listener[i]);
}

void rpc_endpoint_close(struct rpc_endpoint *p)
{
    take_out(p);
    shut(p);
}

void rpc_endpoint_let_go(struct rpc_endpoint *p)
{
    bool gone = !p->transport;

    pthread_mutex_unlock(&p->taking);
    if (gone)
        retire(p);
}
