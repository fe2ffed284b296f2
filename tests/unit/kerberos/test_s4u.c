/* SPDX-License-Identifier: Apache-2.0 */
#include "kerberos/s4u.h"
#include "lib/unit.h"

enum { KEY = 32 };

static void a_ticket_of_another_key_is_not_of_the_answer(void **state)
{
    krb5_octet a[KEY] = { 1 }, b[KEY] = { 1 };
    krb5_keyblock key = { .enctype = 18, .length = KEY, .contents = a };
    krb5_enc_tkt_part part = { .session = &key };
    krb5_ticket ticket = { .enc_part2 = &part };
    krb5_creds answer = { .keyblock = { .enctype = 18, .length = KEY, .contents = b } };

    (void)state;
    assert_true(kerberos_s4u_is_of_answer(&ticket, &answer));
    b[KEY - 1] ^= 1;
    assert_false(kerberos_s4u_is_of_answer(&ticket, &answer));
    b[KEY - 1] ^= 1;
    key.length = KEY / 2;
    assert_false(kerberos_s4u_is_of_answer(&ticket, &answer));
    key.length = KEY;
    key.enctype = 17;
    assert_false(kerberos_s4u_is_of_answer(&ticket, &answer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ticket_of_another_key_is_not_of_the_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
