/* SPDX-License-Identifier: Apache-2.0
 * fault.c - the table of fault statuses.  C706 appendix E, [MS-RPCE] 3.1.1.5.5 and 3.3.3.5.1
 */
#include "rpc/fault.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/err_codes.h"
#include "countersign/winerror.h"

enum { NOT_MAPPED = 0 };

/* back: what that status of a routine is sent as, of those that share it. */
/* clang-format off */
static const struct row {
    uint32_t wire;
    uint32_t status;
    bool back;
    const char *name;
} rows[] = {
    { NCA_S_COMM_FAILURE,            RPC_S_COMM_FAILURE,           true,  "nca_s_comm_failure" },
    { NCA_S_OP_RNG_ERROR,            RPC_S_PROCNUM_OUT_OF_RANGE,   true,  "nca_s_op_rng_error" },
    { NCA_S_UNK_IF,                  RPC_S_UNKNOWN_IF,             true,  "nca_s_unk_if" },
    { NCA_S_WRONG_BOOT_TIME,         NOT_MAPPED,                   false, "nca_s_wrong_boot_time" },
    { NCA_S_YOU_CRASHED,             RPC_S_CALL_FAILED,            false, "nca_s_you_crashed" },
    { NCA_S_PROTO_ERROR,             RPC_S_PROTOCOL_ERROR,         true,  "nca_s_proto_error" },
    { NCA_S_OUT_ARGS_TOO_BIG,        RPC_S_SERVER_OUT_OF_MEMORY,   false, "nca_s_out_args_too_big" },
    { NCA_S_SERVER_TOO_BUSY,         RPC_S_SERVER_TOO_BUSY,        true,  "nca_s_server_too_busy" },
    { NCA_S_FAULT_STRING_TOO_LONG,   RPC_S_STRING_TOO_LONG,        true,  "nca_s_fault_string_too_long" },
    { NCA_S_UNSUPPORTED_TYPE,        RPC_S_UNSUPPORTED_TYPE,       true,  "nca_s_unsupported_type" },
    { NCA_S_FAULT_INT_DIV_BY_ZERO,   RPC_S_ZERO_DIVIDE,            true,  "nca_s_fault_int_div_by_zero" },
    { NCA_S_FAULT_ADDR_ERROR,        RPC_S_ADDRESS_ERROR,          true,  "nca_s_fault_addr_error" },
    { 0x1c000003,                    RPC_S_FP_DIV_ZERO,            true,  "nca_s_fault_fp_div_zero" },
    { 0x1c000004,                    RPC_S_FP_UNDERFLOW,           true,  "nca_s_fault_fp_underflow" },
    { 0x1c000005,                    RPC_S_FP_OVERFLOW,            true,  "nca_s_fault_fp_overflow" },
    { NCA_S_FAULT_INVALID_TAG,       RPC_S_INVALID_TAG,            true,  "nca_s_fault_invalid_tag" },
    { NCA_S_FAULT_INVALID_BOUND,     RPC_S_INVALID_BOUND,          true,  "nca_s_fault_invalid_bound" },
    { NCA_S_RPC_VERSION_MISMATCH,    RPC_S_PROTOCOL_ERROR,         false, "nca_s_rpc_version_mismatch" },
    { NCA_S_UNSPEC_REJECT,           RPC_S_CALL_FAILED,            false, "nca_s_unspec_reject" },
    { 0x1c00000a,                    RPC_S_CALL_FAILED_DNE,        false, "nca_s_bad_actid" },
    { 0x1c00000b,                    RPC_S_CALL_FAILED,            false, "nca_s_who_are_you_failed" },
    { 0x1c00000c,                    RPC_S_CALL_FAILED_DNE,        false, "nca_s_manager_not_entered" },
    { NCA_S_FAULT_CANCEL,            RPC_S_CALL_CANCELLED,         true,  "nca_s_fault_cancel" },
    { 0x1c00000e,                    RPC_S_ADDRESS_ERROR,          false, "nca_s_fault_ill_inst" },
    { 0x1c00000f,                    RPC_S_FP_OVERFLOW,            false, "nca_s_fault_fp_error" },
    { 0x1c000010,                    RPC_S_ADDRESS_ERROR,          false, "nca_s_fault_int_overflow" },
    { NCA_S_FAULT_UNSPEC,            RPC_S_CALL_FAILED,            true,  "nca_s_fault_unspec" },
    { 0x1c000013,                    NOT_MAPPED,                   false, "nca_s_fault_remote_comm_failure" },
    { 0x1c000014,                    RPC_X_PIPE_EMPTY,             true,  "nca_s_fault_pipe_empty" },
    { 0x1c000015,                    RPC_X_PIPE_CLOSED,            true,  "nca_s_fault_pipe_closed" },
    { 0x1c000016,                    RPC_X_WRONG_PIPE_ORDER,       true,  "nca_s_fault_pipe_order" },
    { 0x1c000017,                    RPC_X_PIPE_DISCIPLINE_ERROR,  true,  "nca_s_fault_pipe_discipline" },
    { 0x1c000018,                    RPC_S_COMM_FAILURE,           false, "nca_s_fault_pipe_comm_error" },
    { 0x1c000019,                    RPC_S_OUT_OF_MEMORY,          false, "nca_s_fault_pipe_memory" },
    { NCA_S_FAULT_CONTEXT_MISMATCH,  RPC_X_SS_CONTEXT_MISMATCH,    true,  "nca_s_fault_context_mismatch" },
    { NCA_S_FAULT_REMOTE_NO_MEMORY,  RPC_S_SERVER_OUT_OF_MEMORY,   true,  "nca_s_fault_remote_no_memory" },
    { NCA_S_INVALID_PRES_CONTEXT_ID, RPC_S_PROTOCOL_ERROR,         false, "nca_s_invalid_pres_context_id" },
    { NCA_S_UNSUPPORTED_AUTHN_LEVEL, RPC_S_UNSUPPORTED_AUTHN_LEVEL, true, "nca_s_unsupported_authn_level" },
    { NCA_S_INVALID_CHECKSUM,        RPC_S_CALL_FAILED_DNE,        false, "nca_s_invalid_checksum" },
    { 0x1c000020,                    RPC_S_CALL_FAILED_DNE,        false, "nca_s_invalid_crc" },
    { NCA_S_FAULT_USER_DEFINED,      NOT_MAPPED,                   false, "nca_s_fault_user_defined" },
    { 0x1c000022,                    NOT_MAPPED,                   false, "nca_s_fault_tx_open_failed" },
    { 0x1c000023,                    NOT_MAPPED,                   false, "nca_s_fault_codeset_conv_error" },
    { 0x1c000024,                    RPC_S_OBJECT_NOT_FOUND,       false, "nca_s_fault_object_not_found" },
    { 0x1c000025,                    NOT_MAPPED,                   false, "nca_s_fault_no_client_stub" },
    /* As Windows sends them: its own codes, unchanged. */
    { NCA_S_FAULT_ACCESS_DENIED,     RPC_S_ACCESS_DENIED,          true,  "access denied" },
    { RPC_X_BAD_STUB_DATA,           RPC_X_BAD_STUB_DATA,          true,  "bad stub data" },
    { RPC_S_SEC_PKG_ERROR,           RPC_S_SEC_PKG_ERROR,          true,  "security package error" },
    { RPC_S_CANNOT_SUPPORT,          RPC_S_CANNOT_SUPPORT,         true,  "cannot support" },
};
/* clang-format on */

enum { ROWS = sizeof rows / sizeof rows[0] };

static const struct row *find_wire(uint32_t wire)
{
    size_t i;

    for (i = 0; i < ROWS; i++)
        if (rows[i].wire == wire)
            return &rows[i];
    return NULL;
}

uint32_t rpc_fault_status(uint32_t wire)
{
    const struct row *r = find_wire(wire);

    if (!wire) /* a fault without a reason is a failed call all the same */
        return RPC_S_CALL_FAILED;
    return r && r->status != NOT_MAPPED ? r->status : wire;
}

/* What may not be sent, for it means something else to clients.  [MS-RPCE] 3.3.3.5.1 */
static bool forbidden(uint32_t status)
{
    static const uint32_t codes[] = { 0x80000001, 0x80000002, 0x80000003, 0xc0000005, 0xc0000006,
                                      0xc000001d, 0xc0000096, 0xc00000aa, 0xc00000fd, 0xc0000194,
                                      0xc0000235, 0xc0000409, 0xc0000420, 0 };
    size_t i;

    for (i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i] == status)
            return true;
    return false;
}

uint32_t rpc_fault_wire(uint32_t status)
{
    size_t i;

    if (status == 0xc0000005)
        return NCA_S_FAULT_ADDR_ERROR;
    if (status == RPC_S_OUT_OF_MEMORY)
        return NCA_S_FAULT_REMOTE_NO_MEMORY;
    if (forbidden(status))
        return NCA_S_FAULT_UNSPEC;
    for (i = 0; i < ROWS; i++)
        if (rows[i].back && rows[i].status == status)
            return rows[i].wire;
    return status;
}

enum err rpc_fault_stub(enum err e)
{
    switch (e) {
    case ERR_TRUNCATED:
    case ERR_MALFORMED:
    case ERR_TOO_LONG:
    case ERR_UNSUPPORTED: /* floats and characters of other kinds */
        return ERR_RPC_STUB_DATA;
    default:
        return e;
    }
}

uint32_t rpc_fault_of(enum err e)
{
    return rpc_fault_wire((uint32_t)err_rpc_status(e));
}

const char *rpc_fault_name(uint32_t wire)
{
    const struct row *r = find_wire(wire);

    return r ? r->name : NULL;
}
