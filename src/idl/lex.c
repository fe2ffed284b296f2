/* SPDX-License-Identifier: Apache-2.0
 * lex.c - tokens with their places; comments, line markers, CRLF and a trailing Ctrl-Z.
 */
#include "idl/lex.h"

#include <stdlib.h>
#include <string.h>

#include "base/uuid.h"

enum { NAME_MAX_LENGTH = 255, CTRL_Z = 0x1a };

/* UTF-16, most often. */
static const char not_text[] = "this is not text in units of one byte";
static const char not_text_hint[] = "save the file as UTF-8 or ASCII";

static void fail(struct idl_lexer *lx, const char *p, const char *hint, const char *what);

struct idl_lexer idl_lex(struct idl *run, const char *file, const char *text, size_t len)
{
    const char *copy = idl_strndup(run, text, len);
    struct idl_lexer lx = { run, copy, copy + len, copy, NULL, 1, true, false };

    lx.file = idl_strndup(run, file, strlen(file));
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        lx.at += 3;
        lx.line_start += 3;
    }
    if (memchr(copy, '\0', len))
        fail(&lx, lx.at, not_text_hint, not_text);
    return lx;
}

static struct idl_place here(const struct idl_lexer *lx, const char *p)
{
    return (struct idl_place){ lx->file, lx->line, (unsigned)(p - lx->line_start) + 1,
                               lx->line_start };
}

static void fail(struct idl_lexer *lx, const char *p, const char *hint, const char *what)
{
    if (!lx->failed)
        idl_error(lx->run, here(lx, p), hint, "%s", what);
    lx->failed = true;
    lx->at = lx->end;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

static void newline(struct idl_lexer *lx)
{
    lx->at++;
    lx->line++;
    lx->line_start = lx->at;
    lx->line_begins = true;
}

static void skip_comment(struct idl_lexer *lx)
{
    struct idl_lexer begun = *lx;

    lx->at += 2;
    while (lx->end - lx->at >= 2 && !(lx->at[0] == '*' && lx->at[1] == '/')) {
        if (*lx->at == '\n')
            newline(lx);
        else
            lx->at++;
    }
    if (lx->end - lx->at < 2) {
        idl_error(lx->run, here(&begun, begun.at), "close it with */", "this comment has no end");
        lx->failed = true;
        lx->at = lx->end;
        return;
    }
    lx->at += 2;
}

static void skip_line(struct idl_lexer *lx)
{
    while (lx->at < lx->end && *lx->at != '\n')
        lx->at++;
}

static void skip_blanks(struct idl_lexer *lx)
{
    while (lx->at < lx->end) {
        char c = *lx->at, next = lx->end - lx->at > 1 ? lx->at[1] : '\0';

        if (c == '\n')
            newline(lx);
        else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v')
            lx->at++;
        else if (c == '/' && next == '*')
            skip_comment(lx);
        else if (c == '/' && next == '/')
            skip_line(lx);
        else if (c == CTRL_Z) /* where DOS ended a file */
            lx->at = lx->end;
        else
            return;
    }
}

/* # 12 "file" 1, as the preprocessor leaves it; #line 12 "file" too. */
static void line_marker(struct idl_lexer *lx, const char *p, const char *eol)
{
    unsigned long line = 0;
    const char *quote = NULL, *close = NULL;

    while (p < eol && is_digit(*p) && line < 100000000)
        line = line * 10 + (unsigned long)(*p++ - '0');
    quote = (const char *)memchr(p, '"', (size_t)(eol - p));
    if (quote)
        close = (const char *)memchr(quote + 1, '"', (size_t)(eol - quote) - 1);
    if (close)
        lx->file = idl_strndup(lx->run, quote + 1, (size_t)(close - quote) - 1);
    lx->at = eol;
    if (lx->at < lx->end)
        newline(lx);
    lx->line = (unsigned)line;
}

/* A line that begins with '#'; true when it is a token. */
static bool directive(struct idl_lexer *lx, struct idl_token *ret)
{
    const char *begun = lx->at, *p = begun + 1, *eol = NULL;

    skip_line(lx);
    eol = lx->at;
    while (eol > p && (eol[-1] == '\r' || eol[-1] == ' '))
        eol--;
    while (p < eol && (*p == ' ' || *p == '\t'))
        p++;
    if (eol - p > 5 && memcmp(p, "line ", 5) == 0)
        p += 5;
    if (p < eol && is_digit(*p)) {
        line_marker(lx, p, lx->at);
        return false;
    }
    if (eol - p < 6 || memcmp(p, "pragma", 6) != 0) {
        fail(lx, begun, "the C preprocessor comes first", "a preprocessor directive stands here");
        return false;
    }
    p += 6;
    while (p < eol && (*p == ' ' || *p == '\t'))
        p++;
    *ret = (struct idl_token){ .kind = IDL_TOKEN_PRAGMA, .at = here(lx, begun) };
    ret->text = idl_strndup(lx->run, p, (size_t)(eol - p));
    return true;
}

static void lex_name(struct idl_lexer *lx, struct idl_token *t)
{
    const char *p = lx->at;

    while (p < lx->end && (is_letter(*p) || is_digit(*p)))
        p++;
    if (p - lx->at > NAME_MAX_LENGTH) {
        fail(lx, lx->at, NULL, "a name of more than 255 characters");
        return;
    }
    t->kind = IDL_TOKEN_NAME;
    t->text = idl_strndup(lx->run, lx->at, (size_t)(p - lx->at));
    lx->at = p;
}

static bool whole_value(const char *s, uint64_t *ret)
{
    unsigned base = 10;
    uint64_t v = 0;

    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
        base = 16;
        s += 2;
        if (hex_digit((uint8_t)*s) < 0)
            return false;
    } else if (s[0] == '0') {
        base = 8;
    }
    for (; hex_digit((uint8_t)*s) >= 0; s++) {
        unsigned d = (unsigned)hex_digit((uint8_t)*s);

        if (d >= base || v > (UINT64_MAX - d) / base)
            return false;
        v = v * base + d;
    }
    *ret = v;
    while (*s == 'u' || *s == 'U' || *s == 'l' || *s == 'L')
        s++;
    return *s == '\0' || strcmp(s, "i64") == 0 || strcmp(s, "I64") == 0;
}

static void lex_number(struct idl_lexer *lx, struct idl_token *t)
{
    const char *p = lx->at;
    bool hex = lx->end - p > 1 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X');
    char *stop = NULL;

    while (p < lx->end && !(p[0] == '.' && lx->end - p > 1 && p[1] == '.') && /* 0..9 */
           (is_letter(*p) || is_digit(*p) || *p == '.' ||
            (!hex && (*p == '-' || *p == '+') && (p[-1] == 'e' || p[-1] == 'E')))) {
        if (!hex && (*p == '.' || *p == 'e' || *p == 'E'))
            t->real = true;
        p++;
    }
    t->kind = IDL_TOKEN_NUMBER;
    t->text = idl_strndup(lx->run, lx->at, (size_t)(p - lx->at));
    if (t->real) {
        strtod(t->text, &stop);
        if (*stop && strcmp(stop, "f") != 0 && strcmp(stop, "F") != 0) {
            fail(lx, lx->at, NULL, "this is no number");
            return;
        }
    } else if (!whole_value(t->text, &t->value)) {
        fail(lx, lx->at, "whole numbers have up to 64 bits; a leading 0 means octal",
             "this is no number");
        return;
    }
    lx->at = p;
}

static uint64_t char_value(const char *s, size_t n)
{
    static const char names[] = "n\nt\tr\rf\fv\va\ab\b";
    const char *p = NULL;

    if (n == 1)
        return (uint8_t)s[0];
    if (s[0] != '\\')
        return (uint64_t)(uint8_t)s[0] << 8 | (uint8_t)s[1];
    if (s[1] == 'x')
        return strtoul(s + 2, NULL, 16);
    if (is_digit(s[1]))
        return strtoul(s + 1, NULL, 8);
    for (p = names; *p; p += 2)
        if (*p == s[1])
            return (uint8_t)p[1];
    return (uint8_t)s[1];
}

static void lex_quoted(struct idl_lexer *lx, struct idl_token *t)
{
    char quote = *lx->at;
    const char *p = lx->at + 1;
    size_t n;

    while (p < lx->end && *p != quote && *p != '\n' && *p != '\0')
        p += *p == '\\' && lx->end - p > 1 && p[1] != '\n' && p[1] != '\0' ? 2 : 1;
    if (p >= lx->end || *p != quote) {
        fail(lx, lx->at, "a string ends on the line where it begins", "this quote is not closed");
        return;
    }
    n = (size_t)(p - lx->at) - 1;
    t->text = idl_strndup(lx->run, lx->at + 1, n);
    t->kind = quote == '"' ? IDL_TOKEN_STRING : IDL_TOKEN_CHAR;
    if (quote == '\'' && n == 0) {
        fail(lx, lx->at, NULL, "no character stands between these quotes");
        return;
    }
    if (quote == '\'')
        t->value = char_value(t->text, n);
    lx->at = p + 1;
}

static void lex_punctuation(struct idl_lexer *lx, struct idl_token *t)
{
    static const char *const marks[] = { "...", "..", "<<", ">>", "<=", ">=", "==", "!=", "&&",
                                         "||",  "->", "{",  "}",  "[",  "]",  "(",  ")",  ",",
                                         ";",   ":",  "*",  "=",  "+",  "-",  "/",  "%",  "~",
                                         "!",   "?",  "<",  ">",  "&",  "|",  "^",  ".",  NULL };
    size_t i;

    for (i = 0; marks[i]; i++) {
        size_t n = strlen(marks[i]);

        if ((size_t)(lx->end - lx->at) >= n && memcmp(lx->at, marks[i], n) == 0) {
            t->kind = IDL_TOKEN_PUNCTUATION;
            t->text = marks[i];
            lx->at += n;
            return;
        }
    }
    if ((uint8_t)*lx->at >= 0xfe)
        fail(lx, lx->at, not_text_hint, not_text);
    else
        fail(lx, lx->at, NULL, "no IDL begins with this character");
}

struct idl_token idl_lex_next(struct idl_lexer *lx)
{
    struct idl_token t = { .kind = IDL_TOKEN_END, .text = "end of file" };
    char next;

    skip_blanks(lx);
    while (lx->at < lx->end && *lx->at == '#' && lx->line_begins) {
        if (directive(lx, &t))
            return t;
        skip_blanks(lx);
    }
    lx->line_begins = false;
    t.at = here(lx, lx->at);
    if (lx->at >= lx->end)
        return t;
    next = lx->end - lx->at > 1 ? lx->at[1] : '\0';
    if (*lx->at == 'L' && (next == '"' || next == '\'')) {
        t.wide = true;
        lx->at++;
    }
    if (*lx->at == '"' || *lx->at == '\'')
        lex_quoted(lx, &t);
    else if (is_letter(*lx->at))
        lex_name(lx, &t);
    else if (is_digit(*lx->at) || (*lx->at == '.' && is_digit(next)))
        lex_number(lx, &t);
    else
        lex_punctuation(lx, &t);
    if (lx->failed)
        t.kind = IDL_TOKEN_END;
    return t;
}

struct idl_token idl_lex_uuid(struct idl_lexer *lx)
{
    struct idl_token t = { .kind = IDL_TOKEN_END, .text = "end of file" };
    const char *p = NULL;
    struct uuid u;
    bool quoted = false;

    skip_blanks(lx);
    t.at = here(lx, lx->at);
    quoted = lx->at < lx->end && *lx->at == '"';
    lx->at += quoted;
    for (p = lx->at; p < lx->end && (hex_digit((uint8_t)*p) >= 0 || *p == '-'); p++)
        continue;
    t.text = idl_strndup(lx->run, lx->at, (size_t)(p - lx->at));
    if (uuid_parse(t.text, &u) != ERR_OK || (quoted && (p >= lx->end || *p != '"'))) {
        fail(lx, lx->at, "8-4-4-4-12 hexadecimal digits", "this is no UUID");
        return t;
    }
    t.kind = IDL_TOKEN_UUID;
    lx->at = p + quoted;
    lx->line_begins = false;
    return t;
}
