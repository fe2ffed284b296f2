/* SPDX-License-Identifier: Apache-2.0
 * bytes.h - a borrowed view and an owned block of bytes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

struct bytes { /* borrowed: never freed */
    const uint8_t *ptr;
    size_t len;
};

struct buf { /* owned: buf_free wipes it */
    uint8_t *ptr;
    size_t len;
};

static inline struct bytes bytes_of(const void *ptr, size_t len)
{
    return (struct bytes){ (const uint8_t *)ptr, len };
}

static inline struct bytes bytes_of_text(const char *s)
{
    return bytes_of(s, s ? strlen(s) : 0);
}

static inline struct bytes buf_view(struct buf b)
{
    return (struct bytes){ b.ptr, b.len };
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* 0 to 15; -1 for what is no hexadecimal digit. */
static inline int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* memcpy. Where to lies a little behind from within a page, the string instructions that libc uses
 * for long copies take 15 times as long on AMD's Zen 3; messages lie so, a header behind a page. */
void bytes_copy_apart(uint8_t *to, const uint8_t *from, size_t len) SHARED(bytes_copy_apart);
static inline void bytes_copy(void *to, const void *from, size_t len)
{
    if (len >= 4096 && (((uintptr_t)to - (uintptr_t)from) & 4095) < 64)
        bytes_copy_apart((uint8_t *)to, (const uint8_t *)from, len);
    else if (len)
        memcpy(to, from, len);
}

/* Takes the same time wherever the first difference is; for tags and secrets. */
bool bytes_equal_secret(const void *a, const void *b, size_t len) SHARED(bytes_equal_secret);

MUST_CHECK enum err buf_new(size_t len, struct buf *ret) SHARED(buf_new); /* zeroed */
MUST_CHECK enum err buf_copy(struct bytes from, struct buf *ret) SHARED(buf_copy);
void buf_free(struct buf *b) SHARED(buf_free); /* wipes, frees, clears *b */
