/* SPDX-License-Identifier: Apache-2.0
 * server_send.c - what a server's connection sends: one thread at a time, nobody waiting. Small
 * answers that wait together leave together.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "rpc/descriptors.h"
#include "rpc/server.h"
#include "rpc/server_async_pipe.h"
#include "rpc/server_gather.h"
#include "rpc/server_link_state.h"
#include "rpc/server_pipe.h"
#include "rpc/server_together.h"

enum {
    STALLED_MS = 60000, /* a client that takes nothing for so long is cut */
    RESUME_AT = 32,     /* so few waiting: what was paused is read on */
    ANSWER_MAX = RPC_AROUND + RPC_COPIED_MAX,
};

static void on_writable(struct loop_source *s, unsigned events);

void rpc_server_sending_init(struct rpc_server_link *l)
{
    l->writable = (struct loop_source){ .fd = -1, .ready = on_writable };
}

static void drop(struct rpc_sending *s)
{
    struct rpc_server_call *c = s->call;

    buf_free(&s->bytes);
    if (c)
        rpc_server_call_unref(c); /* s is a member of it */
    else
        mem_free(s);
}

void rpc_server_sending_done(struct rpc_server_link *l)
{
    if (l->writable.fd < 0)
        return;
    loop_remove(l->loop, &l->writable);
    close(l->writable.fd);
}

void rpc_server_link_break(struct rpc_server_link *l)
{
    atomic_store(&l->broken, true);
    shutdown(l->source.fd, SHUT_RDWR); /* who reads sees it and hangs up */
}

/* ---- batches ---- */

static struct rpc_message message_of(const struct rpc_server_call *c, size_t max_fragment)
{
    return (struct rpc_message){ .type = RPC_RESPONSE,
                                 .flags = c->given.count ? RPC_DESCRIPTORS : 0,
                                 .handles = c->given.count ? &c->given : NULL,
                                 .call_id = c->header.call_id,
                                 .context_id = c->context.id & 0xff, /* as Windows answers */
                                 .stub = { c->out.w.ptr, c->out.w.len },
                                 .max_fragment = max_fragment,
                                 .security = c->security };
}

/* The next pieces of a response; none after the last, nor of what cannot be sent. */
OFTEN static void response_next(struct rpc_server_link *l, struct rpc_server_call *c)
{
    struct rpc_message m;
    enum err e = ERR_OK;

    if (!l->begun) {
        m = message_of(c, l->machine.max_send);
        e = rpc_outbound_begin(&c->outbound, &m);
        l->handles = m.begun ? NULL : m.handles;
    }
    l->begun = true;
    if (!e)
        e = rpc_outbound_next(&c->outbound, &l->iov, &l->iov_count);
    if (e) {
        l->handles = NULL;
        l->iov_count = 0;
        rpc_server_link_break(l);
    }
}

/* In one piece. */
static void bytes_next(struct rpc_server_link *l, uint8_t *bytes, size_t n)
{
    l->one = (struct iovec){ bytes, n };
    l->iov = &l->one;
    l->iov_count = !l->begun && n;
    l->begun = true;
}

/* The next pieces of what is gathered, or else stands at the queue's head; false when all of it was
 * sent. */
static bool next_batch(struct rpc_server_link *l)
{
    struct rpc_sending *s = l->queue;

    if (atomic_load(&l->broken))
        return false;
    if (l->gathered.block)
        bytes_next(l, l->gathered.block->data, l->gathered.len);
    else if (s->call && l->begun && s->call->outbound.ended)
        return false;
    else if (s->call)
        response_next(l, s->call);
    else
        bytes_next(l, s->bytes.ptr, s->bytes.len);
    return l->iov_count;
}

/* Takes over what was pushed, turned round: the oldest first, behind the one that may be there. */
static void take_pushed(struct rpc_server_link *l)
{
    struct rpc_sending *s = atomic_exchange_explicit(&l->pushed, NULL, memory_order_acquire), *next;
    struct rpc_sending **place = l->queue ? &l->queue->next : &l->queue;

    for (; s; s = next) {
        next = s->next;
        s->next = *place;
        *place = s;
    }
}

/* What may leave together is to be seen together. */
static bool is_to_take(struct rpc_server_link *l)
{
    return !l->queue ||
           (!l->begun && !l->queue->next && atomic_load_explicit(&l->pushed, memory_order_relaxed));
}

static unsigned packets_of(const struct rpc_server_link *l, const struct rpc_sending *s)
{
    if (!l->begun)
        return 0;
    return s->call ? s->call->outbound.fragments : 1;
}

OFTEN static void head_drop(struct rpc_server_link *l)
{
    struct rpc_sending *s = l->queue;

    rpc_server_count_alone(&l->counted.packets_out, packets_of(l, s));
    l->queue = s->next;
    l->begun = false;
    drop(s);
}

/* So many were sent, or dropped. False: they were the last, and sending is anybody's again. */
OFTEN static bool fewer_wait(struct rpc_server_link *l, int n)
{
    int before = atomic_fetch_sub(&l->waiting, n);

    if (before - n <= RESUME_AT && atomic_load(&l->paused) && atomic_exchange(&l->paused, false))
        rpc_server_link_resume(l);
    return before > n;
}

/* What was under way has been sent, or dropped. */
static bool batches_done(struct rpc_server_link *l)
{
    struct rpc_gathered g = l->gathered;

    if (!g.block) {
        head_drop(l);
        return fewer_wait(l, 1);
    }
    rpc_server_count_alone(&l->counted.packets_out, g.answers);
    rpc_block_put(g.block);
    l->gathered = (struct rpc_gathered){ .block = NULL };
    l->begun = false;
    return fewer_wait(l, g.waiting);
}

/* ---- answers together ---- */

bool rpc_server_sending_room(struct rpc_server_link *l)
{
    l->gathered.block = rpc_block_get(RPC_BLOCK_MIN);
    return l->gathered.block;
}

static bool is_small(const struct rpc_server_link *l, const struct rpc_sending *s)
{
    const struct rpc_server_call *c = s ? s->call : NULL;

    return c && !s->turn && !s->flows && !c->given.count && c->out.w.len <= RPC_COPIED_MAX &&
           l->machine.max_send >= ANSWER_MAX;
}

static bool has_room(const struct rpc_server_link *l)
{
    return l->gathered.block && l->gathered.block->size - l->gathered.len >= ANSWER_MAX;
}

/* A response of one piece: what is small is copied into it. */
static void gather_one(struct rpc_server_link *l, struct rpc_server_call *c)
{
    struct rpc_gathered *g = &l->gathered;

    if (!atomic_load(&l->broken))
        response_next(l, c);
    if (l->iov_count)
        memcpy(g->block->data + g->len, l->iov->iov_base, l->iov->iov_len);
    g->len += l->iov_count ? l->iov->iov_len : 0;
    g->answers += l->iov_count != 0;
    g->waiting++;
    l->iov_count = 0;
    l->begun = false;
}

void rpc_server_sending_gather(struct rpc_server_link *l)
{
    for (;;) {
        if (!l->queue)
            take_pushed(l);
        if (!is_small(l, l->queue) || !has_room(l))
            return;
        gather_one(l, l->queue->call);
        head_drop(l);
    }
}

/* Two that are small are worth it. */
static void gather(struct rpc_server_link *l)
{
    struct rpc_gathered *g = &l->gathered;

    if (!g->block &&
        (!is_small(l, l->queue) || !is_small(l, l->queue->next) || !rpc_server_sending_room(l)))
        return;
    rpc_server_sending_gather(l);
}

/* ---- the descriptor ---- */

/* The client takes no more now: the loop tells when it does. */
static bool wait_writable(struct rpc_server_link *l)
{
    atomic_store(&l->write_deadline, transport_deadline_in(STALLED_MS));
    loop_keep_ticking(l->loop);
    atomic_fetch_add(&l->refs, 1);
    if (!loop_wait_writable(l->loop, &l->writable, l->source.fd))
        return true;
    log_warning("rpc: a connection is cut: no descriptor left to wait for its client with");
    atomic_fetch_sub(&l->refs, 1);
    rpc_server_link_break(l);
    return false;
}

/* What of the batch can go now; true to go on with the next. */
OFTEN static bool send_batch(struct rpc_server_link *l)
{
    size_t n = 0, used;
    enum err e;

    if (l->handles)
        e = transport_send_rights(l->source.fd, l->iov, l->iov_count, l->handles->fd,
                                  l->handles->count, false, &n);
    else
        e = transport_send_now(l->source.fd, l->iov, l->iov_count, &n);
    if (e == ERR_INCOMPLETE)
        return !wait_writable(l);
    if (e) {
        l->handles = NULL;
        l->iov_count = 0;
        rpc_server_link_break(l);
        return true;
    }
    l->handles = NULL;
    used = transport_iov_skip(l->iov, l->iov_count, n);
    l->iov += used;
    l->iov_count -= used;
    return true;
}

/* The same of a response that becomes ready while it leaves. False: it is not sent on now, and may
 * be another thread's already. */
static bool pump_flow(struct rpc_server_link *l, bool may_call)
{
    struct rpc_server_call *c = l->queue->call;
    struct rpc_message m = message_of(c, l->machine.max_send);
    enum rpc_leave leave = RPC_LEAVE_SEND;

    l->begun = true;
    for (;;) {
        if (!l->iov_count)
            leave = rpc_pipes_leave(rpc_server_pipes_of(c->pipes), &m, may_call,
                                    atomic_load(&l->broken), &l->iov, &l->iov_count);
        if (leave == RPC_LEAVE_IDLE || leave == RPC_LEAVE_ENDED)
            return leave == RPC_LEAVE_ENDED;
        if (leave == RPC_LEAVE_FAILED)
            rpc_server_link_break(l);
        else if (leave == RPC_LEAVE_LATER && wait_writable(l))
            return false;
        else if (leave == RPC_LEAVE_LATER)
            may_call = true; /* in place of nobody */
        else if (!send_batch(l))
            return false;
    }
}

OFTEN static void pump(struct rpc_server_link *l, bool may_call)
{
    do {
        if (is_to_take(l))
            take_pushed(l);
        if (!l->begun)
            gather(l);
        if (!l->gathered.block && l->queue->turn) {
            sem_post(l->queue->turn);
            return;
        }
        if (!l->gathered.block && l->queue->flows) {
            if (!pump_flow(l, may_call))
                return;
            continue;
        }
        while (l->iov_count || next_batch(l))
            if (!send_batch(l))
                return;
    } while (batches_done(l));
}

void rpc_server_sending_pump(struct rpc_server_link *l)
{
    pump(l, false);
}

static void on_writable(struct loop_source *s, unsigned events)
{
    struct rpc_server_link *l =
        (struct rpc_server_link *)(void *)((char *)s - offsetof(struct rpc_server_link, writable));

    (void)events;
    atomic_store(&l->write_deadline, 0);
    if (l->queue && l->queue->flows)
        loop_work_begin(l->loop); /* the program may be told */
    pump(l, true);
    rpc_server_link_unref(l);
}

/* ---- pushing ---- */

static void push_behind(struct rpc_server_link *l, struct rpc_sending *s)
{
    struct rpc_sending *top = atomic_load_explicit(&l->pushed, memory_order_relaxed);

    do
        s->next = top;
    while (!atomic_compare_exchange_weak_explicit(&l->pushed, &top, s, memory_order_release,
                                                  memory_order_relaxed));
}

/* Where nobody sends it is the queue's head at once, unless somebody has just pushed another, and
 * is about to say so. */
OFTEN static void push(struct rpc_server_link *l, struct rpc_sending *s)
{
    int nobody = 0;

    s->next = NULL;
    if (!atomic_compare_exchange_strong(&l->waiting, &nobody, 1)) {
        push_behind(l, s);
        if (atomic_fetch_add(&l->waiting, 1))
            return;
    } else if (l->queue) {
        push_behind(l, s);
    } else {
        l->queue = s;
    }
    if (!rpc_server_together_keep(l))
        pump(l, false);
}

/* ---- a response in parts ---- */

static void take_turn(struct rpc_server_link *l, struct rpc_server_call *c, sem_t *turn)
{
    c->sending.call = c;
    c->sending.turn = turn;
    push(l, &c->sending);
    rpc_server_gather_end(l); /* whose turn it was: perhaps this thread's */
    rpc_server_together_flush();
    while (sem_wait(turn))
        ; /* a signal */
}

/* Waits until the client has taken it. */
static enum err send_out(struct rpc_server_link *l, struct rpc_server_call *c,
                         const struct rpc_message *m)
{
    enum err e = rpc_outbound_begin(&c->outbound, m);
    struct iovec *iov = NULL;
    size_t n = 0;

    while (!e) {
        e = rpc_outbound_next(&c->outbound, &iov, &n);
        if (e || !n)
            break;
        e = atomic_load(&l->broken)
                ? ERR_CONNECT
                : transport_send(l->source.fd, iov, n, transport_deadline_in(STALLED_MS));
    }
    if (!e)
        return ERR_OK;
    rpc_server_link_break(l);
    return detail_fail(ERR_RPC_FAILED, "rpc: call %u lost its client while it was sent to",
                       c->header.call_id);
}

enum err rpc_server_link_stream(struct rpc_server_link *l, struct rpc_server_call *c, size_t n)
{
    struct rpc_message m = message_of(c, l->machine.max_send);

    m.begun = c->stream->begun;
    m.more = true;
    m.stub.len = n;
    if (!c->stream->sending)
        take_turn(l, c, &c->stream->turn);
    c->stream->sending = true;
    c->stream->begun = true;
    return send_out(l, c, &m);
}

void rpc_server_link_stream_end_adopt(struct rpc_server_link *l, struct rpc_server_call *c,
                                      struct buf *fault)
{
    struct rpc_message m = message_of(c, l->machine.max_send);
    struct iovec iov = { 0 };

    m.begun = c->stream->begun;
    atomic_fetch_add_explicit(&l->refs, 1, memory_order_relaxed); /* c's goes with the head */
    if (!fault) {
        (void)!send_out(l, c, &m);
    } else {
        iov = (struct iovec){ fault->ptr, fault->len };
        if (!fault->ptr || atomic_load(&l->broken) ||
            transport_send(l->source.fd, &iov, 1, transport_deadline_in(STALLED_MS)))
            rpc_server_link_break(l);
        buf_free(fault);
    }
    head_drop(l);
    if (fewer_wait(l, 1))
        pump(l, false);
    rpc_server_link_unref(l);
}

/* ---- a callback's request ---- */

enum err rpc_server_link_call_back(struct rpc_server_link *l, struct rpc_server_call *c,
                                   const struct rpc_message *m)
{
    sem_t turn;
    enum err e;

    sem_init(&turn, 0, 0);
    take_turn(l, rpc_server_call_ref(c), &turn);
    e = send_out(l, c, m);
    c->sending.turn = NULL;
    head_drop(l); /* and the reference */
    if (fewer_wait(l, 1))
        rpc_server_sending_pump(l);
    sem_destroy(&turn);
    return e;
}

void rpc_server_link_flow(struct rpc_server_link *l, struct rpc_server_call *c)
{
    atomic_fetch_add_explicit(&l->refs, 1, memory_order_relaxed);
    c->sending.call = c;
    c->sending.flows = true;
    push(l, &c->sending);
    rpc_server_gather_end(l); /* whose turn it was: perhaps this thread's */
    rpc_server_together_flush();
    rpc_server_link_unref(l);
}

void rpc_server_link_flow_on(struct rpc_server_link *l)
{
    atomic_fetch_add_explicit(&l->refs, 1, memory_order_relaxed);
    pump(l, false);
    rpc_server_link_unref(l);
}

static bool is_brief(const struct rpc_server_call *c)
{
    return !c->more && !c->stream && c->stub.len <= RPC_COPIED_MAX &&
           c->out.w.len <= RPC_COPIED_MAX;
}

void rpc_server_link_respond_adopt(struct rpc_server_link *l, struct rpc_server_call *c)
{
    atomic_fetch_add_explicit(&l->refs, 1, memory_order_relaxed); /* c's may go while pumping */
    atomic_store_explicit(&l->brief, is_brief(c), memory_order_relaxed);
    c->sending.call = c;
    push(l, &c->sending);
    rpc_server_link_unref(l);
}

void rpc_server_link_send_adopt(struct rpc_server_link *l, struct buf bytes)
{
    struct rpc_sending *s = mem_zero(sizeof *s);

    if (!s) {
        buf_free(&bytes);
        rpc_server_link_break(l);
        return;
    }
    s->bytes = bytes;
    push(l, s);
}
