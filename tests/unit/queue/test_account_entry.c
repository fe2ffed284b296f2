/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/account_entry.h"

#include "base/alloc.h"
#include "lib/unit.h"

/* Two entries by the specification: MD5 of "abc" and of nothing. */
static const char two[] = "02 00 00 00"
                          "90 01 50 98 3c d2 4f b0 d6 96 3f 7d 28 e1 7f 72"
                          "11 11 11 11 11 11 11 11 11 11 11 11 11 11 11 11 03 00 00 00 61 62 63"
                          "d4 1d 8c d9 8f 00 b2 04 e9 80 09 98 ec f8 42 7e"
                          "22 22 22 22 22 22 22 22 22 22 22 22 22 22 22 22 00 00 00 00";

static enum err parse(struct bytes msg)
{
    struct account_entries list = { 0 };
    enum err e = account_entries_read(msg, &list);

    account_entries_done(&list);
    return e;
}

static void reads_and_writes_the_documented_layout(void **state)
{
    struct bytes value = unit_hex(two);
    struct account_entries list = { 0 };
    struct buf back = { 0 };

    (void)state;
    assert_int_equal(account_entries_read(value, &list), ERR_OK);
    assert_int_equal(list.count, 2);
    unit_assert_bytes(list.entry[0].certificate, bytes_of_text("abc"));
    assert_int_equal(list.entry[1].certificate.len, 0);
    assert_int_equal(list.entry[1].id[15], 0x22);
    assert_true(account_entry_is_whole(&list.entry[0]));
    assert_true(account_entry_is_whole(&list.entry[1]));
    assert_int_equal(account_entries_write(&list, &back), ERR_OK);
    unit_assert_bytes(buf_view(back), value);
    buf_free(&back);
    account_entries_done(&list);
    free((void *)value.ptr);
}

static void no_value_is_no_entries_and_back(void **state)
{
    struct account_entries list = { 0 };
    struct buf back = { 0 };

    (void)state;
    assert_int_equal(account_entries_read((struct bytes){ 0 }, &list), ERR_OK);
    assert_int_equal(list.count, 0);
    assert_int_equal(account_entries_write(&list, &back), ERR_OK);
    assert_int_equal(back.len, 0);
    buf_free(&back);
    account_entries_done(&list);
}

/* The list of none: the prefix of four zero octets too. */
static void refuses_every_shorter_message(void **state)
{
    struct bytes value = unit_hex(two), tail;
    size_t n;
    uint8_t *block;

    (void)state;
    assert_int_equal(parse(value), ERR_OK);
    for (n = 1; n < value.len; n++) {
        block = malloc(n);
        memcpy(block, value.ptr, n);
        assert_int_equal(parse(bytes_of(block, n)), ERR_TRUNCATED);
        free(block);
    }
    free((void *)value.ptr);
    tail = unit_hex("00 00 00 00 00");
    assert_int_equal(parse(tail), ERR_MALFORMED);
    free((void *)tail.ptr);
}

static void counts_beyond_what_is_there_ask_for_no_memory(void **state)
{
    static const char *const bad[] = { "ff ff ff ff", "01 04 00 00", "00 04 00 00 01",
                                       "01 00 00 00 00" };
    struct bytes value;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        value = unit_hex(bad[i]);
        mem_fail_at(0);
        assert_int_not_equal(parse(value), ERR_OK);
        assert_false(mem_fail_hit());
        mem_fail_at(-1);
        free((void *)value.ptr);
    }
}

static void a_digest_of_something_else_is_seen(void **state)
{
    struct account_entry e = { 0 };
    const uint8_t id[ACCOUNT_ENTRY_ID] = { 7 };

    (void)state;
    account_entry_make(bytes_of_text("abc"), id, &e);
    assert_true(account_entry_is_whole(&e));
    assert_memory_equal(e.id, id, sizeof id);
    e.digest[3] ^= 1;
    assert_false(account_entry_is_whole(&e));
}

static bool is_second(const struct account_entry *e, void *arg)
{
    (void)arg;
    return e->id[0] == 0x22;
}

static void what_stays_stays_octet_for_octet(void **state)
{
    struct bytes value = unit_hex(two);
    struct account_entries list = { 0 }, next = { 0 };
    struct account_entry more = { 0 };
    const uint8_t id[ACCOUNT_ENTRY_ID] = { 0x33 };

    (void)state;
    account_entry_make(bytes_of_text("new"), id, &more);
    assert_int_equal(account_entries_read(value, &list), ERR_OK);
    assert_int_equal(account_entries_change(&list, is_second, NULL, &more, 1, &next), ERR_OK);
    assert_int_equal(next.count, 2);
    assert_memory_equal(&next.entry[0], &list.entry[0], sizeof next.entry[0]);
    assert_int_equal(next.entry[1].id[0], 0x33);
    account_entries_done(&next);
    account_entries_done(&list);
    free((void *)value.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_the_documented_layout),
        cmocka_unit_test(no_value_is_no_entries_and_back),
        cmocka_unit_test(refuses_every_shorter_message),
        cmocka_unit_test(counts_beyond_what_is_there_ask_for_no_memory),
        cmocka_unit_test(a_digest_of_something_else_is_seen),
        cmocka_unit_test(what_stays_stays_octet_for_octet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
