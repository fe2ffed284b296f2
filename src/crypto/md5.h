/* SPDX-License-Identifier: Apache-2.0
 * md5.h - MD5, where a protocol fixes it: channel bindings (RFC 4121 4.1.1.2), RFC 4757.
 */
#pragma once

#include "base/bytes.h"

enum { CRYPTO_MD5 = 16 };

/* Over the parts one after another. */
void crypto_md5(const struct bytes *parts, size_t count, uint8_t ret[CRYPTO_MD5])
    SHARED(crypto_md5);
