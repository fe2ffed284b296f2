/* SPDX-License-Identifier: Apache-2.0
 * siphash.h - a keyed hash for tables of what peers send: where a name falls they cannot choose.
 *
 * SipHash-2-4, of Aumasson and Bernstein ("a fast short-input PRF"). It needs nothing of a library
 * that is torn down at exit, so that threads which still take connections then may use it.
 */
#pragma once

#include "base/bytes.h"

enum { SIPHASH_KEY = 16 };

uint64_t siphash(const uint8_t key[SIPHASH_KEY], struct bytes text) SHARED(siphash);
