/* SPDX-License-Identifier: Apache-2.0
 * frame.h - what a Kerberos context token is: which message, framed or bare.  RFC 4121 4.1
 */
#pragma once

#include "base/bytes.h"

enum kerberos_token {
    KERBEROS_TOKEN_AP_REQ = 0x0100,
    KERBEROS_TOKEN_AP_REP = 0x0200,
    KERBEROS_TOKEN_ERROR = 0x0300,
    KERBEROS_TOKEN_TGT_REQUEST = 0x0400, /* user-to-user: these two framed for it alone */
    KERBEROS_TOKEN_TGT_REPLY = 0x0401,
};

enum kerberos_framing {
    KERBEROS_BARE,        /* the message alone: DCE style, and what some clients send */
    KERBEROS_FRAMED,      /* RFC 2743 frame with 1.2.840.113554.1.2.2 */
    KERBEROS_FRAMED_MS,   /* the same with 1.2.840.48018.1.2.2, Windows 2000's slip */
    KERBEROS_FRAMED_USER, /* the same with 1.2.840.113554.1.2.2.3: user-to-user */
};

struct kerberos_frame {
    enum kerberos_token token;
    enum kerberos_framing framing;
    struct bytes message; /* DER, a view into the token; its first tag fits the token */
};

MUST_CHECK enum err kerberos_frame_read(struct bytes token, struct kerberos_frame *ret);
MUST_CHECK enum err kerberos_frame_write(const struct kerberos_frame *f, struct buf *ret);
