/* SPDX-License-Identifier: Apache-2.0
 * pickle.c - a serialization handle: where its octets come from and go to.
 * desktop-src/Rpc/serialization-styles.md
 */
#include "rpc/pickle.h"

#include <countersign/rpcexcept.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/handle.h"
#include "ndr/pickle.h"
#include "rpc/negotiate.h"

/* ---- the handle ---- */

enum err rpc_pickle_publish(const struct rpc_pickle *p, void **ret_handle)
{
    struct rpc_pickle *copy = mem_zero(sizeof *copy);
    handle_id id = 0;
    enum err e;

    if (!copy)
        return ERR_NO_MEMORY;
    memcpy(copy, p, sizeof *copy);
    e = handle_new(HANDLE_RPC_PICKLE, copy, mem_free, &id);
    if (e) {
        mem_free(copy);
        return e;
    }
    *ret_handle = (void *)(uintptr_t)id;
    return ERR_OK;
}

static enum err no_handle(const void *handle)
{
    return detail_fail(ERR_RPC_BINDING, "%p is no serialization handle, or no more", handle);
}

enum err rpc_pickle_free_handle(void *handle)
{
    return handle_close((handle_id)(uintptr_t)handle, HANDLE_RPC_PICKLE) ? no_handle(handle)
                                                                         : ERR_OK;
}

enum err rpc_pickle_open(void *handle, struct rpc_pickle **ret)
{
    struct rpc_pickle *p = NULL;
    void *object = NULL;

    if (!handle || handle_get((handle_id)(uintptr_t)handle, HANDLE_RPC_PICKLE, &object))
        return no_handle(handle);
    p = object;
    if (atomic_exchange(&p->busy, true)) {
        handle_put((handle_id)(uintptr_t)handle);
        return detail_fail(ERR_RPC_ES_ACTION, "the serialization handle is in use: it serves one "
                                              "operation at a time");
    }
    p->raised = 0;
    *ret = p;
    return ERR_OK;
}

void rpc_pickle_close(void *handle, struct rpc_pickle *p)
{
    atomic_store(&p->busy, false);
    handle_put((handle_id)(uintptr_t)handle);
}

/* ---- the program's functions ---- */

static bool is_aligned(const void *p)
{
    return (uintptr_t)p % NDR_PICKLE_ALIGN == 0;
}

/* They may raise: then nothing of ours is to be left behind, and the stub raises it again. */
static enum err call_user(struct rpc_pickle *p, bool reads, char **buffer, unsigned *size)
{
    RpcTryExcept
    {
        if (reads)
            p->read(p->state, buffer, size);
        else
            p->alloc(p->state, buffer, size);
    }
    RpcExcept (1) {
        p->raised = (uint32_t)RpcExceptionCode();
    }
    RpcEndExcept
    return p->raised ? ERR_RPC_FAILED : ERR_OK;
}

static enum err call_write(struct rpc_pickle *p, char *buffer, unsigned size)
{
    RpcTryExcept
    {
        p->write(p->state, buffer, size);
    }
    RpcExcept (1) {
        p->raised = (uint32_t)RpcExceptionCode();
    }
    RpcEndExcept
    return p->raised ? ERR_RPC_FAILED : ERR_OK;
}

/* ---- octets in ---- */

static enum err take_increment(struct rpc_pickle *p, size_t n, struct bytes *ret)
{
    unsigned got = (unsigned)n;
    char *buffer = NULL;
    enum err e;

    if (p->lost)
        return detail_fail(ERR_RPC_ES_ACTION,
                           "an earlier object could not be decoded, and where the next one begins "
                           "is not known: reset the handle");
    e = call_user(p, true, &buffer, &got);
    p->lost = e || got < n || !buffer;
    if (e)
        return e;
    if (p->lost)
        return detail_fail(ERR_RPC_BUFFER, "Read has %u of %zu bytes", buffer ? got : 0, n);
    if (!is_aligned(buffer))
        return detail_fail(ERR_RPC_BUFFER, "Read's buffer %p is not aligned at 8", (void *)buffer);
    *ret = bytes_of(buffer, n);
    return ERR_OK;
}

enum err rpc_pickle_take(struct rpc_pickle *p, size_t n, struct bytes *ret)
{
    if (n > NDR_OUT_MAX)
        return detail_fail(ERR_RPC_BUFFER, "%zu serialized bytes in one piece", n);
    if (p->style == MES_INCREMENTAL_HANDLE && n)
        return take_increment(p, n, ret);
    if (n > p->room - p->done)
        return detail_fail(ERR_RPC_BUFFER, "%zu serialized bytes at %zu of a buffer of %zu", n,
                           p->done, p->room);
    *ret = bytes_of(n ? p->buffer + p->done : NULL, n);
    p->done += n;
    return ERR_OK;
}

enum err rpc_pickle_next_call(struct rpc_pickle *p)
{
    struct rpc_pickle_call c;
    struct bytes octets;
    size_t begun = p->done;
    enum err e;

    if (p->has_call)
        return ERR_OK;
    if (p->holds == RPC_PICKLE_TYPES)
        return detail_fail(ERR_RPC_ES_ACTION, "types were decoded with this handle, no procedures");
    e = rpc_pickle_take(p, RPC_PICKLE_CALL_SIZE, &octets);
    if (e)
        return e;
    if (rpc_pickle_call_read(octets, &c))
        e = ERR_RPC_ES_VERSION;
    else if (!rpc_syntax_equal(&c.transfer, &rpc_ndr20))
        e = detail_fail(ERR_RPC_TRANSFER_SYNTAX, "the procedure was serialized in another transfer "
                                                 "syntax than NDR");
    if (e) {
        p->done = begun;
        p->lost = true;
        return e;
    }
    p->call = c;
    p->has_call = true;
    return ERR_OK;
}

/* ---- octets out ---- */

static void fill(uint8_t *to, size_t n, struct bytes head, struct bytes body)
{
    bytes_copy(to, head.ptr, head.len);
    bytes_copy(to + head.len, body.ptr, body.len);
    memset(to + head.len + body.len, 0, n - head.len - body.len);
}

static enum err put_increment(struct rpc_pickle *p, struct bytes head, struct bytes body, size_t n)
{
    unsigned got = (unsigned)n;
    char *buffer = NULL;
    enum err e = call_user(p, false, &buffer, &got);

    if (e)
        return e;
    if (!buffer || got < n)
        return detail_fail(ERR_NO_MEMORY, "Alloc has %u of %zu bytes", buffer ? got : 0, n);
    if (!is_aligned(buffer))
        return detail_fail(ERR_RPC_BUFFER, "Alloc's buffer %p is not aligned at 8", (void *)buffer);
    fill((uint8_t *)buffer, n, head, body);
    return call_write(p, buffer, (unsigned)n);
}

/* A greater buffer with what the old one has, which is given back. */
static enum err grow(struct rpc_pickle *p, const struct ndr_user *user, size_t n)
{
    uint8_t *grown = user->allocate ? user->allocate(p->done + n) : NULL;

    if (!grown)
        return detail_fail(ERR_NO_MEMORY, "no memory for a buffer of %zu bytes", p->done + n);
    if (!is_aligned(grown)) {
        user->release(grown);
        return detail_fail(ERR_RPC_BUFFER, "the allocator's buffer %p is not aligned at 8",
                           (void *)grown);
    }
    bytes_copy(grown, p->buffer, p->done);
    if (p->buffer)
        user->release(p->buffer);
    p->buffer = grown;
    p->room = p->done + n;
    *p->place = (char *)grown;
    return ERR_OK;
}

enum err rpc_pickle_put(struct rpc_pickle *p, const struct ndr_user *user, struct bytes head,
                        struct bytes body)
{
    size_t n = head.len + body.len + rpc_pickle_padding(&p->form, head.len + body.len);
    enum err e = ERR_OK;

    if (p->style == MES_INCREMENTAL_HANDLE)
        return put_increment(p, head, body, n);
    if (n > UINT32_MAX - p->done)
        return detail_fail(ERR_TOO_LONG, "more than 32 bits count are serialized with one handle");
    if (p->style == MES_DYNAMIC_BUFFER_HANDLE)
        e = grow(p, user, n);
    else if (n > p->room - p->done)
        e = detail_fail(ERR_BUFFER_TOO_SMALL,
                        "%zu bytes at %zu of a buffer of %zu: TYPE_AlignSize "
                        "tells what is needed",
                        n, p->done, p->room);
    if (e)
        return e;
    fill(p->buffer + p->done, n, head, body);
    p->done += n;
    *p->told = (uint32_t)p->done;
    return ERR_OK;
}
