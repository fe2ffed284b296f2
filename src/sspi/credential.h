/* SPDX-License-Identifier: Apache-2.0
 * credential.h - a package's credential, counted: handles, contexts and impersonating threads
 * share it.
 */
#pragma once

#include "package/package.h"

struct credential {
    const struct package *package;
    void *inner;
    enum credential_use use;
    int users; /* atomic */
};

/* Takes inner over, on failure too. */
MUST_CHECK enum err credential_adopt(const struct package *p, void *inner, enum credential_use use,
                                     struct credential **ret);
MUST_CHECK enum err credential_acquire(const struct package *p, const struct acquire *a,
                                       struct credential **ret);
struct credential *credential_ref(struct credential *c);
void credential_unref(struct credential *c); /* NULL is fine */
/* The same, as handles release. */
void credential_release(void *c);
