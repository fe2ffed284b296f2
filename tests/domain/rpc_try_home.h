/* SPDX-License-Identifier: Apache-2.0
 * rpc_try_home.h - a server of rpc_try.idl and its clients in one process, for domain/test_rpc_*.c.
 *
 * Over TCP, by the public functions. The server is SERVICE_SPN; clients are alice (PERSON),
 * mallory (OTHER) or nobody.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include <countersign/countersign.h>
#include <countersign/rpc.h>

#include "lib/unit.h"
#include "rpc_try.h"

#define TCP ((RPC_CSTR)(uintptr_t) "ncacn_ip_tcp")
#define STR(s) ((RPC_CSTR)(uintptr_t)(s))

/* Fails the test, with what the library has to say, where status is not RPC_S_OK. */
#define OK(call) try_is((call), RPC_S_OK, #call, __FILE__, __LINE__)
#define IS(call, status) try_is((call), (status), #call, __FILE__, __LINE__)
void try_is(RPC_STATUS got, RPC_STATUS want, const char *what, const char *file, int line);

/* What a statement raises, or RPC_S_OK: RAISES(RPC_S_CALL_FAILED, TryRaise(b, 1)). */
#define RAISES(status, statement)                                                                  \
    do {                                                                                           \
        volatile RPC_STATUS raised_ = RPC_S_OK;                                                    \
        RpcTryExcept                                                                               \
        {                                                                                          \
            statement;                                                                             \
        }                                                                                          \
        RpcExcept (1) {                                                                            \
            raised_ = (RPC_STATUS)RpcExceptionCode();                                              \
        }                                                                                          \
        RpcEndExcept                                                                               \
        try_is(raised_, (status), #statement, __FILE__, __LINE__);                                 \
    } while (0)

/* The detail of the thread's last failure says all of these words, and what to try if remedy. */
void try_told(const char *first, const char *second, bool remedy);

/* ---- the server ---- */

void try_register_auth(void); /* Kerberos and Negotiate, by the keytab of the service */
int try_start(void **state);  /* listens, with rpc_try open to everybody */
int try_stop(void **state);   /* and it is unregistered */
const char *try_port(void);   /* of the dynamic endpoint */

extern void (*try_ask)(handle_t server); /* what TryAsk runs */
extern atomic_int try_contexts;          /* values of context handles that live */
extern atomic_int try_rundowns;          /* and how often a rundown routine ended one */
extern atomic_int try_binds;             /* generic handles of rpc_ways.idl that were bound */
extern atomic_int try_unbinds;           /* and unbound */
extern atomic_int try_waiting;           /* TryWait under way */

extern atomic_bool try_deaf; /* TryWait looks at no cancel */

/* What a context handle stands for. */
void *try_value(LONG number);

/* A manager that answers this number to TryManager, 1 to 3. */
RPC_MGR_EPV *try_manager(int number);

/* ---- clients ---- */

RPC_BINDING_HANDLE try_bind_to(const char *object, const char *address, const char *port);
RPC_BINDING_HANDLE try_bind(void); /* to the server, without authentication */
void try_authenticate(RPC_BINDING_HANDLE b, const char *user, const char *password, ULONG level,
                      ULONG service);
RPC_BINDING_HANDLE try_bind_as(const char *user, const char *password, ULONG level);
RPC_BINDING_HANDLE try_alice(ULONG level); /* by Kerberos */
void try_unbind(RPC_BINDING_HANDLE *b);

/* TryWait in a thread of its own. */
struct try_waiter {
    pthread_t thread;
    RPC_BINDING_HANDLE binding;
    ULONG milliseconds;
    RPC_STATUS status; /* what it raised */
    LONG result;       /* else what it returned */
};
/* n of them, and waits until the server serves them all: none ends before try_let_go, but by a
 * cancel, however short its time is. */
void try_waiters_begin(struct try_waiter *w, size_t n, RPC_BINDING_HANDLE b, ULONG milliseconds);
void try_let_go(void);
void *try_wait_there(void *arg); /* the thread's routine */
void try_waiter_end(struct try_waiter *w);

long try_milliseconds(void);
void try_rest(long ms);
/* Waits, up to some seconds, until *what is value; fails the test where it does not come to be. */
void try_until(atomic_int *what, int value);
