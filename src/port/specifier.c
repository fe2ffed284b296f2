/* SPDX-License-Identifier: Apache-2.0
 * specifier.c - unsigned long int x; in any order, and what of it stays.
 */
#include "port/specifier.h"

#include <strings.h>

static const char *const specifiers[] = { "long",       "int",      "unsigned",     "signed",
                                          "__signed__", "double",   "const",        "volatile",
                                          "static",     "extern",   "auto",         "register",
                                          "typedef",    "inline",   "__inline",     "short",
                                          "__const",    "_Complex", "_Thread_local" };

static bool is_specifier(const struct port_source *s, size_t i, const struct port_token *like)
{
    size_t n;

    if (i >= s->count || s->tokens[i].kind != PORT_WORD || s->tokens[i].origin != PORT_USER ||
        s->tokens[i].directive != like->directive || s->tokens[i].file != like->file)
        return false;
    for (n = 0; n < sizeof specifiers / sizeof *specifiers; n++)
        if (port_is(s, i, specifiers[n]))
            return true;
    return false;
}

struct run {
    size_t from, to;
    unsigned longs, ints;
    bool is_double, is_unsigned;
};

static struct run run_around(const struct port_source *s, size_t i)
{
    struct run r = { .from = i, .to = i };
    const struct port_token *like = &s->tokens[i];

    while (r.from > 0 && is_specifier(s, r.from - 1, like))
        r.from--;
    for (r.to = r.from; is_specifier(s, r.to, like); r.to++) {
        r.longs += port_is(s, r.to, "long");
        r.ints += port_is(s, r.to, "int");
        r.is_double |= port_is(s, r.to, "double");
        r.is_unsigned |= port_is(s, r.to, "unsigned");
    }
    return r;
}

static bool names_type(const struct port_source *s, size_t i)
{
    return port_is(s, i, "long") || port_is(s, i, "int") || port_is(s, i, "unsigned") ||
           port_is(s, i, "signed") || port_is(s, i, "__signed__");
}

/* Takes the blanks in front along, but not the line's end. */
static void remove_word(struct port_changes *c, const struct port_source *s, size_t i,
                        const char *why)
{
    size_t at = s->tokens[i].at, blanks = 0;

    while (blanks < at &&
           (s->text.ptr[at - blanks - 1] == ' ' || s->text.ptr[at - blanks - 1] == '\t'))
        blanks++;
    if (blanks < at && s->text.ptr[at - blanks - 1] == '\n')
        blanks = 0;
    port_change_add(c, s, i, (size_t)0 - blanks, s->tokens[i].len + blanks, why, bytes_of_text(""));
}

/* The first word that names the type becomes its new name, the others go. */
static void by_hand(const struct port_source *s, const struct run *r, bool windows, const char *why,
                    struct port_changes *c)
{
    const char *name =
        windows ? (r->is_unsigned ? "ULONG" : "LONG") : (r->is_unsigned ? "uint32_t" : "int32_t");
    size_t i;

    for (i = r->from; i < r->to; i++) {
        if (!names_type(s, i))
            continue;
        if (name)
            port_change_add(c, s, i, 0, s->tokens[i].len, why, bytes_of_text(name));
        else
            remove_word(c, s, i, why);
        name = NULL;
    }
}

size_t port_specifier_rewrite(const struct port_source *s, size_t i, enum port_goal goal,
                              bool windows, const char *why, struct port_changes *c)
{
    struct run r = run_around(s, i);

    if (r.longs != 1 || r.is_double)
        return r.to;
    if (goal == PORT_BY_HAND)
        by_hand(s, &r, windows, why, c);
    else
        port_change_add(c, s, i, 0, s->tokens[i].len, why,
                        bytes_of_text(s->tokens[i].len != 4 ? (r.ints ? " " : " int ")
                                      : r.ints              ? "    "
                                                            : "int "));
    return r.to;
}

/* --- what a file by hand includes --- */

/* The name in an #include at token i, quotes and brackets off. */
static struct bytes included(const struct port_source *s, size_t i)
{
    const uint8_t *from = s->text.ptr + s->tokens[i + 2].at + 1;
    size_t left = s->text.len - (size_t)(from - s->text.ptr), n = 0;

    while (n < left && !strchr(">\"\n", from[n]))
        n++;
    return bytes_of(from, n);
}

static const char *one_of(struct bytes name, const char *const *list)
{
    for (; *list; list++)
        if (name.len == strlen(*list) && strncasecmp((const char *)name.ptr, *list, name.len) == 0)
            return *list;
    return NULL;
}

const char *port_specifier_header(struct bytes name)
{
    static const char *const ours[] = { "windows.h",  "rpc.h",      "rpcndr.h",   "rpcdce.h",
                                        "winsock2.h", "tchar.h",    "sspi.h",     "security.h",
                                        "ntdsapi.h",  "wintypes.h", "winerror.h", "midles.h",
                                        "rpcasync.h", "dsparse.h",  NULL };

    return one_of(name, ours);
}

static bool needs_wide(const struct port_source *s, size_t i)
{
    int row = s->tokens[i].kind == PORT_WORD ? port_name_find(port_text(s, i)) : -1;

    if (s->tokens[i].kind == PORT_STRING || s->tokens[i].kind == PORT_CHARACTER)
        return port_text(s, i).ptr[0] == 'L';
    return port_is(s, i, "wchar_t") || (row >= 0 && port_name_at(row)->class == PORT_WIDE);
}

static bool is_include(const struct port_source *s, size_t i)
{
    return s->tokens[i].directive && port_is(s, i, "#") && port_is(s, i + 1, "include") &&
           i + 2 < s->count;
}

/* A line in front of the first #include, or of the first line of C. */
static void insert_include(struct port_changes *c, const struct port_source *s, const char *line)
{
    size_t first = s->count, i, at;

    for (i = s->count; i-- > 0;)
        if (is_include(s, i) || !s->tokens[i].directive)
            first = i;
    if (first == s->count)
        return;
    at = s->tokens[first].at;
    while (at > 0 && s->text.ptr[at - 1] != '\n')
        at--;
    port_change_add(c, s, first, at - s->tokens[first].at, 0, "the types it needs",
                    bytes_of_text(line));
}

bool port_specifier_home(const struct port_source *s, struct port_changes *c)
{
    static const char *const widths[] = { "stdint.h", "inttypes.h", NULL };
    bool windows = false, exact = false, wide = false, has_long = false;
    size_t i;

    for (i = 0; i < s->count; i++) {
        if (is_include(s, i)) {
            windows |= port_specifier_header(included(s, i)) != NULL;
            exact |= one_of(included(s, i), widths) != NULL;
        }
        wide |= needs_wide(s, i);
        if (port_is(s, i, "long")) {
            struct run r = run_around(s, i);

            has_long |= r.longs == 1 && !r.is_double;
        }
    }
    if (wide && !windows)
        insert_include(c, s, "#include <windows.h>\n");
    else if (has_long && !windows && !exact)
        insert_include(c, s, "#include <stdint.h>\n");
    return windows || wide;
}
