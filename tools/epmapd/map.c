/* SPDX-License-Identifier: Apache-2.0
 * map.c - the endpoint map: which interface is served where, by whose process.  C706 appendix O
 */
#include "map.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/detail.h"

struct map {
    struct map_entry *first, **last; /* in the order of their serials */
    size_t count;
    uint64_t serial;
    uint64_t turn; /* searches so far: which of several comes first */
};

static bool same_uuid(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static bool same_interface(const struct rpc_tower *a, const struct rpc_tower *b)
{
    return same_uuid(&a->interface, &b->interface) && a->interface_major == b->interface_major &&
           a->interface_minor == b->interface_minor;
}

static bool same_syntax(const struct rpc_tower *a, const struct rpc_tower *b)
{
    return same_uuid(&a->syntax, &b->syntax) && a->syntax_major == b->syntax_major &&
           a->syntax_minor == b->syntax_minor;
}

static bool same_place(const struct rpc_tower *a, const struct rpc_tower *b)
{
    return strcmp(a->protseq, b->protseq) == 0 && strcmp(a->endpoint, b->endpoint) == 0 &&
           strcmp(a->address, b->address) == 0;
}

enum err map_new(struct map **ret)
{
    struct map *m = mem_zero(sizeof *m);

    if (!m)
        return ERR_NO_MEMORY;
    m->last = &m->first;
    *ret = m;
    return ERR_OK;
}

static void remove_at(struct map *m, struct map_entry **at)
{
    struct map_entry *e = *at;

    *at = e->next;
    if (m->last == &e->next)
        m->last = at;
    m->count--;
    mem_free(e);
}

void map_free(struct map *m)
{
    while (m && m->first)
        remove_at(m, &m->first);
    mem_free(m);
}

size_t map_count(const struct map *m)
{
    return m->count;
}

/* ---- registering ---- */

static bool may_change(const struct map_caller *caller, const struct map_entry *e)
{
    return !caller->uid || caller->uid == e->owner.uid;
}

/* The same interface, object and protocols; and the same endpoint. */
static bool is_of(const struct map_entry *e, const struct map_item *i)
{
    return same_interface(&e->tower, &i->tower) && same_syntax(&e->tower, &i->tower) &&
           same_uuid(&e->object, &i->object) && strcmp(e->tower.protseq, i->tower.protseq) == 0;
}

static bool is_it(const struct map_entry *e, const struct map_item *i)
{
    return is_of(e, i) && same_place(&e->tower, &i->tower);
}

static enum err check_owner(const struct map *m, const struct map_caller *caller,
                            const struct map_item *item)
{
    const struct map_entry *e;
    char text[UUID_TEXT];

    for (e = m->first; caller->uid && e; e = e->next)
        if (same_uuid(&e->tower.interface, &item->tower.interface) && !may_change(caller, e)) {
            uuid_format(&item->tower.interface, text);
            return detail_fail(ERR_ACCESS_DENIED, "interface %s is uid %u's", text, e->owner.uid);
        }
    return ERR_OK;
}

static enum err check_room(const struct map *m, const struct map_caller *caller, size_t n)
{
    const struct map_entry *e;
    size_t own = 0;

    for (e = m->first; e; e = e->next)
        own += e->owner.uid == caller->uid;
    if (m->count + n > MAP_ENTRIES)
        return detail_fail(ERR_RPC_RESOURCES, "there are %zu entries, of at most %d", m->count,
                           MAP_ENTRIES);
    if (caller->uid && own + n > MAP_ENTRIES_OF_USER)
        return detail_fail(ERR_RPC_RESOURCES, "uid %u has %zu entries, of at most %d", caller->uid,
                           own, MAP_ENTRIES_OF_USER);
    return ERR_OK;
}

static struct map_entry *entry_of(const struct map_caller *caller, const struct map_item *i)
{
    struct map_entry *e = mem_zero(sizeof *e);

    if (!e)
        return NULL;
    e->owner = *caller;
    e->object = i->object;
    e->tower = i->tower;
    (void)snprintf(e->annotation, sizeof e->annotation, "%s", i->annotation ? i->annotation : "");
    return e;
}

static void free_list(struct map_entry *e)
{
    struct map_entry *next;

    for (; e; e = next) {
        next = e->next;
        mem_free(e);
    }
}

static void give_way(struct map *m, const struct map_item *i, bool replace, uint64_t before)
{
    struct map_entry **at = &m->first;

    while (*at && (*at)->serial < before)
        if (replace ? is_of(*at, i) : is_it(*at, i))
            remove_at(m, at);
        else
            at = &(*at)->next;
}

enum err map_insert(struct map *m, const struct map_caller *caller, const struct map_item *items,
                    size_t n, bool replace)
{
    struct map_entry *made = NULL, **end = &made;
    const uint64_t before = m->serial + 1;
    enum err e = check_room(m, caller, n);
    size_t i;

    for (i = 0; i < n && !e; i++)
        e = check_owner(m, caller, &items[i]);
    for (i = 0; i < n && !e; i++) {
        *end = entry_of(caller, &items[i]);
        if (*end)
            end = &(*end)->next;
        else
            e = ERR_NO_MEMORY;
    }
    if (e) {
        free_list(made);
        return e;
    }
    for (i = 0; i < n; i++) {
        struct map_entry *one = made;

        made = one->next;
        give_way(m, &items[i], replace, before);
        give_way(m, &items[i], false, UINT64_MAX); /* twice in one call */
        one->next = NULL;
        one->serial = ++m->serial;
        *m->last = one;
        m->last = &one->next;
        m->count++;
    }
    return ERR_OK;
}

/* ---- deleting ---- */

struct removal { /* how it went so far */
    bool found, denied;
};

static void remove_if(struct map *m, struct map_entry ***at, const struct map_caller *caller,
                      bool is, struct removal *r)
{
    if (is && may_change(caller, **at)) {
        r->found = true;
        remove_at(m, *at);
        return;
    }
    r->denied |= is;
    *at = &(**at)->next;
}

static enum err outcome(const struct removal *r)
{
    if (r->denied)
        return detail_fail(ERR_ACCESS_DENIED, "the entry is another account's");
    return r->found ? ERR_OK : detail_fail(ERR_RPC_NOT_REGISTERED, "there is no such entry");
}

enum err map_delete(struct map *m, const struct map_caller *caller, const struct map_item *items,
                    size_t n)
{
    enum err result = ERR_OK, e;
    struct map_entry **at;
    size_t i;

    for (i = 0; i < n; i++) {
        struct removal r = { false, false };

        for (at = &m->first; *at;)
            remove_if(m, &at, caller, is_it(*at, &items[i]), &r);
        e = outcome(&r);
        result = result ? result : e;
    }
    return result;
}

enum err map_delete_any(struct map *m, const struct map_caller *caller, const struct uuid *object,
                        const struct rpc_tower *t)
{
    struct removal r = { false, false };
    struct map_entry **at;

    for (at = &m->first; *at;)
        remove_if(m, &at, caller,
                  (!object || same_uuid(&(*at)->object, object)) &&
                      same_interface(&(*at)->tower, t) && same_place(&(*at)->tower, t),
                  &r);
    return outcome(&r);
}

size_t map_forget(struct map *m, uint64_t process)
{
    struct map_entry **at = &m->first;
    size_t n = 0;

    while (*at)
        if ((*at)->owner.process == process) {
            remove_at(m, at);
            n++;
        } else {
            at = &(*at)->next;
        }
    return n;
}

void map_format_place(const struct rpc_tower *t, char ret[MAP_PLACE])
{
    (void)snprintf(ret, MAP_PLACE, "%s:%s[%s]", t->protseq, t->address, t->endpoint);
}

/* ---- looking ---- */

static bool version_matches(const struct rpc_tower *has, const struct rpc_tower *asked,
                            enum map_versions versions)
{
    const uint16_t major = asked->interface_major, minor = asked->interface_minor;

    switch (versions) {
    case MAP_VERSIONS_ALL:
        return true;
    case MAP_VERSIONS_COMPATIBLE:
        return has->interface_major == major && has->interface_minor >= minor;
    case MAP_VERSIONS_EXACT:
        return has->interface_major == major && has->interface_minor == minor;
    case MAP_VERSIONS_MAJOR_ONLY:
        return has->interface_major == major;
    case MAP_VERSIONS_UPTO:
        return has->interface_major < major ||
               (has->interface_major == major && has->interface_minor <= minor);
    }
    return false;
}

static bool matches(const struct map_entry *e, const struct map_query *q)
{
    if (q->by_interface && (!same_uuid(&e->tower.interface, &q->asked.interface) ||
                            !version_matches(&e->tower, &q->asked, q->versions)))
        return false;
    if (q->by_object && !same_uuid(&e->object, &q->object))
        return false;
    return !q->protseq ||
           (strcmp(e->tower.protseq, q->protseq) == 0 && same_syntax(&e->tower, &q->asked));
}

struct map_cursor map_from_first(void)
{
    return (struct map_cursor){ 0, UINT64_MAX, true };
}

static const struct map_entry *find(const struct map *m, const struct map_query *q, uint64_t from,
                                    uint64_t end)
{
    const struct map_entry *e = m->first;

    while (e && e->serial < end && (e->serial < from || !matches(e, q)))
        e = e->next;
    return e && e->serial < end ? e : NULL;
}

const struct map_entry *map_next(const struct map *m, const struct map_query *q,
                                 struct map_cursor *c)
{
    const struct map_entry *e = find(m, q, c->next, c->wrapped ? c->end : UINT64_MAX);

    if (!e && !c->wrapped) {
        c->wrapped = true;
        c->next = 0;
        e = find(m, q, 0, c->end);
    }
    if (e)
        c->next = e->serial + 1;
    return e;
}

bool map_has_more(const struct map *m, const struct map_query *q, struct map_cursor c)
{
    return map_next(m, q, &c) != NULL;
}

/* Each search of several begins one further on, and goes round. */
static struct map_cursor turned(struct map *m, const struct map_query *q)
{
    const struct map_entry *e;
    uint64_t n = 0, skip;

    for (e = m->first; e; e = e->next)
        n += matches(e, q);
    if (n < 2)
        return map_from_first();
    skip = m->turn++ % n;
    for (e = m->first; e && (!matches(e, q) || skip--); e = e->next)
        ;
    return (struct map_cursor){ e ? e->serial : 0, e ? e->serial : 0, false };
}

static bool any(const struct map *m, const struct map_query *q)
{
    return map_has_more(m, q, map_from_first());
}

void map_search(struct map *m, const struct uuid *object, const struct rpc_tower *asked,
                struct map_query *ret, struct map_cursor *ret_cursor)
{
    static const struct uuid nil;
    struct map_query q = { .by_interface = true,
                           .by_object = true,
                           .protseq = asked->protseq,
                           .asked = *asked,
                           .versions = MAP_VERSIONS_COMPATIBLE,
                           .object = *object };

    if (!any(m, &q))
        q.object = nil;
    q.by_object = any(m, &q) || !same_uuid(object, &nil);
    *ret = q;
    *ret_cursor = turned(m, &q);
}
