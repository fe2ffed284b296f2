/* SPDX-License-Identifier: Apache-2.0
 * look.c - ept_lookup, ept_map and their handles.  C706 appendix O, [MS-RPCE] 2.2.1.2
 *
 * Everybody may look. A tower without an address, of every one of the host, is given out with the
 * one at which the caller has reached us. A handle stands for where a search goes on; it is its
 * client's, and gone with its last connection.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <countersign/rpclocal.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "map.h"
#include "origin.h"
#include "service.h"
#include "wire.h"

/* ---- looking ---- */

enum { ADDRESS = INET_ADDRSTRLEN };

/* Where this caller has reached us, if that is an IPv4 address; else "". */
static void reached_at(handle_t h, char ret[ADDRESS])
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    uint8_t buffer[16] = { 0 };
    RPC_CALL_LOCAL_ADDRESS_V1 address = { .Version = 1, .Buffer = buffer, .BufferSize = 16 };
    RPC_CALL_ATTRIBUTES_V2_A a = { .Version = 2,
                                   .Flags =
                                       RPC_QUERY_CALL_LOCAL_ADDRESS | RPC_QUERY_NO_AUTH_REQUIRED,
                                   .CallLocalAddress = &address };
    const uint8_t *four = NULL;

    ret[0] = '\0';
    if (RpcServerInqCallAttributesA(h, &a) != RPC_S_OK)
        return;
    if (address.AddressFormat == rlafIPv4)
        four = buffer;
    else if (address.AddressFormat == rlafIPv6 && memcmp(buffer, mapped, sizeof mapped) == 0)
        four = buffer + sizeof mapped;
    if (four)
        (void)inet_ntop(AF_INET, four, ret, ADDRESS);
}

static bool entry_to(const struct map_entry *from, const char *here, ept_entry_t *to)
{
    to->object = wire_uuid_write(&from->object);
    (void)snprintf((char *)to->annotation, sizeof to->annotation, "%s", from->annotation);
    to->tower = wire_tower_write(&from->tower, here);
    return to->tower != NULL;
}

struct search { /* what a lookup handle stands for */
    struct map_query query;
    struct map_cursor cursor;
    struct origin *origin; /* who made it */
};

struct page { /* what one call gives out: of ept_lookup entries, of ept_map towers */
    ULONG most, count;
    ept_entry_t *entries;
    ept_tower_p_t *towers;
    char here[ADDRESS];
};

static bool page_add(struct page *p, const struct map_entry *e)
{
    bool ok;

    if (p->entries) {
        ok = entry_to(e, p->here, &p->entries[p->count]);
    } else {
        p->towers[p->count] = wire_tower_write(&e->tower, p->here);
        ok = p->towers[p->count] != NULL;
    }
    p->count += ok;
    return ok;
}

static void page_clear(struct page *p)
{
    while (p->count) {
        p->count--;
        midl_user_free(p->entries ? p->entries[p->count].tower : p->towers[p->count]);
    }
}

/* With the lock. */
static enum err fill(struct search *s, struct page *p)
{
    const struct map_entry *e = NULL;

    while (p->count < p->most && (e = map_next(service_map(), &s->query, &s->cursor)) != NULL)
        if (!page_add(p, e))
            return ERR_NO_MEMORY;
    return p->count || !p->most ? ERR_OK : ERR_RPC_NOT_REGISTERED;
}

static void drop(struct search *s)
{
    service_lock();
    origin_put(s->origin);
    service_unlock();
    mem_free(s);
}

/* With the lock: the handle to go on with. */
static enum err keep(handle_t h, const struct search *s, ept_lookup_handle_t *handle)
{
    struct origin *origin = NULL;
    struct search *kept;
    enum err e = origin_take(h, &origin);

    if (e)
        return e;
    kept = mem_alloc(sizeof *kept);
    if (!kept) {
        origin_put(origin);
        return ERR_NO_MEMORY;
    }
    *kept = *s;
    kept->origin = origin;
    *handle = kept;
    return ERR_OK;
}

/* Whether a search goes on behind a page. A full page of ept_lookup is followed by another one,
 * even if that only says that there is none: clients read until they are told so. Of ept_map they
 * want the first tower, and would leave the handle behind. */
static bool goes_on(const struct search *s, const struct page *p)
{
    return p->count && p->count == p->most &&
           (p->entries || map_has_more(service_map(), &s->query, s->cursor));
}

/* One page more of a search; the handle is made, goes on, or ends. */
static enum err turn(handle_t h, struct search *s, ept_lookup_handle_t *handle, struct page *p)
{
    struct search *old = *handle;
    bool more;
    enum err e;

    service_lock();
    e = fill(s, p);
    more = !e && goes_on(s, p);
    if (more && !old)
        e = keep(h, s, handle);
    service_unlock();
    if (e && e != ERR_RPC_NOT_REGISTERED)
        page_clear(p);
    if (old && (e || !more)) {
        drop(old);
        *handle = NULL;
    }
    return e;
}

static bool query_from(ULONG inquiry_type, const ept_uuid_t *object, const ept_if_id_t *interface,
                       ULONG vers_option, struct map_query *ret)
{
    struct map_query q = { 0 };

    if (inquiry_type > RPC_C_EP_MATCH_BY_BOTH)
        return false;
    q.by_interface = inquiry_type & RPC_C_EP_MATCH_BY_IF;
    q.by_object = inquiry_type & RPC_C_EP_MATCH_BY_OBJ;
    if (q.by_interface &&
        (!interface || vers_option < RPC_C_VERS_ALL || vers_option > RPC_C_VERS_UPTO))
        return false;
    if (q.by_interface) {
        q.asked.interface = wire_uuid_read(&interface->uuid);
        q.asked.interface_major = interface->vers_major;
        q.asked.interface_minor = interface->vers_minor;
        q.versions = (enum map_versions)vers_option;
    }
    if (q.by_object && object)
        q.object = wire_uuid_read(object);
    *ret = q;
    return true;
}

void ept_lookup(handle_t h, ULONG inquiry_type, ept_uuid_t *object, ept_if_id_t *interface_id,
                ULONG vers_option, ept_lookup_handle_t *entry_handle, ULONG max_ents,
                ULONG *num_ents, ept_entry_t *entries, error_status_t *status)
{
    struct page p = { .most = max_ents, .entries = entries };
    struct search first, *s = *entry_handle;

    detail_begin("ept_lookup");
    *num_ents = 0;
    if (!s) {
        s = &first;
        s->cursor = map_from_first();
        if (!query_from(inquiry_type, object, interface_id, vers_option, &s->query)) {
            *status = EPT_S_CANT_PERFORM_OP;
            return;
        }
    }
    reached_at(h, p.here);
    *status = wire_status(turn(h, s, entry_handle, &p));
    *num_ents = p.count;
}

void ept_map(handle_t h, ept_uuid_t *object, ept_tower_t *map_tower,
             ept_lookup_handle_t *entry_handle, ULONG max_towers, ULONG *num_towers,
             ept_tower_p_t *towers, error_status_t *status)
{
    struct page p = { .most = max_towers, .towers = towers };
    struct search first, *s = *entry_handle;
    struct uuid wanted = { 0 };
    struct rpc_tower asked;
    enum err e = ERR_OK;

    detail_begin("ept_map");
    *num_towers = 0;
    if (object)
        wanted = wire_uuid_read(object);
    if (!s) {
        s = &first;
        e = wire_tower_read(map_tower, &asked);
        service_lock();
        if (!e)
            map_search(service_map(), &wanted, &asked, &s->query, &s->cursor);
        service_unlock();
    }
    reached_at(h, p.here);
    if (!e)
        e = turn(h, s, entry_handle, &p);
    else if (e != ERR_NO_MEMORY)
        e = ERR_RPC_NOT_REGISTERED;
    *status = wire_status(e);
    *num_towers = p.count;
}

void ept_lookup_handle_free(handle_t h, ept_lookup_handle_t *entry_handle, error_status_t *status)
{
    (void)h;
    if (*entry_handle)
        drop(*entry_handle);
    *entry_handle = NULL;
    *status = RPC_S_OK;
}

void __RPC_USER ept_lookup_handle_t_rundown(ept_lookup_handle_t handle)
{
    drop(handle);
}

/* The mapper's own object: it has none. */
void ept_inq_object(handle_t h, ept_uuid_t *ept_object, error_status_t *status)
{
    (void)h;
    memset(ept_object, 0, sizeof *ept_object);
    *status = RPC_S_OK;
}
