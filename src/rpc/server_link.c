/* SPDX-License-Identifier: Apache-2.0
 * server_link.c - a server's connection with its descriptor: receiving.  Sending is in
 * server_send.c.
 */
#include "rpc/server_link.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "rpc/access.h"
#include "rpc/descriptors.h"
#include "rpc/fault.h"
#include "rpc/interface_group.h"
#include "rpc/queue_server.h"
#include "rpc/server.h"
#include "rpc/server_async_pipe.h"
#include "rpc/server_callback.h"
#include "rpc/server_gather.h"
#include "rpc/server_link_state.h"

enum {
    LINKS_MAX = 20000,           /* of a process: ten thousand held, and as many that come and go */
    UNBOUND_MAX = 4096,          /* that have not said who they are yet */
    BIND_MS = 30000,             /* from connecting to a bind that is answered */
    PARTIAL_MS = 60000,          /* from a call's first fragment to its last */
    WAITING_MAX = 64,            /* answers a client has not taken: then nothing more is read */
    WAITING_UNPAUSED_MAX = 1088, /* the same, where reading cannot pause: then it ends */
    EXCESS_MS = 5000,            /* for the calls of a connection that is one too many */
    FAREWELL_MS = 1000, /* for a client to close what a server that stops has no more use for */
};

static atomic_uint unbound;

/* ---- from accept to close ---- */

static void list_remove(struct rpc_server_link *l)
{
    pthread_mutex_lock(&rpc_server_links.lock);
    if (l->place)
        *l->place = l->next;
    if (l->next)
        l->next->place = l->place;
    rpc_server_stats_add(&rpc_server_stats, &l->counted);
    pthread_mutex_unlock(&rpc_server_links.lock);
}

static void link_free(struct rpc_server_link *l)
{
    struct rpc_interface_group *group = l->machine.interfaces;
    struct rpc_access *access = l->access;

    list_remove(l);
    rpc_server_connection_done(&l->machine);
    rpc_server_sending_done(l);
    if (l->source.fd >= 0)
        close(l->source.fd);
    rpc_queue_call_free(l->queued);
    mem_free(l->session);
    rpc_descriptors_drop(l->rights);
    mem_free(l->rights);
    pthread_mutex_destroy(&l->calls_lock);
    atomic_fetch_sub(&rpc_server_links.count, 1);
    mem_free(l);
    rpc_interface_group_leave(group);
    rpc_access_unref(access);
}

static struct rpc_server_link *link_ref(struct rpc_server_link *l)
{
    atomic_fetch_add_explicit(&l->refs, 1, memory_order_relaxed);
    return l;
}

void rpc_server_link_unref(struct rpc_server_link *l)
{
    if (atomic_fetch_sub_explicit(&l->refs, 1, memory_order_acq_rel) == 1)
        link_free(l);
}

static void list_add(struct rpc_server_link *l)
{
    pthread_mutex_lock(&rpc_server_links.lock);
    l->next = rpc_server_links.first;
    l->place = &rpc_server_links.first;
    if (l->next)
        l->next->place = &l->next;
    rpc_server_links.first = l;
    pthread_mutex_unlock(&rpc_server_links.lock);
}

static void bound(struct rpc_server_link *l)
{
    if (l->bound)
        return;
    l->bound = true;
    atomic_fetch_sub(&unbound, 1);
    atomic_store(&l->read_deadline, 0);
}

/* Those that a server watches, in a list of their own: they are told without the lock. */
static struct rpc_server_call *watched(struct rpc_server_call *c, struct rpc_server_call *list)
{
    if (!atomic_load(&c->watched) || !rpc_server_call_ref_found(c))
        return list;
    c->told_next = list;
    return c;
}

static void tell(struct rpc_server_link *l, struct rpc_server_call *list, enum rpc_watch what)
{
    struct rpc_server_call *c;

    if (list)
        loop_work_begin(l->loop);
    while ((c = list)) {
        list = c->told_next;
        rpc_server_watch_tell(c, what);
        rpc_server_call_unref(c);
    }
}

/* By the thread that reads, once: nothing is received any more. What is being answered goes on, and
 * the tick still cuts a client that does not take it. */
static void hang_up(struct rpc_server_link *l)
{
    struct rpc_server_call *c, *told = NULL;
    bool any;

    rpc_server_gather_end(l);
    loop_remove(l->loop, &l->source);
    bound(l);
    atomic_store(&l->read_deadline, 0);
    pthread_mutex_lock(&l->calls_lock);
    any = l->calls != NULL;
    for (c = l->calls; c; c = c->next) {
        atomic_store(&c->disconnected, true);
        atomic_store(&c->cancelled, true);
        atomic_store(&c->hung_up, true);
        rpc_server_callback_lost(c);
        told = watched(c, told);
    }
    pthread_mutex_unlock(&l->calls_lock);
    if (any)
        rpc_server_verdicts_review();
    tell(l, told, RPC_WATCH_DISCONNECT);
    if (l->streamed) {
        loop_work_begin(l->loop);
        rpc_server_pipes_lost(l->streamed);
        rpc_server_call_unref(l->streamed);
    }
    rpc_server_link_unref(l); /* the last call's reference closes the descriptor */
}

/* ---- calls of the connection ---- */

void rpc_server_link_call_add(struct rpc_server_link *l, struct rpc_server_call *c)
{
    pthread_mutex_lock(&l->calls_lock);
    c->next = l->calls;
    c->place = &l->calls;
    if (l->calls)
        l->calls->place = &c->next;
    l->calls = c;
    pthread_mutex_unlock(&l->calls_lock);
    link_ref(l);
}

void rpc_server_link_say_farewell(struct rpc_server_link *l)
{
    struct buf bytes = { 0 };

    if (atomic_exchange(&l->farewell, true))
        return;
    atomic_store(&l->end_deadline, transport_deadline_in(FAREWELL_MS));
    loop_keep_ticking(l->loop);
    if (!rpc_server_shutdown(&bytes))
        rpc_server_link_send_adopt(l, bytes);
}

void rpc_server_link_call_ended(struct rpc_server_link *l, struct rpc_server_call *c)
{
    pthread_mutex_lock(&l->calls_lock);
    *c->place = c->next;
    if (c->next)
        c->next->place = c->place;
    pthread_mutex_unlock(&l->calls_lock);
    if (c->in_share) /* it was not even begun */
        rpc_usage_give(c->usage, RPC_SHARE_CALLS, 1);
    if (atomic_fetch_sub(&l->calls_count, 1) == 1 && atomic_load(&l->ending))
        rpc_server_link_say_farewell(l);
    rpc_server_link_unref(l);
}

static void cancel(struct rpc_server_link *l, uint32_t call_id, bool orphan)
{
    struct rpc_server_call *c, *told = NULL;
    bool any = false;

    pthread_mutex_lock(&l->calls_lock);
    for (c = l->calls; c; c = c->next) {
        if (c->header.call_id != call_id)
            continue;
        any = true;
        atomic_store(&c->cancelled, true);
        if (orphan) {
            atomic_store(&c->disconnected, true);
            rpc_server_callback_lost(c);
        }
        told = watched(c, told);
    }
    pthread_mutex_unlock(&l->calls_lock);
    if (any)
        rpc_server_verdicts_review();
    tell(l, told, RPC_WATCH_CANCEL);
}

/* NULL: there is no memory, or its caller has his share of it, or of calls. */
static struct rpc_server_call *call_of(struct rpc_server_link *l, const struct rpc_action *a)
{
    struct rpc_usage *u = rpc_server_client_usage(&l->machine, a->call.security);
    struct rpc_server_call *c;

    if (!rpc_usage_take(u, RPC_SHARE_MEMORY, 0) || !rpc_usage_take(u, RPC_SHARE_CALLS, 1))
        return NULL;
    c = rpc_server_call_new();
    if (!c) {
        rpc_usage_give(u, RPC_SHARE_CALLS, 1);
        return NULL;
    }
    c->usage = u;
    c->in_share = true;
    c->header = a->call.pdu.header;
    c->context = a->context;
    c->opnum = a->call.request.opnum;
    c->object = a->call.request.has_object ? a->call.request.object : (struct uuid){ 0 };
    c->security = a->call.security;
    c->block = a->call.block;
    c->stub = a->call.request.stub;
    c->registration = a->context.interface;
    c->more = a->call.more;
    if (a->call.last_flags & RPC_PENDING_CANCEL) /* of the first fragment it was refused */
        atomic_store(&c->cancelled, true);
    rpc_descriptors_take(l->rights, c->header.flags, &c->got);
    c->link = l;
    rpc_server_link_call_add(l, c);
    return c;
}

/* ---- reading ---- */

typedef enum err receive_how(int fd, const struct iovec *iov, size_t count, size_t *ret);

static enum err receive_patiently(int fd, const struct iovec *iov, size_t count, size_t *ret)
{
    return transport_receive(fd, iov, count, transport_deadline_in(PARTIAL_MS), ret);
}

static enum err receive_rights(struct rpc_server_link *l, receive_how *how, const struct iovec *iov,
                               size_t count, size_t *ret)
{
    const bool waits = how == receive_patiently;
    const int64_t deadline = transport_deadline_in(PARTIAL_MS);
    enum err e = ERR_OK;

    do {
        if (waits)
            e = transport_wait(l->source.fd, POLLIN, -1, deadline, NULL);
        if (!e)
            e = rpc_descriptors_receive(l->source.fd, iov, count, l->rights, ret);
    } while (waits && e == ERR_INCOMPLETE);
    return e;
}

/* What travels beside the bytes is taken where some operation takes it: else the kernel throws it
 * away. */
static bool takes_rights(const struct rpc_server_link *l)
{
    return l->rights && rpc_registry_passes_handles();
}

/* What waits while nothing of a call is here is nobody's. */
OFTEN static enum err receive(struct rpc_server_link *l, receive_how *how)
{
    struct iovec iov[RPC_INBOUND_IOV];
    size_t count = 0, n = 0, room = 0, i;
    enum err e = rpc_inbound_room(&l->machine.in, iov, &count);

    if (!rpc_inbound_pending(&l->machine.in))
        rpc_descriptors_drop(l->rights);
    if (!e)
        e = takes_rights(l) ? receive_rights(l, how, iov, count, &n)
                            : how(l->source.fd, iov, count, &n);
    if (!e && !n)
        return ERR_CONNECT; /* the client has ended it */
    if (e)
        return e;
    for (i = 0; i < count; i++)
        room += iov[i].iov_len;
    l->drained = n < room;
    rpc_inbound_filled(&l->machine.in, n);
    return ERR_OK;
}

/* Gives the reading back to whoever waits. More that is here already goes at once. */
static void read_on(struct rpc_server_link *l)
{
    bool more = rpc_inbound_pending(&l->machine.in);

    rpc_server_gather_end(l);
    if (atomic_load(&l->waiting) > WAITING_MAX) {
        atomic_store(&l->paused, true);
        if (atomic_load(&l->waiting) > WAITING_MAX / 2 || !atomic_exchange(&l->paused, false))
            return; /* who sends will resume it */
    }
    loop_resume(l->loop, &l->source, more ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

void rpc_server_link_let_go(struct rpc_server_link *l)
{
    loop_linger_end(l->loop);
    if (loop_unhold(l->loop))
        read_on(l);
}

void rpc_server_link_resume(struct rpc_server_link *l)
{
    loop_resume(l->loop, &l->source, LOOP_READ | LOOP_WRITE);
}

/* What is partial has a time to become whole, however slowly it comes. */
static void watch_partial(struct rpc_server_link *l, bool partial)
{
    if (!l->bound || partial == l->partial)
        return;
    l->partial = partial;
    atomic_store(&l->read_deadline, partial ? transport_deadline_in(PARTIAL_MS) : 0);
    if (partial)
        loop_keep_ticking(l->loop);
}

/* Of a call in parts each fragment has that time: its client may take its own between two. */
static bool in_fragment(const struct rpc_server_link *l)
{
    return l->machine.in.start < l->machine.in.end;
}

/* Nothing whole is here. */
static void wait_for_more(struct rpc_server_link *l)
{
    bool partial = l->streamed ? in_fragment(l) : rpc_inbound_pending(&l->machine.in);

    rpc_inbound_idle(&l->machine.in);
    watch_partial(l, partial);
    loop_resume(l->loop, &l->source, LOOP_READ);
}

/* What answers no callback breaks the protocol. */
static enum err take_answer(struct rpc_server_link *l, struct rpc_received *r)
{
    if (rpc_server_callback_answer(l, r))
        return ERR_OK;
    rpc_block_put(r->block);
    rpc_server_link_break(l);
    return detail_fail(ERR_UNEXPECTED, "rpc: an answer to call %u, where no callback is out",
                       r->pdu.header.call_id);
}

/* ---- a request in parts ---- */

static enum err client_lost(struct rpc_server_link *l, struct rpc_server_call *c, const char *how)
{
    *c->reads = false;
    hang_up(l);
    return detail_fail(ERR_RPC_FAILED, "rpc: call %u lost its client: %s", c->header.call_id, how);
}

static void count_packets(struct rpc_server_link *l)
{
    rpc_server_count_alone(&l->counted.packets_in, l->machine.in.pdus);
    l->machine.in.pdus = 0;
}

enum err rpc_server_link_part(struct rpc_server_link *l, struct rpc_server_call *c,
                              struct rpc_received *ret)
{
    struct rpc_action a;
    enum err e = ERR_OK;

    for (;;) {
        rpc_server_next(&l->machine, &a);
        count_packets(l);
        watch_partial(l, a.act == RPC_ACT_MORE && in_fragment(l));
        if (a.act == RPC_ACT_MORE)
            e = receive(l, receive_patiently);
        else if (a.act == RPC_ACT_CANCEL || a.act == RPC_ACT_ORPHAN)
            cancel(l, a.call_id, a.act == RPC_ACT_ORPHAN);
        else if (a.act == RPC_ACT_ANSWER)
            e = take_answer(l, &a.call);
        else if (a.act == RPC_ACT_PART)
            break;
        else if (a.bytes.ptr)
            rpc_server_link_send_adopt(l, a.bytes);
        /* Reading cannot pause here, the call waits for its rest. */
        if (!e && atomic_load(&l->waiting) > WAITING_UNPAUSED_MAX)
            e = ERR_RPC_RESOURCES;
        if (e || a.act == RPC_ACT_CLOSE)
            return client_lost(l, c,
                               e == ERR_TIMEOUT         ? "it sends no more"
                               : e == ERR_RPC_RESOURCES ? "it takes no answers"
                               : e                      ? "the connection ended"
                                                        : "it broke the protocol");
    }
    *ret = a.call;
    if (!ret->more) {
        *c->reads = false;
        read_on(l);
    }
    return ERR_OK;
}

void rpc_server_link_pass_on(struct rpc_server_link *l, struct rpc_server_call *c)
{
    l->streamed = rpc_server_call_ref(c);
    *c->reads = false;
    read_on(l);
}

void rpc_server_link_receive(struct rpc_server_link *l)
{
    rpc_server_link_resume(l);
}

/* True while the connection is still this thread's: it is not, where the call has no room. */
static bool pass_part(struct rpc_server_link *l, const struct rpc_action *a)
{
    struct rpc_server_call *c = l->streamed;
    bool full;

    watch_partial(l, false); /* the next fragment has a time of its own */
    if (!c) {                /* of a call whose thread did not take it: it is over */
        rpc_block_put(a->call.block);
        return true;
    }
    rpc_server_call_ref(c);
    if (!a->call.more) {
        l->streamed = NULL;
        rpc_server_call_unref(c);
    }
    loop_work_begin(l->loop);
    full = rpc_server_pipes_part_adopt(c, &a->call);
    rpc_server_call_unref(c);
    return !full;
}

/* Executes it with the connection, for more of its request is to come; true when that is this
 * thread's still: then nobody wanted the rest. */
static bool run_in_parts(struct rpc_server_link *l, struct rpc_server_call *c)
{
    bool reads = true;

    rpc_server_gather_end(l);
    loop_linger_end(l->loop);
    loop_work_begin(l->loop);
    c->reads = &reads;
    rpc_server_call_run(c);
    if (reads)
        rpc_inbound_drop(&l->machine.in);
    return reads;
}

static bool run_beside_others(struct rpc_server_link *l, struct rpc_server_call *c)
{
    loop_linger_end(l->loop);
    read_on(l);
    rpc_server_call_run(c);
    return false;
}

/* The connection stays this thread's until that has lasted for a while. */
static bool run_alone(struct rpc_server_link *l, struct rpc_server_call *c)
{
    struct loop *loop = l->loop;

    loop_hold(loop, &l->source);
    rpc_server_call_run(c);
    return loop_unhold(loop);
}

/* One of several that came together. */
static bool run_among_others(struct rpc_server_link *l, struct rpc_server_call *c, bool more)
{
    struct rpc_server_pace pace;
    bool quick, mine;

    rpc_server_pace_begin(&pace, c);
    quick = rpc_server_pace_is_quick(&pace);
    if (quick && more)
        rpc_server_gather_begin(l);
    else if (!quick)
        rpc_server_gather_end(l);
    mine = quick || !more ? run_alone(l, c) : run_beside_others(l, c);
    rpc_server_pace_end(&pace);
    if (mine)
        rpc_server_gather_more(l);
    return mine;
}

/* Executes it. True when the connection is still this thread's after the call. */
static bool run(struct rpc_server_link *l, struct rpc_server_call *c)
{
    bool more = rpc_inbound_pending(&l->machine.in);

    if (c->more)
        return run_in_parts(l, c);
    loop_work_begin(l->loop);
    if (atomic_load(&l->waiting) > WAITING_MAX / 2)
        return run_beside_others(l, c);
    return more || atomic_load(&l->gathering) ? run_among_others(l, c, more) : run_alone(l, c);
}

/* True while the connection is still this thread's. */
static bool serve(struct rpc_server_link *l, const struct rpc_action *a)
{
    struct rpc_server_call *c;
    struct buf fault = { 0 };

    if (l->partial)
        atomic_store(&l->read_deadline, 0);
    l->partial = false;
    rpc_server_count_alone(&l->counted.calls_in, 1);
    atomic_fetch_add(&l->calls_count, 1);
    c = call_of(l, a);
    l->served = true;
    if (c && rpc_server_callback_nest(l, c)) {
        read_on(l);
        return false;
    }
    if (c)
        return run(l, c);
    atomic_fetch_sub(&l->calls_count, 1);
    rpc_block_put(a->call.block);
    rpc_inbound_drop(&l->machine.in);
    if (!rpc_server_fault(&a->call.pdu.header, a->call.request.context_id, NCA_S_SERVER_TOO_BUSY,
                          false, (struct bytes){ 0 }, &fault))
        rpc_server_link_send_adopt(l, fault);
    read_on(l);
    return false;
}

/* One too many of its client has a moment to make calls, which are refused, and ends. */
static void watch_excess(struct rpc_server_link *l)
{
    if (atomic_load(&l->end_deadline))
        return;
    atomic_store(&l->end_deadline, transport_deadline_in(EXCESS_MS));
    loop_keep_ticking(l->loop);
}

/* What is here, until a call is; true while the connection is still this thread's. */
OFTEN static bool act(struct rpc_server_link *l, struct rpc_action *a)
{
    rpc_server_next(&l->machine, a);
    if (l->machine.excess)
        watch_excess(l);
    count_packets(l);
    switch (a->act) {
    case RPC_ACT_MORE:
        return true;
    case RPC_ACT_SEND:
        if (l->machine.state != RPC_SERVER_NEW)
            bound(l);
        rpc_server_link_send_adopt(l, a->bytes);
        return true;
    case RPC_ACT_CANCEL:
    case RPC_ACT_ORPHAN:
        cancel(l, a->call_id, a->act == RPC_ACT_ORPHAN);
        return true;
    case RPC_ACT_CALL:
        return serve(l, a);
    case RPC_ACT_ANSWER:
        if (!take_answer(l, &a->call))
            return true;
        hang_up(l);
        return false;
    case RPC_ACT_PART:
        return pass_part(l, a);
    case RPC_ACT_CLOSE:
        if (a->bytes.ptr)
            rpc_server_link_send_adopt(l, a->bytes);
        hang_up(l);
        return false;
    }
    return false;
}

/* Of what is read in one piece the kernel wakes a waiting reader once for nothing, which is cheap.
 * The answer of a call under way is read sooner than another call comes: that is not. */
static bool waits_in_recv(struct rpc_server_link *l)
{
    if (!l->transport->wakes_readers)
        return true;
    return atomic_load(&l->brief) && !atomic_load(&l->calls_count) && !takes_rights(l) &&
           !rpc_inbound_pending(&l->machine.in);
}

static enum err receive_soon(struct rpc_server_link *l)
{
    enum err e;

    if (waits_in_recv(l))
        return receive(l, transport_receive_soon);
    e = transport_wait(l->source.fd, POLLIN, -1, transport_deadline_in(TRANSPORT_SOON_MS), NULL);
    if (!e)
        e = receive(l, transport_receive_now);
    return e == ERR_TIMEOUT ? ERR_INCOMPLETE : e;
}

/* After a call the next one is often near, and so is the rest of one: waits a moment for it.
 * ERR_INCOMPLETE: it did not come, or enough threads wait so. */
static enum err linger(struct rpc_server_link *l)
{
    enum err e = ERR_INCOMPLETE;

    if ((l->served || rpc_inbound_pending(&l->machine.in)) && loop_linger_begin(l->loop)) {
        e = receive_soon(l);
        if (e)
            loop_linger_end(l->loop);
    }
    l->served = false;
    return e;
}

OFTEN static void on_ready(struct loop_source *s, unsigned events)
{
    struct rpc_server_link *l = (struct rpc_server_link *)(void *)s;
    struct rpc_action a;
    enum err e;

    (void)events;
    l->drained = false;
    for (;;) {
        if (!act(l, &a))
            return;
        if (a.act == RPC_ACT_SEND && atomic_load(&l->waiting) > WAITING_MAX) {
            read_on(l); /* which it is not, until the client has taken some of the answers */
            return;
        }
        if (a.act != RPC_ACT_MORE)
            continue;
        rpc_server_gather_end(l);
        e = l->drained ? linger(l) : receive(l, transport_receive_now);
        if (e == ERR_INCOMPLETE && l->drained) {
            wait_for_more(l);
            return;
        }
        if (e == ERR_INCOMPLETE) {
            l->drained = true;
        } else if (e) {
            if (!l->machine.in.failed || act(l, &a)) /* for want of room: its client is told */
                hang_up(l);
            return;
        }
    }
}

/* ---- accepting ---- */

struct rpc_server_link *rpc_server_link_new(int fd, const struct transport *transport,
                                            const char *endpoint, struct rpc_interface_group *group)
{
    struct rpc_server_link *l = mem_zero(sizeof *l);
    struct transport_peer peer;

    if (!l)
        return NULL;
    if (transport->peer) {
        l->rights = mem_zero(sizeof *l->rights);
        if (!l->rights) {
            mem_free(l);
            return NULL;
        }
    }
    l->source = (struct loop_source){ .fd = fd, .ready = on_ready };
    atomic_init(&l->refs, 1);
    pthread_mutex_init(&l->calls_lock, NULL);
    l->transport = transport;
    rpc_server_connection_init(&l->machine, transport, endpoint);
    l->machine.interfaces = group;
    rpc_interface_group_join(group);
    if (transport->peer && !transport->peer(fd, &peer))
        rpc_server_connection_set_peer(&l->machine, &peer);
    rpc_server_sending_init(l);
    atomic_fetch_add(&rpc_server_links.count, 1);
    return l;
}

/* Said once a second: who is refused may come back as fast as he likes. */
static bool too_many(void)
{
    static _Atomic int64_t refusal_said;
    int64_t now, said;

    if (atomic_load(&rpc_server_links.count) < LINKS_MAX && atomic_load(&unbound) < UNBOUND_MAX)
        return false;
    now = transport_now();
    said = atomic_load(&refusal_said);
    if (now - said >= 1000 && atomic_compare_exchange_strong(&refusal_said, &said, now))
        log_warning("rpc: a connection is refused: %u are open, %u without a bind",
                    atomic_load(&rpc_server_links.count), atomic_load(&unbound));
    return true;
}

/* u, of whom it is one more; NULL: he has his share, or all have. */
static struct rpc_usage *admit(struct rpc_usage *u)
{
    if (!u || rpc_usage_take(u, RPC_SHARE_CONNECTIONS, 1))
        return u;
    rpc_usage_unref(u);
    return NULL;
}

/* Adopts u, too. */
static void start(struct rpc_server_link *l, struct rpc_usage *u, struct rpc_access *access)
{
    l->access = rpc_access_ref(access);
    rpc_server_connection_count_adopt(&l->machine, u);
    atomic_fetch_add(&unbound, 1);
    atomic_store(&l->read_deadline, transport_deadline_in(BIND_MS));
    if (rpc_server_loop(&l->loop)) {
        atomic_fetch_sub(&unbound, 1);
        link_free(l);
        return;
    }
    list_add(l);
    loop_keep_ticking(l->loop);
    if (loop_add(l->loop, &l->source, LOOP_READ))
        hang_up(l);
}

static void turn_away(int fd, struct rpc_usage *u)
{
    if (u)
        rpc_usage_give(u, RPC_SHARE_CONNECTIONS, 1);
    rpc_usage_unref(u);
    close(fd);
}

void rpc_server_link_start_adopt(int fd, const struct transport *transport, const char *endpoint,
                                 struct rpc_interface_group *group, struct rpc_access *access)
{
    struct rpc_usage *u = admit(too_many() ? NULL : rpc_usage_find_peer(fd, transport));
    struct rpc_server_link *l = u ? rpc_server_link_new(fd, transport, endpoint, group) : NULL;

    if (l)
        start(l, u, access);
    else
        turn_away(fd, u);
}

/* With its name behind it. */
static struct rpc_server_link_queue *copy_of(const struct rpc_server_link_queue *of)
{
    size_t n = strlen(of->name) + 1;
    struct rpc_server_link_queue *copy = mem_alloc(sizeof *copy + n);

    if (copy)
        *copy = (struct rpc_server_link_queue){ memcpy(copy + 1, of->name, n), of->least, NULL };
    return copy;
}

void rpc_server_link_start_queued_adopt(int fd, const struct rpc_server_link_queue *of,
                                        struct rpc_access *access)
{
    struct rpc_server_link_queue *session = copy_of(of);
    struct rpc_usage *u = admit(!session || too_many() ? NULL : rpc_usage_find(of->who));
    struct rpc_server_link *l =
        u ? rpc_server_link_new(fd, &transport_queued, of->name, NULL) : NULL;

    if (l) {
        l->session = session;
        start(l, u, access);
        return;
    }
    mem_free(session);
    turn_away(fd, u);
}
