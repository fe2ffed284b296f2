/* SPDX-License-Identifier: Apache-2.0
 * ledger.h - what the shop has sold: a line for each order, which begins with the order's token.
 */
#pragma once

#include <stdbool.h>

enum { LEDGER_TOKEN = 32 }; /* digits */

/* A line that a crash has cut is taken away: it was never finished. False: errno says why not. */
bool ledger_open(const char *path);
/* On disk when it returns, in one piece: with that the order is done. */
bool ledger_write(const char token[LEDGER_TOKEN + 1], const char *order);
/* 1: that order is there; 0: it is not; -1: that cannot be told now. */
int ledger_has(const char token[LEDGER_TOKEN + 1]);
void ledger_close(void);
