/* SPDX-License-Identifier: Apache-2.0
 * test_inside.c - what a server tells of itself (tools/countersign/inside.idl): whom its
 * descriptors, guards and access lists let in, judged by the whole of them however much is told.
 */
#include <countersign/rpcguard.h>
#include <stdio.h>
#include <unistd.h>

#include "acl/sddl.h"
#include "base/alloc.h"
#include "enforce_home.h"
#include "inside.h"

enum {
    OPEN = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
    ACCOUNTS = INSIDE_ACCOUNTS | INSIDE_ACCOUNTS_HERE,
    STRANGERS = INSIDE_STRANGERS | INSIDE_STRANGERS_HERE,
    WHOM = ACCOUNTS | STRANGERS | INSIDE_NOBODY,
    MANY = 64, /* endpoints of a guard */
};

static RPC_BINDING_HANDLE report;

/* There is something to tell of before there is a report. */
static int set_up(void **state)
{
    int failed = enforce_set_up(state);
    char text[64];

    enforce_register(OPEN, NULL);
    (void)snprintf(text, sizeof text, "ncalrpc:[CS-INSIDE-%d]", (int)getpid());
    IS(RpcBindingFromStringBindingA(STR(text), &report), RPC_S_OK);
    IS(RpcBindingSetAuthInfoA(report, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_WINNT, NULL,
                              RPC_C_AUTHZ_NONE),
       RPC_S_OK);
    return failed;
}

static int tear_down(void **state)
{
    enforce_unbind(&report);
    return enforce_tear_down(state);
}

static void register_with(const char *text)
{
    struct buf b = { 0 };

    enforce_unregister();
    if (text)
        assert_int_equal(sddl_parse(text, NULL, &b), ERR_OK);
    IS(RpcServerRegisterIf3(enforce_try_v1_0_s_ifspec, NULL, NULL, OPEN, 10, (UINT)-1, NULL, b.ptr),
       RPC_S_OK);
    buf_free(&b);
}

static void end_serving(void)
{
    IS(RpcServerUnregisterIf(enforce_try_v1_0_s_ifspec, NULL, TRUE), RPC_S_OK);
}

static void guard(CS_INTERFACE_GUARD g, const char *descriptor)
{
    enforce_unregister();
    g.size = sizeof g;
    IS(CsServerGuardInterface(enforce_try_v1_0_s_ifspec, &g), RPC_S_OK);
    register_with(descriptor);
}

static void guard_no_more(void)
{
    end_serving();
    IS(CsServerGuardInterface(enforce_try_v1_0_s_ifspec, NULL), RPC_S_OK);
}

/* The only one there is. */
static void tell(inside_interface *ret)
{
    inside_interface none;
    ULONGLONG cursor = 0;

    InsideInterface(report, &cursor, ret);
    assert_true(cursor != 0 && cursor == ret->number);
    assert_string_equal((char *)ret->name, "enforce_try");
    InsideInterface(report, &cursor, &none);
    assert_true(cursor == 0);
}

static void whom_a_descriptor_lets_in_is_told(void **state)
{
    static const struct {
        const char *text;
        unsigned whom;
    } rows[] = {
        { NULL, ACCOUNTS | STRANGERS },
        { "D:(A;;GX;;;WD)", ACCOUNTS }, /* nobody is not of Everyone */
        { "D:(A;;GX;;;AU)", ACCOUNTS },
        { "D:(A;;GX;;;AN)", STRANGERS },
        { "D:(A;;GX;;;NU)", INSIDE_ACCOUNTS | INSIDE_STRANGERS },
        { "D:(A;;GX;;;S-1-2-0)", INSIDE_ACCOUNTS_HERE | INSIDE_STRANGERS_HERE },
        { "D:(A;;GX;;;S-1-5-15)", INSIDE_ACCOUNTS },
        { "D:(D;;GX;;;AN)(A;;GX;;;NU)", INSIDE_ACCOUNTS },
        { "D:(A;;GX;;;BA)", 0 },
        { "D:(A;;GR;;;WD)", 0 }, /* another right */
        { "D:NO_ACCESS_CONTROL", ACCOUNTS | STRANGERS },
        { "D:", 0 },
    };
    inside_interface f;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        register_with(rows[i].text);
        tell(&f);
        IS(f.parts & WHOM, rows[i].whom);
        IS(f.parts & INSIDE_CUT, 0);
        IS((f.parts & INSIDE_DESCRIPTOR) != 0, rows[i].text != NULL);
        end_serving();
    }
}

static void a_long_descriptor_is_judged_whole(void **state)
{
    char text[8192] = "D:";
    size_t used = 2;
    inside_interface f;
    unsigned i;

    (void)state;
    for (i = 0; i < 100; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "(A;;GX;;;S-1-22-1-%u)", i);
    (void)snprintf(text + used, sizeof text - used, "(A;;GX;;;NU)");
    register_with(text);
    tell(&f);
    IS(f.parts & INSIDE_CUT, INSIDE_CUT);
    IS(f.parts & WHOM, INSIDE_ACCOUNTS | INSIDE_STRANGERS);
    IS(strlen((char *)f.descriptor), INSIDE_TEXT - 1);
    assert_null(strstr((char *)f.descriptor, ";NU)"));
    end_serving();
}

static unsigned count_places(const inside_interface *f, const char *with)
{
    inside_place p;
    ULONGLONG cursor = 0, before;
    unsigned n = 0;

    for (;;) {
        before = cursor;
        InsidePlace(report, &cursor, &p);
        if (!cursor)
            return n;
        assert_true(cursor > before && p.face == f->number);
        assert_string_equal((char *)p.sequence, "ncalrpc");
        if (strstr((char *)p.endpoint, with))
            n++;
    }
}

static void every_endpoint_of_a_guard_is_told(void **state)
{
    static const char *const none[] = { NULL };
    char text[MANY][80];
    const char *many[MANY + 1] = { NULL };
    inside_interface f;
    unsigned i;

    (void)state;
    for (i = 0; i < MANY; i++) {
        (void)snprintf(text[i], sizeof text[i], "ncalrpc:[FAR-%056u]", i);
        many[i] = text[i];
    }
    guard((CS_INTERFACE_GUARD){ .endpoints = many }, NULL);
    tell(&f);
    IS(f.parts & (INSIDE_GUARD | INSIDE_EVERYWHERE), INSIDE_GUARD);
    IS(count_places(&f, "FAR-"), MANY);
    IS(count_places(&f, "0063"), 1);
    guard_no_more();
    guard((CS_INTERFACE_GUARD){ .endpoints = none }, NULL);
    tell(&f);
    IS(f.parts & (INSIDE_GUARD | INSIDE_EVERYWHERE), INSIDE_GUARD);
    IS(count_places(&f, ""), 0);
    guard_no_more();
    guard((CS_INTERFACE_GUARD){ .max_calls = 4 }, NULL);
    tell(&f);
    IS(f.parts & (INSIDE_GUARD | INSIDE_EVERYWHERE), INSIDE_GUARD | INSIDE_EVERYWHERE);
    guard_no_more();
}

static void each_operation_is_told(void **state)
{
    static const CS_OPERATION_GUARD some[] = {
        { .operation = READ, .descriptor = "D:(A;;GX;;;AN)(A;;GX;;;AU)" },
        { .operation = WRITE, .least_level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY },
        { .operation = CS_GUARD_OTHERS, .nobody = TRUE },
    };
    static const struct {
        unsigned whom, parts, least_level;
        const char *name;
    } rows[] = {
        { ACCOUNTS, INSIDE_DESCRIPTOR, 0, "EnforceRead" }, /* the interface's holds, too */
        { ACCOUNTS, 0, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, "EnforceWrite" },
        { INSIDE_NOBODY, 0, 0, "EnforceHold" },
    };
    inside_operation o;
    inside_interface f;
    ULONGLONG cursor = 0;
    unsigned i;

    (void)state;
    guard((CS_INTERFACE_GUARD){ .operations = some, .operation_count = 3 }, "D:(A;;GX;;;WD)");
    tell(&f);
    IS(f.parts & WHOM, ACCOUNTS);
    IS(f.least_level, 0);
    for (i = 0; i < 3; i++) {
        InsideOperation(report, &cursor, &o);
        assert_true(cursor != 0 && o.face == f.number);
        IS(o.number, i);
        IS(o.parts & WHOM, rows[i].whom);
        IS(o.parts & ~(ULONG)WHOM, rows[i].parts);
        IS(o.least_level, rows[i].least_level);
        assert_string_equal((char *)o.name, rows[i].name);
    }
    InsideOperation(report, &cursor, &o);
    assert_true(cursor == 0);
    guard_no_more();
}

/* A level keeps strangers out; where nobody may call anything, nobody is told of. */
static void levels_and_nobody_count(void **state)
{
    static const CS_OPERATION_GUARD sealed[] = {
        { .operation = CS_GUARD_OTHERS, .least_level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY },
    };
    static const CS_OPERATION_GUARD closed[] = { { .operation = CS_GUARD_OTHERS, .nobody = TRUE } };
    inside_interface f;

    (void)state;
    guard((CS_INTERFACE_GUARD){ .operations = sealed, .operation_count = 1 }, NULL);
    tell(&f);
    IS(f.parts & WHOM, ACCOUNTS);
    IS(f.least_level, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    guard_no_more();
    guard((CS_INTERFACE_GUARD){ .operations = closed, .operation_count = 1 }, NULL);
    tell(&f);
    IS(f.parts & WHOM, INSIDE_NOBODY);
    guard_no_more();
}

/* What a caller makes up leads to an element behind it, or to the end. */
static void a_cursor_leads_on_or_ends(void **state)
{
    static const ULONGLONG made_up[] = { 1, 0xfffff, 0x100000, 0x7fffffffffffffff, UINT64_MAX };
    inside_principal principal;
    inside_interface f;
    inside_operation o;
    inside_endpoint e;
    inside_policy policy;
    inside_place p;
    unsigned i;

    (void)state;
    register_with(NULL);
    for (i = 0; i < sizeof made_up / sizeof *made_up; i++) {
        ULONGLONG c[6] = { made_up[i], made_up[i], made_up[i], made_up[i], made_up[i], made_up[i] };
        unsigned k;

        InsideInterface(report, &c[0], &f);
        InsidePlace(report, &c[1], &p);
        InsideOperation(report, &c[2], &o);
        InsideEndpoint(report, &c[3], &e);
        InsidePrincipal(report, &c[4], &principal);
        InsidePolicy(report, &c[5], &policy);
        for (k = 0; k < 6; k++)
            assert_true(c[k] == 0 || c[k] > made_up[i]);
    }
    end_serving();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whom_a_descriptor_lets_in_is_told),
        cmocka_unit_test(a_long_descriptor_is_judged_whole),
        cmocka_unit_test(every_endpoint_of_a_guard_is_told),
        cmocka_unit_test(each_operation_is_told),
        cmocka_unit_test(levels_and_nobody_count),
        cmocka_unit_test(a_cursor_leads_on_or_ends),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
