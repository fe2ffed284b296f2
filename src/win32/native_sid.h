/* SPDX-License-Identifier: Apache-2.0
 * native_sid.h - a SID in a program's memory, as winnt.h lays it out, and struct sid.
 */
#pragma once

#include "base/sid.h"

/* False for NULL, another revision or too many subauthorities. */
MUST_CHECK bool native_sid_valid(const void *sid);
/* The bytes of one that is valid. */
size_t native_sid_size(const void *sid);
/* ERR_INVALID_PARAMETER for one that is not valid. */
MUST_CHECK enum err native_sid_get(const void *sid, struct sid *ret);
/* Writes sid_size(from) bytes, aligned to 4. */
void native_sid_put(const struct sid *from, void *to);
