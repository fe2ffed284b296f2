/* SPDX-License-Identifier: Apache-2.0
 * place.c - NDR read by a generated stub: pointers where they lie.  C706 14.3.10, 14.3.11
 */
#include "ndr/place.h"

#include "base/alloc.h"

struct ndr_made {
    void *block; /* the program's memory; or, when NULL, */
    void *place; /* a pointer that was set, */
    void *was;   /* and what a failure puts back */
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

static bool is_client(const struct ndr_in *in)
{
    return in->user.allocate != NULL;
}

/* False, a failure, when there is no memory to remember it. */
static bool remember(struct ndr_in *in, struct ndr_made made)
{
    size_t capacity = in->made_capacity ? in->made_capacity * 2 : 32;
    struct ndr_made *grown = in->made;

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
    void *is = NULL, *was = is_client(in) && in->keep ? get(place) : NULL;

    is = ndr_in_pointer(in, kind);
    if (in->r.err || (is && was && kind != NDR_FULL))
        return;
    if (is && kind != NDR_FULL)
        is = &to_come;
    if (!is_client(in) || remember(in, (struct ndr_made){ NULL, place, was }))
        set(place, is);
}

bool ndr_in_follow(struct ndr_in *in, const void *place)
{
    return !in->r.err && get(place);
}

bool ndr_in_follow_full(struct ndr_in *in, void *place, const void *type)
{
    void *token = get(place), *object = NULL;
    bool fresh = false;

    object = ndr_in_full(in, token, type, &fresh);
    if (in->r.err)
        return false;
    set(place, fresh && !object ? &to_come : object);
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

static void *user_new(struct ndr_in *in, size_t count, size_t size)
{
    size_t left = in->arena->budget - in->arena->used, n;
    void *p = NULL;

    if (__builtin_mul_overflow(count, size, &n) || n > left) {
        ndr_in_fail(in, ERR_TOO_LONG, "%zu elements of %zu bytes beyond the %zu left of %zu", count,
                    size, left, in->arena->budget);
        return NULL;
    }
    p = in->user.allocate(n ? n : 1);
    if (!p) {
        ndr_in_fail(in, ERR_NO_MEMORY, "midl_user_allocate has no %zu bytes", n);
        return NULL;
    }
    if (!remember(in, (struct ndr_made){ p, NULL, NULL })) {
        in->user.release(p);
        return NULL;
    }
    in->arena->used += n;
    return memset(p, 0, n);
}

bool ndr_in_make(struct ndr_in *in, void *place, size_t count, size_t size)
{
    void *p = NULL;

    if (in->r.err)
        return false;
    p = is_client(in) ? user_new(in, count, size) : ndr_in_new(in, count, size);
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
    if (get(place) == &to_come)
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
    if (!is_client(in) && n == span->max && n) {
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

void ndr_in_settle(struct ndr_in *in, bool good)
{
    size_t i;

    for (i = good ? 0 : in->made_count; i > 0; i--) /* the places first: they may lie in a block */
        if (!in->made[i - 1].block)
            set(in->made[i - 1].place, in->made[i - 1].was);
    for (i = good ? 0 : in->made_count; i > 0; i--)
        if (in->made[i - 1].block)
            in->user.release(in->made[i - 1].block);
    mem_free(in->made);
    in->made = NULL;
    in->made_count = in->made_capacity = 0;
}
