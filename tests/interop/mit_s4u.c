/* SPDX-License-Identifier: Apache-2.0
 * mit_s4u.c - a service that acts for clients, by MIT's GSS-API and by ours, each before the
 * other's acceptor; with the accounts of domain/s4u_accounts.py, asked of the domain's controller.
 */
#include <countersign/windows.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include "base/alloc.h"
#include "lib/pair.h"
#include "lib/unit.h"

#define PASSWORD "Only-4-these-tests"
#define FLAGS (GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG)

static void accounts(const char *verb)
{
    char *command = mem_printf(
        "/usr/bin/python3 $COUNTERSIGN_SOURCE/tests/domain/s4u_accounts.py %s " PASSWORD, verb);

    if (system(command) != 0)
        fail_msg("%s", command);
    mem_free(command);
}

static int populate(void **state)
{
    (void)state;
    accounts("create");
    return 0;
}

static int depopulate(void **state)
{
    (void)state;
    accounts("delete");
    return 0;
}

static char *keytab_of(const char *account)
{
    return mem_printf("FILE:%s/%s.keytab", unit_env("DOMAIN_DIR"), account);
}

static char *qualified(const char *name)
{
    return mem_printf("%s@%s", name, unit_env("REALM"));
}

/* ---- MIT's ---- */

/* Ours is tried without MIT's configuration, and leaves the environment so. A service acts for its
 * clients with a ticket that may be forwarded. */
static void with_configuration(void)
{
    char *own = mem_printf("%s/forwardable.conf", unit_env("TEST_TMP"));
    char *both = mem_printf("%s:%s/krb5.conf", own, unit_env("DOMAIN_DIR"));
    FILE *f = fopen(own, "w");

    assert_non_null(f);
    assert_true(fputs("[libdefaults]\n    forwardable = true\n", f) >= 0);
    assert_int_equal(fclose(f), 0);
    setenv("KRB5_CONFIG", both, 1);
    mem_free(both);
    mem_free(own);
}

static void mit_ok(OM_uint32 major, OM_uint32 minor, const char *what)
{
    gss_buffer_desc text = { 0 };
    OM_uint32 ignored, more = 0;

    if (!GSS_ERROR(major))
        return;
    (void)gss_display_status(&ignored, minor, GSS_C_MECH_CODE, (gss_OID)gss_mech_krb5, &more,
                             &text);
    fail_msg("%s: 0x%08x: %.*s", what, major, (int)text.length, (char *)text.value);
}

static gss_name_t mit_name(const char *name)
{
    gss_buffer_desc text = { strlen(name), (void *)(uintptr_t)name };
    OM_uint32 major, minor;
    gss_name_t made = GSS_C_NO_NAME;

    major = gss_import_name(&minor, &text, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, &made);
    mit_ok(major, minor, name);
    return made;
}

/* The account's keys, to accept with and to log on with. */
static gss_cred_id_t mit_keys_of(const char *account, gss_cred_usage_t usage)
{
    gss_OID_set_desc krb5 = { 1, (gss_OID)gss_mech_krb5 };
    char *keytab = keytab_of(account), *cache = mem_printf("MEMORY:%s", account);
    gss_key_value_element_desc elements[] = { { "keytab", keytab },
                                              { "client_keytab", keytab },
                                              { "ccache", cache } };
    gss_key_value_set_desc store = { usage == GSS_C_ACCEPT ? 1 : 3, elements };
    char *full = qualified(account);
    gss_name_t name = mit_name(full);
    gss_cred_id_t made = GSS_C_NO_CREDENTIAL;
    OM_uint32 major, minor, ignored;

    major = gss_acquire_cred_from(&minor, usage == GSS_C_ACCEPT ? GSS_C_NO_NAME : name,
                                  GSS_C_INDEFINITE, &krb5, usage, &store, &made, NULL, NULL);
    mit_ok(major, minor, "gss_acquire_cred_from");
    (void)gss_release_name(&ignored, &name);
    mem_free(full);
    mem_free(cache);
    mem_free(keytab);
    return made;
}

static gss_cred_id_t mit_logs_on(gss_cred_id_t service, const char *client)
{
    gss_OID_set_desc krb5 = { 1, (gss_OID)gss_mech_krb5 };
    char *full = qualified(client);
    gss_name_t name = mit_name(full);
    gss_cred_id_t made = GSS_C_NO_CREDENTIAL;
    OM_uint32 major, minor, ignored;

    major = gss_acquire_cred_impersonate_name(&minor, service, name, GSS_C_INDEFINITE, &krb5,
                                              GSS_C_INITIATE, &made, NULL, NULL);
    mit_ok(major, minor, "gss_acquire_cred_impersonate_name");
    (void)gss_release_name(&ignored, &name);
    mem_free(full);
    return made;
}

static struct side acceptor(const char *account)
{
    CS_CREDENTIAL_OPTIONS o = pair_options("Negotiate", SECPKG_CRED_INBOUND);
    char *keytab = keytab_of(account);
    struct side s = { 0 };

    o.keytab = keytab;
    pair_acquire(&s, &o);
    mem_free(keytab);
    return s;
}

/* ---- MIT's service before our acceptor ---- */

static void named(struct side *server, const char *client, const char *service)
{
    char *want = qualified(client), *through = qualified(service);
    char **services = NULL, *is = NULL;
    HANDLE token = NULL;
    ULONG count = 0;

    pair_ok(QuerySecurityContextToken(&server->ctx, &token));
    pair_ok(CsTokenGetName(token, &is));
    assert_string_equal(is, want);
    pair_ok(CsTokenGetServices(token, &count, &services));
    assert_int_equal(count, 1);
    assert_string_equal(services[0], through);
    FreeContextBuffer(services);
    FreeContextBuffer(is);
    CloseHandle(token);
    mem_free(through);
    mem_free(want);
}

/* Ours, once both are done. */
static struct side mit_goes_to(gss_cred_id_t cred, const char *spn)
{
    struct side server = acceptor("s4u-back");
    char *full = qualified(spn);
    gss_name_t target = mit_name(full);
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_buffer_desc in = GSS_C_EMPTY_BUFFER, out = GSS_C_EMPTY_BUFFER;
    struct buf answer = { 0 };
    OM_uint32 major, minor, ignored;

    do {
        with_configuration();
        major = gss_init_sec_context(&minor, cred, &context, target, (gss_OID)gss_mech_krb5, FLAGS,
                                     0, GSS_C_NO_CHANNEL_BINDINGS, &in, NULL, &out, NULL, NULL);
        mit_ok(major, minor, "gss_init_sec_context");
        buf_free(&answer);
        if (out.length)
            (void)side_step(&server, bytes_of(out.value, out.length), &answer);
        in = (gss_buffer_desc){ answer.len, answer.ptr };
        (void)gss_release_buffer(&ignored, &out);
    } while (major == GSS_S_CONTINUE_NEEDED && answer.len);
    assert_int_equal(major, GSS_S_COMPLETE);
    assert_true(server.done);
    buf_free(&answer);
    (void)gss_delete_sec_context(&ignored, &context, NULL);
    (void)gss_release_name(&ignored, &target);
    mem_free(full);
    return server;
}

static void whom_mits_service_acts_for_ours_knows(void **state)
{
    gss_cred_id_t service, client;
    struct side server;
    OM_uint32 ignored;

    (void)state;
    with_configuration();
    service = mit_keys_of("s4u-front", GSS_C_BOTH);
    client = mit_logs_on(service, "s4u-user");
    server = mit_goes_to(client, "s4u/back");
    named(&server, "s4u-user", "s4u-front");
    side_end(&server);
    (void)gss_release_cred(&ignored, &client);
    (void)gss_release_cred(&ignored, &service);
}

/* ---- our service before MIT's acceptor ---- */

static CredHandle we_log_on(const char *service, const char *client)
{
    CS_CREDENTIAL_OPTIONS o = pair_options("Kerberos", SECPKG_CRED_INBOUND);
    char *keytab = keytab_of(service);
    CredHandle keys, made;

    o.keytab = keytab;
    pair_ok(CsAcquireCredentials(&o, &keys, NULL));
    pair_ok(CsLogonClient(&keys, client, 0, NULL, &made, NULL));
    FreeCredentialsHandle(&keys);
    mem_free(keytab);
    return made;
}

static void mit_names(gss_name_t name, const char *client)
{
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    char *want = qualified(client);
    OM_uint32 major, minor;

    major = gss_display_name(&minor, name, &text, NULL);
    mit_ok(major, minor, "gss_display_name");
    assert_int_equal(text.length, strlen(want));
    assert_memory_equal(text.value, want, text.length);
    (void)gss_release_buffer(&minor, &text);
    mem_free(want);
}

static void whom_our_service_acts_for_mits_knows(void **state)
{
    struct side client = { .cred = we_log_on("s4u-front", "s4u-user"),
                           .has_cred = true,
                           .initiator = true,
                           .target = "s4u/back",
                           .flags = ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY };
    gss_buffer_desc in, out = GSS_C_EMPTY_BUFFER;
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_name_t source = GSS_C_NO_NAME;
    struct buf token = { 0 }, none = { 0 };
    gss_cred_id_t keys;
    OM_uint32 major, minor;

    (void)state;
    (void)side_step(&client, bytes_of(NULL, 0), &token);
    assert_true(token.len > 0);
    with_configuration();
    keys = mit_keys_of("s4u-back", GSS_C_ACCEPT);
    in = (gss_buffer_desc){ token.len, token.ptr };
    major = gss_accept_sec_context(&minor, &context, keys, &in, GSS_C_NO_CHANNEL_BINDINGS, &source,
                                   NULL, &out, NULL, NULL, NULL);
    mit_ok(major, minor, "gss_accept_sec_context");
    assert_int_equal(major, GSS_S_COMPLETE);
    mit_names(source, "s4u-user");
    pair_ok(side_step(&client, bytes_of(out.value, out.length), &none));
    assert_true(client.done);
    buf_free(&token);
    buf_free(&none);
    side_end(&client);
    (void)gss_release_buffer(&minor, &out);
    (void)gss_release_name(&minor, &source);
    (void)gss_release_cred(&minor, &keys);
    (void)gss_delete_sec_context(&minor, &context, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whom_mits_service_acts_for_ours_knows),
        cmocka_unit_test(whom_our_service_acts_for_mits_knows),
    };

    return cmocka_run_group_tests(tests, populate, depopulate);
}
