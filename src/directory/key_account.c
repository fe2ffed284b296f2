/* SPDX-License-Identifier: Apache-2.0
 * key_account.c - mSMQSignCertificates and mSMQDigests of accounts.  [MS-ADTS] 3.1.1.3.2.7
 */
#include "directory/key_account.h"

#include <ldap.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/account.h"
#include "directory/account_spn.h"
#include "directory/change.h"
#include "directory/filter.h"
#include "directory/search.h"

enum { ACCOUNT_DISABLED = 2 };

static const char attr_certificates[] = "mSMQSignCertificates", attr_digests[] = "mSMQDigests";
/* LDAP_CAP_ACTIVE_DIRECTORY_PARTIAL_SECRETS_OID: a read-only controller */
static const char read_only[] = "1.2.840.113556.1.4.1920";

void key_account_done(struct key_account *a)
{
    size_t i;

    mem_free(a->dn);
    mem_free(a->name);
    buf_free(&a->certificates);
    for (i = 0; i < a->digest_count; i++)
        buf_free(&a->digest[i]);
    mem_free(a->digest);
    *a = (struct key_account){ 0 };
}

/* ---- where ---- */

static enum err check_writable(struct session *s)
{
    static const char *const attrs[] = { "supportedCapabilities", NULL };
    const struct attribute *a;
    struct entries root = { 0 };
    const char *text;
    bool may = true;
    size_t i;
    enum err e = session_read(s, "", attrs, &root);

    a = e ? NULL : entry_attribute(&root.entry[0], attrs[0]);
    for (i = 0; a && i < a->count; i++) {
        text = attribute_text(a, i);
        may = may && !(text && strcmp(text, read_only) == 0);
    }
    entries_free(&root);
    if (!e && !may) {
        detail_remedy("name a domain controller that is not read-only");
        e = detail_fail(ERR_UNTRUSTED,
                        "%s is a read-only domain controller: keys are not taken "
                        "from there",
                        session_host(s));
    }
    return e;
}

/* The session with the domain of dn; closed with close_home. */
static enum err open_home(struct session *s, const char *dn, struct session **ret, bool *ret_own)
{
    enum err e = session_of_object(s, dn, ret, ret_own);

    if (e)
        return e;
    e = check_writable(*ret);
    if (e && *ret_own)
        session_close(*ret);
    return e;
}

static void close_home(struct session *home, bool own)
{
    if (own)
        session_close(home);
}

/* ---- which ---- */

static enum err one_dn(struct entries *found, const char *what, char **ret)
{
    enum err e = ERR_OK;

    if (found->count == 0)
        e = detail_fail(ERR_NO_OBJECT, "no account of the forest is %s", what);
    else if (found->count > 1)
        e = detail_fail(ERR_AMBIGUOUS, "%s is held by %s and by %s: nobody can be told by it", what,
                        found->entry[0].dn, found->entry[1].dn);
    else
        *ret = mem_strdup(found->entry[0].dn);
    entries_free(found);
    return e ? e : *ret ? ERR_OK : ERR_NO_MEMORY;
}

static enum err dn_of_spn(struct session *s, const char *spn, char **ret)
{
    struct entries found = { 0 };
    enum err e = spn_holders(s, spn, NULL, &found);

    detail_set(detail_get()->asked, spn);
    return e ? e : one_dn(&found, spn, ret);
}

static enum err dn_of_foreign_sid(struct session *s, const struct sid *sid, const char *text,
                                  char **ret)
{
    static const char *const attrs[] = { "objectSid", NULL };
    struct search q = { .base = "", .scope = SEARCH_SUBTREE, .attrs = attrs, .max = 2 };
    uint8_t raw[SID_BYTES_MAX];
    struct writer w = writer_over(raw, sizeof raw);
    struct session *catalog = NULL;
    struct entries found = { 0 };
    char *escaped = NULL, *filter = NULL;
    enum err e = session_catalog(s, &catalog);

    sid_put(&w, sid);
    if (!e)
        e = filter_escape_bytes(bytes_of(raw, w.len), &escaped);
    filter = e ? NULL : mem_printf("(objectSid=%s)", escaped);
    if (!e && !filter)
        e = ERR_NO_MEMORY;
    q.filter = filter;
    if (!e)
        e = session_search(catalog, &q, &found);
    mem_free(filter);
    mem_free(escaped);
    return e ? e : one_dn(&found, text, ret);
}

static enum err dn_of_name(struct session *s, const char *name, char **ret)
{
    struct account a = { 0 };
    struct detail before = *detail_get();
    struct sid sid;
    enum err e = account_find(s, name, &a);

    if (e == ERR_NO_OBJECT && sid_parse(name, &sid) == ERR_OK) {
        *detail_get() = before;
        return dn_of_foreign_sid(s, &sid, name, ret);
    }
    if (!e) {
        *ret = mem_strdup(a.dn);
        e = *ret ? ERR_OK : ERR_NO_MEMORY;
    }
    account_free(&a);
    return e;
}

static enum err dn_of(struct session *s, enum key_account_by by, const char *name, char **ret)
{
    struct account a = { 0 };
    enum err e;

    switch (by) {
    case KEY_ACCOUNT_SPN:
        return dn_of_spn(s, name, ret);
    case KEY_ACCOUNT_NAME:
        return dn_of_name(s, name, ret);
    case KEY_ACCOUNT_SELF:
        break;
    }
    e = account_self(s, &a);
    if (!e) {
        *ret = mem_strdup(a.dn);
        e = *ret ? ERR_OK : ERR_NO_MEMORY;
    }
    account_free(&a);
    return e;
}

/* ---- what ---- */

/* accountExpires counts 100 ns since 1601; 0 and the largest number are never. */
static bool is_over(long long expires, int64_t now)
{
    const long long epoch = 11644473600LL, second = 10000000;

    return expires > 0 && expires != INT64_MAX && expires / second - epoch <= now;
}

static enum err copy_digests(const struct attribute *a, struct key_account *ret)
{
    enum err e = ERR_OK;

    if (!a)
        return ERR_OK;
    ret->digest = mem_array(a->count, sizeof *ret->digest);
    if (!ret->digest)
        return ERR_NO_MEMORY;
    while (!e && ret->digest_count < a->count) {
        e = buf_copy(buf_view(a->value[ret->digest_count]), &ret->digest[ret->digest_count]);
        ret->digest_count += !e;
    }
    return e;
}

static enum err of_entry(const struct entry *entry, int64_t now, struct key_account *a)
{
    const struct attribute *sid = entry_attribute(entry, "objectSid");
    const struct attribute *list = entry_attribute(entry, attr_certificates);
    const char *name = entry_text(entry, "sAMAccountName");
    long long control = entry_number(entry, "userAccountControl", -1);
    enum err e = ERR_OK;

    if (!sid || !name || sid_read(buf_view(sid->value[0]), &a->sid))
        return detail_fail(ERR_NO_OBJECT, "\"%s\" is no account: it has no SID and name",
                           entry->dn);
    if (control < 0) {
        detail_remedy("let this account read userAccountControl and accountExpires of %s", name);
        return detail_fail(ERR_ACCESS_DENIED, "the directory does not tell whether %s is disabled",
                           name);
    }
    a->disabled =
        (control & ACCOUNT_DISABLED) || is_over(entry_number(entry, "accountExpires", 0), now);
    a->dn = mem_strdup(entry->dn);
    a->name = mem_strdup(name);
    if (!a->dn || !a->name)
        return ERR_NO_MEMORY;
    if (list)
        e = buf_copy(buf_view(list->value[0]), &a->certificates);
    return e ? e : copy_digests(entry_attribute(entry, attr_digests), a);
}

enum err key_account_read(struct session *s, enum key_account_by by, const char *name, int64_t now,
                          struct key_account *ret)
{
    static const char *const attrs[] = { "objectSid",
                                         "sAMAccountName",
                                         "userAccountControl",
                                         "accountExpires",
                                         attr_certificates,
                                         attr_digests,
                                         NULL };
    struct key_account a = { 0 };
    struct session *home = NULL;
    struct entries found = { 0 };
    bool own = false;
    char *dn = NULL;
    enum err e = dn_of(s, by, name, &dn);

    if (!e)
        e = open_home(s, dn, &home, &own);
    if (!e) {
        e = session_read(home, dn, attrs, &found);
        if (!e)
            e = of_entry(&found.entry[0], now, &a);
        entries_free(&found);
        close_home(home, own);
    }
    mem_free(dn);
    if (e)
        key_account_done(&a);
    else
        *ret = a;
    return e;
}

/* ---- changing ---- */

static enum err explain(enum err e, const struct key_account *was)
{
    switch (detail_get()->library_code) {
    case LDAP_NO_SUCH_ATTRIBUTE:
    case LDAP_TYPE_OR_VALUE_EXISTS:
    case LDAP_CONSTRAINT_VIOLATION: /* a second value of an attribute that has one */
        return ERR_OUT_OF_SEQUENCE;
    default:
        break;
    }
    if (e == ERR_ACCESS_DENIED)
        detail_remedy("an account writes its own keys: use the credentials of %s, or an "
                      "administrator's",
                      was->name);
    return e;
}

static enum err modify(struct session *home, const struct key_account *was,
                       const struct key_account_change *c)
{
    struct bytes old = buf_view(was->certificates);
    struct change change[4];
    struct detail before = *detail_get();
    size_t n = 0;
    enum err e;

    if (old.len)
        change[n++] = (struct change){ CHANGE_DELETE, attr_certificates, &old, 1 };
    if (c->certificates.len)
        change[n++] = (struct change){ CHANGE_ADD, attr_certificates, &c->certificates, 1 };
    if (c->gone_count)
        change[n++] = (struct change){ CHANGE_DELETE, attr_digests, c->gone, c->gone_count };
    if (c->come_count)
        change[n++] = (struct change){ CHANGE_ADD, attr_digests, c->come, c->come_count };
    if (n == 0)
        return ERR_OK;
    e = session_modify(home, was->dn, change, n, false, false);
    if (e)
        e = explain(e, was);
    if (e == ERR_OUT_OF_SEQUENCE)
        *detail_get() = before;
    return e == ERR_OUT_OF_SEQUENCE
               ? detail_fail(e, "the certificates of %s were changed by somebody else meanwhile",
                             was->name)
               : e;
}

enum err key_account_write(struct session *s, const struct key_account *was,
                           const struct key_account_change *c)
{
    struct session *home = NULL;
    bool own = false;
    enum err e = open_home(s, was->dn, &home, &own);

    if (e)
        return e;
    e = modify(home, was, c);
    close_home(home, own);
    return e;
}
