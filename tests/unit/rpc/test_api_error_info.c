/* SPDX-License-Identifier: Apache-2.0
 * The records of a thread, by the public functions.
 */
#include <countersign/rpc.h>
#include <countersign/windows.h>

#include "lib/unit.h"
#include "rpc/errors.h"

static RPC_EXTENDED_ERROR_INFO room(void)
{
    return (RPC_EXTENDED_ERROR_INFO){ .Version = RPC_EEINFO_VERSION,
                                      .NumberOfParameters = MaxNumberOfEEInfoParams };
}

static void add(ULONG status)
{
    RPC_EXTENDED_ERROR_INFO i = { .Version = RPC_EEINFO_VERSION, .Status = status };

    i.NumberOfParameters = 4;
    i.Parameters[0].ParameterType = eeptAnsiString;
    i.Parameters[0].u.AnsiString = (LPSTR)(uintptr_t) "narrow";
    i.Parameters[1].ParameterType = eeptUnicodeString;
    i.Parameters[1].u.UnicodeString = (LPWSTR)(uintptr_t)u"w\u00efde";
    i.Parameters[2].ParameterType = eeptLongVal;
    i.Parameters[2].u.LVal = -7;
    i.Parameters[3].ParameterType = eeptShortVal;
    i.Parameters[3].u.SVal = -8;
    assert_int_equal(RpcErrorAddRecord(&i), RPC_S_OK);
}

static void without_records_there_is_nothing_to_enumerate(void **state)
{
    RPC_ERROR_ENUM_HANDLE h;

    (void)state;
    RpcErrorClearInformation();
    assert_int_equal(RpcErrorStartEnumeration(&h), RPC_S_ENTRY_NOT_FOUND);
    assert_int_equal(RpcErrorStartEnumeration(NULL), RPC_S_INVALID_ARG);
    add(5);
    RpcErrorClearInformation();
    assert_int_equal(RpcErrorStartEnumeration(&h), RPC_S_ENTRY_NOT_FOUND);
}

static void records_are_told_the_newest_first(void **state)
{
    RPC_EXTENDED_ERROR_INFO i = room();
    RPC_ERROR_ENUM_HANDLE h, other;
    SYSTEMTIME now;
    INT n = 0;

    (void)state;
    add(1);
    add(2);
    assert_int_equal(RpcErrorStartEnumeration(&h), RPC_S_OK);
    assert_int_equal(RpcErrorStartEnumeration(&other), RPC_S_OK);
    RpcErrorClearInformation(); /* the enumeration has its own */
    assert_int_equal(RpcErrorGetNumberOfRecords(&h, &n), RPC_S_OK);
    assert_int_equal(n, 2);
    i.NumberOfParameters = 3;
    assert_int_equal(RpcErrorGetNextRecord(&h, FALSE, &i), RPC_S_BUFFER_TOO_SMALL);
    i = room();
    assert_int_equal(RpcErrorGetNextRecord(&h, FALSE, &i), RPC_S_OK);
    assert_int_equal(i.Status, 2);
    assert_int_equal(i.ProcessID, GetCurrentProcessId());
    assert_int_equal(i.GeneratingComponent, EEInfoGCApplication);
    assert_null(i.ComputerName);
    now = i.u.SystemTime;
    assert_true(now.wYear >= 2024 && now.wMonth >= 1 && now.wMonth <= 12 && now.wDay >= 1);
    assert_int_equal(i.NumberOfParameters, 4);
    assert_string_equal(i.Parameters[0].u.AnsiString, "narrow");
    assert_memory_equal(i.Parameters[1].u.UnicodeString, u"w\u00efde", 10);
    assert_int_equal(i.Parameters[2].u.LVal, -7);
    assert_int_equal(i.Parameters[3].u.SVal, -8);
    i = room();
    i.Flags = EEInfoUseFileTime;
    assert_int_equal(RpcErrorGetNextRecord(&h, TRUE, &i), RPC_S_OK);
    assert_int_equal(i.Status, 1);
    assert_true(i.u.FileTime.dwHighDateTime > 0x01d00000);
    assert_true(HeapFree(GetProcessHeap(), 0, i.Parameters[0].u.AnsiString));
    assert_true(HeapFree(GetProcessHeap(), 0, i.Parameters[1].u.UnicodeString));
    i = room();
    assert_int_equal(RpcErrorGetNextRecord(&h, FALSE, &i), RPC_S_ENTRY_NOT_FOUND);
    assert_int_equal(RpcErrorResetEnumeration(&h), RPC_S_OK);
    assert_int_equal(RpcErrorGetNextRecord(&h, FALSE, &i), RPC_S_OK);
    assert_int_equal(RpcErrorEndEnumeration(&h), RPC_S_OK);
    assert_int_equal(RpcErrorEndEnumeration(&h), RPC_S_INVALID_ARG);
    assert_int_equal(RpcErrorGetNextRecord(&h, FALSE, &i), RPC_S_INVALID_ARG);
    assert_int_equal(RpcErrorEndEnumeration(&other), RPC_S_OK);
}

static void what_is_saved_is_loaded_again(void **state)
{
    RPC_EXTENDED_ERROR_INFO i = room();
    RPC_ERROR_ENUM_HANDLE h, again;
    PVOID blob = NULL;
    size_t size = 0;

    (void)state;
    RpcErrorClearInformation();
    add(1722);
    assert_int_equal(RpcErrorStartEnumeration(&h), RPC_S_OK);
    assert_int_equal(RpcErrorSaveErrorInfo(&h, &blob, &size), RPC_S_OK);
    assert_int_equal(RpcErrorLoadErrorInfo(blob, size, &again), RPC_S_OK);
    assert_int_equal(RpcErrorLoadErrorInfo(blob, size - 1, &h), RPC_S_INVALID_ARG);
    assert_int_equal(RpcErrorGetNextRecord(&again, FALSE, &i), RPC_S_OK);
    assert_int_equal(i.Status, 1722);
    assert_string_equal(i.Parameters[0].u.AnsiString, "narrow");
    assert_true(HeapFree(GetProcessHeap(), 0, blob));
    assert_int_equal(RpcErrorEndEnumeration(&again), RPC_S_OK);
    assert_int_equal(RpcErrorEndEnumeration(&h), RPC_S_OK);
    RpcErrorClearInformation();
}

static void wrong_records_are_refused(void **state)
{
    RPC_EXTENDED_ERROR_INFO i = room();
    RPC_ERROR_ENUM_HANDLE h;

    (void)state;
    i.NumberOfParameters = 5;
    assert_int_equal(RpcErrorAddRecord(&i), RPC_S_INVALID_ARG);
    i.NumberOfParameters = 1; /* of no type */
    assert_int_equal(RpcErrorAddRecord(&i), RPC_S_INVALID_ARG);
    i.Parameters[0].ParameterType = eeptBinary; /* the runtime's alone */
    assert_int_equal(RpcErrorAddRecord(&i), RPC_S_INVALID_ARG);
    i.NumberOfParameters = 0;
    i.ProcessID = 1;
    assert_int_equal(RpcErrorAddRecord(&i), RPC_S_INVALID_ARG);
    i.ProcessID = 0;
    i.Version = 2;
    assert_int_equal(RpcErrorAddRecord(&i), RPC_S_INVALID_ARG);
    assert_int_equal(RpcErrorAddRecord(NULL), RPC_S_INVALID_ARG);
    assert_int_equal(RpcErrorStartEnumeration(&h), RPC_S_ENTRY_NOT_FOUND);
}

static void a_thread_keeps_the_first_and_the_last(void **state)
{
    RPC_ERROR_ENUM_HANDLE h;
    RPC_EXTENDED_ERROR_INFO i = room();
    ULONG status;
    INT n = 0;

    (void)state;
    for (status = 1; status <= 200; status++)
        add(status);
    assert_int_equal(RpcErrorStartEnumeration(&h), RPC_S_OK);
    assert_int_equal(RpcErrorGetNumberOfRecords(&h, &n), RPC_S_OK);
    assert_int_equal(n, RPC_ERROR_RECORDS);
    assert_int_equal(RpcErrorGetNextRecord(&h, FALSE, &i), RPC_S_OK);
    assert_int_equal(i.Status, 200);
    while (--n)
        assert_int_equal(RpcErrorGetNextRecord(&h, FALSE, (i = room(), &i)), RPC_S_OK);
    assert_int_equal(i.Status, 1);
    assert_true(i.Flags & EEInfoPreviousRecordsMissing);
    assert_int_equal(RpcErrorEndEnumeration(&h), RPC_S_OK);
    RpcErrorClearInformation();
}

static enum err all_of_it(void *arg)
{
    RPC_ERROR_ENUM_HANDLE h = { 0 };
    RPC_EXTENDED_ERROR_INFO i = { .Version = RPC_EEINFO_VERSION, .NumberOfParameters = 1 };
    RPC_STATUS s;

    (void)arg;
    i.Parameters[0].ParameterType = eeptAnsiString;
    i.Parameters[0].u.AnsiString = (LPSTR)(uintptr_t) "text";
    s = RpcErrorAddRecord(&i);
    if (!s)
        s = RpcErrorStartEnumeration(&h);
    if (!s) {
        i = room();
        s = RpcErrorGetNextRecord(&h, TRUE, &i);
        if (!s)
            HeapFree(GetProcessHeap(), 0, i.Parameters[0].u.AnsiString);
        (void)RpcErrorEndEnumeration(&h);
    }
    RpcErrorClearInformation();
    return s == RPC_S_OK ? ERR_OK : s == RPC_S_OUT_OF_MEMORY ? ERR_NO_MEMORY : ERR_INTERNAL;
}

static void runs_out_of_memory_and_says_so(void **state)
{
    (void)state;
    oom_run(all_of_it, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_out_of_memory_and_says_so),
        cmocka_unit_test(without_records_there_is_nothing_to_enumerate),
        cmocka_unit_test(records_are_told_the_newest_first),
        cmocka_unit_test(what_is_saved_is_loaded_again),
        cmocka_unit_test(wrong_records_are_refused),
        cmocka_unit_test(a_thread_keeps_the_first_and_the_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
