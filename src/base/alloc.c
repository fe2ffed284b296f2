/* SPDX-License-Identifier: Apache-2.0
 * alloc.c - memory, with the hook by which tests make a chosen request fail.
 */
#include "base/alloc.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 64, LARGE = 64 * 1024 };

static __thread long fail_after = -1;
static __thread int fail_hit;

static int refuse(void)
{
    if (__builtin_expect(fail_after < 0, 1))
        return 0;
    if (fail_after-- > 0)
        return 0;
    fail_hit = 1;
    return 1;
}

void mem_fail_at(long n)
{
    fail_after = n;
    fail_hit = 0;
}

int mem_fail_hit(void)
{
    return fail_hit;
}

/* Large blocks begin at a cache line: malloc's own begin 16 bytes into a page, and copies between
 * such a block and what stands a message's header into another page are slow (base/bytes.h), the
 * kernel's too. */
void *mem_alloc(size_t size)
{
    if (refuse())
        return NULL;
    if (size >= LARGE && size <= SIZE_MAX - LINE)
        return aligned_alloc(LINE, (size + LINE - 1) & ~(size_t)(LINE - 1));
    return malloc(size ? size : 1);
}

void *mem_zero(size_t size)
{
    return refuse() ? NULL : calloc(1, size ? size : 1);
}

void *mem_array(size_t count, size_t size)
{
    return refuse() ? NULL : calloc(count ? count : 1, size ? size : 1);
}

void *mem_resize(void *p, size_t size)
{
    return refuse() ? NULL : realloc(p, size ? size : 1);
}

char *mem_strndup(const char *s, size_t n)
{
    char *copy = NULL;

    if (n == SIZE_MAX)
        return NULL;
    copy = mem_alloc(n + 1);
    if (copy) {
        memcpy(copy, s, n);
        copy[n] = '\0';
    }
    return copy;
}

char *mem_strdup(const char *s)
{
    return s ? mem_strndup(s, strlen(s)) : NULL;
}

char *mem_printf(const char *fmt, ...)
{
    va_list ap;
    char *text = NULL;
    int n = 0;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        return NULL;
    text = mem_alloc((size_t)n + 1);
    if (!text)
        return NULL;
    va_start(ap, fmt);
    vsnprintf(text, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return text;
}

OFTEN void mem_free(void *p)
{
    free(p);
}

void mem_free_wiped(void *p)
{
    if (p)
        mem_wipe(p, malloc_usable_size(p));
    free(p);
}

void mem_wipe(void *p, size_t n)
{
    if (n)
        explicit_bzero(p, n);
}

void mem_free_secret_text(char *s)
{
    if (s)
        mem_wipe(s, strlen(s));
    mem_free(s);
}
