/* SPDX-License-Identifier: Apache-2.0
 * window.h - which sequence numbers may still come.  RFC 2743 1.2.3
 *
 * With order detection only the next number is right. With replay detection alone a number may
 * come once, up to WINDOW_WIDTH behind the highest seen; older ones cannot be told from replays
 * and are refused. A refused number changes nothing.
 */
#pragma once

#include "base/bytes.h"

enum { WINDOW_WIDTH = 64 };

struct window {
    bool replay, sequence;
    uint64_t mask; /* RC4 tokens count modulo 2^32 */
    uint64_t next; /* one past the highest seen */
    uint64_t seen; /* bit n: next - 1 - n was seen */
};

void window_init(struct window *w, bool replay, bool sequence, bool wide, uint64_t first);
/* ERR_OUT_OF_SEQUENCE, or notes the number as seen. Only for numbers that were authenticated. */
MUST_CHECK enum err window_admit(struct window *w, uint64_t seq);
