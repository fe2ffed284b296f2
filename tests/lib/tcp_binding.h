/* SPDX-License-Identifier: Apache-2.0
 * tcp_binding.h - where this process's server is reached over TCP.
 */
#pragma once

#include <countersign/sddl.h>

enum { TCP_BINDING = 64, TCP_PORT = 8 };

/* "ncacn_ip_tcp:127.0.0.1[49152]"; fails the test where it does not listen there. */
void tcp_binding(char to[TCP_BINDING]);
/* Has this process's server listen on a port more, for those the descriptor names, and says which.
 * Whoever runs beside may take a free port first: then another is tried. */
void tcp_listen(PSECURITY_DESCRIPTOR d, char port[TCP_PORT]);
