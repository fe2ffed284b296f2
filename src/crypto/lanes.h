/* SPDX-License-Identifier: Apache-2.0
 * lanes.h - several messages sealed or opened side by side, one in each lane of wide registers.
 *
 * libipsec-mb does the lanes of AES-CBC and HMAC-SHA1, where the build found it and the processor
 * has what it needs. Everything else is done one message after another, with the same result.
 */
#pragma once

#include "crypto/seal.h"

struct crypto_job {
    const struct crypto_piece *piece; /* as for crypto_seal_pieces */
    size_t count;
    uint8_t *tag; /* written by sealing, read by opening */
    enum err err; /* the outcome */
};

void crypto_seal_jobs(struct crypto_seal *s, struct crypto_job *job, size_t n)
    SHARED(crypto_seal_jobs);
void crypto_open_jobs(struct crypto_seal *s, struct crypto_job *job, size_t n)
    SHARED(crypto_open_jobs);
/* Whether lanes are there at all: for tests and benchmarks. */
bool crypto_lanes_usable(void) SHARED(crypto_lanes_usable);
