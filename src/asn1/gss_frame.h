/* SPDX-License-Identifier: Apache-2.0
 * gss_frame.h - the mechanism-independent frame around a first token.  RFC 2743 3.1
 */
#pragma once

#include "asn1/der.h"

/* Views into token. The inner token need not be DER. */
MUST_CHECK enum err asn1_gss_frame_read(struct bytes token, struct bytes *ret_oid,
                                        struct bytes *ret_inner) SHARED(asn1_gss_frame_read);
/* The frame, its inner token being a then b; either may be empty. */
void asn1_gss_frame_write(struct writer *w, struct bytes oid, struct bytes a, struct bytes b)
    SHARED(asn1_gss_frame_write);
