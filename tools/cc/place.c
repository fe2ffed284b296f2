/* SPDX-License-Identifier: Apache-2.0
 * place.c - found from the program's own file, so that the prefix may be moved.
 */
#include "place.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "words.h"

static const char *real(const char *path)
{
    char *resolved = realpath(path, NULL); /* libc's block, kept to the end */

    return resolved ? resolved : path;
}

static const char *program_folder(void)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

    while (n > 0 && path[n - 1] != '/')
        n--;
    return n > 0 ? word_printf("%.*s", (int)n - 1, path) : ".";
}

/* Folders whose headers speak of a library that was compiled with another long. */
static const char *const *system_folders(void)
{
    struct words w = { 0 };
    const char *more = getenv("COUNTERSIGN_CC_SYSTEM");

    words_add(&w, "/usr/include");
    words_add(&w, "/usr/lib");
    words_add(&w, "/usr/local/include");
    words_add(&w, "/usr/local/lib");
    while (more && *more) {
        size_t n = strcspn(more, ":");

        if (n)
            words_add(&w, real(word_printf("%.*s", (int)n, more)));
        more += n + (more[n] == ':');
    }
    return w.v;
}

void place_find(struct place *p)
{
    const char *bin = program_folder();

    p->include = word_printf("%s/" COUNTERSIGN_TO_INCLUDE, bin);
    p->library = word_printf("%s/" COUNTERSIGN_TO_LIBRARY, bin);
    p->shared = word_printf("%s/../share/countersign/cc", bin);
    p->include = real(p->include);
    p->library = real(p->library);
    p->shared = real(p->shared);
    p->system = system_folders();
}

static bool is_below(const char *path, const char *folder)
{
    size_t n = strlen(folder);

    return strncmp(path, folder, n) == 0 && path[n] == '/';
}

enum port_origin place_judge(void *arg, const char *file, bool system)
{
    const struct place *p = (const struct place *)arg;
    const char *path = NULL;
    size_t i;

    if (file[0] == '<')
        return strcmp(file, "<command-line>") == 0 || strcmp(file, "<stdin>") == 0 ? PORT_USER
                                                                                   : PORT_SYSTEM;
    path = real(file);
    if (is_below(path, real(word_printf("%s/countersign", p->include))) ||
        is_below(path, p->shared))
        return PORT_OURS;
    if (system)
        return PORT_SYSTEM;
    for (i = 0; p->system[i]; i++)
        if (is_below(path, p->system[i]))
            return PORT_SYSTEM;
    return PORT_USER;
}

bool place_is_usual(const struct place *p)
{
    return is_below(p->library, "/lib") || is_below(p->library, "/usr/lib") ||
           strcmp(p->library, "/usr/lib") == 0 || strcmp(p->library, "/lib") == 0;
}
