/* SPDX-License-Identifier: Apache-2.0
 * place.c - NDR read by a generated stub: pointers where they lie.  C706 14.3.10, 14.3.11
 */
#include "ndr/place.h"

#include "base/alloc.h"
#include "ndr/release.h"

enum { NODE_ALIGN = 16, BUFFER_ALIGN = 8 };

struct ndr_made {
    void *block; /* the program's memory; or, when NULL, */
    void *place; /* a pointer that was set, */
    void *was;   /* and what a failure puts back */
};

/* Before each object of a graph that will be one block: until then it lies in the arena. */
struct ndr_node {
    _Alignas(NODE_ALIGN) struct ndr_node *next;
    char *moved; /* where it will be */
    size_t size;
    unsigned graph;
};

/* What stands for an object to come, of a pointer that is not full: no address of a program's. */
static char to_come;

static void *get(const void *place)
{
    void *p = NULL;

    memcpy(&p, place, sizeof p);
    return p;
}

static void set(void *place, const void *p)
{
    memcpy(place, &p, sizeof p);
}

/* What is read becomes the program's. */
static bool is_owned(const struct ndr_in *in)
{
    return in->owned && !in->temporary;
}

/* False, a failure, when there is no memory to remember it. */
static bool remember(struct ndr_in *in, struct ndr_made made)
{
    size_t capacity = in->made_capacity ? in->made_capacity * 2 : 32;
    struct ndr_made *grown = NULL;

    if (in->made_count == in->made_capacity) {
        grown = mem_resize(in->made, capacity * sizeof *grown);
        if (!grown) {
            ndr_in_fail(in, ERR_NO_MEMORY, "no memory to remember %zu blocks", capacity);
            return false;
        }
        in->made = grown;
        in->made_capacity = capacity;
    }
    in->made[in->made_count++] = made;
    return true;
}

void ndr_in_place(struct ndr_in *in, enum ndr_pointer kind, void *place)
{
    void *is = NULL, *was = is_owned(in) && in->keep ? get(place) : NULL;

    is = ndr_in_pointer(in, kind);
    if (in->r.err || (is && was && kind != NDR_FULL))
        return;
    if (is && kind != NDR_FULL)
        is = &to_come;
    if (!is_owned(in) || remember(in, (struct ndr_made){ NULL, place, was }))
        set(place, is);
}

bool ndr_in_follow(struct ndr_in *in, const void *place)
{
    return !in->r.err && get(place);
}

/* Of an object that ends with the call: what the program owns must not lead there, and no move
 * takes it along. */
static bool is_the_calls(const struct ndr_in *in, const void *token, const void *object)
{
    const struct ndr_full *f = ndr_fulls_by_id(in->fulls, (uintptr_t)token);
    bool viewed = (uintptr_t)object >= (uintptr_t)in->r.base &&
                  (uintptr_t)object - (uintptr_t)in->r.base < in->r.size;

    return viewed || (f && !f->node && ndr_arena_holds(in->arena, object));
}

/* A pointer to an object that was read before. */
static void follow_again(struct ndr_in *in, void *place, const void *token, const void *object)
{
    if (!is_owned(in) || !object)
        return;
    if (is_the_calls(in, token, object))
        ndr_in_fail(in, ERR_UNSUPPORTED,
                    "referent %llu lies in the call's memory, and a pointer that is the program's "
                    "leads to it",
                    (unsigned long long)(uintptr_t)token);
    else
        (void)remember(in, (struct ndr_made){ NULL, place, NULL }); /* the object may move */
}

bool ndr_in_follow_full(struct ndr_in *in, void *place, const void *type)
{
    void *token = get(place), *object = NULL;
    bool fresh = false;

    object = ndr_in_full(in, token, type, &fresh);
    if (!fresh)
        follow_again(in, place, token, object);
    if (in->r.err)
        return false;
    set(place, fresh && (!object || in->graph.one_block) ? &to_come : object);
    in->full_token = fresh ? token : NULL;
    in->full_type = type;
    return fresh;
}

/* The full pointer that is followed now has its object. */
static void settle_full(struct ndr_in *in, void *object)
{
    void *token = in->full_token;

    in->full_token = NULL;
    if (token)
        ndr_in_full_is(in, token, in->full_type, object);
}

void ndr_in_graph_begin(struct ndr_in *in, void *place, bool one_block)
{
    struct ndr_graph *g = &in->graph;

    if (g->depth++)
        return;
    g->outer_owned = in->owned;
    g->outer_keep = in->keep;
    in->owned = in->user.allocate != NULL;
    g->one_block = one_block && in->owned && !in->r.err &&
                   remember(in, (struct ndr_made){ NULL, place, get(place) });
    g->number += g->one_block;
    in->keep = in->keep && !one_block;
}

void ndr_in_graph_end(struct ndr_in *in)
{
    struct ndr_graph *g = &in->graph;

    if (--g->depth)
        return;
    in->owned = g->outer_owned;
    in->keep = g->outer_keep;
    g->one_block = false;
}

/* The program's, zeroed. */
static void *user_block(struct ndr_in *in, size_t n)
{
    void *p = in->user.allocate(n ? n : 1);

    if (!p) {
        ndr_in_fail(in, ERR_NO_MEMORY, "midl_user_allocate has no %zu bytes", n);
        return NULL;
    }
    if (!remember(in, (struct ndr_made){ p, NULL, NULL })) {
        in->user.release(p);
        return NULL;
    }
    return memset(p, 0, n);
}

static void *user_new(struct ndr_in *in, size_t n)
{
    size_t left = in->arena->budget - in->arena->used;

    if (n > left) {
        ndr_in_fail(in, ERR_TOO_LONG, "%zu bytes beyond the %zu left of %zu", n, left,
                    in->arena->budget);
        return NULL;
    }
    in->arena->used += n;
    return user_block(in, n);
}

/* Each object begins at a multiple of 8.  desktop-src/Midl/byte-count.md */
static void *buffer_new(struct ndr_in *in, size_t n)
{
    struct ndr_buffer *b = &in->buffer;
    size_t gap = -(uintptr_t)b->at & (BUFFER_ALIGN - 1);
    char *p = NULL;

    if (gap > b->left || n > b->left - gap) {
        ndr_in_fail(in, ERR_RPC_BYTE_COUNT, "%zu bytes, and %zu are left of [byte_count]", n,
                    b->left);
        return NULL;
    }
    p = b->at + gap;
    b->at = p + n;
    b->left -= gap + n;
    return n ? memset(p, 0, n) : p;
}

bool ndr_in_buffer_begin(struct ndr_in *in, void *object, size_t size, size_t capacity)
{
    in->buffer = (struct ndr_buffer){ object, capacity, true };
    if (object && size > capacity)
        ndr_in_fail(in, ERR_RPC_BYTE_COUNT,
                    "%zu bytes of [byte_count], and the first object has %zu", capacity, size);
    in->buffer.on = object && !in->r.err;
    if (in->buffer.on) {
        in->buffer.at += size;
        in->buffer.left -= size;
    }
    return in->buffer.on;
}

void ndr_in_buffer_end(struct ndr_in *in)
{
    in->buffer.on = false;
}

static void *node_new(struct ndr_in *in, size_t n)
{
    size_t size = (n + NODE_ALIGN - 1) & ~(size_t)(NODE_ALIGN - 1);
    struct ndr_node *node = NULL;

    if (size < n || size > SIZE_MAX - sizeof *node)
        ndr_in_fail(in, ERR_TOO_LONG, "%zu bytes at once", n);
    node = ndr_in_new(in, 1, sizeof *node + size);
    if (!node)
        return NULL;
    *node = (struct ndr_node){ in->graph.nodes, NULL, size, in->graph.number };
    in->graph.nodes = node;
    return node + 1;
}

static void *object_new(struct ndr_in *in, size_t count, size_t size)
{
    size_t n;

    if (!is_owned(in))
        return ndr_in_new(in, count, size);
    if (__builtin_mul_overflow(count, size, &n)) {
        ndr_in_fail(in, ERR_TOO_LONG, "%zu elements of %zu bytes", count, size);
        return NULL;
    }
    if (in->buffer.on)
        return buffer_new(in, n);
    return in->graph.one_block ? node_new(in, n) : user_new(in, n);
}

bool ndr_in_make(struct ndr_in *in, void *place, size_t count, size_t size)
{
    void *was = get(place), *p = NULL;

    if (in->r.err)
        return false;
    if (is_owned(in) && was != &to_come && !remember(in, (struct ndr_made){ NULL, place, was }))
        return false;
    p = object_new(in, count, size);
    if (!p)
        return false;
    set(place, p);
    settle_full(in, p);
    return !in->r.err;
}

bool ndr_in_referent(struct ndr_in *in, void *place, size_t size, const void *type)
{
    if (type ? !ndr_in_follow_full(in, place, type) : !ndr_in_follow(in, place))
        return false;
    if (get(place) == &to_come || (in->graph.one_block && !type))
        return ndr_in_make(in, place, 1, size);
    settle_full(in, get(place));
    return !in->r.err;
}

void ndr_in_elements(struct ndr_in *in, void *place, const struct ndr_span *span, size_t size)
{
    size_t n = ndr_in_count(in, span, 1, size);
    const void *view = NULL;

    if (in->r.err)
        return;
    if (!is_owned(in) && n == span->max && n) {
        view = ndr_in_array_view(in, n, size);
        set(place, view);
        settle_full(in, (void *)view);
    } else if (ndr_in_make(in, place, span->max, size)) {
        ndr_in_array(in, (char *)get(place) + span->offset * size, n, size);
    }
}

static void string_counts(struct ndr_in *in, struct ndr_span *ret)
{
    *ret = (struct ndr_span){ 0 };
    ndr_in_conformance(in, ret, 1);
    ndr_in_variance(in, ret, 1);
    if (ret->offset)
        ndr_in_fail(in, ERR_MALFORMED, "a string that begins at %zu", ret->offset);
}

void ndr_in_string_at(struct ndr_in *in, void *place, struct ndr_span *ret, size_t size)
{
    string_counts(in, ret);
    ndr_in_elements(in, place, ret, size);
    if (!in->r.err)
        ndr_in_terminated(in, get(place), ret->actual, size);
}

void ndr_in_string_to(struct ndr_in *in, void *to, size_t room, struct ndr_span *ret, size_t size)
{
    string_counts(in, ret);
    if (ret->actual > room)
        ndr_in_fail(in, ERR_MALFORMED, "a string of %zu where %zu have room", ret->actual, room);
    if (in->r.err)
        return;
    ndr_in_array(in, to, ret->actual, size);
    ndr_in_terminated(in, to, ret->actual, size);
}

void *ndr_in_room(struct ndr_in *in, size_t count, size_t size)
{
    size_t n;

    if (in->r.err)
        return NULL;
    if (__builtin_mul_overflow(count, size, &n) || n > NDR_ROOM_MAX - in->room) {
        ndr_in_fail(in, ERR_TOO_LONG, "room for %zu elements of %zu bytes is asked for", count,
                    size);
        return NULL;
    }
    in->room += n;
    in->arena->budget += n + 2 * sizeof(void *);
    return ndr_in_new(in, count, size);
}

/* One block for n and those after it that are of its graph, the oldest first, for that is what
 * the program gives back. Returns the first of the next graph. */
static struct ndr_node *place_nodes(struct ndr_in *in, struct ndr_node *n)
{
    struct ndr_node *m = NULL;
    char *block = NULL;
    size_t size = 0;

    for (m = n; m && m->graph == n->graph; m = m->next)
        size += m->size;
    block = user_block(in, size);
    for (m = n; m && m->graph == n->graph; m = m->next) {
        size -= m->size;
        m->moved = block ? block + size : NULL;
    }
    return m;
}

/* Every pointer to a node is one to where it will be, then all are copied there. */
static void move_graphs(struct ndr_in *in)
{
    struct ndr_node *n = in->graph.nodes;
    size_t i;

    while (n && !in->r.err)
        n = place_nodes(in, n);
    if (in->r.err)
        return;
    for (i = 0; i < in->made_count; i++) {
        char *to = in->made[i].block ? NULL : get(in->made[i].place);

        if (to && ndr_arena_holds(in->arena, to))
            set(in->made[i].place, ((struct ndr_node *)(void *)to - 1)->moved);
    }
    for (n = in->graph.nodes; n; n = n->next)
        memcpy(n->moved, n + 1, n->size);
}

OFTEN static enum err finish(struct ndr_in *in, bool good)
{
    size_t i;

    ndr_fulls_done(&in->absent);
    for (i = good ? 0 : in->made_count; i > 0; i--)
        if (in->made[i - 1].block)
            in->user.release(in->made[i - 1].block);
    mem_free(in->made);
    in->made = NULL;
    in->graph.nodes = NULL;
    in->made_count = in->made_capacity = 0;
    return in->r.err;
}

OFTEN enum err ndr_in_settle(struct ndr_in *in, bool good)
{
    size_t i;

    if (good && in->graph.nodes)
        move_graphs(in);
    good = good && !in->r.err;
    ndr_in_release_read(in, good);
    for (i = good ? 0 : in->made_count; i > 0; i--) /* before the blocks: they may lie in one */
        if (!in->made[i - 1].block)
            set(in->made[i - 1].place, in->made[i - 1].was);
    return finish(in, good);
}

OFTEN enum err ndr_in_abandon(struct ndr_in *in)
{
    ndr_in_release_read(in, false);
    return finish(in, false);
}
