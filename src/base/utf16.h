/* SPDX-License-Identifier: Apache-2.0
 * utf16.h - the doors' conversion between UTF-16 (W), the A form and UTF-8. Strict both ways:
 * unpaired surrogates, overlong forms and bad sequences are ERR_MALFORMED.
 */
#pragma once

#include <uchar.h>

#include "base/bytes.h"

/* NULL gives NULL. The result is freed with mem_free. */
MUST_CHECK enum err utf8_from_wide(const char16_t *s, char **ret) SHARED(utf8_from_wide);
/* n units, not terminated; embedded NULs are refused. */
MUST_CHECK enum err utf8_from_wide_n(const char16_t *s, size_t n, char **ret)
    SHARED(utf8_from_wide_n);
MUST_CHECK enum err wide_from_utf8(const char *s, char16_t **ret) SHARED(wide_from_utf8);
size_t wide_length(const char16_t *s) SHARED(wide_length);

/* Little-endian UTF-16 on the wire, not terminated. */
MUST_CHECK enum err utf8_from_le16(struct bytes b, char **ret) SHARED(utf8_from_le16);
MUST_CHECK enum err le16_from_utf8(const char *s, struct buf *ret) SHARED(le16_from_utf8);

/* How many bytes there, before the zero, are not to be read but steer a terminal or turn the order
 * of what is read: controls, U+0080 to U+009F, U+061C, U+200E and U+200F, U+2028 to
 * U+202E, U+2066 to U+2069. */
size_t utf8_steering(const char *text) SHARED(utf8_steering);
/* True when s is well-formed UTF-8. */
bool utf8_valid(struct bytes b) SHARED(utf8_valid);
