/* SPDX-License-Identifier: Apache-2.0
 * spn_host.h - whether the server a client expects is of the host it connects to.
 * desktop-src/AD/mutual-authentication-in-rpc-applications.md
 *
 * Where a client connects and whom it expects are two things, and the second is what is proven. But
 * a name that is made as documented, of a class and the host of the binding, is of that host: what
 * is of another one may be an alias, and may be a mistake.
 */
#pragma once

#include "base/err.h"

enum rpc_spn_host {
    RPC_SPN_HOST_SUITS, /* or there is nothing to compare: an account's name, an address, no host */
    RPC_SPN_HOST_OTHER,
    RPC_SPN_HOST_MALFORMED, /* a slash is in it, and it is no class/host[:port][/name][@REALM] */
};

/* The case of letters and a dot at the end are no difference; a host's first label alone stands for
 * the host. host may be NULL: this one. ERR_NO_MEMORY. */
MUST_CHECK enum err rpc_spn_host_judge(const char *principal, const char *host,
                                       enum rpc_spn_host *ret);
