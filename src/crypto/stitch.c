/* SPDX-License-Identifier: Apache-2.0
 * stitch.c - see stitch.h.  FIPS 197 (AES), FIPS 180-4 6.1 (SHA-1)
 *
 * The processor's own instructions only: no tables, so no time or cache line depends on a secret.
 * A block of SHA-1 is twenty steps of four rounds; five of them go with each of the four blocks of
 * AES that lie in the same 64 bytes.
 */
#include "crypto/stitch.h"

#if defined(__x86_64__) && defined(__GNUC__)

#define OPENSSL_SUPPRESS_DEPRECATED
#include <cpuid.h>
#include <immintrin.h>
#include <openssl/sha.h>

#define FOR_THIS __attribute__((target("aes,sha,ssse3,sse4.1")))

static bool ask_processor(void)
{
    unsigned a, b, c, d;

    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_AES) || !(c & bit_SSSE3) || !(c & bit_SSE4_1))
        return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

/* Asked once: in a virtual machine the question alone costs as much as sealing some messages. */
static bool has_instructions(void)
{
    enum { UNKNOWN, NO, YES };
    static int known;
    int now = __atomic_load_n(&known, __ATOMIC_RELAXED);

    if (now == UNKNOWN) {
        now = ask_processor() ? YES : NO;
        __atomic_store_n(&known, now, __ATOMIC_RELAXED);
    }
    return now == YES;
}

/* Each word is xored with all before it, then with the last one turned by the key's rule. */
FOR_THIS static __m128i expand(__m128i key, __m128i turned)
{
    key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
    key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
    return _mm_xor_si128(key, turned);
}

#define ROUND_CONSTANT(key, rcon) _mm_shuffle_epi32(_mm_aeskeygenassist_si128(key, rcon), 0xff)
#define NO_CONSTANT(key) _mm_shuffle_epi32(_mm_aeskeygenassist_si128(key, 0), 0xaa)

FOR_THIS static void schedule128(__m128i *k)
{
    k[1] = expand(k[0], ROUND_CONSTANT(k[0], 0x01));
    k[2] = expand(k[1], ROUND_CONSTANT(k[1], 0x02));
    k[3] = expand(k[2], ROUND_CONSTANT(k[2], 0x04));
    k[4] = expand(k[3], ROUND_CONSTANT(k[3], 0x08));
    k[5] = expand(k[4], ROUND_CONSTANT(k[4], 0x10));
    k[6] = expand(k[5], ROUND_CONSTANT(k[5], 0x20));
    k[7] = expand(k[6], ROUND_CONSTANT(k[6], 0x40));
    k[8] = expand(k[7], ROUND_CONSTANT(k[7], 0x80));
    k[9] = expand(k[8], ROUND_CONSTANT(k[8], 0x1b));
    k[10] = expand(k[9], ROUND_CONSTANT(k[9], 0x36));
}

FOR_THIS static void schedule256(__m128i *k)
{
    k[2] = expand(k[0], ROUND_CONSTANT(k[1], 0x01));
    k[3] = expand(k[1], NO_CONSTANT(k[2]));
    k[4] = expand(k[2], ROUND_CONSTANT(k[3], 0x02));
    k[5] = expand(k[3], NO_CONSTANT(k[4]));
    k[6] = expand(k[4], ROUND_CONSTANT(k[5], 0x04));
    k[7] = expand(k[5], NO_CONSTANT(k[6]));
    k[8] = expand(k[6], ROUND_CONSTANT(k[7], 0x08));
    k[9] = expand(k[7], NO_CONSTANT(k[8]));
    k[10] = expand(k[8], ROUND_CONSTANT(k[9], 0x10));
    k[11] = expand(k[9], NO_CONSTANT(k[10]));
    k[12] = expand(k[10], ROUND_CONSTANT(k[11], 0x20));
    k[13] = expand(k[11], NO_CONSTANT(k[12]));
    k[14] = expand(k[12], ROUND_CONSTANT(k[13], 0x40));
}

void crypto_stitch_init(struct crypto_stitch *k, struct bytes key)
{
    memset(k, 0, sizeof *k);
    if (!crypto_special_allowed() || !has_instructions())
        return;
    memcpy(k->round, key.ptr, key.len);
    if (key.len == 16) {
        schedule128((__m128i *)k->round);
        k->rounds = 10;
    } else if (key.len == 32) {
        schedule256((__m128i *)k->round);
        k->rounds = 14;
    }
}

size_t crypto_stitch_missing(const struct crypto_hash_state *sha1)
{
    return (STITCH_BLOCK - ((const SHA_CTX *)sha1->opaque)->num) % STITCH_BLOCK;
}

/* clang-format off */

/* One fifth of a block of AES; the first takes the plaintext in, the last gives it out. */
#define AES_STEP(i) do { \
    enum { PART = (i) % 5, BLOCK = (i) / 5 }; \
    if (PART == 0) { \
        x = _mm_xor_si128(x, _mm_loadu_si128((const __m128i *)cipher + BLOCK)); \
        x = _mm_xor_si128(x, k[0]); \
    } \
    if (rounds == 14) { \
        if (PART > 0) \
            x = _mm_aesenc_si128(x, k[PART * 3]); \
        x = _mm_aesenc_si128(x, k[PART * 3 + 1]); \
        x = PART == 4 ? _mm_aesenclast_si128(x, k[14]) : _mm_aesenc_si128(x, k[PART * 3 + 2]); \
    } else { \
        x = _mm_aesenc_si128(x, k[PART * 2 + 1]); \
        x = PART == 4 ? _mm_aesenclast_si128(x, k[10]) : _mm_aesenc_si128(x, k[PART * 2 + 2]); \
    } \
    if (PART == 4) \
        _mm_storeu_si128((__m128i *)cipher + BLOCK, x); \
} while (0)

/* Four rounds of SHA-1: the next four words of the schedule, then the rounds. */
#define SHA_STEP(i) do { \
    enum { AT = (i) % 4 }; \
    if ((i) >= 4) \
        m[AT] = _mm_sha1msg2_epu32( \
            _mm_xor_si128(_mm_sha1msg1_epu32(m[AT], m[(AT + 1) % 4]), m[(AT + 2) % 4]), \
            m[(AT + 3) % 4]); \
    e = (i) == 0 ? _mm_add_epi32(e, m[0]) : _mm_sha1nexte_epu32(e, m[AT]); \
    was = abcd; \
    abcd = _mm_sha1rnds4_epu32(abcd, e, (i) / 5); \
    e = was; \
} while (0)

#define BOTH(i) do { SHA_STEP(i); AES_STEP(i); } while (0)

FOR_THIS __attribute__((always_inline)) static inline void
run(const __m128i *k, const int rounds, uint8_t iv[16], uint8_t *cipher, SHA_CTX *sha1,
    const uint8_t *hash, size_t blocks)
{
    const __m128i big_endian = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
    __m128i abcd = _mm_set_epi32((int)sha1->h0, (int)sha1->h1, (int)sha1->h2, (int)sha1->h3);
    __m128i e = _mm_set_epi32((int)sha1->h4, 0, 0, 0), x = _mm_loadu_si128((const __m128i *)iv);
    __m128i m[4], was, abcd_before, e_before;
    _Alignas(16) uint32_t out[4];
    int j;

    for (; blocks; blocks--, cipher += STITCH_BLOCK, hash += STITCH_BLOCK) {
        for (j = 0; j < 4; j++) /* all of them before anything is written */
            m[j] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)hash + j), big_endian);
        abcd_before = abcd;
        e_before = e;
        BOTH(0);  BOTH(1);  BOTH(2);  BOTH(3);  BOTH(4);
        BOTH(5);  BOTH(6);  BOTH(7);  BOTH(8);  BOTH(9);
        BOTH(10); BOTH(11); BOTH(12); BOTH(13); BOTH(14);
        BOTH(15); BOTH(16); BOTH(17); BOTH(18); BOTH(19);
        e = _mm_sha1nexte_epu32(e, e_before);
        abcd = _mm_add_epi32(abcd, abcd_before);
    }
    _mm_storeu_si128((__m128i *)iv, x);
    _mm_store_si128((__m128i *)out, abcd);
    sha1->h0 = out[3];
    sha1->h1 = out[2];
    sha1->h2 = out[1];
    sha1->h3 = out[0];
    sha1->h4 = (uint32_t)_mm_extract_epi32(e, 3);
}
/* clang-format on */

/* What OpenSSL keeps as the length so far, in bits. */
static void count(SHA_CTX *sha1, uint64_t len)
{
    uint64_t bits = ((uint64_t)sha1->Nh << 32 | sha1->Nl) + len * 8;

    sha1->Nl = (SHA_LONG)bits;
    sha1->Nh = (SHA_LONG)(bits >> 32);
}

FOR_THIS void crypto_stitch_run(const struct crypto_stitch *k, uint8_t iv[16], uint8_t *cipher,
                                struct crypto_hash_state *sha1, const uint8_t *hash, size_t blocks)
{
    const __m128i *round = (const __m128i *)k->round;
    SHA_CTX *s = (SHA_CTX *)sha1->opaque;

    if (k->rounds == 14)
        run(round, 14, iv, cipher, s, hash, blocks);
    else
        run(round, 10, iv, cipher, s, hash, blocks);
    count(s, (uint64_t)blocks * STITCH_BLOCK);
}

#else

void crypto_stitch_init(struct crypto_stitch *k, struct bytes key)
{
    (void)key;
    memset(k, 0, sizeof *k);
}

size_t crypto_stitch_missing(const struct crypto_hash_state *sha1)
{
    (void)sha1;
    return 0;
}

/* Never called: no key has rounds here. */
void crypto_stitch_run(const struct crypto_stitch *k, uint8_t iv[16], uint8_t *cipher,
                       struct crypto_hash_state *sha1, const uint8_t *hash, size_t blocks)
{
    (void)k, (void)iv, (void)cipher, (void)sha1, (void)hash, (void)blocks;
}

#endif
