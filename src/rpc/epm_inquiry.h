/* SPDX-License-Identifier: Apache-2.0
 * epm_inquiry.h - an endpoint map read element by element.  C706 appendix O
 *
 * What a mapper answers is its own word; and one that has an answer to every question is left in
 * the end.
 */
#pragma once

#include "rpc/epm.h"

enum {
    RPC_INQUIRY_PAGE = 100,       /* elements asked for at once */
    RPC_INQUIRY_MOST = 64 * 1024, /* elements of one inquiry: a host has hundreds */
};

struct rpc_inquiry_ask {
    uint32_t type; /* RPC_C_EP_xxx */
    RPC_IF_ID interface;
    uint32_t versions; /* RPC_C_VERS_xxx */
    struct uuid object;
};

struct rpc_inquiry;

/* ep_binding as in rpc_epm_bind_managed. Nothing is sent yet. */
MUST_CHECK enum err rpc_inquiry_new(void *ep_binding, const struct rpc_inquiry_ask *ask,
                                    struct rpc_inquiry **ret);
/* The next one whose tower we know, its address the host's where the mapper told none.
 * RPC_X_NO_MORE_ENTRIES; RPC_S_PROTOCOL_ERROR of a mapper without an end; and what a call fails
 * with. Any thread may ask. */
MUST_CHECK RPC_STATUS rpc_inquiry_next(struct rpc_inquiry *q, struct rpc_epm_entry *ret);
void rpc_inquiry_free(struct rpc_inquiry *q);
