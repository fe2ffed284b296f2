/* SPDX-License-Identifier: Apache-2.0
 * search.h - asking a directory. What comes back is bounded and belongs to us.
 */
#pragma once

#include "base/bytes.h"
#include "directory/session.h"

enum {
    SEARCH_ENTRIES_MOST = 100000, /* of one search, whatever the caller says */
    SEARCH_VALUES_MOST = 5000,    /* of one attribute: beyond that servers send ranges */
    SEARCH_PAGE = 500,
};

struct attribute {
    char *name;
    struct buf *value; /* each with a NUL behind its len bytes */
    size_t count;
    bool cut; /* it has more values than these */
};

struct entry {
    char *dn;
    struct attribute *attribute;
    size_t count;
};

struct entries {
    struct entry *entry;
    size_t count;
};

enum search_scope { SEARCH_BASE, SEARCH_ONE, SEARCH_SUBTREE };

struct search {
    const char *base; /* a DN, "", or "<GUID=...>" */
    enum search_scope scope;
    const char *filter;
    const char *const *attrs; /* NULL-terminated */
    size_t max;               /* entries; more are ERR_TOO_LONG. 0: SEARCH_ENTRIES_MOST */
    bool owner_and_dacl;      /* of security descriptors only these: what a reader may have */
    bool dacl_only;
    bool cut_values; /* an attribute of too many values is cut; else the search is ERR_TOO_LONG */
};

MUST_CHECK enum err session_search(struct session *s, const struct search *q, struct entries *ret)
    SHARED(session_search);
void entries_free(struct entries *e) SHARED(entries_free);

/* NULL: not there. */
const struct attribute *entry_attribute(const struct entry *e, const char *name)
    SHARED(entry_attribute);
/* The first value, if it is text: UTF-8 without NUL. Else NULL. */
const char *entry_text(const struct entry *e, const char *name) SHARED(entry_text);
const char *attribute_text(const struct attribute *a, size_t i) SHARED(attribute_text);
/* A decimal number; fallback where there is none. */
long long entry_number(const struct entry *e, const char *name, long long fallback)
    SHARED(entry_number);

/* One entry by its DN or "<GUID=...>": ERR_NO_OBJECT where there is none. */
MUST_CHECK enum err session_read(struct session *s, const char *base, const char *const *attrs,
                                 struct entries *ret) SHARED(session_read);
