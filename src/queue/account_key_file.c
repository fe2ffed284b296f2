/* SPDX-License-Identifier: Apache-2.0
 * account_key_file.c - the file of an account's private keys: found, trusted, read.
 */
#include "queue/account_key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"

enum {
    READ_TRIES = 5, /* as often as a writer may replace the file under us */
    PASSWD_ROOM = 16384,
};

/* ---- where ---- */

static enum err place(struct account_key_place *ret, bool managed, char *path)
{
    if (!path)
        return ERR_NO_MEMORY;
    *ret = (struct account_key_place){ path, managed };
    return ERR_OK;
}

static char *home_path(void)
{
    const char *home = secure_getenv("HOME"), *state = secure_getenv("XDG_STATE_HOME");
    struct passwd pw, *found = NULL;
    char *room = NULL, *path;

    if (state && *state == '/')
        return mem_printf("%s/countersign/queue.keys", state);
    if (!home || *home != '/') {
        room = mem_alloc(PASSWD_ROOM);
        if (room && getpwuid_r(geteuid(), &pw, room, PASSWD_ROOM, &found) == 0 && found)
            home = found->pw_dir;
    }
    path = mem_printf("%s/.local/state/countersign/queue.keys", home ? home : "");
    mem_free(room);
    return path;
}

enum err account_key_place_find(struct account_key_place *ret)
{
    const char *named = secure_getenv("COUNTERSIGN_QUEUE_KEYS");
    const char *folder = secure_getenv("CREDENTIALS_DIRECTORY");
    char *path = NULL;

    if (named && *named)
        return place(ret, false, mem_strdup(named));
    if (folder && *folder == '/') {
        path = mem_printf("%s/" ACCOUNT_KEY_CREDENTIAL, folder);
        if (!path || access(path, F_OK) == 0)
            return place(ret, true, path);
        mem_free(path);
    }
    if (geteuid() == 0)
        return place(ret, false, mem_strdup("/var/lib/countersign/queue.keys"));
    return place(ret, false, home_path());
}

enum err account_key_place_beside(const struct account_key_place *p, const char *name, char **ret)
{
    const char *state = secure_getenv("STATE_DIRECTORY"); /* the first of its folders */
    char *path = NULL;

    if (!p->managed)
        path = mem_printf("%s.%s", p->path, name);
    else if (state && *state == '/')
        path = mem_printf("%.*s/queue.keys.%s", (int)strcspn(state, ":"), state, name);
    else if (geteuid() == 0)
        path = mem_printf("/var/lib/countersign/queue.keys.%s", name);
    else {
        char *keys = home_path();

        path = keys ? mem_printf("%s.%s", keys, name) : NULL;
        mem_free(keys);
    }
    *ret = path;
    return path ? ERR_OK : ERR_NO_MEMORY;
}

void account_key_place_done(struct account_key_place *p)
{
    mem_free(p->path);
    *p = (struct account_key_place){ 0 };
}

/* ---- reading ---- */

static enum err refused(const char *path, const char *why, const char *remedy)
{
    detail_remedy("%s", remedy);
    return detail_fail(ERR_ACCESS_DENIED, "the keys in %s are not used: %s", path, why);
}

/* A credential of the service manager may be root's, readable by this account through its group or
 * an access-control list, which shows as the group's bits. */
static enum err check_trusted(const struct account_key_place *p, const struct stat *st)
{
    bool roots = p->managed && st->st_uid == 0;
    mode_t loose = st->st_mode & (roots ? 0337 : 0177);
    char why[128];

    if (!S_ISREG(st->st_mode))
        return refused(p->path, "that is no regular file", "name the file of the keys itself");
    if (st->st_uid != geteuid() && !roots) {
        snprintf(why, sizeof why, "the file belongs to uid %u and this process is uid %u",
                 (unsigned)st->st_uid, (unsigned)geteuid());
        return refused(p->path, why, "run as the account whose keys these are, or enrol your own");
    }
    if (loose) {
        snprintf(why, sizeof why, "its mode is %04o, and must be 0600", st->st_mode & 07777);
        return refused(p->path, why,
                       "chmod 0600 the file; if others could read it: countersign cert rotate");
    }
    if (st->st_nlink > 1)
        return refused(p->path, "the file has a second name (a hard link)",
                       "remove the other name");
    if (st->st_size > ACCOUNT_KEYS_BYTES)
        return refused(p->path, "it is too long for a file of keys",
                       "move it away and enrol again");
    return ERR_OK;
}

static enum err open_failed(const char *path, int code)
{
    if (code == ENOENT || code == ENOTDIR) {
        detail_remedy("enrol this account on this host: countersign cert enroll");
        return detail_fail(ERR_NOT_FOUND, "there are no keys for queued messages in %s", path);
    }
    if (code == ELOOP)
        return refused(path, "it is a symbolic link", "put the file itself there");
    return detail_fail(ERR_ACCESS_DENIED, "%s: %s", path, strerror(code));
}

static enum err open_keys(const struct account_key_place *p, int *ret, struct stat *ret_stat)
{
    int fd = open(p->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    enum err e;

    if (fd < 0)
        return open_failed(p->path, errno);
    e = fstat(fd, ret_stat) ? open_failed(p->path, errno) : check_trusted(p, ret_stat);
    if (e)
        close(fd);
    else
        *ret = fd;
    return e;
}

static enum err read_whole(int fd, size_t size, struct buf *ret)
{
    struct buf b = { 0 };
    size_t done = 0;
    ssize_t n = 1;
    enum err e = buf_new(size, &b);

    while (!e && done < size && n > 0) {
        n = read(fd, b.ptr + done, size - done);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            done += (size_t)n;
    }
    if (!e && done < size)
        e = ERR_TRUNCATED;
    if (e)
        buf_free(&b);
    else
        *ret = b;
    return e;
}

static struct account_key_stamp stamp_of(const struct stat *st)
{
    return (struct account_key_stamp){ .device = st->st_dev,
                                       .inode = st->st_ino,
                                       .size = (uint64_t)st->st_size,
                                       .second = st->st_mtim.tv_sec,
                                       .nanosecond = st->st_mtim.tv_nsec };
}

static enum err read_once(const struct account_key_place *p, struct account_keys **ret,
                          struct account_key_stamp *ret_stamp)
{
    struct buf file = { 0 };
    struct stat st = { 0 };
    int fd = -1;
    enum err e = open_keys(p, &fd, &st);

    if (e)
        return e;
    *ret_stamp = stamp_of(&st);
    e = read_whole(fd, (size_t)st.st_size, &file);
    close(fd);
    if (!e)
        e = account_keys_read(buf_view(file), ret);
    buf_free(&file);
    return e;
}

bool account_key_file_is(const struct account_key_place *p, const struct account_key_stamp *stamp)
{
    struct account_key_stamp now;
    struct stat st;

    if (lstat(p->path, &st) != 0)
        return false;
    now = stamp_of(&st);
    return now.device == stamp->device && now.inode == stamp->inode && now.size == stamp->size &&
           now.second == stamp->second && now.nanosecond == stamp->nanosecond;
}

/* A writer overwrites the file it has replaced: who was reading that reads the new one. */
enum err account_key_file_read(const struct account_key_place *p, struct account_keys **ret,
                               struct account_key_stamp *ret_stamp)
{
    struct account_key_stamp stamp = { 0 };
    struct detail before = *detail_get();
    int tries = 0;
    enum err e;

    do {
        *detail_get() = before;
        e = read_once(p, ret, &stamp);
    } while (e && e != ERR_NOT_FOUND && e != ERR_ACCESS_DENIED && e != ERR_NO_MEMORY &&
             ++tries < READ_TRIES && !account_key_file_is(p, &stamp));
    if (!e && ret_stamp)
        *ret_stamp = stamp;
    if (e && e != ERR_NOT_FOUND && e != ERR_ACCESS_DENIED && e != ERR_NO_MEMORY) {
        detail_remedy("restore %s, or move it away and enrol again: what was sealed to its keys "
                      "is lost without them",
                      p->path);
        return detail_fail(e, "%s is damaged, or no file of keys", p->path);
    }
    return e;
}
