/* SPDX-License-Identifier: Apache-2.0
 * test_api_rnr.c - what the functions of nspapi.h say before any directory is asked.
 */
#include "names/api_rnr.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "lib/unit.h"

static GUID class_id = SVCID_TCP(5001);

static int set_up(void **state)
{
    WSADATA data;

    (void)state;
    return WSAStartup(MAKEWORD(2, 2), &data);
}

static int tear_down(void **state)
{
    (void)state;
    return WSACleanup();
}

#define expect_error(call, code)                                                                   \
    do {                                                                                           \
        assert_int_equal((call), SOCKET_ERROR);                                                    \
        assert_int_equal(WSAGetLastError(), (code));                                               \
    } while (0)

static void nothing_is_done_before_it_is_begun(void **state)
{
    WSAQUERYSETW q = { .dwSize = sizeof q };
    WSASERVICECLASSINFOW info = { 0 };
    HANDLE lookup = NULL;
    DWORD n = 0;

    (void)state;
    expect_error(WSASetServiceW(&q, RNRSERVICE_REGISTER, 0), WSANOTINITIALISED);
    expect_error(WSALookupServiceBeginW(&q, 0, &lookup), WSANOTINITIALISED);
    expect_error(WSALookupServiceNextW(NULL, 0, &n, &q), WSANOTINITIALISED);
    expect_error(WSALookupServiceEnd(NULL), WSANOTINITIALISED);
    expect_error(WSAInstallServiceClassW(&info), WSANOTINITIALISED);
    expect_error(WSARemoveServiceClass(&class_id), WSANOTINITIALISED);
    expect_error(WSAGetServiceClassInfoW(NULL, &class_id, &n, &info), WSANOTINITIALISED);
    expect_error(WSAGetServiceClassNameByClassIdW(&class_id, NULL, &n), WSANOTINITIALISED);
    expect_error(WSAEnumNameSpaceProvidersW(&n, NULL), WSANOTINITIALISED);
    assert_string_equal(detail_get()->remedy, "call WSAStartup first");
}

static void the_one_provider_is_told_of_in_both_forms(void **state)
{
    union {
        WSANAMESPACE_INFOW w;
        WSANAMESPACE_INFOA a;
        uint8_t room[256];
    } to;
    DWORD n = 0;
    DWORD needed;

    (void)state;
    expect_error(WSAEnumNameSpaceProvidersW(NULL, &to.w), WSAEINVAL);
    expect_error(WSAEnumNameSpaceProvidersW(&n, NULL), WSAEFAULT);
    needed = n;
    assert_in_range(needed, sizeof to.w + 10, sizeof to);
    n--;
    expect_error(WSAEnumNameSpaceProvidersW(&n, &to.w), WSAEFAULT);
    assert_int_equal(n, needed);
    assert_int_equal(WSAEnumNameSpaceProvidersW(&n, &to.w), 1);
    assert_memory_equal(to.w.lpszIdentifier, u"NTDS", 10);
    assert_int_equal(to.w.dwNameSpace, NS_NTDS);
    assert_true(to.w.fActive);
    assert_memory_equal(&to.w.NSProviderId, &rnr_provider, sizeof rnr_provider);
    n = sizeof to;
    assert_int_equal(WSAEnumNameSpaceProvidersA(&n, &to.a), 1);
    assert_string_equal(to.a.lpszIdentifier, "NTDS");
}

static void a_registration_that_is_none_is_refused(void **state)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(5001) };
    CSADDR_INFO address = { .RemoteAddr = { (LPSOCKADDR)&at, sizeof at },
                            .iSocketType = SOCK_STREAM,
                            .iProtocol = IPPROTO_TCP };
    BLOB blob = { 0 };
    WSAVERSION version = { 1, (WSAECOMPARATOR)7 };
    WSAQUERYSETA good = { .dwSize = sizeof good,
                          .lpszServiceInstanceName = (char *)"name",
                          .lpServiceClassId = &class_id,
                          .dwNameSpace = NS_NTDS,
                          .dwNumberOfCsAddrs = 1,
                          .lpcsaBuffer = &address };
    WSAQUERYSETA q = good;
    GUID stranger = SVCID_UDP(1);

    (void)state;
    expect_error(WSASetServiceA(NULL, RNRSERVICE_REGISTER, 0), WSAEINVAL);
    q.dwSize--;
    expect_error(WSASetServiceA(&q, RNRSERVICE_REGISTER, 0), WSAEINVAL);
    q = good;
    q.dwNameSpace = NS_DNS;
    expect_error(WSASetServiceA(&q, RNRSERVICE_REGISTER, 0), WSAEINVAL);
    q = good;
    q.lpNSProviderId = &stranger;
    expect_error(WSASetServiceA(&q, RNRSERVICE_REGISTER, 0), WSAEINVAL);
    q = good;
    q.lpServiceClassId = NULL;
    expect_error(WSASetServiceA(&q, RNRSERVICE_REGISTER, 0), WSAEINVAL);
    q = good;
    q.lpBlob = &blob;
    expect_error(WSASetServiceA(&q, RNRSERVICE_REGISTER, 0), WSAEINVAL);
    q = good;
    q.lpVersion = &version;
    expect_error(WSASetServiceA(&q, RNRSERVICE_REGISTER, 0), WSAEINVAL);
    q = good;
    q.lpszServiceInstanceName = (char *)"\xff";
    expect_error(WSASetServiceA(&q, RNRSERVICE_REGISTER, 0), WSAEINVAL);
    q = good;
    q.dwNumberOfCsAddrs = 0;
    expect_error(WSASetServiceA(&q, RNRSERVICE_REGISTER, 0), WSAEINVAL);
    q = good;
    q.lpcsaBuffer = NULL;
    expect_error(WSASetServiceA(&q, RNRSERVICE_REGISTER, 0), WSAEINVAL);
    expect_error(WSASetServiceA(&good, (WSAESETSERVICEOP)3, 0), WSAEINVAL);
    expect_error(WSASetServiceA(&good, RNRSERVICE_REGISTER, 2), WSAEINVAL);
    at.sin_family = AF_UNIX;
    expect_error(WSASetServiceA(&good, RNRSERVICE_REGISTER, 0), WSAEINVAL);
    at.sin_family = AF_INET;
    address.RemoteAddr.iSockaddrLength = sizeof at - 1;
    expect_error(WSASetServiceA(&good, RNRSERVICE_REGISTER, 0), WSAEINVAL);
}

static void a_lookup_that_is_none_is_refused(void **state)
{
    AFPROTOCOLS unix_only = { AF_UNIX, 0 };
    WSAQUERYSETW good = { .dwSize = sizeof good, .lpServiceClassId = &class_id };
    WSAQUERYSETW q = good;
    HANDLE lookup = NULL;
    DWORD n = 0;

    (void)state;
    expect_error(WSALookupServiceBeginW(NULL, 0, &lookup), WSAEINVAL);
    expect_error(WSALookupServiceBeginW(&good, 0, NULL), WSAEINVAL);
    expect_error(WSALookupServiceBeginW(&good, 0x10000, &lookup), WSAEINVAL);
    expect_error(WSALookupServiceBeginW(&good, LUP_CONTAINERS | LUP_NOCONTAINERS, &lookup),
                 WSAEINVAL);
    expect_error(WSALookupServiceBeginW(&good, LUP_CONTAINERS, &lookup), WSANO_DATA);
    q.lpServiceClassId = NULL;
    expect_error(WSALookupServiceBeginW(&q, 0, &lookup), WSAEINVAL);
    q = good;
    q.dwNameSpace = NS_DNS;
    expect_error(WSALookupServiceBeginW(&q, 0, &lookup), WSASERVICE_NOT_FOUND);
    q = good;
    q.lpszQueryString = (WCHAR *)(uintptr_t)u"ftp/tcp";
    expect_error(WSALookupServiceBeginW(&q, 0, &lookup), WSAEINVAL);
    q = good;
    q.dwNumberOfProtocols = 1;
    expect_error(WSALookupServiceBeginW(&q, 0, &lookup), WSAEINVAL);
    q.lpafpProtocols = &unix_only;
    expect_error(WSALookupServiceBeginW(&q, 0, &lookup), WSAEINVAL);
    expect_error(WSALookupServiceNextW((HANDLE)(uintptr_t)77, 0, &n, NULL), WSA_INVALID_HANDLE);
    expect_error(WSALookupServiceNextW((HANDLE)(uintptr_t)77, 0, NULL, NULL), WSAEINVAL);
    expect_error(WSALookupServiceNextA(NULL, 0, &n, NULL), WSA_INVALID_HANDLE);
    expect_error(WSALookupServiceEnd(NULL), WSA_INVALID_HANDLE);
}

static void a_class_that_is_none_is_refused(void **state)
{
    WSANSCLASSINFOA value = { (char *)"", NS_NTDS, REG_DWORD, 4, NULL };
    WSASERVICECLASSINFOA info = { NULL, (char *)"name", 0, NULL };
    WSASERVICECLASSINFOW to;
    GUID provider = rnr_provider;
    GUID stranger = SVCID_UDP(1);
    DWORD n = sizeof to;

    (void)state;
    expect_error(WSAInstallServiceClassA(NULL), WSAEINVAL);
    expect_error(WSAInstallServiceClassA(&info), WSAEINVAL);
    info.lpServiceClassId = &class_id;
    info.dwCount = 1;
    expect_error(WSAInstallServiceClassA(&info), WSAEINVAL);
    info.lpClassInfos = &value;
    expect_error(WSAInstallServiceClassA(&info), WSAEINVAL);
    expect_error(WSARemoveServiceClass(NULL), WSAEINVAL);
    expect_error(WSAGetServiceClassInfoW(NULL, &class_id, &n, &to), WSAEINVAL);
    expect_error(WSAGetServiceClassInfoW(&provider, NULL, &n, &to), WSAEINVAL);
    expect_error(WSAGetServiceClassInfoW(&provider, &class_id, NULL, &to), WSAEINVAL);
    expect_error(WSAGetServiceClassInfoW(&provider, &class_id, &n, NULL), WSAEINVAL);
    expect_error(WSAGetServiceClassInfoW(&stranger, &class_id, &n, &to), WSAEINVAL);
    expect_error(WSAGetServiceClassNameByClassIdA(NULL, NULL, &n), WSA_INVALID_PARAMETER);
    expect_error(WSAGetServiceClassNameByClassIdA(&class_id, NULL, NULL), WSAEINVAL);
}

static void addresses_come_back_as_they_went_in(void **state)
{
    struct sockaddr_in6 at = { .sin6_family = AF_INET6,
                               .sin6_port = htons(53),
                               .sin6_flowinfo = htonl(7),
                               .sin6_addr = IN6ADDR_LOOPBACK_INIT,
                               .sin6_scope_id = 2 };
    CSADDR_INFO from = { .RemoteAddr = { (LPSOCKADDR)&at, sizeof at },
                         .iSocketType = SOCK_DGRAM,
                         .iProtocol = PF_INET6 }; /* as the documented example has it */
    _Alignas(16) uint8_t memory[512] = { 0 };
    struct rnr_room room = { .base = memory, .size = sizeof memory };
    struct rnr_address a;
    CSADDR_INFO *back = NULL;

    (void)state;
    assert_int_equal(rnr_address_in(&from, "host", &a), ERR_OK);
    assert_int_equal(a.protocol, IPPROTO_UDP);
    back = rnr_room_addresses(&room, &a, 1, false);
    assert_non_null(back);
    assert_int_equal(back->RemoteAddr.iSockaddrLength, sizeof at);
    assert_memory_equal(back->RemoteAddr.lpSockaddr, &at, sizeof at);
    assert_int_equal(back->LocalAddr.lpSockaddr->sa_family, AF_INET6);
    assert_int_equal(back->iSocketType, SOCK_DGRAM);
    room.used = 0;
    back = rnr_room_addresses(&room, &a, 1, true); /* for one who listens */
    assert_memory_equal(back->LocalAddr.lpSockaddr, &at, sizeof at);
    assert_int_equal(((struct sockaddr_in6 *)(void *)back->RemoteAddr.lpSockaddr)->sin6_port, 0);
}

static void well_known_classes_have_their_numbers(void **state)
{
    GUID g = SVCID_TCP(0x1234), file_server = SVCID_NETWARE(0x278);

    (void)state;
    assert_int_equal(g.Data1, 0x00091234);
    assert_true(IS_SVCID_TCP(&g));
    assert_false(IS_SVCID_UDP(&g));
    assert_int_equal(PORT_FROM_SVCID_TCP(&g), 0x1234);
    SET_UDP_SVCID(&g, 53);
    assert_int_equal(g.Data1, 0x000a0035);
    assert_int_equal(g.Data4[0], 0xc0);
    assert_int_equal(g.Data4[7], 0x46);
    assert_true(IS_SVCID_UDP(&g));
    assert_int_equal(PORT_FROM_SVCID_UDP(&g), 53);
    SET_NETWARE_SVCID(&g, 0x278);
    assert_memory_equal(&g, &file_server, sizeof g);
    assert_true(IS_SVCID_NETWARE(&g));
    assert_int_equal(SAPID_FROM_SVCID_NETWARE(&g), 0x278);
    SET_TCP_SVCID(&g, 80);
    assert_true(IS_SVCID_TCP(&g));
    g.Data4[3] = 1;
    assert_false(IS_SVCID_TCP(&g));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_done_before_it_is_begun),
        cmocka_unit_test_setup_teardown(the_one_provider_is_told_of_in_both_forms, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_registration_that_is_none_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lookup_that_is_none_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_class_that_is_none_is_refused, set_up, tear_down),
        cmocka_unit_test(addresses_come_back_as_they_went_in),
        cmocka_unit_test(well_known_classes_have_their_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
