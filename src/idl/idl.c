/* SPDX-License-Identifier: Apache-2.0
 * idl.c - the arena of a run, growing text, and how an error looks.
 */
#include "idl/idl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum {
    BLOCK = 32768,
    ERRORS_SHOWN = 20, /* what follows is mostly a consequence */
    LINE_SHOWN = 200,
};

struct block {
    struct block *next;
    size_t used, size;
};

struct idl {
    struct block *blocks;
    struct idl_text errors;
    unsigned count;
};

static void *got(void *p)
{
    if (!p) {
        fputs("idl: out of memory\n", stderr);
        exit(3);
    }
    return p;
}

struct idl *idl_new(void)
{
    struct idl *run = (struct idl *)got(mem_zero(sizeof *run));

    idl_text_add(&run->errors, "%s", "");
    return run;
}

void idl_free(struct idl *run)
{
    struct block *b = NULL, *next = NULL;

    if (!run)
        return;
    for (b = run->blocks; b; b = next) {
        next = b->next;
        mem_free(b);
    }
    idl_text_done(&run->errors);
    mem_free(run);
}

void *idl_alloc(struct idl *run, size_t size)
{
    struct block *b = run->blocks;
    size_t want = (size + 15) & ~(size_t)15;

    if (!b || b->size - b->used < want) {
        size_t room = want > BLOCK ? want : BLOCK;

        b = (struct block *)got(mem_zero(sizeof *b + 16 + room));
        b->next = run->blocks;
        b->size = room;
        run->blocks = b;
    }
    b->used += want;
    return (char *)b + ((sizeof *b + 15) & ~(size_t)15) + b->used - want;
}

char *idl_strndup(struct idl *run, const char *s, size_t n)
{
    char *copy = (char *)idl_alloc(run, n + 1);

    memcpy(copy, s, n);
    return copy;
}

char *idl_printf(struct idl *run, const char *fmt, ...)
{
    va_list ap, again;
    char *s = NULL;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    s = (char *)idl_alloc(run, (size_t)(n < 0 ? 0 : n) + 1);
    vsnprintf(s, (size_t)(n < 0 ? 0 : n) + 1, fmt, again);
    va_end(again);
    va_end(ap);
    return s;
}

static void text_room(struct idl_text *t, size_t n)
{
    if (t->cap - t->len > n)
        return;
    t->cap = (t->cap + n + 64) * 2;
    t->ptr = (char *)got(mem_resize(t->ptr, t->cap));
}

void idl_text_vadd(struct idl_text *t, const char *fmt, va_list ap)
{
    va_list again;
    int n;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    if (n >= 0) {
        text_room(t, (size_t)n);
        vsnprintf(t->ptr + t->len, (size_t)n + 1, fmt, again);
        t->len += (size_t)n;
    }
    va_end(again);
}

void idl_text_add(struct idl_text *t, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    idl_text_vadd(t, fmt, ap);
    va_end(ap);
}

void idl_text_done(struct idl_text *t)
{
    mem_free(t->ptr);
    *t = (struct idl_text){ 0 };
}

void idl_text_place(struct idl_text *t, struct idl_place at)
{
    size_t n = at.text ? strcspn(at.text, "\r\n\x1a") : 0, i;

    if (n == 0 || at.column > LINE_SHOWN)
        return;
    if (n > LINE_SHOWN)
        n = LINE_SHOWN;
    idl_text_add(t, "    ");
    for (i = 0; i < n; i++) {
        unsigned char c = (unsigned char)at.text[i];

        idl_text_add(t, "%c", (c < ' ' && c != '\t') || c == 0x7f ? '?' : c);
    }
    idl_text_add(t, "\n    ");
    for (i = 0; i + 1 < at.column; i++)
        idl_text_add(t, "%c", i < n && at.text[i] == '\t' ? '\t' : ' ');
    idl_text_add(t, "^\n");
}

void idl_error(struct idl *run, struct idl_place at, const char *hint, const char *fmt, ...)
{
    va_list ap;

    if (++run->count > ERRORS_SHOWN)
        return;
    idl_text_add(&run->errors, "%s:%u:%u: error: ", at.file, at.line, at.column);
    va_start(ap, fmt);
    idl_text_vadd(&run->errors, fmt, ap);
    va_end(ap);
    idl_text_add(&run->errors, "\n");
    idl_text_place(&run->errors, at);
    if (hint)
        idl_text_add(&run->errors, "    hint: %s\n", hint);
}

unsigned idl_error_count(const struct idl *run)
{
    return run->count;
}

const char *idl_errors(const struct idl *run)
{
    return run->errors.ptr;
}
