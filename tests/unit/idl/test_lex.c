/* SPDX-License-Identifier: Apache-2.0 */
#include "idl/lex.h"

#include "lib/unit.h"

static struct idl_lexer over(struct idl *run, const char *text)
{
    return idl_lex(run, "a.idl", text, strlen(text));
}

static void numbers_lines_and_columns(void **state)
{
    struct idl *run = idl_new();
    struct idl_lexer lx = over(run, "ab\r\n  cd /* x\n */ 0x1F\n# 7 \"b.h\" 2\n 017 \x1a garbage");
    struct idl_token t = idl_lex_next(&lx);

    (void)state;
    assert_string_equal(t.text, "ab");
    assert_int_equal(t.at.line, 1);
    assert_int_equal(t.at.column, 1);
    t = idl_lex_next(&lx);
    assert_string_equal(t.text, "cd");
    assert_int_equal(t.at.line, 2);
    assert_int_equal(t.at.column, 3);
    t = idl_lex_next(&lx);
    assert_int_equal(t.value, 31);
    assert_int_equal(t.at.line, 3);
    t = idl_lex_next(&lx);
    assert_int_equal(t.value, 15);
    assert_int_equal(t.at.line, 7);
    assert_string_equal(t.at.file, "b.h");
    t = idl_lex_next(&lx);
    assert_int_equal(t.kind, IDL_TOKEN_END);
    assert_int_equal(idl_error_count(run), 0);
    idl_free(run);
}

static void reads_literals(void **state)
{
    struct idl *run = idl_new();
    struct idl_lexer lx = over(run, "L\"a\\\"b\" '\\n' 1.5e-3 18446744073709551615ui64 5UL .5f");
    struct idl_token t = idl_lex_next(&lx);

    (void)state;
    assert_int_equal(t.kind, IDL_TOKEN_STRING);
    assert_true(t.wide);
    assert_string_equal(t.text, "a\\\"b");
    t = idl_lex_next(&lx);
    assert_int_equal(t.kind, IDL_TOKEN_CHAR);
    assert_int_equal(t.value, '\n');
    t = idl_lex_next(&lx);
    assert_true(t.real);
    assert_string_equal(t.text, "1.5e-3");
    t = idl_lex_next(&lx);
    assert_true(t.value == UINT64_MAX);
    t = idl_lex_next(&lx);
    assert_int_equal(t.value, 5);
    t = idl_lex_next(&lx);
    assert_true(t.real);
    assert_int_equal(idl_lex_next(&lx).kind, IDL_TOKEN_END);
    assert_int_equal(idl_error_count(run), 0);
    idl_free(run);
}

static void reads_a_uuid_where_one_must_stand(void **state)
{
    struct idl *run = idl_new();
    struct idl_lexer lx = over(run, " 12345778-1234-ABCD-EF00-0123456789AC ) "
                                    "\"e1af8308-5d1f-11c9-91a4-08002b14a0fa\" 1e-3");

    (void)state;
    assert_string_equal(idl_lex_uuid(&lx).text, "12345778-1234-ABCD-EF00-0123456789AC");
    assert_string_equal(idl_lex_next(&lx).text, ")");
    assert_string_equal(idl_lex_uuid(&lx).text, "e1af8308-5d1f-11c9-91a4-08002b14a0fa");
    assert_int_equal(idl_lex_uuid(&lx).kind, IDL_TOKEN_END);
    assert_int_equal(idl_error_count(run), 1);
    idl_free(run);
}

static void refuses_what_is_no_token(void **state)
{
    static const char *const bad[] = {
        "\"abc",          "'",       "''", "/* abc", "@", "0x", "09", "1x", "18446744073709551616",
        "#include <a.h>", "\xff\xfe"
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct idl *run = idl_new();
        struct idl_lexer lx = over(run, bad[i]);

        assert_int_equal(idl_lex_next(&lx).kind, IDL_TOKEN_END);
        if (idl_error_count(run) != 1)
            fail_msg("%s gave %u errors", bad[i], idl_error_count(run));
        assert_int_equal(idl_lex_next(&lx).kind, IDL_TOKEN_END); /* and stays there */
        idl_free(run);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_lines_and_columns),
        cmocka_unit_test(reads_literals),
        cmocka_unit_test(reads_a_uuid_where_one_must_stand),
        cmocka_unit_test(refuses_what_is_no_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
