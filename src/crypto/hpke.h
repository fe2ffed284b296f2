/* SPDX-License-Identifier: Apache-2.0
 * hpke.h - Hybrid Public Key Encryption, Base mode, one suite:
 * DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.  RFC 9180
 *
 * Base mode says nothing of who the sender is: who needs to know has the sender sign.
 */
#pragma once

#include "crypto/gcm.h"
#include "crypto/hkdf.h"
#include "crypto/p256.h"

enum { CRYPTO_HPKE_ENC = CRYPTO_P256_PUBLIC };

struct crypto_hpke { /* secret: wipe it with mem_wipe; one thread at a time */
    struct crypto_gcm base;
    uint8_t exporter[CRYPTO_HKDF];
    uint64_t sequence; /* of the next message sealed or opened */
};

/* The sender's: enc goes to the receiver. */
MUST_CHECK enum err crypto_hpke_send(const struct crypto_p256 *to, struct bytes info,
                                     uint8_t ret_enc[CRYPTO_HPKE_ENC], struct crypto_hpke *ret)
    SHARED(crypto_hpke_send);
/* The receiver's; ERR_MALFORMED for an enc that is no point of the curve. */
MUST_CHECK enum err crypto_hpke_receive(const struct crypto_p256 *own, struct bytes enc,
                                        struct bytes info, struct crypto_hpke *ret)
    SHARED(crypto_hpke_receive);

/* A secret of both, another for each context: fills to, at most CRYPTO_HKDF_MAX bytes. */
MUST_CHECK enum err crypto_hpke_export(const uint8_t exporter[CRYPTO_HKDF], struct bytes context,
                                       uint8_t *to, size_t len) SHARED(crypto_hpke_export);
/* The next message; to has room for it and CRYPTO_GCM_TAG bytes more. */
MUST_CHECK enum err crypto_hpke_seal(struct crypto_hpke *h, struct bytes aad, struct bytes plain,
                                     uint8_t *to) SHARED(crypto_hpke_seal);
/* The next message; to has room for it without its tag. ERR_ALTERED leaves the sequence as it is.
 */
MUST_CHECK enum err crypto_hpke_open(struct crypto_hpke *h, struct bytes aad, struct bytes sealed,
                                     uint8_t *to) SHARED(crypto_hpke_open);

/* With a given ephemeral pair, for the vectors of tests; no other library reaches it. */
MUST_CHECK enum err crypto_hpke_send_with(const struct crypto_p256 *ephemeral,
                                          const struct crypto_p256 *to, struct bytes info,
                                          uint8_t ret_enc[CRYPTO_HPKE_ENC],
                                          struct crypto_hpke *ret);
