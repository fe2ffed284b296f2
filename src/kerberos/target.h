/* SPDX-License-Identifier: Apache-2.0
 * target.h - the target name a client authenticates: authorization data 144 in AD-IF-RELEVANT,
 * in the encrypted authenticator.  [MS-KILE] 3.2.5.8, RFC 4120 5.2.6.1
 */
#pragma once

#include "base/bytes.h"

enum {
    KERBEROS_AD_IF_RELEVANT = 1,
    KERBEROS_AD_MANDATORY_FOR_KDC = 8,
    KERBEROS_AD_RESTRICTIONS = 141, /* of a token on its own host */
    KERBEROS_AD_LOCAL = 142,        /* tells a client on the same host */
    KERBEROS_AD_AP_OPTIONS = 143,   /* KERB_AP_OPTIONS: 4 bytes, little-endian */
    KERBEROS_AD_TARGET = 144,       /* KERB_AUTH_DATA_CLIENT_TARGET: UTF-16LE, not terminated */
};

enum { KERBEROS_AP_OPTIONS_CBT = 0x4000 }; /* the client knows channel bindings */

struct kerberos_target {
    char *name;       /* "HTTP/web1.example.com@EXAMPLE.COM"; NULL: none was there; mem_free */
    uint32_t options; /* KERBEROS_AP_OPTIONS_*; 0 where there are none */
};

/* if_relevant is the data of an AD-IF-RELEVANT element. Of several names the first counts. */
MUST_CHECK enum err kerberos_target_read(struct bytes if_relevant, struct kerberos_target *ret);
MUST_CHECK enum err kerberos_target_write(const struct kerberos_target *t, struct buf *ret);
/* True when both name the same service, whatever their realms, without regard to case. target is as
 * callers write it, principal as libkrb5 does, with escapes. */
bool kerberos_target_same(const char *target, const char *principal);
/* The same of two targets. */
bool kerberos_target_equal(const char *a, const char *b);
