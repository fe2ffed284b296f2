/* SPDX-License-Identifier: Apache-2.0
 * test_cursor.c - a search handed out entry by entry, against a real domain controller: the schema
 * is there without our doing, and larger than three pages.
 */
#include "directory/cursor.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "lib/unit.h"

static struct session *open_session(void)
{
    struct session_options o = { .domain = unit_env("REALM"),
                                 .user = unit_env("SERVICE_ACCOUNT"),
                                 .user_domain = unit_env("REALM"),
                                 .password = unit_env("SERVICE_PASSWORD") };
    struct session *s = NULL;

    if (session_open(&o, &s))
        fail_msg("%s", detail_get()->text);
    return s;
}

static const char *const attrs[] = { "cn", "objectGUID", NULL };
static char schema[300];

static struct search of_the_schema(const struct session *s)
{
    snprintf(schema, sizeof schema, "CN=Schema,%s", session_config_dn(s));
    return (struct search){
        .base = schema, .scope = SEARCH_ONE, .filter = "(objectClass=*)", .attrs = attrs
    };
}

static struct cursor *open_cursor(struct session *s, const struct search *q)
{
    struct cursor *c = NULL;

    assert_int_equal(cursor_open(s, q, &c), ERR_OK);
    return c;
}

static void hands_out_what_a_search_finds(void **state)
{
    struct session *s = open_session();
    struct search q = of_the_schema(s);
    struct cursor *c = open_cursor(s, &q);
    struct entries all = { 0 };
    const struct entry *entry = NULL;
    size_t i;

    (void)state;
    assert_int_equal(session_search(s, &q, &all), ERR_OK);
    assert_true(all.count > 3 * SEARCH_PAGE);
    for (i = 0; i < all.count; i++) {
        assert_int_equal(cursor_next(c, &entry), ERR_OK);
        assert_non_null(entry);
        assert_string_equal(entry->dn, all.entry[i].dn);
        assert_string_equal(entry_text(entry, "cn"), entry_text(&all.entry[i], "cn"));
        assert_int_equal(entry_attribute(entry, "objectGUID")->value[0].len, 16);
    }
    assert_int_equal(cursor_next(c, &entry), ERR_OK);
    assert_null(entry);
    assert_int_equal(cursor_next(c, &entry), ERR_OK);
    assert_null(entry);
    entries_free(&all);
    cursor_close(c);
    session_close(s);
}

/* Two of one session, each with its own place; and one that is left in the middle. */
static void two_cursors_keep_apart(void **state)
{
    struct session *s = open_session();
    struct search q = of_the_schema(s);
    struct cursor *a = open_cursor(s, &q), *b = open_cursor(s, &q);
    const struct entry *of_a = NULL, *of_b = NULL;
    char *dn = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < SEARCH_PAGE + 10; i++)
        assert_int_equal(cursor_next(a, &of_a), ERR_OK);
    dn = mem_strdup(of_a->dn);
    for (i = 0; i < SEARCH_PAGE + 10; i++)
        assert_int_equal(cursor_next(b, &of_b), ERR_OK);
    assert_string_equal(of_b->dn, dn);
    mem_free(dn);
    cursor_close(a);
    assert_int_equal(cursor_next(b, &of_b), ERR_OK);
    assert_non_null(of_b);
    cursor_close(b);
    session_close(s);
}

static void an_ended_cursor_stays_ended(void **state)
{
    struct session *s = open_session();
    struct search q = of_the_schema(s);
    struct cursor *c = open_cursor(s, &q);
    const struct entry *entry = NULL;
    struct entries found = { 0 };

    (void)state;
    assert_int_equal(cursor_next(c, &entry), ERR_OK);
    cursor_cancel(c);
    assert_int_equal(cursor_next(c, &entry), ERR_RPC_CANCELLED);
    assert_int_equal(cursor_next(c, &entry), ERR_RPC_CANCELLED);
    assert_int_equal(session_search(s, &q, &found), ERR_CONNECT);
    cursor_close(c);
    session_close(s);
}

static void says_what_is_not_there(void **state)
{
    struct session *s = open_session();
    struct search q = of_the_schema(s);
    const struct entry *entry = NULL;
    struct cursor *c;

    (void)state;
    q.filter = "(cn=there is none of this name)";
    c = open_cursor(s, &q);
    assert_int_equal(cursor_next(c, &entry), ERR_OK);
    assert_null(entry);
    cursor_close(c);
    snprintf(schema, sizeof schema, "CN=Nowhere,%s", session_config_dn(s));
    c = open_cursor(s, &q);
    assert_int_equal(cursor_next(c, &entry), ERR_NO_OBJECT);
    cursor_close(c);
    session_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_out_what_a_search_finds),
        cmocka_unit_test(two_cursors_keep_apart),
        cmocka_unit_test(an_ended_cursor_stays_ended),
        cmocka_unit_test(says_what_is_not_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
