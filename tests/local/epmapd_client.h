/* SPDX-License-Identifier: Apache-2.0
 * epmapd_client.h - a client of the endpoint mapper that says things as it likes, and the mapper's
 * process.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "epm.h"

enum { RAISED = 0x40000000 }; /* added to the status of a call that failed as such */

/* The program, on a TCP port of its choice at 127.0.0.1. */
void mapper_start(const char *program);
/* The same with sockets that were made for it, as a service manager does, and as that account. */
void mapper_start_with_sockets(const char *program, const char *folder, uid_t uid);
/* What it tells the service manager next is that. */
bool mapper_tells(const char *state);
/* False: it did not end as it should. */
bool mapper_stop(void);
const char *mapper_tcp(void); /* "ncacn_ip_tcp:127.0.0.1[49152]" */

/* NULL: over ncalrpc. */
handle_t client_bind(const char *binding);

struct client_entry {   /* in place of what is 0: interface 1.0 of a number, NDR, ncacn_ip_tcp */
    unsigned interface; /* the first field of its UUID */
    unsigned short major, minor;
    unsigned object; /* likewise */
    unsigned short port;
    byte address[4];
    const char *annotation;
    const char *local;     /* its endpoint, of ncalrpc */
    const char *host;      /* with that, its address: then it is of ncacn_np */
    unsigned short octets; /* so many of the tower's alone */
};

ept_entry_t client_entry(const struct client_entry *from);
void client_entry_free(ept_entry_t *e);
/* Of a tower of TCP; 0 for another. */
unsigned short client_port(const ept_tower_t *t);

error_status_t client_insert(handle_t h, const struct client_entry *e, bool replace);
error_status_t client_insert_all(handle_t h, ept_entry_t *entries, ULONG n);
error_status_t client_delete(handle_t h, const struct client_entry *e);
/* Whatever its object, where e has none. */
error_status_t client_manage(handle_t h, const struct client_entry *e);
/* The port, and what the address was; the status where there is none. */
error_status_t client_map(handle_t h, const struct client_entry *e, unsigned short *ret_port,
                          byte ret_address[4]);
/* How many there are; handle as it is on the wire. */
error_status_t client_lookup(handle_t h, unsigned type, const struct client_entry *e,
                             unsigned versions, ept_lookup_handle_t *handle, ULONG most,
                             ULONG *ret_count);
