/* SPDX-License-Identifier: Apache-2.0
 * publish.c - a service published by name whole: the entry and the SPN, or neither.
 */
#include "names/publish.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/host_name.h"
#include "base/log.h"
#include "directory/account_spn.h"
#include "directory/compose.h"
#include "directory/doors.h"
#include "directory/host.h"
#include "names/place.h"

static const struct name_entry *entry_of(enum found_kind kind)
{
    return kind == FOUND_WINSOCK ? &name_entry_winsock : &name_entry_rpc;
}

static void plan_free(struct name_plan *p)
{
    mem_free(p->dn);
    mem_free(p->host);
    mem_free(p->spn);
    account_free(&p->account);
}

static enum err check(const struct name_service *w)
{
    size_t i;

    if (w->kind != FOUND_WINSOCK && w->kind != FOUND_RPC)
        return detail_fail(ERR_INVALID_PARAMETER, "a service is of Winsock or of RPC");
    if (!w->service_class || !*w->service_class || !w->type)
        return detail_fail(
            ERR_INVALID_PARAMETER, "a service needs a class for its principal name, and %s",
            w->kind == FOUND_WINSOCK ? "a class of Winsock services" : "an interface");
    if (w->address_count > NAME_ADDRESSES_MOST || w->object_count > NAME_OBJECTS_MOST ||
        (w->address_count && !w->address) || (w->object_count && !w->object))
        return detail_fail(ERR_INVALID_PARAMETER,
                           "%zu addresses and %zu objects, at most %d of either", w->address_count,
                           w->object_count, NAME_ADDRESSES_MOST);
    for (i = 0; i < w->address_count; i++)
        if (!w->address[i])
            return detail_fail(ERR_INVALID_PARAMETER, "one of the addresses is missing");
    for (i = 0; i < w->object_count; i++)
        if (!w->object[i])
            return detail_fail(ERR_INVALID_PARAMETER, "one of the objects is missing");
    return ERR_OK;
}

static enum err plan_make(struct session *s, const struct name_service *want, struct name_plan *ret)
{
    struct name_plan p = { .want = *want };
    enum err e = check(want);

    if (!e)
        e = place_entry(want->kind == FOUND_WINSOCK ? PLACE_WINSOCK : PLACE_RPC,
                        session_domain_dn(s), want->name, &p.dn);
    if (!e && want->dns_name)
        p.host = mem_strdup(want->dns_name);
    else if (!e)
        e = host_dns_name(&p.host);
    if (!e && !p.host)
        e = ERR_NO_MEMORY;
    if (!e)
        e = compose_spn(want->service_class, p.dn, p.host, 0, NULL, &p.spn);
    if (!e)
        e = want->account ? account_find(s, want->account, &p.account)
                          : account_self(s, &p.account);
    if (e)
        plan_free(&p);
    else
        *ret = p;
    return e;
}

/* Instead of what a lower layer recommends: this one knows the whole command. */
static void remedy_register(const struct name_plan *p)
{
    detail_get()->remedy[0] = '\0';
    detail_remedy("an administrator registers it: countersign spn add '%s' %s", p->spn,
                  p->account.name);
}

/* Adds the SPN if the account lacks it: *ret_added. That it holds it alone is part of it. */
static enum err add_spn(struct session *s, const struct name_plan *p, bool *ret_added)
{
    const char *const spns[] = { p->spn };
    char **lacking = NULL, **missing = NULL;
    size_t lacks = 0, misses = 0;
    enum err e = account_lacking_spns(s, p->account.dn, spns, 1, &lacking, &lacks);

    if (!e && !lacks)
        e = account_missing_spns(s, p->account.dn, spns, 1, &missing, &misses);
    if (!e && misses)
        e = detail_fail(ERR_DUPLICATE, "another account holds %s too", p->spn);
    if (!e && lacks && p->want.spn_elsewhere) {
        remedy_register(p);
        e = detail_fail(ERR_NO_OBJECT, "%s does not hold %s", p->account.dn, p->spn);
    } else if (!e && lacks) {
        e = account_write_spns(s, SPN_ADD, p->account.dn, spns, 1);
        *ret_added = !e;
        if (e == ERR_ACCESS_DENIED)
            remedy_register(p);
    }
    texts_free(lacking, lacks);
    texts_free(missing, misses);
    return e;
}

static enum err verify_spn(struct session *s, const struct name_plan *p)
{
    const char *const spns[] = { p->spn };
    char **lacking = NULL;
    size_t n = 0;
    enum err e = account_lacking_spns(s, p->account.dn, spns, 1, &lacking, &n);

    if (!e && n)
        e = detail_fail(ERR_DIRECTORY, "%s was written to %s and is not there", p->spn,
                        p->account.dn);
    texts_free(lacking, n);
    return e;
}

static void undo(struct session *s, const struct name_plan *p, const void *before, bool wrote,
                 bool added)
{
    const char *const spns[] = { p->spn };
    struct detail kept = *detail_get();

    if (wrote && entry_of(p->want.kind)->undo(s, p, before))
        log_warning("%s could not be made to say again what it said", p->dn);
    if (added && account_write_spns(s, SPN_DELETE, p->account.dn, spns, 1))
        log_warning("%s could not be taken from %s again", p->spn, p->account.dn);
    *detail_get() = kept;
}

enum err name_publish(struct session *s, const struct name_service *want, char **ret_spn)
{
    const struct name_entry *entry = entry_of(want->kind);
    struct name_plan p = { 0 };
    void *before = NULL;
    bool wrote = false, added = false;
    enum err e = plan_make(s, want, &p);

    if (!e) /* before an administrator is asked for its SPN */
        e = host_name_check(bytes_of_text(p.host));
    if (!e)
        e = entry->look(s, &p, &before);
    if (!e) /* the name first: an entry that nobody can prove would mislead */
        e = add_spn(s, &p, &added);
    if (!e) {
        wrote = true; /* of what failed, too, a part may be there */
        e = entry->write(s, &p, before);
    }
    if (!e)
        e = entry->verify(s, &p);
    if (!e)
        e = verify_spn(s, &p);
    if (e)
        undo(s, &p, before, wrote, added);
    if (!e && ret_spn) {
        *ret_spn = p.spn;
        p.spn = NULL;
    }
    entry->forget(before);
    plan_free(&p);
    return e;
}

/* What the account does not hold is gone already: no right is needed for that. */
static enum err take_spn(struct session *s, const struct name_plan *p)
{
    const char *const spns[] = { p->spn };
    char **lacking = NULL;
    size_t lacks = 0;
    enum err e = account_lacking_spns(s, p->account.dn, spns, 1, &lacking, &lacks);

    texts_free(lacking, lacks);
    if (e || lacks)
        return e;
    e = account_write_spns(s, SPN_DELETE, p->account.dn, spns, 1);
    if (e == ERR_ACCESS_DENIED) {
        detail_get()->remedy[0] = '\0';
        detail_remedy("this host is gone from the entry; an administrator takes the name: "
                      "countersign spn delete '%s' %s; or leave it: CS_NAME_SPN_ELSEWHERE, "
                      "--spn-elsewhere",
                      p->spn, p->account.name);
    }
    return e;
}

/* The entry first: one that nobody can prove would mislead. */
enum err name_withdraw(struct session *s, const struct name_service *want)
{
    struct name_plan p = { 0 };
    bool needed = false;
    enum err e = plan_make(s, want, &p);

    if (!e)
        e = entry_of(want->kind)->remove(s, &p, &needed);
    if (!e && !needed && !want->spn_elsewhere)
        e = take_spn(s, &p);
    plan_free(&p);
    return e;
}
