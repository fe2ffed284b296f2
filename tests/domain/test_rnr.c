/* SPDX-License-Identifier: Apache-2.0
 * test_rnr.c - Winsock registration and resolution as an ordinary service account that was granted
 * no more than that, against a real domain controller.
 */
#include <countersign/countersign.h>
#include <countersign/names.h>
#include <countersign/ntdsapi.h>
#include <countersign/winsock2.h>
#include <pthread.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/handle.h"
#include "directory/change.h"
#include "lib/unit.h"
#include "names/place.h"
#include "names/rnr_instance.h"
#include "names/rnr_lookup.h"

static GUID class_id = {
    0xa9033bc1, 0xeca4, 0x11cf, { 0xa0, 0x54, 0x00, 0xaa, 0x00, 0x6c, 0x33, 0xed }
};
static GUID other_class = SVCID_TCP(7777);
static GUID ntds = { 0x3b2637ee, 0xe580, 0x11cf, { 0xa5, 0x55, 0, 0xc0, 0x4f, 0xd8, 0xd4, 0xac } };

static HANDLE admin;

static void log_in(const char *keytab, const char *account)
{
    char *command = mem_printf("kinit -k -t '%s' '%s@%s'", unit_env(keytab), unit_env(account),
                               unit_env("REALM"));

    assert_non_null(command);
    assert_int_equal(system(command), 0);
    mem_free(command);
}

static int raise_home(void **state)
{
    CS_DIRECTORY_OPTIONS o = { .size = sizeof o,
                               .domain = unit_env("REALM"),
                               .user = unit_env("ADMIN"),
                               .user_domain = unit_env("REALM"),
                               .password = unit_env("ADMIN_PASSWORD") };
    WSADATA data;

    (void)state;
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
    assert_int_equal(CsBindDirectory(&o, &admin), 0);
    assert_int_equal(CsGrantNames(admin, unit_env("SERVICE_ACCOUNT"),
                                  CS_NAMES_WINSOCK | CS_NAMES_WINSOCK_CLASSES, NULL, NULL),
                     0);
    log_in("SERVICE_KEYTAB", "SERVICE_ACCOUNT");
    return 0;
}

static int leave_home(void **state)
{
    (void)state;
    assert_int_equal(CsRevokeNames(admin, unit_env("SERVICE_ACCOUNT"),
                                   CS_NAMES_WINSOCK | CS_NAMES_WINSOCK_CLASSES, NULL, NULL),
                     0);
    DsUnBindA(&admin);
    return WSACleanup();
}

#define expect_ok(call)                                                                            \
    do {                                                                                           \
        if (call)                                                                                  \
            fail_msg("%d: %s: %d: %s", __LINE__, #call, WSAGetLastError(), detail_get()->text);    \
    } while (0)

#define expect_error(call, code)                                                                   \
    do {                                                                                           \
        int got = (call) ? WSAGetLastError() : 0;                                                  \
        if (got != (code))                                                                         \
            fail_msg("%d: %s: %d, not %d: %s", __LINE__, #call, got, (code), detail_get()->text);  \
    } while (0)

/* A service with an address of a port on 192.0.2.7. */
struct service {
    struct sockaddr_in at;
    CSADDR_INFO address;
    WSAVERSION version;
    WSAQUERYSETA set;
};

static WSAQUERYSETA *service(struct service *s, const char *name, uint16_t port)
{
    *s = (struct service){ 0 };
    s->at.sin_family = AF_INET;
    s->at.sin_port = htons(port);
    s->at.sin_addr.s_addr = htonl(0xc0000207);
    s->address.RemoteAddr.lpSockaddr = (LPSOCKADDR)&s->at;
    s->address.RemoteAddr.iSockaddrLength = sizeof s->at;
    s->address.iSocketType = SOCK_STREAM;
    s->address.iProtocol = IPPROTO_TCP;
    s->set.dwSize = sizeof s->set;
    s->set.lpszServiceInstanceName = (char *)(uintptr_t)name;
    s->set.lpServiceClassId = &class_id;
    s->set.dwNameSpace = NS_NTDS;
    s->set.dwNumberOfCsAddrs = 1;
    s->set.lpcsaBuffer = &s->address;
    return &s->set;
}

/* The next result, in a block of just its size; NULL at the end. */
static WSAQUERYSETA *next(HANDLE lookup, DWORD flags)
{
    WSAQUERYSETA *q = NULL;
    DWORD n = 0;

    if (WSALookupServiceNextA(lookup, flags, &n, NULL) == 0)
        fail_msg("nothing takes no room");
    if (WSAGetLastError() == WSA_E_NO_MORE)
        return NULL;
    if (WSAGetLastError() != WSAEFAULT)
        fail_msg("%d: %s", WSAGetLastError(), detail_get()->text);
    q = malloc(n);
    assert_non_null(q);
    expect_ok(WSALookupServiceNextA(lookup, flags, &n, q));
    return q;
}

/* By name: the ports of its addresses as a set of bits above 5000; -code where it is not found. */
static int ports_of(const char *name)
{
    WSAQUERYSETA q = { .dwSize = sizeof q,
                       .lpszServiceInstanceName = (char *)(uintptr_t)name,
                       .lpServiceClassId = &class_id,
                       .dwNameSpace = NS_ALL };
    WSAQUERYSETA *found = NULL;
    HANDLE lookup = NULL;
    int ports = 0;
    DWORD i;

    if (WSALookupServiceBeginA(&q, LUP_RETURN_ALL, &lookup))
        return -WSAGetLastError();
    found = next(lookup, LUP_RETURN_ALL);
    assert_non_null(found);
    assert_string_equal(found->lpszServiceInstanceName, name);
    assert_memory_equal(found->lpServiceClassId, &class_id, sizeof class_id);
    assert_memory_equal(found->lpNSProviderId, &ntds, sizeof ntds);
    assert_int_equal(found->dwNameSpace, NS_NTDS);
    for (i = 0; i < found->dwNumberOfCsAddrs; i++) {
        struct sockaddr_in at;

        memcpy(&at, found->lpcsaBuffer[i].RemoteAddr.lpSockaddr, sizeof at);
        assert_int_equal(found->lpcsaBuffer[i].iProtocol, IPPROTO_TCP);
        ports |= 1 << (ntohs(at.sin_port) - 5000);
    }
    free(found);
    assert_null(next(lookup, LUP_RETURN_ALL));
    expect_ok(WSALookupServiceEnd(lookup));
    expect_error(WSALookupServiceEnd(lookup), WSA_INVALID_HANDLE);
    return ports;
}

/* desktop-src/AD: nf-winsock2-wsasetservicew, the table of operations */
static void every_operation_does_what_the_table_says(void **state)
{
    struct service one, two;
    WSAQUERYSETA *a = service(&one, "rnr operations", 5001);
    WSAQUERYSETA *b = service(&two, "rnr operations", 5002);

    (void)state;
    expect_error(WSASetServiceA(a, RNRSERVICE_DEREGISTER, 0), WSASERVICE_NOT_FOUND);
    expect_error(WSASetServiceA(a, RNRSERVICE_DEREGISTER, SERVICE_MULTIPLE), WSASERVICE_NOT_FOUND);
    expect_error(WSASetServiceA(a, RNRSERVICE_DELETE, 0), WSASERVICE_NOT_FOUND);
    expect_error(WSASetServiceA(a, RNRSERVICE_DELETE, SERVICE_MULTIPLE), WSASERVICE_NOT_FOUND);
    assert_int_equal(ports_of("rnr operations"), -WSASERVICE_NOT_FOUND);

    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, 0)); /* creates */
    assert_int_equal(ports_of("rnr operations"), 1 << 1);
    expect_ok(WSASetServiceA(b, RNRSERVICE_REGISTER, 0)); /* overwrites */
    assert_int_equal(ports_of("rnr operations"), 1 << 2);
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, SERVICE_MULTIPLE)); /* adds */
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, SERVICE_MULTIPLE));
    assert_int_equal(ports_of("rnr operations"), 1 << 1 | 1 << 2);
    expect_ok(WSASetServiceA(b, RNRSERVICE_DEREGISTER, SERVICE_MULTIPLE)); /* only that */
    assert_int_equal(ports_of("rnr operations"), 1 << 1);
    expect_ok(WSASetServiceA(a, RNRSERVICE_DEREGISTER, SERVICE_MULTIPLE));
    assert_int_equal(ports_of("rnr operations"), -WSANO_DATA); /* the object stays */
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, SERVICE_MULTIPLE));
    expect_ok(WSASetServiceA(b, RNRSERVICE_REGISTER, SERVICE_MULTIPLE));
    expect_ok(WSASetServiceA(a, RNRSERVICE_DEREGISTER, 0)); /* all of them */
    assert_int_equal(ports_of("rnr operations"), -WSANO_DATA);
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, SERVICE_MULTIPLE));
    expect_ok(WSASetServiceA(b, RNRSERVICE_REGISTER, SERVICE_MULTIPLE));
    expect_ok(WSASetServiceA(a, RNRSERVICE_DELETE, SERVICE_MULTIPLE)); /* b remains */
    assert_int_equal(ports_of("rnr operations"), 1 << 2);
    two.address.iSocketType = SOCK_DGRAM; /* not the one that was registered */
    expect_ok(WSASetServiceA(b, RNRSERVICE_DELETE, SERVICE_MULTIPLE));
    assert_int_equal(ports_of("rnr operations"), 1 << 2);
    two.address.iSocketType = SOCK_STREAM;
    expect_ok(WSASetServiceA(b, RNRSERVICE_DELETE, SERVICE_MULTIPLE));
    assert_int_equal(ports_of("rnr operations"), -WSASERVICE_NOT_FOUND);
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, SERVICE_MULTIPLE)); /* creates */
    expect_ok(WSASetServiceA(a, RNRSERVICE_DELETE, 0));
    assert_int_equal(ports_of("rnr operations"), -WSASERVICE_NOT_FOUND);
}

static void a_service_of_another_class_is_another_service(void **state)
{
    struct service one;
    WSAQUERYSETA *a = service(&one, "rnr other class", 5001);

    (void)state;
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, 0));
    a->lpServiceClassId = &other_class;
    expect_error(WSASetServiceA(a, RNRSERVICE_REGISTER, SERVICE_MULTIPLE), WSAEINVAL);
    expect_error(WSASetServiceA(a, RNRSERVICE_DEREGISTER, 0), WSASERVICE_NOT_FOUND);
    expect_error(WSASetServiceA(a, RNRSERVICE_DELETE, 0), WSASERVICE_NOT_FOUND);
    assert_int_equal(ports_of("rnr other class"), 1 << 1);
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, 0)); /* which overwrites the object */
    assert_int_equal(ports_of("rnr other class"), -WSASERVICE_NOT_FOUND);
    expect_ok(WSASetServiceA(a, RNRSERVICE_DELETE, 0));
}

/* Each character that a DN escapes, and those of UTF-16 beyond the first 65,536. */
static void names_may_have_every_character(void **state)
{
    static const char *const names[] = {
        "rnr a,b+c\"d\\e<f>g;h=i/j#k", "#rnr",   " rnr ", "rnr (*)\\2a", "rnr \xc3\xa4\xe2\x82\xac",
        "rnr \xf0\x9f\x92\xbe",        "rnr\tx",
    };
    struct service one;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        WSAQUERYSETA *a = service(&one, names[i], (uint16_t)(5001 + i));

        expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, 0));
        assert_int_equal(ports_of(names[i]), 1 << (i + 1));
        expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, SERVICE_MULTIPLE));
        expect_ok(WSASetServiceA(a, RNRSERVICE_DELETE, 0));
        assert_int_equal(ports_of(names[i]), -WSASERVICE_NOT_FOUND);
    }
    expect_error(WSASetServiceA(service(&one, "*", 5001), RNRSERVICE_REGISTER, 0), WSAEINVAL);
    expect_error(WSASetServiceA(service(&one, "", 5001), RNRSERVICE_REGISTER, 0), WSAEINVAL);
    expect_error(WSASetServiceA(service(&one,
                                        "sixty-five characters are one more than a common name "
                                        "may have.  ",
                                        5001),
                                RNRSERVICE_REGISTER, 0),
                 WSAEINVAL);
}

static void what_was_said_comes_back_as_far_as_it_is_asked_for(void **state)
{
    struct service one;
    WSAQUERYSETA *a = service(&one, "rnr flags", 5001);
    WSAQUERYSETA *r = NULL;
    HANDLE lookup = NULL;
    DWORD n;

    (void)state;
    a->lpszComment = (char *)"a comment";
    one.version = (WSAVERSION){ 2, COMP_NOTLESS };
    a->lpVersion = &one.version;
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, SERVICE_MULTIPLE));

    expect_ok(WSALookupServiceBeginA(a, LUP_RETURN_COMMENT | LUP_RETURN_VERSION, &lookup));
    r = next(lookup, LUP_RETURN_ALL); /* no more than was asked for at first */
    assert_string_equal(r->lpszComment, "a comment");
    assert_int_equal(r->lpVersion->dwVersion, 2);
    assert_int_equal(r->lpVersion->ecHow, COMP_NOTLESS);
    assert_null(r->lpszServiceInstanceName);
    assert_null(r->lpServiceClassId);
    assert_null(r->lpcsaBuffer);
    assert_int_equal(r->dwNumberOfCsAddrs, 0);
    free(r);
    expect_ok(WSALookupServiceEnd(lookup));

    expect_ok(WSALookupServiceBeginA(a, LUP_RETURN_ALL, &lookup));
    r = next(lookup, LUP_RETURN_NAME | LUP_RES_SERVICE); /* and here less */
    assert_string_equal(r->lpszServiceInstanceName, "rnr flags");
    assert_null(r->lpszComment);
    assert_null(r->lpcsaBuffer);
    assert_null(r->lpBlob);
    assert_int_equal(r->dwOutputFlags, 0);
    free(r);
    expect_ok(WSALookupServiceEnd(lookup));

    expect_ok(WSALookupServiceBeginA(a, LUP_RETURN_ADDR, &lookup));
    r = next(lookup, LUP_RETURN_ADDR | LUP_RES_SERVICE); /* to listen on */
    assert_memory_equal(r->lpcsaBuffer->LocalAddr.lpSockaddr, &one.at, sizeof one.at);
    assert_int_equal(r->lpcsaBuffer->RemoteAddr.lpSockaddr->sa_family, AF_INET);
    a->lpszContext = r->lpszContext; /* a search may begin where the last one found */
    expect_ok(WSALookupServiceEnd(lookup));
    expect_ok(WSALookupServiceBeginA(a, LUP_RETURN_ADDR, &lookup));
    free(r);
    n = sizeof(WSAQUERYSETA);
    expect_error(WSALookupServiceNextA(lookup, LUP_RETURN_ADDR, &n, NULL), WSAEFAULT);
    expect_error(WSALookupServiceNextA(lookup, LUP_RETURN_ADDR, &n, NULL), WSAEFAULT);
    expect_error(WSALookupServiceNextA(lookup, LUP_FLUSHPREVIOUS, &n, NULL), WSA_E_NO_MORE);
    expect_ok(WSALookupServiceEnd(lookup));
    a->lpszContext = (char *)"CN=Users";
    expect_error(WSALookupServiceBeginA(a, 0, &lookup), WSAEINVAL);
    a->lpszContext = (char *)"\\";
    expect_ok(WSASetServiceA(a, RNRSERVICE_DELETE, 0));
}

static int begins(WSAQUERYSETA *q)
{
    HANDLE lookup = NULL;

    if (WSALookupServiceBeginA(q, LUP_RETURN_ADDR, &lookup))
        return WSAGetLastError();
    expect_ok(WSALookupServiceEnd(lookup));
    return 0;
}

static void restrictions_leave_out_what_does_not_fit(void **state)
{
    struct service one;
    struct sockaddr_in6 six = { .sin6_family = AF_INET6,
                                .sin6_port = htons(5009),
                                .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    CSADDR_INFO both[2];
    AFPROTOCOLS wanted = { AF_INET6, IPPROTO_UDP };
    WSAQUERYSETA *a = service(&one, "rnr restrictions", 5001);
    WSAQUERYSETA *r = NULL;
    WSAVERSION version = { 3, COMP_EQUAL };
    HANDLE lookup = NULL;

    (void)state;
    one.version.dwVersion = 3;
    a->lpVersion = &one.version;
    both[0] = one.address;
    both[1] = one.address;
    both[1].RemoteAddr.lpSockaddr = (LPSOCKADDR)&six;
    both[1].RemoteAddr.iSockaddrLength = sizeof six;
    both[1].iSocketType = SOCK_DGRAM;
    both[1].iProtocol = 0;
    a->lpcsaBuffer = both;
    a->dwNumberOfCsAddrs = 2;
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, 0));
    a->lpVersion = &version;
    assert_int_equal(begins(a), 0);
    version.dwVersion = 2;
    assert_int_equal(begins(a), WSANO_DATA);
    version.ecHow = COMP_NOTLESS;
    assert_int_equal(begins(a), 0);
    version.dwVersion = 4;
    assert_int_equal(begins(a), WSANO_DATA);
    a->lpVersion = NULL;
    a->lpafpProtocols = &wanted;
    a->dwNumberOfProtocols = 1;
    expect_ok(WSALookupServiceBeginA(a, LUP_RETURN_ADDR, &lookup));
    r = next(lookup, LUP_RETURN_ADDR);
    assert_int_equal(r->dwNumberOfCsAddrs, 1);
    assert_memory_equal(r->lpcsaBuffer->RemoteAddr.lpSockaddr, &six, sizeof six);
    free(r);
    expect_ok(WSALookupServiceEnd(lookup));
    wanted.iProtocol = IPPROTO_TCP;
    assert_int_equal(begins(a), WSANO_DATA);
    wanted.iProtocol = 0;
    assert_int_equal(begins(a), 0);
    wanted = (AFPROTOCOLS){ AF_UNSPEC, IPPROTO_TCP };
    assert_int_equal(begins(a), 0);
    a->dwNumberOfProtocols = 0;
    expect_ok(WSASetServiceA(a, RNRSERVICE_DELETE, 0));
}

static void both_forms_see_the_same(void **state)
{
    static WCHAR name[] = u"rnr w\u00f6rter \U0001f4be";
    static WCHAR comment[] = u"\u20ac";
    struct service one;
    WSAQUERYSETA *a = service(&one, "rnr w\xc3\xb6rter \xf0\x9f\x92\xbe", 5003);
    WSAQUERYSETW w;
    _Alignas(16) uint8_t room[1024];
    WSAQUERYSETW *r = (WSAQUERYSETW *)(void *)room;
    DWORD n = sizeof room;
    HANDLE lookup = NULL;

    (void)state;
    memcpy(&w, a, sizeof w);
    w.lpszServiceInstanceName = name;
    w.lpszComment = comment;
    expect_ok(WSASetServiceW(&w, RNRSERVICE_REGISTER, 0));
    assert_int_equal(ports_of(a->lpszServiceInstanceName), 1 << 3);
    expect_ok(WSALookupServiceBeginW(&w, LUP_RETURN_ALL, &lookup));
    expect_ok(WSALookupServiceNextW(lookup, LUP_RETURN_ALL, &n, r));
    assert_memory_equal(r->lpszServiceInstanceName, name, sizeof name);
    assert_memory_equal(r->lpszComment, comment, sizeof comment);
    assert_int_equal(r->dwNumberOfCsAddrs, 1);
    expect_ok(WSALookupServiceEnd(lookup));
    expect_ok(WSASetServiceW(&w, RNRSERVICE_DELETE, 0));
}

static void classes_are_installed_told_of_and_removed(void **state)
{
    DWORD port = 5001, sap = 4;
    WSANSCLASSINFOA values[] = {
        { (char *)SERVICE_TYPE_VALUE_TCPPORTA, NS_NTDS, REG_DWORD, sizeof port, &port },
        { (char *)SERVICE_TYPE_VALUE_SAPIDA, NS_SAP, REG_DWORD, sizeof sap, &sap },
    };
    WSASERVICECLASSINFOA info = { &other_class, (char *)"rnr class", 2, values };
    _Alignas(16) uint8_t room[1024];
    WSASERVICECLASSINFOA *a = (WSASERVICECLASSINFOA *)(void *)room;
    WSASERVICECLASSINFOW *w = (WSASERVICECLASSINFOW *)(void *)room;
    WCHAR wide[16];
    char narrow[16];
    DWORD n = sizeof room;

    (void)state;
    expect_error(WSARemoveServiceClass(&other_class), WSATYPE_NOT_FOUND);
    expect_error(WSAGetServiceClassInfoA(&ntds, &other_class, &n, a), WSATYPE_NOT_FOUND);
    expect_error(WSAGetServiceClassNameByClassIdA(&other_class, narrow, &n), WSATYPE_NOT_FOUND);
    expect_ok(WSAInstallServiceClassA(&info));
    expect_error(WSAInstallServiceClassA(&info), WSAEALREADY);
    n = 1;
    expect_error(WSAGetServiceClassInfoA(&ntds, &other_class, &n, a), WSAEFAULT);
    assert_in_range(n, sizeof *a, sizeof room);
    expect_ok(WSAGetServiceClassInfoA(&ntds, &other_class, &n, a));
    assert_string_equal(a->lpszServiceClassName, "rnr class");
    assert_memory_equal(a->lpServiceClassId, &other_class, sizeof other_class);
    assert_int_equal(a->dwCount, 1); /* the other is of another name space */
    assert_string_equal(a->lpClassInfos->lpszName, "TcpPort");
    assert_int_equal(a->lpClassInfos->dwValueType, REG_DWORD);
    assert_int_equal(a->lpClassInfos->dwValueSize, 4);
    assert_memory_equal(a->lpClassInfos->lpValue, &port, 4);
    n = sizeof room;
    expect_ok(WSAGetServiceClassInfoW(&ntds, &other_class, &n, w));
    assert_memory_equal(w->lpClassInfos->lpszName, u"TcpPort", 16);
    n = 9;
    expect_error(WSAGetServiceClassNameByClassIdA(&other_class, narrow, &n), WSAEFAULT);
    assert_int_equal(n, 10);
    expect_ok(WSAGetServiceClassNameByClassIdA(&other_class, narrow, &n));
    assert_string_equal(narrow, "rnr class");
    expect_ok(WSAGetServiceClassNameByClassIdW(&other_class, wide, &n));
    assert_memory_equal(wide, u"rnr class", 20);
    expect_ok(WSARemoveServiceClass(&other_class));
    expect_error(WSARemoveServiceClass(&other_class), WSATYPE_NOT_FOUND);
    memcpy(w, &info, sizeof info);
    w->lpszServiceClassName = wide;
    w->dwCount = 0;
    expect_ok(WSAInstallServiceClassW(w));
    expect_ok(WSARemoveServiceClass(&other_class));
}

struct registrar {
    pthread_t thread;
    unsigned number;
    int code;
};

enum { REGISTRARS = 6 };

static void *registers(void *arg)
{
    struct registrar *me = arg;
    struct service one;
    WSAQUERYSETA *a = service(&one, "rnr together", (uint16_t)(5000 + me->number));

    me->code = WSASetServiceA(a, RNRSERVICE_REGISTER, SERVICE_MULTIPLE) ? WSAGetLastError() : 0;
    return NULL;
}

static void many_register_at_once_and_none_is_lost(void **state)
{
    struct registrar r[REGISTRARS];
    struct service one;
    unsigned i;

    (void)state;
    for (i = 0; i < REGISTRARS; i++) {
        r[i] = (struct registrar){ .number = i };
        assert_int_equal(pthread_create(&r[i].thread, NULL, registers, &r[i]), 0);
    }
    for (i = 0; i < REGISTRARS; i++) {
        assert_int_equal(pthread_join(r[i].thread, NULL), 0);
        assert_int_equal(r[i].code, 0);
    }
    assert_int_equal(ports_of("rnr together"), (1 << REGISTRARS) - 1);
    expect_ok(WSASetServiceA(service(&one, "rnr together", 5000), RNRSERVICE_DELETE, 0));
}

static struct session *session_as_admin(void)
{
    struct session_options o = { .domain = unit_env("REALM"),
                                 .user = unit_env("ADMIN"),
                                 .user_domain = unit_env("REALM"),
                                 .password = unit_env("ADMIN_PASSWORD") };
    struct session *s = NULL;

    assert_int_equal(session_open(&o, &s), ERR_OK);
    return s;
}

/* What another host has registered stays, whoever runs here. */
static void addresses_of_another_host_are_left_alone(void **state)
{
    struct session *s = session_as_admin();
    struct rnr_address there = {
        .type = RNR_STREAM,
        .protocol = IPPROTO_TCP,
        .remote = { .family = RNR_INET, .port = 5001, .ip = { 192, 0, 2, 7 } },
        .host = "elsewhere.one.example"
    };
    struct rnr_service want = { .name = "rnr two hosts",
                                .class_id = { 0xa9033bc1,
                                              0xeca4,
                                              0x11cf,
                                              { 0xa0, 0x54, 0x00, 0xaa, 0x00, 0x6c, 0x33, 0xed } },
                                .address = &there,
                                .address_count = 1 };
    struct service one;
    WSAQUERYSETA *a = service(&one, "rnr two hosts", 5001);
    struct rnr_instance is = { 0 };

    (void)state;
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, SERVICE_MULTIPLE));
    assert_int_equal(rnr_register(s, &want, true), ERR_OK);
    assert_int_equal(rnr_instance_read(s, want.name, &is), ERR_OK);
    assert_int_equal(is.address_count, 2);
    assert_true(is.has_owner);
    rnr_instance_free(&is);
    expect_ok(WSASetServiceA(a, RNRSERVICE_DELETE, SERVICE_MULTIPLE));
    assert_int_equal(rnr_instance_read(s, want.name, &is), ERR_OK);
    assert_int_equal(is.address_count, 1);
    assert_string_equal(is.address[0].host, there.host);
    rnr_instance_free(&is);
    assert_int_equal(rnr_delete(s, &want, true), ERR_OK);
    assert_int_equal(rnr_instance_read(s, want.name, &is), ERR_NO_OBJECT);
    session_close(s);
}

static void damaged_values_are_left_out_and_sound_ones_count(void **state)
{
    struct session *s = session_as_admin();
    struct bytes damaged[] = { bytes_of("CSWA\2\0", 6), bytes_of("nonsense", 8) };
    struct change add = { CHANGE_ADD, "winsockAddresses", damaged, 2 };
    struct rnr_instance is = { 0 };
    struct service one;
    WSAQUERYSETA *a = service(&one, "rnr damaged", 5001);

    (void)state;
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, 0));
    assert_int_equal(rnr_instance_read(s, "rnr damaged", &is), ERR_OK);
    assert_int_equal(session_modify(s, is.dn, &add, 1, false, false), ERR_OK);
    assert_int_equal(ports_of("rnr damaged"), 1 << 1);
    expect_ok(WSASetServiceA(a, RNRSERVICE_DELETE, SERVICE_MULTIPLE)); /* two values remain */
    assert_int_equal(ports_of("rnr damaged"), -WSANO_DATA);
    assert_non_null(strstr(detail_get()->text, "winsockAddresses, value"));
    rnr_instance_free(&is);
    expect_ok(WSASetServiceA(a, RNRSERVICE_DELETE, 0));
    session_close(s);
}

static void a_class_of_damaged_values_has_no_data(void **state)
{
    WSASERVICECLASSINFOA info = { &other_class, (char *)"rnr damaged class", 0, NULL };
    struct bytes damaged[] = { bytes_of("CSWC\2\0", 6), bytes_of("nonsense", 8) };
    struct change add = { CHANGE_ADD, "serviceClassInfo", damaged, 2 };
    struct session *s = session_as_admin();
    WSASERVICECLASSINFOA room[8];
    DWORD n = sizeof room;
    char *dn = mem_printf("CN=00091e61-0000-0000-c000-000000000046,CN=WinsockServices,CN=System,%s",
                          session_domain_dn(s));

    (void)state;
    expect_ok(WSAInstallServiceClassA(&info));
    assert_int_equal(session_modify(s, dn, &add, 1, false, false), ERR_OK);
    expect_error(WSAGetServiceClassInfoA(&ntds, &other_class, &n, room), WSANO_DATA);
    expect_ok(WSARemoveServiceClass(&other_class));
    session_close(s);
    mem_free(dn);
}

static void what_the_policy_does_not_admit_has_no_address(void **state)
{
    struct service one;
    WSAQUERYSETA *a = service(&one, "rnr policy", 5001);
    HANDLE lookup = NULL;
    WSAQUERYSETA *r = NULL;

    (void)state;
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, 0));
    assert_int_equal(CsSetPolicyValue("name-trust-owner", "Administrator"), 0);
    assert_int_equal(CsSetPolicy("name-trust-owner", CS_POLICY_ENFORCE), 0);
    assert_int_equal(ports_of("rnr policy"), -WSANO_DATA);
    assert_non_null(strstr(detail_get()->text, "name-trust-owner"));
    expect_ok(WSALookupServiceBeginA(a, LUP_RETURN_NAME, &lookup)); /* a name is no address */
    r = next(lookup, LUP_RETURN_NAME);
    assert_string_equal(r->lpszServiceInstanceName, "rnr policy");
    free(r);
    expect_ok(WSALookupServiceEnd(lookup));
    assert_int_equal(CsSetPolicyValue("name-trust-owner", unit_env("SERVICE_ACCOUNT")), 0);
    assert_int_equal(ports_of("rnr policy"), 1 << 1);
    assert_int_equal(CsSetPolicy("name-trust-owner", CS_POLICY_OFF), 0);
    expect_ok(WSASetServiceA(a, RNRSERVICE_DELETE, 0));
}

static void one_who_was_granted_nothing_may_look_and_no_more(void **state)
{
    WSASERVICECLASSINFOA info = { &other_class, (char *)"rnr class", 0, NULL };
    struct service one;
    WSAQUERYSETA *a = service(&one, "rnr rights", 5001);

    (void)state;
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, 0));
    log_in("PERSON_KEYTAB", "PERSON");
    assert_int_equal(ports_of("rnr rights"), 1 << 1);
    one.at.sin_port = htons(5002);
    expect_error(WSASetServiceA(a, RNRSERVICE_REGISTER, SERVICE_MULTIPLE), WSAEACCES);
    expect_error(WSASetServiceA(a, RNRSERVICE_DEREGISTER, 0), WSAEACCES);
    expect_error(WSASetServiceA(a, RNRSERVICE_DELETE, 0), WSAEACCES);
    expect_error(WSASetServiceA(service(&one, "rnr person", 5001), RNRSERVICE_REGISTER, 0),
                 WSAEACCES);
    expect_error(WSAInstallServiceClassA(&info), WSAEACCES);
    log_in("SERVICE_KEYTAB", "SERVICE_ACCOUNT");
    assert_int_equal(ports_of("rnr rights"), 1 << 1);
    expect_ok(WSASetServiceA(service(&one, "rnr rights", 5001), RNRSERVICE_DELETE, 0));
}

/* The thread that is in the middle of a call is this one: it holds the lookup as the call does. */
static void a_call_that_is_under_way_is_cancelled(void **state)
{
    struct service one;
    WSAQUERYSETA *a = service(&one, "rnr cancelled", 5001);
    const struct rnr_instance *i = NULL;
    HANDLE lookup = NULL;
    void *l = NULL;
    DWORD n = 0;

    (void)state;
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, 0));
    expect_ok(WSALookupServiceBeginA(a, LUP_RETURN_ALL, &lookup));
    assert_int_equal(handle_get((handle_id)(uintptr_t)lookup, HANDLE_WINSOCK_LOOKUP, &l), ERR_OK);
    rnr_lookup_enter(l);
    assert_int_equal(rnr_lookup_front(l, &i), ERR_OK);
    assert_string_equal(i->name, "rnr cancelled");
    rnr_lookup_pass(l);
    expect_ok(WSALookupServiceEnd(lookup));
    assert_int_equal(rnr_lookup_front(l, &i), ERR_RPC_CANCELLED);
    rnr_lookup_leave(l);
    expect_error(WSALookupServiceNextA(lookup, LUP_RETURN_ALL, &n, NULL), WSA_INVALID_HANDLE);
    expect_error(WSALookupServiceEnd(lookup), WSA_INVALID_HANDLE);
    handle_put((handle_id)(uintptr_t)lookup);
    expect_ok(WSASetServiceA(a, RNRSERVICE_DELETE, 0));
}

/* Two services of the other class. */
static void set_both(WSAESETSERVICEOP how)
{
    struct service one;

    service(&one, "rnr long 1", 5001)->lpServiceClassId = &other_class;
    expect_ok(WSASetServiceA(&one.set, how, 0));
    one.set.lpszServiceInstanceName = (char *)"rnr long 2";
    expect_ok(WSASetServiceA(&one.set, how, 0));
}

static void what_is_too_long_comes_again_or_is_passed_over(void **state)
{
    WSAQUERYSETA q = { .dwSize = sizeof q, .lpServiceClassId = &other_class };
    WSAQUERYSETA *r = NULL;
    HANDLE lookup = NULL;
    char first[64];
    DWORD n = 0;

    (void)state;
    set_both(RNRSERVICE_REGISTER);
    q.lpszServiceInstanceName = (char *)"*";
    expect_ok(WSALookupServiceBeginA(&q, LUP_RETURN_NAME, &lookup));
    r = next(lookup, LUP_RETURN_NAME | LUP_FLUSHPREVIOUS); /* the first only told its length */
    assert_non_null(r);
    free(r);
    assert_null(next(lookup, LUP_RETURN_NAME));
    expect_ok(WSALookupServiceEnd(lookup));
    expect_ok(WSALookupServiceBeginA(&q, LUP_RETURN_NAME, &lookup));
    expect_error(WSALookupServiceNextA(lookup, LUP_RETURN_NAME, &n, NULL), WSAEFAULT);
    r = next(lookup, LUP_RETURN_NAME); /* the same */
    snprintf(first, sizeof first, "%s", r->lpszServiceInstanceName);
    free(r);
    r = next(lookup, LUP_RETURN_NAME);
    assert_string_not_equal(first, r->lpszServiceInstanceName);
    free(r);
    assert_null(next(lookup, LUP_RETURN_NAME));
    expect_ok(WSALookupServiceEnd(lookup));
    set_both(RNRSERVICE_DELETE);
}

/* Registers and finds: what WSASetService and a look-up do, without their new sessions. */
static enum err in_and_out(struct session *s)
{
    struct rnr_address here = { .type = RNR_STREAM,
                                .remote = { .family = RNR_INET, .port = 5001, .ip = { 127 } },
                                .host = "host" };
    struct rnr_service want = { .name = "rnr memory",
                                .comment = "a comment",
                                .class_id = { 1, 2, 3, { 4 } },
                                .has_version = true,
                                .address = &here,
                                .address_count = 1 };
    struct rnr_instance is = { 0 };
    enum err e = rnr_register(s, &want, true);

    if (!e)
        e = rnr_instance_read(s, want.name, &is);
    rnr_instance_free(&is);
    if (!e)
        e = rnr_deregister(s, &want, true);
    if (!e)
        e = rnr_delete(s, &want, true);
    return e;
}

/* One that fails within the connection ends the session: so each time there is a new one. */
static void every_failing_allocation_is_told(void **state)
{
    enum err e = ERR_NO_MEMORY;
    long n;

    (void)state;
    for (n = 0; e; n += 1 + n / 8) {
        struct session *s = session_as_admin();

        mem_fail_at(n);
        e = in_and_out(s);
        if (e ? !mem_fail_hit() : mem_fail_hit())
            fail_msg("allocation %ld: %s", n, err_text(e));
        mem_fail_at(-1);
        session_close(s);
    }
    assert_in_range(n, 50, 100000);
}

struct waiter {
    HANDLE lookup;
    int code;
};

static void *reads_to_the_end(void *arg)
{
    struct waiter *w = arg;
    _Alignas(16) uint8_t room[4096];

    for (;;) {
        DWORD n = sizeof room;

        if (WSALookupServiceNextA(w->lookup, LUP_RETURN_ALL, &n, (WSAQUERYSETA *)(void *)room))
            break;
    }
    w->code = WSAGetLastError();
    return NULL;
}

/* Whatever it is doing: it ends, and never with a result after. */
static void a_lookup_is_ended_under_another_thread(void **state)
{
    struct service one;
    WSAQUERYSETA *a = service(&one, "rnr ended", 5001);
    pthread_t thread;
    int i;

    (void)state;
    expect_ok(WSASetServiceA(a, RNRSERVICE_REGISTER, 0));
    a->lpszServiceInstanceName = NULL;
    for (i = 0; i < 20; i++) {
        struct waiter w = { 0 };

        expect_ok(WSALookupServiceBeginA(a, LUP_RETURN_ALL, &w.lookup));
        assert_int_equal(pthread_create(&thread, NULL, reads_to_the_end, &w), 0);
        expect_ok(WSALookupServiceEnd(w.lookup));
        assert_int_equal(pthread_join(thread, NULL), 0);
        if (w.code != WSA_E_CANCELLED && w.code != WSA_INVALID_HANDLE && w.code != WSA_E_NO_MORE)
            fail_msg("%d", w.code);
    }
    expect_ok(WSASetServiceA(service(&one, "rnr ended", 5001), RNRSERVICE_DELETE, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_does_what_the_table_says),
        cmocka_unit_test(a_service_of_another_class_is_another_service),
        cmocka_unit_test(names_may_have_every_character),
        cmocka_unit_test(what_was_said_comes_back_as_far_as_it_is_asked_for),
        cmocka_unit_test(restrictions_leave_out_what_does_not_fit),
        cmocka_unit_test(both_forms_see_the_same),
        cmocka_unit_test(classes_are_installed_told_of_and_removed),
        cmocka_unit_test(many_register_at_once_and_none_is_lost),
        cmocka_unit_test(addresses_of_another_host_are_left_alone),
        cmocka_unit_test(damaged_values_are_left_out_and_sound_ones_count),
        cmocka_unit_test(a_class_of_damaged_values_has_no_data),
        cmocka_unit_test(what_the_policy_does_not_admit_has_no_address),
        cmocka_unit_test(one_who_was_granted_nothing_may_look_and_no_more),
        cmocka_unit_test(a_lookup_is_ended_under_another_thread),
        cmocka_unit_test(a_call_that_is_under_way_is_cancelled),
        cmocka_unit_test(what_is_too_long_comes_again_or_is_passed_over),
        cmocka_unit_test(every_failing_allocation_is_told),
    };

    return cmocka_run_group_tests(tests, raise_home, leave_home);
}
