/* SPDX-License-Identifier: Apache-2.0
 * rnr_address.h - one transport address of a Winsock service, as the directory keeps it.
 */
#pragma once

#include "base/bytes.h"
#include "base/host_name.h"

enum {
    RNR_ADDRESS_VERSION = 1,
    RNR_ADDRESS_MAX = 512, /* bytes of a value: both ends and the longest DNS name need fewer */
};

/* Windows' numbers, whatever this system calls them. */
enum rnr_family { RNR_NO_FAMILY = 0, RNR_INET = 2, RNR_INET6 = 23 };

enum rnr_socket { RNR_STREAM = 1, RNR_DGRAM, RNR_RAW, RNR_RDM, RNR_SEQPACKET };

struct rnr_end {
    enum rnr_family family; /* RNR_NO_FAMILY: nothing is said, all else is 0 */
    uint16_t port;
    uint32_t flow, scope; /* of RNR_INET6 */
    uint8_t ip[16];       /* of RNR_INET: the first four */
};

struct rnr_address {
    enum rnr_socket type;
    uint16_t protocol; /* IPPROTO_TCP and its like; 0: the type's */
    struct rnr_end local, remote;
    char host[HOST_NAME_MOST + 1]; /* the DNS name of the host that registered it */
};

/* ERR_UNSUPPORTED for a version that is not ours. */
MUST_CHECK enum err rnr_address_read(struct bytes value, struct rnr_address *ret);
/* ERR_INVALID_PARAMETER for what rnr_address_read would not take. */
MUST_CHECK enum err rnr_address_write(const struct rnr_address *a, struct buf *ret);

/* What the protocol comes to: TCP for a stream of 0, UDP for datagrams. */
uint16_t rnr_address_protocol(const struct rnr_address *a);
