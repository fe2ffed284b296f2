/* SPDX-License-Identifier: Apache-2.0
 * aes_cts.c - see aes_cts.h.  RFC 3962 5, RFC 8009 5
 *
 * CBC up to the last two blocks; of these the last, possibly partial, is sent after the one
 * computed last:  ... | C(n) 16 | C(n-1) cut to the last block's length.
 */
#include <limits.h>

#include "base/detail.h"
#include "base/secret.h"
#include "crypto/aes_cts.h"
#include "crypto/cipher.h"

enum { BLOCK = 16, RUN_MAX = INT_MAX & ~15 };

struct crypto_cts {
    EVP_CIPHER_CTX *cbc;
    bool encrypt;
    uint8_t last[BLOCK]; /* the ciphertext block before the next one */
    struct crypto_stitch stitch;
};

enum err crypto_cts_new(struct bytes key, bool encrypt, struct crypto_cts **ret)
{
    struct crypto_cts *c = secret_alloc(sizeof *c);
    enum err e;

    if (!c)
        return ERR_NO_MEMORY;
    c->encrypt = encrypt;
    e = crypto_cbc_new(key, encrypt, &c->cbc);
    if (e) {
        secret_free(c, sizeof *c);
        return e;
    }
    crypto_stitch_init(&c->stitch, key);
    *ret = c;
    return ERR_OK;
}

void crypto_cts_free(struct crypto_cts *c)
{
    if (!c)
        return;
    EVP_CIPHER_CTX_free(c->cbc);
    secret_free(c, sizeof *c);
}

OFTEN enum err crypto_cts_begin(struct crypto_cts *c)
{
    static const uint8_t zero_iv[BLOCK];

    memset(c->last, 0, BLOCK);
    if (EVP_CipherInit_ex2(c->cbc, NULL, NULL, zero_iv, -1, NULL) != 1)
        return detail_fail(ERR_INTERNAL, "OpenSSL refused a new IV");
    return ERR_OK;
}

/* CBC over n bytes, a multiple of 16, in place. */
OFTEN static enum err cbc(struct crypto_cts *c, uint8_t *p, size_t n)
{
    int out;

    if (!c->encrypt)
        memcpy(c->last, p + n - BLOCK, BLOCK);
    if (EVP_CipherUpdate(c->cbc, p, &out, p, (int)n) != 1 || out != (int)n)
        return detail_fail(ERR_INTERNAL, "OpenSSL's AES-CBC failed on %zu bytes", n);
    if (c->encrypt)
        memcpy(c->last, p + n - BLOCK, BLOCK);
    return ERR_OK;
}

/* How many bytes lie together at the cursor; 0 only at the end. */
static size_t together(struct crypto_cursor *at)
{
    while (at->piece < at->end && (at->piece->plain || at->off == at->piece->len)) {
        at->piece++;
        at->off = 0;
    }
    return at->piece < at->end ? at->piece->len - at->off : 0;
}

/* Copies n bytes between the pieces and a block, either way. */
static void take(struct crypto_cursor at, uint8_t *to, size_t n)
{
    size_t run;

    for (; n; n -= run, to += run, at.off += run) {
        run = together(&at);
        run = run < n ? run : n;
        memcpy(to, at.piece->ptr + at.off, run);
    }
}

static void give(struct crypto_cursor *at, const uint8_t *from, size_t n)
{
    size_t run;

    for (; n; n -= run, from += run, at->off += run) {
        run = together(at);
        run = run < n ? run : n;
        memcpy(at->piece->ptr + at->off, from, run);
    }
}

OFTEN enum err crypto_cts_blocks(struct crypto_cts *c, struct crypto_cursor *at, size_t n)
{
    uint8_t block[BLOCK];
    enum err e = ERR_OK;
    size_t run;

    for (; n && !e; n -= run) {
        run = together(at);
        run = run < n ? run : n;
        if (run >= BLOCK) {
            run &= RUN_MAX;
            e = cbc(c, at->piece->ptr + at->off, run);
            at->off += run;
        } else { /* a block across pieces */
            run = BLOCK;
            take(*at, block, BLOCK);
            e = cbc(c, block, BLOCK);
            give(at, block, BLOCK);
        }
    }
    return e;
}

/* Whether both stand in the same piece, the hash first, and how far both can go on in blocks of
 * 64 bytes when the cipher may do left bytes. */
static size_t stitchable(const struct crypto_cursor *at, const struct crypto_cursor *hash,
                         size_t left)
{
    size_t run;

    if (at->piece == at->end || at->piece != hash->piece || hash->off < at->off)
        return 0;
    run = at->piece->len - hash->off;
    return (run < left ? run : left) / STITCH_BLOCK;
}

size_t crypto_cts_with_sha1(struct crypto_cts *c, struct crypto_cursor *at,
                            struct crypto_cursor *hash, struct crypto_hash_state *sha1, size_t left,
                            enum err *ret_err)
{
    size_t blocks;

    if (!c->stitch.rounds || crypto_stitch_missing(sha1) != 0 || together(at) == 0)
        return 0;
    blocks = stitchable(at, hash, left);
    if (!blocks)
        return 0;
    crypto_stitch_run(&c->stitch, c->last, at->piece->ptr + at->off, sha1,
                      hash->piece->ptr + hash->off, blocks);
    at->off += blocks * STITCH_BLOCK;
    hash->off += blocks * STITCH_BLOCK;
    if (EVP_CipherInit_ex2(c->cbc, NULL, NULL, c->last, -1, NULL) != 1)
        *ret_err = detail_fail(ERR_INTERNAL, "OpenSSL refused a new IV");
    return blocks * STITCH_BLOCK;
}

const struct crypto_stitch *crypto_cts_schedule(const struct crypto_cts *c)
{
    return &c->stitch;
}

static void xor_block(uint8_t *to, const uint8_t *with)
{
    size_t i;

    for (i = 0; i < BLOCK; i++)
        to[i] ^= with[i];
}

static enum err tail_encrypt(struct crypto_cts *c, uint8_t t[2 * BLOCK])
{
    uint8_t before[BLOCK];
    enum err e = cbc(c, t, 2 * BLOCK);

    memcpy(before, t, BLOCK);
    memcpy(t, t + BLOCK, BLOCK);
    memcpy(t + BLOCK, before, BLOCK);
    return e;
}

/* t holds C(n) and the first part bytes of C(n-1), whose rest is found inside D(C(n)): there the
 * plaintext was padded with zeros. */
static enum err tail_decrypt(struct crypto_cts *c, uint8_t t[2 * BLOCK], size_t part)
{
    uint8_t before[BLOCK], d[BLOCK], c_n[BLOCK];
    enum err e;

    memcpy(before, c->last, BLOCK);
    memcpy(c_n, t, BLOCK);
    memcpy(d, t, BLOCK);
    e = cbc(c, d, BLOCK);
    xor_block(d, before); /* what chaining put in */
    memcpy(t, t + BLOCK, part);
    memcpy(t + part, d + part, BLOCK - part); /* t: C(n-1) whole */
    memcpy(t + BLOCK, t, BLOCK);
    xor_block(t + BLOCK, d); /* P(n) and zeros */
    if (!e)
        e = cbc(c, t, BLOCK);
    xor_block(t, c_n);
    xor_block(t, before);
    return e;
}

OFTEN enum err crypto_cts_tail(struct crypto_cts *c, struct crypto_cursor *at, size_t n)
{
    uint8_t t[2 * BLOCK] = { 0 };
    enum err e;

    take(*at, t, n);
    e = c->encrypt ? tail_encrypt(c, t) : tail_decrypt(c, t, n - BLOCK);
    give(at, t, n);
    return e;
}
