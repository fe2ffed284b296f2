/* SPDX-License-Identifier: Apache-2.0
 * test_legs.c - what the doors keep, hand out and refuse around a package's legs and messages.
 */
#include <pthread.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "countersign/countersign.h"
#include "kerberos/package.h"
#include "lib/unit.h"
#include "sspi/api_convert.h"
#include "sspi/impersonate.h"

/* A package of two legs that says on which it saw which bindings, and signs nothing. */
static struct {
    int legs, signatures;
    char bindings[3][32];
} seen;

static enum err two_legs(void **context, void *credential, const struct leg_in *in,
                         struct leg_out *out)
{
    (void)credential;
    *context = &seen;
    if (in->bindings.present)
        snprintf(seen.bindings[seen.legs], sizeof seen.bindings[0], "%.*s",
                 (int)in->bindings.application.len, (const char *)in->bindings.application.ptr);
    out->done = ++seen.legs == 2;
    out->flags = CONTEXT_INTEGRITY;
    return out->done ? ERR_OK : buf_copy(bytes_of_text("one"), &out->token);
}

static void nothing(void *object)
{
    (void)object;
}

static void query(void *context, struct context_info *ret)
{
    (void)context;
    *ret = (struct context_info){ .client = "client@EXAMPLE.COM" };
}

static enum err client_credential(void **ret)
{
    struct acquire a = { .use = CREDENTIAL_OUTBOUND,
                         .user = "client",
                         .domain = "EXAMPLE.COM",
                         .password = "secret",
                         .realm = "EXAMPLE.COM" };

    return kerberos_package.acquire(&a, NULL, ret);
}

static enum err delegated(void *context, const struct package **ret_package, void **ret)
{
    (void)context;
    *ret_package = &kerberos_package;
    return client_credential(ret);
}

static enum err sign(void *context, uint32_t qop, struct message *m)
{
    (void)context, (void)qop, (void)m;
    seen.signatures++;
    return ERR_OK;
}

static const struct package two_legged = { .name = "Two legs",
                                           .credential_free = nothing,
                                           .accept = two_legs,
                                           .initiate = two_legs,
                                           .context_free = nothing,
                                           .context_query = query,
                                           .delegated = delegated,
                                           .sign = sign };

static SecHandle credential(void)
{
    struct credential *c = NULL;
    handle_id id = 0;
    SecHandle ret;

    memset(&seen, 0, sizeof seen);
    assert_int_equal(credential_adopt(&two_legged, &seen, CREDENTIAL_BOTH, &c), ERR_OK);
    assert_int_equal(handle_new(HANDLE_CREDENTIAL, c, credential_release, &id), ERR_OK);
    handle_out(id, &ret);
    return ret;
}

/* The bindings stand beside the token, or not at all. */
static SECURITY_STATUS leg(SecHandle *cred, SecHandle *context, bool first, const char *text,
                           SecBuffer *out)
{
    struct {
        SEC_CHANNEL_BINDINGS head;
        char text[8];
    } bindings = { .head = { .cbApplicationDataLength = text ? (ULONG)strlen(text) : 0,
                             .dwApplicationDataOffset = sizeof bindings.head } };
    char token[] = "token";
    SecBuffer in[2] = { { sizeof token, SECBUFFER_TOKEN, token },
                        { sizeof bindings, SECBUFFER_CHANNEL_BINDINGS, &bindings } };
    SecBufferDesc input = { SECBUFFER_VERSION, text ? 2 : 1, in };
    SecBufferDesc output = { SECBUFFER_VERSION, 1, out };

    if (text)
        memcpy(bindings.text, text, strlen(text));
    return AcceptSecurityContext(cred, first ? NULL : context, &input, ASC_REQ_ALLOCATE_MEMORY, 0,
                                 context, &output, NULL, NULL);
}

static void establish(SecHandle *context)
{
    SecHandle cred = credential();
    SecBuffer out = { 0, SECBUFFER_TOKEN, NULL };

    assert_int_equal(leg(&cred, context, true, NULL, &out), SEC_I_CONTINUE_NEEDED);
    FreeContextBuffer(out.pvBuffer);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK); /* the context holds what it needs */
    assert_int_equal(leg(&cred, context, false, NULL, &out), SEC_E_OK);
}

static void bindings_given_once_serve_every_leg(void **state)
{
    static const char *const given[][2] = { { "abc", NULL }, { NULL, "abc" }, { "abc", "def" } };
    static const char *const met[][2] = { { "abc", "abc" }, { "", "abc" }, { "abc", "def" } };
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        SecHandle cred = credential(), context;
        SecBuffer out = { 0, SECBUFFER_TOKEN, NULL };

        assert_int_equal(leg(&cred, &context, true, given[i][0], &out), SEC_I_CONTINUE_NEEDED);
        FreeContextBuffer(out.pvBuffer);
        assert_int_equal(leg(&cred, &context, false, given[i][1], &out), SEC_E_OK);
        assert_string_equal(seen.bindings[0], met[i][0]);
        assert_string_equal(seen.bindings[1], met[i][1]);
        assert_int_equal(DeleteSecurityContext(&context), SEC_E_OK);
        assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    }
}

static void a_leg_without_token_leaves_nothing_to_free(void **state)
{
    SecHandle cred = credential(), context;
    SecBuffer out = { 0, SECBUFFER_TOKEN, NULL };

    (void)state;
    assert_int_equal(leg(&cred, &context, true, NULL, &out), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(out.cbBuffer, 3);
    FreeContextBuffer(out.pvBuffer); /* and the program leaves the address where it is */
    assert_int_equal(leg(&cred, &context, false, NULL, &out), SEC_E_OK);
    assert_int_equal(out.cbBuffer, 0);
    assert_null(out.pvBuffer);
    out.pvBuffer = &out;
    assert_int_equal(leg(&cred, &context, false, NULL, &out), SEC_E_OUT_OF_SEQUENCE);
    assert_null(out.pvBuffer);
    assert_int_equal(DeleteSecurityContext(&context), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
}

static void every_status_of_a_batch_is_set(void **state)
{
    SecHandle cred = credential(), context;
    SecBuffer out = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc each[3] = { { SECBUFFER_VERSION, 0, NULL },
                              { SECBUFFER_VERSION, 0, NULL },
                              { SECBUFFER_VERSION, 0, NULL } };
    SECURITY_STATUS status[3] = { SEC_E_OK, SEC_E_OK, SEC_E_OK };
    SecHandle none = { 0, 0 };
    int i;

    (void)state;
    assert_int_equal(CsUnprotectMessages(&none, 0, 3, each, status), SEC_E_INVALID_HANDLE);
    for (i = 0; i < 3; i++)
        assert_int_equal(status[i], SEC_E_INVALID_HANDLE);
    assert_int_equal(leg(&cred, &context, true, NULL, &out), SEC_I_CONTINUE_NEEDED);
    FreeContextBuffer(out.pvBuffer);
    assert_int_equal(CsUnprotectMessages(&context, 0, 3, each, status), SEC_E_OUT_OF_SEQUENCE);
    for (i = 0; i < 3; i++)
        assert_int_equal(status[i], SEC_E_OUT_OF_SEQUENCE);
    assert_int_equal(leg(&cred, &context, false, NULL, &out), SEC_E_OK);
    assert_int_equal(CsUnprotectMessages(&context, 1, 3, each, status), SEC_E_QOP_NOT_SUPPORTED);
    for (i = 0; i < 3; i++)
        assert_int_equal(status[i], SEC_E_QOP_NOT_SUPPORTED);
    assert_int_equal(DeleteSecurityContext(&context), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
}

static void bytes_without_an_address_are_refused(void **state)
{
    SecHandle context;
    char room[64];
    SecBuffer b[2] = { { 5, SECBUFFER_DATA, NULL }, { sizeof room, SECBUFFER_TOKEN, room } };
    SecBufferDesc d = { SECBUFFER_VERSION, 2, b };

    (void)state;
    establish(&context);
    assert_int_equal(MakeSignature(&context, 0, &d, 0), SEC_E_INVALID_PARAMETER);
    assert_int_equal(seen.signatures, 0);
    b[0].cbBuffer = 0;
    assert_int_equal(MakeSignature(&context, 0, &d, 0), SEC_E_OK);
    assert_int_equal(seen.signatures, 1);
    assert_int_equal(DeleteSecurityContext(&context), SEC_E_OK);
}

/* Whether credentials for this use, with nothing supplied, are the client's. */
static bool gets_with(ULONG use, void *auth)
{
    char package[] = "Kerberos";
    SecPkgCredentials_NamesA names = { NULL };
    SecHandle h;
    bool clients;

    if (AcquireCredentialsHandleA(NULL, package, use, NULL, auth, NULL, NULL, &h, NULL) != SEC_E_OK)
        return false;
    assert_int_equal(QueryCredentialsAttributesA(&h, SECPKG_CRED_ATTR_NAMES, &names), SEC_E_OK);
    clients = strcmp(names.sUserName, "client@EXAMPLE.COM") == 0;
    FreeContextBuffer(names.sUserName);
    assert_int_equal(FreeCredentialsHandle(&h), SEC_E_OK);
    return clients;
}

static bool gets_the_clients(ULONG use)
{
    return gets_with(use, NULL);
}

static void *on_another_thread(void *arg)
{
    *(bool *)arg = impersonate_active() || gets_the_clients(SECPKG_CRED_OUTBOUND);
    return NULL;
}

static void impersonation_is_this_threads_alone_and_whole(void **state)
{
    SecHandle context, h, none = { 0, 0 };
    char negotiate[] = "Negotiate";
    UCHAR forbids[] = "!Kerberos";
    SEC_WINNT_AUTH_IDENTITY_EXA not_kerberos = { .Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
                                                 .Length = sizeof not_kerberos,
                                                 .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
                                                 .PackageList = forbids,
                                                 .PackageListLength = sizeof forbids - 1 };
    UCHAR list[] = "Kerberos,!NTLM";
    SEC_WINNT_AUTH_IDENTITY_EXA list_alone = { .Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
                                               .Length = sizeof list_alone,
                                               .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
                                               .PackageList = list,
                                               .PackageListLength = sizeof list - 1 };
    pthread_t thread;
    bool leaked = true;

    (void)state;
    establish(&context);
    assert_false(gets_the_clients(SECPKG_CRED_OUTBOUND));
    assert_int_equal(ImpersonateSecurityContext(&context), SEC_E_OK);
    assert_true(gets_the_clients(SECPKG_CRED_OUTBOUND));
    assert_true(gets_the_clients(SECPKG_CRED_BOTH)); /* not the service's own by another word */
    assert_true(gets_with(SECPKG_CRED_OUTBOUND, &list_alone));
    assert_int_equal(AcquireCredentialsHandleA(NULL, negotiate, SECPKG_CRED_OUTBOUND, NULL,
                                               &not_kerberos, NULL, NULL, &h, NULL),
                     SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(pthread_create(&thread, NULL, on_another_thread, &leaked), 0);
    pthread_join(thread, NULL);
    assert_false(leaked);
    assert_int_equal(DeleteSecurityContext(&context), SEC_E_OK);
    assert_true(gets_the_clients(SECPKG_CRED_OUTBOUND)); /* until it reverts */
    assert_int_equal(RevertSecurityContext(&none), SEC_E_INVALID_HANDLE);
    assert_false(impersonate_active());
    assert_false(gets_the_clients(SECPKG_CRED_OUTBOUND));
    assert_false(gets_the_clients(SECPKG_CRED_BOTH));
}

static char audited[256];

static void keep_audit(void *arg, CS_LOG_LEVEL level, const char *line)
{
    (void)arg;
    if (level == CS_LOG_AUDIT)
        snprintf(audited, sizeof audited, "%s", line);
}

static void a_client_without_a_target(void **state)
{
    static const struct {
        CS_POLICY_MODE mode;
        SECURITY_STATUS status;
        const char *line;
    } rows[] = {
        { CS_POLICY_OFF, SEC_I_CONTINUE_NEEDED, "" },
        { CS_POLICY_AUDIT, SEC_I_CONTINUE_NEEDED,
          "policy require-spn would refuse: a client of Two legs names no server" },
        { CS_POLICY_ENFORCE, SEC_E_TARGET_UNKNOWN,
          "policy require-spn refuses: a client of Two legs names no server" },
    };
    size_t i;

    (void)state;
    assert_int_equal(CsSetLogCallback(keep_audit, NULL, CS_LOG_AUDIT), SEC_E_OK);
    for (i = 0; i < 6; i++) {
        SecHandle cred = credential(), context;
        char room[64], empty[] = "";
        SecBuffer out = { sizeof room, SECBUFFER_TOKEN, room };
        SecBufferDesc output = { SECBUFFER_VERSION, 1, &out };

        audited[0] = '\0';
        assert_int_equal(CsSetPolicy("require-spn", rows[i / 2].mode), SEC_E_OK);
        assert_int_equal(InitializeSecurityContextA(&cred, NULL, i % 2 ? empty : NULL, 0, 0, 0,
                                                    NULL, 0, &context, &output, NULL, NULL),
                         rows[i / 2].status);
        assert_string_equal(audited, rows[i / 2].line);
        if (i < 4)
            assert_int_equal(DeleteSecurityContext(&context), SEC_E_OK);
        assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    }
    assert_int_equal(CsSetLogCallback(NULL, NULL, CS_LOG_AUDIT), SEC_E_OK);
}

static int first_arg, second_arg;
static bool mismatched, stop; /* atomic */
static unsigned calls;        /* atomic */

static void first_callback(void *arg, CS_LOG_LEVEL level, const char *line)
{
    (void)level, (void)line;
    __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    if (arg != &first_arg)
        __atomic_store_n(&mismatched, true, __ATOMIC_RELAXED);
}

static void second_callback(void *arg, CS_LOG_LEVEL level, const char *line)
{
    (void)level, (void)line;
    __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    if (arg != &second_arg)
        __atomic_store_n(&mismatched, true, __ATOMIC_RELAXED);
}

static void *log_lines(void *arg)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
        assert_int_equal(CsGetPolicy("nonsense", arg), SEC_E_INVALID_PARAMETER);
    return NULL;
}

static void a_callback_never_meets_anothers_argument(void **state)
{
    CS_POLICY_MODE mode;
    pthread_t thread;
    int i;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, log_lines, &mode), 0);
    for (i = 0; i < 2000000 && __atomic_load_n(&calls, __ATOMIC_RELAXED) < 20000; i++) {
        assert_int_equal(CsSetLogCallback(first_callback, &first_arg, CS_LOG_DEBUG), SEC_E_OK);
        assert_int_equal(CsSetLogCallback(second_callback, &second_arg, CS_LOG_DEBUG), SEC_E_OK);
    }
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    assert_int_equal(CsSetLogCallback(NULL, NULL, CS_LOG_AUDIT), SEC_E_OK);
    assert_true(calls > 0);
    assert_false(mismatched);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bindings_given_once_serve_every_leg),
        cmocka_unit_test(a_leg_without_token_leaves_nothing_to_free),
        cmocka_unit_test(every_status_of_a_batch_is_set),
        cmocka_unit_test(bytes_without_an_address_are_refused),
        cmocka_unit_test(impersonation_is_this_threads_alone_and_whole),
        cmocka_unit_test(a_client_without_a_target),
        cmocka_unit_test(a_callback_never_meets_anothers_argument),
    };

    setenv("KRB5CCNAME", "FILE:/nonexistent/ccache", 1);
    setenv("KRB5_KTNAME", "FILE:/nonexistent/keytab", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
