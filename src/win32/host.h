/* SPDX-License-Identifier: Apache-2.0
 * host.h - what this host is called.
 */
#pragma once

#include "base/err.h"

enum { HOST_BYTES = 256 };

/* "web1.example.com"; without a dot where no domain is known. No server is asked. */
MUST_CHECK enum err win32_host(char to[HOST_BYTES]);
