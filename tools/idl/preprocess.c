/* SPDX-License-Identifier: Apache-2.0
 * preprocess.c - runs the C preprocessor as MIDL does, and puts back the lines it left alone.
 *
 * desktop-src/Midl/c-preprocessor-requirements-for-midl.md. A preprocessor squeezes blanks and
 * drops comments; an error's column and the line shown with it must be those of the file. So it
 * runs with -C, and each line that is the original but for blanks is replaced by the original.
 */
#include "preprocess.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "includes.h"

enum { ARGUMENTS = 256, FILES = 64, CTRL_Z = 0x1a };

/* The lines of a file, as far as they have been asked for. */
struct source {
    const char *name, *text;
    const char *at; /* where line `line` begins */
    unsigned line;
    struct source *next;
};

struct restorer {
    struct idl *run;
    const char *links; /* the folder of includes.h, or NULL */
    struct source *sources, *now;
    unsigned line;
    struct idl_text out;
};

static const char *next_line(const char *p)
{
    p += strcspn(p, "\n");
    return *p ? p + 1 : p;
}

static struct source *source_named(struct restorer *r, const char *name)
{
    struct source *s = r->sources;
    struct file f = { 0 };

    while (s && strcmp(s->name, name) != 0)
        s = s->next;
    if (s || !file_read(r->run, name, &f))
        return s;
    s = (struct source *)idl_alloc(r->run, sizeof *s);
    *s = (struct source){ name, f.text, f.text, 1, r->sources };
    r->sources = s;
    return s;
}

/* A link's name stands for the file it leads to. */
static const char *real_name(struct restorer *r, const char *name)
{
    char real[PATH_MAX];
    size_t n = r->links ? strlen(r->links) : 0;

    if (n == 0 || strncmp(name, r->links, n) != 0 || !realpath(name, real))
        return name;
    return idl_strndup(r->run, real, strlen(real));
}

/* # 12 "file" 1: true, and what it says is done, for such a line. */
static bool restore_marker(struct restorer *r, const char *p)
{
    const char *open = NULL, *close = NULL, *name = NULL;

    if (p[0] != '#' || p[1] != ' ' || !isdigit((unsigned char)p[2]))
        return false;
    r->line = (unsigned)strtoul(p + 2, NULL, 10);
    open = strchr(p, '"');
    close = open ? strchr(open + 1, '"') : NULL;
    if (!close || close > p + strcspn(p, "\n"))
        return false;
    name = real_name(r, idl_strndup(r->run, open + 1, (size_t)(close - open) - 1));
    r->now = source_named(r, name);
    idl_text_add(&r->out, "# %u \"%s\"\n", r->line, name);
    return true;
}

static const char *original(struct source *s, unsigned line)
{
    if (line < s->line) {
        s->line = 1;
        s->at = s->text;
    }
    for (; s->line < line && *s->at; s->line++)
        s->at = next_line(s->at);
    return s->at;
}

/* Goes along both as long as they differ in blanks alone; true when that is to the end. */
static bool same_but_blanks(const char **a, const char **b)
{
    for (;;) {
        while (**a != '\n' && isspace((unsigned char)**a))
            (*a)++;
        while (**b != '\n' && isspace((unsigned char)**b))
            (*b)++;
        if (**a == '\n' || !**a || **a != **b)
            return (**a == '\n' || !**a) && (**b == '\n' || !**b);
        (*a)++;
        (*b)++;
    }
}

/* Up to its first macro a line is the original's. */
static void restore_line(struct restorer *r, const char *p)
{
    const char *o = r->now ? original(r->now, r->line) : "", *from = o, *rest = p;

    if (p[0] == CTRL_Z && p[1 + strspn(p + 1, " \t\r")] == '\n') /* where DOS ended a file */
        idl_text_add(&r->out, "\n");
    else if (same_but_blanks(&rest, &from) && *o)
        idl_text_add(&r->out, "%.*s\n", (int)strcspn(o, "\n"), o);
    else
        idl_text_add(&r->out, "%.*s%.*s\n", (int)(from - o), o, (int)strcspn(rest, "\n"), rest);
    r->line++;
}

static void restore(struct idl *run, const char *links, const struct idl_text *in, struct file *ret)
{
    struct restorer r = { .run = run, .links = links };
    const char *p = NULL;

    idl_text_add(&r.out, "%s", "");
    for (p = in->ptr; *p; p = next_line(p))
        if (!restore_marker(&r, p))
            restore_line(&r, p);
    *ret = (struct file){ idl_strndup(run, r.out.ptr, r.out.len), r.out.len };
    idl_text_done(&r.out);
}

/* Whether a preprocessor would find anything: a line that begins with '#', besides #pragma. */
static bool has_directives(const char *text)
{
    const char *p = NULL;

    for (p = text; *p; p = next_line(p)) {
        p += strspn(p, " \t");
        if (*p == '#' && strncmp(p + 1 + strspn(p + 1, " \t"), "pragma", 6) != 0)
            return true;
    }
    return false;
}

/* The command's words; "cl" has no counterpart here, ours stands in for it. */
static void add_command(struct idl *run, const struct options *opt, struct words **words)
{
    const char *given = opt->cpp_cmd ? file_base(opt->cpp_cmd) : "cl";
    struct words *w = NULL;

    if (strcmp(given, "cl") != 0 && strcmp(given, "cl.exe") != 0) {
        for (w = words_split(run, opt->cpp_cmd); w; w = w->next)
            words_add(run, words, w->text);
        return;
    }
    words_add(run, words, "cc");
}

/* /E /DX /Ifolder in somebody's /cpp_opt are -E -DX -Ifolder here. */
static void add_own_options(struct idl *run, const char *text, struct words **words)
{
    struct words *w = NULL;

    for (w = words_split(run, text); w; w = w->next) {
        if (w->text[0] == '/' && w->text[1] && strchr("EDIU", w->text[1]) && !file_exists(w->text))
            words_add(run, words, idl_printf(run, "-%s", w->text + 1));
        else if (strcmp(w->text, "/nologo") != 0 && strcmp(w->text, "-nologo") != 0)
            words_add(run, words, w->text);
    }
}

static struct words *command_for(struct idl *run, const struct options *opt, const char *path,
                                 const char *links)
{
    static const char *const usual[] = {
        "-E",           "-C",          "-undef",     "-nostdinc",  "-w",
        "-D__midl=801", "-DMIDL_PASS", "-D_WIN32=1", "-D_WIN64=1", "-D__COUNTERSIGN_IDL__=1"
    };
    struct words *words = NULL, *w = NULL;
    size_t i;

    add_command(run, opt, &words);
    if (opt->cpp_opt) {
        add_own_options(run, opt->cpp_opt, &words);
    } else {
        for (i = 0; i < sizeof usual / sizeof *usual; i++)
            words_add(run, &words, usual[i]);
        for (w = opt->defines; w; w = w->next)
            words_add(run, &words, w->text);
        for (w = opt->folders; w; w = w->next)
            words_add(run, &words, idl_printf(run, "-I%s", w->text));
    }
    if (links)
        words_add(run, &words, idl_printf(run, "-I%s", links));
    words_add(run, &words, "-x");
    words_add(run, &words, "c");
    words_add(run, &words, path);
    return words;
}

static void child(const struct words *w, int out)
{
    const char *argv[ARGUMENTS];
    int n = 0;

    for (; w && n < ARGUMENTS - 1; w = w->next)
        argv[n++] = w->text;
    argv[n] = NULL;
    if (!argv[0])
        _exit(127);
    dup2(out, STDOUT_FILENO);
    execvp(argv[0], (char *const *)argv);
    fprintf(stderr,
            "countersign-idl: the C preprocessor %s cannot be run\n"
            "  try: /cpp_cmd PROGRAM, or /no_cpp for files without directives\n",
            argv[0]);
    _exit(127);
}

static bool run_command(const struct words *command, struct idl_text *ret)
{
    char piece[4096];
    int pipes[2], status = 0;
    ssize_t n;
    pid_t pid;

    if (pipe(pipes) != 0)
        return false;
    fflush(NULL);
    pid = fork();
    if (pid == 0)
        child(command, pipes[1]);
    close(pipes[1]);
    while (pid > 0 && (n = read(pipes[0], piece, sizeof piece)) > 0)
        idl_text_add(ret, "%.*s", (int)n, piece);
    close(pipes[0]);
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

bool preprocess(struct idl *run, const struct options *opt, const char *path, struct words **read,
                struct file *ret)
{
    struct idl_text out = { 0 };
    struct includes *in = NULL;
    const struct words *w = NULL;
    bool ok = false;

    words_add(run, read, path);
    if (!file_read(run, path, ret)) {
        fprintf(stderr, "countersign-idl: %s cannot be read\n", path);
        return false;
    }
    if (opt->no_cpp || memchr(ret->text, '\0', ret->len) ||
        (!opt->defines && !opt->cpp_cmd && !opt->cpp_opt && !has_directives(ret->text)))
        return true;
    idl_text_add(&out, "%s", "");
    in = includes_new(run, opt, path, ret->text);
    for (w = includes_files(in); w; w = w->next)
        words_add(run, read, w->text);
    ok = run_command(command_for(run, opt, path, includes_folder(in)), &out);
    if (ok)
        restore(run, includes_folder(in), &out, ret);
    includes_free(in);
    idl_text_done(&out);
    return ok;
}
