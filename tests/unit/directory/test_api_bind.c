/* SPDX-License-Identifier: Apache-2.0
 * test_api_bind.c - what binding to a directory refuses before it connects anywhere.
 */
#include <countersign/ntdsapi.h>
#include <countersign/winerror.h>

#include "lib/unit.h"

static void delegation_is_refused_by_either_form(void **state)
{
    HANDLE ds = NULL;

    (void)state;
    assert_int_equal(DsBindWithSpnExA("dc.example.com", NULL, NULL, "ldap/dc.example.com",
                                      NTDSAPI_BIND_ALLOW_DELEGATION, &ds),
                     ERROR_NOT_SUPPORTED);
    assert_int_equal(DsBindWithSpnExW(u"dc.example.com", NULL, NULL, u"ldap/dc.example.com",
                                      NTDSAPI_BIND_ALLOW_DELEGATION, &ds),
                     ERROR_NOT_SUPPORTED);
    assert_null(ds);
}

static void a_handle_must_have_a_place(void **state)
{
    (void)state;
    assert_int_equal(DsBindWithSpnA("dc.example.com", NULL, NULL, "ldap/dc.example.com", NULL),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(DsBindWithSpnW(u"dc.example.com", NULL, NULL, u"ldap/dc.example.com", NULL),
                     ERROR_INVALID_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delegation_is_refused_by_either_form),
        cmocka_unit_test(a_handle_must_have_a_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
