/* SPDX-License-Identifier: Apache-2.0
 * bench_fragments.c - a message of 1 MiB in sealed fragments, from the sender's memory to the
 * receiver's: ours by the runtime's own machines, TLS 1.3 records of AES-256-GCM by OpenSSL.
 *
 * Each row is a fragment's size, the time that of the whole message sealed, copied once as a socket
 * would, and opened. A record of TLS holds 16 KiB at most; where fragments are larger, that.
 * "plain" is ours with OpenSSL's primitives alone, without code for special processors.
 */
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <countersign/countersign.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "bench.h"
#include "crypto/stitch.h"
#include "rpc/inbound.h"
#include "rpc/outbound.h"

#define SERVICE "test/hosta"

enum { MESSAGE = 1 << 20, RECORD_MAX = 16384 };

static void must(bool good, const char *what)
{
    char text[2000];

    if (good)
        return;
    CsGetErrorText(text, sizeof text);
    fprintf(stderr, "bench fragments: %s: %s\n", what, text);
    exit(1);
}

/* ---- ours ---- */

struct ours {
    CredHandle client_credential, server_credential;
    struct rpc_security *client, *server;
    struct rpc_securities securities; /* the server's */
    struct rpc_inbound in;
    struct rpc_outbound out;
    uint8_t *stub;
    size_t fragment;
};

static void one_leg(struct rpc_security *s, struct buf *token)
{
    struct bytes in = { token->ptr, token->len };
    struct buf out = { 0 };
    enum rpc_leg leg;

    must(rpc_security_step(s, in, &out, &leg) == ERR_OK, "a leg");
    buf_free(token);
    *token = out;
}

static void ours_open(struct ours *o)
{
    static char package[] = "Kerberos";
    const struct rpc_security_client how = { .credential = &o->client_credential,
                                             .target = SERVICE,
                                             .type = RPC_AUTH_KERBEROS,
                                             .level = RPC_LEVEL_PRIVACY,
                                             .flags = ISC_REQ_MUTUAL_AUTH };
    const struct rpc_auth first = { .type = RPC_AUTH_KERBEROS, .level = RPC_LEVEL_PRIVACY };
    const struct rpc_limits limits = { RPC_FRAGMENT_MAX, RPC_STUB_MAX };
    struct buf token = { 0 };

    must(AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL,
                                   &o->client_credential, NULL) == SEC_E_OK &&
             AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL,
                                       &o->server_credential, NULL) == SEC_E_OK,
         "credentials");
    must(rpc_security_new_client(&how, &o->client) == ERR_OK &&
             rpc_security_new_server(&o->server_credential, &first, 0, &o->server) == ERR_OK,
         "security contexts");
    rpc_securities_decide(&o->securities, RPC_SUPPORT_HEADER_SIGN);
    o->client->header_signing = o->server->header_signing = true;
    while (!o->client->done || !o->server->done) {
        one_leg(o->client, &token);
        if (!o->server->done)
            one_leg(o->server, &token);
    }
    buf_free(&token);
    must(rpc_securities_add_adopt(&o->securities, o->server) == ERR_OK, "the server's context");
    rpc_inbound_init(&o->in, true, &limits, &o->securities);
    o->stub = calloc(1, MESSAGE);
    must(o->stub != NULL, "memory");
}

/* What a socket does: the pieces of a batch into the receiver's room. */
static void carry(struct rpc_inbound *in, const struct iovec *from, size_t n)
{
    struct iovec room[RPC_INBOUND_IOV];
    size_t pieces = 0, to = 0, at = 0, filled = 0, i, done;

    must(rpc_inbound_room(in, room, &pieces) == ERR_OK, "room");
    for (i = 0; i < n; i++) {
        for (done = 0; done < from[i].iov_len;) {
            size_t part = from[i].iov_len - done, left;

            if (to == pieces) {
                struct rpc_received r;

                rpc_inbound_filled(in, filled);
                must(rpc_inbound_next(in, &r) == ERR_OK && r.event == RPC_EVENT_MORE, "opening");
                must(rpc_inbound_room(in, room, &pieces) == ERR_OK, "room");
                to = at = filled = 0;
            }
            left = room[to].iov_len - at;
            part = part < left ? part : left;
            memcpy((uint8_t *)room[to].iov_base + at, (const uint8_t *)from[i].iov_base + done,
                   part);
            done += part;
            at += part;
            filled += part;
            if (at == room[to].iov_len) {
                to++;
                at = 0;
            }
        }
    }
    rpc_inbound_filled(in, filled);
}

static void run_ours(void *arg, size_t n)
{
    struct ours *o = arg;
    const struct rpc_message m = { .type = RPC_REQUEST,
                                   .call_id = 1,
                                   .stub = { o->stub, MESSAGE },
                                   .max_fragment = o->fragment,
                                   .security = o->client };

    while (n--) {
        struct rpc_received r = { .event = RPC_EVENT_MORE };
        struct iovec *iov;
        size_t count;

        must(rpc_outbound_begin(&o->out, &m) == ERR_OK, "beginning");
        for (;;) {
            must(rpc_outbound_next(&o->out, &iov, &count) == ERR_OK, "sealing");
            if (count == 0)
                break;
            carry(&o->in, iov, count);
            must(rpc_inbound_next(&o->in, &r) == ERR_OK, "opening");
        }
        must(r.event == RPC_EVENT_CALL && r.request.stub.len == MESSAGE, "the message");
        rpc_block_put(r.block);
    }
}

static void run_plain(void *arg, size_t n)
{
    crypto_allow_special(false);
    run_ours(arg, n);
    crypto_allow_special(true);
}

/* ---- TLS ---- */

struct tls {
    SSL *client, *server;
    uint8_t *sent, *got;
};

static SSL_CTX *tls_context(const SSL_METHOD *method, EVP_PKEY *key, X509 *certificate)
{
    SSL_CTX *c = SSL_CTX_new(method);

    must(c && SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION) &&
             SSL_CTX_set_ciphersuites(c, "TLS_AES_256_GCM_SHA384") &&
             (!certificate || (SSL_CTX_use_certificate(c, certificate) == 1 &&
                               SSL_CTX_use_PrivateKey(c, key) == 1)),
         "TLS");
    SSL_CTX_set_num_tickets(c, 0);
    return c;
}

static void tls_open(struct tls *t)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    BIO *a = NULL, *b = NULL;
    int i;

    must(key && x && X509_gmtime_adj(X509_getm_notBefore(x), 0) &&
             X509_gmtime_adj(X509_getm_notAfter(x), 86400) && X509_set_pubkey(x, key) &&
             X509_sign(x, key, EVP_sha256()),
         "a certificate");
    t->client = SSL_new(tls_context(TLS_client_method(), NULL, NULL));
    t->server = SSL_new(tls_context(TLS_server_method(), key, x));
    t->sent = calloc(1, MESSAGE);
    t->got = calloc(1, MESSAGE);
    must(t->client && t->server && t->sent && t->got &&
             BIO_new_bio_pair(&a, 2 * MESSAGE, &b, 2 * MESSAGE),
         "a TLS connection");
    SSL_set_bio(t->client, a, a);
    SSL_set_bio(t->server, b, b);
    SSL_set_connect_state(t->client);
    SSL_set_accept_state(t->server);
    for (i = 0; i < 4; i++) {
        SSL_do_handshake(t->client);
        SSL_do_handshake(t->server);
    }
    must(SSL_is_init_finished(t->client) && SSL_is_init_finished(t->server), "the TLS handshake");
    X509_free(x);
    EVP_PKEY_free(key);
}

static void run_tls(void *arg, size_t n)
{
    struct tls *t = arg;
    int got, done;

    while (n--) {
        must(SSL_write(t->client, t->sent, MESSAGE) == MESSAGE, "SSL_write");
        for (done = 0; done < MESSAGE; done += got) {
            got = SSL_read(t->server, t->got + done, MESSAGE - done);
            must(got > 0, "SSL_read");
        }
    }
}

int main(int argc, char **argv)
{
    static const struct {
        size_t size;
        const char *subject, *against_tls, *against_plain;
    } rows[] = {
        { RPC_FRAGMENT_WINDOWS, "of 5,840", "of 5,840, times TLS's time",
          "of 5,840, times our plain time" },
        { RECORD_MAX, "of 16 KiB", "of 16 KiB, times TLS's time",
          "of 16 KiB, times our plain time" },
        { RPC_FRAGMENT_MAX, "of 65,528", "of 65,528, times TLS's time",
          "of 65,528, times our plain time" },
    };
    static struct ours ours;
    static struct tls tls;
    static struct bench b;
    size_t i;

    bench_init(&b, "fragments", argc, argv);
    ours_open(&ours);
    tls_open(&tls);
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct bench_contestant c[] = { { "ours", run_ours, &ours },
                                              { "plain", run_plain, &ours },
                                              { "tls13", run_tls, &tls } };
        const double *time = b.row[i].time;

        ours.fragment = rows[i].size;
        SSL_set_max_send_fragment(tls.client,
                                  rows[i].size < RECORD_MAX ? rows[i].size : RECORD_MAX);
        bench_measure(&b, rows[i].subject, MESSAGE, c, 3);
        if (__builtin_cpu_supports(
                "avx512f")) /* OpenSSL has AES-GCM's code for narrower ones, too */
            bench_aim(&b, rows[i].against_tls, time[0] / time[2], false, 1);
        bench_aim(&b, rows[i].against_plain, time[0] / time[1], false, 1);
    }
    return bench_report(&b);
}
