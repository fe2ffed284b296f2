/* SPDX-License-Identifier: Apache-2.0
 * key_ring.h - the keys a process seals and opens with: its account's own, from their file, and
 * those of others, from the directory. What struct queue_keys is made of outside of tests.
 */
#pragma once

#include "queue/account_key_file.h"
#include "queue/keys.h"
#include "queue/peer_keys.h"

struct session_options;
struct key_ring;

struct key_ring_options {
    const char *file;                        /* NULL: where it is looked for */
    const struct session_options *directory; /* copied, but for its credential; NULL: the process's
                                                own credentials and domain */
    struct peer_options peers;
};

/* ERR_NOT_FOUND: this account is not enrolled here. The directory is first asked when a key of
 * another is. */
MUST_CHECK enum err key_ring_new(const struct key_ring_options *o, struct key_ring **ret)
    SHARED(key_ring_new);
void key_ring_free(struct key_ring *r) SHARED(key_ring_free);
/* Valid as long as the ring. The file is read again when it is another: a rotation is seen at the
 * next message. */
const struct queue_keys *key_ring_keys(const struct key_ring *r) SHARED(key_ring_keys);
/* Whose SPN it is: that account's SID is what a message is sealed to. */
MUST_CHECK enum err key_ring_spn(struct key_ring *r, const char *spn,
                                 enum queue_key_state *ret_state, struct sid *ret)
    SHARED(key_ring_spn);
/* What the KDC calls that account now, "user@REALM": asked of the directory, not remembered. ret is
 * written with QUEUE_KEY_FOUND in ret_state only; mem_free. */
MUST_CHECK enum err key_ring_principal(struct key_ring *r, const struct sid *account,
                                       enum queue_key_state *ret_state, char **ret);
