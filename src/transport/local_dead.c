/* SPDX-License-Identifier: Apache-2.0
 * local_dead.c - what servers that were killed left in the directory of ncalrpc's endpoints, whose
 * names no later server takes again.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "transport/local.h"

enum { AT_ONCE = 256 }; /* removed by one server that begins */

/* "CS-INSIDE-4711", and there is no process 4711 that we can see. */
static bool is_dead(const char *name, const char *prefix)
{
    const char *number = name + strlen(prefix);
    char *rest = NULL;
    long pid = strtol(number, &rest, 10);

    return *number >= '1' && *number <= '9' && !*rest && pid > 0 && kill((pid_t)pid, 0) &&
           errno == ESRCH;
}

/* Where another namespace has such a process, its server holds the lock. */
static bool clear_one(const char *file, const char *prefix)
{
    char name[LOCAL_NAME_MAX + 1], path[LOCAL_PATH];
    struct stat s;

    if (strncmp(file, prefix, strlen(prefix)) != 0 || local_name_parse(file, name) ||
        !is_dead(name, prefix) || local_path_safe(name, path) || lstat(path, &s) ||
        s.st_uid != geteuid() || !S_ISSOCK(s.st_mode) || local_take(name, path))
        return false;
    local_give_back(name);
    return true;
}

void local_clear_dead(const char *prefix)
{
    char path[LOCAL_PATH], *slash = NULL;
    const struct dirent *entry;
    DIR *folder = NULL;
    int cleared = 0;

    if (!local_path_safe(prefix, path))
        slash = strrchr(path, '/');
    if (slash && slash != path) {
        *slash = '\0';
        folder = opendir(path);
    }
    while (folder && cleared < AT_ONCE && (entry = readdir(folder)))
        cleared += clear_one(entry->d_name, prefix);
    if (folder)
        closedir(folder);
}
