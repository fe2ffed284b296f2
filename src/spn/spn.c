/* SPDX-License-Identifier: Apache-2.0
 * spn.c - the grammar of service principal names.  [MS-ADTS] 5.1.1.4, DsMakeSpn, DsCrackSpn
 */
#include "spn/spn.h"

#include <stdio.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/utf16.h"

/* What CredMarshalTargetInfo puts in front of every structure it appends to a name. */
#define TARGET_INFO_MARK "1UWhRCA"

bool spn_carries_target_info(const char *name)
{
    return name && strcasestr(name, TARGET_INFO_MARK) != NULL;
}

/* Which characters a component cannot have, besides controls and the slash. */
#define NOT_IN_CLASS ":@ "
#define NOT_IN_PORT_NAME ":@ []"

static bool has_control(const char *s)
{
    const unsigned char *p;

    for (p = (const unsigned char *)s; *p; p++)
        if (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f))
            return true;
    return false;
}

static enum err check_component(const char *what, const char *s, const char *forbidden)
{
    if (!s || !*s)
        return detail_fail(ERR_MALFORMED, "the SPN has no %s", what);
    if (strlen(s) > SPN_MAX)
        return detail_fail(ERR_TOO_LONG, "the SPN's %s has %zu bytes, at most %d are allowed", what,
                           strlen(s), SPN_MAX);
    if (!utf8_valid(bytes_of_text(s)) || has_control(s))
        return detail_fail(ERR_MALFORMED, "the SPN's %s holds control characters or is not UTF-8",
                           what);
    if (strchr(s, '/') || strpbrk(s, forbidden))
        return detail_fail(ERR_MALFORMED, "the SPN's %s \"%s\" holds a character it may not", what,
                           s);
    if (spn_carries_target_info(s))
        return detail_fail(ERR_MALFORMED,
                           "the SPN's %s \"%s\" carries marshalled target information", what, s);
    return ERR_OK;
}

/* A colon outside the brackets of an IPv6 address would read as a port. */
static enum err check_instance(const char *s)
{
    size_t len;
    enum err e = check_component("host", s, "");

    if (e)
        return e;
    len = strlen(s);
    if (s[0] == '[') {
        if (len < 4 || s[len - 1] != ']' || strspn(s + 1, "0123456789abcdefABCDEF:.") != len - 2)
            return detail_fail(ERR_MALFORMED, "\"%s\" is no address in brackets", s);
        return ERR_OK;
    }
    if (strpbrk(s, ":[]"))
        return detail_fail(ERR_MALFORMED, "the SPN's host \"%s\" holds a colon or a bracket", s);
    return ERR_OK;
}

static bool is_realm(const char *s)
{
    return *s &&
           s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_")] == 0;
}

static enum err check(const struct spn *s)
{
    enum err e = check_component("service class", s->service_class, NOT_IN_CLASS);

    if (!e)
        e = check_instance(s->instance);
    if (!e && s->service)
        e = check_component("service name", s->service, "");
    if (!e && s->port_name)
        e = check_component("port", s->port_name, NOT_IN_PORT_NAME);
    if (!e && s->port_name && s->port_name[strspn(s->port_name, "0123456789")] == 0)
        e = detail_fail(ERR_MALFORMED, "the SPN's port %s is out of range", s->port_name);
    if (!e && s->realm && !is_realm(s->realm))
        e = detail_fail(ERR_MALFORMED, "\"%s\" is no realm", s->realm);
    return e;
}

/* "1".."65535" without leading zeros, so that what is read is written back equal. */
static uint16_t parse_port(const char *s)
{
    unsigned long v = 0;
    size_t n = strspn(s, "0123456789");

    if (n == 0 || n > 5 || s[n] || s[0] == '0')
        return 0;
    for (; *s; s++)
        v = v * 10 + (unsigned long)(*s - '0');
    return v <= UINT16_MAX ? (uint16_t)v : 0;
}

/* Ends the host at its port, if it has one. */
static enum err split_port(char *host, struct spn *s)
{
    char *colon = host[0] == '[' ? strchr(host, ']') : strchr(host, ':');

    if (host[0] == '[') {
        if (!colon)
            return detail_fail(ERR_MALFORMED, "the SPN's host lacks its closing bracket");
        colon++;
        if (*colon && *colon != ':')
            return detail_fail(ERR_MALFORMED, "something follows the SPN's address in brackets");
    }
    s->instance = host;
    if (!colon || !*colon)
        return ERR_OK;
    *colon++ = '\0';
    s->port = parse_port(colon);
    if (!s->port)
        s->port_name = colon;
    return ERR_OK;
}

static enum err split(struct spn *s)
{
    char *slash = strchr(s->block, '/'), *host;

    s->service_class = s->block;
    if (!slash)
        return detail_fail(ERR_MALFORMED, "\"%s\" is no SPN: it has no slash", s->block);
    *slash = '\0';
    host = slash + 1;
    slash = strchr(host, '/');
    if (slash) {
        *slash = '\0';
        s->service = slash + 1;
    }
    return split_port(host, s);
}

static enum err parse(const char *text, bool with_realm, struct spn *ret)
{
    struct spn s = { 0 };
    char *at;
    enum err e;

    if (!text)
        return detail_fail(ERR_INVALID_PARAMETER, "no SPN given");
    if (strlen(text) > SPN_MAX)
        return detail_fail(ERR_TOO_LONG, "the SPN has %zu bytes, at most %d are allowed",
                           strlen(text), SPN_MAX);
    s.block = mem_strdup(text);
    if (!s.block)
        return ERR_NO_MEMORY;
    at = with_realm ? strrchr(s.block, '@') : NULL;
    if (at && is_realm(at + 1)) {
        *at = '\0';
        s.realm = at + 1;
    }
    e = split(&s);
    if (!e)
        e = check(&s);
    if (e)
        spn_free(&s);
    else
        *ret = s;
    return e;
}

enum err spn_parse(const char *text, struct spn *ret)
{
    return parse(text, false, ret);
}

enum err spn_parse_target(const char *text, struct spn *ret)
{
    return parse(text, true, ret);
}

void spn_free(struct spn *s)
{
    mem_free(s->block);
    *s = (struct spn){ 0 };
}

enum err spn_format(const struct spn *s, char **ret)
{
    char port[8] = "", *text;
    enum err e = check(s);

    if (e)
        return e;
    if (s->port)
        snprintf(port, sizeof port, "%u", s->port);
    text = mem_printf("%s/%s%s%s%s%s%s%s", s->service_class, s->instance,
                      s->port || s->port_name ? ":" : "",
                      s->port        ? port
                      : s->port_name ? s->port_name
                                     : "",
                      s->service ? "/" : "", s->service ? s->service : "", s->realm ? "@" : "",
                      s->realm ? s->realm : "");
    if (!text)
        return ERR_NO_MEMORY;
    if (strlen(text) > SPN_MAX) {
        e = detail_fail(ERR_TOO_LONG, "the SPN has %zu bytes, at most %d are allowed", strlen(text),
                        SPN_MAX);
        mem_free(text);
        return e;
    }
    *ret = text;
    return ERR_OK;
}

bool spn_same(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}
