/* SPDX-License-Identifier: Apache-2.0
 * slow_disk.c - stands in for fdatasync(2) and pwrite(2), which is how SQLite gets to the disk.
 */
#include "lib/queue/slow_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char variable[] = "SLOW_DISK";
enum { PAUSE_US = 1000 };

static bool there(const char *path, const char *suffix)
{
    char name[512];

    return path && snprintf(name, sizeof name, "%s%s", path, suffix) < (int)sizeof name &&
           access(name, F_OK) == 0;
}

/* For one time. */
static bool fails_once(const char *path, const char *suffix)
{
    char name[512];

    return path && snprintf(name, sizeof name, "%s%s", path, suffix) < (int)sizeof name &&
           unlink(name) == 0;
}

/* And from then on nothing can be written. */
static bool turns(const char *path)
{
    char from[512], to[512];

    return path && snprintf(from, sizeof from, "%s.turns", path) < (int)sizeof from &&
           snprintf(to, sizeof to, "%s.unwritable", path) < (int)sizeof to && rename(from, to) == 0;
}

/* Under the names that SQLite calls. */
#define IN_PLACE_OF(name) __asm__(name) __attribute__((visibility("default")))
int slow_sync(int fd) IN_PLACE_OF("fdatasync");
ssize_t slow_write(int fd, const void *from, size_t n, off64_t at) IN_PLACE_OF("pwrite64");

int slow_sync(int fd)
{
    const char *path = getenv(variable);

    while (there(path, ""))
        usleep(PAUSE_US);
    if (there(path, ".broken") || fails_once(path, ".once") || fails_once(path, ".twice") ||
        turns(path)) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fdatasync, fd);
}

ssize_t slow_write(int fd, const void *from, size_t n, off64_t at)
{
    const char *path = getenv(variable);

    while (there(path, ".writes"))
        usleep(PAUSE_US);
    if (there(path, ".unwritable")) {
        errno = EIO;
        return -1;
    }
    return (ssize_t)syscall(SYS_pwrite64, fd, from, n, at);
}

static char held[64], once[72], broken[72], turning[72], unwritable[80];

static void make(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        abort();
    close(fd);
}

void slow_disk_begin(void)
{
    if (*held)
        return;
    (void)snprintf(held, sizeof held, "/tmp/slow-disk-%d", (int)getpid());
    (void)snprintf(once, sizeof once, "%s.once", held);
    (void)snprintf(broken, sizeof broken, "%s.broken", held);
    (void)snprintf(turning, sizeof turning, "%s.turns", held);
    (void)snprintf(unwritable, sizeof unwritable, "%s.unwritable", held);
    (void)setenv(variable, held, 1);
}

void slow_disk_hold(void)
{
    make(held);
}

void slow_disk_let_go(void)
{
    (void)unlink(held);
}

void slow_disk_fail_once(void)
{
    make(once);
}

void slow_disk_turn(void)
{
    make(turning);
}

void slow_disk_mend(void)
{
    (void)unlink(turning);
    (void)unlink(unwritable);
    (void)unlink(broken);
}

void slow_disk_break(void)
{
    make(broken);
    slow_disk_let_go();
}

void slow_disk_end(void)
{
    slow_disk_let_go();
    slow_disk_mend();
    (void)unlink(once);
}
