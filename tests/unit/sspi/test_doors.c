/* SPDX-License-Identifier: Apache-2.0
 * test_doors.c - what the doors do whatever the package: tables, handles, unsupported functions.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "countersign/countersign.h"
#include "countersign/windows.h"
#include "lib/unit.h"
#include "sspi/api_convert.h"
#include "sspi/table.h"

static void lists_its_packages_in_both_forms(void **state)
{
    PSecPkgInfoA a = NULL;
    PSecPkgInfoW w = NULL;
    ULONG count = 0;
    ULONG i;

    (void)state;
    assert_int_equal(EnumerateSecurityPackagesA(&count, &a), SEC_E_OK);
    assert_int_equal(count, table_count());
    for (i = 0; i < count; i++) {
        assert_string_equal(a[i].Name, table_at(i)->name);
        assert_string_equal(a[i].Comment, table_at(i)->comment);
        assert_int_equal(a[i].wVersion, 1);
        assert_true(a[i].cbMaxToken > 0);
    }
    FreeContextBuffer(a);
    assert_int_equal(EnumerateSecurityPackagesW(&count, &w), SEC_E_OK);
    assert_int_equal(lstrcmpW(w[0].Name, u"Negotiate"), 0);
    FreeContextBuffer(w);
    assert_int_equal(EnumerateSecurityPackagesA(NULL, &a), SEC_E_INVALID_PARAMETER);
}

static void finds_a_package_by_name(void **state)
{
    PSecPkgInfoA a = NULL;
    PSecPkgInfoW w = NULL;
    CS_ERROR_DETAIL d = { .size = sizeof d };
    char text[1000];

    (void)state;
    assert_int_equal(QuerySecurityPackageInfoA("nEGOTIATE", &a), SEC_E_OK);
    assert_string_equal(a->Name, "Negotiate");
    assert_int_equal(a->wRPCID, 9);
    FreeContextBuffer(a);
    assert_int_equal(QuerySecurityPackageInfoW(u"Negotiate", &w), SEC_E_OK);
    assert_int_equal(lstrcmpW(w->Name, u"Negotiate"), 0);
    FreeContextBuffer(w);
    assert_int_equal(QuerySecurityPackageInfoW(u"Nobody", &w), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(CsGetErrorDetail(&d), SEC_E_OK);
    assert_int_equal(d.status, SEC_E_SECPKG_NOT_FOUND);
    assert_string_equal(d.asked, "Nobody");
    assert_string_equal(d.phase, "QuerySecurityPackageInfo");
    assert_true(CsGetErrorText(text, sizeof text) == strlen(text));
    assert_non_null(strstr(text, "\n  try: "));
    assert_int_equal(CsGetErrorText(text, 10), CsGetErrorText(NULL, 0));
    assert_int_equal(strlen(text), 9);
    d.size--;
    assert_int_equal(CsGetErrorDetail(&d), SEC_E_INVALID_PARAMETER);
    assert_int_equal(QuerySecurityPackageInfoA("\xff", &a), SEC_E_INVALID_PARAMETER);
}

static void the_tables_hold_every_function(void **state)
{
    SecurityFunctionTableA *a = InitSecurityInterfaceA();
    SecurityFunctionTableW *w = InitSecurityInterfaceW();

    (void)state;
    assert_int_equal(a->dwVersion, 5);
    assert_ptr_equal(a->AcquireCredentialsHandleA, AcquireCredentialsHandleA);
    assert_ptr_equal(w->AcquireCredentialsHandleW, AcquireCredentialsHandleW);
    assert_ptr_equal(a->DecryptMessage, DecryptMessage);
    assert_ptr_equal(w->DecryptMessage, DecryptMessage);
    assert_ptr_equal(w->QueryCredentialsAttributesExW, QueryCredentialsAttributesExW);
    assert_null(a->Reserved2);
}

/* A zeroed one, an invalidated one, one invented from plausible numbers, and none at all. */
static void every_function_refuses_handles_that_are_none(void **state)
{
    SecHandle handles[4] = { { 0, 0 }, { 0, 0 }, { 1, 1 }, { UINTPTR_MAX / 2, 7 } };
    SecBuffer b[2] = { { 0, SECBUFFER_DATA, NULL }, { 0, SECBUFFER_TOKEN, NULL } };
    SecBufferDesc d = { SECBUFFER_VERSION, 2, b };
    SecPkgContext_Sizes sizes;
    SecHandle fresh;
    void *token = NULL;
    size_t i;

    (void)state;
    SecInvalidateHandle(&handles[1]);
    assert_false(SecIsValidHandle(&handles[1]));
    for (i = 0; i <= 4; i++) {
        SecHandle *h = i < 4 ? &handles[i] : NULL;

        assert_int_equal(FreeCredentialsHandle(h), SEC_E_INVALID_HANDLE);
        assert_int_equal(DeleteSecurityContext(h), SEC_E_INVALID_HANDLE);
        assert_int_equal(QueryCredentialsAttributesA(h, 1, &sizes), SEC_E_INVALID_HANDLE);
        assert_int_equal(QueryContextAttributesW(h, 0, &sizes), SEC_E_INVALID_HANDLE);
        assert_int_equal(MakeSignature(h, 0, &d, 0), SEC_E_INVALID_HANDLE);
        assert_int_equal(VerifySignature(h, &d, 0, NULL), SEC_E_INVALID_HANDLE);
        assert_int_equal(EncryptMessage(h, 0, &d, 0), SEC_E_INVALID_HANDLE);
        assert_int_equal(DecryptMessage(h, &d, 0, NULL), SEC_E_INVALID_HANDLE);
        assert_int_equal(CsProtectMessages(h, 0, 0, NULL, NULL), SEC_E_INVALID_HANDLE);
        assert_int_equal(CompleteAuthToken(h, &d), SEC_E_INVALID_HANDLE);
        assert_int_equal(ApplyControlToken(h, &d), SEC_E_INVALID_HANDLE);
        assert_int_equal(ImpersonateSecurityContext(h), SEC_E_INVALID_HANDLE);
        assert_int_equal(CsImpersonateClient(h), SEC_E_INVALID_HANDLE);
        assert_int_equal(RevertSecurityContext(h), SEC_E_INVALID_HANDLE);
        assert_int_equal(QuerySecurityContextToken(h, &token), SEC_E_INVALID_HANDLE);
        assert_int_equal(ExportSecurityContext(h, 0, b, &token), SEC_E_INVALID_HANDLE);
        assert_int_equal(SetContextAttributesW(h, 0, b, 8), SEC_E_INVALID_HANDLE);
        assert_int_equal(SetCredentialsAttributesW(h, 0, b, 8), SEC_E_INVALID_HANDLE);
        assert_int_equal(AddCredentialsA(h, NULL, NULL, 0, NULL, NULL, NULL, NULL),
                         SEC_E_INVALID_HANDLE);
        assert_int_equal(
            InitializeSecurityContextA(h, NULL, "a/b", 0, 0, 0, NULL, 0, &fresh, &d, NULL, NULL),
            SEC_E_INVALID_HANDLE);
        assert_int_equal(AcceptSecurityContext(h, NULL, &d, 0, 0, &fresh, &d, NULL, NULL),
                         SEC_E_INVALID_HANDLE);
        if (h)
            assert_int_equal(AcceptSecurityContext(NULL, h, &d, 0, 0, &fresh, &d, NULL, NULL),
                             SEC_E_INVALID_HANDLE);
    }
    assert_int_equal(FreeContextBuffer(NULL), SEC_E_OK);
}

static void what_is_not_supported_says_so(void **state)
{
    SecHandle h;

    (void)state;
    assert_int_equal(ImportSecurityContextW(u"Kerberos", NULL, NULL, &h),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(ChangeAccountPasswordA("Kerberos", "d", "a", "old", "new", FALSE, 0, NULL),
                     SEC_E_UNSUPPORTED_FUNCTION);
}

static void acquire_refuses_what_makes_no_sense(void **state)
{
    SEC_WINNT_AUTH_IDENTITY_A id = { (UCHAR *)"u", 1, NULL, 0, NULL, 0, 0 };
    CS_CREDENTIAL_OPTIONS o = { .size = sizeof o - 1 };
    SecHandle h;

    (void)state;
    assert_int_equal(AcquireCredentialsHandleA(NULL, "Nobody", SECPKG_CRED_OUTBOUND, NULL, NULL,
                                               NULL, NULL, &h, NULL),
                     SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(AcquireCredentialsHandleW(NULL, NULL, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL,
                                               NULL, &h, NULL),
                     SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(
        AcquireCredentialsHandleA(NULL, "Negotiate", 0, NULL, NULL, NULL, NULL, &h, NULL),
        SEC_E_INVALID_PARAMETER);
    assert_int_equal(AcquireCredentialsHandleA(NULL, "Negotiate", SECPKG_CRED_OUTBOUND, NULL, &id,
                                               NULL, NULL, &h, NULL),
                     SEC_E_UNKNOWN_CREDENTIALS);
    assert_int_equal(CsAcquireCredentials(&o, &h, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(CsAcquireCredentials(NULL, &h, NULL), SEC_E_INVALID_PARAMETER);
}

static void flags_keep_their_meaning_both_ways(void **state)
{
    (void)state;
    assert_int_equal(flags_from_isc(ISC_REQ_MUTUAL_AUTH | ISC_REQ_USE_DCE_STYLE),
                     CONTEXT_MUTUAL | CONTEXT_DCE_STYLE);
    assert_int_equal(flags_to_isc(CONTEXT_INTEGRITY | CONTEXT_EXTENDED_ERROR),
                     ISC_RET_INTEGRITY | ISC_RET_EXTENDED_ERROR);
    assert_int_equal(flags_from_asc(ASC_REQ_ALLOW_MISSING_BINDINGS | ASC_REQ_STREAM),
                     CONTEXT_ALLOW_MISSING_BINDINGS | CONTEXT_STREAM);
    assert_int_equal(flags_to_asc(CONTEXT_INTEGRITY | CONTEXT_IDENTIFY),
                     ASC_RET_INTEGRITY | ASC_RET_IDENTIFY);
}

static void bindings_are_read_only_where_they_lie(void **state)
{
    struct {
        SEC_CHANNEL_BINDINGS head;
        char data[8];
    } x = { { 0, 0, 0, 0, 0, 0, 8, sizeof(SEC_CHANNEL_BINDINGS) }, "tls-uniq" };
    SecBuffer b = { sizeof x, SECBUFFER_CHANNEL_BINDINGS, &x };
    SecBufferDesc d = { SECBUFFER_VERSION, 1, &b };
    struct bindings got = { 0 };

    (void)state;
    assert_int_equal(bindings_in(&d, &got), ERR_OK);
    assert_true(got.present);
    unit_assert_bytes(got.application, bytes_of("tls-uniq", 8));
    for (b.cbBuffer = 0; b.cbBuffer < sizeof x; b.cbBuffer++)
        assert_int_equal(bindings_in(&d, &got), ERR_INVALID_PARAMETER);
    x.head.dwApplicationDataOffset = UINT32_MAX;
    assert_int_equal(bindings_in(&d, &got), ERR_INVALID_PARAMETER);
    got = (struct bindings){ 0 };
    assert_int_equal(bindings_in(NULL, &got), ERR_OK);
    assert_false(got.present);
}

static void time_is_local_and_counts_from_1601(void **state)
{
    (void)state;
    setenv("TZ", "UTC-2", 1);
    tzset();
    assert_int_equal(time_out(1).QuadPart, (11644473600LL + 1 + 7200) * 10000000);
    assert_int_equal(time_out(0).QuadPart, INT64_MAX);
}

static void policy_and_log_can_be_set(void **state)
{
    CS_POLICY_MODE mode = CS_POLICY_OFF;

    (void)state;
    assert_int_equal(CsSetPolicy("rc4", CS_POLICY_ENFORCE), SEC_E_OK);
    assert_int_equal(CsGetPolicy("rc4", &mode), SEC_E_OK);
    assert_int_equal(mode, CS_POLICY_ENFORCE);
    assert_int_equal(CsSetPolicy("rc5", CS_POLICY_OFF), SEC_E_INVALID_PARAMETER);
    assert_int_equal(CsSetPolicy("rc4", (CS_POLICY_MODE)3), SEC_E_INVALID_PARAMETER);
    assert_int_equal(CsSetLogCallback(NULL, NULL, (CS_LOG_LEVEL)9), SEC_E_INVALID_PARAMETER);
    assert_string_equal(CsVersion(), COUNTERSIGN_VERSION);
}

static int lines;

static void on_line(void *arg, CS_LOG_LEVEL level, const char *line)
{
    assert_int_equal(level, CS_LOG_DEBUG);
    assert_ptr_equal(arg, &lines);
    assert_non_null(strstr(line, "Nobody"));
    lines++;
}

static void log_lines_reach_the_callback(void **state)
{
    PSecPkgInfoA a = NULL;

    (void)state;
    assert_int_equal(CsSetLogCallback(on_line, &lines, CS_LOG_DEBUG), SEC_E_OK);
    assert_int_equal(QuerySecurityPackageInfoA("Nobody", &a), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(lines, 1);
    assert_int_equal(CsSetLogCallback(NULL, NULL, CS_LOG_AUDIT), SEC_E_OK);
    assert_int_equal(QuerySecurityPackageInfoA("Nobody", &a), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(lines, 1);
}

static enum err enumerate(void *arg)
{
    PSecPkgInfoW w = NULL;
    ULONG count = 0;
    SECURITY_STATUS s = EnumerateSecurityPackagesW(&count, &w);

    (void)arg;
    FreeContextBuffer(w);
    return s == SEC_E_OK ? ERR_OK : s == SEC_E_INSUFFICIENT_MEMORY ? ERR_NO_MEMORY : ERR_INTERNAL;
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    oom_run(enumerate, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_its_packages_in_both_forms),
        cmocka_unit_test(finds_a_package_by_name),
        cmocka_unit_test(the_tables_hold_every_function),
        cmocka_unit_test(every_function_refuses_handles_that_are_none),
        cmocka_unit_test(what_is_not_supported_says_so),
        cmocka_unit_test(acquire_refuses_what_makes_no_sense),
        cmocka_unit_test(flags_keep_their_meaning_both_ways),
        cmocka_unit_test(bindings_are_read_only_where_they_lie),
        cmocka_unit_test(time_is_local_and_counts_from_1601),
        cmocka_unit_test(policy_and_log_can_be_set),
        cmocka_unit_test(log_lines_reach_the_callback),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
