/* SPDX-License-Identifier: Apache-2.0
 * filter.c - search filters with values of others in them.  RFC 4515 3
 */
#include "directory/filter.h"

#include <stdarg.h>

#include "base/writer.h"

static void put_escaped(struct writer *w, uint8_t c)
{
    static const char digits[] = "0123456789abcdef";

    writer_u8(w, '\\');
    writer_u8(w, (uint8_t)digits[c >> 4]);
    writer_u8(w, (uint8_t)digits[c & 15]);
}

static void put_text(struct writer *w, struct bytes value)
{
    size_t i;

    for (i = 0; i < value.len; i++) {
        uint8_t c = value.ptr[i];

        if (c < 0x20 || c == 0x7f || strchr("*()\\", c))
            put_escaped(w, c);
        else
            writer_u8(w, c);
    }
}

enum err filter_escape(struct bytes value, char **ret)
{
    struct writer w = writer_new(FILTER_MAX);

    put_text(&w, value);
    return writer_take_text(&w, ret);
}

enum err filter_escape_bytes(struct bytes value, char **ret)
{
    struct writer w = writer_new(FILTER_MAX);
    size_t i;

    for (i = 0; i < value.len; i++)
        put_escaped(&w, value.ptr[i]);
    return writer_take_text(&w, ret);
}

enum err filter_format(char **ret, const char *pattern, ...)
{
    struct writer w = writer_new(FILTER_MAX);
    const char *at;
    va_list ap;

    va_start(ap, pattern);
    while ((at = strstr(pattern, "%s")) != NULL) {
        writer_bytes(&w, bytes_of(pattern, (size_t)(at - pattern)));
        put_text(&w, bytes_of_text(va_arg(ap, const char *)));
        pattern = at + 2;
    }
    va_end(ap);
    writer_bytes(&w, bytes_of_text(pattern));
    return writer_take_text(&w, ret);
}
