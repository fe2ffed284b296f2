/* SPDX-License-Identifier: Apache-2.0
 * change.h - changing a directory: add, modify, delete. Each is one request.
 */
#pragma once

#include "base/bytes.h"
#include "directory/session.h"

enum { CHANGES_MAX = 16, CHANGE_VALUES_MAX = 1024 };

enum change_kind { CHANGE_ADD, CHANGE_DELETE, CHANGE_REPLACE };

struct change {
    enum change_kind kind;
    const char *name;
    const struct bytes *value;
    size_t count; /* 0 with CHANGE_REPLACE or CHANGE_DELETE: the attribute goes */
};

/* A new object with these attributes (kind is not looked at). */
MUST_CHECK enum err session_add(struct session *s, const char *dn, const struct change *c, size_t n)
    SHARED(session_add);
/* permissive: adding what is there and deleting what is not is success. dacl_only: the value of
 * nTSecurityDescriptor is a DACL and leaves owner, group and SACL alone. */
MUST_CHECK enum err session_modify(struct session *s, const char *dn, const struct change *c,
                                   size_t n, bool permissive, bool dacl_only)
    SHARED(session_modify);
MUST_CHECK enum err session_delete(struct session *s, const char *dn) SHARED(session_delete);

/* Text as the values of a change; the array is mem_free's. */
MUST_CHECK enum err change_texts(const char *const *texts, size_t n, struct bytes **ret)
    SHARED(change_texts);
