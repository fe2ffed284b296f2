/* SPDX-License-Identifier: Apache-2.0
 * seal.c - see envelope.h: the sender's side.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "queue/agreement.h"
#include "queue/envelope.h"

struct queue_sealer {
    const struct queue_keys *keys;
    struct queue_agreements *agreements;
};

enum err queue_sealer_new(const struct queue_keys *keys, uint32_t messages, uint64_t time,
                          struct queue_sealer **ret)
{
    struct queue_sealer *s = mem_zero(sizeof *s);
    enum err e;

    if (!s)
        return ERR_NO_MEMORY;
    s->keys = keys;
    e = queue_agreements_new(messages ? messages : QUEUE_AGREEMENT_MESSAGES,
                             time ? time : QUEUE_AGREEMENT_TIME, &s->agreements);
    if (e)
        mem_free(s);
    else
        *ret = s;
    return e;
}

void queue_sealer_free(struct queue_sealer *s)
{
    if (!s)
        return;
    queue_agreements_free(s->agreements);
    mem_free(s);
}

static enum err own_key(const struct queue_keys *keys, struct queue_key *ret)
{
    enum err e = keys->own_signing(keys->arg, ret);

    if (e != ERR_NOT_FOUND)
        return e;
    detail_remedy("enroll this account on this host: countersign cert enroll");
    return detail_fail(ERR_NO_CREDENTIALS, "no key to sign messages with is enrolled");
}

static enum err recipient_key(const struct queue_keys *keys, const struct sid *account,
                              struct bytes host, struct queue_key *ret)
{
    enum queue_key_state state = QUEUE_KEY_UNKNOWN;
    enum err e = keys->peer_agreement(keys->arg, account, host, &state, ret);
    char sid[SID_TEXT];

    if (e)
        return e;
    sid_format(account, sid);
    switch (state) {
    case QUEUE_KEY_FOUND:
        return ERR_OK;
    case QUEUE_KEY_UNKNOWN:
    case QUEUE_KEY_REVOKED:
        detail_remedy("enroll the recipient there: countersign cert enroll");
        return detail_fail(ERR_NOT_FOUND, "%s publishes no key to seal to for the host %.*s", sid,
                           (int)host.len, (const char *)host.ptr);
    case QUEUE_KEY_DISABLED:
        return detail_fail(ERR_ACCESS_DENIED, "the recipient %s is disabled", sid);
    case QUEUE_KEY_UNSURE:
        break;
    }
    return detail_fail(ERR_NO_AUTHORITY, "the directory cannot say now which keys %s has", sid);
}

/* Writes the header with a new id. */
static enum err head_of(struct queue_sealer *s, struct queue_header *h, struct bytes body,
                        struct buf *ret)
{
    struct buf blank = { 0 };
    enum err e;

    memset(h->id, 0, sizeof h->id);
    e = queue_header_write(h, &blank);
    if (!e)
        e = queue_agreements_id(s->agreements, buf_view(blank), body, h->id);
    if (!e)
        e = queue_header_write(h, ret);
    buf_free(&blank);
    return e;
}

static size_t size_of(const struct queue_header *h, size_t head, size_t body)
{
    size_t protection = h->level == QUEUE_LEVEL_NONE ? 0 : QUEUE_AGREEMENT + QUEUE_TAG;

    return QUEUE_PREFIX + head + protection + (h->signed_alone ? QUEUE_SIGNATURE : 0) + body;
}

/* The body and the tag, where the writer stands; m is given its views. */
static enum err protect(const struct queue_agreement *a, struct queue_message *m, struct bytes body,
                        struct writer *w)
{
    const struct bytes both[] = { m->head, body };
    bool hide = m->header.level == QUEUE_LEVEL_PRIVACY;
    uint8_t *to = writer_room(w, body.len), *tag = writer_room(w, QUEUE_TAG);
    struct crypto_gcm key;
    enum err e;

    if (w->err)
        return w->err;
    e = queue_message_key(a->exporter, m->head, &key);
    if (!e && hide)
        e = crypto_gcm_seal(&key, both, 1, body, to, tag);
    if (!e && !hide) {
        bytes_copy(to, body.ptr, body.len);
        e = crypto_gcm_seal(&key, both, 2, bytes_of(NULL, 0), NULL, tag);
    }
    m->body = bytes_of(to, body.len);
    m->tag = bytes_of(tag, QUEUE_TAG);
    mem_wipe(&key, sizeof key);
    return e;
}

static enum err sign_alone(const struct crypto_p256 *signing, const struct queue_message *m,
                           uint8_t *to)
{
    uint8_t room[QUEUE_SIGNED_MAX];

    return crypto_p256_sign(signing, queue_message_signed(m, room), to);
}

/* Everything behind the prefix and the header. a is NULL at level none. */
static enum err fill(struct queue_message *m, const struct queue_agreement *a,
                     const struct crypto_p256 *signing, struct bytes body, struct writer *w)
{
    uint8_t *signature = NULL;
    enum err e;

    writer_bytes(w, bytes_of_text(QUEUE_MAGIC));
    writer_len32(w, m->head.len);
    writer_bytes(w, m->head);
    if (!a) {
        writer_bytes(w, body);
        return w->err;
    }
    m->agreement = bytes_of(a->part, sizeof a->part);
    writer_bytes(w, m->agreement);
    if (m->header.signed_alone)
        signature = writer_room(w, QUEUE_SIGNATURE);
    e = protect(a, m, body, w);
    if (!e && signature)
        e = sign_alone(signing, m, signature);
    return e;
}

/* The keys are the message's: none at level none. */
static enum err compose(struct queue_sealer *s, struct queue_header *h, struct bytes body,
                        const struct queue_key *signing, const struct queue_key *to,
                        struct buf *ret)
{
    struct queue_agreement agreement, *a = NULL;
    struct buf head = { 0 }, whole = { 0 };
    struct queue_message m = { 0 };
    enum err e = head_of(s, h, body, &head);

    if (e)
        goto out;
    if (h->level != QUEUE_LEVEL_NONE) {
        e = queue_agreement_for(s->agreements, h, signing->key, to->key, &agreement);
        a = &agreement;
    }
    if (!e)
        e = buf_new(size_of(h, head.len, body.len), &whole);
    if (!e) {
        struct writer w = writer_over(whole.ptr, whole.len);

        m.header = *h;
        m.head = buf_view(head);
        e = fill(&m, a, signing->key, body, &w);
    }
out:
    if (e)
        buf_free(&whole);
    else
        *ret = whole;
    if (a)
        mem_wipe(a, sizeof *a);
    buf_free(&head);
    return e;
}

enum err queue_seal(struct queue_sealer *s, struct queue_header *h, struct bytes host,
                    struct bytes body, struct buf *ret)
{
    struct queue_key signing = { 0 }, to = { 0 };
    enum err e = ERR_OK;

    if (body.len > QUEUE_BODY_MAX && h->kind != QUEUE_KIND_REPLAY)
        return detail_fail(ERR_TOO_LONG, "a message of %zu bytes; %d at most", body.len,
                           QUEUE_BODY_MAX);
    h->sender = *s->keys->account;
    h->sender_host = s->keys->host;
    h->body_len = body.len;
    if (h->level != QUEUE_LEVEL_NONE) {
        e = own_key(s->keys, &signing);
        if (!e)
            e = recipient_key(s->keys, &h->recipient, host, &to);
    }
    memcpy(h->sender_key, signing.id, sizeof h->sender_key);
    memcpy(h->recipient_key, to.id, sizeof h->recipient_key);
    if (!e)
        e = compose(s, h, body, &signing, &to, ret);
    queue_key_done(&signing);
    queue_key_done(&to);
    return e;
}
