/* SPDX-License-Identifier: Apache-2.0
 * rnr_lookup.h - what stands behind a handle of WSALookupServiceBegin.
 */
#pragma once

#include "names/rnr_instance.h"

enum { RNR_PROTOCOLS_MOST = 64 };

struct rnr_protocol {
    enum rnr_family family; /* RNR_NO_FAMILY: any */
    unsigned protocol;      /* 0: any */
};

/* What is looked for; everything borrowed. */
struct rnr_query {
    const char *name; /* NULL: every one of the class */
    struct uuid class_id;
    bool has_version;
    struct rnr_version version;
    const struct rnr_protocol *protocol;
    size_t protocol_count; /* 0: any */
    bool addresses;        /* a service without one that the policy admits is not found */
    uint32_t flags;        /* the door's, kept for it */
};

struct rnr_lookup;

/* Finds the first service, and closes s at its end, unless it fails. ERR_NO_OBJECT for none,
 * ERR_NOT_FOUND where all that there are were left out; the record says why. */
MUST_CHECK enum err rnr_lookup_open(struct session *s, const struct rnr_query *q,
                                    struct rnr_lookup **ret);
uint32_t rnr_lookup_flags(const struct rnr_lookup *l);
/* The lookup is the caller's, alone, between these two. */
void rnr_lookup_enter(struct rnr_lookup *l);
void rnr_lookup_leave(struct rnr_lookup *l);
/* The service in front, until rnr_lookup_pass; NULL: there are no more. ERR_RPC_CANCELLED once
 * the lookup is cancelled. */
MUST_CHECK enum err rnr_lookup_front(struct rnr_lookup *l, const struct rnr_instance **ret);
void rnr_lookup_pass(struct rnr_lookup *l);
/* Whether the service in front was found too long for somebody's buffer. */
bool rnr_lookup_too_long(const struct rnr_lookup *l);
void rnr_lookup_set_too_long(struct rnr_lookup *l);
/* From any thread, whoever is within. */
void rnr_lookup_cancel(struct rnr_lookup *l);
void rnr_lookup_close(struct rnr_lookup *l);
