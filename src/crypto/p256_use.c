/* SPDX-License-Identifier: Apache-2.0
 * p256_use.c - see p256.h: agreeing on a secret, signing, verifying.
 *
 * OpenSSL writes a signature as DER; here it is r | s, of one length always.
 */
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "crypto/p256_state.h"

enum { HALF = CRYPTO_P256_SIGNATURE / 2, DER_MAX = 80 }; /* 3 headers of 2 bytes, 2 signs */

enum err crypto_p256_agree(const struct crypto_p256 *own, const struct crypto_p256 *peer,
                           uint8_t ret[CRYPTO_P256_SHARED])
{
    EVP_PKEY_CTX *ctx = own->pair ? EVP_PKEY_CTX_new_from_pkey(NULL, own->key, NULL) : NULL;
    size_t n = CRYPTO_P256_SHARED;
    bool good;

    /* The peer's key was checked when it was read. */
    good = ctx && EVP_PKEY_derive_init(ctx) == 1 &&
           EVP_PKEY_derive_set_peer_ex(ctx, peer->key, 0) == 1 &&
           EVP_PKEY_derive(ctx, ret, &n) == 1 && n == CRYPTO_P256_SHARED;
    EVP_PKEY_CTX_free(ctx);
    return good ? ERR_OK : detail_fail(ERR_INTERNAL, "OpenSSL's ECDH failed");
}

static bool from_der(const uint8_t *der, size_t len, uint8_t ret[CRYPTO_P256_SIGNATURE])
{
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);
    bool good = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), ret, HALF) == HALF &&
                BN_bn2binpad(ECDSA_SIG_get0_s(sig), ret + HALF, HALF) == HALF;

    ECDSA_SIG_free(sig);
    return good;
}

enum err crypto_p256_sign(const struct crypto_p256 *own, struct bytes message,
                          uint8_t ret[CRYPTO_P256_SIGNATURE])
{
    EVP_MD_CTX *ctx = own->pair ? EVP_MD_CTX_new() : NULL;
    uint8_t der[DER_MAX];
    size_t n = sizeof der;
    bool good;

    good = ctx && EVP_DigestSignInit_ex(ctx, NULL, "SHA256", NULL, NULL, own->key, NULL) == 1 &&
           EVP_DigestSign(ctx, der, &n, message.ptr, message.len) == 1 && from_der(der, n, ret);
    EVP_MD_CTX_free(ctx);
    return good ? ERR_OK : detail_fail(ERR_INTERNAL, "OpenSSL's ECDSA made no signature");
}

/* How many bytes; 0 where there is no memory. */
static size_t to_der(const uint8_t signature[CRYPTO_P256_SIGNATURE], uint8_t ret[DER_MAX])
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, HALF, NULL), *s = BN_bin2bn(signature + HALF, HALF, NULL);
    int n = 0;

    if (sig && r && s && ECDSA_SIG_set0(sig, r, s) == 1) {
        r = s = NULL; /* the signature's */
        n = i2d_ECDSA_SIG(sig, NULL);
        n = n > 0 && n <= DER_MAX ? i2d_ECDSA_SIG(sig, &ret) : 0;
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(sig);
    return n > 0 ? (size_t)n : 0;
}

enum err crypto_p256_verify(const struct crypto_p256 *peer, struct bytes message,
                            const uint8_t signature[CRYPTO_P256_SIGNATURE])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t der[DER_MAX];
    size_t n = to_der(signature, der);
    enum err e = ERR_OK;

    if (!ctx || !n)
        e = ERR_NO_MEMORY;
    else if (EVP_DigestVerifyInit_ex(ctx, NULL, "SHA256", NULL, NULL, peer->key, NULL) != 1)
        e = detail_fail(ERR_INTERNAL, "OpenSSL's ECDSA did not begin");
    else if (EVP_DigestVerify(ctx, der, n, message.ptr, message.len) != 1)
        e = detail_fail(ERR_ALTERED, "a signature is not of that message and key");
    EVP_MD_CTX_free(ctx);
    return e;
}
