/* SPDX-License-Identifier: Apache-2.0
 * local_server.h - a server of local_try.idl in a process of its own, and clients of any uid.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <countersign/rpc.h>

struct local_how {
    uid_t uid;         /* as whom it listens */
    const char *name;  /* of its endpoint; NULL: TRY */
    unsigned flags;    /* of the interface */
    unsigned max_size; /* MaxRpcSize; 0: none */
    bool tcp;          /* as well */
    bool registered; /* instead at endpoints of the system's choice, told to the endpoint mapper */
    bool apart;      /* in a user namespace that maps its own uid alone, to 0 */
};

struct local_server {
    pid_t pid;
    int control;
    char port[16]; /* of TCP */
};

/* Exits where it cannot be; to be called before this process has a thread. */
void local_server_start(const struct local_how *how, struct local_server *ret);
void local_server_stop(struct local_server *s);
/* No farewell, and its files are left. */
void local_server_kill(struct local_server *s);

/* Runs it in a child as that uid; whatever it returns or asserts is the result: 0 is good. */
int local_as(uid_t uid, int (*run)(void *arg), void *arg);

RPC_BINDING_HANDLE local_bind(const char *binding);
/* NULL: no principal. */
RPC_STATUS local_authenticate(RPC_BINDING_HANDLE b, const char *principal, ULONG tracking);
