/* SPDX-License-Identifier: Apache-2.0
 * sasl.h - binding an LDAP connection by SSPI, and what keeps it signed and sealed.
 *
 * [MS-ADTS] 5.1.1.1: GSS-SPNEGO has no message that negotiates a security layer (RFC 4752 3.1
 * does); what the context's flags say holds from the bind response on.
 */
#pragma once

#include <ldap.h>

#include "base/bytes.h"

struct session_options;
struct sasl;

/* Credentials are acquired, or the caller's used. */
MUST_CHECK enum err sasl_new(const struct session_options *o, struct sasl **ret);
void sasl_free(struct sasl *s);
/* "user@REALM", or NULL. */
const char *sasl_identity(const struct sasl *s);

/* Binds ld as a client of spn. tls_binding is the content of "tls-server-end-point" on a TLS
 * connection, where no layer is put inside; empty elsewhere, where a bind without signing and
 * sealing is refused. */
MUST_CHECK enum err sasl_bind(struct sasl *s, LDAP *ld, const char *spn, struct bytes tls_binding,
                              unsigned timeout_ms);

/* sasl_layer.c: each packet is 4 bytes of length, big-endian, and a sealed message. */
enum {
    SASL_SEND_MAX = 64 * 1024,           /* plain bytes of one packet we send */
    SASL_RECEIVE_MAX = 16 * 1024 * 1024, /* of one packet we take: Windows' servers send 10 MiB */
};
MUST_CHECK enum err sasl_layer_add(struct sasl *s, LDAP *ld);
/* Seals plain into one packet, length in front; opens a packet without its length, in place. */
MUST_CHECK enum err sasl_seal(struct sasl *s, struct bytes plain, struct buf *ret_packet);
MUST_CHECK enum err sasl_unseal(struct sasl *s, struct buf packet, struct bytes *ret_plain);
