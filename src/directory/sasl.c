/* SPDX-License-Identifier: Apache-2.0
 * sasl.c - an LDAP bind by SSPI, as a stranger's program would make it.  RFC 4513 5.2, RFC 4178
 */
#include "directory/sasl.h"

#include <countersign/security.h>
#include <stdlib.h>
#include <sys/time.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/host.h"
#include "directory/keytab_identity.h"
#include "directory/ldap_error.h"
#include "directory/session.h"
#include "directory/sspi_error.h"

enum { LEGS_MAX = 10 }; /* a bind that goes on for longer never ends */

struct sasl {
    CredHandle own;
    const CredHandle *credential; /* own or the caller's; NULL: none yet */
    CtxtHandle context;
    bool has_own, has_context;
    SecPkgContext_Sizes sizes;
    char *identity;
};

/* A process without tickets that may read the host's keytab is the host, as LocalSystem is on
 * Windows: only root may, where the file is kept as it should be. */
static enum err acquire_as_host(struct sasl *s)
{
    const char *path = secure_getenv("KRB5_KTNAME"), *dot;
    char *name = NULL, *dns = NULL, *user = NULL;
    struct buf packed = { 0 };
    enum err e = host_netbios_name(&name);

    if (!e)
        e = host_dns_name(&dns);
    dot = dns ? strchr(dns, '.') : NULL;
    if (!e && !dot)
        e = detail_fail(ERR_NO_CREDENTIALS, "%s is in no domain", dns);
    user = e ? NULL : mem_printf("%s$", name);
    if (!e && !user)
        e = ERR_NO_MEMORY;
    if (!e)
        e = keytab_identity(user, dot + 1, path ? path : "/etc/krb5.keytab", &packed);
    if (!e && AcquireCredentialsHandleA(NULL, "Negotiate", SECPKG_CRED_OUTBOUND, NULL, packed.ptr,
                                        NULL, NULL, &s->own, NULL) != SEC_E_OK)
        e = ERR_NO_CREDENTIALS;
    buf_free(&packed);
    mem_free(user);
    mem_free(dns);
    mem_free(name);
    return e;
}

static enum err acquire(struct sasl *s, const struct session_options *o)
{
    struct detail kept;
    SEC_WINNT_AUTH_IDENTITY_A id = { 0 };
    struct buf packed = { 0 };
    void *auth = NULL;
    struct detail before;
    SECURITY_STATUS status;
    enum err e = ERR_OK;

    if (o->user && o->keytab) {
        e = keytab_identity(o->user, o->user_domain, o->keytab, &packed);
        auth = packed.ptr;
    } else if (o->user && o->password) {
        id.User = (UCHAR *)o->user;
        id.UserLength = (ULONG)strlen(o->user);
        id.Domain = (UCHAR *)o->user_domain;
        id.DomainLength = o->user_domain ? (ULONG)strlen(o->user_domain) : 0;
        id.Password = (UCHAR *)o->password;
        id.PasswordLength = (ULONG)strlen(o->password);
        id.Flags = SEC_WINNT_AUTH_IDENTITY_ANSI;
        auth = &id;
    } else if (o->user || o->password) {
        e = detail_fail(ERR_INVALID_PARAMETER, "a user needs a password or a keytab");
    }
    if (e)
        return e;
    before = *detail_get();
    status = sspi_inner(AcquireCredentialsHandleA(NULL, "Negotiate", SECPKG_CRED_OUTBOUND, NULL,
                                                  auth, NULL, NULL, &s->own, NULL),
                        &before);
    buf_free(&packed);
    if (status == SEC_E_NO_CREDENTIALS && !auth) {
        kept = *detail_get();
        if (acquire_as_host(s) == ERR_OK)
            status = SEC_E_OK;
        else
            *detail_get() = kept;
    }
    if (status != SEC_E_OK)
        return sspi_failed(status, "acquiring credentials for the directory");
    s->has_own = true;
    s->credential = &s->own;
    return ERR_OK;
}

/* Whom the credentials are of; a package that does not tell is no failure. */
static enum err learn_identity(struct sasl *s)
{
    SecPkgCredentials_NamesA names = { 0 };
    struct detail before = *detail_get();
    SECURITY_STATUS status = QueryCredentialsAttributesA((PCredHandle)(uintptr_t)s->credential,
                                                         SECPKG_CRED_ATTR_NAMES, &names);

    *detail_get() = before;
    if (status != SEC_E_OK)
        return ERR_OK;
    s->identity = mem_strdup(names.sUserName);
    sspi_free_buffer(names.sUserName);
    return s->identity ? ERR_OK : ERR_NO_MEMORY;
}

enum err sasl_new(const struct session_options *o, struct sasl **ret)
{
    struct sasl *s = mem_zero(sizeof *s);
    enum err e = s ? ERR_OK : ERR_NO_MEMORY;

    if (!e && o->credential)
        s->credential = o->credential;
    else if (!e)
        e = acquire(s, o);
    if (!e)
        e = learn_identity(s);
    if (e)
        sasl_free(s);
    else
        *ret = s;
    return e;
}

void sasl_free(struct sasl *s)
{
    if (!s)
        return;
    if (s->has_context)
        sspi_end_context(&s->context);
    if (s->has_own)
        sspi_end_credential(&s->own);
    mem_free(s->identity);
    mem_free(s);
}

const char *sasl_identity(const struct sasl *s)
{
    return s->identity;
}

/* One bind request and its response. The server's token is ours to free with ber_bvfree. */
static enum err exchange(LDAP *ld, struct berval *token, unsigned timeout_ms,
                         struct berval **ret_token, bool *ret_done)
{
    struct timeval wait = { .tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000 };
    LDAPMessage *msg = NULL;
    int id = 0, code, answer = 0;

    code = ldap_sasl_bind(ld, NULL, "GSS-SPNEGO", token, NULL, NULL, &id);
    if (code)
        return ldap_failed(ld, code, "sending the bind request");
    code = ldap_result(ld, id, LDAP_MSG_ALL, &wait, &msg);
    if (code == 0)
        return detail_fail(ERR_TIMEOUT, "the directory did not answer the bind within %u ms",
                           timeout_ms);
    if (code < 0) {
        ldap_get_option(ld, LDAP_OPT_RESULT_CODE, &code);
        return ldap_failed(ld, code ? code : LDAP_SERVER_DOWN, "waiting for the bind response");
    }
    code = ldap_parse_result(ld, msg, &answer, NULL, NULL, NULL, NULL, 0);
    if (code == LDAP_SUCCESS && (answer == LDAP_SUCCESS || answer == LDAP_SASL_BIND_IN_PROGRESS))
        ldap_parse_sasl_bind_result(ld, msg, ret_token, 0); /* tells the answer once more */
    if (code == LDAP_SUCCESS)
        code = answer;
    ldap_msgfree(msg);
    *ret_done = code == LDAP_SUCCESS;
    if (code == LDAP_SUCCESS || code == LDAP_SASL_BIND_IN_PROGRESS)
        return ERR_OK;
    return ldap_failed(ld, code, "binding to the directory");
}

/* The structure the documentation describes: offsets from its start, data behind it. */
static enum err make_bindings(struct bytes content, struct buf *ret)
{
    static const char prefix[] = "tls-server-end-point:";
    SEC_CHANNEL_BINDINGS head = { 0 };
    size_t n = sizeof prefix - 1;
    enum err e = buf_new(sizeof head + n + content.len, ret);

    if (e)
        return e;
    head.cbApplicationDataLength = (ULONG)(n + content.len);
    head.dwApplicationDataOffset = sizeof head;
    memcpy(ret->ptr, &head, sizeof head);
    memcpy(ret->ptr + sizeof head, prefix, n);
    memcpy(ret->ptr + sizeof head + n, content.ptr, content.len);
    return ERR_OK;
}

struct leg {
    const char *spn;
    ULONG wanted, got;
    struct buf bindings;
    struct berval *from_server;
    struct berval to_server;
    bool established;
};

static enum err step(struct sasl *s, struct leg *l)
{
    SecBuffer in[2] = { { 0, SECBUFFER_TOKEN, NULL }, { 0, SECBUFFER_CHANNEL_BINDINGS, NULL } };
    SecBuffer out = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 0, in }, out_desc = { SECBUFFER_VERSION, 1, &out };
    struct detail before;
    SECURITY_STATUS status;

    if (l->from_server) {
        in[0].cbBuffer = (ULONG)l->from_server->bv_len;
        in[0].pvBuffer = l->from_server->bv_val;
    }
    in[1].cbBuffer = (ULONG)l->bindings.len;
    in[1].pvBuffer = l->bindings.ptr;
    in_desc.cBuffers = l->bindings.len ? 2 : 1;
    before = *detail_get();
    status = InitializeSecurityContextA(
        (PCredHandle)(uintptr_t)s->credential, s->has_context ? &s->context : NULL,
        (SEC_CHAR *)(uintptr_t)l->spn, l->wanted | ISC_REQ_ALLOCATE_MEMORY, 0, SECURITY_NATIVE_DREP,
        s->has_context || l->bindings.len ? &in_desc : NULL, 0, &s->context, &out_desc, &l->got,
        NULL);
    status = sspi_inner(status, &before);
    if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED) {
        sspi_free_buffer(out.pvBuffer); /* a token that says why may come with a failure */
        return sspi_failed(status, "authenticating to the directory");
    }
    s->has_context = true;
    l->established = status == SEC_E_OK;
    l->to_server = (struct berval){ out.cbBuffer, out.pvBuffer };
    return ERR_OK;
}

static enum err legs(struct sasl *s, LDAP *ld, struct leg *l, unsigned timeout_ms)
{
    bool done = false;
    int n;
    enum err e = ERR_OK;

    for (n = 0; !e; n++) {
        if (n == LEGS_MAX)
            return detail_fail(ERR_UNEXPECTED, "the bind goes on after %d legs", LEGS_MAX);
        if (done && l->established && !(l->from_server && l->from_server->bv_len))
            return ERR_OK;
        if (!l->established)
            e = step(s, l);
        if (e || (done && l->established))
            return e;
        if (done)
            return detail_fail(ERR_NO_MUTUAL_AUTH, "the directory ended the bind before it proved "
                                                   "who it is");
        ber_bvfree(l->from_server);
        l->from_server = NULL;
        e = exchange(ld, &l->to_server, timeout_ms, &l->from_server, &done);
        sspi_free_buffer(l->to_server.bv_val);
        l->to_server = (struct berval){ 0 };
    }
    return e;
}

static enum err check_result(struct sasl *s, const struct leg *l)
{
    ULONG lacking = l->wanted & ~l->got;
    struct detail before;
    SECURITY_STATUS status;

    if (lacking & ISC_REQ_MUTUAL_AUTH)
        return detail_fail(ERR_NO_MUTUAL_AUTH, "the directory server did not prove who it is");
    if (lacking & (ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY))
        return detail_fail(ERR_POLICY, "the directory server does not sign and seal (flags %#x)",
                           (unsigned)l->got);
    before = *detail_get();
    status =
        sspi_inner(QueryContextAttributesA(&s->context, SECPKG_ATTR_SIZES, &s->sizes), &before);
    return status == SEC_E_OK ? ERR_OK : sspi_failed(status, "asking for message sizes");
}

enum err sasl_bind(struct sasl *s, LDAP *ld, const char *spn, struct bytes tls_binding,
                   unsigned timeout_ms)
{
    struct leg l = { .spn = spn, .wanted = ISC_REQ_MUTUAL_AUTH };
    enum err e = ERR_OK;

    if (s->has_context) /* what a server that fell silent half way left behind */
        sspi_end_context(&s->context);
    s->has_context = false;
    if (tls_binding.len) {
        e = make_bindings(tls_binding, &l.bindings);
        l.wanted |= ISC_REQ_NO_INTEGRITY; /* servers refuse a layer inside TLS */
    } else {
        l.wanted |= ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_SEQUENCE_DETECT |
                    ISC_REQ_REPLAY_DETECT;
    }
    if (!e)
        e = legs(s, ld, &l, timeout_ms);
    if (!e)
        e = check_result(s, &l);
    if (!e && !tls_binding.len)
        e = sasl_layer_add(s, ld);
    sspi_free_buffer(l.to_server.bv_val);
    ber_bvfree(l.from_server);
    buf_free(&l.bindings);
    return e;
}

enum err sasl_seal(struct sasl *s, struct bytes plain, struct buf *ret_packet)
{
    size_t token = s->sizes.cbSecurityTrailer, pad = s->sizes.cbBlockSize, n;
    SecBuffer b[3];
    SecBufferDesc desc = { SECBUFFER_VERSION, 3, b };
    struct buf p = { 0 };
    struct detail before;
    SECURITY_STATUS status;
    enum err e = buf_new(4 + token + plain.len + pad, &p);

    if (e)
        return e;
    memcpy(p.ptr + 4 + token, plain.ptr, plain.len);
    b[0] = (SecBuffer){ (ULONG)token, SECBUFFER_TOKEN, p.ptr + 4 };
    b[1] = (SecBuffer){ (ULONG)plain.len, SECBUFFER_DATA, p.ptr + 4 + token };
    b[2] = (SecBuffer){ (ULONG)pad, SECBUFFER_PADDING, p.ptr + 4 + token + plain.len };
    before = *detail_get();
    status = sspi_inner(EncryptMessage(&s->context, 0, &desc, 0), &before);
    if (status != SEC_E_OK) {
        buf_free(&p);
        return sspi_failed(status, "sealing a request to the directory");
    }
    /* A token shorter than the room it was given would leave a gap before the data. */
    memmove(p.ptr + 4 + b[0].cbBuffer, p.ptr + 4 + token, plain.len);
    memmove(p.ptr + 4 + b[0].cbBuffer + plain.len, p.ptr + 4 + token + plain.len, b[2].cbBuffer);
    n = b[0].cbBuffer + plain.len + b[2].cbBuffer;
    p.ptr[0] = (uint8_t)(n >> 24);
    p.ptr[1] = (uint8_t)(n >> 16);
    p.ptr[2] = (uint8_t)(n >> 8);
    p.ptr[3] = (uint8_t)n;
    p.len = 4 + n;
    *ret_packet = p;
    return ERR_OK;
}

enum err sasl_unseal(struct sasl *s, struct buf packet, struct bytes *ret_plain)
{
    SecBuffer b[2] = { { (ULONG)packet.len, SECBUFFER_STREAM, packet.ptr },
                       { 0, SECBUFFER_DATA, NULL } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 2, b };
    ULONG qop = 0;
    struct detail before = *detail_get();
    SECURITY_STATUS status = sspi_inner(DecryptMessage(&s->context, &desc, 0, &qop), &before);

    if (status != SEC_E_OK)
        return sspi_failed(status, "opening an answer of the directory");
    if (qop & SECQOP_WRAP_NO_ENCRYPT)
        return detail_fail(ERR_POLICY, "the directory sent an answer that is not sealed");
    *ret_plain = bytes_of(b[1].pvBuffer, b[1].cbBuffer);
    return ERR_OK;
}
