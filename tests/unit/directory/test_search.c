/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/search_page.h"
#include "lib/unit.h"

static void pages_without_an_entry_come_to_an_end(void **state)
{
    struct paging p = { .more = true };
    size_t i;

    (void)state;
    for (i = 1; i < PAGES_EMPTY_MOST; i++)
        assert_int_equal(paging_count(&p, 0), ERR_OK);
    assert_int_equal(paging_count(&p, 1), ERR_OK); /* from the beginning */
    for (i = 1; i < PAGES_EMPTY_MOST; i++)
        assert_int_equal(paging_count(&p, 0), ERR_OK);
    assert_int_equal(paging_count(&p, 0), ERR_DIRECTORY);
    p.more = false; /* the last one ends it anyway */
    assert_int_equal(paging_count(&p, 0), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_without_an_entry_come_to_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
