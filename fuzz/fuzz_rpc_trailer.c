/* SPDX-License-Identifier: Apache-2.0
 * fuzz_rpc_trailer.c - any bytes as a stub that may end in a verification trailer: what is left is
 * the stub's beginning, and one that we add is found and right, and wrong for another request.
 */
#include <stdlib.h>

#include "rpc/negotiate.h"
#include "rpc/trailer.h"

enum { MOST = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct rpc_verify v = { .header_signing_supported = size & 1,
                                  .has_context = true,
                                  .interface = { { 1, 2, 3, { 4 } }, 5, 6 },
                                  .transfer = size & 2 ? rpc_ndr64 : rpc_ndr20,
                                  .has_header = true,
                                  .type = 0,
                                  .label = { 0x10 },
                                  .call_id = 7,
                                  .context_id = 8,
                                  .opnum = 9 };
    struct bytes stub = bytes_of(data, size), left = { 0 };
    struct rpc_verify other = v;
    struct writer w = writer_new(MOST + RPC_TRAILER_MAX);
    enum err e = rpc_trailer_check(stub, &v, &left);

    if (!e && (left.ptr != stub.ptr || left.len > stub.len))
        abort();
    writer_bytes(&w, bytes_of(data, size < MOST ? size : MOST));
    rpc_trailer_write(&w, &v);
    if (!w.err) {
        size_t whole = (size < MOST ? size : MOST) + 3;

        /* an earlier signature may be taken for it, and then it is refused */
        e = rpc_trailer_check(bytes_of(w.ptr, w.len), &v, &left);
        if (!e && left.len > (whole & ~(size_t)3))
            abort();
        other.opnum++;
        if (!e && left.len == (whole & ~(size_t)3) &&
            !rpc_trailer_check(bytes_of(w.ptr, w.len), &other, &left))
            abort();
    }
    writer_done(&w);
    return 0;
}
