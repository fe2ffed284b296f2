/* SPDX-License-Identifier: Apache-2.0
 * server_name.c - a directory server as a caller writes it.
 */
#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/session.h"

enum { PORT_LDAP = 389, PORT_LDAPS = 636 };

static bool strip(const char **text, const char *prefix)
{
    size_t n = strlen(prefix);

    if (strncasecmp(*text, prefix, n) != 0)
        return false;
    *text += n;
    return true;
}

static enum err parse_port(const char *s, uint16_t *ret)
{
    unsigned long v = 0;
    size_t n = strspn(s, "0123456789"), i;

    for (i = 0; i < n && n <= 5; i++)
        v = v * 10 + (unsigned long)(s[i] - '0');
    if (n == 0 || n > 5 || v == 0 || v > UINT16_MAX || (s[n] && strcmp(s + n, "/") != 0))
        return detail_fail(ERR_INVALID_PARAMETER, "\"%s\" is no port", s);
    *ret = (uint16_t)v;
    return ERR_OK;
}

enum err session_server_parse(const char *text, struct session_server *ret)
{
    const char *all = text, *end;
    struct session_server s = { SESSION_LDAP, NULL, 0 };
    enum err e = ERR_OK;

    if (strip(&text, "ldaps://"))
        s.scheme = SESSION_LDAPS;
    else if (!strip(&text, "ldap://"))
        strip(&text, "\\\\");
    if (*text == '[') {
        text++;
        end = text + strcspn(text, "]");
        if (*end != ']')
            return detail_fail(ERR_INVALID_PARAMETER, "\"%s\" lacks a bracket", all);
    } else {
        end = text + strcspn(text, ":/");
        if (*end == ':' && strchr(end + 1, ':')) /* an IPv6 address without brackets */
            end = text + strcspn(text, "/");
    }
    if (end == text)
        return detail_fail(ERR_INVALID_PARAMETER, "\"%s\" names no server", all);
    s.host = mem_strndup(text, (size_t)(end - text));
    if (!s.host)
        return ERR_NO_MEMORY;
    s.port = s.scheme == SESSION_LDAPS ? PORT_LDAPS : PORT_LDAP;
    end += *end == ']';
    if (*end == ':')
        e = parse_port(end + 1, &s.port);
    else if (*end && strcmp(end, "/") != 0)
        e = detail_fail(ERR_INVALID_PARAMETER, "something follows the server in \"%s\"", all);
    if (s.host[strcspn(s.host, " /\\@?#%")])
        e = detail_fail(ERR_INVALID_PARAMETER, "\"%s\" names no server", all);
    if (s.port == 3269)
        s.scheme = SESSION_LDAPS;
    if (e)
        mem_free(s.host);
    else
        *ret = s;
    return e;
}
