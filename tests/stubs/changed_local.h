/* SPDX-License-Identifier: Apache-2.0
 * changed_local.h - the program's types behind changed.acf, of which its IDL knows nothing.
 */
#pragma once

typedef struct {
    double x, y;
} POINT_LOCAL;

typedef struct {
    int at[3];
    char *name; /* by a routine's own allocation */
} SPOT;

typedef struct {
    int sum;
} PARTS;

typedef struct {
    char kind;
    char *text; /* the value in digits */
} SLOT;
