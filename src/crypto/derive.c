/* SPDX-License-Identifier: Apache-2.0
 * derive.c - see derive.h.
 */
#include "crypto/derive.h"
#include "base/alloc.h"
#include "base/detail.h"
#include "crypto/cipher.h"
#include "crypto/hmac.h"

enum { USAGE = 5 }; /* key usage, 4 bytes big-endian, and the kind */

static size_t gcd(size_t a, size_t b)
{
    return b == 0 ? a : gcd(b, a % b);
}

/* Copies of text, each rotated right by 13 bits more than the one before, are laid end to end and
 * cut into words of the wanted length, which are added with end-around carry. */
void crypto_nfold(struct bytes text, uint8_t *to, size_t len)
{
    size_t bits = text.len * 8, copy = len / gcd(text.len, len), at = len, i;
    unsigned sum = 0;

    memset(to, 0, len);
    while (copy-- > 0) {
        size_t turned = copy * 13 % bits;

        for (i = text.len; i-- > 0;) {
            size_t from = i * 8 >= turned ? i * 8 - turned : i * 8 + bits - turned;
            size_t next = from / 8 + 1 < text.len ? from / 8 + 1 : 0;
            unsigned two = (unsigned)text.ptr[from / 8] << 8 | text.ptr[next];

            at = (at ? at : len) - 1;
            sum += (two >> (8 - from % 8) & 0xff) + to[at];
            to[at] = (uint8_t)sum;
            sum >>= 8;
        }
    }
    for (i = len; sum && i-- > 0;) {
        sum += to[i];
        to[i] = (uint8_t)sum;
        sum >>= 8;
    }
}

/* DK: encrypt the folded constant again and again until there is enough. For AES the key is that
 * text itself.  RFC 3961 5.1, RFC 3962 4 */
enum err crypto_dk(struct bytes base, struct bytes text, struct crypto_key *ret)
{
    static const uint8_t zero_iv[16];
    EVP_CIPHER_CTX *ctx = NULL;
    uint8_t block[16];
    size_t off;
    int out;
    enum err e = crypto_cbc_new(base, true, &ctx);

    if (e)
        return e;
    crypto_nfold(text, block, sizeof block);
    for (off = 0; off < base.len && !e; off += sizeof block) {
        if (EVP_CipherInit_ex2(ctx, NULL, NULL, zero_iv, -1, NULL) != 1 ||
            EVP_CipherUpdate(ctx, block, &out, block, sizeof block) != 1)
            e = detail_fail(ERR_INTERNAL, "OpenSSL failed to derive an AES key");
        memcpy(ret->bytes + off, block, sizeof block);
    }
    ret->len = base.len;
    EVP_CIPHER_CTX_free(ctx);
    mem_wipe(block, sizeof block);
    return e;
}

/* KDF-HMAC-SHA2: HMAC(key, 00000001 | label | 00 | bits), cut.  RFC 8009 3 */
static void derive_sha2(enum crypto_hash hash, struct bytes base, const uint8_t text[USAGE],
                        size_t len, struct crypto_key *ret)
{
    uint8_t in[4 + USAGE + 1 + 4] = { 0, 0, 0, 1 }, sum[CRYPTO_HASH_MAX];

    memcpy(in + 4, text, USAGE);
    in[12] = (uint8_t)(len * 8 >> 8);
    in[13] = (uint8_t)(len * 8);
    crypto_hmac_once(hash, base, bytes_of(in, sizeof in), sum);
    memcpy(ret->bytes, sum, len);
    ret->len = len;
    mem_wipe(sum, sizeof sum);
}

enum err crypto_derive(int32_t enctype, struct bytes base, uint32_t usage,
                       enum crypto_key_kind kind, struct crypto_key *ret)
{
    uint8_t text[USAGE] = { (uint8_t)(usage >> 24), (uint8_t)(usage >> 16), (uint8_t)(usage >> 8),
                            (uint8_t)usage, (uint8_t)kind };
    size_t want = enctype == CRYPTO_AES128_SHA1 || enctype == CRYPTO_AES128_SHA256 ? 16 : 32;

    if (enctype < CRYPTO_AES128_SHA1 || enctype > CRYPTO_AES256_SHA384)
        return detail_fail(ERR_UNSUPPORTED_ETYPE, "encryption type %d is not one of AES", enctype);
    if (base.len != want)
        return detail_fail(ERR_INVALID_PARAMETER, "a key of %zu bytes for encryption type %d",
                           base.len, enctype);
    if (enctype == CRYPTO_AES128_SHA256)
        derive_sha2(CRYPTO_HASH_SHA256, base, text, 16, ret);
    else if (enctype == CRYPTO_AES256_SHA384)
        derive_sha2(CRYPTO_HASH_SHA384, base, text, kind == CRYPTO_KE ? 32 : 24, ret);
    else
        return crypto_dk(base, bytes_of(text, USAGE), ret);
    return ERR_OK;
}
