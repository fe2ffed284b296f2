/* SPDX-License-Identifier: Apache-2.0
 * rpc.h - the one header of remote procedure calls.
 *
 * Brings windows.h, as on Windows, unless RPC_NO_WINDOWS_H is defined before it.
 */
#ifndef COUNTERSIGN_RPC_H
#define COUNTERSIGN_RPC_H

#ifndef RPC_NO_WINDOWS_H
#include "windows.h"
#endif

#include "rpcasync.h"
#include "rpcbinding.h"
#include "rpcdce.h"
#include "rpcdcep.h"
#include "rpcendpoint.h"
#include "rpcexcept.h"
#include "rpcgroup.h"
#include "rpcndr.h"
#include "rpcnsi.h"

#endif
