/* SPDX-License-Identifier: Apache-2.0
 * ap_req.h - what stands in the clear in an AP-REQ: the service asked for and the ticket's key.
 *
 * None of it is authenticated.  RFC 4120 5.5.1, 5.3
 */
#pragma once

#include "base/bytes.h"

struct kerberos_ap_req {
    uint8_t options;     /* the first byte of ap-options: 0x40 use-session-key, 0x20 mutual */
    char *server;        /* "HTTP/web1.example.com@EXAMPLE.COM"; mem_free */
    uint32_t kvno;       /* 0: not said */
    int32_t enctype;     /* of the ticket's encryption */
    struct bytes ticket; /* all of it, a view into the message */
};

enum { KERBEROS_AP_USE_SESSION_KEY = 0x40, KERBEROS_AP_MUTUAL = 0x20 };

MUST_CHECK enum err kerberos_ap_req_read(struct bytes message, struct kerberos_ap_req *ret);
