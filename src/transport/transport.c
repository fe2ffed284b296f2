/* SPDX-License-Identifier: Apache-2.0
 * transport.c - the protocol sequences there are.
 */
#include "transport/transport.h"

#include <string.h>
#include <sys/socket.h>

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

static int option_of(int fd, int name)
{
    int value = -1;
    socklen_t n = sizeof value;

    return getsockopt(fd, SOL_SOCKET, name, &value, &n) ? -1 : value;
}

const struct transport *transport_of_listener(int fd)
{
    int family = option_of(fd, SO_DOMAIN);

    if (option_of(fd, SO_TYPE) != SOCK_STREAM || option_of(fd, SO_ACCEPTCONN) != 1)
        return NULL;
    if (family == AF_UNIX)
        return &transport_local;
    return family == AF_INET || family == AF_INET6 ? &transport_tcp : NULL;
}
