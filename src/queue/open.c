/* SPDX-License-Identifier: Apache-2.0
 * open.c - see envelope.h: the receiver's side.
 *
 * First what the header claims is held against what is wanted here, which costs nothing; then who
 * the sender is; then whether all of it is true. Whether it was executed before is asked last: only
 * an authentic message is said to be another's repetition.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "queue/agreement.h"
#include "queue/envelope.h"
#include "queue/executed.h"
#include "spn/spn.h"

struct queue_opener {
    const struct queue_keys *keys;
    struct queue_executed *executed;
    struct queue_verified *verified;
};

/* One message under way. e is this process's error; refusal and wait are the outcome. */
struct opening {
    struct queue_opener *o;
    const struct queue_door *door;
    struct queue_message m;
    struct queue_key own, sender;
    uint8_t exporter[CRYPTO_HKDF];
    enum queue_refusal refusal;
    bool wait;
    struct queue_opened *ret;
};

enum err queue_opener_new(const struct queue_keys *keys, struct queue_executed *executed,
                          struct queue_opener **ret)
{
    struct queue_opener *o = mem_zero(sizeof *o);
    enum err e;

    if (!o)
        return ERR_NO_MEMORY;
    o->keys = keys;
    o->executed = executed;
    e = queue_verified_new(&o->verified);
    if (e)
        mem_free(o);
    else
        *ret = o;
    return e;
}

void queue_opener_free(struct queue_opener *o)
{
    if (!o)
        return;
    queue_verified_free(o->verified);
    mem_free(o);
}

static bool serves(const struct queue_door *d, struct bytes spn)
{
    char text[QUEUE_SPN_MAX + 1];
    size_t i;

    memcpy(text, spn.ptr, spn.len);
    text[spn.len] = 0;
    for (i = 0; i < d->service_count; i++)
        if (spn_same(text, d->services[i]))
            return true;
    return false;
}

static enum queue_refusal wrong_time(const struct queue_header *h, const struct queue_door *d)
{
    if (h->expires < d->now && !d->replay)
        return QUEUE_REFUSED_EXPIRED;
    if (h->created > d->now && h->created - d->now > d->skew)
        return QUEUE_REFUSED_NOT_YET;
    if (d->lifetime_max && h->expires - h->created > d->lifetime_max)
        return QUEUE_REFUSED_LIFETIME;
    return QUEUE_REFUSED_NOT;
}

/* What can be told by what the header claims. */
static enum queue_refusal claims(const struct opening *p)
{
    const struct queue_header *h = &p->m.header;

    if (!bytes_equal(h->queue, p->door->queue))
        return QUEUE_REFUSED_QUEUE;
    if (!sid_equal(&h->recipient, p->o->keys->account))
        return QUEUE_REFUSED_RECIPIENT;
    if (!serves(p->door, h->recipient_spn))
        return QUEUE_REFUSED_SERVICE;
    if (h->level < p->door->level)
        return QUEUE_REFUSED_LEVEL;
    if (p->door->signed_alone && !h->signed_alone)
        return QUEUE_REFUSED_UNSIGNED;
    return wrong_time(h, p->door);
}

static enum err find_own(struct opening *p)
{
    const struct queue_keys *keys = p->o->keys;
    enum err e = keys->own_agreement(keys->arg, p->m.header.recipient_key, &p->own);

    if (e != ERR_NOT_FOUND)
        return e;
    p->refusal = QUEUE_REFUSED_RECIPIENT_KEY;
    return ERR_OK;
}

static enum err find_sender(struct opening *p)
{
    const struct queue_header *h = &p->m.header;
    const struct queue_keys *keys = p->o->keys;
    enum queue_key_state state = QUEUE_KEY_UNKNOWN;
    enum err e = keys->peer_signing(keys->arg, &h->sender, h->sender_host, h->sender_key, &state,
                                    &p->sender);

    if (e)
        return e;
    switch (state) {
    case QUEUE_KEY_FOUND:
        break;
    case QUEUE_KEY_UNKNOWN:
        p->refusal = QUEUE_REFUSED_SENDER_UNKNOWN;
        break;
    case QUEUE_KEY_REVOKED:
        p->refusal = QUEUE_REFUSED_SENDER_REVOKED;
        break;
    case QUEUE_KEY_DISABLED:
        p->refusal = QUEUE_REFUSED_SENDER_DISABLED;
        break;
    case QUEUE_KEY_UNSURE:
        p->wait = true;
        break;
    }
    return ERR_OK;
}

/* These errors are made by what was sent: refusals. */
static enum err refuse_for(struct opening *p, enum err e, enum queue_refusal refusal)
{
    if (e != ERR_ALTERED && e != ERR_MALFORMED && e != ERR_TRUNCATED && e != ERR_TOO_LONG)
        return e;
    p->refusal = refusal;
    return ERR_OK;
}

static enum err check_agreement(struct opening *p)
{
    enum err e =
        queue_agreement_open(p->o->verified, &p->m, p->own.key, p->sender.key, p->exporter);

    e = refuse_for(p, e, QUEUE_REFUSED_FORGED);
    if (!e && !p->refusal && !queue_agreement_in_time(&p->m))
        p->refusal = QUEUE_REFUSED_AGREEMENT_TIME;
    return e;
}

static enum err check_signature(struct opening *p)
{
    uint8_t room[QUEUE_SIGNED_MAX];

    if (!p->m.header.signed_alone)
        return ERR_OK;
    return refuse_for(
        p, crypto_p256_verify(p->sender.key, queue_message_signed(&p->m, room), p->m.signature.ptr),
        QUEUE_REFUSED_SIGNATURE);
}

static enum err check_body(struct opening *p)
{
    const struct queue_message *m = &p->m;
    const struct bytes both[] = { m->head, m->body };
    struct queue_opened *to = p->ret;
    struct crypto_gcm key;
    enum err e;

    if (m->header.level == QUEUE_LEVEL_PRIVACY) {
        e = buf_new(m->body.len, &to->owned);
        if (e)
            return e;
    }
    e = queue_message_key(p->exporter, m->head, &key);
    if (!e && m->header.level == QUEUE_LEVEL_PRIVACY)
        e = crypto_gcm_open(&key, both, 1, m->body, m->tag.ptr, to->owned.ptr);
    else if (!e)
        e = crypto_gcm_open(&key, both, 2, bytes_of(NULL, 0), m->tag.ptr, NULL);
    mem_wipe(&key, sizeof key);
    to->body = to->owned.ptr ? buf_view(to->owned) : m->body;
    return refuse_for(p, e, QUEUE_REFUSED_ALTERED);
}

/* The steps for a message that is protected, until one says no. */
static enum err authenticate(struct opening *p)
{
    static enum err (*const steps[])(struct opening *) = { find_own, find_sender, check_agreement,
                                                           check_signature, check_body };
    enum err e = ERR_OK;
    size_t i;

    for (i = 0; i < sizeof steps / sizeof steps[0] && !e && !p->refusal && !p->wait; i++)
        e = steps[i](p);
    return e;
}

/* Where no more can be remembered, nothing more is executed. */
static enum err ask_executed(struct opening *p)
{
    struct queue_executed *executed = p->o->executed;
    uint64_t expires = p->m.header.expires;
    bool before = false;
    enum err e;

    if (p->refusal || p->wait || p->door->replay)
        return ERR_OK;
    e = queue_executed_has(executed, p->ret->mark, expires, &before);
    if (!e && before)
        p->refusal = QUEUE_REFUSED_REPLAYED;
    else if (!e)
        p->wait = !queue_executed_room(executed, expires);
    return e;
}

/* Whether a header that is refused for what it says is the sender's at all. Who wants to hear of it
 * may be somebody whom it only names. */
static enum err prove(struct opening *p)
{
    const enum queue_refusal why = p->refusal;
    enum err e;

    p->refusal = QUEUE_REFUSED_NOT;
    e = authenticate(p);
    p->ret->proven = !e && !p->refusal && !p->wait;
    p->refusal = why;
    p->wait = false;
    return e;
}

/* The message is known by its header, not by its id alone: nobody can have a message taken for
 * repeated by sending another of the same id. */
static enum err judge(struct opening *p, struct bytes message)
{
    uint8_t hash[CRYPTO_SHA256];
    bool none;
    enum err e = refuse_for(p, queue_message_read(message, &p->m), QUEUE_REFUSED_MALFORMED);

    if (e || p->refusal)
        return e;
    none = p->m.header.level == QUEUE_LEVEL_NONE;
    p->ret->header = p->m.header;
    crypto_sha256(&p->m.head, 1, hash);
    memcpy(p->ret->mark, hash, sizeof p->ret->mark);
    p->ret->proven = none;
    p->refusal = claims(p);
    if (p->refusal)
        return none || !p->m.header.acknowledge ? ERR_OK : prove(p);
    p->ret->body = p->m.body;
    if (!none)
        e = authenticate(p);
    p->ret->proven = !e && !p->refusal && !p->wait;
    return e ? e : ask_executed(p);
}

enum err queue_open(struct queue_opener *o, const struct queue_door *door, struct bytes message,
                    struct queue_opened *ret)
{
    struct queue_opened opened = { 0 };
    struct opening p = { .o = o, .door = door, .ret = &opened };
    enum err e = judge(&p, message);

    opened.refusal = p.refusal;
    opened.verdict = p.wait      ? QUEUE_VERDICT_WAIT
                     : p.refusal ? QUEUE_VERDICT_REFUSE
                                 : QUEUE_VERDICT_OPEN;
    if (opened.verdict != QUEUE_VERDICT_OPEN) {
        opened.body = bytes_of(NULL, 0);
        buf_free(&opened.owned);
    }
    queue_key_done(&p.own);
    queue_key_done(&p.sender);
    mem_wipe(p.exporter, sizeof p.exporter);
    if (e)
        queue_opened_done(&opened);
    else
        *ret = opened;
    return e;
}

void queue_opened_done(struct queue_opened *m)
{
    buf_free(&m->owned);
    m->body = bytes_of(NULL, 0);
}
