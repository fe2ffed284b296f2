/* SPDX-License-Identifier: Apache-2.0
 * tower.h - protocol towers of every protocol sequence, as a map keeps and compares them.
 * C706 appendix L, [MS-RPCE] 2.2.1.2.2
 *
 * A tower is a view into its octets, valid while these are.
 */
#pragma once

#include "base/bytes.h"
#include "base/uuid.h"
#include "base/writer.h"

enum {
    TOWER_MOST = 1024, /* octets; five floors of TCP take 75 */
    TOWER_PROTOCOLS =
        6, /* floors from the third on; the protocol sequences there are have 2 or 3 */
    TOWER_TEXT = 192,
};

struct tower_id { /* an interface or a transfer syntax */
    struct uuid uuid;
    uint16_t major, minor;
};

struct tower_floor {
    struct bytes left, right; /* which protocol; the address in it */
};

struct tower {
    struct bytes octets;
    struct tower_id interface, syntax;
    struct tower_floor protocol[TOWER_PROTOCOLS];
    size_t protocols;
    size_t host_at; /* where in the octets the IPv4 address is; 0: there is none */
};

/* Any that is well-formed: ERR_TRUNCATED, ERR_MALFORMED. */
MUST_CHECK enum err tower_read(struct bytes octets, struct tower *ret);
/* Whether a server may be reached by it: of a protocol sequence that is known, with an endpoint.
 * ERR_INVALID_PARAMETER. */
MUST_CHECK enum err tower_check(const struct tower *t);

/* One of ncacn_ip_tcp, or of ncalrpc. */
void tower_write_tcp(struct writer *w, const struct tower_id *interface,
                     const struct tower_id *syntax, const uint8_t host[4], uint16_t port);
void tower_write_local(struct writer *w, const struct tower_id *interface,
                       const struct tower_id *syntax, const char *endpoint);

bool tower_same_protocol(const struct tower *a, const struct tower *b);
/* The endpoint too, and the host's address. */
bool tower_same_place(const struct tower *a, const struct tower *b);

/* "0.0.0.0" where it has none. */
void tower_host(const struct tower *t, uint8_t ret[4]);
/* "ncacn_ip_tcp:192.0.2.1[49152]"; "(unknown)" for protocols that are not known. */
void tower_format(const struct tower *t, char ret[TOWER_TEXT]);
