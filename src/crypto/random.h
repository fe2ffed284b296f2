/* SPDX-License-Identifier: Apache-2.0
 * random.h - unpredictable bytes; small requests come from a pool of the thread's own.
 *
 * The pool is a page the kernel gives a child of fork as zeros, which reads as "empty": parent
 * and child never hand out the same bytes, however the child was made.
 */
#pragma once

#include "base/bytes.h"

MUST_CHECK enum err crypto_random(void *to, size_t n) SHARED(crypto_random);
