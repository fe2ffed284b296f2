/* SPDX-License-Identifier: Apache-2.0 */
#include "negotiate/mechlist_mic.h"

#include "base/detail.h"
#include "lib/fake_package.h"
#include "lib/unit.h"

/* An established pair of the one-leg package. */
struct pair {
    void *credential, *client, *server;
};

static int begin(void **state)
{
    static struct pair p;
    struct acquire a = { .use = CREDENTIAL_BOTH };
    struct leg_in in = { .flags = CONTEXT_INTEGRITY };
    struct leg_out first = { 0 }, last = { 0 };

    p = (struct pair){ 0 };
    assert_int_equal(fake_kerberos.acquire(&a, NULL, &p.credential), ERR_OK);
    assert_int_equal(fake_kerberos.initiate(&p.client, p.credential, &in, &first), ERR_OK);
    in.token = buf_view(first.token);
    assert_int_equal(fake_kerberos.accept(&p.server, p.credential, &in, &last), ERR_OK);
    buf_free(&first.token);
    *state = &p;
    return 0;
}

static int end(void **state)
{
    struct pair *p = *state;

    fake_kerberos.context_free(p->client);
    fake_kerberos.context_free(p->server);
    fake_kerberos.credential_free(p->credential);
    return fake_alive;
}

static void signs_the_list_and_checks_it(void **state)
{
    struct pair *p = *state;
    struct buf mic = { 0 };

    assert_int_equal(negotiate_mic_make(&fake_kerberos, p->client, bytes_of_text("a list"), &mic),
                     ERR_OK);
    assert_int_equal(
        negotiate_mic_check(&fake_kerberos, p->server, bytes_of_text("a list"), buf_view(mic)),
        ERR_OK);
    buf_free(&mic);
}

static void another_list_or_signature_is_altered(void **state)
{
    struct pair *p = *state;
    struct buf mic = { 0 };

    assert_int_equal(negotiate_mic_make(&fake_kerberos, p->client, bytes_of_text("a list"), &mic),
                     ERR_OK);
    detail_begin("test");
    assert_int_equal(
        negotiate_mic_check(&fake_kerberos, p->server, bytes_of_text("a lis"), buf_view(mic)),
        ERR_ALTERED);
    assert_non_null(strstr(detail_get()->text, "not the one that was sent"));
    assert_int_equal(negotiate_mic_check(&fake_kerberos, p->server, bytes_of_text("a list"),
                                         bytes_of(mic.ptr, mic.len - 1)),
                     ERR_ALTERED);
    assert_int_equal(negotiate_mic_check(&fake_kerberos, p->server, bytes_of_text("a list"),
                                         bytes_of(mic.ptr, 0)),
                     ERR_ALTERED);
    /* reflected: the initiator's own comes back */
    assert_int_equal(
        negotiate_mic_check(&fake_kerberos, p->client, bytes_of_text("a list"), buf_view(mic)),
        ERR_ALTERED);
    buf_free(&mic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(signs_the_list_and_checks_it, begin, end),
        cmocka_unit_test_setup_teardown(another_list_or_signature_is_altered, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
