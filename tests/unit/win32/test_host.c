/* SPDX-License-Identifier: Apache-2.0 */
#include "win32/host.h"

#include "base/impersonation.h"
#include "countersign/windows.h"
#include "countersign/winsock2.h"
#include "lib/unit.h"

static void names_this_host_in_every_form(void **state)
{
    char to[256];
    WCHAR wide[256];
    DWORD n = 0;

    (void)state;
    setenv("COUNTERSIGN_HOSTNAME", "a-long-host-name.example.com", 1);
    assert_false(GetComputerNameExA(ComputerNameDnsFullyQualified, NULL, &n));
    assert_int_equal(GetLastError(), ERROR_MORE_DATA);
    assert_int_equal(n, 29);
    assert_true(GetComputerNameExA(ComputerNameDnsFullyQualified, to, &n));
    assert_string_equal(to, "a-long-host-name.example.com");
    assert_int_equal(n, 28);
    n = sizeof to;
    assert_true(GetComputerNameExA(ComputerNameDnsDomain, to, &n));
    assert_string_equal(to, "example.com");
    n = sizeof to;
    assert_true(GetComputerNameExA(ComputerNameDnsHostname, to, &n));
    assert_string_equal(to, "a-long-host-name");
    n = 256;
    assert_true(GetComputerNameW(wide, &n));
    assert_int_equal(n, 15);
    assert_int_equal(lstrcmpW(wide, u"A-LONG-HOST-NAM"), 0);
    n = 15;
    assert_false(GetComputerNameA(to, &n));
    assert_int_equal(GetLastError(), ERROR_BUFFER_OVERFLOW);
    assert_int_equal(n, 16);
    assert_false(GetComputerNameExA(ComputerNameMax, to, &n));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    unsetenv("COUNTERSIGN_HOSTNAME");
    n = sizeof to;
    assert_true(GetComputerNameExA(ComputerNameDnsHostname, to, &n));
    assert_null(strchr(to, '.'));
}

static void nothing_to_free(struct impersonation *i)
{
    (void)i;
}

static void names_the_user_or_the_impersonated_client(void **state)
{
    struct impersonation alice = { .release = nothing_to_free, .name = "alice@EXAMPLE.COM" };
    char own[256];
    char to[256];
    DWORD n = sizeof own;

    (void)state;
    assert_true(GetUserNameA(own, &n));
    assert_int_equal(n, strlen(own) + 1);
    assert_int_equal(impersonation_begin_adopt(&alice), ERR_OK);
    n = 0;
    assert_false(GetUserNameA(NULL, &n));
    assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    assert_int_equal(n, 6);
    assert_true(GetUserNameA(to, &n));
    assert_string_equal(to, "alice");
    impersonation_end();
    n = sizeof to;
    assert_true(GetUserNameA(to, &n));
    assert_string_equal(to, own);
}

static void memory_comes_and_goes(void **state)
{
    BYTE *p = LocalAlloc(LPTR, 16);

    (void)state;
    assert_non_null(p);
    assert_int_equal(p[0] | p[15], 0);
    assert_null(LocalFree(p));
    assert_null(LocalAlloc(0x2, 16));
    p = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 16);
    assert_int_equal(p[0] | p[15], 0);
    p[3] = 7;
    SecureZeroMemory(p, 16);
    assert_int_equal(p[3], 0);
    assert_false(HeapFree(NULL, 0, p));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_true(HeapFree(GetProcessHeap(), 0, p));
    assert_false(CloseHandle(INVALID_HANDLE_VALUE));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_false(CloseHandle(NULL));
}

static void converts_between_utf8_and_utf16(void **state)
{
    WCHAR wide[8];
    char narrow[8];

    (void)state;
    assert_int_equal(MultiByteToWideChar(CP_UTF8, 0, "h\xc3\xa9", -1, NULL, 0), 3);
    assert_int_equal(MultiByteToWideChar(CP_ACP, 0, "h\xc3\xa9", -1, wide, 8), 3);
    assert_int_equal(wide[1], 0xe9);
    assert_int_equal(MultiByteToWideChar(CP_UTF8, 0, "h\xc3\xa9", 3, wide, 1), 0);
    assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    assert_int_equal(MultiByteToWideChar(CP_UTF8, 0, "\xc3", 1, wide, 8), 0);
    assert_int_equal(GetLastError(), ERROR_NO_UNICODE_TRANSLATION);
    assert_int_equal(WideCharToMultiByte(CP_UTF8, 0, u"h\u00e9", -1, narrow, 8, NULL, NULL), 4);
    assert_string_equal(narrow, "h\xc3\xa9");
    assert_int_equal(WideCharToMultiByte(1252, 0, u"h", -1, narrow, 8, NULL, NULL), 0);
}

static void socket_errors_have_winsocks_numbers(void **state)
{
    WSADATA data;
    SOCKET s;

    (void)state;
    assert_int_equal(WSACleanup(), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSANOTINITIALISED);
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
    assert_int_equal(data.wVersion, 0x0202);
    assert_int_equal(WSAStartup(0, &data), WSAVERNOTSUPPORTED);
    s = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_not_equal(s, INVALID_SOCKET);
    assert_int_equal(send(s, "x", 1, MSG_NOSIGNAL), SOCKET_ERROR);
    assert_true(WSAGetLastError() == WSAENOTCONN || WSAGetLastError() == WSAECONNRESET);
    assert_int_equal(closesocket(s), 0);
    assert_int_equal(closesocket(s), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
    WSASetLastError(WSAETIMEDOUT);
    assert_int_equal(WSAGetLastError(), WSAETIMEDOUT);
    assert_int_equal(WSACleanup(), 0);
    assert_int_equal(WSACleanup(), SOCKET_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_this_host_in_every_form),
        cmocka_unit_test(names_the_user_or_the_impersonated_client),
        cmocka_unit_test(memory_comes_and_goes),
        cmocka_unit_test(converts_between_utf8_and_utf16),
        cmocka_unit_test(socket_errors_have_winsocks_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
