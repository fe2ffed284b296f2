/* SPDX-License-Identifier: Apache-2.0
 * executed_machine.c - see executed_machine.h. machine-id(5): the id itself is not to be shown, so
 * the mark is a hash of it.
 */
#include "queue/executed_machine.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "crypto/sha256.h"

enum { ID = 32, MARK = 16 }; /* hexadecimal digits; bytes */

static const char label[] = "countersign executed messages";

/* False: there is none. */
static bool machine_mark(const char *id_file, uint8_t ret[MARK])
{
    char id[ID];
    const struct bytes parts[] = { bytes_of(label, sizeof label), bytes_of(id, sizeof id) };
    uint8_t hash[CRYPTO_SHA256];
    int fd = open(id_file, O_RDONLY | O_CLOEXEC);
    bool there;
    size_t i;

    if (fd < 0)
        return false;
    there = read(fd, id, sizeof id) == (ssize_t)sizeof id;
    close(fd);
    for (i = 0; there && i < ID; i++)
        there = (id[i] >= '0' && id[i] <= '9') || (id[i] >= 'a' && id[i] <= 'f');
    if (!there) /* "uninitialized", early in a first boot */
        return false;
    crypto_sha256(parts, 2, hash);
    memcpy(ret, hash, MARK);
    return true;
}

static enum err failed(const char *path)
{
    return detail_fail(ERR_RPC_RESOURCES, "%s: %s", path, strerror(errno));
}

/* A file that two processes make at once is whole in either case: it is made under a name of its
 * own, and is the one that was first. */
static enum err write_mark(const char *path, const uint8_t mark[MARK])
{
    char *own = mem_printf("%s.%d", path, (int)getpid());
    enum err e = ERR_OK;
    int fd;

    if (!own)
        return ERR_NO_MEMORY;
    (void)unlink(own); /* of a process that was lost */
    fd = open(own, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || write(fd, mark, MARK) != MARK || fsync(fd) ||
        (link(own, path) && errno != EEXIST))
        e = failed(own);
    if (fd >= 0)
        close(fd);
    (void)unlink(own);
    mem_free(own);
    return e;
}

static enum err compare(const char *path, const uint8_t mark[MARK])
{
    uint8_t there[MARK + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n;

    if (fd < 0)
        return errno == ENOENT ? ERR_NOT_FOUND : failed(path);
    n = read(fd, there, sizeof there);
    close(fd);
    if (n == MARK && memcmp(there, mark, MARK) == 0)
        return ERR_OK;
    detail_remedy("Give each machine keys of its own: countersign cert enroll --replace, with an "
                  "empty folder. If this one has taken the other's place for good, remove %s.",
                  path);
    return detail_fail(ERR_ACCESS_DENIED,
                       "%s says that another machine remembers here what it has executed: both "
                       "would execute the same messages",
                       path);
}

enum err queue_executed_machine(const char *folder, const char *id_file)
{
    char *path = mem_printf("%s/machine", folder);
    uint8_t mark[MARK];
    enum err e = path ? ERR_OK : ERR_NO_MEMORY;

    if (!e && machine_mark(id_file, mark)) {
        e = compare(path, mark);
        if (e == ERR_NOT_FOUND) {
            e = write_mark(path, mark);
            if (!e)
                e = compare(path, mark);
        }
    }
    mem_free(path);
    return e;
}
