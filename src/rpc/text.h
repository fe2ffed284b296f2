/* SPDX-License-Identifier: Apache-2.0
 * text.h - strings at the doors of RPC, in either form.
 *
 * What goes to a caller is freed with RpcStringFree: one allocation by mem_alloc.
 */
#pragma once

#include "base/bytes.h"

/* A caller's string as UTF-8; NULL gives NULL. ERR_MALFORMED: it is not well-formed. */
MUST_CHECK enum err rpc_text_in(bool wide, const void *text, char **ret);
/* Several, as one array of n strings, NULLs kept; freed with rpc_texts_free. */
MUST_CHECK enum err rpc_texts_in(bool wide, const void *const *texts, size_t n, char **ret);
void rpc_texts_free(char **texts, size_t n);

/* A string for the caller; NULL gives NULL. */
MUST_CHECK enum err rpc_text_out(bool wide, const char *text, void **ret);
/* Several, all or none. */
MUST_CHECK enum err rpc_texts_out(bool wide, const char *const *texts, size_t n, void **ret);
