/* SPDX-License-Identifier: Apache-2.0 */
#include "negotiate/choose.h"

#include "base/detail.h"
#include "lib/fake_package.h"
#include "lib/unit.h"

static const struct negotiate_credential both = {
    2, { { &fake_kerberos, NULL }, { &fake_ntlm, NULL } }
};
static const struct negotiate_credential kerberos = { 1, { { &fake_kerberos, NULL } } };

#define MS_KERBEROS "06 09 2a 86 48 82 f7 12 01 02 02 "
#define KERBEROS "06 09 2a 86 48 86 f7 12 01 02 02 "
#define USER "06 0a 2a 86 48 86 f7 12 01 02 02 03 "
#define NTLM "06 0a 2b 06 01 04 01 82 37 02 02 0a "
#define NEGOEX "06 0a 2b 06 01 04 01 82 37 02 02 1e "

static void a_list_of_packages_names_or_forbids(void **state)
{
    static const struct {
        const char *list;
        bool kerberos, ntlm;
    } rows[] = {
        { NULL, true, true },
        { "", true, true },
        { " , ", true, true },
        { "!NTLM", true, false },
        { "Kerberos,!NTLM", true, false },
        { "Kerberos", true, false },
        { "kerberos , ntlm", true, true },
        { "!Kerberos", false, true },
        { "NTLM,!NTLM", false, false },
        { "Kerberos2", false, false },
        { "Kerb", false, false },
        { "!Kerb", true, true },
        { "!", true, true },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(negotiate_list_allows(rows[i].list, "Kerberos"), rows[i].kerberos);
        assert_int_equal(negotiate_list_allows(rows[i].list, "NTLM"), rows[i].ntlm);
    }
}

static enum err choose(const struct negotiate_credential *c, const char *hex,
                       struct negotiate_choice *ret)
{
    struct bytes list = unit_hex(hex);
    enum err e;

    detail_begin("test");
    e = negotiate_choose(c, 0, list, ret);
    free((void *)list.ptr);
    return e;
}

static void the_initiators_first_that_we_can_do_is_taken(void **state)
{
    struct negotiate_choice c = { 0 };

    (void)state;
    assert_int_equal(choose(&both, "30 22 " MS_KERBEROS KERBEROS NTLM, &c), ERR_OK);
    assert_string_equal(c.mech->oid_text, "1.2.840.48018.1.2.2");
    assert_int_equal(c.index, 0);
    assert_int_equal(choose(&both, "30 17 " NTLM KERBEROS, &c), ERR_OK);
    assert_ptr_equal(c.entry->package, &fake_ntlm);
    assert_int_equal(c.index, 0);
    assert_int_equal(choose(&kerberos, "30 17 " NTLM KERBEROS, &c), ERR_OK);
    assert_ptr_equal(c.entry->package, &fake_kerberos);
    assert_int_equal(c.index, 1);
    assert_int_equal(choose(&both, "30 17 " NEGOEX KERBEROS, &c), ERR_OK);
    assert_int_equal(c.index, 1);
}

static void nothing_in_common_says_what_was_offered_and_held(void **state)
{
    struct negotiate_choice c = { 0 };

    (void)state;
    assert_int_equal(choose(&kerberos, "30 18 " NEGOEX NTLM, &c), ERR_NO_PACKAGE);
    assert_string_equal(detail_get()->tried, "1.3.6.1.4.1.311.2.2.30, 1.3.6.1.4.1.311.2.2.10");
    assert_non_null(strstr(detail_get()->text, "credentials for Kerberos"));
}

static void only_the_first_package_is_preferred(void **state)
{
    (void)state;
    assert_false(negotiate_prefers_other(&both, &both.entry[0]));
    assert_true(negotiate_prefers_other(&both, &both.entry[1]));
}

static void offers_kerberos_twice_as_windows_does(void **state)
{
    struct bytes want = unit_hex("30 22 " MS_KERBEROS KERBEROS NTLM);
    struct bytes less = unit_hex("30 0c " NTLM);
    struct buf list = { 0 };

    (void)state;
    assert_int_equal(negotiate_offer(&both, 0, 0, &list), ERR_OK);
    unit_assert_bytes(buf_view(list), want);
    buf_free(&list);
    assert_int_equal(negotiate_offer(&both, 1, 0, &list), ERR_OK);
    unit_assert_bytes(buf_view(list), less);
    buf_free(&list);
    free((void *)want.ptr);
    free((void *)less.ptr);
}

/* Whoever asked for a session key takes user-to-user and nothing else; nobody else takes it. */
static void user_to_user_is_for_who_asked_for_it(void **state)
{
    struct bytes windows = unit_hex("30 2e " MS_KERBEROS KERBEROS USER NTLM);
    struct bytes alone = unit_hex("30 0c " USER), without = unit_hex("30 17 " KERBEROS NTLM);
    struct negotiate_choice c = { 0 };
    struct buf list = { 0 };

    (void)state;
    assert_int_equal(negotiate_choose(&both, CONTEXT_USE_SESSION_KEY, windows, &c), ERR_OK);
    assert_string_equal(c.mech->oid_text, "1.2.840.113554.1.2.2.3");
    assert_int_equal(c.index, 2);
    assert_int_equal(negotiate_choose(&both, CONTEXT_USE_SESSION_KEY, without, &c), ERR_NO_PACKAGE);
    assert_int_equal(negotiate_choose(&both, 0, alone, &c), ERR_NO_PACKAGE);
    assert_int_equal(negotiate_offer(&both, 0, CONTEXT_USE_SESSION_KEY, &list), ERR_OK);
    unit_assert_bytes(buf_view(list), alone);
    buf_free(&list);
    free((void *)windows.ptr);
    free((void *)alone.ptr);
    free((void *)without.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_of_packages_names_or_forbids),
        cmocka_unit_test(the_initiators_first_that_we_can_do_is_taken),
        cmocka_unit_test(nothing_in_common_says_what_was_offered_and_held),
        cmocka_unit_test(only_the_first_package_is_preferred),
        cmocka_unit_test(offers_kerberos_twice_as_windows_does),
        cmocka_unit_test(user_to_user_is_for_who_asked_for_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
