/* SPDX-License-Identifier: Apache-2.0 */
#include <pwd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "lib/unit.h"
#include "rpc/local_identity.h"

enum { UNNAMED = 1852516352 }; /* of no range that anybody gives out */

static void names_that_are_accounts(void **state)
{
    static const struct {
        const char *name;
        bool named;
        uint32_t uid;
    } rows[] = {
        { NULL, false, 0 },
        { "", false, 0 },
        { "root", true, 0 },
        { "LocalSystem", true, 0 },
        { "nt authority\\system", true, 0 },
        { "S-1-5-18", true, 0 },
        { "S-1-22-1-54321", true, 54321 },
        { "S-1-22-1-4294967295", true, UINT32_MAX },
    };
    struct rpc_local_server s;
    char *own = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(rpc_local_server_parse(rows[i].name, &s), ERR_OK);
        assert_int_equal(s.named, rows[i].named);
        assert_int_equal(s.uid, rows[i].uid);
    }
    assert_int_equal(rpc_local_name(geteuid(), &own), ERR_OK); /* what a server says of itself */
    assert_int_equal(rpc_local_server_parse(own, &s), ERR_OK);
    assert_int_equal(s.uid, geteuid());
    mem_free(own);
}

static void names_that_are_none(void **state)
{
    static const char *const bad[] = { "no such account", "S-1-5-32-544", "S-1-22-2-0",
                                       "elsewhere\\root", "S-1-22-1" };
    struct rpc_local_server s = { .uid = 4711 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(rpc_local_server_parse(bad[i], &s), ERR_NO_MAPPING);
    assert_int_equal(s.uid, 4711);
}

static void sids_in_memory(void **state)
{
    static const uint8_t system[] = { 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };
    static const uint8_t administrators[] = { 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0 };
    static const uint8_t revision[] = { 2, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };
    static const uint8_t parts[] = { 1, 16, 0, 0, 0, 0, 0, 5 };
    struct rpc_local_server s = { 0 };

    (void)state;
    assert_int_equal(rpc_local_server_of_sid(system, &s), ERR_OK);
    assert_true(s.named && s.uid == 0);
    assert_int_equal(rpc_local_server_of_sid(administrators, &s), ERR_NO_MAPPING);
    assert_int_equal(rpc_local_server_of_sid(revision, &s), ERR_INVALID_PARAMETER);
    assert_int_equal(rpc_local_server_of_sid(parts, &s), ERR_INVALID_PARAMETER);
}

static void who_has_no_name_is_a_sid(void **state)
{
    char *name = NULL;

    (void)state;
    assert_null(getpwuid(UNNAMED));
    assert_int_equal(rpc_local_name(UNNAMED, &name), ERR_OK);
    assert_int_equal(strncmp(name, "S-1-22-1-", 9), 0);
    mem_free(name);
}

static enum err name_it(void *arg)
{
    char *name = NULL;
    enum err e = rpc_local_name(geteuid(), &name);

    (void)arg;
    mem_free(name);
    return e;
}

static void says_when_memory_is_out(void **state)
{
    (void)state;
    oom_run(name_it, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_are_accounts), cmocka_unit_test(names_that_are_none),
        cmocka_unit_test(sids_in_memory),          cmocka_unit_test(who_has_no_name_is_a_sid),
        cmocka_unit_test(says_when_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
