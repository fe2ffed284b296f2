/* SPDX-License-Identifier: Apache-2.0
 * epm.h - the endpoint mapper's interface, as a client calls it.  C706 appendix O
 */
#pragma once

#include "rpc/call.h"
#include "rpc/tower.h"

#include <countersign/rpcdce.h>

enum rpc_epm_procedure {
    EPT_INSERT,
    EPT_DELETE,
    EPT_LOOKUP,
    EPT_MAP,
    EPT_LOOKUP_HANDLE_FREE,
    EPT_MGMT_DELETE = 6,
};

enum { RPC_EPM_ANNOTATION = 64 }; /* bytes, with its zero */

extern const CS_CLIENT_INTERFACE rpc_epm;

struct rpc_epm_entry {
    struct uuid object; /* nil: none */
    struct rpc_tower tower;
    char annotation[RPC_EPM_ANNOTATION];
};

/* ---- whom to ask ---- */

/* The endpoint mapper of b's host, with b's time-outs: over b's protocol sequence, at
 * COUNTERSIGN_EPMAPPER_PORT or 135. local: this host's, over ncalrpc, and b may be NULL. A handle,
 * rpc_binding_close. */
MUST_CHECK enum err rpc_epm_bind(struct rpc_binding *b, bool local, void **ret);

/* For a program that manages: of the host of the handle ep_binding, authenticated as that is, and
 * its endpoint is ignored; NULL: this host's. ERR_RPC_CANT_PERFORM where it has an object. */
MUST_CHECK enum err rpc_epm_bind_managed(void *ep_binding, void **ret);

/* ---- a call's parts ---- */

void rpc_epm_write_uuid(struct ndr_out *out, const struct uuid *u);
void rpc_epm_write_tower(struct ndr_out *out, const struct rpc_tower *t);
/* False for a tower of floors that nobody here knows; the stream is behind it all the same. */
bool rpc_epm_read_tower(struct ndr_in *in, struct rpc_tower *ret);
/* Entries of ept_lookup's answer, most at most, into its arena; those with a tower we know are
 * moved to the front. *ret_count counts these, *ret_all all of them. */
struct rpc_epm_entry *rpc_epm_read_entries(struct ndr_in *in, size_t most, size_t *ret_count,
                                           size_t *ret_all);

/* The interface in NDR at no endpoint. */
struct rpc_tower rpc_epm_tower(const RPC_IF_ID *interface, const char *protseq);
/* Ends the call: what it failed with, else what the mapper answered, with the record. */
MUST_CHECK RPC_STATUS rpc_epm_end(struct rpc_call *call, uint32_t answered);
/* EPT_S_xxx and its like of a status on the wire. */
RPC_STATUS rpc_epm_status(uint32_t wire);
/* Gives back what a lookup left with the mapper. */
void rpc_epm_let_go(void *mapper, const struct ndr_context *lookup);
