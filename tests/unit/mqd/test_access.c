/* SPDX-License-Identifier: Apache-2.0
 * test_access.c - what a queue's descriptor lets accounts of this host do.
 */
#include "queue/manager/access.h"

#include <string.h>

#include "lib/unit.h"

enum { OWNER = 54321, OTHER = 54322, GROUP = 54399 }; /* nobody's here */

#define OWNER_SID "S-1-22-1-54321"

static bool may(const char *list, uint32_t uid, uint32_t gid, uint32_t wanted)
{
    struct access_who who = { 0 };
    struct buf descriptor = { 0 };
    bool granted;

    assert_int_equal(access_descriptor_new(list, OWNER_SID, &descriptor), ERR_OK);
    assert_int_equal(access_who_new(uid, gid, &who), ERR_OK);
    granted = access_granted(buf_view(descriptor), &who, wanted);
    access_who_done(&who);
    buf_free(&descriptor);
    return granted;
}

static void the_creator_receives_and_others_send(void **state)
{
    static const char shipped[] = "D:(A;;GA;;;OW)(A;;0x24;;;AU)";

    (void)state;
    assert_true(may(shipped, OWNER, OWNER, ACCESS_RECEIVE | ACCESS_SEND | ACCESS_DELETE_QUEUE));
    assert_true(may(shipped, OTHER, OTHER, ACCESS_SEND | ACCESS_SHOW));
    assert_false(may(shipped, OTHER, OTHER, ACCESS_RECEIVE));
    assert_false(may(shipped, OTHER, OTHER, ACCESS_SEND | ACCESS_PEEK));
    assert_false(may(shipped, OTHER, OTHER, ACCESS_SET));
    assert_false(may(shipped, 0, 0, ACCESS_PEEK)); /* root has what the manager's list gives */
}

static void generic_rights_mean_what_they_do_in_message_queuing(void **state)
{
    (void)state;
    assert_true(may("D:(A;;GR;;;WD)", OTHER, OTHER, ACCESS_RECEIVE | ACCESS_JOURNAL));
    assert_false(may("D:(A;;GR;;;WD)", OTHER, OTHER, ACCESS_SEND));
    assert_true(may("D:(A;;GW;;;WD)", OTHER, OTHER, ACCESS_SEND));
    assert_false(may("D:(A;;GW;;;WD)", OTHER, OTHER, ACCESS_PEEK));
}

static void a_group_of_the_process_counts(void **state)
{
    (void)state;
    assert_true(may("D:(A;;0x3;;;S-1-22-2-54399)", OTHER, GROUP, ACCESS_RECEIVE));
    assert_false(may("D:(A;;0x3;;;S-1-22-2-54399)", OTHER, OTHER, ACCESS_RECEIVE));
}

static void root_is_what_windows_calls_the_system(void **state)
{
    (void)state;
    assert_true(may("D:(A;;GA;;;SY)", 0, 0, ACCESS_ALL));
    assert_false(may("D:(A;;GA;;;SY)", OTHER, 0, ACCESS_SEND));
}

static void a_denial_goes_first(void **state)
{
    (void)state;
    assert_false(may("D:(D;;0x4;;;S-1-22-1-54322)(A;;GA;;;WD)", OTHER, OTHER, ACCESS_SEND));
    assert_true(may("D:(D;;0x4;;;S-1-22-1-54322)(A;;GA;;;WD)", OWNER, OWNER, ACCESS_SEND));
}

static void only_a_list_is_a_descriptor(void **state)
{
    static const char *const bad[] = { "",
                                       "O:SY",
                                       "O:SYD:(A;;GA;;;WD)",
                                       "D:(A;;GA;;;WD)S:",
                                       "G:SYD:(A;;GA;;;WD)",
                                       "D:(A;;GA;;;DA)",
                                       "nothing" };
    struct buf descriptor = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_not_equal(access_descriptor_new(bad[i], OWNER_SID, &descriptor), ERR_OK);
    assert_null(descriptor.ptr);
}

static enum err scenario(void *arg)
{
    struct access_who who = { 0 };
    struct buf descriptor = { 0 };
    enum err e = access_who_new(OWNER, OWNER, &who);

    (void)arg;
    if (!e)
        e = access_descriptor_new("D:(A;;GA;;;OW)", OWNER_SID, &descriptor);
    if (!e)
        assert_true(access_granted(buf_view(descriptor), &who, ACCESS_ALL));
    access_who_done(&who);
    buf_free(&descriptor);
    return e;
}

static void fails_cleanly_without_memory(void **state)
{
    (void)state;
    oom_run(scenario, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_creator_receives_and_others_send),
        cmocka_unit_test(generic_rights_mean_what_they_do_in_message_queuing),
        cmocka_unit_test(a_group_of_the_process_counts),
        cmocka_unit_test(root_is_what_windows_calls_the_system),
        cmocka_unit_test(a_denial_goes_first),
        cmocka_unit_test(only_a_list_is_a_descriptor),
        cmocka_unit_test(fails_cleanly_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
