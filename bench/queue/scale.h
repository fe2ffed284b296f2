/* SPDX-License-Identifier: Apache-2.0
 * scale.h - the queue manager with very many messages: its start, its memory, the speed of a
 * queue's head, and how late messages expire.
 */
#pragma once

#include "bench.h"

/* The store is made in that folder. */
void scale_measure(struct bench *b, const char *folder);
