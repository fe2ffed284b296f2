/* SPDX-License-Identifier: Apache-2.0
 * verified.c - see agreement.h: the receiver's side, which verifies an agreement once and knows it
 * again by all that went into it.
 */
#include <pthread.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/secret.h"
#include "base/siphash.h"
#include "crypto/random.h"
#include "crypto/sha256.h"
#include "queue/agreement_bytes.h"

enum { WAYS = 4, SETS = QUEUE_VERIFIED_MAX / WAYS, BEGINS_AT = CRYPTO_HPKE_ENC };

struct known {
    uint8_t what[CRYPTO_SHA256]; /* the agreement's bytes, both keys, the info */
    uint8_t exporter[CRYPTO_HKDF];
    uint64_t used; /* the count of uses then; 0: an empty place */
};

/* In memory that is zero in a child of fork: unlocked, and nothing known. */
struct memory {
    pthread_mutex_t lock;
    uint64_t uses;
    struct known known[SETS][WAYS];
};

struct queue_verified {
    uint8_t siphash[SIPHASH_KEY]; /* nobody chooses whose place is taken */
    struct memory *memory;
};

enum err queue_verified_new(struct queue_verified **ret)
{
    struct queue_verified *v = mem_zero(sizeof *v);
    enum err e;

    if (!v)
        return ERR_NO_MEMORY;
    e = crypto_random(v->siphash, sizeof v->siphash);
    v->memory = e ? NULL : secret_alloc(sizeof *v->memory);
    if (!v->memory) {
        mem_free(v);
        return e ? e : ERR_NO_MEMORY;
    }
    pthread_mutex_init(&v->memory->lock, NULL);
    *ret = v;
    return ERR_OK;
}

void queue_verified_free(struct queue_verified *v)
{
    if (!v)
        return;
    pthread_mutex_destroy(&v->memory->lock);
    secret_free(v->memory, sizeof *v->memory);
    mem_free(v);
}

static struct known *set_of(struct queue_verified *v, const uint8_t what[CRYPTO_SHA256])
{
    return v->memory->known[siphash(v->siphash, bytes_of(what, CRYPTO_SHA256)) % SETS];
}

static bool recall(struct queue_verified *v, const uint8_t what[CRYPTO_SHA256],
                   uint8_t ret[CRYPTO_HKDF])
{
    struct known *k = set_of(v, what);
    bool found = false;
    int i;

    pthread_mutex_lock(&v->memory->lock);
    for (i = 0; i < WAYS && !found; i++) {
        if (!k[i].used || memcmp(k[i].what, what, CRYPTO_SHA256) != 0)
            continue;
        memcpy(ret, k[i].exporter, CRYPTO_HKDF);
        k[i].used = ++v->memory->uses;
        found = true;
    }
    pthread_mutex_unlock(&v->memory->lock);
    return found;
}

/* In the place of its set used longest ago. */
static void remember(struct queue_verified *v, const uint8_t what[CRYPTO_SHA256],
                     const uint8_t exporter[CRYPTO_HKDF])
{
    struct known *k = set_of(v, what), *to = k;
    int i;

    pthread_mutex_lock(&v->memory->lock);
    for (i = 1; i < WAYS; i++)
        if (k[i].used < to->used)
            to = &k[i];
    memcpy(to->what, what, CRYPTO_SHA256);
    memcpy(to->exporter, exporter, CRYPTO_HKDF);
    to->used = ++v->memory->uses;
    pthread_mutex_unlock(&v->memory->lock);
}

struct parts {
    struct bytes enc, signature;
    uint64_t begins, ends;
};

static struct parts parts_of(const struct queue_message *m)
{
    struct reader r = reader_over(m->agreement);
    struct parts p;

    p.enc = reader_take(&r, CRYPTO_HPKE_ENC);
    p.begins = reader_le64(&r);
    p.ends = reader_le64(&r);
    p.signature = reader_take(&r, CRYPTO_P256_SIGNATURE);
    return p;
}

bool queue_agreement_in_time(const struct queue_message *m)
{
    struct parts p = parts_of(m);

    return p.begins <= p.ends && p.ends - p.begins <= QUEUE_AGREEMENT_TIME_MAX &&
           p.begins <= m->header.created && m->header.created <= p.ends;
}

enum err queue_agreement_open(struct queue_verified *v, const struct queue_message *m,
                              const struct crypto_p256 *own, const struct crypto_p256 *sender,
                              uint8_t ret_exporter[CRYPTO_HKDF])
{
    struct parts p = parts_of(m);
    struct queue_agreement_bytes info_room, signed_room;
    struct bytes info = queue_agreement_info(&m->header, p.begins, p.ends, &info_room);
    const struct bytes all[] = { m->agreement, crypto_p256_public(own), crypto_p256_public(sender),
                                 info };
    uint8_t what[CRYPTO_SHA256];
    struct crypto_hpke hpke;
    struct bytes text;
    enum err e = info_room.err;

    if (e)
        return e;
    crypto_sha256(all, 4, what);
    if (recall(v, what, ret_exporter))
        return ERR_OK;
    text = queue_agreement_signed(p.enc, info, &signed_room);
    e = signed_room.err;
    if (!e)
        e = crypto_p256_verify(sender, text, p.signature.ptr);
    if (!e)
        e = crypto_hpke_receive(own, p.enc, info, &hpke);
    if (e)
        return e;
    memcpy(ret_exporter, hpke.exporter, CRYPTO_HKDF);
    remember(v, what, hpke.exporter);
    mem_wipe(&hpke, sizeof hpke);
    return ERR_OK;
}
