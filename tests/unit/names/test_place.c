/* SPDX-License-Identifier: Apache-2.0 */
#include "names/place.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "lib/unit.h"
#include "spn/dn.h"

#define DOMAIN "DC=example,DC=com"

static void names_the_documented_containers(void **state)
{
    char *dn = NULL;

    (void)state;
    assert_int_equal(place_dn(PLACE_WINSOCK, DOMAIN, &dn), ERR_OK);
    assert_string_equal(dn, "CN=WinsockServices,CN=System,DC=example,DC=com");
    mem_free(dn);
    assert_int_equal(place_dn(PLACE_RPC, DOMAIN, &dn), ERR_OK);
    assert_string_equal(dn, "CN=RpcServices,CN=System,DC=example,DC=com");
    mem_free(dn);
    assert_int_not_equal(place_dn(PLACE_RPC, "", &dn), ERR_OK);
}

/* RFC 4514 2.4, and back. */
static void escapes_what_a_name_must_escape(void **state)
{
    static const struct {
        const char *name, *rdn;
    } v[] = { { "Print, \"fast\" + <new>", "CN=Print\\, \\\"fast\\\" \\+ \\<new\\>," },
              { "#1; a=b\\c", "CN=\\#1\\; a\\=b\\\\c," },
              { " both ends ", "CN=\\ both ends\\ ," },
              { "a/b", "CN=a/b," },
              { "line\nfeed\x7f", "CN=line\\0Afeed\\7F," },
              { "\xec\x8b\x9c", "CN=\xec\x8b\x9c," } };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof v / sizeof *v; i++) {
        char *dn = NULL, *name = NULL;

        assert_int_equal(place_entry(PLACE_WINSOCK, DOMAIN, v[i].name, &dn), ERR_OK);
        assert_int_equal(strncmp(dn, v[i].rdn, strlen(v[i].rdn)), 0);
        assert_int_equal(dn_check(dn), ERR_OK);
        assert_int_equal(place_name(dn, &name), ERR_OK);
        assert_string_equal(name, v[i].name);
        assert_true(place_holds(PLACE_WINSOCK, DOMAIN, dn));
        assert_false(place_holds(PLACE_RPC, DOMAIN, dn));
        mem_free(dn);
        mem_free(name);
    }
}

static void refuses_what_a_directory_cannot_name(void **state)
{
    char name[4 * PLACE_NAME_MOST + 2] = "", *dn = NULL;
    size_t i;

    (void)state;
    assert_int_equal(place_entry(PLACE_RPC, DOMAIN, "", &dn), ERR_INVALID_PARAMETER);
    assert_int_equal(place_entry(PLACE_RPC, DOMAIN, NULL, &dn), ERR_INVALID_PARAMETER);
    assert_int_equal(place_entry(PLACE_RPC, DOMAIN, "a\xff", &dn), ERR_MALFORMED);
    memset(name, 'a', PLACE_NAME_MOST);
    assert_int_equal(place_name_check(name), ERR_OK);
    name[PLACE_NAME_MOST] = 'a';
    assert_int_equal(place_name_check(name), ERR_TOO_LONG);
    assert_non_null(strstr(detail_get()->remedy, "64"));
    /* a character beyond the first plane is two of the directory's */
    for (i = 0; i <= PLACE_NAME_MOST / 2; i++)
        memcpy(name + 4 * i, "\xf0\x9f\x96\xa8", 4);
    name[4 * i] = 0;
    assert_int_equal(place_name_check(name), ERR_TOO_LONG);
    name[4 * (i - 1)] = 0;
    assert_int_equal(place_name_check(name), ERR_OK);
}

static void tells_what_lies_in_a_container(void **state)
{
    (void)state;
    assert_true(place_holds(PLACE_RPC, DOMAIN, "cn=a,cn=rpcservices,cn=SYSTEM,dc=Example,dc=com"));
    assert_false(place_holds(PLACE_RPC, DOMAIN, "CN=RpcServices,CN=System,DC=example,DC=com"));
    assert_false(
        place_holds(PLACE_RPC, DOMAIN, "CN=a,CN=b,CN=RpcServices,CN=System,DC=example,DC=com"));
    assert_false(place_holds(PLACE_RPC, DOMAIN, "CN=a,CN=RpcServices,CN=System,DC=evil,DC=com"));
    assert_false(
        place_holds(PLACE_RPC, DOMAIN, "CN=a\\,CN=RpcServices,CN=System,DC=example,DC=com"));
    assert_false(place_holds(PLACE_RPC, DOMAIN, "nonsense"));
    assert_false(place_holds(PLACE_RPC, DOMAIN, ""));
}

static enum err all_of_it(void *arg)
{
    char *dn = NULL, *name = NULL;
    enum err e = place_entry(PLACE_WINSOCK, DOMAIN, "a,b", &dn);

    (void)arg;
    if (!e)
        e = place_name(dn, &name);
    mem_free(dn);
    mem_free(name);
    return e;
}

static void survives_lack_of_memory(void **state)
{
    (void)state;
    oom_run(all_of_it, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_documented_containers),
        cmocka_unit_test(escapes_what_a_name_must_escape),
        cmocka_unit_test(refuses_what_a_directory_cannot_name),
        cmocka_unit_test(tells_what_lies_in_a_container),
        cmocka_unit_test(survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
