/* SPDX-License-Identifier: Apache-2.0
 * identity_map.c - the map from clients to local accounts, read line by line.
 */
#include "base/identity_map.h"

#include <string.h>

#include "base/detail.h"
#include "base/utf16.h"

struct reading {
    const struct identity_map_who *who;
    struct identity_map_target found;
    bool has_found, has_minimum;
    unsigned line, named_in; /* the line that has its name, where only a SID counts; 0: none */
};

/* ---- words ---- */

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

/* Takes what stands in front of c off *rest; false where there is no c: then it is all. */
static bool cut(struct bytes *rest, char c, struct bytes *ret)
{
    const uint8_t *at = rest->len ? memchr(rest->ptr, c, rest->len) : NULL;
    size_t n = at ? (size_t)(at - rest->ptr) : rest->len;

    *ret = bytes_of(rest->ptr, n);
    *rest = at ? bytes_of(at + 1, rest->len - n - 1) : (struct bytes){ 0 };
    return at != NULL;
}

static bool is_text(struct bytes b, const char *text)
{
    return bytes_equal(b, bytes_of(text, strlen(text)));
}

/* 1 to 4294967294: 0 is root's, and the last one nobody's. */
static bool read_id(struct bytes b, uint32_t *ret)
{
    uint64_t n = 0;
    size_t i;

    for (i = 0; i < b.len && n < UINT32_MAX; i++) {
        if (b.ptr[i] < '0' || b.ptr[i] > '9')
            return false;
        n = n * 10 + (b.ptr[i] - '0');
    }
    *ret = (uint32_t)n;
    return i == b.len && n && n < UINT32_MAX;
}

static bool letter(uint8_t c)
{
    return (c | 0x20) - 'a' + 0U < 26 || c == '_';
}

static bool read_name(struct bytes b, char ret[IDENTITY_MAP_NAME])
{
    size_t i;

    if (!b.len || b.len >= IDENTITY_MAP_NAME || !letter(b.ptr[0]))
        return false;
    for (i = 1; i < b.len; i++)
        if (!letter(b.ptr[i]) && b.ptr[i] - '0' + 0U >= 10 && b.ptr[i] != '-' && b.ptr[i] != '.')
            return false;
    memcpy(ret, b.ptr, b.len);
    ret[b.len] = '\0';
    return true;
}

static bool is_principal(struct bytes b)
{
    size_t i;

    if (b.len < 3 || b.ptr[0] == '@' || b.ptr[b.len - 1] == '@' || !memchr(b.ptr, '@', b.len) ||
        !utf8_valid(b))
        return false;
    for (i = 0; i < b.len; i++)
        if (b.ptr[i] <= ' ' || b.ptr[i] == 0x7f || b.ptr[i] == '*') /* which would be no pattern */
            return false;
    return true;
}

static bool read_sid(struct bytes b, struct sid *ret)
{
    char text[SID_TEXT];

    if (b.len >= sizeof text || memchr(b.ptr, 0, b.len))
        return false;
    memcpy(text, b.ptr, b.len);
    text[b.len] = '\0';
    return sid_parse(text, ret) == ERR_OK;
}

/* ---- lines ---- */

static enum err bad(const struct reading *r, const char *what)
{
    return detail_fail(ERR_MALFORMED, "line %u of the impersonation map %s: it is good for nobody",
                       r->line, what);
}

static bool read_target(struct bytes b, struct identity_map_target *t)
{
    struct bytes uid;

    if (b.len && letter(b.ptr[0]))
        return read_name(b, t->name);
    t->has_gid = cut(&b, ':', &uid);
    return read_id(trim(uid), &t->uid) && (!t->has_gid || read_id(trim(b), &t->gid));
}

static enum err read_minimum(struct reading *r, struct bytes value)
{
    if (r->has_minimum)
        return bad(r, "says minimum-uid again");
    r->has_minimum = true;
    return read_id(value, &r->found.minimum) ? ERR_OK : bad(r, "has no uid behind minimum-uid");
}

static enum err keep(struct reading *r, const struct identity_map_target *t)
{
    uint32_t minimum = r->found.minimum;

    if (r->has_found)
        return bad(r, "is the second about one client");
    r->has_found = true;
    r->found = *t;
    r->found.minimum = minimum;
    return ERR_OK;
}

static enum err read_client(struct reading *r, struct bytes client, struct bytes target)
{
    const struct identity_map_who *who = r->who;
    struct identity_map_target t = { 0 };
    bool is_sid = client.len > 2 && memcmp(client.ptr, "S-", 2) == 0;
    struct sid sid = { 0 };

    if (is_sid ? !read_sid(client, &sid) : !is_principal(client))
        return bad(r, "begins with neither a SID nor user@REALM");
    if (!read_target(target, &t))
        return bad(r, "has neither the name of a local user nor uid or uid:gid behind the \"=\"");
    if (is_sid)
        return who->sid && sid_equal(&sid, who->sid) ? keep(r, &t) : ERR_OK;
    if (!is_text(client, who->principal))
        return ERR_OK;
    if (!who->sid)
        return keep(r, &t);
    r->named_in = r->line;
    return ERR_OK;
}

static enum err read_line(struct reading *r, struct bytes line)
{
    struct bytes text, client;

    (void)cut(&line, '#', &text);
    text = trim(text);
    if (!text.len)
        return ERR_OK;
    if (text.len > IDENTITY_MAP_LINE)
        return bad(r, "is longer than 1024 bytes");
    if (!cut(&text, '=', &client))
        return bad(r, "has no \"=\"");
    client = trim(client);
    text = trim(text);
    return is_text(client, "minimum-uid") ? read_minimum(r, text) : read_client(r, client, text);
}

static enum err not_there(const struct reading *r)
{
    char sid[SID_TEXT];

    if (!r->who->sid)
        return detail_fail(ERR_NOT_FOUND, "no line of the impersonation map is about %.200s",
                           r->who->principal);
    sid_format(r->who->sid, sid);
    if (r->named_in)
        detail_remedy("Line %u has the name: write \"%s\" in its place, which is never another's.",
                      r->named_in, sid);
    return detail_fail(ERR_NOT_FOUND, "no line of the impersonation map is about %s (%.200s)", sid,
                       r->who->principal);
}

enum err identity_map_find(struct bytes text, const struct identity_map_who *who,
                           struct identity_map_target *ret)
{
    struct reading r = { .who = who, .found.minimum = IDENTITY_MAP_MINIMUM };
    struct bytes line;
    enum err e = ERR_OK;

    while (!e && text.len) {
        (void)cut(&text, '\n', &line);
        r.line++;
        e = read_line(&r, line);
    }
    if (e)
        return e;
    if (!r.has_found)
        return not_there(&r);
    if (!r.found.name[0] && r.found.uid < r.found.minimum)
        return detail_fail(ERR_MALFORMED,
                           "the impersonation map makes %.200s uid %u, and %u is the least",
                           who->principal, r.found.uid, r.found.minimum);
    *ret = r.found;
    return ERR_OK;
}
