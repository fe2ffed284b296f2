/* SPDX-License-Identifier: Apache-2.0 */
#include <countersign/enroll.h>

#include "base/detail.h"
#include "lib/unit.h"

static void refused(DWORD code, DWORD want, const char *phase)
{
    assert_int_equal(code, want);
    assert_string_equal(detail_get()->phase, phase);
    assert_true(detail_get()->text[0]);
}

/* Before any directory is asked. */
static void what_is_wrong_is_said_and_nothing_done(void **state)
{
    CS_CERT_OPTIONS wrong = { .size = 1 }, long_lived = { .size = sizeof long_lived, .days = 5000 };
    CS_CERT_SELECTION which = { .size = 1 };
    CS_CERT_WRITER *writers = NULL;
    CS_CERT *certs = NULL;
    DWORD n = 0;

    (void)state;
    refused(CsCertEnroll(NULL, &wrong, &certs), ERROR_INVALID_PARAMETER, "CsCertEnroll");
    refused(CsCertEnroll(NULL, &long_lived, &certs), ERROR_INVALID_PARAMETER, "CsCertEnroll");
    refused(CsCertRotate(NULL, &wrong, NULL), ERROR_INVALID_PARAMETER, "CsCertRotate");
    refused(CsCertRevoke(NULL, NULL, &n), ERROR_INVALID_PARAMETER, "CsCertRevoke");
    refused(CsCertRevoke(NULL, &which, &n), ERROR_INVALID_PARAMETER, "CsCertRevoke");
    refused(CsCertList(NULL, NULL, NULL, &n, NULL), ERROR_INVALID_PARAMETER, "CsCertList");
    refused(CsCertList(NULL, NULL, &certs, NULL, NULL), ERROR_INVALID_PARAMETER, "CsCertList");
    refused(CsCertWriters(NULL, NULL, NULL, &n), ERROR_INVALID_PARAMETER, "CsCertWriters");
    refused(CsCertWriters(NULL, NULL, &writers, NULL), ERROR_INVALID_PARAMETER, "CsCertWriters");
    assert_null(certs);
    assert_null(writers);
    CsCertFree(NULL, 3);
    CsCertWritersFree(NULL, 3);
}

static void a_handle_that_is_none_is_refused(void **state)
{
    HANDLE none = (HANDLE)(uintptr_t)0x1234567;
    CS_CERT_OPTIONS o = { .size = sizeof o, .file = "/nonexistent/keys" };
    CS_CERT_SELECTION which = { .size = sizeof which, .all = TRUE, .file = "/nonexistent/keys" };
    CS_CERT_WRITER *writers = NULL;
    CS_CERT *certs = NULL;
    DWORD n = 0;

    (void)state;
    assert_int_equal(CsCertEnroll(none, &o, &certs), ERROR_INVALID_HANDLE);
    assert_int_equal(CsCertRotate(none, &o, &certs), ERROR_INVALID_HANDLE);
    assert_int_equal(CsCertRevoke(none, &which, &n), ERROR_INVALID_HANDLE);
    assert_int_equal(CsCertList(none, NULL, &certs, &n, NULL), ERROR_INVALID_HANDLE);
    assert_int_equal(CsCertWriters(none, NULL, &writers, &n), ERROR_INVALID_HANDLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_said_and_nothing_done),
        cmocka_unit_test(a_handle_that_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
