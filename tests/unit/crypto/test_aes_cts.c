/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/aes_cts.h"

#include "lib/unit.h"

static const char text[] = "I would like the General Gau's Chicken, please, and wonton soup.";

/* RFC 3962 appendix B; key "chicken teriyaki" */
static const struct {
    size_t len;
    const char *cipher;
} rows[] = {
    { 17, "c6353568f2bf8cb4d8a580362da7ff7f97" },
    { 31, "fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5" },
    { 32, "39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584" },
    { 47, "97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e"
          "39312523a78662d5be7fcbcc98ebf5" },
    { 48, "97687268d6ecccc0c07b25e25ecfe5849dad8bbb96c4cdc03bc103e1a194bbd8"
          "39312523a78662d5be7fcbcc98ebf5a8" },
    { 64, "97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a8"
          "4807efe836ee89a526730dbc2f7bc8409dad8bbb96c4cdc03bc103e1a194bbd8" },
};

static void run(const struct crypto_piece *p, size_t n, size_t total, bool encrypt)
{
    struct crypto_cursor at = { p, p + n, 0 };
    size_t tail = crypto_cts_tail_len(total);
    struct crypto_cts *c = NULL;

    assert_in_range(tail, 17, 32);
    assert_int_equal(crypto_cts_new(bytes_of_text("chicken teriyaki"), encrypt, &c), ERR_OK);
    assert_int_equal(crypto_cts_begin(c), ERR_OK);
    assert_int_equal(crypto_cts_blocks(c, &at, total - tail), ERR_OK);
    assert_int_equal(crypto_cts_tail(c, &at, tail), ERR_OK);
    crypto_cts_free(c);
}

/* In two pieces cut anywhere, with a plain one between them. */
static void encrypts_as_rfc_3962_however_it_is_cut(void **state)
{
    size_t i, cut;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes want = unit_hex(rows[i].cipher);

        for (cut = 0; cut <= rows[i].len; cut++) {
            uint8_t buf[64], plain[3] = { 1, 2, 3 };
            struct crypto_piece p[] = { { buf, cut, false },
                                        { plain, 3, true },
                                        { NULL, 0, false },
                                        { buf + cut, rows[i].len - cut, false } };

            memcpy(buf, text, rows[i].len);
            run(p, 4, rows[i].len, true);
            unit_assert_bytes(bytes_of(buf, rows[i].len), want);
            run(p, 4, rows[i].len, false);
            assert_memory_equal(buf, text, rows[i].len);
            assert_memory_equal(plain, "\1\2\3", 3);
        }
        free((void *)want.ptr);
    }
}

static void refuses_other_key_lengths(void **state)
{
    struct crypto_cts *c = NULL;

    (void)state;
    assert_int_equal(crypto_cts_new(bytes_of(text, 24), true, &c), ERR_INVALID_PARAMETER);
    assert_null(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encrypts_as_rfc_3962_however_it_is_cut),
        cmocka_unit_test(refuses_other_key_lengths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
