/* SPDX-License-Identifier: Apache-2.0
 * full.c - the table of full pointers: two hashes over one array.
 */
#include "ndr/full.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "crypto/random.h"

enum { BY_ID, BY_OBJECT };

/* Multiplication by a random odd number: who does not know it cannot make chains long. */
static size_t slot(const struct ndr_fulls *t, uint64_t v)
{
    return (size_t)((v * t->key >> 32) & (t->capacity - 1));
}

static uint64_t object_value(const void *object, const void *type)
{
    return (uint64_t)(uintptr_t)object ^ (uint64_t)(uintptr_t)type << 20;
}

struct ndr_full *ndr_fulls_by_id(struct ndr_fulls *t, uint64_t id)
{
    uint32_t i = t->capacity ? t->head[BY_ID][slot(t, id)] : NDR_FULL_MAX;

    while (i != NDR_FULL_MAX && t->entry[i].id != id)
        i = t->entry[i].next[BY_ID];
    return i == NDR_FULL_MAX ? NULL : &t->entry[i];
}

struct ndr_full *ndr_fulls_by_object(struct ndr_fulls *t, const void *object, const void *type)
{
    uint32_t i = NDR_FULL_MAX;

    if (t->capacity)
        i = t->head[BY_OBJECT][slot(t, object_value(object, type))];
    while (i != NDR_FULL_MAX && (t->entry[i].object != object || t->entry[i].type != type))
        i = t->entry[i].next[BY_OBJECT];
    return i == NDR_FULL_MAX ? NULL : &t->entry[i];
}

static void link_entry(struct ndr_fulls *t, uint32_t i)
{
    struct ndr_full *f = &t->entry[i];
    uint32_t *by_id = &t->head[BY_ID][slot(t, f->id)];
    uint32_t *by_object = &t->head[BY_OBJECT][slot(t, object_value(f->object, f->type))];

    f->next[BY_ID] = *by_id;
    f->next[BY_OBJECT] = *by_object;
    *by_id = *by_object = i;
}

static enum err grow(struct ndr_fulls *t)
{
    size_t capacity = t->capacity ? t->capacity * 2 : 16, i;
    struct ndr_full *entry = mem_array(capacity, sizeof *entry);
    uint32_t *head = mem_array(2 * capacity, sizeof *head);

    if (!entry || !head) {
        mem_free(entry);
        mem_free(head);
        return detail_fail(ERR_NO_MEMORY, "ndr: no memory for %zu full pointers", capacity);
    }
    if (t->count)
        memcpy(entry, t->entry, t->count * sizeof *entry);
    mem_free(t->entry);
    mem_free(t->head[0]);
    for (i = 0; i < 2 * capacity; i++)
        head[i] = NDR_FULL_MAX;
    t->entry = entry;
    t->head[0] = head;
    t->head[1] = head + capacity;
    t->capacity = capacity;
    for (i = 0; i < t->count; i++)
        link_entry(t, (uint32_t)i);
    return ERR_OK;
}

enum err ndr_fulls_add(struct ndr_fulls *t, uint64_t id, void *object, const void *type,
                       struct ndr_full **ret)
{
    enum err e = ERR_OK;

    if (t->count == NDR_FULL_MAX || (!id && t->last_id == UINT32_MAX))
        return detail_fail(ERR_TOO_LONG, "ndr: more than %d full pointers", NDR_FULL_MAX);
    if (id && ndr_fulls_by_id(t, id))
        return detail_fail(ERR_MALFORMED, "ndr: referent %llu is there already",
                           (unsigned long long)id);
    if (!t->key) {
        e = crypto_random(&t->key, sizeof t->key);
        t->key |= 1;
    }
    if (!e && t->count == t->capacity)
        e = grow(t);
    if (e)
        return e;
    if (!id)
        id = t->last_id + 1;
    if (id > t->last_id && id <= UINT32_MAX)
        t->last_id = (uint32_t)id;
    t->entry[t->count] = (struct ndr_full){ .id = id, .object = object, .type = type };
    link_entry(t, (uint32_t)t->count);
    *ret = &t->entry[t->count++];
    return ERR_OK;
}

void ndr_fulls_move(struct ndr_fulls *t, struct ndr_full *f, void *object)
{
    uint32_t i = (uint32_t)(f - t->entry);
    uint32_t *at = &t->head[BY_OBJECT][slot(t, object_value(f->object, f->type))];

    while (*at != i)
        at = &t->entry[*at].next[BY_OBJECT];
    *at = f->next[BY_OBJECT];
    f->object = object;
    at = &t->head[BY_OBJECT][slot(t, object_value(object, f->type))];
    f->next[BY_OBJECT] = *at;
    *at = i;
}

OFTEN void ndr_fulls_turn(struct ndr_fulls *t)
{
    size_t i;

    for (i = 0; i < t->count; i++)
        t->entry[i].seen_in = t->entry[i].seen_out = false;
}

OFTEN void ndr_fulls_done(struct ndr_fulls *t)
{
    mem_free(t->entry);
    mem_free(t->head[0]);
    *t = (struct ndr_fulls){ 0 };
}
