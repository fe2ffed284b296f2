/* SPDX-License-Identifier: Apache-2.0
 * account_key_write.c - the file of an account's private keys: locked, and replaced whole.
 *
 * The new file is on disk before it takes the old one's name; then the old one's blocks are
 * overwritten. On a medium that keeps old blocks (a journal of data, a snapshot, flash) they stay
 * until it gives them up.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "queue/account_key_file.h"

enum { ZEROES = 4096, LOCK_TRIES = 10 };

static enum err failed(const char *what, const char *path)
{
    int code = errno;

    if (code == EACCES || code == EPERM || code == EROFS || code == ENOENT) {
        detail_remedy("set COUNTERSIGN_QUEUE_KEYS to a file that this account may create");
        return detail_fail(ERR_ACCESS_DENIED, "%s %s: %s", what, path, strerror(code));
    }
    return detail_fail(ERR_INTERNAL, "%s %s: %s", what, path, strerror(code));
}

static enum err check_writable(const struct account_key_place *p)
{
    if (!p->managed)
        return ERR_OK;
    detail_remedy("rotate where the credential is made, with COUNTERSIGN_QUEUE_KEYS naming its "
                  "file, then hand it over anew");
    return detail_fail(ERR_ACCESS_DENIED, "%s is a credential of the service manager: read only",
                       p->path);
}

enum err account_key_folders_make(const char *path)
{
    char *copy = mem_strdup(path), *at;
    enum err e = copy ? ERR_OK : ERR_NO_MEMORY;

    for (at = copy; !e && (at = strchr(at + 1, '/')) != NULL; *at = '/') {
        *at = 0;
        if (mkdir(copy, 0700) != 0 && errno != EEXIST && access(copy, F_OK) != 0)
            e = failed("making the folder", copy);
    }
    mem_free(copy);
    return e;
}

static enum err write_all(int fd, struct bytes b, const char *path)
{
    size_t done = 0;
    ssize_t n;

    while (done < b.len) {
        n = write(fd, b.ptr + done, b.len - done);
        if (n < 0 && errno != EINTR)
            return failed("writing", path);
        if (n > 0)
            done += (size_t)n;
    }
    return fsync(fd) ? failed("writing", path) : ERR_OK;
}

/* Of a file that has no name any more: one that has is, or may be, somebody else's as well. */
static void overwrite(int fd)
{
    static const uint8_t zeroes[ZEROES];
    struct stat st;
    off_t at = 0;
    size_t n;
    ssize_t done = 1;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink)
        return;
    while (at < st.st_size && done > 0) {
        n = st.st_size - at < ZEROES ? (size_t)(st.st_size - at) : ZEROES;
        done = pwrite(fd, zeroes, n, at);
        at += done > 0 ? done : 0;
    }
    (void)fsync(fd);
}

/* To have the folder's entry on disk too. */
static enum err open_folder(const char *path, int *ret)
{
    char *folder = mem_strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;

    if (!folder)
        return ERR_NO_MEMORY;
    if (slash)
        slash[slash == folder] = 0;
    *ret = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    mem_free(folder);
    return *ret < 0 ? failed("opening the folder of", path) : ERR_OK;
}

/* What a process that was lost left of its own, or this one. */
static void remove_left(const char *next)
{
    int fd = open(next, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

    (void)unlink(next);
    if (fd >= 0) {
        overwrite(fd);
        close(fd);
    }
}

static enum err put_in_place(const char *next, const char *path)
{
    int old = -1, folder = -1;
    enum err e = open_folder(path, &folder);

    if (e)
        return e;
    old = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (rename(next, path) || fsync(folder))
        e = failed("replacing", path);
    else if (old >= 0)
        overwrite(old);
    if (old >= 0)
        close(old);
    close(folder);
    return e;
}

enum err account_key_file_write(const struct account_key_place *p, const struct account_keys *k)
{
    struct buf file = { 0 };
    char *next = NULL;
    int fd = -1;
    enum err e = check_writable(p);

    if (!e)
        e = account_keys_write(k, &file);
    if (!e)
        e = account_key_folders_make(p->path);
    next = e ? NULL : mem_printf("%s.new", p->path);
    if (!e && !next)
        e = ERR_NO_MEMORY;
    if (e)
        goto out;
    remove_left(next);
    fd = open(next, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        e = failed("creating", next);
        goto out;
    }
    e = fchmod(fd, 0600) ? failed("creating", next) : write_all(fd, buf_view(file), next);
    if (!e)
        e = put_in_place(next, p->path);
    if (e)
        remove_left(next);
out:
    if (fd >= 0)
        close(fd);
    mem_free(next);
    buf_free(&file);
    return e;
}

static enum err lock_it(int fd, int how, const char *path, bool *ret_taken)
{
    int tries = 0;

    while (flock(fd, how) != 0) {
        *ret_taken = errno == EWOULDBLOCK;
        if (*ret_taken)
            return ERR_OK;
        if (errno != EINTR || ++tries == LOCK_TRIES)
            return failed("locking", path);
    }
    return ERR_OK;
}

/* With LOCK_NB ret is -1 where another has it. */
static enum err lock_file(const struct account_key_place *p, int how, int *ret)
{
    char *path = NULL;
    bool taken = false;
    int fd = -1;
    enum err e = check_writable(p);

    if (!e)
        e = account_key_folders_make(p->path);
    if (e)
        return e;
    path = mem_printf("%s.lock", p->path);
    if (!path)
        return ERR_NO_MEMORY;
    fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    e = fd < 0 ? failed("locking", path) : lock_it(fd, how, path, &taken);
    mem_free(path);
    if ((e || taken) && fd >= 0)
        close(fd);
    if (!e)
        *ret = taken ? -1 : fd;
    return e;
}

enum err account_key_file_lock(const struct account_key_place *p, int *ret)
{
    return lock_file(p, LOCK_EX, ret);
}

void account_key_file_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}

/* ---- what is kept no longer ---- */

/* Who holds the lock is changing the keys, and destroys it himself: he is not waited for. */
enum err account_key_file_prune(const struct account_key_place *p, int64_t now, int64_t keep)
{
    struct account_keys *k = NULL;
    int lock = -1;
    enum err e = p->managed ? ERR_OK : lock_file(p, LOCK_EX | LOCK_NB, &lock);

    if (e || lock < 0)
        return e;
    e = account_key_file_read(p, &k, NULL);
    if (!e && account_keys_prune(k, now, keep))
        e = account_key_file_write(p, k);
    account_keys_free(k);
    account_key_file_unlock(lock);
    return e;
}
