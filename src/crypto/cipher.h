/* SPDX-License-Identifier: Apache-2.0
 * cipher.h - OpenSSL's AES-CBC, fetched once: an implicit fetch costs more than a message.
 */
#pragma once

#include <openssl/evp.h>

#include "base/bytes.h"

/* A context with a zero IV and no padding; key is 16 or 32 bytes. EVP_CIPHER_CTX_free wipes it. */
MUST_CHECK enum err crypto_cbc_new(struct bytes key, bool encrypt, EVP_CIPHER_CTX **ret);
