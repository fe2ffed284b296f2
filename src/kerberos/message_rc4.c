/* SPDX-License-Identifier: Apache-2.0
 * message_rc4.c - MIC and Wrap tokens of RC4-HMAC.  RFC 4757 7, RFC 1964 1.2
 *
 * Both stand in the framing of RFC 2743 3.1:  60 | length | 06 09 2a864886f712010202 | inner
 *
 *    MIC:   0 TOK_ID 01 01 | 2 SGN_ALG 11 00 | 4 FF x 4 | 8 SND_SEQ 8 | 16 SGN_CKSUM 8
 *    Wrap:  0 TOK_ID 02 01 | 2 SGN_ALG 11 00 | 4 SEAL_ALG 10 00 or FF FF | 6 FF FF
 *           8 SND_SEQ 8 | 16 SGN_CKSUM 8 | 24 confounder 8 | data | one byte 01
 *
 * The framing's length covers the data (not what is only signed), but not in DCE style, where
 * the last byte is left away too: so MIT and Windows do it. SND_SEQ is RC4 over  number 4,
 * big-endian | 00 or FF x 4.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/reader.h"
#include "base/writer.h"
#include "crypto/md5.h"
#include "crypto/random.h"
#include "crypto/rc4.h"
#include "kerberos/message_state.h"

enum {
    INNER = 24,
    HEADER = 8, /* of the inner token, as far as the checksum covers it */
    TAG = 8,
    CONFOUNDER = 8,
    KEY = 16,
    MIC_TOKEN = 13 + INNER,
    FRAMING_MAX = 17,
    SALT_MIC = 15, /* key usage numbers as Microsoft's code had them.  RFC 4757 7 */
    SALT_WRAP = 13,
    TOK_MIC = 0x0101,
    TOK_WRAP = 0x0201,
    SGN_HMAC = 0x1100,
    SEAL_RC4 = 0x1000,
    SEAL_NONE = 0xffff,
};

static const uint8_t oid[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02 };

/* One token: where its inner part lies and what it says. */
struct inner {
    uint16_t id, seal_alg;
    uint8_t *at;            /* 24 bytes */
    size_t framing, framed; /* bytes before it; bytes the framing's length counts after the OID */
};

static size_t length_len(size_t n)
{
    return n < 0x80 ? 1 : n < 0x100 ? 2 : n < 0x10000 ? 3 : n < 0x1000000 ? 4 : 5;
}

static size_t framing_len(size_t framed)
{
    return 1 + length_len(framed + sizeof oid) + sizeof oid;
}

static void framing_write(struct writer *w, size_t framed)
{
    size_t n = framed + sizeof oid, left = length_len(n) - 1;

    writer_u8(w, 0x60);
    writer_u8(w, (uint8_t)(left ? 0x80 | left : n));
    while (left-- > 0)
        writer_u8(w, (uint8_t)(n >> 8 * left));
    writer_bytes(w, bytes_of(oid, sizeof oid));
}

/* Writes framing and header; SND_SEQ and SGN_CKSUM come later. */
static void start_token(struct inner *t, uint8_t *to)
{
    struct writer w = writer_over(to, FRAMING_MAX + HEADER);

    framing_write(&w, t->framed);
    t->framing = w.len;
    t->at = to + w.len;
    writer_be16(&w, t->id);
    writer_be16(&w, SGN_HMAC);
    writer_be16(&w, t->seal_alg);
    writer_be16(&w, 0xffff);
}

static size_t framing_read(struct reader *r)
{
    size_t n, left;

    reader_expect(r, "\x60", 1);
    n = reader_u8(r);
    if (n >= 0x80) {
        left = n & 0x7f;
        if (left == 0 || left > 4)
            reader_fail(r, ERR_MALFORMED);
        n = (size_t)reader_be(r, r->err ? 0 : left);
    }
    reader_expect(r, oid, sizeof oid);
    if (!r->err && n < sizeof oid + INNER)
        reader_fail(r, ERR_MALFORMED);
    return r->err ? 0 : n - sizeof oid;
}

static enum err read_token(uint8_t *from, size_t len, uint16_t id, struct inner *ret)
{
    struct reader r = reader_over(bytes_of(from, len));
    struct inner t = { 0 };
    uint16_t sign_alg, filler;

    t.framed = framing_read(&r);
    t.framing = r.pos;
    t.at = from + r.pos;
    t.id = reader_be16(&r);
    sign_alg = reader_be16(&r);
    t.seal_alg = reader_be16(&r);
    filler = reader_be16(&r);
    reader_take(&r, INNER - HEADER);
    if (r.err)
        return detail_fail(r.err, "no RC4 token in %zu bytes", len);
    if (t.id != id || sign_alg != SGN_HMAC || filler != 0xffff)
        return detail_fail(ERR_MALFORMED, "token id %04x, algorithm %04x, filler %04x", t.id,
                           sign_alg, filler);
    if (t.seal_alg != SEAL_NONE && (id == TOK_MIC || t.seal_alg != SEAL_RC4))
        return detail_fail(ERR_MALFORMED, "sealing algorithm %04x", t.seal_alg);
    *ret = t;
    return ERR_OK;
}

static void hmac(const struct crypto_hmac *key, const void *text, size_t len, uint8_t ret[KEY])
{
    struct crypto_hash_state run;
    uint8_t sum[CRYPTO_HASH_MAX];

    crypto_hmac_begin(key, &run);
    crypto_hmac_add(key, &run, text, len);
    crypto_hmac_end(key, &run, sum);
    memcpy(ret, sum, KEY);
    mem_wipe(sum, sizeof sum);
}

/* SGN_CKSUM: HMAC(Ksign, MD5(salt | header | confounder | data | padding)), cut.  RFC 4757 7.3 */
static void checksum(struct kerberos_messages *s, const struct inner *t, struct bytes confounder,
                     const struct message_parts *p, struct bytes padding, uint8_t ret[KEY])
{
    uint8_t salt[4] = { t->id == TOK_MIC ? SALT_MIC : SALT_WRAP }, sum[KEY];
    struct bytes part[SEGMENTS_MAX + 4];
    size_t n = 0, i;

    part[n++] = bytes_of(salt, sizeof salt);
    part[n++] = bytes_of(t->at, HEADER);
    part[n++] = confounder;
    for (i = 1; i <= p->data; i++)
        part[n++] = bytes_of(p->piece[i].ptr, p->piece[i].len);
    part[n++] = padding;
    crypto_md5(part, n, sum);
    hmac(&s->rc4_sign, sum, sizeof sum, ret);
}

/* RC4 under a key made of a parent key and a few bytes of the message. */
static void stream_begin(const struct crypto_hmac *parent, const uint8_t *text, size_t len,
                         struct crypto_rc4 *ret)
{
    uint8_t key[KEY];

    hmac(parent, text, len, key);
    crypto_rc4_begin(ret, bytes_of(key, sizeof key));
    mem_wipe(key, sizeof key);
}

static void seq_crypt(struct kerberos_messages *s, struct inner *t)
{
    struct crypto_rc4 rc4;

    stream_begin(&s->rc4_seq, t->at + 16, TAG, &rc4);
    crypto_rc4_run(&rc4, t->at + 8, 8);
    mem_wipe(&rc4, sizeof rc4);
}

static void seq_bytes(uint32_t seq, uint8_t to[4])
{
    struct writer w = writer_over(to, 4);

    writer_be32(&w, seq);
}

static void finish_token(struct kerberos_messages *s, struct inner *t, const uint8_t sum[KEY])
{
    seq_bytes((uint32_t)s->send.seq, t->at + 8);
    memset(t->at + 12, s->send.from_acceptor ? 0xff : 0, 4);
    memcpy(t->at + 16, sum, TAG);
    seq_crypt(s, t);
    s->send.seq = (uint32_t)(s->send.seq + 1);
}

/* The data's key stream: Kcrypt's child for this number, over confounder, data, padding. */
static void data_crypt(struct kerberos_messages *s, uint32_t seq, uint8_t *confounder,
                       const struct message_parts *p, struct bytes padding)
{
    struct crypto_rc4 rc4;
    uint8_t text[4];
    size_t i;

    seq_bytes(seq, text);
    stream_begin(&s->rc4_crypt, text, sizeof text, &rc4);
    crypto_rc4_run(&rc4, confounder, CONFOUNDER);
    for (i = 1; i <= p->data; i++) {
        if (!p->piece[i].plain)
            crypto_rc4_run(&rc4, p->piece[i].ptr, p->piece[i].len);
    }
    crypto_rc4_run(&rc4, (uint8_t *)padding.ptr, padding.len);
    mem_wipe(&rc4, sizeof rc4);
}

static enum err sign(struct kerberos_messages *s, struct message *m)
{
    struct inner t = { .id = TOK_MIC, .seal_alg = SEAL_NONE, .framed = INNER };
    uint8_t sum[KEY];
    struct message_parts p;
    enum err e = message_sort(m, false, &p);

    if (e)
        return e;
    if (p.token->len < MIC_TOKEN)
        return detail_fail(ERR_BUFFER_TOO_SMALL, "a signature has %d bytes, its buffer %zu",
                           MIC_TOKEN, p.token->len);
    start_token(&t, p.token->ptr);
    checksum(s, &t, (struct bytes){ 0 }, &p, (struct bytes){ 0 }, sum);
    finish_token(s, &t, sum);
    p.token->len = MIC_TOKEN;
    return ERR_OK;
}

/* Opens SND_SEQ and looks at the direction; the number is returned. In a copy: what is only
 * verified may lie where nobody can write. */
static enum err seq_open(struct kerberos_messages *s, const struct inner *t, uint32_t *ret)
{
    uint8_t want = s->recv.from_acceptor ? 0xff : 0;
    struct inner copy = *t;
    uint8_t token[INNER];
    struct reader r;
    size_t i;
    enum err e = ERR_OK;

    memcpy(token, t->at, INNER);
    copy.at = token;
    seq_crypt(s, &copy);
    r = reader_over(bytes_of(token + 8, 8));
    *ret = reader_be32(&r);
    for (i = 4; i < 8; i++) {
        if (token[8 + i] != want)
            e = ERR_ALTERED;
    }
    if (e)
        return detail_fail(e, "the token's sequence field is not one of the peer's");
    return ERR_OK;
}

static enum err sum_check(const struct inner *t, const uint8_t sum[KEY], uint32_t seq)
{
    if (bytes_equal_secret(sum, t->at + 16, TAG))
        return ERR_OK;
    return detail_fail(ERR_ALTERED, "the checksum of message number %u is wrong", seq);
}

static enum err verify(struct kerberos_messages *s, struct message *m)
{
    uint8_t sum[KEY];
    struct message_parts p;
    struct inner t;
    uint32_t seq;
    enum err e = message_sort(m, false, &p);

    if (!e)
        e = read_token(p.token->ptr, p.token->len, TOK_MIC, &t);
    if (e)
        return e;
    if (t.framed != INNER || p.token->len != t.framing + INNER)
        return detail_fail(ERR_MALFORMED, "a signature of %zu bytes", p.token->len);
    e = seq_open(s, &t, &seq);
    if (e)
        return e;
    checksum(s, &t, (struct bytes){ 0 }, &p, (struct bytes){ 0 }, sum);
    e = sum_check(&t, sum, seq);
    return e ? e : window_admit(&s->recv.window, seq);
}

/* Room for the one byte of padding that everything but DCE style has. */
static enum err padding_room(const struct kerberos_messages *s, struct message_parts *p)
{
    if (s->dce_style || (p->padding && p->padding->len >= 1))
        return ERR_OK;
    detail_remedy("Add a padding buffer of cbBlockSize bytes (QueryContextAttributes, SIZES).");
    return detail_fail(ERR_BUFFER_TOO_SMALL, "RC4 needs a padding buffer of one byte");
}

static enum err seal(struct kerberos_messages *s, uint32_t qop, struct message *m)
{
    struct inner t = { .id = TOK_WRAP, .seal_alg = qop ? SEAL_NONE : SEAL_RC4 };
    struct bytes confounder, padding = { 0 };
    uint8_t sum[KEY];
    struct message_parts p;
    size_t need;
    enum err e = message_sort(m, false, &p);

    if (!e)
        e = padding_room(s, &p);
    if (e)
        return e;
    t.framed = INNER + CONFOUNDER + (s->dce_style ? 0 : p.encrypted_len + 1);
    need = framing_len(t.framed) + INNER + CONFOUNDER;
    if (p.token->len < need)
        return detail_fail(ERR_BUFFER_TOO_SMALL, "the token needs %zu bytes, its buffer has %zu",
                           need, p.token->len);
    start_token(&t, p.token->ptr);
    confounder = bytes_of(t.at + INNER, CONFOUNDER);
    e = crypto_random(t.at + INNER, CONFOUNDER);
    if (e)
        return e;
    if (p.padding)
        p.padding->len = s->dce_style ? 0 : 1;
    if (!s->dce_style) {
        p.padding->ptr[0] = 1;
        padding = bytes_of(p.padding->ptr, 1);
    }
    checksum(s, &t, confounder, &p, padding, sum);
    if (!qop)
        data_crypt(s, (uint32_t)s->send.seq, t.at + INNER, &p, padding);
    finish_token(s, &t, sum);
    p.token->len = need;
    return ERR_OK;
}

/* Where a received message's parts lie. */
struct wrapped {
    struct inner t;
    struct bytes padding;
};

/* Bytes of padding. In DCE style both kinds are met: MIT's gss_wrap counts and pads there too. */
static size_t padding_of(const struct kerberos_messages *s, const struct wrapped *w)
{
    return s->dce_style && w->t.framed == INNER + CONFOUNDER ? 0 : 1;
}

static enum err stream_layout(struct kerberos_messages *s, struct message_parts *p,
                              struct wrapped *w)
{
    size_t before = w->t.framing + INNER + CONFOUNDER, pad = padding_of(s, w), i;
    struct segment *g = p->stream;

    if (g->len < before + pad)
        return detail_fail(ERR_TRUNCATED, "a wrapped message of %zu bytes", g->len);
    if (pad && w->t.framed != g->len - w->t.framing)
        return detail_fail(ERR_MALFORMED, "a frame of %zu bytes in a buffer of %zu", w->t.framed,
                           g->len - w->t.framing);
    for (i = 1; i <= p->data; i++) {
        if (p->piece[i].plain)
            return detail_fail(ERR_INVALID_PARAMETER,
                               "a stream has no buffers signed beside it: give token and data");
    }
    p->data = 1;
    p->piece[1] = (struct crypto_piece){ g->ptr + before, g->len - before - pad, false };
    w->padding = bytes_of(g->ptr + g->len - pad, pad);
    return ERR_OK;
}

static enum err token_layout(struct kerberos_messages *s, struct message_parts *p,
                             struct wrapped *w)
{
    size_t before = w->t.framing + INNER + CONFOUNDER, pad = padding_of(s, w);

    if (p->token->len != before)
        return detail_fail(p->token->len < before ? ERR_TRUNCATED : ERR_MALFORMED,
                           "a token of %zu bytes; it has %zu", p->token->len, before);
    if (pad && (!p->padding || p->padding->len != pad))
        return detail_fail(ERR_MALFORMED, "the message's byte of padding is missing");
    if (w->t.framed != INNER + CONFOUNDER + (pad ? p->encrypted_len + pad : 0))
        return detail_fail(ERR_MALFORMED, "a frame of %zu bytes over data of %zu", w->t.framed,
                           p->encrypted_len);
    if (pad)
        w->padding = bytes_of(p->padding->ptr, pad);
    return ERR_OK;
}

static enum err open_wrapped(struct kerberos_messages *s, struct message_parts *p,
                             struct wrapped *w)
{
    uint8_t sum[KEY], *confounder = w->t.at + INNER;
    uint32_t seq;
    size_t i;
    enum err e = seq_open(s, &w->t, &seq);

    if (e)
        return e;
    if (w->t.seal_alg == SEAL_RC4)
        data_crypt(s, seq, confounder, p, w->padding);
    checksum(s, &w->t, bytes_of(confounder, CONFOUNDER), p, w->padding, sum);
    e = sum_check(&w->t, sum, seq);
    if (!e && w->padding.len && w->padding.ptr[0] != 1)
        e = detail_fail(ERR_MALFORMED, "padding %02x", w->padding.ptr[0]);
    if (!e)
        e = window_admit(&s->recv.window, seq);
    for (i = 1; e && i <= p->data; i++) {
        if (!p->piece[i].plain && p->piece[i].len)
            memset(p->piece[i].ptr, 0, p->piece[i].len);
    }
    return e;
}

static enum err unseal(struct kerberos_messages *s, struct message *m, uint32_t *ret_qop)
{
    struct wrapped w = { 0 };
    struct message_parts p;
    const struct segment *g;
    enum err e = message_sort(m, true, &p);

    if (e)
        return e;
    g = p.stream ? p.stream : p.token;
    e = read_token(g->ptr, g->len, TOK_WRAP, &w.t);
    if (!e)
        e = p.stream ? stream_layout(s, &p, &w) : token_layout(s, &p, &w);
    if (!e)
        e = open_wrapped(s, &p, &w);
    if (e)
        return e;
    if (p.stream && p.first_data) {
        p.first_data->ptr = p.piece[1].ptr;
        p.first_data->len = p.piece[1].len;
    }
    if (p.padding)
        p.padding->len = 0;
    *ret_qop = w.t.seal_alg == SEAL_RC4 ? 0 : QOP_NO_ENCRYPT;
    return ERR_OK;
}

static enum err init(struct kerberos_messages *s, struct bytes key)
{
    static const uint8_t zero[4];
    uint8_t local[KEY], child[KEY];
    struct crypto_hmac base;
    size_t i;

    if (key.len != KEY)
        return detail_fail(ERR_INVALID_PARAMETER, "an RC4 key of %zu bytes", key.len);
    crypto_hmac_init(&base, CRYPTO_HASH_MD5, key);
    hmac(&base, "signaturekey", sizeof "signaturekey", child);
    crypto_hmac_init(&s->rc4_sign, CRYPTO_HASH_MD5, bytes_of(child, KEY));
    hmac(&base, zero, sizeof zero, child);
    crypto_hmac_init(&s->rc4_seq, CRYPTO_HASH_MD5, bytes_of(child, KEY));
    for (i = 0; i < KEY; i++)
        local[i] = key.ptr[i] ^ 0xf0;
    crypto_hmac_init(&base, CRYPTO_HASH_MD5, bytes_of(local, KEY));
    hmac(&base, zero, sizeof zero, child);
    crypto_hmac_init(&s->rc4_crypt, CRYPTO_HASH_MD5, bytes_of(child, KEY));
    mem_wipe(&base, sizeof base);
    mem_wipe(local, sizeof local);
    mem_wipe(child, sizeof child);
    s->send.seq = (uint32_t)s->send.seq;
    s->sizes.max_signature = MIC_TOKEN;
    s->sizes.trailer = (uint32_t)(INNER + CONFOUNDER +
                                  (s->dce_style ? framing_len(INNER + CONFOUNDER) : FRAMING_MAX));
    return ERR_OK;
}

const struct message_suite message_suite_rc4 = { init, sign, verify, seal, unseal, NULL, NULL };
