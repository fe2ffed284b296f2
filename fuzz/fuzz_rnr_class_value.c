/* SPDX-License-Identifier: Apache-2.0
 * fuzz_rnr_class_value.c - what is read as a value of a class is written as it was.
 */
#include <stdlib.h>

#include "names/rnr_class_value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rnr_class_value v;
    struct buf b = { 0 };

    if (rnr_class_value_read(bytes_of(data, size), &v))
        return 0;
    if (rnr_class_value_write(&v, &b) || !bytes_equal(buf_view(b), bytes_of(data, size)))
        abort();
    buf_free(&b);
    return 0;
}
