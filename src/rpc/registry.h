/* SPDX-License-Identifier: Apache-2.0
 * registry.h - the interfaces this process serves.
 *
 * A registration lives until the last connection that bound it lets go; from rpc_registry_remove on
 * it takes no call. Its managers' table is read without a lock while calls run, so that registering
 * another manager type makes a new table and leaves the old one to those who look at it.
 */
#pragma once

#include <stdatomic.h>

#include "countersign/rpc.h"
#include "countersign/rpcndr.h"
#include "rpc/pdu.h"

struct rpc_access;
struct rpc_guard;
struct rpc_interface_group;

enum {
    RPC_MANAGERS_MAX = 64, /* manager types of one interface */
    RPC_PACES = 32,        /* operations whose pace is told apart */
};
enum { RPC_SIZE_NONE = UINT32_MAX }; /* MaxRpcSize (unsigned)-1 */

struct rpc_manager {
    struct uuid type; /* nil: of objects without a type */
    const void *epv;
};

struct rpc_managers {
    struct rpc_managers *older; /* freed with the registration */
    size_t count;
    struct rpc_manager item[];
};

struct rpc_registration {
    struct rpc_registration *next;
    const CS_SERVER_INTERFACE *face;
    const struct rpc_interface_group *group; /* whose it is; NULL: the process's */
    struct rpc_syntax id;
    uint64_t number; /* no other registration ever has it */
    _Atomic(struct rpc_managers *) managers;
    unsigned flags;            /* RPC_IF_xxx */
    unsigned max_calls;        /* at a time, where it listens by itself */
    struct rpc_access *access; /* who may call; NULL: nothing is said */
    struct rpc_guard *guard;   /* NULL: none */
    struct rpc_guard *lists;   /* who may call which operation, by the ACF; NULL: nothing is said */
    size_t max_size;           /* of a request's stub */
    RPC_IF_CALLBACK_FN *callback;
    atomic_uint refs;              /* the table's, and of presentation contexts */
    atomic_uint calls;             /* under way, until they are answered */
    atomic_uint running;           /* of them, not executed yet; where it listens by itself */
    atomic_bool gone;              /* out of the table */
    bool built_in;                 /* the management interface: there without being asked for */
    atomic_uchar quick[RPC_PACES]; /* by operation: see server_gather.c */
};

struct rpc_register { /* how RpcServerRegisterIf and its kin ask */
    const CS_SERVER_INTERFACE *face;
    struct uuid type;
    const void *epv; /* NULL: the interface's own */
    unsigned flags, max_calls;
    size_t max_size;
    RPC_IF_CALLBACK_FN *callback;
    struct rpc_access *access; /* NULL: nothing is said; not adopted */
    const struct rpc_interface_group *group;
    bool built_in;
};

/* ERR_RPC_TYPE_REGISTERED: a manager of that type is there; ERR_EXISTS: the interface is, and other
 * flags, limits, callback or descriptor are asked for than it has; ERR_RPC_STUB_VERSION. */
MUST_CHECK enum err rpc_registry_add(const struct rpc_register *how);
/* What it would be called, and that it is nowhere in the table: ERR_EXISTS; ERR_RPC_INTERFACE. */
MUST_CHECK enum err rpc_registry_unserved(const CS_SERVER_INTERFACE *face, struct rpc_syntax *ret);
/* Of the process's. face NULL: all but the built-in; type NULL: all managers. wait: until their
 * calls have ended. ERR_RPC_INTERFACE, ERR_RPC_MANAGER_TYPE. */
MUST_CHECK enum err rpc_registry_remove(const CS_SERVER_INTERFACE *face, const struct uuid *type,
                                        bool wait);
/* All of that group's, whose calls under way go on. */
void rpc_registry_remove_group(const struct rpc_interface_group *group);
/* The registration a client's offer means, of those of group or built in: same UUID and major
 * version, no newer minor version. Referenced; NULL when there is none. */
struct rpc_registration *rpc_registry_find(const struct rpc_syntax *offered,
                                           const struct rpc_interface_group *group);
/* The one with the next higher number, of whatever group, but those that are not the program's.
 * Referenced; NULL: no more. */
struct rpc_registration *rpc_registry_after(uint64_t number);
struct rpc_registration *rpc_registration_ref(struct rpc_registration *r);
void rpc_registration_unref(struct rpc_registration *r); /* accepts NULL */

/* One more call, unless it is gone; each begin has its end. */
bool rpc_registration_begin(struct rpc_registration *r);
void rpc_registration_end(struct rpc_registration *r);
/* Whose manager serves objects of that type (nil: no type). NULL for none. */
const void *rpc_registration_manager(struct rpc_registration *r, const struct uuid *type);

/* What RpcMgmtInqIfIds tells of the group's, the built-in ones last; *ret_count ids, mem_free. */
MUST_CHECK enum err rpc_registry_list(const struct rpc_interface_group *group,
                                      struct rpc_syntax **ret, size_t *ret_count);
/* Of the process's: the manager registered for an interface and type: RpcServerInqIf. */
MUST_CHECK enum err rpc_registry_manager(const CS_SERVER_INTERFACE *face, const struct uuid *type,
                                         const void **ret);
/* Whether the process has registered an interface with RPC_IF_AUTOLISTEN. */
bool rpc_registry_listens(void);
/* Whether an operation that was ever registered passes system handles. */
bool rpc_registry_passes_handles(void);
