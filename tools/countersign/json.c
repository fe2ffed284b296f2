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

static void string(const char *s)
{
    bool valid = utf8_valid(bytes_of_text(s));

    putchar('"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;

        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            printf("\\u%04x", c);
        else if (c >= 0x80 && !valid)
            fputs("\\ufffd", stdout); /* a reader must not choke on what a directory holds */
        else
            putchar(c);
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
