/* SPDX-License-Identifier: Apache-2.0
 * ncalrpc_folder.c - a directory of its own for the sockets of a test's ncalrpc endpoints.
 */
#include "lib/ncalrpc_folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static char above[32], folder[40];

const char *ncalrpc_folder_make(void)
{
    (void)snprintf(above, sizeof above, "/tmp/cs-local-XXXXXX");
    if (!mkdtemp(above) || chmod(above, 0755))
        abort();
    (void)snprintf(folder, sizeof folder, "%s/d", above);
    if (setenv("COUNTERSIGN_NCALRPC_DIR", folder, 1))
        abort();
    return folder;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *where)
{
    (void)s;
    (void)kind;
    (void)where;
    return remove(path);
}

int ncalrpc_folder_remove(void)
{
    return nftw(above, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
