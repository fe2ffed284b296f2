/* SPDX-License-Identifier: Apache-2.0
 * api_names_connect.c - from a Winsock service's name to a connection that proved itself.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "directory/api_scp.h"
#include "directory/doors.h"
#include "directory/service_connect.h"
#include "names/api_names.h"

/* As found.h has them: "192.0.2.1:5001", "[2001:db8::1]:5001"; one of another protocol has it
 * behind a slash. */
static bool is_over_tcp(const char *address)
{
    return strchr(address, ':') && !strchr(address, '/');
}

/* In place. */
static void take_apart(char *text, char **ret_ip, char **ret_port)
{
    char *colon = strrchr(text, ':');

    *colon = '\0';
    *ret_port = colon + 1;
    *ret_ip = text;
    if (*text == '[' && colon[-1] == ']') {
        colon[-1] = '\0';
        *ret_ip = text + 1;
    }
}

static enum err try_address(const CS_NAME_CONNECT_OPTIONS *o, const struct found *f,
                            const char *address, DWORD timeout_ms, CS_CONNECTION *c)
{
    char *text = mem_strdup(address), *ip = NULL, *port = NULL;
    CS_CONNECT_OPTIONS way = { .size = sizeof way,
                               .timeout_ms = timeout_ms,
                               .package = o->package,
                               .credential = o->credential,
                               .context_flags = o->context_flags,
                               .exchange = o->exchange };
    struct point p = { .dn = f->dn, .dns_name = f->host, .binding_count = 1, .spn = f->spn };
    enum err e = text ? ERR_OK : ERR_NO_MEMORY;

    if (!e)
        take_apart(text, &ip, &port);
    p.bindings = &port;
    way.address = ip;
    if (!e)
        e = service_connect(&way, &p, &c->socket, &c->context);
    mem_free(text);
    return e;
}

static size_t count_addresses(const struct founds *found)
{
    size_t n = 0, i, k;

    for (i = 0; i < found->count; i++)
        for (k = 0; k < found->found[i].address_count; k++)
            n += is_over_tcp(found->found[i].address[k]);
    return n;
}

/* The first that answers; one that answers and is someone else ends the search. */
static enum err connect_first(const CS_NAME_CONNECT_OPTIONS *o, const struct founds *found,
                              CS_CONNECTION *c, const struct found **ret_which,
                              const char **ret_address)
{
    const size_t count = count_addresses(found);
    struct service_search s = service_search_begin(o->timeout_ms, count);
    size_t i, k;
    DWORD ms = 0;

    if (!count)
        return detail_fail(ERR_NOT_FOUND, "\"%s\" has no address of TCP", o->name);
    for (i = 0; i < found->count; i++)
        for (k = 0; k < found->found[i].address_count; k++) {
            const char *address = found->found[i].address[k];

            if (!is_over_tcp(address) || !service_search_next(&s, &ms))
                continue;
            *ret_which = &found->found[i];
            *ret_address = address;
            s.err = try_address(o, *ret_which, *ret_address, ms, c);
        }
    return *ret_which || s.err ? s.err : ERR_NOT_FOUND;
}

static enum err copy_text(const char *from, char **ret)
{
    *ret = mem_strdup(from);
    return *ret ? ERR_OK : ERR_NO_MEMORY;
}

static enum err copy_binding(const char *address, struct point *p)
{
    p->bindings = mem_array(1, sizeof *p->bindings);
    if (!p->bindings)
        return ERR_NO_MEMORY;
    p->binding_count = 1;
    return copy_text(address, &p->bindings[0]);
}

/* The service as a connection shows it. */
static enum err show(const char *service_class, const struct found *f, const char *address,
                     CS_SERVICE_POINT **ret)
{
    struct point p = { .has_owner = f->has_owner, .owner = f->owner };
    enum err e = copy_text(f->dn, &p.dn);

    if (!e)
        e = copy_text("", &p.guid);
    if (!e)
        e = copy_text(service_class, &p.service_class);
    if (!e)
        e = copy_text(f->host, &p.dns_name);
    if (!e)
        e = copy_text("A", &p.dns_name_type);
    if (!e)
        e = copy_text(f->spn, &p.spn);
    if (!e)
        e = copy_text(f->holder.dn, &p.holder.dn);
    if (!e)
        e = copy_binding(address, &p);
    p.holder.sid = f->holder.sid;
    if (!e)
        e = point_give(&p, ret);
    point_free(&p);
    return e;
}

static enum err find_and_connect(struct session *s, const void *options, CS_CONNECTION *c)
{
    const CS_NAME_CONNECT_OPTIONS *o = options;
    struct found_query q = { FOUND_WINSOCK, o->name, o->type };
    struct founds found = { 0 };
    struct trust t = { 0 };
    const struct trust *trust = trust_take(o->trust, &t);
    const struct found *which = NULL;
    const char *address = NULL;
    enum err e = founds_trusted(s, &q, o->service_class, trust, &found);

    if (!e)
        e = connect_first(o, &found, c, &which, &address);
    if (!e)
        e = found_confirm(s, trust, which);
    if (!e)
        e = show(o->service_class, which, address, &c->service);
    founds_free(&found);
    return e;
}

DWORD CsConnectName(HANDLE hDS, const CS_NAME_CONNECT_OPTIONS *options, CS_CONNECTION **connection)
{
    detail_begin("CsConnectName");
    if (!options || options->size != sizeof *options || !options->name || !*options->name ||
        !options->service_class || !*options->service_class || !connection)
        return win32_code(detail_fail(
            ERR_INVALID_PARAMETER,
            "CS_NAME_CONNECT_OPTIONS of another size, a name or a service class missing"));
    return win32_text_code(connection_open(hDS, find_and_connect, options, connection));
}
