/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_context.c - a man in the middle who names another interface of the server: no security
 * covers a bind or an alter_context, so the call that follows must say what it was meant for.
 * And a token made for another protocol, brought to an RPC server.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "lib/pair.h"
#include "lib/relay.h"
#include "lib/unit.h"
#include "rpc/pdu.h"
#include "rpc/security.h"

#include <countersign/countersign.h>
#include <countersign/rpc.h>
#include <countersign/rpcndr.h>

enum { FRAG_LENGTH_AT = 8, OFFER_AT = 28, UUID_AT = OFFER_AT + 4, OF_OTHER = 0x12 };

static atomic_uint calls_of_one, calls_of_other;

static void must(const char *what, RPC_STATUS status)
{
    char text[1024] = "";

    if (status == RPC_S_OK)
        return;
    (void)CsGetErrorText(text, sizeof text);
    fail_msg("%s: status %d\n%s", what, (int)status, text);
}

static RPC_CSTR text_of(const char *s)
{
    return (RPC_CSTR)(uintptr_t)s;
}

/* ---- two interfaces ---- */

static void serve_one(CS_SERVER_CALL *call)
{
    if (CsServerReady(call))
        atomic_fetch_add(&calls_of_one, 1);
}

static void serve_other(CS_SERVER_CALL *call)
{
    if (CsServerReady(call))
        atomic_fetch_add(&calls_of_other, 1);
}

#define ONE                                                                                        \
    {                                                                                              \
        { 0x47110011, 1, 2, { 3 } }, 1, 0                                                          \
    }
#define OTHER                                                                                      \
    {                                                                                              \
        { 0x47110012, 1, 2, { 3 } }, 1, 0                                                          \
    }

static const CS_SERVER_PROCEDURE of_one[] = { { serve_one, "serve_one", 0 } };
static const CS_SERVER_PROCEDURE of_other[] = { { serve_other, "serve_other", 0 } };
static CS_SERVER_INTERFACE one = { .Head = { .Length = sizeof one,
                                             .StubAbi = CS_STUB_ABI,
                                             .Side = CS_INTERFACE_SERVER,
                                             .ProcedureCount = 1,
                                             .Id = ONE,
                                             .Name = "one" },
                                   .Procedures = of_one,
                                   .DefaultManagerEpv = &calls_of_one }; /* any */
static CS_SERVER_INTERFACE other = { .Head = { .Length = sizeof other,
                                               .StubAbi = CS_STUB_ABI,
                                               .Side = CS_INTERFACE_SERVER,
                                               .ProcedureCount = 1,
                                               .Id = OTHER,
                                               .Name = "other" },
                                     .Procedures = of_other,
                                     .DefaultManagerEpv = &calls_of_other };
static const CS_CLIENT_INTERFACE client_of_one = { { .Length = sizeof client_of_one,
                                                     .StubAbi = CS_STUB_ABI,
                                                     .Side = CS_INTERFACE_CLIENT,
                                                     .Id = ONE,
                                                     .Name = "one" } };
static const CS_CLIENT_INTERFACE client_of_other = { { .Length = sizeof client_of_other,
                                                       .StubAbi = CS_STUB_ABI,
                                                       .Side = CS_INTERFACE_CLIENT,
                                                       .Id = OTHER,
                                                       .Name = "other" } };

static int set_up(void **state)
{
    char keytab[512];

    (void)state;
    snprintf(keytab, sizeof keytab, "FILE:%s", unit_env("SERVICE_KEYTAB"));
    setenv("KRB5_KTNAME", keytab, 1);
    must("RpcServerUseProtseq", RpcServerUseProtseqA(text_of("ncacn_ip_tcp"), 64, NULL));
    must("RpcServerRegisterAuthInfo",
         RpcServerRegisterAuthInfoA(text_of(unit_env("SERVICE_SPN")), RPC_C_AUTHN_GSS_KERBEROS,
                                    NULL, NULL));
    must("RpcServerRegisterIf", RpcServerRegisterIf(&one, NULL, NULL));
    must("RpcServerRegisterIf", RpcServerRegisterIf(&other, NULL, NULL));
    must("RpcServerListen", RpcServerListen(1, 64, 1));
    return 0;
}

static unsigned port_of_server(void)
{
    RPC_BINDING_VECTOR *bindings = NULL;
    RPC_CSTR text = NULL, endpoint = NULL;
    unsigned n;

    must("RpcServerInqBindings", RpcServerInqBindings(&bindings));
    must("RpcBindingToStringBinding", RpcBindingToStringBindingA(bindings->BindingH[0], &text));
    must("RpcStringBindingParse", RpcStringBindingParseA(text, NULL, NULL, NULL, &endpoint, NULL));
    n = (unsigned)atoi((char *)endpoint);
    RpcStringFreeA(&endpoint);
    RpcStringFreeA(&text);
    RpcBindingVectorFree(&bindings);
    return n;
}

/* ---- in the middle ---- */

struct middle {
    uint8_t type; /* of the PDU to alter; RPC_REQUEST: none */
};

static size_t rest_of(const uint8_t *header)
{
    size_t n = (size_t)header[FRAG_LENGTH_AT] | (size_t)header[FRAG_LENGTH_AT + 1] << 8;

    return n - RPC_HEADER_SIZE;
}

static enum relay_verdict name_other(void *arg, struct relay_frame *f)
{
    const struct middle *m = arg;
    uint8_t *p = f->bytes.ptr;

    if (f->from_client && p[2] == m->type && m->type != RPC_REQUEST)
        p[UUID_AT] = OF_OTHER;
    return RELAY_PASS;
}

/* ---- calls ---- */

static RPC_BINDING_HANDLE binding_to(unsigned port, ULONG level)
{
    SEC_WINNT_AUTH_IDENTITY_A person = { .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI };
    RPC_BINDING_HANDLE b = NULL;
    char text[64];

    snprintf(text, sizeof text, "ncacn_ip_tcp:127.0.0.1[%u]", port);
    must("RpcBindingFromStringBinding", RpcBindingFromStringBindingA(text_of(text), &b));
    must("RpcBindingSetOption", RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, 1));
    person.User = text_of(unit_env("PERSON"));
    person.Domain = text_of(unit_env("REALM"));
    person.Password = text_of(unit_env("PERSON_PASSWORD"));
    person.UserLength = (ULONG)strlen((char *)person.User);
    person.DomainLength = (ULONG)strlen((char *)person.Domain);
    person.PasswordLength = (ULONG)strlen((char *)person.Password);
    must("RpcBindingSetAuthInfo",
         RpcBindingSetAuthInfoA(b, text_of(unit_env("SERVICE_SPN")), level,
                                RPC_C_AUTHN_GSS_KERBEROS, &person, RPC_C_AUTHZ_NONE));
    return b;
}

static RPC_STATUS call(RPC_BINDING_HANDLE b, const CS_CLIENT_INTERFACE *face)
{
    CS_CLIENT_CALL call;

    (void)CsClientBegin(&call, face, b, 0, 0);
    (void)CsClientSend(&call);
    return CsClientEnd(&call);
}

static RPC_STATUS call_through(const struct middle *m, ULONG level)
{
    static const struct relay_framing framing = { RPC_HEADER_SIZE, rest_of };
    const struct relay_how how = { .to_port = port_of_server(),
                                   .framing = &framing,
                                   .meddle = name_other,
                                   .arg = (void *)(uintptr_t)m };
    struct relay *relay = NULL;
    RPC_BINDING_HANDLE b;
    RPC_STATUS status;

    assert_int_equal(relay_new(&how, &relay), ERR_OK);
    b = binding_to(relay_port(relay), level);
    atomic_store(&calls_of_one, 0);
    atomic_store(&calls_of_other, 0);
    status = m->type == RPC_ALTER_CONTEXT ? call(b, &client_of_other) : RPC_S_OK;
    if (!status && m->type == RPC_ALTER_CONTEXT) { /* that one was meant for it */
        assert_int_equal(atomic_load(&calls_of_other), 1);
        atomic_store(&calls_of_other, 0);
    }
    if (!status)
        status = call(b, &client_of_one);
    if (!status)
        status = call(b, &client_of_one); /* which repeats nothing any more */
    must("RpcBindingFree", RpcBindingFree(&b));
    relay_free(relay);
    return status;
}

static void a_call_reaches_the_interface_it_is_meant_for(void **state)
{
    static const uint8_t altered[] = { RPC_REQUEST, RPC_BIND, RPC_ALTER_CONTEXT };
    ULONG level;
    size_t i;

    (void)state;
    for (level = RPC_C_AUTHN_LEVEL_PKT; level <= RPC_C_AUTHN_LEVEL_PKT_PRIVACY; level++) {
        for (i = 0; i < sizeof altered; i++) {
            const struct middle m = { .type = altered[i] };
            RPC_STATUS status = call_through(&m, level);

            if (altered[i] == RPC_REQUEST) {
                assert_int_equal(status, RPC_S_OK);
                assert_int_equal(atomic_load(&calls_of_one), 2);
            } else {
                assert_int_equal(status, RPC_S_ACCESS_DENIED);
                assert_int_equal(atomic_load(&calls_of_one), 0);
            }
            assert_int_equal(atomic_load(&calls_of_other), 0);
        }
    }
}

/* ---- a token that was not made for RPC ---- */

static void what_others_sent_is_no_proof(void **state)
{
    struct pair p;
    SecBuffer out = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc to = { SECBUFFER_VERSION, 1, &out };
    struct rpc_auth first = { .type = RPC_AUTH_KERBEROS, .level = RPC_LEVEL_CONNECT };
    struct rpc_security *s = NULL;
    struct buf answer = { 0 };
    enum rpc_leg leg;
    CtxtHandle context;
    ULONG flags = 0;

    (void)state;
    pair_begin(&p, MICROSOFT_KERBEROS_NAME_A, 0, 0);
    assert_int_equal(InitializeSecurityContextA(
                         &p.client.cred, NULL, (SEC_CHAR *)(uintptr_t)unit_env("SERVICE_SPN"),
                         ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_INTEGRITY, 0, SECURITY_NATIVE_DREP, NULL,
                         0, &context, &to, &flags, NULL),
                     SEC_E_OK);
    assert_int_equal(rpc_security_new_server(&p.server.cred, &first, 0, &s), ERR_OK);
    assert_int_equal(rpc_security_step(s, bytes_of(out.pvBuffer, out.cbBuffer), &answer, &leg),
                     ERR_NO_MUTUAL_AUTH);
    assert_false(s->done);
    buf_free(&answer);
    rpc_security_free(s);
    FreeContextBuffer(out.pvBuffer);
    DeleteSecurityContext(&context);
    pair_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_reaches_the_interface_it_is_meant_for),
        cmocka_unit_test(what_others_sent_is_no_proof),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
