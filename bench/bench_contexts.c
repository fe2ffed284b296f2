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

#include <countersign/countersign.h>

#define SERVICE "test/hosta"
#define EVERY                                                                                      \
    (ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_INTEGRITY |                         \
     ISC_REQ_CONFIDENTIALITY | ISC_REQ_ALLOCATE_MEMORY)

static void need(bool ok, const char *what)
{
    char text[2000];

    if (ok)
        return;
    CsGetErrorText(text, sizeof text);
    fprintf(stderr, "%s: %s\n", what, text);
    exit(1);
}

struct ours {
    CredHandle client, service;
    ULONG flags;
};

static void acquire_ours(struct ours *o, const char *package)
{
    need(AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL,
                                   &o->client, NULL) == SEC_E_OK,
         "our client's credentials");
    need(AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL,
                                   &o->service, NULL) == SEC_E_OK,
         "our service's credentials");
}

static void one_of_ours(struct ours *o)
{
    static char service[] = SERVICE;
    SecBuffer to_a = { 0, SECBUFFER_TOKEN, NULL }, to_b = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc at_a = { SECBUFFER_VERSION, 1, &to_a }, at_b = { SECBUFFER_VERSION, 1, &to_b };
    SECURITY_STATUS a = SEC_I_CONTINUE_NEEDED, b = SEC_I_CONTINUE_NEEDED;
    CtxtHandle initiator, acceptor;
    CtxtHandle *i = NULL, *c = NULL;
    ULONG got;

    while (a == SEC_I_CONTINUE_NEEDED || b == SEC_I_CONTINUE_NEEDED) {
        a = InitializeSecurityContextA(&o->client, i, service, o->flags, 0, SECURITY_NATIVE_DREP,
                                       i ? &at_a : NULL, 0, &initiator, &at_b, &got, NULL);
        i = &initiator;
        need(a >= 0, "our initiator");
        FreeContextBuffer(to_a.pvBuffer);
        to_a = (SecBuffer){ 0, SECBUFFER_TOKEN, NULL };
        if (b == SEC_I_CONTINUE_NEEDED)
            b = AcceptSecurityContext(&o->service, c, &at_b, ASC_REQ_ALLOCATE_MEMORY,
                                      SECURITY_NATIVE_DREP, &acceptor, &at_a, &got, NULL);
        c = &acceptor;
        need(b >= 0, "our acceptor");
        FreeContextBuffer(to_b.pvBuffer);
        to_b = (SecBuffer){ 0, SECBUFFER_TOKEN, NULL };
    }
    FreeContextBuffer(to_a.pvBuffer);
    DeleteSecurityContext(&initiator);
    DeleteSecurityContext(&acceptor);
}

static void run_ours(void *arg, size_t n)
{
    while (n--)
        one_of_ours(arg);
}

struct mit {
    gss_cred_id_t client, service;
    gss_name_t target;
    gss_OID mech;
    OM_uint32 flags;
};

static void acquire_mit(struct mit *m, gss_const_OID mech)
{
    gss_buffer_desc name = { sizeof SERVICE - 1, (void *)(uintptr_t)SERVICE };
    gss_OID_set_desc mechs = { 1, (gss_OID)(uintptr_t)mech };
    OM_uint32 minor;

    m->mech = (gss_OID)(uintptr_t)mech;
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
            a = gss_init_sec_context(&minor, m->client, &initiator, m->target, m->mech, m->flags, 0,
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

/* The file of replays grows with each context; every row begins with an empty one. */
static void fresh_replay_cache(size_t row)
{
    const char *folder = getenv("KDC_DIR");
    char name[300];

    need(folder != NULL, "KDC_DIR");
    snprintf(name, sizeof name, "file2:%s/replays-%zu", folder, row);
    setenv("KRB5RCACHENAME", name, 1);
}

int main(int argc, char **argv)
{
    static char spnego_oid[] = "\x2b\x06\x01\x05\x05\x02";
    static gss_OID_desc spnego = { 6, spnego_oid };
    static const struct {
        const char *subject;
        bool negotiate;
        ULONG flags;
        OM_uint32 mit;
    } rows[] = {
        { "one leg", false, 0, 0 },
        { "mutual", false, ISC_REQ_MUTUAL_AUTH, GSS_C_MUTUAL_FLAG },
        { "DCE style", false, ISC_REQ_MUTUAL_AUTH | ISC_REQ_USE_DCE_STYLE,
          GSS_C_MUTUAL_FLAG | GSS_C_DCE_STYLE },
        { "Negotiate", true, ISC_REQ_MUTUAL_AUTH, GSS_C_MUTUAL_FLAG },
    };
    struct ours ours[2];
    struct mit mit[2] = { 0 };
    struct tls tls = { 0 };
    struct bench b;
    size_t i;

    bench_init(&b, "contexts", argc, argv);
    acquire_ours(&ours[0], "Kerberos");
    acquire_ours(&ours[1], "Negotiate");
    acquire_mit(&mit[0], gss_mech_krb5);
    acquire_mit(&mit[1], &spnego);
    acquire_tls(&tls);
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool n = rows[i].negotiate;
        struct bench_contestant c[] = { { "ours", run_ours, &ours[n] },
                                        { "mit", run_mit, &mit[n] },
                                        { "tls13", run_tls, &tls } };

        fresh_replay_cache(i);
        ours[n].flags = EVERY | rows[i].flags;
        mit[n].flags = GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG | GSS_C_INTEG_FLAG |
                       GSS_C_CONF_FLAG | rows[i].mit;
        bench_measure(&b, rows[i].subject, 0, c, 3);
    }
    return bench_report(&b);
}
