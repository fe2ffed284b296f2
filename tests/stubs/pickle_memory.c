/* SPDX-License-Identifier: Apache-2.0 */
#include "stubs/pickle_memory.h"

#include <stdlib.h>

long pickle_live;
volatile RPC_STATUS pickle_raised;

void *midl_user_allocate(size_t size)
{
    void *p = malloc(size);

    pickle_live += p != NULL;
    return p;
}

void midl_user_free(void *p)
{
    pickle_live -= p != NULL;
    free(p);
}
