/* SPDX-License-Identifier: Apache-2.0
 * seal.h - AES-CTS and HMAC together over a message in pieces, in place, in one pass.
 *
 * RFC 3962 authenticates the plaintext, RFC 8009 the ciphertext after a zero IV.
 */
#pragma once

#include "crypto/aes_cts.h"
#include "crypto/hmac.h"

struct crypto_seal { /* one key pair, one direction; for one thread at a time */
    struct crypto_cts *cts;
    struct crypto_hmac mac;
    size_t tag_len;
    bool mac_ciphertext;
};

MUST_CHECK enum err crypto_seal_init(struct crypto_seal *s, struct bytes cipher_key,
                                     struct bytes mac_key, enum crypto_hash hash, size_t tag_len,
                                     bool encrypt) SHARED(crypto_seal_init);
void crypto_seal_done(struct crypto_seal *s) SHARED(crypto_seal_done); /* wipes; accepts zeros */

/* The encrypted pieces hold 17 bytes or more together. ret_tag has room for tag_len bytes. */
MUST_CHECK enum err crypto_seal_pieces(struct crypto_seal *s, const struct crypto_piece *p,
                                       size_t n, uint8_t *ret_tag) SHARED(crypto_seal_pieces);
/* ERR_ALTERED when the tag is not right; the encrypted pieces are then wiped. */
MUST_CHECK enum err crypto_open_pieces(struct crypto_seal *s, const struct crypto_piece *p,
                                       size_t n, const uint8_t *tag) SHARED(crypto_open_pieces);

/* For lanes.c: the cipher alone, and what follows a failure. */
MUST_CHECK enum err crypto_decrypt_pieces(struct crypto_seal *s, const struct crypto_piece *p,
                                          size_t n);
void crypto_wipe_pieces(const struct crypto_piece *p, size_t n);
