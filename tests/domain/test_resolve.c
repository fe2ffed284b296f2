/* SPDX-License-Identifier: Apache-2.0
 * Our resolver asks a real domain's DNS, named in COUNTERSIGN_DNS.
 */
#include <netinet/in.h>
#include <strings.h>

#include "base/resolve.h"

#include "lib/unit.h"

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    if (!value)
        fail_msg("%s is not set: tests/lib/domain.sh sets it", name);
    return value;
}

static void expect_service(const char *prefix, uint16_t port)
{
    struct resolve_srv srv[RESOLVE_MAX];
    char name[RESOLVE_NAME];
    size_t n = 0;

    snprintf(name, sizeof name, "%s.%s", prefix, variable("REALM"));
    assert_int_equal(resolve_service(name, srv, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(strcasecmp(srv[0].host, variable("DC_NAME")), 0);
    assert_int_equal(srv[0].port, port);
}

static void finds_the_domains_services(void **state)
{
    (void)state;
    expect_service("_ldap._tcp.dc._msdcs", 389);
    expect_service("_ldap._tcp", 389);
    expect_service("_kerberos._tcp", 88);
    expect_service("_gc._tcp", 3268);
}

static void finds_the_domain_controller(void **state)
{
    struct resolve_address at[RESOLVE_MAX];
    char got[64], want[64];
    size_t n = 0;

    (void)state;
    assert_int_equal(resolve_host(variable("DC_NAME"), 389, at, &n), ERR_OK);
    assert_int_equal(n, getenv("DC_ADDRESS6") ? 2 : 1);
    resolve_address_format(&at[0], got, sizeof got);
    snprintf(want, sizeof want, "%s:389", variable("DC_ADDRESS"));
    assert_string_equal(got, want);
    if (n == 2) {
        resolve_address_format(&at[1], got, sizeof got);
        snprintf(want, sizeof want, "[%s]:389", variable("DC_ADDRESS6"));
        assert_string_equal(got, want);
    }
}

static void says_when_there_is_no_such_name(void **state)
{
    struct resolve_address at[RESOLVE_MAX];
    struct resolve_srv srv[RESOLVE_MAX];
    char name[RESOLVE_NAME];
    size_t n = 0;

    (void)state;
    snprintf(name, sizeof name, "nobody.%s", variable("REALM"));
    assert_int_equal(resolve_host(name, 389, at, &n), ERR_NOT_FOUND);
    snprintf(name, sizeof name, "_imap._tcp.%s", variable("REALM"));
    assert_int_equal(resolve_service(name, srv, &n), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_domains_services),
        cmocka_unit_test(finds_the_domain_controller),
        cmocka_unit_test(says_when_there_is_no_such_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
