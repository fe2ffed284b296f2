/* SPDX-License-Identifier: Apache-2.0
 * connection.c - a client's connection: made, bound, sent on, received from.
 */
#include "rpc/connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"

#include <countersign/rpcdce.h>

enum {
    IDLE_TRUST = 50,   /* ms an idle connection is used again without a look at it */
    SECURITY_ID = 1,   /* a connection has one security context at most */
    COM_INFINITE = 10, /* RPC_C_BINDING_INFINITE_TIMEOUT */
    QUIET = 60,        /* seconds of silence for each step of the communications time-out */
};

static int64_t deadline_in(uint32_t timeout)
{
    return timeout ? transport_deadline_in(timeout) : TRANSPORT_NO_DEADLINE;
}

/* What a failure before any call was sent means to the caller. */
static enum err not_executed(const struct rpc_connection *c, enum err e)
{
    const struct rpc_association *a = c->association;

    if (e != ERR_CONNECT && e != ERR_TIMEOUT)
        return e;
    detail_begin("bind"); /* the transport knew a descriptor only */
    detail_remedy(e == ERR_TIMEOUT && a->transport->queued ? "Raise RPC_C_OPT_CALL_TIMEOUT."
                  : e == ERR_TIMEOUT
                      ? "Is an RPC server there? RpcMgmtSetComTimeout gives it longer."
                      : "The server's log says why; the call was not sent yet, and "
                        "may be made again.");
    return detail_fail(ERR_RPC_NOT_EXECUTED, "%s:%s[%s] %s", a->transport->protseq, a->host,
                       a->endpoint,
                       e == ERR_TIMEOUT ? "did not answer the bind in time"
                                        : "closed the connection while it was bound");
}

/* ---- one bind or alter_context, and its answers ---- */

static enum err send_written(struct rpc_connection *c, struct writer *out, int64_t deadline)
{
    struct iovec iov = { out->ptr, out->len };
    enum err e = out->err;

    if (!e && out->len) {
        lock_take(&c->sending);
        e = transport_send(c->fd, &iov, 1, deadline);
        lock_give(&c->sending);
    }
    writer_done(out);
    *out = writer_new(RPC_CLIENT_PDU_MAX);
    return e;
}

/* What is read in one piece wakes a waiting reader once for nothing, which is cheap. */
static bool waits_in_recv(const struct rpc_connection *c)
{
    return !c->association->transport->wakes_readers ||
           (c->brief && !rpc_inbound_pending(&c->inbound));
}

static enum err receive(struct rpc_connection *c, const struct iovec *iov, size_t pieces,
                        int64_t deadline, size_t *ret)
{
    enum err e;

    if (!c->beside && waits_in_recv(c))
        return transport_receive(c->fd, iov, pieces, deadline, ret);
    if (c->beside && !rpc_inbound_pending(&c->inbound))
        rpc_descriptors_drop(c->rights);
    do {
        e = transport_wait(c->fd, POLLIN, -1, deadline, NULL);
        if (!e)
            e = c->beside ? rpc_descriptors_receive(c->fd, iov, pieces, c->rights, ret)
                          : transport_receive_now(c->fd, iov, pieces, ret);
    } while (e == ERR_INCOMPLETE);
    return e;
}

/* The next whole thing; waits for it. */
OFTEN static enum err next_received(struct rpc_connection *c, int64_t deadline, uint32_t timeout,
                                    struct rpc_received *ret)
{
    struct iovec iov[RPC_INBOUND_IOV];
    size_t pieces, n;
    enum err e;

    for (;;) {
        e = rpc_inbound_next(&c->inbound, ret);
        if (e || ret->event != RPC_EVENT_MORE)
            return e;
        e = rpc_inbound_room(&c->inbound, iov, &pieces);
        if (!e)
            e = receive(c, iov, pieces, timeout ? deadline_in(timeout) : deadline, &n);
        if (e)
            return e;
        if (!n)
            return detail_fail(ERR_CONNECT, "the server closed the connection");
        rpc_inbound_filled(&c->inbound, n);
    }
}

static enum err converse(struct rpc_connection *c, struct writer *out, int64_t deadline)
{
    enum rpc_client_outcome outcome = RPC_CLIENT_WAIT;
    enum err e = send_written(c, out, deadline);

    while (!e && outcome == RPC_CLIENT_WAIT) {
        struct rpc_received r;

        e = next_received(c, deadline, 0, &r);
        if (e)
            break;
        e = rpc_client_receive(&c->client, &r, out, &outcome);
        if (r.event == RPC_EVENT_CALL)
            rpc_block_put(r.block);
        if (!e || out->len) {
            enum err sent = send_written(c, out, deadline);

            e = e ? e : sent;
        }
    }
    return not_executed(c, e);
}

enum err rpc_connection_alter(struct rpc_connection *c, const struct rpc_syntax *interface,
                              unsigned syntaxes, int64_t deadline)
{
    struct writer out = writer_new(RPC_CLIENT_PDU_MAX);
    enum err e = rpc_client_alter(&c->client, interface, syntaxes, &out);

    if (!e)
        e = converse(c, &out, deadline);
    writer_done(&out);
    return e;
}

static enum err bind_first(struct rpc_connection *c, const struct rpc_syntax *interface,
                           unsigned syntaxes, int64_t deadline)
{
    struct writer out = writer_new(RPC_CLIENT_PDU_MAX);
    uint32_t group;
    enum err e = rpc_association_join(c->association, deadline, &group);

    if (e)
        return not_executed(c, e);
    c->joined = true;
    e = rpc_client_bind(&c->client, interface, syntaxes, group, &out);
    if (!e)
        e = converse(c, &out, deadline);
    rpc_association_joined(c->association, e ? 0 : c->client.group);
    writer_done(&out);
    return e;
}

/* ---- made and ended ---- */

static enum err new_security(const struct rpc_identity *identity, struct rpc_security **ret)
{
    struct rpc_security_client how = { 0 };
    enum err e;

    if (identity->ask.local) {
        e = rpc_security_new_local(false, SECURITY_ID, ret);
        if (!e)
            (*ret)->identify = rpc_identity_impersonation(identity) == RPC_C_IMP_LEVEL_IDENTIFY;
        return e;
    }
    how.credential = &identity->credential;
    how.target = identity->principal;
    how.type = (uint8_t)identity->service;
    how.level = (uint8_t)identity->level;
    how.context_id = SECURITY_ID;
    how.flags = rpc_identity_flags(identity);
    return rpc_security_new_client(&how, ret);
}

/* A server on this host is told by the kernel, and that once. */
static enum err prove_account(const struct rpc_connection *c)
{
    const uid_t now = geteuid(), uid = c->identity ? c->identity->uid : c->uid;

    if ((c->identity && !c->identity->ask.local) || uid == now)
        return ERR_OK;
    detail_remedy("Make a binding anew, or authenticate this one with RPC_C_QOS_IDENTITY_DYNAMIC.");
    return detail_fail(ERR_RPC_AUTH_IDENTITY,
                       "ncalrpc: the binding is for calls by uid %u; the kernel would say %u", uid,
                       now);
}

/* Of a local server and this client, before a byte is sent. */
static enum err prove_server(const struct rpc_connection *c)
{
    static const struct rpc_local_server anybody_known;
    const struct rpc_identity *identity = c->identity;
    enum err e = prove_account(c);

    if (e)
        return e;
    return rpc_local_server_check(c->association->transport, c->fd,
                                  identity ? &identity->ask.server : &anybody_known);
}

static enum err connect_to(struct rpc_connection *c, int64_t deadline)
{
    const struct rpc_association *a = c->association;
    enum err e = a->transport->connect(a->host, a->endpoint, deadline, &c->fd);

    if (!e)
        return a->transport->peer ? prove_server(c) : ERR_OK;
    c->fd = -1;
    if (a->transport->queued) /* what it says is the call's */
        return e;
    if (e == ERR_NO_MEMORY || e == ERR_INVALID_PARAMETER || e == ERR_RPC_ADDRESS ||
        e == ERR_RPC_PROTSEQ)
        return e;
    return detail_fail(ERR_RPC_UNAVAILABLE, "no server at %s:%s[%s]: %s", a->transport->protseq,
                       a->host, a->endpoint, err_text(e));
}

enum err rpc_connection_new(struct rpc_association *a, struct rpc_identity *identity, uid_t uid,
                            const struct rpc_syntax *interface, unsigned syntaxes, int64_t deadline,
                            struct rpc_connection **ret)
{
    static const struct rpc_limits limits = { RPC_FRAGMENT_MAX, RPC_STUB_MAX };
    struct rpc_connection *c = mem_zero(sizeof *c);
    struct rpc_security *security = NULL;
    enum err e = ERR_OK;

    if (!c)
        return ERR_NO_MEMORY;
    c->fd = -1;
    c->association = a;
    c->generation = rpc_association_generation();
    c->identity = rpc_identity_ref(identity);
    c->uid = uid;
    pthread_mutex_init(&c->gathering, NULL);
    rpc_inbound_init(&c->inbound, false, &limits, &c->client.securities);
    if (a->transport->peer) {
        c->rights = mem_zero(sizeof *c->rights);
        e = c->rights ? ERR_OK : ERR_NO_MEMORY;
    }
    if (!e && identity)
        e = new_security(identity, &security);
    if (!e)
        e = rpc_client_init(&c->client, security);
    if (!e)
        e = connect_to(c, deadline);
    if (!e)
        e = bind_first(c, interface, syntaxes, deadline);
    if (!e && identity)
        e = rpc_identity_got(identity, c->client.security->granted);
    if (e) {
        rpc_association_tell(a);
        rpc_connection_free(c);
    } else {
        *ret = c;
    }
    return e;
}

OFTEN bool rpc_connection_suits(const struct rpc_connection *c, const struct rpc_identity *identity,
                                uid_t uid)
{
    if (!identity && c->association->transport->local && c->uid != uid)
        return false;
    return rpc_identity_alike(c->identity, identity);
}

static void leave(struct rpc_connection *c)
{
    if (c->joined)
        rpc_association_left(c->association);
    c->joined = false;
}

void rpc_connection_free(struct rpc_connection *c)
{
    if (!c)
        return;
    if (c->fd >= 0)
        close(c->fd);
    rpc_descriptors_drop(c->rights);
    mem_free(c->rights);
    leave(c);
    rpc_inbound_done(&c->inbound);
    rpc_client_done(&c->client);
    rpc_identity_unref(c->identity);
    rpc_block_put(c->leaving.block);
    rpc_block_put(c->gathered.block);
    pthread_mutex_destroy(&c->gathering);
    mem_free(c);
}

bool rpc_connection_is_open(const struct rpc_connection *c)
{
    return c->client.state == RPC_CLIENT_OPEN && !c->client.closing &&
           !(c->rights && c->rights->count);
}

bool rpc_connection_is_stale(struct rpc_connection *c)
{
    uint8_t byte;

    if (c->generation != rpc_association_generation())
        return true;
    if (rpc_idle_now() - c->used < IDLE_TRUST)
        return false;
    /* Nothing is out: whatever is there, an end or a shutdown, ends it. */
    return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

void rpc_connection_watch(struct rpc_connection *c, uint32_t com_timeout)
{
    const struct transport *t = c->association->transport;

    if (c->watched == com_timeout + 1)
        return;
    c->watched = com_timeout + 1;
    if (t->keep_alive)
        t->keep_alive(c->fd, com_timeout == COM_INFINITE ? 0 : QUIET * c->watched);
}

/* ---- a call's bytes ---- */

/* With what travels beside the first of its bytes. */
static enum err send_first(struct rpc_connection *c, const struct ndr_handles *h,
                           struct iovec **iov, size_t *n, uint32_t timeout)
{
    int64_t deadline = deadline_in(timeout);
    size_t sent = 0, used;
    enum err e;

    do {
        e = transport_send_rights(c->fd, *iov, *n, h->fd, h->count, false, &sent);
        if (e != ERR_INCOMPLETE)
            break;
        e = transport_wait(c->fd, POLLOUT, -1, deadline, NULL);
    } while (!e);
    used = e ? 0 : transport_iov_skip(*iov, *n, sent);
    *iov += used;
    *n -= used;
    return e;
}

OFTEN static enum err send_batches(struct rpc_connection *c, const struct rpc_message *m,
                                   uint32_t timeout, bool *ret_begun)
{
    struct rpc_outbound o;
    struct iovec *iov;
    size_t n = 0;
    const struct ndr_handles *handles = m->begun ? NULL : m->handles;
    enum err e = rpc_connection_send_gathered(c, deadline_in(timeout));

    if (!e)
        e = rpc_outbound_begin(&o, m);
    while (!e && !o.ended) {
        e = rpc_outbound_next(&o, &iov, &n);
        if (e)
            break;
        *ret_begun = true;
        if (handles)
            e = send_first(c, handles, &iov, &n, timeout);
        handles = NULL;
        if (!e)
            e = transport_send(c->fd, iov, n, deadline_in(timeout));
    }
    return e;
}

/* A server that is gone needs no telling; nor one that has yet to take the request. */
static void send_short(struct rpc_connection *c, uint64_t due)
{
    int64_t deadline = transport_deadline_in(IDLE_TRUST);
    uint8_t room[RPC_HEADER_SIZE];
    struct writer out = writer_over(room, sizeof room);
    struct iovec iov;

    rpc_client_cancel_write((uint32_t)(due >> 8), (enum rpc_type)(due & 0xff), &out);
    iov = (struct iovec){ out.ptr, out.len };
    if (!out.err && !rpc_connection_send_gathered(c, deadline))
        (void)!transport_send(c->fd, &iov, 1, deadline);
}

/* Whoever is sending sees to what is due when it has done; so nobody waits for a server that takes
 * a long request slowly, in order to tell it that the request is not wanted. */
OFTEN void rpc_connection_see_to_due(struct rpc_connection *c)
{
    uint64_t due;

    while (atomic_load(&c->due) && lock_try(&c->sending)) {
        due = atomic_exchange(&c->due, 0);
        if (due)
            send_short(c, due);
        lock_give(&c->sending);
    }
}

OFTEN enum err rpc_connection_send(struct rpc_connection *c, const struct rpc_message *m,
                                   uint32_t timeout, bool *ret_begun)
{
    enum err e;

    *ret_begun = false;
    lock_take(&c->sending);
    c->brief = m->stub.len <= RPC_COPIED_MAX && !m->begun && !m->more;
    e = send_batches(c, m, timeout, ret_begun);
    lock_give(&c->sending);
    rpc_connection_see_to_due(c);
    return e;
}

enum err rpc_connection_say(struct rpc_connection *c, struct bytes pdu, uint32_t timeout)
{
    struct iovec iov = { (void *)(uintptr_t)pdu.ptr, pdu.len };
    enum err e;

    lock_take(&c->sending);
    e = transport_send(c->fd, &iov, 1, deadline_in(timeout));
    lock_give(&c->sending);
    rpc_connection_see_to_due(c);
    return e;
}

/* What the machine makes of it; *ret_answer: it is the call's. */
OFTEN static enum err take_received(struct rpc_connection *c, const struct rpc_received *r,
                                    bool *ret_answer)
{
    struct writer out = writer_new(RPC_CLIENT_PDU_MAX); /* a call's answers make us send nothing */
    enum rpc_client_outcome outcome = RPC_CLIENT_WAIT;
    enum err e = rpc_client_receive(&c->client, r, &out, &outcome);

    if (e && r->event != RPC_EVENT_PDU)
        rpc_block_put(r->block);
    *ret_answer = outcome != RPC_CLIENT_WAIT;
    writer_done(&out);
    return e;
}

OFTEN enum err rpc_connection_receive(struct rpc_connection *c, uint32_t timeout,
                                      struct rpc_received *ret)
{
    bool answer = false;
    enum err e;

    do {
        e = next_received(c, TRANSPORT_NO_DEADLINE, timeout, ret);
        if (!e)
            e = take_received(c, ret, &answer);
    } while (!e && !answer);
    if (e)
        c->client.state = RPC_CLIENT_ENDED;
    return e;
}

static enum err receive_now(struct rpc_connection *c)
{
    struct iovec iov[RPC_INBOUND_IOV];
    size_t pieces, n = 0;
    enum err e = rpc_inbound_room(&c->inbound, iov, &pieces);

    if (!e)
        e = transport_receive_now(c->fd, iov, pieces, &n);
    if (!e && !n)
        e = detail_fail(ERR_CONNECT, "the server closed the connection");
    if (!e)
        rpc_inbound_filled(&c->inbound, n);
    return e;
}

enum err rpc_connection_look(struct rpc_connection *c, struct rpc_received *ret)
{
    bool answer = false;
    enum err e;

    do {
        e = rpc_inbound_next(&c->inbound, ret);
        if (!e)
            e = ret->event == RPC_EVENT_MORE ? receive_now(c) : take_received(c, ret, &answer);
    } while (!e && !answer);
    return e;
}

static bool every_answer(const void *owner, const struct rpc_request *head)
{
    (void)owner;
    (void)head;
    return true;
}

void rpc_connection_in_parts(struct rpc_connection *c, bool on)
{
    c->inbound.in_parts = on ? every_answer : NULL;
}

void rpc_connection_tell(struct rpc_connection *c, uint32_t call_id, enum rpc_type type)
{
    /* In place of what is due already: this may be the timer's thread, which must not wait. */
    atomic_store(&c->due, (uint64_t)call_id << 8 | type);
    rpc_connection_see_to_due(c);
}

void rpc_connection_break(struct rpc_connection *c)
{
    (void)shutdown(c->fd, SHUT_RDWR);
}

void rpc_connection_leave(struct rpc_connection *c)
{
    rpc_connection_break(c);
    leave(c);
}
