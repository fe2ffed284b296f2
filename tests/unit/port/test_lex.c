/* SPDX-License-Identifier: Apache-2.0
 * test_lex.c - tokens, the lines and files they stand in, and text that breaks off.
 */
#include "lib/unit.h"
#include "port/lex.h"

static struct port_source lexed;

static void lex(const char *text, port_judge *judge)
{
    port_source_free(&lexed);
    assert_int_equal(port_lex(bytes_of_text(text), "main.c", judge, NULL, &lexed), ERR_OK);
}

static size_t find(const char *word)
{
    size_t i;

    for (i = 0; i < lexed.count; i++)
        if (port_is(&lexed, i, word))
            return i;
    fail_msg("no %s", word);
    return 0;
}

static void parts_words_numbers_and_quotes(void **state)
{
    static const enum port_kind kinds[] = { PORT_WORD,   PORT_MARK,   PORT_NUMBER,   PORT_MARK,
                                            PORT_STRING, PORT_STRING, PORT_CHARACTER };
    size_t i;

    (void)state;
    lex("a_1 = 0x1e+2UL ; L\"x\\\"y\" \"z\" u'\\''", NULL);
    assert_int_equal(lexed.count, 7);
    for (i = 0; i < 7; i++)
        assert_int_equal(lexed.tokens[i].kind, kinds[i]);
    unit_assert_bytes(port_text(&lexed, 2), bytes_of_text("0x1e+2UL"));
    unit_assert_bytes(port_text(&lexed, 4), bytes_of_text("L\"x\\\"y\""));
}

static void passes_over_comments(void **state)
{
    (void)state;
    lex("a /* long \" */ b // long ' \\\n still\nc", NULL);
    assert_int_equal(lexed.count, 3);
    assert_int_equal(lexed.tokens[2].line, 3);
}

static void reads_a_word_spelled_over_two_lines(void **state)
{
    (void)state;
    lex("lo\\\nng lo\\\r\nng x", NULL);
    assert_int_equal(lexed.count, 3);
    assert_true(port_is(&lexed, 0, "long"));
    assert_true(port_is(&lexed, 1, "long"));
    assert_false(port_is(&lexed, 0, "lon"));
}

static enum port_origin judge(void *arg, const char *file, bool system)
{
    (void)arg;
    return system ? PORT_SYSTEM : strcmp(file, "ours.h") == 0 ? PORT_OURS : PORT_USER;
}

static void follows_line_markers(void **state)
{
    (void)state;
    lex("# 1 \"main.c\"\nhere\n# 7 \"sys.h\" 1 3 4\nthere\n# 9 \"ours.h\" 1\nus\n"
        "#line 20 \"main.c\"\nback\n# 3 \"C:\\\\x\\\"y.c\"\nodd\n",
        judge);
    assert_int_equal(lexed.tokens[find("here")].line, 1);
    assert_int_equal(lexed.tokens[find("there")].origin, PORT_SYSTEM);
    assert_int_equal(lexed.tokens[find("there")].line, 7);
    assert_int_equal(lexed.tokens[find("us")].origin, PORT_OURS);
    assert_int_equal(lexed.tokens[find("back")].origin, PORT_USER);
    assert_int_equal(lexed.tokens[find("back")].line, 20);
    assert_string_equal(lexed.files[lexed.tokens[find("odd")].file].name, "C:\\\\x\\\"y.c");
}

static void knows_which_directive_a_token_is_of(void **state)
{
    (void)state;
    lex("#define A long \\\n int\nx\n#undef A\n", NULL);
    assert_int_equal(lexed.tokens[find("int")].directive, 1);
    assert_int_equal(lexed.tokens[find("x")].directive, 0);
    assert_int_equal(lexed.tokens[find("undef")].directive, 2);
}

static void leaves_out_what_stands_below_if_0(void **state)
{
    (void)state;
    lex("#if 0\na\n#ifdef X\nb\n#endif\n#else\nc\n#endif\n#if 1\nd\n#elif 1\ne\n#else\nf\n#endif\n"
        "#ifdef Y\ng\n#else\nh\n#endif\n",
        NULL);
    assert_int_equal(lexed.tokens[find("a")].origin, PORT_DEAD);
    assert_int_equal(lexed.tokens[find("b")].origin, PORT_DEAD);
    assert_int_equal(lexed.tokens[find("c")].origin, PORT_USER);
    assert_int_equal(lexed.tokens[find("d")].origin, PORT_USER);
    assert_int_equal(lexed.tokens[find("e")].origin, PORT_DEAD);
    assert_int_equal(lexed.tokens[find("f")].origin, PORT_DEAD);
    assert_int_equal(lexed.tokens[find("g")].origin, PORT_USER);
    assert_int_equal(lexed.tokens[find("h")].origin, PORT_USER);
}

static void takes_every_prefix_of_odd_text(void **state)
{
    static const char text[] =
        "# 1 \"a\" 3\n#line 5\nL\"a\\\n\\\" u8'b\\ /* c */ // d\\\n1.e+ 0x'1 a\\";
    size_t n;

    (void)state;
    for (n = 0; n <= sizeof text - 1; n++) {
        char *exact = malloc(n ? n : 1);

        assert_non_null(exact);
        memcpy(exact, text, n);
        port_source_free(&lexed);
        assert_int_equal(port_lex(bytes_of(exact, n), "x", NULL, NULL, &lexed), ERR_OK);
        port_source_free(&lexed);
        free(exact);
    }
}

static enum err lex_once(void *arg)
{
    struct port_source s = { 0 };
    enum err e = port_lex(bytes_of_text((const char *)arg), "x", NULL, NULL, &s);

    port_source_free(&s);
    return e;
}

static void says_when_memory_ends(void **state)
{
    (void)state;
    oom_run(lex_once, (void *)"# 1 \"a\"\nlong x;\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_words_numbers_and_quotes),
        cmocka_unit_test(passes_over_comments),
        cmocka_unit_test(reads_a_word_spelled_over_two_lines),
        cmocka_unit_test(follows_line_markers),
        cmocka_unit_test(knows_which_directive_a_token_is_of),
        cmocka_unit_test(leaves_out_what_stands_below_if_0),
        cmocka_unit_test(takes_every_prefix_of_odd_text),
        cmocka_unit_test(says_when_memory_ends),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    port_source_free(&lexed);
    return failed;
}
