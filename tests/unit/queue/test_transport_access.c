/* SPDX-License-Identifier: Apache-2.0
 * test_transport_access.c - whom the queue manager lets put messages into a server's queue.
 */
#include "acl/sddl.h"
#include "base/alloc.h"
#include "lib/unit.h"
#include "queue/transport.h"

#define USER "S-1-5-21-1-2-3-1104"

static void becomes(const char *callers, const char *want)
{
    struct buf descriptor = { 0 };
    char *list = NULL;

    assert_int_equal(sddl_parse(callers, NULL, &descriptor), ERR_OK);
    assert_int_equal(queue_access_of_callers(buf_view(descriptor), &list), ERR_OK);
    assert_string_equal(list, want);
    assert_int_equal(sddl_check_list(list), ERR_OK);
    mem_free(list);
    buf_free(&descriptor);
}

static void who_may_call_may_put_messages_in(void **state)
{
    (void)state;
    becomes("D:(A;;GX;;;AU)", "D:(A;;GA;;;OW)(A;;0x24;;;S-1-5-11)");
    becomes("D:(D;;0x1;;;S-1-22-2-7)(A;;GA;;;WD)",
            "D:(A;;GA;;;OW)(D;;0x24;;;S-1-22-2-7)(A;;0x24;;;S-1-1-0)");
    becomes("D:(A;;GR;;;AU)(A;IOOI;GX;;;WD)", "D:(A;;GA;;;OW)");
    becomes("D:", "D:(A;;GA;;;OW)");
}

static void whom_the_manager_cannot_know_it_leaves_to_rpc(void **state)
{
    (void)state;
    becomes("D:(A;;GX;;;" USER ")", "D:(A;;GA;;;OW)(A;;0x24;;;AU)");
    becomes("D:(D;;GX;;;" USER ")(A;;GX;;;S-1-22-1-5)", "D:(A;;GA;;;OW)(A;;0x24;;;S-1-22-1-5)");
    becomes("O:SYG:SY", "D:(A;;GA;;;OW)(A;;0x24;;;WD)"); /* without a list: everybody */
}

static void without_a_descriptor_there_is_no_list(void **state)
{
    char *list = NULL;

    (void)state;
    assert_int_equal(queue_access_of_callers((struct bytes){ 0 }, &list), ERR_OK);
    assert_null(list);
    assert_int_not_equal(queue_access_of_callers(bytes_of_text("no descriptor"), &list), ERR_OK);
    assert_null(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_call_may_put_messages_in),
        cmocka_unit_test(whom_the_manager_cannot_know_it_leaves_to_rpc),
        cmocka_unit_test(without_a_descriptor_there_is_no_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
