/* SPDX-License-Identifier: Apache-2.0
 * p256.c - see p256.h: keys made, read and written.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "crypto/p256_state.h"

enum { UNCOMPRESSED = 4 };

/* Adopts key. */
static enum err wrap(EVP_PKEY *key, bool pair, struct crypto_p256 **ret)
{
    struct crypto_p256 *k = mem_zero(sizeof *k);
    size_t n = 0;

    if (!k) {
        EVP_PKEY_free(key);
        return ERR_NO_MEMORY;
    }
    k->key = key;
    k->pair = pair;
    atomic_init(&k->refs, 1);
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, k->point, sizeof k->point,
                                        &n) != 1 ||
        n != sizeof k->point || k->point[0] != UNCOMPRESSED) {
        crypto_p256_free(k);
        return detail_fail(ERR_INTERNAL, "OpenSSL gave a public key of %zu bytes", n);
    }
    *ret = k;
    return ERR_OK;
}

enum err crypto_p256_new(struct crypto_p256 **ret)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");

    if (!key)
        return detail_fail(ERR_INTERNAL, "OpenSSL made no key on the curve P-256");
    return wrap(key, true, ret);
}

/* secret may be NULL. */
static EVP_PKEY *build(const BIGNUM *secret, struct bytes point)
{
    OSSL_PARAM_BLD *parts = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM *params = NULL;
    EVP_PKEY *key = NULL;

    if (!parts || !ctx ||
        !OSSL_PARAM_BLD_push_utf8_string(parts, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) ||
        !OSSL_PARAM_BLD_push_octet_string(parts, OSSL_PKEY_PARAM_PUB_KEY, point.ptr, point.len) ||
        (secret && !OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_PRIV_KEY, secret)))
        goto out;
    params = OSSL_PARAM_BLD_to_param(parts);
    if (!params || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, secret ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
out:
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(parts);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

/* The point that secret times the curve's base is. False for 0 and for what is not below the order,
 * and where there is no memory. */
static bool public_of(const BIGNUM *secret, uint8_t ret[CRYPTO_P256_PUBLIC])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *point = group ? EC_POINT_new(group) : NULL;
    bool good;

    good = point && !BN_is_zero(secret) && BN_cmp(secret, EC_GROUP_get0_order(group)) < 0 &&
           EC_POINT_mul(group, point, secret, NULL, NULL, NULL) == 1 &&
           EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, ret, CRYPTO_P256_PUBLIC,
                              NULL) == CRYPTO_P256_PUBLIC;
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return good;
}

enum err crypto_p256_read(struct bytes secret, struct crypto_p256 **ret)
{
    uint8_t point[CRYPTO_P256_PUBLIC];
    EVP_PKEY *key = NULL;
    BIGNUM *d;

    if (secret.len != CRYPTO_P256_SECRET)
        return detail_fail(ERR_MALFORMED, "a private key of %zu bytes, not %d", secret.len,
                           CRYPTO_P256_SECRET);
    d = BN_secure_new();
    if (!d || !BN_bin2bn(secret.ptr, (int)secret.len, d)) {
        BN_clear_free(d);
        return ERR_NO_MEMORY;
    }
    BN_set_flags(d, BN_FLG_CONSTTIME);
    if (public_of(d, point))
        key = build(d, bytes_of(point, sizeof point));
    BN_clear_free(d);
    if (!key)
        return detail_fail(ERR_MALFORMED, "32 bytes that are no private key on the curve P-256");
    return wrap(key, true, ret);
}

/* The cofactor is 1: on the curve and not its zero, which has no uncompressed form, is enough. */
enum err crypto_p256_read_public(struct bytes point, struct crypto_p256 **ret)
{
    EVP_PKEY *key = NULL;

    if (point.len == CRYPTO_P256_PUBLIC && point.ptr[0] == UNCOMPRESSED)
        key = build(NULL, point);
    if (!key)
        return detail_fail(ERR_MALFORMED, "%zu bytes that are no point of the curve P-256",
                           point.len);
    return wrap(key, false, ret);
}

struct crypto_p256 *crypto_p256_ref(struct crypto_p256 *k)
{
    atomic_fetch_add_explicit(&k->refs, 1, memory_order_relaxed);
    return k;
}

void crypto_p256_free(struct crypto_p256 *k)
{
    if (!k || atomic_fetch_sub_explicit(&k->refs, 1, memory_order_acq_rel) != 1)
        return;
    EVP_PKEY_free(k->key);
    mem_free(k);
}

struct bytes crypto_p256_public(const struct crypto_p256 *k)
{
    return bytes_of(k->point, sizeof k->point);
}

enum err crypto_p256_write(const struct crypto_p256 *k, uint8_t ret[CRYPTO_P256_SECRET])
{
    BIGNUM *d = NULL;
    bool good;

    if (!k->pair)
        return detail_fail(ERR_INVALID_PARAMETER, "a public key has no private half to write");
    good = EVP_PKEY_get_bn_param(k->key, OSSL_PKEY_PARAM_PRIV_KEY, &d) == 1 &&
           BN_bn2binpad(d, ret, CRYPTO_P256_SECRET) == CRYPTO_P256_SECRET;
    BN_clear_free(d);
    return good ? ERR_OK : detail_fail(ERR_INTERNAL, "OpenSSL did not give a private key");
}
