/* SPDX-License-Identifier: Apache-2.0
 * publish_winsock.c - the entry of a Winsock service that is published whole. Entries of several
 * hosts are one object: only this host's addresses are touched.
 */
#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/change.h"
#include "names/address_text.h"
#include "names/publish.h"
#include "names/rnr_instance.h"

/* Addresses of one host, and the service they are of. */
struct set {
    struct rnr_address address[RNR_ADDRESSES_MOST];
    struct rnr_service service;
};

static enum err set_new(const struct name_plan *p, struct set **ret)
{
    struct set *t = mem_zero(sizeof *t);

    if (!t)
        return ERR_NO_MEMORY;
    t->service = (struct rnr_service){ .name = p->want.name,
                                       .comment = p->want.comment,
                                       .address = t->address };
    if (uuid_parse(p->want.type, &t->service.class_id)) {
        mem_free(t);
        return detail_fail(ERR_INVALID_PARAMETER, "\"%s\" is no GUID of a class of services",
                           p->want.type);
    }
    *ret = t;
    return ERR_OK;
}

static enum err wanted(const struct name_plan *p, struct set **ret)
{
    struct set *t = NULL;
    size_t i;
    enum err e = set_new(p, &t);

    for (i = 0; !e && i < p->want.address_count; i++)
        e = address_parse(p->want.address[i], p->host, &t->address[t->service.address_count++]);
    if (!e && !t->service.address_count)
        e = detail_fail(ERR_INVALID_PARAMETER, "a Winsock service without an address");
    if (e)
        mem_free(t);
    else
        *ret = t;
    return e;
}

static bool same(const struct rnr_address *a, const struct rnr_address *b)
{
    char x[ADDRESS_TEXT], y[ADDRESS_TEXT];

    address_format(a, x);
    address_format(b, y);
    return strcmp(x, y) == 0 && a->type == b->type && strcasecmp(a->host, b->host) == 0;
}

static bool holds(const struct rnr_address *list, size_t n, const struct rnr_address *a)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (same(&list[i], a))
            return true;
    return false;
}

/* The host's addresses of the object, but for those of without. */
static void of_host(const struct rnr_instance *i, const char *host, const struct set *without,
                    struct set *ret)
{
    size_t n;

    for (n = 0; i && n < i->address_count; n++)
        if (strcasecmp(i->address[n].host, host) == 0 &&
            ret->service.address_count < RNR_ADDRESSES_MOST &&
            (!without || !holds(without->address, without->service.address_count, &i->address[n])))
            ret->address[ret->service.address_count++] = i->address[n];
}

static enum err look(struct session *s, const struct name_plan *p, void **ret_before)
{
    struct detail kept = *detail_get();
    struct rnr_instance *i = mem_zero(sizeof *i);
    struct set *now = NULL;
    enum err e = i ? wanted(p, &now) : ERR_NO_MEMORY;

    mem_free(now); /* what cannot be published is known before anything is done */
    if (!e)
        e = rnr_instance_read(s, p->want.name, i);
    if (e) {
        mem_free(i);
        i = NULL;
    }
    if (e == ERR_NO_OBJECT) {
        *detail_get() = kept;
        e = ERR_OK;
    }
    *ret_before = i;
    return e;
}

static void forget(void *before)
{
    if (before)
        rnr_instance_free(before);
    mem_free(before);
}

static enum err publish(struct session *s, const struct name_plan *p, const void *before)
{
    struct set *now = NULL, *stale = NULL;
    enum err e = wanted(p, &now);

    if (!e)
        e = set_new(p, &stale);
    if (!e)
        e = rnr_register(s, &now->service, true);
    if (!e)
        of_host(before, p->host, now, stale);
    if (!e && stale->service.address_count)
        e = rnr_deregister(s, &stale->service, true);
    mem_free(now);
    mem_free(stale);
    return e;
}

static enum err verify(struct session *s, const struct name_plan *p)
{
    struct rnr_instance is = { 0 };
    struct set *now = NULL;
    size_t i;
    enum err e = wanted(p, &now);

    if (!e)
        e = rnr_instance_read(s, p->want.name, &is);
    for (i = 0; !e && i < now->service.address_count; i++)
        if (!holds(is.address, is.address_count, &now->address[i]))
            e = detail_fail(ERR_DIRECTORY, "%s was written to %s and is not there",
                            p->want.address[i], p->dn);
    mem_free(now);
    rnr_instance_free(&is);
    return e;
}

/* What the object said of itself. */
static enum err restore_comment(struct session *s, const struct name_plan *p,
                                const struct rnr_instance *was)
{
    struct bytes comment = bytes_of_text(was->comment);
    const struct change c = { CHANGE_REPLACE, "description", &comment, comment.len != 0 };

    if (!p->want.comment || !*p->want.comment || strcmp(p->want.comment, was->comment) == 0)
        return ERR_OK;
    return session_modify(s, p->dn, &c, 1, true, false);
}

/* What was added goes, what was taken comes back; an object made for it goes if it is empty. */
static enum err undo(struct session *s, const struct name_plan *p, const void *before)
{
    const struct rnr_instance *was = before;
    struct set *old = NULL, *now = NULL, *added = NULL;
    size_t i;
    enum err e = wanted(p, &now);

    if (!e)
        e = set_new(p, &old);
    if (!e)
        e = set_new(p, &added);
    if (!e) {
        of_host(was, p->host, NULL, old);
        for (i = 0; i < now->service.address_count; i++)
            if (!holds(old->address, old->service.address_count, &now->address[i]))
                added->address[added->service.address_count++] = now->address[i];
        if (!was)
            e = rnr_delete(s, &added->service, true);
        else if (added->service.address_count)
            e = rnr_deregister(s, &added->service, true);
        if (!e && old->service.address_count) {
            old->service.comment = NULL;
            e = rnr_register(s, &old->service, true);
        }
        if (!e && was)
            e = restore_comment(s, p, was);
    }
    mem_free(old);
    mem_free(now);
    mem_free(added);
    return e == ERR_NO_OBJECT ? ERR_OK : e;
}

static enum err check_class(const struct rnr_instance *is, const struct set *ours)
{
    char text[UUID_TEXT];

    uuid_format(&is->class_id, text);
    if (is->has_class && memcmp(&is->class_id, &ours->service.class_id, sizeof is->class_id) != 0)
        return detail_fail(ERR_INVALID_PARAMETER,
                           "the Winsock service \"%s\" is of another class, %s", is->name, text);
    return ERR_OK;
}

/* All that the host has is of this service. */
static enum err withdraw(struct session *s, const struct name_plan *p, bool *ret_needed)
{
    const struct detail kept = *detail_get();
    struct rnr_instance is = { 0 };
    struct set *ours = NULL;
    enum err e = set_new(p, &ours);

    *ret_needed = false;
    if (!e)
        e = rnr_instance_read(s, p->want.name, &is);
    if (!e)
        e = check_class(&is, ours);
    if (!e) {
        of_host(&is, p->host, NULL, ours);
        e = rnr_delete(s, &ours->service, true);
    }
    mem_free(ours);
    rnr_instance_free(&is);
    if (e != ERR_NO_OBJECT)
        return e;
    *detail_get() = kept; /* it is gone already */
    return ERR_OK;
}

const struct name_entry name_entry_winsock = { look, publish, verify, undo, withdraw, forget };
