/* SPDX-License-Identifier: Apache-2.0
 * found_rpc.c - servers of the RPC name service in the domain, interface by interface and host by
 * host.
 */
#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "names/found.h"
#include "names/ns_server.h"
#include "names/place.h"

static bool is_first_of_host(const struct ns_element *x, size_t n)
{
    size_t k;

    for (k = 0; k < n; k++)
        if (strcasecmp(x->binding[k].host, x->binding[n].host) == 0)
            return false;
    return true;
}

/* Whoever wrote the addresses: an interface may have another owner than its entry, and whoever made
 * the entry may rewrite what is below it. */
static void copy_owner(const struct ns_entry *e, const struct ns_element *x, struct found *f)
{
    f->has_owner = e->has_owner && (!x || x->has_owner);
    f->owner = x ? x->owner : e->owner;
    f->is_below = x != NULL;
    f->above = e->owner;
}

static enum err copy_facts(const struct ns_entry *e, const struct ns_element *x, const char *host,
                           const char *damage, struct found *f)
{
    char type[NS_IF_TEXT] = "";

    if (x)
        ns_if_format(&x->face, type);
    f->kind = FOUND_RPC;
    f->dn = found_spell_dn(e->dn, e->name);
    f->name = mem_strdup(e->name);
    f->comment = mem_strdup("");
    f->host = mem_strdup(host);
    f->type = mem_strdup(type);
    f->damage = mem_strdup(damage);
    copy_owner(e, x, f);
    return f->dn && f->name && f->comment && f->host && f->type && f->damage ? ERR_OK
                                                                             : ERR_NO_MEMORY;
}

static enum err copy_addresses(const struct ns_element *x, const char *host, struct found *f)
{
    size_t n;

    f->address = mem_array(x->count ? x->count : 1, sizeof *f->address);
    if (!f->address)
        return ERR_NO_MEMORY;
    for (n = 0; n < x->count; n++) {
        if (strcasecmp(x->binding[n].host, host) != 0)
            continue;
        f->address[f->address_count] = mem_strdup(x->binding[n].text);
        if (!f->address[f->address_count++])
            return ERR_NO_MEMORY;
    }
    return ERR_OK;
}

static enum err copy_objects(const struct ns_entry *e, struct found *f)
{
    f->object = mem_array(e->object_count ? e->object_count : 1, sizeof *f->object);
    if (!f->object)
        return ERR_NO_MEMORY;
    for (; f->object_count < e->object_count; f->object_count++) {
        f->object[f->object_count] = mem_alloc(UUID_TEXT);
        if (!f->object[f->object_count])
            return ERR_NO_MEMORY;
        uuid_format(&e->object[f->object_count], f->object[f->object_count]);
    }
    return ERR_OK;
}

static enum err give_one(const struct ns_entry *entry, const struct ns_element *x, const char *host,
                         const char *damage, found_give give, void *arg, bool *ret_more)
{
    struct found f = { 0 };
    enum err e = copy_facts(entry, x, host, damage, &f);

    if (!e && x)
        e = copy_addresses(x, host, &f);
    if (!e)
        e = copy_objects(entry, &f);
    if (!e)
        e = give(&f, arg, ret_more);
    found_free(&f);
    return e;
}

/* Damage is told with the first, and of an entry without a sound binding by itself. */
static enum err give_all(const struct ns_entry *entry, const struct ns_asked *asked,
                         found_give give, void *arg, bool *ret_more)
{
    const char *damage = entry->damage ? entry->damage : "";
    size_t i, n;
    enum err e = ERR_OK;

    for (i = 0; i < entry->element_count && !e && *ret_more; i++) {
        const struct ns_element *x = &entry->element[i];

        if (!ns_asked_matches(asked, entry, x))
            continue;
        for (n = 0; n < x->count && !e && *ret_more; n++)
            if (is_first_of_host(x, n)) {
                e = give_one(entry, x, x->binding[n].host, damage, give, arg, ret_more);
                damage = "";
            }
    }
    if (!e && *ret_more && *damage)
        e = give_one(entry, NULL, "", damage, give, arg, ret_more);
    return e;
}

static enum err each_of_one(struct session *s, const char *name, const struct ns_asked *asked,
                            found_give give, void *arg, bool *ret_more)
{
    struct detail kept = *detail_get();
    struct ns_entry entry = { 0 };
    char *dn = NULL;
    enum err e = place_entry(PLACE_RPC, session_domain_dn(s), name, &dn);

    if (!e)
        e = ns_entry_find(s, dn, &entry);
    if (!e && entry.kind == NS_SERVER)
        e = give_all(&entry, asked, give, arg, ret_more);
    if (e == ERR_NS_NO_ENTRY || e == ERR_NS_ENTRY_KIND) { /* none of that name is no failure */
        *detail_get() = kept;
        e = ERR_OK;
    }
    ns_entry_free(&entry);
    mem_free(dn);
    return e;
}

static enum err each_of_all(struct session *s, const struct ns_asked *asked, found_give give,
                            void *arg, bool *ret_more)
{
    struct ns_servers *i = NULL;
    const struct entries *from = NULL;
    enum err e = ns_servers_open(s, asked, &i);

    while (!e && *ret_more) {
        struct ns_entry entry = { 0 };

        e = ns_servers_next(i, &entry, &from);
        if (!e && !entry.dn)
            break;
        if (!e)
            e = give_all(&entry, asked, give, arg, ret_more);
        ns_entry_free(&entry);
    }
    ns_servers_close(i);
    return e;
}

enum err found_each_rpc(struct session *s, const struct found_query *q, found_give give, void *arg,
                        bool *ret_more)
{
    struct ns_asked asked = { .has_face = q->type != NULL };

    if (q->type && ns_if_parse(bytes_of_text(q->type), &asked.face))
        return detail_fail(ERR_INVALID_PARAMETER, "\"%s\" is no interface: write UUID,1.0",
                           q->type);
    return q->name ? each_of_one(s, q->name, &asked, give, arg, ret_more)
                   : each_of_all(s, &asked, give, arg, ret_more);
}
