/* SPDX-License-Identifier: Apache-2.0
 * gcm.c - see gcm.h.
 */
#include "crypto/gcm.h"

#include <limits.h>
#include <openssl/evp.h>
#include <pthread.h>

#include "base/alloc.h"
#include "base/detail.h"

static pthread_once_t fetch_once = PTHREAD_ONCE_INIT;
static EVP_CIPHER *gcm256; /* kept until the process ends */

static void fetch(void)
{
    gcm256 = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
}

static enum err start(const struct crypto_gcm *g, bool encrypt, EVP_CIPHER_CTX **ret)
{
    EVP_CIPHER_CTX *ctx;

    pthread_once(&fetch_once, fetch);
    if (!gcm256)
        return detail_fail(ERR_INTERNAL, "OpenSSL offers no AES-GCM; is its configuration sound?");
    ctx = EVP_CIPHER_CTX_new();
    if (!ctx)
        return ERR_NO_MEMORY;
    if (EVP_CipherInit_ex2(ctx, gcm256, g->key, g->nonce, encrypt, NULL) != 1) {
        EVP_CIPHER_CTX_free(ctx);
        return detail_fail(ERR_INTERNAL, "OpenSSL refused an AES-GCM key");
    }
    *ret = ctx;
    return ERR_OK;
}

/* to NULL: from is authenticated alone. */
static bool update(EVP_CIPHER_CTX *ctx, uint8_t *to, struct bytes from)
{
    int out = 0;

    if (from.len == 0)
        return true;
    return from.len <= INT_MAX && EVP_CipherUpdate(ctx, to, &out, from.ptr, (int)from.len) == 1 &&
           out == (int)from.len;
}

static bool run(EVP_CIPHER_CTX *ctx, const struct bytes *aad, size_t count, struct bytes from,
                uint8_t *to)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (!update(ctx, NULL, aad[i]))
            return false;
    return update(ctx, to, from);
}

enum err crypto_gcm_seal(const struct crypto_gcm *g, const struct bytes *aad, size_t count,
                         struct bytes plain, uint8_t *to, uint8_t ret_tag[CRYPTO_GCM_TAG])
{
    EVP_CIPHER_CTX *ctx = NULL;
    uint8_t none[CRYPTO_GCM_TAG];
    int out = 0;
    enum err e = start(g, true, &ctx);

    if (e)
        return e;
    if (!run(ctx, aad, count, plain, to) || EVP_CipherFinal_ex(ctx, none, &out) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, CRYPTO_GCM_TAG, ret_tag) != 1)
        e = detail_fail(ERR_INTERNAL, "OpenSSL's AES-GCM failed on %zu bytes", plain.len);
    EVP_CIPHER_CTX_free(ctx);
    return e;
}

enum err crypto_gcm_open(const struct crypto_gcm *g, const struct bytes *aad, size_t count,
                         struct bytes sealed, const uint8_t tag[CRYPTO_GCM_TAG], uint8_t *to)
{
    uint8_t expected[CRYPTO_GCM_TAG], none[CRYPTO_GCM_TAG];
    EVP_CIPHER_CTX *ctx = NULL;
    int out = 0;
    enum err e = start(g, false, &ctx);

    if (e)
        return e;
    memcpy(expected, tag, sizeof expected); /* OpenSSL asks for one it may write to */
    if (!run(ctx, aad, count, sealed, to))
        e = detail_fail(ERR_INTERNAL, "OpenSSL's AES-GCM failed on %zu bytes", sealed.len);
    else if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, CRYPTO_GCM_TAG, expected) != 1 ||
             EVP_CipherFinal_ex(ctx, none, &out) != 1)
        e = detail_fail(ERR_ALTERED, "the tag over %zu bytes is not right", sealed.len);
    if (e && sealed.len)
        mem_wipe(to, sealed.len);
    EVP_CIPHER_CTX_free(ctx);
    return e;
}
