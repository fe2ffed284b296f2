/* SPDX-License-Identifier: Apache-2.0
 * api_print.c - printf's doors: files, wide and narrow memory.
 */
#include "base/alloc.h"
#include "base/utf16.h"
#include "countersign/cscrt.h"
#include "win32/format.h"

/* The result in UTF-8, terminated; freed with mem_free. */
static enum err render(bool wide, const void *fmt, va_list ap, char **ret)
{
    struct writer w = writer_new(FORMAT_MAX);
    struct format_args args = { 0 };
    struct buf out = { 0 };
    char *fmt8 = NULL;
    va_list copy;
    enum err e;

    va_copy(copy, ap);
    args.ap = &copy;
    e = wide ? utf8_from_wide(fmt, &fmt8) : ERR_OK;
    if (!e)
        e = format_print(&w, wide, wide ? fmt8 : fmt, &args);
    va_end(copy);
    mem_free(fmt8);
    if (e) {
        writer_done(&w);
        return e;
    }
    writer_u8(&w, 0);
    e = writer_take(&w, &out);
    if (!e)
        *ret = (char *)out.ptr;
    return e;
}

/* UTF-16 units of well-formed UTF-8. */
static int units_of(const char *s)
{
    int n = 0;

    for (; *s; s++)
        n += ((*s & 0xc0) != 0x80) + ((unsigned char)*s >= 0xf0);
    return n;
}

static int to_file(FILE *f, bool wide, const void *fmt, va_list ap)
{
    char *text = NULL;
    int n = -1;

    if (render(wide, fmt, ap, &text))
        return -1;
    if (fputs(text, f) >= 0)
        n = wide ? units_of(text) : (int)strlen(text);
    mem_free(text);
    return n;
}

static int to_wide(WCHAR *to, size_t size, const WCHAR *fmt, va_list ap)
{
    char16_t *wide = NULL;
    char *text = NULL;
    size_t n = 0;
    bool fits = false;

    if (render(true, fmt, ap, &text) == ERR_OK && wide_from_utf8(text, &wide) == ERR_OK) {
        n = wide_length(wide);
        fits = n < size;
    }
    if (fits)
        memcpy(to, wide, (n + 1) * sizeof *to);
    else if (size)
        to[0] = 0;
    mem_free(wide);
    mem_free(text);
    return fits ? (int)n : -1;
}

static int to_narrow(char *to, size_t size, const char *fmt, va_list ap, bool cut)
{
    char *text = NULL;
    size_t n;

    if (render(false, fmt, ap, &text)) {
        if (size)
            to[0] = '\0';
        return -1;
    }
    n = strlen(text);
    if (n < size)
        memcpy(to, text, n + 1);
    else if (size)
        snprintf(to, cut ? size : 1, "%s", text);
    mem_free(text);
    return n < size || cut ? (int)n : -1;
}

int cs_wprintf(const WCHAR *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = to_file(stdout, true, fmt, ap);
    va_end(ap);
    return n;
}

int cs_fwprintf(FILE *f, const WCHAR *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = to_file(f, true, fmt, ap);
    va_end(ap);
    return n;
}

int cs_vfwprintf(FILE *f, const WCHAR *fmt, va_list ap)
{
    return to_file(f, true, fmt, ap);
}

int cs_vwprintf(const WCHAR *fmt, va_list ap)
{
    return to_file(stdout, true, fmt, ap);
}

int cs_vprintf(const char *fmt, va_list ap)
{
    return to_file(stdout, false, fmt, ap);
}

int cs_vfprintf(FILE *f, const char *fmt, va_list ap)
{
    return to_file(f, false, fmt, ap);
}

int cs_vsnprintf(char *to, size_t size, const char *fmt, va_list ap)
{
    return to_narrow(to, size, fmt, ap, true);
}

int cs_vsprintf(char *to, const char *fmt, va_list ap)
{
    return to_narrow(to, SIZE_MAX, fmt, ap, false);
}

int cs_sprintf(char *to, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = to_narrow(to, SIZE_MAX, fmt, ap, false);
    va_end(ap);
    return n;
}

int cs_printf(const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = to_file(stdout, false, fmt, ap);
    va_end(ap);
    return n;
}

int cs_fprintf(FILE *f, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = to_file(f, false, fmt, ap);
    va_end(ap);
    return n;
}

int cs_snprintf(char *to, size_t size, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = to_narrow(to, size, fmt, ap, true);
    va_end(ap);
    return n;
}

int sprintf_s(char *to, size_t size, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = to_narrow(to, size, fmt, ap, false);
    va_end(ap);
    return n;
}

int cs_swprintf(WCHAR *to, size_t size, const WCHAR *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = to_wide(to, size, fmt, ap);
    va_end(ap);
    return n;
}

int cs_vswprintf(WCHAR *to, size_t size, const WCHAR *fmt, va_list ap)
{
    return to_wide(to, size, fmt, ap);
}

int cs_swprintf_s(WCHAR *to, size_t size, const WCHAR *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = to_wide(to, size, fmt, ap);
    va_end(ap);
    return n;
}

int cs_swprintf_unsized(WCHAR *to, const WCHAR *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = to_wide(to, SIZE_MAX, fmt, ap);
    va_end(ap);
    return n;
}

int cs_fputws(const WCHAR *s, FILE *f)
{
    char *text = NULL;
    int n = EOF;

    if (utf8_from_wide(s, &text) == ERR_OK && text)
        n = fputs(text, f);
    mem_free(text);
    return n;
}

int cs_putws(const WCHAR *s)
{
    return cs_fputws(s, stdout) < 0 || fputc('\n', stdout) == EOF ? EOF : 0;
}

/* A line with its feed, however long, in *ret. */
static enum err read_line(FILE *f, char **ret)
{
    struct writer w = writer_new(FORMAT_MAX);
    struct buf out = { 0 };
    enum err e;
    int c = 0;

    while (c != '\n' && (c = fgetc(f)) != EOF)
        writer_u8(&w, (uint8_t)c);
    if (!w.len && !w.err) {
        writer_done(&w);
        return ERR_NOT_FOUND;
    }
    writer_u8(&w, 0);
    e = writer_take(&w, &out);
    if (!e)
        *ret = (char *)out.ptr;
    return e;
}

WCHAR *cs_fgetws(WCHAR *to, int size, FILE *f)
{
    char16_t *wide = NULL;
    char *line = NULL;
    size_t n = 0;
    WCHAR *ret = NULL;

    if (size > 0 && read_line(f, &line) == ERR_OK && wide_from_utf8(line, &wide) == ERR_OK) {
        n = wide_length(wide);
        n = n < (size_t)size ? n : (size_t)size - 1;
        memcpy(to, wide, n * sizeof *to);
        to[n] = 0;
        ret = to;
    }
    mem_free(wide);
    mem_free(line);
    return ret;
}
