/* SPDX-License-Identifier: Apache-2.0
 * authz.c - client contexts and the resource managers they are made for.
 */
#include "sspi/authz.h"

#include "base/alloc.h"
#include "base/detail.h"

static void release(void *object)
{
    struct authz_client *c = object;

    mem_free(c->sids);
    mem_free(c->attributes);
    mem_free(c);
}

/* Room for count SIDs, the first of them the user's. */
static enum err client_new(size_t count, uint64_t identifier, struct authz_client **ret)
{
    struct authz_client *c = mem_zero(sizeof *c);

    if (!c)
        return ERR_NO_MEMORY;
    c->identifier = identifier;
    c->count = count;
    c->sids = mem_array(count, sizeof *c->sids);
    c->attributes = mem_array(count, sizeof *c->attributes);
    if (!c->sids || !c->attributes) {
        release(c);
        return ERR_NO_MEMORY;
    }
    *ret = c;
    return ERR_OK;
}

static enum err give(struct authz_client *c, handle_id *ret)
{
    enum err e = handle_new(HANDLE_AUTHZ_CLIENT, c, release, ret);

    if (e)
        release(c);
    return e;
}

enum err authz_client_new(const struct identity *i, uint64_t identifier, handle_id *ret)
{
    struct authz_client *c = NULL;
    enum err e = client_new(1 + i->count, identifier, &c);
    size_t k;

    if (e)
        return e;
    c->sids[0] = i->user;
    c->attributes[0] = SID_ENABLED;
    for (k = 0; k < i->count; k++) {
        c->sids[k + 1] = i->groups[k].sid;
        c->attributes[k + 1] = i->groups[k].attributes;
    }
    return give(c, ret);
}

enum err authz_client_of_sid(const struct sid *s, uint64_t identifier, handle_id *ret)
{
    struct authz_client *c = NULL;
    enum err e = client_new(1, identifier, &c);

    if (e)
        return e;
    c->sids[0] = *s;
    c->attributes[0] = SID_ENABLED;
    return give(c, ret);
}

enum err authz_client_with(const struct authz_client *of, const struct sid *groups,
                           const uint32_t *attributes, size_t count, handle_id *ret)
{
    struct authz_client *c = NULL;
    enum err e = client_new(of->count + count, of->identifier, &c);

    if (e)
        return e;
    memcpy(c->sids, of->sids, of->count * sizeof *c->sids);
    memcpy(c->attributes, of->attributes, of->count * sizeof *c->attributes);
    if (count) {
        memcpy(c->sids + of->count, groups, count * sizeof *c->sids);
        memcpy(c->attributes + of->count, attributes, count * sizeof *c->attributes);
    }
    return give(c, ret);
}

enum err authz_client_get(handle_id id, const struct authz_client **ret)
{
    void *object = NULL;
    enum err e = handle_get(id, HANDLE_AUTHZ_CLIENT, &object);

    if (e)
        return detail_fail(e, "no such client context");
    *ret = object;
    return ERR_OK;
}

enum err authz_manager_new(handle_id *ret)
{
    char *m = mem_zero(1);
    enum err e = m ? handle_new(HANDLE_AUTHZ_MANAGER, m, mem_free, ret) : ERR_NO_MEMORY;

    if (e)
        mem_free(m);
    return e;
}

enum err authz_manager_check(handle_id id)
{
    void *object = NULL;
    enum err e = handle_get(id, HANDLE_AUTHZ_MANAGER, &object);

    if (e)
        return detail_fail(e, "no such resource manager");
    handle_put(id);
    return ERR_OK;
}
