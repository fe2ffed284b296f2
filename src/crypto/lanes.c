/* SPDX-License-Identifier: Apache-2.0
 * lanes.c - see lanes.h.
 *
 * A lane wants its message in one block, and hash and cipher do not see the same bytes where some
 * are only signed: so each message is copied into a lane's own block, hashed there, the plain
 * pieces squeezed out, encrypted there and copied back. To open, only the hash is worth lanes: CBC
 * decrypts as fast as memory gives. The copies cost a tenth of what is won.
 */
#include "crypto/lanes.h"

static void seal_singly(struct crypto_seal *s, struct crypto_job *job, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        job[i].err = crypto_seal_pieces(s, job[i].piece, job[i].count, job[i].tag);
}

static void open_singly(struct crypto_seal *s, struct crypto_job *job, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        job[i].err = crypto_open_pieces(s, job[i].piece, job[i].count, job[i].tag);
}

#ifdef COUNTERSIGN_HAVE_IPSEC_MB

#define OPENSSL_SUPPRESS_DEPRECATED
#define NO_COMPAT_IMB_API_053 /* names of old that meet OpenSSL's */
#include <intel-ipsec-mb.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "base/detail.h"

enum {
    LANES = 16,
    LANE_STRIDE = (64 << 10) + 576, /* not all lanes at one place in the cache's sets */
    LANE_BYTES = 64 << 10,          /* longer messages go singly: libipsec-mb counts in 16 bits */
    SEAL_FROM = 4,                  /* fewer abreast are slower than one after another: measured */
    OPEN_FROM = 5,
};

struct lanes { /* one thread's */
    IMB_MGR *mgr;
    uint8_t *block; /* LANES of LANE_BYTES; pages never touched cost nothing */
    IMB_JOB job[LANES];
    uint8_t tag[LANES][16];
};

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool key_there;
static _Thread_local struct lanes *mine;

static void lanes_free(void *p)
{
    struct lanes *l = p;

    if (l->mgr)
        free_mb_mgr(l->mgr);
    munmap(l->block, (size_t)LANES * LANE_STRIDE);
    mem_wipe(l, sizeof *l);
    mem_free(l);
    mine = NULL;
}

static void key_make(void)
{
    key_there = pthread_key_create(&key, lanes_free) == 0;
}

/* NULL for want of memory, or of a processor with AES and at least AVX2. */
static struct lanes *lanes_of_thread(void)
{
    struct lanes *l = mine;
    void *block;

    if (l)
        return l->mgr ? l : NULL;
    pthread_once(&key_once, key_make);
    if (!key_there)
        return NULL;
    block = mmap(NULL, (size_t)LANES * LANE_STRIDE, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED)
        return NULL;
    madvise(block, (size_t)LANES * LANE_STRIDE, MADV_DONTDUMP);
    l = mem_zero(sizeof *l);
    if (!l || pthread_setspecific(key, l) != 0) {
        mem_free(l);
        munmap(block, (size_t)LANES * LANE_STRIDE);
        return NULL;
    }
    l->block = block;
    l->mgr = alloc_mb_mgr(0);
    if (l->mgr) {
        init_mb_mgr_auto(l->mgr, NULL);
        if (imb_get_errno(l->mgr) != 0 || !(l->mgr->features & IMB_FEATURE_AVX2)) {
            free_mb_mgr(l->mgr);
            l->mgr = NULL;
        }
    }
    mine = l;
    return l->mgr ? l : NULL;
}

bool crypto_lanes_usable(void)
{
    return crypto_special_allowed() && lanes_of_thread() != NULL;
}

/* The messages that go abreast: their numbers among the jobs, their lengths. */
struct abreast {
    struct crypto_job *job[LANES];
    size_t hashed[LANES], encrypted[LANES], n;
    uint8_t *start[LANES]; /* of what is encrypted */
};

static bool fits(const struct crypto_job *job, struct abreast *a)
{
    size_t all = 0, encrypted = 0, i;

    for (i = 0; i < job->count; i++) {
        if (job->piece[i].len > LANE_BYTES - 32 - all)
            return false;
        all += job->piece[i].len;
        encrypted += job->piece[i].plain ? 0 : job->piece[i].len;
    }
    if (encrypted < 32)
        return false;
    a->hashed[a->n] = all;
    a->encrypted[a->n] = encrypted;
    return true;
}

static uint8_t *block_of(const struct lanes *l, size_t lane)
{
    return l->block + lane * LANE_STRIDE;
}

static void gather(const struct crypto_job *job, uint8_t *to)
{
    size_t i;

    for (i = 0; i < job->count; i++) {
        const struct crypto_piece *p = &job->piece[i];

        if (p->len)
            bytes_copy(to, p->ptr, p->len);
        to += p->len;
    }
}

/* The longest encrypted piece of what was gathered stays, the others close up to it from both
 * sides, over the plain ones. Returns where the first one is now. */
static uint8_t *squeeze(const struct crypto_job *job, uint8_t *block)
{
    size_t longest = 0, at = 0, offset = 0, i;
    uint8_t *from, *left, *right;

    for (i = 0; i < job->count; i++) {
        const struct crypto_piece *p = &job->piece[i];

        if (!p->plain && (job->piece[longest].plain || p->len > job->piece[longest].len)) {
            longest = i;
            at = offset;
        }
        offset += p->len;
    }
    left = from = block + at;
    for (i = longest; i-- > 0;) {
        from -= job->piece[i].len;
        if (!job->piece[i].plain)
            memmove(left -= job->piece[i].len, from, job->piece[i].len);
    }
    right = from = block + at + job->piece[longest].len;
    for (i = longest + 1; i < job->count; i++) {
        if (!job->piece[i].plain) {
            memmove(right, from, job->piece[i].len);
            right += job->piece[i].len;
        }
        from += job->piece[i].len;
    }
    return left;
}

static void scatter(const struct crypto_job *job, const uint8_t *from)
{
    size_t i;

    for (i = 0; i < job->count; i++) {
        const struct crypto_piece *p = &job->piece[i];

        if (p->len && !p->plain) {
            bytes_copy(p->ptr, from, p->len);
            from += p->len;
        }
    }
}

/* HMAC-SHA1 of all, tags into l->tag. */
static enum err hash_abreast(const struct crypto_seal *s, struct lanes *l, const struct abreast *a)
{
    size_t i;

    for (i = 0; i < a->n; i++) {
        IMB_JOB *j = &l->job[i];

        gather(a->job[i], block_of(l, i));
        memset(j, 0, sizeof *j);
        j->src = block_of(l, i);
        j->msg_len_to_hash_in_bytes = a->hashed[i];
        j->auth_tag_output = l->tag[i];
        j->auth_tag_output_len_in_bytes = s->tag_len;
        j->hash_alg = IMB_AUTH_HMAC_SHA_1;
        /* five words, as OpenSSL's state begins */
        j->u.HMAC._hashed_auth_key_xor_ipad =
            (const uint8_t *)&((const SHA_CTX *)s->mac.inner.opaque)->h0;
        j->u.HMAC._hashed_auth_key_xor_opad =
            (const uint8_t *)&((const SHA_CTX *)s->mac.outer.opaque)->h0;
    }
    if (IMB_SUBMIT_HASH_BURST(l->mgr, l->job, (uint32_t)a->n, IMB_AUTH_HMAC_SHA_1) == a->n)
        return ERR_OK;
    return detail_fail(ERR_INTERNAL, "libipsec-mb did not hash: error %d", imb_get_errno(l->mgr));
}

/* The last two blocks change places, the one before the last cut to the last one's length. */
static void swap_last(uint8_t *block, size_t len)
{
    size_t before = ((len - 1) / 16 - 1) * 16, part = len - before - 16;
    uint8_t keep[16];

    memcpy(keep, block + before, 16);
    memcpy(block + before, block + before + 16, 16);
    memcpy(block + before + 16, keep, part);
}

static enum err encrypt_abreast(const struct crypto_seal *s, struct lanes *l, struct abreast *a)
{
    static const uint8_t zero_iv[16];
    const struct crypto_stitch *k = crypto_cts_schedule(s->cts);
    size_t i;

    for (i = 0; i < a->n; i++) {
        IMB_JOB *j = &l->job[i];
        size_t whole = (a->encrypted[i] + 15) & ~(size_t)15;

        a->start[i] = squeeze(a->job[i], block_of(l, i));
        memset(a->start[i] + a->encrypted[i], 0, whole - a->encrypted[i]);
        memset(j, 0, sizeof *j);
        j->src = j->dst = a->start[i];
        j->msg_len_to_cipher_in_bytes = whole;
        j->iv = zero_iv;
        j->iv_len_in_bytes = 16;
        j->enc_keys = j->dec_keys = k->round;
        j->key_len_in_bytes = k->rounds == 14 ? 32 : 16;
    }
    if (IMB_SUBMIT_CIPHER_BURST(l->mgr, l->job, (uint32_t)a->n, IMB_CIPHER_CBC, IMB_DIR_ENCRYPT,
                                k->rounds == 14 ? IMB_KEY_256_BYTES : IMB_KEY_128_BYTES) != a->n)
        return detail_fail(ERR_INTERNAL, "libipsec-mb did not encrypt: error %d",
                           imb_get_errno(l->mgr));
    return ERR_OK;
}

static void seal_abreast(const struct crypto_seal *s, struct lanes *l, struct abreast *a)
{
    enum err e = hash_abreast(s, l, a);
    size_t i;

    if (!e)
        e = encrypt_abreast(s, l, a);
    for (i = 0; i < a->n; i++) {
        a->job[i]->err = e;
        if (e)
            continue;
        swap_last(a->start[i], a->encrypted[i]);
        scatter(a->job[i], a->start[i]);
        memcpy(a->job[i]->tag, l->tag[i], s->tag_len);
    }
}

/* Takes what may go abreast out of the next messages; the others are done singly at once. */
static size_t choose(struct crypto_job *job, size_t n, struct abreast *a, struct crypto_seal *s,
                     void (*singly)(struct crypto_seal *s, struct crypto_job *job, size_t n))
{
    size_t i;

    a->n = 0;
    for (i = 0; i < n && a->n < LANES; i++) {
        if (fits(&job[i], a))
            a->job[a->n++] = &job[i];
        else
            singly(s, &job[i], 1);
    }
    return i;
}

static struct lanes *lanes_for(const struct crypto_seal *s, size_t n, size_t from)
{
    if (n < from || s->mac_ciphertext || crypto_cts_schedule(s->cts)->rounds == 0)
        return NULL;
    return crypto_special_allowed() ? lanes_of_thread() : NULL;
}

void crypto_seal_jobs(struct crypto_seal *s, struct crypto_job *job, size_t n)
{
    struct lanes *l = lanes_for(s, n, SEAL_FROM);
    struct abreast a;
    size_t done, i;

    for (; l && n >= SEAL_FROM; job += done, n -= done) {
        done = choose(job, n, &a, s, seal_singly);
        if (a.n >= SEAL_FROM)
            seal_abreast(s, l, &a);
        else
            for (i = 0; i < a.n; i++)
                seal_singly(s, a.job[i], 1);
    }
    seal_singly(s, job, n);
}

static void open_abreast(struct crypto_seal *s, struct lanes *l, struct abreast *a)
{
    enum err e;
    size_t i;

    for (i = 0; i < a->n; i++)
        a->job[i]->err = crypto_decrypt_pieces(s, a->job[i]->piece, a->job[i]->count);
    e = hash_abreast(s, l, a);
    for (i = 0; i < a->n; i++) {
        struct crypto_job *j = a->job[i];

        if (!j->err)
            j->err = e;
        if (!j->err && !bytes_equal_secret(l->tag[i], j->tag, s->tag_len))
            j->err = ERR_ALTERED;
        if (j->err)
            crypto_wipe_pieces(j->piece, j->count);
        memset(block_of(l, i), 0, a->hashed[i]);
    }
}

void crypto_open_jobs(struct crypto_seal *s, struct crypto_job *job, size_t n)
{
    struct lanes *l = lanes_for(s, n, OPEN_FROM);
    struct abreast a;
    size_t done, i;

    for (; l && n >= OPEN_FROM; job += done, n -= done) {
        done = choose(job, n, &a, s, open_singly);
        if (a.n >= OPEN_FROM)
            open_abreast(s, l, &a);
        else
            for (i = 0; i < a.n; i++)
                open_singly(s, a.job[i], 1);
    }
    open_singly(s, job, n);
}

#else

bool crypto_lanes_usable(void)
{
    return false;
}

void crypto_seal_jobs(struct crypto_seal *s, struct crypto_job *job, size_t n)
{
    seal_singly(s, job, n);
}

void crypto_open_jobs(struct crypto_seal *s, struct crypto_job *job, size_t n)
{
    open_singly(s, job, n);
}

#endif
