/* SPDX-License-Identifier: Apache-2.0
 * api_convert.h - between Windows' types and ours, for the doors.
 */
#pragma once

#include "base/handle.h"
#include "countersign/sspi.h"
#include "package/package.h"

/* The form a door's strings have. */
enum form { FORM_A, FORM_W };

/* UTF-8 of a caller's string; NULL for NULL. Freed with mem_free. */
MUST_CHECK enum err text_in(enum form f, const void *s, char **ret);
/* A copy in the form asked, freed by the program with FreeContextBuffer. */
MUST_CHECK enum err text_out(enum form f, const char *s, void **ret);

/* 0, which no object has, for NULL and handles never given out. */
handle_id handle_in(const SecHandle *h);
void handle_out(handle_id id, PSecHandle to);

/* Local time, as the documentation asks; 0 (never) is the largest value. */
TimeStamp time_out(time_t t);

uint32_t flags_from_isc(ULONG flags);
uint32_t flags_from_asc(ULONG flags);
ULONG flags_to_isc(uint32_t flags);
ULONG flags_to_asc(uint32_t flags);

/* The first buffer of a type, attributes aside; NULL desc and no such buffer give NULL. */
PSecBuffer buffer_find(PSecBufferDesc d, ULONG type);
/* Views into the caller's SECBUFFER_CHANNEL_BINDINGS; absent ones leave *ret zero. */
MUST_CHECK enum err bindings_in(PSecBufferDesc d, struct bindings *ret);

/* A package's description in one block, freed by the program. count packages side by side. */
MUST_CHECK enum err package_info_out(enum form f, const struct package *const *p, size_t count,
                                     void **ret);
