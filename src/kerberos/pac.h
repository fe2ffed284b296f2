/* SPDX-License-Identifier: Apache-2.0
 * pac.h - what the domain controller vouches for in a ticket: SIDs.  [MS-PAC]
 */
#pragma once

#include <krb5.h>

#include "package/identity.h"

/* KERB_VALIDATION_INFO, pickled: the user, and groups as the KDC lists them.  [MS-PAC] 2.5 */
MUST_CHECK enum err kerberos_pac_read_logon(struct bytes msg, struct identity **ret);
/* S4U_DELEGATION_INFO, pickled: adds the services that act for the client.  [MS-PAC] 2.9 */
enum { KERBEROS_PAC_SERVICES_MAX = 256 }; /* a chain that long is nobody's */
MUST_CHECK enum err kerberos_pac_read_delegation(struct bytes msg, struct identity *i);
/* PAC_REQUESTOR.  [MS-PAC] 2.15 */
MUST_CHECK enum err kerberos_pac_read_requestor(struct bytes msg, struct sid *ret);

/* The identity in the PAC of a decrypted ticket; NULL where it has no PAC, or one without logon
 * information, as other realms' KDCs make them. The PAC's checksum must be that of a key in keys
 * that opens the ticket, and its client name and time the ticket's. *ret_code: on failure, what
 * the peer is told. */
MUST_CHECK enum err kerberos_pac_identity(krb5_context krb, const krb5_ticket *ticket,
                                          krb5_keytab keys, struct identity **ret,
                                          krb5_error_code *ret_code);
