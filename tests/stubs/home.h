/* SPDX-License-Identifier: Apache-2.0
 * home.h - an interface served by this process, over TCP at level none, and a binding to it.
 */
#pragma once

#include <countersign/rpc.h>

/* 0, or the status that failed. */
int home_begin(RPC_IF_HANDLE server, RPC_BINDING_HANDLE *ret);
int home_end(RPC_IF_HANDLE server, RPC_BINDING_HANDLE *binding);
