/* SPDX-License-Identifier: Apache-2.0
 * template.c - the escapes of message templates.  winbase.h, FormatMessage
 */
#include "win32/template.h"

enum {
    INSERTS = 99,
    SLOTS = INSERTS + 2, /* the last insert may take its width and precision from two more */
    FORMAT_BYTES = 64,
};

struct fill {
    struct writer *w;
    const struct template_options *o;
    struct format_args *args;
    uintptr_t slot[SLOTS];
    size_t have; /* of slot, read from args */
};

/* Arguments are read from a va_list once, in order, as far as somebody asked. */
static void need(struct fill *f, size_t count)
{
    for (; f->have < count && f->have < SLOTS; f->have++)
        f->slot[f->have] = f->args->ap     ? (uintptr_t)va_arg(*f->args->ap, void *)
                           : f->args->slot ? f->args->slot[f->have]
                                           : 0;
}

/* "!format!" after an insert's number, or what stands for it. */
static enum err read_format(const char **p, char to[FORMAT_BYTES])
{
    const char *end = NULL;

    if (**p != '!') {
        memcpy(to, "s", 2);
        return ERR_OK;
    }
    end = strchr(*p + 1, '!');
    if (!end || end - *p - 1 >= FORMAT_BYTES || end == *p + 1)
        return ERR_INVALID_PARAMETER;
    memcpy(to, *p + 1, (size_t)(end - *p - 1));
    to[end - *p - 1] = '\0';
    *p = end + 1;
    return ERR_OK;
}

static enum err insert(struct fill *f, const char **p)
{
    char format[FORMAT_BYTES];
    struct format_args args = { 0 };
    const char *spec = format;
    const char *star = NULL;
    size_t n = (size_t)(*(*p)++ - '0');
    size_t count;
    enum err e;

    if (**p >= '0' && **p <= '9')
        n = 10 * n + (size_t)(*(*p)++ - '0');
    e = read_format(p, format);
    if (e)
        return e;
    count = n;
    for (star = strchr(format, '*'); star; star = strchr(star + 1, '*'))
        count++;
    if (count > SLOTS || (!f->args->ap && !f->args->slot))
        return ERR_INVALID_PARAMETER;
    need(f, count);
    args.slot = &f->slot[n - 1];
    e = format_one(f->w, f->o->wide, &spec, &args);
    return e ? e : *spec ? ERR_INVALID_PARAMETER : ERR_OK;
}

/* What follows a '%'; *ret_end for "%0". */
static enum err escape(struct fill *f, const char **p, bool *ret_end)
{
    char c = **p;

    if (c >= '1' && c <= '9')
        return insert(f, p);
    if (c)
        (*p)++;
    switch (c) {
    case '\0':
    case '0':
        *ret_end = true;
        break;
    case 'n':
        writer_bytes(f->w, bytes_of_text("\r\n"));
        break;
    case 'r':
        writer_u8(f->w, '\r');
        break;
    case 't':
        writer_u8(f->w, '\t');
        break;
    case 'b':
        writer_u8(f->w, ' ');
        break;
    default: /* "%%", "%.", "%!", "% " and whatever else stands for itself */
        writer_u8(f->w, (uint8_t)c);
    }
    return f->w->err;
}

static void plain(struct fill *f, const char **p)
{
    char c = *(*p)++;

    if (c == '\r' && **p == '\n')
        c = *(*p)++;
    if (c != '\n')
        writer_u8(f->w, (uint8_t)c);
    else
        writer_bytes(f->w, bytes_of_text(f->o->join_lines ? " " : "\r\n"));
}

enum err template_fill(struct writer *w, const struct template_options *o, const char *text,
                       struct format_args *args)
{
    struct fill f = { .w = w, .o = o, .args = args };
    bool end = false;
    enum err e = ERR_OK;

    while (*text && !end && !e) {
        if (*text == '%' && !o->ignore_inserts) {
            text++;
            e = escape(&f, &text, &end);
        } else {
            plain(&f, &text);
        }
    }
    return e ? e : w->err;
}
