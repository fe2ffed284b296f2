/* SPDX-License-Identifier: Apache-2.0
 * filter.h - search filters with values of others in them.  RFC 4515
 */
#pragma once

#include "base/bytes.h"

enum { FILTER_MAX = 64 * 1024 };

/* A value with everything escaped that a filter gives a meaning. mem_free. */
MUST_CHECK enum err filter_escape(struct bytes value, char **ret) SHARED(filter_escape);
/* Every byte as \HH, as binary values need it. mem_free. */
MUST_CHECK enum err filter_escape_bytes(struct bytes value, char **ret) SHARED(filter_escape_bytes);
/* Each %s of the pattern becomes the escaped text of the next argument; nothing else is
 * understood. mem_free. */
MUST_CHECK enum err filter_format(char **ret, const char *pattern, ...) SHARED(filter_format);
