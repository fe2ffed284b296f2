/* SPDX-License-Identifier: Apache-2.0
 * descriptors.h - what comes beside the bytes of a connection over ncalrpc, and whose call it is.
 *
 * Descriptors travel with the first byte of a call's first fragment, whose flags say so
 * (RPC_DESCRIPTORS). The kernel hands out one lot at a time, and nobody sends a second one before
 * the first one's call is answered: so at most one lot waits for its call.
 */
#pragma once

#include "ndr/handles.h"
#include "rpc/pdu.h"
#include "transport/rights.h"

/* What is there, without waiting: ERR_INCOMPLETE. ERR_MALFORMED where something waits for its call
 * already, ERR_RPC_RESOURCES where this process has too many of its peers'. */
MUST_CHECK enum err rpc_descriptors_receive(int fd, const struct iovec *iov, size_t count,
                                            struct transport_rights *waiting, size_t *ret);
/* The lot of the call with these flags becomes owned by ret; without memory it is none. waiting may
 * be NULL, here and below. */
void rpc_descriptors_take(struct transport_rights *waiting, uint8_t flags, struct ndr_handles *ret);
/* Closes what waits: where nothing of a call is here any more, it is nobody's. */
void rpc_descriptors_drop(struct transport_rights *waiting);
/* Of what was taken. */
void rpc_descriptors_done(struct ndr_handles *h);
