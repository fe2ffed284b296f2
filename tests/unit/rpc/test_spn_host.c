/* SPDX-License-Identifier: Apache-2.0
 * Whether a service principal name is of the host that is connected to.
 */
#include "rpc/spn_host.h"

#include "lib/unit.h"

static const struct {
    const char *principal, *host;
    enum rpc_spn_host want;
} rows[] = {
    { "work/files.example.com", "files.example.com", RPC_SPN_HOST_SUITS },
    { "work/Files.Example.COM", "files.example.com.", RPC_SPN_HOST_SUITS },
    { "work/files.example.com:1025/cn=work@EXAMPLE.COM", "files.example.com", RPC_SPN_HOST_SUITS },
    { "work/files", "files.example.com", RPC_SPN_HOST_SUITS },
    { "work/files.example.com", "FILES", RPC_SPN_HOST_SUITS },

    { "work/evil.example.com", "files.example.com", RPC_SPN_HOST_OTHER },
    { "work/files.example.com", "files.example.org", RPC_SPN_HOST_OTHER },
    { "work/files.example.com", "files.example", RPC_SPN_HOST_OTHER },
    { "work/files.example.com", "file", RPC_SPN_HOST_OTHER },
    { "work/file", "files", RPC_SPN_HOST_OTHER },
    { "work/evil/files.example.com", "files.example.com", RPC_SPN_HOST_OTHER },
    { "files.example.com/work", "files.example.com", RPC_SPN_HOST_OTHER },

    { "/files.example.com", "files.example.com", RPC_SPN_HOST_MALFORMED },
    { "work/", "files.example.com", RPC_SPN_HOST_MALFORMED },
    { "work/files.example.com/a/b", "files.example.com", RPC_SPN_HOST_MALFORMED },
    { "work/", "192.0.2.1", RPC_SPN_HOST_MALFORMED },

    /* nothing to compare */
    { "work/files.example.com", NULL, RPC_SPN_HOST_SUITS },
    { "work/files.example.com", "", RPC_SPN_HOST_SUITS },
    { "work/files.example.com", "192.0.2.1", RPC_SPN_HOST_SUITS },
    { "work/files.example.com", "2001:db8::1", RPC_SPN_HOST_SUITS },
    { "work/files.example.com", "fe80::1%eth0", RPC_SPN_HOST_SUITS },
    { "svc@EXAMPLE.COM", "files.example.com", RPC_SPN_HOST_SUITS },
    { "EXAMPLE\\svc", "files.example.com", RPC_SPN_HOST_SUITS },
};

static void a_name_is_of_its_host_alone(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum rpc_spn_host got = RPC_SPN_HOST_SUITS;

        assert_int_equal(rpc_spn_host_judge(rows[i].principal, rows[i].host, &got), ERR_OK);
        if (got != rows[i].want)
            fail_msg("%s at %s: %d", rows[i].principal, rows[i].host, (int)got);
    }
}

static enum err judge(void *arg)
{
    enum rpc_spn_host got = RPC_SPN_HOST_SUITS;

    (void)arg;
    return rpc_spn_host_judge("work/files.example.com", "other.example.com", &got);
}

static void lack_of_memory_is_told(void **state)
{
    (void)state;
    oom_run(judge, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_of_its_host_alone),
        cmocka_unit_test(lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
