/* SPDX-License-Identifier: Apache-2.0
 * agreement.c - see agreement.h: the bytes, and the sender's side.
 *
 * The part:   0 enc 65 | 65 begins 8 | 73 ends 8 | 81 signature 64
 * Its info:   label, zero | sender SID | recipient SID | sender's key 16 | recipient's key 16 |
 *             begins 8 | ends 8 | length 2, sender's host
 * Signed:     label, zero | enc 65 | info
 */
#include "queue/agreement.h"

#include <pthread.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "crypto/random.h"
#include "crypto/sha256.h"
#include "queue/agreement_bytes.h"
#include "queue/id.h"

static const char info_label[] = "countersign queue agreement 1";
static const char signature_label[] = "countersign queue agreement signature 1";

enum { ALIVE = 0x51a11fe };

static struct bytes view(struct queue_agreement_bytes *to, const struct writer *w)
{
    to->err = w->err;
    return bytes_of(to->bytes, w->len);
}

struct bytes queue_agreement_info(const struct queue_header *h, uint64_t begins, uint64_t ends,
                                  struct queue_agreement_bytes *to)
{
    struct writer w = writer_over(to->bytes, sizeof to->bytes);

    writer_bytes(&w, bytes_of(info_label, sizeof info_label));
    sid_put(&w, &h->sender);
    sid_put(&w, &h->recipient);
    writer_bytes(&w, bytes_of(h->sender_key, QUEUE_KEY_ID));
    writer_bytes(&w, bytes_of(h->recipient_key, QUEUE_KEY_ID));
    writer_le64(&w, begins);
    writer_le64(&w, ends);
    writer_len16(&w, h->sender_host.len);
    writer_bytes(&w, h->sender_host);
    return view(to, &w);
}

struct bytes queue_agreement_signed(struct bytes enc, struct bytes info,
                                    struct queue_agreement_bytes *to)
{
    struct writer w = writer_over(to->bytes, sizeof to->bytes);

    writer_bytes(&w, bytes_of(signature_label, sizeof signature_label));
    writer_bytes(&w, enc);
    writer_bytes(&w, info);
    return view(to, &w);
}

struct kept {
    uint8_t parties[CRYPTO_SHA256]; /* of the info without its times */
    uint64_t begins, ends, used;    /* used: the count of uses then; 0: an empty place */
    uint32_t left;                  /* messages */
    struct queue_agreement agreement;
};

/* In memory that is zero in a child of fork: its mutex is unlocked then, which zeroes are, and
 * nothing of the parent's is found. */
struct sender {
    pthread_mutex_t lock;
    uint32_t alive; /* ALIVE: id_secret is there */
    uint64_t uses;
    uint8_t id_secret[QUEUE_ID_SECRET];
    struct kept kept[QUEUE_AGREEMENTS_MAX];
};

struct queue_agreements {
    uint32_t messages;
    uint64_t time;
    struct sender *secret;
};

enum err queue_agreements_new(uint32_t messages, uint64_t time, struct queue_agreements **ret)
{
    struct queue_agreements *a = mem_zero(sizeof *a);

    if (!a)
        return ERR_NO_MEMORY;
    a->messages = messages ? messages : 1;
    a->time = time < QUEUE_AGREEMENT_TIME_MAX ? time : QUEUE_AGREEMENT_TIME_MAX;
    a->secret = secret_alloc(sizeof *a->secret);
    if (!a->secret) {
        mem_free(a);
        return ERR_NO_MEMORY;
    }
    pthread_mutex_init(&a->secret->lock, NULL);
    *ret = a;
    return ERR_OK;
}

void queue_agreements_free(struct queue_agreements *a)
{
    if (!a)
        return;
    pthread_mutex_destroy(&a->secret->lock);
    secret_free(a->secret, sizeof *a->secret);
    mem_free(a);
}

/* Takes one message of an agreement with these parties that has one left now. */
static bool take(struct queue_agreements *a, const uint8_t parties[CRYPTO_SHA256], uint64_t now,
                 struct queue_agreement *ret)
{
    struct sender *s = a->secret;
    bool found = false;
    size_t i;

    pthread_mutex_lock(&s->lock);
    for (i = 0; i < QUEUE_AGREEMENTS_MAX && !found; i++) {
        struct kept *k = &s->kept[i];

        if (!k->used || memcmp(k->parties, parties, CRYPTO_SHA256) != 0 || k->left == 0 ||
            now < k->begins || now > k->ends)
            continue;
        k->left--;
        k->used = ++s->uses;
        *ret = k->agreement;
        found = true;
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

/* In the place of one with the same parties, else of the one used longest ago. */
static void keep(struct queue_agreements *a, const struct kept *made)
{
    struct sender *s = a->secret;
    struct kept *to = &s->kept[0];
    size_t i;

    pthread_mutex_lock(&s->lock);
    for (i = 0; i < QUEUE_AGREEMENTS_MAX; i++) {
        struct kept *k = &s->kept[i];

        if (k->used && memcmp(k->parties, made->parties, CRYPTO_SHA256) == 0) {
            to = k;
            break;
        }
        if (k->used < to->used)
            to = k;
    }
    *to = *made;
    to->used = ++s->uses;
    pthread_mutex_unlock(&s->lock);
}

static enum err make(const struct queue_header *h, uint64_t ends, const struct crypto_p256 *signing,
                     const struct crypto_p256 *to, struct queue_agreement *ret)
{
    struct queue_agreement_bytes info_room, signed_room;
    struct bytes info = queue_agreement_info(h, h->created, ends, &info_room);
    struct writer w = writer_over(ret->part, sizeof ret->part);
    uint8_t signature[CRYPTO_P256_SIGNATURE], enc[CRYPTO_HPKE_ENC];
    struct bytes text;
    struct crypto_hpke hpke;
    enum err e = info_room.err;

    if (!e)
        e = crypto_hpke_send(to, info, enc, &hpke);
    if (e)
        return e;
    text = queue_agreement_signed(bytes_of(enc, sizeof enc), info, &signed_room);
    e = signed_room.err;
    if (!e)
        e = crypto_p256_sign(signing, text, signature);
    writer_bytes(&w, bytes_of(enc, sizeof enc));
    writer_le64(&w, h->created);
    writer_le64(&w, ends);
    writer_bytes(&w, bytes_of(signature, sizeof signature));
    memcpy(ret->exporter, hpke.exporter, sizeof ret->exporter);
    mem_wipe(&hpke, sizeof hpke);
    return e ? e : w.err;
}

enum err queue_agreement_for(struct queue_agreements *a, const struct queue_header *h,
                             const struct crypto_p256 *signing, const struct crypto_p256 *to,
                             struct queue_agreement *ret)
{
    struct queue_agreement_bytes room;
    struct bytes info = queue_agreement_info(h, 0, 0, &room);
    struct kept made = { .begins = h->created, .left = a->messages - 1 };
    enum err e = room.err;

    if (e)
        return e;
    crypto_sha256(&info, 1, made.parties);
    if (take(a, made.parties, h->created, ret))
        return ERR_OK;
    made.ends = h->created > UINT64_MAX - a->time ? UINT64_MAX : h->created + a->time;
    e = make(h, made.ends, signing, to, &made.agreement);
    if (!e) {
        keep(a, &made);
        *ret = made.agreement;
    }
    mem_wipe(&made, sizeof made);
    return e;
}

enum err queue_agreements_id(struct queue_agreements *a, struct bytes head, struct bytes body,
                             uint8_t ret[QUEUE_ID])
{
    struct sender *s = a->secret;
    uint8_t secret[QUEUE_ID_SECRET], random[QUEUE_ID_SECRET];
    enum err e = ERR_OK;

    pthread_mutex_lock(&s->lock);
    if (s->alive != ALIVE) {
        e = crypto_random(s->id_secret, sizeof s->id_secret);
        s->alive = e ? 0 : ALIVE;
    }
    memcpy(secret, s->id_secret, sizeof secret);
    pthread_mutex_unlock(&s->lock);
    if (!e)
        e = crypto_random(random, sizeof random);
    if (!e)
        queue_id_of(secret, random, head, body, ret);
    mem_wipe(secret, sizeof secret);
    return e;
}
