/* SPDX-License-Identifier: Apache-2.0
 * ns_name.h - names of entries of the RPC name service.  desktop-src/Rpc/name-syntax.md
 *
 *   /.:/name              in the domain of whoever asks
 *   /.../domain/name      in the domain of that DNS name
 *
 * Slashes in name are part of it, and separate no empty parts.
 */
#pragma once

#include "base/bytes.h"

enum { NS_NAME_MOST = 255 }; /* bytes of the whole: "less than 256 characters" */

struct ns_name {
    char *domain; /* NULL: the own one */
    char *name;   /* the object's cn */
};

/* ERR_NS_NAME, ERR_NS_INCOMPLETE; the record says why. */
MUST_CHECK enum err ns_name_parse(const char *text, struct ns_name *ret);
void ns_name_free(struct ns_name *n);
/* mem_free. */
MUST_CHECK enum err ns_name_format(const char *domain, const char *name, char **ret);
