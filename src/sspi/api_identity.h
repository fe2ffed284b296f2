/* SPDX-License-Identifier: Apache-2.0
 * api_identity.h - the SEC_WINNT_AUTH_IDENTITY structures, read into what a package acquires from.
 */
#pragma once

#include "package/package.h"

/* Owns the strings an acquire borrows. */
struct identity {
    char *user, *domain, *password, *packages;
    struct buf keytab;
};

/* Reads any of the forms; a points into *ret afterwards. */
MUST_CHECK enum err identity_read(const void *data, struct identity *ret);
void identity_lend(const struct identity *id, struct acquire *a);
void identity_done(struct identity *id); /* wipes */
