/* SPDX-License-Identifier: Apache-2.0 */
#include "ndr/free.h"

#include "lib/unit.h"
#include "ndr/ndr.h"

static long freed;
static const char tag;

static void release(void *p)
{
    freed++;
    free(p);
}

static void gives_back_what_is_not_the_calls(void **state)
{
    struct ndr_arena arena = ndr_arena_with(1024);
    uint8_t stub[16];
    struct ndr_free f = { .arena = &arena, .stub = { stub, 16 }, .release = release };
    void *inside = NULL, *own = calloc(1, 4);

    (void)state;
    freed = 0;
    assert_int_equal(ndr_arena_new(&arena, 1, 8, &inside), ERR_OK);
    assert_false(ndr_free_enter(&f, NULL));
    assert_true(ndr_free_enter(&f, inside));
    ndr_free_leave(&f, inside);
    assert_true(ndr_free_enter(&f, stub + 15));
    ndr_free_leave(&f, stub + 15);
    assert_int_equal(freed, 0);
    assert_true(ndr_free_enter(&f, own));
    ndr_free_leave(&f, own);
    assert_int_equal(freed, 1);
    assert_int_equal(f.depth, 0);
    ndr_arena_done(&arena);
}

static void ends_where_writing_ended(void **state)
{
    struct ndr_arena arena = ndr_arena_with(0);
    struct ndr_free f = { .arena = &arena, .release = release };
    unsigned i;

    (void)state;
    for (i = 0; i < NDR_DEPTH_MAX; i++)
        assert_true(ndr_free_enter(&f, &f));
    assert_false(ndr_free_enter(&f, &f));
    f = (struct ndr_free){ .arena = &arena, .off = true };
    assert_false(ndr_free_enter(&f, &f));
}

static void an_object_of_full_pointers_goes_once(void **state)
{
    struct ndr_arena arena = ndr_arena_with(0);
    struct ndr_fulls fulls = { 0 };
    struct ndr_free f = { .arena = &arena, .fulls = &fulls, .release = release };
    struct ndr_full *full = NULL;
    void *own = calloc(1, 4);

    (void)state;
    freed = 0;
    assert_false(ndr_free_enter_full(&f, own, &tag)); /* nobody wrote it */
    assert_int_equal(ndr_fulls_add(&fulls, 0, own, &tag, &full), ERR_OK);
    assert_false(ndr_free_enter_full(&f, own, &tag));
    full->seen_out = true;
    assert_false(ndr_free_enter_full(&f, NULL, &tag));
    assert_true(ndr_free_enter_full(&f, own, &tag));
    assert_false(ndr_free_enter_full(&f, own, &tag)); /* it leads back to itself */
    ndr_free_leave(&f, own);
    assert_int_equal(freed, 1);
    ndr_fulls_done(&fulls);
}

static enum err scenario(void *arg)
{
    struct ndr_arena arena = ndr_arena_with(1024);
    struct ndr_fulls fulls = { 0 };
    struct ndr_free f = { .arena = &arena, .fulls = &fulls, .release = release };
    struct ndr_full *full = NULL;
    void *inside = NULL;
    enum err e;

    (void)arg;
    e = ndr_arena_new(&arena, 1, 8, &inside);
    if (!e)
        e = ndr_fulls_add(&fulls, 0, inside, &tag, &full);
    if (!e) {
        full->seen_out = true;
        assert_true(ndr_free_enter_full(&f, inside, &tag));
        ndr_free_leave(&f, inside);
    }
    ndr_fulls_done(&fulls);
    ndr_arena_done(&arena);
    return e;
}

static void survives_every_failed_allocation(void **state)
{
    (void)state;
    oom_run(scenario, NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_what_is_not_the_calls),
        cmocka_unit_test(ends_where_writing_ended),
        cmocka_unit_test(an_object_of_full_pointers_goes_once),
        cmocka_unit_test(survives_every_failed_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
