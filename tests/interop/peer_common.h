/* SPDX-License-Identifier: Apache-2.0
 * peer_common.h - what peer_client and peer_server share, on Windows' headers as on ours.
 */
#ifndef TESTS_INTEROP_PEER_COMMON_H
#define TESTS_INTEROP_PEER_COMMON_H

#define UNICODE
#define _UNICODE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rpc.h>
#include <tchar.h>
#include <windows.h>

#include "peer.h"

typedef void peer_call(void *argument);

size_t peer_length(const WCHAR *text);

/* Makes the call; the exception it ended in, or RPC_S_OK. */
RPC_STATUS peer_try(peer_call *call, void *argument);

#endif
