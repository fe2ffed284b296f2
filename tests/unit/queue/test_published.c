/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/published.h"

#include "base/alloc.h"
#include "lib/unit.h"
#include "queue/account_key.h"

enum { NOW = 1800000000, DAY = 86400, YEAR = 365 * DAY, MOST = 8 };

static const struct sid alice = { .authority = 5, .sub = { 21, 1, 2, 3, 1103 }, .count = 5 };
static const struct sid mallory = { .authority = 5, .sub = { 21, 1, 2, 3, 1104 }, .count = 5 };

/* An account's attribute in the making. */
struct attribute {
    struct buf der[MOST];
    struct account_entry entry[MOST];
    size_t count;
};

static void add(struct attribute *a, const struct sid *sid, const char *host, int64_t from,
                int64_t to)
{
    struct account_certificate c = { .sid = *sid, .not_before = from, .not_after = to };
    struct crypto_p256 *signing = NULL, *agreement = NULL;

    snprintf(c.host, sizeof c.host, "%s", host);
    assert_int_equal(crypto_p256_new(&signing), ERR_OK);
    assert_int_equal(crypto_p256_new(&agreement), ERR_OK);
    assert_int_equal(account_certificate_make(&c, &(struct account_private){ signing, agreement },
                                              &a->der[a->count]),
                     ERR_OK);
    account_entry_make(buf_view(a->der[a->count]), c.id, &a->entry[a->count]);
    a->count++;
    crypto_p256_free(signing);
    crypto_p256_free(agreement);
}

static struct published_list judge(struct attribute *a, int64_t now)
{
    struct account_entries list = { a->entry, a->count };
    struct published_list l = { 0 };
    struct buf value = { 0 };

    assert_int_equal(account_entries_write(&list, &value), ERR_OK);
    assert_int_equal(published_read(buf_view(value), &alice, now, &l), ERR_OK);
    buf_free(&value);
    return l;
}

static void drop(struct attribute *a)
{
    size_t i;

    for (i = 0; i < a->count; i++)
        buf_free(&a->der[i]);
}

static void the_newest_of_a_host_is_sealed_to(void **state)
{
    struct attribute a = { 0 };
    struct published_list l;

    (void)state;
    add(&a, &alice, "one", NOW - 10 * DAY, NOW + YEAR);
    add(&a, &alice, "two", NOW - 5 * DAY, NOW + YEAR);
    add(&a, &alice, "one", NOW - DAY, NOW + YEAR);
    l = judge(&a, NOW);
    assert_int_equal(l.count, 3);
    assert_int_equal(l.key[0].state, PUBLISHED_RETIRED);
    assert_int_equal(l.key[0].retired, NOW - DAY);
    assert_int_equal(l.key[1].state, PUBLISHED_CURRENT);
    assert_int_equal(l.key[2].state, PUBLISHED_CURRENT);
    assert_ptr_equal(published_current(&l, "one"), &l.key[2]);
    assert_ptr_equal(published_current(&l, "two"), &l.key[1]);
    assert_null(published_current(&l, "three"));
    assert_true(published_verifies(&l.key[0]));
    published_done(&l);
    drop(&a);
}

static void of_two_that_begin_together_the_last_is_the_newer(void **state)
{
    struct attribute a = { 0 };
    struct published_list l;

    (void)state;
    add(&a, &alice, "one", NOW - DAY, NOW + YEAR);
    add(&a, &alice, "one", NOW - DAY, NOW + YEAR);
    l = judge(&a, NOW);
    assert_ptr_equal(published_current(&l, "one"), &l.key[1]);
    assert_int_equal(l.key[0].state, PUBLISHED_RETIRED);
    published_done(&l);
    drop(&a);
}

/* Sent, rotated twice, received 29 days later: verified. 32 days later: no more. */
static void what_was_rotated_verifies_as_long_as_a_message_lives(void **state)
{
    struct attribute a = { 0 };
    struct published_list l;

    (void)state;
    add(&a, &alice, "one", NOW, NOW + YEAR);
    add(&a, &alice, "one", NOW + 1000, NOW + YEAR);
    add(&a, &alice, "one", NOW + 2000, NOW + YEAR);
    l = judge(&a, NOW + 29 * DAY);
    assert_true(published_verifies(&l.key[0]));
    assert_true(published_verifies(&l.key[1]));
    assert_ptr_equal(published_current(&l, "one"), &l.key[2]);
    published_done(&l);
    l = judge(&a, NOW + 32 * DAY);
    assert_int_equal(l.key[0].state, PUBLISHED_OVER);
    assert_false(published_verifies(&l.key[0]));
    published_done(&l);
    drop(&a);
}

static void times_of_the_certificate_count(void **state)
{
    struct attribute a = { 0 };
    struct published_list l;

    (void)state;
    add(&a, &alice, "early", NOW + DAY, NOW + YEAR);
    add(&a, &alice, "ended", NOW - 10 * DAY, NOW - DAY);
    add(&a, &alice, "long-ended", NOW - 100 * DAY, NOW - 50 * DAY);
    add(&a, &alice, "ahead", NOW + 200, NOW + YEAR); /* a clock that differs a little */
    l = judge(&a, NOW);
    assert_int_equal(l.key[0].state, PUBLISHED_EARLY);
    assert_false(published_verifies(&l.key[0]));
    assert_int_equal(l.key[1].state, PUBLISHED_RETIRED); /* what it signed may still wait */
    assert_null(published_current(&l, "ended"));
    assert_int_equal(l.key[2].state, PUBLISHED_OVER);
    assert_int_equal(l.key[3].state, PUBLISHED_CURRENT);
    published_done(&l);
    drop(&a);
}

/* Who may write the attribute puts an own certificate there: its SID says whose it is. */
static void anothers_certificate_and_broken_ones_are_told_apart(void **state)
{
    struct attribute a = { 0 };
    struct published_list l;
    const uint8_t id[ACCOUNT_ENTRY_ID] = { 9 };

    (void)state;
    add(&a, &alice, "one", NOW - DAY, NOW + YEAR);
    add(&a, &mallory, "one", NOW, NOW + YEAR);
    add(&a, &alice, "two", NOW, NOW + YEAR);
    a.der[2].ptr[a.der[2].len - 1] ^= 1; /* its signature; the digest is of before */
    add(&a, &alice, "three", NOW, NOW + YEAR);
    a.entry[3].digest[0] ^= 1;
    account_entry_make(bytes_of_text("Message Queuing's own"), id, &a.entry[a.count++]);
    l = judge(&a, NOW);
    assert_int_equal(l.count, 4);
    assert_int_equal(l.others, 1);
    assert_int_equal(l.key[1].state, PUBLISHED_FOREIGN);
    assert_ptr_equal(published_current(&l, "one"), &l.key[0]); /* not retired by it either */
    assert_int_equal(l.key[2].state, PUBLISHED_BROKEN);
    assert_int_equal(l.key[3].state, PUBLISHED_BROKEN);
    assert_null(published_current(&l, "two"));
    published_done(&l);
    drop(&a);
}

static enum err scenario(void *arg)
{
    struct published_list l = { 0 };
    enum err e = published_read(buf_view(*(struct buf *)arg), &alice, NOW, &l);

    published_done(&l);
    return e;
}

static void memory_may_run_out_anywhere(void **state)
{
    struct attribute a = { 0 };
    struct account_entries list = { a.entry, 2 };
    struct buf value = { 0 };

    (void)state;
    add(&a, &alice, "one", NOW - DAY, NOW + YEAR);
    add(&a, &alice, "one", NOW, NOW + YEAR);
    assert_int_equal(account_entries_write(&list, &value), ERR_OK);
    oom_run(scenario, &value);
    buf_free(&value);
    drop(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_of_a_host_is_sealed_to),
        cmocka_unit_test(of_two_that_begin_together_the_last_is_the_newer),
        cmocka_unit_test(what_was_rotated_verifies_as_long_as_a_message_lives),
        cmocka_unit_test(times_of_the_certificate_count),
        cmocka_unit_test(anothers_certificate_and_broken_ones_are_told_apart),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
