/* SPDX-License-Identifier: Apache-2.0
 * api_server_binding.c - binding handles of this process' own endpoints, and of those that call it.
 */
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/rpc.h"
#include "rpc/binding.h"
#include "rpc/server.h"
#include "rpc/server_binding.h"
#include "rpc/server_link.h"
#include "rpc/string_binding.h"

enum { BINDINGS_MAX = 256 };

/* The bindings so far; as a vector it is freed with RpcBindingVectorFree. */
struct found {
    RPC_BINDING_VECTOR *vector;
    enum err err;
};

static enum err publish(const struct rpc_string_binding *name, void **ret)
{
    struct rpc_binding *b = NULL;
    enum err e = rpc_binding_new(name, &b);

    if (!e)
        e = rpc_binding_publish(b, ret);
    if (e && b)
        rpc_binding_free(b);
    return e;
}

static void add(struct found *f, const char *protseq, const char *address, const char *endpoint)
{
    const struct rpc_string_binding name = { .protseq = protseq,
                                             .address = address,
                                             .endpoint = endpoint };
    RPC_BINDING_VECTOR *v = f->vector;

    if (!f->err && v->Count < BINDINGS_MAX) {
        f->err = publish(&name, &v->BindingH[v->Count]);
        v->Count += !f->err;
    }
}

/* An address others can reach this host by. */
static bool usable(const struct ifaddrs *i, char *to, size_t size)
{
    const struct sockaddr *a = i->ifa_addr;
    socklen_t len;

    if (!a || !(i->ifa_flags & IFF_UP) || (i->ifa_flags & IFF_LOOPBACK) ||
        (a->sa_family != AF_INET && a->sa_family != AF_INET6))
        return false;
    len = a->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    if (a->sa_family == AF_INET6 &&
        IN6_IS_ADDR_LINKLOCAL(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr))
        return false;
    return !getnameinfo(a, len, to, (socklen_t)size, NULL, 0, NI_NUMERICHOST);
}

/* One for each address of the host, where it is not reached at one alone; a host without any is
 * reached from itself. */
static void add_endpoint(struct found *f, const struct rpc_endpoint_name *name)
{
    const char *protseq = name->transport->protseq, *endpoint = name->endpoint;
    struct ifaddrs *all = NULL, *i;
    char address[TRANSPORT_ADDRESS];
    ULONG before = f->vector->Count;

    if (name->transport->local) {
        add(f, protseq, NULL, endpoint);
        return;
    }
    if (*name->address) {
        add(f, protseq, name->address, endpoint);
        return;
    }
    if (!getifaddrs(&all))
        for (i = all; i; i = i->ifa_next)
            if (usable(i, address, sizeof address))
                add(f, protseq, address, endpoint);
    if (all)
        freeifaddrs(all);
    if (f->vector->Count == before)
        add(f, protseq, "127.0.0.1", endpoint);
}

enum err rpc_server_bindings(const struct rpc_interface_group *group, RPC_BINDING_VECTOR **ret)
{
    struct found f = { NULL, ERR_OK };
    struct rpc_endpoint_name name;
    size_t i;

    f.vector = mem_zero(sizeof *f.vector + BINDINGS_MAX * sizeof f.vector->BindingH[0]);
    if (!f.vector)
        return ERR_NO_MEMORY;
    for (i = 0; rpc_endpoint_at(group, i, &name); i++)
        add_endpoint(&f, &name);
    if (!f.err && !f.vector->Count)
        f.err = detail_fail(ERR_RPC_NO_BINDINGS, "no protocol sequence is in use");
    if (f.err) {
        while (f.vector->Count)
            if (rpc_binding_close(f.vector->BindingH[--f.vector->Count]))
                continue;
        mem_free(f.vector);
        return f.err;
    }
    *ret = f.vector;
    return ERR_OK;
}

RPC_STATUS RpcServerInqBindings(RPC_BINDING_VECTOR **BindingVector)
{
    detail_begin("RpcServerInqBindings");
    return BindingVector ? err_rpc_status(rpc_server_bindings(NULL, BindingVector))
                         : RPC_S_INVALID_ARG;
}

/* ---- those that call ---- */

static bool is_nil(const struct uuid *u)
{
    static const struct uuid nil;

    return memcmp(u, &nil, sizeof nil) == 0;
}

static enum err client_name(struct rpc_server_call *c, struct transport_name *ret_peer,
                            char object[UUID_TEXT], struct rpc_string_binding *ret)
{
    enum err e = rpc_server_link_name(c->link, true, ret_peer);

    if (e)
        return e;
    uuid_format(&c->object, object);
    *ret = (struct rpc_string_binding){ .object = is_nil(&c->object) ? NULL : object,
                                        .protseq = rpc_server_link_transport(c->link)->protseq,
                                        .address = ret_peer->address };
    return ERR_OK;
}

enum err rpc_server_call_format(struct rpc_server_call *c, char **ret)
{
    struct rpc_string_binding name;
    struct transport_name peer;
    char object[UUID_TEXT];
    enum err e = client_name(c, &peer, object, &name);

    return e ? e : rpc_string_binding_format(&name, ret);
}

RPC_STATUS RpcBindingServerFromClient(RPC_BINDING_HANDLE ClientBinding,
                                      RPC_BINDING_HANDLE *ServerBinding)
{
    struct rpc_server_call *c = NULL;
    struct rpc_string_binding name;
    struct transport_name peer;
    char object[UUID_TEXT];
    enum err e;

    detail_begin("RpcBindingServerFromClient");
    if (!ServerBinding)
        return RPC_S_INVALID_ARG;
    e = rpc_server_call_get(ClientBinding, &c);
    if (e)
        return err_rpc_status(e);
    e = client_name(c, &peer, object, &name);
    if (!e)
        e = publish(&name, ServerBinding);
    rpc_server_call_unref(c);
    return err_rpc_status(e);
}
