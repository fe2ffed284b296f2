/* SPDX-License-Identifier: Apache-2.0
 * ns_text.c - what stands in the attributes of the RPC name service's objects.
 */
#include "names/ns_text.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/host_name.h"
#include "base/reader.h"

/* ---- numbers, UUIDs ---- */

/* A decimal number of 16 bits, as it would be written: no sign, no zero before it. */
static uint16_t take_number(struct reader *r)
{
    uint32_t v = 0;
    size_t digits = 0;

    while (reader_left(r) && r->base[r->pos] >= '0' && r->base[r->pos] <= '9') {
        if (digits && v == 0)
            reader_fail(r, ERR_MALFORMED);
        v = v * 10 + (uint32_t)(reader_u8(r) - '0');
        if (++digits > 5 || v > UINT16_MAX)
            reader_fail(r, ERR_MALFORMED);
    }
    if (!digits)
        reader_fail(r, ERR_MALFORMED);
    return r->err ? 0 : (uint16_t)v;
}

static void take_uuid(struct reader *r, struct uuid *ret)
{
    struct bytes b = reader_take(r, UUID_TEXT - 1);
    char text[UUID_TEXT] = "";

    if (b.len)
        memcpy(text, b.ptr, b.len);
    if (!r->err && (text[0] == '{' || memchr(text, 0, b.len) || uuid_parse(text, ret)))
        reader_fail(r, ERR_MALFORMED);
}

/* Whatever was missing, it is not of the form. */
static enum err verdict(struct reader *r)
{
    reader_end(r);
    return r->err ? ERR_MALFORMED : ERR_OK;
}

enum err ns_if_parse(struct bytes text, struct ns_if *ret)
{
    struct reader r = reader_over(text);
    struct ns_if f = { 0 };
    enum err e;

    take_uuid(&r, &f.id);
    reader_expect(&r, ",", 1);
    f.major = take_number(&r);
    reader_expect(&r, ".", 1);
    f.minor = take_number(&r);
    e = verdict(&r);
    if (!e)
        *ret = f;
    return e;
}

void ns_if_format(const struct ns_if *f, char to[NS_IF_TEXT])
{
    char id[UUID_TEXT];

    uuid_format(&f->id, id);
    snprintf(to, NS_IF_TEXT, "%s,%u.%u", id, f->major, f->minor);
}

enum err ns_object_parse(struct bytes text, struct uuid *ret)
{
    struct reader r = reader_over(text);
    struct uuid u = { 0 };
    enum err e;

    take_uuid(&r, &u);
    e = verdict(&r);
    if (!e)
        *ret = u;
    return e;
}

/* ---- bindings ---- */

/* Whether it names another host: a client that is told to look here at itself would call whoever
 * waits for that. The protocol sequence is spelt out, so that no escape hides which one it is. */
static bool leads_away(struct bytes b)
{
    static const char local[] = "ncalrpc";
    size_t n = 0;

    while (n < b.len && ((b.ptr[n] >= 'a' && b.ptr[n] <= 'z') || b.ptr[n] == '_'))
        n++;
    return n && b.len > n + 1 && b.ptr[n] == ':' && b.ptr[n + 1] != '[' &&
           !(n == sizeof local - 1 && memcmp(b.ptr, local, n) == 0);
}

/* One word of what is to be read, without controls: the string binding is parsed where it is used.
 */
static bool is_binding(struct bytes b)
{
    size_t i;

    for (i = 0; i < b.len; i++)
        if (b.ptr[i] <= ' ' || b.ptr[i] >= 0x7f)
            return false;
    return leads_away(b) && !memchr(b.ptr, '@', b.len);
}

static struct bytes take_word(struct reader *r)
{
    const uint8_t *end = reader_left(r) ? memchr(r->base + r->pos, ' ', reader_left(r)) : NULL;

    return reader_take(r, end ? (size_t)(end - r->base) - r->pos : reader_left(r));
}

enum err ns_binding_parse(struct bytes text, struct ns_binding *ret)
{
    struct reader r = reader_over(text);
    struct ns_binding b = { 0 };
    struct bytes host, binding;

    if (text.len > NS_BINDING_MOST)
        return ERR_MALFORMED;
    reader_expect(&r, "1 ", 2);
    host = take_word(&r);
    reader_expect(&r, " ", 1);
    binding = reader_rest(&r);
    if (verdict(&r) || !host_name_valid(host) || !is_binding(binding))
        return ERR_MALFORMED;
    b.host = mem_strndup((const char *)host.ptr, host.len);
    b.text = mem_strndup((const char *)binding.ptr, binding.len);
    if (!b.host || !b.text) {
        ns_binding_free(&b);
        return ERR_NO_MEMORY;
    }
    *ret = b;
    return ERR_OK;
}

enum err ns_binding_format(const struct ns_binding *b, char **ret)
{
    char *text;

    if (!host_name_valid(bytes_of_text(b->host)) || !is_binding(bytes_of_text(b->text)) ||
        strlen(b->host) + strlen(b->text) + 3 > NS_BINDING_MOST)
        return ERR_INVALID_PARAMETER;
    text = mem_printf("1 %s %s", b->host, b->text);
    if (!text)
        return ERR_NO_MEMORY;
    *ret = text;
    return ERR_OK;
}

void ns_binding_free(struct ns_binding *b)
{
    mem_free(b->host);
    mem_free(b->text);
    *b = (struct ns_binding){ 0 };
}

/* ---- what matches ---- */

bool ns_uuid_equal(const struct uuid *a, const struct uuid *b)
{
    return a->data1 == b->data1 && a->data2 == b->data2 && a->data3 == b->data3 &&
           memcmp(a->data4, b->data4, sizeof a->data4) == 0;
}

bool ns_uuid_is_nil(const struct uuid *u)
{
    static const struct uuid nil;

    return ns_uuid_equal(u, &nil);
}

bool ns_if_matches(const struct ns_if *asked, enum ns_versions how, const struct ns_if *offered)
{
    if (!ns_uuid_equal(&asked->id, &offered->id))
        return false;
    switch (how) {
    case NS_ALL:
        return true;
    case NS_COMPATIBLE:
        return offered->major == asked->major && offered->minor >= asked->minor;
    case NS_EXACT:
        return offered->major == asked->major && offered->minor == asked->minor;
    case NS_MAJOR_ONLY:
        return offered->major == asked->major;
    case NS_UPTO:
        return offered->major < asked->major ||
               (offered->major == asked->major && offered->minor <= asked->minor);
    }
    return false;
}
