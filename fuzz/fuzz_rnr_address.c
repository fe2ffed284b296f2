/* SPDX-License-Identifier: Apache-2.0
 * fuzz_rnr_address.c - what is read as an address of a Winsock service is written as it was.
 */
#include <stdlib.h>

#include "names/rnr_address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rnr_address a;
    struct buf b = { 0 };

    if (rnr_address_read(bytes_of(data, size), &a))
        return 0;
    if (!host_name_valid(bytes_of_text(a.host)))
        abort();
    if (rnr_address_write(&a, &b) || !bytes_equal(buf_view(b), bytes_of(data, size)))
        abort();
    buf_free(&b);
    return 0;
}
