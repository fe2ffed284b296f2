/* SPDX-License-Identifier: Apache-2.0
 * credential.c - counted credentials of any package.
 */
#include "sspi/credential.h"

#include "base/alloc.h"
#include "sspi/table.h"

enum err credential_adopt(const struct package *p, void *inner, enum credential_use use,
                          struct credential **ret)
{
    struct credential *c = mem_zero(sizeof *c);

    if (!c) {
        p->credential_free(inner);
        return ERR_NO_MEMORY;
    }
    c->package = p;
    c->inner = inner;
    c->use = use;
    c->users = 1;
    *ret = c;
    return ERR_OK;
}

enum err credential_acquire(const struct package *p, const struct acquire *a,
                            struct credential **ret)
{
    const struct package *candidates[PACKAGES_MAX + 1];
    void *inner = NULL;
    enum err e;

    table_candidates(p, candidates);
    e = p->acquire(a, candidates, &inner);
    return e ? e : credential_adopt(p, inner, a->use, ret);
}

struct credential *credential_ref(struct credential *c)
{
    __atomic_add_fetch(&c->users, 1, __ATOMIC_RELAXED);
    return c;
}

void credential_unref(struct credential *c)
{
    if (!c || __atomic_sub_fetch(&c->users, 1, __ATOMIC_ACQ_REL))
        return;
    c->package->credential_free(c->inner);
    mem_free(c);
}

void credential_release(void *c)
{
    credential_unref(c);
}
