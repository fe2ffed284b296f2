/* SPDX-License-Identifier: Apache-2.0
 * steps.c - the two runs of the compiler for a source, and what happens between them.
 *
 * gcc -E -fdirectives-only and clang -E -frewrite-includes follow #include and #if, but leave
 * macros and their definitions as they were written, so that every word stands in the file it came
 * from. The second run expands them.
 */
#include "steps.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/writer.h"
#include "port/file.h"
#include "port/hearsay.h"
#include "port/rewrite.h"
#include "run.h"

char *step_beside(const char *source, const char *suffix)
{
    const char *slash = strrchr(source, '/');
    const char *base = slash ? slash + 1 : source;
    const char *dot = strrchr(base, '.');

    return word_printf("%.*s%s", (int)(dot ? dot - base : (long long)strlen(base)), base, suffix);
}

void step_add_includes(const struct driver *d, struct words *to)
{
    words_add(to, word_printf("-I%s", d->place.include));
    words_add(to, word_printf("-I%s/countersign", d->place.include));
    words_add(to, word_printf("-I%s", d->place.shared));
}

static const char *output_of(const struct driver *d, const char *source, const char *object)
{
    if (object)
        return object;
    if (d->args.output)
        return d->args.output;
    return step_beside(source, d->args.mode == MODE_ASSEMBLER ? ".s" : ".o");
}

/* What the compiler would have called the rule's target and its file, had it made the object. */
static void add_depends(const struct driver *d, const char *source, const char *output,
                        struct words *to)
{
    const char *dot = strrchr(output, '.');

    if (!d->args.depends)
        return;
    if (d->args.mode == MODE_LINK)
        output = step_beside(source, ".o");
    if (!d->args.names_target) {
        words_add(to, "-MQ");
        words_add(to, output);
    }
    if (d->args.depfile)
        return;
    words_add(to, "-MF");
    if (d->args.mode == MODE_LINK || !dot || strchr(dot, '/'))
        words_add(to, step_beside(source, ".d"));
    else
        words_add(to, word_printf("%.*s.d", (int)(dot - output), output));
}

static int preprocess(const struct driver *d, const char *source, const char *output,
                      const char *to)
{
    struct words w = { 0 };

    words_add_all(&w, &d->compiler);
    words_add(&w, "-fshort-wchar");
    words_add(&w, "-D__COUNTERSIGN_CC__=1");
    args_take(&d->args, ROLE_PREPROCESS, ROLE_PREPROCESS, &w);
    step_add_includes(d, &w);
    add_depends(d, source, output, &w);
    words_add(&w, "-E");
    words_add(&w, d->clang ? "-frewrite-includes" : "-fdirectives-only");
    words_add(&w, "-x");
    words_add(&w, "c");
    words_add(&w, source);
    words_add(&w, "-o");
    words_add(&w, to);
    return run_command(&w);
}

/* Errors in the compiler's form, for what has no place here. */
static int refuse(const struct port_source *s, const struct port_changes *c)
{
    size_t i;

    for (i = 0; i < c->remark_count; i++)
        fprintf(stderr, "%s:%u: error: '%.*s': %s\n", s->files[c->remarks[i].file].name,
                c->remarks[i].line, (int)c->remarks[i].word.len, c->remarks[i].word.ptr,
                c->remarks[i].remedy);
    return 1;
}

/* Warnings, likewise, of what compiles and should not be so. */
static enum err warn(const struct port_source *s)
{
    struct port_changes c = { 0 };
    enum err e = port_hearsay(s, &c);
    size_t i;

    for (i = 0; i < c.remark_count; i++)
        fprintf(stderr, "%s:%u: warning: '%.*s': %s\n", s->files[c.remarks[i].file].name,
                c.remarks[i].line, (int)c.remarks[i].word.len, c.remarks[i].word.ptr,
                c.remarks[i].remedy);
    port_changes_free(&c);
    return e;
}

/* Behind the lines that name the main file and, with -g, the folder. */
static size_t head_of(struct bytes text)
{
    size_t at = 0, end;
    int line;

    for (line = 0; line < 2 && at < text.len && text.ptr[at] == '#'; line++) {
        const uint8_t *nl = memchr(text.ptr + at, '\n', text.len - at);

        end = nl ? (size_t)(nl - text.ptr) + 1 : text.len;
        if (line == 1 && (end - at < 5 || memcmp(text.ptr + end - 4, "//\"", 3) != 0))
            break;
        at = end;
    }
    return at;
}

static enum err write_out(const struct port_source *s, const struct port_changes *c, const char *to)
{
    struct writer w = writer_new(3 * (size_t)PORT_TEXT_MAX);
    struct buf text = { 0 }, whole = { 0 };
    char *declarations = NULL;
    enum err e = port_changes_apply(s, c, &text);
    size_t head;

    if (e)
        goto out;
    e = port_declarations(c, &declarations);
    if (e)
        goto out;
    head = head_of(buf_view(text));
    writer_bytes(&w, bytes_of(text.ptr, head));
    writer_bytes(&w, bytes_of_text(declarations));
    if (text.len)
        writer_bytes(&w, bytes_of(text.ptr, head)); /* once more: here the file begins */
    writer_bytes(&w, bytes_of(text.ptr + head, text.len - head));
    e = writer_take(&w, &whole);
    if (!e)
        e = port_file_write(to, buf_view(whole));
out:
    writer_done(&w);
    mem_free(declarations);
    buf_free(&text);
    buf_free(&whole);
    return e;
}

static int rewrite(const struct driver *d, const char *source, const char *from, const char *to)
{
    struct port_source s = { 0 };
    struct port_changes c = { 0 };
    struct buf text = { 0 };
    int status = 0;
    enum err e;

    detail_begin("countersign-cc");
    e = port_file_read(from, &text);
    if (!e)
        e = port_lex(buf_view(text), source, place_judge, (void *)&d->place, &s);
    if (!e)
        e = warn(&s);
    if (!e)
        e = port_rewrite(&s, PORT_TO_COMPILE, &c);
    if (!e && c.remark_count)
        status = refuse(&s, &c);
    else if (!e)
        e = write_out(&s, &c, to);
    if (e) {
        fprintf(stderr, "countersign-cc: %s: %s\n", source,
                detail_get()->text[0] ? detail_get()->text : "out of memory");
        status = 1;
    }
    port_changes_free(&c);
    port_source_free(&s);
    buf_free(&text);
    return status;
}

/* For clang, whose rewritten text still stands on what the command line defines. */
static void add_defines(const struct args *a, struct words *to)
{
    size_t i;

    words_add(to, "-D__COUNTERSIGN_CC__=1");
    for (i = 0; i < a->words.n; i++) {
        const char *word = a->words.v[i];
        bool value =
            i > 0 && (strcmp(a->words.v[i - 1], "-D") == 0 || strcmp(a->words.v[i - 1], "-U") == 0);

        if (a->roles[i] == ROLE_PREPROCESS &&
            (value || word_begins(word, "-D") || word_begins(word, "-U")))
            words_add(to, word);
    }
}

static void add_mode(const struct driver *d, struct words *to)
{
    static const char *const modes[] = {
        [MODE_LINK] = "-c",       [MODE_OBJECT] = "-c",           [MODE_ASSEMBLER] = "-S",
        [MODE_PREPROCESS] = "-E", [MODE_CHECK] = "-fsyntax-only",
    };
    static const char *const kept[] = { "-P", "-C", "-CC" };
    size_t i, n;

    words_add(to, modes[d->args.mode]);
    for (i = 0; i < d->args.words.n && d->args.mode == MODE_PREPROCESS; i++)
        for (n = 0; n < sizeof kept / sizeof *kept; n++)
            if (strcmp(d->args.words.v[i], kept[n]) == 0)
                words_add(to, kept[n]);
}

static int compile(const struct driver *d, const char *from, const char *output)
{
    struct words w = { 0 };

    words_add_all(&w, &d->compiler);
    words_add(&w, "-fshort-wchar");
    words_add(&w, "-Werror=incompatible-pointer-types");
    words_add(&w, "-Werror=int-conversion");
    words_add(&w, "-Werror=implicit-function-declaration");
    args_take(&d->args, ROLE_COMPILE, ROLE_COMPILE, &w);
    if (d->clang)
        add_defines(&d->args, &w);
    else
        words_add(&w, "-fpreprocessed");
    if (!d->clang)
        words_add(&w, "-fdirectives-only");
    add_mode(d, &w);
    words_add(&w, "-x");
    words_add(&w, d->clang || d->args.mode == MODE_PREPROCESS ? "c" : "cpp-output");
    words_add(&w, from);
    if (d->args.mode != MODE_CHECK && (d->args.mode != MODE_PREPROCESS || d->args.output)) {
        words_add(&w, "-o");
        words_add(&w, output);
    }
    return run_command(&w);
}

int step_source(const struct driver *d, const char *source, const char *object)
{
    const char *output = output_of(d, source, object);
    const char *directives = run_temporary(".i"), *rewritten = run_temporary(".i");
    int status = preprocess(d, source, output, directives);

    if (status == 0)
        status = rewrite(d, source, directives, rewritten);
    if (status == 0)
        status = compile(d, rewritten, output);
    return status;
}
