/* SPDX-License-Identifier: Apache-2.0
 * special.c - whether code for special processors may be used.  See stitch.h.
 */
#include <pthread.h>
#include <stdlib.h>

#include "crypto/stitch.h"

static bool forbidden, plain_asked;
static pthread_once_t asked_once = PTHREAD_ONCE_INIT;

static void ask(void) /* once: the environment may not be read while others write it */
{
    const char *env = getenv("COUNTERSIGN_CRYPTO");

    plain_asked = env && strcmp(env, "plain") == 0;
}

void crypto_allow_special(bool allow)
{
    forbidden = !allow;
}

bool crypto_special_allowed(void)
{
    pthread_once(&asked_once, ask);
    return !forbidden && !plain_asked;
}
