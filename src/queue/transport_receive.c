/* SPDX-License-Identifier: Apache-2.0
 * transport_receive.c - messages taken from the queue manager and opened, and what became of them.
 *
 * What will never be executed is settled here, with the reason of its dead letter (reason.h). What
 * cannot be told now, because the directory or the KDC is away, goes back and waits with what its
 * sender has sent after it; others' messages go on. What was executed and could not be acknowledged
 * is given out again by the manager: it is acknowledged, and not executed. A copy of it, which is
 * no delivery of it, is refused.
 */
#include <countersign/rpc.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/policy_value.h"
#include "crypto/sha256.h"
#include "queue/acknowledge.h"
#include "queue/process.h"
#include "queue/reason.h"
#include "queue/replay.h"
#include "queue/transport_queue.h"

enum {
    INTERFACES_MOST = 256,
    FORGET_SECONDS = 600,
    WAITS_SECONDS = 60, /* until it is said again that a message waits */
};

struct message {
    struct queued_message m; /* first: it is what is handed out */
    struct queue_way *way;
    uint64_t lease, until;
    uint32_t deliveries;
    bool transaction;  /* it is executed in one */
    bool claimed_here; /* nobody else executes it, or tells that it was executed, meanwhile */
    struct buf raw;
    uint8_t mark[QUEUE_MARK]; /* of what the queue manager gave, by which it is known as executed */
    uint64_t expires;
    struct queue_opened opened;  /* the call */
    struct queue_sender *sender; /* NULL at level none */
    bool replay;                 /* an operator has it executed: */
    bool held_here;              /* the call's own mark */
    struct queue_opened word;    /* the operator's, which is what the manager gave */
    struct queue_sender *replayer;
    char reason[QUEUE_REPLAY_REASON + 1];
    char account[QUEUE_ACCOUNT_TEXT]; /* its sender's, where that has no more */
    const char *account_sids[1];
    char server[QUEUE_SPN_MAX + 1];
    char reply_queue[QUEUE_NAME_MAX + 1], host[QUEUE_HOST_MAX + 1], submitter[QUEUE_ACCOUNT_TEXT];
};

static struct message *message_of(struct queued_message *m)
{
    return (struct message *)(void *)m;
}

static void message_free(struct message *m)
{
    struct queue_executed *executed = NULL;

    if (m->claimed_here && !queue_process_executed(&executed))
        queue_executed_release(executed, m->mark);
    if (m->held_here && !queue_process_executed(&executed))
        queue_executed_release(executed, m->opened.mark);
    queue_opened_done(&m->opened);
    queue_opened_done(&m->word);
    buf_free(&m->raw);
    queue_sender_unref(m->sender);
    queue_sender_unref(m->replayer);
    queue_way_unref(m->way);
    mem_free(m);
}

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

/* ---- settled ---- */

static void tell(const struct queued_queue *q, const struct message *m, enum queue_outcome outcome,
                 uint32_t reason, bool *ret_told)
{
    enum err e = queue_client_outcome(m->way->client, m->lease, outcome, reason);

    if (e)
        log_debug("queue: %s: what became of a message could not be told: %s", q->name,
                  detail_get()->text);
    *ret_told = !e;
}

/* The sender hears of it: not who is only named, whom a forger would have us tell that a message of
 * his was refused. */
static void tell_sender(const struct queued_queue *q, const struct message *m,
                        enum queue_outcome outcome, uint32_t reason)
{
    if (q->kind == QUEUE_KIND_CALL && m->opened.proven)
        queue_acknowledge(&m->opened.header, outcome, reason);
}

/* Both. */
static void conclude(const struct queued_queue *q, const struct message *m,
                     enum queue_outcome outcome, uint32_t reason)
{
    bool told;

    tell(q, m, outcome, reason, &told);
    tell_sender(q, m, outcome, reason);
}

/* Its sender has heard long ago what became of the call, and asks nothing of operators. */
static void refuse_replay(const struct queued_queue *q, const struct message *m,
                          enum queue_refusal refusal)
{
    char sid[SID_TEXT];
    bool told;

    sid_format(&m->word.header.sender, sid);
    log_audit("queue: %s: what %s (%s) sends again is refused: %s", q->name, sid,
              m->replayer ? m->replayer->name : "unproven", queue_refusal_text(refusal));
    tell(q, m, QUEUE_REFUSED, queue_reason_of_refusal(refusal), &told);
}

static void refuse(struct queued_queue *q, const struct message *m, enum queue_refusal refusal)
{
    char sid[SID_TEXT];

    if (m->replay) {
        refuse_replay(q, m, refusal);
        return;
    }
    sid_format(&m->opened.header.sender, sid);
    log_audit("queue: %s: a message that says it is from %s is refused: %s", q->name, sid,
              queue_refusal_text(refusal));
    conclude(q, m, QUEUE_REFUSED, queue_reason_of_refusal(refusal));
}

static void put_back(struct queued_queue *q, const struct message *m, const char *why)
{
    bool told;

    if (!q->waits_told || queue_clock() - q->waits_told >= WAITS_SECONDS) {
        log_warning("queue: %s: a message waits: %s", q->name, why);
        q->waits_told = queue_clock();
    } else {
        log_debug("queue: %s: a message waits: %s", q->name, why);
    }
    tell(q, m, QUEUE_RETURNED, 0, &told);
}

/* A call that an operator has sent again is remembered as well, while it can come once more. */
static bool may_come_itself(const struct message *m)
{
    return m->replay && m->opened.verdict == QUEUE_VERDICT_OPEN &&
           m->opened.header.expires + QUEUE_SKEW >= queue_now();
}

/* Remembered for good, before the manager forgets it. */
static enum err remember(const struct message *m)
{
    struct queue_executed *executed = NULL;
    uint64_t number = 0;
    enum err e = queue_process_executed(&executed);

    if (!e && may_come_itself(m))
        e = queue_executed_add(executed, m->opened.mark, m->opened.header.expires, &number);
    if (!e)
        e = queue_executed_add(executed, m->mark, m->expires, &number);
    return e ? e : queue_executed_sync(executed, number);
}

/* The manager may give it out again, to whoever is of this account, or have it sent again. */
static void note_untold(const uint8_t mark[QUEUE_MARK], uint64_t expires, const char *from)
{
    struct queue_executed *executed = NULL;

    if (!queue_process_executed(&executed))
        queue_executed_untold(executed, mark, expires, from, queue_now());
}

struct telling { /* a call that nobody waits for */
    struct queued_queue *q;
    uint8_t mark[QUEUE_MARK];
    uint64_t expires;
    char from[QUEUE_ACCOUNT_TEXT];
    bool claimed; /* until it is told */
};

static void telling_end(struct telling *t)
{
    struct queue_executed *executed = NULL;

    if (t->claimed && !queue_process_executed(&executed))
        queue_executed_release(executed, t->mark);
    atomic_fetch_sub(&t->q->telling, 1);
    mem_free(t);
}

/* By the library's thread, before the way is closed. */
static void on_told(void *arg, enum err e)
{
    struct telling *t = arg;

    if (e) {
        log_debug("queue: %s: what became of a message could not be told: %s", t->q->name,
                  detail_get()->text);
        note_untold(t->mark, t->expires, t->from);
    }
    telling_end(t);
}

/* With the message's claim; NULL: too many are on their way. */
static struct telling *telling_new(struct queued_queue *q, struct message *m)
{
    struct telling *t =
        atomic_fetch_add(&q->telling, 1) < QUEUE_TELLING_MOST ? mem_alloc(sizeof *t) : NULL;

    if (!t) {
        atomic_fetch_sub(&q->telling, 1);
        return NULL;
    }
    t->q = q;
    memcpy(t->mark, m->mark, sizeof t->mark);
    t->expires = m->expires;
    memcpy(t->from, m->submitter, sizeof t->from);
    t->claimed = m->claimed_here;
    m->claimed_here = false;
    return t;
}

/* Nobody has to wait for the manager's disk: given out again, the message is not executed, since
 * that is remembered here. False: it is not on its way. */
static bool tell_later(struct queued_queue *q, struct message *m)
{
    struct telling *t = telling_new(q, m);

    if (t && !queue_client_tell(m->way->client, m->lease, QUEUE_EXECUTED, 0, on_told, t))
        return true;
    if (t) { /* who calls tells it */
        m->claimed_here = t->claimed;
        t->claimed = false;
        telling_end(t);
    }
    return false;
}

static void acknowledge(struct queued_queue *q, struct message *m)
{
    enum err e = remember(m);
    bool told;

    if (!e && !m->transaction && !m->opened.header.acknowledge && tell_later(q, m))
        return;

    if (e)
        log_warning("queue: %s: what was executed could not be remembered: %s", q->name,
                    detail_get()->text);
    if (e && m->transaction) /* what it has sent stays: its application will be asked */
        tell(q, m, QUEUE_RETURNED, 0, &told);
    else if (e)
        tell(q, m, QUEUE_FAILED, queue_reason_of_status((uint32_t)RPC_S_OUT_OF_RESOURCES), &told);
    else
        tell(q, m, QUEUE_EXECUTED, 0, &told);
    if (!told)
        note_untold(m->mark, m->expires, m->submitter);
    if (!e)
        tell_sender(q, m, QUEUE_EXECUTED, 0);
}

void queue_transport_settle(struct queued_queue *q, struct queued_message *message,
                            const struct queued_outcome *outcome)
{
    struct message *m = message_of(message);
    bool told;

    switch (outcome->end) {
    case QUEUED_EXECUTED:
        acknowledge(q, m);
        break;
    case QUEUED_FAILED:
        conclude(q, m, QUEUE_FAILED, queue_reason_of_status(outcome->status));
        break;
    case QUEUED_REFUSED:
        conclude(q, m, QUEUE_REFUSED, queue_reason_of_status(outcome->status));
        break;
    case QUEUED_RETURNED:
        tell(q, m, QUEUE_RETURNED, 0, &told);
        break;
    }
    message_free(m);
}

const uint8_t *queue_transport_answers(const struct queued_message *m)
{
    const struct message *whole = (const struct message *)(const void *)m;

    return whole->opened.header.reply_to;
}

static enum err check_room(const struct queued_queue *q, const struct message *m)
{
    struct queue_executed *executed = NULL;
    enum err e = queue_process_executed(&executed);

    if (e)
        return e;
    if (!queue_executed_room(executed, m->expires) ||
        (may_come_itself(m) && !queue_executed_room(executed, m->opened.header.expires)))
        return detail_fail(ERR_RPC_RESOURCES, "%s: no more messages can be remembered as executed",
                           q->name);
    return ERR_OK;
}

enum err queue_transport_begin(struct queued_queue *q, struct queued_message *message)
{
    const struct message *m = message_of(message);
    enum err e = check_room(q, m);

    return e ? e : queue_client_begin(m->way->client, m->lease, m->until);
}

/* ---- in a transaction ---- */

/* Of the header's hash, which is the same in every delivery. */
void queue_transport_token(const struct queued_message *message, uint8_t ret[QUEUED_TOKEN])
{
    const struct message *m = (const struct message *)(const void *)message;
    const struct bytes parts[] = { bytes_of_text("countersign transaction of a queued call"),
                                   bytes_of(m->opened.mark, QUEUE_MARK) };
    uint8_t hash[CRYPTO_SHA256];

    crypto_sha256(parts, sizeof parts / sizeof *parts, hash);
    memcpy(ret, hash, QUEUED_TOKEN);
}

enum err queue_transport_begin_transaction(struct queued_queue *q, struct queued_message *message)
{
    struct message *m = message_of(message);
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
    return queue_transport_send_joined(call, message_of(message)->lease);
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
static bool is_managers(const struct queued_queue *q, const struct message *m,
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
                                      struct key_ring *ring, struct message *m)
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
                                   struct message *m, struct key_ring **ring)
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
                              struct message *m)
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
static void fill_return(struct message *m)
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
static void name_account(struct message *m)
{
    if (m->opened.header.level == QUEUE_LEVEL_NONE)
        memcpy(m->account, m->submitter, sizeof m->account);
    else
        sid_format(&m->opened.header.sender, m->account);
    m->account_sids[0] = m->account;
}

static void fill(struct message *m)
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
static struct judgement claim(struct message *m)
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

static void say_replay(const struct queued_queue *q, const struct message *m)
{
    if (m->replay)
        log_audit("queue: %s: %s has a message of %s executed again: %s", q->name, m->m.replayer,
                  m->m.sender, *m->reason ? m->reason : "no reason is given");
}

/* It was executed. What the manager had delivered, or could not be told of, comes again, be it that
 * its sender has heard nothing; all else is a copy. */
static struct judgement come_again(struct message *m, bool *ret_again)
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
static struct message *look_at(struct queued_queue *q, const struct queued_server *server,
                               struct message *m)
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
        acknowledge(q, m);
    else if (j.verdict == QUEUE_VERDICT_REFUSE)
        refuse(q, m, j.refusal);
    else
        put_back(q, m, j.why);
    message_free(m);
    return NULL;
}

/* One message, or none where what came is settled. */
static enum err receive_one(struct queued_queue *q, const struct queued_server *server,
                            int64_t until, struct message **ret)
{
    struct message *m = mem_zero(sizeof *m);
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
    struct message *m = NULL;
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
