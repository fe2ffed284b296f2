/* SPDX-License-Identifier: Apache-2.0
 * api_rnr_query.h - a WSAQUERYSET from the caller.
 */
#pragma once

#include "directory/session.h"
#include "names/api_rnr.h"
#include "names/rnr_instance.h"

/* Copies either form; 0, or WSAEINVAL for none or one of another size. other_space: what a name
 * space is answered with that is not the directory. */
DWORD rnr_query_in(const void *from, DWORD other_space, WSAQUERYSETW *ret);
/* NULL leaves *ret alone. */
MUST_CHECK enum err rnr_version_in(const WSAVERSION *from, struct rnr_version *ret);
/* The place where a search begins: there is one only, of these names. */
MUST_CHECK enum err rnr_context_check(struct session *s, LPCWSTR context, bool wide);
