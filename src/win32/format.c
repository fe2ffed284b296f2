/* SPDX-License-Identifier: Apache-2.0
 * format.c - one engine for all of printf's doors; numbers are the C library's work.
 */
#include "win32/format.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf16.h"

enum width { WIDTH_NONE, WIDTH_HH, WIDTH_H, WIDTH_L, WIDTH_LL, WIDTH_POINTER, WIDTH_LONG_DOUBLE };

struct spec {
    bool minus, plus, space, alt, zero, has_precision;
    int field, precision;
    enum width width;
    char letter;
};

enum { FIELD_MAX = 4096 }; /* of width and precision: no program means more */

static uintptr_t next_pointer(struct format_args *a)
{
    return a->ap ? (uintptr_t)va_arg(*a->ap, void *) : *a->slot++;
}

static int next_int(struct format_args *a)
{
    return a->ap ? va_arg(*a->ap, int) : (int)*a->slot++;
}

static int64_t next_int64(struct format_args *a)
{
    return a->ap ? va_arg(*a->ap, int64_t) : (int64_t)*a->slot++;
}

static int read_number(const char **p, struct format_args *args)
{
    long n = 0;

    if (**p == '*') {
        (*p)++;
        n = next_int(args);
        return n > FIELD_MAX ? FIELD_MAX : n < -FIELD_MAX ? -FIELD_MAX : (int)n;
    }
    while (**p >= '0' && **p <= '9') {
        if (n < FIELD_MAX)
            n = 10 * n + (**p - '0');
        (*p)++;
    }
    return n > FIELD_MAX ? FIELD_MAX : (int)n;
}

static void read_flags(const char **p, struct spec *s)
{
    for (;; (*p)++) {
        switch (**p) {
        case '-':
            s->minus = true;
            break;
        case '+':
            s->plus = true;
            break;
        case ' ':
            s->space = true;
            break;
        case '#':
            s->alt = true;
            break;
        case '0':
            s->zero = true;
            break;
        default:
            return;
        }
    }
}

static void read_width(const char **p, struct spec *s)
{
    /* clang-format off */
    static const struct {
        const char *text;
        enum width width;
    } widths[] = { /* longer ones first */
        { "I64", WIDTH_LL }, { "I32", WIDTH_NONE }, { "hh", WIDTH_HH }, { "ll", WIDTH_LL },
        { "h", WIDTH_H },    { "l", WIDTH_L },      { "w", WIDTH_L },   { "j", WIDTH_LL },
        { "I", WIDTH_POINTER }, { "z", WIDTH_POINTER }, { "t", WIDTH_POINTER },
        { "L", WIDTH_LONG_DOUBLE },
    };
    /* clang-format on */
    size_t i;

    for (i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        size_t n = strlen(widths[i].text);

        if (strncmp(*p, widths[i].text, n) == 0) {
            s->width = widths[i].width;
            *p += n;
            return;
        }
    }
}

static struct spec read_spec(const char **p, struct format_args *args)
{
    struct spec s = { 0 };

    read_flags(p, &s);
    s.field = read_number(p, args);
    if (s.field < 0) {
        s.minus = true;
        s.field = -s.field;
    }
    if (**p == '.') {
        (*p)++;
        s.precision = read_number(p, args);
        s.has_precision = s.precision >= 0;
    }
    read_width(p, &s);
    s.letter = **p;
    if (**p)
        (*p)++;
    return s;
}

/* The same conversion for the C library, with its own length word. */
static void respell(const struct spec *s, const char *length, char to[32])
{
    int n = snprintf(to, 32, "%%%s%s%s%s%s", s->minus ? "-" : "", s->plus ? "+" : "",
                     s->space ? " " : "", s->alt ? "#" : "", s->zero ? "0" : "");

    if (s->field)
        n += snprintf(to + n, 32 - (size_t)n, "%d", s->field);
    if (s->has_precision)
        n += snprintf(to + n, 32 - (size_t)n, ".%d", s->precision);
    snprintf(to + n, 32 - (size_t)n, "%s%c", length, s->letter);
}

/* A number is never longer: a double has 309 digits before its point. */
enum { NUMBER_BYTES = 2 * FIELD_MAX + 512 };

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static enum err put_integer(struct writer *w, const struct spec *s, struct format_args *args)
{
    bool is_signed = s->letter == 'd' || s->letter == 'i';
    char text[NUMBER_BYTES];
    char fmt[32];
    int64_t v;
    int n;

    if (s->width == WIDTH_LL || (s->width == WIDTH_POINTER && sizeof(void *) == 8))
        v = next_int64(args);
    else
        v = next_int(args);
    if (s->width == WIDTH_HH)
        v = is_signed ? (int64_t)(int8_t)v : (int64_t)(uint8_t)v;
    else if (s->width == WIDTH_H)
        v = is_signed ? (int64_t)(int16_t)v : (int64_t)(uint16_t)v;
    else if (!is_signed && s->width != WIDTH_LL &&
             !(s->width == WIDTH_POINTER && sizeof(void *) == 8))
        v = (int64_t)(uint32_t)v;
    respell(s, "ll", fmt);
    n = snprintf(text, sizeof text, fmt, (long long)v);
    writer_bytes(w, bytes_of(text, n > 0 ? (size_t)n : 0));
    return w->err;
}

static enum err put_double(struct writer *w, const struct spec *s, struct format_args *args)
{
    char text[NUMBER_BYTES];
    char fmt[32];
    int n;

    if (!args->ap)
        return ERR_INVALID_PARAMETER;
    if (s->width == WIDTH_LONG_DOUBLE) {
        respell(s, "L", fmt);
        n = snprintf(text, sizeof text, fmt, va_arg(*args->ap, long double));
    } else {
        respell(s, "", fmt);
        n = snprintf(text, sizeof text, fmt, va_arg(*args->ap, double));
    }
    if (n < 0 || (size_t)n >= sizeof text)
        return ERR_TOO_LONG;
    writer_bytes(w, bytes_of(text, (size_t)n));
    return w->err;
}

#pragma GCC diagnostic pop

static enum err put_pointer(struct writer *w, struct format_args *args)
{
    char text[2 * sizeof(void *) + 1];
    int n = snprintf(text, sizeof text, "%0*llX", (int)(2 * sizeof(void *)),
                     (unsigned long long)next_pointer(args)); /* as Windows prints it */

    writer_bytes(w, bytes_of(text, (size_t)n));
    return w->err;
}

static void put_padded(struct writer *w, const struct spec *s, const char *text, size_t units)
{
    size_t pad = (size_t)s->field > units ? (size_t)s->field - units : 0;
    size_t i;

    for (i = 0; !s->minus && i < pad; i++)
        writer_u8(w, ' ');
    writer_bytes(w, bytes_of_text(text));
    for (i = 0; s->minus && i < pad; i++)
        writer_u8(w, ' ');
}

static enum err put_wide(struct writer *w, const struct spec *s, const char16_t *text)
{
    size_t most = s->has_precision ? (size_t)s->precision : SIZE_MAX;
    char *text8 = NULL;
    size_t n = 0;
    enum err e;

    if (!text)
        text = u"(null)";
    while (n < most && text[n])
        n++;
    e = utf8_from_wide_n(text, n, &text8);
    if (e)
        return e;
    put_padded(w, s, text8, n);
    mem_free(text8);
    return w->err;
}

static enum err put_narrow(struct writer *w, const struct spec *s, const char *text)
{
    size_t most = s->has_precision ? (size_t)s->precision : SIZE_MAX;
    char *copy = NULL;
    size_t n;

    if (!text)
        text = "(null)";
    n = most == SIZE_MAX ? strlen(text) : strnlen(text, most);
    copy = mem_strndup(text, n);
    if (!copy)
        return ERR_NO_MEMORY;
    put_padded(w, s, copy, n);
    mem_free(copy);
    return w->err;
}

/* s and c follow the function's form, S and C are the other one; a length word has the last word.
 */
static bool is_wide(const struct spec *s, bool wide)
{
    if (s->width == WIDTH_L)
        return true;
    if (s->width == WIDTH_H)
        return false;
    return (s->letter == 's' || s->letter == 'c') == wide;
}

static enum err put_text(struct writer *w, const struct spec *s, bool wide,
                         struct format_args *args)
{
    char narrow[2] = { 0 };
    char16_t unit[2] = { 0 };

    if (s->letter == 's' || s->letter == 'S')
        return is_wide(s, wide) ? put_wide(w, s, (const char16_t *)next_pointer(args))
                                : put_narrow(w, s, (const char *)next_pointer(args));
    if (is_wide(s, wide)) {
        unit[0] = (char16_t)next_int(args);
        return put_wide(w, s, unit);
    }
    narrow[0] = (char)next_int(args);
    return put_narrow(w, s, narrow);
}

enum err format_one(struct writer *w, bool wide, const char **fmt, struct format_args *args)
{
    struct spec s = read_spec(fmt, args);

    switch (s.letter) {
    case '%':
        writer_u8(w, '%');
        return w->err;
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        return put_integer(w, &s, args);
    case 'p':
        return put_pointer(w, args);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
        return put_double(w, &s, args);
    case 's':
    case 'S':
    case 'c':
    case 'C':
        return put_text(w, &s, wide, args);
    default: /* n among them */
        return ERR_INVALID_PARAMETER;
    }
}

enum err format_print(struct writer *w, bool wide, const char *fmt, struct format_args *args)
{
    enum err e = ERR_OK;

    while (*fmt && !e) {
        size_t plain = strcspn(fmt, "%");

        writer_bytes(w, bytes_of(fmt, plain));
        fmt += plain;
        if (*fmt != '%')
            break;
        fmt++;
        e = format_one(w, wide, &fmt, args);
    }
    return e ? e : w->err;
}
