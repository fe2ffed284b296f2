/* SPDX-License-Identifier: Apache-2.0
 * fuzz_keytab.c - any bytes as a keytab.
 */
#include "base/alloc.h"
#include "kerberos/keytab.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct keytab_reader k;
    struct keytab_entry entry;

    if (keytab_begin(bytes_of(data, size), &k))
        return 0;
    while (keytab_next(&k, &entry)) {
        char *name = NULL;

        if (keytab_entry_name(&entry, &name) == ERR_OK)
            mem_free(name);
    }
    return 0;
}
