/* SPDX-License-Identifier: Apache-2.0
 * tgt_request.h - user-to-user: the client asks for the server's ticket-granting ticket, and gets
 * it. Neither message is authenticated, nor is anything in them secret.
 */
#pragma once

#include "base/bytes.h"

struct kerberos_tgt_request {
    struct bytes server; /* PrincipalName whole; ptr NULL: not said */
    struct bytes realm;  /* ptr NULL: not said */
};

MUST_CHECK enum err kerberos_tgt_request_read(struct bytes msg, struct kerberos_tgt_request *ret);
MUST_CHECK enum err kerberos_tgt_request_write(const struct kerberos_tgt_request *m,
                                               struct buf *ret);

/* ret_ticket is a Ticket whole, a view into msg. */
MUST_CHECK enum err kerberos_tgt_reply_read(struct bytes msg, struct bytes *ret_ticket);
MUST_CHECK enum err kerberos_tgt_reply_write(struct bytes ticket, struct buf *ret);
