/* SPDX-License-Identifier: Apache-2.0
 * found_winsock.c - Winsock services of the domain, host by host.
 */
#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "names/address_text.h"
#include "names/found.h"
#include "names/rnr_instance.h"

/* The first address of a host that none before it is of. */
static bool is_first_of_host(const struct rnr_instance *i, size_t n)
{
    size_t k;

    for (k = 0; k < n; k++)
        if (strcasecmp(i->address[k].host, i->address[n].host) == 0)
            return false;
    return true;
}

static enum err copy_facts(const struct rnr_instance *i, const char *host, const char *damage,
                           struct found *f)
{
    char type[UUID_TEXT] = "";

    if (i->has_class)
        uuid_format(&i->class_id, type);
    f->kind = FOUND_WINSOCK;
    f->dn = found_spell_dn(i->dn, i->name);
    f->name = mem_strdup(i->name);
    f->comment = mem_strdup(i->comment);
    f->host = mem_strdup(host);
    f->type = mem_strdup(type);
    f->damage = mem_strdup(damage);
    f->has_owner = i->has_owner;
    f->owner = i->owner;
    return f->dn && f->name && f->comment && f->host && f->type && f->damage ? ERR_OK
                                                                             : ERR_NO_MEMORY;
}

static enum err copy_addresses(const struct rnr_instance *i, const char *host, struct found *f)
{
    char text[ADDRESS_TEXT];
    size_t n;

    f->address = mem_array(i->address_count ? i->address_count : 1, sizeof *f->address);
    if (!f->address)
        return ERR_NO_MEMORY;
    for (n = 0; n < i->address_count; n++) {
        if (strcasecmp(i->address[n].host, host) != 0)
            continue;
        address_format(&i->address[n], text);
        f->address[f->address_count] = mem_strdup(text);
        if (!f->address[f->address_count++])
            return ERR_NO_MEMORY;
    }
    return ERR_OK;
}

static enum err give_one(const struct rnr_instance *i, const char *host, const char *damage,
                         found_give give, void *arg, bool *ret_more)
{
    struct found f = { 0 };
    enum err e = copy_facts(i, host, damage, &f);

    if (!e && *host)
        e = copy_addresses(i, host, &f);
    if (!e)
        e = give(&f, arg, ret_more);
    found_free(&f);
    return e;
}

/* Damage is told with the first host, and of an object without a sound address by itself. */
static enum err give_hosts(const struct rnr_instance *i, found_give give, void *arg, bool *ret_more)
{
    const char *damage = i->damage;
    size_t n;
    enum err e = ERR_OK;

    if (!i->address_count)
        return give_one(i, "", damage, give, arg, ret_more);
    for (n = 0; n < i->address_count && !e && *ret_more; n++)
        if (is_first_of_host(i, n)) {
            e = give_one(i, i->address[n].host, damage, give, arg, ret_more);
            damage = "";
        }
    return e;
}

enum err found_each_winsock(struct session *s, const struct found_query *q, found_give give,
                            void *arg, bool *ret_more)
{
    struct rnr_find *f = NULL;
    struct rnr_instance *i = NULL;
    struct uuid class_id;
    enum err e = ERR_OK;

    if (q->type && uuid_parse(q->type, &class_id))
        return detail_fail(ERR_INVALID_PARAMETER, "\"%s\" is no GUID of a class of services",
                           q->type);
    e = rnr_find_open(s, q->name, q->type ? &class_id : NULL, &f);
    while (!e && *ret_more) {
        e = rnr_find_next(f, &i);
        if (!e && !i)
            break;
        if (!e)
            e = give_hosts(i, give, arg, ret_more);
    }
    rnr_find_close(f);
    return e;
}
