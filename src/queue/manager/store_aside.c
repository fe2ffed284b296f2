/* SPDX-License-Identifier: Apache-2.0
 * store_aside.c - the files of a damaged database out of the way, into damaged-<time>, and back.
 *
 * Whoever makes a new one from them may be killed, or find the disk full. Until it is made a link
 * names their folder: who comes next puts them back first, or he would take what is half made for
 * the store, and its long bodies for nobody's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "queue/manager/store_disk.h"
#include "queue/manager/store_private.h"

#define LINK "salvage"
#define PREFIX "damaged-"

enum { NAME = 64 };

/* The database itself is moved last, and put back first: where it is says how far that went. */
static const char *const names[] = { SQL_FILE_NAME "-shm", SQL_FILE_NAME "-wal", SQL_FILE_NAME };

enum { NAMES = sizeof names / sizeof *names };

static enum err os_fail(const char *what, const char *path)
{
    return detail_fail(disk_error(errno, ERR_RPC_RESOURCES), "%s %s: %s", what, path,
                       strerror(errno));
}

static enum err sync_dir(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum err e = fd >= 0 && fsync(fd) == 0 ? ERR_OK : os_fail("syncing", dir);

    if (fd >= 0)
        close(fd);
    return e;
}

MUST_CHECK enum err store_aside_new(const char *dir, char **ret)
{
    char *aside = NULL;
    enum err e = ERR_EXISTS;
    int n;

    for (n = 0; e == ERR_EXISTS && n < 100; n++) {
        mem_free(aside);
        aside = mem_printf("%s/" PREFIX "%lld-%d", dir, (long long)time(NULL), n);
        if (!aside)
            return ERR_NO_MEMORY;
        if (mkdir(aside, 0700) == 0)
            e = ERR_OK;
        else if (errno != EEXIST)
            e = os_fail("making", aside);
    }
    if (e)
        mem_free(aside);
    else
        *ret = aside;
    return e;
}

MUST_CHECK enum err store_aside_move(const char *from_dir, const char *to_dir, const char *name)
{
    char *from = mem_printf("%s/%s", from_dir, name), *to = mem_printf("%s/%s", to_dir, name);
    enum err e = from && to ? ERR_OK : ERR_NO_MEMORY;

    if (!e && rename(from, to) != 0 && errno != ENOENT)
        e = os_fail("moving", from);
    mem_free(from);
    mem_free(to);
    return e;
}

/* Made at once, or not. */
static enum err link_to(const char *dir, const char *aside)
{
    char *path = mem_printf("%s/" LINK, dir);
    enum err e = path ? ERR_OK : ERR_NO_MEMORY;

    if (!e && symlink(strrchr(aside, '/') + 1, path) != 0)
        e = os_fail("making", path);
    mem_free(path);
    return e ? e : sync_dir(dir);
}

MUST_CHECK enum err store_aside_begin(const char *dir, char **ret)
{
    char *aside = NULL;
    enum err e = store_aside_new(dir, &aside);
    size_t i;

    if (!e)
        e = link_to(dir, aside);
    for (i = 0; i < NAMES && !e; i++)
        e = store_aside_move(dir, aside, names[i]);
    if (e)
        mem_free(aside);
    else
        *ret = aside;
    return e;
}

static enum err unlink_link(const char *dir)
{
    char *path = mem_printf("%s/" LINK, dir);
    enum err e = path ? ERR_OK : ERR_NO_MEMORY;

    if (!e && unlink(path) != 0)
        e = os_fail("removing", path);
    mem_free(path);
    return e ? e : sync_dir(dir);
}

MUST_CHECK enum err store_aside_end(const char *dir)
{
    return unlink_link(dir);
}

void store_aside_remove(const char *dir)
{
    size_t i;

    for (i = 0; i < NAMES; i++) {
        char *path = mem_printf("%s/%s", dir, names[i]);

        if (path)
            (void)unlink(path);
        mem_free(path);
    }
}

/* The folder that the link names; false: there is no link. */
static bool read_link(const char *dir, char ret[NAME])
{
    char *path = mem_printf("%s/" LINK, dir);
    ssize_t n = path ? readlink(path, ret, NAME - 1) : -1;

    mem_free(path);
    ret[n < 0 ? 0 : n] = '\0';
    return n >= 0;
}

bool store_aside_begun(const char *dir)
{
    char name[NAME];

    return read_link(dir, name);
}

/* Of what is half made, nothing stays. */
static enum err put_back(const char *dir, const char *aside)
{
    char *db = mem_printf("%s/" SQL_FILE_NAME, aside), *copy = mem_printf("%s/read", aside);
    enum err e = db && copy ? ERR_OK : ERR_NO_MEMORY;
    size_t i;

    if (!e && access(db, F_OK) == 0)
        store_aside_remove(dir);
    for (i = NAMES; i-- && !e;)
        e = store_aside_move(aside, dir, names[i]);
    if (!e) {
        store_aside_remove(copy);
        (void)rmdir(copy);
        e = sync_dir(dir);
    }
    mem_free(db);
    mem_free(copy);
    return e;
}

MUST_CHECK enum err store_aside_undo(const char *dir)
{
    char name[NAME], *aside;
    enum err e;

    if (!read_link(dir, name))
        return ERR_OK;
    if (strncmp(name, PREFIX, sizeof PREFIX - 1) != 0 || strchr(name, '/'))
        return detail_fail(ERR_STORE_DAMAGED, "%s/" LINK " names no folder of damaged files", dir);
    aside = mem_printf("%s/%s", dir, name);
    if (!aside)
        return ERR_NO_MEMORY;
    e = put_back(dir, aside);
    if (!e)
        e = unlink_link(dir);
    if (!e)
        (void)rmdir(aside); /* unless there is something else in it */
    mem_free(aside);
    return e;
}
