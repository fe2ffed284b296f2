/* SPDX-License-Identifier: Apache-2.0
 * executed_disk.c - see executed_state.h: the files of executed.h.
 *
 * A file has the name "executed-1-" and its hour in eight hexadecimal digits. Who appends holds its
 * lock (flock), has read what others appended, and writes behind the last good record: over what
 * was left of a write that was never finished.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "queue/executed_state.h"

#define PREFIX "executed-1-"

enum { NAME = sizeof PREFIX + 8, CHUNK = QUEUE_EXECUTED_RECORD * 1024 };

static void name_of(uint32_t hour, char to[NAME])
{
    (void)snprintf(to, NAME, PREFIX "%08x", (unsigned)hour);
}

static enum err failed(const char *what, const char *name)
{
    return detail_fail(ERR_RPC_RESOURCES, "%s the file of executed messages %s failed: error %d",
                       what, name, errno);
}

uint64_t queue_executed_file_size(struct queue_executed *e, uint32_t hour)
{
    char name[NAME];
    struct stat st;

    name_of(hour, name);
    return fstatat(e->folder, name, &st, 0) == 0 ? (uint64_t)st.st_size : 0;
}

void queue_executed_file_remove(struct queue_executed *e, uint32_t hour)
{
    char name[NAME];

    name_of(hour, name);
    (void)unlinkat(e->folder, name, 0);
}

struct taking {
    struct queue_executed *e;
    struct executed_hour *h;
};

static enum err take(void *arg, const uint8_t *mark)
{
    struct taking *t = arg;
    enum err e;

    pthread_mutex_lock(&t->e->lock);
    e = queue_executed_hour_add(t->e, t->h, mark);
    pthread_mutex_unlock(&t->e->lock);
    return e;
}

/* From behind the last good record, to the end: over others another process may have written. */
static enum err read_on(struct queue_executed *e, struct executed_hour *h, int fd, const char *name)
{
    struct taking t = { e, h };
    uint8_t *chunk = mem_alloc(CHUNK);
    enum err err = chunk ? ERR_OK : ERR_NO_MEMORY;

    h->read.index = h->read.good / QUEUE_EXECUTED_RECORD;
    h->read.bad = 0;
    while (!err) {
        off_t from = (off_t)(h->read.index * QUEUE_EXECUTED_RECORD);
        ssize_t n = pread(fd, chunk, CHUNK, from);
        size_t used = 0;

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            err = failed("reading", name);
        else
            err = queue_executed_read(&h->read, bytes_of(chunk, (size_t)n), take, &t, &used);
        if (n <= 0 || used == 0)
            break;
    }
    mem_free(chunk);
    return err;
}

enum err queue_executed_file_catch_up(struct queue_executed *e, struct executed_hour *h)
{
    char name[NAME];
    struct stat st;
    enum err err;
    int fd;

    name_of(h->hour, name);
    fd = openat(e->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? ERR_OK : failed("opening", name);
    if (fstat(fd, &st) != 0) /* before: what comes while it is read counts as not read */
        err = failed("asking for", name);
    else
        err = read_on(e, h, fd, name);
    if (!err) /* what is no record yet may become one, and the file be no longer */
        atomic_store(&h->size, h->read.bad ? h->read.good : (uint64_t)st.st_size);
    close(fd);
    return err;
}

static enum err write_all(int fd, struct bytes b, uint64_t at, const char *name)
{
    while (b.len > 0) {
        ssize_t n = pwrite(fd, b.ptr, b.len, (off_t)at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return failed("writing", name);
        b.ptr += n;
        b.len -= (size_t)n;
        at += (uint64_t)n;
    }
    return ERR_OK;
}

static enum err append_locked(struct queue_executed *e, struct executed_hour *h, int fd,
                              const struct executed_mark *marks, size_t count, const char *name)
{
    uint8_t *block = mem_array(count, QUEUE_EXECUTED_RECORD);
    uint64_t first;
    enum err err = block ? read_on(e, h, fd, name) : ERR_NO_MEMORY;
    size_t i;

    if (err)
        goto out;
    first = h->read.good / QUEUE_EXECUTED_RECORD;
    for (i = 0; i < count; i++)
        queue_executed_record(h->hour, first + i, marks[i].mark, block + i * QUEUE_EXECUTED_RECORD);
    h->read.index = first;
    h->read.bad = 0;
    /* Told before it is so: nobody reads the file again for what is in the set. */
    atomic_store(&h->size, (first + count) * QUEUE_EXECUTED_RECORD);
    if (ftruncate(fd, (off_t)h->read.good) != 0)
        err = failed("shortening", name);
    if (!err)
        err = write_all(fd, bytes_of(block, count * QUEUE_EXECUTED_RECORD), h->read.good, name);
    if (!err && (fdatasync(fd) != 0 || (!h->named && fsync(e->folder) != 0)))
        err = failed("syncing", name);
    if (err) {
        atomic_store(&h->size, h->read.good);
        goto out;
    }
    h->named = true;
    h->read.index += count;
    h->read.records += count;
    h->read.good = h->read.index * QUEUE_EXECUTED_RECORD;
out:
    mem_free(block);
    return err;
}

bool queue_executed_lock(int fd)
{
    while (flock(fd, LOCK_EX) != 0)
        if (errno != EINTR)
            return false;
    return true;
}

void queue_executed_unlock_close(int fd)
{
    (void)flock(fd, LOCK_UN);
    close(fd);
}

enum err queue_executed_file_append(struct queue_executed *e, struct executed_hour *h,
                                    const struct executed_mark *marks, size_t count)
{
    char name[NAME];
    enum err err;
    int fd;

    name_of(h->hour, name);
    fd = openat(e->folder, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return failed("opening", name);
    if (!queue_executed_lock(fd))
        err = failed("locking", name);
    else
        err = append_locked(e, h, fd, marks, count, name);
    queue_executed_unlock_close(fd);
    return err;
}

enum err queue_executed_files_list(struct queue_executed *e,
                                   enum err (*each)(struct queue_executed *e, uint32_t hour))
{
    int fd = openat(e->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    enum err err = ERR_OK;

    if (!dir) {
        if (fd >= 0)
            close(fd);
        return detail_fail(ERR_ACCESS_DENIED,
                           "the folder of executed messages cannot be read: "
                           "error %d",
                           errno);
    }
    while (!err && (entry = readdir(dir))) {
        char name[NAME], *end;
        unsigned long hour;

        if (strlen(entry->d_name) != NAME - 1 ||
            strncmp(entry->d_name, PREFIX, sizeof PREFIX - 1) != 0)
            continue;
        hour = strtoul(entry->d_name + sizeof PREFIX - 1, &end, 16);
        name_of((uint32_t)hour, name);
        if (strcmp(name, entry->d_name) == 0)
            err = each(e, (uint32_t)hour);
    }
    closedir(dir);
    return err;
}
