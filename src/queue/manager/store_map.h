/* SPDX-License-Identifier: Apache-2.0
 * store_map.h - nodes by two numbers. The nodes are part of what they find; the map owns none.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store_node {
    struct store_node *next;
    uint64_t key[2];
};

struct store_map {
    struct store_node **bucket;
    size_t buckets, count;
};

MUST_CHECK enum err store_map_init(struct store_map *m);
void store_map_done(struct store_map *m);
struct store_node *store_map_find(const struct store_map *m, uint64_t key0, uint64_t key1);
/* A node of those keys must not be there. Never fails: where there is no memory to grow, chains
 * become longer. */
void store_map_add(struct store_map *m, struct store_node *n);
void store_map_remove(struct store_map *m, struct store_node *n);
