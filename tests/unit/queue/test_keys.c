/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/keys.h"

#include "lib/unit.h"

/* As sha256sum computes it of the label, its zero and the letters. */
static void an_id_is_the_hash_of_the_label_and_the_key(void **state)
{
    uint8_t id[QUEUE_KEY_ID], other[QUEUE_KEY_ID];
    struct bytes want = unit_hex("7cbf5a0de56392f4c1ed8f24c8109233");

    (void)state;
    queue_key_id(bytes_of_text("a public key"), id);
    unit_assert_bytes(bytes_of(id, sizeof id), want);
    queue_key_id(bytes_of_text("a public kex"), other);
    assert_memory_not_equal(id, other, sizeof id);
    free((void *)want.ptr);
}

static void what_holds_no_key_may_be_done_with(void **state)
{
    struct queue_key k = { 0 };

    (void)state;
    queue_key_done(&k);
    assert_int_equal(crypto_p256_new(&k.key), ERR_OK);
    queue_key_done(&k);
    assert_null(k.key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_is_the_hash_of_the_label_and_the_key),
        cmocka_unit_test(what_holds_no_key_may_be_done_with),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
