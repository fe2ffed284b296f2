/* SPDX-License-Identifier: Apache-2.0
 * policy_file.c - the policy file, looked at through its descriptor before it is believed.
 */
#include "base/policy_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/policy_text.h"

static const char *distrust(const struct stat *st, bool of_root)
{
    if (!S_ISREG(st->st_mode))
        return "is not a plain file";
    if (of_root && st->st_uid != 0)
        return "does not belong to root";
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return "belongs neither to root nor to this process' user";
    if (st->st_mode & (S_IWGRP | S_IWOTH))
        return "may be written by others than its owner";
    return st->st_size > POLICY_TEXT_MAX ? "is longer than 64 KiB" : NULL;
}

static enum err read_all(int fd, struct buf *ret, const char **ret_why)
{
    struct buf b = { mem_zero(POLICY_TEXT_MAX + 1), 0 };
    ssize_t n = 1;

    if (!b.ptr) {
        *ret_why = "could not be read: out of memory";
        return ERR_NO_MEMORY;
    }
    while (n > 0 && b.len <= POLICY_TEXT_MAX) {
        n = read(fd, b.ptr + b.len, POLICY_TEXT_MAX + 1 - b.len);
        b.len += n > 0 ? (size_t)n : 0;
    }
    if (n == 0 && b.len <= POLICY_TEXT_MAX) {
        *ret = b;
        return ERR_OK;
    }
    *ret_why = n < 0 ? "could not be read" : "is longer than 64 KiB";
    buf_free(&b);
    return ERR_UNTRUSTED;
}

static enum err file_read(const char *path, bool of_root, struct buf *ret, const char **ret_why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;
    enum err e = ERR_UNTRUSTED;

    if (fd < 0) {
        e = errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_UNTRUSTED;
        *ret_why = e == ERR_NOT_FOUND ? "is not there" : "could not be opened";
        return e;
    }
    *ret_why = fstat(fd, &st) < 0 ? "could not be looked at" : distrust(&st, of_root);
    if (!*ret_why)
        e = read_all(fd, ret, ret_why);
    (void)close(fd);
    return e;
}

enum err policy_file_read(const char *path, struct buf *ret, const char **ret_why)
{
    return file_read(path, false, ret, ret_why);
}

enum err policy_file_read_of_root(const char *path, struct buf *ret, const char **ret_why)
{
    return file_read(path, true, ret, ret_why);
}
