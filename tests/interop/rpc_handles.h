/* SPDX-License-Identifier: Apache-2.0
 * rpc_handles.h - the interfaces of idl/policy.idl, idl/accounts.idl, idl/directory.idl and
 * idl/dssetup.idl, served.
 */
#ifndef TESTS_INTEROP_RPC_HANDLES_H
#define TESTS_INTEROP_RPC_HANDLES_H

#include <countersign/rpc.h>

RPC_STATUS rpc_handles_register(void);

#endif
