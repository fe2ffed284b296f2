/* SPDX-License-Identifier: Apache-2.0
 * test_sspi.c - the security functions against a real domain, both packages, both sides.
 */
#include <pthread.h>
#include <time.h>

#include "base/alloc.h"
#include "countersign/authz.h"
#include "countersign/securitybaseapi.h"
#include "countersign/windows.h"
#include "lib/pair.h"
#include "lib/unit.h"

#define CLIENT_FULL                                                                                \
    (ISC_REQ_MUTUAL_AUTH | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_INTEGRITY |   \
     ISC_REQ_CONFIDENTIALITY)
#define SERVER_FULL                                                                                \
    (ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT | ASC_REQ_INTEGRITY | ASC_REQ_CONFIDENTIALITY)

static const char *const packages[] = { "Kerberos", "Negotiate" };
enum { PACKAGES = 2 };

/* A message there and back, signed and sealed. */
static void speak(struct side *from, struct side *to)
{
    struct bytes text = bytes_of_text("what is said");
    struct buf sig = { 0 }, wrapped = { 0 }, plain = { 0 };
    bool encrypted = false;

    pair_ok(side_sign(from, text, &sig));
    pair_ok(side_verify(to, text, buf_view(sig)));
    pair_ok(side_wrap(from, true, text, &wrapped));
    pair_ok(side_unwrap(to, buf_view(wrapped), &plain, &encrypted));
    assert_true(encrypted);
    unit_assert_bytes(buf_view(plain), text);
    buf_free(&sig);
    buf_free(&wrapped);
    buf_free(&plain);
}

static void both_packages_authenticate_in_every_style(void **state)
{
    static const ULONG styles[][2] = {
        { ISC_REQ_INTEGRITY, ASC_REQ_INTEGRITY },
        { CLIENT_FULL & ~ISC_REQ_MUTUAL_AUTH, SERVER_FULL },
        { CLIENT_FULL, SERVER_FULL },
        { CLIENT_FULL | ISC_REQ_USE_DCE_STYLE, SERVER_FULL | ASC_REQ_USE_DCE_STYLE },
        { CLIENT_FULL | ISC_REQ_IDENTIFY, SERVER_FULL },
    };
    size_t i;
    int k;

    (void)state;
    for (k = 0; k < PACKAGES; k++) {
        for (i = 0; i < sizeof styles / sizeof styles[0]; i++) {
            struct pair p;

            pair_make(&p, packages[k], styles[i][0], styles[i][1]);
            if (styles[i][0] & ISC_REQ_CONFIDENTIALITY) {
                speak(&p.client, &p.server);
                speak(&p.server, &p.client);
            }
            assert_int_equal(!!(p.client.got & ISC_RET_MUTUAL_AUTH),
                             !!(styles[i][0] & ISC_REQ_MUTUAL_AUTH));
            assert_int_equal(!!(p.server.got & ASC_RET_USED_DCE_STYLE),
                             !!(styles[i][0] & ISC_REQ_USE_DCE_STYLE));
            assert_int_equal(!!(p.server.got & ASC_RET_IDENTIFY),
                             !!(styles[i][0] & ISC_REQ_IDENTIFY));
            assert_true(p.client.got & ISC_RET_ALLOCATED_MEMORY);
            pair_end(&p);
        }
    }
}

static void text_is(const void *got, bool as_wide, const char *want)
{
    size_t i;

    want = want ? want : "";
    for (i = 0; i <= strlen(want); i++)
        assert_int_equal(as_wide ? ((const WCHAR *)got)[i] : ((const unsigned char *)got)[i],
                         (unsigned char)want[i]);
}

/* Asks by the A function or the W one: one test serves both. */
static bool wide;

static void ask(struct side *s, ULONG attribute, void *to)
{
    pair_ok(wide ? QueryContextAttributesW(&s->ctx, attribute, to)
                 : QueryContextAttributesA(&s->ctx, attribute, to));
}

static void names_are(struct side *s, const char *client, const char *server, const char *realm)
{
    SecPkgContext_NamesA names;
    SecPkgContext_NativeNamesA native;
    SecPkgContext_AuthorityA authority;
    SecPkgContext_DceInfo dce;
    SecPkgContext_ClientSpecifiedTarget target;

    ask(s, SECPKG_ATTR_NAMES, &names);
    text_is(names.sUserName, wide, client);
    FreeContextBuffer(names.sUserName);
    ask(s, SECPKG_ATTR_NATIVE_NAMES, &native);
    text_is(native.sClientName, wide, client);
    text_is(native.sServerName, wide, server);
    FreeContextBuffer(native.sClientName);
    FreeContextBuffer(native.sServerName);
    ask(s, SECPKG_ATTR_AUTHORITY, &authority);
    text_is(authority.sAuthorityName, wide, realm);
    FreeContextBuffer(authority.sAuthorityName);
    ask(s, SECPKG_ATTR_DCE_INFO, &dce);
    text_is(dce.pPac, wide, client);
    FreeContextBuffer(dce.pPac);
    ask(s, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target);
    text_is(target.sTargetName, true, s->initiator ? getenv("SERVICE_SPN") : server);
    FreeContextBuffer(target.sTargetName);
}

static void package_is(struct side *s, const char *name)
{
    SecPkgContext_PackageInfoA info;
    SecPkgContext_NegotiationInfoA nego;

    ask(s, SECPKG_ATTR_PACKAGE_INFO, &info);
    text_is(info.PackageInfo->Name, wide, name);
    FreeContextBuffer(info.PackageInfo);
    ask(s, SECPKG_ATTR_NEGOTIATION_INFO, &nego);
    text_is(nego.PackageInfo->Name, wide, name);
    assert_int_equal(nego.NegotiationState, SECPKG_NEGOTIATION_COMPLETE);
    FreeContextBuffer(nego.PackageInfo);
}

static void the_rest_makes_sense(struct side *s)
{
    SecPkgContext_Sizes sizes;
    SecPkgContext_Lifespan life;
    SecPkgContext_KeyInfoA key;
    SecPkgContext_Flags flags;
    SecPkgContext_LastClientTokenStatus last;

    ask(s, SECPKG_ATTR_SIZES, &sizes);
    assert_true(sizes.cbMaxToken >= 12000);
    assert_true(sizes.cbMaxSignature >= 28 && sizes.cbSecurityTrailer >= 60);
    ask(s, SECPKG_ATTR_LIFESPAN, &life);
    assert_true(life.tsStart.QuadPart < life.tsExpiry.QuadPart);
    assert_true(life.tsExpiry.QuadPart < INT64_MAX);
    ask(s, SECPKG_ATTR_KEY_INFO, &key);
    assert_int_equal(key.KeySize, 256);
    assert_int_equal(key.EncryptAlgorithm, 18);
    FreeContextBuffer(key.sEncryptAlgorithmName);
    FreeContextBuffer(key.sSignatureAlgorithmName);
    ask(s, SECPKG_ATTR_FLAGS, &flags);
    assert_true(flags.Flags & (s->initiator ? ISC_RET_INTEGRITY : ASC_RET_INTEGRITY));
    ask(s, SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, &last);
    assert_int_equal(last.LastClientTokenStatus, SecPkgAttrLastClientTokenYes);
    pair_expect(QueryContextAttributesA(&s->ctx, SECPKG_ATTR_STREAM_SIZES, &sizes),
                SEC_E_UNSUPPORTED_FUNCTION);
    pair_expect(QueryContextAttributesExA(&s->ctx, SECPKG_ATTR_SIZES, &sizes, 15),
                SEC_E_BUFFER_TOO_SMALL);
    pair_expect(QueryContextAttributesExW(&s->ctx, SECPKG_ATTR_SIZES, NULL, 16),
                SEC_E_INVALID_PARAMETER);
}

static void every_attribute_is_answered_in_both_forms(void **state)
{
    char client[200], server[200];
    int i;

    (void)state;
    snprintf(client, sizeof client, "%s@%s", getenv("PERSON"), getenv("REALM"));
    snprintf(server, sizeof server, "%s@%s", getenv("SERVICE_SPN"), getenv("REALM"));
    for (i = 0; i < 2 * PACKAGES; i++) {
        SecPkgContext_SessionKey a, b;
        struct pair p;

        wide = i % 2;
        pair_make(&p, packages[i / 2], CLIENT_FULL, SERVER_FULL);
        names_are(&p.client, client, server, getenv("REALM"));
        names_are(&p.server, client, server, getenv("REALM"));
        package_is(&p.client, "Kerberos");
        package_is(&p.server, "Kerberos");
        the_rest_makes_sense(&p.client);
        the_rest_makes_sense(&p.server);
        ask(&p.client, SECPKG_ATTR_SESSION_KEY, &a);
        ask(&p.server, SECPKG_ATTR_SESSION_KEY, &b);
        unit_assert_bytes(bytes_of(a.SessionKey, a.SessionKeyLength),
                          bytes_of(b.SessionKey, b.SessionKeyLength));
        FreeContextBuffer(a.SessionKey);
        FreeContextBuffer(b.SessionKey);
        pair_end(&p);
    }
}

static void an_unfinished_context_tells_only_what_it_knows(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < PACKAGES; i++) {
        SecPkgContext_LastClientTokenStatus last;
        SecPkgContext_ClientSpecifiedTarget target;
        SecPkgContext_Sizes sizes;
        struct buf token = { 0 };
        struct pair p;

        pair_begin(&p, packages[i], CLIENT_FULL, SERVER_FULL);
        assert_int_equal(side_step(&p.client, bytes_of(NULL, 0), &token), SEC_I_CONTINUE_NEEDED);
        pair_expect(QueryContextAttributesA(&p.client.ctx, SECPKG_ATTR_SIZES, &sizes),
                    SEC_E_OUT_OF_SEQUENCE);
        pair_ok(
            QueryContextAttributesA(&p.client.ctx, SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, &last));
        assert_int_equal(last.LastClientTokenStatus,
                         i ? SecPkgAttrLastClientTokenMaybe : SecPkgAttrLastClientTokenYes);
        pair_ok(
            QueryContextAttributesA(&p.client.ctx, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target));
        text_is(target.sTargetName, true, getenv("SERVICE_SPN"));
        FreeContextBuffer(target.sTargetName);
        buf_free(&token);
        pair_end(&p);
    }
}

static void wide_functions_do_what_narrow_ones_do(void **state)
{
    SEC_WINNT_AUTH_IDENTITY_W id = { .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE };
    WCHAR user[100], domain[100], password[100], target[100];
    SecBuffer in = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc ind = { SECBUFFER_VERSION, 1, &in };
    SecPkgCredentials_NamesW names;
    struct buf reply = { 0 };
    struct pair p;
    CredHandle cred;
    CtxtHandle ctx;
    ULONG flags = 0;
    TimeStamp when;

    (void)state;
    pair_begin(&p, "Negotiate", 0, SERVER_FULL);
    id.UserLength = (ULONG)cs_swprintf(user, 100, u"%hs", getenv("PERSON"));
    id.DomainLength = (ULONG)cs_swprintf(domain, 100, u"%hs", getenv("REALM"));
    id.PasswordLength = (ULONG)cs_swprintf(password, 100, u"%hs", getenv("PERSON_PASSWORD"));
    cs_swprintf(target, 100, u"%hs", getenv("SERVICE_SPN"));
    id.User = (USHORT *)user;
    id.Domain = (USHORT *)domain;
    id.Password = (USHORT *)password;
    pair_ok(AcquireCredentialsHandleW(NULL, (const WCHAR *)u"Negotiate", SECPKG_CRED_OUTBOUND, NULL,
                                      &id, NULL, NULL, &cred, &when));
    pair_ok(QueryCredentialsAttributesW(&cred, SECPKG_CRED_ATTR_NAMES, &names));
    assert_int_equal(cs_wcsnicmp(names.sUserName, user, id.UserLength), 0);
    FreeContextBuffer(names.sUserName);
    assert_int_equal(
        InitializeSecurityContextW(&cred, NULL, target, CLIENT_FULL | ISC_REQ_ALLOCATE_MEMORY, 0,
                                   SECURITY_NATIVE_DREP, NULL, 0, &ctx, &ind, &flags, &when),
        SEC_I_CONTINUE_NEEDED);
    pair_ok(side_step(&p.server, bytes_of(in.pvBuffer, in.cbBuffer), &reply));
    FreeContextBuffer(in.pvBuffer);
    in = (SecBuffer){ (ULONG)reply.len, SECBUFFER_TOKEN, reply.ptr };
    pair_ok(InitializeSecurityContextW(&cred, &ctx, target, CLIENT_FULL, 0, SECURITY_NATIVE_DREP,
                                       &ind, 0, &ctx, NULL, &flags, &when));
    assert_true(flags & ISC_RET_MUTUAL_AUTH);
    buf_free(&reply);
    pair_ok(DeleteSecurityContext(&ctx));
    pair_ok(FreeCredentialsHandle(&cred));
    pair_end(&p);
}

enum { BATCH = 150, BATCH_BYTES = 300, TRAILER = 100 };

static void a_batch_is_the_same_messages_one_by_one(void **state)
{
    static uint8_t data[BATCH][BATCH_BYTES], token[BATCH][TRAILER];
    SecBuffer b[BATCH][2];
    SecBufferDesc d[BATCH];
    SECURITY_STATUS ss[BATCH];
    struct pair p;
    int i;

    (void)state;
    pair_make(&p, "Negotiate", CLIENT_FULL, SERVER_FULL);
    for (i = 0; i < BATCH; i++) {
        memset(data[i], i, BATCH_BYTES);
        b[i][0] = (SecBuffer){ TRAILER, SECBUFFER_TOKEN, token[i] };
        b[i][1] = (SecBuffer){ (ULONG)(2 * i), SECBUFFER_DATA, data[i] };
        d[i] = (SecBufferDesc){ SECBUFFER_VERSION, 2, b[i] };
    }
    pair_ok(CsProtectMessages(&p.client.ctx, 0, BATCH, d, ss));
    pair_ok(DecryptMessage(&p.server.ctx, &d[0], 0, NULL));
    data[70][0] ^= 1;
    assert_int_equal(CsUnprotectMessages(&p.server.ctx, 0, BATCH - 1, d + 1, ss + 1),
                     SEC_E_MESSAGE_ALTERED);
    for (i = 1; i < BATCH; i++) {
        assert_int_equal(ss[i], i < 70    ? SEC_E_OK
                                : i == 70 ? SEC_E_MESSAGE_ALTERED
                                          : SEC_E_OUT_OF_SEQUENCE); /* the 70th never came */
        if (ss[i] == SEC_E_OK)
            assert_int_equal(data[i][2 * i - 1], i);
    }
    pair_end(&p);
}

/* Tickets are forwarded only to services the domain trusts with them. */
static void trust_for_delegation(const char *word)
{
    char command[300];

    snprintf(command, sizeof command,
             "KRB5_CONFIG=$DOMAIN_DIR/krb5.conf samba-tool delegation for-any-service %s %s "
             "-H $DOMAIN_DIR/private/sam.ldb",
             getenv("SERVICE_ACCOUNT"), word);
    assert_int_equal(system(command), 0);
}

static int trust(void **state)
{
    (void)state;
    trust_for_delegation("on");
    return 0;
}

static int distrust(void **state)
{
    (void)state;
    trust_for_delegation("off");
    return 0;
}

/* A server that accepted with one package connects on with either, as the client. */
static void impersonation_connects_in_the_clients_name(void **state)
{
    char want[200];
    int i;

    (void)state;
    snprintf(want, sizeof want, "%s@%s", getenv("PERSON"), getenv("REALM"));
    for (i = 0; i < 2 * PACKAGES; i++) {
        ULONG dce = i == 1 ? ISC_REQ_USE_DCE_STYLE : 0; /* the same bit on both sides */
        struct pair p, onward;
        SecPkgContext_NamesA names;
        char user[100];
        DWORD n = sizeof user;

        pair_make(&p, packages[i / 2], CLIENT_FULL | ISC_REQ_DELEGATE | dce, SERVER_FULL | dce);
        assert_true(p.server.got & ASC_RET_DELEGATE);
        pair_begin(&onward, packages[i % 2], CLIENT_FULL, SERVER_FULL);
        FreeCredentialsHandle(&onward.client.cred);
        pair_ok(ImpersonateSecurityContext(&p.server.ctx));
        assert_true(GetUserNameA(user, &n));
        assert_string_equal(user, getenv("PERSON"));
        pair_ok(AcquireCredentialsHandleA(NULL, (SEC_CHAR *)packages[i % 2], SECPKG_CRED_OUTBOUND,
                                          NULL, NULL, NULL, NULL, &onward.client.cred, NULL));
        pair_end(&p); /* the impersonation and the credential outlive the context */
        pair_expect(RevertSecurityContext(&p.server.ctx), SEC_E_INVALID_HANDLE);
        n = sizeof user;
        assert_true(GetUserNameA(user, &n));
        if (!pair_talk(&onward))
            pair_ok(onward.client_status);
        pair_ok(QueryContextAttributesA(&onward.server.ctx, SECPKG_ATTR_NAMES, &names));
        assert_string_equal(names.sUserName, want);
        FreeContextBuffer(names.sUserName);
        pair_end(&onward);
    }
}

static void *impersonate_and_end(void *arg)
{
    struct pair *p = arg;

    return ImpersonateSecurityContext(&p->server.ctx) == SEC_E_OK ? arg : NULL;
}

static void impersonation_is_the_threads_own_and_ends_with_it(void **state)
{
    struct pair p;
    pthread_t thread;
    void *ok = NULL;
    char mine[100], user[100];
    DWORD n = sizeof mine;

    (void)state;
    assert_true(GetUserNameA(mine, &n));
    pair_make(&p, "Kerberos", CLIENT_FULL | ISC_REQ_DELEGATE, SERVER_FULL);
    pthread_create(&thread, NULL, impersonate_and_end, &p);
    pthread_join(thread, &ok);
    assert_non_null(ok);
    n = sizeof user;
    assert_true(GetUserNameA(user, &n));
    assert_string_equal(user, mine);
    pair_end(&p);
}

/* The service may ask in the client's name; its domain lets it nowhere. */
static void without_delegation_nobody_is_reached_as_the_client(void **state)
{
    CS_CREDENTIAL_OPTIONS o = pair_options("Negotiate", SECPKG_CRED_OUTBOUND);
    struct side onward = { .target = getenv("SERVICE_SPN"), .flags = CLIENT_FULL };
    struct buf token = { 0 };
    struct pair p;

    (void)state;
    pair_make(&p, "Negotiate", CLIENT_FULL, SERVER_FULL);
    pair_expect(ImpersonateSecurityContext(&p.client.ctx), SEC_E_NO_IMPERSONATION);
    pair_ok(ImpersonateSecurityContext(&p.server.ctx));
    pair_acquire(&onward, &o);
    pair_ok(RevertSecurityContext(&p.server.ctx));
    pair_expect(side_step(&onward, (struct bytes){ 0 }, &token), SEC_E_DELEGATION_POLICY);
    buf_free(&token);
    side_end(&onward);
    pair_end(&p);
}

/* What AuthzAccessCheck says of a token's client. */
static DWORD access_of(HANDLE token, const char *text)
{
    AUTHZ_RESOURCE_MANAGER_HANDLE manager = NULL;
    AUTHZ_CLIENT_CONTEXT_HANDLE client = NULL;
    AUTHZ_ACCESS_REQUEST rq = { .DesiredAccess = 1 };
    PSECURITY_DESCRIPTOR d = NULL;
    DWORD granted = 0, error = 0;
    AUTHZ_ACCESS_REPLY reply = { 1, &granted, NULL, &error };
    LUID id = { 0, 0 };

    assert_true(
        AuthzInitializeResourceManager(AUTHZ_RM_FLAG_NO_AUDIT, NULL, NULL, NULL, NULL, &manager));
    assert_true(AuthzInitializeContextFromToken(0, token, manager, NULL, id, NULL, &client));
    assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(text, 1, &d, NULL));
    assert_true(AuthzAccessCheck(0, client, &rq, NULL, d, NULL, 0, &reply, NULL));
    LocalFree(d);
    assert_true(AuthzFreeContext(client));
    assert_true(AuthzFreeResourceManager(manager));
    return error;
}

/* By OpenThreadToken, and by a question about whoever is impersonated. */
static void an_impersonating_thread_has_its_clients_token(void **state)
{
    static SID everyone = { SID_REVISION, 1, { SECURITY_WORLD_SID_AUTHORITY }, { 0 } };
    SECURITY_IMPERSONATION_LEVEL level = SecurityAnonymous;
    struct pair p;
    char want[200];
    char *name = NULL;
    HANDLE token = NULL;
    DWORD n = 0;
    BOOL is = FALSE;

    (void)state;
    snprintf(want, sizeof want, "%s@%s", getenv("PERSON"), getenv("REALM"));
    pair_make(&p, "Kerberos", CLIENT_FULL | ISC_REQ_DELEGATE, SERVER_FULL);
    pair_ok(ImpersonateSecurityContext(&p.server.ctx));
    assert_true(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
    assert_true(CheckTokenMembership(NULL, &everyone, &is) && is);
    pair_ok(RevertSecurityContext(&p.server.ctx));
    assert_false(CheckTokenMembership(NULL, &everyone, &is));
    pair_end(&p);
    pair_ok(CsTokenGetName(token, &name));
    assert_string_equal(name, want);
    FreeContextBuffer(name);
    assert_true(GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof level, &n));
    assert_int_equal(level, SecurityDelegation);
    assert_int_equal(access_of(token, "D:(A;;CC;;;AU)"), ERROR_SUCCESS);
    assert_int_equal(access_of(token, "D:(A;;CC;;;AN)"), ERROR_ACCESS_DENIED);
    assert_true(CloseHandle(token));
}

static void a_token_tells_who_the_client_is(void **state)
{
    SecPkgContext_AccessToken attribute;
    struct pair p;
    char want[200];
    char *name = NULL;
    char **sids = NULL;
    ULONG count = 1;
    void *token = NULL;

    (void)state;
    snprintf(want, sizeof want, "%s@%s", getenv("PERSON"), getenv("REALM"));
    pair_make(&p, "Kerberos", CLIENT_FULL, SERVER_FULL);
    pair_ok(QuerySecurityContextToken(&p.server.ctx, &token));
    pair_expect(QuerySecurityContextToken(&p.client.ctx, &token), SEC_E_NO_IMPERSONATION);
    pair_ok(QueryContextAttributesA(&p.server.ctx, SECPKG_ATTR_ACCESS_TOKEN, &attribute));
    pair_ok(CsTokenGetName(attribute.AccessToken, &name));
    assert_string_equal(name, want);
    FreeContextBuffer(name);
    pair_end(&p);
    pair_expect(CsTokenGetName(attribute.AccessToken, &name), SEC_E_INVALID_HANDLE);
    pair_ok(CsTokenGetName(token, &name));
    assert_string_equal(name, want);
    FreeContextBuffer(name);
    pair_ok(CsTokenGetSids(token, &count, &sids));
    assert_true(count > 1);
    assert_int_equal(strncmp(sids[0], "S-1-5-21-", 9), 0);
    FreeContextBuffer(sids);
    assert_true(CloseHandle(token));
    assert_false(CloseHandle(token));
}

static void one_package_list_shuts_out_what_it_says(void **state)
{
    CS_CREDENTIAL_OPTIONS o = pair_options("Negotiate", SECPKG_CRED_INBOUND);
    CredHandle cred;

    (void)state;
    o.keytab = getenv("SERVICE_KEYTAB");
    o.packages = "!Kerberos";
    pair_expect(CsAcquireCredentials(&o, &cred, NULL), SEC_E_SECPKG_NOT_FOUND);
}

static int signing; /* threads that have signed; atomic */

/* Signs until the handle is gone; whatever else it is told is a fault. */
static void *sign_until_closed(void *arg)
{
    struct pair *p = arg;
    SECURITY_STATUS ss;
    long n = 0;

    do {
        uint8_t room[64];
        SecBuffer b[2] = { { 4, SECBUFFER_DATA, room }, { 60, SECBUFFER_TOKEN, room + 4 } };
        SecBufferDesc d = { SECBUFFER_VERSION, 2, b };

        memset(room, 0, sizeof room);
        ss = MakeSignature(&p->client.ctx, 0, &d, 0);
        if (n++ == 0)
            __atomic_add_fetch(&signing, 1, __ATOMIC_RELAXED);
    } while (ss == SEC_E_OK);
    return ss == SEC_E_INVALID_HANDLE && n > 1 ? arg : NULL;
}

static void a_context_closed_under_its_users_ends_well(void **state)
{
    enum { THREADS = 3 };
    pthread_t thread[THREADS];
    struct timespec moment = { 0, 5000000 };
    struct pair p;
    void *ok = NULL;
    int i;

    (void)state;
    pair_make(&p, "Negotiate", CLIENT_FULL, SERVER_FULL);
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, sign_until_closed, &p), 0);
    while (__atomic_load_n(&signing, __ATOMIC_RELAXED) < THREADS)
        nanosleep(&moment, NULL);
    pair_ok(DeleteSecurityContext(&p.client.ctx));
    pair_ok(FreeCredentialsHandle(&p.client.cred));
    for (i = 0; i < THREADS; i++) {
        pthread_join(thread[i], &ok);
        assert_ptr_equal(ok, &p);
    }
    p.client.has_ctx = p.client.has_cred = false;
    pair_end(&p);
}

/* What memory ran out for, or that none did. */
static enum err outcome(SECURITY_STATUS ss)
{
    return ss >= 0 ? ERR_OK : ss == SEC_E_INSUFFICIENT_MEMORY ? ERR_NO_MEMORY : ERR_INTERNAL;
}

static enum err context_once(void *arg)
{
    static const ULONG texts[] = { SECPKG_ATTR_NAMES, SECPKG_ATTR_AUTHORITY,
                                   SECPKG_ATTR_CLIENT_SPECIFIED_TARGET };
    struct pair *p = arg;
    SecPkgContext_KeyInfoW key;
    SecPkgContext_NegotiationInfoW nego;
    SecPkgContext_NamesW text;
    struct buf sig = { 0 };
    void *token = NULL;
    enum err e = pair_talk(p) ? ERR_OK : outcome(p->client_status);
    size_t i;

    if (!e && !(p->client.done && p->server.done))
        e = outcome(p->server_status);
    for (i = 0; !e && i < sizeof texts / sizeof texts[0]; i++) {
        e = outcome(QueryContextAttributesW(&p->server.ctx, texts[i], &text));
        if (!e)
            FreeContextBuffer(text.sUserName);
    }
    if (!e && (e = outcome(QueryContextAttributesW(&p->client.ctx, SECPKG_ATTR_KEY_INFO, &key))) ==
                  ERR_OK) {
        FreeContextBuffer(key.sSignatureAlgorithmName);
        FreeContextBuffer(key.sEncryptAlgorithmName);
    }
    if (!e && (e = outcome(QueryContextAttributesW(&p->client.ctx, SECPKG_ATTR_NEGOTIATION_INFO,
                                                   &nego))) == ERR_OK)
        FreeContextBuffer(nego.PackageInfo);
    if (!e && (e = outcome(QuerySecurityContextToken(&p->server.ctx, &token))) == ERR_OK)
        CloseHandle(token);
    if (!e)
        e = outcome(side_sign(&p->client, bytes_of_text("x"), &sig));
    buf_free(&sig);
    if (p->client.has_ctx)
        DeleteSecurityContext(&p->client.ctx);
    if (p->server.has_ctx)
        DeleteSecurityContext(&p->server.ctx);
    p->client.has_ctx = p->server.has_ctx = p->client.done = p->server.done = false;
    p->client_status = p->server_status = SEC_E_OK;
    return e;
}

static void a_context_survives_every_failing_allocation(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < PACKAGES; i++) {
        struct pair p;

        pair_begin(&p, packages[i], CLIENT_FULL, SERVER_FULL);
        assert_int_equal(context_once(&p), ERR_OK); /* the ticket is there from now on */
        oom_run(context_once, &p);
        pair_end(&p);
    }
}

static enum err acquire_once(void *arg)
{
    CS_CREDENTIAL_OPTIONS *o = arg;
    CredHandle cred;
    TimeStamp when;
    enum err e = outcome(CsAcquireCredentials(o, &cred, &when));

    if (!e)
        FreeCredentialsHandle(&cred);
    return e;
}

static void acquiring_survives_every_failing_allocation(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < PACKAGES; i++) {
        CS_CREDENTIAL_OPTIONS o = pair_options(packages[i], SECPKG_CRED_INBOUND);

        o.keytab = getenv("SERVICE_KEYTAB");
        oom_run(acquire_once, &o);
        o = pair_options(packages[i], SECPKG_CRED_OUTBOUND);
        o.user = getenv("PERSON");
        o.password = getenv("PERSON_PASSWORD");
        oom_run(acquire_once, &o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_packages_authenticate_in_every_style),
        cmocka_unit_test(every_attribute_is_answered_in_both_forms),
        cmocka_unit_test(an_unfinished_context_tells_only_what_it_knows),
        cmocka_unit_test(wide_functions_do_what_narrow_ones_do),
        cmocka_unit_test(a_batch_is_the_same_messages_one_by_one),
        cmocka_unit_test_setup_teardown(impersonation_connects_in_the_clients_name, trust,
                                        distrust),
        cmocka_unit_test_setup_teardown(impersonation_is_the_threads_own_and_ends_with_it, trust,
                                        distrust),
        cmocka_unit_test_setup_teardown(an_impersonating_thread_has_its_clients_token, trust,
                                        distrust),
        cmocka_unit_test(without_delegation_nobody_is_reached_as_the_client),
        cmocka_unit_test(a_token_tells_who_the_client_is),
        cmocka_unit_test(one_package_list_shuts_out_what_it_says),
        cmocka_unit_test(a_context_closed_under_its_users_ends_well),
        cmocka_unit_test(a_context_survives_every_failing_allocation),
        cmocka_unit_test(acquiring_survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
