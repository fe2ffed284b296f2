/* SPDX-License-Identifier: Apache-2.0 */
#include "kerberos/ap_req.h"

#include "base/alloc.h"
#include "lib/unit.h"

/* AP-REQ, mutual, for "a/b"@"R", ticket of type 18 under kvno 3, ciphertexts of one byte. */
#define REQUEST                                                                                    \
    "6e 5e 30 5c a0 03 02 01 05 a1 03 02 01 0e a2 07 03 05 00 20 00 00 00 a3 36 61 34 30 32 a0 "   \
    "03 02 01 05 a1 03 1b 01 52 a2 13 30 11 a0 03 02 01 02 a1 0a 30 08 1b 01 61 1b 03 62 2f 63 "   \
    "a3 11 30 0f a0 03 02 01 12 a1 03 02 01 03 a2 03 04 01 ff a4 0f 30 0d a0 03 02 01 12 a2 06 "   \
    "04 04 01 02 03 04 "

static enum err parse(struct bytes msg)
{
    struct kerberos_ap_req a = { 0 };
    enum err e = kerberos_ap_req_read(msg, &a);

    if (!e)
        mem_free(a.server);
    return e;
}

static void reads_what_stands_in_the_clear(void **state)
{
    struct bytes raw = unit_hex(REQUEST);
    struct kerberos_ap_req a = { 0 };

    (void)state;
    assert_int_equal(kerberos_ap_req_read(raw, &a), ERR_OK);
    assert_string_equal(a.server, "a/b\\/c@R");
    assert_int_equal(a.kvno, 3);
    assert_int_equal(a.enctype, 18);
    assert_int_equal(a.options, KERBEROS_AP_MUTUAL);
    mem_free(a.server);
    free((void *)(uintptr_t)raw.ptr);
}

static void refuses_every_shorter_request(void **state)
{
    struct bytes raw = unit_hex(REQUEST);

    (void)state;
    unit_every_prefix(raw, parse);
    free((void *)(uintptr_t)raw.ptr);
}

static enum err read_one(void *arg)
{
    return parse(*(struct bytes *)arg);
}

static void survives_every_failing_allocation(void **state)
{
    struct bytes raw = unit_hex(REQUEST);

    (void)state;
    oom_run(read_one, &raw);
    free((void *)(uintptr_t)raw.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_stands_in_the_clear),
        cmocka_unit_test(refuses_every_shorter_request),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
