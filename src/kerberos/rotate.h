/* SPDX-License-Identifier: Apache-2.0
 * rotate.h - a message's bytes turned in place, wherever they lie.  RFC 4121 4.2.5
 */
#pragma once

#include "crypto/aes_cts.h"

/* Turns the bytes of the encrypted pieces, total together, left by so many. */
void rotate_left(const struct crypto_piece *p, size_t n, size_t total, size_t by);
