/* SPDX-License-Identifier: Apache-2.0
 * scratch.c - see scratch.h.
 */
#include "lib/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/unit.h"

void scratch_make(char *to, size_t size)
{
    const char *where = getenv("TMPDIR");
    int n = snprintf(to, size, "%s/countersign-XXXXXX", where ? where : "/tmp");

    assert_true(n > 0 && (size_t)n < size);
    assert_non_null(mkdtemp(to));
}

void scratch_remove(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;

    assert_non_null(dir);
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            assert_int_equal(unlinkat(dirfd(dir), entry->d_name, 0), 0);
    closedir(dir);
    assert_int_equal(rmdir(folder), 0);
}
