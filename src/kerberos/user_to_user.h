/* SPDX-License-Identifier: Apache-2.0
 * user_to_user.h - contexts between two users: the acceptor has no key, but a ticket-granting
 * ticket, and the client's ticket is sealed with the session key of that.  RFC 4120 3.7
 *
 *    -> KERB-TGT-REQUEST    <- KERB-TGT-REPLY    -> AP-REQ, and on as always
 */
#pragma once

#include "kerberos/context.h"

/* Initiator: the first leg, and what the reply to it brings: the ticket for this target. */
MUST_CHECK enum err kerberos_user_ask(struct kerberos_context *c, krb5_context krb,
                                      const char *target, struct buf *ret);
MUST_CHECK enum err kerberos_user_ticket(struct kerberos_context *c, krb5_context krb,
                                         struct bytes message, const char *target);

/* Acceptor: answers such a request. */
MUST_CHECK enum err kerberos_user_answer(struct kerberos_context *c, krb5_context krb,
                                         struct bytes message, struct buf *ret);
/* Acceptor: the key of our own ticket-granting ticket, as the only one of a keyring. */
MUST_CHECK enum err kerberos_user_keys(struct kerberos_context *c, krb5_context krb,
                                       struct kerberos_keyring **ret);
