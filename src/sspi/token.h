/* SPDX-License-Identifier: Apache-2.0
 * token.h - who a client is, kept apart from the context that learned it.
 */
#pragma once

#include "base/handle.h"

struct token {
    char *name; /* "user@REALM" */
};

MUST_CHECK enum err token_new(const char *name, handle_id *ret);
