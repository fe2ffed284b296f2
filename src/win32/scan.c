/* SPDX-License-Identifier: Apache-2.0
 * scan.c - one engine for all of scanf's doors; numbers are the C library's work.
 */
#include "win32/scan.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf16.h"
#include "base/writer.h"

enum { TEXT_MAX = 1 << 20, WIDTH_MAX = 1 << 20 };

enum length { LENGTH_NONE, LENGTH_HH, LENGTH_H, LENGTH_L, LENGTH_64, LENGTH_BIG };
enum outcome { SCAN_STORED, SCAN_PASSED, SCAN_MISMATCH, SCAN_END };

struct spec {
    bool skip; /* the star */
    int width; /* 0: none given */
    enum length length;
    char letter;
    const char *set; /* of [, behind it and the ^ */
    size_t set_size;
    bool set_not;
};

static void read_length(const char **p, struct spec *c)
{
    /* clang-format off */
    static const struct {
        const char *text;
        enum length length;
    } lengths[] = { /* longer ones first */
        { "I64", LENGTH_64 }, { "I32", LENGTH_NONE }, { "hh", LENGTH_HH }, { "ll", LENGTH_64 },
        { "h", LENGTH_H }, { "l", LENGTH_L }, { "w", LENGTH_L }, { "j", LENGTH_64 },
        { "I", sizeof(void *) == 8 ? LENGTH_64 : LENGTH_NONE },
        { "z", sizeof(void *) == 8 ? LENGTH_64 : LENGTH_NONE },
        { "t", sizeof(void *) == 8 ? LENGTH_64 : LENGTH_NONE }, { "L", LENGTH_BIG },
    };
    /* clang-format on */
    size_t i;

    for (i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        if (strncmp(*p, lengths[i].text, strlen(lengths[i].text)) == 0) {
            c->length = lengths[i].length;
            *p += strlen(lengths[i].text);
            return;
        }
    }
}

/* [^]x]: a ] in front is one of the set. */
static void read_set(const char **p, struct spec *c)
{
    c->set_not = **p == '^';
    *p += c->set_not;
    c->set = *p;
    *p += **p == ']';
    *p += strcspn(*p, "]");
    c->set_size = (size_t)(*p - c->set);
    *p += **p == ']';
}

static struct spec read_spec(const char **p)
{
    struct spec c = { 0 };

    c.skip = **p == '*';
    *p += c.skip;
    for (; isdigit((unsigned char)**p); (*p)++)
        if (c.width < WIDTH_MAX)
            c.width = 10 * c.width + (**p - '0');
    read_length(p, &c);
    c.letter = **p;
    *p += **p != '\0';
    if (c.letter == '[')
        read_set(p, &c);
    return c;
}

/* a-z in a set is a range. */
static bool in_set(const struct spec *c, unsigned char byte)
{
    size_t i;

    for (i = 0; i < c->set_size; i++) {
        unsigned char from = (unsigned char)c->set[i], to = from;

        if (i + 2 < c->set_size && c->set[i + 1] == '-') {
            to = (unsigned char)c->set[i + 2];
            i += 2;
        }
        if (byte >= from && byte <= to)
            return !c->set_not;
    }
    return c->set_not;
}

static bool takes(const struct spec *c, int byte)
{
    if (byte == EOF)
        return false;
    if (c->letter == '[')
        return in_set(c, (unsigned char)byte);
    return c->letter == 'c' || c->letter == 'C' || !isspace(byte);
}

static bool is_wide(const struct scan *s, const struct spec *c)
{
    if (c->length == LENGTH_L)
        return true;
    if (c->length == LENGTH_H)
        return false;
    return (c->letter == 'S' || c->letter == 'C') != s->wide;
}

/* The characters of a field; *ret_units is their number as the target counts them. */
static struct writer read_field(const struct scan *s, const struct spec *c, size_t *ret_units,
                                int *read)
{
    bool single = c->letter == 'c' || c->letter == 'C', wide = is_wide(s, c);
    size_t most = c->width ? (size_t)c->width : single ? 1 : WIDTH_MAX, units = 0, more;
    struct writer w = writer_new(TEXT_MAX);
    int byte;

    for (;;) {
        byte = fgetc(s->file);
        more = !wide ? 1 : byte >= 0xf0 ? 2 : (byte & 0xc0) != 0x80;
        if (!takes(c, byte) || units + more > most)
            break;
        writer_u8(&w, (uint8_t)byte);
        units += more;
        (*read)++;
    }
    if (byte != EOF)
        ungetc(byte, s->file);
    *ret_units = units;
    return w;
}

/* Text of n units and its zero, which %c has not; false where they do not fit. */
static bool store_text(void *to, size_t room, bool wide, bool zero, const char *text, size_t n)
{
    char16_t *units = NULL;
    size_t size = wide ? sizeof *units : 1;
    bool ok = n + zero <= room;

    if (!ok) {
        memset(to, 0, room ? size : 0);
        return false;
    }
    if (wide)
        ok = wide_from_utf8(text, &units) == ERR_OK && wide_length(units) == n;
    if (ok)
        memcpy(to, wide ? (const void *)units : (const void *)text, (n + zero) * size);
    mem_free(units);
    return ok;
}

static enum outcome scan_text(const struct scan *s, const struct spec *c, va_list *ap, int *read)
{
    bool single = c->letter == 'c' || c->letter == 'C', wide = is_wide(s, c), ok = true;
    enum outcome outcome = SCAN_MISMATCH;
    size_t units = 0, room = SIZE_MAX;
    char *text = NULL;
    void *to = NULL;
    struct writer w;

    if (!c->skip)
        to = va_arg(*ap, void *);
    if (!c->skip && s->sized)
        room = va_arg(*ap, unsigned);
    w = read_field(s, c, &units, read);
    if (units == 0)
        outcome = feof(s->file) ? SCAN_END : SCAN_MISMATCH;
    ok = units > 0 && (!single || !c->width || units == (size_t)c->width);
    if (writer_take_text(&w, &text) == ERR_OK && ok)
        outcome = c->skip                                            ? SCAN_PASSED
                  : store_text(to, room, wide, !single, text, units) ? SCAN_STORED
                                                                     : SCAN_MISMATCH;
    mem_free(text);
    return outcome;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* By the C library: one conversion, and how much it took. */
static enum outcome scan_number(const struct scan *s, const struct spec *c, va_list *ap, int *read)
{
    static const char *const lengths[] = { "", "hh", "h", "", "ll", "L" };
    bool fraction = strchr("eEfFgGaA", c->letter) != NULL;
    char fmt[48], digits[16] = "";
    int took = -1, n;

    if (c->width)
        snprintf(digits, sizeof digits, "%d", c->width);
    snprintf(fmt, sizeof fmt, "%%%s%s%s%c%%n", c->skip ? "*" : "", digits,
             fraction && c->length == LENGTH_L ? "l" : lengths[c->length],
             c->letter == 'p' ? 'x' : c->letter);
    n = c->skip ? fscanf(s->file, fmt, &took) : fscanf(s->file, fmt, va_arg(*ap, void *), &took);
    if (took >= 0)
        *read += took;
    if (n == EOF)
        return SCAN_END;
    return took < 0 ? SCAN_MISMATCH : c->skip ? SCAN_PASSED : SCAN_STORED;
}

#pragma GCC diagnostic pop

static void skip_blanks(const struct scan *s, int *read)
{
    int byte;

    while (isspace(byte = fgetc(s->file)))
        (*read)++;
    if (byte != EOF)
        ungetc(byte, s->file);
}

static enum outcome scan_literal(const struct scan *s, char want, int *read)
{
    int byte = fgetc(s->file);

    if (byte == (unsigned char)want) {
        (*read)++;
        return SCAN_PASSED;
    }
    if (byte == EOF)
        return SCAN_END;
    ungetc(byte, s->file);
    return SCAN_MISMATCH;
}

static void store_read(const struct spec *c, va_list *ap, int read)
{
    void *to = va_arg(*ap, void *);

    if (c->length == LENGTH_64)
        *(int64_t *)to = read;
    else if (c->length == LENGTH_H)
        *(int16_t *)to = (int16_t)read;
    else if (c->length == LENGTH_HH)
        *(int8_t *)to = (int8_t)read;
    else
        *(int32_t *)to = read;
}

static enum outcome scan_one(const struct scan *s, struct spec *c, va_list *ap, int *read)
{
    switch (c->letter) {
    case '%':
        skip_blanks(s, read);
        return scan_literal(s, '%', read);
    case 'n':
        if (!c->skip)
            store_read(c, ap, *read);
        return SCAN_PASSED;
    case 's':
    case 'S':
        skip_blanks(s, read);
        return scan_text(s, c, ap, read);
    case 'c':
    case 'C':
    case '[':
        return scan_text(s, c, ap, read);
    case 'p':
        c->length = sizeof(void *) == 8 ? LENGTH_64 : LENGTH_NONE;
        return scan_number(s, c, ap, read);
    default:
        return c->letter && strchr("diouxXeEfFgGaA", c->letter) ? scan_number(s, c, ap, read)
                                                                : SCAN_MISMATCH;
    }
}

int scan_read(const struct scan *s, const char *fmt, va_list ap)
{
    enum outcome outcome = SCAN_PASSED;
    int stored = 0, read = 0;
    va_list args;

    va_copy(args, ap);
    while (*fmt && outcome < SCAN_MISMATCH) {
        if (isspace((unsigned char)*fmt)) {
            skip_blanks(s, &read);
            fmt++;
        } else if (*fmt != '%') {
            outcome = scan_literal(s, *fmt++, &read);
        } else {
            struct spec c;

            fmt++;
            c = read_spec(&fmt);
            outcome = scan_one(s, &c, &args, &read);
            stored += outcome == SCAN_STORED;
        }
    }
    va_end(args);
    return outcome == SCAN_END && stored == 0 ? EOF : stored;
}
