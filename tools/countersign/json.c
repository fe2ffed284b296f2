/* SPDX-License-Identifier: Apache-2.0
 * json.c - the little JSON a command writes.  RFC 8259
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/utf16.h"

#include "out.h"

enum { DEPTH = 16 }; /* no finding is nested deeper; one more is a bug, and stops at once */

static struct {
    char close;
    bool filled;
} stack[DEPTH];

static int depth;

/* Controls, and what turns the order of what is read, as JSON has them: a terminal that shows the
 * report must not be steered by it. How many bytes of s are done with; 0: they are to be written.
 */
static size_t escape(const char *s, bool valid)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t n = utf8_steering(s);

    if (u[0] == '"' || u[0] == '\\')
        printf("\\%c", u[0]);
    else if (u[0] >= 0x80 && !valid)
        fputs("\\ufffd", stdout); /* a reader must not choke on what a directory holds */
    else if (n == 1)
        printf("\\u%04x", u[0]);
    else if (n == 2)
        printf("\\u%04x", (u[0] & 0x1f) << 6 | (u[1] & 0x3f));
    else if (n == 3)
        printf("\\u%04x", (u[0] & 0xf) << 12 | (u[1] & 0x3f) << 6 | (u[2] & 0x3f));
    else
        return 0;
    return valid && n ? n : 1;
}

static void string(const char *s)
{
    bool valid = utf8_valid(bytes_of_text(s));
    size_t n;

    putchar('"');
    for (; *s; s += n) {
        n = escape(s, valid);
        if (!n)
            putchar(s[n++]);
    }
    putchar('"');
}

static void begin(const char *name)
{
    if (depth) {
        if (stack[depth - 1].filled)
            putchar(',');
        stack[depth - 1].filled = true;
        printf("\n%*s", 2 * depth, "");
    }
    if (name) {
        string(name);
        fputs(": ", stdout);
    }
}

static void push(const char *name, char open, char close)
{
    begin(name);
    if (depth == DEPTH)
        __builtin_trap();
    putchar(open);
    stack[depth].close = close;
    stack[depth++].filled = false;
}

void json_object(const char *name)
{
    push(name, '{', '}');
}

void json_array(const char *name)
{
    push(name, '[', ']');
}

void json_end(void)
{
    if (depth == 0)
        __builtin_trap();
    depth--;
    if (stack[depth].filled)
        printf("\n%*s", 2 * depth, "");
    putchar(stack[depth].close);
    if (depth == 0)
        putchar('\n');
}

void json_text(const char *name, const char *value)
{
    begin(name);
    if (value)
        string(value);
    else
        fputs("null", stdout);
}

void json_number(const char *name, int64_t value)
{
    begin(name);
    printf("%" PRId64, value);
}

void json_bool(const char *name, bool value)
{
    begin(name);
    fputs(value ? "true" : "false", stdout);
}
