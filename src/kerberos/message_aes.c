/* SPDX-License-Identifier: Apache-2.0
 * message_aes.c - MIC and Wrap tokens, version 2.  RFC 4121 4.2
 *
 *    MIC:   0 TOK_ID 04 04 | 2 Flags | 3 FF x 5 | 8 SND_SEQ 8, big-endian | 16 SGN_CKSUM
 *    Wrap:  0 TOK_ID 05 04 | 2 Flags | 3 FF | 4 EC 2 | 6 RRC 2 | 8 SND_SEQ 8, big-endian | 16 ...
 *
 * After a Wrap header, before rotation: sealed  E(confounder | data | filler EC | header) | tag,
 * else  data | checksum. A token with its data elsewhere is the same, turned right by RRC so far
 * that everything but the data stands in the token (in DCE style by EC + RRC, as Windows does):
 *    sealed  header | E(filler | header) | tag | E(confounder),   else  header | checksum
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/reader.h"
#include "base/writer.h"
#include "crypto/lanes.h"
#include "crypto/random.h"
#include "kerberos/message_state.h"
#include "kerberos/rotate.h"

enum {
    HEADER = 16,
    CONFOUNDER = 16,
    DCE_FILLER = 16, /* what Windows sends as EC in DCE style */
    TOK_MIC = 0x0404,
    TOK_WRAP = 0x0504,
    FROM_ACCEPTOR = 1,
    SEALED = 2,
    ACCEPTOR_SUBKEY = 4,
    GROUP = 16, /* messages of a batch that are worked on together */
};

enum { /* key usage numbers.  RFC 4121 2 */
       USAGE_ACCEPTOR_SEAL = 22,
       USAGE_ACCEPTOR_SIGN = 23,
       USAGE_INITIATOR_SEAL = 24,
       USAGE_INITIATOR_SIGN = 25,
};

struct header {
    uint16_t id, ec, rrc;
    uint8_t flags;
    uint64_t seq;
};

OFTEN static void header_write(const struct header *h, uint8_t to[HEADER])
{
    struct writer w = writer_over(to, HEADER);

    writer_be16(&w, h->id);
    writer_u8(&w, h->flags);
    writer_u8(&w, 0xff);
    writer_be16(&w, h->id == TOK_MIC ? 0xffff : h->ec);
    writer_be16(&w, h->id == TOK_MIC ? 0xffff : h->rrc);
    writer_be64(&w, h->seq);
}

OFTEN static enum err header_read(struct bytes token, uint16_t id, struct header *ret)
{
    struct reader r = reader_over(token);
    struct header h = { 0 };
    uint8_t filler;

    h.id = reader_be16(&r);
    h.flags = reader_u8(&r);
    filler = reader_u8(&r);
    h.ec = reader_be16(&r);
    h.rrc = reader_be16(&r);
    h.seq = reader_be64(&r);
    if (r.err)
        return detail_fail(r.err, "a token of %zu bytes; its header has %d", token.len, HEADER);
    if (h.id != id || filler != 0xff)
        return detail_fail(ERR_MALFORMED, "token id %04x, filler %02x; expected %04x and ff", h.id,
                           filler, id);
    if (id == TOK_MIC && (h.ec != 0xffff || h.rrc != 0xffff))
        return detail_fail(ERR_MALFORMED, "a MIC token's filler is %04x%04x", h.ec, h.rrc);
    *ret = h;
    return ERR_OK;
}

static uint8_t flags_of(const struct kerberos_messages *s, const struct message_side *side)
{
    return (uint8_t)((side->from_acceptor ? FROM_ACCEPTOR : 0) |
                     (s->acceptor_subkey ? ACCEPTOR_SUBKEY : 0));
}

/* Flags are under the checksum; wrong ones are an altered or a reflected message. Bits that have no
 * meaning yet are passed over.  RFC 4121 4.2.2 */
static enum err flags_check(const struct kerberos_messages *s, const struct header *h)
{
    uint8_t want = flags_of(s, &s->recv);

    if ((h->flags & (FROM_ACCEPTOR | ACCEPTOR_SUBKEY)) == want)
        return ERR_OK;
    return detail_fail(ERR_ALTERED, "token flags %02x; this side takes %02x", h->flags, want);
}

static enum err altered(const struct header *h)
{
    return detail_fail(ERR_ALTERED, "the checksum of message number %llu is wrong",
                       (unsigned long long)h->seq);
}

static enum err too_small(const struct segment *g, size_t need)
{
    return detail_fail(ERR_BUFFER_TOO_SMALL, "the token needs %zu bytes, its buffer has %zu", need,
                       g->len);
}

/* The checksum over the data and a header; sum has room for the whole hash. */
static void checksum(const struct crypto_hmac *key, const struct message_parts *p,
                     const uint8_t header[HEADER], uint8_t sum[CRYPTO_HASH_MAX])
{
    struct crypto_hash_state run;
    size_t i;

    crypto_hmac_begin(key, &run);
    for (i = 1; i <= p->data; i++)
        crypto_hmac_add(key, &run, p->piece[i].ptr, p->piece[i].len);
    crypto_hmac_add(key, &run, header, HEADER);
    crypto_hmac_end(key, &run, sum);
}

static enum err sign(struct kerberos_messages *s, struct message *m)
{
    struct header h = { .id = TOK_MIC, .flags = flags_of(s, &s->send), .seq = s->send.seq };
    uint8_t sum[CRYPTO_HASH_MAX];
    struct message_parts p;
    enum err e = message_sort(m, false, &p);

    if (e)
        return e;
    if (p.token->len < HEADER + s->tag_len)
        return too_small(p.token, HEADER + s->tag_len);
    header_write(&h, p.token->ptr);
    checksum(&s->send.mic, &p, p.token->ptr, sum);
    memcpy(p.token->ptr + HEADER, sum, s->tag_len);
    p.token->len = HEADER + s->tag_len;
    s->send.seq++;
    return ERR_OK;
}

static enum err verify(struct kerberos_messages *s, struct message *m)
{
    uint8_t sum[CRYPTO_HASH_MAX];
    struct message_parts p;
    struct header h;
    enum err e = message_sort(m, false, &p);

    if (e)
        return e;
    e = header_read(bytes_of(p.token->ptr, p.token->len), TOK_MIC, &h);
    if (e)
        return e;
    if (p.token->len != HEADER + s->tag_len)
        return detail_fail(p.token->len < HEADER + s->tag_len ? ERR_TRUNCATED : ERR_MALFORMED,
                           "a signature of %zu bytes; it has %zu", p.token->len,
                           HEADER + s->tag_len);
    e = flags_check(s, &h);
    if (e)
        return e;
    checksum(&s->recv.mic, &p, p.token->ptr, sum);
    if (!bytes_equal_secret(sum, p.token->ptr + HEADER, s->tag_len) || h.flags & SEALED)
        return altered(&h);
    return window_admit(&s->recv.window, h.seq);
}

static enum err seal_plain(struct kerberos_messages *s, struct message_parts *p)
{
    struct header h = { .id = TOK_WRAP, .flags = flags_of(s, &s->send), .seq = s->send.seq };
    uint8_t sum[CRYPTO_HASH_MAX], *t = p->token->ptr;

    if (p->token->len < HEADER + s->tag_len)
        return too_small(p->token, HEADER + s->tag_len);
    header_write(&h, t); /* the checksum sees EC and RRC as zero.  RFC 4121 4.2.4 */
    checksum(&s->send.plain, p, t, sum);
    h.ec = h.rrc = (uint16_t)s->tag_len;
    header_write(&h, t);
    memcpy(t + HEADER, sum, s->tag_len);
    p->token->len = HEADER + s->tag_len;
    return ERR_OK;
}

/* Everything but the cipher: header, filler, confounder, the pieces; takes no number yet. */
OFTEN static enum err seal_begin(struct kerberos_messages *s, struct message_parts *p,
                                 struct crypto_job *ret)
{
    struct header h = { .id = TOK_WRAP,
                        .flags = flags_of(s, &s->send) | SEALED,
                        .ec = s->dce_style ? DCE_FILLER : 0,
                        .seq = s->send.seq };
    size_t trailer = h.ec + HEADER, need = HEADER + trailer + s->tag_len + CONFOUNDER;
    uint8_t *t = p->token->ptr, *confounder = t + HEADER + trailer + s->tag_len;
    enum err e;

    if (p->token->len < need)
        return too_small(p->token, need);
    e = crypto_random(confounder, CONFOUNDER);
    if (e)
        return e;
    header_write(&h, t); /* the encrypted copy has RRC zero */
    memset(t + HEADER, 0xff, h.ec);
    memcpy(t + HEADER + h.ec, t, HEADER);
    h.rrc = (uint16_t)(HEADER + s->tag_len); /* in DCE style EC comes on top of it */
    header_write(&h, t);
    p->token->len = need;
    p->piece[0] = (struct crypto_piece){ confounder, CONFOUNDER, false };
    p->piece[p->data + 1] = (struct crypto_piece){ t + HEADER, trailer, false };
    *ret = (struct crypto_job){ p->piece, p->data + 2, t + HEADER + trailer, ERR_OK };
    return ERR_OK;
}

static enum err seal_secret(struct kerberos_messages *s, struct message_parts *p)
{
    struct crypto_job job;
    enum err e = seal_begin(s, p, &job);

    return e ? e : crypto_seal_pieces(&s->send.seal, job.piece, job.count, job.tag);
}

static void no_padding(struct message_parts *p)
{
    if (p->padding)
        p->padding->len = 0;
}

OFTEN static enum err seal(struct kerberos_messages *s, uint32_t qop, struct message *m)
{
    struct message_parts p;
    enum err e = message_sort(m, false, &p);

    if (!e)
        e = qop == QOP_NO_ENCRYPT ? seal_plain(s, &p) : seal_secret(s, &p);
    if (e)
        return e;
    no_padding(&p);
    s->send.seq++;
    return ERR_OK;
}

static void seal_group(struct kerberos_messages *s, struct message *m, size_t n)
{
    struct message_parts p[GROUP];
    struct crypto_job job[GROUP];
    size_t of[GROUP], jobs = 0, i;

    for (i = 0; i < n; i++) {
        m[i].err = message_sort(&m[i], false, &p[jobs]);
        if (!m[i].err)
            m[i].err = seal_begin(s, &p[jobs], &job[jobs]);
        if (m[i].err)
            continue;
        no_padding(&p[jobs]);
        s->send.seq++;
        of[jobs++] = i;
    }
    crypto_seal_jobs(&s->send.seal, job, jobs);
    for (i = 0; i < jobs; i++)
        m[of[i]].err = job[i].err;
}

static void seal_many(struct kerberos_messages *s, struct message *m, size_t n)
{
    size_t group;

    for (; n; m += group, n -= group) {
        group = n < GROUP ? n : GROUP;
        seal_group(s, m, group);
    }
}

/* A received Wrap token: where its parts lie once it is turned as it should be. */
struct wrapped {
    struct header h;
    uint8_t *header, *confounder, *trailer, *tag; /* no confounder and trailer: not sealed */
    size_t trailer_len;
    struct bytes stream_data;
};

/* A stream is taken apart as if it were token and data, then the two cases are one. around: the
 * bytes after the header beside the data; before: those of them that come before the data. */
static enum err parts_of_stream(struct message_parts *p, size_t around, size_t before,
                                struct wrapped *w)
{
    struct segment *g = p->stream;
    size_t i;

    if (g->len - HEADER < around)
        return detail_fail(ERR_TRUNCATED, "a wrapped message of %zu bytes; %zu are not data",
                           g->len, around + HEADER);
    for (i = 1; i <= p->data; i++) {
        if (p->piece[i].plain)
            return detail_fail(ERR_INVALID_PARAMETER,
                               "a stream has no buffers signed beside it: give token and data");
    }
    w->stream_data = bytes_of(g->ptr + HEADER + before, g->len - HEADER - around);
    p->data = 1;
    p->piece[1] = (struct crypto_piece){ g->ptr + HEADER + before, w->stream_data.len, false };
    p->encrypted_len = w->stream_data.len;
    return ERR_OK;
}

/* Turns the bytes after the header from left rotation had to left rotation want. */
static void turn(struct message_parts *p, uint8_t *after, size_t around, size_t had, size_t want)
{
    size_t total = around + p->encrypted_len;

    p->piece[0] = (struct crypto_piece){ after, p->stream ? total : around, false };
    rotate_left(p->piece, p->stream ? 1 : p->data + 1, total, had % total + total - want % total);
}

/* Finds the parts. What is not turned at all stays so in a stream; everything else is turned so
 * that the data comes last, as it does where it lies in buffers of its own. */
static enum err wrapped_layout(struct kerberos_messages *s, struct message_parts *p,
                               struct wrapped *w)
{
    const struct segment *g = p->stream ? p->stream : p->token;
    size_t secret = w->h.flags & SEALED ? CONFOUNDER : 0, around, had = w->h.rrc;
    bool straight;
    enum err e = ERR_OK;

    if (!secret && w->h.ec != s->tag_len)
        return detail_fail(ERR_MALFORMED, "a checksum of %u bytes; this type's have %zu", w->h.ec,
                           s->tag_len);
    w->trailer_len = secret ? w->h.ec + HEADER : 0;
    around = secret + w->trailer_len + s->tag_len;
    if (secret && s->dce_style && had)
        had += w->h.ec; /* RRC zero is not turned: so MIT's trailers of their own */
    straight = p->stream && (g->len == HEADER || had % (g->len - HEADER) == 0);
    if (p->stream)
        e = parts_of_stream(p, around, straight ? secret : around, w);
    else if (g->len != HEADER + around)
        e = detail_fail(g->len < HEADER + around ? ERR_TRUNCATED : ERR_MALFORMED,
                        "a token of %zu bytes; it has %zu", g->len, HEADER + around);
    if (e)
        return e;
    w->header = g->ptr;
    w->trailer = g->ptr + HEADER + (straight ? secret + p->encrypted_len : 0);
    w->tag = w->trailer + w->trailer_len;
    if (secret)
        w->confounder = straight ? g->ptr + HEADER : w->tag + s->tag_len;
    if (!straight)
        turn(p, g->ptr + HEADER, around, had, around - secret);
    return ERR_OK;
}

/* The header under the encryption must be the one outside it, but for RRC, which some leave zero
 * and some do not. */
static bool same_header(const uint8_t *outside, const uint8_t *inside)
{
    return memcmp(outside, inside, 6) == 0 && memcmp(outside + 8, inside + 8, 8) == 0;
}

static struct crypto_job open_begin(struct message_parts *p, const struct wrapped *w)
{
    p->piece[0] = (struct crypto_piece){ w->confounder, CONFOUNDER, false };
    p->piece[p->data + 1] = (struct crypto_piece){ w->trailer, w->trailer_len, false };
    return (struct crypto_job){ p->piece, p->data + 2, w->tag, ERR_OK };
}

static enum err open_plain(struct kerberos_messages *s, struct message_parts *p, struct wrapped *w)
{
    struct header h = w->h;
    uint8_t sum[CRYPTO_HASH_MAX], header[HEADER];

    h.ec = h.rrc = 0;
    header_write(&h, header);
    checksum(&s->recv.plain, p, header, sum);
    return bytes_equal_secret(sum, w->tag, s->tag_len) ? ERR_OK : altered(&w->h);
}

static void forget(const struct message_parts *p)
{
    size_t i;

    for (i = 1; i <= p->data; i++) {
        if (!p->piece[i].plain && p->piece[i].len)
            memset(p->piece[i].ptr, 0, p->piece[i].len);
    }
}

OFTEN static enum err unseal_begin(struct kerberos_messages *s, struct message *m,
                                   struct message_parts *p, struct wrapped *w)
{
    const struct segment *g;
    enum err e = message_sort(m, true, p);

    memset(w, 0, sizeof *w);
    if (e)
        return e;
    g = p->stream ? p->stream : p->token;
    e = header_read(bytes_of(g->ptr, g->len), TOK_WRAP, &w->h);
    if (!e)
        e = flags_check(s, &w->h);
    return e ? e : wrapped_layout(s, p, w);
}

/* opened: what became of the cipher and its tag, where there was one. */
OFTEN static enum err unseal_end(struct kerberos_messages *s, struct message_parts *p,
                                 struct wrapped *w, enum err opened, uint32_t *ret_qop)
{
    enum err e = w->confounder ? opened : open_plain(s, p, w);

    if (w->confounder && !e && !same_header(w->header, w->trailer + w->h.ec))
        e = ERR_ALTERED;
    if (e == ERR_ALTERED)
        e = altered(&w->h);
    if (!e)
        e = window_admit(&s->recv.window, w->h.seq);
    if (e) {
        forget(p);
        return e;
    }
    if (p->stream && p->first_data) {
        p->first_data->ptr = (uint8_t *)w->stream_data.ptr;
        p->first_data->len = w->stream_data.len;
    }
    no_padding(p);
    *ret_qop = w->confounder ? 0 : QOP_NO_ENCRYPT;
    return ERR_OK;
}

OFTEN static enum err unseal(struct kerberos_messages *s, struct message *m, uint32_t *ret_qop)
{
    struct message_parts p;
    struct wrapped w;
    enum err e = unseal_begin(s, m, &p, &w), opened = ERR_OK;

    if (e)
        return e;
    if (w.confounder) {
        struct crypto_job job = open_begin(&p, &w);

        opened = crypto_open_pieces(&s->recv.seal, job.piece, job.count, job.tag);
    }
    return unseal_end(s, &p, &w, opened, ret_qop);
}

static void unseal_group(struct kerberos_messages *s, struct message *m, size_t n)
{
    struct message_parts p[GROUP];
    struct wrapped w[GROUP];
    struct crypto_job job[GROUP];
    size_t jobs = 0, i;
    uint32_t qop = 0;

    for (i = 0; i < n; i++) {
        m[i].err = unseal_begin(s, &m[i], &p[i], &w[i]);
        if (!m[i].err && w[i].confounder)
            job[jobs++] = open_begin(&p[i], &w[i]);
    }
    crypto_open_jobs(&s->recv.seal, job, jobs);
    for (i = 0, jobs = 0; i < n; i++) { /* in the order they came: so they are counted */
        enum err opened = ERR_OK;

        if (m[i].err)
            continue;
        if (w[i].confounder)
            opened = job[jobs++].err;
        m[i].err = unseal_end(s, &p[i], &w[i], opened, &qop);
        if (!m[i].err)
            m[i].err = kerberos_must_be_sealed(qop);
    }
}

static void unseal_many(struct kerberos_messages *s, struct message *m, size_t n)
{
    size_t group;

    for (; n; m += group, n -= group) {
        group = n < GROUP ? n : GROUP;
        unseal_group(s, m, group);
    }
}

static enum err derive_side(struct kerberos_messages *s, struct message_side *side,
                            struct bytes base, bool sending)
{
    static const enum crypto_hash hashes[] = { CRYPTO_HASH_SHA1, CRYPTO_HASH_SHA1,
                                               CRYPTO_HASH_SHA256, CRYPTO_HASH_SHA384 };
    enum crypto_hash hash = hashes[s->enctype - CRYPTO_AES128_SHA1];
    uint32_t seal_use = side->from_acceptor ? USAGE_ACCEPTOR_SEAL : USAGE_INITIATOR_SEAL;
    uint32_t sign_use = side->from_acceptor ? USAGE_ACCEPTOR_SIGN : USAGE_INITIATOR_SIGN;
    struct crypto_key ke, ki, plain, mic;
    enum err e = crypto_derive(s->enctype, base, seal_use, CRYPTO_KE, &ke);

    if (!e)
        e = crypto_derive(s->enctype, base, seal_use, CRYPTO_KI, &ki);
    if (!e)
        e = crypto_derive(s->enctype, base, seal_use, CRYPTO_KC, &plain);
    if (!e)
        e = crypto_derive(s->enctype, base, sign_use, CRYPTO_KC, &mic);
    if (!e) {
        crypto_hmac_init(&side->plain, hash, crypto_key_view(&plain));
        crypto_hmac_init(&side->mic, hash, crypto_key_view(&mic));
        e = crypto_seal_init(&side->seal, crypto_key_view(&ke), crypto_key_view(&ki), hash,
                             s->tag_len, sending);
    }
    mem_wipe(&ke, sizeof ke);
    mem_wipe(&ki, sizeof ki);
    mem_wipe(&plain, sizeof plain);
    mem_wipe(&mic, sizeof mic);
    return e;
}

static enum err init(struct kerberos_messages *s, struct bytes key)
{
    enum err e;

    if (s->enctype < CRYPTO_AES128_SHA1 || s->enctype > CRYPTO_AES256_SHA384)
        return detail_fail(ERR_UNSUPPORTED_ETYPE, "encryption type %d", s->enctype);
    s->tag_len = s->enctype == CRYPTO_AES128_SHA256   ? 16
                 : s->enctype == CRYPTO_AES256_SHA384 ? 24
                                                      : 12;
    s->sizes.max_signature = (uint32_t)(HEADER + s->tag_len);
    s->sizes.trailer =
        (uint32_t)(2 * HEADER + s->tag_len + CONFOUNDER + (s->dce_style ? DCE_FILLER : 0));
    e = derive_side(s, &s->send, key, true);
    return e ? e : derive_side(s, &s->recv, key, false);
}

const struct message_suite message_suite_aes = { init,   sign,      verify,     seal,
                                                 unseal, seal_many, unseal_many };
