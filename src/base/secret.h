/* SPDX-License-Identifier: Apache-2.0
 * secret.h - memory for keys: left out of core dumps, zero in a forked child, wiped when freed.
 *
 * A child finds zeros where its parent had keys. Whoever keeps state here keeps a word that is
 * never zero in it, and refuses to work when it reads zero: a context is its maker process's.
 * Any thread may allocate and free.
 */
#pragma once

#include <stddef.h>

#include "base/link.h"

/* Zeroed, aligned to 64 bytes; NULL when there is no memory. */
void *secret_alloc(size_t size) SHARED(secret_alloc);
/* size as given to secret_alloc; p may be NULL. */
void secret_free(void *p, size_t size) SHARED(secret_free);
