/* SPDX-License-Identifier: Apache-2.0
 * ns_search.c - looking for servers.
 */
#include "names/ns_search.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "crypto/random.h"
#include "spn/dn.h"

enum { NS_PENDING_MOST = 4096 }; /* names not yet visited */

struct ns_search {
    struct ns_home home;
    struct gate *gate;
    struct ns_asked asked;
    struct ns_servers *servers; /* all of the domain; NULL: from an entry on */
    char **pending;             /* names, the next one last */
    size_t pending_count;
    char **visited; /* DNs, as they were asked for and as the directory spells them */
    size_t visited_count, read_count;
    struct ns_found *ready; /* of the entry visited last */
    size_t ready_count;
    bool found_any, begun, interrupted;
    enum err failed; /* a search that failed goes on failing */
    enum err missed; /* why an entry that may be there could not be read */
};

size_t ns_random(size_t n)
{
    uint64_t r = 0;

    if (crypto_random(&r, sizeof r)) /* then in order, which no one relies on either */
        return 0;
    return (size_t)(r % n);
}

void ns_found_free(struct ns_found *f)
{
    mem_free(f->text);
    mem_free(f->host);
    mem_free(f->dn);
    mem_free(f->name);
    *f = (struct ns_found){ 0 };
}

static void ready_free(struct ns_search *q)
{
    while (q->ready_count)
        ns_found_free(&q->ready[--q->ready_count]);
    mem_free(q->ready);
    q->ready = NULL;
}

void ns_search_close(struct ns_search *q)
{
    if (!q)
        return;
    ready_free(q);
    while (q->pending_count)
        mem_free(q->pending[--q->pending_count]);
    while (q->visited_count)
        mem_free(q->visited[--q->visited_count]);
    mem_free(q->pending);
    mem_free(q->visited);
    ns_servers_close(q->servers);
    gate_free(q->gate);
    ns_home_close(&q->home);
    mem_free(q);
}

void ns_search_interrupt(struct ns_search *q)
{
    __atomic_store_n(&q->interrupted, true, __ATOMIC_RELEASE);
    ns_home_interrupt(&q->home);
}

/* ---- what is still to be visited ---- */

static enum err push(struct ns_search *q, const char *name)
{
    if (q->pending_count == NS_PENDING_MOST)
        return detail_fail(ERR_TOO_LONG, "groups and profiles name more than %d entries",
                           NS_PENDING_MOST);
    q->pending[q->pending_count] = mem_strdup(name);
    if (!q->pending[q->pending_count])
        return ERR_NO_MEMORY;
    q->pending_count++;
    return ERR_OK;
}

static enum err push_group(struct ns_search *q, const struct ns_entry *g)
{
    enum err e = ERR_OK;
    size_t i;

    for (i = g->member_count; i > 0 && !e; i--) {
        size_t k = ns_random(i);
        char *member = g->member[k];

        g->member[k] = g->member[i - 1];
        g->member[i - 1] = member;
        e = push(q, member);
    }
    return e;
}

/* Those of one priority, in random order. */
static enum err push_priority(struct ns_search *q, const struct ns_entry *p, bool by_default,
                              unsigned priority)
{
    const struct ns_link *hit[NS_ELEMENTS_MOST];
    size_t n = 0, i;
    enum err e = ERR_OK;

    for (i = 0; i < p->link_count && n < NS_ELEMENTS_MOST; i++) {
        const struct ns_link *l = &p->link[i];

        if (ns_uuid_is_nil(&l->face.id) != by_default || (!by_default && l->priority != priority))
            continue;
        if (by_default || !q->asked.has_face ||
            ns_if_matches(&q->asked.face, NS_COMPATIBLE, &l->face))
            hit[n++] = l;
    }
    for (; n > 0 && !e; n--) {
        i = ns_random(n);
        e = push(q, hit[i]->member);
        hit[i] = hit[n - 1];
    }
    return e;
}

/* What is asked first is pushed last. */
static enum err push_profile(struct ns_search *q, const struct ns_entry *p)
{
    enum err e = push_priority(q, p, true, 0);
    unsigned priority;

    for (priority = NS_PRIORITY_MOST + 1; priority > 0 && !e; priority--)
        e = push_priority(q, p, false, priority - 1);
    return e;
}

/* ---- one entry ---- */

/* With the object asked for, else one of those exported. */
static enum err make_ready(struct ns_search *q, const struct ns_entry *e,
                           const struct ns_binding *b)
{
    struct ns_found *f = &q->ready[q->ready_count++];
    enum err err;

    f->text = mem_strdup(b->text);
    f->host = mem_strdup(b->host);
    f->dn = mem_strdup(e->dn);
    err = f->text && f->host && f->dn ? ERR_OK : ERR_NO_MEMORY;
    if (!err)
        err = ns_home_name(&q->home, e->dn, &f->name);
    if (q->asked.has_object)
        f->object = q->asked.object;
    else if (e->object_count)
        f->object = e->object[ns_random(e->object_count)];
    return err;
}

/* Whether both the entry and its element are admitted: whoever may create below an entry need not
 * be who made it. */
static enum err admitted(struct ns_search *q, const struct entries *found, size_t source, bool *ret)
{
    enum err e = gate_admits(q->gate, &found->entry[0], ret);

    if (!e && *ret)
        e = gate_admits(q->gate, &found->entry[source], ret);
    return e;
}

static enum err take_server(struct ns_search *q, const struct entries *found,
                            const struct ns_entry *n)
{
    size_t total = 0, i, k;
    enum err e = ERR_OK;
    bool yes;

    if (n->damage)
        gate_leave_out(q->gate, n->dn, n->damage);
    for (i = 0; i < n->element_count; i++)
        total += n->element[i].count;
    ready_free(q);
    q->ready = mem_array(total ? total : 1, sizeof *q->ready);
    if (!q->ready)
        return ERR_NO_MEMORY;
    for (i = 0; i < n->element_count && !e; i++) {
        const struct ns_element *x = &n->element[i];

        if (!ns_asked_matches(&q->asked, n, x))
            continue;
        e = admitted(q, found, x->source, &yes);
        for (k = 0; k < x->count && !e && yes; k++)
            e = make_ready(q, n, &x->binding[k]);
    }
    return e;
}

static enum err take_entry(struct ns_search *q, const struct entries *found,
                           const struct ns_entry *n)
{
    bool yes = true;
    enum err e = ERR_OK;

    if (n->kind == NS_SERVER)
        return take_server(q, found, n);
    /* groups and profiles are held to the same: who may write one decides where clients go */
    e = gate_admits(q->gate, &found->entry[0], &yes);
    if (e || !yes)
        return e;
    if (n->damage)
        gate_leave_out(q->gate, n->dn, n->damage);
    return n->kind == NS_GROUP ? push_group(q, n) : push_profile(q, n);
}

static bool was_visited(struct ns_search *q, const char *dn)
{
    size_t i;

    for (i = 0; i < q->visited_count; i++)
        if (dn_same(q->visited[i], dn))
            return true;
    return false;
}

static enum err remember(struct ns_search *q, const char *dn)
{
    if (was_visited(q, dn))
        return ERR_OK;
    q->visited[q->visited_count] = mem_strdup(dn);
    if (!q->visited[q->visited_count])
        return ERR_NO_MEMORY;
    q->visited_count++;
    return ERR_OK;
}

/* What stands at dn; *ret stays NULL for what was visited, by whatever name: the directory finds
 * one entry under names that differ in more than letters' case. */
static enum err read_new(struct ns_search *q, struct session *s, const char *dn, unsigned age,
                         struct ns_read **ret)
{
    struct ns_read *r = NULL;
    bool known = false;
    enum err e, kept;

    if (was_visited(q, dn))
        return ERR_OK;
    q->read_count++;
    e = ns_read(s, dn, age, &r);
    if (!e)
        known = was_visited(q, r->found.entry[0].dn);
    kept = remember(q, dn);
    if (!e)
        e = kept ? kept : remember(q, r->found.entry[0].dn);
    if (e || known)
        ns_read_unref(r);
    else
        *ret = r;
    return e;
}

static bool is_damage(enum err e)
{
    return e == ERR_NS_ENTRY_KIND || e == ERR_NS_NAME || e == ERR_NS_INCOMPLETE ||
           e == ERR_MALFORMED;
}

/* What ends not the search but the visit of one entry: what is wrong with it alone, and whatever
 * became of another domain. */
static bool concerns_one(enum err e, bool other_domain)
{
    return e == ERR_NS_NO_ENTRY || is_damage(e) || e == ERR_TOO_LONG ||
           (other_domain && e != ERR_NO_MEMORY);
}

/* *ret_one: a failure is this entry's. */
static enum err read_named(struct ns_search *q, const char *text, unsigned age,
                           struct ns_read **ret, struct ns_entry *ret_entry, bool *ret_one)
{
    struct ns_name name = { 0 };
    struct session *s = NULL;
    struct ns_read *r = NULL;
    char *dn = NULL;
    enum err e = ns_name_parse(text, &name);

    if (!e)
        e = ns_home_place(&q->home, &name, &s, &dn);
    if (!e)
        e = read_new(q, s, dn, age, &r);
    if (!e && r)
        e = ns_entry_read(&r->found, ret_entry);
    *ret_one = concerns_one(e, s ? s != q->home.session
                                 : name.domain && ns_home_lacks(&q->home, name.domain));
    if (e)
        ns_read_unref(r);
    else
        *ret = r;
    ns_name_free(&name);
    mem_free(dn);
    return e;
}

/* One that is not there is no loss; another may have been what is looked for. */
static void pass_over(struct ns_search *q, const char *name, enum err why)
{
    if (why == ERR_NS_NO_ENTRY) {
        log_warning("name service: %s, a member, is not there", name);
        return;
    }
    gate_leave_out(q->gate, name, err_text(why));
    if (!is_damage(why))
        q->missed = why;
}

static enum err next_pending(struct ns_search *q, unsigned age)
{
    const struct detail before = *detail_get();
    bool first = !q->begun, one = false;
    struct ns_read *r = NULL;
    struct ns_entry n = { 0 };
    char *name;
    enum err e;

    if (q->read_count == NS_VISITS_MOST)
        return detail_fail(ERR_TOO_LONG, "a search through more than %d entries", NS_VISITS_MOST);
    q->begun = true;
    name = q->pending[--q->pending_count];
    e = read_named(q, name, age, &r, &n, &one);
    if (e && !first && one) {
        pass_over(q, name, e);
        *detail_get() = before;
        e = ERR_OK;
    }
    if (!e && r)
        e = take_entry(q, &r->found, &n);
    ns_entry_free(&n);
    ns_read_unref(r);
    mem_free(name);
    return e;
}

static enum err next_server(struct ns_search *q, bool *ret_end)
{
    const struct entries *found = NULL;
    struct ns_entry n = { 0 };
    enum err e = ns_servers_next(q->servers, &n, &found);

    if (!e && n.dn)
        e = take_server(q, found, &n);
    *ret_end = !n.dn;
    ns_entry_free(&n);
    return e;
}

/* ---- */

static enum err at_end(struct ns_search *q)
{
    if (q->found_any)
        return ERR_OK;
    if (q->missed)
        return detail_fail(q->missed, "nothing was found, and not all could be read: %s",
                           gate_left_out(q->gate));
    if (!*gate_left_out(q->gate))
        return ERR_OK;
    detail_remedy("see the policy keys name-trust-container and name-trust-owner");
    return detail_fail(ERR_RPC_NO_MORE_BINDINGS, "all that was found is left out: %s",
                       gate_left_out(q->gate));
}

static void give(struct ns_search *q, struct ns_found *ret)
{
    size_t k = ns_random(q->ready_count);

    *ret = q->ready[k];
    q->ready[k] = q->ready[--q->ready_count];
    q->found_any = true;
}

enum err ns_search_next(struct ns_search *q, unsigned age, struct ns_found *ret)
{
    bool end = false;
    enum err e = q->failed;

    while (!e && !q->ready_count && !end) {
        if (__atomic_load_n(&q->interrupted, __ATOMIC_ACQUIRE))
            e = detail_fail(ERR_INVALID_HANDLE, "the search was ended by another thread");
        else if (q->servers)
            e = next_server(q, &end);
        else if (q->pending_count)
            e = next_pending(q, age);
        else
            end = true;
    }
    q->failed = e;
    if (!e && q->ready_count)
        give(q, ret);
    else if (!e)
        e = at_end(q);
    return e;
}

static enum err begin(struct ns_search *q, const struct ns_name *start)
{
    char *name = NULL;
    enum err e = gate_new(q->home.session, &q->gate);

    if (e || !start)
        return e ? e : ns_servers_open(q->home.session, &q->asked, &q->servers);
    q->pending = mem_array(NS_PENDING_MOST, sizeof *q->pending);
    q->visited = mem_array(2 * (size_t)NS_VISITS_MOST, sizeof *q->visited);
    if (!q->pending || !q->visited)
        return ERR_NO_MEMORY;
    e = ns_name_format(start->domain, start->name, &name);
    if (!e)
        e = push(q, name);
    mem_free(name);
    return e;
}

enum err ns_search_open(struct ns_home *home, const struct ns_name *start,
                        const struct ns_asked *asked, struct ns_search **ret)
{
    struct ns_search *q = mem_zero(sizeof *q);
    enum err e;

    if (!q) {
        ns_home_close(home);
        return ERR_NO_MEMORY;
    }
    q->home = *home;
    *home = (struct ns_home){ 0 };
    q->asked = *asked;
    e = begin(q, start);
    if (e)
        ns_search_close(q);
    else
        *ret = q;
    return e;
}
