/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"

#include "lib/unit.h"

enum { MOST = 20000 };

static void copies_the_same_wherever_it_lies(void **state)
{
    static const size_t sizes[] = { 0, 1, 1023, 4095, 4096, 4097, 9999, MOST };
    uint8_t *from = aligned_alloc(4096, 5 * 4096), *to = aligned_alloc(4096, 6 * 4096);
    size_t i, at;

    (void)state;
    for (i = 0; i < MOST; i++)
        from[i] = (uint8_t)(i * 7);
    for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (at = 0; at < 100; at++) {
            memset(to, 0xee, 6 * 4096);
            bytes_copy(to + at, from, sizes[i]);
            assert_memory_equal(to + at, from, sizes[i]);
            assert_int_equal(to[at + sizes[i]], 0xee);
        }
    }
    free(from);
    free(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_the_same_wherever_it_lies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
