/* SPDX-License-Identifier: Apache-2.0
 * port.c - `countersign port`: what to change in Windows source that other compilers shall take.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "port/file.h"
#include "port/hearsay.h"
#include "port/rewrite.h"

#include "command.h"
#include "out.h"

static const char port_help[] =
    "countersign port - show what to change in C that was written for Windows\n"
    "\n"
    "For those who would rather change their source than compile it with countersign-cc. Shows a\n"
    "unified diff for patch or git apply; nothing is written without --apply.\n"
    "\n"
    "    long                 LONG, ULONG; int32_t and uint32_t where no header of ours is "
    "included\n"
    "    10L                  10\n"
    "    printf(\"%ld\")        printf(\"%d\"), in formats that are literals\n"
    "    L\"text\", wchar_t     u\"text\", WCHAR\n"
    "    wcslen(s)            cs_wcslen(s), and the others of cscrt.h\n"
    "    printf(\"%S\")         cs_printf(\"%S\"), which prints text of 16 bits\n"
    "    LONG_MAX             INT32_MAX\n"
    "\n"
    "COM and ADSI, structured exceptions, and wide functions without a form for 16 bits are named\n"
    "in remarks. Formats in macros and variables are not seen: compile what was changed with\n"
    "-Wformat and -Wincompatible-pointer-types.\n"
    "\n"
    "With --lint nothing is changed: what it names would compile, and should not be so. That is a\n"
    "client that asks the server for its principal's name, and expects it.\n"
    "\n"
    "USAGE\n"
    "    countersign port FILE... [--apply | --lint] [--json]\n"
    "\n"
    "OPTIONS\n"
    "    --apply   write the changes into the files\n"
    "    --lint    warn of what the security documentation advises against\n"
    "    --json    each change with its place, and the remarks\n"
    "\n"
    "EXAMPLES\n"
    "    countersign port hello.c hello.h\n"
    "    countersign port src/*.c | less\n"
    "    countersign port --apply hello.c\n"
    "\n"
    "EXIT STATUS\n"
    "    0 nothing to change, 1 changes or remarks are shown, 2 a file or the command line is "
    "wrong\n";

struct request {
    bool json, apply, lint;
};

static void json_change(const struct port_source *s, const struct port_edit *e)
{
    size_t from = e->at;
    char *old = mem_strndup((const char *)s->text.ptr + e->at, e->len);

    while (from > 0 && s->text.ptr[from - 1] != '\n')
        from--;
    json_object(NULL);
    json_number("line", e->line);
    json_number("column", (int64_t)(e->at - from) + 1);
    json_text("from", old);
    json_text("to", e->text);
    json_text("why", e->why);
    json_end();
    mem_free(old);
}

static void json_remark(const struct port_remark *r)
{
    char *word = mem_strndup((const char *)r->word.ptr, r->word.len);

    json_object(NULL);
    json_number("line", r->line);
    json_text("word", word);
    json_text("remedy", r->remedy);
    json_end();
    mem_free(word);
}

static void show_json(const char *path, const struct port_source *s, const struct port_changes *c)
{
    size_t i;

    json_object(NULL);
    json_text("file", path);
    json_array("changes");
    for (i = 0; i < c->count; i++)
        json_change(s, &c->edits[i]);
    json_end();
    json_array("remarks");
    for (i = 0; i < c->remark_count; i++)
        json_remark(&c->remarks[i]);
    json_end();
    json_end();
}

static enum err show_diff(const char *path, const struct port_source *s,
                          const struct port_changes *c)
{
    char *diff = NULL;
    size_t i;
    enum err e = port_changes_diff(s, c, path, &diff);

    if (e)
        return e;
    fputs(diff, stdout);
    for (i = 0; i < c->remark_count; i++)
        fprintf(stderr, "%s:%u: %.*s: %s\n", path, c->remarks[i].line, (int)c->remarks[i].word.len,
                (const char *)c->remarks[i].word.ptr, c->remarks[i].remedy);
    mem_free(diff);
    return ERR_OK;
}

static enum err apply(const char *path, const struct port_source *s, const struct port_changes *c)
{
    struct buf text = { 0 };
    enum err e = port_changes_apply(s, c, &text);

    if (!e)
        e = port_file_write(path, buf_view(text));
    buf_free(&text);
    return e;
}

/* An exit status, as for all of them. */
static int port_file(const struct request *q, const char *path)
{
    struct port_source s = { 0 };
    struct port_changes c = { 0 };
    struct buf text = { 0 };
    int status = EXIT_DONE;
    enum err e;

    detail_begin("countersign port");
    e = port_file_read(path, &text);
    if (!e)
        e = port_lex(buf_view(text), path, NULL, NULL, &s);
    if (!e)
        e = q->lint ? port_hearsay(&s, &c) : port_rewrite(&s, PORT_BY_HAND, &c);
    if (!e && q->json)
        show_json(path, &s, &c);
    else if (!e)
        e = show_diff(path, &s, &c);
    if (!e && q->apply && c.count)
        e = apply(path, &s, &c);
    if (e) {
        out_fail_detail(e);
        status = EXIT_USAGE;
    } else if (c.count || c.remark_count) {
        status = EXIT_NEGATIVE;
    }
    port_changes_free(&c);
    port_source_free(&s);
    buf_free(&text);
    return status;
}

static int port_run(int argc, char **argv)
{
    static const struct option options[] = { { "apply", no_argument, NULL, 'a' },
                                             { "json", no_argument, NULL, 'j' },
                                             { "lint", no_argument, NULL, 'l' },
                                             { 0 } };
    struct request q = { 0 };
    int status = EXIT_DONE, opt;

    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (opt == '?')
            return out_usage(&command_port, "that option is not known");
        q.apply |= opt == 'a';
        q.json |= opt == 'j';
        q.lint |= opt == 'l';
    }
    if (q.lint && q.apply)
        return out_usage(&command_port, "--lint changes nothing");
    if (optind == argc)
        return out_usage(&command_port, "which files? C sources and headers are expected");
    if (q.json)
        json_array(NULL);
    for (; optind < argc; optind++) {
        int one = port_file(&q, argv[optind]);

        status = one > status ? one : status;
    }
    if (q.json)
        json_end();
    return status;
}

const struct command command_port = {
    .name = "port",
    .summary = "what to change in C that was written for Windows",
    .help = port_help,
    .run = port_run,
};
