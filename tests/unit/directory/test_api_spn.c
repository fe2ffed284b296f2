/* SPDX-License-Identifier: Apache-2.0 */
#include <countersign/ntdsapi.h>

#include "lib/unit.h"

/* The forms of DsMakeSpn's page, and what Windows is known to answer to each. */
static void makes_the_documented_forms(void **state)
{
    static const struct {
        const char *name, *instance, *referrer;
        USHORT port;
        const char *spn;
    } v[] = {
        { "host", NULL, NULL, 0, "class/host" },
        { "host", NULL, NULL, 555, "class/host:555" },
        { "host", NULL, "referrer", 555, "class/host:555" },
        { "host", "instance", NULL, 0, "class/instance/host" },
        { "host", "instance", "referrer", 555, "class/instance:555/host" },
        { "192.0.2.1", NULL, "www.example.com", 80, "class/192.0.2.1:80/www.example.com" },
        { "[2001:db8::1]", NULL, "www.example.com", 0, "class/[2001:db8::1]/www.example.com" },
    };
    char spn[100];
    DWORD len;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof v / sizeof *v; i++) {
        len = sizeof spn;
        assert_int_equal(
            DsMakeSpnA("class", v[i].name, v[i].instance, v[i].port, v[i].referrer, &len, spn),
            ERROR_SUCCESS);
        assert_string_equal(spn, v[i].spn);
        assert_int_equal(len, strlen(spn) + 1);
    }
}

static void says_how_much_room_a_name_takes(void **state)
{
    WCHAR spn[16];
    char text[16];
    DWORD len = 0;

    (void)state;
    assert_int_equal(DsMakeSpnA("class", "host", NULL, 0, NULL, &len, NULL), ERROR_BUFFER_OVERFLOW);
    assert_int_equal(len, 11);
    len = 10;
    assert_int_equal(DsMakeSpnA("class", "host", NULL, 0, NULL, &len, text), ERROR_BUFFER_OVERFLOW);
    assert_int_equal(DsMakeSpnA("class", "host", NULL, 0, NULL, &len, text), ERROR_SUCCESS);
    len = 0;
    /* two UTF-16 units for one character beyond the first plane */
    assert_int_equal(DsMakeSpnW(u"class", u"h\U0001f600", NULL, 0, NULL, &len, NULL),
                     ERROR_BUFFER_OVERFLOW);
    assert_int_equal(len, 10);
    assert_int_equal(DsMakeSpnW(u"class", u"h\U0001f600", NULL, 0, NULL, &len, spn), ERROR_SUCCESS);
    assert_memory_equal(spn, u"class/h\U0001f600", 20);
}

static void refuses_wrong_parameters(void **state)
{
    char spn[100];
    DWORD len = sizeof spn;

    (void)state;
    assert_int_equal(DsMakeSpnA(NULL, NULL, NULL, 0, NULL, &len, spn), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsMakeSpnA(NULL, "host", NULL, 0, NULL, &len, spn), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsMakeSpnA("class", "ho/st", NULL, 0, NULL, &len, spn),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(DsMakeSpnA("class", "host", NULL, 0, NULL, NULL, spn),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(DsMakeSpnA("class", "srv1UWhRCAAAAA", NULL, 0, NULL, &len, spn),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(DsCrackSpnA(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(DsCrackSpnA("MSSQLSvc/db1:PAYROLL", NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     ERROR_INVALID_PARAMETER);
}

static void cracking_undoes_making(void **state)
{
    char class[50], service[50], instance[50], spn[100];
    DWORD n, c, s, i;
    USHORT port = 1;

    (void)state;
    n = sizeof spn;
    assert_int_equal(DsMakeSpnA("db", "CN=hr,DC=x", "host1", 77, NULL, &n, spn), ERROR_SUCCESS);
    c = s = i = 50;
    assert_int_equal(DsCrackSpnA(spn, &c, class, &s, service, &i, instance, &port), ERROR_SUCCESS);
    assert_string_equal(class, "db");
    assert_string_equal(service, "CN=hr,DC=x");
    assert_string_equal(instance, "host1");
    assert_int_equal(port, 77);
    assert_int_equal(s, strlen(service) + 1);
    /* without a service name the instance stands for it */
    c = s = i = 50;
    assert_int_equal(DsCrackSpnA("db/host1", &c, class, &s, service, &i, instance, &port),
                     ERROR_SUCCESS);
    assert_string_equal(service, "host1");
    assert_string_equal(instance, "host1");
    assert_int_equal(port, 0);
}

/* "call this function with a valid SPN, a non-NULL buffer and this parameter set to 1" */
static void every_length_is_told_at_once(void **state)
{
    WCHAR class[8], service[8];
    DWORD c = 1, s = 1, none = 0;
    USHORT port = 0;

    (void)state;
    assert_int_equal(DsCrackSpnW(u"db/host1:80", &c, class, &s, service, &none, service, &port),
                     ERROR_BUFFER_OVERFLOW);
    assert_int_equal(c, 3);
    assert_int_equal(s, 6);
    assert_int_equal(none, 0);
    assert_int_equal(port, 80);
    assert_int_equal(
        DsCrackSpn2W(u"db/host1:80 and more", 11, &c, class, &s, service, NULL, NULL, &port),
        ERROR_SUCCESS);
    assert_memory_equal(service, u"host1", 12);
}

static void cracks_the_parts_behind_the_class(void **state)
{
    char host[50], instance[50], domain[50], realm[50];
    const char *spn = "MSSQLSvc/db1.x.org:PAY/x.org@X.ORG";
    DWORD h = 50, i = 50, d = 50, r = 50;
    USHORT port = 9;

    (void)state;
    assert_int_equal(
        DsCrackSpn3A(spn, (DWORD)strlen(spn), &h, host, &i, instance, &port, &d, domain, &r, realm),
        ERROR_SUCCESS);
    assert_string_equal(host, "db1.x.org");
    assert_string_equal(instance, "PAY");
    assert_string_equal(domain, "x.org");
    assert_string_equal(realm, "X.ORG");
    assert_int_equal(port, 0);
}

static void makes_the_name_of_a_target_server(void **state)
{
    char spn[100];
    DWORD n = sizeof spn;

    (void)state;
    assert_int_equal(DsClientMakeSpnForTargetServerA("host", "a.x.org", &n, spn), ERROR_SUCCESS);
    assert_string_equal(spn, "host/a.x.org/a.x.org");
    assert_int_equal(DsClientMakeSpnForTargetServerA("host", "192.0.2.1", &n, spn),
                     ERROR_INVALID_PARAMETER);
    n = 0;
    assert_int_equal(DsClientMakeSpnForTargetServerW(u"host", u"a", &n, NULL),
                     ERROR_BUFFER_OVERFLOW);
    assert_int_equal(n, 9);
}

static void composes_the_names_of_instances(void **state)
{
    LPCSTR names[] = { "a.x.org", "b.x.org" };
    LPCWSTR wide[] = { u"a.x.org", u"b.x.org" };
    const USHORT ports[] = { 0, 99 };
    LPSTR *spns = NULL;
    LPWSTR *wide_spns = NULL;
    DWORD n = 0;

    (void)state;
    assert_int_equal(DsGetSpnA(DS_SPN_SERVICE, "db", "CN=hr,DC=x", 5, 2, names, ports, &n, &spns),
                     ERROR_SUCCESS);
    assert_int_equal(n, 2);
    assert_string_equal(spns[0], "db/a.x.org/CN=hr,DC=x");
    assert_string_equal(spns[1], "db/b.x.org:99/CN=hr,DC=x");
    DsFreeSpnArrayA(n, spns);
    assert_int_equal(DsGetSpnW(DS_SPN_DNS_HOST, u"db", NULL, 0, 2, wide, NULL, &n, &wide_spns),
                     ERROR_SUCCESS);
    assert_memory_equal(wide_spns[1], u"db/b.x.org", 22);
    DsFreeSpnArrayW(n, wide_spns);
}

static void composes_this_hosts_names(void **state)
{
    static const struct {
        DS_SPN_NAME_TYPE type;
        const char *service, *spn;
    } v[] = {
        { DS_SPN_DNS_HOST, NULL, "db/web1.x.org:70" },
        { DS_SPN_NB_HOST, NULL, "db/WEB1:70" },
        { DS_SPN_DOMAIN, "x.org", "db/web1.x.org:70/x.org" },
        { DS_SPN_NB_DOMAIN, "X", "db/WEB1:70/X" },
        { DS_SPN_SERVICE, "CN=s,DC=x", "db/web1.x.org:70/CN=s,DC=x" },
    };
    LPSTR *spns = NULL;
    DWORD n = 0;
    size_t i;

    (void)state;
    setenv("COUNTERSIGN_HOSTNAME", "Web1.x.org", 1);
    for (i = 0; i < sizeof v / sizeof *v; i++) {
        assert_int_equal(DsGetSpnA(v[i].type, "db", v[i].service, 70, 0, NULL, NULL, &n, &spns),
                         ERROR_SUCCESS);
        assert_int_equal(n, 1);
        assert_string_equal(spns[0], v[i].spn);
        DsFreeSpnArrayA(n, spns);
    }
    assert_int_equal(DsGetSpnA(DS_SPN_DNS_HOST, "db", "x", 0, 0, NULL, NULL, &n, &spns),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(DsGetSpnA(DS_SPN_SERVICE, "db", NULL, 0, 0, NULL, NULL, &n, &spns),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(DsGetSpnA((DS_SPN_NAME_TYPE)9, "db", NULL, 0, 0, NULL, NULL, &n, &spns),
                     ERROR_INVALID_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_documented_forms),
        cmocka_unit_test(says_how_much_room_a_name_takes),
        cmocka_unit_test(refuses_wrong_parameters),
        cmocka_unit_test(cracking_undoes_making),
        cmocka_unit_test(every_length_is_told_at_once),
        cmocka_unit_test(cracks_the_parts_behind_the_class),
        cmocka_unit_test(makes_the_name_of_a_target_server),
        cmocka_unit_test(composes_the_names_of_instances),
        cmocka_unit_test(composes_this_hosts_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
