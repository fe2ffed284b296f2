/* SPDX-License-Identifier: Apache-2.0
 * identity.c - a client's SIDs, counted by reference.
 */
#include "package/identity.h"

#include "base/alloc.h"

enum { FIRST_ROOM = 16 };

enum err identity_new(struct identity **ret)
{
    struct identity *i = mem_zero(sizeof *i);

    if (!i)
        return ERR_NO_MEMORY;
    i->refs = 1;
    *ret = i;
    return ERR_OK;
}

struct identity *identity_ref(struct identity *i)
{
    if (i)
        __atomic_add_fetch(&i->refs, 1, __ATOMIC_RELAXED);
    return i;
}

void identity_unref(struct identity *i)
{
    size_t k;

    if (!i || __atomic_sub_fetch(&i->refs, 1, __ATOMIC_ACQ_REL))
        return;
    for (k = 0; k < i->service_count; k++)
        mem_free(i->services[k]);
    mem_free(i->services);
    mem_free(i->groups);
    mem_free(i);
}

enum err identity_add(struct identity *i, const struct sid *sid, uint32_t attributes)
{
    size_t room = i->room ? 2 * i->room : FIRST_ROOM;
    struct identity_group *more = NULL;

    if (i->count == i->room) {
        more = mem_resize(i->groups, room * sizeof *more);
        if (!more)
            return ERR_NO_MEMORY;
        i->groups = more;
        i->room = room;
    }
    i->groups[i->count++] = (struct identity_group){ *sid, attributes };
    return ERR_OK;
}

enum err identity_add_service(struct identity *i, const char *name)
{
    char **more = mem_resize(i->services, (i->service_count + 1) * sizeof *more);

    if (!more)
        return ERR_NO_MEMORY;
    i->services = more;
    more[i->service_count] = mem_strdup(name);
    if (!more[i->service_count])
        return ERR_NO_MEMORY;
    i->service_count++;
    return ERR_OK;
}

bool identity_has(const struct identity *i, const struct sid *sid)
{
    size_t k;

    for (k = 0; k < i->count; k++)
        if (sid_equal(&i->groups[k].sid, sid))
            return true;
    return false;
}

bool identity_is(const struct identity *i, const struct sid *sid)
{
    size_t k;

    if (sid_equal(&i->user, sid))
        return true;
    for (k = 0; k < i->count; k++)
        if ((i->groups[k].attributes & (IDENTITY_ENABLED | IDENTITY_DENY_ONLY)) ==
                IDENTITY_ENABLED &&
            sid_equal(&i->groups[k].sid, sid))
            return true;
    return false;
}
