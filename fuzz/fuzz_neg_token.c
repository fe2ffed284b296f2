/* SPDX-License-Identifier: Apache-2.0
 * fuzz_neg_token.c - SPNEGO's messages: what is accepted writes back equal.
 */
#include <stdlib.h>

#include "negotiate/neg_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes msg = bytes_of(data, size);
    struct negotiate_init init;
    struct negotiate_resp resp;
    struct buf back = { 0 };

    if (negotiate_init_read(msg, &init) == ERR_OK) {
        if (negotiate_init_write(&init, &back) || !bytes_equal(buf_view(back), msg))
            abort();
        buf_free(&back);
    }
    if (negotiate_resp_read(msg, &resp) == ERR_OK) {
        if (negotiate_resp_write(&resp, &back) || !bytes_equal(buf_view(back), msg))
            abort();
        buf_free(&back);
    }
    return 0;
}
