/* SPDX-License-Identifier: Apache-2.0
 * ns_name.c - names of entries of the RPC name service.  desktop-src/Rpc/name-syntax.md
 */
#include "names/ns_name.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/utf16.h"

#define OWN "/.:"
#define ANY "/..."

/* Behind the domain: "/name[/name...]", no part of it empty. */
static enum err check_path(const char *text, const char *path)
{
    if (!*path || strcmp(path, "/") == 0)
        return detail_fail(ERR_NS_INCOMPLETE, "\"%s\" names no entry", text);
    if (*path != '/' || strstr(path, "//") || path[strlen(path) - 1] == '/')
        return detail_fail(ERR_NS_NAME, "a part of \"%s\" between slashes is empty", text);
    return ERR_OK;
}

static enum err keep(const char *domain, size_t domain_len, const char *path, struct ns_name *ret)
{
    struct ns_name n = { domain ? mem_strndup(domain, domain_len) : NULL, mem_strdup(path + 1) };

    if ((domain && !n.domain) || !n.name) {
        ns_name_free(&n);
        return ERR_NO_MEMORY;
    }
    *ret = n;
    return ERR_OK;
}

enum err ns_name_parse(const char *text, struct ns_name *ret)
{
    const char *domain = NULL, *path;
    size_t len = strlen(text), domain_len = 0;
    enum err e;

    if (len > NS_NAME_MOST || !utf8_valid(bytes_of(text, len)))
        return detail_fail(ERR_NS_NAME, "a name of %zu bytes: at most %d of UTF-8 are taken", len,
                           NS_NAME_MOST);
    if (strncmp(text, ANY, strlen(ANY)) == 0) {
        domain = text + strlen(ANY);
        if (!*domain || strcmp(domain, "/") == 0)
            return detail_fail(ERR_NS_INCOMPLETE, "\"%s\" names no domain", text);
        if (*domain++ != '/' || *domain == '/')
            return detail_fail(ERR_NS_NAME, "\"%s\" is not of the form /.../domain/name", text);
        domain_len = strcspn(domain, "/");
        path = domain + domain_len;
    } else if (strncmp(text, OWN, strlen(OWN)) == 0) {
        path = text + strlen(OWN);
    } else {
        detail_remedy("write /.:/name, or /.../domain/name");
        return detail_fail(ERR_NS_NAME, "\"%s\" is not the name of an entry", text);
    }
    e = check_path(text, path);
    return e ? e : keep(domain, domain_len, path, ret);
}

void ns_name_free(struct ns_name *n)
{
    mem_free(n->domain);
    mem_free(n->name);
    *n = (struct ns_name){ 0 };
}

enum err ns_name_format(const char *domain, const char *name, char **ret)
{
    char *text = domain ? mem_printf(ANY "/%s/%s", domain, name) : mem_printf(OWN "/%s", name);

    if (!text)
        return ERR_NO_MEMORY;
    *ret = text;
    return ERR_OK;
}
