/* SPDX-License-Identifier: Apache-2.0 */
#include <countersign/rpc.h>

#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "lib/unit.h"

static UUID uuid(const char *text)
{
    UUID u = { 0 };

    assert_int_equal(UuidFromStringA((RPC_CSTR)(uintptr_t)text, &u), RPC_S_OK);
    return u;
}

static void reads_and_writes_text(void **state)
{
    static const char text[] = "6b29fc40-ca47-1067-b31d-00dd010662da";
    static char upper[] = "6B29FC40-CA47-1067-B31D-00DD010662DA";
    static WCHAR wide[] = u"6B29FC40-CA47-1067-B31D-00DD010662DA";
    UUID u = uuid(text), other = { 0 };
    RPC_CSTR a = NULL;
    RPC_WSTR w = NULL;

    (void)state;
    assert_int_equal(u.Data1, 0x6b29fc40);
    assert_int_equal(u.Data2, 0xca47);
    assert_int_equal(u.Data3, 0x1067);
    assert_int_equal(u.Data4[7], 0xda);
    assert_int_equal(UuidFromStringA((RPC_CSTR)upper, &other), RPC_S_OK);
    assert_memory_equal(&u, &other, sizeof u);
    memset(&other, 0xff, sizeof other);
    assert_int_equal(UuidFromStringW(wide, &other), RPC_S_OK);
    assert_memory_equal(&u, &other, sizeof u);
    assert_int_equal(UuidToStringA(&u, &a), RPC_S_OK);
    assert_string_equal(a, text);
    assert_int_equal(UuidToStringW(&u, &w), RPC_S_OK);
    assert_memory_equal(w, u"6b29fc40-ca47-1067-b31d-00dd010662da", 37 * sizeof *w);
    assert_int_equal(RpcStringFreeA(&a), RPC_S_OK);
    assert_int_equal(RpcStringFreeW(&w), RPC_S_OK);
    assert_null(a);
    assert_null(w);
}

static void refuses_other_text(void **state)
{
    static const char *const bad[] = { "",
                                       "6b29fc40",
                                       "{6b29fc40-ca47-1067-b31d-00dd010662da}",
                                       "6b29fc40-ca47-1067-b31d-00dd010662dg",
                                       "6b29fc40-ca47-1067-b31d-00dd010662da ",
                                       "6b29fc40ca471067b31d00dd010662da",
                                       "\xff" };
    static WCHAR lone[] = { 0xd800, 0 };
    UUID u = { 7, 0, 0, { 0 } };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(UuidFromStringA((RPC_CSTR)(uintptr_t)bad[i], &u),
                         RPC_S_INVALID_STRING_UUID);
    assert_int_equal(UuidFromStringW(lone, &u), RPC_S_INVALID_STRING_UUID);
    assert_int_equal(u.Data1, 7);
    assert_int_equal(UuidFromStringA(NULL, &u), RPC_S_OK);
    assert_int_equal(u.Data1, 0);
}

static void compares_field_by_field(void **state)
{
    /* each after the one before it; as bytes in memory, the first two are the other way round */
    static const char *const sorted[] = {
        "00000000-0000-0000-0000-000000000000", "00000001-0000-0000-0000-000000000000",
        "01000000-0000-0000-0000-000000000000", "01000000-0001-0000-0000-000000000000",
        "01000000-0001-0100-0000-000000000000", "01000000-0001-0100-0000-000000000001",
        "01000000-0001-0100-ff00-000000000000", "ffffffff-0000-0000-0000-000000000000",
    };
    RPC_STATUS status = 1;
    size_t i, j, n = sizeof sorted / sizeof *sorted;

    (void)state;
    for (i = 0; i < n; i++)
        for (j = 0; j < n; j++) {
            UUID a = uuid(sorted[i]), b = uuid(sorted[j]);

            assert_int_equal(UuidCompare(&a, &b, &status), (i > j) - (i < j));
            assert_int_equal(!!UuidEqual(&a, &b, &status), i == j);
            assert_int_equal(!!UuidIsNil(&a, &status), i == 0);
            assert_int_equal(status, RPC_S_OK);
        }
    assert_int_equal(UuidCompare(NULL, NULL, &status), 0);
    assert_true(UuidIsNil(NULL, &status));
}

/* The checksum by hand: with one byte b at place i of 16, c0 = b and c1 = (16 - i) b. */
static void hashes(void **state)
{
    UUID u = { 0 }, same;
    RPC_STATUS status = 1;

    (void)state;
    assert_int_equal(UuidHash(NULL, &status), 0);
    assert_int_equal(status, RPC_S_OK);
    u.Data4[7] = 1; /* c0 1, c1 1: x = -1 mod 255, y = 0 */
    assert_int_equal(UuidHash(&u, &status), 254);
    u.Data4[7] = 0;
    u.Data4[6] = 2; /* c0 2, c1 4: x = -4 mod 255, y = 2 */
    assert_int_equal(UuidHash(&u, &status), 2 * 256 + 251);
    same = u;
    assert_int_equal(UuidHash(&u, &status), UuidHash(&same, &status));
}

static void makes_random_ones(void **state)
{
    UUID a = { 0 }, b = { 0 };
    RPC_STATUS status;

    (void)state;
    assert_int_equal(UuidCreate(&a), RPC_S_OK);
    assert_int_equal(UuidCreate(&b), RPC_S_OK);
    assert_false(UuidEqual(&a, &b, &status));
    assert_int_equal(a.Data3 >> 12, 4);
    assert_int_equal(a.Data4[0] & 0xc0, 0x80);
    assert_int_equal(UuidCreateNil(&a), RPC_S_OK);
    assert_true(UuidIsNil(&a, &status));
}

static uint64_t time_of(const UUID *u)
{
    return (uint64_t)(u->Data3 & 0xfff) << 48 | (uint64_t)u->Data2 << 32 | u->Data1;
}

static void makes_sequential_ones(void **state)
{
    UUID last = { 0 }, next = { 0 }, child = { 0 };
    RPC_STATUS status;
    int ends[2], i;
    pid_t pid;

    (void)state;
    status = UuidCreateSequential(&last);
    assert_true(status == RPC_S_OK || status == RPC_S_UUID_LOCAL_ONLY);
    /* a random address is one no card can have */
    assert_int_equal(last.Data4[2] & 1, status == RPC_S_UUID_LOCAL_ONLY);
    assert_int_equal(last.Data3 >> 12, 1);
    assert_int_equal(last.Data4[0] & 0xc0, 0x80);
    for (i = 0; i < 1000; i++) {
        assert_int_equal(UuidCreateSequential(&next), status);
        assert_true(time_of(&next) > time_of(&last));
        assert_memory_equal(next.Data4, last.Data4, sizeof next.Data4);
        last = next;
    }
    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        UuidCreateSequential(&next);
        _exit(write(ends[1], &next, sizeof next) != sizeof next);
    }
    assert_int_equal(read(ends[0], &child, sizeof child), sizeof child);
    assert_int_equal(waitpid(pid, &i, 0), pid);
    assert_memory_not_equal(child.Data4, last.Data4, sizeof child.Data4);
}

static enum err write_text(void *arg)
{
    UUID u = { 0 };
    RPC_CSTR text = NULL;
    RPC_STATUS status = UuidToStringA(&u, &text);

    (void)arg;
    if (!status)
        status = UuidFromStringA(text, &u);
    RpcStringFreeA(&text);
    return status == RPC_S_OUT_OF_MEMORY ? ERR_NO_MEMORY : status ? ERR_INTERNAL : ERR_OK;
}

static void says_when_memory_is_out(void **state)
{
    (void)state;
    oom_run(write_text, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_text),   cmocka_unit_test(refuses_other_text),
        cmocka_unit_test(compares_field_by_field), cmocka_unit_test(hashes),
        cmocka_unit_test(makes_random_ones),       cmocka_unit_test(makes_sequential_ones),
        cmocka_unit_test(says_when_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
