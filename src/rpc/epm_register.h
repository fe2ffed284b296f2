/* SPDX-License-Identifier: Apache-2.0
 * epm_register.h - what a server writes into the endpoint map of its host.  C706 appendix O
 *
 * Every combination of one interface, the bindings and the objects is an entry of its own. Several
 * bindings that one tower stands for, those of several IPv6 addresses, are one.
 */
#pragma once

#include <countersign/rpcdce.h>

enum rpc_epm_change { RPC_EPM_ADD, RPC_EPM_REPLACE, RPC_EPM_REMOVE };

struct rpc_epm_ask {
    const RPC_IF_ID *interface;
    const RPC_BINDING_VECTOR *bindings; /* NULL ones are passed over */
    const UUID_VECTOR *objects;         /* NULL: none */
    const char *annotation;             /* UTF-8; NULL: none. Cut to what an entry holds */
};

RPC_STATUS rpc_epm_change(const struct rpc_epm_ask *ask, enum rpc_epm_change change);
/* One entry, of whosever it is, at the mapper of ep_binding's host; NULL: this host's. object NULL:
 * that of any object. */
RPC_STATUS rpc_epm_manage(void *ep_binding, const RPC_IF_ID *interface, void *binding,
                          const UUID *object);
