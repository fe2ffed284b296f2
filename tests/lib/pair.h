/* SPDX-License-Identifier: Apache-2.0
 * pair.h - a client and a server of the test domain in one process, over the public API.
 */
#pragma once

#include "countersign/countersign.h"
#include "lib/side.h"

struct pair {
    struct side client, server;
    SECURITY_STATUS client_status, server_status; /* of the last leg each made */
};

/* The person's password and the service's keytab, KDC given, MIT's configuration made unreadable;
 * the target is the service. */
void pair_begin(struct pair *p, const char *package, ULONG client_flags, ULONG server_flags);
void pair_end(struct pair *p);
/* All legs; true when both are done. Where one fails, its status says how. */
bool pair_talk(struct pair *p);
/* pair_begin and pair_talk; fails the test where that fails. */
void pair_make(struct pair *p, const char *package, ULONG client_flags, ULONG server_flags);

/* Fails the test, with what the library has to say, where ss is not SEC_E_OK. */
void pair_ok(SECURITY_STATUS ss);
/* Fails the test where ss is not what was expected, or says nothing about why. */
void pair_expect(SECURITY_STATUS ss, SECURITY_STATUS want);
/* Credentials of the test domain: empty but for realm and KDC. */
CS_CREDENTIAL_OPTIONS pair_options(const char *package, ULONG use);
void pair_acquire(struct side *s, const CS_CREDENTIAL_OPTIONS *o);
