/* SPDX-License-Identifier: Apache-2.0
 * policy_text.c - how policy is written.
 *
 * What is not understood never opens a rule: a switch that is named enforces then.
 */
#include "base/policy_text.h"

#include <string.h>

#include "base/policy_value.h"

static bool blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct bytes trim(struct bytes b)
{
    while (b.len && blank(b.ptr[0]))
        b = bytes_of(b.ptr + 1, b.len - 1);
    while (b.len && blank(b.ptr[b.len - 1]))
        b.len--;
    return b;
}

/* What of b stands in front of c; all where there is none. */
static struct bytes before(struct bytes b, char c)
{
    const uint8_t *at = b.len ? memchr(b.ptr, c, b.len) : NULL;

    return at ? bytes_of(b.ptr, (size_t)(at - b.ptr)) : b;
}

static struct bytes behind(struct bytes b, size_t n)
{
    return n < b.len ? bytes_of(b.ptr + n, b.len - n) : (struct bytes){ 0 };
}

/* A word for those who compare texts; false: it is none of theirs. */
static bool word_of(struct bytes b, char ret[32])
{
    if (!b.len || b.len >= 32 || memchr(b.ptr, 0, b.len))
        return false;
    memcpy(ret, b.ptr, b.len);
    ret[b.len] = '\0';
    return true;
}

static bool name_byte(uint8_t c)
{
    return (c | 0x20) - 'a' + 0U < 26 || c - '0' + 0U < 10 || c == '-';
}

static struct bytes name_of(struct bytes line)
{
    size_t n = 0;

    while (n < line.len && name_byte(line.ptr[n]))
        n++;
    return bytes_of(line.ptr, n);
}

/* What is behind the "=". */
static void read_mode(struct bytes text, struct policy_setting *s)
{
    struct bytes mode = text, value;
    char word[32];
    size_t n = 0;

    while (n < text.len && !blank(text.ptr[n]))
        n++;
    mode.len = n;
    value = trim(behind(text, n));
    if (!word_of(mode, word) || policy_mode_parse(word, &s->mode)) {
        s->slip = "says neither off nor audit nor enforce";
    } else if (value.len && policy_value_parse(s->switch_of, value, &s->number)) {
        s->slip = "has a value that is none of the switch";
        s->mode = POLICY_ENFORCE;
    } else {
        s->value = value;
    }
}

static void read_line(struct bytes line, struct policy_setting *s)
{
    struct bytes name = name_of(line), rest = trim(behind(line, name.len));
    char word[32];

    s->mode = POLICY_ENFORCE;
    s->known = word_of(name, word) && policy_parse(word, &s->switch_of) == ERR_OK;
    if (!s->known)
        s->slip = "names no switch";
    else if (line.len > POLICY_LINE_MAX)
        s->slip = "is too long a line";
    else if (!rest.len || rest.ptr[0] != '=')
        s->slip = "has no \"=\" behind the name";
    else
        read_mode(trim(behind(rest, 1)), s);
}

void policy_text_read(struct bytes text, char separator, policy_found *found, void *arg)
{
    struct policy_setting s;
    struct bytes whole, line;
    unsigned n = 0;

    while (text.len) {
        whole = before(text, separator);
        text = behind(text, whole.len + 1);
        line = trim(before(whole, '#'));
        n++;
        if (!line.len)
            continue;
        s = (struct policy_setting){ .line = n };
        read_line(line, &s);
        found(arg, &s, line);
    }
}
