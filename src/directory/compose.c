/* SPDX-License-Identifier: Apache-2.0
 * compose.c - SPNs put together of what the caller and this host say.
 */
#include "directory/compose.h"

#include <arpa/inet.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/writer.h"
#include "directory/doors.h"
#include "directory/host.h"
#include "spn/dn.h"
#include "spn/spn.h"

bool is_address(const char *s)
{
    struct in6_addr a;
    char bare[INET6_ADDRSTRLEN + 2];
    size_t n = strlen(s);

    if (inet_pton(AF_INET, s, &a) == 1 || inet_pton(AF_INET6, s, &a) == 1)
        return true;
    if (n < 3 || n > sizeof bare || s[0] != '[' || s[n - 1] != ']')
        return false;
    memcpy(bare, s + 1, n - 2);
    bare[n - 2] = '\0';
    return inet_pton(AF_INET6, bare, &a) == 1;
}

/* A DN's slash would part the SPN; as \2F it is the same DN. What is no DN stays as it is: *ret
 * NULL. */
static enum err escape_slashes(const char *service, char **ret)
{
    const struct detail kept = *detail_get();
    struct writer w = writer_new(3 * (size_t)DN_MAX);
    bool is_dn = strchr(service, '/') && !dn_check(service);

    *detail_get() = kept;
    for (; is_dn && *service; service++)
        if (*service == '/')
            writer_bytes(&w, bytes_of_text("\\2F"));
        else
            writer_u8(&w, (uint8_t)*service);
    if (is_dn)
        return writer_take_text(&w, ret);
    writer_done(&w);
    return ERR_OK;
}

enum err compose_spn(const char *service_class, const char *service, const char *instance,
                     uint16_t port, const char *referrer, char **ret)
{
    struct spn s = { .service_class = service_class, .port = port };
    char *escaped = NULL;
    enum err e = ERR_OK;

    if (!service_class || !service)
        return detail_fail(ERR_INVALID_PARAMETER, "an SPN needs a service class and a name");
    s.instance = instance ? instance : service;
    if (instance)
        s.service = service;
    else if (referrer && is_address(service))
        s.service = referrer;
    if (s.service)
        e = escape_slashes(s.service, &escaped);
    if (escaped)
        s.service = escaped;
    if (!e)
        e = spn_format(&s, ret);
    mem_free(escaped);
    return e;
}

static bool of_host(enum compose_type t)
{
    return t == COMPOSE_DNS_HOST || t == COMPOSE_DN_HOST || t == COMPOSE_NB_HOST;
}

static enum err check(const struct compose *c)
{
    if ((unsigned)c->type > COMPOSE_SERVICE || !c->service_class || (c->count && !c->instances))
        return detail_fail(ERR_INVALID_PARAMETER, "an SPN of type %d cannot be composed so",
                           (int)c->type);
    if (of_host(c->type) && c->service)
        return detail_fail(ERR_INVALID_PARAMETER, "a host-based SPN has no service name");
    if (!of_host(c->type) && !c->service)
        return detail_fail(ERR_INVALID_PARAMETER, "an SPN of type %d needs a service name",
                           (int)c->type);
    return ERR_OK;
}

static enum err compose_one(const struct compose *c, const char *instance, uint16_t port,
                            char **ret)
{
    if (!instance)
        return detail_fail(ERR_INVALID_PARAMETER, "an instance name is missing");
    if (of_host(c->type))
        return compose_spn(c->service_class, instance, NULL, port, NULL, ret);
    return compose_spn(c->service_class, c->service, instance, port, NULL, ret);
}

static enum err this_host(enum compose_type t, char **ret)
{
    if (t == COMPOSE_DN_HOST)
        return host_object_dn(ret);
    if (t == COMPOSE_NB_HOST || t == COMPOSE_NB_DOMAIN)
        return host_netbios_name(ret);
    return host_dns_name(ret);
}

enum err compose_spns(const struct compose *c, char ***ret, size_t *ret_count)
{
    size_t n = c->count ? c->count : 1, i;
    char **texts = NULL, *host = NULL;
    enum err e = check(c);

    if (e)
        return e;
    texts = mem_array(n, sizeof *texts);
    if (!texts)
        return ERR_NO_MEMORY;
    if (c->count == 0) {
        e = this_host(c->type, &host);
        if (!e)
            e = compose_one(c, host, c->port, &texts[0]);
    }
    for (i = 0; i < c->count && !e; i++)
        e = compose_one(c, c->instances[i], c->ports ? c->ports[i] : 0, &texts[i]);
    mem_free(host);
    if (e) {
        texts_free(texts, n);
        return e;
    }
    *ret = texts;
    *ret_count = n;
    return ERR_OK;
}
