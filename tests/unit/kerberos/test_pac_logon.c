/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "kerberos/pac.h"
#include "lib/pac.h"
#include "lib/unit.h"

/* Of a ticket of Samba's KDC: a user in Domain Users and three groups more. */
static const char from_samba[] = "01 10 08 00 cc cc cc cc b8 01 00 00 00 00 00 00 00 00 02 00 b0 "
                                 "92 68 1a 1d 7a dd 01 ff ff ff ff "
                                 "ff ff ff 7f ff ff ff ff ff ff ff 7f b2 93 87 f3 1c 7a dd 01 b2 "
                                 "93 87 f3 1c 7a dd 01 ff ff ff ff "
                                 "ff ff ff 7f 10 00 10 00 04 00 02 00 00 00 00 00 08 00 02 00 00 "
                                 "00 00 00 0c 00 02 00 00 00 00 00 "
                                 "10 00 02 00 00 00 00 00 14 00 02 00 00 00 00 00 18 00 02 00 08 "
                                 "00 00 00 53 04 00 00 01 02 00 00 "
                                 "04 00 00 00 1c 00 02 00 20 00 00 00 00 00 00 00 00 00 00 00 00 "
                                 "00 00 00 00 00 00 00 06 00 08 00 "
                                 "20 00 02 00 06 00 08 00 24 00 02 00 28 00 02 00 00 00 00 00 00 "
                                 "00 00 00 10 00 00 00 00 00 00 00 "
                                 "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                                 "00 00 00 01 00 00 00 2c 00 02 00 "
                                 "00 00 00 00 00 00 00 00 00 00 00 00 08 00 00 00 00 00 00 00 08 "
                                 "00 00 00 70 00 61 00 63 00 2d 00 "
                                 "75 00 73 00 65 00 72 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                                 "00 00 00 00 00 00 00 00 00 00 00 "
                                 "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                                 "00 00 00 00 00 00 00 00 00 00 00 "
                                 "00 00 00 00 04 00 00 00 01 02 00 00 07 00 00 00 54 04 00 00 07 "
                                 "00 00 00 55 04 00 00 07 00 00 00 "
                                 "56 04 00 00 07 00 00 00 04 00 00 00 00 00 00 00 03 00 00 00 44 "
                                 "00 43 00 31 00 00 00 04 00 00 00 "
                                 "00 00 00 00 03 00 00 00 4f 00 4e 00 45 00 00 00 04 00 00 00 01 "
                                 "04 00 00 00 00 00 05 15 00 00 00 "
                                 "f3 7a ff 1b 21 33 cf ac de 89 c3 80 01 00 00 00 30 00 02 00 07 "
                                 "00 00 00 01 00 00 00 01 01 00 00 "
                                 "00 00 00 12 01 00 00 00 ";

#define DOMAIN "S-1-5-21-10-20-30"
#define FULL "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15"

static const uint32_t groups[] = { 513, 1104 }, resources[] = { 2001, 2002 };
static const char *const extra[] = { "S-1-18-1", "S-1-5-21-7-8-9-1500" };

/* All that there can be. */
static const struct pac_logon all = { DOMAIN,           1103,      513, groups, 2, extra, 2,
                                      "S-1-5-21-4-5-6", resources, 2 };

static enum err parse(struct bytes msg)
{
    struct identity *i = NULL;
    enum err e = kerberos_pac_read_logon(msg, &i);

    identity_unref(i);
    return e;
}

static enum err parse_made(void *arg)
{
    const struct buf *b = arg;

    return parse(buf_view(*b));
}

static enum err read_made(const struct pac_logon *l, struct identity **ret)
{
    struct buf b = pac_logon_make(l);
    enum err e = kerberos_pac_read_logon(buf_view(b), ret);

    buf_free(&b);
    return e;
}

static void is(const struct sid *sid, const char *want)
{
    char text[SID_TEXT];

    sid_format(sid, text);
    assert_string_equal(text, want);
}

static void group_is(const struct identity *i, size_t k, const char *want, uint32_t attributes)
{
    assert_true(k < i->count);
    is(&i->groups[k].sid, want);
    assert_int_equal(i->groups[k].attributes, attributes);
}

static void reads_what_a_domain_controller_wrote(void **state)
{
    struct bytes raw = unit_hex(from_samba);
    struct identity *i = NULL;

    (void)state;
    assert_int_equal(kerberos_pac_read_logon(raw, &i), ERR_OK);
    is(&i->user, "S-1-5-21-469727987-2899260193-2160298462-1107");
    is(&i->primary_group, "S-1-5-21-469727987-2899260193-2160298462-513");
    assert_int_equal(i->count, 5);
    group_is(i, 4, "S-1-18-1", 7);
    identity_unref(i);
    free((void *)raw.ptr);
}

static void groups_come_from_all_four_places(void **state)
{
    struct identity *i = NULL;

    (void)state;
    assert_int_equal(read_made(&all, &i), ERR_OK);
    is(&i->user, DOMAIN "-1103");
    assert_true(i->has_primary_group);
    is(&i->primary_group, DOMAIN "-513");
    assert_int_equal(i->count, 6);
    group_is(i, 0, DOMAIN "-513", 7);
    group_is(i, 1, DOMAIN "-1104", 7);
    group_is(i, 2, "S-1-18-1", 7);
    group_is(i, 3, "S-1-5-21-7-8-9-1500", 7);
    group_is(i, 4, "S-1-5-21-4-5-6-2001", 0x20000007);
    group_is(i, 5, "S-1-5-21-4-5-6-2002", 0x20000007);
    identity_unref(i);
}

static void a_user_of_no_domain_is_the_first_extra_sid(void **state)
{
    struct pac_logon l = { .extra = extra, .extra_count = 2 };
    struct identity *i = NULL;

    (void)state;
    assert_int_equal(read_made(&l, &i), ERR_OK);
    is(&i->user, "S-1-18-1");
    assert_false(i->has_primary_group);
    assert_int_equal(i->count, 1);
    group_is(i, 0, "S-1-5-21-7-8-9-1500", 7);
    identity_unref(i);
}

static void refuses_numbers_without_a_domain(void **state)
{
    static const char *const missing[] = { "S-1-18-1", NULL };
    struct pac_logon none = { .user = 0 }, user = { .user = 1103 };
    struct pac_logon full = { .domain = FULL, .user = 1103 };
    struct pac_logon resource = all, hole = all;
    struct identity *i = NULL;

    (void)state;
    resource.resource = NULL;
    hole.extra = missing;
    assert_int_equal(read_made(&none, &i), ERR_MALFORMED);
    assert_int_equal(read_made(&user, &i), ERR_MALFORMED);
    assert_int_equal(read_made(&full, &i), ERR_MALFORMED);
    assert_int_equal(read_made(&resource, &i), ERR_MALFORMED);
    assert_int_equal(read_made(&hole, &i), ERR_MALFORMED);
    assert_null(i);
}

/* Each 32-bit word in turn says more than is there: refused, or a word that nothing counts by. */
static void no_count_reaches_beyond_the_end(void **state)
{
    struct buf b = pac_logon_make(&all);
    uint8_t kept[4];
    size_t at;

    (void)state;
    for (at = 0; at + 4 <= b.len; at += 4) {
        memcpy(kept, b.ptr + at, 4);
        memset(b.ptr + at, 0xff, 4);
        (void)parse(buf_view(b));
        memcpy(b.ptr + at, kept, 4);
    }
    assert_int_equal(parse(buf_view(b)), ERR_OK);
    b.ptr[16 + 4 + 48 + 48 + 4 + 8] = 3; /* groups, by the field; the array says 2 */
    assert_int_equal(parse(buf_view(b)), ERR_MALFORMED);
    buf_free(&b);
}

static void refuses_every_shorter_message(void **state)
{
    struct buf b = pac_logon_make(&all);
    struct bytes raw = unit_hex(from_samba);

    (void)state;
    unit_every_prefix(buf_view(b), parse);
    unit_every_prefix(raw, parse);
    buf_free(&b);
    free((void *)raw.ptr);
}

static void survives_every_failing_allocation(void **state)
{
    struct buf b = pac_logon_make(&all);

    (void)state;
    oom_run(parse_made, &b);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_a_domain_controller_wrote),
        cmocka_unit_test(groups_come_from_all_four_places),
        cmocka_unit_test(a_user_of_no_domain_is_the_first_extra_sid),
        cmocka_unit_test(refuses_numbers_without_a_domain),
        cmocka_unit_test(no_count_reaches_beyond_the_end),
        cmocka_unit_test(refuses_every_shorter_message),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
