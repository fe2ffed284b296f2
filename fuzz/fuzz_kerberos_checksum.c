/* SPDX-License-Identifier: Apache-2.0
 * fuzz_kerberos_checksum.c - any bytes as a checksum of type 0x8003; it writes back equal.
 */
#include <stdlib.h>

#include "kerberos/checksum.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kerberos_checksum c;
    struct buf again = { 0 };

    if (kerberos_checksum_read(bytes_of(data, size), &c))
        return 0;
    if (kerberos_checksum_write(&c, &again) || !bytes_equal(buf_view(again), bytes_of(data, size)))
        abort();
    buf_free(&again);
    return 0;
}
