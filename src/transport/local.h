/* SPDX-License-Identifier: Apache-2.0
 * local.h - the endpoints of ncalrpc: their names, and the directory their sockets lie in.
 *
 *   <directory>/NAME         the socket; everybody may connect, the interface says who may call
 *   <directory>/.NAME.lock   locked by the server as long as it lives, so that a socket without it
 *                            is a dead server's
 *
 * The directory is COUNTERSIGN_NCALRPC_DIR, else /run/countersign/ncalrpc. A server makes it where
 * it is missing, mode 0755: endpoints are its owner's alone. One that its group or everybody may
 * write to is good only with the sticky bit (1777): then every account may have endpoints, and none
 * can take away another's. It and every directory above it belong to root or to the server's own
 * account, and it is no symbolic link.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

enum {
    LOCAL_NAME_MAX = 53, /* as Windows has it */
    LOCAL_PATH = 108,    /* sun_path, with its zero */
};

/* In upper case, as the socket is called: letters, digits and " _-.{}()$#@+", not beginning with a
 * dot, neither beginning nor ending with a space. ERR_INVALID_PARAMETER. */
MUST_CHECK enum err local_name_parse(const char *text, char ret[LOCAL_NAME_MAX + 1]);

/* Where the socket of that name, from local_name_parse, lies; nothing is looked at. ERR_TOO_LONG,
 * ERR_INVALID_PARAMETER for a directory that is no absolute path. */
MUST_CHECK enum err local_path(const char *name, char ret[LOCAL_PATH]);
/* The same for a server: the directory is made where it is missing, and held against the rules
 * above. ERR_ACCESS_DENIED, ERR_CONNECT where the system refuses. */
MUST_CHECK enum err local_path_safe(const char *name, char ret[LOCAL_PATH]);

/* The endpoint is ours until local_give_back or the process's end: what a dead server left there is
 * gone, and nobody else gets in between. ERR_EXISTS: it is another's, alive or not. */
MUST_CHECK enum err local_take(const char *name, const char *path);
/* Removes what servers of this account left whose names are prefix and the number of a process that
 * is no more: a killed one does not remove its own. */
void local_clear_dead(const char *prefix);
/* Removes the socket, then the lock. In a child of the process that took it: nothing. */
void local_give_back(const char *name);
