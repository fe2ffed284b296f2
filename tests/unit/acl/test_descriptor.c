/* SPDX-License-Identifier: Apache-2.0 */
#include "acl/descriptor.h"

#include "lib/unit.h"

/* O:BAG:BA D:AI (D;;GA;;;AN)(OA;;RPWP;<serviceDNSName>;;SY)(A;ID;GA;;;BA) */
static const char sample[] =
    "01 00 04 84 80 00 00 00 90 00 00 00 00 00 00 00 14 00 00 00 "
    "04 00 6c 00 03 00 00 00 "
    "01 00 14 00 00 00 00 10 01 01 00 00 00 00 00 05 07 00 00 00 "
    "05 00 28 00 30 00 00 00 01 00 00 00 b8 0e 63 28 d5 41 d1 11 a9 c1 00 00 f8 03 67 c1 "
    "01 01 00 00 00 00 00 05 12 00 00 00 "
    "00 10 18 00 00 00 00 10 01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00 "
    "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
    "01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00 "
    "01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00 ";

static void reads_its_parts(void **state)
{
    struct bytes msg = unit_hex(sample), rest;
    struct descriptor d;
    struct ace a;
    char text[SID_TEXT];

    (void)state;
    assert_int_equal(descriptor_read(msg, &d), ERR_OK);
    assert_true(d.has_owner && d.has_group && d.dacl.present);
    assert_false(d.sacl.present);
    sid_format(&d.owner, text);
    assert_string_equal(text, "S-1-5-32-544");
    assert_int_equal(d.dacl.count, 3);
    rest = d.dacl.aces;
    assert_int_equal(ace_next(&rest, &a), ERR_OK);
    assert_int_equal(a.type, ACE_DENIED);
    assert_int_equal(ace_next(&rest, &a), ERR_OK);
    assert_true(a.has_object);
    assert_int_equal(a.object.data1, 0x28630eb8);
    assert_int_equal(ace_next(&rest, &a), ERR_OK);
    assert_int_equal(a.flags, ACE_INHERITED);
    assert_int_equal(rest.len, 0);
    free((void *)msg.ptr);
}

static enum err parse(struct bytes msg)
{
    struct descriptor d;

    return descriptor_read(msg, &d);
}

static void refuses_every_shorter_message(void **state)
{
    struct bytes msg = unit_hex(sample);

    (void)state;
    unit_every_prefix(msg, parse);
    free((void *)msg.ptr);
}

static void writes_back_what_it_read(void **state)
{
    struct bytes msg = unit_hex(sample);
    struct descriptor d, again;
    struct buf b = { 0 };

    (void)state;
    assert_int_equal(descriptor_read(msg, &d), ERR_OK);
    assert_int_equal(descriptor_write(&d, &b), ERR_OK);
    assert_int_equal(descriptor_read(buf_view(b), &again), ERR_OK);
    assert_true(sid_equal(&d.owner, &again.owner) && sid_equal(&d.group, &again.group));
    assert_int_equal(d.control, again.control);
    unit_assert_bytes(again.dacl.aces, d.dacl.aces);
    buf_free(&b);
    free((void *)msg.ptr);
}

static const struct uuid attributes[] = {
    { 0x28630eb8, 0x41d5, 0x11d1, { 0xa9, 0xc1, 0x00, 0x00, 0xf8, 0x03, 0x67, 0xc1 } },
    { 0xb7b1311c, 0xb82e, 0x11d0, { 0xaf, 0xee, 0x00, 0x00, 0xf8, 0x03, 0x67, 0xc1 } },
};

/* Behind what denies, before what is inherited; what is there is not added twice. */
static void grants_what_is_missing(void **state)
{
    struct bytes msg = unit_hex(sample), rest;
    struct descriptor d, more;
    struct sid system;
    struct buf b = { 0 };
    struct ace a;
    size_t added = 0;

    (void)state;
    assert_int_equal(sid_parse("S-1-5-18", &system), ERR_OK);
    assert_int_equal(descriptor_read(msg, &d), ERR_OK);
    assert_int_equal(descriptor_grant(&d, &system, RIGHT_READ_PROPERTY | RIGHT_WRITE_PROPERTY,
                                      attributes, 2, &b, &added),
                     ERR_OK);
    assert_int_equal(added, 1);
    assert_int_equal(descriptor_read(buf_view(b), &more), ERR_OK);
    assert_false(more.has_owner);
    assert_int_equal(more.dacl.count, 4);
    rest = more.dacl.aces;
    assert_int_equal(ace_next(&rest, &a) | ace_next(&rest, &a) | ace_next(&rest, &a), ERR_OK);
    assert_int_equal(a.object.data1, 0xb7b1311c);
    assert_int_equal(a.mask, 0x30);
    assert_true(sid_equal(&a.who, &system));
    assert_int_equal(ace_next(&rest, &a), ERR_OK);
    assert_int_equal(a.flags, ACE_INHERITED);
    buf_free(&b);
    free((void *)msg.ptr);
}

static void refuses_lengths_that_lie(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
    } lies[] = { { 0, 2 },  { 3, 0x04 }, { 4, 0xff }, { 5, 0xff },  { 16, 0x13 }, { 22, 0xff },
                 { 22, 4 }, { 24, 9 },   { 30, 3 },   { 30, 0x13 }, { 37, 16 } };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct bytes msg = unit_hex(sample);

        ((uint8_t *)(uintptr_t)msg.ptr)[lies[i].at] = lies[i].value;
        if (parse(msg) == ERR_OK)
            fail_msg("byte %zu as %u was accepted", lies[i].at, lies[i].value);
        free((void *)msg.ptr);
    }
}

static enum err scenario(void *arg)
{
    struct descriptor d;
    struct sid who = { .authority = 5, .count = 1, .sub = { 19 } };
    struct buf b = { 0 };
    size_t added = 0;
    enum err e = descriptor_read(*(struct bytes *)arg, &d);

    if (!e)
        e = descriptor_grant(&d, &who, 0x30, attributes, 2, &b, &added);
    buf_free(&b);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    struct bytes msg = unit_hex(sample);

    (void)state;
    oom_run(scenario, &msg);
    free((void *)msg.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_its_parts),
        cmocka_unit_test(refuses_every_shorter_message),
        cmocka_unit_test(writes_back_what_it_read),
        cmocka_unit_test(grants_what_is_missing),
        cmocka_unit_test(refuses_lengths_that_lie),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
