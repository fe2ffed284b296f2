/* SPDX-License-Identifier: Apache-2.0
 * token_local.c - tokens of accounts of this host.  [MS-DTYP] 2.4.2.4
 */
#include <pwd.h>
#include <stdio.h>

#include "base/alloc.h"
#include "sspi/token.h"

enum { PASSWD_ROOM = 16384, ENABLED = 7 /* mandatory, by default, enabled */ };

static enum err add(struct identity *i, const char *text)
{
    struct sid sid;
    enum err e = sid_parse(text, &sid);

    return e ? e : identity_add(i, &sid, ENABLED);
}

/* Its user and group as SIDs; Everyone, LOCAL, Authenticated Users; and what Windows calls root's
 * like. */
static enum err fill(struct identity *i, uint32_t uid, uint32_t gid)
{
    const char *const known[] = { "S-1-1-0", "S-1-2-0", "S-1-5-11", uid ? NULL : "S-1-5-18" };
    char text[SID_TEXT];
    size_t k;
    enum err e;

    (void)snprintf(text, sizeof text, "S-1-22-1-%u", uid);
    e = sid_parse(text, &i->user);
    if (e)
        return e;
    (void)snprintf(text, sizeof text, "S-1-22-2-%u", gid);
    e = sid_parse(text, &i->primary_group);
    i->has_primary_group = !e;
    if (!e)
        e = add(i, text);
    for (k = 0; !e && k < sizeof known / sizeof *known && known[k]; k++)
        e = add(i, known[k]);
    return e;
}

static enum err name_of(uint32_t uid, char **ret)
{
    struct passwd entry, *found = NULL;
    char *room = mem_alloc(PASSWD_ROOM);

    if (!room)
        return ERR_NO_MEMORY;
    if (!getpwuid_r((uid_t)uid, &entry, room, PASSWD_ROOM, &found) && found)
        *ret = mem_strdup(found->pw_name);
    else
        *ret = mem_printf("S-1-22-1-%u", uid);
    mem_free(room);
    return *ret ? ERR_OK : ERR_NO_MEMORY;
}

enum err token_of_local(uint32_t uid, uint32_t gid, uint32_t flags, struct token **ret)
{
    struct token *t = mem_zero(sizeof *t);
    enum err e = t ? ERR_OK : ERR_NO_MEMORY;

    if (t) {
        t->refs = 1;
        t->flags = flags;
        t->expiry = INT32_MAX; /* for as long as it is held */
        e = identity_new(&t->identity);
    }
    if (!e)
        e = fill(t->identity, uid, gid);
    if (!e)
        e = name_of(uid, &t->name);
    if (e)
        token_unref(t);
    else
        *ret = t;
    return e;
}
