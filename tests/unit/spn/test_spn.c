/* SPDX-License-Identifier: Apache-2.0 */
#include "spn/spn.h"

#include "base/alloc.h"
#include "lib/unit.h"

struct vector {
    const char *text, *service_class, *instance, *port_name, *service, *realm;
    uint16_t port;
};

/* The forms the documentation shows: Name Formats for Unique SPNs, DS_SPN_NAME_TYPE, and what
 * well-known products register. */
static const struct vector vectors[] = {
    { "www/www.fabrikam.com", "www", "www.fabrikam.com", NULL, NULL, NULL, 0 },
    { "MyDBService/host1:1433", "MyDBService", "host1", NULL, NULL, NULL, 1433 },
    { "MyDBService/host1.example.com/CN=hrdb,OU=mktg,DC=example,DC=com", "MyDBService",
      "host1.example.com", NULL, "CN=hrdb,OU=mktg,DC=example,DC=com", NULL, 0 },
    { "ldap/dc1.example.com:3268/example.com", "ldap", "dc1.example.com", NULL, "example.com", NULL,
      3268 },
    { "www/www.fabrikam.com@fabrikam.com", "www", "www.fabrikam.com", NULL, NULL, "fabrikam.com",
      0 },
    { "MSSQLSvc/db1.example.com:PAYROLL", "MSSQLSvc", "db1.example.com", "PAYROLL", NULL, NULL, 0 },
    { "E3514235-4B06-11D1-AB04-00C04FC2DCD2/7f2a/example.com",
      "E3514235-4B06-11D1-AB04-00C04FC2DCD2", "7f2a", NULL, "example.com", NULL, 0 },
    { "http/[2001:db8::1]:8080", "http", "[2001:db8::1]", NULL, NULL, NULL, 8080 },
};

static void assert_same(const char *a, const char *b)
{
    if (!a || !b)
        assert_ptr_equal(a, b);
    else
        assert_string_equal(a, b);
}

static void takes_names_apart_and_puts_them_together(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        const struct vector *v = &vectors[i];
        struct spn s = { 0 };
        char *text = NULL;

        assert_int_equal(spn_parse_target(v->text, &s), ERR_OK);
        assert_same(s.service_class, v->service_class);
        assert_same(s.instance, v->instance);
        assert_same(s.port_name, v->port_name);
        assert_same(s.service, v->service);
        assert_same(s.realm, v->realm);
        assert_int_equal(s.port, v->port);
        assert_int_equal(spn_format(&s, &text), ERR_OK);
        assert_string_equal(text, v->text);
        mem_free(text);
        spn_free(&s);
    }
}

static void without_a_realm_an_at_sign_means_nothing(void **state)
{
    struct spn s = { 0 };

    (void)state;
    assert_int_equal(spn_parse("smtp/host/user@example.com", &s), ERR_OK);
    assert_string_equal(s.service, "user@example.com");
    assert_null(s.realm);
    spn_free(&s);
}

static void refuses_what_is_no_name(void **state)
{
    static const char *const bad[] = {
        "",
        "host",
        "/host",
        "http/",
        "http//x",
        "http/host/",
        "http/host/a/b",
        "http/host:",
        "http/host:0",
        "http/host:65536",
        "http/host:080",
        "http/2001:db8::1",
        "http/[2001:db8::1",
        "http/[2001:db8::1]x",
        "http/[]",
        "ht tp/host",
        "ht:tp/host",
        "a@b/host",
        "http/ho\nst",
        "http/ho\x7fst",
        "http/ho\xc2\x85st",
        "http/ho\xff",
        "http/[fe80::1%eth0]", /* a zone means something to one host only */
    };
    struct spn s;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (spn_parse(bad[i], &s) == ERR_OK)
            fail_msg("\"%s\" was accepted", bad[i]);
    assert_int_equal(spn_parse(NULL, &s), ERR_INVALID_PARAMETER);
}

/* CVE-2025-33073 and its kin: DNS lets anybody register such a name. */
static void refuses_marshalled_target_information(void **state)
{
    static const char name[] =
        "cifs/srv11UWhRCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAwbEAYBAAAA";
    struct spn s,
        made = { .service_class = "cifs",
                 .instance = "localhost1uwhrcaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaawbeaybaaaa" };
    char *text;

    (void)state;
    assert_int_equal(spn_parse(name, &s), ERR_MALFORMED);
    assert_int_equal(spn_parse_target(name, &s), ERR_MALFORMED);
    assert_int_equal(spn_format(&made, &text), ERR_MALFORMED);
    assert_true(spn_carries_target_info(name));
    assert_false(spn_carries_target_info("cifs/1uwhr.example.com"));
}

static void puts_together_only_what_reads_back(void **state)
{
    static const struct spn bad[] = {
        { .service_class = "http", .instance = NULL },
        { .service_class = "ht/tp", .instance = "h" },
        { .service_class = "http", .instance = "h:80" },
        { .service_class = "http", .instance = "h", .service = "a/b" },
        { .service_class = "http", .instance = "h", .service = "" },
        { .service_class = "http", .instance = "h", .port_name = "80" },
        { .service_class = "http", .instance = "h", .realm = "A B" },
    };
    char *text;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_not_equal(spn_format(&bad[i], &text), ERR_OK);
}

static void refuses_what_is_too_long(void **state)
{
    char name[SPN_MAX + 2] = "http/";
    struct spn s;

    (void)state;
    memset(name + 5, 'a', sizeof name - 6);
    name[sizeof name - 1] = '\0';
    assert_int_equal(spn_parse(name, &s), ERR_TOO_LONG);
    name[SPN_MAX] = '\0';
    assert_int_equal(spn_parse(name, &s), ERR_OK);
    spn_free(&s);
}

static enum err there_and_back(void *arg)
{
    struct spn s;
    char *text = NULL;
    enum err e = spn_parse_target(arg, &s);

    if (e)
        return e;
    e = spn_format(&s, &text);
    mem_free(text);
    spn_free(&s);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    char name[] = "ldap/dc1.example.com:3268/example.com@EXAMPLE.COM";

    (void)state;
    oom_run(there_and_back, name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_names_apart_and_puts_them_together),
        cmocka_unit_test(without_a_realm_an_at_sign_means_nothing),
        cmocka_unit_test(refuses_what_is_no_name),
        cmocka_unit_test(refuses_marshalled_target_information),
        cmocka_unit_test(puts_together_only_what_reads_back),
        cmocka_unit_test(refuses_what_is_too_long),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
