/* SPDX-License-Identifier: Apache-2.0
 * peer_keys.c - what others publish, remembered for a stated time.
 */
#include "queue/peer_keys.h"

#include <pthread.h>

#include "base/alloc.h"
#include "base/detail.h"

enum {
    LIFETIME = 900,
    NEGATIVE = 30,
    RETRY = 10,
    ACCOUNTS = 1024,
    CERTIFICATES_MOST = 16384, /* of all accounts together: some 11 MB */
    GONE_MAX = 64,             /* of one account */
};

struct slot {
    char *name; /* a SID as text, or an SPN */
    enum peer_by by;
    bool busy, known, nobody; /* known: fetched tells when; nobody: there is no such account */
    int64_t fetched, used, retry_at;
    struct peer_account account;
    uint8_t gone[GONE_MAX][QUEUE_KEY_ID]; /* signing keys that were published, and are no more */
    size_t gone_count;
};

struct peer_keys {
    pthread_mutex_t lock;
    pthread_cond_t fetched;
    struct peer_source source;
    struct peer_options o;
    struct slot **slot;
    size_t count, certificates;
};

void peer_account_done(struct peer_account *a)
{
    published_done(&a->keys);
    *a = (struct peer_account){ 0 };
}

static void slot_free(struct slot *s)
{
    if (!s)
        return;
    peer_account_done(&s->account);
    mem_free(s->name);
    mem_free(s);
}

enum err peer_keys_new(const struct peer_source *source, const struct peer_options *o,
                       struct peer_keys **ret)
{
    struct peer_keys *p = mem_zero(sizeof *p);

    if (!p)
        return ERR_NO_MEMORY;
    p->source = *source;
    p->o.lifetime = o && o->lifetime ? o->lifetime : LIFETIME;
    p->o.negative = o && o->negative ? o->negative : NEGATIVE;
    p->o.retry = o && o->retry ? o->retry : RETRY;
    p->o.accounts = o && o->accounts ? o->accounts : ACCOUNTS;
    p->slot = mem_array(p->o.accounts, sizeof *p->slot);
    if (!p->slot) {
        mem_free(p);
        return ERR_NO_MEMORY;
    }
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->fetched, NULL);
    *ret = p;
    return ERR_OK;
}

void peer_keys_free(struct peer_keys *p)
{
    size_t i;

    if (!p)
        return;
    for (i = 0; i < p->count; i++)
        slot_free(p->slot[i]);
    mem_free(p->slot);
    pthread_cond_destroy(&p->fetched);
    pthread_mutex_destroy(&p->lock);
    mem_free(p);
}

/* ---- slots ---- */

static struct slot *slot_find(struct peer_keys *p, enum peer_by by, const char *name)
{
    size_t i;

    for (i = 0; i < p->count; i++)
        if (p->slot[i]->by == by && strcmp(p->slot[i]->name, name) == 0)
            return p->slot[i];
    return NULL;
}

/* The one that nobody asked for for longest; false where each is being asked for. */
static bool slot_evict(struct peer_keys *p, const struct slot *but)
{
    size_t i, oldest = p->count;

    for (i = 0; i < p->count; i++)
        if (!p->slot[i]->busy && p->slot[i] != but &&
            (oldest == p->count || p->slot[i]->used < p->slot[oldest]->used))
            oldest = i;
    if (oldest == p->count)
        return false;
    p->certificates -= p->slot[oldest]->account.keys.count;
    slot_free(p->slot[oldest]);
    p->slot[oldest] = p->slot[--p->count];
    return true;
}

static enum err slot_new(struct peer_keys *p, enum peer_by by, const char *name, struct slot **ret)
{
    struct slot *s = NULL;

    if (p->count == p->o.accounts && !slot_evict(p, NULL))
        return detail_fail(ERR_NO_MEMORY, "%u accounts are being looked up at once", p->o.accounts);
    s = mem_zero(sizeof *s);
    if (s)
        s->name = mem_strdup(name);
    if (!s || !s->name) {
        slot_free(s);
        return ERR_NO_MEMORY;
    }
    s->by = by;
    p->slot[p->count++] = s;
    *ret = s;
    return ERR_OK;
}

/* ---- what an answer is worth ---- */

static int64_t age(const struct peer_keys *p, const struct slot *s)
{
    return p->source.clock(p->source.arg) - s->fetched;
}

/* No need to ask. */
static bool is_fresh(const struct peer_keys *p, const struct slot *s)
{
    int64_t a = age(p, s), most = s->nobody ? p->o.negative : p->o.lifetime / 2;

    return s->known && a >= 0 && a < most;
}

/* Good enough where the directory does not answer. */
static bool is_usable(const struct peer_keys *p, const struct slot *s)
{
    int64_t a = age(p, s), most = s->nobody ? p->o.negative : p->o.lifetime;

    return s->known && a >= 0 && a < most;
}

static bool has_signing(const struct published_list *l, const uint8_t id[QUEUE_KEY_ID])
{
    size_t i;

    for (i = 0; i < l->count; i++)
        if (published_verifies(&l->key[i]) && memcmp(l->key[i].c.signing_id, id, QUEUE_KEY_ID) == 0)
            return true;
    return false;
}

/* What was there and is no more; of too many the first is forgotten. */
static void remember_gone(struct slot *s, const struct published_list *next)
{
    const struct published_list *last = &s->account.keys;
    size_t i;

    for (i = 0; i < last->count; i++) {
        if (!published_verifies(&last->key[i]) || has_signing(next, last->key[i].c.signing_id))
            continue;
        if (s->gone_count == GONE_MAX)
            memmove(s->gone[0], s->gone[1], sizeof s->gone - sizeof s->gone[0]), s->gone_count--;
        memcpy(s->gone[s->gone_count++], last->key[i].c.signing_id, QUEUE_KEY_ID);
    }
}

static void slot_store(struct peer_keys *p, struct slot *s, struct peer_account *adopted,
                       bool nobody, int64_t asked)
{
    remember_gone(s, &adopted->keys);
    p->certificates -= s->account.keys.count;
    peer_account_done(&s->account);
    s->account = *adopted;
    p->certificates += s->account.keys.count;
    s->known = true;
    s->nobody = nobody;
    /* Later nobody has looked: an answer may have taken its time on the way. */
    s->fetched = nobody ? p->source.clock(p->source.arg) : asked;
    s->retry_at = 0;
    while (p->certificates > CERTIFICATES_MOST && slot_evict(p, s))
        ;
}

/* With the lock, which is given up meanwhile. */
static enum err slot_fetch(struct peer_keys *p, struct slot *s)
{
    const int64_t asked = p->source.clock(p->source.arg);
    struct peer_account got = { 0 };
    struct detail before = *detail_get();
    enum err e;

    s->busy = true;
    pthread_mutex_unlock(&p->lock);
    e = p->source.fetch(p->source.arg, s->by, s->name, p->source.time(p->source.arg), &got);
    pthread_mutex_lock(&p->lock);
    s->busy = false;
    if (e == ERR_OK || e == ERR_NO_OBJECT || e == ERR_AMBIGUOUS)
        slot_store(p, s, &got, e != ERR_OK, asked);
    else
        s->retry_at = p->source.clock(p->source.arg) + p->o.retry;
    pthread_cond_broadcast(&p->fetched);
    if (e == ERR_NO_MEMORY)
        return e;
    if (e == ERR_OK)
        *detail_get() = before;
    return ERR_OK;
}

/* With the lock. *ret is whole until it is given up. */
static enum err slot_ask(struct peer_keys *p, enum peer_by by, const char *name, struct slot **ret)
{
    struct slot *s = slot_find(p, by, name);
    enum err e = s ? ERR_OK : slot_new(p, by, name, &s);

    if (e)
        return e;
    s->used = p->source.clock(p->source.arg);
    while (s->busy && !is_usable(p, s)) {
        pthread_cond_wait(&p->fetched, &p->lock);
        s = slot_find(p, by, name); /* it may have been given up for another */
        if (!s)
            e = slot_new(p, by, name, &s);
        if (e)
            return e;
    }
    if (!s->busy && !is_fresh(p, s) && p->source.clock(p->source.arg) >= s->retry_at)
        e = slot_fetch(p, s);
    *ret = s;
    return e;
}

static enum peer_answer answer_of(const struct peer_keys *p, const struct slot *s)
{
    return !is_usable(p, s)      ? PEER_UNSURE
           : s->nobody           ? PEER_NOBODY
           : s->account.disabled ? PEER_DISABLED
                                 : PEER_FOUND;
}

/* ---- questions ---- */

enum err peer_keys_spn(struct peer_keys *p, const char *spn, enum peer_answer *ret_answer,
                       struct sid *ret_sid)
{
    struct slot *s = NULL;
    enum err e;

    pthread_mutex_lock(&p->lock);
    e = slot_ask(p, PEER_BY_SPN, spn, &s);
    if (!e) {
        *ret_answer = answer_of(p, s);
        *ret_sid = s->account.sid;
    }
    pthread_mutex_unlock(&p->lock);
    return e;
}

static enum err ask_sid(struct peer_keys *p, const struct sid *sid, struct slot **ret)
{
    char text[SID_TEXT];

    sid_format(sid, text);
    return slot_ask(p, PEER_BY_SID, text, ret);
}

enum err peer_keys_signing(struct peer_keys *p, const struct sid *sid, const char *host,
                           const uint8_t id[QUEUE_KEY_ID], enum peer_answer *ret_answer,
                           struct peer_certificate *ret)
{
    struct peer_certificate found = { 0 };
    const struct published *k;
    struct slot *s = NULL;
    size_t i;
    enum err e;

    pthread_mutex_lock(&p->lock);
    e = ask_sid(p, sid, &s);
    for (i = 0; !e && i < s->account.keys.count && !found.there; i++) {
        k = &s->account.keys.key[i];
        found.there = published_verifies(k) && strcmp(k->c.host, host) == 0 &&
                      memcmp(k->c.signing_id, id, QUEUE_KEY_ID) == 0;
        found.c = k->c;
    }
    for (i = 0; !e && i < s->gone_count && !found.there; i++)
        found.revoked = found.revoked || memcmp(s->gone[i], id, QUEUE_KEY_ID) == 0;
    if (!e) {
        *ret_answer = answer_of(p, s);
        *ret = found;
    }
    pthread_mutex_unlock(&p->lock);
    return e;
}

enum err peer_keys_current(struct peer_keys *p, const struct sid *sid, const char *host,
                           enum peer_answer *ret_answer, struct peer_certificate *ret)
{
    const struct published *k = NULL;
    struct slot *s = NULL;
    enum err e;

    pthread_mutex_lock(&p->lock);
    e = ask_sid(p, sid, &s);
    if (!e) {
        k = published_current(&s->account.keys, host);
        *ret = (struct peer_certificate){ .there = k != NULL };
        if (k)
            ret->c = k->c;
        *ret_answer = answer_of(p, s);
    }
    pthread_mutex_unlock(&p->lock);
    return e;
}
