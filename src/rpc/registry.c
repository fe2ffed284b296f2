/* SPDX-License-Identifier: Apache-2.0
 * registry.c - the interfaces this process serves.
 */
#include "rpc/registry.h"

#include <pthread.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "rpc/access.h"
#include "rpc/decision.h"
#include "rpc/guard.h"
#include "rpc/queue_server.h"
#include "rpc/self_report.h"
#include "rpc/server_verdict.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t call_ended = PTHREAD_COND_INITIALIZER;
static struct rpc_registration *first;

static struct rpc_syntax id_of(const CS_SERVER_INTERFACE *face)
{
    const RPC_IF_ID *id = &face->Head.Id;
    struct rpc_syntax s = { .major = id->VersMajor, .minor = id->VersMinor };

    static_assert(sizeof s.uuid == sizeof id->Uuid, "one layout of UUIDs");
    memcpy(&s.uuid, &id->Uuid, sizeof s.uuid);
    return s;
}

static bool uuid_same(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* ---- managers ---- */

static const void *manager_in(const struct rpc_managers *m, const struct uuid *type)
{
    size_t i;

    for (i = 0; m && i < m->count; i++)
        if (uuid_same(&m->item[i].type, type))
            return m->item[i].epv;
    return NULL;
}

const void *rpc_registration_manager(struct rpc_registration *r, const struct uuid *type)
{
    return manager_in(atomic_load_explicit(&r->managers, memory_order_acquire), type);
}

/* A table with room for n managers in front of those that were. */
static struct rpc_managers *managers_new(struct rpc_registration *r, size_t n)
{
    struct rpc_managers *m = mem_zero(sizeof *m + n * sizeof m->item[0]);

    if (m)
        m->older = atomic_load(&r->managers);
    return m;
}

static enum err manager_add(struct rpc_registration *r, const struct uuid *type, const void *epv)
{
    struct rpc_managers *old = atomic_load(&r->managers), *m;
    size_t n = old ? old->count : 0;

    if (manager_in(old, type))
        return detail_fail(ERR_RPC_TYPE_REGISTERED, "interface %s has a manager of that type",
                           r->face->Head.Name);
    if (n == RPC_MANAGERS_MAX)
        return detail_fail(ERR_RPC_RESOURCES, "interface %s has %zu manager types already",
                           r->face->Head.Name, n);
    m = managers_new(r, n + 1);
    if (!m)
        return ERR_NO_MEMORY;
    if (n)
        memcpy(m->item, old->item, n * sizeof m->item[0]);
    m->item[n] = (struct rpc_manager){ *type, epv };
    m->count = n + 1;
    atomic_store_explicit(&r->managers, m, memory_order_release);
    return ERR_OK;
}

/* Takes the manager of that type out; *ret_left says how many remain. */
static enum err manager_remove(struct rpc_registration *r, const struct uuid *type,
                               size_t *ret_left)
{
    struct rpc_managers *old = atomic_load(&r->managers), *m;
    size_t i, n = 0;

    if (!manager_in(old, type))
        return detail_fail(ERR_RPC_MANAGER_TYPE, "interface %s has no manager of that type",
                           r->face->Head.Name);
    m = managers_new(r, old->count);
    if (!m)
        return ERR_NO_MEMORY;
    for (i = 0; i < old->count; i++)
        if (!uuid_same(&old->item[i].type, type))
            m->item[n++] = old->item[i];
    m->count = n;
    atomic_store_explicit(&r->managers, m, memory_order_release);
    *ret_left = n;
    return ERR_OK;
}

/* ---- registrations ---- */

struct rpc_registration *rpc_registration_ref(struct rpc_registration *r)
{
    atomic_fetch_add(&r->refs, 1);
    return r;
}

void rpc_registration_unref(struct rpc_registration *r)
{
    struct rpc_managers *m, *older;

    if (!r || atomic_fetch_sub(&r->refs, 1) != 1)
        return;
    for (m = atomic_load(&r->managers); m; m = older) {
        older = m->older;
        mem_free(m);
    }
    rpc_guard_unref(r->guard);
    rpc_guard_unref(r->lists);
    rpc_access_unref(r->access);
    mem_free(r);
}

bool rpc_registration_begin(struct rpc_registration *r)
{
    atomic_fetch_add(&r->calls, 1);
    if (!atomic_load(&r->gone))
        return true;
    rpc_registration_end(r);
    return false;
}

OFTEN void rpc_registration_end(struct rpc_registration *r)
{
    if (atomic_fetch_sub(&r->calls, 1) != 1 || !atomic_load(&r->gone))
        return;
    pthread_mutex_lock(&lock);
    pthread_cond_broadcast(&call_ended);
    pthread_mutex_unlock(&lock);
}

static struct rpc_registration *of_face(const CS_SERVER_INTERFACE *face,
                                        const struct rpc_interface_group *group)
{
    struct rpc_syntax id = id_of(face);
    struct rpc_registration *r;

    for (r = first; r; r = r->next)
        if (r->group == group && rpc_syntax_equal(&r->id, &id))
            return r;
    return NULL;
}

static enum err registration_new(const struct rpc_register *how, const void *epv)
{
    struct rpc_registration *r = mem_zero(sizeof *r);
    enum err e;

    if (!r)
        return ERR_NO_MEMORY;
    r->face = how->face;
    r->group = how->group;
    r->id = id_of(how->face);
    r->number = rpc_decision_number();
    r->access = rpc_access_ref(how->access);
    r->flags = how->flags;
    r->guard = how->built_in ? NULL : rpc_guard_find(&r->id);
    r->max_calls = how->max_calls;
    r->max_size = how->max_size;
    r->callback = how->callback;
    r->built_in = how->built_in;
    atomic_init(&r->refs, 1);
    e = rpc_guard_of_stub(how->face, &r->id, &r->lists);
    if (!e)
        e = manager_add(r, &how->type, epv);
    if (e) {
        rpc_registration_unref(r);
        return e;
    }
    r->next = first;
    first = r;
    return ERR_OK;
}

static bool same_access(const struct rpc_access *a, const struct rpc_access *b)
{
    return a && b && bytes_equal(buf_view(a->bytes), buf_view(b->bytes));
}

/* What a further registration states and would not get: the first one's holds. NULL: nothing. */
static const char *differs(const struct rpc_registration *r, const struct rpc_register *how)
{
    const unsigned always = how->group ? RPC_IF_AUTOLISTEN : 0;

    if (how->flags & ~always && how->flags != r->flags)
        return "flags";
    if (how->callback && how->callback != r->callback)
        return "security callback";
    if (how->access && !same_access(how->access, r->access))
        return "security descriptor";
    if (how->max_calls != RPC_C_LISTEN_MAX_CALLS_DEFAULT && how->max_calls != r->max_calls)
        return "MaxCalls";
    if (how->max_size != RPC_SIZE_NONE && how->max_size != r->max_size)
        return "MaxRpcSize";
    return NULL;
}

static enum err type_add(struct rpc_registration *r, const struct rpc_register *how,
                         const void *epv)
{
    const char *what = rpc_registration_manager(r, &how->type) ? NULL : differs(r, how);

    if (!what)
        return manager_add(r, &how->type, epv);
    detail_remedy("Register each manager type of an interface alike, or those after the first with "
                  "RpcServerRegisterIf.");
    return detail_fail(ERR_EXISTS,
                       "interface %s is registered already, and not with the %s that "
                       "is asked for now",
                       r->face->Head.Name, what);
}

/* A client's interface is shorter: only its head may be read. */
static enum err check(const CS_SERVER_INTERFACE *face)
{
    if (face->Head.StubAbi != CS_STUB_ABI) {
        detail_remedy("Compile the interface again with this version's countersign-idl.");
        return detail_fail(ERR_RPC_STUB_VERSION,
                           "the stubs of interface %s have ABI %u, this library has %u",
                           face->Head.Name, face->Head.StubAbi, CS_STUB_ABI);
    }
    if (face->Head.Length < sizeof *face || face->Head.Side != CS_INTERFACE_SERVER)
        return detail_fail(ERR_RPC_INTERFACE,
                           "the interface handle is a client's: register the one whose name ends "
                           "in _s_ifspec");
    return ERR_OK;
}

static atomic_bool passes_handles;

bool rpc_registry_passes_handles(void)
{
    return atomic_load_explicit(&passes_handles, memory_order_relaxed);
}

static void note_handles(const CS_SERVER_INTERFACE *face)
{
    unsigned i;

    for (i = 0; i < face->Head.ProcedureCount; i++)
        if (face->Procedures[i].Flags & CS_CALL_SYSTEM_HANDLES)
            atomic_store(&passes_handles, true);
}

enum err rpc_registry_add(const struct rpc_register *how)
{
    struct rpc_registration *r;
    const void *epv = how->epv;
    enum err e = check(how->face);

    if (e)
        return e;
    if (!epv)
        epv = how->face->DefaultManagerEpv;
    if (!epv)
        return detail_fail(ERR_INVALID_PARAMETER, "interface %s has no manager of its own",
                           how->face->Head.Name);
    note_handles(how->face);
    pthread_mutex_lock(&lock);
    r = of_face(how->face, how->group);
    e = r ? type_add(r, how, epv) : registration_new(how, epv);
    pthread_mutex_unlock(&lock);
    if (!e)
        rpc_queues_review();
    return e;
}

enum err rpc_registry_unserved(const CS_SERVER_INTERFACE *face, struct rpc_syntax *ret)
{
    struct rpc_registration *r;
    struct rpc_syntax id;
    enum err e = check(face);

    if (e)
        return e;
    id = id_of(face);
    pthread_mutex_lock(&lock);
    for (r = first; r && !rpc_syntax_equal(&r->id, &id);)
        r = r->next;
    pthread_mutex_unlock(&lock);
    if (r)
        return detail_fail(ERR_EXISTS, "interface %s is being served", face->Head.Name);
    *ret = id;
    return ERR_OK;
}

/* Out of the table; the caller has its reference. */
static void take_out(struct rpc_registration **place)
{
    struct rpc_registration *r = *place;

    *place = r->next;
    atomic_store(&r->gone, true);
    rpc_server_verdicts_review(); /* of its calls none waits for one */
}

/* With the lock, which is let go of while waiting. */
static void wait_for_calls(struct rpc_registration *r)
{
    while (atomic_load(&r->calls))
        pthread_cond_wait(&call_ended, &lock);
}

static enum err remove_one(const CS_SERVER_INTERFACE *face, const struct uuid *type, bool wait)
{
    struct rpc_registration **place, *r = of_face(face, NULL);
    size_t left = 0;
    enum err e = ERR_OK;

    if (!r || r->built_in)
        return detail_fail(ERR_RPC_INTERFACE, "interface %s is not registered", face->Head.Name);
    if (type)
        e = manager_remove(r, type, &left);
    if (e || left)
        return e;
    for (place = &first; *place != r;)
        place = &(*place)->next;
    take_out(place);
    if (wait)
        wait_for_calls(r);
    rpc_registration_unref(r);
    return ERR_OK;
}

/* The next one that is not built in, in turn, for the lock is let go of while waiting. */
static bool remove_any(const struct uuid *type, bool wait)
{
    struct rpc_registration **place, *r;
    size_t left = 0;

    for (place = &first; *place; place = &(*place)->next) {
        r = *place;
        if (r->built_in || r->group || (type && (manager_remove(r, type, &left) || left)))
            continue;
        take_out(place);
        if (wait)
            wait_for_calls(r);
        rpc_registration_unref(r);
        return true;
    }
    return false;
}

enum err rpc_registry_remove(const CS_SERVER_INTERFACE *face, const struct uuid *type, bool wait)
{
    enum err e = ERR_OK;

    pthread_mutex_lock(&lock);
    if (face)
        e = remove_one(face, type, wait);
    else
        while (remove_any(type, wait))
            ;
    pthread_mutex_unlock(&lock);
    return e;
}

void rpc_registry_remove_group(const struct rpc_interface_group *group)
{
    struct rpc_registration **place = &first, *r;

    pthread_mutex_lock(&lock);
    while ((r = *place)) {
        if (r->group != group) {
            place = &r->next;
            continue;
        }
        take_out(place);
        rpc_registration_unref(r);
    }
    pthread_mutex_unlock(&lock);
}

/* ---- asking ---- */

struct rpc_registration *rpc_registry_find(const struct rpc_syntax *offered,
                                           const struct rpc_interface_group *group)
{
    struct rpc_registration *r;

    pthread_mutex_lock(&lock);
    for (r = first; r; r = r->next)
        if ((r->group == group || r->built_in) && uuid_same(&r->id.uuid, &offered->uuid) &&
            r->id.major == offered->major && r->id.minor >= offered->minor)
            break;
    if (r)
        rpc_registration_ref(r);
    pthread_mutex_unlock(&lock);
    return r;
}

/* What the runtime has for itself. */
static bool is_ours(const struct rpc_registration *r)
{
    return r->built_in || r->face == &rpc_inside;
}

struct rpc_registration *rpc_registry_after(uint64_t number)
{
    struct rpc_registration *r, *best = NULL;

    pthread_mutex_lock(&lock);
    for (r = first; r; r = r->next)
        if (!is_ours(r) && r->number > number && (!best || r->number < best->number))
            best = r;
    if (best)
        rpc_registration_ref(best);
    pthread_mutex_unlock(&lock);
    return best;
}

static size_t list_into(struct rpc_syntax *to, const struct rpc_interface_group *group,
                        bool built_in)
{
    const struct rpc_registration *r;
    size_t n = 0;

    for (r = first; r; r = r->next) {
        if (r->built_in != built_in || (!built_in && r->group != group))
            continue;
        if (to)
            to[n] = r->id;
        n++;
    }
    return n;
}

enum err rpc_registry_list(const struct rpc_interface_group *group, struct rpc_syntax **ret,
                           size_t *ret_count)
{
    struct rpc_syntax *ids;
    size_t n;

    pthread_mutex_lock(&lock);
    n = list_into(NULL, group, false) + list_into(NULL, group, true);
    ids = mem_array(n + 1, sizeof *ids);
    if (ids)
        list_into(ids + list_into(ids, group, false), group, true);
    pthread_mutex_unlock(&lock);
    if (!ids)
        return ERR_NO_MEMORY;
    *ret = ids;
    *ret_count = n;
    return ERR_OK;
}

enum err rpc_registry_manager(const CS_SERVER_INTERFACE *face, const struct uuid *type,
                              const void **ret)
{
    struct rpc_registration *r;
    const void *epv = NULL;
    enum err e = ERR_OK;

    pthread_mutex_lock(&lock);
    r = of_face(face, NULL);
    if (!r)
        e = detail_fail(ERR_RPC_INTERFACE, "interface %s is not registered", face->Head.Name);
    else
        epv = rpc_registration_manager(r, type);
    pthread_mutex_unlock(&lock);
    if (!e && !epv)
        e = detail_fail(ERR_RPC_MANAGER_TYPE, "interface %s has no manager of that type",
                        face->Head.Name);
    if (!e)
        *ret = epv;
    return e;
}

bool rpc_registry_listens(void)
{
    const struct rpc_registration *r;
    bool yes = false;

    pthread_mutex_lock(&lock);
    for (r = first; r && !yes; r = r->next)
        yes = !r->built_in && !r->group && (r->flags & RPC_IF_AUTOLISTEN);
    pthread_mutex_unlock(&lock);
    return yes;
}
