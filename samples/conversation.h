/* SPDX-License-Identifier: Apache-2.0
 * conversation.h - what both ends do the same: protect a message, open one, say why not.
 */
#pragma once

#include <sspi.h>

#include "wire.h"

/* False for success. Else prints the SECURITY_STATUS or Win32 code by name, what the library knows
 * of the failure and what to try, and is true. */
bool failed(const char *what, DWORD status);

/* Reads "--name value" pairs up to the NULL that ends arguments; false at anything else. */
struct option_value {
    const char *name;
    const char **value;
};
bool option_values(char **arguments, const struct option_value *values, size_t count);

/* Sends what the package made, if anything, and frees it. */
bool send_token(int sock, SecBuffer *made);
/* Receives the other end's next token into frame; *ret points at it. */
bool receive_token(int sock, struct frame *frame, SecBuffer *ret);

/* Signs or seals text (by kind) and sends it. */
SECURITY_STATUS say(int sock, CtxtHandle *context, enum wire_kind kind, const char *text);

/* Opens a frame that came: *ret_text points into it and ends in a zero. Anything but SEC_E_OK
 * means that nobody can vouch for what it says, so *ret_text stays untouched. */
SECURITY_STATUS hear(CtxtHandle *context, struct frame *frame, const char **ret_text);

/* Prints which package and which algorithms guard the conversation. */
void print_protection(CtxtHandle *context);
