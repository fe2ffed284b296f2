/* SPDX-License-Identifier: Apache-2.0 */
#include "kerberos/keytab.h"

#include "base/alloc.h"

#include "lib/unit.h"

/* Two entries as ktutil wrote them, the second with a version number beyond one byte; between
 * them a deleted entry. */
static const char file[] = "0502 00000058 0002 000b 4558414d504c452e434f4d 0004 48545450 0010 "
                           "776562312e6578616d706c652e636f6d "
                           "00000000 6b0133e2 03 0012 0020 "
                           "26e6018f5444954f805a4a134946f3c462cd25d9833b9edfa4e60054aced14e4 "
                           "00000003 "
                           "fffffffc deadbeef "
                           "00000039 0002 000b 4558414d504c452e434f4d 0004 686f7374 0001 61 "
                           "00000001 6b0133e2 2c 0013 0010 "
                           "c34034 3f5dee264a43de5ac56d36fcef 0000012c";

static void reads_names_versions_and_types(void **state)
{
    struct bytes b = unit_hex(file);
    struct keytab_reader k;
    struct keytab_entry e;
    char *name = NULL;

    (void)state;
    assert_int_equal(keytab_begin(b, &k), ERR_OK);
    assert_true(keytab_next(&k, &e));
    assert_int_equal(keytab_entry_name(&e, &name), ERR_OK);
    assert_string_equal(name, "HTTP/web1.example.com@EXAMPLE.COM");
    mem_free(name);
    assert_int_equal(e.kvno, 3);
    assert_int_equal(e.enctype, 18);
    assert_int_equal(e.key.len, 32);
    assert_true(keytab_next(&k, &e));
    assert_int_equal(e.kvno, 300);
    assert_int_equal(e.enctype, 19);
    assert_false(keytab_next(&k, &e));
    assert_int_equal(k.r.err, ERR_OK);
    free((void *)b.ptr);
}

static int count_entries(struct bytes b, enum err *ret)
{
    struct keytab_reader k;
    struct keytab_entry e;
    int n = 0;

    *ret = keytab_begin(b, &k);
    if (*ret)
        return 0;
    while (keytab_next(&k, &e))
        n++;
    *ret = k.r.err;
    return n;
}

static void a_cut_file_is_damaged_or_shorter(void **state)
{
    struct bytes b = unit_hex(file);
    size_t n;

    (void)state;
    for (n = 0; n < b.len; n++) {
        uint8_t *exact = malloc(n ? n : 1);
        enum err e = ERR_OK;
        int entries;

        memcpy(exact, b.ptr, n);
        entries = count_entries(bytes_of(exact, n), &e);
        assert_true(entries < 2);
        if (n != 2 && n != 94 && n != 102) /* where one entry has ended and no other begun */
            assert_int_equal(e, ERR_TRUNCATED);
        free(exact);
    }
    free((void *)b.ptr);
}

static void refuses_other_versions_and_long_names(void **state)
{
    struct bytes v1 = unit_hex("0501");
    struct bytes bad = unit_hex("0402");
    struct bytes many = unit_hex("0502 00000002 0009");
    enum err e = ERR_OK;

    (void)state;
    count_entries(v1, &e);
    assert_int_equal(e, ERR_UNSUPPORTED);
    count_entries(bad, &e);
    assert_int_equal(e, ERR_MALFORMED);
    count_entries(many, &e);
    assert_int_equal(e, ERR_TOO_LONG);
    free((void *)v1.ptr);
    free((void *)bad.ptr);
    free((void *)many.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_names_versions_and_types),
        cmocka_unit_test(a_cut_file_is_damaged_or_shorter),
        cmocka_unit_test(refuses_other_versions_and_long_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
