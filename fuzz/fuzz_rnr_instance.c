/* SPDX-License-Identifier: Apache-2.0
 * fuzz_rnr_instance.c - the attributes of a serviceInstance object, whatever their bytes.
 */
#include "names/rnr_instance.h"
#include "objects.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "serviceClassID",         "winsockAddresses",
                                         "serviceInstanceVersion", "description",
                                         "nTSecurityDescriptor",   NULL };
    static struct object o;
    struct entry entry = { .dn = (char *)(uintptr_t) "CN=x,CN=WinsockServices,DC=y" };
    struct rnr_instance i;

    objects_read(bytes_of(data, size), names, &o, &entry, 1);
    if (rnr_instance_from(&entry, &i))
        abort();
    if (i.address_count > i.value_count || i.value_count != o.count[1])
        abort();
    rnr_instance_free(&i);
    objects_free(&o, 1);
    return 0;
}
