/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err_codes.h"
#include "countersign/winerror.h"
#include "lib/unit.h"

static void a_status_comes_back_as_an_error_that_has_it(void **state)
{
    static const enum err all[] = {
#define ERR_NAME(name, sec, win32, rpc, text) ERR_##name,
        ERR_LIST(ERR_NAME)
#undef ERR_NAME
    };
    size_t i;

    (void)state;
    for (i = 1; i < sizeof all / sizeof *all; i++) {
        int32_t status = err_security_status(all[i]);
        enum err back = err_of_security_status(status);

        assert_int_not_equal(back, ERR_OK);
        assert_int_equal(err_security_status(back), status);
    }
}

static void what_no_error_has_is_internal(void **state)
{
    (void)state;
    assert_int_equal(err_of_security_status(SEC_E_OK), ERR_INTERNAL);
    assert_int_equal(err_of_security_status(12345), ERR_INTERNAL);
    assert_int_equal(err_of_security_status(SEC_E_INVALID_TOKEN), ERR_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_status_comes_back_as_an_error_that_has_it),
        cmocka_unit_test(what_no_error_has_is_internal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
