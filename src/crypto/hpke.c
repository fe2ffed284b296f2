/* SPDX-License-Identifier: Apache-2.0
 * hpke.c - see hpke.h.  RFC 9180 4, 4.1, 5.1, 5.2, 5.3
 */
#include "crypto/hpke.h"

#include "base/alloc.h"
#include "base/detail.h"

#define VERSION "HPKE-v1"

/* "KEM" | the KEM's number, and "HPKE" | the numbers of KEM, KDF and AEAD.  RFC 9180 7 */
static const uint8_t kem_suite[] = { 'K', 'E', 'M', 0x00, 0x10 };
static const uint8_t suite[] = { 'H', 'P', 'K', 'E', 0x00, 0x10, 0x00, 0x01, 0x00, 0x02 };

enum { MODE_BASE = 0 };

static const struct bytes kem_id = { kem_suite, sizeof kem_suite };
static const struct bytes suite_id = { suite, sizeof suite };
static const struct bytes nothing = { NULL, 0 };

static void labeled_extract(struct bytes id, struct bytes salt, const char *label, struct bytes ikm,
                            uint8_t ret[CRYPTO_HKDF])
{
    const struct bytes parts[] = { bytes_of_text(VERSION), id, bytes_of_text(label), ikm };

    crypto_hkdf_extract(salt, parts, 4, ret);
}

static enum err labeled_expand(struct bytes id, const uint8_t key[CRYPTO_HKDF], const char *label,
                               struct bytes info, uint8_t *to, size_t len)
{
    const uint8_t length[2] = { (uint8_t)(len >> 8), (uint8_t)len };
    const struct bytes parts[] = { bytes_of(length, 2), bytes_of_text(VERSION), id,
                                   bytes_of_text(label), info };

    return crypto_hkdf_expand(key, parts, 5, to, len);
}

/* ExtractAndExpand of the KEM.  RFC 9180 4.1 */
static enum err shared_secret(const struct crypto_p256 *own, const struct crypto_p256 *peer,
                              struct bytes enc, struct bytes recipient, uint8_t ret[CRYPTO_HKDF])
{
    uint8_t dh[CRYPTO_P256_SHARED], key[CRYPTO_HKDF], context[2 * CRYPTO_P256_PUBLIC];
    enum err e = crypto_p256_agree(own, peer, dh);

    if (e)
        return e;
    memcpy(context, enc.ptr, CRYPTO_P256_PUBLIC);
    memcpy(context + CRYPTO_P256_PUBLIC, recipient.ptr, CRYPTO_P256_PUBLIC);
    labeled_extract(kem_id, nothing, "eae_prk", bytes_of(dh, sizeof dh), key);
    e = labeled_expand(kem_id, key, "shared_secret", bytes_of(context, sizeof context), ret,
                       CRYPTO_HKDF);
    mem_wipe(dh, sizeof dh);
    mem_wipe(key, sizeof key);
    return e;
}

/* RFC 9180 5.1, KeySchedule in mode Base: no pre-shared key. */
static enum err key_schedule(const uint8_t shared[CRYPTO_HKDF], struct bytes info,
                             struct crypto_hpke *ret)
{
    uint8_t context[1 + 2 * CRYPTO_HKDF] = { MODE_BASE }, secret[CRYPTO_HKDF];
    struct bytes all = bytes_of(context, sizeof context);
    struct crypto_hpke h = { 0 };
    enum err e;

    labeled_extract(suite_id, nothing, "psk_id_hash", nothing, context + 1);
    labeled_extract(suite_id, nothing, "info_hash", info, context + 1 + CRYPTO_HKDF);
    labeled_extract(suite_id, bytes_of(shared, CRYPTO_HKDF), "secret", nothing, secret);
    e = labeled_expand(suite_id, secret, "key", all, h.base.key, sizeof h.base.key);
    if (!e)
        e = labeled_expand(suite_id, secret, "base_nonce", all, h.base.nonce, sizeof h.base.nonce);
    if (!e)
        e = labeled_expand(suite_id, secret, "exp", all, h.exporter, sizeof h.exporter);
    if (!e)
        *ret = h;
    mem_wipe(&h, sizeof h);
    mem_wipe(secret, sizeof secret);
    return e;
}

enum err crypto_hpke_send_with(const struct crypto_p256 *ephemeral, const struct crypto_p256 *to,
                               struct bytes info, uint8_t ret_enc[CRYPTO_HPKE_ENC],
                               struct crypto_hpke *ret)
{
    struct bytes enc = crypto_p256_public(ephemeral);
    uint8_t shared[CRYPTO_HKDF];
    enum err e = shared_secret(ephemeral, to, enc, crypto_p256_public(to), shared);

    if (!e)
        e = key_schedule(shared, info, ret);
    if (!e)
        memcpy(ret_enc, enc.ptr, enc.len);
    mem_wipe(shared, sizeof shared);
    return e;
}

enum err crypto_hpke_send(const struct crypto_p256 *to, struct bytes info,
                          uint8_t ret_enc[CRYPTO_HPKE_ENC], struct crypto_hpke *ret)
{
    struct crypto_p256 *ephemeral = NULL;
    enum err e = crypto_p256_new(&ephemeral);

    if (!e)
        e = crypto_hpke_send_with(ephemeral, to, info, ret_enc, ret);
    crypto_p256_free(ephemeral);
    return e;
}

enum err crypto_hpke_receive(const struct crypto_p256 *own, struct bytes enc, struct bytes info,
                             struct crypto_hpke *ret)
{
    struct crypto_p256 *ephemeral = NULL;
    uint8_t shared[CRYPTO_HKDF];
    enum err e = crypto_p256_read_public(enc, &ephemeral);

    if (!e)
        e = shared_secret(own, ephemeral, enc, crypto_p256_public(own), shared);
    if (!e)
        e = key_schedule(shared, info, ret);
    mem_wipe(shared, sizeof shared);
    crypto_p256_free(ephemeral);
    return e;
}

enum err crypto_hpke_export(const uint8_t exporter[CRYPTO_HKDF], struct bytes context, uint8_t *to,
                            size_t len)
{
    return labeled_expand(suite_id, exporter, "sec", context, to, len);
}

/* The base nonce, its last eight bytes exclusive-or the sequence, big-endian.  RFC 9180 5.2 */
static struct crypto_gcm of_sequence(const struct crypto_hpke *h)
{
    struct crypto_gcm g = h->base;
    int i;

    for (i = 0; i < 8; i++)
        g.nonce[CRYPTO_GCM_NONCE - 1 - i] ^= (uint8_t)(h->sequence >> 8 * i);
    return g;
}

static enum err one_more(const struct crypto_hpke *h)
{
    if (h->sequence == UINT64_MAX)
        return detail_fail(ERR_OUT_OF_SEQUENCE, "all messages of an HPKE context are used up");
    return ERR_OK;
}

enum err crypto_hpke_seal(struct crypto_hpke *h, struct bytes aad, struct bytes plain, uint8_t *to)
{
    struct crypto_gcm g = of_sequence(h);
    enum err e = one_more(h);

    if (!e)
        e = crypto_gcm_seal(&g, &aad, 1, plain, to, to + plain.len);
    if (!e)
        h->sequence++;
    mem_wipe(&g, sizeof g);
    return e;
}

enum err crypto_hpke_open(struct crypto_hpke *h, struct bytes aad, struct bytes sealed, uint8_t *to)
{
    struct crypto_gcm g = of_sequence(h);
    enum err e = one_more(h);

    if (!e && sealed.len < CRYPTO_GCM_TAG)
        e = detail_fail(ERR_TRUNCATED, "%zu bytes hold no tag", sealed.len);
    if (!e)
        e = crypto_gcm_open(&g, &aad, 1, bytes_of(sealed.ptr, sealed.len - CRYPTO_GCM_TAG),
                            sealed.ptr + sealed.len - CRYPTO_GCM_TAG, to);
    if (!e)
        h->sequence++;
    mem_wipe(&g, sizeof g);
    return e;
}
