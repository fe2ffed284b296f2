/* SPDX-License-Identifier: Apache-2.0
 * trust.c - which of the services found may be believed.
 */
#include "directory/trust.h"

#include <stdio.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/host_name.h"
#include "directory/account_spn.h"
#include "directory/compose.h"
#include "spn/dn.h"
#include "spn/spn.h"

/* The policy's names, looked up once. */
struct demand {
    const struct trust *trust;
    struct account account, group, owner;
};

static void demand_free(struct demand *d)
{
    account_free(&d->account);
    account_free(&d->group);
    account_free(&d->owner);
}

static enum err demand_make(struct session *s, const struct trust *trust, struct demand *ret)
{
    enum err e = ERR_OK;

    *ret = (struct demand){ .trust = trust };
    if (!trust)
        return ERR_OK;
    if (!trust->container && !trust->account && !trust->group && !trust->owner)
        return detail_fail(ERR_INVALID_PARAMETER, "an empty trust policy trusts everybody");
    if (trust->container)
        e = dn_check(trust->container);
    if (!e && trust->account)
        e = account_find(s, trust->account, &ret->account);
    if (!e && trust->group)
        e = account_find(s, trust->group, &ret->group);
    if (!e && trust->owner)
        e = account_find(s, trust->owner, &ret->owner);
    if (e)
        demand_free(ret);
    return e;
}

/* Adds a line to what was tried; what does not fit is cut. */
static void tell(const struct claim *c, const char *why)
{
    struct detail *d = detail_get();
    size_t n = strlen(d->tried);

    snprintf(d->tried + n, sizeof d->tried - n, "%s%s: %s", n ? "; " : "", c->dn, why);
}

static enum err holder_of(struct session *s, const char *spn, struct account *ret)
{
    static const char *const attrs[] = { "sAMAccountName", "objectSid", NULL };
    struct entries found = { 0 };
    const struct attribute *sid = NULL;
    const char *name = NULL;
    struct account a = { 0 };
    enum err e = spn_holders(s, spn, attrs, &found);

    if (!e && found.count != 1)
        e = found.count ? ERR_AMBIGUOUS : ERR_NO_OBJECT; /* the caller tells what it means */
    if (!e) {
        sid = entry_attribute(&found.entry[0], "objectSid");
        name = entry_text(&found.entry[0], "sAMAccountName");
        if (!sid || sid_read(buf_view(sid->value[0]), &a.sid))
            e = ERR_NO_OBJECT;
    }
    if (!e) {
        a.dn = mem_strdup(found.entry[0].dn);
        a.name = mem_strdup(name ? name : "");
        e = a.dn && a.name ? ERR_OK : ERR_NO_MEMORY;
    }
    entries_free(&found);
    if (e)
        account_free(&a);
    else
        *ret = a;
    return e;
}

/* The name with the object's DN is the more specific one. */
static enum err resolve_name(struct session *s, const char *service_class, struct claim *c)
{
    enum err e = compose_spn(service_class, c->dn, c->host, 0, NULL, &c->spn);

    if (!e)
        e = holder_of(s, c->spn, &c->holder);
    if (!e || c->by_dn_alone || (e != ERR_NO_OBJECT && e != ERR_MALFORMED && e != ERR_TOO_LONG))
        return e;
    mem_free(c->spn);
    c->spn = NULL;
    e = compose_spn(service_class, c->host, NULL, 0, NULL, &c->spn);
    return e ? e : holder_of(s, c->spn, &c->holder);
}

static enum err owner_is_trusted(struct session *s, const struct demand *d, const struct sid *owner,
                                 bool *ret)
{
    struct account who = { 0 };
    char text[SID_TEXT];
    enum err e;

    *ret = sid_equal(owner, &d->owner.sid);
    if (*ret)
        return ERR_OK;
    sid_format(owner, text);
    e = account_find(s, text, &who);
    if (!e)
        e = account_is_member(s, &who, &d->owner, ret);
    account_free(&who);
    return e;
}

/* NULL, or why c does not satisfy the policy. */
static enum err judge(struct session *s, const struct demand *d, const struct claim *c,
                      const char **ret_why)
{
    const struct trust *t = d->trust;
    bool is = true;
    enum err e = ERR_OK;

    *ret_why = NULL;
    if (!t)
        return ERR_OK;
    if (t->container && !dn_within(dn_parent(c->dn), t->container))
        *ret_why = "lies outside the trusted container";
    else if (t->account && !sid_equal(&d->account.sid, &c->holder.sid))
        *ret_why = "its name is held by another account";
    if (*ret_why)
        return ERR_OK;
    if (t->group) {
        e = account_is_member(s, &c->holder, &d->group, &is);
        if (!e && !is)
            *ret_why = "its account is no member of the trusted group";
    }
    if (e || *ret_why || !t->owner)
        return e;
    if (!c->has_owner) {
        *ret_why = "its owner cannot be read";
        return ERR_OK;
    }
    e = owner_is_trusted(s, d, &c->owner, &is);
    if (!e && !is)
        *ret_why = "its owner is not trusted";
    if (e || *ret_why || !c->above)
        return e;
    e = owner_is_trusted(s, d, c->above, &is);
    if (!e && !is)
        *ret_why = "the owner of what it is below is not trusted";
    return e;
}

/* Whether c is a candidate at all; an error only where the directory fails. */
static enum err consider(struct session *s, const char *service_class, const struct demand *d,
                         struct claim *c)
{
    struct detail kept = *detail_get();
    const char *why = c->doubt;
    enum err e = ERR_OK;

    if (!why && (!host_name_valid(host_name_undotted(bytes_of_text(c->host))) ||
                 spn_carries_target_info(c->host)))
        why = "its host name is none";
    if (!why) {
        e = resolve_name(s, service_class, c);
        if (e == ERR_NO_OBJECT)
            why = "no account holds its name";
        else if (e == ERR_AMBIGUOUS)
            why = "several accounts hold its name";
        else if (c->by_dn_alone && (e == ERR_MALFORMED || e == ERR_TOO_LONG))
            why = "no service principal name can be made of it";
        else if (!e)
            e = judge(s, d, c, &why);
    }
    if (why || e == ERR_NO_OBJECT) {
        *detail_get() = kept;
        tell(c, why ? why : "its owner is not known");
        return ERR_OK;
    }
    c->trusted = !e;
    return e;
}

static enum err check_one_account(const struct claim *c, size_t n)
{
    const struct claim *first = NULL;
    size_t i, count = 0;
    bool several = false;

    for (i = 0; i < n; i++) {
        if (!c[i].trusted)
            continue;
        first = first ? first : &c[i];
        several = several || !sid_equal(&first->holder.sid, &c[i].holder.sid);
        count++;
    }
    if (!several)
        return ERR_OK;
    for (i = 0; i < n; i++)
        if (c[i].trusted)
            tell(&c[i], c[i].holder.dn);
    detail_remedy("say which to trust: an account, a group, a container or an owner");
    return detail_fail(ERR_AMBIGUOUS, "%zu services of different accounts answer: %s", count,
                       detail_get()->tried);
}

enum err trust_claims(struct session *s, const char *service_class, const struct trust *trust,
                      struct claim *c, size_t n)
{
    struct demand d = { 0 };
    size_t trusted = 0, i;
    enum err e = demand_make(s, trust, &d);

    for (i = 0; i < n && !e; i++) {
        e = consider(s, service_class, &d, &c[i]);
        trusted += c[i].trusted;
    }
    if (!e && !trusted) {
        detail_remedy(
            "whoever published it may not be whom you expect: look with countersign find");
        e = detail_fail(ERR_UNTRUSTED, "none of %zu services is trusted: %s", n,
                        detail_get()->tried);
    }
    if (!e && !trust)
        e = check_one_account(c, n);
    demand_free(&d);
    return e;
}

enum err trust_confirm(struct session *s, const struct trust *trust, const struct claim *c)
{
    struct claim again = {
        .dn = c->dn, .owner = c->owner, .has_owner = c->has_owner, .above = c->above
    };
    struct demand d = { 0 };
    const char *why = NULL;
    enum err e = holder_of(s, c->spn, &again.holder);

    if (!e && !sid_equal(&again.holder.sid, &c->holder.sid))
        why = "its name passed to another account meanwhile";
    if (!e && !why)
        e = demand_make(s, trust, &d);
    if (!e && !why)
        e = judge(s, &d, &again, &why);
    if (e == ERR_NO_OBJECT || e == ERR_AMBIGUOUS)
        why = "its name is no longer held by one account";
    demand_free(&d);
    account_free(&again.holder);
    if (why)
        return detail_fail(ERR_UNTRUSTED, "%s authenticated as %s: %s", c->dn, c->spn, why);
    return e;
}

void claim_done(struct claim *c)
{
    mem_free(c->spn);
    account_free(&c->holder);
    *c = (struct claim){ 0 };
}
