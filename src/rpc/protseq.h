/* SPDX-License-Identifier: Apache-2.0
 * protseq.h - the names of protocol sequences: those there are, and those we speak.
 */
#pragma once

#include "base/err.h"

struct transport;

/* ERR_RPC_PROTSEQ_NAME: no such name; ERR_RPC_PROTSEQ: a name, but not here. */
MUST_CHECK enum err rpc_protseq_find(const char *name, const struct transport **ret);
