/* SPDX-License-Identifier: Apache-2.0
 * accounts.c - accounts of a test's own.
 */
#include "lib/accounts.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/unit.h"

static char folder[] = "/tmp/test_accounts.XXXXXX";
static bool made;

bool accounts_may(void)
{
    int status = 0;
    pid_t child;

    if (geteuid())
        return false;
    child = fork();
    if (!child)
        _exit(!setgid(ACCOUNT_GROUP) && !setuid(ACCOUNT_ONE) ? 0 : 1);
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

const char *accounts_folder(void)
{
    if (!made) {
        assert_non_null(mkdtemp(folder));
        assert_int_equal(chmod(folder, 0755), 0);
        made = true;
    }
    return folder;
}

static void path_of(const char *name, char ret[200])
{
    snprintf(ret, 200, "%s/%s", accounts_folder(), name);
}

void accounts_file(const char *name, uint32_t uid, uint32_t gid)
{
    char path[200];
    int fd;

    path_of(name, path);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(fchown(fd, uid, gid), 0);
    assert_int_equal(fchmod(fd, uid ? 0400 : 0040), 0);
    close(fd);
}

bool accounts_reads(const char *name)
{
    char path[200];
    int fd;

    path_of(name, path);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

void accounts_folder_remove(void)
{
    char command[300];

    if (!made)
        return;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
    made = false;
}
