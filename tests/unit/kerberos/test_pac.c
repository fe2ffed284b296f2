/* SPDX-License-Identifier: Apache-2.0 */
#include "kerberos/pac.h"

#include "lib/pac.h"
#include "lib/unit.h"

enum { LOGON = 1, REQUESTOR = 18, AES256 = 18, TIME = 1700000000 };

#define DOMAIN "S-1-5-21-10-20-30"

static const uint32_t groups[] = { 513 };
static const struct pac_logon usual = {
    .domain = DOMAIN, .user = 1103, .primary = 513, .groups = groups, .group_count = 1
};

/* A KDC and a service in one: what it signs with, and the ticket it made. */
struct kdc {
    krb5_context krb;
    krb5_principal service, client, other;
    krb5_keyblock key, second, own;
    krb5_keytab keys;
    krb5_pac pac;
    krb5_ticket ticket;
    krb5_enc_tkt_part part;
    krb5_authdata *list[3], element, again;
    krb5_data signed_pac;
};

static void krb_ok(krb5_error_code code)
{
    if (code)
        fail_msg("%s", error_message(code));
}

static void keep(struct kdc *k, krb5_keyblock *key)
{
    krb5_keytab_entry entry = { .magic = KV5M_KEYTAB_ENTRY, .principal = k->service, .vno = 1 };

    entry.key = *key;
    krb_ok(krb5_kt_add_entry(k->krb, k->keys, &entry));
}

static void kdc_begin(struct kdc *k)
{
    memset(k, 0, sizeof *k);
    setenv("KRB5_CONFIG", "/dev/null", 1);
    krb_ok(krb5_init_context(&k->krb));
    krb_ok(krb5_parse_name(k->krb, "HTTP/web@ONE.EXAMPLE", &k->service));
    krb_ok(krb5_parse_name(k->krb, "alice@ONE.EXAMPLE", &k->client));
    krb_ok(krb5_parse_name(k->krb, "carol@ONE.EXAMPLE", &k->other));
    krb_ok(krb5_c_make_random_key(k->krb, AES256, &k->key));
    krb_ok(krb5_c_make_random_key(k->krb, AES256, &k->second));
    krb_ok(krb5_c_make_random_key(k->krb, AES256, &k->own));
    krb_ok(krb5_kt_resolve(k->krb, "MEMORY:test-pac", &k->keys));
    krb_ok(krb5_pac_init(k->krb, &k->pac));
    k->ticket.server = k->service;
    k->ticket.enc_part.enctype = AES256;
    k->ticket.enc_part2 = &k->part;
    k->part.client = k->client;
    k->part.times.authtime = TIME;
}

static void kdc_end(struct kdc *k)
{
    krb5_free_data_contents(k->krb, &k->signed_pac);
    krb5_pac_free(k->krb, k->pac);
    krb5_kt_close(k->krb, k->keys);
    krb5_free_keyblock_contents(k->krb, &k->key);
    krb5_free_keyblock_contents(k->krb, &k->second);
    krb5_free_keyblock_contents(k->krb, &k->own);
    krb5_free_principal(k->krb, k->service);
    krb5_free_principal(k->krb, k->client);
    krb5_free_principal(k->krb, k->other);
    krb5_free_context(k->krb);
}

static void put_logon(struct kdc *k, const struct pac_logon *l)
{
    struct buf b = pac_logon_make(l);
    krb5_data data = { .data = (char *)b.ptr, .length = (unsigned)b.len };

    krb_ok(krb5_pac_add_buffer(k->krb, k->pac, LOGON, &data));
    buf_free(&b);
}

static void put_requestor(struct kdc *k, const char *text)
{
    uint8_t room[SID_BYTES_MAX];
    struct writer w = writer_over(room, sizeof room);
    krb5_data data = { .data = (char *)room };
    struct sid sid;

    assert_int_equal(sid_parse(text, &sid), ERR_OK);
    sid_put(&w, &sid);
    data.length = (unsigned)w.len;
    krb_ok(krb5_pac_add_buffer(k->krb, k->pac, REQUESTOR, &data));
}

/* Signs for client and puts it into the ticket. */
static void seal(struct kdc *k, krb5_principal client, krb5_timestamp when)
{
    krb_ok(krb5_pac_sign(k->krb, k->pac, when, client, &k->key, &k->own, &k->signed_pac));
    k->element = (krb5_authdata){ .ad_type = KRB5_AUTHDATA_WIN2K_PAC,
                                  .length = k->signed_pac.length,
                                  .contents = (krb5_octet *)k->signed_pac.data };
    k->list[0] = &k->element;
    k->part.authorization_data = k->list;
}

static enum err accept_it(struct kdc *k, struct identity **ret, krb5_error_code *ret_code)
{
    *ret = NULL;
    return kerberos_pac_identity(k->krb, &k->ticket, k->keys, ret, ret_code);
}

static void refused(struct kdc *k, enum err want, krb5_error_code told)
{
    struct identity *i = NULL;
    krb5_error_code code = 0;

    assert_int_equal(accept_it(k, &i, &code), want);
    assert_int_equal(code, told);
    assert_null(i);
    kdc_end(k);
}

static struct identity *accepted(struct kdc *k)
{
    struct identity *i = NULL;
    krb5_error_code code = 0;

    assert_int_equal(accept_it(k, &i, &code), ERR_OK);
    return i;
}

static bool has(const struct identity *i, const char *text)
{
    struct sid sid;

    assert_int_equal(sid_parse(text, &sid), ERR_OK);
    return identity_is(i, &sid);
}

/* A ticket for who accepts it, with what is usual; it is sealed by the test. */
static void kdc_begin_usual(struct kdc *k)
{
    kdc_begin(k);
    keep(k, &k->key);
    put_logon(k, &usual);
}

static void a_proven_pac_is_an_identity(void **state)
{
    struct identity *i = NULL;
    struct kdc k;

    (void)state;
    kdc_begin(&k);
    keep(&k, &k.second); /* which opened no ticket */
    keep(&k, &k.key);
    put_logon(&k, &usual);
    put_requestor(&k, DOMAIN "-1103");
    seal(&k, k.client, TIME);
    i = accepted(&k);
    assert_non_null(i);
    assert_true(has(i, DOMAIN "-1103") && has(i, DOMAIN "-513"));
    assert_true(has(i, "S-1-1-0") && has(i, "S-1-5-2") && has(i, "S-1-5-11"));
    assert_true(has(i, "S-1-5-15"));
    assert_false(has(i, DOMAIN "-512"));
    identity_unref(i);
    kdc_end(&k);
}

static void what_is_implied_depends_on_who_it_is(void **state)
{
    static const char *const extra[] = { "S-1-5-1000" };
    struct pac_logon guest = usual;
    struct identity *i = NULL;
    struct kdc k;

    (void)state;
    guest.user = 501;
    guest.extra = extra;
    guest.extra_count = 1;
    kdc_begin(&k);
    keep(&k, &k.key);
    put_logon(&k, &guest);
    seal(&k, k.client, TIME);
    i = accepted(&k);
    assert_true(has(i, "S-1-1-0") && has(i, "S-1-5-1000"));
    assert_false(has(i, "S-1-5-11"));
    assert_false(has(i, "S-1-5-15"));
    identity_unref(i);
    kdc_end(&k);
}

/* As MIT's KDC makes them: signed, and nothing about a logon; and a ticket without any. */
static void without_logon_information_nothing_is_proven(void **state)
{
    struct kdc k;

    (void)state;
    kdc_begin(&k);
    keep(&k, &k.key);
    assert_null(accepted(&k));
    seal(&k, k.client, TIME);
    assert_null(accepted(&k));
    kdc_end(&k);
}

static void an_altered_pac_is_refused(void **state)
{
    struct kdc k;

    (void)state;
    kdc_begin_usual(&k);
    seal(&k, k.client, TIME);
    k.signed_pac.data[k.signed_pac.length / 2] ^= 1;
    refused(&k, ERR_ALTERED, KRB5KRB_AP_ERR_MODIFIED);
}

static void the_pac_of_another_key_is_refused(void **state)
{
    struct kdc k;

    (void)state;
    kdc_begin(&k);
    keep(&k, &k.second);
    put_logon(&k, &usual);
    seal(&k, k.client, TIME);
    refused(&k, ERR_ALTERED, KRB5KRB_AP_ERR_MODIFIED);
}

static void the_pac_of_another_client_or_time_is_refused(void **state)
{
    struct kdc k;

    (void)state;
    kdc_begin_usual(&k);
    seal(&k, k.other, TIME);
    refused(&k, ERR_LOGON_DENIED, KRB5KRB_AP_ERR_BADMATCH);
    kdc_begin_usual(&k);
    seal(&k, k.client, TIME - 1);
    refused(&k, ERR_LOGON_DENIED, KRB5KRB_AP_ERR_BADMATCH);
}

static void the_pac_of_another_requestor_is_refused(void **state)
{
    struct kdc k;

    (void)state;
    kdc_begin_usual(&k);
    put_requestor(&k, DOMAIN "-1104");
    seal(&k, k.client, TIME);
    refused(&k, ERR_LOGON_DENIED, KRB5KRB_AP_ERR_MODIFIED);
}

static void two_pacs_and_damaged_ones_are_refused(void **state)
{
    struct kdc k;

    (void)state;
    kdc_begin_usual(&k);
    seal(&k, k.client, TIME);
    k.again = k.element;
    k.list[1] = &k.again;
    refused(&k, ERR_MALFORMED, KRB5KRB_AP_ERR_MODIFIED);
    kdc_begin_usual(&k);
    seal(&k, k.client, TIME);
    k.element.length = 12;
    refused(&k, ERR_MALFORMED, KRB5KRB_AP_ERR_MODIFIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proven_pac_is_an_identity),
        cmocka_unit_test(what_is_implied_depends_on_who_it_is),
        cmocka_unit_test(without_logon_information_nothing_is_proven),
        cmocka_unit_test(an_altered_pac_is_refused),
        cmocka_unit_test(the_pac_of_another_key_is_refused),
        cmocka_unit_test(the_pac_of_another_client_or_time_is_refused),
        cmocka_unit_test(the_pac_of_another_requestor_is_refused),
        cmocka_unit_test(two_pacs_and_damaged_ones_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
