/* SPDX-License-Identifier: Apache-2.0
 * local_directory.c - names of ncalrpc's endpoints, and the directory of their sockets.
 * desktop-src/Midl/ncalrpc.md
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/detail.h"
#include "base/os_identity.h"
#include "transport/local.h"
#include "transport/transport.h"

static const char variable[] = "COUNTERSIGN_NCALRPC_DIR";
static const char directory_default[] = "/run/countersign/ncalrpc";

enum { DIRECTORY_MODE = 0755 };

/* ---- names ---- */

static bool is_allowed(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr(" _-.{}()$#@+", c));
}

static const char *fault_of(const char *text, size_t n)
{
    size_t i;

    if (!n)
        return "it is empty";
    if (n > LOCAL_NAME_MAX)
        return "it has more than 53 characters";
    if (text[0] == '.')
        return "it begins with a dot";
    if (text[0] == ' ' || text[n - 1] == ' ')
        return "it begins or ends with a space";
    for (i = 0; i < n; i++)
        if (!is_allowed(text[i]))
            return "only letters, digits and \" _-.{}()$#@+\" may stand in it";
    return NULL;
}

enum err local_name_parse(const char *text, char ret[LOCAL_NAME_MAX + 1])
{
    size_t n = strnlen(text, LOCAL_NAME_MAX + 1), i;
    const char *fault = fault_of(text, n);

    if (fault)
        return detail_fail(ERR_INVALID_PARAMETER, "ncalrpc: \"%.64s\" is no endpoint: %s", text,
                           fault);
    for (i = 0; i < n; i++)
        ret[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
    ret[n] = '\0';
    return ERR_OK;
}

/* ---- the directory ---- */

static const char *directory(void)
{
    const char *given = secure_getenv(variable);

    return given && *given ? given : directory_default;
}

static enum err join(const char *folder, const char *name, char ret[LOCAL_PATH])
{
    int n;

    if (folder[0] != '/')
        return detail_fail(ERR_INVALID_PARAMETER,
                           "ncalrpc: the directory \"%.200s\" is no "
                           "absolute path",
                           folder);
    n = snprintf(ret, LOCAL_PATH, "%s/%s", folder, name);
    if (n < LOCAL_PATH)
        return ERR_OK;
    detail_remedy("Choose a shorter %s.", variable);
    return detail_fail(ERR_TOO_LONG,
                       "ncalrpc: the path of %s in %.200s has %d bytes, a socket's "
                       "has %d at most",
                       name, folder, n, LOCAL_PATH - 1);
}

enum err local_path(const char *name, char ret[LOCAL_PATH])
{
    return join(directory(), name, ret);
}

/* Why a directory is not safe, NULL where it is. strict: it is the sockets' own. In a user
 * namespace whoever is outside, root too, is the overflow id: what is above may be his. */
static const char *danger_of(const struct stat *s, bool strict)
{
    bool ours = s->st_uid == 0 || s->st_uid == os_identity_own_uid();

    if (!S_ISDIR(s->st_mode))
        return "it is no directory";
    if (!ours && (strict || !transport_uid_is_outside(s->st_uid)))
        return "it belongs neither to root nor to this account";
    if ((s->st_mode & (S_IWGRP | S_IWOTH)) && !(s->st_mode & S_ISVTX))
        return "others may write to it, and it has no sticky bit";
    return NULL;
}

static enum err check_one(const char *path, bool strict)
{
    struct stat s;
    const char *danger;

    if (lstat(path, &s))
        return detail_fail(ERR_ACCESS_DENIED, "ncalrpc: the directory %s: %s", path,
                           strerror(errno));
    danger = danger_of(&s, strict);
    if (!danger)
        return ERR_OK;
    detail_remedy("Give it to root or to the server's account, mode 0755 or 1777; or set %s to "
                  "another.",
                  variable);
    return detail_fail(ERR_ACCESS_DENIED,
                       "ncalrpc: no socket is made below %s (uid %u, mode %o): "
                       "%s",
                       path, s.st_uid, s.st_mode & 07777, danger);
}

/* path is a real one: no part of it is a symbolic link. */
static enum err check_all(char *path, bool strict)
{
    enum err e = check_one("/", false);
    char *end = path;

    while (!e && (end = strchr(end + 1, '/'))) {
        *end = '\0';
        e = check_one(path, false);
        *end = '/';
    }
    return e ? e : check_one(path, strict);
}

/* What is there of the way to path: where others may write nothing is made. */
static enum err check_above(const char *path)
{
    char above[PATH_MAX], real[PATH_MAX] = "/";

    (void)snprintf(above, sizeof above, "%s", path);
    do
        *strrchr(above, '/') = '\0';
    while (*above && !realpath(above, real));
    if (!*above)
        (void)snprintf(real, sizeof real, "/");
    return check_all(real, false);
}

/* With its mode whatever the umask is. True also where it was there. */
static bool make(const char *path)
{
    struct stat s;
    bool good;
    int fd;

    if (mkdir(path, DIRECTORY_MODE))
        return errno == EEXIST;
    fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    good = !fstat(fd, &s);
    if (good && s.st_uid != geteuid()) { /* another stands in its place */
        errno = EPERM;
        good = false;
    }
    good = good && !fchmod(fd, DIRECTORY_MODE);
    close(fd);
    return good;
}

/* The directory, and the one above it. */
static enum err make_both(const char *path)
{
    char above[PATH_MAX];
    const char *end = strrchr(path, '/');
    enum err e;

    if (strlen(path) >= sizeof above)
        return detail_fail(ERR_TOO_LONG, "ncalrpc: the directory's path is too long");
    e = check_above(path);
    if (e)
        return e;
    (void)snprintf(above, sizeof above, "%.*s", (int)(end - path), path);
    if ((!*above || make(above)) && make(path))
        return ERR_OK;
    detail_remedy("Make it, mode 0755 for servers of its owner alone or 1777 for everybody's; or "
                  "set %s to another.",
                  variable);
    return detail_fail(ERR_ACCESS_DENIED, "ncalrpc: making the directory %s: %s", path,
                       strerror(errno));
}

enum err local_path_safe(const char *name, char ret[LOCAL_PATH])
{
    char given[LOCAL_PATH], real[PATH_MAX];
    struct stat s;
    size_t n;
    enum err e = local_path("", given);

    if (e)
        return e;
    for (n = strlen(given); n > 1 && given[n - 1] == '/';)
        given[--n] = '\0';
    if (lstat(given, &s))
        e = make_both(given);
    else if (S_ISLNK(s.st_mode))
        e = detail_fail(ERR_ACCESS_DENIED, "ncalrpc: the directory %s is a symbolic link", given);
    if (!e && !realpath(given, real))
        e = detail_fail(ERR_ACCESS_DENIED, "ncalrpc: the directory %s: %s", given, strerror(errno));
    if (!e)
        e = check_all(real, true);
    return e ? e : join(real, name, ret);
}
