/* SPDX-License-Identifier: Apache-2.0
 * config.c - the queue manager's configuration, read.
 */
#include "queue/manager/config.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "acl/sddl.h"
#include "base/detail.h"
#include "base/reader.h"

enum kind { PATH, SDDL, ACCEPT, JOURNAL, SIZE, TIME };

struct row {
    const char *written, *shipped;
    size_t at; /* in the struct */
    uint64_t least, most;
    enum kind kind;
};

static const struct row rows[] = {
#define ROW(field, written, kind, shipped, least, most)                                            \
    { written, shipped, offsetof(struct config, field), least, most, kind },
    CONFIG_LIST(ROW)
#undef ROW
};

enum { ROWS = sizeof rows / sizeof *rows };

struct word {
    const char *text;
    uint64_t value;
};

/* ---- values ---- */

static enum err number_of(const char *text, const struct word *units, uint64_t *ret)
{
    size_t n = strspn(text, "0123456789"), i;
    uint64_t v = 0;

    for (i = 0; i < n; i++) {
        if (v > (INT64_MAX - 9) / 10)
            return ERR_INVALID_PARAMETER;
        v = v * 10 + (uint64_t)(text[i] - '0');
    }
    for (; n && units->text; units++)
        if (strcmp(text + n, units->text) == 0 && v <= INT64_MAX / units->value) {
            *ret = v * units->value;
            return ERR_OK;
        }
    return ERR_INVALID_PARAMETER;
}

enum err config_size_parse(const char *text, uint64_t *ret)
{
    static const struct word units[] = {
        { "", 1 }, { "K", 1024 }, { "M", 1024 * 1024 }, { "G", 1024 * 1024 * 1024 }, { NULL, 0 }
    };

    return number_of(text, units, ret);
}

enum err config_time_parse(const char *text, uint64_t *ret_ms)
{
    static const struct word units[] = { { "ms", 1 },      { "s", 1000 },     { "m", 60000 },
                                         { "h", 3600000 }, { "d", 86400000 }, { NULL, 0 } };

    return number_of(text, units, ret_ms);
}

static enum err word_of(const char *text, const struct word *words, uint64_t *ret)
{
    for (; words->text; words++)
        if (strcmp(text, words->text) == 0) {
            *ret = words->value;
            return ERR_OK;
        }
    return ERR_INVALID_PARAMETER;
}

enum err config_journal_parse(const char *text, uint64_t *ret)
{
    static const struct word words[] = { { "none", CONFIG_JOURNAL_NONE },
                                         { "dead", CONFIG_JOURNAL_DEAD },
                                         { "always", CONFIG_JOURNAL_ALWAYS },
                                         { NULL, 0 } };

    return word_of(text, words, ret);
}

static enum err accept_parse(const char *text, uint64_t *ret)
{
    static const struct word words[] = { { "refuse", CONFIG_UNLISTED_REFUSE },
                                         { "protected", CONFIG_UNLISTED_PROTECTED },
                                         { "accept", CONFIG_UNLISTED_ACCEPT },
                                         { NULL, 0 } };

    return word_of(text, words, ret);
}

typedef enum err number_parse(const char *text, uint64_t *ret);

static enum err take_number(const struct row *r, number_parse *parse, const char *value,
                            struct config *c)
{
    uint64_t v = 0;
    enum err e = parse(value, &v);

    if (!e && r->most && (v < r->least || v > r->most))
        e = ERR_INVALID_PARAMETER;
    if (!e)
        memcpy((char *)c + r->at, &v, sizeof v);
    return e;
}

static enum err take_text(const struct row *r, const char *value, struct config *c)
{
    size_t room = r->kind == PATH ? CONFIG_PATH : CONFIG_SDDL, n = strlen(value);

    if (n >= room || (r->kind == PATH && n && value[0] != '/'))
        return ERR_INVALID_PARAMETER;
    if (r->kind == SDDL && sddl_check_list(value))
        return ERR_INVALID_PARAMETER;
    memcpy((char *)c + r->at, value, n + 1);
    return ERR_OK;
}

static enum err take(const struct row *r, const char *value, struct config *c)
{
    switch (r->kind) {
    case PATH:
    case SDDL:
        return take_text(r, value, c);
    case ACCEPT:
        return take_number(r, accept_parse, value, c);
    case JOURNAL:
        return take_number(r, config_journal_parse, value, c);
    case SIZE:
        return take_number(r, config_size_parse, value, c);
    case TIME:
        return take_number(r, config_time_parse, value, c);
    }
    return ERR_INTERNAL;
}

enum err config_set(const char *name, const char *value, struct config *c)
{
    size_t i;

    for (i = 0; i < ROWS; i++)
        if (strcmp(name, rows[i].written) == 0)
            return take(&rows[i], value, c)
                       ? detail_fail(ERR_INVALID_PARAMETER, "%s cannot be \"%.100s\"", name, value)
                       : ERR_OK;
    return detail_fail(ERR_INVALID_PARAMETER, "there is no setting \"%.100s\"", name);
}

enum err config_init(struct config *c)
{
    enum err e = ERR_OK;
    size_t i;

    *c = (struct config){ .journal = 0 };
    for (i = 0; !e && i < ROWS; i++)
        e = take(&rows[i], rows[i].shipped, c);
    return e;
}

/* ---- lines ---- */

/* Without the blanks around it. */
static char *strip(char *text)
{
    size_t n;

    text += strspn(text, " \t\r");
    for (n = strlen(text); n && strchr(" \t\r", text[n - 1]); n--)
        text[n - 1] = '\0';
    return text;
}

static enum err read_line(struct bytes line, unsigned number, struct config *c)
{
    char room[CONFIG_LINE], *value;
    const char *comment = line.len ? memchr(line.ptr, '#', line.len) : NULL;
    size_t n = comment ? (size_t)(comment - (const char *)line.ptr) : line.len;
    enum err e = ERR_OK;

    if (n >= sizeof room || (n && memchr(line.ptr, 0, n)))
        return detail_fail(ERR_INVALID_PARAMETER, "line %u is too long, or no text", number);
    (void)snprintf(room, sizeof room, "%.*s", (int)n, n ? (const char *)line.ptr : "");
    if (!*strip(room))
        return ERR_OK;
    value = strchr(room, '=');
    if (!value)
        return detail_fail(ERR_INVALID_PARAMETER, "line %u: there is no \"=\"", number);
    *value++ = '\0';
    e = config_set(strip(room), strip(value), c);
    if (e)
        detail_remedy("Line %u; countersign-mqd.conf(5) has every setting.", number);
    return e;
}

enum err config_read(struct bytes text, struct config *c)
{
    struct reader r = reader_over(text);
    unsigned number = 0;
    enum err e = ERR_OK;

    while (!e && reader_left(&r)) {
        struct bytes rest = bytes_of(text.ptr + r.pos, reader_left(&r));
        const uint8_t *end = memchr(rest.ptr, '\n', rest.len);
        size_t n = end ? (size_t)(end - rest.ptr) : rest.len;

        e = read_line(reader_take(&r, n), ++number, c);
        reader_take(&r, end != NULL);
    }
    return e;
}
