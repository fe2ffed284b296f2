/* SPDX-License-Identifier: Apache-2.0
 * memory.c - RpcSs memory: environments, and which one a thread is in.
 *
 * An environment lives until the last thread has left it; its memory ends when it ends. Blocks are
 * known by their address, so that a pointer which is none of them is never taken for one.
 */
#include "rpc/memory.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/handle.h"

enum { BUCKETS_FIRST = 32, SHIFT = 4 /* of an address: what alignment makes zero */ };

struct block {
    _Alignas(16) struct block *next; /* of its bucket */
};

struct rpc_memory {
    atomic_uint refs; /* threads, and the handle */
    pthread_mutex_t lock;
    bool ended, of_call;
    unsigned enabled;
    handle_id handle; /* 0 until somebody asks */
    struct block **buckets;
    size_t bucket_count, count;
};

static _Thread_local struct {
    struct rpc_memory *in;
    struct rpc_memory *call; /* of the call that is served, whatever its routine has moved into */
    RPC_CLIENT_ALLOC *allocate; /* set for client's stubs, or NULL */
    RPC_CLIENT_FREE *release;
    void (*other)(void *p); /* for what is of no environment */
    bool kept;              /* the thread's end will leave it */
} thread;

/* ---- blocks ---- */

static struct block **bucket_of(const struct rpc_memory *m, const void *p)
{
    return &m->buckets[((uintptr_t)p >> SHIFT) % m->bucket_count];
}

static bool grow(struct rpc_memory *m)
{
    size_t count = m->bucket_count ? m->bucket_count * 2 : BUCKETS_FIRST, i;
    struct rpc_memory wider = { .bucket_count = count, .buckets = NULL };
    struct block *b = NULL, *next = NULL;

    wider.buckets = mem_array(count, sizeof *wider.buckets);
    if (!wider.buckets)
        return false;
    for (i = 0; i < m->bucket_count; i++)
        for (b = m->buckets[i]; b; b = next) {
            struct block **to = bucket_of(&wider, b + 1);

            next = b->next;
            b->next = *to;
            *to = b;
        }
    mem_free(m->buckets);
    m->buckets = wider.buckets;
    m->bucket_count = count;
    return true;
}

static bool has(const struct rpc_memory *m, const void *p)
{
    const struct block *b = m->bucket_count ? *bucket_of(m, p) : NULL;

    while (b && b + 1 != p)
        b = b->next;
    return b;
}

static void free_blocks(struct rpc_memory *m)
{
    struct block *b = NULL, *next = NULL;
    size_t i;

    for (i = 0; i < m->bucket_count; i++)
        for (b = m->buckets[i]; b; b = next) {
            next = b->next;
            mem_free(b);
        }
    mem_free(m->buckets);
    m->buckets = NULL;
    m->bucket_count = m->count = 0;
}

/* ---- environments ---- */

static void unref(void *object)
{
    struct rpc_memory *m = object;

    if (!m || atomic_fetch_sub(&m->refs, 1) != 1)
        return;
    free_blocks(m);
    pthread_mutex_destroy(&m->lock);
    mem_free(m);
}

static enum err memory_new(struct rpc_memory **ret)
{
    struct rpc_memory *m = mem_zero(sizeof *m);

    if (!m)
        return detail_fail(ERR_NO_MEMORY, "no memory for a memory-management environment");
    pthread_mutex_init(&m->lock, NULL);
    atomic_init(&m->refs, 1);
    m->enabled = 1;
    *ret = m;
    return ERR_OK;
}

static void end(struct rpc_memory *m)
{
    handle_id handle;

    pthread_mutex_lock(&m->lock);
    m->ended = true;
    free_blocks(m);
    handle = m->handle;
    m->handle = 0;
    pthread_mutex_unlock(&m->lock);
    if (handle)
        (void)!handle_close(handle, HANDLE_RPC_MEMORY);
}

static bool has_ended(struct rpc_memory *m)
{
    bool ended;

    pthread_mutex_lock(&m->lock);
    ended = m->ended;
    pthread_mutex_unlock(&m->lock);
    return ended;
}

/* ---- the thread's ---- */

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void thread_ends(void *arg)
{
    (void)arg;
    unref(thread.in);
    thread.in = NULL;
}

static void make_key(void)
{
    (void)pthread_key_create(&key, thread_ends); /* without it an environment leaks */
}

/* The reference becomes the thread's; what it was in is left. */
static void move_into(struct rpc_memory *m)
{
    struct rpc_memory *was = thread.in;

    if (m && !thread.kept) {
        (void)pthread_once(&once, make_key);
        thread.kept = pthread_setspecific(key, &once) == 0; /* any value but NULL */
    }
    thread.in = m;
    unref(was);
}

/* What it is in, if that has not ended. */
static struct rpc_memory *alive(void)
{
    return thread.in && !has_ended(thread.in) ? thread.in : NULL;
}

enum err rpc_memory_enable(void)
{
    struct rpc_memory *m = alive();
    enum err e;

    if (m) {
        pthread_mutex_lock(&m->lock);
        m->enabled++;
        pthread_mutex_unlock(&m->lock);
        return ERR_OK;
    }
    e = memory_new(&m);
    if (!e)
        move_into(m);
    return e;
}

void rpc_memory_disable(void)
{
    struct rpc_memory *m = thread.in;
    bool last;

    if (!m)
        return;
    pthread_mutex_lock(&m->lock);
    if (m->enabled > m->of_call)
        m->enabled--;
    last = m->enabled == 0;
    pthread_mutex_unlock(&m->lock);
    if (!last)
        return;
    end(m);
    move_into(NULL);
}

enum err rpc_memory_call_begin(void (*release)(void *p), struct rpc_memory_call *ret)
{
    struct rpc_memory *m = NULL;
    enum err e = memory_new(&m);

    if (e)
        return e;
    m->of_call = true;
    atomic_fetch_add(&m->refs, 1);
    *ret = (struct rpc_memory_call){ m, thread.in, thread.call, thread.other };
    thread.in = NULL; /* kept in *ret */
    move_into(m);
    thread.call = m;
    thread.other = release;
    return ERR_OK;
}

void rpc_memory_call_end(struct rpc_memory_call *c)
{
    if (!c->own)
        return;
    end(c->own);
    unref(c->own);
    move_into(c->outer);
    thread.call = c->outer_call;
    thread.other = c->outer_release;
    c->own = NULL;
}

/* ---- memory ---- */

static enum err none(void)
{
    return detail_fail(ERR_INVALID_PARAMETER,
                       thread.in ? "the memory-management environment has ended"
                                 : "this thread is in no memory-management environment: call "
                                   "RpcSmEnableAllocate, or give the procedure [enable_allocate]");
}

enum err rpc_memory_allocate(size_t size, void **ret)
{
    struct rpc_memory *m = alive();
    struct block *b = NULL;

    if (!m)
        return none();
    if (size < SIZE_MAX / 2)
        b = mem_alloc(sizeof *b + size);
    if (!b)
        return detail_fail(ERR_NO_MEMORY, "no memory for %zu bytes", size);
    pthread_mutex_lock(&m->lock);
    if (m->ended || (m->count == m->bucket_count && !grow(m))) {
        pthread_mutex_unlock(&m->lock);
        mem_free(b);
        return detail_fail(ERR_NO_MEMORY, "no memory to keep account of %zu bytes", size);
    }
    b->next = *bucket_of(m, b + 1);
    *bucket_of(m, b + 1) = b;
    m->count++;
    pthread_mutex_unlock(&m->lock);
    *ret = b + 1;
    return ERR_OK;
}

static bool is_of(struct rpc_memory *m, const void *p)
{
    bool ours;

    if (!m)
        return false;
    pthread_mutex_lock(&m->lock);
    ours = has(m, p);
    pthread_mutex_unlock(&m->lock);
    return ours;
}

enum err rpc_memory_mark(const void *p)
{
    if (!alive())
        return none();
    return is_of(thread.in, p) ? ERR_OK
                               : detail_fail(ERR_INVALID_PARAMETER,
                                             "%p is not of the environment this thread is in", p);
}

void rpc_memory_release(void *p)
{
    if (p && !is_of(thread.call, p) && !is_of(thread.in, p) && thread.other)
        thread.other(p);
}

/* ---- handles ---- */

enum err rpc_memory_handle(void **ret)
{
    struct rpc_memory *m = alive();
    enum err e = ERR_OK;

    *ret = NULL;
    if (!m)
        return ERR_OK;
    pthread_mutex_lock(&m->lock);
    if (!m->handle) {
        atomic_fetch_add(&m->refs, 1);
        e = handle_new(HANDLE_RPC_MEMORY, m, unref, &m->handle);
        if (e)
            atomic_fetch_sub(&m->refs, 1);
    }
    *ret = (void *)(uintptr_t)m->handle;
    pthread_mutex_unlock(&m->lock);
    return e;
}

enum err rpc_memory_enter(void *handle)
{
    handle_id id = (handle_id)(uintptr_t)handle;
    struct rpc_memory *m = NULL;
    void *object = NULL;

    if (!handle) {
        move_into(NULL);
        return ERR_OK;
    }
    if (handle_get(id, HANDLE_RPC_MEMORY, &object))
        return detail_fail(ERR_INVALID_PARAMETER,
                           "%p is no memory-management environment, or one that has ended", handle);
    m = object;
    atomic_fetch_add(&m->refs, 1);
    handle_put(id);
    move_into(m);
    return ERR_OK;
}

/* ---- a client's ---- */

/* For ndr: NULL where there is none, and nothing is raised. */
static void *allocate_here(size_t size)
{
    void *p = NULL;

    return rpc_memory_allocate(size, &p) ? NULL : p;
}

static void free_here(void *p)
{
    (void)!rpc_memory_mark(p);
}

static void *plain_allocate(size_t size)
{
    return mem_alloc(size);
}

static void plain_free(void *p)
{
    mem_free(p);
}

struct ndr_user rpc_memory_client(const CS_INTERFACE *face)
{
    thread.other = face->Free ? face->Free : plain_free;
    if (thread.allocate == RpcSsAllocate) /* which raises */
        return (struct ndr_user){ allocate_here, free_here };
    if (thread.allocate)
        return (struct ndr_user){ thread.allocate, thread.release };
    if (alive())
        return (struct ndr_user){ allocate_here, free_here };
    return face->Allocate ? (struct ndr_user){ face->Allocate, face->Free }
                          : (struct ndr_user){ plain_allocate, plain_free };
}

void rpc_memory_set_client(RPC_CLIENT_ALLOC *allocate, RPC_CLIENT_FREE *release)
{
    bool plain = allocate == plain_allocate;

    thread.allocate = plain ? NULL : allocate;
    thread.release = plain ? NULL : release;
}

void rpc_memory_get_client(RPC_CLIENT_ALLOC **ret_allocate, RPC_CLIENT_FREE **ret_release)
{
    bool here = !thread.allocate && alive();

    *ret_allocate = here ? RpcSsAllocate : thread.allocate ? thread.allocate : plain_allocate;
    *ret_release = here ? RpcSsFree : thread.allocate ? thread.release : plain_free;
}

void rpc_memory_client_free(void *p)
{
    if (!p || is_of(thread.in, p))
        return;
    if (thread.allocate && thread.allocate != RpcSsAllocate)
        thread.release(p);
    else if (thread.other)
        thread.other(p);
    else
        plain_free(p);
}
