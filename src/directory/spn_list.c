/* SPDX-License-Identifier: Apache-2.0
 * spn_list.c - accounts with the SPNs they hold, for showing.
 */
#include "directory/spn_list.h"

#include <strings.h>

#include "base/detail.h"
#include "directory/account.h"
#include "directory/account_spn.h"

static const char *const attrs[] = { "sAMAccountName",        "servicePrincipalName",
                                     "msDS-KeyVersionNumber", "msDS-SupportedEncryptionTypes",
                                     "userAccountControl",    NULL };

static bool looks_like_spn(const char *which)
{
    return strchr(which, '/') && strncasecmp(which, "CN=", 3) != 0;
}

/* The catalog knows who holds a name; only the account's own domain knows its keys. */
static enum err holders_in_full(struct session *s, const char *spn, struct entries *ret)
{
    struct entries found = { 0 }, one = { 0 };
    struct session *catalog = NULL;
    size_t i;
    enum err e = spn_holders(s, spn, attrs, &found);

    if (!e && found.count == 0) {
        entries_free(&found);
        return detail_fail(ERR_NO_OBJECT, "no account of the forest holds %s", spn);
    }
    if (!e)
        e = session_catalog(s, &catalog);
    for (i = 0; !e && i < found.count && catalog != s; i++) {
        struct entry partial = found.entry[i];

        if (session_read(s, partial.dn, attrs, &one) == ERR_OK) {
            found.entry[i] = one.entry[0];
            one.entry[0] = partial;
        }
        entries_free(&one);
    }
    if (e)
        entries_free(&found);
    else
        *ret = found;
    return e;
}

enum err spn_list(struct session *s, const char *which, struct entries *ret)
{
    struct search q = { .base = session_domain_dn(s),
                        .scope = SEARCH_SUBTREE,
                        .attrs = attrs,
                        .filter = "(servicePrincipalName=*)" };

    if (!which)
        return session_search(s, &q, ret);
    if (looks_like_spn(which))
        return holders_in_full(s, which, ret);
    return account_entry(s, which, attrs, ret);
}
