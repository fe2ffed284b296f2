/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/id.h"

#include "lib/unit.h"

static const uint8_t secret[QUEUE_ID_SECRET] = { 1 }, repeated[QUEUE_ID_SECRET] = { 2 };

static void id_of(const uint8_t *s, const uint8_t *random, const char *head, const char *body,
                  uint8_t ret[QUEUE_ID])
{
    queue_id_of(s, random, bytes_of_text(head), bytes_of_text(body), ret);
}

/* What a machine put back to a snapshot does: the generator and the secret are as they were. */
static void a_generator_that_repeats_itself_repeats_no_id(void **state)
{
    uint8_t first[QUEUE_ID], again[QUEUE_ID];

    (void)state;
    id_of(secret, repeated, "header at ten", "pay 10", first);
    id_of(secret, repeated, "header at ten", "pay 10", again);
    assert_memory_equal(first, again, QUEUE_ID); /* the same message is the same */
    id_of(secret, repeated, "header at ten", "pay 11", again);
    assert_memory_not_equal(first, again, QUEUE_ID);
    id_of(secret, repeated, "header at two", "pay 10", again);
    assert_memory_not_equal(first, again, QUEUE_ID);
}

/* Without the secret nobody learns the body of an id, with fresh bytes no two are one. */
static void secret_and_fresh_bytes_both_count(void **state)
{
    uint8_t first[QUEUE_ID], again[QUEUE_ID];

    (void)state;
    id_of(secret, repeated, "head", "body", first);
    id_of(repeated, repeated, "head", "body", again);
    assert_memory_not_equal(first, again, QUEUE_ID);
    id_of(secret, secret, "head", "body", again);
    assert_memory_not_equal(first, again, QUEUE_ID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_generator_that_repeats_itself_repeats_no_id),
        cmocka_unit_test(secret_and_fresh_bytes_both_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
