/* SPDX-License-Identifier: Apache-2.0
 * rights.h - who may create objects in the containers of names: granted, and taken back.
 *
 * An account may create objects of the classes it needs, and whoever created one controls that one.
 */
#pragma once

#include "acl/descriptor.h"
#include "directory/account.h"

enum rights { /* as CS_NAMES_xxx */
              RIGHTS_WINSOCK = 1,
              RIGHTS_RPC = 2,
              RIGHTS_WINSOCK_CLASSES = 4,
              RIGHTS_RPC_GROUPS = 8,
              RIGHTS_ALL = 15,
};

/* What was granted or taken, a sentence each; texts_free. ret may be NULL. */
struct rights_said {
    char **text;
    size_t count;
};

/* which: some of RIGHTS_xxx. What is there already stays, and is said too. */
MUST_CHECK enum err rights_grant(struct session *s, unsigned which, const struct account *who,
                                 struct rights_said *ret);
/* The account's are taken; that creators control their own, also what they have created, goes with
 * the last account's. */
MUST_CHECK enum err rights_revoke(struct session *s, unsigned which, const struct account *who,
                                  struct rights_said *ret);

/* A descriptor with d's DACL changed for one of RIGHTS_xxx; *ret_changed false: as it is, and
 * nothing is in ret. */
MUST_CHECK enum err rights_change(const struct descriptor *d, enum rights which,
                                  const struct sid *who, bool grant, struct buf *ret,
                                  bool *ret_changed);
