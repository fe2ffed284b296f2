/* SPDX-License-Identifier: Apache-2.0
 * test_directory_oom.c - every allocation of publishing and of finding fails once, against a real
 * domain controller: an error is told, nothing half done stays, and the next call works.
 */
#include <countersign/ntdsapi.h>
#include <countersign/scp.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "lib/unit.h"

#define KEYWORD "0b8a6c0e-9d0f-4a55-8f43-2d1f6f5f7a31"

enum { ENOUGH = 20000 };

static const char *env(const char *name)
{
    const char *value = getenv(name);

    if (!value)
        fail_msg("%s is not set: this test runs inside a domain", name);
    return value;
}

static HANDLE as_host(void)
{
    CS_DIRECTORY_OPTIONS o = { .size = sizeof o,
                               .domain = env("REALM"),
                               .user = env("HOST_ACCOUNT"),
                               .user_domain = env("REALM"),
                               .password = env("HOST_PASSWORD") };
    HANDLE ds = NULL;

    if (CsBindDirectory(&o, &ds))
        fail_msg("%s", detail_get()->text);
    return ds;
}

static const char *const keywords[] = { KEYWORD };
static const CS_SERVICE service = { .size = sizeof service,
                                    .name = "Memory",
                                    .service_class = "scpm",
                                    .port = 5100,
                                    .keywords = keywords,
                                    .keyword_count = 1 };

static DWORD binds(HANDLE ds)
{
    CS_DIRECTORY_OPTIONS o = { .size = sizeof o,
                               .domain = env("REALM"),
                               .user = env("HOST_ACCOUNT"),
                               .user_domain = env("REALM"),
                               .password = env("HOST_PASSWORD") };
    DWORD code = CsBindDirectory(&o, &ds);

    if (!code)
        DsUnBindA(&ds);
    return code;
}

static DWORD publishes(HANDLE ds)
{
    CS_SERVICE_POINT *p = NULL;
    DWORD code = CsPublishService(ds, &service, &p);

    CsFreeServicePoint(p);
    return code;
}

static DWORD creates(HANDLE ds)
{
    CS_SERVICE_POINT *p = NULL;
    DWORD code = CsCreateServicePoint(ds, &service, &p);

    CsFreeServicePoint(p);
    return code;
}

static DWORD finds(HANDLE ds)
{
    CS_TRUST trust = { .account = env("HOST_ACCOUNT"), .group = "Domain Computers" };
    CS_SERVICE_POINT **points = NULL;
    DWORD n = 0, code = CsFindService(ds, KEYWORD, "scpm", &trust, &points, &n);

    CsFreeServicePoints(points, n);
    return code;
}

static DWORD checks(HANDLE ds)
{
    const char *const spns[] = { "scpm/HOST1" };
    char **missing = NULL;
    DWORD n = 0, code = CsCheckServiceNames(ds, NULL, spns, 1, &missing, &n);

    DsFreeSpnArrayA(n, missing);
    return code;
}

static void nothing_stays(HANDLE ds, long n)
{
    CS_SERVICE_POINT **points = NULL;
    char **holders = NULL;
    DWORD count = 0, held = 0;

    assert_int_equal(CsFindServicePoints(ds, KEYWORD, &points, &count), ERROR_SUCCESS);
    assert_int_equal(CsFindSpnAccounts(ds, "scpm/HOST1", &holders, &held), ERROR_SUCCESS);
    if (count || held)
        fail_msg("after allocation %ld failed, %u objects and %u names are left", n, count, held);
    CsFreeServicePoints(points, count);
    DsFreeSpnArrayA(held, holders);
}

/* A session whose sealing found no memory is at its end, as if the server had gone: then it cannot
 * take anything back either. */
static void every_allocation_fails(DWORD (*call)(HANDLE ds), bool publishing)
{
    HANDLE ds = as_host(), witness = as_host();
    long n;
    int hit = 1;
    DWORD code;

    for (n = 0; n < ENOUGH && hit; n++) {
        mem_fail_at(n);
        code = call(ds);
        hit = mem_fail_hit();
        mem_fail_at(-1);
        if (!hit) {
            if (code)
                fail_msg("without a failure: %u: %s", code, detail_get()->text);
            break;
        }
        if (publishing && code == ERROR_NOT_ENOUGH_MEMORY)
            nothing_stays(witness, n);
        if (code != ERROR_NOT_ENOUGH_MEMORY) {
            if (publishing)
                assert_int_equal(CsWithdrawService(witness, &service), ERROR_SUCCESS);
            DsUnBindA(&ds);
            ds = as_host();
        }
    }
    assert_true(n > 20 && n < ENOUGH);
    DsUnBindA(&ds);
    DsUnBindA(&witness);
}

static void publishing_survives_every_failure(void **state)
{
    (void)state;
    every_allocation_fails(publishes, true);
}

static void creating_survives_every_failure(void **state)
{
    HANDLE ds = as_host();

    (void)state;
    every_allocation_fails(creates, true);
    assert_int_equal(CsWithdrawService(ds, &service), ERROR_SUCCESS);
    DsUnBindA(&ds);
}

static void finding_survives_every_failure(void **state)
{
    (void)state;
    every_allocation_fails(finds, false);
}

static void checking_survives_every_failure(void **state)
{
    HANDLE ds = as_host();

    (void)state;
    every_allocation_fails(checks, false);
    assert_int_equal(CsWithdrawService(ds, &service), ERROR_SUCCESS);
    DsUnBindA(&ds);
}

static void binding_survives_every_failure(void **state)
{
    (void)state;
    every_allocation_fails(binds, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creating_survives_every_failure),
        cmocka_unit_test(publishing_survives_every_failure),
        cmocka_unit_test(finding_survives_every_failure),
        cmocka_unit_test(checking_survives_every_failure),
        cmocka_unit_test(binding_survives_every_failure),
    };

    setenv("COUNTERSIGN_HOSTNAME", env("HOST_NAME"), 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
