/* SPDX-License-Identifier: Apache-2.0
 * bench_messages.c - sealing and signing one message: ours, MIT's GSS-API, OpenSSL's primitives.
 *
 * AES256-CTS-HMAC-SHA1-96, in place, warm. "ours" goes through the doors, as a program does:
 * EncryptMessage and its kin, CsProtectMessages for a batch. "mit" is gss_wrap_iov and its kin, in
 * place like ours; "mit-wrap" is gss_wrap, which makes a copy. "openssl" is the least that the work
 * can be through EVP: a keyed HMAC-SHA1 context copied, one update, one AES-256-CBC run after a new
 * IV, over one contiguous block; no token, no sequence, no confounder. To unseal, each copies the
 * message back first. "seal-16" is a batch of sixteen, the time that of one message of it.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <countersign/countersign.h>

#include "bench.h"
#include "mit_pair.h" /* mit_check */
#include "sspi_pair.h"

enum { MOST = 1 << 20, AROUND = 60, MIC = 28, BATCH = 16 };

static struct sspi_pair to_mit, from_mit; /* which side is MIT's: the acceptor, the initiator */

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

static void pieces(struct job *j, ULONG token_len, SecBuffer part[2], SecBufferDesc *ret)
{
    part[0] = (SecBuffer){ token_len, SECBUFFER_TOKEN, j->token };
    part[1] = (SecBuffer){ (ULONG)j->size, SECBUFFER_DATA, j->data };
    *ret = (SecBufferDesc){ SECBUFFER_VERSION, 2, part };
}

static void ours_seal(void *arg, size_t n)
{
    SecBufferDesc message;
    SecBuffer part[2];
    struct job *j = arg;

    while (n--) {
        pieces(j, sizeof j->token, part, &message);
        must(EncryptMessage(&to_mit.ours, 0, &message, 0) == SEC_E_OK, "EncryptMessage");
    }
    j->token_len = part[0].cbBuffer;
}

static void ours_sign(void *arg, size_t n)
{
    SecBufferDesc message;
    SecBuffer part[2];
    struct job *j = arg;

    while (n--) {
        pieces(j, sizeof j->token, part, &message);
        must(MakeSignature(&to_mit.ours, 0, &message, 0) == SEC_E_OK, "MakeSignature");
    }
    j->token_len = part[0].cbBuffer;
}

static void restore(struct job *j)
{
    memcpy(j->token, j->sealed_token, j->token_len);
    memcpy(j->data, j->sealed, j->size);
}

static void ours_unseal(void *arg, size_t n)
{
    SecBufferDesc message;
    SecBuffer part[2];
    struct job *j = arg;
    ULONG qop;

    while (n--) {
        restore(j);
        pieces(j, (ULONG)j->token_len, part, &message);
        must(DecryptMessage(&from_mit.ours, &message, 0, &qop) == SEC_E_OK, "DecryptMessage");
    }
}

static void ours_verify(void *arg, size_t n)
{
    SecBufferDesc message;
    SecBuffer part[2];
    struct job *j = arg;
    ULONG qop;

    while (n--) {
        pieces(j, (ULONG)j->token_len, part, &message);
        must(VerifySignature(&from_mit.ours, &message, 0, &qop) == SEC_E_OK, "VerifySignature");
    }
}

/* Sixteen messages at once, and the same one by one; n counts messages. */
struct batch {
    struct job job[BATCH];
    SecBuffer part[BATCH][2];
    SecBufferDesc message[BATCH];
    SECURITY_STATUS status[BATCH];
};

static void ours_seal_batch(void *arg, size_t n)
{
    struct batch *b = arg;
    size_t i, j;

    for (i = 0; i < n; i += BATCH) {
        for (j = 0; j < BATCH; j++)
            pieces(&b->job[j], sizeof b->job[j].token, b->part[j], &b->message[j]);
        must(CsProtectMessages(&to_mit.ours, 0, BATCH, b->message, b->status) == SEC_E_OK,
             "CsProtectMessages");
    }
}

static void ours_unseal_batch(void *arg, size_t n)
{
    struct batch *b = arg;
    size_t i, j;

    for (i = 0; i < n; i += BATCH) {
        for (j = 0; j < BATCH; j++) {
            restore(&b->job[j]);
            pieces(&b->job[j], (ULONG)b->job[j].token_len, b->part[j], &b->message[j]);
        }
        must(CsUnprotectMessages(&from_mit.ours, 0, BATCH, b->message, b->status) == SEC_E_OK,
             "CsUnprotectMessages");
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
    struct job ours, mit, enc, dec;
    static struct bench b;
    size_t i;

    bench_init(&b, "messages", argc, argv);
    sspi_pair_open("test/t18", false, &to_mit);
    sspi_pair_open("test/t18", true, &from_mit);
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
    sspi_pair_close(&to_mit);
    sspi_pair_close(&from_mit);
    return bench_report(&b);
}
