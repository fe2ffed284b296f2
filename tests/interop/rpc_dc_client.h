/* SPDX-License-Identifier: Apache-2.0
 * rpc_dc_client.h - the calls of one interface each; they print what they find.
 */
#pragma once

#include "rpc_caller.h"

void dc_mgmt(handle_t h, const char *name);
void dc_epm(handle_t h, const char *name);
void dc_dssetup(handle_t h, const char *name);
void dc_samr(handle_t h, const char *name);
void dc_drsuapi(handle_t h, const char *name);
void dc_lsa(handle_t h, const char *name);
