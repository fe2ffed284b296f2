/* SPDX-License-Identifier: Apache-2.0
 * format.h - the conversions of a format as Windows' C library means them, for the one here.
 *
 *     % flags width .precision length letter
 *
 * There a long has 32 bits and l says so; I64, I32 and I are 64 bits, 32 bits and a pointer's
 * size; h before s and c is narrow text; S, C, ls and ws are text of 16 bits.
 */
#pragma once

#include "base/writer.h"

struct port_format {
    bool changed; /* what was written differs from what was read */
    bool wide;    /* a conversion of 16-bit text, which only a function of ours can do */
};

/* Writes a literal, quotes and all, with its conversions respelled. A conversion that a literal
 * leaves unfinished, for the next one to finish, stays as it is. scan: it is scanf's. */
struct port_format port_format_respell(struct bytes literal, bool scan, struct writer *w);
