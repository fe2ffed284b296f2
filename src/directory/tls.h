/* SPDX-License-Identifier: Apache-2.0
 * tls.h - TLS below an LDAP session, and what binds authentication to it.
 */
#pragma once

#include <ldap.h>

#include "base/bytes.h"

/* The server's certificate must be valid for the host of ld's URL. ca_file NULL: the system's.
 * ret_binding: the content of "tls-server-end-point", RFC 5929 4. */
MUST_CHECK enum err tls_start(LDAP *ld, const char *ca_file, struct buf *ret_binding);
