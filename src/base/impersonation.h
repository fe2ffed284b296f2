/* SPDX-License-Identifier: Apache-2.0
 * impersonation.h - whom a thread impersonates, where every layer can look.
 *
 * Whoever runs others' routines on its threads sets aside what a thread impersonates, ends what a
 * routine left behind, and takes up the former again.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/os_account.h"
#include "base/os_identity.h"

struct impersonation { /* the head of what its maker knows */
    void (*release)(struct impersonation *i);
    const char *name; /* "user@REALM" */
    uint64_t call;    /* the handle of the RPC call whose client it is; 0: none was named */
    bool has_account; /* the thread is this one for the kernel, too, while it is current */
    struct os_account account;
    struct os_identity_home home; /* made with the account, and freed with it */
};

/* Takes the place of an earlier one. i is released in any case, now or when it ends. ERR_NO_MEMORY,
 * ERR_ACCESS_DENIED: all is as before. */
MUST_CHECK enum err impersonation_begin_adopt(struct impersonation *i)
    SHARED(impersonation_begin_adopt);
/* Nobody is impersonated any more. So does the end of the thread. */
void impersonation_end(void) SHARED(impersonation_end);
/* NULL: nobody. Until it ends. */
struct impersonation *impersonation_current(void) SHARED(impersonation_current);

/* What was current, and is not from here on, until it is taken up; NULL: nothing. */
struct impersonation *impersonation_set_aside(void) SHARED(impersonation_set_aside);
/* In place of what began meanwhile, which ends. Where the kernel does not make the thread that
 * account again the process ends: what goes on believes that it is. Memory is not needed for it. */
void impersonation_take_up_adopt(struct impersonation *i) SHARED(impersonation_take_up_adopt);
