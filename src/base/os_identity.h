/* SPDX-License-Identifier: Apache-2.0
 * os_identity.h - one thread's identity for the operating system, changed and given back.
 *
 * By the kernel's own calls, which concern the calling thread: the C library's change all threads
 * of a process. Groups, effective gid and effective uid become the account's, file accesses follow
 * them, and no capability is in effect. The real and the saved ids stay, so that the account's
 * other processes can neither trace this one nor signal it, and it can be taken back.
 */
#pragma once

#include "base/os_account.h"

/* Where the groups of a thread that is somebody else wait for it; empty at first. Taken again with
 * the same one, an identity needs no memory, unless the process has more groups by then. */
struct os_identity_home {
    uint32_t *groups;
    size_t room;
};

/* ERR_ACCESS_DENIED: this process may not, or could not take it back; nothing has changed. Never
 * uid or gid 0. A thread that has taken one gives it back first; home is its until then. */
MUST_CHECK enum err os_identity_take(const struct os_account *a, struct os_identity_home *home)
    SHARED(os_identity_take);
void os_identity_home_done(struct os_identity_home *home) SHARED(os_identity_home_done);
/* Ends the process, having said why, where the kernel does not let it. Nothing without a take. */
void os_identity_give_back(void) SHARED(os_identity_give_back);
/* Says so, and ends the process. */
_Noreturn void os_identity_lost(const char *what);
/* The effective uid this thread has, or has to go back to. */
uint32_t os_identity_own_uid(void) SHARED(os_identity_own_uid);
