/* SPDX-License-Identifier: Apache-2.0
 * account_key.c - generations of private keys, and the bytes of their file.
 *   0 "CSQKEYS1" | SID | host's length 1 | host | count 2 | generations | SHA-256 of all that 32
 *   generation:  0 state 1 | 1 retired 8 | 9 signing 32 | 41 agreement 32 | 73 length 4 |
 * certificate Integers are little-endian.
 */
#include "queue/account_key.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/policy_value.h"
#include "crypto/sha256.h"

enum { GENERATION_LEAST = 77, A_DAY = 86400 };

static const uint8_t magic[8] = { 'C', 'S', 'Q', 'K', 'E', 'Y', 'S', '1' };

int64_t account_key_keep(void)
{
    return ((int64_t)policy_number(POLICY_QUEUE_LIFETIME) + 1) * A_DAY;
}

enum err account_keys_new(const struct sid *sid, const char *host, struct account_keys **ret)
{
    struct account_keys *k = mem_zero(sizeof *k);
    enum err e = k ? account_host(host, k->host) : ERR_NO_MEMORY;

    if (e) {
        mem_free(k);
        return e;
    }
    k->sid = *sid;
    *ret = k;
    return ERR_OK;
}

static void generation_done(struct generation *g)
{
    crypto_p256_free(g->signing);
    crypto_p256_free(g->agreement);
    buf_free(&g->der);
    *g = (struct generation){ 0 };
}

void account_keys_free(struct account_keys *k)
{
    size_t i;

    if (!k)
        return;
    for (i = 0; i < k->count; i++)
        generation_done(&k->generation[i]);
    mem_free(k);
}

static void keys_remove(struct account_keys *k, size_t i)
{
    generation_done(&k->generation[i]);
    k->count--;
    memmove(&k->generation[i], &k->generation[i + 1], (k->count - i) * sizeof k->generation[0]);
    k->generation[k->count] = (struct generation){ 0 };
}

static struct generation *in_state(const struct account_keys *k, enum generation_state state)
{
    size_t i;

    for (i = k->count; i-- > 0;)
        if (k->generation[i].state == state)
            return (struct generation *)(uintptr_t)&k->generation[i];
    return NULL;
}

const struct generation *account_keys_current(const struct account_keys *k)
{
    return in_state(k, GENERATION_CURRENT);
}

const struct generation *account_keys_made(const struct account_keys *k)
{
    return in_state(k, GENERATION_MADE);
}

const struct generation *account_keys_find(const struct account_keys *k,
                                           const uint8_t id[ACCOUNT_CERTIFICATE_ID])
{
    size_t i;

    for (i = 0; i < k->count; i++)
        if (memcmp(k->generation[i].certificate.id, id, ACCOUNT_CERTIFICATE_ID) == 0)
            return &k->generation[i];
    return NULL;
}

const struct generation *account_keys_agreeing(const struct account_keys *k,
                                               const uint8_t id[QUEUE_KEY_ID])
{
    size_t i;

    for (i = 0; i < k->count; i++)
        if (memcmp(k->generation[i].certificate.agreement_id, id, QUEUE_KEY_ID) == 0)
            return &k->generation[i];
    return NULL;
}

enum err account_keys_make(struct account_keys *k, int64_t not_before, int64_t not_after)
{
    struct generation *g;
    enum err e;

    account_keys_drop_made(k);
    if (k->count == ACCOUNT_GENERATIONS_MAX) {
        detail_remedy(
            "rotate less often: each old key is kept until no message to it can be alive");
        return detail_fail(ERR_TOO_LONG,
                           "%d generations of keys are kept, and there can be no more",
                           ACCOUNT_GENERATIONS_MAX);
    }
    g = &k->generation[k->count];
    g->state = GENERATION_MADE;
    g->certificate.sid = k->sid;
    memcpy(g->certificate.host, k->host, ACCOUNT_HOST);
    g->certificate.not_before = not_before;
    g->certificate.not_after = not_after;
    e = crypto_p256_new(&g->signing);
    if (!e)
        e = crypto_p256_new(&g->agreement);
    if (!e)
        e = account_certificate_make(
            &g->certificate, &(struct account_private){ g->signing, g->agreement }, &g->der);
    if (e)
        generation_done(g);
    else
        k->count++;
    return e;
}

void account_keys_retire(struct account_keys *k, int64_t now)
{
    struct generation *old = in_state(k, GENERATION_CURRENT);

    if (!old)
        return;
    old->state = GENERATION_RETIRED;
    old->retired = now;
    crypto_p256_free(old->signing);
    old->signing = NULL;
}

void account_keys_promote(struct account_keys *k, int64_t now)
{
    struct generation *made = in_state(k, GENERATION_MADE);

    if (!made)
        return;
    account_keys_retire(k, now);
    made->state = GENERATION_CURRENT;
}

void account_keys_drop_made(struct account_keys *k)
{
    struct generation *made = in_state(k, GENERATION_MADE);

    if (made)
        keys_remove(k, (size_t)(made - k->generation));
}

int64_t account_keys_due(const struct account_keys *k, int64_t keep)
{
    int64_t due = INT64_MAX;
    size_t i;

    for (i = 0; i < k->count; i++)
        if (k->generation[i].state == GENERATION_RETIRED &&
            k->generation[i].retired <= INT64_MAX - keep && k->generation[i].retired + keep < due)
            due = k->generation[i].retired + keep;
    return due;
}

size_t account_keys_prune(struct account_keys *k, int64_t now, int64_t keep)
{
    size_t before = k->count, i;

    for (i = k->count; i-- > 0;)
        if (k->generation[i].state == GENERATION_RETIRED && k->generation[i].retired <= now - keep)
            keys_remove(k, i);
    return before - k->count;
}

/* ---- the file ---- */

/* The pair whose public half the certificate has. */
static enum err read_pair(struct bytes secret, const uint8_t public[CRYPTO_P256_PUBLIC],
                          struct crypto_p256 **ret)
{
    enum err e = crypto_p256_read(secret, ret);

    return e                                                                  ? e
           : memcmp(crypto_p256_public(*ret).ptr, public, CRYPTO_P256_PUBLIC) ? ERR_MALFORMED
                                                                              : ERR_OK;
}

static enum err read_keys(const struct account_keys *k, struct generation *g, struct bytes signing,
                          struct bytes agreement)
{
    static const uint8_t gone[CRYPTO_P256_SECRET] = { 0 };
    enum err e = read_pair(agreement, g->certificate.agreement, &g->agreement);

    if (!e && g->state != GENERATION_RETIRED)
        e = read_pair(signing, g->certificate.signing, &g->signing);
    else if (!e && memcmp(signing.ptr, gone, sizeof gone) != 0)
        e = ERR_MALFORMED;
    if (!e &&
        (!sid_equal(&g->certificate.sid, &k->sid) || strcmp(g->certificate.host, k->host) != 0))
        e = ERR_MALFORMED;
    return e;
}

/* At most one of each state but the retired. */
static void take_generation(struct reader *r, struct account_keys *k)
{
    struct generation *g = &k->generation[k->count];
    uint8_t state = reader_u8(r);
    struct bytes signing, agreement, der;
    enum err e;

    if (state < GENERATION_MADE || state > GENERATION_RETIRED ||
        (state != GENERATION_RETIRED && in_state(k, state)))
        reader_fail(r, ERR_MALFORMED);
    g->state = state;
    g->retired = (int64_t)reader_le64(r);
    if (g->retired < 0 || (g->retired != 0) != (state == GENERATION_RETIRED))
        reader_fail(r, ERR_MALFORMED);
    signing = reader_take(r, CRYPTO_P256_SECRET);
    agreement = reader_take(r, CRYPTO_P256_SECRET);
    der = reader_take(r, reader_le32(r));
    e = r->err ? r->err : account_certificate_read(der, &g->certificate);
    if (!e)
        e = read_keys(k, g, signing, agreement);
    if (!e)
        e = buf_copy(der, &g->der);
    k->count++;
    reader_fail(r, e);
}

static void take_head(struct reader *r, struct account_keys *k)
{
    struct bytes host;
    char text[ACCOUNT_HOST] = "";

    reader_expect(r, magic, sizeof magic);
    sid_take(r, &k->sid);
    host = reader_take(r, reader_u8(r));
    if (host.len)
        memcpy(text, host.ptr, host.len);
    if (!r->err &&
        (strlen(text) != host.len || account_host(text, k->host) || strcmp(text, k->host) != 0))
        reader_fail(r, ERR_MALFORMED);
}

static enum err check_sum(struct bytes file, struct bytes *ret_inner)
{
    struct reader r = reader_over(file);
    uint8_t sum[CRYPTO_SHA256];

    *ret_inner = reader_take(&r, file.len > sizeof sum ? file.len - sizeof sum : 0);
    crypto_sha256(ret_inner, 1, sum);
    reader_expect(&r, sum, sizeof sum);
    reader_end(&r);
    return r.err;
}

enum err account_keys_read(struct bytes file, struct account_keys **ret)
{
    struct account_keys *k = NULL;
    struct bytes inner = { 0 };
    struct reader r;
    size_t n;
    enum err e = file.len > ACCOUNT_KEYS_BYTES ? ERR_TOO_LONG : check_sum(file, &inner);

    if (e)
        return e;
    k = mem_zero(sizeof *k);
    if (!k)
        return ERR_NO_MEMORY;
    r = reader_over(inner);
    take_head(&r, k);
    n = reader_le16(&r);
    if (n > ACCOUNT_GENERATIONS_MAX || n > reader_left(&r) / GENERATION_LEAST)
        reader_fail(&r, ERR_MALFORMED);
    while (!r.err && k->count < n)
        take_generation(&r, k);
    reader_end(&r);
    if (r.err)
        account_keys_free(k);
    else
        *ret = k;
    return r.err;
}

static void put_secret(struct writer *w, const struct crypto_p256 *key)
{
    uint8_t secret[CRYPTO_P256_SECRET] = { 0 };
    enum err e = key ? crypto_p256_write(key, secret) : ERR_OK;

    writer_fail(w, e);
    writer_bytes(w, bytes_of(secret, sizeof secret));
    mem_wipe(secret, sizeof secret);
}

enum err account_keys_write(const struct account_keys *k, struct buf *ret)
{
    struct writer w = writer_new(ACCOUNT_KEYS_BYTES);
    const struct generation *g;
    uint8_t sum[CRYPTO_SHA256];
    struct bytes whole;
    size_t i;

    writer_bytes(&w, bytes_of(magic, sizeof magic));
    sid_put(&w, &k->sid);
    writer_u8(&w, (uint8_t)strlen(k->host));
    writer_bytes(&w, bytes_of_text(k->host));
    writer_len16(&w, k->count);
    for (i = 0; i < k->count; i++) {
        g = &k->generation[i];
        writer_u8(&w, (uint8_t)g->state);
        writer_le64(&w, (uint64_t)g->retired);
        put_secret(&w, g->signing);
        put_secret(&w, g->agreement);
        writer_len32(&w, g->der.len);
        writer_bytes(&w, buf_view(g->der));
    }
    whole = bytes_of(w.ptr, w.len);
    crypto_sha256(&whole, 1, sum);
    writer_bytes(&w, bytes_of(sum, sizeof sum));
    return writer_take(&w, ret);
}
