/* SPDX-License-Identifier: Apache-2.0
 * hostile.h - a server of hostile_interface.idl and its honest clients, for tests of hostile peers.
 *
 * Server and clients are of one process, over TCP, by the public functions; so ASan sees the memory
 * of both. The bystander is a client with a connection of his own, made before the attack: he is
 * asked after it.
 */
#pragma once

#include <stdatomic.h>

#include <countersign/countersign.h>
#include <countersign/rpc.h>

#include "hostile_interface.h"
#include "lib/relay.h"
#include "lib/unit.h"

extern atomic_int hostile_executed; /* calls whose routine began */
extern atomic_int hostile_jobs;     /* context handles that live */

/* Of a group of tests: the server, its bystander. */
int hostile_set_up(void **state);
int hostile_tear_down(void **state);
unsigned hostile_port(void);

struct hostile_as {
    const char *user, *password; /* NULL: nobody */
    ULONG service, level;
};
struct hostile_as hostile_alice(ULONG level); /* with Kerberos */
struct hostile_as hostile_mallory(ULONG level);

/* With connections of its own. */
RPC_BINDING_HANDLE hostile_binding(unsigned to, const struct hostile_as *as);
void hostile_free(RPC_BINDING_HANDLE *binding);
/* What the call ended with, whether its answer is right included: -1 where it is not. */
RPC_STATUS hostile_add(RPC_BINDING_HANDLE binding);
RPC_STATUS hostile_echo(RPC_BINDING_HANDLE binding, size_t size);

/* What the runtime itself says of a call that was refused, or whose connection ended. */
bool hostile_is_an_end(RPC_STATUS status);

/* Connections of the server that live, but for the bystander's. */
unsigned hostile_connections(void);
/* The bystander is served, and within some seconds nobody else has a connection. */
void hostile_all_is_well(void);
void hostile_sleep(unsigned milliseconds);
