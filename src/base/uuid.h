/* SPDX-License-Identifier: Apache-2.0
 * uuid.h - UUIDs as text and as the wire's mixed-endian sixteen bytes.  RFC 4122, C706 appendix A
 */
#pragma once

#include "base/bytes.h"

struct uuid {
    uint32_t data1;
    uint16_t data2, data3;
    uint8_t data4[8];
};

enum { UUID_TEXT = 37 };

/* 8-4-4-4-12 hexadecimal digits, either case, with or without braces. */
MUST_CHECK enum err uuid_parse(const char *s, struct uuid *ret) SHARED(uuid_parse);
void uuid_format(const struct uuid *u, char to[UUID_TEXT]) SHARED(uuid_format);
/* The directory's and NDR's form: the first three fields little-endian. */
void uuid_write(const struct uuid *u, uint8_t to[16]) SHARED(uuid_write);
MUST_CHECK enum err uuid_read(struct bytes b, struct uuid *ret) SHARED(uuid_read);
