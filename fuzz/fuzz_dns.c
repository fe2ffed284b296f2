/* SPDX-License-Identifier: Apache-2.0
 * fuzz_dns.c - any bytes as a name and as a reply; an accepted name writes back and reads equal.
 */
#include <stdlib.h>

#include "base/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t types[] = { DNS_A, DNS_AAAA, DNS_SRV };
    struct bytes message = bytes_of(data, size);
    struct reader r = reader_over(message);
    struct dns_reply reply;
    struct writer w = writer_new(DNS_NAME);
    char name[DNS_NAME], again[DNS_NAME];
    size_t i;

    reader_take(&r, size > 12 ? 12 : 0);
    dns_name_read(&r, message, name);
    for (i = 0; i < 3; i++)
        if (dns_reply_read(message, name, types[i], &reply) == ERR_OK && reply.count > DNS_RECORDS)
            abort();
    dns_name_write(&w, name);
    r = reader_over(bytes_of(w.ptr, w.len));
    dns_name_read(&r, bytes_of(w.ptr, w.len), again);
    if (w.err || r.err || strcmp(name, again) != 0)
        abort();
    writer_done(&w);
    return 0;
}
