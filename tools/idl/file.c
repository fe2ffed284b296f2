/* SPDX-License-Identifier: Apache-2.0
 * file.c - reading, writing, and finding a file as Windows finds it.
 */
#include "file.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MOST = 64 << 20 }; /* a source file larger than this is none */

bool file_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

bool file_read(struct idl *run, const char *path, struct file *ret)
{
    FILE *fp = fopen(path, "rb");
    struct stat st;
    char *text = NULL;
    size_t n = 0;
    bool ok = false;

    if (!fp)
        return false;
    ok = fstat(fileno(fp), &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= FILE_MOST;
    if (ok) {
        text = (char *)idl_alloc(run, (size_t)st.st_size + 1);
        n = fread(text, 1, (size_t)st.st_size, fp);
        ok = !ferror(fp);
    }
    fclose(fp);
    if (ok)
        *ret = (struct file){ text, n };
    return ok;
}

bool file_write(const char *path, const struct idl_text *text)
{
    FILE *fp = fopen(path, "wb");
    bool ok = fp && fwrite(text->ptr, 1, text->len, fp) == text->len;

    if (fp && fclose(fp) != 0)
        ok = false;
    if (fp && !ok)
        unlink(path);
    return ok;
}

/* The entry of a folder whose name differs in the case of letters alone. */
static const char *other_case(struct idl *run, const char *folder, const char *name)
{
    DIR *dir = opendir(folder);
    struct dirent *entry = NULL;
    const char *found = NULL;

    while (dir && !found && (entry = readdir(dir)) != NULL)
        if (strcasecmp(entry->d_name, name) == 0)
            found = idl_strndup(run, entry->d_name, strlen(entry->d_name));
    if (dir)
        closedir(dir);
    return found;
}

static const char *joined(struct idl *run, const char *folder, const char *name)
{
    size_t n = strlen(folder);

    if (strcmp(folder, ".") == 0)
        return name;
    return idl_printf(run, "%s%s%s", folder, n && folder[n - 1] == '/' ? "" : "/", name);
}

const char *file_find(struct idl *run, const char *folder, const char *name)
{
    char *path = idl_strndup(run, name, strlen(name)), *p = NULL;
    const char *whole = path[0] == '/' ? path : joined(run, folder, path);
    const char *at = path[0] == '/' ? "/" : folder;

    if (file_exists(whole))
        return whole;
    for (p = path; *p; p++)
        if (*p == '\\')
            *p = '/';
    for (p = path; p && *p;) {
        size_t n = strcspn(p, "/");
        const char *part = idl_strndup(run, p, n);

        if (n) {
            part = strcmp(part, "..") == 0 || strcmp(part, ".") == 0 ? part
                                                                     : other_case(run, at, part);
            if (!part)
                return NULL;
            at = joined(run, at, part);
        }
        p += n + (p[n] == '/');
    }
    return file_exists(at) ? at : NULL;
}

const char *file_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

const char *file_folder(struct idl *run, const char *path)
{
    const char *base = file_base(path);

    if (base == path)
        return ".";
    return idl_strndup(run, path, base - path > 1 ? (size_t)(base - path) - 1 : 1);
}

const char *file_stem(struct idl *run, const char *path)
{
    const char *base = file_base(path), *dot = strrchr(base, '.');

    return idl_strndup(run, base, dot && dot != base ? (size_t)(dot - base) : strlen(base));
}
