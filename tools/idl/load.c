/* SPDX-License-Identifier: Apache-2.0
 * load.c - imports, each file once. desktop-src/Midl/import.md
 */
#include "load.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "idl/merge.h"
#include "idl/parse.h"
#include "preprocess.h"

enum { DEPTH = 64 };

struct loaded {
    const char *real; /* two ways to it are one file */
    struct idl_file *file;
    struct loaded *next;
};

struct load {
    struct idl *run;
    const struct options *opt;
    struct loaded *files;
    struct words *read;
    unsigned depth;
};

struct load *load_new(struct idl *run, const struct options *opt)
{
    struct load *l = (struct load *)idl_alloc(run, sizeof *l);

    l->run = run;
    l->opt = opt;
    return l;
}

const struct words *load_read_files(const struct load *l)
{
    return l->read;
}

/* The folders of the program's own IDL files, beside it or where it is installed. */
static const char *own_folder(struct idl *run)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    if (n <= 0)
        return NULL;
    self[n] = '\0';
    return idl_printf(run, "%s/../share/countersign/idl", file_folder(run, self));
}

/* Beside the file that names it, here, along -I, along INCLUDE, among our own. */
static const char *find(struct load *l, const char *beside, const char *name)
{
    const char *path = beside ? file_find(l->run, beside, name) : NULL;
    const char *include = getenv("INCLUDE"), *own = own_folder(l->run);
    const struct words *w = NULL;

    if (!path)
        path = file_find(l->run, ".", name);
    for (w = l->opt->folders; w && !path; w = w->next)
        path = file_find(l->run, w->text, name);
    while (include && *include && !path && !l->opt->no_folders) {
        size_t n = strcspn(include, ";:");

        if (n)
            path = file_find(l->run, idl_strndup(l->run, include, n), name);
        include += n + (include[n] != '\0');
    }
    if (!path && own)
        path = file_find(l->run, own, name);
    return path;
}

static const char *real_path(struct idl *run, const char *path)
{
    char real[PATH_MAX];

    return realpath(path, real) ? idl_strndup(run, real, strlen(real)) : path;
}

static struct idl_file *load_file(struct load *l, const char *path, const char *acf);

/* Also those inside an interface. */
static bool load_imports(struct load *l, struct idl_item *i, const char *beside)
{
    const char *path = NULL;

    for (; i; i = i->next) {
        if (i->kind == IDL_ITEM_INTERFACE && !load_imports(l, i->items, beside))
            return false;
        if (i->kind != IDL_ITEM_IMPORT)
            continue;
        path = find(l, beside, i->text);
        if (!path) {
            idl_error(l->run, i->at, "name its folder with -I", "there is no file '%s' to import",
                      i->text);
            return false;
        }
        i->import = load_file(l, path, NULL);
        if (!i->import)
            return false;
    }
    return true;
}

/* The one that is named, or x.acf beside x.idl; true with NULL where there is none. */
static bool load_acf(struct load *l, const char *path, const char *named, struct idl_acf **ret)
{
    const char *acf = NULL;
    struct file text = { 0 };

    *ret = NULL;
    if (named)
        acf = find(l, NULL, named);
    else
        acf = file_find(l->run, file_folder(l->run, path),
                        idl_printf(l->run, "%s.acf", file_stem(l->run, path)));
    if (!acf && named)
        fprintf(stderr, "countersign-idl: there is no ACF %s\n", named);
    if (!acf)
        return !named;
    if (!preprocess(l->run, l->opt, acf, &l->read, &text))
        return false;
    *ret = idl_parse_acf(l->run, acf, text.text, text.len);
    return *ret != NULL;
}

static bool is_ours(struct load *l, const char *path)
{
    const char *own = own_folder(l->run);

    return own && strcmp(file_folder(l->run, path), own) == 0;
}

static bool load_parts(struct load *l, struct loaded *one, const char *path, const char *named_acf)
{
    struct idl_acf *acf = NULL;
    struct file text = { 0 };

    if (!preprocess(l->run, l->opt, path, &l->read, &text))
        return false;
    one->file = idl_parse(l->run, path, text.text, text.len);
    if (!one->file || !load_acf(l, path, named_acf, &acf))
        return false;
    one->file->ours = is_ours(l, path);
    if (acf)
        idl_merge(l->run, one->file, acf, named_acf != NULL);
    return load_imports(l, one->file->items, file_folder(l->run, path));
}

static struct idl_file *load_file(struct load *l, const char *path, const char *acf)
{
    const char *real = real_path(l->run, path);
    struct loaded *one = l->files;
    bool ok = false;

    while (one && strcmp(one->real, real) != 0)
        one = one->next;
    if (one)
        return one->file;
    if (l->depth >= DEPTH) {
        fprintf(stderr, "countersign-idl: %s: imports more than %d levels deep\n", path, DEPTH);
        return NULL;
    }
    one = (struct loaded *)idl_alloc(l->run, sizeof *one);
    *one = (struct loaded){ real, NULL, l->files };
    l->files = one;
    l->depth++;
    ok = load_parts(l, one, path, acf);
    l->depth--;
    return ok ? one->file : NULL;
}

struct idl_file *load_idl(struct load *l, const char *path)
{
    const char *found = file_find(l->run, ".", path);

    if (!found)
        found = find(l, NULL, path);
    if (!found) {
        fprintf(stderr, "countersign-idl: there is no file %s\n", path);
        return NULL;
    }
    return load_file(l, found, l->opt->acf);
}
