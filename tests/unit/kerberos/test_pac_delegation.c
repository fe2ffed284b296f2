/* SPDX-License-Identifier: Apache-2.0 */
#include "kerberos/pac.h"
#include "lib/unit.h"

/* To s/b, through x@R. */
static const char through[] =
    "01 10 08 00 cc cc cc cc 48 00 00 00 00 00 00 00 00 00 02 00 06 00 06 00 "
    "04 00 02 00 01 00 00 00 08 00 02 00 03 00 00 00 00 00 00 00 03 00 00 00 "
    "73 00 2f 00 62 00 00 00 01 00 00 00 06 00 06 00 0c 00 02 00 03 00 00 00 "
    "00 00 00 00 03 00 00 00 78 00 40 00 52 00 00 00 ";

static enum err parse(struct bytes msg)
{
    struct identity *i = NULL;
    enum err e;

    assert_int_equal(identity_new(&i), ERR_OK);
    e = kerberos_pac_read_delegation(msg, i);
    identity_unref(i);
    return e;
}

static void reads_who_acts_for_a_client(void **state)
{
    struct bytes msg = unit_hex(through);
    struct identity *i = NULL;

    (void)state;
    assert_int_equal(identity_new(&i), ERR_OK);
    assert_int_equal(kerberos_pac_read_delegation(msg, i), ERR_OK);
    assert_int_equal(i->service_count, 1);
    assert_string_equal(i->services[0], "x@R");
    identity_unref(i);
    free((void *)(uintptr_t)msg.ptr);
}

/* Its length stands in its header: a shorter one contradicts it. */
static void refuses_every_shorter_message(void **state)
{
    struct bytes msg = unit_hex(through);
    size_t len;

    (void)state;
    for (len = 0; len < msg.len; len++) {
        uint8_t *exact = malloc(len + !len);

        assert_non_null(exact);
        memcpy(exact, msg.ptr, len);
        assert_int_not_equal(parse(bytes_of(exact, len)), ERR_OK);
        free(exact);
    }
    free((void *)(uintptr_t)msg.ptr);
}

static void refuses_services_without_names(void **state)
{
    enum { COUNT = 16 + 12, LIST = 16 + 16, NAME = 16 + 48 };
    static const size_t zeroed[] = { LIST, NAME };
    struct bytes msg = unit_hex(through);
    uint8_t *octet = (uint8_t *)(uintptr_t)msg.ptr;
    size_t i;

    (void)state;
    octet[COUNT]++;
    assert_int_not_equal(parse(msg), ERR_OK);
    octet[COUNT]--;
    for (i = 0; i < 2; i++) {
        uint8_t was[4];

        memcpy(was, octet + zeroed[i], 4);
        memset(octet + zeroed[i], 0, 4);
        assert_int_not_equal(parse(msg), ERR_OK);
        memcpy(octet + zeroed[i], was, 4);
    }
    assert_int_equal(parse(msg), ERR_OK);
    free(octet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_who_acts_for_a_client),
        cmocka_unit_test(refuses_every_shorter_message),
        cmocka_unit_test(refuses_services_without_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
