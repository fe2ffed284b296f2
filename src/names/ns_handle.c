/* SPDX-License-Identifier: Apache-2.0
 * ns_handle.c - handles of searches and inquiries.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/handle.h"
#include "names/ns_cache.h"
#include "names/ns_door.h"

enum err ns_handle_new(enum ns_use use, struct ns_handle **ret)
{
    struct ns_handle *h = mem_zero(sizeof *h);

    if (!h)
        return ERR_NO_MEMORY;
    h->use = use;
    pthread_mutex_init(&h->lock, NULL);
    *ret = h;
    return ERR_OK;
}

void ns_handle_free(struct ns_handle *h)
{
    if (!h)
        return;
    ns_search_close(h->search);
    ns_entry_free(&h->entry);
    ns_at_close(&h->at);
    mem_free(h->links.member);
    pthread_mutex_destroy(&h->lock);
    mem_free(h);
}

static void release(void *object)
{
    ns_handle_free(object);
}

enum err ns_handle_publish(struct ns_handle *h, RPC_NS_HANDLE *ret)
{
    handle_id id = 0;
    enum err e = handle_new(HANDLE_RPC_NS, h, release, &id);

    if (e)
        ns_handle_free(h);
    else
        *ret = (RPC_NS_HANDLE)(uintptr_t)id;
    return e;
}

static enum err find(handle_id id, enum ns_use use, struct ns_handle **ret)
{
    void *object = NULL;
    enum err e = handle_get(id, HANDLE_RPC_NS, &object);

    if (e)
        return e;
    *ret = object;
    if ((*ret)->use == use)
        return ERR_OK;
    handle_put(id);
    return detail_fail(ERR_INVALID_HANDLE, "a handle of another search or inquiry");
}

enum err ns_handle_take(RPC_NS_HANDLE handle, enum ns_use use, struct ns_handle **ret)
{
    handle_id id = (handle_id)(uintptr_t)handle;
    struct ns_handle *h = NULL;
    enum err e = find(id, use, &h);

    if (e)
        return e;
    pthread_mutex_lock(&h->lock);
    if (__atomic_load_n(&h->ended, __ATOMIC_ACQUIRE)) {
        ns_handle_release(handle, h);
        return ERR_INVALID_HANDLE;
    }
    *ret = h;
    return ERR_OK;
}

void ns_handle_release(RPC_NS_HANDLE handle, struct ns_handle *h)
{
    pthread_mutex_unlock(&h->lock);
    handle_put((handle_id)(uintptr_t)handle);
}

RPC_STATUS ns_handle_done(const char *function, RPC_NS_HANDLE *handle, enum ns_use use)
{
    struct ns_handle *h = NULL;
    handle_id id;
    enum err e;

    detail_begin(function);
    if (!handle)
        return RPC_S_INVALID_ARG;
    id = (handle_id)(uintptr_t)*handle;
    e = find(id, use, &h);
    if (e)
        return ns_status(e);
    __atomic_store_n(&h->ended, true, __ATOMIC_RELEASE);
    if (pthread_mutex_trylock(&h->lock) == 0)
        pthread_mutex_unlock(&h->lock);
    else if (h->search) /* somebody waits for the directory */
        ns_search_interrupt(h->search);
    else
        ns_home_interrupt(&h->at.home);
    e = handle_close(id, HANDLE_RPC_NS);
    handle_put(id);
    if (!e)
        *handle = NULL;
    return ns_status(e);
}

unsigned ns_handle_age(const struct ns_handle *h)
{
    return h->age_set ? h->age : ns_cache_age();
}
