/* SPDX-License-Identifier: Apache-2.0
 * fuzz_kdc_error.c - any bytes as the KRB-ERROR a probe reads.
 */
#include "kerberos/probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct probe_reply reply;

    if (probe_reply_read(bytes_of(data, size), &reply))
        return 0;
    if (strnlen(reply.text, sizeof reply.text) == sizeof reply.text)
        __builtin_trap();
    return 0;
}
