/* SPDX-License-Identifier: Apache-2.0
 * test_outward.c - where a host's name or a path would lead.
 */
#include "rpc/outward.h"

#include <countersign/rpcguard.h>

#include "base/host_name.h"
#include "lib/unit.h"

static const char *const some[] = { "files.example.com", ".trusted.example", "192.0.2.7",
                                    "2001:db8::1", NULL };

#define LONG_LABEL "a12345678901234567890123456789012345678901234567890123456789012"

static void hosts_are_those_of_the_list(void **state)
{
    static const struct {
        const char *host;
        bool allowed;
    } rows[] = {
        { "files.example.com", true },
        { "FILES.Example.COM.", true },
        { "a.trusted.example", true },
        { "b.a.Trusted.Example", true },
        { "192.0.2.7", true },
        { "::ffff:192.0.2.7", true },
        { "2001:0DB8:0::1", true },
        { "trusted.example", false }, /* not below itself */
        { ".trusted.example", false },
        { "nottrusted.example", false },
        { "files.example.com.evil.example", false },
        { "evil.example", false },
        { "192.0.2.8", false },
        { "192.0.2.07", false },
        { "192.0.2.7.", false },
        { "3221225991", false },
        { "0xc0000207", false },
        { "2001:db8::2", false },
        { "[2001:db8::1]", false },
        { "2001:db8::1%lo", false },
        { "localhost", false },
        { "127.0.0.1", false },
        { "", false },
        { ".", false },
        { "files.example.com..", false },
        { "a..trusted.example", false },
        { LONG_LABEL ".trusted.example", true },
        { LONG_LABEL "3.trusted.example", false },
        { "files.example.com@80", false },
        { "files.example.com:80", false },
        { "files.example.com\\x", false },
        { "files.example.com/x", false },
        { " files.example.com", false },
        { "files.example.com ", false },
        { "evil.example#.trusted.example", false },
        { "evil.example\n.trusted.example", false },
        { "f\xc3\xafles.trusted.example", false },
        { "x1UWhRCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAwbEAYBAAAA.trusted.example", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rpc_outward_host(rows[i].host, some) != (rows[i].allowed ? ERR_OK : ERR_ACCESS_DENIED))
            fail_msg("\"%s\" is wrongly judged", rows[i].host);
    assert_int_equal(rpc_outward_host("files.example.com", NULL), ERR_ACCESS_DENIED);
    assert_int_equal(rpc_outward_host("files.example.com", some + 4), ERR_ACCESS_DENIED);
}

static void a_list_is_sound_or_refused(void **state)
{
    static const char *const bad[] = {
        "",    ".",        "*",          "*.example.com", "..example.com",
        "a b", "\\\\host", ".192.0.2.1", "a/b",           "host:1"
    };
    const char *list[] = { "files.example.com", NULL, NULL };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        list[1] = bad[i];
        assert_int_equal(rpc_outward_host("files.example.com", list), ERR_INVALID_PARAMETER);
        assert_int_equal(rpc_outward_path("/etc/motd", list), ERR_INVALID_PARAMETER);
        assert_int_equal(rpc_outward_path("\\\\x\\y", list), ERR_INVALID_PARAMETER);
    }
}

static void paths_stay_here_or_lead_to_an_allowed_host(void **state)
{
    static const struct {
        const char *path;
        bool here, allowed; /* without a list, with it */
    } rows[] = {
        { "/srv/data", true, true },
        { "C:\\data\\file", true, true },
        { "c:/data", true, true },
        { "\\data", true, true },
        { "data/a:b", true, true },
        { "..\\data", true, true },
        { "\\\\?\\C:\\data", true, true },
        { "\\\\files.example.com\\share", false, true },
        { "//files.example.com/share", false, true },
        { "\\/Files.Example.Com", false, true },
        { "/\\192.0.2.7\\share", false, true },
        { "\\\\?\\UNC\\files.example.com\\share", false, true },
        { "//?/unc/a.trusted.example/share", false, true },
        { "\\\\evil.example\\share", false, false },
        { "\\\\evil.example\\files.example.com", false, false },
        { "\\\\files.example.com@SSL@8080\\DavWWWRoot", false, false },
        { "\\\\files.example.com@evil.example\\share", false, false },
        { "\\\\\\files.example.com\\share", false, false },
        { "\\\\?\\UNC\\evil.example\\share", false, false },
        { "\\\\?\\UNC\\files.example.com\\..\\evil.example\\share", false, false },
        { "//?/C:/../UNC/evil.example/share", false, false },
        { "//?/C:/a/.. ./b", false, false },
        { "//?/C:/a..b/..c/d", true, true },
        { "\\\\?\\UNC", false, false },
        { "\\\\?\\UNC\\", false, false },
        { "\\\\?\\GLOBALROOT\\Device\\Mup\\files.example.com\\share", false, false },
        { "\\\\?\\", false, false },
        { "\\\\?", false, false },
        { "\\\\?\\C:", false, false },
        { "\\\\.\\pipe\\spoolss", false, false },
        { "\\\\.\\UNC\\files.example.com\\share", false, false },
        { "\\\\", false, false },
        { "//", false, false },
        { "\\??\\UNC\\files.example.com\\share", false, false },
        { "\\??\\C:\\data", false, false },
        { "http://files.example.com/x", false, false },
        { "file:///etc/passwd", false, false },
        { "files.example.com:/export", false, false },
        { "C:data", false, false },
        { "c:", false, false },
        { "1:/x", false, false },
        { "", false, false },
        { " \\\\evil.example\\share", false, false },
        { "\t\\\\evil.example\\share", false, false },
        { "data\nmore", false, false },
        { "\x7f", false, false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rpc_outward_path(rows[i].path, NULL) != (rows[i].here ? ERR_OK : ERR_ACCESS_DENIED) ||
            rpc_outward_path(rows[i].path, some) != (rows[i].allowed ? ERR_OK : ERR_ACCESS_DENIED))
            fail_msg("\"%s\" is wrongly judged", rows[i].path);
}

static void what_is_too_long_is_refused(void **state)
{
    static char path[OUTWARD_PATH_MAX + 2], host[HOST_NAME_MOST + 3];
    size_t i;

    (void)state;
    memset(path, 'a', OUTWARD_PATH_MAX);
    assert_int_equal(rpc_outward_path(path, NULL), ERR_OK);
    path[OUTWARD_PATH_MAX] = 'a';
    assert_int_equal(rpc_outward_path(path, NULL), ERR_ACCESS_DENIED);
    for (i = 0; i < HOST_NAME_MOST; i++)
        host[i] = i % 2 ? '.' : 'a';
    memcpy(host + HOST_NAME_MOST - 16, ".trusted.example", 16);
    assert_int_equal(rpc_outward_host(host, some), ERR_OK);
    memmove(host + 1, host, HOST_NAME_MOST); /* the first label is one longer */
    assert_int_equal(rpc_outward_host(host, some), ERR_ACCESS_DENIED);
    memset(path, '\\', 2);
    assert_int_equal(rpc_outward_path(path, some), ERR_ACCESS_DENIED);
}

static void both_forms_say_the_same(void **state)
{
    static char narrow[] = "files.example.com", broken[] = "\xff", path[] = "\\\\evil.example\\x";
    static WCHAR wide[] = u"files.example.com", half[] = { 0xd800, 0 },
                 far[] = u"\\\\evil.example\\x";

    (void)state;
    assert_int_equal(CsValidateHostA((RPC_CSTR)narrow, some), RPC_S_OK);
    assert_int_equal(CsValidateHostW((RPC_WSTR)wide, some), RPC_S_OK);
    assert_int_equal(CsValidateHostA((RPC_CSTR)narrow, NULL), RPC_S_ACCESS_DENIED);
    assert_int_equal(CsValidateHostA((RPC_CSTR)broken, some), RPC_S_ACCESS_DENIED);
    assert_int_equal(CsValidateHostW((RPC_WSTR)half, some), RPC_S_ACCESS_DENIED);
    assert_int_equal(CsValidateHostA(NULL, some), RPC_S_INVALID_ARG);
    assert_int_equal(CsValidatePathA((RPC_CSTR)narrow, NULL), RPC_S_OK);
    assert_int_equal(CsValidatePathW((RPC_WSTR)wide, NULL), RPC_S_OK);
    assert_int_equal(CsValidatePathA((RPC_CSTR)path, some), RPC_S_ACCESS_DENIED);
    assert_int_equal(CsValidatePathW((RPC_WSTR)far, some), RPC_S_ACCESS_DENIED);
    assert_int_equal(CsValidatePathW(NULL, some), RPC_S_INVALID_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_are_those_of_the_list),
        cmocka_unit_test(a_list_is_sound_or_refused),
        cmocka_unit_test(paths_stay_here_or_lead_to_an_allowed_host),
        cmocka_unit_test(what_is_too_long_is_refused),
        cmocka_unit_test(both_forms_say_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
