/* SPDX-License-Identifier: Apache-2.0
 * certificate.h - what a channel binding takes of a server's certificate.
 */
#pragma once

#include "base/bytes.h"

/* The hash of the whole certificate, by the hash of its signature, but SHA-256 where that is MD5,
 * SHA-1 or none.  RFC 5929 4.1 */
MUST_CHECK enum err certificate_binding(struct bytes der, struct buf *ret)
    SHARED(certificate_binding);
