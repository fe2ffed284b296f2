/* SPDX-License-Identifier: Apache-2.0
 * report.h - what the programs here have in common: saying why a call failed, reading options.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <windows.h>

/* False for success. Else prints the SECURITY_STATUS, RPC_STATUS or Win32 code by name, what the
 * library knows of the failure and what to try, and is true. */
bool failed(const char *what, DWORD status);

/* Reads "--name value" pairs up to the NULL that ends arguments; false at anything else. */
struct option_value {
    const char *name;
    const char **value;
};
bool option_values(char **arguments, const struct option_value *values, size_t count);

/* What somebody else wrote, as a terminal may have it: control characters become '?', in place. */
const char *printable(char *text);
