/* SPDX-License-Identifier: Apache-2.0 */
#include "port/hearsay.h"

#include "lib/unit.h"

#define ASK "RpcMgmtInqServerPrincNameA(b, 16, &spn);\n"
#define EXPECT "RpcBindingSetAuthInfoA(b, spn, 6, 16, NULL, 0);\n"

static const struct row {
    const char *text;
    unsigned line; /* of the remark; 0: there is none */
} rows[] = {
    { "void f(void) {\n" ASK EXPECT "}", 3 },
    { "void f(void) {\n" EXPECT ASK "}", 0 },                       /* not yet told */
    { "void f(void) {\n" ASK "}\nvoid g(void) {\n" EXPECT "}", 0 }, /* another's variable */
    { "void f(void) {\n" ASK "RpcBindingSetAuthInfoA(b, made, 6, 16, spn, 0);\n}", 0 },
    { "void f(void) { if (x) {\n" ASK "} else {\n" EXPECT "} }", 4 },
    { "void f(void) {\nRpcMgmtInqServerPrincName(g(b, 1), 9, (RPC_CSTR *)&names[0]);\n"
      "RpcBindingSetAuthInfoEx(b, (RPC_CSTR)names[0], 6, 9, 0, 0, &q);\n}",
      3 },
    { "void f(void) {\nRpcMgmtInqServerPrincNameW(b, 16, &w->spn);\n"
      "RpcBindingSetAuthInfoExW(b,\n    w->spn, 6, 16, NULL, 0, NULL);\n}",
      3 },
    { "void f(void) {\n" ASK "/* " EXPECT " */\n}", 0 },
    { "void f(void) {\n" ASK "RpcBindingSetAuthInfoLater(b, spn);\n}", 0 },
    { "# 1 \"rpc.h\" 1 3\nvoid f(void) {\n" ASK EXPECT "}\n", 0 },
    { "RpcMgmtInqServerPrincNameA(b, 16", 0 },
    { "RpcMgmtInqServerPrincNameA(b, 16, &spn); RpcBindingSetAuthInfoA(b", 0 },
    { "} } RpcBindingSetAuthInfoA(", 0 },
};

static enum port_origin of_system(void *arg, const char *file, bool system)
{
    (void)arg;
    (void)file;
    return system ? PORT_SYSTEM : PORT_USER;
}

static void who_asks_the_server_whom_to_expect_is_told(void **state)
{
    struct port_source s = { 0 };
    struct port_changes c = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(port_lex(bytes_of_text(rows[i].text), "main.c", of_system, NULL, &s),
                         ERR_OK);
        assert_int_equal(port_hearsay(&s, &c), ERR_OK);
        if (c.remark_count != (rows[i].line != 0) ||
            (c.remark_count && c.remarks[0].line != rows[i].line))
            fail_msg("%zu remarks of \"%s\"", c.remark_count, rows[i].text);
        assert_int_equal(c.count, 0);
        port_changes_free(&c);
        port_source_free(&s);
    }
}

static enum err look(void *arg)
{
    static const char text[] = "void f(void) {\n" ASK EXPECT "}";
    struct port_source s = { 0 };
    struct port_changes c = { 0 };
    enum err e = port_lex(bytes_of_text(text), "main.c", NULL, NULL, &s);

    (void)arg;
    if (!e)
        e = port_hearsay(&s, &c);
    port_changes_free(&c);
    port_source_free(&s);
    return e;
}

static void survives_every_failed_allocation(void **state)
{
    (void)state;
    oom_run(look, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks_the_server_whom_to_expect_is_told),
        cmocka_unit_test(survives_every_failed_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
