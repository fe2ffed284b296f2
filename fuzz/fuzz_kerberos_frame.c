/* SPDX-License-Identifier: Apache-2.0
 * fuzz_kerberos_frame.c - any bytes as a context token, and what it holds as a request; an accepted
 * token writes back equal.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "kerberos/ap_req.h"
#include "kerberos/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kerberos_ap_req a = { 0 };
    struct kerberos_frame f;
    struct buf again = { 0 };

    if (kerberos_frame_read(bytes_of(data, size), &f))
        return 0;
    if (kerberos_frame_write(&f, &again) || !bytes_equal(buf_view(again), bytes_of(data, size)))
        abort();
    if (kerberos_ap_req_read(f.message, &a) == ERR_OK && !a.server)
        abort();
    mem_free(a.server);
    buf_free(&again);
    return 0;
}
