/* SPDX-License-Identifier: Apache-2.0
 * special.c - whether code for special processors may be used.  See stitch.h.
 */
#include <stdlib.h>

#include "crypto/stitch.h"

static bool forbidden;

void crypto_allow_special(bool allow)
{
    forbidden = !allow;
}

bool crypto_special_allowed(void)
{
    const char *env = forbidden ? NULL : getenv("COUNTERSIGN_CRYPTO");

    return !forbidden && (!env || strcmp(env, "plain") != 0);
}
