/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/api_identity.h"

#include "base/alloc.h"
#include "countersign/sspi.h"
#include "lib/unit.h"

static void reads_the_plain_structures(void **state)
{
    SEC_WINNT_AUTH_IDENTITY_W w = { (USHORT *)u"bob-and-more", 3, (USHORT *)u"EXAMPLE",           7,
                                    (USHORT *)u"s\u00e9cret",  6, SEC_WINNT_AUTH_IDENTITY_UNICODE };
    SEC_WINNT_AUTH_IDENTITY_A a = {
        (UCHAR *)"bob", 3, NULL, 0, (UCHAR *)"pw", 2, SEC_WINNT_AUTH_IDENTITY_ANSI
    };
    struct identity id = { 0 };

    (void)state;
    assert_int_equal(identity_read(&w, &id), ERR_OK);
    assert_string_equal(id.user, "bob");
    assert_string_equal(id.domain, "EXAMPLE");
    assert_string_equal(id.password, "s\303\251cret");
    identity_done(&id);
    assert_int_equal(identity_read(&a, &id), ERR_OK);
    assert_string_equal(id.user, "bob");
    assert_null(id.domain);
    identity_done(&id);
    a.Flags = 0;
    assert_int_equal(identity_read(&a, &id), ERR_UNKNOWN_CREDENTIALS);
    a.Flags = SEC_WINNT_AUTH_IDENTITY_ANSI;
    a.PasswordLength = 3; /* beyond the terminating zero */
    assert_int_equal(identity_read(&a, &id), ERR_UNKNOWN_CREDENTIALS);
    w.UserLength = 1;
    w.User = (USHORT *)u"\xd800";
    assert_int_equal(identity_read(&w, &id), ERR_UNKNOWN_CREDENTIALS);
}

static void reads_the_package_list_of_ex(void **state)
{
    SEC_WINNT_AUTH_IDENTITY_EXA a = { SEC_WINNT_AUTH_IDENTITY_VERSION,
                                      sizeof a,
                                      (UCHAR *)"u",
                                      1,
                                      (UCHAR *)"d",
                                      1,
                                      (UCHAR *)"p",
                                      1,
                                      SEC_WINNT_AUTH_IDENTITY_ANSI,
                                      (UCHAR *)"Kerberos,!NTLM",
                                      14 };
    struct identity id = { 0 };

    (void)state;
    assert_int_equal(identity_read(&a, &id), ERR_OK);
    assert_string_equal(id.packages, "Kerberos,!NTLM");
    assert_string_equal(id.user, "u");
    identity_done(&id);
}

struct ex2 {
    SEC_WINNT_AUTH_IDENTITY_EX2 head;
    char16_t user[3], domain[2];
    struct {
        SEC_WINNT_AUTH_PACKED_CREDENTIALS head;
        union {
            struct {
                SEC_WINNT_AUTH_DATA_PASSWORD head;
                char16_t text[4];
            } password;
            uint8_t keytab[12];
        } data;
    } packed;
};

static struct ex2 example(bool keytab)
{
    struct ex2 x = { { SEC_WINNT_AUTH_IDENTITY_VERSION_2, sizeof x.head, sizeof x,
                       offsetof(struct ex2, user), 6, offsetof(struct ex2, domain), 4,
                       offsetof(struct ex2, packed), sizeof x.packed,
                       SEC_WINNT_AUTH_IDENTITY_UNICODE, 0, 0 },
                     u"ann",
                     u"EX",
                     { .head = { 0 } } };

    x.packed.head.cbHeaderLength = sizeof x.packed.head;
    x.packed.head.cbStructureLength = sizeof x.packed;
    x.packed.head.AuthData.CredType =
        keytab ? SEC_WINNT_AUTH_DATA_TYPE_KEYTAB : SEC_WINNT_AUTH_DATA_TYPE_PASSWORD;
    x.packed.head.AuthData.CredData.ByteArrayOffset = sizeof x.packed.head;
    x.packed.head.AuthData.CredData.ByteArrayLength = sizeof x.packed.data;
    if (keytab) {
        memcpy(x.packed.data.keytab, "\5\2keytab!!!!", 12);
        x.packed.head.AuthData.CredData.ByteArrayLength = 12;
    } else {
        x.packed.data.password.head.UnicodePassword.ByteArrayOffset =
            sizeof x.packed.data.password.head;
        x.packed.data.password.head.UnicodePassword.ByteArrayLength = 8;
        memcpy(x.packed.data.password.text, u"pass", 8);
    }
    return x;
}

static void reads_packed_passwords_and_keytabs(void **state)
{
    struct identity id = { 0 };
    struct acquire a = { 0 };
    struct ex2 x = example(false);

    (void)state;
    assert_int_equal(identity_read(&x, &id), ERR_OK);
    assert_string_equal(id.user, "ann");
    assert_string_equal(id.domain, "EX");
    assert_string_equal(id.password, "pass");
    identity_done(&id);
    x = example(true);
    assert_int_equal(identity_read(&x, &id), ERR_OK);
    identity_lend(&id, &a);
    unit_assert_bytes(a.keytab_bytes, bytes_of("\5\2keytab!!!!", 12));
    assert_null(a.password);
    identity_done(&id);
    x.packed.head.AuthData.CredType.Data1++;
    assert_int_equal(identity_read(&x, &id), ERR_UNKNOWN_CREDENTIALS);
}

/* Every 16-bit field of the structure, in turn, set to what leads outside: nothing outside is read
 * (the block is exactly as large as it says) and what is left is refused or harmless. */
static void no_offset_leads_outside(void **state)
{
    struct ex2 good = example(false);
    size_t at;

    (void)state;
    for (at = offsetof(SEC_WINNT_AUTH_IDENTITY_EX2, UserOffset); at + 2 <= sizeof good; at += 2) {
        uint8_t *exact = malloc(sizeof good);
        struct identity id = { 0 };

        memcpy(exact, &good, sizeof good);
        memset(exact + at, 0xff, 2);
        if (identity_read(exact, &id) == ERR_OK)
            identity_done(&id);
        assert_null(id.password);
        free(exact);
    }
}

static enum err read_example(void *arg)
{
    struct identity id = { 0 };
    enum err e = identity_read(arg, &id);

    if (!e)
        identity_done(&id);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    struct ex2 password = example(false);
    struct ex2 keytab = example(true);

    (void)state;
    oom_run(read_example, &password);
    oom_run(read_example, &keytab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_plain_structures),
        cmocka_unit_test(reads_the_package_list_of_ex),
        cmocka_unit_test(reads_packed_passwords_and_keytabs),
        cmocka_unit_test(no_offset_leads_outside),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
