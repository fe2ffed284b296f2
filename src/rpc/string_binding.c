/* SPDX-License-Identifier: Apache-2.0
 * string_binding.c - string bindings, taken apart and put together.  C706 3.1
 */
#include "rpc/string_binding.h"

#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/uuid.h"
#include "base/writer.h"

/* What is left of the text, and where the unescaped parts go: never longer than the text they come
 * from, so a block of its size and a zero for each part holds them all. */
struct scan {
    const char *at;
    char *to;
};

static enum err refuse(const char *text, const char *why)
{
    detail_remedy("Write it as ObjectUUID@ProtocolSequence:NetworkAddress[Endpoint,Option=value], "
                  "the object and the brackets where they are needed.");
    return detail_fail(ERR_RPC_STRING_BINDING, "string binding \"%.200s\": %s", text, why);
}

/* The first unescaped character of stops in s, or its end. */
static const char *find(const char *s, const char *stops)
{
    while (*s && !strchr(stops, *s))
        s += s[0] == '\\' && s[1] ? 2 : 1;
    return s;
}

/* Unescapes up to end. False: a backslash with nothing behind it. */
static bool take(struct scan *s, const char *end, const char **ret)
{
    *ret = s->to;
    while (s->at < end) {
        if (*s->at == '\\' && ++s->at == end)
            return false;
        *s->to++ = *s->at++;
    }
    *s->to++ = '\0';
    return true;
}

static bool has_controls(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

/* Text as UuidFromString and string bindings take it: no braces. */
static bool is_uuid(const char *text)
{
    struct uuid u;

    return text[0] != '{' && uuid_parse(text, &u) == ERR_OK;
}

static bool is_keyword(const char *item, const char *end)
{
    static const char keyword[] = "endpoint=";

    return (size_t)(end - item) >= sizeof keyword - 1 &&
           strncasecmp(item, keyword, sizeof keyword - 1) == 0;
}

/* "[endpoint,name=value,...]", s->at behind the bracket. */
static const char *read_brackets(struct scan *s, struct rpc_string_binding *b)
{
    const char *item = find(s->at, ",]");
    bool keyword = is_keyword(s->at, item);
    bool option = !keyword && *find(s->at, "=,]") == '=';

    if (keyword)
        s->at += strlen("endpoint=");
    if (!option && !take(s, item, &b->endpoint))
        return "it ends in a backslash";
    if (!option && *item == ',')
        s->at++;
    item = find(s->at, "]");
    if (!take(s, item, &b->options))
        return "it ends in a backslash";
    if (*item != ']')
        return "the bracket is not closed";
    s->at++;
    return *s->at ? "something stands behind the bracket" : NULL;
}

static const char *read_parts(struct scan *s, struct rpc_string_binding *b)
{
    const char *end = find(s->at, "@:");

    if (*end == '@') {
        if (!take(s, end, &b->object))
            return "it ends in a backslash";
        s->at++;
        end = find(s->at, ":");
    }
    if (*end != ':')
        return "no colon stands behind the protocol sequence";
    if (!take(s, end, &b->protseq))
        return "it ends in a backslash";
    s->at++;
    end = find(s->at, "[]");
    if (!take(s, end, &b->address))
        return "it ends in a backslash";
    if (*end == ']')
        return "a bracket is closed that was not opened";
    if (!*end)
        return NULL;
    s->at++;
    return read_brackets(s, b);
}

enum err rpc_string_binding_parse(const char *text, struct rpc_string_binding *ret)
{
    struct rpc_string_binding b = { "", "", "", "", "", NULL };
    size_t length = strnlen(text, RPC_STRING_BINDING_MAX + 1);
    const char *why = NULL;
    struct scan s = { text, NULL };
    enum err e = ERR_OK;

    if (length > RPC_STRING_BINDING_MAX)
        return detail_fail(ERR_RPC_STRING_LONG, "string binding of more than %d bytes",
                           RPC_STRING_BINDING_MAX);
    if (has_controls(text))
        return refuse("", "it has control characters");
    b.block = s.to = mem_alloc(length + 5);
    if (!b.block)
        return ERR_NO_MEMORY;
    why = read_parts(&s, &b);
    if (why)
        e = refuse(text, why);
    else if (*b.object ? !is_uuid(b.object) : text[0] == '@')
        e = detail_fail(ERR_RPC_UUID, "string binding \"%.200s\": \"%s\" is no UUID", text,
                        b.object);
    if (e)
        mem_free(b.block);
    else
        *ret = b;
    return e;
}

void rpc_string_binding_free(struct rpc_string_binding *b)
{
    mem_free(b->block);
    *b = (struct rpc_string_binding){ "", "", "", "", "", NULL };
}

static void put(struct writer *w, const char *part, const char *escaped)
{
    for (; part && *part; part++) {
        if (strchr(escaped, *part))
            writer_u8(w, '\\');
        writer_u8(w, (uint8_t)*part);
    }
}

static bool given(const char *part)
{
    return part && *part;
}

enum err rpc_string_binding_format(const struct rpc_string_binding *b, char **ret)
{
    struct writer w = writer_new(RPC_STRING_BINDING_MAX + 1);
    enum err e;

    if (given(b->object) && !is_uuid(b->object))
        return detail_fail(ERR_RPC_UUID, "\"%.64s\" is no UUID", b->object);
    put(&w, b->object, "");
    if (given(b->object))
        writer_u8(&w, '@');
    put(&w, b->protseq, "\\@:");
    writer_u8(&w, ':');
    put(&w, b->address, "\\[]");
    if (given(b->endpoint) || given(b->options)) {
        writer_u8(&w, '[');
        put(&w, b->endpoint, "\\,=]");
        if (given(b->options))
            writer_u8(&w, ',');
        put(&w, b->options, "\\]");
        writer_u8(&w, ']');
    }
    e = writer_take_text(&w, ret);
    if (e != ERR_TOO_LONG)
        return e;
    return detail_fail(ERR_RPC_STRING_LONG, "string binding of more than %d bytes",
                       RPC_STRING_BINDING_MAX);
}
