/* SPDX-License-Identifier: Apache-2.0
 * os_account.c - an account of this host, by the name service.
 */
#include "base/os_account.h"

#include <assert.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/types.h>

#include "base/alloc.h"
#include "base/detail.h"

enum { ROOM = 1024, ROOM_MAX = 65536, GROUPS = 32, GROUPS_MAX = 65536 };

static_assert(sizeof(gid_t) == sizeof(uint32_t), "group ids have 32 bits");

struct entry {
    struct passwd pw; /* its strings are in block */
    char *block;
};

/* ERR_NO_MAPPING: nobody is called so. */
static enum err look_up(const struct identity_map_target *t, struct entry *ret)
{
    struct passwd *found = NULL;
    size_t room = ROOM;
    int error;

    do {
        mem_free(ret->block);
        ret->block = mem_alloc(room);
        if (!ret->block)
            return ERR_NO_MEMORY;
        error = t->name[0] ? getpwnam_r(t->name, &ret->pw, ret->block, room, &found)
                           : getpwuid_r((uid_t)t->uid, &ret->pw, ret->block, room, &found);
        room *= 2;
    } while (error == ERANGE && room <= ROOM_MAX);
    if (found)
        return ERR_OK;
    if (t->name[0])
        return detail_fail(ERR_NO_MAPPING,
                           "the impersonation map names the local user %s, whom "
                           "the name service does not know",
                           t->name);
    detail_remedy("Write %u:GID.", t->uid);
    return detail_fail(ERR_NO_MAPPING,
                       "the impersonation map has uid %u without a group, and the "
                       "name service knows no such user",
                       t->uid);
}

static enum err groups_of(const struct passwd *pw, struct os_account *a)
{
    int n = GROUPS, had = 0;
    void *more;

    do {
        if (n > GROUPS_MAX)
            return detail_fail(ERR_NO_MAPPING, "%s is in too many groups", pw->pw_name);
        had = n;
        more = mem_resize(a->groups, (size_t)n * sizeof *a->groups);
        if (!more)
            return ERR_NO_MEMORY;
        a->groups = more;
        if (getgrouplist(pw->pw_name, pw->pw_gid, a->groups, &n) >= 0) {
            a->count = (size_t)n;
            return ERR_OK;
        }
        n = n > had ? n : had * 2;
    } while (n);
    return ERR_INTERNAL;
}

enum err os_account_find(const struct identity_map_target *t, struct os_account *ret)
{
    struct os_account a = { .uid = t->uid, .gid = t->gid };
    struct entry entry = { .block = NULL };
    enum err e = ERR_OK;
    size_t i, k;

    if (t->name[0] || !t->has_gid) {
        e = look_up(t, &entry);
        if (!e) {
            a.uid = entry.pw.pw_uid;
            a.gid = entry.pw.pw_gid;
            e = groups_of(&entry.pw, &a);
        }
    }
    if (!e && (a.uid < t->minimum || !a.uid || !a.gid))
        e = detail_fail(ERR_NO_MAPPING,
                        "the impersonation map makes a client uid %u, gid %u: the "
                        "least uid is %u, and nobody is root",
                        a.uid, a.gid, t->minimum);
    for (i = k = 0; i < a.count; i++) /* nor of root's group */
        if (a.groups[i])
            a.groups[k++] = a.groups[i];
    a.count = k;
    mem_free(entry.block);
    if (e)
        os_account_done(&a);
    else
        *ret = a;
    return e;
}

void os_account_done(struct os_account *a)
{
    mem_free(a->groups);
    *a = (struct os_account){ .groups = NULL };
}
