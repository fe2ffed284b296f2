/* SPDX-License-Identifier: Apache-2.0
 * store_body.c - bodies too long for the database, each a file of its own.
 */
#include "queue/manager/store_body.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/detail.h"
#include "queue/manager/store_disk.h"

enum { NAME_ROOM = 24, NAME_DIGITS = 16 };

static void name_of(uint64_t file, char name[NAME_ROOM])
{
    (void)snprintf(name, NAME_ROOM, "%0*llx", NAME_DIGITS, (unsigned long long)file);
}

uint64_t body_number(const char *name)
{
    char again[NAME_ROOM];
    char *end = NULL;
    uint64_t file = strtoull(name, &end, 16);

    name_of(file, again);
    return end && !*end && strcmp(name, again) == 0 ? file : 0;
}

/* What the process or the host has no more of says nothing of the body. */
static enum err body_fail(const char *what, uint64_t file)
{
    return detail_fail(disk_error(errno, ERR_RPC_RESOURCES), "body %llx: %s: %s",
                       (unsigned long long)file, what, strerror(errno));
}

static enum err damaged(const char *what, uint64_t file)
{
    return detail_fail(ERR_STORE_DAMAGED, "body %llx %s", (unsigned long long)file, what);
}

static enum err write_all(int fd, struct bytes b, uint64_t file)
{
    while (b.len) {
        ssize_t n = write(fd, b.ptr, b.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return body_fail("write", file);
        b.ptr += n;
        b.len -= (size_t)n;
    }
    return fdatasync(fd) == 0 ? ERR_OK : body_fail("sync", file);
}

MUST_CHECK enum err body_write(int dir, uint64_t file, struct bytes body)
{
    char name[NAME_ROOM];
    enum err e;
    int fd;

    name_of(file, name);
    fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return body_fail("create", file);
    e = write_all(fd, body, file);
    close(fd);
    if (!e && fsync(dir) != 0)
        e = body_fail("sync of the directory", file);
    if (e)
        (void)unlinkat(dir, name, 0);
    return e;
}

static enum err read_all(int fd, struct buf *b, uint64_t file)
{
    size_t at = 0;

    while (at < b->len) {
        ssize_t n = read(fd, b->ptr + at, b->len - at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return body_fail("read", file);
        if (n == 0)
            return damaged("ends too early", file);
        at += (size_t)n;
    }
    return ERR_OK;
}

MUST_CHECK enum err body_read(int dir, uint64_t file, size_t size, struct buf *ret)
{
    return body_read_begin(dir, file, size, size, ret);
}

MUST_CHECK enum err body_read_begin(int dir, uint64_t file, size_t size, size_t most,
                                    struct buf *ret)
{
    char name[NAME_ROOM];
    struct buf b = { 0 };
    struct stat st;
    enum err e;
    int fd;

    name_of(file, name);
    do
        fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return errno == ENOENT ? damaged("is not there", file) : body_fail("open", file);
    if (fstat(fd, &st) != 0)
        e = body_fail("stat", file);
    else if ((uint64_t)st.st_size != size)
        e = detail_fail(ERR_STORE_DAMAGED, "body %llx is not of %zu octets",
                        (unsigned long long)file, size);
    else
        e = buf_new(size < most ? size : most, &b);
    if (!e)
        e = read_all(fd, &b, file);
    close(fd);
    if (e)
        buf_free(&b);
    else
        *ret = b;
    return e;
}

void body_remove(int dir, uint64_t file)
{
    char name[NAME_ROOM];

    name_of(file, name);
    (void)unlinkat(dir, name, 0); /* one that stays is removed when the store is opened */
}
