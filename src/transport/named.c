/* SPDX-License-Identifier: Apache-2.0
 * named.c - protocol sequences that are not spoken here, and are named by others: an endpoint
 * mapper's elements are of them, too.
 */
#include <string.h>

#include "base/detail.h"
#include "transport/transport.h"

static enum err no_connection(const char *address, const char *endpoint, int64_t deadline,
                              int *ret_fd)
{
    (void)deadline;
    (void)ret_fd;
    detail_remedy("Use an endpoint of ncacn_ip_tcp, or of ncalrpc on its own host.");
    return detail_fail(ERR_RPC_PROTSEQ, "%.64s[%.64s] is of a protocol sequence not supported here",
                       address ? address : "", endpoint);
}

static const struct transport named[] = {
    { .protseq = "ncacn_np", .connect = no_connection },
    { .protseq = "ncacn_http", .connect = no_connection },
    { .protseq = "ncadg_ip_udp", .connect = no_connection },
};

const struct transport *transport_named(const char *protseq)
{
    const struct transport *t = transport_find(protseq);
    size_t i;

    for (i = 0; !t && i < sizeof named / sizeof named[0]; i++)
        if (!strcmp(named[i].protseq, protseq))
            t = &named[i];
    return t;
}
