/* SPDX-License-Identifier: Apache-2.0
 * probe.h - asking a KDC whether it is there and what time it has, without any credential.
 */
#pragma once

#include <time.h>

#include "base/bytes.h"
#include "base/resolve.h"

enum { PROBE_TEXT = 128, PROBE_MESSAGE_MAX = 64 * 1024 };

struct probe_reply {
    time_t server_time;
    int32_t server_usec, code; /* KRB-ERROR's error-code: 6 is the expected answer */
    char text[PROBE_TEXT];     /* e-text, printable, cut to fit; may be empty */
};

/* An AS-REQ for an account nobody has. */
MUST_CHECK enum err probe_request_write(const char *realm, uint32_t nonce, struct buf *ret);
/* The KRB-ERROR that answers it. */
MUST_CHECK enum err probe_reply_read(struct bytes msg, struct probe_reply *ret);
/* Both, over TCP, within timeout_ms. *ret_usec is the round trip after connecting. */
MUST_CHECK enum err probe_kdc(const char *realm, const struct resolve_address *kdc, int timeout_ms,
                              struct probe_reply *ret, int64_t *ret_usec);
