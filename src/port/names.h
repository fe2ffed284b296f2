/* SPDX-License-Identifier: Apache-2.0
 * names.h - the C library's names that mean something else on Windows, and what they become here.
 */
#pragma once

#include <stddef.h>

#include "base/bytes.h"

enum port_class {
    PORT_WIDE,    /* takes a wchar_t of 16 bits: ours does */
    PORT_PRINT,   /* a narrow printf: ours reads formats as Windows does */
    PORT_SCAN,    /* a narrow scanf, the same */
    PORT_FOREIGN, /* the system's alone has formats: a literal is respelled for it */
    PORT_TCHAR,   /* tchar.h's name for a PRINT and a WIDE */
    PORT_VALUE,   /* a macro whose value differs */
    PORT_LONG,    /* returns a long: ours ends where 32 bits end */
    PORT_NO_WIDE, /* takes a wchar_t, and has no form for one of 16 bits */
    PORT_REFUSED, /* not here at all; the remedy says what is */
};

struct port_name {
    const char *name;
    enum port_class class;
    int format;              /* which argument is a format, from 0; -1: none */
    const char *ours;        /* the name, or a VALUE's text */
    const char *declaration; /* of ours, in C without any header; by hand: a VALUE's text */
    const char *remedy;
};

enum { PORT_NAMES = 160 }; /* at most; names.c holds it to that */

/* The row of a name, or -1. */
int port_name_find(struct bytes word);
const struct port_name *port_name_at(int row);

/* What a header's or a word's refusal says: "COM is not here; ...", or NULL for any other. */
const char *port_header_refused(struct bytes name);
