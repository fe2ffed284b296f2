/* SPDX-License-Identifier: Apache-2.0
 * lex.c - C text as tokens, line markers followed, #if 0 left out.
 */
#include "port/lex.h"

#include "base/alloc.h"
#include "base/detail.h"

enum { IF_DEPTH = 64 }; /* of what #if 0 is looked for in; deeper ones count as alive */

struct lexer {
    struct port_source *to;
    const uint8_t *p;
    size_t size, at;
    unsigned line, directives, directive;
    unsigned file;
    size_t room, file_room;
    port_judge *judge;
    void *arg;
    bool fresh; /* nothing but blanks since the line began */
    unsigned depth;
    struct { /* of each open #if: */
        bool dead, known, taken;
    } level[IF_DEPTH];
    enum err err;
};

static uint8_t peek(const struct lexer *x, size_t ahead)
{
    return ahead < x->size - x->at ? x->p[x->at + ahead] : 0;
}

/* Bytes of a backslash and its line's end at offset i, or 0. */
static size_t splice_at(const struct lexer *x, size_t i)
{
    if (i + 1 < x->size && x->p[i] == '\\' && x->p[i + 1] == '\n')
        return 2;
    return i + 2 < x->size && x->p[i] == '\\' && x->p[i + 1] == '\r' && x->p[i + 2] == '\n' ? 3 : 0;
}

static void step(struct lexer *x, size_t n)
{
    while (n-- > 0 && x->at < x->size)
        if (x->p[x->at++] == '\n')
            x->line++;
}

static bool in_word(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || c >= 0x80;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static bool dead(const struct lexer *x)
{
    unsigned i;

    for (i = 0; i < x->depth && i < IF_DEPTH; i++)
        if (x->level[i].dead)
            return true;
    return false;
}

static void add_token(struct lexer *x, enum port_kind kind, size_t at, unsigned line)
{
    struct port_source *s = x->to;
    struct port_token *grown = NULL;

    if (s->count == x->room) {
        x->room = x->room ? 2 * x->room : 1024;
        grown = (struct port_token *)mem_resize(s->tokens, x->room * sizeof *grown);
        if (!grown) {
            x->err = ERR_NO_MEMORY;
            return;
        }
        s->tokens = grown;
    }
    s->tokens[s->count++] = (struct port_token){
        .at = at,
        .len = x->at - at,
        .line = line,
        .file = x->file,
        .kind = kind,
        .origin = dead(x) ? PORT_DEAD : s->files[x->file].origin,
        .directive = x->directive,
    };
}

/* The index of a file, which may be new. */
static unsigned file_named(struct lexer *x, struct bytes name, bool system)
{
    struct port_source *s = x->to;
    struct port_file *grown = NULL;
    char *copy = NULL;
    size_t i;

    for (i = s->file_count; i-- > 0;)
        if (bytes_equal(bytes_of_text(s->files[i].name), name))
            return (unsigned)i;
    if (s->file_count == x->file_room) {
        x->file_room = x->file_room ? 2 * x->file_room : 64;
        grown = (struct port_file *)mem_resize(s->files, x->file_room * sizeof *grown);
        if (!grown)
            goto fail;
        s->files = grown;
    }
    copy = mem_strndup((const char *)name.ptr, name.len);
    if (!copy)
        goto fail;
    s->files[s->file_count] =
        (struct port_file){ copy, x->judge ? x->judge(x->arg, copy, system) : PORT_USER };
    return (unsigned)s->file_count++;
fail:
    x->err = ERR_NO_MEMORY;
    return 0;
}

static size_t line_end(const struct lexer *x)
{
    const uint8_t *end = memchr(x->p + x->at, '\n', x->size - x->at);

    return end ? (size_t)(end - x->p) : x->size;
}

/* # 12 "file" 1 3: true, and done, for such a line. The line's own end stays. */
static bool follow_marker(struct lexer *x)
{
    size_t end = line_end(x), i = x->at + 1, open;
    unsigned line = 0;
    bool system = false;

    if (x->at + 6 < end && memcmp(x->p + i, "line ", 5) == 0)
        i += 4;
    if (i >= end || x->p[i] != ' ' || i + 1 >= end || !is_digit(x->p[i + 1]))
        return false;
    for (i++; i < end && is_digit(x->p[i]); i++)
        line = line < UINT32_MAX / 16 ? 10 * line + (x->p[i] - '0') : line;
    while (i < end && x->p[i] == ' ')
        i++;
    if (i < end && x->p[i] == '"') {
        open = ++i;
        while (i < end && x->p[i] != '"')
            i += x->p[i] == '\\' ? 2 : 1;
        if (i >= end)
            return false;
        system = i + 2 < end && memchr(x->p + i, '3', end - i) != NULL;
        x->file = file_named(x, bytes_of(x->p + open, i - open), system);
    }
    x->at = end;
    x->line = line - 1; /* the line's end makes it this */
    return true;
}

static void skip_comment(struct lexer *x, bool whole_line)
{
    while (x->at < x->size) {
        if (whole_line && x->p[x->at] == '\n' && !splice_at(x, x->at - 1) &&
            !(x->at > 1 && splice_at(x, x->at - 2) == 3))
            return;
        if (!whole_line && peek(x, 0) == '*' && peek(x, 1) == '/') {
            step(x, 2);
            return;
        }
        step(x, 1);
    }
}

/* To the closing quote, or to the end of the line where it is missing. */
static void skip_quoted(struct lexer *x, uint8_t quote)
{
    while (x->at < x->size && x->p[x->at] != '\n') {
        size_t splice = splice_at(x, x->at);
        uint8_t c = x->p[x->at];

        step(x, splice ? splice : c == '\\' && peek(x, 1) != '\n' ? 2 : 1);
        if (c == quote)
            return;
    }
}

static void skip_word(struct lexer *x)
{
    for (;;) {
        size_t splice = splice_at(x, x->at);

        if (splice && x->at + splice < x->size && in_word(x->p[x->at + splice]))
            step(x, splice);
        else if (x->at < x->size && in_word(x->p[x->at]))
            step(x, 1);
        else
            return;
    }
}

/* A preprocessing number: also 1.5e+3, 0x1p-3L and 1'000. */
static void skip_number(struct lexer *x)
{
    while (x->at < x->size) {
        uint8_t c = x->p[x->at], next = peek(x, 1);

        if ((c == 'e' || c == 'E' || c == 'p' || c == 'P') && (next == '+' || next == '-'))
            step(x, 2);
        else if (in_word(c) || c == '.' || (c == '\'' && in_word(next)))
            step(x, 1);
        else
            return;
    }
}

static bool is_prefix(const struct lexer *x, size_t at)
{
    size_t n = x->at - at;

    return (n == 1 && strchr("LuU", x->p[at])) || (n == 2 && memcmp(x->p + at, "u8", 2) == 0);
}

static void lex_word(struct lexer *x, size_t at, unsigned line)
{
    uint8_t quote;

    skip_word(x);
    quote = peek(x, 0);
    if ((quote == '"' || quote == '\'') && is_prefix(x, at)) {
        step(x, 1);
        skip_quoted(x, quote);
        add_token(x, quote == '"' ? PORT_STRING : PORT_CHARACTER, at, line);
    } else {
        add_token(x, PORT_WORD, at, line);
    }
}

static void lex_token(struct lexer *x)
{
    size_t at = x->at;
    unsigned line = x->line;
    uint8_t c = x->p[at];

    if (is_digit(c) || (c == '.' && is_digit(peek(x, 1)))) {
        skip_number(x);
        add_token(x, PORT_NUMBER, at, line);
    } else if (in_word(c)) {
        lex_word(x, at, line);
    } else if (c == '"' || c == '\'') {
        step(x, 1);
        skip_quoted(x, c);
        add_token(x, c == '"' ? PORT_STRING : PORT_CHARACTER, at, line);
    } else {
        step(x, (c == '-' && peek(x, 1) == '>') || (c == '#' && peek(x, 1) == '#') ? 2 : 1);
        add_token(x, PORT_MARK, at, line);
    }
}

static size_t skip_blanks(const struct lexer *x, size_t i)
{
    while (i < x->size && (x->p[i] == ' ' || x->p[i] == '\t'))
        i++;
    return i;
}

static bool says(const struct lexer *x, size_t i, const char *word)
{
    size_t n = strlen(word);

    return n <= x->size - i && memcmp(x->p + i, word, n) == 0 &&
           (i + n == x->size || !in_word(x->p[i + n]));
}

static void open_level(struct lexer *x, bool known, bool truth)
{
    if (x->depth < IF_DEPTH) {
        x->level[x->depth].known = known;
        x->level[x->depth].dead = known && !truth;
        x->level[x->depth].taken = known && truth;
    }
    x->depth++;
}

/* #if 0 and #if 1 are decided here; what any other condition is worth is not known. */
static void follow_condition(struct lexer *x)
{
    size_t i = skip_blanks(x, x->at + 1), value;

    if (says(x, i, "ifdef") || says(x, i, "ifndef")) {
        open_level(x, false, true);
    } else if (says(x, i, "if")) {
        value = skip_blanks(x, i + 2);
        open_level(x, says(x, value, "0") || says(x, value, "1"), says(x, value, "1"));
    } else if (says(x, i, "endif")) {
        x->depth -= x->depth > 0;
    } else if (x->depth > 0 && x->depth <= IF_DEPTH && (says(x, i, "else") || says(x, i, "elif"))) {
        x->level[x->depth - 1].dead = x->level[x->depth - 1].taken;
    }
}

static void begin_directive(struct lexer *x)
{
    if (follow_marker(x))
        return;
    follow_condition(x);
    x->directive = ++x->directives;
    lex_token(x);
}

static void lex_next(struct lexer *x)
{
    uint8_t c = x->p[x->at];
    size_t splice = splice_at(x, x->at);

    if (c == '\n') {
        x->directive = 0;
        x->fresh = true;
        step(x, 1);
    } else if (splice || is_blank(c)) {
        step(x, splice ? splice : 1);
    } else if (c == '/' && (peek(x, 1) == '*' || peek(x, 1) == '/')) {
        bool whole_line = peek(x, 1) == '/';

        step(x, 2);
        skip_comment(x, whole_line);
    } else if (c == '#' && x->fresh) {
        x->fresh = false;
        begin_directive(x);
    } else {
        x->fresh = false;
        lex_token(x);
    }
}

enum err port_lex(struct bytes text, const char *name, port_judge *judge, void *arg,
                  struct port_source *ret)
{
    struct port_source s = { .text = text };
    struct lexer x = { .to = &s, .p = text.ptr, .size = text.len, .line = 1, .judge = judge };

    if (text.len > PORT_TEXT_MAX)
        return detail_fail(ERR_TOO_LONG, "%s: %zu bytes of C; the limit is %d", name, text.len,
                           (int)PORT_TEXT_MAX);
    x.arg = arg;
    x.fresh = true;
    file_named(&x, bytes_of_text(name), false);
    while (x.at < x.size && !x.err)
        lex_next(&x);
    if (x.err) {
        port_source_free(&s);
        return x.err;
    }
    *ret = s;
    return ERR_OK;
}

void port_source_free(struct port_source *s)
{
    size_t i;

    for (i = 0; i < s->file_count; i++)
        mem_free(s->files[i].name);
    mem_free(s->files);
    mem_free(s->tokens);
    *s = (struct port_source){ 0 };
}

struct bytes port_text(const struct port_source *s, size_t i)
{
    return bytes_of(s->text.ptr + s->tokens[i].at, s->tokens[i].len);
}

/* A word spelled over two lines is that word. */
static bool same_but_splices(struct bytes b, const char *text)
{
    size_t i = 0;

    while (i < b.len) {
        if (b.ptr[i] == '\\' && i + 1 < b.len) {
            i += b.ptr[i + 1] == '\r' ? 3 : 2;
        } else if (b.ptr[i] != (uint8_t)*text) {
            return false;
        } else {
            i++;
            text++;
        }
    }
    return !*text;
}

bool port_is(const struct port_source *s, size_t i, const char *text)
{
    struct bytes b;

    if (i >= s->count || s->tokens[i].kind == PORT_STRING || s->tokens[i].kind == PORT_CHARACTER)
        return false;
    b = port_text(s, i);
    return bytes_equal(b, bytes_of_text(text)) ||
           (b.len > strlen(text) && memchr(b.ptr, '\\', b.len) && same_but_splices(b, text));
}
