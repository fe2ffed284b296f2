/* SPDX-License-Identifier: Apache-2.0 */
#include <countersign/rpc.h>

#include "lib/unit.h"

static void texts_in_both_forms(void **state)
{
    static const WCHAR want[] = u"The RPC server is unavailable.\r\n";
    unsigned char a[DCE_C_ERROR_STRING_LEN];
    WCHAR w[DCE_C_ERROR_STRING_LEN];

    (void)state;
    assert_int_equal(DceErrorInqTextA(RPC_S_SERVER_UNAVAILABLE, a), RPC_S_OK);
    assert_string_equal(a, "The RPC server is unavailable.\r\n");
    assert_int_equal(DceErrorInqTextW(RPC_S_SERVER_UNAVAILABLE, w), RPC_S_OK);
    assert_memory_equal(w, want, sizeof want);
    assert_int_equal(DceErrorInqTextA(SEC_E_WRONG_PRINCIPAL, a), RPC_S_OK);
    assert_int_equal(DceErrorInqTextA(0x7eadbeef, a), RPC_S_INVALID_ARG);
    assert_non_null(strstr((char *)a, "not a valid Windows RPC error code"));
    assert_int_equal(DceErrorInqTextW(0x7eadbeef, w), RPC_S_INVALID_ARG);
    assert_int_equal(w[0], 'T');
    assert_int_equal(DceErrorInqTextA(0, NULL), RPC_S_INVALID_ARG);
    assert_int_equal(DceErrorInqTextW(0, NULL), RPC_S_INVALID_ARG);
}

/* The numbers of the documentation that are statuses of RPC: 1700 to 1831 and beyond, with gaps. */
static void every_status_of_rpc_has_a_text(void **state)
{
    static const struct {
        RPC_STATUS first, last;
    } ranges[] = { { 1700, 1730 }, { 1732, 1737 }, { 1739, 1775 }, { 1777, 1784 }, { 1791, 1791 },
                   { 1806, 1806 }, { 1816, 1833 }, { 1898, 1900 }, { 1913, 1918 }, { 1922, 1929 } };
    unsigned char text[DCE_C_ERROR_STRING_LEN];
    RPC_STATUS s;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof ranges / sizeof *ranges; i++)
        for (s = ranges[i].first; s <= ranges[i].last; s++)
            if (DceErrorInqTextA(s, text))
                fail_msg("%d has no text", s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_in_both_forms),
        cmocka_unit_test(every_status_of_rpc_has_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
