/* SPDX-License-Identifier: Apache-2.0
 * enforce_home.h - a server of enforce_try.idl and its clients, in this process.
 */
#pragma once

#include <countersign/rpc.h>

#include "enforce_try.h"
#include "lib/unit.h"

enum { READ, WRITE, HOLD, OTHER_READ }; /* the operations; the last one is of enforce_other.idl */

enum enforce_way { OVER_LOCAL, OVER_ASIDE, OVER_TCP, WAYS }; /* the second is ncalrpc, too */

#define STR(s) ((RPC_CSTR)(uintptr_t)(s))
#define IS(got, want) assert_int_equal(got, want)

int enforce_set_up(void **state);
int enforce_tear_down(void **state);

/* The interface in place of how it was registered before. */
void enforce_register(unsigned flags, RPC_IF_CALLBACK_FN *callback);
void enforce_unregister(void); /* also where it is not */

/* With a connection of its own. known: as this process's account, over ncalrpc. */
RPC_BINDING_HANDLE enforce_bind(enum enforce_way way, bool known);
void enforce_unbind(RPC_BINDING_HANDLE *b);
/* What the call raised; RPC_S_OK: it was executed. */
RPC_STATUS enforce_call(int operation, RPC_BINDING_HANDLE b);
/* The same beside others: whether it was executed is not looked at. */
RPC_STATUS enforce_raised(int operation, RPC_BINDING_HANDLE b);
int enforce_executed(void); /* how many were, of all */

/* A call of the operation HOLD that has got to its routine, and is under way until they are let go,
 * which were executed then. */
void enforce_hold(enum enforce_way way, bool known);
void enforce_let_go(void);
