/* SPDX-License-Identifier: Apache-2.0
 * account_spn.c - SPNs of accounts.  [MS-ADTS] 3.1.1.5.3.1.1.4 says which a computer may write
 */
#include "directory/account_spn.h"

#include <ldap.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/policy.h"
#include "directory/change.h"
#include "directory/doors.h"
#include "directory/filter.h"
#include "spn/dn.h"
#include "spn/spn.h"

enum { HOLDERS_MAX = 100, SPNS_MAX = 1000 };

static enum err check_all(const char *const *spns, size_t n)
{
    struct spn s;
    size_t i;
    enum err e = ERR_OK;

    if (n > SPNS_MAX || (n && !spns))
        return detail_fail(ERR_INVALID_PARAMETER, "%zu SPNs in one call, at most %d are taken", n,
                           SPNS_MAX);
    for (i = 0; i < n && !e; i++) {
        e = spn_parse(spns[i], &s);
        if (!e)
            spn_free(&s);
    }
    return e == ERR_OK || e == ERR_NO_MEMORY ? e : ERR_INVALID_PARAMETER;
}

enum err spn_holders(struct session *s, const char *spn, const char *const *attrs,
                     struct entries *ret)
{
    static const char *const names[] = { "sAMAccountName", NULL };
    struct search q = {
        .base = "", .scope = SEARCH_SUBTREE, .attrs = attrs ? attrs : names, .max = HOLDERS_MAX
    };
    struct session *catalog = NULL;
    char *filter = NULL;
    enum err e = session_catalog(s, &catalog);

    if (!e)
        e = filter_format(&filter, "(servicePrincipalName=%s)", spn);
    if (!e) {
        q.filter = filter;
        e = session_search(catalog, &q, ret);
    }
    mem_free(filter);
    return e;
}

/* Refuses a name that somebody else holds. Two who add the same one at once may both pass here:
 * the directory has no lock to hold meanwhile, so it is looked at once more after writing. */
static enum err check_free(struct session *s, const char *dn, const char *spn)
{
    struct entries found = { 0 };
    size_t i;
    enum err e = spn_holders(s, spn, NULL, &found);

    for (i = 0; i < found.count && !e; i++)
        if (!dn_same(found.entry[i].dn, dn) &&
            policy_forbids(POLICY_SPN_DUPLICATES, "%s: %s is held by %s", dn, spn,
                           found.entry[i].dn)) {
            detail_set(detail_get()->asked, spn);
            detail_set(detail_get()->tried, found.entry[i].dn);
            detail_remedy("remove it from %s first, or use another service class or host",
                          found.entry[i].dn);
            e = detail_fail(ERR_DUPLICATE, "the SPN %s is held by %s", spn, found.entry[i].dn);
        }
    entries_free(&found);
    return e;
}

static enum err check_all_free(struct session *s, const char *dn, const char *const *spns, size_t n)
{
    size_t i;
    enum err e = ERR_OK;

    if (policy_get(POLICY_SPN_DUPLICATES) == POLICY_OFF)
        return ERR_OK;
    for (i = 0; i < n && !e; i++)
        e = check_free(s, dn, spns[i]);
    return e;
}

static bool held_elsewhere(struct session *s, const char *dn, const char *spn)
{
    struct entries found = { 0 };
    bool is = false;
    size_t i;

    if (spn_holders(s, spn, NULL, &found) == ERR_OK)
        for (i = 0; i < found.count; i++)
            is = is || !dn_same(found.entry[i].dn, dn);
    entries_free(&found);
    return is;
}

/* A validated write that the rules refuse is a constraint violation, not a lack of access; so is,
 * whatever our policy, a name that a newer domain controller itself finds taken. */
static enum err explain_refusal(struct session *s, const char *dn, const char *const *spns,
                                size_t n, enum err e)
{
    bool rules = detail_get()->library_code == LDAP_CONSTRAINT_VIOLATION;
    size_t i;

    for (i = 0; rules && i < n; i++)
        if (held_elsewhere(s, dn, spns[i]))
            return ERR_DUPLICATE;
    if (!rules && e != ERR_ACCESS_DENIED)
        return e;
    detail_remedy("an administrator must write these names; only a computer account may write "
                  "its own, and only for its own host");
    return ERR_ACCESS_DENIED;
}

static bool holds(const struct attribute *held, const char *spn)
{
    const char *text;
    size_t i;

    for (i = 0; held && i < held->count; i++) {
        text = attribute_text(held, i);
        if (text && spn_same(text, spn))
            return true;
    }
    return false;
}

enum err account_lacking_spns(struct session *s, const char *dn, const char *const *spns, size_t n,
                              char ***ret, size_t *ret_count)
{
    static const char *const attrs[] = { "servicePrincipalName", NULL };
    struct entries found = { 0 };
    const struct attribute *held;
    char **lacking = NULL;
    size_t count = 0, i;
    enum err e = session_read(s, dn, attrs, &found);

    if (e)
        return e;
    held = entry_attribute(&found.entry[0], "servicePrincipalName");
    lacking = mem_array(n ? n : 1, sizeof *lacking);
    if (!lacking)
        e = ERR_NO_MEMORY;
    for (i = 0; i < n && !e; i++) {
        if (holds(held, spns[i]))
            continue;
        lacking[count] = mem_strdup(spns[i]);
        if (!lacking[count++])
            e = ERR_NO_MEMORY;
    }
    entries_free(&found);
    if (e) {
        texts_free(lacking, count);
        return e;
    }
    *ret = lacking;
    *ret_count = count;
    return ERR_OK;
}

static enum err write_spns(struct session *s, enum spn_write op, const char *dn,
                           const char *const *spns, size_t n)
{
    static const enum change_kind kinds[] = { CHANGE_ADD, CHANGE_REPLACE, CHANGE_DELETE };
    struct change c = { .kind = kinds[op], .name = "servicePrincipalName", .count = n };
    struct bytes *values = NULL;
    enum err e = change_texts(spns, n, &values);

    if (e)
        return e;
    c.value = values;
    e = session_modify(s, dn, &c, 1, true, false);
    mem_free(values);
    return e ? explain_refusal(s, dn, spns, n, e) : ERR_OK;
}

/* Only what was not there before is taken back: the rest was the account's already. */
static enum err add_spns(struct session *s, const char *dn, const char *const *spns, size_t n)
{
    char **lacking = NULL;
    size_t k = 0;
    enum err e = account_lacking_spns(s, dn, spns, n, &lacking, &k);

    if (!e)
        e = write_spns(s, SPN_ADD, dn, spns, n);
    if (!e) {
        e = check_all_free(s, dn, spns, n);
        if (e == ERR_DUPLICATE && k &&
            write_spns(s, SPN_DELETE, dn, (const char *const *)lacking, k))
            detail_remedy("remove what was just added to %s", dn);
    }
    texts_free(lacking, k);
    return e;
}

enum err account_write_spns(struct session *s, enum spn_write op, const char *dn,
                            const char *const *spns, size_t n)
{
    enum err e = check_all(spns, n);

    if (!e && (!dn || !*dn || (n == 0 && op != SPN_REPLACE)))
        e = detail_fail(ERR_INVALID_PARAMETER, "no account or no SPN is given");
    if (!e && op != SPN_DELETE)
        e = check_all_free(s, dn, spns, n);
    if (e)
        return e;
    return op == SPN_ADD ? add_spns(s, dn, spns, n) : write_spns(s, op, dn, spns, n);
}

static enum err holds_alone(struct session *s, const char *dn, const char *spn, bool *ret)
{
    struct entries found = { 0 };
    enum err e = spn_holders(s, spn, NULL, &found);

    if (!e)
        *ret = found.count == 1 && dn_same(found.entry[0].dn, dn);
    entries_free(&found);
    return e;
}

enum err account_missing_spns(struct session *s, const char *dn, const char *const *spns, size_t n,
                              char ***ret, size_t *ret_count)
{
    char **missing = NULL;
    size_t count = 0, i;
    bool there = false;
    enum err e = check_all(spns, n);

    if (e)
        return e;
    missing = mem_array(n ? n : 1, sizeof *missing);
    if (!missing)
        return ERR_NO_MEMORY;
    for (i = 0; i < n && !e; i++) {
        e = holds_alone(s, dn, spns[i], &there);
        if (e || there)
            continue;
        missing[count] = mem_strdup(spns[i]);
        if (!missing[count++])
            e = ERR_NO_MEMORY;
    }
    if (e) {
        texts_free(missing, count);
        return e;
    }
    *ret = missing;
    *ret_count = count;
    return ERR_OK;
}
