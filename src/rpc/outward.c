/* SPDX-License-Identifier: Apache-2.0
 * outward.c - where a host's name or a path, given by somebody else, would lead.
 */
#include "rpc/outward.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/detail.h"
#include "base/host_name.h"
#include "spn/spn.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define SEPARATORS "\\/"

/* ---- hosts ---- */

struct host {
    bool is_address;
    struct in6_addr address; /* of IPv4 as one mapped */
    char name[HOST_NAME_MOST + 1];
};

static bool is_address(const char *text, struct in6_addr *ret)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    struct in_addr four;

    if (inet_pton(AF_INET6, text, ret) == 1)
        return true;
    if (inet_pton(AF_INET, text, &four) != 1)
        return false;
    memcpy(ret->s6_addr, mapped, sizeof mapped);
    memcpy(ret->s6_addr + sizeof mapped, &four, sizeof four);
    return true;
}

/* A name of labels; the last one is not a number, for resolvers take that for an address, in ways
 * of their own. A dot behind it changes nothing, and is left out of ret. */
static bool is_name(const char *text, char ret[HOST_NAME_MOST + 1])
{
    struct bytes name = host_name_undotted(bytes_of_text(text));
    const char *last;

    if (!host_name_valid(name) || spn_carries_target_info(text))
        return false;
    memcpy(ret, name.ptr, name.len);
    ret[name.len] = '\0';
    last = strrchr(ret, '.');
    return strpbrk(last ? last : ret, LETTERS) != NULL;
}

static bool host_parse(const char *text, struct host *ret)
{
    ret->is_address = is_address(text, &ret->address);
    return ret->is_address || is_name(text, ret->name);
}

static bool entry_parse(const char *entry, struct host *ret)
{
    return host_parse(entry + (*entry == '.'), ret) && !(*entry == '.' && ret->is_address);
}

static enum err check_list(const char *const *allowed)
{
    struct host e;

    for (; allowed && *allowed; allowed++)
        if (!entry_parse(*allowed, &e))
            return detail_fail(ERR_INVALID_PARAMETER, "\"%.64s\" allows no host", *allowed);
    return ERR_OK;
}

static bool is_of(const struct host *h, const char *entry)
{
    struct host e;
    size_t len, tail;

    if (!entry_parse(entry, &e) || h->is_address != e.is_address)
        return false;
    if (h->is_address)
        return memcmp(&h->address, &e.address, sizeof e.address) == 0;
    if (*entry != '.')
        return strcasecmp(h->name, e.name) == 0;
    len = strlen(h->name);
    tail = strlen(e.name);
    return len > tail + 1 && h->name[len - tail - 1] == '.' &&
           strcasecmp(h->name + len - tail, e.name) == 0;
}

enum err rpc_outward_host(const char *host, const char *const *allowed)
{
    enum err e = check_list(allowed);
    struct host h;

    if (e)
        return e;
    if (!host_parse(host, &h))
        return detail_fail(ERR_ACCESS_DENIED, "what was given is no host's name or address");
    for (; allowed && *allowed; allowed++)
        if (is_of(&h, *allowed))
            return ERR_OK;
    return detail_fail(ERR_ACCESS_DENIED, "host \"%s\" is none of those to be reached", host);
}

/* ---- paths ---- */

static bool is_separator(char c)
{
    return c == '\\' || c == '/';
}

/* No control characters, and nothing in front that one reader skips and another does not. */
static bool is_plain(const char *path)
{
    const unsigned char *p = (const unsigned char *)path;

    if (!*p || *p == ' ')
        return false;
    for (; *p; p++)
        if (*p < 0x20 || *p == 0x7f)
            return false;
    return p - (const unsigned char *)path <= OUTWARD_PATH_MAX;
}

/* "host" of host\share\..., which is all that is looked at. */
static enum err check_share(const char *text, const char *const *allowed)
{
    size_t len = strcspn(text, SEPARATORS);
    char host[HOST_NAME_MOST + 2] = "";

    if (len && len < sizeof host)
        memcpy(host, text, len);
    return rpc_outward_host(host, allowed);
}

/* Behind "\\?\": a drive, or a share after all. */
static enum err check_verbatim(const char *text, const char *const *allowed)
{
    if (strncasecmp(text, "UNC", 3) == 0 && is_separator(text[3]))
        return check_share(text + 4, allowed);
    if (*text && strchr(LETTERS, *text) && text[1] == ':' && is_separator(text[2]))
        return ERR_OK;
    return detail_fail(ERR_ACCESS_DENIED, "the path names a device");
}

/* ".." as a part, which some readers of such a path follow and others do not. */
static bool climbs(const char *text)
{
    size_t part;

    for (;; text += part + 1) {
        part = strcspn(text, SEPARATORS);
        if (part >= 2 && text[0] == '.' && text[1] == '.' && strspn(text, ". ") >= part)
            return true;
        if (!text[part])
            return false;
    }
}

/* Behind "\\": a share, or devices. */
static enum err check_far(const char *text, const char *const *allowed)
{
    if (*text == '?' && climbs(text))
        return detail_fail(ERR_ACCESS_DENIED, "the path names a device");
    if (*text == '?' && is_separator(text[1]))
        return check_verbatim(text + 2, allowed);
    return check_share(text, allowed); /* of which "." is none */
}

/* "http:", "file:", "host:" as other programs write what lies elsewhere; "C:\" is a drive. */
static bool has_scheme(const char *path)
{
    size_t part = strcspn(path, SEPARATORS), colon = strcspn(path, ":");
    bool drive = path[1] == ':' && strchr(LETTERS, *path) && is_separator(path[2]);

    return colon < part && !drive;
}

enum err rpc_outward_path(const char *path, const char *const *allowed)
{
    enum err e = check_list(allowed);

    if (e)
        return e;
    if (!is_plain(path))
        return detail_fail(ERR_ACCESS_DENIED, "a path is empty, too long, begins with a space or "
                                              "has control characters");
    if (is_separator(path[0]) && is_separator(path[1]))
        return check_far(path + 2, allowed);
    if (has_scheme(path))
        return detail_fail(ERR_ACCESS_DENIED, "a path begins with what stands in front of a colon");
    if (is_separator(path[0]) && strncmp(path + 1, "??", 2) == 0)
        return detail_fail(ERR_ACCESS_DENIED, "the path names a device");
    return ERR_OK;
}
