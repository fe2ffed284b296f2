/* SPDX-License-Identifier: Apache-2.0
 * store_map.c - nodes by two numbers: chains in a table that doubles.
 */
#include "queue/manager/store_map.h"

#include "base/alloc.h"

enum { FIRST_BUCKETS = 64 };

MUST_CHECK enum err store_map_init(struct store_map *m)
{
    *m = (struct store_map){ .buckets = FIRST_BUCKETS };
    m->bucket = mem_array(m->buckets, sizeof *m->bucket);
    return m->bucket ? ERR_OK : ERR_NO_MEMORY;
}

void store_map_done(struct store_map *m)
{
    mem_free(m->bucket);
    *m = (struct store_map){ 0 };
}

/* Numbers come in rows, hashes do not: mixing by a multiplication is enough for both. There is a
 * power of two of buckets. */
static struct store_node **place(struct store_node **bucket, size_t buckets, const uint64_t key[2])
{
    uint64_t mixed =
        (key[0] ^ key[1] * UINT64_C(0xff51afd7ed558ccd)) * UINT64_C(0x9e3779b97f4a7c15);

    return bucket + ((mixed >> 32) & (buckets - 1));
}

struct store_node *store_map_find(const struct store_map *m, uint64_t key0, uint64_t key1)
{
    const uint64_t key[2] = { key0, key1 };
    struct store_node *n = *place(m->bucket, m->buckets, key);

    while (n && (n->key[0] != key0 || n->key[1] != key1))
        n = n->next;
    return n;
}

static void grow(struct store_map *m)
{
    struct store_node **more = mem_array(m->buckets * 2, sizeof *more), *n, **to;
    size_t i;

    if (!more)
        return;
    for (i = 0; i < m->buckets; i++)
        while ((n = m->bucket[i])) {
            m->bucket[i] = n->next;
            to = place(more, m->buckets * 2, n->key);
            n->next = *to;
            *to = n;
        }
    mem_free(m->bucket);
    m->bucket = more;
    m->buckets *= 2;
}

void store_map_add(struct store_map *m, struct store_node *n)
{
    struct store_node **to;

    if (m->count >= m->buckets)
        grow(m);
    to = place(m->bucket, m->buckets, n->key);
    n->next = *to;
    *to = n;
    m->count++;
}

void store_map_remove(struct store_map *m, struct store_node *n)
{
    struct store_node **at = place(m->bucket, m->buckets, n->key);

    while (*at != n)
        at = &(*at)->next;
    *at = n->next;
    m->count--;
}
