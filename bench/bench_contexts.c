/* SPDX-License-Identifier: Apache-2.0
 * bench_contexts.c - setting up a context, both sides in this process, each message handed over:
 * ours, MIT's GSS-API with its usual file cache and keytab, TLS 1.3 with a certificate each.
 *
 * The service's ticket is there already; every replay cache is on.
 */
#include "bench.h"

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <openssl/ec.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "kerberos/package.h"

#define SERVICE "test/hosta"
#define EVERY (CONTEXT_REPLAY | CONTEXT_SEQUENCE | CONTEXT_INTEGRITY | CONTEXT_CONFIDENTIALITY)

static void need(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "%s: %s\n", what, detail_get()->text);
    exit(1);
}

struct ours {
    void *client, *service;
    uint32_t flags;
};

static void acquire_ours(struct ours *o)
{
    struct acquire c = { .use = CREDENTIAL_OUTBOUND, .ccache = getenv("KRB5CCNAME") };
    struct acquire s = { .use = CREDENTIAL_INBOUND, .keytab = getenv("KRB5_KTNAME") };

    need(kerberos_package.acquire(&c, NULL, &o->client) == ERR_OK, "our client's credentials");
    need(kerberos_package.acquire(&s, NULL, &o->service) == ERR_OK, "our service's credentials");
}

static void run_ours(void *arg, size_t n)
{
    struct ours *o = arg;

    while (n--) {
        struct leg_in a = { .target = SERVICE, .flags = o->flags }, b = { 0 };
        struct leg_out from_a = { 0 }, from_b = { 0 };
        void *initiator = NULL, *acceptor = NULL;

        while (!from_a.done || !from_b.done) {
            need(kerberos_package.initiate(&initiator, o->client, &a, &from_a) == ERR_OK,
                 "our initiator");
            buf_free(&from_b.token);
            b.token = buf_view(from_a.token);
            if (!from_b.done)
                need(kerberos_package.accept(&acceptor, o->service, &b, &from_b) == ERR_OK,
                     "our acceptor");
            buf_free(&from_a.token);
            a.token = buf_view(from_b.token);
        }
        buf_free(&from_b.token);
        kerberos_package.context_free(initiator);
        kerberos_package.context_free(acceptor);
    }
}

struct mit {
    gss_cred_id_t client, service;
    gss_name_t target;
    OM_uint32 flags;
};

static void acquire_mit(struct mit *m)
{
    gss_buffer_desc name = { sizeof SERVICE - 1, (void *)(uintptr_t)SERVICE };
    gss_OID_set_desc mechs = { 1, (gss_OID)(uintptr_t)gss_mech_krb5 };
    OM_uint32 minor;

    need(gss_import_name(&minor, &name, GSS_KRB5_NT_PRINCIPAL_NAME, &m->target) == GSS_S_COMPLETE,
         "gss_import_name");
    need(gss_acquire_cred(&minor, GSS_C_NO_NAME, 0, &mechs, GSS_C_INITIATE, &m->client, NULL,
                          NULL) == GSS_S_COMPLETE,
         "MIT's client's credentials");
    need(gss_acquire_cred(&minor, GSS_C_NO_NAME, 0, &mechs, GSS_C_ACCEPT, &m->service, NULL,
                          NULL) == GSS_S_COMPLETE,
         "MIT's service's credentials");
}

static void run_mit(void *arg, size_t n)
{
    struct mit *m = arg;

    while (n--) {
        gss_ctx_id_t initiator = GSS_C_NO_CONTEXT, acceptor = GSS_C_NO_CONTEXT;
        gss_buffer_desc to_a = GSS_C_EMPTY_BUFFER, to_b = GSS_C_EMPTY_BUFFER;
        OM_uint32 a = GSS_S_CONTINUE_NEEDED, b = GSS_S_CONTINUE_NEEDED, minor;

        while (a != GSS_S_COMPLETE || b != GSS_S_COMPLETE) {
            a = gss_init_sec_context(&minor, m->client, &initiator, m->target,
                                     (gss_OID)(uintptr_t)gss_mech_krb5, m->flags, 0,
                                     GSS_C_NO_CHANNEL_BINDINGS, &to_a, NULL, &to_b, NULL, NULL);
            need(!GSS_ERROR(a), "MIT's initiator");
            gss_release_buffer(&minor, &to_a);
            if (b != GSS_S_COMPLETE)
                b = gss_accept_sec_context(&minor, &acceptor, m->service, &to_b,
                                           GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, &to_a, NULL, NULL,
                                           NULL);
            need(!GSS_ERROR(b), "MIT's acceptor");
            gss_release_buffer(&minor, &to_b);
        }
        gss_release_buffer(&minor, &to_a);
        gss_delete_sec_context(&minor, &initiator, GSS_C_NO_BUFFER);
        gss_delete_sec_context(&minor, &acceptor, GSS_C_NO_BUFFER);
    }
}

struct tls {
    SSL_CTX *client, *server;
};

static X509 *self_signed(EVP_PKEY *key)
{
    X509 *x = X509_new();
    X509_NAME *name = x ? X509_get_subject_name(x) : NULL;

    need(x && X509_set_version(x, 2) && ASN1_INTEGER_set(X509_get_serialNumber(x), 1) &&
             X509_gmtime_adj(X509_getm_notBefore(x), 0) &&
             X509_gmtime_adj(X509_getm_notAfter(x), 86400) && X509_set_pubkey(x, key) &&
             X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"bench",
                                        -1, -1, 0) &&
             X509_set_issuer_name(x, name) && X509_sign(x, key, EVP_sha256()),
         "a certificate");
    return x;
}

static void acquire_tls(struct tls *t)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = self_signed(key);
    SSL_CTX *both[2] = { t->client = SSL_CTX_new(TLS_client_method()),
                         t->server = SSL_CTX_new(TLS_server_method()) };
    int i;

    for (i = 0; i < 2; i++) {
        need(both[i] && SSL_CTX_set_min_proto_version(both[i], TLS1_3_VERSION) &&
                 SSL_CTX_use_certificate(both[i], cert) && SSL_CTX_use_PrivateKey(both[i], key) &&
                 X509_STORE_add_cert(SSL_CTX_get_cert_store(both[i]), cert),
             "TLS");
        SSL_CTX_set_verify(both[i], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        SSL_CTX_set_session_cache_mode(both[i], SSL_SESS_CACHE_OFF);
        SSL_CTX_set_num_tickets(both[i], 0);
    }
    X509_free(cert);
    EVP_PKEY_free(key);
}

static void run_tls(void *arg, size_t n)
{
    struct tls *t = arg;

    while (n--) {
        SSL *client = SSL_new(t->client), *server = SSL_new(t->server);
        BIO *a = NULL, *b = NULL;
        int i;

        need(client && server && BIO_new_bio_pair(&a, 65536, &b, 65536), "TLS connection");
        SSL_set_bio(client, a, a);
        SSL_set_bio(server, b, b);
        SSL_set_connect_state(client);
        SSL_set_accept_state(server);
        for (i = 0; i < 8 && !(SSL_is_init_finished(client) && SSL_is_init_finished(server)); i++) {
            SSL_do_handshake(client);
            SSL_do_handshake(server);
        }
        need(SSL_is_init_finished(client) && SSL_is_init_finished(server), "TLS handshake");
        SSL_free(client);
        SSL_free(server);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *subject;
        uint32_t flags;
        OM_uint32 mit;
    } rows[] = {
        { "one leg", 0, 0 },
        { "mutual", CONTEXT_MUTUAL, GSS_C_MUTUAL_FLAG },
        { "DCE style", CONTEXT_MUTUAL | CONTEXT_DCE_STYLE, GSS_C_MUTUAL_FLAG | GSS_C_DCE_STYLE },
    };
    struct ours ours = { 0 };
    struct mit mit = { 0 };
    struct tls tls = { 0 };
    struct bench b;
    size_t i;

    bench_init(&b, "contexts", argc, argv);
    acquire_ours(&ours);
    acquire_mit(&mit);
    acquire_tls(&tls);
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench_contestant c[] = { { "ours", run_ours, &ours },
                                        { "mit", run_mit, &mit },
                                        { "tls13", run_tls, &tls } };

        ours.flags = EVERY | rows[i].flags;
        mit.flags = GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG | GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG |
                    rows[i].mit;
        bench_measure(&b, rows[i].subject, 0, c, 3);
    }
    return bench_report(&b);
}
