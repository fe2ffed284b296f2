/* SPDX-License-Identifier: Apache-2.0
 * keytab_identity.h - a keytab as the authentication identity SSPI takes.
 */
#pragma once

#include "base/bytes.h"

/* A SEC_WINNT_AUTH_IDENTITY_EX2 with the keytab's content in it; buf_free wipes it. */
MUST_CHECK enum err keytab_identity(const char *user, const char *domain, const char *path,
                                    struct buf *ret);
