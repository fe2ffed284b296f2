/* SPDX-License-Identifier: Apache-2.0
 * thread.h - threads of the library's own.
 */
#pragma once

#include <pthread.h>
#include <stddef.h>

#include "base/err.h"

/* Starts one with every signal blocked: they are the program's threads' business. stack 0: as the
 * system does; ret NULL: detached. 0, or the error's number. */
MUST_CHECK int thread_start(void *(*run)(void *), void *arg, size_t stack, pthread_t *ret)
    SHARED(thread_start);
