/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/account_certificate.h"

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/alloc.h"
#include "lib/unit.h"
#include "queue/keys.h"

enum { NOW = 1800000000, YEAR = 365 * 86400 };

/* A thief has no private key for what it claims, and signs with its own. */
static const struct crypto_p256 *signs_instead_of_stolen;
enum err sign_truly(const struct crypto_p256 *own, struct bytes message,
                    uint8_t ret[CRYPTO_P256_SIGNATURE]) __asm__("__real_csp_crypto_p256_sign");
enum err sign_as_thief(const struct crypto_p256 *own, struct bytes message,
                       uint8_t ret[CRYPTO_P256_SIGNATURE]) __asm__("__wrap_csp_crypto_p256_sign");

enum err sign_as_thief(const struct crypto_p256 *own, struct bytes message,
                       uint8_t ret[CRYPTO_P256_SIGNATURE])
{
    return sign_truly(signs_instead_of_stolen ? signs_instead_of_stolen : own, message, ret);
}

struct made {
    struct crypto_p256 *signing, *agreement;
    struct account_certificate c;
    struct buf der;
};

static enum err make(struct made *m, const char *host, int64_t from, int64_t to)
{
    m->c.sid = (struct sid){ .authority = 5, .sub = { 21, 1, 2, 3, 1103 }, .count = 5 };
    snprintf(m->c.host, sizeof m->c.host, "%s", host);
    m->c.not_before = from;
    m->c.not_after = to;
    return account_certificate_make(&m->c, &(struct account_private){ m->signing, m->agreement },
                                    &m->der);
}

static int setup(void **state)
{
    struct made *m = calloc(1, sizeof *m);

    assert_int_equal(crypto_p256_new(&m->signing), ERR_OK);
    assert_int_equal(crypto_p256_new(&m->agreement), ERR_OK);
    assert_int_equal(make(m, "host.example.com", NOW, NOW + YEAR), ERR_OK);
    *state = m;
    return 0;
}

static int teardown(void **state)
{
    struct made *m = *state;

    buf_free(&m->der);
    crypto_p256_free(m->signing);
    crypto_p256_free(m->agreement);
    free(m);
    return 0;
}

static void reads_what_it_made(void **state)
{
    struct made *m = *state;
    struct account_certificate back = { 0 };
    uint8_t id[QUEUE_KEY_ID];

    assert_int_equal(account_certificate_read(buf_view(m->der), &back), ERR_OK);
    assert_true(sid_equal(&back.sid, &m->c.sid));
    assert_string_equal(back.host, "host.example.com");
    assert_int_equal(back.not_before, NOW);
    assert_int_equal(back.not_after, NOW + YEAR);
    assert_memory_equal(back.serial, m->c.serial, sizeof back.serial);
    assert_memory_equal(back.signing, crypto_p256_public(m->signing).ptr, sizeof back.signing);
    assert_memory_equal(back.agreement, crypto_p256_public(m->agreement).ptr,
                        sizeof back.agreement);
    assert_memory_equal(back.id, m->c.id, sizeof back.id);
    queue_key_id(crypto_p256_public(m->agreement), id);
    assert_memory_equal(back.agreement_id, id, sizeof id);
    assert_memory_not_equal(back.signing_id, id, sizeof id);
    assert_true(account_certificate_is_ours(buf_view(m->der)));
}

/* Another implementation of X.509 takes it for what we say it is. */
static void is_a_certificate_for_openssl_too(void **state)
{
    struct made *m = *state;
    const unsigned char *p = m->der.ptr;
    X509 *x = d2i_X509(NULL, &p, (long)m->der.len);
    EXTENDED_KEY_USAGE *usage;
    char text[128] = "";

    assert_non_null(x);
    assert_ptr_equal(p, m->der.ptr + m->der.len);
    assert_int_equal(X509_verify(x, X509_get0_pubkey(x)), 1);
    assert_int_equal(X509_get_version(x), X509_VERSION_3);
    assert_int_equal(X509_check_host(x, "host.example.com", 0, 0, NULL), 1);
    assert_int_equal(X509_get_key_usage(x), KU_DIGITAL_SIGNATURE);
    usage = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
    assert_non_null(usage);
    assert_int_equal(sk_ASN1_OBJECT_num(usage), 1);
    OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(usage, 0), 1);
    assert_string_equal(text, "2.25.57505848164438042215765197969785173340.1");
    EXTENDED_KEY_USAGE_free(usage);
    assert_int_equal(X509_cmp_time(X509_get0_notBefore(x), &(time_t){ NOW + 1 }), -1);
    assert_int_equal(X509_cmp_time(X509_get0_notAfter(x), &(time_t){ NOW + YEAR - 1 }), 1);
    X509_free(x);
}

static void refuses_every_shorter_message(void **state)
{
    struct made *m = *state;
    struct account_certificate c;
    uint8_t *block;
    size_t n;

    for (n = 0; n < m->der.len; n++) {
        block = malloc(n ? n : 1);
        memcpy(block, m->der.ptr, n);
        assert_int_equal(account_certificate_read(bytes_of(block, n), &c), ERR_TRUNCATED);
        free(block);
    }
}

/* Nothing in it may differ: each octet is a form's or one of the two signatures covers it. */
static void refuses_every_flipped_bit(void **state)
{
    struct made *m = *state;
    struct account_certificate c;
    size_t i, accepted = 0;

    for (i = 0; i < m->der.len; i++) {
        m->der.ptr[i] ^= (uint8_t)(1 << i % 8);
        accepted += account_certificate_read(buf_view(m->der), &c) == ERR_OK;
        m->der.ptr[i] ^= (uint8_t)(1 << i % 8);
    }
    assert_int_equal(accepted, 0);
    assert_int_equal(account_certificate_read(buf_view(m->der), &c), ERR_OK);
}

static void refuses_what_stands_behind_it(void **state)
{
    struct made *m = *state;
    struct account_certificate c;
    uint8_t *longer = malloc(m->der.len + 1);

    memcpy(longer, m->der.ptr, m->der.len);
    longer[m->der.len] = 0;
    assert_int_equal(account_certificate_read(bytes_of(longer, m->der.len + 1), &c), ERR_MALFORMED);
    free(longer);
}

/* Somebody else's agreement key cannot be claimed: its owner has to sign the certificate. */
static void an_agreement_key_of_another_is_refused(void **state)
{
    struct made *m = *state;
    struct crypto_p256 *stolen = NULL;
    struct account_certificate c;

    assert_int_equal(crypto_p256_read_public(crypto_p256_public(m->agreement), &stolen), ERR_OK);
    crypto_p256_free(m->agreement);
    m->agreement = stolen;
    buf_free(&m->der);
    assert_int_not_equal(make(m, "host.example.com", NOW, NOW + YEAR), ERR_OK);
    signs_instead_of_stolen = m->signing;
    assert_int_equal(make(m, "host.example.com", NOW, NOW + YEAR), ERR_OK);
    signs_instead_of_stolen = NULL;
    assert_int_equal(account_certificate_read(buf_view(m->der), &c), ERR_ALTERED);
}

static void what_cannot_be_said_is_not_made(void **state)
{
    struct made *m = *state;
    char name[300];

    buf_free(&m->der);
    assert_int_equal(make(m, "Host.example.com", NOW, NOW + YEAR), ERR_INVALID_PARAMETER);
    assert_int_equal(make(m, "", NOW, NOW + YEAR), ERR_INVALID_PARAMETER);
    assert_int_equal(make(m, "a..b", NOW, NOW + YEAR), ERR_INVALID_PARAMETER);
    assert_int_equal(make(m, "a b", NOW, NOW + YEAR), ERR_INVALID_PARAMETER);
    memset(name, 'a', sizeof name);
    name[254] = 0;
    assert_int_equal(make(m, name, NOW, NOW + YEAR), ERR_INVALID_PARAMETER);
    assert_int_equal(make(m, "a", NOW, NOW), ERR_INVALID_PARAMETER);
    assert_int_equal(make(m, "a", NOW, NOW + 11LL * YEAR), ERR_INVALID_PARAMETER);
    crypto_p256_free(m->agreement);
    m->agreement = crypto_p256_ref(m->signing);
    assert_int_equal(make(m, "a", NOW, NOW + YEAR), ERR_INVALID_PARAMETER);
}

static void years_beyond_2049_are_written_with_four_digits(void **state)
{
    static const int64_t from[] = { 2524607999, 2524608000, 4102444800 };
    struct made *m = *state;
    struct account_certificate back;
    size_t i;

    for (i = 0; i < sizeof from / sizeof *from; i++) {
        buf_free(&m->der);
        assert_int_equal(make(m, "a", from[i], from[i] + 86400), ERR_OK);
        assert_int_equal(account_certificate_read(buf_view(m->der), &back), ERR_OK);
        assert_int_equal(back.not_before, from[i]);
        assert_int_equal(back.not_after, from[i] + 86400);
    }
}

static void hosts_are_named_in_lower_case(void **state)
{
    char to[ACCOUNT_HOST];

    (void)state;
    assert_int_equal(account_host("HOST.Example.COM.", to), ERR_OK);
    assert_string_equal(to, "host.example.com");
    assert_int_equal(account_host(".", to), ERR_INVALID_PARAMETER);
    assert_int_equal(account_host(".a", to), ERR_INVALID_PARAMETER);
    assert_int_equal(account_host("a/b", to), ERR_INVALID_PARAMETER);
    assert_int_equal(account_host("-a", to), ERR_INVALID_PARAMETER);
    assert_int_equal(account_host("a..", to), ERR_INVALID_PARAMETER);
    assert_int_equal(account_host(NULL, to), ERR_INVALID_PARAMETER);
}

static enum err scenario(void *arg)
{
    struct made *m = arg;
    struct account_certificate c;
    enum err e;

    buf_free(&m->der);
    e = make(m, "host.example.com", NOW, NOW + YEAR);
    return e ? e : account_certificate_read(buf_view(m->der), &c);
}

static void memory_may_run_out_anywhere(void **state)
{
    oom_run(scenario, *state);
}

int main(void)
{
#define WITH_ONE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_ONE(reads_what_it_made),
        WITH_ONE(is_a_certificate_for_openssl_too),
        WITH_ONE(refuses_every_shorter_message),
        WITH_ONE(refuses_every_flipped_bit),
        WITH_ONE(refuses_what_stands_behind_it),
        WITH_ONE(an_agreement_key_of_another_is_refused),
        WITH_ONE(what_cannot_be_said_is_not_made),
        WITH_ONE(years_beyond_2049_are_written_with_four_digits),
        cmocka_unit_test(hosts_are_named_in_lower_case),
        WITH_ONE(memory_may_run_out_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
