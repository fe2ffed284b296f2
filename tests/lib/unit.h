/* SPDX-License-Identifier: Apache-2.0
 * unit.h - what every unit test includes: cmocka and our few helpers.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"

/* "01 02 0a" -> its bytes in a heap block of exactly that size; free with free(). */
struct bytes unit_hex(const char *text);

/* Hands parse every proper prefix of whole, each in a heap block of exactly its size, and expects
 * a failure each time; under ASan a read past the end is caught. */
void unit_every_prefix(struct bytes whole, enum err (*parse)(struct bytes msg));

/* Runs scenario with allocation 0, 1, 2... failing until none is reached. Each failing run must
 * return ERR_NO_MEMORY, the last one ERR_OK; ASan finds what leaked. */
void oom_run(enum err (*scenario)(void *arg), void *arg);

/* Ends the test: what it is about cannot be tried here, and why. */
void unit_skip(const char *why);
/* What main returns, of what cmocka_run_group_tests did. Where a test was skipped the program was
 * not passed: ctest reports it as skipped. */
int unit_result(int failed);

/* What the script around a test has set; the test ends without it. */
const char *unit_env(const char *name);

void unit_assert_bytes(struct bytes got, struct bytes want);
