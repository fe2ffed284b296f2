/* SPDX-License-Identifier: Apache-2.0 */
#include "base/policy_text.h"

#include <stdlib.h>

#include "lib/unit.h"

struct seen {
    size_t count;
    struct policy_setting last;
    char line[POLICY_LINE_MAX];
};

static void keep(void *arg, const struct policy_setting *s, struct bytes line)
{
    struct seen *seen = arg;

    seen->count++;
    seen->last = *s;
    snprintf(seen->line, sizeof seen->line, "%.*s", (int)line.len, (const char *)line.ptr);
}

static struct seen read_text(const void *text, size_t len)
{
    struct seen seen = { 0 };
    uint8_t *exact = malloc(len ? len : 1);

    assert_non_null(exact);
    memcpy(exact, text, len);
    policy_text_read(bytes_of(exact, len), '\n', keep, &seen);
    free(exact);
    return seen;
}

static void a_line_sets_a_switch(void **state)
{
    static const struct {
        const char *text;
        unsigned line;
        enum policy switch_of;
        enum policy_mode mode;
    } rows[] = {
        { "rc4=off", 1, POLICY_RC4, POLICY_OFF },
        { "\n\n rc4 = audit # until the old clients are gone\n", 3, POLICY_RC4, POLICY_AUDIT },
        { "# a comment\r\nTARGET-NAME\t=\tEnforce\r\n", 2, POLICY_TARGET_NAME, POLICY_ENFORCE },
        { "ndr64=off\n#ndr64=audit", 1, POLICY_NDR64, POLICY_OFF },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct seen s = read_text(rows[i].text, strlen(rows[i].text));

        assert_int_equal(s.count, 1);
        assert_null(s.last.slip);
        assert_true(s.last.known);
        assert_int_equal(s.last.line, rows[i].line);
        assert_int_equal(s.last.switch_of, rows[i].switch_of);
        assert_int_equal(s.last.mode, rows[i].mode);
    }
    assert_int_equal(read_text(" \n#x\n\r\n", 7).count, 0);
}

static void a_slip_names_its_line_and_enforces(void **state)
{
    static const char *const enforced[] = { "rc4",      "rc4=",          "rc4 off", "rc4:off",
                                            "rc4==off", "rc4=off audit", "rc4=0",   "rc4=of" };
    char longer[POLICY_LINE_MAX + 64];
    struct seen s;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof enforced / sizeof enforced[0]; i++) {
        s = read_text(enforced[i], strlen(enforced[i]));
        assert_non_null(s.last.slip);
        assert_true(s.last.known);
        assert_int_equal(s.last.mode, POLICY_ENFORCE);
    }
    s = read_text("\nrc4=off\0", 9);
    assert_non_null(s.last.slip);
    assert_int_equal(s.last.line, 2);
    assert_int_equal(s.last.mode, POLICY_ENFORCE);
    memset(longer, ' ', sizeof longer);
    memcpy(longer, "rc4=off", 7);
    longer[sizeof longer - 1] = 'x';
    s = read_text(longer, sizeof longer);
    assert_string_equal(s.last.slip, "is too long a line");
    assert_int_equal(s.last.mode, POLICY_ENFORCE);
    s = read_text("rc5=off", 7);
    assert_false(s.last.known);
    assert_string_equal(s.last.slip, "names no switch");
    assert_string_equal(s.line, "rc5=off");
}

static void a_value_stands_behind_the_mode(void **state)
{
    const char good[] = "minimum-level = audit  privacy", bad[] = "minimum-level=off secret";
    struct seen s = read_text(good, strlen(good));

    (void)state;
    assert_null(s.last.slip);
    assert_int_equal(s.last.mode, POLICY_AUDIT);
    assert_int_equal(s.last.number, 6);
    s = read_text(bad, strlen(bad));
    assert_non_null(s.last.slip);
    assert_int_equal(s.last.mode, POLICY_ENFORCE);
    assert_int_equal(s.last.value.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_sets_a_switch),
        cmocka_unit_test(a_value_stands_behind_the_mode),
        cmocka_unit_test(a_slip_names_its_line_and_enforces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
