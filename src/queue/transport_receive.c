/* SPDX-License-Identifier: Apache-2.0
 * transport_receive.c - messages taken from the queue manager and opened.
 *
 * What will never be executed is settled here, with the reason of its dead letter (reason.h). What
 * cannot be told now, because the directory or the KDC is away, goes back and waits with what its
 * sender has sent after it; others' messages go on. What was executed before, and could not be
 * acknowledged, is acknowledged; a copy of it, which is no delivery of it, is refused.
 */
#include <countersign/rpc.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/policy_value.h"
#include "crypto/sha256.h"
#include "queue/transport_tell.h"

enum {
    INTERFACES_MOST = 256,
    FORGET_SECONDS = 600,
};

/* ---- taken ---- */

static size_t list_interfaces(const struct queued_server *server,
                              struct queue_client_interface to[INTERFACES_MOST])
{
    size_t n = server->count < INTERFACES_MOST ? server->count : INTERFACES_MOST, i;

    for (i = 0; i < n; i++) {
        uuid_write(&server->interfaces[i].uuid, to[i].uuid);
        to[i].major = server->interfaces[i].major;
        to[i].minor = server->interfaces[i].minor;
    }
    return n;
}

/* Said once, until it is there again. */
static void manager_is_away(struct queued_queue *q)
{
    if (!q->away)
        log_warning("queue: %s: no messages come: %s", q->name, detail_get()->text);
    q->away = true;
    queue_rest_begin(q);
}

static void manager_is_there(struct queued_queue *q)
{
    if (q->away)
        log_warning("queue: %s: the queue manager is there again", q->name);
    if (q->away)
        queue_rest_end(q);
    q->away = false;
}

/* ERR_TIMEOUT also where the manager is away: it may come back. */
static enum err take(struct queued_queue *q, const struct queued_server *server, int64_t until,
                     struct queue_way **ret_way, struct queue_received *ret)
{
    struct queue_client_interface interfaces[INTERFACES_MOST];
    int64_t left = until - queue_transport_now();
    struct queue_way *way = NULL;
    enum err e = queue_way_get(q, &way);

    if (e) {
        manager_is_away(q);
        return e == ERR_NO_MEMORY ? e : ERR_TIMEOUT;
    }
    e = queue_client_receive(way->client, interfaces, list_interfaces(server, interfaces),
                             left > 0 ? (uint32_t)left : 0, ret);
    if (!e || e == ERR_TIMEOUT)
        manager_is_there(q);
    if (!e) {
        *ret_way = way;
        return ERR_OK;
    }
    if (e != ERR_TIMEOUT && e != ERR_NO_MEMORY) {
        manager_is_away(q);
        queue_way_lost(q, way);
        e = ERR_TIMEOUT;
    }
    queue_way_unref(way);
    return e;
}

/* ---- begun ---- */

const uint8_t *queue_transport_answers(const struct queued_message *m)
{
    const struct queue_taken *whole = (const struct queue_taken *)(const void *)m;

    return whole->opened.header.reply_to;
}

static enum err check_room(const struct queued_queue *q, const struct queue_taken *m)
{
    struct queue_executed *executed = NULL;
    enum err e = queue_process_executed(&executed);

    if (e)
        return e;
    if (!queue_executed_room(executed, m->expires) ||
        (queue_taken_may_come_itself(m) &&
         !queue_executed_room(executed, m->opened.header.expires)))
        return detail_fail(ERR_RPC_RESOURCES, "%s: no more messages can be remembered as executed",
                           q->name);
    return ERR_OK;
}

enum err queue_transport_begin(struct queued_queue *q, struct queued_message *message)
{
    const struct queue_taken *m = queue_taken_of(message);
    enum err e = check_room(q, m);

    return e ? e : queue_client_begin(m->way->client, m->lease, m->until);
}

/* ---- in a transaction ---- */

/* Of the header's hash, which is the same in every delivery. */
void queue_transport_token(const struct queued_message *message, uint8_t ret[QUEUED_TOKEN])
{
    const struct queue_taken *m = (const struct queue_taken *)(const void *)message;
    const struct bytes parts[] = { bytes_of_text("countersign transaction of a queued call"),
                                   bytes_of(m->opened.mark, QUEUE_MARK) };
    uint8_t hash[CRYPTO_SHA256];

    crypto_sha256(parts, sizeof parts / sizeof *parts, hash);
    memcpy(ret, hash, QUEUED_TOKEN);
}

enum err queue_transport_begin_transaction(struct queued_queue *q, struct queued_message *message)
{
    struct queue_taken *m = queue_taken_of(message);
    enum err e = check_room(q, m);

    if (!e)
        e = queue_client_begin_transaction(m->way->client, m->lease);
    m->transaction = !e;
    return e;
}

enum err queue_transport_submit_joined(const struct queued_call *call, struct queued_queue *q,
                                       struct queued_message *message)
{
    (void)q;
    return queue_transport_send_joined(call, queue_taken_of(message)->lease);
}

/* ---- judged ---- */

struct judgement {
    enum queue_verdict verdict;
    enum queue_refusal refusal;
    const char *why; /* it waits */
};

static struct judgement wait_for(const char *why)
{
    return (struct judgement){ QUEUE_VERDICT_WAIT, QUEUE_REFUSED_NOT, why };
}

static struct judgement refusal_of(enum queue_refusal refusal)
{
    return (struct judgement){ QUEUE_VERDICT_REFUSE, refusal, NULL };
}

/* Under audit: what would be refused. */
static void audit_signature(const struct queued_queue *q, const struct queue_header *h)
{
    char sid[SID_TEXT];

    if (h->level == QUEUE_LEVEL_NONE || h->signed_alone)
        return;
    sid_format(&h->sender, sid);
    (void)policy_forbids(POLICY_QUEUE_SIGNATURES, "a message of %s to queue %s", sid, q->name);
}

/* That a message has expired its queue manager tells, which has no keys. */
static bool is_managers(const struct queued_queue *q, const struct queue_taken *m,
                        const struct queue_header *claimed)
{
    return q->kind == QUEUE_KIND_ACKNOWLEDGEMENT && claimed->level == QUEUE_LEVEL_NONE &&
           !strcmp(m->submitter, queue_client_manager(m->way->client));
}

static bool is_kind(const struct queued_queue *q, enum queue_kind kind)
{
    return kind == q->kind || (kind == QUEUE_KIND_REPLAY && q->kind == QUEUE_KIND_CALL);
}

/* Whether it can be opened, and is. */
static struct judgement open_it(const struct queued_queue *q, struct bytes raw,
                                const struct queue_door *door, enum queue_level level,
                                struct queue_opened *ret, struct key_ring **ret_ring)
{
    struct queue_inward by;
    enum err e = queue_process_inward(level, &by);

    if (e == ERR_NO_CREDENTIALS)
        return refusal_of(QUEUE_REFUSED_RECIPIENT_KEY); /* it can have been sealed to nobody here */
    if (!e && !door->service_count)
        return wait_for("this server has registered no name: RpcServerRegisterAuthInfo");
    if (!e)
        e = queue_open(by.opener, door, raw, ret);
    if (e)
        return wait_for(detail_get()->text);
    *ret_ring = by.ring;
    if (ret->verdict == QUEUE_VERDICT_WAIT)
        return wait_for("the directory cannot say now who its sender is, or no more can be "
                        "remembered");
    if (ret->verdict == QUEUE_VERDICT_OPEN && !is_kind(q, ret->header.kind))
        return refusal_of(QUEUE_REFUSED_KIND);
    if (ret->verdict == QUEUE_VERDICT_OPEN)
        audit_signature(q, &ret->header);
    return (struct judgement){ ret->verdict, ret->refusal, NULL };
}

/* Whose it is beyond its SID. */
static struct judgement know_sender(struct key_ring *ring, const struct queued_server *server,
                                    const struct sid *account, struct queue_sender **ret)
{
    enum queue_verdict verdict = QUEUE_VERDICT_WAIT;
    enum err e = queue_sender_find(ring, server->credential, account, &verdict, ret);

    if (e || verdict == QUEUE_VERDICT_WAIT)
        return wait_for(detail_get()->text);
    return verdict == QUEUE_VERDICT_OPEN ? (struct judgement){ .verdict = verdict }
                                         : refusal_of(QUEUE_REFUSED_SENDER_DISABLED);
}

/* The operator's word is true: whether his word counts here. */
static struct judgement know_replayer(struct queued_queue *q, const struct queued_server *server,
                                      struct key_ring *ring, struct queue_taken *m)
{
    struct judgement j = know_sender(ring, server, &m->word.header.sender, &m->replayer);

    if (j.verdict != QUEUE_VERDICT_OPEN)
        return j;
    switch (queue_replay_may(q, m->replayer)) {
    case QUEUE_VERDICT_OPEN:
        return j;
    case QUEUE_VERDICT_REFUSE:
        return refusal_of(QUEUE_REFUSED_OPERATOR);
    case QUEUE_VERDICT_WAIT:
        break;
    }
    return wait_for("whether its operator may have messages executed again cannot be told now");
}

/* The call that an operator sends again: its own message, which is to be as true as any. */
static struct judgement open_again(struct queued_queue *q, const struct queued_server *server,
                                   struct queue_taken *m, struct key_ring **ring)
{
    struct judgement j = know_replayer(q, server, *ring, m);
    struct queue_message call;
    struct queue_replay replay;
    struct queue_door door;

    if (j.verdict != QUEUE_VERDICT_OPEN)
        return j;
    if (queue_replay_read(m->word.body, &replay) || queue_message_read(replay.message, &call) ||
        !queue_replay_is_of(&m->word.header, &call.header))
        return refusal_of(QUEUE_REFUSED_MALFORMED);
    if (!queue_replay_can(&call.header))
        return refusal_of(QUEUE_REFUSED_KIND);
    bytes_copy(m->reason, replay.reason.ptr, replay.reason.len);
    door = queue_transport_door(q, server, &call.header);
    door.replay = true;
    return open_it(q, replay.message, &door, call.header.level, &m->opened, ring);
}

static struct judgement judge(struct queued_queue *q, const struct queued_server *server,
                              struct queue_taken *m)
{
    struct key_ring *ring = NULL;
    struct queue_message parts;
    struct queue_door door;
    struct judgement j;

    if (queue_message_read(buf_view(m->raw), &parts))
        return refusal_of(QUEUE_REFUSED_MALFORMED);
    door = queue_transport_door(q, server, &parts.header);
    if (is_managers(q, m, &parts.header))
        door.level = QUEUE_LEVEL_NONE;
    j = open_it(q, buf_view(m->raw), &door, parts.header.level, &m->opened, &ring);
    memcpy(m->mark, m->opened.mark, sizeof m->mark);
    m->expires = m->opened.header.expires;
    m->replay = m->opened.header.kind == QUEUE_KIND_REPLAY;
    if (m->replay) {
        m->word = m->opened;
        m->opened = (struct queue_opened){ .verdict = QUEUE_VERDICT_REFUSE };
    }
    if (j.verdict == QUEUE_VERDICT_OPEN && m->replay)
        j = open_again(q, server, m, &ring);
    return j.verdict == QUEUE_VERDICT_OPEN && ring && q->kind == QUEUE_KIND_CALL
               ? know_sender(ring, server, &m->opened.header.sender, &m->sender)
               : j;
}

/* ---- handed out ---- */

static struct queued_syntax syntax_of(const struct uuid *uuid, uint16_t major, uint16_t minor)
{
    return (struct queued_syntax){ *uuid, major, minor };
}

/* What an answer needs. */
static void fill_return(struct queue_taken *m)
{
    const struct queue_header *h = &m->opened.header;

    memcpy(m->reply_queue, h->reply_queue.ptr, h->reply_queue.len);
    memcpy(m->host, h->sender_host.ptr, h->sender_host.len);
    memcpy(m->m.id, h->id, sizeof m->m.id);
    m->m.reply_queue = h->reply_queue.len && !h->acknowledge ? m->reply_queue : NULL;
    m->m.host = m->host;
    m->m.submitter = m->submitter;
    m->m.deliveries = m->deliveries;
}

/* At level none a header proves nothing: whose process sent it the manager knows of the kernel. */
static void name_account(struct queue_taken *m)
{
    if (m->opened.header.level == QUEUE_LEVEL_NONE)
        memcpy(m->account, m->submitter, sizeof m->account);
    else
        sid_format(&m->opened.header.sender, m->account);
    m->account_sids[0] = m->account;
}

static void fill(struct queue_taken *m)
{
    const struct queue_header *h = &m->opened.header;

    m->m = (struct queued_message){
        .interface = syntax_of(&h->interface_id, h->interface_major, h->interface_minor),
        .transfer = syntax_of(&h->syntax, h->syntax_major, h->syntax_minor),
        .opnum = h->opnum,
        .object = h->object,
        .body = m->opened.body,
        .level = (enum queued_level)h->level,
    };
    fill_return(m);
    if (m->sender) {
        memcpy(m->server, h->recipient_spn.ptr, h->recipient_spn.len);
        m->m.server = m->server;
        m->m.sender = m->sender->name;
        m->m.sids = (const char *const *)m->sender->sids;
        m->m.sids_count = m->sender->count;
    } else {
        name_account(m);
        m->m.sids = m->account_sids;
        m->m.sids_count = 1;
    }
    if (m->replay) {
        m->m.replayer = m->replayer->name;
        m->m.replay_reason = m->reason;
    }
}

/* A copy of it may be under way in another thread, or process of this account. */
static struct judgement claim(struct queue_taken *m)
{
    enum queue_executed_claim claim = QUEUE_CLAIM_TAKEN;
    struct queue_executed *executed = NULL;
    enum err e = queue_process_executed(&executed);

    if (!e)
        e = queue_executed_claim(executed, m->mark, m->expires, &claim);
    m->claimed_here = !e && claim == QUEUE_CLAIM_MINE;
    if (m->claimed_here && m->replay) { /* the call itself may be under way, too */
        e = queue_executed_hold(executed, m->opened.mark, &m->held_here);
        claim = m->held_here ? claim : QUEUE_CLAIM_TAKEN;
    }
    if (e)
        return wait_for(detail_get()->text);
    return claim == QUEUE_CLAIM_EXECUTED ? refusal_of(QUEUE_REFUSED_REPLAYED)
           : claim == QUEUE_CLAIM_TAKEN  ? wait_for("a copy of it is executed just now")
                                         : (struct judgement){ .verdict = QUEUE_VERDICT_OPEN };
}

static void say_replay(const struct queued_queue *q, const struct queue_taken *m)
{
    if (m->replay)
        log_audit("queue: %s: %s has a message of %s executed again: %s", q->name, m->m.replayer,
                  m->m.sender, *m->reason ? m->reason : "no reason is given");
}

/* It was executed. What the manager had delivered, or could not be told of, comes again, be it that
 * its sender has heard nothing; all else is a copy. */
static struct judgement come_again(struct queue_taken *m, bool *ret_again)
{
    struct queue_executed *executed = NULL;
    enum err e = queue_process_executed(&executed);

    if (!e && !m->claimed_here)
        e = queue_executed_hold(executed, m->mark, &m->claimed_here);
    if (e)
        return wait_for(detail_get()->text);
    if (!m->claimed_here)
        return wait_for("the queue manager is just told that it was executed");
    *ret_again = queue_executed_untold_take(executed, m->mark, m->submitter) || m->deliveries;
    return refusal_of(QUEUE_REFUSED_REPLAYED);
}

/* NULL, where it is settled. */
static struct queue_taken *look_at(struct queued_queue *q, const struct queued_server *server,
                                   struct queue_taken *m)
{
    struct judgement j = judge(q, server, m);
    bool again = false;

    if (j.verdict == QUEUE_VERDICT_OPEN)
        j = claim(m);
    if (j.verdict == QUEUE_VERDICT_REFUSE && j.refusal == QUEUE_REFUSED_REPLAYED)
        j = come_again(m, &again);
    if (j.verdict == QUEUE_VERDICT_OPEN) {
        fill(m);
        say_replay(q, m);
        return m;
    }
    if (again)
        queue_tell_executed(q, m);
    else if (j.verdict == QUEUE_VERDICT_REFUSE)
        queue_tell_refused(q, m, j.refusal);
    else
        queue_tell_waits(q, m, j.why);
    queue_taken_free(m);
    return NULL;
}

/* One message, or none where what came is settled. */
static enum err receive_one(struct queued_queue *q, const struct queued_server *server,
                            int64_t until, struct queue_taken **ret)
{
    struct queue_taken *m = mem_zero(sizeof *m);
    struct queue_received r;
    enum err e = m ? take(q, server, until, &m->way, &r) : ERR_NO_MEMORY;

    if (e) {
        mem_free(m);
        return e;
    }
    m->lease = r.lease;
    m->until = r.until;
    m->deliveries = r.deliveries;
    m->raw = r.message;
    memcpy(m->submitter, r.submitter, sizeof m->submitter);
    *ret = look_at(q, server, m);
    return ERR_OK;
}

static void forget_old(struct queued_queue *q)
{
    struct queue_executed *executed = NULL;

    if (queue_clock() - q->expired < FORGET_SECONDS)
        return;
    q->expired = queue_clock();
    if (!queue_process_executed(&executed))
        queue_executed_expire(executed, queue_now());
}

enum err queue_transport_receive(struct queued_queue *q, const struct queued_server *server,
                                 uint32_t wait_ms, struct queued_message **ret)
{
    int64_t until = queue_transport_now() + wait_ms;
    struct queue_taken *m = NULL;
    enum err e = ERR_OK;

    forget_old(q);
    do {
        if (!queue_rest_over(q, until))
            return ERR_TIMEOUT;
        e = receive_one(q, server, until, &m);
    } while (!e && !m && queue_transport_now() < until);
    if (!e && !m)
        return ERR_TIMEOUT;
    if (!e)
        *ret = &m->m;
    return e;
}
