/* SPDX-License-Identifier: Apache-2.0
 * published.c - an account's list of certificates, judged.
 */
#include "queue/published.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "queue/account_key.h"

enum { SKEW_SECONDS = 300 }; /* by which clocks may differ */

void published_done(struct published_list *l)
{
    mem_free(l->key);
    *l = (struct published_list){ 0 };
}

static enum err read_one(const struct account_entry *e, const struct sid *account,
                         struct published *ret)
{
    struct detail before = *detail_get();
    enum err err = account_entry_is_whole(e) ? account_certificate_read(e->certificate, &ret->c)
                                             : ERR_MALFORMED;

    if (err == ERR_NO_MEMORY)
        return err;
    *detail_get() = before;
    memcpy(ret->entry_id, e->id, sizeof ret->entry_id);
    ret->state = err                                ? PUBLISHED_BROKEN
                 : !sid_equal(&ret->c.sid, account) ? PUBLISHED_FOREIGN
                                                    : PUBLISHED_CURRENT;
    return ERR_OK;
}

static bool is_own(const struct published *p)
{
    return p->state != PUBLISHED_BROKEN && p->state != PUBLISHED_FOREIGN;
}

/* Of two that begin together the one further behind in the list is the newer. */
static bool is_newer(const struct published_list *l, size_t a, size_t b)
{
    int64_t x = l->key[a].c.not_before, y = l->key[b].c.not_before;

    return x != y ? x > y : a > b;
}

bool published_precedes(const struct published_list *l, const struct published *a,
                        const struct published *b)
{
    return is_own(a) && is_own(b) && strcmp(a->c.host, b->c.host) == 0 &&
           is_newer(l, (size_t)(b - l->key), (size_t)(a - l->key));
}

/* The next of the same host after i, in time; l->count: none. */
static size_t next_of(const struct published_list *l, size_t i)
{
    size_t k, next = l->count;

    for (k = 0; k < l->count; k++)
        if (k != i && is_own(&l->key[k]) && strcmp(l->key[k].c.host, l->key[i].c.host) == 0 &&
            is_newer(l, k, i) && (next == l->count || is_newer(l, next, k)))
            next = k;
    return next;
}

static void judge(struct published_list *l, size_t i, int64_t now)
{
    struct published *p = &l->key[i];
    const int64_t keep = account_key_keep();
    size_t next = next_of(l, i);

    if (next < l->count && l->key[next].c.not_before <= now + SKEW_SECONDS)
        p->retired = l->key[next].c.not_before;
    if (p->c.not_before > now + SKEW_SECONDS)
        p->state = PUBLISHED_EARLY;
    else if (p->c.not_after + keep < now || (p->retired && p->retired + keep < now))
        p->state = PUBLISHED_OVER;
    else if (p->retired || p->c.not_after < now)
        p->state = PUBLISHED_RETIRED;
}

enum err published_read(struct bytes value, const struct sid *account, int64_t now,
                        struct published_list *ret)
{
    struct account_entries list = { 0 };
    struct published_list l = { 0 };
    size_t i;
    enum err e = account_entries_read(value, &list);

    if (e)
        return e;
    l.key = mem_array(list.count ? list.count : 1, sizeof *l.key);
    if (!l.key)
        e = ERR_NO_MEMORY;
    for (i = 0; i < list.count && !e; i++) {
        if (!account_certificate_is_ours(list.entry[i].certificate))
            l.others++;
        else if (l.count == PUBLISHED_MAX)
            e = detail_fail(ERR_TOO_LONG, "more than %d certificates of message keys",
                            PUBLISHED_MAX);
        else
            e = read_one(&list.entry[i], account, &l.key[l.count++]);
    }
    for (i = 0; i < l.count && !e; i++)
        if (is_own(&l.key[i]))
            judge(&l, i, now);
    account_entries_done(&list);
    if (e)
        published_done(&l);
    else
        *ret = l;
    return e;
}

const struct published *published_current(const struct published_list *l, const char *host)
{
    size_t i;

    for (i = 0; i < l->count; i++)
        if (l->key[i].state == PUBLISHED_CURRENT && strcmp(l->key[i].c.host, host) == 0)
            return &l->key[i];
    return NULL;
}

bool published_verifies(const struct published *p)
{
    return p->state == PUBLISHED_CURRENT || p->state == PUBLISHED_RETIRED;
}
