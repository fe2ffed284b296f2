/* SPDX-License-Identifier: Apache-2.0 */
#include <countersign/countersign.h>
#include <countersign/diagnose.h>

#include <unistd.h>

#include "lib/unit.h"

static const char entries[] =
    "0502 00000028 0002 0004 4558414d 0004 48545450 0003 776562 00000000 6b0133e2 03 0012 0004 "
    "01020304 00000003 "
    "0000001a 0001 0004 4558414d 0001 61 00000001 6b0133e2 07 0017 0002 aabb";

/* The bytes in a file of its own; its path goes to path. */
static void write_file(const char *hex, char path[32])
{
    struct bytes b = unit_hex(hex);
    int fd;

    snprintf(path, 32, "/tmp/keytab-test-XXXXXX");
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, b.ptr, b.len), b.len);
    close(fd);
    free((void *)b.ptr);
}

static void lists_names_and_never_keys(void **state)
{
    CS_KEYTAB_ENTRY *list = NULL;
    ULONG count = 0;
    char path[32], prefixed[40];

    (void)state;
    write_file(entries, path);
    snprintf(prefixed, sizeof prefixed, "FILE:%s", path);
    assert_int_equal(CsReadKeytab(prefixed, &list, &count), SEC_E_OK);
    assert_int_equal(count, 2);
    assert_string_equal(list[0].principal, "HTTP/web@EXAM");
    assert_int_equal(list[0].kvno, 3);
    assert_int_equal(list[0].encryption_type, 18);
    assert_string_equal(list[1].principal, "a@EXAM");
    assert_int_equal(list[1].encryption_type, 23);
    FreeContextBuffer(list);
    unlink(path);
}

static void says_what_is_wrong_with_a_keytab(void **state)
{
    CS_ERROR_DETAIL detail = { .size = sizeof detail };
    CS_KEYTAB_ENTRY *list = NULL;
    ULONG count = 0;
    char path[32];

    (void)state;
    assert_int_equal(CsReadKeytab("/nonexistent/keytab", &list, &count), SEC_E_NO_CREDENTIALS);
    assert_int_equal(CsGetErrorDetail(&detail), SEC_E_OK);
    assert_non_null(strstr(detail.text, "/nonexistent/keytab"));
    assert_true(detail.remedy[0]);
    write_file("0502 0000002b 0002 0004", path);
    assert_int_equal(CsReadKeytab(path, &list, &count), SEC_E_INVALID_TOKEN);
    unlink(path);
    assert_int_equal(CsReadKeytab("/tmp", &list, &count), SEC_E_NO_CREDENTIALS);
    assert_int_equal(CsReadKeytab(path, NULL, &count), SEC_E_INVALID_PARAMETER);
}

static void a_server_is_a_host_and_a_port(void **state)
{
    static const char *const bad[] = {
        "host:", "host:0", "host:65536", "host:88x", ":88", "[]:88"
    };
    CS_KDC_PROBE probe;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(CsProbeKdc("EXAMPLE.COM", bad[i], 1000, &probe), SEC_E_INVALID_PARAMETER);
    /* Nothing listens there: each address is tried and named. */
    assert_int_equal(CsProbeKdc("EXAMPLE.COM", "[::1]:1", 1000, &probe),
                     SEC_E_NO_AUTHENTICATING_AUTHORITY);
    assert_int_equal(CsProbeKdc("EXAMPLE.COM", "127.0.0.1:1", 1000, &probe),
                     SEC_E_NO_AUTHENTICATING_AUTHORITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_names_and_never_keys),
        cmocka_unit_test(says_what_is_wrong_with_a_keytab),
        cmocka_unit_test(a_server_is_a_host_and_a_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
