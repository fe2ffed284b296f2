/* SPDX-License-Identifier: Apache-2.0
 * message.c - the doors of per-message protection: locks, batches, segments.  See message.h.
 */
#include "base/detail.h"
#include "base/secret.h"
#include "kerberos/message_state.h"

/* What Windows reports for Kerberos; RFC 4120 sets no limit, a PAC may fill it. */
enum { TOKEN_MAX = 48000 };

static void side_done(struct message_side *side)
{
    crypto_seal_done(&side->seal);
    pthread_mutex_destroy(&side->lock);
}

void kerberos_messages_free(struct kerberos_messages *s)
{
    if (!s)
        return;
    side_done(&s->send);
    side_done(&s->recv);
    secret_free(s, sizeof *s);
}

enum err kerberos_messages_new(const struct kerberos_keys *k, struct kerberos_messages **ret)
{
    bool rc4 = k->enctype == CRYPTO_RC4_HMAC;
    struct kerberos_messages *s = NULL;
    enum err e;

    if (k->key_len > sizeof s->key)
        return detail_fail(ERR_UNSUPPORTED_ETYPE, "a key of %zu bytes", k->key_len);
    s = secret_alloc(sizeof *s);
    if (!s)
        return ERR_NO_MEMORY;
    memcpy(s->key, k->key, k->key_len);
    s->key_len = k->key_len;
    s->suite = rc4 ? &message_suite_rc4 : &message_suite_aes;
    s->enctype = k->enctype;
    s->acceptor_subkey = k->acceptor_subkey;
    s->dce_style = k->dce_style;
    pthread_mutex_init(&s->send.lock, NULL);
    pthread_mutex_init(&s->recv.lock, NULL);
    s->send.seq = k->send_seq;
    s->send.from_acceptor = !k->initiator;
    s->recv.from_acceptor = k->initiator;
    window_init(&s->recv.window, k->replay, k->sequence, !rc4, k->recv_seq);
    s->sizes.max_token = TOKEN_MAX;
    s->sizes.block = 1;
    e = s->suite->init(s, bytes_of(k->key, k->key_len));
    if (e) {
        kerberos_messages_free(s);
        return e;
    }
    *ret = s;
    return ERR_OK;
}

void kerberos_messages_sizes(const struct kerberos_messages *s, struct context_sizes *ret)
{
    *ret = s->sizes;
}

struct bytes kerberos_messages_key(const struct kerberos_messages *s)
{
    return bytes_of(s->key, s->key_len);
}

static enum err sort_one(struct segment *g, struct message_parts *p)
{
    if (!g->ptr && g->len)
        return detail_fail(ERR_INVALID_PARAMETER, "a buffer of %zu bytes without address", g->len);
    switch (g->kind) {
    case SEGMENT_TOKEN:
        if (p->token)
            return detail_fail(ERR_MALFORMED, "two token buffers in one message");
        p->token = g;
        break;
    case SEGMENT_STREAM:
        if (p->stream)
            return detail_fail(ERR_MALFORMED, "two stream buffers in one message");
        p->stream = g;
        break;
    case SEGMENT_PADDING:
        p->padding = p->padding ? p->padding : g;
        break;
    case SEGMENT_DATA:
        if (g->access == SEGMENT_READONLY)
            break;
        p->data++;
        p->piece[p->data].ptr = g->ptr;
        p->piece[p->data].len = g->len;
        p->piece[p->data].plain = g->access == SEGMENT_READONLY_CHECKSUM;
        p->encrypted_len += p->piece[p->data].plain ? 0 : g->len;
        p->first_data = p->first_data ? p->first_data : g;
        break;
    case SEGMENT_OTHER:
        break;
    }
    return ERR_OK;
}

OFTEN enum err message_sort(struct message *m, bool stream_allowed, struct message_parts *ret)
{
    enum err e = ERR_OK;
    size_t i;

    ret->token = ret->padding = ret->stream = ret->first_data = NULL;
    ret->data = ret->encrypted_len = 0;
    if (m->count > SEGMENTS_MAX)
        return detail_fail(ERR_INVALID_PARAMETER, "%zu buffers in one message; %d are allowed",
                           m->count, SEGMENTS_MAX);
    for (i = 0; i < m->count && !e; i++)
        e = sort_one(&m->seg[i], ret);
    if (e)
        return e;
    if (!ret->token && !(stream_allowed && ret->stream))
        return detail_fail(ERR_MALFORMED, "no token buffer among the %zu of the message", m->count);
    return ERR_OK;
}

static enum err qop_allowed(uint32_t qop, bool sealing)
{
    if (qop == 0 || (sealing && qop == QOP_NO_ENCRYPT))
        return ERR_OK;
    return detail_fail(ERR_QOP, "Kerberos has no quality of protection 0x%08x here", qop);
}

/* The keys are not there in a child of fork: secret.h. */
static enum err still_there(const struct kerberos_messages *s)
{
    if (s->suite)
        return ERR_OK;
    detail_remedy("Set up the context in the process that uses it.");
    return detail_fail(ERR_INVALID_HANDLE, "the context was set up before this process was forked");
}

enum err kerberos_sign(struct kerberos_messages *s, uint32_t qop, struct message *m)
{
    enum err e = still_there(s);

    if (!e)
        e = qop_allowed(qop, false);
    if (e)
        return e;
    pthread_mutex_lock(&s->send.lock);
    e = s->suite->sign(s, m);
    pthread_mutex_unlock(&s->send.lock);
    return e;
}

enum err kerberos_verify(struct kerberos_messages *s, struct message *m, uint32_t *ret_qop)
{
    enum err e = still_there(s);

    if (e)
        return e;
    pthread_mutex_lock(&s->recv.lock);
    e = s->suite->verify(s, m);
    pthread_mutex_unlock(&s->recv.lock);
    if (!e)
        *ret_qop = 0;
    return e;
}

enum err kerberos_seal(struct kerberos_messages *s, uint32_t qop, struct message *m)
{
    enum err e = still_there(s);

    if (!e)
        e = qop_allowed(qop, true);
    if (e)
        return e;
    pthread_mutex_lock(&s->send.lock);
    e = s->suite->seal(s, qop, m);
    pthread_mutex_unlock(&s->send.lock);
    return e;
}

enum err kerberos_unseal(struct kerberos_messages *s, struct message *m, uint32_t *ret_qop)
{
    uint32_t qop = 0;
    enum err e = still_there(s);

    if (e)
        return e;
    pthread_mutex_lock(&s->recv.lock);
    e = s->suite->unseal(s, m, &qop);
    pthread_mutex_unlock(&s->recv.lock);
    if (!e)
        *ret_qop = qop;
    return e;
}

void kerberos_seal_many(struct kerberos_messages *s, uint32_t qop, struct message *m, size_t n)
{
    enum err e = still_there(s);
    size_t i;

    if (!e)
        e = qop_allowed(qop, true);
    pthread_mutex_lock(&s->send.lock);
    if (!e && qop == 0 && s->suite->seal_many) {
        s->suite->seal_many(s, m, n);
        n = 0;
    }
    for (i = 0; i < n; i++)
        m[i].err = e ? e : s->suite->seal(s, qop, &m[i]);
    pthread_mutex_unlock(&s->send.lock);
}

enum err kerberos_must_be_sealed(uint32_t qop)
{
    return qop ? detail_fail(ERR_QOP, "a message of a batch is signed and not encrypted") : ERR_OK;
}

void kerberos_unseal_many(struct kerberos_messages *s, struct message *m, size_t n)
{
    enum err e = still_there(s);
    uint32_t qop = 0;
    size_t i;

    pthread_mutex_lock(&s->recv.lock);
    if (!e && s->suite->unseal_many) {
        s->suite->unseal_many(s, m, n);
        n = 0;
    }
    for (i = 0; i < n; i++) {
        m[i].err = e ? e : s->suite->unseal(s, &m[i], &qop);
        if (!m[i].err)
            m[i].err = kerberos_must_be_sealed(qop);
    }
    pthread_mutex_unlock(&s->recv.lock);
}
