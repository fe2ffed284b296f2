/* SPDX-License-Identifier: Apache-2.0
 * mgmt_local.h - this process' server, asked and managed from within.  C706 appendix Q
 */
#pragma once

#include <countersign/rpcdce.h>
#include <stdbool.h>

#include "base/err.h"

enum { RPC_MGMT_STATS_COUNT = 4 }; /* RPC_C_STATS_xxx */

void rpc_mgmt_local_stats(ULONG ret[RPC_MGMT_STATS_COUNT]);
/* One block from mem_alloc for the vector and one for each element, as RpcIfIdVectorFree frees. */
MUST_CHECK enum err rpc_mgmt_local_if_ids(RPC_IF_ID_VECTOR **ret);
/* "" where the service was registered without a name. ERR_RPC_AUTHN_SERVICE. Valid for ever. */
MUST_CHECK enum err rpc_mgmt_local_principal(ULONG service, const char **ret);
/* NULL: everybody may ask, nobody may stop. */
void rpc_mgmt_set_authorization(RPC_MGMT_AUTHORIZATION_FN function);
bool rpc_mgmt_is_guarded(void); /* there is one */
