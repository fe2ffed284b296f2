/* SPDX-License-Identifier: Apache-2.0
 * fuzz_descriptor.c - a security descriptor that is accepted is written back and read again equal.
 */
#include <stdlib.h>

#include "acl/descriptor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct descriptor d, again;
    struct buf b = { 0 };

    if (descriptor_read(bytes_of(data, size), &d) != ERR_OK)
        return 0;
    if (descriptor_write(&d, &b) == ERR_OK &&
        (descriptor_read(buf_view(b), &again) != ERR_OK || d.dacl.count != again.dacl.count ||
         !bytes_equal(d.dacl.aces, again.dacl.aces) || !bytes_equal(d.sacl.aces, again.sacl.aces)))
        abort();
    buf_free(&b);
    return 0;
}
