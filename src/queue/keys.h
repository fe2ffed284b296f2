/* SPDX-License-Identifier: Apache-2.0
 * keys.h - where sealing and opening ask for keys: one struct of functions.
 *
 * Behind it stand the account's private keys and the directory; a test puts a table there. Every
 * key given is a reference that the asker frees (crypto_p256_free), so that keys may be rotated
 * while they are used. The functions may be called by any number of threads at once, and may wait
 * for the directory (peer and recipient only).
 *
 * Each account has per host a pair that signs and a pair that agrees. A key's id is made of its
 * public half (queue_key_id), so an id names one key and no other.
 */
#pragma once

#include "base/sid.h"
#include "crypto/p256.h"
#include "queue/header.h"

/* One key, whoever's. */
struct queue_key {
    struct crypto_p256 *key;
    uint8_t id[QUEUE_KEY_ID];
};

/* What is known of a key of another account. */
enum queue_key_state {
    QUEUE_KEY_FOUND,    /* published by that account for that host, and to be used */
    QUEUE_KEY_UNKNOWN,  /* that account publishes no such key for that host, or is not there */
    QUEUE_KEY_REVOKED,  /* it did, and took it back */
    QUEUE_KEY_DISABLED, /* the account is disabled, locked out or expired */
    QUEUE_KEY_UNSURE,   /* cannot tell now: the directory is away and nothing fresh is at hand */
};

struct queue_keys {
    void *arg; /* handed to each function */

    /* Who this process is: its account and host, as they stand in what it publishes. */
    const struct sid *account;
    struct bytes host;

    /* The own pair that signs now. ERR_NOT_FOUND: none is enrolled. */
    enum err (*own_signing)(void *arg, struct queue_key *ret);
    /* The own pair that agrees and has that id, whether in use or kept for what was sealed to it
     * before it was rotated. ERR_NOT_FOUND: there is none, or no more. */
    enum err (*own_agreement)(void *arg, const uint8_t id[QUEUE_KEY_ID], struct queue_key *ret);

    /* The key with which that account signs on that host and which has that id. ret is written
     * with QUEUE_KEY_FOUND in ret_state only. An error is of this process: no memory. */
    enum err (*peer_signing)(void *arg, const struct sid *account, struct bytes host,
                             const uint8_t id[QUEUE_KEY_ID], enum queue_key_state *ret_state,
                             struct queue_key *ret);
    /* The key to seal to for that account on that host now. */
    enum err (*peer_agreement)(void *arg, const struct sid *account, struct bytes host,
                               enum queue_key_state *ret_state, struct queue_key *ret);
};

/* The first 16 bytes of SHA-256("countersign queue key" | 0 | the public key). */
void queue_key_id(struct bytes public_key, uint8_t ret[QUEUE_KEY_ID]) SHARED(queue_key_id);

/* Frees the key of k, which may hold none. */
void queue_key_done(struct queue_key *k) SHARED(queue_key_done);
