/* SPDX-License-Identifier: Apache-2.0
 * fuzz_kerberos_target.c - any bytes as AD-IF-RELEVANT; what it names is named again when written.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "kerberos/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kerberos_target t = { 0 }, again = { 0 };
    struct buf b = { 0 };

    if (kerberos_target_read(bytes_of(data, size), &t))
        return 0;
    if (kerberos_target_write(&t, &b) || kerberos_target_read(buf_view(b), &again))
        abort();
    if (t.options != again.options || !t.name != !again.name ||
        (t.name && strcmp(t.name, again.name) != 0))
        abort();
    mem_free(t.name);
    mem_free(again.name);
    buf_free(&b);
    return 0;
}
