/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/executed_machine.h"

#include <stdio.h>

#include "base/detail.h"
#include "lib/scratch.h"
#include "lib/unit.h"

static char folder[64], id_file[96];

static void be_machine(const char *id)
{
    FILE *f = fopen(id_file, "w");

    assert_non_null(f);
    assert_true(fprintf(f, "%s\n", id) > 0);
    assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
    (void)state;
    scratch_make(folder, sizeof folder);
    (void)snprintf(id_file, sizeof id_file, "%s/machine-id", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_remove(folder);
    return 0;
}

static void a_copy_on_another_machine_is_refused(void **state)
{
    (void)state;
    be_machine("0123456789abcdef0123456789abcdef");
    assert_int_equal(queue_executed_machine(folder, id_file), ERR_OK);
    assert_int_equal(queue_executed_machine(folder, id_file), ERR_OK);
    be_machine("1123456789abcdef0123456789abcdef");
    assert_int_equal(queue_executed_machine(folder, id_file), ERR_ACCESS_DENIED);
    assert_non_null(strstr(detail_get()->text, "another machine"));
    be_machine("0123456789abcdef0123456789abcdef");
    assert_int_equal(queue_executed_machine(folder, id_file), ERR_OK);
}

static void without_an_id_nothing_is_told_apart(void **state)
{
    (void)state;
    assert_int_equal(queue_executed_machine(folder, id_file), ERR_OK);
    be_machine("uninitialized");
    assert_int_equal(queue_executed_machine(folder, id_file), ERR_OK);
    be_machine("0123456789abcdef0123456789abcdef"); /* the first that has one */
    assert_int_equal(queue_executed_machine(folder, id_file), ERR_OK);
}

static void a_mark_that_is_cut_is_nobodys(void **state)
{
    char path[96];
    FILE *f;

    (void)state;
    be_machine("0123456789abcdef0123456789abcdef");
    (void)snprintf(path, sizeof path, "%s/machine", folder);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(queue_executed_machine(folder, id_file), ERR_ACCESS_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_copy_on_another_machine_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_an_id_nothing_is_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mark_that_is_cut_is_nobodys, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
