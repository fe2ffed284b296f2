/* SPDX-License-Identifier: Apache-2.0
 * evidence.h - a client's ticket to a service, with which the service may ask for more in the
 * client's name.  [MS-SFU] 3.2.5.2
 *
 * It came from the client, or from the KDC by S4U2self. Counted by reference, never changes.
 */
#pragma once

#include <time.h>

#include "package/identity.h"

struct kerberos_evidence {
    int refs;
    char *client;              /* "user@REALM" */
    struct identity *identity; /* S4U2self: the client's SIDs; NULL: none are proven */
    struct buf ticket;         /* sealed for the service, DER */
    bool forwardable;
    bool kept_back; /* a member of Protected Users: nobody acts for it */
    time_t expiry;
    char *asked; /* S4U2self: the name as it was asked for, else NULL */
    time_t made; /* when, by a clock that nobody sets */
};

/* Empty but for its client. */
MUST_CHECK enum err kerberos_evidence_new(const char *client, struct bytes ticket,
                                          struct kerberos_evidence **ret);
struct kerberos_evidence *kerberos_evidence_ref(struct kerberos_evidence *e); /* NULL for NULL */
void kerberos_evidence_unref(struct kerberos_evidence *e);                    /* accepts NULL */
