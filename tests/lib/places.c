/* SPDX-License-Identifier: Apache-2.0
 * places.c - ports at which no service is.
 */
#include "lib/places.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "lib/unit.h"

static int bound(uint16_t *ret)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    *ret = ntohs(at.sin_port);
    return fd;
}

uint16_t dead_port(void)
{
    uint16_t port = 0;

    (void)bound(&port); /* kept, so that nobody else gets it, and nobody is connected to himself */
    return port;
}

int silent_port(uint16_t *ret)
{
    int fd = bound(ret);

    assert_int_equal(listen(fd, 1000), 0);
    return fd;
}
