/* SPDX-License-Identifier: Apache-2.0
 * fuzz_rnr_instance.c - the attributes of a serviceInstance object, whatever their bytes. The
 * input: a byte for the attribute, a byte for the length, the value, and so on.
 */
#include <stdlib.h>

#include "base/reader.h"
#include "names/rnr_instance.h"

enum { VALUES = 32 };

/* As a search hands values over: with a NUL behind. */
static bool take(struct bytes b, struct buf *ret)
{
    if (buf_new(b.len + 1, ret))
        return false;
    bytes_copy(ret->ptr, b.ptr, b.len);
    ret->len = b.len;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char *const names[] = { (char *)"serviceClassID", (char *)"winsockAddresses",
                                   (char *)"serviceInstanceVersion", (char *)"description",
                                   (char *)"nTSecurityDescriptor" };
    struct buf value[5][VALUES];
    struct attribute attribute[5] = { { 0 } };
    struct entry entry = { (char *)"CN=x,CN=WinsockServices,DC=y", attribute, 0 };
    struct reader r = reader_over(bytes_of(data, size));
    size_t count[5] = { 0 };
    struct rnr_instance i;
    size_t k;

    while (reader_left(&r)) {
        unsigned which = reader_u8(&r) % 5;
        struct bytes b = reader_take(&r, reader_u8(&r));

        if (count[which] == VALUES || !take(b, &value[which][count[which]]))
            break;
        count[which]++;
    }
    for (k = 0; k < 5; k++) {
        if (count[k])
            attribute[entry.count++] = (struct attribute){ names[k], value[k], count[k] };
    }
    if (rnr_instance_from(&entry, &i))
        abort();
    if (i.address_count > i.value_count || i.value_count != count[1])
        abort();
    rnr_instance_free(&i);
    for (k = 0; k < 5; k++) {
        while (count[k])
            buf_free(&value[k][--count[k]]);
    }
    return 0;
}
