/* SPDX-License-Identifier: Apache-2.0
 * account_spn.h - SPNs of accounts: written, looked for in the whole forest.
 */
#pragma once

#include "directory/search.h"

enum spn_write { SPN_ADD, SPN_REPLACE, SPN_DELETE };

/* DsWriteAccountSpn. */
MUST_CHECK enum err account_write_spns(struct session *s, enum spn_write op, const char *dn,
                                       const char *const *spns, size_t n)
    SHARED(account_write_spns);
/* Which accounts of the forest hold spn: their entries with attrs (NULL: their names only). */
MUST_CHECK enum err spn_holders(struct session *s, const char *spn, const char *const *attrs,
                                struct entries *ret) SHARED(spn_holders);
/* The SPNs among n that dn does not hold, whoever else may. texts_free. */
MUST_CHECK enum err account_lacking_spns(struct session *s, const char *dn, const char *const *spns,
                                         size_t n, char ***ret, size_t *ret_count)
    SHARED(account_lacking_spns);
/* The SPNs among n that dn does not hold alone. texts_free. */
MUST_CHECK enum err account_missing_spns(struct session *s, const char *dn, const char *const *spns,
                                         size_t n, char ***ret, size_t *ret_count)
    SHARED(account_missing_spns);
