/* SPDX-License-Identifier: Apache-2.0
 * names.h - names of accounts and services in one form made names in another.
 */
#pragma once

#include "directory/search.h"

/* The numbers of DS_NAME_FORMAT. */
enum name_form {
    NAME_UNKNOWN = 0,
    NAME_DN = 1,
    NAME_NT4 = 2,
    NAME_DISPLAY = 3,
    NAME_GUID = 6,
    NAME_CANONICAL = 7,
    NAME_UPN = 8,
    NAME_CANONICAL_EX = 9,
    NAME_SPN = 10,
    NAME_SID = 11,
};

/* The numbers of DS_NAME_ERROR. */
enum name_status {
    NAME_FOUND = 0,
    NAME_RESOLVING = 1,
    NAME_NOT_FOUND = 2,
    NAME_NOT_UNIQUE = 3,
    NAME_NO_MAPPING = 4,
    NAME_DOMAIN_ONLY = 5,
    NAME_NO_SYNTACTICAL_MAPPING = 6,
};

struct cracked {
    enum name_status status;
    char *domain; /* DNS name; NULL: not known */
    char *name;   /* NULL unless found */
};

void cracked_free(struct cracked *c);

/* How one name went is ret->status; an error is only what concerns all of them. */
MUST_CHECK enum err name_crack(struct session *s, enum name_form offered, enum name_form desired,
                               const char *name, struct cracked *ret);
/* Without a directory. */
MUST_CHECK enum err name_crack_text(enum name_form offered, enum name_form desired,
                                    const char *name, struct cracked *ret);
/* The entry of an account, in another form; desired as for name_crack. */
MUST_CHECK enum err name_of_entry(struct session *s, const struct entry *entry,
                                  enum name_form desired, struct cracked *ret);
/* What name_of_entry needs to see. */
extern const char *const name_attrs[];

/* "CN=a,OU=b,DC=x,DC=y" as "x.y/b/a"; ex: the last slash is a line feed. mem_free. */
MUST_CHECK enum err name_canonical(const char *dn, bool ex, char **ret);
