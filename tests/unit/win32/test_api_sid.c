/* SPDX-License-Identifier: Apache-2.0 */
#include "countersign/securitybaseapi.h"
#include "countersign/windows.h"
#include "lib/unit.h"
#include "win32/native_sid.h"

static SID_IDENTIFIER_AUTHORITY nt = { SECURITY_NT_AUTHORITY };

static PSID make(BYTE count, DWORD last)
{
    PSID sid = NULL;

    assert_true(AllocateAndInitializeSid(&nt, count, 21, 1, 2, last, 0, 0, 0, 0, &sid));
    return sid;
}

static void makes_compares_and_copies(void **state)
{
    PSID a = make(4, 500), b = make(4, 501), c = make(3, 0);
    BYTE room[SECURITY_MAX_SID_SIZE];

    (void)state;
    assert_int_equal(GetLengthSid(a), 24);
    assert_int_equal(GetSidLengthRequired(SID_MAX_SUB_AUTHORITIES), SECURITY_MAX_SID_SIZE);
    assert_true(CopySid(sizeof room, room, a));
    assert_true(EqualSid(a, room));
    assert_false(EqualSid(a, b));
    assert_int_equal(GetLastError(), ERROR_SUCCESS);
    assert_true(EqualPrefixSid(a, b));
    assert_false(EqualPrefixSid(a, c));
    assert_false(EqualSid(a, c));
    assert_int_equal(*GetSidSubAuthorityCount(a), 4);
    assert_int_equal(*GetSidSubAuthority(a, 3), 500);
    assert_int_equal(GetSidIdentifierAuthority(a)->Value[5], 5);
    assert_false(CopySid(23, room, a));
    assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    assert_null(FreeSid(a));
    FreeSid(b);
    FreeSid(c);
}

static void refuses_what_is_no_sid(void **state)
{
    BYTE room[SECURITY_MAX_SID_SIZE];
    PSID made = NULL;
    SID s;

    (void)state;
    assert_true(InitializeSid(&s, &nt, 1));
    assert_int_equal(s.SubAuthority[0], 0);
    assert_true(IsValidSid(&s));
    assert_null(GetSidSubAuthority(&s, 1));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    s.SubAuthorityCount = SID_MAX_SUB_AUTHORITIES + 1;
    assert_false(IsValidSid(&s));
    assert_int_equal(GetLengthSid(&s), 0);
    assert_int_equal(GetLastError(), ERROR_INVALID_SID);
    assert_false(CopySid(sizeof room, room, &s));
    assert_false(EqualSid(&s, &s));
    assert_int_equal(GetLastError(), ERROR_INVALID_SID);
    s.SubAuthorityCount = 1;
    s.Revision = 2;
    assert_false(IsValidSid(&s));
    assert_false(IsValidSid(NULL));
    assert_false(InitializeSid(room, &nt, SID_MAX_SUB_AUTHORITIES + 1));
    assert_false(AllocateAndInitializeSid(&nt, 9, 0, 0, 0, 0, 0, 0, 0, 0, &made));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void a_native_sid_is_the_one_of_the_text(void **state)
{
    static const char *const texts[] = { "S-1-5-21-1-2-4294967295-500", "S-1-1-0",
                                         "S-1-0xfedcba987654-1", "S-1-5" };
    BYTE room[SECURITY_MAX_SID_SIZE];
    struct sid in, out;
    char text[SID_TEXT];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(sid_parse(texts[i], &in), ERR_OK);
        native_sid_put(&in, room);
        assert_int_equal(GetLengthSid(room), sid_size(&in));
        assert_int_equal(native_sid_get(room, &out), ERR_OK);
        sid_format(&out, text);
        assert_string_equal(text, texts[i]);
    }
    room[0] = 0;
    assert_int_equal(native_sid_get(room, &out), ERR_INVALID_PARAMETER);
    assert_int_equal(native_sid_get(NULL, &out), ERR_INVALID_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_compares_and_copies),
        cmocka_unit_test(refuses_what_is_no_sid),
        cmocka_unit_test(a_native_sid_is_the_one_of_the_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
