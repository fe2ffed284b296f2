/* SPDX-License-Identifier: Apache-2.0
 * ns_server.h - entries of the RPC name service made, filled, emptied, gone through.
 *
 * Every change is of single values or whole objects: two servers that use one entry at a time do
 * not overwrite each other. What was changed is forgotten by the cache.
 */
#pragma once

#include "names/ns_cache.h"
#include "names/ns_entry.h"

/* The entry now, whatever the cache has. ERR_NS_NO_ENTRY. */
MUST_CHECK enum err ns_entry_find(struct session *s, const char *dn, struct ns_entry *ret);

/* An entry of that kind, as it was before: made where there is none, an empty one of another kind
 * made anew. ERR_NS_ENTRY_KIND for one that is not empty. */
MUST_CHECK enum err ns_entry_ensure(struct session *s, const char *dn, enum ns_kind kind,
                                    struct ns_entry *ret, bool *ret_made);
/* An empty one, of a server. ERR_NS_ENTRY_EXISTS. */
MUST_CHECK enum err ns_entry_create(struct session *s, const char *dn);
/* With all that is below it. */
MUST_CHECK enum err ns_entry_delete(struct session *s, const char *dn);

enum { NS_EXPORTED_MOST = 256 }; /* bindings, or objects, of one call */

struct ns_publication {
    struct ns_if face, syntax; /* looked at where there are bindings */
    const struct ns_binding *binding;
    size_t count;
    const struct uuid *object;
    size_t object_count;
};

/* NDR, as transfer syntax. */
extern const struct ns_if ns_ndr;

/* Adds to what is there. What fails half way is undone. ERR_NS_NOTHING. */
MUST_CHECK enum err ns_export(struct session *s, const char *dn, const struct ns_publication *p);

struct ns_removal {
    const struct ns_if *face; /* NULL: no interface */
    enum ns_versions how;
    const char *host; /* NULL: of every one; else only the bindings it exported */
    const struct uuid *object;
    size_t object_count;
};

/* An entry without an interface left goes. ERR_NS_NO_ENTRY, ERR_NS_ENTRY_KIND, ERR_NS_NO_INTERFACE
 * (and nothing was done), ERR_NS_OBJECTS_LEFT (all else was done). */
MUST_CHECK enum err ns_unexport(struct session *s, const char *dn, const struct ns_removal *r);

/* ---- all servers of a domain ---- */

struct ns_asked {
    bool has_face, has_object;
    struct ns_if face; /* and compatible ones */
    struct uuid object;
};

/* Whether an element of an entry is what is asked for. */
bool ns_asked_matches(const struct ns_asked *asked, const struct ns_entry *e,
                      const struct ns_element *x);

struct ns_servers;

/* Keeps s, which the caller closes after it. Nothing is asked yet. */
MUST_CHECK enum err ns_servers_open(struct session *s, const struct ns_asked *asked,
                                    struct ns_servers **ret);
/* One interface of one entry after the other, in the memory of one page: an entry of several comes
 * several times. *ret_found is what it was read from (the object, the element below it; n's source
 * counts in it), n's until the next call. n->dn is NULL at the end. ns_entry_free. */
MUST_CHECK enum err ns_servers_next(struct ns_servers *i, struct ns_entry *ret,
                                    const struct entries **ret_found);
void ns_servers_close(struct ns_servers *i);
