/* SPDX-License-Identifier: Apache-2.0
 * rpc_challenge.h - the interface of idl/challenge.idl, served, and known to the endpoint mapper.
 */
#ifndef TESTS_INTEROP_RPC_CHALLENGE_H
#define TESTS_INTEROP_RPC_CHALLENGE_H

#include <countersign/rpc.h>

RPC_STATUS rpc_challenge_register(void);

#endif
