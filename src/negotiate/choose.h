/* SPDX-License-Identifier: Apache-2.0
 * choose.h - which mechanisms there are, which packages do their work, and which one is taken.
 */
#pragma once

#include "package/package.h"

/* One name a mechanism has on the wire. Kerberos has two. */
struct negotiate_mech {
    struct bytes oid;
    const char *package; /* struct package's name */
    struct bytes raw;    /* how its tokens begin where they come without SPNEGO and unframed */
    const char *oid_text;
    bool user_to_user; /* for those who asked for CONTEXT_USE_SESSION_KEY, and no others */
};

/* One package of a credential, in order of preference. */
struct negotiate_entry {
    const struct package *package;
    void *credential;
};

struct negotiate_credential {
    size_t count;
    struct negotiate_entry entry[PACKAGES_MAX];
};

struct negotiate_choice {
    const struct negotiate_mech *mech;
    const struct negotiate_entry *entry;
    size_t index; /* in the initiator's list; 0: what its mechToken is made for */
};

/* Row i in order of preference, NULL after the last. */
const struct negotiate_mech *negotiate_mech_row(size_t i);
/* NULL for one we do not know. */
const struct negotiate_mech *negotiate_mech_find(struct bytes oid);

/* Whether "Kerberos,!NTLM" lets this package in: named, or nothing is named and it is not
 * forbidden. NULL and "" let everything in. */
bool negotiate_list_allows(const char *list, const char *package);

/* The entry that does this mechanism's work, or NULL. */
const struct negotiate_entry *negotiate_entry_find(const struct negotiate_credential *c,
                                                   const struct negotiate_mech *mech);

/* Whether a context asked for with these flags may use it. */
bool negotiate_mech_fits(const struct negotiate_mech *mech, uint32_t flags);

/* The acceptor's choice: the first of the initiator's list that the credential can do and that fits
 * the flags. ERR_NO_PACKAGE when there is none. */
MUST_CHECK enum err negotiate_choose(const struct negotiate_credential *c, uint32_t flags,
                                     struct bytes mech_types, struct negotiate_choice *ret);

/* Whether the credential holds a package we would rather have used. */
bool negotiate_prefers_other(const struct negotiate_credential *c,
                             const struct negotiate_entry *taken);

/* The MechTypeList of the entries from `first` on that fits the flags, in order of preference. */
MUST_CHECK enum err negotiate_offer(const struct negotiate_credential *c, size_t first,
                                    uint32_t flags, struct buf *ret);
