/* SPDX-License-Identifier: Apache-2.0
 * aes_cts.h - AES in CBC mode with ciphertext stealing and a zero IV (RFC 3962 5), in place, over
 * bytes that lie in several pieces.
 */
#pragma once

#include "crypto/stitch.h"

struct crypto_piece {
    uint8_t *ptr;
    size_t len;
    bool plain; /* authenticated, not encrypted: the cipher passes over it */
};

/* A place in the encrypted bytes of a row of pieces. */
struct crypto_cursor {
    const struct crypto_piece *piece, *end;
    size_t off;
};

struct crypto_cts; /* one key, one direction; for one thread at a time */

/* key is 16 or 32 bytes. */
MUST_CHECK enum err crypto_cts_new(struct bytes key, bool encrypt, struct crypto_cts **ret)
    SHARED(crypto_cts_new);
void crypto_cts_free(struct crypto_cts *c) SHARED(crypto_cts_free); /* wipes; accepts NULL */

/* How many of total bytes (17 at least) must go through crypto_cts_tail: 17 to 32. */
static inline size_t crypto_cts_tail_len(size_t total)
{
    return total - ((total - 1) / 16 - 1) * 16;
}

/* A message: begin, then all but the tail in multiples of 16, then the tail. */
MUST_CHECK enum err crypto_cts_begin(struct crypto_cts *c) SHARED(crypto_cts_begin);
MUST_CHECK enum err crypto_cts_blocks(struct crypto_cts *c, struct crypto_cursor *at, size_t n)
    SHARED(crypto_cts_blocks);
MUST_CHECK enum err crypto_cts_tail(struct crypto_cts *c, struct crypto_cursor *at, size_t n)
    SHARED(crypto_cts_tail);

/* The key's schedule for stitch.c and lanes.c; without rounds where the processor cannot. */
const struct crypto_stitch *crypto_cts_schedule(const struct crypto_cts *c);

/* Where there is a schedule: encrypts on from at and hashes on from hash, both by the same multiple
 * of 64 bytes, left at most, and returns how far; 0 where they do not stand in one piece with the
 * hash, at a block's edge, first. */
size_t crypto_cts_with_sha1(struct crypto_cts *c, struct crypto_cursor *at,
                            struct crypto_cursor *hash, struct crypto_hash_state *sha1, size_t left,
                            enum err *ret_err);
