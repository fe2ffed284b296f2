/* SPDX-License-Identifier: Apache-2.0
 * ns_cache.c - what was read of entries, for as long as whoever asks may use it.
 *
 * The lock is never held while the directory is asked.
 */
#include "names/ns_cache.h"

#include <pthread.h>
#include <strings.h>
#include <time.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "names/ns_entry.h"

struct kept {
    char *who, *dn;
    int64_t at; /* seconds of the monotonic clock */
    struct ns_read *read;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept cache[NS_CACHE_MOST];
static unsigned process_age = NS_AGE_DEFAULT;
static unsigned changes; /* made here; under the lock */

static int64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

void ns_read_unref(struct ns_read *r)
{
    if (!r || __atomic_sub_fetch(&r->refs, 1, __ATOMIC_ACQ_REL))
        return;
    entries_free(&r->found);
    mem_free(r);
}

/* With the lock. */
static void drop(struct kept *k)
{
    ns_read_unref(k->read);
    mem_free(k->who);
    mem_free(k->dn);
    *k = (struct kept){ 0 };
}

static bool is_of(const struct kept *k, const char *who, const char *dn)
{
    return k->read && strcmp(k->who, who) == 0 && strcasecmp(k->dn, dn) == 0;
}

static struct ns_read *find(const char *who, const char *dn, unsigned age)
{
    struct ns_read *r = NULL;
    size_t i;

    pthread_mutex_lock(&lock);
    for (i = 0; i < NS_CACHE_MOST && !r; i++)
        if (is_of(&cache[i], who, dn) && now() - cache[i].at < (int64_t)age) {
            r = cache[i].read;
            __atomic_add_fetch(&r->refs, 1, __ATOMIC_RELAXED);
        }
    pthread_mutex_unlock(&lock);
    return r;
}

static unsigned changes_now(void)
{
    unsigned n;

    pthread_mutex_lock(&lock);
    n = changes;
    pthread_mutex_unlock(&lock);
    return n;
}

static size_t size_of(const struct entries *found)
{
    size_t n = 0, i, k, v;

    for (i = 0; i < found->count; i++)
        for (k = 0; k < found->entry[i].count; k++)
            for (v = 0; v < found->entry[i].attribute[k].count; v++)
                n += found->entry[i].attribute[k].value[v].len;
    return n;
}

/* In place of an older one, else where there is room, else of the oldest; not what was asked before
 * something was changed here. Without memory it is not kept, which harms nobody. */
static void keep(const char *who, const char *dn, int64_t at, unsigned asked, struct ns_read *r)
{
    struct kept k = { mem_strdup(who), mem_strdup(dn), at, r };
    struct kept *to = &cache[0];
    size_t i;

    if (!k.who || !k.dn) {
        mem_free(k.who);
        mem_free(k.dn);
        return;
    }
    pthread_mutex_lock(&lock);
    for (i = 0; i < NS_CACHE_MOST && !is_of(to, who, dn); i++)
        if (is_of(&cache[i], who, dn) || (to->read && (!cache[i].read || cache[i].at < to->at)))
            to = &cache[i];
    if (asked == changes) {
        drop(to);
        __atomic_add_fetch(&r->refs, 1, __ATOMIC_RELAXED);
        *to = k;
        k = (struct kept){ 0 };
    }
    pthread_mutex_unlock(&lock);
    mem_free(k.who);
    mem_free(k.dn);
}

static enum err ask(struct session *s, const char *dn, struct ns_read **ret)
{
    struct search q = { .base = dn,
                        .scope = SEARCH_SUBTREE,
                        .filter = "(objectClass=*)",
                        .attrs = ns_entry_attrs,
                        .max = NS_ELEMENTS_MOST + 1,
                        .owner_and_dacl = true };
    struct ns_read *r = mem_zero(sizeof *r);
    enum err e = r ? session_search(s, &q, &r->found) : ERR_NO_MEMORY;
    size_t i;

    if (e == ERR_NO_OBJECT || (!e && !r->found.count))
        e = detail_fail(ERR_NS_NO_ENTRY, "the directory has no %s", dn);
    /* a directory need not give the object before what is below it */
    for (i = 1; !e && i < r->found.count; i++)
        if (strlen(r->found.entry[i].dn) < strlen(r->found.entry[0].dn)) {
            struct entry first = r->found.entry[i];

            r->found.entry[i] = r->found.entry[0];
            r->found.entry[0] = first;
        }
    if (r)
        r->refs = 1;
    if (e)
        ns_read_unref(r);
    else
        *ret = r;
    return e;
}

enum err ns_read(struct session *s, const char *dn, unsigned age, struct ns_read **ret)
{
    const char *who = session_identity(s);
    struct ns_read *r = who && age ? find(who, dn, age) : NULL;
    unsigned asked = changes_now();
    int64_t at = now();
    enum err e = ERR_OK;

    if (!r) {
        e = ask(s, dn, &r);
        if (!e && who && size_of(&r->found) <= NS_CACHE_BYTES)
            keep(who, dn, at, asked, r);
    }
    if (!e)
        *ret = r;
    return e;
}

/* All of it: the directory finds one entry under names that differ in more than letters' case. */
void ns_cache_forget(void)
{
    size_t i;

    pthread_mutex_lock(&lock);
    changes++;
    for (i = 0; i < NS_CACHE_MOST; i++)
        if (cache[i].read)
            drop(&cache[i]);
    pthread_mutex_unlock(&lock);
}

unsigned ns_cache_age(void)
{
    return __atomic_load_n(&process_age, __ATOMIC_RELAXED);
}

void ns_cache_set_age(unsigned age)
{
    __atomic_store_n(&process_age, age, __ATOMIC_RELAXED);
}
