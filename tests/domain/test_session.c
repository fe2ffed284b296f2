/* SPDX-License-Identifier: Apache-2.0
 * test_session.c - LDAP over our own SSPI, against a real domain controller.
 */
#include "directory/search.h"

#include <arpa/inet.h>
#include <openldap.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/connect.h"
#include "directory/sasl.h"
#include "lib/unit.h"

static const char *env(const char *name)
{
    const char *value = getenv(name);

    if (!value)
        fail_msg("%s is not set: this test runs inside a domain", name);
    return value;
}

static struct session_options person(void)
{
    struct session_options o = { .user = env("PERSON"),
                                 .user_domain = env("REALM"),
                                 .password = env("PERSON_PASSWORD"),
                                 .domain = env("REALM") };

    return o;
}

static void opens(const struct session_options *o, struct session **ret)
{
    detail_begin("test");
    if (session_open(o, ret) != ERR_OK)
        fail_msg("%s: %s (%s)", detail_get()->phase, detail_get()->text,
                 detail_get()->library_text);
}

static void finds_a_server_by_dns_and_searches(void **state)
{
    static const char *const attrs[] = { "sAMAccountName", "objectSid", NULL };
    struct session_options o = person();
    struct search q = { .scope = SEARCH_SUBTREE,
                        .filter = "(sAMAccountName=alice)",
                        .attrs = attrs };
    struct entries found = { 0 };
    struct session *s = NULL;

    (void)state;
    opens(&o, &s);
    assert_string_equal(session_domain_dn(s), env("DOMAIN_DN"));
    assert_string_equal(session_forest_dn(s), env("DOMAIN_DN"));
    q.base = session_domain_dn(s);
    assert_int_equal(session_search(s, &q, &found), ERR_OK);
    assert_int_equal(found.count, 1);
    assert_string_equal(entry_text(&found.entry[0], "samaccountname"), "alice");
    assert_non_null(entry_attribute(&found.entry[0], "objectSid"));
    entries_free(&found);
    session_close(s);
}

/* Over 1,000 entries of schema come in pages and in packets larger than one read. */
static void takes_large_answers(void **state)
{
    static const char *const attrs[] = { "lDAPDisplayName", "description", "adminDescription",
                                         "schemaIDGUID", NULL };
    struct session_options o = person();
    struct search q = { .scope = SEARCH_SUBTREE,
                        .filter = "(objectClass=attributeSchema)",
                        .attrs = attrs };
    struct entries found = { 0 };
    struct session *s = NULL;
    char *base;

    (void)state;
    opens(&o, &s);
    base = mem_printf("CN=Schema,%s", session_config_dn(s));
    q.base = base;
    assert_int_equal(session_search(s, &q, &found), ERR_OK);
    assert_true(found.count > 1000);
    entries_free(&found);
    q.max = 10;
    assert_int_equal(session_search(s, &q, &found), ERR_TOO_LONG);
    assert_int_equal(found.count, 0);
    mem_free(base);
    session_close(s);
}

static void opens_the_global_catalog(void **state)
{
    static const char *const attrs[] = { "cn", NULL };
    struct session_options o = person();
    struct search q = {
        .base = "", .scope = SEARCH_SUBTREE, .filter = "(sAMAccountName=alice)", .attrs = attrs
    };
    struct entries found = { 0 };
    struct session *s = NULL, *catalog = NULL;

    (void)state;
    opens(&o, &s);
    if (session_catalog(s, &catalog) != ERR_OK)
        fail_msg("%s", detail_get()->text);
    assert_int_equal(session_search(catalog, &q, &found), ERR_OK);
    assert_int_equal(found.count, 1);
    entries_free(&found);
    session_close(s);
}

/* Whoever names a server needs no DNS for its catalog. */
static void opens_the_catalog_of_a_named_server(void **state)
{
    struct session_options o = person();
    struct session *s = NULL, *catalog = NULL;
    char dns[200], spn[300];
    enum err e;

    (void)state;
    snprintf(dns, sizeof dns, "%s", env("COUNTERSIGN_DNS"));
    snprintf(spn, sizeof spn, "ldap/%s", env("DC_NAME"));
    o.server = env("DC_ADDRESS");
    o.spn = spn;
    opens(&o, &s);
    setenv("COUNTERSIGN_DNS", "127.0.0.1:9", 1);
    detail_begin("test");
    e = session_catalog(s, &catalog);
    setenv("COUNTERSIGN_DNS", dns, 1);
    if (e)
        fail_msg("%s", detail_get()->text);
    assert_string_equal(session_host(catalog), env("DC_ADDRESS"));
    session_close(s);
}

static void takes_a_server_by_name_and_address(void **state)
{
    struct session_options o = person();
    struct session *s = NULL;

    (void)state;
    o.server = env("DC_NAME");
    opens(&o, &s);
    session_close(s);
    o.server = env("DC_ADDRESS"); /* whose name the domain's own records tell */
    opens(&o, &s);
    session_close(s);
}

static void binds_tls_to_the_authentication(void **state)
{
    char server[300];
    struct session_options o = person();
    struct session *s = NULL;

    (void)state;
    snprintf(server, sizeof server, "ldaps://%s", env("DC_NAME"));
    o.server = server;
    o.ca_file = env("LDAPTLS_CACERT");
    opens(&o, &s);
    assert_string_equal(session_domain_dn(s), env("DOMAIN_DN"));
    session_close(s);
    o.ca_file = NULL; /* the system's authorities do not know the private one */
    detail_begin("test");
    assert_int_not_equal(session_open(&o, &s), ERR_OK);
}

static void opens_as_the_host_with_a_keytab(void **state)
{
    struct session_options o = { .user = env("HOST_ACCOUNT"),
                                 .user_domain = env("REALM"),
                                 .keytab = env("HOST_KEYTAB"),
                                 .domain = env("REALM") };
    struct session *s = NULL;

    (void)state;
    opens(&o, &s);
    session_close(s);
}

static void refuses_a_server_that_is_someone_else(void **state)
{
    struct session_options o = person();
    struct session *s = NULL;

    (void)state;
    o.server = env("DC_ADDRESS");
    o.spn = env("SERVICE_SPN"); /* a ticket for another account: the server cannot open it */
    detail_begin("test");
    assert_int_not_equal(session_open(&o, &s), ERR_OK);
    o.spn = "ldap/nobody.example";
    detail_begin("test");
    assert_int_equal(session_open(&o, &s), ERR_TARGET_UNKNOWN);
}

static enum err binds(struct sasl *sasl, const char *host, uint16_t port)
{
    struct timeval wait = { .tv_sec = 1 };
    LDAP *ld = NULL;
    char spn[300];
    int fd = -1, version = LDAP_VERSION3;
    enum err e;

    snprintf(spn, sizeof spn, "ldap/%s", env("DC_NAME"));
    assert_int_equal(connect_tcp(host, port, 1000, &fd), ERR_OK);
    assert_int_equal(ldap_init_fd(fd, LDAP_PROTO_TCP, "ldap://x", &ld), 0);
    ldap_set_option(ld, LDAP_OPT_TIMEOUT, &wait);
    ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
    detail_begin("test");
    e = sasl_bind(sasl, ld, spn, bytes_of(NULL, 0), 1000);
    ldap_unbind_ext(ld, NULL, NULL);
    return e;
}

/* What was begun with a server that fell silent is not gone on with at the next. */
static void binds_after_a_server_that_fell_silent(void **state)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    int silent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct session_options o = person();
    struct sasl *sasl = NULL;

    (void)state;
    assert_int_equal(bind(silent, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(silent, 1), 0);
    assert_int_equal(getsockname(silent, (struct sockaddr *)&at, &len), 0);
    assert_int_equal(sasl_new(&o, &sasl), ERR_OK);
    assert_int_equal(binds(sasl, "127.0.0.1", ntohs(at.sin_port)), ERR_TIMEOUT);
    if (binds(sasl, env("DC_ADDRESS"), 389) != ERR_OK)
        fail_msg("%s", detail_get()->text);
    sasl_free(sasl);
    close(silent);
}

/* Every connection of this process to the directory, as if its server had reset it. */
static void break_connections(void)
{
    struct sockaddr_storage at;
    int fd;

    for (fd = 3; fd < 64; fd++) {
        socklen_t len = sizeof at;

        if (getpeername(fd, (struct sockaddr *)&at, &len) == 0)
            shutdown(fd, SHUT_RDWR);
    }
}

/* A write to such a connection would end a program by SIGPIPE. One that waited before waits still.
 */
static void a_broken_connection_is_an_error_and_no_signal(void **state)
{
    static const char *const attrs[] = { "objectSid", NULL };
    struct session_options o = person();
    struct search q = { .base = "", .filter = "(objectClass=*)", .attrs = attrs };
    struct entries found = { 0 };
    struct session *s = NULL;
    sigset_t pipe, before, waiting;

    (void)state;
    opens(&o, &s);
    break_connections();
    assert_int_equal(session_search(s, &q, &found), ERR_CONNECT);
    sigemptyset(&waiting);
    assert_int_equal(sigpending(&waiting), 0);
    assert_int_equal(sigismember(&waiting, SIGPIPE), 0);

    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &pipe, &before), 0);
    assert_int_equal(raise(SIGPIPE), 0);
    session_close(s);
    assert_int_equal(sigpending(&waiting), 0);
    assert_int_equal(sigismember(&waiting, SIGPIPE), 1);
    assert_int_equal(sigtimedwait(&pipe, NULL, &(struct timespec){ 0 }), SIGPIPE);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
}

static void says_why_it_cannot(void **state)
{
    struct session_options o = person();
    struct session *s = NULL;

    (void)state;
    o.password = "wrong";
    detail_begin("test");
    assert_int_equal(session_open(&o, &s), ERR_LOGON_DENIED);
    o = person();
    o.server = "127.0.0.1:1";
    o.spn = "ldap/x";
    detail_begin("test");
    assert_int_equal(session_open(&o, &s), ERR_CONNECT);
    o = person();
    o.domain = "nowhere.invalid";
    detail_begin("test");
    assert_int_equal(session_open(&o, &s), ERR_NO_AUTHORITY);
    assert_true(strlen(detail_get()->remedy) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_server_by_dns_and_searches),
        cmocka_unit_test(takes_large_answers),
        cmocka_unit_test(opens_the_global_catalog),
        cmocka_unit_test(opens_the_catalog_of_a_named_server),
        cmocka_unit_test(takes_a_server_by_name_and_address),
        cmocka_unit_test(binds_tls_to_the_authentication),
        cmocka_unit_test(opens_as_the_host_with_a_keytab),
        cmocka_unit_test(refuses_a_server_that_is_someone_else),
        cmocka_unit_test(binds_after_a_server_that_fell_silent),
        cmocka_unit_test(a_broken_connection_is_an_error_and_no_signal),
        cmocka_unit_test(says_why_it_cannot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
