/* SPDX-License-Identifier: Apache-2.0
 * map.h - the endpoint map: which interface is served where, by whose process.  C706 appendix O
 *
 * Nothing here waits, asks the system or locks: who uses a map from several threads has a lock.
 *
 * An interface belongs to the account that registered it, as long as one of its entries is left:
 * others may neither add to it, nor replace or delete what is there; root may. That is stricter
 * than Windows, where any process of the host may put itself in another's place.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/uuid.h"
#include "rpc/tower.h"

enum {
    MAP_ANNOTATION = 64, /* with its zero */
    MAP_ENTRIES = 8192,
    MAP_ENTRIES_OF_USER = 1024, /* of one account; root has no limit of its own */
    MAP_PLACE = 2 * RPC_TOWER_TEXT + 32,
};

struct map;

struct map_caller {
    uint32_t uid;
    uint64_t process; /* a number of the caller's process that is never used again */
};

struct map_item { /* what a caller hands over */
    struct uuid object;
    struct rpc_tower tower; /* its endpoint is not empty */
    const char *annotation;
};

struct map_entry {
    struct map_entry *next;
    uint64_t serial; /* later entries have larger ones */
    struct map_caller owner;
    struct uuid object;
    struct rpc_tower tower;
    char annotation[MAP_ANNOTATION];
};

MUST_CHECK enum err map_new(struct map **ret);
void map_free(struct map *m);
size_t map_count(const struct map *m);

/* All of them or none. An entry that is there already, of the same place, becomes the caller's.
 * replace: entries of the same interface, version, object and protocols go. ERR_ACCESS_DENIED: the
 * interface is another account's; ERR_RPC_RESOURCES: too many. */
MUST_CHECK enum err map_insert(struct map *m, const struct map_caller *caller,
                               const struct map_item *items, size_t n, bool replace);
/* Those that are there. ERR_RPC_NOT_REGISTERED: one was not; ERR_ACCESS_DENIED: one is another's.
 */
MUST_CHECK enum err map_delete(struct map *m, const struct map_caller *caller,
                               const struct map_item *items, size_t n);
/* Whatever its object, where that is NULL. */
MUST_CHECK enum err map_delete_any(struct map *m, const struct map_caller *caller,
                                   const struct uuid *object, const struct rpc_tower *t);
/* That process is over: how many entries went with it. */
size_t map_forget(struct map *m, uint64_t process);

/* "ncacn_ip_tcp:192.0.2.1[49152]" */
void map_format_place(const struct rpc_tower *t, char ret[MAP_PLACE]);

/* ---- looking ---- */

enum map_versions { /* as RPC_C_VERS_xxx */
                    MAP_VERSIONS_ALL = 1,
                    MAP_VERSIONS_COMPATIBLE,
                    MAP_VERSIONS_EXACT,
                    MAP_VERSIONS_MAJOR_ONLY,
                    MAP_VERSIONS_UPTO,
};

struct map_query {
    bool by_interface, by_object;
    const char *protseq;    /* the tower's, and its syntax; NULL: whichever */
    struct rpc_tower asked; /* its interface, and its syntax */
    enum map_versions versions;
    struct uuid object;
};

struct map_cursor { /* where a search goes on; entries that come and go do not disturb it */
    uint64_t next, end;
    bool wrapped;
};

/* Where the tower asked for is served, by whom the object is; those without an object serve any.
 * Among several each search begins at another. */
void map_search(struct map *m, const struct uuid *object, const struct rpc_tower *asked,
                struct map_query *ret, struct map_cursor *ret_cursor);
struct map_cursor map_from_first(void);
/* The next that matches; NULL: there is none. It stays until the map changes. */
const struct map_entry *map_next(const struct map *m, const struct map_query *q,
                                 struct map_cursor *c);
/* Whether there is one. */
bool map_has_more(const struct map *m, const struct map_query *q, struct map_cursor c);
