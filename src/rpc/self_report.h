/* SPDX-License-Identifier: Apache-2.0
 * self_report.h - what this process' server tells of itself to its own account and to root:
 * tools/countersign/inside.idl, written by hand here, for the library is there before the compiler.
 *
 * It has an endpoint of its own, ncalrpc:[CS-INSIDE-pid], whose socket nobody else may connect to,
 * and no other interface of the program's is there. Nothing of it is on the way of a call.
 */
#pragma once

#include "rpc/registry.h"

extern const CS_SERVER_INTERFACE rpc_inside;

/* From here on somebody may call the server: the endpoint is opened where it is not, where there is
 * an interface to tell of and policy "self-report" does not refuse it. Without it, for want of a
 * directory or memory, the server is as good as ever. */
void rpc_self_report_begin(void);
