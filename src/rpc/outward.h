/* SPDX-License-Identifier: Apache-2.0
 * outward.h - where a host's name or a path, given by somebody else, would lead.
 *
 * Pure: no name is resolved and no file looked at. Hosts are those of a list, "files.example.com",
 * ".example.com" for all below it, or an address; compared without regard to the case of ASCII.
 * ERR_ACCESS_DENIED: it leads elsewhere, or cannot be understood in one way only;
 * ERR_INVALID_PARAMETER: the list itself.
 */
#pragma once

#include "base/bytes.h"

enum { OUTWARD_PATH_MAX = 32767 };

/* allowed ends with NULL; NULL itself allows none. */
MUST_CHECK enum err rpc_outward_host(const char *host, const char *const *allowed);
/* Of this host's file system, or of an allowed one's. */
MUST_CHECK enum err rpc_outward_path(const char *path, const char *const *allowed);
