/* SPDX-License-Identifier: Apache-2.0
 * witness.h - who knows how the transactions of an interface's queued calls ended.
 */
#pragma once

#include <countersign/rpctransaction.h>

#include "rpc/pdu.h"

struct rpc_witness {
    CS_TRANSACTION_OUTCOME_FN *ask; /* NULL: nobody */
    void *context;
};

/* In place of what was said before. */
MUST_CHECK enum err rpc_witness_set(const struct rpc_syntax *id, const struct rpc_witness *o);
struct rpc_witness rpc_witness_find(const struct rpc_syntax *id);
