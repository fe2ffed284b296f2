/* SPDX-License-Identifier: Apache-2.0
 * authorized.h - what it costs to be authorized, as lines of bench-rpc.
 */
#pragma once

#include "bench.h"

void authorized_measure(struct bench *b);
