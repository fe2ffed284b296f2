/* SPDX-License-Identifier: Apache-2.0
 * test_failing_calls.c - a call refused for its parameters alone says so in the thread's record,
 * like every other that fails.
 */
#include <countersign/countersign.h>
#include <countersign/dsparse.h>
#include <countersign/ntdsapi.h>
#include <countersign/scp.h>

#include "lib/unit.h"

static void refused(DWORD code, DWORD want, const char *phase)
{
    CS_ERROR_DETAIL d = { .size = sizeof d };

    assert_int_equal(code, want);
    assert_int_equal(CsGetErrorDetail(&d), SEC_E_OK);
    if (d.status == SEC_E_OK || d.win32 != want || strcmp(d.phase, phase) != 0 || !d.text[0])
        fail_msg("%s: status %#x, error %u, phase \"%s\", text \"%s\"", phase, (unsigned)d.status,
                 (unsigned)d.win32, d.phase, d.text);
}

static void names_say_why_they_are_refused(void **state)
{
    char small[4], text[60];
    DWORD n = sizeof small, one = 1;
    USHORT port;

    (void)state;
    refused(DsMakeSpnA("www", "host", NULL, 0, NULL, NULL, text), ERROR_INVALID_PARAMETER,
            "DsMakeSpn");
    refused(DsMakeSpnA(NULL, "host", NULL, 0, NULL, &n, small), ERROR_INVALID_PARAMETER,
            "DsMakeSpn");
    refused(DsMakeSpnA("www", "host", NULL, 0, NULL, &n, small), ERROR_BUFFER_OVERFLOW,
            "DsMakeSpn");
    assert_int_equal(n, sizeof "www/host");
    refused(DsCrackSpnA(NULL, NULL, NULL, NULL, NULL, NULL, NULL, &port), ERROR_INVALID_PARAMETER,
            "DsCrackSpn");
    refused(DsCrackSpnA("no-slash", NULL, NULL, NULL, NULL, NULL, NULL, &port),
            ERROR_INVALID_PARAMETER, "DsCrackSpn");
    refused(DsCrackSpnA("www/host", &one, text, NULL, NULL, NULL, NULL, &port),
            ERROR_BUFFER_OVERFLOW, "DsCrackSpn");
    refused(DsClientMakeSpnForTargetServerA("www", "192.0.2.1", &n, small), ERROR_INVALID_PARAMETER,
            "DsClientMakeSpnForTargetServer");
    refused(DsGetSpnA(DS_SPN_DNS_HOST, "www", NULL, 0, 0, NULL, NULL, NULL, NULL),
            ERROR_INVALID_PARAMETER, "DsGetSpn");
    refused(DsQuoteRdnValueA(3, "a,b", NULL, text), ERROR_INVALID_PARAMETER, "DsQuoteRdnValue");
    n = 1;
    refused(DsQuoteRdnValueA(3, "a,b", &n, text), ERROR_BUFFER_OVERFLOW, "DsQuoteRdnValue");
}

static void directory_calls_say_why_they_are_refused(void **state)
{
    CS_SERVICE_POINT **points = NULL;
    CS_CONNECT_OPTIONS o = { .size = sizeof o };
    CS_CONNECTION *c = NULL;
    PDS_NAME_RESULTA names = NULL;
    LPCSTR name = "x";
    HANDLE none = NULL;
    DWORD n;

    (void)state;
    refused(DsBindA(NULL, NULL, NULL), ERROR_INVALID_PARAMETER, "DsBind");
    refused(DsUnBindA(NULL), ERROR_INVALID_PARAMETER, "DsUnBind");
    refused(DsUnBindA(&none), ERROR_INVALID_HANDLE, "DsUnBind");
    refused(DsMakePasswordCredentialsA(NULL, NULL, NULL, NULL), ERROR_INVALID_PARAMETER,
            "DsMakePasswordCredentials");
    refused(DsWriteAccountSpnA(NULL, DS_SPN_ADD_SPN_OP, "CN=x", 1, &name), ERROR_INVALID_HANDLE,
            "DsWriteAccountSpn");
    refused(
        DsCrackNamesA(NULL, DS_NAME_NO_FLAGS, DS_UNKNOWN_NAME, DS_FQDN_1779_NAME, 1, &name, &names),
        ERROR_INVALID_HANDLE, "DsCrackNames");
    refused(CsBindDirectory(NULL, NULL), ERROR_INVALID_PARAMETER, "CsBindDirectory");
    refused(CsCreateServicePoint(NULL, NULL, NULL), ERROR_INVALID_PARAMETER,
            "CsCreateServicePoint");
    refused(CsReadServicePoint(NULL, "x", NULL), ERROR_INVALID_PARAMETER, "CsReadServicePoint");
    refused(CsFindServicePoints(NULL, "x", &points, NULL), ERROR_INVALID_PARAMETER,
            "CsFindServicePoints");
    refused(CsFindService(NULL, "x", NULL, NULL, &points, &n), ERROR_INVALID_PARAMETER,
            "CsFindService");
    refused(CsConnectService(NULL, &o, &c), ERROR_INVALID_PARAMETER, "CsConnectService");
    refused(CsCheckServiceNames(NULL, NULL, NULL, 0, NULL, NULL), ERROR_INVALID_PARAMETER,
            "CsCheckServiceNames");
    refused(CsFindSpnAccounts(NULL, NULL, NULL, NULL), ERROR_INVALID_PARAMETER,
            "CsFindSpnAccounts");
    refused(CsListSpnAccounts(NULL, NULL, NULL, NULL), ERROR_INVALID_PARAMETER,
            "CsListSpnAccounts");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_say_why_they_are_refused),
        cmocka_unit_test(directory_calls_say_why_they_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
