/* SPDX-License-Identifier: Apache-2.0
 * words.c - lists of arguments, and @files read into them.
 */
#include "words.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "port/file.h"

enum { AT_DEPTH = 16 }; /* of @files that name @files */

void die_of_memory(void)
{
    fputs("countersign-cc: out of memory\n", stderr);
    exit(1);
}

bool word_begins(const char *word, const char *with)
{
    return strncmp(word, with, strlen(with)) == 0;
}

char *word_printf(const char *fmt, ...)
{
    char small[1];
    char *text = NULL;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    text = n >= 0 ? (char *)mem_alloc((size_t)n + 1) : NULL;
    if (!text)
        die_of_memory();
    va_start(ap, fmt);
    vsnprintf(text, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return text;
}

void words_add(struct words *w, const char *word)
{
    const char **grown = NULL;

    if (w->n + 2 > w->room) {
        w->room = w->room ? 2 * w->room : 64;
        grown = (const char **)mem_resize((void *)w->v, w->room * sizeof *grown);
        if (!grown)
            die_of_memory();
        w->v = grown;
    }
    w->v[w->n++] = word;
    w->v[w->n] = NULL;
}

void words_add_all(struct words *w, const struct words *more)
{
    size_t i;

    for (i = 0; i < more->n; i++)
        words_add(w, more->v[i]);
}

void words_split(struct words *w, const char *text)
{
    while (*(text += strspn(text, " \t\n"))) {
        size_t n = strcspn(text, " \t\n");

        words_add(w, word_printf("%.*s", (int)n, text));
        text += n;
    }
}

/* One word of an @file: quotes of both kinds, and a backslash before any character. */
static const char *read_word(const char *p, struct words *w)
{
    char *word = word_printf("%s", p); /* room enough */
    size_t n = 0;
    char quote = 0;

    for (; *p && (quote || !isspace((unsigned char)*p)); p++) {
        if (*p == '\\' && p[1])
            word[n++] = *++p;
        else if (quote ? *p == quote : *p == '"' || *p == '\'')
            quote = quote ? 0 : *p;
        else
            word[n++] = *p;
    }
    word[n] = '\0';
    words_add(w, word);
    return p;
}

static void expand(struct words *w, const char *word, int depth)
{
    struct buf text = { 0 };
    struct words inner = { 0 };
    const char *p = NULL;
    size_t i;

    if (word[0] != '@' || depth == AT_DEPTH || port_file_read(word + 1, &text) != ERR_OK) {
        words_add(w, word);
        return;
    }
    for (p = (const char *)text.ptr; *(p += strspn(p, " \t\r\n\f\v"));)
        p = read_word(p, &inner);
    for (i = 0; i < inner.n; i++)
        expand(w, inner.v[i], depth + 1);
    buf_free(&text);
}

void words_expand(struct words *w, int argc, char **argv)
{
    int i;

    for (i = 1; i < argc; i++)
        expand(w, argv[i], 0);
}
