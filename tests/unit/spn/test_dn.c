/* SPDX-License-Identifier: Apache-2.0 */
#include "spn/dn.h"

#include "base/alloc.h"
#include "lib/unit.h"

static void takes_names_apart(void **state)
{
    struct bytes rest = bytes_of_text("CN=Sales\\, \\EC\\8B\\9C ,  OU = \"a,b\" ;DC=example");
    struct rdn rdn;

    (void)state;
    assert_int_equal(dn_next(&rest, &rdn), ERR_OK);
    unit_assert_bytes(rdn.key, bytes_of_text("CN"));
    unit_assert_bytes(rdn.value, bytes_of_text("Sales\\, \\EC\\8B\\9C"));
    assert_int_equal(dn_next(&rest, &rdn), ERR_OK);
    unit_assert_bytes(rdn.key, bytes_of_text("OU"));
    assert_int_equal(dn_next(&rest, &rdn), ERR_OK);
    unit_assert_bytes(rdn.value, bytes_of_text("example"));
    assert_int_equal(rest.len, 0);
}

static void refuses_what_is_no_name(void **state)
{
    static const char *const bad[] = { "",         "CN",        "CN=",        "=x",      "CN=a,",
                                       "CN=a\\",   "CN=a\\x",   "CN=\"a",     "CN=a\"b", "CN=a<b",
                                       "CN=a+b=c", "CN=\"a\"b", "CN=a,,DC=b", "C N=a",   "CN=a\\4",
                                       "CN=\xff",  "CN=#0",     "CN=#0g",     ",CN=a" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (dn_check(bad[i]) == ERR_OK)
            fail_msg("\"%s\" was accepted", bad[i]);
}

/* RFC 4514 4 and RFC 2253 5: text and the value it stands for. */
static void removes_escapes(void **state)
{
    static const struct {
        const char *text, *value;
    } v[] = { { "Sue\\, Grabbit and Runn", "Sue, Grabbit and Runn" },
              { "James \\\"Jim\\\" Smith\\, III", "James \"Jim\" Smith, III" },
              { "Before\\0dAfter", "Before\rAfter" },
              { "Lu\\C4\\8Di\\C4\\87", "Lu\xc4\x8di\xc4\x87" },
              { "\"Sue, Grabbit and Runn\"", "Sue, Grabbit and Runn" },
              { "  \"a\\\"b\"  ", "a\"b" },
              { "#04024869", "\x04\x02Hi" },
              { "\\ a \\ ", " a  " },
              { "a\\\\ b", "a\\ b" } };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof v / sizeof *v; i++) {
        struct buf b = { 0 };

        assert_int_equal(dn_unquote(bytes_of_text(v[i].text), &b), ERR_OK);
        assert_string_equal((char *)b.ptr, v[i].value);
        buf_free(&b);
    }
}

static void quoting_is_undone_by_unquoting(void **state)
{
    static const char *const values[] = { "plain", "last,first",  " lead", "trail ",
                                          "#1",    "a#b",         "q\"q",  "b\\b",
                                          "\r\n",  "a=b+c<d>e;f", " ",     "  " };
    enum err (*quoters[])(struct bytes, char **) = { dn_quote, dn_quote_whole };
    size_t i, k;

    (void)state;
    for (i = 0; i < 2 * sizeof values / sizeof *values; i++) {
        struct bytes v = bytes_of_text(values[i / 2]);
        struct buf b = { 0 };
        char *text = NULL;

        k = i % 2;
        assert_int_equal(quoters[k](v, &text), ERR_OK);
        assert_int_equal(dn_unquote(bytes_of_text(text), &b), ERR_OK);
        unit_assert_bytes(buf_view(b), v);
        mem_free(text);
        buf_free(&b);
    }
}

static void knows_parents_and_domains(void **state)
{
    char *s = NULL;

    (void)state;
    assert_string_equal(dn_parent("CN=a\\,b,CN=c,DC=d"), "CN=c,DC=d");
    assert_null(dn_parent("DC=d"));
    assert_true(dn_same("cn=A\\2Cb, dc=X", "CN=a\\,B,DC=x"));
    assert_false(dn_same("cn=a,dc=x", "cn=a"));
    assert_false(dn_same("CN=a\\00b", "CN=a\\00c"));
    assert_false(dn_same("", ""));
    assert_true(dn_within("CN=a,CN=b,DC=c", "cn=B,dc=C"));
    assert_true(dn_within("CN=b,DC=c", "cn=B,dc=C"));
    assert_false(dn_within("CN=x\\,CN=b,DC=c", "CN=b,DC=c"));
    assert_int_equal(dn_domain("CN=a,DC=example,DC=com", &s), ERR_OK);
    assert_string_equal(s, "example.com");
    mem_free(s);
    assert_int_equal(dn_of_domain("corp.example.com", &s), ERR_OK);
    assert_string_equal(s, "DC=corp,DC=example,DC=com");
    mem_free(s);
    assert_int_not_equal(dn_of_domain("a,b", &s), ERR_OK);
    assert_int_equal(dn_child("CN", "a,b", "DC=c", &s), ERR_OK);
    assert_string_equal(s, "CN=a\\,b,DC=c");
    mem_free(s);
}

static enum err scenario(void *arg)
{
    struct buf b = { 0 };
    char *s = NULL, *domain = NULL;
    enum err e;

    (void)arg;
    e = dn_child("CN", "last, first", "OU=people,DC=example,DC=com", &s);
    if (!e)
        e = dn_check(s);
    if (!e)
        e = dn_domain(s, &domain);
    if (!e)
        e = dn_unquote(bytes_of_text("a\\,b"), &b);
    mem_free(s);
    mem_free(domain);
    buf_free(&b);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    oom_run(scenario, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_names_apart),
        cmocka_unit_test(refuses_what_is_no_name),
        cmocka_unit_test(removes_escapes),
        cmocka_unit_test(quoting_is_undone_by_unquoting),
        cmocka_unit_test(knows_parents_and_domains),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
