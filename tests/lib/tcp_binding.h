/* SPDX-License-Identifier: Apache-2.0
 * tcp_binding.h - where this process's server is reached over TCP.
 */
#pragma once

enum { TCP_BINDING = 64 };

/* "ncacn_ip_tcp:127.0.0.1[49152]"; fails the test where it does not listen there. */
void tcp_binding(char to[TCP_BINDING]);
