/* SPDX-License-Identifier: Apache-2.0
 * test_status.c - every row of docs/status.md, provoked for real, with both packages.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/pair.h"
#include "lib/unit.h"

#define CLIENT_FULL                                                                                \
    (ISC_REQ_MUTUAL_AUTH | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_INTEGRITY |   \
     ISC_REQ_CONFIDENTIALITY)
#define SERVER_FULL                                                                                \
    (ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT | ASC_REQ_INTEGRITY | ASC_REQ_CONFIDENTIALITY)

enum { HOUR = 3600 };

static const char *package; /* the one a test is about; each is run with both */

static struct buf first_token(struct pair *p)
{
    struct buf token = { 0 };

    assert_int_equal(side_step(&p->client, bytes_of(NULL, 0), &token), SEC_I_CONTINUE_NEEDED);
    return token;
}

/* The client's first leg ends with this. */
static void client_fails(struct pair *p, SECURITY_STATUS want)
{
    struct buf token = { 0 };

    pair_expect(side_step(&p->client, bytes_of(NULL, 0), &token), want);
    assert_int_equal(token.len, 0);
    assert_false(p->client.has_ctx);
}

/* The server's first leg ends with this. */
static void server_fails(struct pair *p, struct buf *token, SECURITY_STATUS want)
{
    struct buf reply = { 0 };

    pair_expect(side_step(&p->server, buf_view(*token), &reply), want);
    assert_false(p->server.has_ctx);
    buf_free(token);
    buf_free(&reply);
}

static void client_with(struct pair *p, CS_CREDENTIAL_OPTIONS *o)
{
    FreeCredentialsHandle(&p->client.cred);
    pair_acquire(&p->client, o);
}

static void unknown_target(void **state)
{
    CS_ERROR_DETAIL d = { .size = sizeof d };
    struct pair p;

    (void)state;
    pair_begin(&p, package, CLIENT_FULL, SERVER_FULL);
    p.client.target = "nobody/of.this.name";
    client_fails(&p, SEC_E_TARGET_UNKNOWN);
    CsGetErrorDetail(&d);
    assert_non_null(strstr(d.asked, "nobody/of.this.name"));
    assert_true(strlen(d.remedy) > 0);
    pair_end(&p);
}

/* The ticket is for another account's service: ours has no key for it. */
static void wrong_target(void **state)
{
    char target[200];
    struct pair p;
    struct buf token;

    (void)state;
    snprintf(target, sizeof target, "host/%s", getenv("HOST_NAME"));
    pair_begin(&p, package, CLIENT_FULL, SERVER_FULL);
    p.client.target = target;
    token = first_token(&p);
    server_fails(&p, &token, SEC_E_WRONG_PRINCIPAL);
    pair_end(&p);
}

static void no_credentials(void **state)
{
    CS_CREDENTIAL_OPTIONS o = pair_options(package, SECPKG_CRED_OUTBOUND);
    CredHandle cred;

    (void)state;
    o.ccache = "FILE:/nonexistent/cache";
    pair_expect(CsAcquireCredentials(&o, &cred, NULL), SEC_E_NO_CREDENTIALS);
    o = pair_options(package, SECPKG_CRED_INBOUND);
    o.keytab = "FILE:/nonexistent/keytab";
    pair_expect(CsAcquireCredentials(&o, &cred, NULL), SEC_E_NO_CREDENTIALS);
}

static void wrong_use_of_credentials(void **state)
{
    struct pair p;
    CredHandle swap;

    (void)state;
    pair_begin(&p, package, CLIENT_FULL, SERVER_FULL);
    swap = p.client.cred;
    p.client.cred = p.server.cred;
    client_fails(&p, SEC_E_NO_CREDENTIALS);
    p.client.cred = swap;
    pair_end(&p);
}

static void wrong_password(void **state)
{
    CS_CREDENTIAL_OPTIONS o = pair_options(package, SECPKG_CRED_OUTBOUND);
    struct pair p;

    (void)state;
    pair_begin(&p, package, CLIENT_FULL, SERVER_FULL);
    o.user = getenv("PERSON");
    o.password = "not the password";
    client_with(&p, &o);
    client_fails(&p, SEC_E_LOGON_DENIED);
    o.user = "no-such-person";
    client_with(&p, &o);
    client_fails(&p, SEC_E_LOGON_DENIED);
    pair_end(&p);
}

static void no_authority(void **state)
{
    CS_CREDENTIAL_OPTIONS o = pair_options(package, SECPKG_CRED_OUTBOUND);
    struct pair p;

    (void)state;
    pair_begin(&p, package, CLIENT_FULL, SERVER_FULL);
    o.user = getenv("PERSON");
    o.password = getenv("PERSON_PASSWORD");
    o.kdc = "127.0.0.1:1"; /* nobody listens */
    client_with(&p, &o);
    client_fails(&p, SEC_E_NO_AUTHENTICATING_AUTHORITY);
    pair_end(&p);
}

static void clock_skew(void **state)
{
    struct pair p;
    struct buf token;

    (void)state;
    pair_begin(&p, package, CLIENT_FULL, SERVER_FULL);
    token = first_token(&p);
    clock_shift(HOUR / 4);
    server_fails(&p, &token, SEC_E_TIME_SKEW);
    clock_shift(0);
    pair_end(&p);
}

static void expired_ticket(void **state)
{
    struct pair p;
    struct buf token;

    (void)state;
    pair_begin(&p, package, CLIENT_FULL, SERVER_FULL);
    token = first_token(&p);
    clock_shift(11 * HOUR);
    server_fails(&p, &token, SEC_E_CONTEXT_EXPIRED);
    clock_shift(0);
    pair_end(&p);
}

static void expired_context(void **state)
{
    struct bytes text = bytes_of_text("late");
    struct buf sig = { 0 }, early = { 0 };
    bool encrypted = false;
    struct pair p;

    (void)state;
    pair_make(&p, package, CLIENT_FULL, SERVER_FULL);
    pair_ok(side_sign(&p.client, text, &early));
    clock_shift(11 * HOUR);
    pair_expect(side_sign(&p.client, text, &sig), SEC_E_CONTEXT_EXPIRED);
    pair_expect(side_verify(&p.server, text, buf_view(early)), SEC_E_CONTEXT_EXPIRED);
    pair_expect(side_wrap(&p.client, true, text, &sig), SEC_E_CONTEXT_EXPIRED);
    pair_expect(side_unwrap(&p.server, buf_view(early), &sig, &encrypted), SEC_E_CONTEXT_EXPIRED);
    pair_expect(CsProtectMessages(&p.client.ctx, 0, 0, NULL, NULL), SEC_E_CONTEXT_EXPIRED);
    clock_shift(0);
    buf_free(&early);
    pair_end(&p);
}

static void altered(void **state)
{
    struct bytes text = bytes_of_text("what is said");
    struct buf sig = { 0 }, wrapped = { 0 }, plain = { 0 };
    bool encrypted = false;
    struct pair p;

    (void)state;
    pair_make(&p, package, CLIENT_FULL, SERVER_FULL);
    pair_ok(side_sign(&p.client, text, &sig));
    pair_expect(side_verify(&p.server, bytes_of_text("what is sbid"), buf_view(sig)),
                SEC_E_MESSAGE_ALTERED);
    sig.ptr[sig.len - 1] ^= 1;
    pair_expect(side_verify(&p.server, text, buf_view(sig)), SEC_E_MESSAGE_ALTERED);
    pair_ok(side_wrap(&p.client, true, text, &wrapped));
    wrapped.ptr[wrapped.len - 1] ^= 1;
    pair_expect(side_unwrap(&p.server, buf_view(wrapped), &plain, &encrypted),
                SEC_E_MESSAGE_ALTERED);
    buf_free(&sig);
    buf_free(&wrapped);
    pair_end(&p);
}

static void out_of_sequence(void **state)
{
    struct bytes text = bytes_of_text("what is said");
    struct buf sig[3] = { { 0 } };
    struct pair p;
    int i;

    (void)state;
    pair_make(&p, package, CLIENT_FULL, SERVER_FULL);
    for (i = 0; i < 3; i++)
        pair_ok(side_sign(&p.client, text, &sig[i]));
    pair_ok(side_verify(&p.server, text, buf_view(sig[0])));
    pair_expect(side_verify(&p.server, text, buf_view(sig[0])), SEC_E_OUT_OF_SEQUENCE);
    pair_expect(side_verify(&p.server, text, buf_view(sig[2])), SEC_E_OUT_OF_SEQUENCE);
    pair_ok(side_verify(&p.server, text, buf_view(sig[1]))); /* what was refused changed nothing */
    pair_ok(side_verify(&p.server, text, buf_view(sig[2])));
    for (i = 0; i < 3; i++)
        buf_free(&sig[i]);
    pair_end(&p);
}

static void before_it_is_established(void **state)
{
    SecBuffer b = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc d = { SECBUFFER_VERSION, 1, &b };
    struct pair p;
    struct buf token;
    void *access = NULL;

    (void)state;
    pair_begin(&p, package, CLIENT_FULL, SERVER_FULL);
    token = first_token(&p);
    pair_expect(MakeSignature(&p.client.ctx, 0, &d, 0), SEC_E_OUT_OF_SEQUENCE);
    pair_expect(DecryptMessage(&p.client.ctx, &d, 0, NULL), SEC_E_OUT_OF_SEQUENCE);
    pair_expect(ImpersonateSecurityContext(&p.client.ctx), SEC_E_OUT_OF_SEQUENCE);
    pair_expect(QuerySecurityContextToken(&p.client.ctx, &access), SEC_E_OUT_OF_SEQUENCE);
    buf_free(&token);
    pair_end(&p);
}

static void after_it_is_established(void **state)
{
    struct buf token = { 0 };
    struct pair p;

    (void)state;
    pair_make(&p, package, CLIENT_FULL, SERVER_FULL);
    pair_expect(side_step(&p.client, bytes_of("x", 1), &token), SEC_E_OUT_OF_SEQUENCE);
    pair_expect(side_step(&p.server, bytes_of("x", 1), &token), SEC_E_OUT_OF_SEQUENCE);
    pair_end(&p);
}

static void not_a_token(void **state)
{
    struct buf token = { 0 };
    struct pair p;

    (void)state;
    pair_begin(&p, package, CLIENT_FULL, SERVER_FULL);
    pair_expect(side_step(&p.server, bytes_of_text("no token"), &token), SEC_E_INVALID_TOKEN);
    if (strcmp(package, "Kerberos") == 0) {
        pair_expect(side_step(&p.server, bytes_of(NULL, 0), &token), SEC_E_INVALID_TOKEN);
    } else { /* Negotiate's server may speak first, and says what it can do */
        assert_int_equal(side_step(&p.server, bytes_of(NULL, 0), &token), SEC_I_CONTINUE_NEEDED);
        assert_true(token.len > 0);
    }
    buf_free(&token);
    pair_end(&p);
}

/* One leg with channel bindings of this text; NULL: none. */
static SECURITY_STATUS bound_leg(struct side *s, const char *bindings, struct bytes in,
                                 struct buf *ret)
{
    struct {
        SEC_CHANNEL_BINDINGS head;
        char text[64];
    } x = { .head = { .dwApplicationDataOffset = sizeof(SEC_CHANNEL_BINDINGS) } };
    SecBuffer inb[2] = { { (ULONG)in.len, SECBUFFER_TOKEN, (void *)in.ptr },
                         { sizeof x, SECBUFFER_CHANNEL_BINDINGS, &x } };
    SecBuffer outb = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc ind = { SECBUFFER_VERSION, bindings ? 2 : 1, inb };
    SecBufferDesc outd = { SECBUFFER_VERSION, 1, &outb };
    SECURITY_STATUS ss;

    if (bindings) {
        strncat(x.text, bindings, sizeof x.text - 1);
        x.head.cbApplicationDataLength = (ULONG)strlen(bindings);
    }
    if (s->initiator)
        ss = InitializeSecurityContextA(&s->cred, s->has_ctx ? &s->ctx : NULL, s->target,
                                        s->flags | ISC_REQ_ALLOCATE_MEMORY, 0, 0, &ind, 0, &s->ctx,
                                        &outd, &s->got, NULL);
    else
        ss = AcceptSecurityContext(&s->cred, s->has_ctx ? &s->ctx : NULL, &ind,
                                   s->flags | ASC_REQ_ALLOCATE_MEMORY, 0, &s->ctx, &outd, &s->got,
                                   NULL);
    s->has_ctx = s->has_ctx || ss >= 0;
    if (outb.cbBuffer)
        assert_int_equal(buf_copy(bytes_of(outb.pvBuffer, outb.cbBuffer), ret), ERR_OK);
    FreeContextBuffer(outb.pvBuffer);
    return ss;
}

static void bind_both(const char *client, const char *server, ULONG server_flags,
                      SECURITY_STATUS want)
{
    struct buf token = { 0 }, reply = { 0 };
    SECURITY_STATUS ss;
    struct pair p;

    pair_begin(&p, package, CLIENT_FULL, SERVER_FULL | server_flags);
    assert_int_equal(bound_leg(&p.client, client, bytes_of(NULL, 0), &token),
                     SEC_I_CONTINUE_NEEDED);
    ss = bound_leg(&p.server, server, buf_view(token), &reply);
    if (want == SEC_E_OK)
        pair_ok(ss);
    else
        pair_expect(ss, want);
    buf_free(&token);
    buf_free(&reply);
    pair_end(&p);
}

static void bad_bindings(void **state)
{
    (void)state;
    bind_both("tls-unique:1", "tls-unique:1", 0, SEC_E_OK);
    bind_both("tls-unique:1", NULL, 0, SEC_E_OK);
    bind_both("tls-unique:1", "tls-unique:2", 0, SEC_E_BAD_BINDINGS);
    bind_both("tls-unique:1", "tls-unique:2", ASC_REQ_ALLOW_MISSING_BINDINGS, SEC_E_BAD_BINDINGS);
    bind_both(NULL, "tls-unique:1", 0, SEC_E_BAD_BINDINGS);
    bind_both(NULL, "tls-unique:1", ASC_REQ_ALLOW_MISSING_BINDINGS, SEC_E_OK);
}

/* What another process of the service says to the same token; its exit status. */
static bool refused_elsewhere(struct buf *token)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        CS_CREDENTIAL_OPTIONS o = pair_options(package, SECPKG_CRED_INBOUND);
        struct side s = { .flags = SERVER_FULL };
        struct buf reply = { 0 };

        o.keytab = getenv("SERVICE_KEYTAB");
        if (CsAcquireCredentials(&o, &s.cred, NULL) != SEC_E_OK)
            _exit(2);
        _exit(side_step(&s, buf_view(*token), &reply) == SEC_E_LOGON_DENIED ? 0 : 1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

/* A process after the first stands for a restarted service as well: it knows only what is on disk.
 */
static void replayed_authentication(void **state)
{
    struct buf token, reply = { 0 };
    struct pair p;

    (void)state;
    pair_begin(&p, package, CLIENT_FULL, SERVER_FULL);
    token = first_token(&p);
    pair_ok(side_step(&p.server, buf_view(token), &reply));
    DeleteSecurityContext(&p.server.ctx);
    p.server.has_ctx = false;
    assert_true(refused_elsewhere(&token));
    assert_true(refused_elsewhere(&token));
    server_fails(&p, &token, SEC_E_LOGON_DENIED);
    buf_free(&reply);
    pair_end(&p);
}

/* The same call, once more with room enough, hands over what was made. */
static void buffer_too_small(void **state)
{
    uint8_t room[4096];
    SecBuffer outb = { 10, SECBUFFER_TOKEN, room };
    SecBufferDesc outd = { SECBUFFER_VERSION, 1, &outb };
    SecBuffer inb = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc ind = { SECBUFFER_VERSION, 1, &inb };
    struct buf last = { 0 };
    struct pair p;
    struct buf token;
    ULONG flags = 0;

    (void)state;
    pair_begin(&p, package, CLIENT_FULL, SERVER_FULL);
    token = first_token(&p);
    inb = (SecBuffer){ (ULONG)token.len, SECBUFFER_TOKEN, token.ptr };
    pair_expect(AcceptSecurityContext(&p.server.cred, NULL, &ind, SERVER_FULL, 0, &p.server.ctx,
                                      &outd, &flags, NULL),
                SEC_E_BUFFER_TOO_SMALL);
    assert_true(outb.cbBuffer > 10 && outb.cbBuffer < sizeof room);
    p.server.has_ctx = true;
    pair_ok(AcceptSecurityContext(&p.server.cred, &p.server.ctx, &ind, SERVER_FULL, 0,
                                  &p.server.ctx, &outd, &flags, NULL));
    pair_ok(side_step(&p.client, bytes_of(room, outb.cbBuffer), &last));
    buf_free(&token);

    outb = (SecBuffer){ 5, SECBUFFER_TOKEN, room };
    pair_expect(MakeSignature(&p.client.ctx, 0, &outd, 0), SEC_E_BUFFER_TOO_SMALL);
    outb.BufferType = SECBUFFER_DATA;
    pair_expect(MakeSignature(&p.client.ctx, 0, &outd, 0), SEC_E_INVALID_TOKEN);
    pair_end(&p);
}

static void quality_not_supported(void **state)
{
    uint8_t room[256];
    SecBuffer b[2] = { { 100, SECBUFFER_TOKEN, room }, { 16, SECBUFFER_DATA, room + 100 } };
    SecBufferDesc d = { SECBUFFER_VERSION, 2, b };
    struct pair p;

    (void)state;
    pair_make(&p, package, CLIENT_FULL, SERVER_FULL);
    pair_expect(EncryptMessage(&p.client.ctx, 7, &d, 0), SEC_E_QOP_NOT_SUPPORTED);
    pair_end(&p);
}

static void stale_handles(void **state)
{
    SecPkgContext_Flags flags;
    struct pair p;
    CredHandle cred;
    CtxtHandle ctx;

    (void)state;
    pair_make(&p, package, CLIENT_FULL, SERVER_FULL);
    cred = p.client.cred;
    ctx = p.client.ctx;
    pair_end(&p);
    pair_make(&p, package, CLIENT_FULL, SERVER_FULL); /* may live in the same slots */
    pair_expect(QueryContextAttributesA(&ctx, SECPKG_ATTR_FLAGS, &flags), SEC_E_INVALID_HANDLE);
    pair_expect(FreeCredentialsHandle(&cred), SEC_E_INVALID_HANDLE);
    pair_expect(DeleteSecurityContext(&ctx), SEC_E_INVALID_HANDLE);
    pair_expect(FreeCredentialsHandle(&p.client.ctx), SEC_E_INVALID_HANDLE); /* another kind */
    pair_ok(QueryContextAttributesA(&p.client.ctx, SECPKG_ATTR_FLAGS, &flags));
    pair_end(&p);
}

static void a_context_outlives_its_credential_handle(void **state)
{
    struct buf sig = { 0 };
    struct pair p;

    (void)state;
    pair_make(&p, package, CLIENT_FULL, SERVER_FULL);
    pair_ok(FreeCredentialsHandle(&p.client.cred));
    pair_ok(side_sign(&p.client, bytes_of_text("x"), &sig));
    pair_ok(side_verify(&p.server, bytes_of_text("x"), buf_view(sig)));
    buf_free(&sig);
    p.client.has_cred = false;
    pair_end(&p);
}

static void no_target_name(void **state)
{
    struct pair p;

    (void)state;
    pair_begin(&p, package, CLIENT_FULL, SERVER_FULL);
    p.client.target = NULL;
    client_fails(&p, SEC_E_TARGET_UNKNOWN);
    pair_end(&p);
}

static int back_to_now(void **state)
{
    (void)state;
    clock_shift(0);
    return 0;
}

int main(void)
{
#define ROW(f) cmocka_unit_test_teardown(f, back_to_now)
    const struct CMUnitTest tests[] = {
        ROW(unknown_target),
        ROW(wrong_target),
        ROW(no_target_name),
        ROW(no_credentials),
        ROW(wrong_use_of_credentials),
        ROW(wrong_password),
        ROW(no_authority),
        ROW(clock_skew),
        ROW(expired_ticket),
        ROW(expired_context),
        ROW(altered),
        ROW(out_of_sequence),
        ROW(before_it_is_established),
        ROW(after_it_is_established),
        ROW(not_a_token),
        ROW(bad_bindings),
        ROW(replayed_authentication),
        ROW(buffer_too_small),
        ROW(quality_not_supported),
        ROW(stale_handles),
        ROW(a_context_outlives_its_credential_handle),
    };
    int failed;

    package = "Kerberos";
    failed = cmocka_run_group_tests_name("Kerberos", tests, NULL, NULL);
    package = "Negotiate";
    return failed + cmocka_run_group_tests_name("Negotiate", tests, NULL, NULL);
}
