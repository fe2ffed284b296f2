/* SPDX-License-Identifier: Apache-2.0
 * watch.c - the processes that have registered, and when they end.  pidfd_open(2)
 */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"

struct watched {
    struct watched *next;
    uint64_t number;
    uint32_t pid, uid;
    int fd;
};

static struct watched *all;
static size_t count;
static uint64_t numbers;
static int epoll = -1;

void watch_begin(int epoll_fd)
{
    epoll = epoll_fd;
}

static bool is_over(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    return poll(&p, 1, 0) != 0;
}

/* The number may be another process's by now; then, as a rule, the account is another too. Where
 * /proc does not show it, the caller has to be believed: what it gains are entries of its own
 * account that outlive it. */
static bool is_users(uint32_t pid, uint32_t uid)
{
    char path[32];
    struct stat s;

    (void)snprintf(path, sizeof path, "/proc/%u", pid);
    return stat(path, &s) || s.st_uid == uid || s.st_uid == 0;
}

static enum err check_room(uint32_t uid)
{
    const struct watched *w;
    size_t own = 0;

    for (w = all; w; w = w->next)
        own += w->uid == uid;
    if (count >= WATCH_MOST || (uid && own >= WATCH_MOST_OF_USER))
        return detail_fail(ERR_RPC_RESOURCES, "%zu processes have registered, %zu of uid %u", count,
                           own, uid);
    return ERR_OK;
}

static enum err open_process(uint32_t pid, uint32_t uid, int *ret)
{
    int fd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0U);

    if (fd < 0)
        return detail_fail(errno == ESRCH ? ERR_NOT_FOUND : ERR_RPC_RESOURCES, "process %u: %s",
                           pid, strerror(errno));
    if (is_over(fd) || !is_users(pid, uid)) {
        close(fd);
        return detail_fail(ERR_NOT_FOUND, "process %u, which made the connection, is over", pid);
    }
    *ret = fd;
    return ERR_OK;
}

static enum err add(uint32_t pid, uint32_t uid, int fd, uint64_t *ret)
{
    struct watched *w = mem_zero(sizeof *w);
    struct epoll_event event = { .events = EPOLLIN };

    if (!w)
        return ERR_NO_MEMORY;
    *w = (struct watched){ .next = all, .number = ++numbers, .pid = pid, .uid = uid, .fd = fd };
    event.data.u64 = w->number;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)) {
        mem_free(w);
        return detail_fail(ERR_RPC_RESOURCES, "watching process %u: %s", pid, strerror(errno));
    }
    all = w;
    count++;
    *ret = w->number;
    return ERR_OK;
}

enum err watch_process(uint32_t pid, uint32_t uid, uint64_t *ret)
{
    const struct watched *w;
    int fd = -1;
    enum err e;

    if (!pid)
        return detail_fail(ERR_ACCESS_DENIED, "the caller's process cannot be seen from here");
    for (w = all; w; w = w->next)
        if (w->pid == pid && w->uid == uid && !is_over(w->fd)) {
            *ret = w->number;
            return ERR_OK;
        }
    e = check_room(uid);
    if (!e)
        e = open_process(pid, uid, &fd);
    if (e)
        return e;
    e = add(pid, uid, fd, ret);
    if (e)
        close(fd);
    return e;
}

void watch_ended(uint64_t process)
{
    struct watched **at = &all, *w;

    while (*at && (*at)->number != process)
        at = &(*at)->next;
    w = *at;
    if (!w)
        return;
    *at = w->next;
    close(w->fd);
    mem_free(w);
    count--;
}
