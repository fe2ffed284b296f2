/* SPDX-License-Identifier: Apache-2.0
 * test_api_binding.c - a client's binding handles through the doors.
 */
#include <countersign/countersign.h>
#include <countersign/rpc.h>

#include "rpc/hearsay.h"

#include "lib/unit.h"

static const char object_text[] = "6b29fc40-ca47-1067-b31d-00dd010662da";

static RPC_BINDING_HANDLE bind_text(const char *text)
{
    RPC_BINDING_HANDLE b = NULL;

    assert_int_equal(RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t)text, &b), RPC_S_OK);
    return b;
}

static void expect_text(RPC_BINDING_HANDLE b, const char *want)
{
    RPC_CSTR text = NULL;

    assert_int_equal(RpcBindingToStringBindingA(b, &text), RPC_S_OK);
    assert_string_equal((char *)text, want);
    RpcStringFreeA(&text);
}

static void a_string_becomes_a_handle_and_a_string(void **state)
{
    static const char *const texts[] = {
        "ncacn_ip_tcp:host.example.com[2001]",
        "ncacn_ip_tcp:host.example.com",
        "ncacn_ip_tcp:fe80::1[2001]",
        "6b29fc40-ca47-1067-b31d-00dd010662da@ncacn_ip_tcp:host[2001]",
    };
    RPC_BINDING_HANDLE b;
    RPC_WSTR wide = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        b = bind_text(texts[i]);
        expect_text(b, texts[i]);
        assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
        assert_null(b);
    }
    assert_int_equal(RpcBindingFromStringBindingW((RPC_WSTR)(uintptr_t)u"ncacn_ip_tcp:h[1]", &b),
                     RPC_S_OK);
    assert_int_equal(RpcBindingToStringBindingW(b, &wide), RPC_S_OK);
    assert_memory_equal(wide, u"ncacn_ip_tcp:h[1]", 2 * 18);
    RpcStringFreeW(&wide);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static RPC_STATUS from(const char *text)
{
    RPC_BINDING_HANDLE b = NULL;
    RPC_STATUS status = RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t)text, &b);

    if (!status)
        (void)RpcBindingFree(&b);
    return status;
}

static void says_what_is_wrong_with_a_string(void **state)
{
    (void)state;
    assert_int_equal(from(NULL), RPC_S_INVALID_STRING_BINDING);
    assert_int_equal(from("nonsense"), RPC_S_INVALID_STRING_BINDING);
    assert_int_equal(from("no-uuid@ncacn_ip_tcp:h[1]"), RPC_S_INVALID_STRING_UUID);
    assert_int_equal(from("ncacn_spx:h[1]"), RPC_S_PROTSEQ_NOT_SUPPORTED);
    assert_int_equal(RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t) "ncacn_ip_tcp:h", NULL),
                     RPC_S_INVALID_ARG);
}

static void refuses_handles_that_are_none(void **state)
{
    RPC_BINDING_HANDLE b = bind_text("ncacn_ip_tcp:h[1]");
    RPC_BINDING_HANDLE stale = b, none = NULL, wild = (RPC_BINDING_HANDLE)(uintptr_t)0xdead00000001;
    RPC_CSTR text = NULL;
    UUID object;

    (void)state;
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
    assert_int_equal(RpcBindingFree(&stale), RPC_S_INVALID_BINDING);
    assert_int_equal(RpcBindingFree(&none), RPC_S_INVALID_BINDING);
    assert_int_equal(RpcBindingFree(NULL), RPC_S_INVALID_BINDING);
    assert_int_equal(RpcBindingReset(wild), RPC_S_INVALID_BINDING);
    assert_int_equal(RpcBindingToStringBindingA(stale, &text), RPC_S_INVALID_BINDING);
    assert_int_equal(RpcBindingInqObject(stale, &object), RPC_S_INVALID_BINDING);
}

static void a_copy_goes_its_own_way(void **state)
{
    RPC_BINDING_HANDLE b = bind_text("ncacn_ip_tcp:h[1]"), copy = NULL;
    UINT patience = 0;

    (void)state;
    assert_int_equal(RpcMgmtSetComTimeout(b, RPC_C_BINDING_MAX_TIMEOUT), RPC_S_OK);
    assert_int_equal(RpcBindingCopy(b, &copy), RPC_S_OK);
    assert_int_equal(RpcBindingReset(b), RPC_S_OK);
    expect_text(b, "ncacn_ip_tcp:h");
    expect_text(copy, "ncacn_ip_tcp:h[1]");
    assert_int_equal(RpcMgmtInqComTimeout(copy, &patience), RPC_S_OK);
    assert_int_equal(patience, RPC_C_BINDING_MAX_TIMEOUT);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
    assert_int_equal(RpcBindingFree(&copy), RPC_S_OK);
}

static void an_object_is_kept(void **state)
{
    RPC_BINDING_HANDLE b = bind_text("ncacn_ip_tcp:h[1]");
    RPC_STATUS status;
    UUID object, got;

    (void)state;
    assert_int_equal(RpcBindingInqObject(b, &got), RPC_S_OK);
    assert_true(UuidIsNil(&got, &status));
    assert_int_equal(UuidFromStringA((RPC_CSTR)(uintptr_t)object_text, &object), RPC_S_OK);
    assert_int_equal(RpcBindingSetObject(b, &object), RPC_S_OK);
    assert_int_equal(RpcBindingInqObject(b, &got), RPC_S_OK);
    assert_memory_equal(&got, &object, sizeof got);
    assert_int_equal(RpcBindingSetObject(b, NULL), RPC_S_OK);
    expect_text(b, "ncacn_ip_tcp:h[1]");
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void options_are_kept_or_refused(void **state)
{
    RPC_BINDING_HANDLE b = bind_text("ncacn_ip_tcp:h[1]");
    ULONG_PTR value = 77;
    UINT patience = 77;
    ULONG option;

    (void)state;
    assert_int_equal(RpcBindingInqOption(b, RPC_C_OPT_CALL_TIMEOUT, &value), RPC_S_OK);
    assert_int_equal(value, 0);
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, 1500), RPC_S_OK);
    assert_int_equal(RpcBindingInqOption(b, RPC_C_OPT_CALL_TIMEOUT, &value), RPC_S_OK);
    assert_int_equal(value, 1500);
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, INFINITE), RPC_S_OK);
    assert_int_equal(RpcBindingInqOption(b, RPC_C_OPT_CALL_TIMEOUT, &value), RPC_S_OK);
    assert_int_equal(value, 0);
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_BINDING_NONCAUSAL, TRUE), RPC_S_OK);
    assert_int_equal(RpcBindingInqOption(b, RPC_C_OPT_BINDING_NONCAUSAL, &value), RPC_S_OK);
    assert_int_equal(value, TRUE);
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_DONT_LINGER, TRUE),
                     RPC_S_WRONG_KIND_OF_BINDING); /* before a call */
    for (option = 0; option < RPC_C_OPT_MAX_OPTIONS; option++)
        if (option != RPC_C_OPT_CALL_TIMEOUT && option != RPC_C_OPT_BINDING_NONCAUSAL &&
            option != RPC_C_OPT_UNIQUE_BINDING && option != RPC_C_OPT_DONT_LINGER) {
            assert_int_equal(RpcBindingSetOption(b, option, 1), RPC_S_CANNOT_SUPPORT);
            assert_int_equal(RpcBindingInqOption(b, option, &value), RPC_S_CANNOT_SUPPORT);
        }
    assert_int_equal(RpcMgmtInqComTimeout(b, &patience), RPC_S_OK);
    assert_int_equal(patience, RPC_C_BINDING_DEFAULT_TIMEOUT);
    assert_int_equal(RpcMgmtSetComTimeout(b, 11), RPC_S_INVALID_TIMEOUT);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

/* ---- authentication ---- */

static RPC_STATUS set_auth(RPC_BINDING_HANDLE b, const char *principal, ULONG level, ULONG service,
                           RPC_SECURITY_QOS *qos)
{
    SEC_WINNT_AUTH_IDENTITY_A who = { .User = (UCHAR *)(uintptr_t) "alice",
                                      .UserLength = 5,
                                      .Domain = (UCHAR *)(uintptr_t) "ONE.EXAMPLE",
                                      .DomainLength = 11,
                                      .Password = (UCHAR *)(uintptr_t) "x",
                                      .PasswordLength = 1,
                                      .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI };

    return RpcBindingSetAuthInfoExA(b, (RPC_CSTR)(uintptr_t)principal, level, service, &who,
                                    RPC_C_AUTHZ_NAME, qos);
}

static void authentication_is_told_back(void **state)
{
    RPC_BINDING_HANDLE b = bind_text("ncacn_ip_tcp:h[1]");
    RPC_SECURITY_QOS qos = { 1, RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH, RPC_C_QOS_IDENTITY_STATIC,
                             RPC_C_IMP_LEVEL_IDENTIFY };
    RPC_SECURITY_QOS got = { 0 };
    ULONG level = 0, service = 0, authz = 0;
    RPC_CSTR principal = NULL;

    (void)state;
    assert_int_equal(RpcBindingInqAuthInfoA(b, NULL, &level, NULL, NULL, NULL),
                     RPC_S_BINDING_HAS_NO_AUTH);
    assert_int_equal(set_auth(b, "host/h", RPC_C_AUTHN_LEVEL_CALL, RPC_C_AUTHN_DEFAULT, &qos),
                     RPC_S_OK);
    assert_int_equal(
        RpcBindingInqAuthInfoExA(b, &principal, &level, &service, NULL, &authz, 1, &got), RPC_S_OK);
    assert_string_equal((char *)principal, "host/h");
    assert_int_equal(level, RPC_C_AUTHN_LEVEL_PKT);
    assert_int_equal(service, RPC_C_AUTHN_GSS_NEGOTIATE);
    assert_int_equal(authz, RPC_C_AUTHZ_NAME);
    assert_memory_equal(&got, &qos, sizeof got);
    RpcStringFreeA(&principal);
    assert_int_equal(RpcBindingInqAuthInfoExA(b, NULL, NULL, NULL, NULL, NULL, 9, &got),
                     RPC_S_INVALID_ARG);
    assert_int_equal(set_auth(b, NULL, 0, RPC_C_AUTHN_NONE, NULL), RPC_S_OK);
    assert_int_equal(RpcBindingInqAuthInfoA(b, NULL, &level, NULL, NULL, NULL),
                     RPC_S_BINDING_HAS_NO_AUTH);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void refuses_authentication_that_does_not_exist(void **state)
{
    RPC_SECURITY_QOS_V5_A qos = { .Version = 5, .AdditionalSecurityInfoType = 1 };
    RPC_SECURITY_QOS *v5 = (RPC_SECURITY_QOS *)(void *)&qos;
    RPC_BINDING_HANDLE b = bind_text("ncacn_ip_tcp:h[1]");
    const ULONG level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY, service = RPC_C_AUTHN_GSS_KERBEROS;

    (void)state;
    assert_int_equal(set_auth(b, "s/h", level, RPC_C_AUTHN_WINNT, NULL),
                     RPC_S_UNKNOWN_AUTHN_SERVICE);
    assert_int_equal(set_auth(b, "s/h", level, 4711, NULL), RPC_S_UNKNOWN_AUTHN_SERVICE);
    assert_int_equal(set_auth(b, "s/h", 7, service, NULL), RPC_S_UNKNOWN_AUTHN_LEVEL);
    assert_int_equal(set_auth(b, "s/h", level, service, v5), RPC_S_INVALID_ARG);
    qos.AdditionalSecurityInfoType = 0;
    qos.ServerSecurityDescriptor = &qos;
    assert_int_equal(set_auth(b, "s/h", level, service, v5), RPC_S_CANNOT_SUPPORT);
    qos.Version = 4; /* which has none */
    assert_int_equal(set_auth(b, "s/h", level, service, v5), RPC_S_OK);
    qos.Sid = &qos;
    assert_int_equal(set_auth(b, "s/h", level, service, v5), RPC_S_CANNOT_SUPPORT);
    qos.Sid = NULL;
    assert_int_equal(set_auth(b, "s/h", level, service, v5), RPC_S_OK);
    qos.IdentityTracking = 2;
    assert_int_equal(set_auth(b, "s/h", level, service, v5), RPC_S_INVALID_ARG);
    qos.IdentityTracking = 0;
    qos.Version = 6;
    assert_int_equal(set_auth(b, "s/h", level, service, v5), RPC_S_INVALID_ARG);
    assert_int_equal(RpcBindingSetAuthInfoA(b, (RPC_CSTR)(uintptr_t) "s/h", level, service,
                                            RPC_C_NO_CREDENTIALS, 0),
                     RPC_S_INVALID_AUTH_IDENTITY);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void every_version_of_its_quality_is_told(void **state)
{
    RPC_SECURITY_QOS_V5_W qos;
    RPC_SECURITY_QOS *v1 = (RPC_SECURITY_QOS *)(void *)&qos;
    RPC_BINDING_HANDLE b = bind_text("ncacn_ip_tcp:h[1]");
    ULONG version;

    (void)state;
    assert_int_equal(set_auth(b, "s/h", RPC_C_AUTHN_LEVEL_PKT, RPC_C_AUTHN_GSS_KERBEROS, NULL),
                     RPC_S_OK);
    for (version = 1; version <= 5; version++) {
        memset(&qos, 0xee, sizeof qos);
        assert_int_equal(RpcBindingInqAuthInfoExW(b, NULL, NULL, NULL, NULL, NULL, version, v1),
                         RPC_S_OK);
        assert_int_equal(qos.Version, version);
        assert_true(version < 3 || !qos.Sid);
        assert_true(version < 5 || !qos.ServerSecurityDescriptor);
        assert_true(version >= 5 || qos.ServerSecurityDescriptor);
    }
    assert_int_equal(RpcBindingInqAuthInfoExW(b, NULL, NULL, NULL, NULL, NULL, 6, v1),
                     RPC_S_INVALID_ARG);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void asks_for_a_principal_by_policy(void **state)
{
    RPC_BINDING_HANDLE b = bind_text("ncacn_ip_tcp:h[1]");

    (void)state;
    assert_int_equal(set_auth(b, NULL, 5, RPC_C_AUTHN_GSS_KERBEROS, NULL), RPC_S_ACCESS_DENIED);
    assert_int_equal(set_auth(b, "", 5, RPC_C_AUTHN_GSS_KERBEROS, NULL), RPC_S_ACCESS_DENIED);
    assert_int_equal(CsSetPolicy("require-spn", CS_POLICY_OFF), SEC_E_OK);
    assert_int_equal(set_auth(b, NULL, 5, RPC_C_AUTHN_GSS_KERBEROS, NULL), RPC_S_OK);
    assert_int_equal(CsSetPolicy("require-spn", CS_POLICY_ENFORCE), SEC_E_OK);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void a_name_that_a_server_told_is_not_trusted(void **state)
{
    RPC_BINDING_HANDLE b = bind_text("ncacn_ip_tcp:h[1]");
    char name[32];
    int i;

    (void)state;
    rpc_hearsay_note("host/evil.example.com");
    rpc_hearsay_note("host/evil.example.com");
    assert_int_equal(set_auth(b, "host/evil.example.com", 5, RPC_C_AUTHN_GSS_KERBEROS, NULL),
                     RPC_S_OK); /* audited, as shipped */
    assert_int_equal(CsSetPolicy("hearsay-spn", CS_POLICY_ENFORCE), SEC_E_OK);
    assert_int_equal(set_auth(b, "HOST/evil.example.com", 5, RPC_C_AUTHN_GSS_KERBEROS, NULL),
                     RPC_S_ACCESS_DENIED);
    assert_int_equal(set_auth(b, "host/good.example.com", 5, RPC_C_AUTHN_GSS_KERBEROS, NULL),
                     RPC_S_OK);
    rpc_hearsay_note("");
    assert_false(rpc_hearsay_is(""));
    for (i = 0; i < 64; i++) { /* the last are remembered */
        snprintf(name, sizeof name, "host/%d", i);
        rpc_hearsay_note(name);
        assert_true(rpc_hearsay_is(name));
    }
    assert_false(rpc_hearsay_is("host/evil.example.com"));
    assert_int_equal(CsSetPolicy("hearsay-spn", CS_POLICY_AUDIT), SEC_E_OK);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static char told[400];

static void keep_line(void *arg, CS_LOG_LEVEL level, const char *line)
{
    (void)arg;
    if (level == CS_LOG_AUDIT)
        (void)snprintf(told, sizeof told, "%s", line);
}

static RPC_STATUS expects(const char *binding, const char *principal)
{
    RPC_BINDING_HANDLE b = bind_text(binding);
    RPC_STATUS s = set_auth(b, principal, 5, RPC_C_AUTHN_GSS_KERBEROS, NULL);

    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
    return s;
}

static void a_name_of_another_host_is_told(void **state)
{
    static const char binding[] = "ncacn_ip_tcp:files.example.com";

    (void)state;
    assert_int_equal(CsSetLogCallback(keep_line, NULL, CS_LOG_AUDIT), SEC_E_OK);
    told[0] = '\0';
    assert_int_equal(expects(binding, "work/files.example.com"), RPC_S_OK);
    assert_int_equal(expects("ncacn_ip_tcp:192.0.2.1", "work/other.example.com"), RPC_S_OK);
    assert_int_equal(expects("ncacn_ip_tcp:", "work/other.example.com"), RPC_S_OK);
    assert_string_equal(told, "");
    assert_int_equal(expects(binding, "work/other.example.com"), RPC_S_OK); /* as shipped */
    assert_non_null(strstr(told, "policy spn-host would refuse: a client that expects "
                                 "work/other.example.com and connects to files.example.com"));
    assert_int_equal(expects(binding, "work//files.example.com"), RPC_S_OK);
    assert_non_null(strstr(told, "work//files.example.com, which is no class and host"));
    assert_int_equal(CsSetPolicy("spn-host", CS_POLICY_ENFORCE), SEC_E_OK);
    assert_int_equal(expects(binding, "work/other.example.com"), RPC_S_ACCESS_DENIED);
    assert_int_equal(expects(binding, "work//files.example.com"), RPC_S_ACCESS_DENIED);
    assert_int_equal(expects(binding, "work/files.example.com"), RPC_S_OK);
    assert_int_equal(CsSetPolicy("spn-host", CS_POLICY_OFF), SEC_E_OK);
    told[0] = '\0';
    assert_int_equal(expects(binding, "work/other.example.com"), RPC_S_OK);
    assert_string_equal(told, "");
    assert_int_equal(CsSetPolicy("spn-host", CS_POLICY_AUDIT), SEC_E_OK);
    assert_int_equal(CsSetLogCallback(NULL, NULL, CS_LOG_AUDIT), SEC_E_OK);
}

static enum err make_and_free(void *arg)
{
    RPC_BINDING_HANDLE b = NULL, copy = NULL;
    RPC_CSTR text = NULL;
    RPC_STATUS status;

    (void)arg;
    status = RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t) "ncacn_ip_tcp:h[1]", &b);
    if (!status)
        status = RpcBindingToStringBindingA(b, &text);
    if (!status)
        status = RpcBindingCopy(b, &copy);
    RpcStringFreeA(&text);
    if (copy)
        (void)RpcBindingFree(&copy);
    if (b)
        (void)RpcBindingFree(&b);
    return status == RPC_S_OUT_OF_MEMORY ? ERR_NO_MEMORY : status ? ERR_INTERNAL : ERR_OK;
}

static void lack_of_memory_is_told(void **state)
{
    (void)state;
    oom_run(make_and_free, NULL);
}

static void a_binding_knows_the_entry_it_came_from(void **state)
{
    RPC_BINDING_HANDLE b = bind_text("ncacn_ip_tcp:h[1]"), copy = NULL;
    RPC_CSTR text = NULL;
    RPC_WSTR wide = NULL;

    (void)state;
    assert_int_equal(RpcNsBindingInqEntryNameA(b, 0, &text), RPC_S_NO_ENTRY_NAME);
    assert_string_equal((char *)text, "");
    RpcStringFreeA(&text);
    assert_int_equal(RpcNsBindingInqEntryNameW(b, 0, NULL), RPC_S_NO_ENTRY_NAME);
    assert_int_equal(I_RpcNsBindingSetEntryNameA(b, 3, (RPC_CSTR)(uintptr_t) "/.:/a"), RPC_S_OK);
    assert_int_equal(I_RpcNsBindingSetEntryNameW(b, 3, (RPC_WSTR)(uintptr_t)u"/.:/b"), RPC_S_OK);
    assert_int_equal(RpcBindingCopy(b, &copy), RPC_S_OK);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
    assert_int_equal(RpcNsBindingInqEntryNameA(copy, RPC_C_NS_SYNTAX_DCE, &text), RPC_S_OK);
    assert_string_equal((char *)text, "/.:/b");
    RpcStringFreeA(&text);
    assert_int_equal(RpcNsBindingInqEntryNameW(copy, RPC_C_NS_SYNTAX_DEFAULT, &wide), RPC_S_OK);
    assert_memory_equal(wide, u"/.:/b", 12);
    RpcStringFreeW(&wide);
    assert_int_equal(RpcNsBindingInqEntryNameA(copy, 0, NULL), RPC_S_OK);
    assert_int_equal(RpcNsBindingInqEntryNameA(copy, 1, &text), RPC_S_UNSUPPORTED_NAME_SYNTAX);
    assert_int_equal(I_RpcNsBindingSetEntryNameA(copy, 7, (RPC_CSTR)(uintptr_t) "/.:/a"),
                     RPC_S_UNSUPPORTED_NAME_SYNTAX);
    assert_int_equal(I_RpcNsBindingSetEntryNameA(copy, 0, NULL), RPC_S_INVALID_ARG);
    assert_int_equal(RpcBindingFree(&copy), RPC_S_OK);
    assert_int_equal(RpcNsBindingInqEntryNameA(copy, 0, &text), RPC_S_INVALID_BINDING);
    assert_int_equal(I_RpcNsBindingSetEntryNameA(copy, 0, (RPC_CSTR)(uintptr_t) "/.:/a"),
                     RPC_S_INVALID_BINDING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_string_becomes_a_handle_and_a_string),
        cmocka_unit_test(says_what_is_wrong_with_a_string),
        cmocka_unit_test(refuses_handles_that_are_none),
        cmocka_unit_test(a_copy_goes_its_own_way),
        cmocka_unit_test(an_object_is_kept),
        cmocka_unit_test(options_are_kept_or_refused),
        cmocka_unit_test(authentication_is_told_back),
        cmocka_unit_test(refuses_authentication_that_does_not_exist),
        cmocka_unit_test(every_version_of_its_quality_is_told),
        cmocka_unit_test(asks_for_a_principal_by_policy),
        cmocka_unit_test(a_name_that_a_server_told_is_not_trusted),
        cmocka_unit_test(a_name_of_another_host_is_told),
        cmocka_unit_test(lack_of_memory_is_told),
        cmocka_unit_test(a_binding_knows_the_entry_it_came_from),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
