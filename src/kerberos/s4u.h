/* SPDX-License-Identifier: Apache-2.0
 * s4u.h - a service that acts for clients: by tickets in their names that it got itself.  [MS-SFU]
 *
 * The service is an acceptor's credential: it logs on as the account its keytab is of, when the
 * first such ticket is wanted, or is a client of its own already.
 */
#pragma once

#include "kerberos/credential.h"
#include "kerberos/evidence.h"

/* S4U2self: the client's ticket to the service, without the client; an answer at most max_age
 * seconds old may be told again. */
MUST_CHECK enum err kerberos_s4u_self(struct kerberos_credential *service, const char *client,
                                      uint32_t max_age, struct kerberos_evidence **ret);
/* S4U2proxy: credentials in the name of evidence's client. Whether the KDC gives any shows when the
 * first context is made with them. */
MUST_CHECK enum err kerberos_s4u_proxy(struct kerberos_credential *service,
                                       struct kerberos_evidence *evidence,
                                       struct kerberos_credential **ret);
/* One such ticket; c is what kerberos_s4u_proxy made. */
MUST_CHECK enum err kerberos_s4u_ticket(struct kerberos_credential *c, krb5_context krb,
                                        const char *target, krb5_creds **ret);
/* Of an acceptor: logs on as whom it asks for such tickets. */
MUST_CHECK enum err kerberos_s4u_logon(struct kerberos_credential *c, krb5_context krb);

/* Whether an opened ticket is the one of which that answer of a KDC's speaks. Nothing but FAST
 * seals it into the answer: one of somebody else's, seen on its way to this service, would open as
 * well. But the sealed part of the answer has the ticket's session key. */
bool kerberos_s4u_is_of_answer(const krb5_ticket *ticket, const krb5_creds *answer);
