/* SPDX-License-Identifier: Apache-2.0
 * hearsay.h - C that expects the server which answers, because it answered.
 * desktop-src/Rpc/mutual-authentication.md
 */
#pragma once

#include "port/change.h"

/* A remark for each RpcBindingSetAuthInfo of the user's whose principal is a variable that
 * RpcMgmtInqServerPrincName has filled in the same function; no edits. */
MUST_CHECK enum err port_hearsay(const struct port_source *s, struct port_changes *ret);
