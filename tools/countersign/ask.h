/* SPDX-License-Identifier: Apache-2.0
 * ask.h - what is asked of servers by more than one command.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <countersign/rpc.h>
#include <countersign/rpcndr.h>

static inline RPC_CSTR cstr(const char *text)
{
    return (RPC_CSTR)(uintptr_t)text;
}

/* "UUID" or "UUID,MAJOR.MINOR"; *ret_versioned whether it is the second, else the version stays. */
RPC_STATUS ask_parse_interface(const char *text, RPC_IF_ID *ret, bool *ret_versioned);
/* An IPv4 or IPv6 address, and no name. */
bool ask_is_address(const char *host);
/* "none", "connect", ... */
const char *ask_level_name(ULONG level);

enum { ASK_NO_OPERATION = 0xffff }; /* which no interface has */

/* Calls that one: RPC_S_PROCNUM_OUT_OF_RANGE is the good answer,
 * RPC_S_ACCESS_DENIED that this caller, so protected, may call nothing. */
RPC_STATUS ask_interface(const CS_CLIENT_INTERFACE *face, RPC_BINDING_HANDLE server);
/* From now on as who the user is, at a server that proves to be name. */
RPC_STATUS ask_as_user(RPC_BINDING_HANDLE server, const char *name, ULONG level, ULONG service);

/* What failed last, in the library's own words, or the status'; and what to try: "" for nothing. */
void ask_why(RPC_STATUS status, char *why, size_t size, char *fix, size_t fix_size);
