/* SPDX-License-Identifier: Apache-2.0
 * samba_tool.h - accounts of the domain of the run, changed and looked at by its administrator.
 */
#pragma once

/* "group add friends"; fails the test where it does not succeed. */
void samba_tool(const char *what);

enum { SAMBA_TOOL_SID = 200 };
/* Of a "user" or "group", as text. */
void samba_tool_sid(const char *kind, const char *name, char to[SAMBA_TOOL_SID]);
