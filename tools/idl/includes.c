/* SPDX-License-Identifier: Apache-2.0
 * includes.c - a folder of links with the names as the #include lines have them.
 *
 * Conditions are not looked at: a link too many does no harm.
 */
#include "includes.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

enum { INCLUDES_MOST = 4000 };

struct includes {
    struct idl *run;
    const struct options *opt;
    const char *folder;
    struct words *files; /* found, in the order of their finding */
    struct words *links; /* made, and folders; to be removed from the end */
    unsigned count;
};

static const char *line_after(const char *p)
{
    p += strcspn(p, "\n");
    return *p ? p + 1 : p;
}

/* The name in a line #include "name" or #include <name>; NULL. */
static const char *name_in(struct idl *run, const char *p)
{
    char close;
    size_t n;

    p += strspn(p, " \t");
    if (*p++ != '#')
        return NULL;
    p += strspn(p, " \t");
    if (strncmp(p, "include", 7) != 0)
        return NULL;
    p += 7 + strspn(p + 7, " \t");
    close = *p == '<' ? '>' : '"';
    if (*p != '<' && *p != '"')
        return NULL;
    n = strcspn(p + 1, "\">\r\n");
    return p[1 + n] == close && n > 0 ? idl_strndup(run, p + 1, n) : NULL;
}

static const char *joined(struct idl *run, const char *folder, const char *name)
{
    return name[0] == '/' ? name : idl_printf(run, "%s/%s", folder, name);
}

/* Where the preprocessor finds it by itself; else where we do, and *ret_wrong is true. */
static const char *find(struct includes *in, const char *beside, const char *name, bool *ret_wrong)
{
    const struct words *w = NULL;
    const char *path = joined(in->run, beside, name);

    *ret_wrong = false;
    if (file_exists(path))
        return path;
    for (w = in->opt->folders; w; w = w->next) {
        path = joined(in->run, w->text, name);
        if (file_exists(path))
            return path;
    }
    *ret_wrong = true;
    path = file_find(in->run, beside, name);
    for (w = in->opt->folders; w && !path; w = w->next)
        path = file_find(in->run, w->text, name);
    return path;
}

static bool make_folder(struct includes *in)
{
    const char *tmp = getenv("TMPDIR");
    char *name = idl_printf(in->run, "%s/countersign-idl.XXXXXX", tmp && *tmp ? tmp : "/tmp");

    if (!in->folder && mkdtemp(name)) {
        in->folder = name;
        words_add(in->run, &in->links, name);
    }
    return in->folder != NULL;
}

/* A name that leaves the folder gets no link: the preprocessor then says what it misses. */
static void add_link(struct includes *in, const char *name, const char *path)
{
    char real[PATH_MAX];
    const char *p = NULL;

    if (name[0] == '/' || strstr(name, "..") || !realpath(path, real) || !make_folder(in))
        return;
    for (p = strchr(name, '/'); p; p = strchr(p + 1, '/')) {
        const char *part =
            joined(in->run, in->folder, idl_strndup(in->run, name, (size_t)(p - name)));

        if (mkdir(part, 0700) == 0)
            words_add(in->run, &in->links, part);
    }
    p = joined(in->run, in->folder, name);
    if (symlink(real, p) == 0)
        words_add(in->run, &in->links, p);
}

static bool is_seen(const struct includes *in, const char *path)
{
    const struct words *w = in->files;

    while (w && strcmp(w->text, path) != 0)
        w = w->next;
    return w != NULL;
}

static void look_through(struct includes *in, const char *path, const char *text)
{
    const char *folder = file_folder(in->run, path), *p = NULL;

    for (p = text; *p; p = line_after(p)) {
        const char *name = name_in(in->run, p), *found = NULL;
        struct file f = { 0 };
        bool wrong = false;

        if (name)
            found = find(in, folder, name, &wrong);
        if (found && wrong)
            add_link(in, name, found);
        if (!found || is_seen(in, found) || ++in->count > INCLUDES_MOST)
            continue;
        words_add(in->run, &in->files, found);
        if (file_read(in->run, found, &f))
            look_through(in, found, f.text);
    }
}

struct includes *includes_new(struct idl *run, const struct options *opt, const char *path,
                              const char *text)
{
    struct includes *in = (struct includes *)idl_alloc(run, sizeof *in);

    in->run = run;
    in->opt = opt;
    look_through(in, path, text);
    return in;
}

static void remove_from_end(const struct words *w)
{
    if (!w)
        return;
    remove_from_end(w->next);
    remove(w->text);
}

void includes_free(struct includes *in)
{
    remove_from_end(in->links);
}

const char *includes_folder(const struct includes *in)
{
    return in->folder;
}

const struct words *includes_files(const struct includes *in)
{
    return in->files;
}
