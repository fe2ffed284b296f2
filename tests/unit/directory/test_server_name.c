/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "directory/session.h"
#include "lib/unit.h"

static void reads_every_way_of_writing_a_server(void **state)
{
    static const struct {
        const char *text, *host;
        uint16_t port;
        enum session_scheme scheme;
    } v[] = {
        { "dc1.x.org", "dc1.x.org", 389, SESSION_LDAP },
        { "\\\\DC1", "DC1", 389, SESSION_LDAP },
        { "ldap://dc1:3268/", "dc1", 3268, SESSION_LDAP },
        { "LDAPS://dc1", "dc1", 636, SESSION_LDAPS },
        { "dc1:3269", "dc1", 3269, SESSION_LDAPS },
        { "[2001:db8::1]:390", "2001:db8::1", 390, SESSION_LDAP },
        { "2001:db8::1", "2001:db8::1", 389, SESSION_LDAP },
        { "ldaps://[::1]", "::1", 636, SESSION_LDAPS },
        { "192.0.2.1:1", "192.0.2.1", 1, SESSION_LDAP },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof v / sizeof *v; i++) {
        struct session_server s = { 0 };

        assert_int_equal(session_server_parse(v[i].text, &s), ERR_OK);
        assert_string_equal(s.host, v[i].host);
        assert_int_equal(s.port, v[i].port);
        assert_int_equal(s.scheme, v[i].scheme);
        mem_free(s.host);
    }
}

static void refuses_what_names_no_server(void **state)
{
    static const char *const bad[] = { "",          "ldap://", ":389",     "dc1:",    "dc1:0",
                                       "dc1:65536", "dc1:x",   "[::1",     "[::1]x",  "dc1/x",
                                       "a@b",       "a b",     "ldap:///", "dc1:389x" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct session_server s = { 0 };

        if (session_server_parse(bad[i], &s) == ERR_OK)
            fail_msg("\"%s\" was accepted", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_way_of_writing_a_server),
        cmocka_unit_test(refuses_what_names_no_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
