/* SPDX-License-Identifier: Apache-2.0
 * talk.h - the client's side of a conversation:
 *
 *  - authenticate: name the service, not the address, and insist on its proof;
 *  - converse: sign what may be read, seal what may not, and believe only what opens.
 */
#pragma once

#include <sspi.h>

/* To whoever sock is connected to, if he proves to be spn: text signed, then whisper sealed, where
 * they are not NULL. Prints what both say, and why it went no further. */
SECURITY_STATUS talk(int sock, const char *spn, const char *text, const char *whisper);
