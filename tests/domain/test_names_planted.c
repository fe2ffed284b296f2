/* SPDX-License-Identifier: Apache-2.0
 * test_names_planted.c - what an account that may publish can plant to disturb the lookups of
 * others; against a real domain controller.
 */
#include <countersign/names.h>
#include <countersign/ntdsapi.h>
#include <countersign/winsock2.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "directory/change.h"
#include "lib/unit.h"
#include "names/place.h"
#include "names/rnr_class.h"
#include "names/rnr_instance.h"

#define CLASS_ID "7b1d33c6-2d0e-4f5e-9c1a-51f3f0e6a0d4"
static GUID class_id = {
    0x7b1d33c6, 0x2d0e, 0x4f5e, { 0x9c, 0x1a, 0x51, 0xf3, 0xf0, 0xe6, 0xa0, 0xd4 }
};
static GUID provider = {
    0x3b2637ee, 0xe580, 0x11cf, { 0xa5, 0x55, 0, 0xc0, 0x4f, 0xd8, 0xd4, 0xac }
};

enum { VALUES = 5200, CLASSES = 20, HOSTS = 1200 };

struct home {
    HANDLE admin;
    struct session *good, *bad; /* SERVICE_ACCOUNT, OTHER */
};

static struct session *session_of(const char *user, const char *password)
{
    struct session_options o = { .domain = unit_env("REALM"),
                                 .user = unit_env(user),
                                 .user_domain = unit_env("REALM"),
                                 .password = unit_env(password) };
    struct session *s = NULL;

    if (session_open(&o, &s))
        fail_msg("%s", detail_get()->text);
    return s;
}

static void grant(HANDLE admin, const char *account, bool give)
{
    const DWORD which = CS_NAMES_WINSOCK | CS_NAMES_WINSOCK_CLASSES;
    DWORD code = give ? CsGrantNames(admin, unit_env(account), which, NULL, NULL)
                      : CsRevokeNames(admin, unit_env(account), which, NULL, NULL);

    if (code)
        fail_msg("%u: %s", code, detail_get()->text);
}

static int raise_home(void **state)
{
    static struct home h;
    CS_DIRECTORY_OPTIONS o = { .size = sizeof o,
                               .domain = unit_env("REALM"),
                               .user = unit_env("ADMIN"),
                               .user_domain = unit_env("REALM"),
                               .password = unit_env("ADMIN_PASSWORD") };
    char *command = mem_printf("kinit -k -t '%s' '%s@%s'", unit_env("PERSON_KEYTAB"),
                               unit_env("PERSON"), unit_env("REALM"));
    WSADATA data;

    assert_non_null(command);
    assert_int_equal(system(command), 0);
    mem_free(command);
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
    assert_int_equal(CsBindDirectory(&o, &h.admin), 0);
    grant(h.admin, "SERVICE_ACCOUNT", true);
    grant(h.admin, "OTHER", true);
    h.good = session_of("SERVICE_ACCOUNT", "SERVICE_PASSWORD");
    h.bad = session_of("OTHER", "OTHER_PASSWORD");
    *state = &h;
    return 0;
}

static int leave_home(void **state)
{
    struct home *h = *state;

    session_close(h->good);
    session_close(h->bad);
    grant(h->admin, "SERVICE_ACCOUNT", false);
    grant(h->admin, "OTHER", false);
    DsUnBindA(&h->admin);
    return WSACleanup();
}

static struct uuid class_uuid(void)
{
    struct uuid u = { 0 };

    assert_int_equal(uuid_parse(CLASS_ID, &u), ERR_OK);
    return u;
}

static struct rnr_service sound(const char *name)
{
    static const struct rnr_address at = {
        .type = RNR_STREAM,
        .protocol = 6,
        .remote = { .family = RNR_INET, .port = 5001, .ip = { 127, 0, 0, 1 } },
        .host = "good.example.com"
    };

    return (struct rnr_service){
        .name = name, .class_id = class_uuid(), .address = &at, .address_count = 1
    };
}

static char *below(const char *rdn)
{
    char *container = NULL, *dn;

    assert_int_equal(place_dn(PLACE_WINSOCK, unit_env("DOMAIN_DN"), &container), ERR_OK);
    dn = mem_printf("%s,%s", rdn, container);
    assert_non_null(dn);
    mem_free(container);
    return dn;
}

/* An object of that RDN, of the class; what the directory answers. */
static enum err plant(struct session *s, const char *rdn, const char *object_class)
{
    uint8_t raw[16];
    struct uuid u = class_uuid();
    struct bytes kind = bytes_of_text(object_class), id = bytes_of(raw, sizeof raw);
    struct bytes name = bytes_of_text("planted");
    const struct change c[] = { { CHANGE_ADD, "objectClass", &kind, 1 },
                                { CHANGE_ADD, "serviceClassID", &id, 1 },
                                { CHANGE_ADD, "displayName", &name, 1 } };
    char *dn = below(rdn);
    enum err e;

    uuid_write(&u, raw);
    e = session_add(s, dn, c, 3);

    mem_free(dn);
    return e;
}

static void uproot(struct session *s, const char *rdn)
{
    char *dn = below(rdn);

    if (session_delete(s, dn))
        fail_msg("%s: %s", dn, detail_get()->text);
    mem_free(dn);
}

static void rename_to(struct session *s, const char *rdn, const char *name)
{
    struct bytes value = bytes_of_text(name);
    const struct change c = { CHANGE_REPLACE, "displayName", &value, 1 };
    char *dn = below(rdn);

    assert_int_equal(session_modify(s, dn, &c, 1, false, false), ERR_OK);
    mem_free(dn);
}

/* How many services of the class a stranger's lookup finds; "good" must be among them. */
static int found_by_class(DWORD flags)
{
    WSAQUERYSETA q = { .dwSize = sizeof q, .lpServiceClassId = &class_id, .dwNameSpace = NS_NTDS };
    _Alignas(16) static uint8_t room[65536];
    WSAQUERYSETA *r = (WSAQUERYSETA *)(void *)room;
    HANDLE lookup = NULL;
    bool good = false;
    int n = 0;

    if (WSALookupServiceBeginA(&q, flags, &lookup))
        fail_msg("%d: %s", WSAGetLastError(), detail_get()->text);
    for (;; n++) {
        DWORD size = sizeof room;

        if (WSALookupServiceNextA(lookup, flags, &size, r))
            break;
        good = good || strcmp(r->lpszServiceInstanceName, "good") == 0;
    }
    if (WSAGetLastError() != WSA_E_NO_MORE)
        fail_msg("%d: %s", WSAGetLastError(), detail_get()->text);
    assert_true(good);
    assert_int_equal(WSALookupServiceEnd(lookup), 0);
    return n;
}

struct seen {
    unsigned good, damaged;
    char damage[300];
};

static BOOL note(void *arg, const CS_FOUND_NAME *f)
{
    struct seen *s = arg;

    s->good += strcmp(f->name, "good") == 0 && f->address_count == 1;
    s->damaged += *f->damage != 0;
    if (*f->damage)
        snprintf(s->damage, sizeof s->damage, "%s", f->damage);
    return 1;
}

static struct seen see(struct home *h)
{
    CS_NAME_QUERY q = { .size = sizeof q, .kinds = CS_NAMES_WINSOCK, .type = CLASS_ID };
    struct seen s = { 0 };
    DWORD code = CsFindNames(h->admin, &q, note, &s);

    if (code)
        fail_msg("%u: %s", code, detail_get()->text);
    return s;
}

static void count_lines(void *arg, enum log_level level, const char *line)
{
    unsigned *lines = arg;

    (void)line;
    *lines += level == LOG_LEVEL_WARNING;
}

static void add_values(struct session *s, const char *rdn, size_t from, size_t to)
{
    enum { AT_ONCE = 200 };
    char text[AT_ONCE][16];
    struct bytes value[AT_ONCE];
    char *dn = below(rdn);
    size_t i;

    for (; from < to; from += AT_ONCE) {
        struct change c = { CHANGE_ADD, "winsockAddresses", value, AT_ONCE };

        for (i = 0; i < AT_ONCE; i++) {
            snprintf(text[i], sizeof text[i], "%zu", from + i);
            value[i] = bytes_of_text(text[i]);
        }
        if (session_modify(s, dn, &c, 1, false, false))
            fail_msg("%s", detail_get()->text);
    }
    mem_free(dn);
}

/* Each is a service of its own, of a host for whose name nobody asks the directory: it carries
 * target information. */
static void add_hosts(struct session *s, const char *rdn)
{
    enum { AT_ONCE = 200 };
    struct rnr_address at = *sound("").address;
    struct buf raw[AT_ONCE];
    struct bytes value[AT_ONCE];
    char *dn = below(rdn);
    size_t from, i;

    for (from = 0; from < HOSTS; from += AT_ONCE) {
        struct change c = { CHANGE_ADD, "winsockAddresses", value, AT_ONCE };

        for (i = 0; i < AT_ONCE; i++) {
            snprintf(at.host, sizeof at.host, "1UWhRCA%zu", from + i);
            assert_int_equal(rnr_address_write(&at, &raw[i]), ERR_OK);
            value[i] = buf_view(raw[i]);
        }
        if (session_modify(s, dn, &c, 1, false, false))
            fail_msg("%s", detail_get()->text);
        for (i = 0; i < AT_ONCE; i++)
            buf_free(&raw[i]);
    }
    mem_free(dn);
}

static void an_object_of_countless_values_hides_no_other(void **state)
{
    struct home *h = *state;
    struct rnr_service good = sound("good"), own = sound("many");
    struct rnr_instance is = { 0 };
    unsigned lines = 0;
    struct seen s;

    assert_int_equal(rnr_register(h->good, &good, false), ERR_OK);
    assert_int_equal(plant(h->bad, "CN=many", "serviceInstance"), ERR_OK);
    add_values(h->bad, "CN=many", 0, VALUES);
    log_to(count_lines, &lines, LOG_LEVEL_WARNING);
    assert_int_equal(found_by_class(LUP_RETURN_NAME), 2);
    assert_in_range(lines, 1, 10);
    assert_int_equal(found_by_class(LUP_RETURN_NAME | LUP_RETURN_ADDR), 1);
    log_to(NULL, NULL, LOG_LEVEL_AUDIT);
    s = see(h);
    assert_int_equal(s.good, 1);
    assert_int_equal(s.damaged, 1);
    assert_non_null(strstr(s.damage, "winsockAddresses"));
    /* and what cannot be read whole is not taken for empty */
    assert_int_equal(rnr_delete(h->bad, &own, true), ERR_OK);
    assert_int_equal(rnr_instance_read(h->bad, "many", &is), ERR_OK);
    rnr_instance_free(&is);
    uproot(h->bad, "CN=many");
    assert_int_equal(rnr_delete(h->good, &good, false), ERR_OK);
}

static void a_name_that_is_no_text_hides_no_other(void **state)
{
    static const char *const names[] = { "CN=a\\00b", "CN=\\01\\1b[2J", "CN=\\C2\\9B2J", "CN=\\0A",
                                         "CN=\\C3\\28" };
    struct home *h = *state;
    struct rnr_service good = sound("good");
    size_t i;

    assert_int_equal(rnr_register(h->good, &good, false), ERR_OK);
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (plant(h->bad, names[i], "serviceInstance")) {
            detail_begin("test");
            continue; /* this domain controller takes no such name */
        }
        found_by_class(LUP_RETURN_NAME);
        assert_int_equal(see(h).good, 1);
        uproot(h->bad, names[i]);
    }
    assert_int_equal(rnr_delete(h->good, &good, false), ERR_OK);
}

static void classes_of_one_guid_hide_not_the_one_of_that_name(void **state)
{
    struct home *h = *state;
    _Alignas(16) uint8_t room[1024];
    WSASERVICECLASSINFOA *info = (WSASERVICECLASSINFOA *)(void *)room;
    const struct uuid id = class_uuid();
    DWORD n = sizeof room;
    char rdn[32];
    int i;

    for (i = 0; i < CLASSES; i++) {
        snprintf(rdn, sizeof rdn, "CN=class %d", i);
        assert_int_equal(plant(h->bad, rdn, "serviceClass"), ERR_OK);
    }
    assert_int_equal(rnr_class_install(h->good, &id, "good", NULL, 0), ERR_EXISTS);
    n = sizeof room; /* there is none of that name: one of the others is told of */
    if (WSAGetServiceClassInfoA(&provider, &class_id, &n, info))
        fail_msg("%d: %s", WSAGetLastError(), detail_get()->text);
    assert_string_equal(info->lpszServiceClassName, "planted");
    assert_int_equal(plant(h->good, "CN=" CLASS_ID, "serviceClass"), ERR_OK);
    rename_to(h->good, "CN=" CLASS_ID, "good");
    n = sizeof room;
    if (WSAGetServiceClassInfoA(&provider, &class_id, &n, info))
        fail_msg("%d: %s", WSAGetLastError(), detail_get()->text);
    assert_string_equal(info->lpszServiceClassName, "good");
    uproot(h->good, "CN=" CLASS_ID);
    for (i = 0; i < CLASSES; i++) {
        snprintf(rdn, sizeof rdn, "CN=class %d", i);
        uproot(h->bad, rdn);
    }
}

/* A service that has a class's place: what it is, is said. */
static void a_service_in_the_place_of_a_class_is_none(void **state)
{
    struct home *h = *state;
    const struct uuid id = class_uuid();

    assert_int_equal(plant(h->bad, "CN=" CLASS_ID, "serviceInstance"), ERR_OK);
    detail_begin("test");
    assert_int_equal(rnr_class_install(h->good, &id, "good", NULL, 0), ERR_INVALID_PARAMETER);
    assert_non_null(strstr(detail_get()->text, "no class"));
    assert_int_equal(rnr_class_remove(h->good, &id), ERR_NO_OBJECT);
    uproot(h->bad, "CN=" CLASS_ID);
}

/* A search by class alone: whoever satisfies the policy is found among all the others. */
static void what_is_trusted_is_found_among_all_that_others_plant(void **state)
{
    static const char *const address[] = { "127.0.0.1:5001" };
    struct home *h = *state;
    CS_NAME good = { .size = sizeof good,
                     .kind = CS_NAMES_WINSOCK,
                     .name = "zz good",
                     .service_class = "nmpl",
                     .type = CLASS_ID,
                     .account = unit_env("SERVICE_ACCOUNT"),
                     .addresses = address,
                     .address_count = 1 };
    CS_NAME_QUERY q = { .size = sizeof q, .kinds = CS_NAMES_WINSOCK, .type = CLASS_ID };
    CS_TRUST trust = { .account = unit_env("SERVICE_ACCOUNT") };
    CS_FOUND_NAME **found = NULL;
    DWORD count = 0, code;

    assert_int_equal(plant(h->bad, "CN=crowd", "serviceInstance"), ERR_OK);
    add_hosts(h->bad, "CN=crowd");
    assert_int_equal(CsNameSpn(h->admin, &q, "nmpl", &trust, &found, &count), ERROR_TRUST_FAILURE);
    assert_int_equal(CsPublishName(h->admin, &good, NULL), ERROR_SUCCESS);
    code = CsNameSpn(h->admin, &q, "nmpl", &trust, &found, &count);
    if (code)
        fail_msg("%u: %s", code, detail_get()->text);
    assert_int_equal(count, 1);
    assert_string_equal(found[0]->name, "zz good");
    CsFreeNames(found, count);
    assert_int_equal(CsWithdrawName(h->admin, &good), ERROR_SUCCESS);
    uproot(h->bad, "CN=crowd");
}

static void what_is_not_there_is_told_by_its_name(void **state)
{
    WSAQUERYSETA q = { .dwSize = sizeof q,
                       .lpszServiceInstanceName = (char *)"nobody of that name",
                       .lpServiceClassId = &class_id,
                       .dwNameSpace = NS_NTDS };
    HANDLE lookup = NULL;

    (void)state;
    assert_int_equal(WSALookupServiceBeginA(&q, LUP_RETURN_ALL, &lookup), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSASERVICE_NOT_FOUND);
    if (!strstr(detail_get()->text, "nobody of that name"))
        fail_msg("%s", detail_get()->text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_of_countless_values_hides_no_other),
        cmocka_unit_test(a_name_that_is_no_text_hides_no_other),
        cmocka_unit_test(classes_of_one_guid_hide_not_the_one_of_that_name),
        cmocka_unit_test(a_service_in_the_place_of_a_class_is_none),
        cmocka_unit_test(what_is_trusted_is_found_among_all_that_others_plant),
        cmocka_unit_test(what_is_not_there_is_told_by_its_name),
    };

    return cmocka_run_group_tests(tests, raise_home, leave_home);
}
