/* SPDX-License-Identifier: Apache-2.0
 * test_reason.c - why a receiver would not have a message, as a number and in words.
 */
#include <countersign/rpc.h>

#include "lib/unit.h"
#include "queue/reason.h"

static void says(uint32_t reason, const char *text)
{
    char said[QUEUE_REASON_TEXT];

    queue_reason_format(reason, said);
    assert_non_null(strstr(said, text));
}

static void a_reason_is_said_in_words(void **state)
{
    (void)state;
    says(0, "no reason");
    says(queue_reason_of_refusal(QUEUE_REFUSED_REPLAYED), "executed before");
    says(queue_reason_of_refusal(QUEUE_REFUSED_KIND), "no call");
    says(queue_reason_of_refusal(QUEUE_REFUSED_OPERATOR), "no such right to the queue");
    says(queue_reason_of_status(RPC_S_ACCESS_DENIED), "may not make this call");
    says(queue_reason_of_status(1234), "exception (1234)");
    says(queue_reason_of_status(0xc0000005), "exception");
}

static void reasons_of_both_kinds_are_apart(void **state)
{
    (void)state;
    assert_true(queue_reason_of_refusal(QUEUE_REFUSED_KIND) < QUEUE_REASON_STATUS);
    assert_int_equal(queue_reason_of_status(0), QUEUE_REASON_STATUS);
    assert_int_equal(queue_reason_of_status(65278), QUEUE_REASON_MOST - 1);
    assert_int_equal(queue_reason_of_status(65279), QUEUE_REASON_MOST);
    assert_int_equal(queue_reason_of_status(UINT32_MAX), QUEUE_REASON_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reason_is_said_in_words),
        cmocka_unit_test(reasons_of_both_kinds_are_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
