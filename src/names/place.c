/* SPDX-License-Identifier: Apache-2.0
 * place.c - the containers of a domain, and names of objects in them.  [MS-ADTS] 6.1.1.4.5
 */
#include "names/place.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/utf16.h"
#include "spn/dn.h"

static const char *const containers[] = {
    [PLACE_WINSOCK] = "CN=WinsockServices,CN=System,",
    [PLACE_RPC] = "CN=RpcServices,CN=System,",
};

enum err place_dn(enum place which, const char *domain_dn, char **ret)
{
    char *dn = mem_printf("%s%s", containers[which], domain_dn);
    enum err e = dn ? dn_check(dn) : ERR_NO_MEMORY;

    if (e)
        mem_free(dn);
    else
        *ret = dn;
    return e;
}

/* Of UTF-8 that is valid: a sequence of four bytes is two units. */
static size_t units(const char *name)
{
    size_t n = 0;

    for (; *name; name++)
        n += ((unsigned char)*name & 0xc0) != 0x80 ? 1 + ((unsigned char)*name >= 0xf0) : 0;
    return n;
}

enum err place_name_check(const char *name)
{
    if (!name || !*name)
        return detail_fail(ERR_INVALID_PARAMETER, "a service without a name");
    if (!utf8_valid(bytes_of_text(name)))
        return detail_fail(ERR_MALFORMED, "the service's name is not UTF-8");
    if (units(name) > PLACE_NAME_MOST) {
        detail_remedy("shorten it: the directory keeps names of %d characters at most",
                      PLACE_NAME_MOST);
        return detail_fail(ERR_TOO_LONG, "a service's name of %zu characters: \"%s\"", units(name),
                           name);
    }
    return ERR_OK;
}

enum err place_below(const char *parent_dn, const char *name, char **ret)
{
    enum err e = place_name_check(name);

    return e ? e : dn_child("CN", name, parent_dn, ret);
}

enum err place_entry(enum place which, const char *domain_dn, const char *name, char **ret)
{
    char *container = NULL;
    enum err e = place_dn(which, domain_dn, &container);

    if (!e)
        e = place_below(container, name, ret);
    mem_free(container);
    return e;
}

enum err place_name(const char *dn, char **ret)
{
    struct bytes rest = bytes_of_text(dn);
    struct buf value = { 0 };
    struct rdn first = { 0 };
    enum err e = dn_next(&rest, &first);

    if (!e)
        e = dn_unquote(first.value, &value);
    if (!e && (!value.len || memchr(value.ptr, 0, value.len) || !utf8_valid(buf_view(value))))
        e = detail_fail(ERR_MALFORMED, "%s: its name is no text", dn);
    if (!e) {
        *ret = mem_strndup((const char *)value.ptr, value.len);
        e = *ret ? ERR_OK : ERR_NO_MEMORY;
    }
    buf_free(&value);
    return e;
}

bool place_holds(enum place which, const char *domain_dn, const char *dn)
{
    const char *parent = dn_parent(dn);
    char *container = NULL;
    bool holds = parent && !place_dn(which, domain_dn, &container) && dn_same(parent, container);

    mem_free(container);
    return holds;
}
