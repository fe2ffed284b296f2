/* SPDX-License-Identifier: Apache-2.0
 * fuzz_place.c - the name of an object that a directory tells the DN of is the name of the object
 * whose DN is made of it.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "names/place.h"

#define DOMAIN "DC=one,DC=example"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *told = mem_strndup((const char *)data, size);
    char *name = NULL;
    char *made = NULL;
    char *again = NULL;

    if (told && place_name(told, &name) == ERR_OK &&
        place_entry(PLACE_RPC, DOMAIN, name, &made) == ERR_OK &&
        (!place_holds(PLACE_RPC, DOMAIN, made) || place_name(made, &again) != ERR_OK ||
         strcmp(name, again) != 0))
        abort();
    if (told && place_holds(PLACE_WINSOCK, DOMAIN, told) && place_holds(PLACE_RPC, DOMAIN, told))
        abort();
    mem_free(again);
    mem_free(made);
    mem_free(name);
    mem_free(told);
    return 0;
}
