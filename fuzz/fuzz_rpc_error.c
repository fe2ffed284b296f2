/* SPDX-License-Identifier: Apache-2.0
 * fuzz_rpc_error.c - extended error information as a server's fault has it: what is accepted,
 * written and read again is the same; and it fits into a fault.
 */
#include <stdlib.h>

#include "lib/initialised.h"
#include "rpc/error_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rpc_error_record *chain = NULL;
    struct rpc_error_record *again = NULL;
    struct buf first = { 0 };
    struct buf second = { 0 };

    if (rpc_error_read(bytes_of(data, size), &chain))
        return 0;
    if (rpc_error_write(chain, RPC_ERROR_BLOB, &first) == ERR_OK) {
        initialised_check(first.ptr, first.len);
        if (rpc_error_read(buf_view(first), &again) ||
            rpc_error_write(again, RPC_ERROR_BLOB, &second) ||
            !bytes_equal(buf_view(first), buf_view(second)))
            abort();
        buf_free(&second);
        if (!rpc_error_write(chain, RPC_ERROR_FAULT, &second) && second.len > RPC_ERROR_FAULT)
            abort();
    }
    buf_free(&first);
    buf_free(&second);
    rpc_error_free(chain);
    rpc_error_free(again);
    return 0;
}
