/* SPDX-License-Identifier: Apache-2.0
 * test_kerberos.c - the Kerberos package in a real domain, with nothing of libkrb5's configured:
 * KRB5_CONFIG names no file, so realm and KDC come from what is asked for and from DNS.
 */
#include "kerberos/package.h"

#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "lib/unit.h"

#define EVERY                                                                                      \
    (CONTEXT_MUTUAL | CONTEXT_REPLAY | CONTEXT_SEQUENCE | CONTEXT_INTEGRITY |                      \
     CONTEXT_CONFIDENTIALITY)

static const struct package *const p = &kerberos_package;

static void *acquire(const struct acquire *a)
{
    void *c = NULL;

    detail_begin("acquire");
    if (p->acquire(a, NULL, &c))
        fail_msg("acquire: %s (%s)", detail_get()->text, detail_get()->remedy);
    return c;
}

static void *person(void)
{
    struct acquire a = { .use = CREDENTIAL_OUTBOUND,
                         .user = getenv("PERSON"),
                         .domain = getenv("REALM"),
                         .password = getenv("PERSON_PASSWORD") };

    return acquire(&a);
}

static void *keys(const char *keytab)
{
    struct acquire a = { .use = CREDENTIAL_INBOUND, .keytab = getenv(keytab) };

    return acquire(&a);
}

struct outcome {
    enum err initiator, acceptor;
    struct context_info client, service; /* valid until ended */
    void *a, *b;
};

static void begin(void *client, void *service, const char *target, uint32_t flags,
                  struct outcome *ret)
{
    struct leg_in in = { .target = target, .flags = flags }, back = { 0 };
    struct leg_out from_a = { 0 }, from_b = { 0 };

    *ret = (struct outcome){ 0 };
    detail_begin("exchange");
    while (!ret->initiator && !ret->acceptor && !(from_a.done && from_b.done)) {
        ret->initiator = p->initiate(&ret->a, client, &in, &from_a);
        buf_free(&from_b.token);
        back.token = buf_view(from_a.token);
        if (!ret->initiator && !from_b.done)
            ret->acceptor = p->accept(&ret->b, service, &back, &from_b);
        buf_free(&from_a.token);
        in.token = buf_view(from_b.token);
    }
    buf_free(&from_b.token);
    if (ret->a)
        p->context_query(ret->a, &ret->client);
    if (ret->b)
        p->context_query(ret->b, &ret->service);
}

static void end(struct outcome *o)
{
    p->context_free(o->a);
    p->context_free(o->b);
}

static void expect_ok(void *client, void *service, const char *target, uint32_t flags,
                      struct outcome *o)
{
    begin(client, service, target, flags, o);
    if (o->initiator || o->acceptor)
        fail_msg("%s: initiator: %s, acceptor: %s: %s (%s)", target, err_text(o->initiator),
                 err_text(o->acceptor), detail_get()->text, detail_get()->remedy);
}

static void a_person_and_a_service(void **state)
{
    void *client = person(), *service = keys("SERVICE_KEYTAB");
    char *name = mem_printf("%s@%s", getenv("PERSON"), getenv("REALM"));
    char *target = mem_printf("%s@%s", getenv("SERVICE_SPN"), getenv("REALM"));
    struct outcome o;

    (void)state;
    expect_ok(client, service, getenv("SERVICE_SPN"), EVERY, &o);
    assert_string_equal(o.client.client, name);
    assert_string_equal(o.service.client, name);
    assert_string_equal(o.service.target, target);
    assert_string_equal(o.client.server, target);
    assert_string_equal(o.service.authority, getenv("REALM"));
    assert_string_equal(o.service.encrypt_algorithm, "AES256-CTS-HMAC-SHA1-96");
    end(&o);
    expect_ok(client, service, target, EVERY | CONTEXT_DCE_STYLE, &o);
    end(&o);
    mem_free(name);
    mem_free(target);
    p->credential_free(client);
    p->credential_free(service);
}

static void every_way_to_name_a_person(void **state)
{
    void *service = keys("SERVICE_KEYTAB");
    char *upn = mem_printf("%s@%s", getenv("PERSON"), getenv("REALM"));
    char *down_level = mem_printf("%s\\%s", getenv("DOMAIN"), getenv("PERSON"));
    struct acquire a[] = {
        { .user = upn },
        { .user = upn, .domain = "" },
        { .user = down_level, .realm = getenv("REALM") },
        { .user = getenv("PERSON"), .domain = getenv("DOMAIN"), .realm = getenv("REALM") },
        { .user = getenv("PERSON"), .realm = getenv("REALM") }
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof a / sizeof a[0]; i++) {
        struct outcome o;
        void *client = NULL;

        a[i].use = CREDENTIAL_OUTBOUND;
        a[i].password = getenv("PERSON_PASSWORD");
        client = acquire(&a[i]);
        expect_ok(client, service, getenv("SERVICE_SPN"), EVERY, &o);
        assert_string_equal(o.service.client, upn);
        end(&o);
        p->credential_free(client);
    }
    mem_free(upn);
    mem_free(down_level);
    p->credential_free(service);
}

static void a_host_to_a_host(void **state)
{
    char *spn = mem_printf("host/%s", getenv("HOST_NAME"));
    struct acquire a = { .use = CREDENTIAL_OUTBOUND,
                         .user = getenv("HOST_ACCOUNT"),
                         .domain = getenv("REALM"),
                         .keytab = getenv("HOST_KEYTAB") };
    void *client = acquire(&a), *service = keys("HOST_KEYTAB");
    struct outcome o;

    (void)state;
    expect_ok(client, service, spn, EVERY, &o);
    end(&o);
    mem_free(spn);
    p->credential_free(client);
    p->credential_free(service);
}

static void another_accounts_key(void **state)
{
    void *client = person(), *wrong = keys("HOST_KEYTAB");
    struct outcome o;

    (void)state;
    begin(client, wrong, getenv("SERVICE_SPN"), EVERY, &o);
    assert_int_equal(o.acceptor, ERR_WRONG_PRINCIPAL);
    assert_non_null(strstr(detail_get()->text, unit_env("SERVICE_SPN")));
    end(&o);
    p->credential_free(client);
    p->credential_free(wrong);
}

static void what_the_domain_refuses(void **state)
{
    struct acquire a = { .use = CREDENTIAL_OUTBOUND,
                         .user = getenv("PERSON"),
                         .domain = getenv("REALM"),
                         .password = "wrong" };
    void *client = person(), *wrong = acquire(&a), *nobody = NULL;
    struct outcome o;

    (void)state;
    begin(client, NULL, "HTTP/nowhere.example", EVERY, &o);
    assert_int_equal(o.initiator, ERR_TARGET_UNKNOWN);
    assert_non_null(strstr(detail_get()->server, unit_env("DC_ADDRESS")));
    end(&o);
    begin(wrong, NULL, getenv("SERVICE_SPN"), EVERY, &o);
    assert_int_equal(o.initiator, ERR_LOGON_DENIED);
    end(&o);
    a.user = "nobody-of-that-name";
    nobody = acquire(&a);
    begin(nobody, NULL, getenv("SERVICE_SPN"), EVERY, &o);
    assert_int_equal(o.initiator, ERR_LOGON_DENIED);
    end(&o);
    p->credential_free(client);
    p->credential_free(wrong);
    p->credential_free(nobody);
}

static void samba_tool(const char *arguments)
{
    char *command = mem_printf("samba-tool %s >/dev/null", arguments);

    if (system(command) != 0)
        fail_msg("%s", command);
    mem_free(command);
}

/* The domain's administrator decides whom a client's ticket may be forwarded to. */
static void delegation_where_trusted(void **state)
{
    void *client = person(), *service = keys("SERVICE_KEYTAB"), *host = keys("HOST_KEYTAB");
    char *on = mem_printf("delegation for-any-service %s on", getenv("SERVICE_ACCOUNT"));
    char *off = mem_printf("delegation for-any-service %s off", getenv("SERVICE_ACCOUNT"));
    char *second = mem_printf("host/%s", getenv("HOST_NAME"));
    char *name = mem_printf("%s@%s", getenv("PERSON"), getenv("REALM"));
    void *delegated = NULL, *late = NULL;
    const struct package *who = NULL;
    struct outcome o, onward;

    (void)state;
    expect_ok(client, service, getenv("SERVICE_SPN"), EVERY | CONTEXT_DELEGATE, &o);
    assert_false(o.service.flags & CONTEXT_DELEGATE);
    assert_int_equal(p->delegated(o.b, &who, &delegated), ERR_OK); /* it may ask; nobody lets it */
    begin(delegated, host, second, EVERY, &onward);
    assert_int_equal(onward.initiator, ERR_DELEGATION);
    end(&onward);
    p->credential_free(delegated);
    end(&o);
    samba_tool(on);
    late = person(); /* the ticket says whom to trust */
    expect_ok(late, service, getenv("SERVICE_SPN"), EVERY | CONTEXT_DELEGATE | CONTEXT_DCE_STYLE,
              &o);
    samba_tool(off);
    assert_true(o.service.flags & CONTEXT_DELEGATE);
    assert_int_equal(p->delegated(o.b, &who, &delegated), ERR_OK);
    expect_ok(delegated, host, second, EVERY, &onward);
    assert_string_equal(onward.service.client, name);
    end(&onward);
    end(&o);
    mem_free(on);
    mem_free(off);
    mem_free(second);
    mem_free(name);
    p->credential_free(client);
    p->credential_free(service);
    p->credential_free(host);
    p->credential_free(delegated);
    p->credential_free(late);
}

/* Debian's own krb5.conf speaks of another realm and lets DNS decide; nothing of it matters. */
static void a_foreign_krb5_conf(void **state)
{
    static const char text[] = "[libdefaults]\n default_realm = ATHENA.MIT.EDU\n"
                               " dns_canonicalize_hostname = true\n rdns = true\n"
                               " dns_lookup_kdc = true\n dns_lookup_realm = true\n";
    char *path = mem_printf("%s/foreign.conf", getenv("TEST_TMP") ? getenv("TEST_TMP") : "/tmp");
    FILE *f = fopen(path, "w");
    time_t started = time(NULL);
    void *client = NULL, *service = NULL;
    struct outcome o;

    (void)state;
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, sizeof text - 1, f), sizeof text - 1);
    fclose(f);
    setenv("KRB5_CONFIG", path, 1);
    client = person();
    service = keys("SERVICE_KEYTAB");
    setenv("KRB5_CONFIG", "/nonexistent", 1);
    expect_ok(client, service, getenv("SERVICE_SPN"), EVERY, &o);
    assert_true(time(NULL) - started < 60);
    end(&o);
    unlink(path);
    mem_free(path);
    p->credential_free(client);
    p->credential_free(service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_and_a_service),  cmocka_unit_test(every_way_to_name_a_person),
        cmocka_unit_test(a_host_to_a_host),        cmocka_unit_test(another_accounts_key),
        cmocka_unit_test(what_the_domain_refuses), cmocka_unit_test(delegation_where_trusted),
        cmocka_unit_test(a_foreign_krb5_conf),
    };

    setenv("KRB5_CONFIG", "/nonexistent", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
