/* SPDX-License-Identifier: Apache-2.0
 * acceptor.h - a service of sockets that accepts one client, with the keytab it is given.
 */
#pragma once

#include <countersign/security.h>
#include <pthread.h>

struct acceptor {
    const char *keytab; /* set before acceptor_listen */
    USHORT port;        /* on 127.0.0.1 */
    int listener;
    pthread_t thread;
    SECURITY_STATUS status; /* of the last leg */
};

void acceptor_listen(struct acceptor *a);
/* Also where nobody came. */
void acceptor_end(struct acceptor *a);
