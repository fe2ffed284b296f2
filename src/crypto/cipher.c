/* SPDX-License-Identifier: Apache-2.0
 * cipher.c - see cipher.h.
 */
#include <pthread.h>

#include "base/detail.h"
#include "crypto/cipher.h"

static pthread_once_t fetch_once = PTHREAD_ONCE_INIT;
static EVP_CIPHER *cbc128, *cbc256; /* kept until the process ends */

static void fetch(void)
{
    cbc128 = EVP_CIPHER_fetch(NULL, "AES-128-CBC", NULL);
    cbc256 = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
}

enum err crypto_cbc_new(struct bytes key, bool encrypt, EVP_CIPHER_CTX **ret)
{
    static const uint8_t zero_iv[16];
    EVP_CIPHER *cipher;
    EVP_CIPHER_CTX *ctx;

    if (key.len != 16 && key.len != 32)
        return detail_fail(ERR_INVALID_PARAMETER, "an AES key of %zu bytes", key.len);
    pthread_once(&fetch_once, fetch);
    cipher = key.len == 16 ? cbc128 : cbc256;
    if (!cipher)
        return detail_fail(ERR_INTERNAL, "OpenSSL offers no AES-CBC; is its configuration sound?");
    ctx = EVP_CIPHER_CTX_new();
    if (!ctx)
        return ERR_NO_MEMORY;
    if (EVP_CipherInit_ex2(ctx, cipher, key.ptr, zero_iv, encrypt, NULL) != 1 ||
        EVP_CIPHER_CTX_set_padding(ctx, 0) != 1) {
        EVP_CIPHER_CTX_free(ctx);
        return detail_fail(ERR_INTERNAL, "OpenSSL refused an AES-CBC key of %zu bytes", key.len);
    }
    *ret = ctx;
    return ERR_OK;
}
