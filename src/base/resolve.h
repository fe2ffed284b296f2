/* SPDX-License-Identifier: Apache-2.0
 * resolve.h - host names and SRV records, asked of the servers named in COUNTERSIGN_DNS
 * ("ADDRESS[:PORT],...", IPv6 in brackets), else of the system.
 *
 * A numeric address never asks anyone. Bounded in time: three seconds per server.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"

enum { RESOLVE_MAX = 16, RESOLVE_NAME = 256 };

struct resolve_address {
    struct sockaddr_storage addr;
    socklen_t len;
};

struct resolve_srv {
    char host[RESOLVE_NAME];
    uint16_t port, priority, weight;
};

/* IPv4 and IPv6 addresses of host with port filled in; *ret_count at most RESOLVE_MAX, at least 1.
 */
MUST_CHECK enum err resolve_host(const char *host, uint16_t port,
                                 struct resolve_address ret[RESOLVE_MAX], size_t *ret_count)
    SHARED(resolve_host);
/* The records of e.g. "_ldap._tcp.dc._msdcs.EXAMPLE.COM" in the order RFC 2782 asks for. */
MUST_CHECK enum err resolve_service(const char *name, struct resolve_srv ret[RESOLVE_MAX],
                                    size_t *ret_count) SHARED(resolve_service);
/* "192.0.2.1:88" or "[2001:db8::1]:88". */
void resolve_address_format(const struct resolve_address *a, char *to, size_t size)
    SHARED(resolve_address_format);
