/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/lanes.h"

#include "lib/unit.h"

enum { JOBS = 40, MOST = 70000 };

/* Messages of all sorts: some are only signed in part, some too long for a lane. */
struct batch {
    uint8_t *text[JOBS];
    size_t len[JOBS];
    uint8_t tag[JOBS][24];
    struct crypto_piece piece[JOBS][5];
    struct crypto_job job[JOBS];
};

static void write_batch(struct batch *b, size_t round)
{
    size_t i, n;

    for (i = 0; i < JOBS; i++) {
        n = i == 7 ? MOST : i == 9 ? 65500 : (i * 97 + round * 31) % (round % 2 ? 6000 : 200);
        b->len[i] = n;
        b->text[i] = malloc(n + 64);
        memset(b->text[i], (int)(i + round), n + 64);
        b->piece[i][0] = (struct crypto_piece){ b->text[i], 16, false };
        b->piece[i][1] = (struct crypto_piece){ b->text[i] + 16, 24, true };
        b->piece[i][2] = (struct crypto_piece){ b->text[i] + 40, n / 3, false };
        b->piece[i][3] = (struct crypto_piece){ b->text[i] + 40 + n / 3, n - n / 3, false };
        b->piece[i][4] = (struct crypto_piece){ b->text[i] + 40 + n, 24, false };
        b->piece[i][1].plain = i % 3 == 0;
        b->job[i] = (struct crypto_job){ b->piece[i], 5, b->tag[i], ERR_INTERNAL };
    }
}

static void done_batch(struct batch *b)
{
    size_t i;

    for (i = 0; i < JOBS; i++)
        free(b->text[i]);
}

static void start(struct crypto_seal *s, size_t round, bool encrypt, bool special)
{
    static const uint8_t key[32] = "for messages that go abreast....";
    size_t len = round % 3 ? 32 : 16;
    bool sha2 = round % 5 == 4;

    crypto_allow_special(special);
    memset(s, 0, sizeof *s);
    assert_int_equal(crypto_seal_init(s, bytes_of(key, len), bytes_of(key, len),
                                      sha2 ? CRYPTO_HASH_SHA256 : CRYPTO_HASH_SHA1, sha2 ? 16 : 12,
                                      encrypt),
                     ERR_OK);
}

static void seal_batch(struct batch *b, size_t round, size_t n, bool special)
{
    struct crypto_seal s;

    start(&s, round, true, special);
    crypto_seal_jobs(&s, b->job, n);
    crypto_allow_special(true);
    crypto_seal_done(&s);
}

static void open_batch(struct batch *b, size_t round, size_t n, bool special)
{
    struct crypto_seal s;

    start(&s, round, false, special);
    crypto_open_jobs(&s, b->job, n);
    crypto_allow_special(true);
    crypto_seal_done(&s);
}

static void abreast_is_as_one_by_one(void **state)
{
    static struct batch a, b;
    size_t round, i, n;

    (void)state;
    for (round = 0; round < 30; round++) {
        n = round < JOBS - 10 ? round + 10 : JOBS;
        write_batch(&a, round);
        write_batch(&b, round);
        seal_batch(&a, round, n, true);
        seal_batch(&b, round, n, false);
        for (i = 0; i < n; i++) {
            assert_int_equal(a.job[i].err, ERR_OK);
            assert_int_equal(b.job[i].err, ERR_OK);
            assert_memory_equal(a.text[i], b.text[i], a.len[i] + 64);
            assert_memory_equal(a.tag[i], b.tag[i], 12);
        }
        open_batch(&a, round, n, true);
        open_batch(&b, round, n, false);
        for (i = 0; i < n; i++) {
            assert_int_equal(a.job[i].err, ERR_OK);
            assert_int_equal(b.job[i].err, ERR_OK);
            assert_memory_equal(a.text[i], b.text[i], a.len[i] + 64);
            assert_int_equal(a.text[i][a.len[i] / 2], (uint8_t)(i + round));
        }
        done_batch(&a);
        done_batch(&b);
    }
}

static void one_altered_message_hurts_no_other(void **state)
{
    static struct batch b;
    size_t i;

    (void)state;
    write_batch(&b, 1);
    seal_batch(&b, 1, JOBS, true);
    b.text[5][3] ^= 1;
    b.text[6][20] ^= 1; /* only signed */
    b.tag[8][11] ^= 0x80;
    open_batch(&b, 1, JOBS, true);
    for (i = 0; i < JOBS; i++) {
        assert_int_equal(b.job[i].err, i == 5 || i == 6 || i == 8 ? ERR_ALTERED : ERR_OK);
        assert_int_equal(b.text[i][50], b.job[i].err ? 0 : (uint8_t)(i + 1));
    }
    done_batch(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(abreast_is_as_one_by_one),
        cmocka_unit_test(one_altered_message_hurts_no_other),
    };

    printf("lanes: %s\n", crypto_lanes_usable() ? "in use" : "not on this machine or build");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
