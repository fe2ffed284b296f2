/* SPDX-License-Identifier: Apache-2.0 */
#include "names/rnr_instance.h"

#include "base/log.h"
#include "lib/unit.h"

#define SOUND "CSWA\1\0\1\0\6\0\0\0\2\0\x13\x89\xc0\0\2\7\1h"
#define UNKNOWN "CSWA\2\0"

static struct buf value(const char *bytes, size_t n)
{
    return (struct buf){ (uint8_t *)(uintptr_t)bytes, n };
}

/* What a planted object may look like. */
struct planted {
    struct buf id, version, comment, address[3];
    struct attribute attribute[4];
    struct entry entry;
};

static void plant(struct planted *p)
{
    p->id = value("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10", 16);
    p->version = value("\2\0\0\0\1\0\0\0", 8);
    p->comment = value("a comment", 9);
    p->address[0] = value(UNKNOWN, sizeof UNKNOWN - 1);
    p->address[1] = value(SOUND, sizeof SOUND - 1);
    p->address[2] = value(SOUND, sizeof SOUND - 2);
    p->attribute[0] = (struct attribute){ (char *)"serviceClassID", &p->id, 1, false };
    p->attribute[1] = (struct attribute){ (char *)"serviceInstanceVersion", &p->version, 1, false };
    p->attribute[2] = (struct attribute){ (char *)"description", &p->comment, 1, false };
    p->attribute[3] = (struct attribute){ (char *)"winsockAddresses", p->address, 3, false };
    p->entry =
        (struct entry){ (char *)"CN=a\\,b,CN=WinsockServices,CN=System,DC=x", p->attribute, 4 };
}

static void count_lines(void *arg, enum log_level level, const char *line)
{
    unsigned *lines = arg;

    (void)level;
    (void)line;
    ++*lines;
}

static void what_is_sound_beside_damaged_values_still_counts(void **state)
{
    struct planted p;
    struct rnr_instance i = { 0 };

    (void)state;
    plant(&p);
    assert_int_equal(rnr_instance_from(&p.entry, &i), ERR_OK);
    assert_string_equal(i.name, "a,b");
    assert_string_equal(i.comment, "a comment");
    assert_true(i.has_class);
    assert_int_equal(i.class_id.data1, 0x04030201);
    assert_true(i.has_version);
    assert_int_equal(i.version.number, 2);
    assert_true(i.version.not_less);
    assert_int_equal(i.value_count, 3);
    assert_int_equal(i.address_count, 1);
    assert_int_equal(i.address[0].remote.port, 5001);
    assert_string_equal(i.damage, "winsockAddresses, value 1: a version not known here");
    assert_false(i.has_owner);
    rnr_instance_free(&i);
}

static void damage_of_each_attribute_is_told(void **state)
{
    struct planted p;
    struct rnr_instance i = { 0 };

    (void)state;
    plant(&p);
    p.entry.count = 3;
    p.id.len = 15;
    assert_int_equal(rnr_instance_from(&p.entry, &i), ERR_OK);
    assert_false(i.has_class);
    assert_non_null(strstr(i.damage, "serviceClassID"));
    rnr_instance_free(&i);
    plant(&p);
    p.entry.count = 3;
    p.version = value("\2\0\0\0\2\0\0\0", 8);
    assert_int_equal(rnr_instance_from(&p.entry, &i), ERR_OK);
    assert_false(i.has_version);
    assert_non_null(strstr(i.damage, "serviceInstanceVersion"));
    rnr_instance_free(&i);
    p.version = value("\2\0\0\0\1\0\0\0\0", 9);
    assert_int_equal(rnr_instance_from(&p.entry, &i), ERR_OK);
    assert_false(i.has_version);
    rnr_instance_free(&i);
    plant(&p);
    p.entry.count = 3;
    p.comment = value("\xff", 1);
    assert_int_equal(rnr_instance_from(&p.entry, &i), ERR_OK);
    assert_string_equal(i.comment, "");
    assert_non_null(strstr(i.damage, "description"));
    rnr_instance_free(&i);
}

/* One object must not fill the log, nor pass for one without an address. */
static void many_damaged_values_are_told_at_once(void **state)
{
    struct planted p;
    struct rnr_instance i = { 0 };
    unsigned lines = 0;

    (void)state;
    plant(&p);
    p.address[1] = p.address[0];
    p.attribute[3].cut = true;
    log_to(count_lines, &lines, LOG_LEVEL_WARNING);
    assert_int_equal(rnr_instance_from(&p.entry, &i), ERR_OK);
    log_to(NULL, NULL, LOG_LEVEL_AUDIT);
    assert_int_equal(lines, 3); /* the first, how many, and that there are more */
    assert_string_equal(i.damage, "winsockAddresses, value 1: a version not known here");
    assert_int_equal(i.value_count, 3);
    rnr_instance_free(&i);
    p.attribute[3] = (struct attribute){ (char *)"winsockAddresses", &p.address[2], 1, true };
    p.address[2] = value(SOUND, sizeof SOUND - 1);
    assert_int_equal(rnr_instance_from(&p.entry, &i), ERR_OK);
    assert_int_equal(i.address_count, 1);
    assert_non_null(strstr(i.damage, "too many values"));
    rnr_instance_free(&i);
}

static enum err scenario(void *arg)
{
    struct rnr_instance i = { 0 };
    enum err e = rnr_instance_from(arg, &i);

    rnr_instance_free(&i);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    struct planted p;

    (void)state;
    plant(&p);
    oom_run(scenario, &p.entry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sound_beside_damaged_values_still_counts),
        cmocka_unit_test(damage_of_each_attribute_is_told),
        cmocka_unit_test(many_damaged_values_are_told_at_once),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
