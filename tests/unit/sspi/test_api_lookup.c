/* SPDX-License-Identifier: Apache-2.0
 * test_api_lookup.c - servers asked of DNS, where nobody answers.
 */
#include <countersign/diagnose.h>

#include "lib/unit.h"

static void without_a_server_there_is_no_record(void **state)
{
    CS_SERVER servers[2];
    ULONG count = 2;

    (void)state;
    setenv("COUNTERSIGN_DNS", "127.0.0.1:1", 1);
    assert_int_equal(CsLookupServers(NULL, servers, &count), SEC_E_INVALID_PARAMETER);
    assert_int_equal(CsLookupServers("_kerberos._tcp.EXAMPLE.COM", servers, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(CsLookupServers("_kerberos._tcp.EXAMPLE.COM", servers, &count),
                     SEC_E_NO_AUTHENTICATING_AUTHORITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_server_there_is_no_record),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
