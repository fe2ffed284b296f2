/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/unit.h"

#include "countersign/countersign.h"
#include "countersign/sddl.h"

static const char text[] = "O:BAG:SYD:P(A;;GA;;;WD)S:(AU;SA;GA;;;WD)";

static void goes_there_and_back_in_both_forms(void **state)
{
    PSECURITY_DESCRIPTOR a = NULL, w = NULL;
    ULONG size = 0, size_w = 0, length = 0;
    LPSTR back = NULL;
    LPWSTR back_w = NULL;

    (void)state;
    assert_true(
        ConvertStringSecurityDescriptorToSecurityDescriptorA(text, SDDL_REVISION_1, &a, &size));
    assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorW(
        u"O:BAG:SYD:P(A;;GA;;;WD)S:(AU;SA;GA;;;WD)", SDDL_REVISION_1, &w, &size_w));
    assert_int_equal(size, size_w);
    assert_memory_equal(a, w, size);
    assert_true(ConvertSecurityDescriptorToStringSecurityDescriptorA(a, SDDL_REVISION_1,
                                                                     0xffffffffU, &back, &length));
    assert_string_equal(back, text);
    assert_int_equal(length, sizeof text);
    assert_true(ConvertSecurityDescriptorToStringSecurityDescriptorW(
        a, SDDL_REVISION_1, OWNER_SECURITY_INFORMATION, &back_w, NULL));
    assert_memory_equal(back_w, u"O:BA", 10);
    assert_null(LocalFree(a));
    LocalFree(w);
    LocalFree(back);
    LocalFree(back_w);
}

static void says_what_is_wrong(void **state)
{
    PSECURITY_DESCRIPTOR d = NULL;
    LPSTR back = NULL;
    uint8_t raw[20] = { 1, 0, 0, 0x80 };

    (void)state;
    assert_false(ConvertStringSecurityDescriptorToSecurityDescriptorA(text, 2, &d, NULL));
    assert_int_equal(GetLastError(), ERROR_UNKNOWN_REVISION);
    assert_false(ConvertStringSecurityDescriptorToSecurityDescriptorA("D:(", 1, &d, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_false(ConvertStringSecurityDescriptorToSecurityDescriptorA("O:DA", 1, &d, NULL));
    assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
    assert_false(ConvertStringSecurityDescriptorToSecurityDescriptorA(NULL, 1, &d, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_false(ConvertStringSecurityDescriptorToSecurityDescriptorA("O:BA", 1, NULL, NULL));
    assert_false(ConvertSecurityDescriptorToStringSecurityDescriptorA(raw, 2, 15, &back, NULL));
    assert_int_equal(GetLastError(), ERROR_UNKNOWN_REVISION);
    assert_false(ConvertSecurityDescriptorToStringSecurityDescriptorA(NULL, 1, 15, &back, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    raw[4] = 8;
    assert_false(ConvertSecurityDescriptorToStringSecurityDescriptorA(raw, 1, 15, &back, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_SECURITY_DESCR);
    raw[7] = 1;
    assert_false(ConvertSecurityDescriptorToStringSecurityDescriptorA(raw, 1, 15, &back, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_SECURITY_DESCR);
    raw[3] = 0;
    assert_false(ConvertSecurityDescriptorToStringSecurityDescriptorA(raw, 1, 15, &back, NULL));
    assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
    assert_null(d);
    assert_null(back);
}

static void a_domain_may_be_told(void **state)
{
    PSECURITY_DESCRIPTOR d = NULL;
    PSID domain = NULL;
    LPSTR back = NULL;

    (void)state;
    assert_true(ConvertStringSidToSidA("S-1-5-21-1-2-3", &domain));
    assert_true(CsConvertStringSecurityDescriptorInDomain("O:DA", domain, NULL, &d, NULL));
    assert_true(ConvertSecurityDescriptorToStringSecurityDescriptorA(d, 1, 15, &back, NULL));
    assert_string_equal(back, "O:S-1-5-21-1-2-3-512");
    LocalFree(d);
    LocalFree(back);
    assert_false(CsConvertStringSecurityDescriptorInDomain("O:EA", domain, NULL, &d, NULL));
    assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
    *(uint8_t *)domain = 2;
    assert_false(CsConvertStringSecurityDescriptorInDomain("O:DA", domain, NULL, &d, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    LocalFree(domain);
}

static void sids_are_numbers_only(void **state)
{
    PSID sid = NULL, none = NULL;
    LPSTR back = NULL;
    LPWSTR back_w = NULL;

    (void)state;
    assert_true(ConvertStringSidToSidW(u"S-1-5-32-544", &sid));
    assert_true(ConvertSidToStringSidA(sid, &back));
    assert_string_equal(back, "S-1-5-32-544");
    assert_true(ConvertSidToStringSidW(sid, &back_w));
    assert_memory_equal(back_w, u"S-1-5-32-544", 26);
    assert_false(ConvertStringSidToSidA("BA", &none));
    assert_int_equal(GetLastError(), ERROR_INVALID_SID);
    ((uint8_t *)sid)[1] = 16;
    LocalFree(back);
    back = NULL;
    assert_false(ConvertSidToStringSidA(sid, &back));
    assert_int_equal(GetLastError(), ERROR_INVALID_SID);
    assert_false(ConvertSidToStringSidA(NULL, &back));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_null(back);
    LocalFree(back_w);
    LocalFree(sid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_there_and_back_in_both_forms),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(a_domain_may_be_told),
        cmocka_unit_test(sids_are_numbers_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
