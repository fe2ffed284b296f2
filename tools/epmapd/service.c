/* SPDX-License-Identifier: Apache-2.0
 * service.c - the endpoint map behind its interface: who may do what, and the locks.
 * C706 appendix O, [MS-RPCE] 2.2.1.2 and 3.1.2.5
 *
 * Everybody may look. Only callers over ncalrpc may change anything, whom the kernel names: others
 * are told EPT_S_CANT_PERFORM_OP. A tower that says 0.0.0.0, every address of the host, is
 * given out with the address at which the caller has reached us.
 */
#include "service.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>

#include <countersign/rpclocal.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "epm.h"
#include "map.h"
#include "say.h"
#include "watch.h"

enum {
    SEARCHES_MOST = 4096,     /* handles that somebody goes on with */
    REQUEST_MOST = 16 * 1024, /* of callers over the network: they only ask */
};

struct search { /* what a lookup handle stands for */
    struct map_query query;
    struct map_cursor cursor;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct map *map;
static unsigned searches;
static struct service_how service;

void *__RPC_USER midl_user_allocate(size_t size)
{
    return mem_alloc(size);
}

void __RPC_USER midl_user_free(void *p)
{
    mem_free(p);
}

static struct uuid uuid_of(const ept_uuid_t *u)
{
    struct uuid v = { u->time_low, u->time_mid, u->time_hi_and_version, { 0 } };

    memcpy(v.data4, u->rest, sizeof v.data4);
    return v;
}

static ept_uuid_t uuid_to(const struct uuid *u)
{
    ept_uuid_t v = { u->data1, u->data2, u->data3, { 0 } };

    memcpy(v.rest, u->data4, sizeof v.rest);
    return v;
}

static error_status_t status_of(enum err e)
{
    switch (e) {
    case ERR_OK:
        return RPC_S_OK;
    case ERR_RPC_NOT_REGISTERED:
        return EPT_STATUS_NOT_REGISTERED;
    case ERR_NO_MEMORY:
        return RPC_S_OUT_OF_MEMORY;
    case ERR_RPC_RESOURCES:
        return RPC_S_OUT_OF_RESOURCES;
    case ERR_TRUNCATED:
    case ERR_MALFORMED:
    case ERR_INVALID_PARAMETER:
    case ERR_UNSUPPORTED:
        return EPT_S_INVALID_ENTRY;
    default:
        return EPT_S_CANT_PERFORM_OP;
    }
}

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
    bool found = !*address || strncmp(address, "127.", 4) == 0;

    if (found || inet_pton(AF_INET, address, &wanted) != 1 || getifaddrs(&all))
        return found;
    for (i = all; i && !found; i = i->ifa_next)
        found = i->ifa_addr && i->ifa_addr->sa_family == AF_INET &&
                ((const struct sockaddr_in *)(const void *)i->ifa_addr)->sin_addr.s_addr ==
                    wanted.s_addr;
    freeifaddrs(all);
    return found;
}

static enum err tower_from(const ept_tower_t *from, struct rpc_tower *ret)
{
    enum err e;

    if (!from)
        return detail_fail(ERR_MALFORMED, "there is no tower");
    e = rpc_tower_read(bytes_of(from->tower_octet_string, from->tower_length), ret);
    if (e)
        return detail_fail(e, "a tower of %u octets is malformed, or of unknown protocols",
                           (unsigned)from->tower_length);
    return ERR_OK;
}

static enum err item_from(const ept_entry_t *from, bool anywhere, struct map_item *ret)
{
    enum err e;

    ret->object = uuid_of(&from->object);
    ret->annotation = (const char *)from->annotation;
    e = tower_from(from->tower, &ret->tower);
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

static enum err items_from(const CS_LOCAL_CALLER *who, const ept_entry_t *from, ULONG n,
                           struct map_item **ret)
{
    struct map_item *items = mem_array(n ? n : 1, sizeof *items);
    enum err e = items ? ERR_OK : ERR_NO_MEMORY;
    ULONG i;

    for (i = 0; i < n && !e; i++)
        e = item_from(&from[i], who->uid == 0, &items[i]);
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
    enum err e = items_from(who, entries, n, &items);

    pthread_mutex_lock(&lock);
    if (!e)
        e = watch_process(who->pid, who->uid, &caller.process);
    if (!e)
        e = map_insert(map, &caller, items, n, replace);
    pthread_mutex_unlock(&lock);
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
    *status = status_of(e);
}

static enum err take_out(const CS_LOCAL_CALLER *who, const ept_entry_t *entries, ULONG n)
{
    const struct map_caller caller = { .uid = who->uid };
    struct map_item *items = NULL;
    enum err e = items_from(who, entries, n, &items);

    if (e)
        return e;
    pthread_mutex_lock(&lock);
    e = map_delete(map, &caller, items, n);
    pthread_mutex_unlock(&lock);
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
    *status = status_of(e);
}

static enum err manage(const CS_LOCAL_CALLER *who, const ept_uuid_t *object,
                       const ept_tower_t *tower)
{
    const struct map_caller caller = { .uid = who->uid };
    struct uuid wanted = { 0 };
    struct rpc_tower t;
    char place[MAP_PLACE];
    enum err e = tower_from(tower, &t);

    if (e)
        return e;
    if (object)
        wanted = uuid_of(object);
    pthread_mutex_lock(&lock);
    e = map_delete_any(map, &caller, object ? &wanted : NULL, &t);
    pthread_mutex_unlock(&lock);
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
    *status = status_of(e);
}

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

static ept_tower_t *tower_to(const struct rpc_tower *from, const char *here)
{
    uint8_t octets[RPC_TOWER_MAX];
    struct writer w = writer_over(octets, sizeof octets);
    struct rpc_tower given = *from;
    ept_tower_t *t = NULL;

    if (!given.address[0])
        (void)snprintf(given.address, sizeof given.address, "%s", here);
    rpc_tower_write(&w, &given);
    if (!w.err)
        t = midl_user_allocate(sizeof *t + w.len);
    if (!t)
        return NULL;
    t->tower_length = (ULONG)w.len;
    memcpy(t->tower_octet_string, octets, w.len);
    return t;
}

static bool entry_to(const struct map_entry *from, const char *here, ept_entry_t *to)
{
    to->object = uuid_to(&from->object);
    (void)snprintf((char *)to->annotation, sizeof to->annotation, "%s", from->annotation);
    to->tower = tower_to(&from->tower, here);
    return to->tower != NULL;
}

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
        p->towers[p->count] = tower_to(&e->tower, p->here);
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

    while (p->count < p->most && (e = map_next(map, &s->query, &s->cursor)) != NULL)
        if (!page_add(p, e))
            return ERR_NO_MEMORY;
    return p->count || !p->most ? ERR_OK : ERR_RPC_NOT_REGISTERED;
}

static void drop(struct search *s)
{
    pthread_mutex_lock(&lock);
    searches--;
    pthread_mutex_unlock(&lock);
    mem_free(s);
}

/* With the lock: the handle to go on with, where there is more and it is a new search. */
static enum err keep(const struct search *s, ept_lookup_handle_t *handle)
{
    struct search *kept;

    if (searches >= SEARCHES_MOST)
        return detail_fail(ERR_RPC_RESOURCES, "%u searches are under way", searches);
    kept = mem_alloc(sizeof *kept);
    if (!kept)
        return ERR_NO_MEMORY;
    *kept = *s;
    searches++;
    *handle = kept;
    return ERR_OK;
}

/* Whether a search goes on behind a page. A full page of ept_lookup is followed by another one,
 * even if that only says that there is none: clients read until they are told so. Of ept_map they
 * want the first tower, and would leave the handle behind. */
static bool goes_on(const struct search *s, const struct page *p)
{
    return p->count && p->count == p->most &&
           (p->entries || map_has_more(map, &s->query, s->cursor));
}

/* One page more of a search; the handle is made, goes on, or ends. */
static enum err turn(struct search *s, ept_lookup_handle_t *handle, struct page *p)
{
    struct search *old = *handle;
    bool more;
    enum err e;

    pthread_mutex_lock(&lock);
    e = fill(s, p);
    more = !e && goes_on(s, p);
    if (more && !old)
        e = keep(s, handle);
    pthread_mutex_unlock(&lock);
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
        q.asked.interface = uuid_of(&interface->uuid);
        q.asked.interface_major = interface->vers_major;
        q.asked.interface_minor = interface->vers_minor;
        q.versions = (enum map_versions)vers_option;
    }
    if (q.by_object && object)
        q.object = uuid_of(object);
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
    *status = status_of(turn(s, entry_handle, &p));
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
        wanted = uuid_of(object);
    if (!s) {
        s = &first;
        e = tower_from(map_tower, &asked);
        pthread_mutex_lock(&lock);
        if (!e)
            map_search(map, &wanted, &asked, &s->query, &s->cursor);
        pthread_mutex_unlock(&lock);
    }
    reached_at(h, p.here);
    if (!e)
        e = turn(s, entry_handle, &p);
    else if (e != ERR_NO_MEMORY)
        e = ERR_RPC_NOT_REGISTERED;
    *status = status_of(e);
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

/* ---- the service ---- */

enum err service_begin(const struct service_how *how, int epoll_fd)
{
    service = *how;
    watch_begin(epoll_fd);
    return map_new(&map);
}

enum err service_add_own(const char *protseq, const char *address, const char *endpoint)
{
    static const struct map_caller self = { .uid = 0, .process = 0 };
    struct map_item item = {
        .annotation = "endpoint mapper",
        .tower = { .interface = { 0xe1af8308,
                                  0x5d1f,
                                  0x11c9,
                                  { 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa } },
                   .interface_major = 3,
                   .syntax = { 0x8a885d04,
                               0x1ceb,
                               0x11c9,
                               { 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 } },
                   .syntax_major = 2,
                   .protseq = rpc_tower_protseq(protseq) }
    };
    enum err e;

    (void)snprintf(item.tower.address, sizeof item.tower.address, "%s", address);
    (void)snprintf(item.tower.endpoint, sizeof item.tower.endpoint, "%s", endpoint);
    pthread_mutex_lock(&lock);
    e = map_insert(map, &self, &item, 1, false);
    pthread_mutex_unlock(&lock);
    return e;
}

void service_ended(uint64_t process)
{
    size_t n;

    pthread_mutex_lock(&lock);
    n = map_forget(map, process);
    watch_ended(process);
    pthread_mutex_unlock(&lock);
    if (n)
        say(SAY_INFO, "a process is over, and %zu entries with it", n);
}

static RPC_STATUS RPC_ENTRY demand_proof(RPC_IF_HANDLE interface, void *call)
{
    CS_LOCAL_CALLER who = { .size = sizeof who };

    (void)interface;
    if (!service.authenticated || CsServerInqLocalCaller(call, &who) == RPC_S_OK ||
        RpcBindingInqAuthClientA(call, NULL, NULL, NULL, NULL, NULL) == RPC_S_OK)
        return RPC_S_OK;
    return RPC_S_ACCESS_DENIED;
}

bool service_offer(void)
{
    RPC_STATUS status =
        RpcServerRegisterIf2(epm_v3_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                             RPC_C_LISTEN_MAX_CALLS_DEFAULT, REQUEST_MOST, demand_proof);

    if (status == RPC_S_OK)
        status = RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1);
    if (status != RPC_S_OK)
        say(SAY_ERROR, "serving the interface: status %d: %s", (int)status, detail_get()->text);
    return status == RPC_S_OK;
}
