/* SPDX-License-Identifier: Apache-2.0
 * Which local account a client is, by the lines of a map; and who is none.
 */
#include "base/identity_map.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "lib/unit.h"

static const struct sid alice = { 5, { 21, 1, 2, 3, 1105 }, 5 };
static const struct identity_map_who by_sid = { &alice, "alice@EXAMPLE.COM" };
static const struct identity_map_who by_name = { NULL, "alice@EXAMPLE.COM" };

static enum err find(const char *text, const struct identity_map_who *who,
                     struct identity_map_target *ret)
{
    size_t n = strlen(text);
    uint8_t *exact = malloc(n ? n : 1); /* a byte too far is seen */
    enum err e;

    assert_non_null(exact);
    memcpy(exact, text, n);
    detail_begin("test");
    e = identity_map_find(bytes_of(exact, n), who, ret);
    free(exact);
    return e;
}

static void a_line_says_who_a_client_is(void **state)
{
    static const struct {
        const char *text, *name;
        uint32_t uid, gid, minimum;
    } rows[] = {
        { "alice@EXAMPLE.COM = alice", "alice", 0, 0, 1000 },
        { "\n# nothing\n  alice@EXAMPLE.COM=al_i-ce.2 # her\r\n", "al_i-ce.2", 0, 0, 1000 },
        { "bob@EXAMPLE.COM = bob\nalice@EXAMPLE.COM = 1000", "", 1000, 0, 1000 },
        { "alice@EXAMPLE.COM = 20001:20002\nminimum-uid = 20000\n", "", 20001, 20002, 20000 },
        { "minimum-uid = 1\nalice@EXAMPLE.COM = 1 : 1\n", "", 1, 1, 1 },
        { "alice@EXAMPLE.COM = 4294967294", "", 4294967294, 0, 1000 },
    };
    struct identity_map_target t;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(find(rows[i].text, &by_name, &t), ERR_OK);
        assert_string_equal(t.name, rows[i].name);
        assert_int_equal(t.uid, rows[i].uid);
        assert_int_equal(t.has_gid, rows[i].gid != 0);
        assert_int_equal(t.gid, rows[i].gid);
        assert_int_equal(t.minimum, rows[i].minimum);
    }
}

static void a_proven_sid_is_looked_for_and_never_the_name(void **state)
{
    struct identity_map_target t;

    (void)state;
    assert_int_equal(find("S-1-5-21-1-2-3-1105 = 2000\nalice@EXAMPLE.COM = 3000", &by_sid, &t),
                     ERR_OK);
    assert_int_equal(t.uid, 2000);
    assert_int_equal(find("S-1-5-21-1-2-3-1105 = 2000\nalice@EXAMPLE.COM = 3000", &by_name, &t),
                     ERR_OK);
    assert_int_equal(t.uid, 3000);
    assert_int_equal(find("\nalice@EXAMPLE.COM = 3000", &by_sid, &t), ERR_NOT_FOUND);
    assert_non_null(strstr(detail_get()->remedy, "Line 2"));
    assert_non_null(strstr(detail_get()->remedy, "S-1-5-21-1-2-3-1105"));
}

static void nobody_else_is_meant(void **state)
{
    static const char *const texts[] = {
        "",
        "# alice@EXAMPLE.COM = alice",
        "Alice@EXAMPLE.COM = alice",
        "alice@example.com = alice",
        "alice@EXAMPLE.COM.org = alice",
        "alic@EXAMPLE.COM = alice",
        "alice@EXAMPLE.CO = alice",
        "S-1-5-21-1-2-3-11050 = alice",
        "S-1-5-21-1-2-3 = alice",
        "minimum-uid = 5000",
    };
    struct identity_map_target t;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(find(texts[i], &by_name, &t), ERR_NOT_FOUND);
        assert_int_equal(find(texts[i], &by_sid, &t), ERR_NOT_FOUND);
    }
}

static void a_line_that_is_not_understood_spoils_the_map(void **state)
{
    static const char *const lines[] = {
        "bob",
        "bob = bob",
        "*@EXAMPLE.COM = bob",
        "@EXAMPLE.COM = bob",
        "bob@ = bob",
        "b ob@E = bob",
        "S-1 = bob",
        "S-1-x = bob",
        "bob@E =",
        "bob@E = b:1",
        "bob@E = 0",
        "bob@E = 1000:0",
        "bob@E = 1000:",
        "bob@E = :5",
        "bob@E = 1000:5:6",
        "bob@E = 4294967295",
        "bob@E = 4294967296",
        "bob@E = 18446744073709552616",
        "bob@E = -5",
        "bob@E = +5",
        "bob@E = 0x3e9",
        "bob@E = DOMAIN\\bob",
        "bob@E = bob@E",
        "bob@E = a234567890123456789012345678901234",
        "minimum-uid = 0",
        "minimum-uid = x",
        "minimum-uid = 4294967295",
        "minimum-uid = 1000\nminimum-uid = 1000",
        "alice@EXAMPLE.COM = 5000",
        "S-1-5-21-1-2-3-1105 = 5000",
        "\xff@E = bob",
    };
    struct identity_map_target t;
    char text[400];
    size_t i, spoilt = 0;

    (void)state;
    for (i = 0; i < sizeof lines / sizeof *lines; i++) {
        snprintf(text, sizeof text, "alice@EXAMPLE.COM = 4000\nS-1-5-21-1-2-3-1105 = 4000\n%s\n",
                 lines[i]);
        spoilt += find(text, &by_sid, &t) == ERR_MALFORMED;
        spoilt += find(text, &by_name, &t) == ERR_MALFORMED;
    }
    /* but a second line about somebody who is looked for otherwise */
    assert_int_equal(spoilt, 2 * (sizeof lines / sizeof *lines) - 2);
    memset(text, 'x', sizeof text);
    memcpy(text, "b@E = ", 6);
    text[sizeof text - 1] = '\0';
    assert_int_equal(find(text, &by_name, &t), ERR_MALFORMED);
    assert_int_equal(find("alice@EXAMPLE.COM = 999", &by_name, &t), ERR_MALFORMED);
    assert_int_equal(find("alice@EXAMPLE.COM = 1999\nminimum-uid = 2000", &by_name, &t),
                     ERR_MALFORMED);
    assert_non_null(strstr(detail_get()->text, "2000 is the least"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_who_a_client_is),
        cmocka_unit_test(a_proven_sid_is_looked_for_and_never_the_name),
        cmocka_unit_test(nobody_else_is_meant),
        cmocka_unit_test(a_line_that_is_not_understood_spoils_the_map),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
