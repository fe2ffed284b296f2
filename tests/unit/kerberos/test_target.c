/* SPDX-License-Identifier: Apache-2.0 */
#include "kerberos/target.h"

#include "base/alloc.h"
#include "lib/unit.h"

/* SEQUENCE OF { [0] 144, [1] "a/b@R" in UTF-16LE } */
#define NAMED "30 16 30 14 a0 04 02 02 00 90 a1 0c 04 0a 61 00 2f 00 62 00 40 00 52 00"
/* The same after KERB_AP_OPTIONS with the channel-binding bit. */
#define BOTH                                                                                       \
    "30 26 30 0e a0 04 02 02 00 8f a1 06 04 04 00 40 00 00 "                                       \
    "30 14 a0 04 02 02 00 90 a1 0c 04 0a 61 00 2f 00 62 00 40 00 52 00"

static enum err parse(struct bytes msg)
{
    struct kerberos_target t = { 0 };
    enum err e = kerberos_target_read(msg, &t);

    if (!e)
        mem_free(t.name);
    return e;
}

static void writes_back_what_it_read(void **state)
{
    static const struct {
        const char *hex, *name;
        uint32_t options;
    } rows[] = {
        { NAMED, "a/b@R", 0 },
        { BOTH, "a/b@R", KERBEROS_AP_OPTIONS_CBT },
        { "30 00", NULL, 0 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes raw = unit_hex(rows[i].hex);
        struct kerberos_target t = { 0 };
        struct buf again = { 0 };

        assert_int_equal(kerberos_target_read(raw, &t), ERR_OK);
        assert_int_equal(t.options, rows[i].options);
        if (rows[i].name)
            assert_string_equal(t.name, rows[i].name);
        else
            assert_null(t.name);
        assert_int_equal(kerberos_target_write(&t, &again), ERR_OK);
        unit_assert_bytes(buf_view(again), raw);
        buf_free(&again);
        mem_free(t.name);
        free((void *)(uintptr_t)raw.ptr);
    }
}

static void refuses_every_shorter_one(void **state)
{
    struct bytes raw = unit_hex(BOTH);

    (void)state;
    unit_every_prefix(raw, parse);
    free((void *)(uintptr_t)raw.ptr);
}

static void passes_over_what_it_does_not_know(void **state)
{
    struct bytes raw = unit_hex("30 11 30 0f a0 04 02 02 00 81 a1 07 04 05 30 03 02 01 12");

    (void)state;
    assert_int_equal(parse(raw), ERR_OK);
    free((void *)(uintptr_t)raw.ptr);
}

static void refuses(const char *hex)
{
    struct bytes raw = unit_hex(hex);

    assert_int_equal(parse(raw), ERR_MALFORMED);
    free((void *)(uintptr_t)raw.ptr);
}

static void refuses_names_that_are_none(void **state)
{
    (void)state;
    refuses("30 0c 30 0a a0 04 02 02 00 90 a1 02 04 00");             /* empty */
    refuses("30 0d 30 0b a0 04 02 02 00 90 a1 03 04 01 61");          /* half a unit */
    refuses("30 0e 30 0c a0 04 02 02 00 90 a1 04 04 02 00 d8");       /* half a pair */
    refuses("30 10 30 0e a0 04 02 02 00 90 a1 06 04 04 61 00 00 00"); /* a NUL within */
}

static void the_realm_and_case_do_not_matter(void **state)
{
    (void)state;
    assert_true(kerberos_target_same("HTTP/web1.example.com@A", "http/WEB1.example.com@B"));
    assert_true(kerberos_target_same("HTTP/web1", "HTTP/web1@B"));
    assert_false(kerberos_target_same("HTTP/web1@A", "HTTP/web10@A"));
    assert_false(kerberos_target_same("HTTP/web1@A", "host/web1@A"));
}

/* One side as callers write it, the other with libkrb5's escapes. */
static void the_name_of_an_object_is_the_same_with_escapes(void **state)
{
    (void)state;
    assert_true(kerberos_target_same("a/h/CN=x\\, y,DC=z@A", "a/h/CN=x\\\\, y,DC=z@A"));
    assert_true(kerberos_target_same("a/h/CN=x@1,DC=z", "a/h/CN=x\\@1,DC=z@A"));
    assert_true(kerberos_target_same("a/h/CN=x@1,DC=z@B", "a/h/CN=x\\@1,DC=z@A"));
    assert_false(kerberos_target_same("a/h/CN=x@1,DC=z", "a/h/CN=x@A"));
    assert_false(kerberos_target_same("a/h/CN=x@1,DC=z", "a/h/CN=x\\@2,DC=z@A"));
    assert_false(kerberos_target_same("a/h/CN=x", "a/h/CN=x\\@1,DC=z@A"));
    assert_false(kerberos_target_same("a/h/CN=xn", "a/h/CN=x\\n@A"));
    assert_false(kerberos_target_same("a/h/CN=x", "a/h/CN=x\\"));
    assert_true(kerberos_target_equal("a/h/CN=x@1,DC=z", "A/H/CN=x@1,DC=z@A"));
    assert_false(kerberos_target_equal("a/h/CN=x@1,DC=z", "a/h/CN=x@2,DC=z"));
}

static enum err read_and_write(void *arg)
{
    struct bytes raw = *(struct bytes *)arg;
    struct kerberos_target t = { 0 };
    struct buf again = { 0 };
    enum err e = kerberos_target_read(raw, &t);

    if (!e)
        e = kerberos_target_write(&t, &again);
    buf_free(&again);
    mem_free(t.name);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    struct bytes raw = unit_hex(BOTH);

    (void)state;
    oom_run(read_and_write, &raw);
    free((void *)(uintptr_t)raw.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_back_what_it_read),
        cmocka_unit_test(refuses_every_shorter_one),
        cmocka_unit_test(passes_over_what_it_does_not_know),
        cmocka_unit_test(refuses_names_that_are_none),
        cmocka_unit_test(the_realm_and_case_do_not_matter),
        cmocka_unit_test(the_name_of_an_object_is_the_same_with_escapes),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
