/* SPDX-License-Identifier: Apache-2.0
 * change.c - ept_insert, ept_delete and ept_mgmt_delete: who may change what.
 * C706 appendix O, [MS-RPCE] 2.2.1.2
 *
 * Callers over ncalrpc may, whom the kernel names; others are told EPT_S_CANT_PERFORM_OP.
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

#include <countersign/rpclocal.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "daemon/say.h"
#include "map.h"
#include "service.h"
#include "watch.h"
#include "wire.h"

/* ---- who may change what ---- */

static enum err caller_of(handle_t h, CS_LOCAL_CALLER *ret)
{
    ret->size = sizeof *ret;
    if (CsServerInqLocalCaller(h, ret) == RPC_S_OK)
        return ERR_OK;
    return detail_fail(ERR_ACCESS_DENIED, "only local callers, over ncalrpc, may change the map");
}

static void say_refused(const char *what, const CS_LOCAL_CALLER *who, enum err e)
{
    if (e && e != ERR_RPC_NOT_REGISTERED)
        say_refusal("%s refused to uid %u, process %u: %s", what, (unsigned)who->uid,
                    (unsigned)who->pid, detail_get()->text);
}

static void say_items(const char *what, const CS_LOCAL_CALLER *who, const struct map_item *items,
                      size_t n)
{
    char place[MAP_PLACE], interface[UUID_TEXT];
    size_t i;

    for (i = 0; i < n; i++) {
        const struct rpc_tower *t = &items[i].tower;

        map_format_place(t, place);
        uuid_format(&t->interface, interface);
        say(SAY_INFO, "%s %s v%u.%u at %s by uid %u, process %u: \"%s\"", what, interface,
            t->interface_major, t->interface_minor, place, (unsigned)who->uid, (unsigned)who->pid,
            items[i].annotation ? items[i].annotation : "");
    }
}

/* None, which is every one, or one of this host: nobody but root sends clients elsewhere. */
static bool is_ours(const char *address)
{
    struct ifaddrs *all = NULL, *i;
    struct in_addr wanted;
    bool found = !*address;

    if (found || inet_pton(AF_INET, address, &wanted) != 1)
        return found;
    found = ntohl(wanted.s_addr) >> 24 == IN_LOOPBACKNET;
    if (found || getifaddrs(&all))
        return found;
    for (i = all; i && !found; i = i->ifa_next)
        found = i->ifa_addr && i->ifa_addr->sa_family == AF_INET &&
                ((const struct sockaddr_in *)(const void *)i->ifa_addr)->sin_addr.s_addr ==
                    wanted.s_addr;
    freeifaddrs(all);
    return found;
}

static enum err item_from(const ept_entry_t *from, bool anywhere, struct map_item *ret)
{
    enum err e;

    ret->object = wire_uuid_read(&from->object);
    ret->annotation = (const char *)from->annotation;
    e = wire_tower_read(from->tower, &ret->tower);
    if (e)
        return e;
    if (!ret->tower.endpoint[0])
        return detail_fail(ERR_INVALID_PARAMETER, "a tower names no endpoint of %s",
                           ret->tower.protseq);
    if (!anywhere && !is_ours(ret->tower.address))
        return detail_fail(ERR_INVALID_PARAMETER, "\"%s\" is no address of this host",
                           ret->tower.address);
    return ERR_OK;
}

static enum err items_from(const ept_entry_t *from, ULONG n, bool anywhere, struct map_item **ret)
{
    struct map_item *items = mem_array(n ? n : 1, sizeof *items);
    enum err e = items ? ERR_OK : ERR_NO_MEMORY;
    ULONG i;

    for (i = 0; i < n && !e; i++)
        e = item_from(&from[i], anywhere, &items[i]);
    if (e)
        mem_free(items);
    else
        *ret = items;
    return e;
}

/* ---- changing ---- */

static enum err insert(const CS_LOCAL_CALLER *who, const ept_entry_t *entries, ULONG n,
                       bool replace)
{
    struct map_caller caller = { .uid = who->uid };
    struct map_item *items = NULL;
    enum err e = items_from(entries, n, who->uid == 0, &items);

    service_lock();
    if (!e)
        e = watch_process(who->pid, who->uid, &caller.process);
    if (!e)
        e = map_insert(service_map(), &caller, items, n, replace);
    service_unlock();
    if (!e)
        say_items("registered", who, items, n);
    mem_free(items);
    return e;
}

void ept_insert(handle_t h, ULONG num_ents, ept_entry_t *entries, ULONG replace,
                error_status_t *status)
{
    CS_LOCAL_CALLER who = { 0 };
    enum err e;

    detail_begin("ept_insert");
    e = caller_of(h, &who);
    if (!e) {
        e = insert(&who, entries, num_ents, replace != 0);
        say_refused("registering", &who, e);
    }
    *status = wire_status(e);
}

/* Also of an address that the host has no more. */
static enum err take_out(const CS_LOCAL_CALLER *who, const ept_entry_t *entries, ULONG n)
{
    const struct map_caller caller = { .uid = who->uid };
    struct map_item *items = NULL;
    enum err e = items_from(entries, n, true, &items);

    if (e)
        return e;
    service_lock();
    e = map_delete(service_map(), &caller, items, n);
    service_unlock();
    if (!e)
        say_items("unregistered", who, items, n);
    mem_free(items);
    return e;
}

void ept_delete(handle_t h, ULONG num_ents, ept_entry_t *entries, error_status_t *status)
{
    CS_LOCAL_CALLER who = { 0 };
    enum err e;

    detail_begin("ept_delete");
    e = caller_of(h, &who);
    if (!e) {
        e = take_out(&who, entries, num_ents);
        say_refused("unregistering", &who, e);
    }
    *status = wire_status(e);
}

static enum err manage(const CS_LOCAL_CALLER *who, const ept_uuid_t *object,
                       const ept_tower_t *tower)
{
    const struct map_caller caller = { .uid = who->uid };
    struct uuid wanted = { 0 };
    struct rpc_tower t;
    char place[MAP_PLACE];
    enum err e = wire_tower_read(tower, &t);

    if (e)
        return e;
    if (object)
        wanted = wire_uuid_read(object);
    service_lock();
    e = map_delete_any(service_map(), &caller, object ? &wanted : NULL, &t);
    service_unlock();
    map_format_place(&t, place);
    if (!e)
        say(SAY_NOTICE, "uid %u, process %u, removed what was registered at %s", (unsigned)who->uid,
            (unsigned)who->pid, place);
    return e;
}

void ept_mgmt_delete(handle_t h, ULONG object_speced, ept_uuid_t *object, ept_tower_t *tower,
                     error_status_t *status)
{
    CS_LOCAL_CALLER who = { 0 };
    enum err e;

    detail_begin("ept_mgmt_delete");
    e = caller_of(h, &who);
    if (!e && object_speced && !object)
        e = ERR_INVALID_PARAMETER;
    if (!e) {
        e = manage(&who, object_speced ? object : NULL, tower);
        say_refused("unregistering", &who, e);
    }
    *status = wire_status(e);
}
