/* SPDX-License-Identifier: Apache-2.0
 * test_endpoint_access.c - security descriptors of endpoints, and of interface groups: whom they
 * stop, and where.
 */
#include <countersign/countersign.h>
#include <countersign/sddl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "enforce_home.h"
#include "lib/tcp_binding.h"

enum { OPEN = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH };

static atomic_int warnings;

static void count(void *arg, CS_LOG_LEVEL level, const char *line)
{
    (void)arg;
    (void)level;
    if (strstr(line, "protects no interface"))
        atomic_fetch_add(&warnings, 1);
}

static int set_up(void **state)
{
    return CsSetLogCallback(count, NULL, CS_LOG_WARNING) == SEC_E_OK ? enforce_set_up(state) : -1;
}

/* %u is this process's account. */
static PSECURITY_DESCRIPTOR descriptor(const char *text)
{
    PSECURITY_DESCRIPTOR d = NULL;
    char full[200];
    const char *at = strstr(text, "%u");

    (void)snprintf(full, sizeof full, "%s", text);
    if (at)
        (void)snprintf(full, sizeof full, "%.*s%u%s", (int)(at - text), text, geteuid(), at + 2);
    assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(full, 1, &d, NULL));
    return d;
}

/* What a call of the interface over that binding raises. */
static RPC_STATUS call_at(const char *binding, bool known)
{
    RPC_BINDING_HANDLE b = NULL;
    RPC_STATUS s;

    IS(RpcBindingFromStringBindingA(STR(binding), &b), RPC_S_OK);
    IS(RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, TRUE), RPC_S_OK);
    if (known)
        IS(RpcBindingSetAuthInfoA(b, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_WINNT, NULL,
                                  RPC_C_AUTHZ_NONE),
           RPC_S_OK);
    s = enforce_call(READ, b);
    enforce_unbind(&b);
    return s;
}

static bool is_cut(RPC_STATUS s)
{
    return s == RPC_S_SERVER_UNAVAILABLE || s == RPC_S_CALL_FAILED_DNE || s == RPC_S_CALL_FAILED;
}

/* By the kernel's identity, whatever the level of the call. */
static void a_local_endpoint_is_for_whom_it_names(void **state)
{
    static const struct {
        const char *endpoint, *text;
        bool let_in;
    } rows[] = { { "OWN", "D:(A;;GX;;;S-1-22-1-%u)", true },
                 { "EVERYBODY", "D:(A;;0x1;;;WD)", true },
                 { "OTHER", "D:(A;;GX;;;S-1-22-1-54321)", false },
                 { "NOBODY", "D:", false },
                 { "NOTME", "D:(D;;GX;;;S-1-22-1-%u)(A;;GX;;;WD)", false } };
    size_t i;
    int known;

    (void)state;
    enforce_register(OPEN, NULL);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        PSECURITY_DESCRIPTOR d = descriptor(rows[i].text);
        char binding[100];

        IS(RpcServerUseProtseqEpA(STR("ncalrpc"), 10, STR(rows[i].endpoint), d), RPC_S_OK);
        LocalFree(d); /* it was copied */
        (void)snprintf(binding, sizeof binding, "ncalrpc:[%s]", rows[i].endpoint);
        for (known = 0; known < 2; known++) {
            RPC_STATUS s = call_at(binding, known);

            if (rows[i].let_in ? s != RPC_S_OK : !is_cut(s))
                fail_msg("%s: %d", rows[i].text, (int)s);
        }
    }
    IS(call_at("ncalrpc:[ENFORCE]", true), RPC_S_OK); /* the same interface, at another */
    assert_int_equal(atomic_load(&warnings), 1);
    enforce_unregister();
}

/* Over TCP each call is looked at: who calls is known then. */
static void a_port_is_for_those_who_call(void **state)
{
    static const struct {
        const char *text;
        RPC_STATUS got;
    } rows[] = { { "D:(A;;GX;;;AN)", RPC_S_OK },
                 { "D:(A;;GX;;;NU)", RPC_S_OK },
                 { "D:(A;;GX;;;AU)(A;;GX;;;WD)", RPC_S_ACCESS_DENIED },
                 { "D:", RPC_S_ACCESS_DENIED } };
    char port[TCP_PORT], binding[100];
    size_t i;

    (void)state;
    enforce_register(OPEN, NULL);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        PSECURITY_DESCRIPTOR d = descriptor(rows[i].text);

        tcp_listen(d, port);
        LocalFree(d);
        (void)snprintf(binding, sizeof binding, "ncacn_ip_tcp:127.0.0.1[%s]", port);
        IS(call_at(binding, false), rows[i].got);
    }
    enforce_unregister();
}

/* An endpoint that is there stays what it is. */
static void a_descriptor_comes_too_late_for_an_endpoint_that_is_there(void **state)
{
    PSECURITY_DESCRIPTOR d = descriptor("D:");

    (void)state;
    IS(RpcServerUseProtseqA(STR("ncacn_ip_tcp"), 10, d), RPC_S_DUPLICATE_ENDPOINT);
    IS(RpcServerUseProtseqEpA(STR("ncalrpc"), 10, STR("ENFORCE"), d), RPC_S_DUPLICATE_ENDPOINT);
    LocalFree(d);
}

static void a_group_has_descriptors_of_both_kinds(void **state)
{
    static const struct {
        const char *of_face, *of_end;
        bool reached;
        RPC_STATUS got;
    } rows[] = { { NULL, "D:(A;;GX;;;S-1-22-1-%u)", true, RPC_S_OK },
                 { "D:(A;;GX;;;S-1-22-1-%u)", NULL, true, RPC_S_OK },
                 { "D:", NULL, true, RPC_S_ACCESS_DENIED },
                 { NULL, "D:", false, RPC_S_OK } };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        RPC_INTERFACE_TEMPLATEA face = { .IfSpec = enforce_try_v1_0_s_ifspec,
                                         .Flags = OPEN,
                                         .MaxCalls = 10,
                                         .MaxRpcSize = (UINT)-1 };
        RPC_ENDPOINT_TEMPLATEA end = { .ProtSeq = STR("ncalrpc"), .Endpoint = STR("GROUP") };
        RPC_INTERFACE_GROUP g = NULL;
        RPC_STATUS s;

        face.SecurityDescriptor = rows[i].of_face ? descriptor(rows[i].of_face) : NULL;
        end.SecurityDescriptor = rows[i].of_end ? descriptor(rows[i].of_end) : NULL;
        IS(RpcServerInterfaceGroupCreateA(&face, 1, &end, 1, INFINITE, NULL, NULL, &g), RPC_S_OK);
        LocalFree(face.SecurityDescriptor);
        LocalFree(end.SecurityDescriptor);
        IS(RpcServerInterfaceGroupActivate(g), RPC_S_OK);
        s = call_at("ncalrpc:[GROUP]", true);
        if (rows[i].reached ? s != rows[i].got : !is_cut(s))
            fail_msg("%zu: %d", i, (int)s);
        IS(RpcServerInterfaceGroupClose(g), RPC_S_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_local_endpoint_is_for_whom_it_names),
        cmocka_unit_test(a_port_is_for_those_who_call),
        cmocka_unit_test(a_descriptor_comes_too_late_for_an_endpoint_that_is_there),
        cmocka_unit_test(a_group_has_descriptors_of_both_kinds),
    };

    return cmocka_run_group_tests(tests, set_up, enforce_tear_down);
}
