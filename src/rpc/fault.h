/* SPDX-License-Identifier: Apache-2.0
 * fault.h - the statuses of faults, and what they are called on either side.
 * C706 appendix E, [MS-RPCE] 3.1.1.5.5, 3.3.3.5.1
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

enum rpc_nca { /* those that code here names; the table has all */
               NCA_S_COMM_FAILURE = 0x1c010001,
               NCA_S_OP_RNG_ERROR = 0x1c010002,
               NCA_S_UNK_IF = 0x1c010003,
               NCA_S_WRONG_BOOT_TIME = 0x1c010006,
               NCA_S_YOU_CRASHED = 0x1c010009,
               NCA_S_PROTO_ERROR = 0x1c01000b,
               NCA_S_OUT_ARGS_TOO_BIG = 0x1c010013,
               NCA_S_SERVER_TOO_BUSY = 0x1c010014,
               NCA_S_FAULT_STRING_TOO_LONG = 0x1c010015,
               NCA_S_UNSUPPORTED_TYPE = 0x1c010017,
               NCA_S_FAULT_INT_DIV_BY_ZERO = 0x1c000001,
               NCA_S_FAULT_ADDR_ERROR = 0x1c000002,
               NCA_S_FAULT_INVALID_TAG = 0x1c000006,
               NCA_S_FAULT_INVALID_BOUND = 0x1c000007,
               NCA_S_RPC_VERSION_MISMATCH = 0x1c000008,
               NCA_S_UNSPEC_REJECT = 0x1c000009,
               NCA_S_FAULT_CANCEL = 0x1c00000d,
               NCA_S_FAULT_UNSPEC = 0x1c000012,
               NCA_S_FAULT_CONTEXT_MISMATCH = 0x1c00001a,
               NCA_S_FAULT_REMOTE_NO_MEMORY = 0x1c00001b,
               NCA_S_INVALID_PRES_CONTEXT_ID = 0x1c00001c,
               NCA_S_UNSUPPORTED_AUTHN_LEVEL = 0x1c00001d,
               NCA_S_INVALID_CHECKSUM = 0x1c00001f,
               NCA_S_FAULT_USER_DEFINED = 0x1c000021,
               NCA_S_FAULT_ACCESS_DENIED = 0x00000005, /* as Windows sends it */
};

/* What a client reports (RPC_S_, RPC_X_ or EXCEPTION_xxx) for a fault; a status that is none of
 * C706's or Windows' is handed on as it is. */
uint32_t rpc_fault_status(uint32_t wire);
/* What a server sends for an exception or status of its routine; others go as they are. */
uint32_t rpc_fault_wire(uint32_t status);
/* What was wrong with a stub, as either side tells it: the arguments' fault, never the protocol's.
 */
enum err rpc_fault_stub(enum err e);
/* What a server sends for an error of the runtime's own. */
uint32_t rpc_fault_of(enum err e);
/* "nca_s_proto_error"; NULL for a status without a name. */
const char *rpc_fault_name(uint32_t wire);
