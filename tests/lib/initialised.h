/* SPDX-License-Identifier: Apache-2.0
 * initialised.h - what goes on the wire was all written by somebody: MemorySanitizer ends the
 * process where it was not; nothing without it.
 */
#pragma once

#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define INITIALISED_CHECKS
#endif
#endif

static inline void initialised_check(const void *p, size_t n)
{
#ifdef INITIALISED_CHECKS
    __msan_check_mem_is_initialized(p, n);
#else
    (void)p;
    (void)n;
#endif
}
