/* SPDX-License-Identifier: Apache-2.0
 * forged_ticket.h - a ticket for SERVICE_SPN that is changed by somebody who has the service's key.
 */
#pragma once

#include <krb5.h>

struct forged_ticket {
    krb5_context krb;
    krb5_creds *creds;
    krb5_ticket *shell; /* as decoded; its cipher text is that of creds */
    krb5_keytab_entry key;
    krb5_data plain; /* EncTicketPart, DER.  RFC 4120 5.3 */
};

/* From the domain controller; opened. */
void forged_ticket_begin(struct forged_ticket *t, const char *user, const char *password);
/* The first place of these bytes becomes others of the same length. */
void forged_ticket_change(struct forged_ticket *t, const void *from, const void *to, size_t len);
/* The type of the element is made one that nobody knows. */
void forged_ticket_lose_pac(struct forged_ticket *t);
/* Seals it again, with what was changed, and writes it into a cache. */
void forged_ticket_end(struct forged_ticket *t, const char *cache_name);
