/* SPDX-License-Identifier: Apache-2.0
 * sid.h - security identifiers, on the wire and as text.  [MS-DTYP] 2.4.2
 */
#pragma once

#include "base/reader.h"
#include "base/writer.h"

enum { SID_SUBS_MAX = 15, SID_TEXT = 192, SID_BYTES_MAX = 8 + 4 * SID_SUBS_MAX };

struct sid {
    uint64_t authority; /* 48 bits */
    uint32_t sub[SID_SUBS_MAX];
    uint8_t count;
};

/* Takes one SID off r. */
void sid_take(struct reader *r, struct sid *ret) SHARED(sid_take);
/* Exactly one, nothing behind it. */
MUST_CHECK enum err sid_read(struct bytes b, struct sid *ret) SHARED(sid_read);
void sid_put(struct writer *w, const struct sid *s) SHARED(sid_put);
size_t sid_size(const struct sid *s) SHARED(sid_size);
/* "S-1-5-21-...": the authority in decimal, or as 0x and twelve digits. */
MUST_CHECK enum err sid_parse(const char *text, struct sid *ret) SHARED(sid_parse);
void sid_format(const struct sid *s, char to[SID_TEXT]) SHARED(sid_format);
bool sid_equal(const struct sid *a, const struct sid *b) SHARED(sid_equal);
