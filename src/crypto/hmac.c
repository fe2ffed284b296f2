/* SPDX-License-Identifier: Apache-2.0
 * hmac.c - see hmac.h.
 *
 * The low-level hash functions are deprecated in OpenSSL 3 and used on purpose: their states are
 * plain structs, so a prepared key is copied onto the stack, where EVP_MAC_CTX_dup would allocate
 * several times a message and take longer than the hash. docs/decisions.md
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <assert.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

#include "base/alloc.h"
#include "crypto/hmac.h"

static_assert(sizeof(MD5_CTX) <= CRYPTO_HASH_STATE, "MD5 state");
static_assert(sizeof(SHA_CTX) <= CRYPTO_HASH_STATE, "SHA-1 state");
static_assert(sizeof(SHA256_CTX) <= CRYPTO_HASH_STATE, "SHA-256 state");
static_assert(sizeof(SHA512_CTX) <= CRYPTO_HASH_STATE, "SHA-512 state");

enum { BLOCK_MAX = 128 };

static const struct {
    size_t len, block, state;
} hashes[] = {
    [CRYPTO_HASH_MD5] = { 16, 64, sizeof(MD5_CTX) },
    [CRYPTO_HASH_SHA1] = { 20, 64, sizeof(SHA_CTX) },
    [CRYPTO_HASH_SHA256] = { 32, 64, sizeof(SHA256_CTX) },
    [CRYPTO_HASH_SHA384] = { 48, 128, sizeof(SHA512_CTX) },
};

static void start(enum crypto_hash hash, struct crypto_hash_state *s)
{
    switch (hash) {
    case CRYPTO_HASH_MD5:
        MD5_Init((MD5_CTX *)s->opaque);
        break;
    case CRYPTO_HASH_SHA1:
        SHA1_Init((SHA_CTX *)s->opaque);
        break;
    case CRYPTO_HASH_SHA256:
        SHA256_Init((SHA256_CTX *)s->opaque);
        break;
    case CRYPTO_HASH_SHA384:
        SHA384_Init((SHA512_CTX *)s->opaque);
        break;
    }
}

OFTEN static void add(enum crypto_hash hash, struct crypto_hash_state *s, const void *ptr,
                      size_t len)
{
    switch (hash) {
    case CRYPTO_HASH_MD5:
        MD5_Update((MD5_CTX *)s->opaque, ptr, len);
        break;
    case CRYPTO_HASH_SHA1:
        SHA1_Update((SHA_CTX *)s->opaque, ptr, len);
        break;
    case CRYPTO_HASH_SHA256:
        SHA256_Update((SHA256_CTX *)s->opaque, ptr, len);
        break;
    case CRYPTO_HASH_SHA384:
        SHA384_Update((SHA512_CTX *)s->opaque, ptr, len);
        break;
    }
}

static void finish(enum crypto_hash hash, struct crypto_hash_state *s, uint8_t *ret)
{
    switch (hash) {
    case CRYPTO_HASH_MD5:
        MD5_Final(ret, (MD5_CTX *)s->opaque);
        break;
    case CRYPTO_HASH_SHA1:
        SHA1_Final(ret, (SHA_CTX *)s->opaque);
        break;
    case CRYPTO_HASH_SHA256:
        SHA256_Final(ret, (SHA256_CTX *)s->opaque);
        break;
    case CRYPTO_HASH_SHA384:
        SHA384_Final(ret, (SHA512_CTX *)s->opaque);
        break;
    }
}

size_t crypto_hash_len(enum crypto_hash hash)
{
    return hashes[hash].len;
}

static void pad(const struct crypto_hmac *h, struct crypto_hash_state *s, const uint8_t *key,
                uint8_t with)
{
    uint8_t block[BLOCK_MAX];
    size_t i;

    for (i = 0; i < hashes[h->hash].block; i++)
        block[i] = key[i] ^ with;
    start(h->hash, s);
    add(h->hash, s, block, hashes[h->hash].block);
    mem_wipe(block, sizeof block);
}

void crypto_hmac_init(struct crypto_hmac *h, enum crypto_hash hash, struct bytes key)
{
    uint8_t full[BLOCK_MAX] = { 0 };
    struct crypto_hash_state s;

    h->hash = hash;
    if (key.len > hashes[hash].block) {
        start(hash, &s);
        add(hash, &s, key.ptr, key.len);
        finish(hash, &s, full);
        mem_wipe(&s, sizeof s);
    } else if (key.len) {
        memcpy(full, key.ptr, key.len);
    }
    pad(h, &h->inner, full, 0x36);
    pad(h, &h->outer, full, 0x5c);
    mem_wipe(full, sizeof full);
}

OFTEN void crypto_hmac_begin(const struct crypto_hmac *h, struct crypto_hash_state *run)
{
    if (h->hash == CRYPTO_HASH_SHA1) /* a copy of known size is a few moves */
        memcpy(run, &h->inner, sizeof(SHA_CTX));
    else
        memcpy(run, &h->inner, hashes[h->hash].state);
}

OFTEN void crypto_hmac_add(const struct crypto_hmac *h, struct crypto_hash_state *run,
                           const void *ptr, size_t len)
{
    add(h->hash, run, ptr, len);
}

OFTEN void crypto_hmac_end(const struct crypto_hmac *h, struct crypto_hash_state *run,
                           uint8_t ret[CRYPTO_HASH_MAX])
{
    struct crypto_hash_state outer;
    uint8_t sum[CRYPTO_HASH_MAX];

    finish(h->hash, run, sum);
    memcpy(&outer, &h->outer, hashes[h->hash].state);
    add(h->hash, &outer, sum, hashes[h->hash].len);
    finish(h->hash, &outer, ret);
}

void crypto_hmac_once(enum crypto_hash hash, struct bytes key, struct bytes text,
                      uint8_t ret[CRYPTO_HASH_MAX])
{
    struct crypto_hmac h;
    struct crypto_hash_state run;

    crypto_hmac_init(&h, hash, key);
    crypto_hmac_begin(&h, &run);
    crypto_hmac_add(&h, &run, text.ptr, text.len);
    crypto_hmac_end(&h, &run, ret);
    mem_wipe(&h, sizeof h);
    mem_wipe(&run, sizeof run);
}
