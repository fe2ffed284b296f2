/* SPDX-License-Identifier: Apache-2.0
 * keys.h - two accounts with real keys, and a directory that is a table: what sealing costs once
 * the keys are known.
 */
#pragma once

#include "queue/keys.h"

#define KEYS_HOST "bench.example.com"

enum keys_who { KEYS_SENDER, KEYS_RECEIVER };

/* Made at the first call; as that account sees them. */
const struct queue_keys *keys_of(enum keys_who who);
