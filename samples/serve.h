/* SPDX-License-Identifier: Apache-2.0
 * serve.h - the service's side of a conversation:
 *
 *  - authenticate: whoever connects hands over a ticket that only the service's key opens, and gets
 *    back an answer that only the owner of the key could write;
 *  - converse: every message is signed or sealed with a key both now share.
 */
#pragma once

#include <sspi.h>

/* Serves whoever connects, each on a thread of his own. Comes back only when that is not possible
 * any more, with the exit status of the program. */
int serve_all(int listener, CredHandle *credentials);
