/* SPDX-License-Identifier: Apache-2.0
 * test_siphash.c - against the numbers of the paper, its appendix A, and of its authors' code.
 */
#include "base/siphash.h"
#include "lib/unit.h"

static void it_says_what_its_authors_say(void **state)
{
    uint8_t key[SIPHASH_KEY], text[15];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    for (i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)i;
    assert_true(siphash(key, bytes_of(text, 15)) == 0xa129ca6149be45e5);
    assert_true(siphash(key, bytes_of(text, 0)) == 0x726fdb47dd0e0e31);
    assert_true(siphash(key, bytes_of(text, 8)) == 0x93f5f5799a932462);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_what_its_authors_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
