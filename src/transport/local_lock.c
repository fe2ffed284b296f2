/* SPDX-License-Identifier: Apache-2.0
 * local_lock.c - which server has an endpoint of ncalrpc: who holds the lock beside its socket.
 *
 * A socket that is there is taken away only by who holds the lock, has made the socket's file
 * himself (its owner is his account), and finds that nobody listens on it. The lock is opened where
 * it lies, locked, and looked at again: one that was removed meanwhile is nobody's.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "transport/local.h"

enum { LOCK_PATH = LOCAL_PATH + 8, LOCK_TRIES = 100 };

struct taken {
    struct taken *next;
    int lock;
    pid_t pid; /* a child has the descriptor too, and not the right to remove the files */
    char name[LOCAL_NAME_MAX + 1], path[LOCAL_PATH], lock_path[LOCK_PATH];
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct taken *all;
static pthread_once_t at_exit_once = PTHREAD_ONCE_INIT;

/* ---- the lock ---- */

static enum err squatted(const char *path, uid_t by)
{
    detail_remedy("Whose is it, and is that server meant? If not, remove it.");
    return detail_fail(ERR_EXISTS, "ncalrpc: %s is there already, and belongs to uid %u", path, by);
}

/* Still the file that lies there. */
static bool is_current(int fd, const char *path, struct stat *ret)
{
    struct stat there;

    return !fstat(fd, ret) && !lstat(path, &there) && there.st_ino == ret->st_ino &&
           there.st_dev == ret->st_dev;
}

/* ERR_INCOMPLETE: again, it was removed meanwhile. */
static enum err lock_once(const char *path, int *ret)
{
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    enum err e = ERR_OK;
    struct stat s;

    if (fd < 0 && (!lstat(path, &s) && s.st_uid != geteuid()))
        return squatted(path, s.st_uid);
    if (fd < 0)
        return detail_fail(errno == ELOOP ? ERR_EXISTS : ERR_ACCESS_DENIED,
                           "ncalrpc: the lock %s: "
                           "%s",
                           path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB))
        e = detail_fail(errno == EWOULDBLOCK ? ERR_EXISTS : ERR_ACCESS_DENIED,
                        "ncalrpc: a server of this account has the endpoint of %s", path);
    else if (!is_current(fd, path, &s))
        e = ERR_INCOMPLETE;
    else if (s.st_uid != geteuid() || !S_ISREG(s.st_mode))
        e = squatted(path, s.st_uid);
    if (e)
        close(fd);
    else
        *ret = fd;
    return e;
}

static enum err lock(const char *path, int *ret)
{
    enum err e = ERR_INCOMPLETE;
    int i;

    for (i = 0; e == ERR_INCOMPLETE && i < LOCK_TRIES; i++)
        e = lock_once(path, ret);
    return e == ERR_INCOMPLETE ? ERR_EXISTS : e;
}

/* ---- what is left of a dead server ---- */

/* Nobody listens; also where nothing can be learnt somebody may. */
static bool is_dead(const char *path)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool dead;

    if (fd < 0)
        return false;
    (void)snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    dead = connect(fd, (const struct sockaddr *)&a, sizeof a) && errno == ECONNREFUSED;
    close(fd);
    return dead;
}

/* By who holds the lock. */
static enum err clear(const char *path)
{
    struct stat s;

    if (lstat(path, &s))
        return errno == ENOENT
                   ? ERR_OK
                   : detail_fail(ERR_ACCESS_DENIED, "ncalrpc: %s: %s", path, strerror(errno));
    if (s.st_uid != geteuid() || !S_ISSOCK(s.st_mode))
        return squatted(path, s.st_uid);
    if (!is_dead(path))
        return detail_fail(ERR_EXISTS, "ncalrpc: a server listens on %s", path);
    if (unlink(path))
        return detail_fail(ERR_ACCESS_DENIED, "ncalrpc: removing a dead server's socket %s: %s",
                           path, strerror(errno));
    log_debug("ncalrpc: a dead server's socket %s is removed", path);
    return ERR_OK;
}

/* ---- taken and given back ---- */

static void remove_files(const struct taken *t)
{
    struct stat s;

    if (t->pid != getpid())
        return;
    if (!lstat(t->path, &s) && S_ISSOCK(s.st_mode) && s.st_uid == geteuid())
        (void)unlink(t->path); /* first: without the lock it might be another's */
    (void)unlink(t->lock_path);
}

static void at_exit(void)
{
    const struct taken *t;

    pthread_mutex_lock(&mutex);
    for (t = all; t; t = t->next)
        remove_files(t);
    pthread_mutex_unlock(&mutex);
}

static void watch_exit(void)
{
    (void)atexit(at_exit); /* where it cannot be, the next server finds a dead one's */
}

enum err local_take(const char *name, const char *path)
{
    struct taken *t = mem_zero(sizeof *t);
    const char *file = strrchr(path, '/');
    enum err e;

    if (!t)
        return ERR_NO_MEMORY;
    (void)pthread_once(&at_exit_once, watch_exit);
    t->pid = getpid();
    (void)snprintf(t->name, sizeof t->name, "%s", name);
    (void)snprintf(t->path, sizeof t->path, "%s", path);
    (void)snprintf(t->lock_path, sizeof t->lock_path, "%.*s/.%s.lock", (int)(file - path), path,
                   name);
    e = lock(t->lock_path, &t->lock);
    if (!e) {
        e = clear(path);
        if (e) {
            (void)unlink(t->lock_path);
            close(t->lock);
        }
    }
    if (e) {
        mem_free(t);
        return e;
    }
    pthread_mutex_lock(&mutex);
    t->next = all;
    all = t;
    pthread_mutex_unlock(&mutex);
    return ERR_OK;
}

void local_give_back(const char *name)
{
    struct taken **at = &all, *t;

    pthread_mutex_lock(&mutex);
    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    t = *at;
    if (t) {
        *at = t->next;
        remove_files(t);
        close(t->lock);
    }
    pthread_mutex_unlock(&mutex);
    mem_free(t);
}
