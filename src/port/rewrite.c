/* SPDX-License-Identifier: Apache-2.0
 * rewrite.c - the walk over a source's tokens.
 *
 * A name of the C library goes to ours only once a header has declared it: before that it is the
 * program's own, or a configure script's question whether the function is there.
 */
#include "port/rewrite.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/writer.h"
#include "port/format.h"
#include "port/specifier.h"

static const char because_long[] = "a long has 32 bits on Windows";
static const char because_wide[] = "a wchar_t has 16 bits on Windows";
static const char because_format[] = "l in a format means 32 bits on Windows";
static const char because_limit[] = "a long's limits are those of 32 bits";

struct walk {
    const struct port_source *s;
    struct port_changes *c;
    enum port_goal goal;
    bool windows; /* by hand: the file has our types */
    bool declared[PORT_NAMES];
    size_t format_from, format_to; /* tokens of the format being looked at */
    bool format_scan, format_kept;
};

static const struct port_token *token(const struct walk *k, size_t i)
{
    return &k->s->tokens[i];
}

static void replace(struct walk *k, size_t i, const char *why, const char *text)
{
    port_change_add(k->c, k->s, i, 0, token(k, i)->len, why, bytes_of_text(text));
}

static void blank(struct walk *k, size_t i, const char *why)
{
    char spaces[] = "                                ";
    size_t n = token(k, i)->len, from, part;

    for (from = 0; from < n; from += part) { /* what stands behind it keeps its column */
        part = n - from < sizeof spaces - 1 ? n - from : sizeof spaces - 1;
        if (!memchr(port_text(k->s, i).ptr + from, '\n', part))
            port_change_add(k->c, k->s, i, from, part, why, bytes_of(spaces, part));
    }
}

/* Behind the last token of a directive. */
static size_t directive_end(const struct walk *k, size_t i)
{
    unsigned directive = token(k, i)->directive;

    while (i < k->s->count && token(k, i)->directive == directive)
        i++;
    return i;
}

/* --- numbers, characters and strings --- */

/* Where the L of 10UL stands; -1 where there is none, or two, or a fraction. */
static int long_suffix(struct bytes b)
{
    bool hex = b.len > 2 && b.ptr[0] == '0' && (b.ptr[1] | 0x20) == 'x';
    size_t end = b.len, i;
    int found = -1, letters = 0;

    while (end > 0 && strchr("uUlL", b.ptr[end - 1])) {
        end--;
        if ((b.ptr[end] | 0x20) == 'l') {
            found = (int)end;
            letters++;
        }
    }
    for (i = 0; i < end; i++)
        if (b.ptr[i] == '.' || (b.ptr[i] | 0x20) == 'p' || (!hex && (b.ptr[i] | 0x20) == 'e'))
            return -1;
    return letters == 1 && end > 0 ? found : -1;
}

static void rewrite_number(struct walk *k, size_t i)
{
    int at = long_suffix(port_text(k->s, i));

    if (at < 0)
        return;
    if (k->goal == PORT_BY_HAND) {
        port_change_add(k->c, k->s, i, (size_t)at, 1, because_long, bytes_of_text(""));
    } else if ((size_t)at + 1 == token(k, i)->len) {
        port_change_add(k->c, k->s, i, (size_t)at, 1, because_long, bytes_of_text(" "));
    } else { /* 1LU */
        port_change_add(k->c, k->s, i, (size_t)at, 2, because_long, bytes_of_text("U "));
    }
}

static void respell(struct walk *k, size_t i)
{
    struct writer w = writer_new(PORT_TEXT_MAX);
    struct port_format f = port_format_respell(port_text(k->s, i), k->format_scan, &w);

    if (f.changed && !w.err && !memchr(w.ptr, '\0', w.len)) /* which no text of an edit has */
        port_change_add(k->c, k->s, i, 0, token(k, i)->len, because_format, bytes_of(w.ptr, w.len));
    if (w.err)
        k->c->err = w.err;
    writer_done(&w);
}

static void rewrite_quoted(struct walk *k, size_t i)
{
    if (k->goal == PORT_BY_HAND && port_text(k->s, i).ptr[0] == 'L')
        port_change_add(k->c, k->s, i, 0, 1, because_wide, bytes_of_text("u"));
    else if (token(k, i)->kind == PORT_STRING && i >= k->format_from && i < k->format_to)
        respell(k, i);
}

/* --- names --- */

/* Behind the argument that begins at token i: at its ',' or ')'. */
static size_t argument_end(const struct walk *k, size_t i)
{
    unsigned directive = i < k->s->count ? token(k, i)->directive : 0;
    int depth = 0;

    for (; i < k->s->count && token(k, i)->directive == directive; i++) {
        if (port_is(k->s, i, "(") || port_is(k->s, i, "{") || port_is(k->s, i, "["))
            depth++;
        else if ((depth == 0 && port_is(k->s, i, ",")) || (depth == 0 && port_is(k->s, i, ")")))
            return i;
        else if (port_is(k->s, i, ")") || port_is(k->s, i, "}") || port_is(k->s, i, "]"))
            depth--;
        else if (port_is(k->s, i, ";"))
            return i;
    }
    return i;
}

/* The format among the arguments of the call of token i; whether ours must read it. */
static bool find_format(struct walk *k, size_t i, const struct port_name *n)
{
    size_t at = i + 2;
    bool wide = false;
    int arg;

    k->format_from = k->format_to = 0;
    if (n->format < 0 || !port_is(k->s, i + 1, "("))
        return false;
    for (arg = 0; arg < n->format; arg++) {
        at = argument_end(k, at);
        if (!port_is(k->s, at++, ","))
            return false;
    }
    k->format_from = at;
    k->format_to = argument_end(k, at);
    k->format_scan = strstr(n->name, "scanf") != NULL;
    for (; at < k->format_to; at++) {
        struct writer w = writer_new(PORT_TEXT_MAX);

        if (token(k, at)->kind == PORT_STRING)
            wide |= port_format_respell(port_text(k->s, at), k->format_scan, &w).wide;
        if (w.err)
            k->c->err = w.err;
        writer_done(&w);
    }
    return wide;
}

static void rename_to_ours(struct walk *k, size_t i, int row, const char *why)
{
    replace(k, i, why, port_name_at(row)->ours);
    k->c->used[row] = true;
}

static void name_by_hand(struct walk *k, size_t i, int row)
{
    const struct port_name *n = port_name_at(row);

    switch (n->class) {
    case PORT_WIDE:
        rename_to_ours(k, i, row, because_wide);
        break;
    case PORT_PRINT:
    case PORT_SCAN:
        if (find_format(k, i, n)) {
            k->format_to = 0; /* ours understands it as it is */
            rename_to_ours(k, i, row, because_wide);
        }
        break;
    case PORT_FOREIGN:
    case PORT_TCHAR:
        find_format(k, i, n);
        break;
    case PORT_VALUE:
        if (n->declaration)
            replace(k, i, because_limit, n->declaration);
        break;
    case PORT_LONG: /* its value goes into a LONG */
        break;
    case PORT_NO_WIDE:
        if (port_is(k->s, i + 1, "("))
            port_change_remark(k->c, k->s, i, n->remedy);
        break;
    case PORT_REFUSED:
        port_change_remark(k->c, k->s, i, n->remedy);
        break;
    }
}

static void name_to_compile(struct walk *k, size_t i, int row)
{
    const struct port_name *n = port_name_at(row);

    if (n->class == PORT_REFUSED) {
        port_change_remark(k->c, k->s, i, n->remedy);
        return;
    }
    if (!k->declared[row])
        return;
    switch (n->class) {
    case PORT_WIDE:
    case PORT_PRINT:
    case PORT_SCAN:
    case PORT_LONG:
        rename_to_ours(k, i, row, because_wide);
        break;
    case PORT_FOREIGN:
        find_format(k, i, n);
        break;
    case PORT_VALUE:
        replace(k, i, because_limit, n->ours);
        break;
    case PORT_NO_WIDE:
        port_change_remark(k->c, k->s, i, n->remedy);
        break;
    case PORT_TCHAR:
    case PORT_REFUSED:
        break;
    }
}

/* format(printf, 1, 2) of an attribute says what ours is not: a format like the system's. Behind
 * it, or i. */
static size_t drop_format_attribute(struct walk *k, size_t i)
{
    size_t end;

    if (k->goal == PORT_BY_HAND ||
        !(port_is(k->s, i, "format") || port_is(k->s, i, "__format__")) ||
        !port_is(k->s, i + 1, "(") || !port_is(k->s, i + 3, ","))
        return i;
    for (end = i; end < k->s->count && !port_is(k->s, end, ")"); end++)
        blank(k, end, because_format);
    if (end < k->s->count)
        blank(k, end++, because_format);
    return end;
}

/* L before ##, which makes a literal wide, and behind it, which makes a number long. */
static void rewrite_pasted(struct walk *k, size_t i)
{
    bool number = i > 0 && port_is(k->s, i - 1, "##");

    if (number && (port_is(k->s, i, "UL") || port_is(k->s, i, "LU")))
        replace(k, i, because_long, k->goal == PORT_BY_HAND ? "U" : "U ");
    else if (number && (port_is(k->s, i, "L") || port_is(k->s, i, "l"))) {
        blank(k, i - 1, because_long);
        blank(k, i, because_long);
    } else if (k->goal == PORT_BY_HAND && port_is(k->s, i, "L") && port_is(k->s, i + 1, "##"))
        replace(k, i, because_wide, "u");
}

/* Returns the next token to look at. */
static size_t rewrite_word(struct walk *k, size_t i)
{
    size_t next = drop_format_attribute(k, i);
    int row;

    if (next != i)
        return next;
    if (port_is(k->s, i, "long"))
        return port_specifier_rewrite(k->s, i, k->goal, k->windows, because_long, k->c);
    row = port_name_find(port_text(k->s, i));
    if (row >= 0 && k->goal == PORT_BY_HAND)
        name_by_hand(k, i, row);
    else if (row >= 0)
        name_to_compile(k, i, row);
    else if (k->goal == PORT_BY_HAND && port_is(k->s, i, "wchar_t"))
        replace(k, i, because_wide, "WCHAR");
    else
        rewrite_pasted(k, i);
    return i + 1;
}

/* --- directives --- */

/* Here file names differ in the case of their letters. */
static void spell_header(struct walk *k, size_t i, struct bytes name)
{
    const char *ours = port_specifier_header(name);

    if (ours && !bytes_equal(name, bytes_of_text(ours)))
        port_change_add(k->c, k->s, i, (size_t)(name.ptr - port_text(k->s, i).ptr), name.len,
                        "the header's name is spelled so", bytes_of_text(ours));
}

/* #include <objbase.h> */
static void look_at_include(struct walk *k, size_t i)
{
    struct bytes b;
    size_t at = i + 2, end = directive_end(k, i);
    const char *remedy = NULL;

    if (at >= end)
        return;
    b.ptr = port_text(k->s, at).ptr + 1;
    b.len = (size_t)(port_text(k->s, end - 1).ptr - b.ptr);
    if (token(k, at)->kind == PORT_STRING)
        b.len = token(k, at)->len - 2;
    remedy = port_header_refused(b);
    if (remedy)
        port_change_remark(k->c, k->s, token(k, at)->kind == PORT_STRING ? at : at + 1, remedy);
    else if (k->goal == PORT_BY_HAND)
        spell_header(k, at, b);
}

/* #pragma comment(lib, "rpcrt4.lib") and its kind tell the other compiler something. */
static void drop_pragma(struct walk *k, size_t i)
{
    static const char *const theirs[] = { "comment",   "warning",        "once",
                                          "hdrstop",   "intrinsic",      "region",
                                          "endregion", "code_seg",       "optimize",
                                          "comment",   "runtime_checks", "strict_gs_check" };
    size_t end = directive_end(k, i), n;

    for (n = 0; n < sizeof theirs / sizeof *theirs; n++)
        if (port_is(k->s, i + 2, theirs[n]))
            break;
    if (k->goal != PORT_TO_COMPILE || n == sizeof theirs / sizeof *theirs)
        return;
    for (; i < end; i++)
        blank(k, i, NULL);
}

/* Where the part of a directive that is C begins. */
static size_t enter_directive(struct walk *k, size_t i)
{
    if (port_is(k->s, i + 1, "define"))
        return i + 3; /* the name is not rewritten */
    if (token(k, i)->origin == PORT_USER && port_is(k->s, i + 1, "include"))
        look_at_include(k, i);
    else if (token(k, i)->origin == PORT_USER && port_is(k->s, i + 1, "pragma"))
        drop_pragma(k, i);
    return directive_end(k, i);
}

/* --- the walk --- */

/* Of a header's words: which it declares; the macros of ours go where the user's names go. */
static void look_at_header(struct walk *k, size_t i)
{
    const struct port_token *t = token(k, i);
    int row = t->kind == PORT_WORD ? port_name_find(port_text(k->s, i)) : -1;
    const struct port_name *n = row >= 0 ? port_name_at(row) : NULL;

    if (!n)
        return;
    if (t->origin == PORT_OURS && t->directive && k->declared[row] && n->class != PORT_VALUE &&
        n->ours)
        rename_to_ours(k, i, row, because_wide);
    k->declared[row] = true;
}

static size_t look_at(struct walk *k, size_t i)
{
    const struct port_token *t = token(k, i);
    bool first = t->directive && (i == 0 || token(k, i - 1)->directive != t->directive);

    if (t->origin == PORT_DEAD)
        return i + 1;
    if (first && t->origin == PORT_SYSTEM && port_is(k->s, i + 1, "define") &&
        i + 2 < k->s->count) {
        look_at_header(k, i + 2);
        return directive_end(k, i);
    }
    if (first)
        return enter_directive(k, i);
    if (t->origin != PORT_USER)
        look_at_header(k, i);
    else if (t->kind == PORT_WORD)
        return rewrite_word(k, i);
    else if (t->kind == PORT_NUMBER)
        rewrite_number(k, i);
    else if (t->kind != PORT_MARK)
        rewrite_quoted(k, i);
    return i + 1;
}

/* An inserted line comes before what is changed at its place. */
static int by_place(const void *a, const void *b)
{
    const struct port_edit *x = (const struct port_edit *)a, *y = (const struct port_edit *)b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->len < y->len ? -1 : x->len > y->len;
}

enum err port_rewrite(const struct port_source *s, enum port_goal goal, struct port_changes *ret)
{
    struct port_changes c = { 0 };
    struct walk k = { .s = s, .c = &c, .goal = goal };
    size_t i = 0;

    if (goal == PORT_BY_HAND)
        k.windows = port_specifier_home(s, &c);
    while (i < s->count && !c.err)
        i = look_at(&k, i);
    if (c.err) {
        enum err e = c.err;

        port_changes_free(&c);
        return e;
    }
    if (c.count)
        qsort(c.edits, c.count, sizeof *c.edits, by_place);
    *ret = c;
    return ERR_OK;
}

/* --- what the changed text needs --- */

/* W * becomes cs_cc_wide *; other words stay. */
static void put_declaration(struct writer *w, const char *text)
{
    static const struct {
        char letter;
        const char *type;
    } types[] = { { 'Z', "cs_cc_size" },
                  { 'W', "cs_cc_wide" },
                  { 'V', "__builtin_va_list" },
                  { 'F', "struct _IO_FILE" } };
    size_t i;

    for (; *text; text++) {
        for (i = 0; i < 4 && *text != types[i].letter; i++)
            ;
        if (i < 4)
            writer_bytes(w, bytes_of_text(types[i].type));
        else
            writer_u8(w, (uint8_t)*text);
    }
}

enum err port_declarations(const struct port_changes *c, char **ret)
{
    struct writer w = writer_new(1 << 20);
    int row;

    writer_bytes(&w, bytes_of_text("# 1 \"<countersign-cc>\" 1 3\n"
                                   "struct _IO_FILE; typedef __typeof__(sizeof 0) cs_cc_size; "
                                   "typedef __typeof__(L'0') cs_cc_wide;"));
    for (row = 0; row < PORT_NAMES; row++) {
        if (!c->used[row])
            continue;
        writer_bytes(&w, bytes_of_text(" extern "));
        put_declaration(&w, port_name_at(row)->declaration);
        writer_bytes(&w, bytes_of_text(" __asm__(\"cs_"));
        writer_bytes(&w, bytes_of_text(port_name_at(row)->ours));
        writer_bytes(&w, bytes_of_text("\");"));
    }
    writer_u8(&w, '\n');
    return writer_take_text(&w, ret);
}
