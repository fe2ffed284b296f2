/* SPDX-License-Identifier: Apache-2.0
 * local_identity.c - accounts of this host, for the ends of ncalrpc that the kernel names.
 * desktop-src/Rpc/principal-names.md, [MS-DTYP] 2.4.2
 */
#include "rpc/local_identity.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/os_identity.h"
#include "base/sid.h"
#include "base/utf16.h"

enum {
    ROOM = 1024, /* for an entry of the name service, doubled while it is too small */
    ROOM_MAX = 65536,
    HOST = 256,
    AUTHORITY_NT = 5,
    SYSTEM = 18, /* S-1-5-18 */
    AUTHORITY_UNIX = 22,
    UNIX_USER = 1, /* S-1-22-1-uid */
};

void rpc_local_sid(uint32_t uid, char ret[RPC_LOCAL_SID])
{
    (void)snprintf(ret, RPC_LOCAL_SID, "S-1-22-1-%u", uid);
}

/* ---- the name service ---- */

struct account { /* asked by name, or where that is NULL by uid */
    const char *name;
    uint32_t uid;
    struct passwd entry; /* its strings are in block */
    char *block;
};

static int ask(struct account *a, size_t room, struct passwd **ret)
{
    return a->name ? getpwnam_r(a->name, &a->entry, a->block, room, ret)
                   : getpwuid_r((uid_t)a->uid, &a->entry, a->block, room, ret);
}

/* ERR_NOT_FOUND. a->block is the caller's in any case. */
static enum err look_up(struct account *a)
{
    struct passwd *found = NULL;
    size_t room = ROOM;
    int error;

    do {
        mem_free(a->block);
        a->block = mem_alloc(room);
        if (!a->block)
            return ERR_NO_MEMORY;
        error = ask(a, room, &found);
        room *= 2;
    } while (error == ERANGE && room <= ROOM_MAX);
    if (found)
        return ERR_OK;
    return ERR_NOT_FOUND;
}

static void host_name(char ret[HOST])
{
    size_t i;

    if (gethostname(ret, HOST - 1))
        (void)snprintf(ret, HOST, "localhost");
    ret[HOST - 1] = '\0';
    ret[strcspn(ret, ".")] = '\0';
    for (i = 0; ret[i]; i++)
        if (ret[i] >= 'a' && ret[i] <= 'z')
            ret[i] = (char)(ret[i] - 'a' + 'A');
}

enum err rpc_local_name(uint32_t uid, char **ret)
{
    char host[HOST] = "", sid[RPC_LOCAL_SID];
    struct account a = { .uid = uid };
    enum err e = look_up(&a);
    const char *name = e ? "" : a.entry.pw_name;
    char *text = NULL;

    if (e == ERR_NOT_FOUND) {
        rpc_local_sid(uid, sid);
        text = mem_strdup(sid);
    } else if (!e && strpbrk(name, "\\@")) {
        text = mem_strdup(name);
    } else if (!e) {
        host_name(host);
        text = mem_printf("%s\\%s", host, name);
    }
    mem_free(a.block);
    if (text && !utf8_valid(bytes_of_text(text))) { /* its wide form could not be told */
        mem_free(text);
        rpc_local_sid(uid, sid);
        text = mem_strdup(sid);
    }
    if (!text)
        return ERR_NO_MEMORY;
    *ret = text;
    return ERR_OK;
}

/* ---- whom a client expects ---- */

static bool is_system(const char *name)
{
    static const char *const names[] = { "NT AUTHORITY\\SYSTEM", "LocalSystem", "SYSTEM" };
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

static enum err uid_of(const struct sid *s, uint32_t *ret)
{
    char text[SID_TEXT];

    if (s->authority == AUTHORITY_UNIX && s->count == 2 && s->sub[0] == UNIX_USER) {
        *ret = s->sub[1];
        return ERR_OK;
    }
    if (s->authority == AUTHORITY_NT && s->count == 1 && s->sub[0] == SYSTEM) {
        *ret = 0;
        return ERR_OK;
    }
    sid_format(s, text);
    return detail_fail(ERR_NO_MAPPING,
                       "ncalrpc: the server's SID %.100s is no account of this host", text);
}

/* "HOST\user" is "user" where the host is this one. */
static const char *without_host(const char *name)
{
    char host[HOST] = "";
    size_t n;

    host_name(host);
    n = strlen(host);
    return strncasecmp(name, host, n) == 0 && name[n] == '\\' ? name + n + 1 : name;
}

static enum err uid_named(const char *name, uint32_t *ret)
{
    struct account a = { .name = name };
    enum err e = look_up(&a);

    if (e == ERR_NOT_FOUND) {
        a.name = without_host(name);
        if (a.name != name)
            e = look_up(&a);
    }
    if (!e)
        *ret = a.entry.pw_uid;
    mem_free(a.block);
    if (e != ERR_NOT_FOUND)
        return e;
    detail_remedy("Name the account the server runs as, or nobody: then root and the caller's own "
                  "account are good.");
    return detail_fail(ERR_NO_MAPPING, "ncalrpc: the server's account \"%.100s\" is not known here",
                       name);
}

enum err rpc_local_server_parse(const char *principal, struct rpc_local_server *ret)
{
    struct rpc_local_server r = { .named = principal && *principal };
    struct sid sid;
    enum err e = ERR_OK;

    if (r.named && !is_system(principal)) {
        if (!sid_parse(principal, &sid))
            e = uid_of(&sid, &r.uid);
        else
            e = uid_named(principal, &r.uid);
    }
    if (!e)
        *ret = r;
    return e;
}

enum err rpc_local_server_of_sid(const void *sid, struct rpc_local_server *ret)
{
    const uint8_t *b = sid;
    struct sid s = { .count = b[1] };
    struct rpc_local_server r = { .named = true };
    size_t i;
    enum err e;

    if (b[0] != 1 || s.count > SID_SUBS_MAX)
        return detail_fail(ERR_INVALID_PARAMETER, "Sid is no SID: revision %u, %u parts", b[0],
                           b[1]);
    for (i = 0; i < 6; i++)
        s.authority = s.authority << 8 | b[2 + i];
    memcpy(s.sub, b + 8, s.count * sizeof s.sub[0]);
    e = uid_of(&s, &r.uid);
    if (!e)
        *ret = r;
    return e;
}

enum err rpc_local_server_check(const struct transport *t, int fd,
                                const struct rpc_local_server *expected)
{
    struct transport_peer peer = { 0 };
    enum err e = t->peer(fd, &peer);

    if (e)
        return e;
    if (!peer.anonymous && (expected->named ? peer.uid == expected->uid
                                            : peer.uid == 0 || peer.uid == os_identity_own_uid()))
        return ERR_OK;
    if (expected->named)
        return detail_fail(ERR_ACCESS_DENIED, "ncalrpc: the server is uid %u, not %u as expected",
                           peer.uid, expected->uid);
    detail_remedy("If that is meant, name the server's account: ServerPrincName of "
                  "RpcBindingSetAuthInfo.");
    return detail_fail(ERR_ACCESS_DENIED,
                       "ncalrpc: the server is uid %u%s, neither root nor the "
                       "caller's own account",
                       peer.uid, peer.anonymous ? " (of nobody known)" : "");
}
