/* SPDX-License-Identifier: Apache-2.0
 * transport.c - the protocol sequences there are.
 */
#include "transport/transport.h"

#include <string.h>

static const struct transport *const transports[] = {
    &transport_tcp,
    &transport_local,
    NULL,
};

const struct transport *transport_at(size_t i)
{
    return i < sizeof transports / sizeof transports[0] ? transports[i] : NULL;
}

const struct transport *transport_find(const char *protseq)
{
    size_t i;

    for (i = 0; transports[i]; i++)
        if (!strcmp(transports[i]->protseq, protseq))
            return transports[i];
    return NULL;
}
