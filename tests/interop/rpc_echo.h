/* SPDX-License-Identifier: Apache-2.0
 * rpc_echo.h - the interface of idl/rpcecho.idl, served.
 */
#ifndef TESTS_INTEROP_RPC_ECHO_H
#define TESTS_INTEROP_RPC_ECHO_H

#include <countersign/rpc.h>

RPC_STATUS rpc_echo_register(void);

#endif
