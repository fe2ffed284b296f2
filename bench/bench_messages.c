/* SPDX-License-Identifier: Apache-2.0
 * bench_messages.c - sealing and signing one message: ours, MIT's GSS-API, OpenSSL's primitives.
 *
 * AES256-CTS-HMAC-SHA1-96, in place, warm. "mit" is gss_wrap_iov and its kin, in place like ours;
 * "mit-wrap" is gss_wrap, which makes a copy. "openssl" is the least that the work can be through
 * EVP: a keyed HMAC-SHA1 context copied, one update, one AES-256-CBC run after a new IV, over one
 * contiguous block; no token, no sequence, no confounder. To unseal, each copies the message back
 * first. "seal-16" is a batch of sixteen, the time that of one message of it.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "mit_pair.h"

enum { MOST = 1 << 20, AROUND = 60, MIC = 28, BATCH = 16 };

static struct mit_pair to_mit, from_mit; /* which side is MIT's: the acceptor, the initiator */

struct job {
    size_t size;
    uint8_t *block, *data, token[128];
    size_t token_len;
    uint8_t *sealed, sealed_token[128]; /* what unseal begins with */
    EVP_MAC_CTX *mac;
    EVP_CIPHER_CTX *cipher;
};

static void must(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "bench messages: %s failed\n", what);
        exit(1);
    }
}

static struct message pieces(struct job *j, struct segment seg[2])
{
    seg[0] = (struct segment){ j->token, sizeof j->token, SEGMENT_TOKEN, SEGMENT_NORMAL };
    seg[1] = (struct segment){ j->data, j->size, SEGMENT_DATA, SEGMENT_NORMAL };
    return (struct message){ .seg = seg, .count = 2 };
}

static void ours_seal(void *arg, size_t n)
{
    struct segment seg[2];
    struct job *j = arg;

    while (n--) {
        struct message m = pieces(j, seg);

        must(kerberos_seal(to_mit.ours, 0, &m) == ERR_OK, "seal");
    }
    j->token_len = seg[0].len;
}

static void ours_sign(void *arg, size_t n)
{
    struct segment seg[2];
    struct job *j = arg;

    while (n--) {
        struct message m = pieces(j, seg);

        must(kerberos_sign(to_mit.ours, 0, &m) == ERR_OK, "sign");
    }
    j->token_len = seg[0].len;
}

static void restore(struct job *j)
{
    memcpy(j->token, j->sealed_token, j->token_len);
    memcpy(j->data, j->sealed, j->size);
}

static void ours_unseal(void *arg, size_t n)
{
    struct segment seg[2];
    struct job *j = arg;
    uint32_t qop;

    while (n--) {
        struct message m = pieces(j, seg);

        restore(j);
        seg[0].len = j->token_len;
        must(kerberos_unseal(from_mit.ours, &m, &qop) == ERR_OK, "unseal");
    }
}

static void ours_verify(void *arg, size_t n)
{
    struct segment seg[2];
    struct job *j = arg;
    uint32_t qop;

    while (n--) {
        struct message m = pieces(j, seg);

        seg[0].len = j->token_len;
        must(kerberos_verify(from_mit.ours, &m, &qop) == ERR_OK, "verify");
    }
}

/* Sixteen messages at once, and the same one by one; n counts messages. */
struct batch {
    struct job job[BATCH];
    struct segment seg[BATCH][2];
    struct message m[BATCH];
};

static void lay_out_batch(struct batch *b)
{
    size_t i;

    for (i = 0; i < BATCH; i++)
        b->m[i] = pieces(&b->job[i], b->seg[i]);
}

static void ours_seal_batch(void *arg, size_t n)
{
    struct batch *b = arg;
    size_t i;

    for (i = 0; i < n; i += BATCH) {
        lay_out_batch(b);
        kerberos_seal_many(to_mit.ours, 0, b->m, n - i < BATCH ? n - i : BATCH);
        must(b->m[0].err == ERR_OK, "seal_many");
    }
}

static void ours_unseal_batch(void *arg, size_t n)
{
    struct batch *b = arg;
    size_t i, j;

    for (i = 0; i < n; i += BATCH) {
        lay_out_batch(b);
        for (j = 0; j < BATCH; j++) {
            restore(&b->job[j]);
            b->seg[j][0].len = b->job[j].token_len;
        }
        kerberos_unseal_many(from_mit.ours, b->m, BATCH);
        must(b->m[BATCH - 1].err == ERR_OK, "unseal_many");
    }
}

static void iov_of(struct job *j, size_t token_len, gss_iov_buffer_desc iov[2])
{
    iov[0].type = GSS_IOV_BUFFER_TYPE_HEADER;
    iov[0].buffer = (gss_buffer_desc){ token_len, j->token };
    iov[1].type = GSS_IOV_BUFFER_TYPE_DATA;
    iov[1].buffer = (gss_buffer_desc){ j->size, j->data };
}

static void mit_seal(void *arg, size_t n)
{
    gss_iov_buffer_desc iov[2];
    struct job *j = arg;
    OM_uint32 major, minor;

    while (n--) {
        iov_of(j, AROUND, iov);
        major = gss_wrap_iov(&minor, from_mit.mit, 1, 0, NULL, iov, 2);
        mit_check(major, minor, "gss_wrap_iov");
    }
}

static void mit_wrap(void *arg, size_t n)
{
    struct job *j = arg;
    gss_buffer_desc in = { j->size, j->data }, out;
    OM_uint32 major, minor;

    while (n--) {
        major = gss_wrap(&minor, from_mit.mit, 1, 0, &in, NULL, &out);
        mit_check(major, minor, "gss_wrap");
        gss_release_buffer(&minor, &out);
    }
}

static void mit_sign(void *arg, size_t n)
{
    struct job *j = arg;
    gss_buffer_desc in = { j->size, j->data }, out;
    OM_uint32 major, minor;

    while (n--) {
        major = gss_get_mic(&minor, from_mit.mit, 0, &in, &out);
        mit_check(major, minor, "gss_get_mic");
        gss_release_buffer(&minor, &out);
    }
}

static void mit_unseal(void *arg, size_t n)
{
    gss_iov_buffer_desc iov[2];
    struct job *j = arg;
    OM_uint32 major, minor;

    while (n--) {
        restore(j);
        iov_of(j, j->token_len, iov);
        major = gss_unwrap_iov(&minor, to_mit.mit, NULL, NULL, iov, 2);
        mit_check(major, minor, "gss_unwrap_iov");
    }
}

static void mit_verify(void *arg, size_t n)
{
    struct job *j = arg;
    gss_buffer_desc in = { j->size, j->data }, mic = { j->token_len, j->token };
    OM_uint32 major, minor;

    while (n--) {
        major = gss_verify_mic(&minor, to_mit.mit, &in, &mic, NULL);
        mit_check(major, minor, "gss_verify_mic");
    }
}

static void hmac_over(struct job *j, size_t len)
{
    EVP_MAC_CTX *run = EVP_MAC_CTX_dup(j->mac);
    uint8_t sum[64];
    size_t out;

    must(EVP_MAC_update(run, j->data, len) == 1 && EVP_MAC_final(run, sum, &out, sizeof sum) == 1,
         "EVP_MAC");
    EVP_MAC_CTX_free(run);
}

static void cbc_over(struct job *j, size_t len)
{
    static const uint8_t iv[16];
    int out;

    must(EVP_CipherInit_ex2(j->cipher, NULL, NULL, iv, -1, NULL) == 1 &&
             EVP_CipherUpdate(j->cipher, j->data, &out, j->data, (int)len) == 1,
         "EVP_Cipher");
}

/* The block has room for confounder and header. */
static void openssl_seal(void *arg, size_t n)
{
    struct job *j = arg;

    while (n--) {
        hmac_over(j, j->size + 32);
        cbc_over(j, j->size + 32);
    }
}

static void openssl_unseal(void *arg, size_t n)
{
    struct job *j = arg;

    while (n--) {
        restore(j);
        cbc_over(j, j->size + 32);
        hmac_over(j, j->size + 32);
    }
}

static void openssl_sign(void *arg, size_t n)
{
    struct job *j = arg;

    while (n--)
        hmac_over(j, j->size + 16);
}

static void job_init(struct job *j, bool encrypt)
{
    static const uint8_t key[32] = { 1 };
    static size_t jobs;
    static char digest[] = "SHA1";
    OSSL_PARAM params[] = { OSSL_PARAM_utf8_string("digest", digest, 4), OSSL_PARAM_END };
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_CIPHER *cbc = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);

    memset(j, 0, sizeof *j);
    j->block = aligned_alloc(64, MOST + 64 * 128);
    j->sealed = malloc(MOST);
    j->mac = EVP_MAC_CTX_new(mac);
    j->cipher = EVP_CIPHER_CTX_new();
    must(j->block && j->sealed && j->mac && j->cipher, "memory");
    j->data = j->block + 64 * (5 * jobs++ % 127); /* not all at one place in the cache's sets */
    memset(j->data, 'm', MOST + 64);
    must(EVP_MAC_init(j->mac, key, 32, params) == 1 &&
             EVP_CipherInit_ex2(j->cipher, cbc, key, key, encrypt, NULL) == 1,
         "OpenSSL");
    EVP_CIPHER_CTX_set_padding(j->cipher, 0);
    EVP_CIPHER_free(cbc);
    EVP_MAC_free(mac);
}

static void job_done(struct job *j)
{
    free(j->block);
    free(j->sealed);
    EVP_MAC_CTX_free(j->mac);
    EVP_CIPHER_CTX_free(j->cipher);
}

/* Both unseal what the other end sealed, so that each meets the other's tokens. */
static void sealed_by_mit(struct job *j)
{
    gss_iov_buffer_desc iov[2];
    OM_uint32 major, minor;

    iov_of(j, AROUND, iov);
    major = gss_wrap_iov(&minor, from_mit.mit, 1, 0, NULL, iov, 2);
    mit_check(major, minor, "gss_wrap_iov");
    j->token_len = AROUND;
    memcpy(j->sealed_token, j->token, AROUND);
    memcpy(j->sealed, j->data, j->size);
}

static void sealed_by_us(struct job *j)
{
    ours_seal(j, 1);
    memcpy(j->sealed_token, j->token, j->token_len);
    memcpy(j->sealed, j->data, j->size);
}

static void signed_by_mit(struct job *j)
{
    gss_buffer_desc in = { j->size, j->data }, out;
    OM_uint32 major, minor;

    major = gss_get_mic(&minor, from_mit.mit, 0, &in, &out);
    mit_check(major, minor, "gss_get_mic");
    must(out.length == MIC, "gss_get_mic's length");
    memcpy(j->token, out.value, MIC);
    j->token_len = MIC;
    gss_release_buffer(&minor, &out);
}

static void one_size(struct bench *b, struct job *ours, struct job *mit, struct job *enc,
                     struct job *dec, size_t size)
{
    const struct bench_contestant seal[] = { { "ours", ours_seal, ours },
                                             { "mit", mit_seal, mit },
                                             { "mit-wrap", mit_wrap, mit },
                                             { "openssl", openssl_seal, enc } };
    const struct bench_contestant unseal[] = { { "ours", ours_unseal, ours },
                                               { "mit", mit_unseal, mit },
                                               { "openssl", openssl_unseal, dec } };
    const struct bench_contestant sign[] = { { "ours", ours_sign, ours },
                                             { "mit", mit_sign, mit },
                                             { "openssl", openssl_sign, enc } };
    const struct bench_contestant verify[] = { { "ours", ours_verify, ours },
                                               { "mit", mit_verify, mit },
                                               { "openssl", openssl_sign, enc } };

    ours->size = mit->size = enc->size = dec->size = size;
    bench_measure(b, "seal", size, seal, 4);
    sealed_by_mit(ours);
    sealed_by_us(mit);
    bench_measure(b, "unseal", size, unseal, 3);
    bench_measure(b, "sign", size, sign, 3);
    signed_by_mit(ours);
    ours_sign(mit, 1);
    bench_measure(b, "verify", size, verify, 3);
}

static void batches(struct bench *b, struct job *single, struct job *mit, size_t size)
{
    static struct batch batch;
    const struct bench_contestant seal[] = { { "ours", ours_seal_batch, &batch },
                                             { "singly", ours_seal, single },
                                             { "mit", mit_seal, mit } };
    const struct bench_contestant unseal[] = { { "ours", ours_unseal_batch, &batch },
                                               { "singly", ours_unseal, single },
                                               { "mit", mit_unseal, mit } };
    size_t i;

    single->size = mit->size = size;
    for (i = 0; i < BATCH; i++) {
        if (!batch.job[i].data)
            job_init(&batch.job[i], true);
        batch.job[i].size = size;
    }
    bench_measure(b, "seal-16", size, seal, 3);
    for (i = 0; i < BATCH; i++)
        sealed_by_mit(&batch.job[i]);
    sealed_by_mit(single);
    sealed_by_us(mit);
    bench_measure(b, "unseal-16", size, unseal, 3);
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = { 64, 1 << 10, 16 << 10, 64 << 10, 1 << 20 };
    static const size_t batch_sizes[] = { 64, 1 << 10, 5840, 16 << 10, 65000 };
    struct mit_pair_want want = { .enctype = 18, .mutual = true, .unordered = true };
    struct job ours, mit, enc, dec;
    static struct bench b;
    size_t i;

    bench_init(&b, "messages", argc, argv);
    mit_pair_open(&want, &to_mit);
    want.mit_initiates = true;
    mit_pair_open(&want, &from_mit);
    job_init(&ours, true);
    job_init(&mit, true);
    job_init(&enc, true);
    job_init(&dec, false);
    for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        one_size(&b, &ours, &mit, &enc, &dec, sizes[i]);
    for (i = 0; i < sizeof batch_sizes / sizeof batch_sizes[0]; i++)
        batches(&b, &ours, &mit, batch_sizes[i]);
    job_done(&ours);
    job_done(&mit);
    job_done(&enc);
    job_done(&dec);
    mit_pair_close(&to_mit);
    mit_pair_close(&from_mit);
    return bench_report(&b);
}
