/* SPDX-License-Identifier: Apache-2.0
 * test_ns_text.c - interfaces, bindings and objects as the directory has them.
 */
#include "names/ns_text.h"

#include "base/alloc.h"
#include "lib/unit.h"

#define ID "12345678-1234-abcd-ef00-0123456789ab"

/* In a heap block of exactly its bytes, for AddressSanitizer to watch. */
static struct bytes exactly(const char *text, size_t n)
{
    uint8_t *p = mem_alloc(n ? n : 1);

    assert_non_null(p);
    memcpy(p, text, n);
    return bytes_of(p, n);
}

static void done(struct bytes b)
{
    mem_free((void *)(uintptr_t)b.ptr);
}

static void an_interface_is_read_and_written_back(void **state)
{
    static const char *const texts[] = { ID ",0.0", ID ",1.0", ID ",65535.65535" };
    char back[NS_IF_TEXT];
    struct ns_if f;
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        assert_int_equal(ns_if_parse(bytes_of_text(texts[i]), &f), ERR_OK);
        ns_if_format(&f, back);
        assert_string_equal(back, texts[i]);
    }
}

static void refuses_an_interface_of_another_form(void **state)
{
    static const char *const texts[] = {
        ID,
        ID ",",
        ID ",1",
        ID ",1.",
        ID ",01.0",
        ID ",1.00",
        ID ",1.0 ",
        ID " ,1.0",
        ID ",-1.0",
        ID ",+1.0",
        ID ",1.0,2",
        ID ",65536.0",
        ID ",1.65536",
        ID ",1.100000",
        "{" ID ",1.0",
        "2345678-1234-abcd-ef00-0123456789ab,1.0",
    };
    struct ns_if f;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (ns_if_parse(bytes_of_text(texts[i]), &f) != ERR_MALFORMED)
            fail_msg("%s", texts[i]);
}

static void refuses_every_shorter_value(void **state)
{
    static const char face[] = ID ",1.0", binding[] = "1 h.example a:b[1]";
    struct ns_binding b = { 0 };
    struct ns_if f;
    struct uuid u;
    struct bytes part;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof face - 1; n++) {
        part = exactly(face, n);
        assert_int_equal(ns_if_parse(part, &f), ERR_MALFORMED);
        assert_int_equal(ns_object_parse(part, &u), n == 36 ? ERR_OK : ERR_MALFORMED);
        done(part);
    }
    /* the string binding itself may be shorter: it is parsed where it is used */
    for (n = 0; n <= strlen("1 h.example a:"); n++) {
        part = exactly(binding, n);
        assert_int_equal(ns_binding_parse(part, &b), ERR_MALFORMED);
        done(part);
    }
}

static void a_binding_is_read_and_written_back(void **state)
{
    static const char text[] = "1 Host-1.one.example ncacn_ip_tcp:fe80::1%eth0[2001,a=b]";
    struct ns_binding b = { 0 };
    char *back = NULL;

    (void)state;
    assert_int_equal(ns_binding_parse(bytes_of_text(text), &b), ERR_OK);
    assert_string_equal(b.host, "Host-1.one.example");
    assert_string_equal(b.text, "ncacn_ip_tcp:fe80::1%eth0[2001,a=b]");
    assert_int_equal(ns_binding_format(&b, &back), ERR_OK);
    assert_string_equal(back, text);
    mem_free(back);
    ns_binding_free(&b);
}

static void refuses_a_binding_of_another_form(void **state)
{
    static const char *const texts[] = {
        "2 h a:b",           "1  a:b",          "1 h  a:b",
        "1 h a:b ",          "1 h/x a:b",       "1 .h a:b",
        "1 -h a:b",          "1 h a",           "1 h",
        "ncacn_ip_tcp:h[1]", "1 h a:b c",       ("1 h " ID "@a:b"),
        "1 h a:\x01",        "1 h\xc3\xa9 a:b", "01 h a:b",
        "1 h,x a:b",         "1 h..i a:b",      "1 h. a:b",
    };
    struct ns_binding b;
    char long_one[NS_BINDING_MOST + 2];
    char *text = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (ns_binding_parse(bytes_of_text(texts[i]), &b) != ERR_MALFORMED)
            fail_msg("%s", texts[i]);
    memset(long_one, 'x', sizeof long_one);
    memcpy(long_one, "1 h a:", 6);
    assert_int_equal(ns_binding_parse(bytes_of(long_one, sizeof long_one), &b), ERR_MALFORMED);
    long_one[sizeof long_one - 1] = 0;
    memcpy(long_one + 5, "a:", 2);
    b = (struct ns_binding){ (char *)(uintptr_t) "h", long_one + 5 };
    assert_int_equal(ns_binding_format(&b, &text), ERR_OK);
    mem_free(text);
    b.host = (char *)(uintptr_t) "hh";
    assert_int_equal(ns_binding_format(&b, &text), ERR_INVALID_PARAMETER);
    b = (struct ns_binding){ (char *)(uintptr_t) "h x", (char *)(uintptr_t) "a:b" };
    assert_int_equal(ns_binding_format(&b, &text), ERR_INVALID_PARAMETER);
}

/* A client would look for the server at itself. */
static void refuses_a_binding_that_leads_nowhere_else(void **state)
{
    static const char *const texts[] = {
        "1 h ncalrpc:[door]",   "1 h ncalrpc:h[door]", "1 h n\\calrpc:h[door]",
        "1 h ncacn_ip_tcp:",    "1 h :h[1]",           "1 h ncacn_ip_tcp:[1]",
        "1 h ncadg_mq:[queue]", "1 h a b:c",           "1 h A:b",
        "1 h ncacn\\_ip_tcp:h",
    };
    struct ns_binding b = { (char *)(uintptr_t) "h", (char *)(uintptr_t) "ncalrpc:[door]" };
    char *text = NULL;
    size_t i;

    (void)state;
    assert_int_equal(ns_binding_format(&b, &text), ERR_INVALID_PARAMETER);
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (ns_binding_parse(bytes_of_text(texts[i]), &b) != ERR_MALFORMED)
            fail_msg("%s", texts[i]);
    assert_int_equal(ns_binding_parse(bytes_of_text("1 h ncalrpc_x:y"), &b), ERR_OK);
    ns_binding_free(&b);
}

static void versions_match_as_they_are_documented(void **state)
{
    static const struct {
        enum ns_versions how;
        uint16_t major, minor;
        bool yes;
    } cases[] = {
        { NS_COMPATIBLE, 2, 0, false }, { NS_COMPATIBLE, 2, 1, true },
        { NS_COMPATIBLE, 2, 2, true },  { NS_COMPATIBLE, 1, 9, false },
        { NS_COMPATIBLE, 3, 1, false }, { NS_EXACT, 2, 1, true },
        { NS_EXACT, 2, 2, false },      { NS_MAJOR_ONLY, 2, 0, true },
        { NS_MAJOR_ONLY, 1, 1, false }, { NS_UPTO, 1, 9, true },
        { NS_UPTO, 2, 1, true },        { NS_UPTO, 2, 2, false },
        { NS_UPTO, 3, 0, false },       { NS_ALL, 9, 9, true },
    };
    struct ns_if asked = { { 1, 2, 3, { 4 } }, 2, 1 }, offered = asked;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        offered.major = cases[i].major;
        offered.minor = cases[i].minor;
        if (ns_if_matches(&asked, cases[i].how, &offered) != cases[i].yes)
            fail_msg("case %zu", i);
    }
    offered.id.data4[7] = 1;
    assert_false(ns_if_matches(&asked, NS_ALL, &offered));
}

static enum err a_binding(void *arg)
{
    struct ns_binding b = { 0 };
    enum err e = ns_binding_parse(bytes_of_text("1 h a:b"), &b);

    (void)arg;
    if (!e)
        ns_binding_free(&b);
    return e;
}

static void says_when_memory_is_out(void **state)
{
    (void)state;
    oom_run(a_binding, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interface_is_read_and_written_back),
        cmocka_unit_test(refuses_an_interface_of_another_form),
        cmocka_unit_test(refuses_every_shorter_value),
        cmocka_unit_test(a_binding_is_read_and_written_back),
        cmocka_unit_test(refuses_a_binding_of_another_form),
        cmocka_unit_test(refuses_a_binding_that_leads_nowhere_else),
        cmocka_unit_test(versions_match_as_they_are_documented),
        cmocka_unit_test(says_when_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
