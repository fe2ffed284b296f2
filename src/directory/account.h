/* SPDX-License-Identifier: Apache-2.0
 * account.h - accounts by any name they go by.
 */
#pragma once

#include "base/sid.h"
#include "directory/search.h"

struct account {
    char *dn;
    char *name; /* sAMAccountName */
    struct sid sid;
};

/* name: a DN, "DOMAIN\name", "name", "user@domain", a SID as text or "<GUID=...>".
 * One object or ERR_NO_OBJECT; more than one is ERR_AMBIGUOUS. */
MUST_CHECK enum err account_find(struct session *s, const char *name, struct account *ret)
    SHARED(account_find);
/* The account the session is bound as. */
MUST_CHECK enum err account_self(struct session *s, struct account *ret) SHARED(account_self);
/* The account of this host. */
MUST_CHECK enum err account_of_host(struct session *s, struct account *ret) SHARED(account_of_host);
void account_free(struct account *a) SHARED(account_free);

/* The same search for any attributes. */
MUST_CHECK enum err account_entry(struct session *s, const char *name, const char *const *attrs,
                                  struct entries *ret) SHARED(account_entry);

/* The NetBIOS name of the session's domain. mem_free. */
MUST_CHECK enum err account_domain_netbios(struct session *s, char **ret)
    SHARED(account_domain_netbios);

/* Of an entry whose nTSecurityDescriptor was asked for. False: not readable, which is no failure,
 * for no trust in an owner is satisfied then. */
bool entry_owner(const struct entry *entry, struct sid *ret) SHARED(entry_owner);

/* Whether member belongs to group, nested groups included, primary group too, or is it. */
MUST_CHECK enum err account_is_member(struct session *s, const struct account *member,
                                      const struct account *group, bool *ret)
    SHARED(account_is_member);
