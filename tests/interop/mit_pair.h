/* SPDX-License-Identifier: Apache-2.0
 * mit_pair.h - one context with MIT's GSS-API at one end and our message code at the other.
 *
 * Runs beside a KDC (tests/interop/mit_messages.sh). MIT sets up both ends; the keys of one are
 * exported and become our state, the other stays MIT's. Whatever fails ends the program with 1.
 */
#pragma once

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include "kerberos/message.h"

struct mit_pair {
    gss_ctx_id_t mit;
    struct kerberos_messages *ours;
    struct kerberos_keys keys; /* ours; keys.key is the bytes below */
    uint8_t key[32];
};

struct mit_pair_want {
    int32_t enctype;
    bool dce_style, mutual, mit_initiates;
    bool unordered; /* without replay and order detection, at both ends */
};

void mit_pair_open(const struct mit_pair_want *w, struct mit_pair *ret);
void mit_pair_close(struct mit_pair *p);

/* Ends the program unless major is GSS_S_COMPLETE; what says what was tried. */
void mit_check(OM_uint32 major, OM_uint32 minor, const char *what);
