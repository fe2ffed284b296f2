/* SPDX-License-Identifier: Apache-2.0
 * test_rewrite.c - one line of C <-> what is compiled, and what a person is shown.
 */
#include "base/alloc.h"
#include "lib/unit.h"
#include "port/file.h"
#include "port/rewrite.h"

#define SYSTEM                                                                                     \
    "# 1 \"sys.h\" 1 3\nint printf(); int wcslen(); int wcsftime(); int syslog();\n"               \
    "#define LONG_MAX 0x7fffffffffffffffL\n#define PRId64 \"ld\"\nlong sys(long *);\n"             \
    "# 1 \"main.c\"\n"

struct row {
    const char *from, *to;
};

/* clang-format off */
static const struct row compiled[] = {
    { "long x;",                       "int  x;" },
    { "unsigned long x;",              "unsigned int  x;" },
    { "long int x; int long y;",       "     int x; int      y;" },
    { "long unsigned int x;",          "     unsigned int x;" },
    { "const long volatile x;",        "const int  volatile x;" },
    { "long long x; long long int y;", "long long x; long long int y;" },
    { "long int long x;",              "long int long x;" },
    { "long double x; double long y;", "long double x; double long y;" },
    { "(long)x + sizeof(long)",        "(int )x + sizeof(int )" },
    { "typedef long a, *b;",           "typedef int  a, *b;" },
    { "#define L_ long /* c */",       "#define L_ int  /* c */" },
    { "#define long my",               "#define long my" },
    { "lo\\\nng x;",                   " int  x;" },
    { "longer long_ \"long\" /* long */", "longer long_ \"long\" /* long */" },
    { "1L 10UL 0xFFlu 5LU",            "1  10U  0xFFU  5U " },
    { "1LL 2ull 1.5L 1e3L 0x1p2L 0xEEL", "1LL 2ull 1.5L 1e3L 0x1p2L 0xEE " },
    { "#define K(n) n##L",             "#define K(n) n   " },
    { "#define K(n) n##UL",            "#define K(n) n##U " },
    { "printf(\"%ld\", x)",            "printf(\"%ld\", x)" }, /* nobody declared it */
    { "LONG_MAX",                      "LONG_MAX" },
    { SYSTEM "printf(\"%ld\", x)",     SYSTEM "cs_printf(\"%ld\", x)" },
    { SYSTEM "int (*f)() = wcslen;",   SYSTEM "int (*f)() = cs_wcslen;" },
    { SYSTEM "syslog(3, \"%ld\" \"%lu\", f(\"%ld\"))", SYSTEM "syslog(3, \"%d\" \"%u\", f(\"%ld\"))" },
    { SYSTEM "x = LONG_MAX;",          SYSTEM "x = __INT_MAX__;" },
    { SYSTEM "\"%\" PRId64",           SYSTEM "\"%\" \"lld\"" },
    { SYSTEM "#undef LONG_MAX",        SYSTEM "#undef LONG_MAX" },
    { SYSTEM "__attribute__((format(printf, 1, 2)))", SYSTEM "__attribute__((                    ))" },
    { "#pragma comment(lib, \"x\")",   "                         " },
    { "#pragma pack(1)\nlong x;",      "#pragma pack(1)\nint  x;" },
    { "#if 0\nlong x;\n#endif",        "#if 0\nlong x;\n#endif" },
    { "# 1 \"ours.h\" 1\n#define _tprintf printf\nlong x;", "# 1 \"ours.h\" 1\n#define _tprintf printf\nlong x;" },
    { SYSTEM "# 1 \"ours.h\" 1\n#define _tprintf printf\nlong x;",
      SYSTEM "# 1 \"ours.h\" 1\n#define _tprintf cs_printf\nlong x;" },
    { "L\"x\" L'x'",                   "L\"x\" L'x'" },
};

static const struct row by_hand[] = {
    { "#include <windows.h>\nlong x;",           "#include <windows.h>\nLONG x;" },
    { "#include <rpc.h>\nstatic unsigned long int *x;", "#include <rpc.h>\nstatic ULONG *x;" },
    { "#include <rpc.h>\n(long const)(unsigned long)x", "#include <rpc.h>\n(LONG const)(ULONG)x" },
    { "#include \"own.h\"\nlong x;",             "#include <stdint.h>\n#include \"own.h\"\nint32_t x;" },
    { "#include <stdint.h>\nunsigned long x;",   "#include <stdint.h>\nuint32_t x;" },
    { "long x;\n#include <a.h>",                 "#include <stdint.h>\nint32_t x;\n#include <a.h>" },
    { "long long x; long double y;",             "long long x; long double y;" },
    { "#include <windows.h>\nx = 1L + 2UL;",     "#include <windows.h>\nx = 1 + 2U;" },
    { "printf(\"%ld %I64d\", x)",                "printf(\"%d %lld\", x)" },
    { "printf(\"%ld %ls\", x, w)",               "cs_printf(\"%ld %ls\", x, w)" },
    { "_tprintf(TEXT(\"%lu\"), x)",              "_tprintf(TEXT(\"%u\"), x)" },
    { "sscanf(s, a ? \"%ld\" : \"%lu\", \"%ld\")", "sscanf(s, a ? \"%d\" : \"%u\", \"%ld\")" },
    { "#include <windows.h>\nwchar_t *w = L\"x\";", "#include <windows.h>\nWCHAR *w = u\"x\";" },
    { "#include <windows.h>\n#define W(x) L##x", "#include <windows.h>\n#define W(x) u##x" },
    { "f(wcslen(w));",                           "#include <windows.h>\nf(cs_wcslen(w));" },
    { "puts(\"%ld\");",                          "puts(\"%ld\");" },
    { "x = LONG_MAX;",                           "x = INT32_MAX;" },
    { "#include <Windows.h>\nlong x;",           "#include <windows.h>\nLONG x;" },
    { "#include \"RPC.H\"\n#define K(n) n##UL", "#include \"rpc.h\"\n#define K(n) n##U" },
};
/* clang-format on */

static enum port_origin judge(void *arg, const char *file, bool system)
{
    (void)arg;
    return system ? PORT_SYSTEM : strcmp(file, "ours.h") == 0 ? PORT_OURS : PORT_USER;
}

static void check(const struct row *row, enum port_goal goal)
{
    struct port_source s = { 0 };
    struct port_changes c = { 0 };
    struct buf out = { 0 };

    assert_int_equal(port_lex(bytes_of_text(row->from), "main.c", judge, NULL, &s), ERR_OK);
    assert_int_equal(port_rewrite(&s, goal, &c), ERR_OK);
    assert_int_equal(port_changes_apply(&s, &c, &out), ERR_OK);
    if (!bytes_equal(buf_view(out), bytes_of_text(row->to)))
        fail_msg("\n  %s\nbecomes\n  %.*s", row->from, (int)out.len, (const char *)out.ptr);
    buf_free(&out);
    port_changes_free(&c);
    port_source_free(&s);
}

static void changes_for_the_compiler(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof compiled / sizeof *compiled; i++)
        check(&compiled[i], PORT_TO_COMPILE);
}

static void changes_as_a_person_would(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof by_hand / sizeof *by_hand; i++)
        check(&by_hand[i], PORT_BY_HAND);
}

static void remarks(const char *text, enum port_goal goal, const char *word, unsigned line)
{
    struct port_source s = { 0 };
    struct port_changes c = { 0 };

    assert_int_equal(port_lex(bytes_of_text(text), "main.c", judge, NULL, &s), ERR_OK);
    assert_int_equal(port_rewrite(&s, goal, &c), ERR_OK);
    assert_int_equal(c.remark_count, word ? 1 : 0);
    if (word) {
        unit_assert_bytes(c.remarks[0].word, bytes_of_text(word));
        assert_int_equal(c.remarks[0].line, line);
    }
    port_changes_free(&c);
    port_source_free(&s);
}

static void names_what_is_not_here(void **state)
{
    (void)state;
    remarks("int x;\nCoInitialize(0);", PORT_TO_COMPILE, "CoInitialize", 2);
    remarks("\n__try { }", PORT_TO_COMPILE, "__try", 2);
    remarks("wcsftime(0);", PORT_TO_COMPILE, NULL, 0); /* the program's own */
    remarks(SYSTEM "wcsftime(0);", PORT_TO_COMPILE, "wcsftime", 1);
    remarks("wcsftime(0);", PORT_BY_HAND, "wcsftime", 1);
    remarks("#include <objbase.h>", PORT_BY_HAND, "objbase", 1);
    remarks("#include \"ACTIVEDS.H\"", PORT_BY_HAND, "\"ACTIVEDS.H\"", 1);
    remarks("#include <rpc.h>", PORT_BY_HAND, NULL, 0);
    remarks("#if 0\nCoInitialize(0);\n#endif", PORT_TO_COMPILE, NULL, 0);
}

static void declares_what_it_put_in(void **state)
{
    struct port_source s = { 0 };
    struct port_changes c = { 0 };
    char *text = NULL;

    (void)state;
    assert_int_equal(
        port_lex(bytes_of_text(SYSTEM "printf(0); wcslen(0);"), "main.c", judge, NULL, &s), ERR_OK);
    assert_int_equal(port_rewrite(&s, PORT_TO_COMPILE, &c), ERR_OK);
    assert_int_equal(port_declarations(&c, &text), ERR_OK);
    assert_non_null(
        strstr(text, " extern int cs_printf(const char *, ...) __asm__(\"cs_cs_printf\");"));
    assert_non_null(strstr(text, "cs_cc_size cs_wcslen(const cs_cc_wide *)"));
    assert_null(strstr(text, "cs_wcscpy"));
    mem_free(text);
    port_changes_free(&c);
    port_source_free(&s);
}

static enum err rewrite_once(void *arg)
{
    struct port_source s = { 0 };
    struct port_changes c = { 0 };
    struct buf out = { 0 };
    char *diff = NULL;
    enum err e = port_lex(bytes_of_text((const char *)arg), "x", NULL, NULL, &s);

    if (!e)
        e = port_rewrite(&s, PORT_BY_HAND, &c);
    if (!e)
        e = port_changes_apply(&s, &c, &out);
    if (!e)
        e = port_changes_diff(&s, &c, "x.c", &diff);
    mem_free(diff);
    buf_free(&out);
    port_changes_free(&c);
    port_source_free(&s);
    return e;
}

static void says_when_memory_ends(void **state)
{
    (void)state;
    oom_run(rewrite_once, (void *)"#include <a.h>\nlong x = 1L; printf(\"%ld\", x); __try;\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_for_the_compiler), cmocka_unit_test(changes_as_a_person_would),
        cmocka_unit_test(names_what_is_not_here),   cmocka_unit_test(declares_what_it_put_in),
        cmocka_unit_test(says_when_memory_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
