/* SPDX-License-Identifier: Apache-2.0
 * seal.c - see seal.h.
 *
 * Hash and cipher take turns over a few KiB, so that a long message comes from memory once.
 */
#include "crypto/seal.h"
#include "base/alloc.h"
#include "base/detail.h"

enum { TURN = 8192, STITCH_FROM = 512, CONFOUNDER = 16 };

enum err crypto_seal_init(struct crypto_seal *s, struct bytes cipher_key, struct bytes mac_key,
                          enum crypto_hash hash, size_t tag_len, bool encrypt)
{
    static const uint8_t zero_iv[16];

    crypto_hmac_init(&s->mac, hash, mac_key);
    s->tag_len = tag_len;
    s->mac_ciphertext = hash != CRYPTO_HASH_SHA1;
    if (s->mac_ciphertext) /* RFC 8009 5: H = HMAC(Ki, IV | C), and the IV never changes */
        crypto_hmac_add(&s->mac, &s->mac.inner, zero_iv, sizeof zero_iv);
    return crypto_cts_new(cipher_key, encrypt, &s->cts);
}

void crypto_seal_done(struct crypto_seal *s)
{
    crypto_cts_free(s->cts);
    mem_wipe(s, sizeof *s);
}

struct pass { /* where cipher and hash stand in one message */
    struct crypto_seal *s;
    struct crypto_cursor cipher, hash;
    struct crypto_hash_state run;
};

static struct pass pass_over(struct crypto_seal *s, const struct crypto_piece *p, size_t n)
{
    struct pass a;

    a.s = s;
    a.cipher = a.hash = (struct crypto_cursor){ p, p + n, 0 };
    crypto_hmac_begin(&s->mac, &a.run);
    return a;
}

/* Hashes on until n more encrypted bytes are behind, with the plain pieces met on the way. */
OFTEN static void hash_on(struct pass *a, size_t n)
{
    struct crypto_cursor *at = &a->hash;

    for (; at->piece < at->end; at->piece++, at->off = 0) {
        size_t run = at->piece->len - at->off;

        if (!at->piece->plain) {
            if (n == 0)
                return;
            run = run < n ? run : n;
            n -= run;
        }
        crypto_hmac_add(&a->s->mac, &a->run, at->piece->ptr + at->off, run);
        at->off += run;
        if (at->off < at->piece->len)
            return;
    }
}

static size_t encrypted_len(const struct crypto_piece *p, size_t n)
{
    size_t total = 0, i;

    for (i = 0; i < n; i++)
        total += p[i].plain ? 0 : p[i].len;
    return total;
}

/* Brings the hash to a block's edge, the cipher behind it to the same piece, then both on together.
 * Returns how far the cipher came. */
static size_t stitch(struct pass *a, size_t left, enum err *ret_err)
{
    struct crypto_cts *cts = a->s->cts;
    size_t first = CONFOUNDER;

    if (left < STITCH_FROM || crypto_cts_schedule(cts)->rounds == 0 || a->cipher.off != 0)
        return 0;
    if (a->cipher.piece->len != CONFOUNDER)
        first = 0;
    hash_on(a, first);
    *ret_err = first ? crypto_cts_blocks(cts, &a->cipher, first) : ERR_OK;
    hash_on(a, 0); /* what is only signed and lies before the data */
    hash_on(a, crypto_stitch_missing(&a->run));
    if (*ret_err)
        return first;
    return first + crypto_cts_with_sha1(cts, &a->cipher, &a->hash, &a->run, left - first, ret_err);
}

/* Cipher and hash over the whole; hash_first says which of them sees the bytes first. Where the
 * hash came further on the way it stays ahead and is done earlier. */
OFTEN static enum err both(struct pass *a, size_t total, bool hash_first)
{
    size_t tail = crypto_cts_tail_len(total), left = total - tail, n;
    enum err e = crypto_cts_begin(a->s->cts);

    if (hash_first && !e)
        left -= stitch(a, left, &e);
    for (; left && !e; left -= n) {
        n = left < TURN ? left : TURN;
        if (hash_first)
            hash_on(a, n);
        e = crypto_cts_blocks(a->s->cts, &a->cipher, n);
        if (!hash_first)
            hash_on(a, n);
    }
    if (hash_first)
        hash_on(a, SIZE_MAX);
    if (!e)
        e = crypto_cts_tail(a->s->cts, &a->cipher, tail);
    if (!hash_first)
        hash_on(a, SIZE_MAX);
    return e;
}

OFTEN enum err crypto_seal_pieces(struct crypto_seal *s, const struct crypto_piece *p, size_t n,
                                  uint8_t *ret_tag)
{
    struct pass a = pass_over(s, p, n);
    size_t total = encrypted_len(p, n);
    uint8_t sum[CRYPTO_HASH_MAX];
    enum err e;

    if (total <= 16)
        return detail_fail(ERR_INTERNAL, "%zu bytes are too few for AES-CTS here", total);
    e = both(&a, total, !s->mac_ciphertext);
    crypto_hmac_end(&s->mac, &a.run, sum);
    if (!e)
        memcpy(ret_tag, sum, s->tag_len);
    return e;
}

static enum err cipher_only(struct pass *a, size_t total)
{
    size_t tail = crypto_cts_tail_len(total);
    enum err e = crypto_cts_begin(a->s->cts);

    if (!e)
        e = crypto_cts_blocks(a->s->cts, &a->cipher, total - tail);
    return e ? e : crypto_cts_tail(a->s->cts, &a->cipher, tail);
}

enum err crypto_decrypt_pieces(struct crypto_seal *s, const struct crypto_piece *p, size_t n)
{
    struct pass a = pass_over(s, p, n);

    return cipher_only(&a, encrypted_len(p, n));
}

static enum err tag_check(struct pass *a, const uint8_t *tag)
{
    uint8_t sum[CRYPTO_HASH_MAX];

    crypto_hmac_end(&a->s->mac, &a->run, sum);
    return bytes_equal_secret(sum, tag, a->s->tag_len) ? ERR_OK : ERR_ALTERED;
}

void crypto_wipe_pieces(const struct crypto_piece *p, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (!p[i].plain && p[i].len)
            memset(p[i].ptr, 0, p[i].len);
    }
}

OFTEN enum err crypto_open_pieces(struct crypto_seal *s, const struct crypto_piece *p, size_t n,
                                  const uint8_t *tag)
{
    struct pass a = pass_over(s, p, n);
    size_t total = encrypted_len(p, n);
    enum err e;

    if (total <= 16)
        return detail_fail(ERR_INTERNAL, "%zu bytes are too few for AES-CTS here", total);
    if (s->mac_ciphertext) {
        hash_on(&a, SIZE_MAX);
        e = tag_check(&a, tag);
        if (!e)
            e = cipher_only(&a, total);
    } else {
        e = both(&a, total, false);
        if (!e)
            e = tag_check(&a, tag);
    }
    if (e)
        crypto_wipe_pieces(p, n);
    return e;
}
