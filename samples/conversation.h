/* SPDX-License-Identifier: Apache-2.0
 * conversation.h - what both ends do the same: protect a message, open one.
 */
#pragma once

#include <sspi.h>

#include "report.h"
#include "wire.h"

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
