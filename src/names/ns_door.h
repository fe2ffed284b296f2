/* SPDX-License-Identifier: Apache-2.0
 * ns_door.h - what the exported functions of the RPC name service share.
 */
#pragma once

#include <countersign/rpc.h>
#include <pthread.h>

#include "names/ns_home.h"
#include "names/ns_search.h"

RPC_STATUS ns_status(enum err e);

/* A caller's string; ERR_INVALID_PARAMETER for NULL and for what is not well-formed. */
MUST_CHECK enum err ns_text_in(bool wide, const void *text, char **ret);
/* For RpcStringFree. */
MUST_CHECK enum err ns_text_out(bool wide, const char *text, void **ret);
MUST_CHECK enum err ns_syntax_check(ULONG syntax);
MUST_CHECK enum err ns_name_in(bool wide, ULONG syntax, const void *text, struct ns_name *ret);
/* text NULL or empty: the default entry; *ret_any: there is none. */
MUST_CHECK enum err ns_start_in(bool wide, ULONG syntax, const void *text, struct ns_name *ret,
                                bool *ret_any);
MUST_CHECK enum err ns_versions_in(ULONG option, enum ns_versions *ret);
void ns_if_in(const RPC_IF_ID *id, struct ns_if *ret);
void ns_if_out(const struct ns_if *f, RPC_IF_ID *ret);
/* mem_free. */
MUST_CHECK enum err ns_objects_in(const UUID_VECTOR *v, struct uuid **ret, size_t *ret_count);

/* An entry that is about to be read or changed. */
struct ns_at {
    struct ns_home home;
    struct session *session; /* home's */
    char *dn;
};

MUST_CHECK enum err ns_at_open(bool wide, ULONG syntax, const void *name, struct ns_at *ret);
void ns_at_close(struct ns_at *at);

/* ---- handles ---- */

enum ns_use { NS_LOOKUP, NS_IMPORT, NS_OBJECTS, NS_MEMBERS, NS_LINKS };

struct ns_links { /* which elements of a profile */
    ULONG type;   /* RPC_C_PROFILE_xxx */
    struct ns_if face;
    enum ns_versions how;
    char *member; /* NULL: any */
};

struct ns_handle {
    enum ns_use use;
    pthread_mutex_t lock; /* of one Next function at a time */
    bool age_set;         /* else the process's */
    unsigned age;
    bool ended; /* by a Done function */
    struct ns_search *search;
    size_t most;     /* bindings of one vector */
    struct ns_at at; /* of an inquiry */
    struct ns_entry entry;
    bool entry_read;
    size_t position;
    struct ns_links links; /* its member a whole name */
};

MUST_CHECK enum err ns_handle_new(enum ns_use use, struct ns_handle **ret);
void ns_handle_free(struct ns_handle *h);
/* h is adopted, also on failure. */
MUST_CHECK enum err ns_handle_publish(struct ns_handle *h, RPC_NS_HANDLE *ret);
/* Held, and nobody else's, until ns_handle_release. */
MUST_CHECK enum err ns_handle_take(RPC_NS_HANDLE handle, enum ns_use use, struct ns_handle **ret);
void ns_handle_release(RPC_NS_HANDLE handle, struct ns_handle *h);
/* The whole of a Done function. */
RPC_STATUS ns_handle_done(const char *function, RPC_NS_HANDLE *handle, enum ns_use use);
unsigned ns_handle_age(const struct ns_handle *h);

/* ---- inquiries ---- */

struct ns_inquiry {
    enum ns_use use;
    bool wide;
    ULONG syntax;
    const void *name;
};

/* links: of a profile's, copied; NULL else. */
RPC_STATUS ns_inquiry_begin(const struct ns_inquiry *q, const struct ns_links *links,
                            RPC_NS_HANDLE *ret);
/* As ns_handle_take, with h->entry read. */
MUST_CHECK enum err ns_inquiry_take(RPC_NS_HANDLE handle, enum ns_use use, struct ns_handle **ret);
