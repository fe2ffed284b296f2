/* SPDX-License-Identifier: Apache-2.0
 * checksum.h - the authenticator's "checksum" of type 0x8003, where the flags of a context, its
 * channel bindings and a forwarded ticket travel.  RFC 4121 4.1.1
 */
#pragma once

#include "package/package.h"

enum { KERBEROS_CHECKSUM_TYPE = 0x8003, KERBEROS_BINDINGS_HASH = 16 };

struct kerberos_checksum {
    uint8_t bindings[KERBEROS_BINDINGS_HASH]; /* all zero: the client has none */
    uint32_t flags;                           /* as on the wire */
    struct bytes delegation;                  /* a KRB-CRED, where KERBEROS_WIRE_DELEGATE is set */
    struct bytes extensions;                  /* what follows, for whoever knows it */
};

/* The flags on the wire.  RFC 4121 4.1.1.1, [MS-KILE] 3.2.5.2 */
enum kerberos_wire_flag {
    KERBEROS_WIRE_DELEGATE = 1,
    KERBEROS_WIRE_MUTUAL = 2,
    KERBEROS_WIRE_REPLAY = 4,
    KERBEROS_WIRE_SEQUENCE = 8,
    KERBEROS_WIRE_CONFIDENTIALITY = 16,
    KERBEROS_WIRE_INTEGRITY = 32,
    KERBEROS_WIRE_DCE_STYLE = 0x1000,
    KERBEROS_WIRE_IDENTIFY = 0x2000,
    KERBEROS_WIRE_EXTENDED_ERROR = 0x4000,
};

MUST_CHECK enum err kerberos_checksum_read(struct bytes raw, struct kerberos_checksum *ret);
MUST_CHECK enum err kerberos_checksum_write(const struct kerberos_checksum *c, struct buf *ret);

/* Between enum context_flag and the wire; what the other side does not have is left out. */
uint32_t kerberos_flags_to_wire(uint32_t flags);
uint32_t kerberos_flags_from_wire(uint32_t wire);

/* MD5 over the bindings' five fields; all zero where there are none.  RFC 4121 4.1.1.2 */
void kerberos_bindings_hash(const struct bindings *b, uint8_t ret[KERBEROS_BINDINGS_HASH]);
