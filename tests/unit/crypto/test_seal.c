/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/seal.h"

#include "lib/unit.h"

/* RFC 8009 appendix A, "Sample encryptions" */
#define KE128 "9B197DD1E8C5609D6E67C3E37C62C72E"
#define KI128 "9FDA0E56AB2D85E1569A688696C26A6C"
#define KE256 "56AB22BEE63D82D7BC5227F6773F8EA7A5EB1C825160C38312980C442E5C7E49"
#define KI256 "69B16514E3CD8E56B82010D5C73012B622C4D00FFC23ED1F"
#define PLAIN16 "000102030405060708090A0B0C0D0E0F"

static const struct {
    enum crypto_hash hash;
    size_t tag;
    const char *ke, *ki, *plain, *cipher; /* plain with its confounder, cipher with its tag */
} rows[] = {
    { CRYPTO_HASH_SHA256, 16, KE128, KI128, "7BCA285E2FD4130FB55B1A5C83BC5B24000102030405",
      "84D7F30754ED987BAB0BF3506BEB09CFB55402CEF7E6877CE99E247E52D16ED4421DFDF8976C" },
    { CRYPTO_HASH_SHA256, 16, KE128, KI128, "56AB21713FF62C0A1457200F6FA9948F" PLAIN16,
      "3517D640F50DDC8AD3628722B3569D2AE07493FA8263254080EA65C1008E8FC2"
      "95FB4852E7D83E1E7C48C37EEBE6B0D3" },
    { CRYPTO_HASH_SHA256, 16, KE128, KI128, "A7A4E29A4728CE10664FB64E49AD3FAC" PLAIN16 "1011121314",
      "720F73B18D9859CD6CCB4346115CD336C70F58EDC0C4437C5573544C31C813BCE1E6D072C1"
      "86B39A413C2F92CA9B8334A287FFCBFC" },
    { CRYPTO_HASH_SHA384, 24, KE256, KI256, "B80D3251C1F6471494256FFE712D0B9A000102030405",
      "4ED7B37C2BCAC8F74F23C1CF07E62BC7B75FB3F637B9"
      "F559C7F664F69EAB7B6092237526EA0D1F61CB20D69D10F2" },
    { CRYPTO_HASH_SHA384, 24, KE256, KI256, "53BF8A0D105265D4E276428624CE5E63" PLAIN16,
      "BC47FFEC7998EB91E8115CF8D19DAC4BBBE2E163E87DD37F49BECA92027764F6"
      "8CF51F14D798C2273F35DF574D1F932E40C4FF255B36A266" },
    { CRYPTO_HASH_SHA384, 24, KE256, KI256, "763E65367E864F02F55153C7E3B58AF1" PLAIN16 "1011121314",
      "40013E2DF58E8751957D2878BCD2D6FE101CCFD556CB1EAE79DB3C3EE86429F2B2A602AC86"
      "FEF6ECB647D6295FAE077A1FEB517508D2C16B4192E01F62" },
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static void start(size_t i, bool encrypt, struct crypto_seal *s)
{
    struct bytes ke = unit_hex(rows[i].ke), ki = unit_hex(rows[i].ki);

    assert_int_equal(crypto_seal_init(s, ke, ki, rows[i].hash, rows[i].tag, encrypt), ERR_OK);
    free((void *)ke.ptr);
    free((void *)ki.ptr);
}

static void seals_as_rfc_8009_does(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < ROWS; i++) {
        struct bytes plain = unit_hex(rows[i].plain), want = unit_hex(rows[i].cipher);
        struct crypto_piece p = { (uint8_t *)plain.ptr, plain.len, false };
        struct crypto_seal s;
        uint8_t tag[24];

        start(i, true, &s);
        assert_int_equal(crypto_seal_pieces(&s, &p, 1, tag), ERR_OK);
        assert_memory_equal(plain.ptr, want.ptr, plain.len);
        assert_memory_equal(tag, want.ptr + plain.len, rows[i].tag);
        crypto_seal_done(&s);
        free((void *)plain.ptr);
        free((void *)want.ptr);
    }
}

static void opens_what_is_right_and_wipes_what_is_not(void **state)
{
    static const uint8_t zeros[64];
    size_t i, bit;

    (void)state;
    for (i = 0; i < ROWS; i++) {
        struct bytes want = unit_hex(rows[i].plain), sealed = unit_hex(rows[i].cipher);
        struct crypto_seal s;

        start(i, false, &s);
        for (bit = 0; bit <= sealed.len * 8; bit++) {
            uint8_t buf[128];
            struct crypto_piece p = { buf, want.len, false };
            enum err e;

            memcpy(buf, sealed.ptr, sealed.len);
            buf[bit / 8] ^= (uint8_t)(1 << bit % 8); /* the last one is beyond the message */
            e = crypto_open_pieces(&s, &p, 1, buf + want.len);
            assert_int_equal(e, bit < sealed.len * 8 ? ERR_ALTERED : ERR_OK);
            assert_memory_equal(buf, e ? zeros : want.ptr, want.len);
        }
        crypto_seal_done(&s);
        free((void *)want.ptr);
        free((void *)sealed.ptr);
    }
}

/* What the processor's own instructions make, in any layout, must be what OpenSSL makes. */
static void seal_laid_out(uint8_t *text, size_t len, size_t key_len, bool special, uint8_t tag[12])
{
    static const uint8_t key[32] = "for the two ways of doing it....";
    struct crypto_piece p[] = {
        { text, 16, false },           { text + 16, 24, true },
        { text + 40, len / 7, false }, { text + 40 + len / 7, len - len / 7, false },
        { text + 40 + len, 8, true },  { text + 48 + len, 16, false }
    };
    struct crypto_seal s;

    crypto_allow_special(special);
    assert_int_equal(crypto_seal_init(&s, bytes_of(key, key_len), bytes_of(key, key_len),
                                      CRYPTO_HASH_SHA1, 12, true),
                     ERR_OK);
    crypto_allow_special(true);
    assert_int_equal(crypto_seal_pieces(&s, p, 6, tag), ERR_OK);
    crypto_seal_done(&s);
}

static void both_ways_of_sealing_agree(void **state)
{
    enum { MOST = 20000 };
    static uint8_t a[MOST + 64], b[MOST + 64];
    uint8_t tag_a[12], tag_b[12];
    size_t n;

    (void)state;
    for (n = 0; n < MOST; n += n < 1300 ? 1 : 509) {
        memset(a, (int)n, sizeof a);
        a[n / 2] = 1;
        memcpy(b, a, sizeof b);
        seal_laid_out(a, n, n % 2 ? 16 : 32, true, tag_a);
        seal_laid_out(b, n, n % 2 ? 16 : 32, false, tag_b);
        assert_memory_equal(a, b, sizeof a);
        assert_memory_equal(tag_a, tag_b, 12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seals_as_rfc_8009_does),
        cmocka_unit_test(opens_what_is_right_and_wipes_what_is_not),
        cmocka_unit_test(both_ways_of_sealing_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
