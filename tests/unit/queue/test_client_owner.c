/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/client_owner.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/detail.h"
#include "lib/unit.h"

static void a_queue_of_ours_of_roots_or_of_the_managers_is_good(void **state)
{
    char mine[32];

    (void)state;
    (void)snprintf(mine, sizeof mine, "S-1-22-1-%u", (unsigned)geteuid());
    assert_int_equal(queue_client_check_owner("q", mine, "S-1-22-1-71", NULL), ERR_OK);
    assert_int_equal(queue_client_check_owner("q", "S-1-22-1-0", "S-1-22-1-71", NULL), ERR_OK);
    assert_int_equal(queue_client_check_owner("q", "S-1-22-1-71", "S-1-22-1-71", NULL), ERR_OK);
}

static void a_strangers_is_refused_unless_he_is_named(void **state)
{
    static const char him[] = "S-1-22-1-54321", other[] = "S-1-22-1-54322";

    (void)state;
    assert_int_equal(queue_client_check_owner("q", him, "S-1-22-1-71", NULL), ERR_ACCESS_DENIED);
    assert_non_null(strstr(detail_get()->text, him));
    assert_int_equal(queue_client_check_owner("q", him, "S-1-22-1-71", other), ERR_ACCESS_DENIED);
    assert_int_equal(queue_client_check_owner("q", him, "S-1-22-1-71", him), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_queue_of_ours_of_roots_or_of_the_managers_is_good),
        cmocka_unit_test(a_strangers_is_refused_unless_he_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
