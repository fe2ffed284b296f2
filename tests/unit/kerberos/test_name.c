/* SPDX-License-Identifier: Apache-2.0
 * test_name.c - principals from the names callers give of their servers.
 */
#include "kerberos/name.h"

#include "base/alloc.h"
#include "kerberos/target.h"
#include "lib/unit.h"

static int make_context(void **state)
{
    static krb5_context krb;

    setenv("KRB5_CONFIG", "/dev/null", 1);
    *state = NULL;
    if (krb5_init_context(&krb))
        return 1;
    *state = krb;
    return 0;
}

static int free_context(void **state)
{
    krb5_free_context(*state);
    return 0;
}

static void expect(krb5_context krb, const char *target, int parts, const char *last,
                   const char *realm)
{
    krb5_principal p = NULL;
    const krb5_data *got;

    if (kerberos_name_target(krb, target, &p) != ERR_OK)
        fail_msg("%s is refused", target);
    assert_int_equal(krb5_princ_size(krb, p), parts);
    got = krb5_princ_component(krb, p, parts - 1);
    assert_non_null(got);
    assert_int_equal(got->length, strlen(last));
    assert_memory_equal(got->data, last, got->length);
    assert_int_equal(krb5_princ_realm(krb, p)->length, strlen(realm));
    krb5_free_principal(krb, p);
}

static void takes_a_distinguished_name_as_it_stands(void **state)
{
    krb5_context krb = *state;

    expect(krb, "a/h.example", 2, "h.example", "");
    expect(krb, "a/h.example@R", 2, "h.example", "R");
    expect(krb, "a/h/CN=x,DC=y", 3, "CN=x,DC=y", "");
    expect(krb, "a/h/CN=my own\\, \\\"x\\\"\\\\,DC=y", 3, "CN=my own\\, \\\"x\\\"\\\\,DC=y", "");
    expect(krb, "a/h/CN=a\\2Fb,DC=y@R", 3, "CN=a\\2Fb,DC=y", "R");
}

/* Only the last at sign, with a realm behind it, begins one: the rest is the object's name. */
static void an_at_sign_in_a_distinguished_name_begins_no_realm(void **state)
{
    krb5_context krb = *state;

    expect(krb, "a/h/CN=x@EVIL,DC=y", 3, "CN=x@EVIL,DC=y", "");
    expect(krb, "a/h/CN=x@EVIL,DC=y@R", 3, "CN=x@EVIL,DC=y", "R");
    expect(krb, "a/h/CN=x@EVIL\\, @,DC=y@R.EXAMPLE", 3, "CN=x@EVIL\\, @,DC=y", "R.EXAMPLE");
    expect(krb, "a/h/CN=x@", 3, "CN=x@", "");
    assert_null(kerberos_name_realm("a/h/CN=x@EVIL,DC=y"));
    assert_null(kerberos_name_realm("a/h"));
    assert_string_equal(kerberos_name_realm("a/h@R"), "@R");
    assert_string_equal(kerberos_name_realm("a/h/CN=x@b,DC=y@R"), "@R");
}

static void what_libkrb5_escapes_is_plain_again(void **state)
{
    static const char *const targets[] = { "a/h@R", "a/h/CN=a\\, b@c\\\\,DC=y@R" };
    krb5_principal p = NULL;
    char *text = NULL, *plain = NULL;
    size_t i;

    for (i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        assert_int_equal(kerberos_name_target(*state, targets[i], &p), ERR_OK);
        assert_int_equal(kerberos_name_format(*state, p, &text), ERR_OK);
        assert_int_equal(kerberos_name_plain(text, &plain), ERR_OK);
        assert_string_equal(plain, targets[i]);
        assert_true(kerberos_target_same(targets[i], text));
        mem_free(text);
        mem_free(plain);
        krb5_free_principal(*state, p);
    }
}

static void refuses_what_no_class_or_host_holds(void **state)
{
    static const char *const bad[] = { "a b/h",    "a/h b",    "a\\/h",          "a/h\\x",
                                       "a/h/\x01", "a/h\tx/y", "a/\xff/CN=x",    "a b/h/CN=x",
                                       "a@R/h/x",  "a/h@R/x",  "a/h@EVIL/CN=x@R" };
    krb5_principal p = NULL;
    size_t i;

    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (kerberos_name_target(*state, bad[i], &p) != ERR_TARGET_UNKNOWN)
            fail_msg("%s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_distinguished_name_as_it_stands),
        cmocka_unit_test(an_at_sign_in_a_distinguished_name_begins_no_realm),
        cmocka_unit_test(what_libkrb5_escapes_is_plain_again),
        cmocka_unit_test(refuses_what_no_class_or_host_holds),
    };

    return cmocka_run_group_tests(tests, make_context, free_context);
}
