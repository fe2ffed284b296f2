/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/account_key.h"

#include "base/alloc.h"
#include "lib/unit.h"

enum { NOW = 1800000000, YEAR = 365 * 86400 };

static const struct sid sid = { .authority = 5, .sub = { 21, 1, 2, 3, 1103 }, .count = 5 };

static struct account_keys *keys_of_two_generations(void)
{
    struct account_keys *k = NULL;

    assert_int_equal(account_keys_new(&sid, "Host.Example.COM", &k), ERR_OK);
    assert_int_equal(account_keys_make(k, NOW, NOW + YEAR), ERR_OK);
    account_keys_promote(k, NOW);
    assert_int_equal(account_keys_make(k, NOW + 1, NOW + YEAR), ERR_OK);
    account_keys_promote(k, NOW + 100);
    return k;
}

static void rotation_destroys_the_old_signing_key_and_keeps_the_other(void **state)
{
    struct account_keys *k = keys_of_two_generations();

    (void)state;
    assert_string_equal(k->host, "host.example.com");
    assert_int_equal(k->count, 2);
    assert_int_equal(k->generation[0].state, GENERATION_RETIRED);
    assert_int_equal(k->generation[0].retired, NOW + 100);
    assert_null(k->generation[0].signing);
    assert_non_null(k->generation[0].agreement);
    assert_ptr_equal(account_keys_current(k), &k->generation[1]);
    assert_non_null(k->generation[1].signing);
    assert_null(account_keys_made(k));
    assert_ptr_equal(account_keys_agreeing(k, k->generation[0].certificate.agreement_id),
                     &k->generation[0]);
    assert_null(account_keys_agreeing(k, k->generation[0].certificate.signing_id));
    account_keys_free(k);
}

static void old_keys_go_when_their_time_is_over(void **state)
{
    struct account_keys *k = keys_of_two_generations();
    uint8_t old[ACCOUNT_CERTIFICATE_ID];

    (void)state;
    memcpy(old, k->generation[0].certificate.id, sizeof old);
    assert_int_equal(account_keys_prune(k, NOW + 100 + 49, 50), 0);
    assert_non_null(account_keys_find(k, old));
    assert_int_equal(account_keys_prune(k, NOW + 100 + 50, 50), 1);
    assert_null(account_keys_find(k, old));
    assert_int_equal(k->count, 1);
    assert_non_null(account_keys_current(k));
    account_keys_free(k);
}

static void what_was_never_published_goes_for_the_next(void **state)
{
    struct account_keys *k = keys_of_two_generations();
    uint8_t id[ACCOUNT_CERTIFICATE_ID];

    (void)state;
    assert_int_equal(account_keys_make(k, NOW, NOW + YEAR), ERR_OK);
    memcpy(id, account_keys_made(k)->certificate.id, sizeof id);
    assert_int_equal(account_keys_make(k, NOW, NOW + YEAR), ERR_OK);
    assert_int_equal(k->count, 3);
    assert_null(account_keys_find(k, id));
    account_keys_drop_made(k);
    assert_null(account_keys_made(k));
    assert_int_equal(k->count, 2);
    account_keys_promote(k, NOW); /* nothing is there to promote */
    assert_ptr_equal(account_keys_current(k), &k->generation[1]);
    account_keys_free(k);
}

static void there_is_an_end_to_generations(void **state)
{
    struct account_keys *k = NULL;
    int i;

    (void)state;
    assert_int_equal(account_keys_new(&sid, "h", &k), ERR_OK);
    for (i = 0; i < ACCOUNT_GENERATIONS_MAX; i++) {
        assert_int_equal(account_keys_make(k, NOW, NOW + YEAR), ERR_OK);
        account_keys_promote(k, NOW + i);
    }
    assert_int_equal(account_keys_make(k, NOW, NOW + YEAR), ERR_TOO_LONG);
    assert_int_equal(account_keys_prune(k, NOW + 1, 0), 1);
    assert_int_equal(account_keys_make(k, NOW, NOW + YEAR), ERR_OK);
    account_keys_free(k);
}

static void writes_back_what_it_read(void **state)
{
    struct account_keys *k = keys_of_two_generations(), *back = NULL;
    struct buf file = { 0 }, again = { 0 };

    (void)state;
    assert_int_equal(account_keys_make(k, NOW, NOW + YEAR), ERR_OK);
    assert_int_equal(account_keys_write(k, &file), ERR_OK);
    assert_int_equal(account_keys_read(buf_view(file), &back), ERR_OK);
    assert_int_equal(back->count, 3);
    assert_true(sid_equal(&back->sid, &sid));
    assert_non_null(account_keys_made(back));
    assert_int_equal(account_keys_write(back, &again), ERR_OK);
    unit_assert_bytes(buf_view(again), buf_view(file));
    buf_free(&again);
    buf_free(&file);
    account_keys_free(back);
    account_keys_free(k);
}

static void refuses_what_was_cut_or_changed(void **state)
{
    struct account_keys *k = keys_of_two_generations(), *back = NULL;
    struct buf file = { 0 };
    uint8_t *block;
    size_t n, accepted = 0;

    (void)state;
    assert_int_equal(account_keys_write(k, &file), ERR_OK);
    for (n = 0; n < file.len; n += n < 300 ? 1 : 37) {
        block = malloc(n ? n : 1);
        memcpy(block, file.ptr, n);
        assert_int_not_equal(account_keys_read(bytes_of(block, n), &back), ERR_OK);
        free(block);
        file.ptr[n] ^= 1;
        accepted += account_keys_read(buf_view(file), &back) == ERR_OK;
        file.ptr[n] ^= 1;
    }
    assert_int_equal(accepted, 0);
    buf_free(&file);
    account_keys_free(k);
}

static enum err scenario(void *arg)
{
    struct account_keys *k = NULL;
    enum err e = account_keys_read(buf_view(*(struct buf *)arg), &k);

    account_keys_free(k);
    return e;
}

static void memory_may_run_out_anywhere(void **state)
{
    struct account_keys *k = keys_of_two_generations();
    struct buf file = { 0 };

    (void)state;
    assert_int_equal(account_keys_write(k, &file), ERR_OK);
    oom_run(scenario, &file);
    buf_free(&file);
    account_keys_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rotation_destroys_the_old_signing_key_and_keeps_the_other),
        cmocka_unit_test(old_keys_go_when_their_time_is_over),
        cmocka_unit_test(what_was_never_published_goes_for_the_next),
        cmocka_unit_test(there_is_an_end_to_generations),
        cmocka_unit_test(writes_back_what_it_read),
        cmocka_unit_test(refuses_what_was_cut_or_changed),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
