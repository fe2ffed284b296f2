/* SPDX-License-Identifier: Apache-2.0
 * test_names_rpc.c - RPC servers published by name as an ordinary account that was granted only
 * what it needs, found, judged and bound to; against a real domain controller.
 */
#include <countersign/names.h>
#include <countersign/ntdsapi.h>
#include <pthread.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/change.h"
#include "lib/bound.h"
#include "lib/names_home.h"
#include "lib/places.h"
#include "names/ns_server.h"
#include "names/publish.h"
#include "rpc_try_home.h"

#define TRY_TYPE "0c5e3f8a-7d41-4f0e-a6b2-93d1f2a7c864,1.2"

static void learn_person(SEC_WINNT_AUTH_IDENTITY_A *id)
{
    const char *user = unit_env("PERSON"), *realm = unit_env("REALM"),
               *password = unit_env("PERSON_PASSWORD");

    *id = (SEC_WINNT_AUTH_IDENTITY_A){ .User = (UCHAR *)(uintptr_t)user,
                                       .UserLength = (ULONG)strlen(user),
                                       .Domain = (UCHAR *)(uintptr_t)realm,
                                       .DomainLength = (ULONG)strlen(realm),
                                       .Password = (UCHAR *)(uintptr_t)password,
                                       .PasswordLength = (ULONG)strlen(password),
                                       .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI };
}

static SEC_WINNT_AUTH_IDENTITY_A person;

static int raise_home(void **state)
{
    static struct names_home h;

    names_home_raise(&h, CS_NAMES_RPC, "nmrp");
    learn_person(&person);
    *state = &h;
    return try_start(state);
}

static int leave_home(void **state)
{
    names_home_leave(*state);
    return try_stop(state);
}

/* ---- services ---- */

static char live[100];
static const char *const live_address[] = { live };
static const char *const objects[] = { "11111111-2222-3333-4444-555555555555" };

static CS_NAME a_service(const char *name)
{
    CS_NAME s = { .size = sizeof s,
                  .kind = CS_NAMES_RPC,
                  .name = name,
                  .service_class = "nmrp",
                  .type = TRY_TYPE,
                  .addresses = live_address,
                  .address_count = 1,
                  .flags = CS_NAME_SPN_ELSEWHERE };

    snprintf(live, sizeof live, "ncacn_ip_tcp:127.0.0.1[%s]", try_port());
    return s;
}

struct seen {
    unsigned count, addresses, objects;
    char name[200], address[200], host[300], type[200], damage[400];
};

static BOOL note(void *arg, const CS_FOUND_NAME *f)
{
    struct seen *s = arg;

    s->count++;
    s->addresses += f->address_count;
    s->objects += f->object_count;
    snprintf(s->name, sizeof s->name, "%s", f->name);
    snprintf(s->host, sizeof s->host, "%s", f->dns_name);
    snprintf(s->type, sizeof s->type, "%s", f->type);
    if (*f->damage)
        snprintf(s->damage, sizeof s->damage, "%s", f->damage);
    if (f->address_count)
        snprintf(s->address, sizeof s->address, "%s", f->addresses[0]);
    return 1;
}

static struct seen look(struct names_home *h, const char *name)
{
    CS_NAME_QUERY q = { .size = sizeof q, .kinds = CS_NAMES_RPC | CS_NAMES_WINSOCK, .name = name };
    struct seen s = { 0 };

    expect(CsFindNames(h->client, &q, note, &s), ERROR_SUCCESS, "find");
    return s;
}

/* ---- published ---- */

static void an_ordinary_account_publishes_and_withdraws(void **state)
{
    struct names_home *h = *state;
    CS_NAME service = a_service(" a,b+c\"d\\e<f>g;h#i=j/k (*) \xc3\xa9 ");
    struct seen s;

    service.objects = objects;
    service.object_count = 1;
    expect(CsPublishName(h->svc, &service, NULL), ERROR_DS_NO_SUCH_OBJECT, "without its SPN");
    assert_int_equal(look(h, service.name).count, 0);
    publish(h, &service);
    publish(h, &service);
    s = look(h, service.name);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.addresses, 1);
    assert_int_equal(s.objects, 1);
    assert_string_equal(s.name, service.name);
    assert_string_equal(s.host, unit_env("HOST_NAME"));
    assert_string_equal(s.address, live);
    assert_string_equal(s.type, TRY_TYPE);
    withdraw(h, &service);
    expect(CsWithdrawName(h->svc, &service), ERROR_SUCCESS, "withdraw again");
    assert_int_equal(look(h, service.name).count, 0);
}

static void publishing_again_replaces_the_hosts_bindings_alone(void **state)
{
    static const char *const newer[] = { "ncacn_ip_tcp:127.0.0.1[2]", "ncacn_ip_tcp:127.0.0.1[3]" };
    struct names_home *h = *state;
    CS_NAME service = a_service("RpcAgain"), second = service;
    struct seen s;

    second.dns_name = "second.example.com";
    publish(h, &service);
    publish(h, &second);
    service.addresses = newer;
    service.address_count = 2;
    publish(h, &service);
    s = look(h, service.name);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.addresses, 3);
    withdraw(h, &service);
    s = look(h, service.name);
    assert_int_equal(s.count, 1);
    assert_string_equal(s.host, "second.example.com");
    withdraw(h, &second);
    assert_int_equal(look(h, service.name).count, 0);
}

static void add_damage(struct names_home *h, const char *name)
{
    struct bytes value = bytes_of_text("what is no binding");
    struct change c = { CHANGE_ADD, "rpcNsBindings", &value, 1 };
    struct ns_entry e = { 0 };
    struct session *s = session_as(unit_env("SERVICE_ACCOUNT"), unit_env("SERVICE_PASSWORD"));
    char *dn = names_home_dn(h, name);

    assert_int_equal(ns_entry_find(s, dn, &e), ERR_OK);
    assert_int_equal(session_modify(s, e.element[0].dn, &c, 1, false, false), ERR_OK);
    ns_entry_free(&e);
    session_close(s);
    mem_free(dn);
}

static void damage_is_told_and_what_is_sound_still_counts(void **state)
{
    struct names_home *h = *state;
    CS_NAME service = a_service("RpcDamaged");
    struct seen s;

    publish(h, &service);
    add_damage(h, service.name);
    s = look(h, service.name);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.addresses, 1);
    assert_string_equal(s.address, live);
    assert_non_null(strstr(s.damage, "rpcNsBindings"));
    expect(CsWithdrawName(h->svc, &service), ERROR_SUCCESS, "withdraw");
    /* the damaged value is not ours to take: with it the entry stays, and leads nowhere */
    s = look(h, service.name);
    assert_int_equal(s.addresses, 0);
    assert_int_equal(s.count, 1);
    withdraw(h, &service);
}

/* ---- bound to ---- */

static CS_NAME_BIND_OPTIONS a_way(const CS_TRUST *trust)
{
    CS_NAME_BIND_OPTIONS o = { .size = sizeof o,
                               .name = "RpcTry",
                               .if_spec = rpc_try_v1_2_c_ifspec,
                               .service_class = "nmrp",
                               .trust = trust,
                               .identity = &person,
                               .timeout_ms = 600000 };

    return o;
}

/* A program that hangs up on whoever comes. */
struct mute {
    pthread_t thread;
    uint16_t port;
    int fd;
    bool asked;
};

static void *hang_up(void *arg)
{
    struct mute *m = arg;
    int fd;

    while ((fd = accept4(m->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        m->asked = true;
        close(fd);
    }
    return NULL;
}

static void begin_mute(struct mute *m)
{
    m->fd = silent_port(&m->port);
    assert_int_equal(pthread_create(&m->thread, NULL, hang_up, m), 0);
}

/* Whether anybody came. */
static bool end_mute(struct mute *m)
{
    shutdown(m->fd, SHUT_RDWR);
    pthread_join(m->thread, NULL);
    close(m->fd);
    return m->asked;
}

static void of_two_instances_the_live_one_is_called(void **state)
{
    struct names_home *h = *state;
    CS_NAME service = a_service("RpcTry"), dead = service;
    CS_TRUST trust = { .account = unit_env("SERVICE_ACCOUNT") };
    CS_NAME_BIND_OPTIONS o = a_way(&trust);
    RPC_BINDING_HANDLE b = NULL;
    ULONG level = 0, service_number = 0;
    ULONG_PTR call = 1;
    UINT com = 0;
    RPC_CSTR spn = NULL, entry = NULL;
    char text[60], mute_text[60], name[200];
    struct mute mute = { 0 };
    const char *address[] = { text, "ncacn_ip_tcp:127.0.0.1[no_port]",
                              "ncacn_ip_tcp:127.0.0.1[1,no=option]", mute_text };

    begin_mute(&mute);
    snprintf(text, sizeof text, "ncacn_ip_tcp:127.0.0.1[%u]", dead_port());
    snprintf(mute_text, sizeof mute_text, "ncacn_ip_tcp:127.0.0.1[%u]", mute.port);
    dead.addresses = address;
    dead.address_count = 4;
    dead.dns_name = "dead.example.com";
    publish(h, &dead);
    publish(h, &service);
    expect(CsBindName(h->client, &o, &b), ERROR_SUCCESS, "bind");
    OK(RpcMgmtInqComTimeout(b, &com));
    assert_int_equal(com, RPC_C_BINDING_DEFAULT_TIMEOUT);
    OK(RpcBindingInqOption(b, RPC_C_OPT_CALL_TIMEOUT, &call));
    assert_int_equal(call, 0);
    RAISES(RPC_S_OK, assert_int_equal(TryAdd(b, 2, 3), 5));
    OK(RpcBindingInqAuthInfoA(b, &spn, &level, &service_number, NULL, NULL));
    assert_int_equal(level, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    assert_non_null(strstr((char *)spn, "/CN=RpcTry,CN=RpcServices,CN=System,"));
    RpcStringFreeA(&spn);
    OK(RpcNsBindingInqEntryNameA(b, RPC_C_NS_SYNTAX_DEFAULT, &entry));
    snprintf(name, sizeof name, "/.../%s/RpcTry", unit_env("REALM"));
    assert_int_equal(strcasecmp((char *)entry, name), 0);
    RpcStringFreeA(&entry);
    OK(RpcBindingFree(&b));
    withdraw(h, &service);
    dead.address_count = 1;
    publish(h, &dead);
    expect(CsBindName(h->client, &o, &b), RPC_S_SERVER_UNAVAILABLE, "the dead one alone");
    assert_null(b);
    assert_true(end_mute(&mute));
    withdraw(h, &dead);
}

/* Many silent servers take no longer than one. */
static void all_bindings_have_one_time(void **state)
{
    struct names_home *h = *state;
    CS_NAME service = a_service("RpcTry");
    CS_NAME_BIND_OPTIONS o = a_way(NULL);
    char text[NAME_ADDRESSES_MOST][60];
    const char *address[NAME_ADDRESSES_MOST];
    RPC_BINDING_HANDLE b = NULL;
    uint16_t port = 0;
    int fd = silent_port(&port), i;

    for (i = 0; i < NAME_ADDRESSES_MOST; i++) {
        snprintf(text[i], sizeof text[i], "ncacn_ip_tcp:127.0.1.%d[%u]", i + 1, port);
        address[i] = text[i];
    }
    service.addresses = address;
    service.address_count = NAME_ADDRESSES_MOST;
    publish(h, &service);
    o.timeout_ms = 1;
    expect(CsBindName(h->client, &o, &b), RPC_S_CALL_CANCELLED, "all of them silent");
    assert_non_null(strstr(detail_get()->tried, " of 64"));
    assert_null(b);
    close(fd);
    withdraw(h, &service);
}

/* What another account plants under the same interface, and a name that is another's now. */
static void what_is_not_trusted_is_not_called(void **state)
{
    struct names_home *h = *state;
    CS_NAME planted = a_service("RpcTry");
    CS_TRUST trust = { .account = unit_env("SERVICE_ACCOUNT") };
    CS_NAME_BIND_OPTIONS o = a_way(&trust);
    RPC_BINDING_HANDLE b = NULL;

    expect(CsBindName(h->client, &o, &b), ERROR_NOT_FOUND, "nothing there");
    planted.account = unit_env("OTHER");
    write_spn(h, DS_SPN_ADD_SPN_OP, h->other_dn, NULL, planted.name);
    expect(CsPublishName(h->other, &planted, NULL), ERROR_SUCCESS, "plant");
    expect(CsBindName(h->client, &o, &b), ERROR_TRUST_FAILURE, "planted");
    assert_non_null(strstr(detail_get()->text, "another account"));
    trust = (CS_TRUST){ .owner = unit_env("SERVICE_ACCOUNT") };
    expect(CsBindName(h->client, &o, &b), ERROR_TRUST_FAILURE, "planted, by its owner");
    /* the server has the service's key, not that of who published it: it cannot prove the name */
    o.trust = NULL;
    assert_int_not_equal(CsBindName(h->client, &o, &b), ERROR_SUCCESS);
    assert_null(b);
    expect(CsWithdrawName(h->other, &planted), ERROR_SUCCESS, "withdraw");
    write_spn(h, DS_SPN_DELETE_SPN_OP, h->other_dn, NULL, planted.name);
}

/* Who made an entry may rewrite what others put below it. */
static void an_entry_of_somebody_else_vouches_for_nothing(void **state)
{
    struct names_home *h = *state;
    CS_NAME squatted = a_service("RpcTry"), service = squatted;
    CS_TRUST trust = { .owner = "Domain Admins" };
    CS_NAME_BIND_OPTIONS o = a_way(&trust);
    RPC_BINDING_HANDLE b = NULL;

    squatted.account = unit_env("OTHER");
    squatted.dns_name = "squatter.example.com";
    write_spn(h, DS_SPN_ADD_SPN_OP, h->other_dn, squatted.dns_name, squatted.name);
    expect(CsPublishName(h->other, &squatted, NULL), ERROR_SUCCESS, "squat");
    service.account = unit_env("SERVICE_ACCOUNT");
    service.type = "0c5e3f8a-7d41-4f0e-a6b2-93d1f2a7c864,1.3"; /* an object of its own */
    write_spn(h, DS_SPN_ADD_SPN_OP, h->svc_dn, NULL, service.name);
    expect(CsPublishName(h->admin, &service, NULL), ERROR_SUCCESS, "publish below it");
    expect(CsBindName(h->client, &o, &b), ERROR_TRUST_FAILURE, "below another's entry");
    assert_null(b);
    trust = (CS_TRUST){ .account = unit_env("SERVICE_ACCOUNT") };
    expect(CsBindName(h->client, &o, &b), ERROR_SUCCESS, "by whom it proves to be");
    OK(RpcBindingFree(&b));
    expect(CsWithdrawName(h->admin, &service), ERROR_SUCCESS, "withdraw");
    expect(CsWithdrawName(h->other, &squatted), ERROR_SUCCESS, "withdraw");
    write_spn(h, DS_SPN_DELETE_SPN_OP, h->svc_dn, NULL, service.name);
    write_spn(h, DS_SPN_DELETE_SPN_OP, h->other_dn, squatted.dns_name, squatted.name);
}

static void wrong_parameters_are_refused(void **state)
{
    struct names_home *h = *state;
    CS_NAME service = a_service("RpcWrong");
    CS_NAME_BIND_OPTIONS o = a_way(NULL);
    RPC_BINDING_HANDLE b = NULL;

    service.type = "nonsense";
    expect(CsPublishName(h->svc, &service, NULL), ERROR_INVALID_PARAMETER, "type");
    service.type = TRY_TYPE;
    service.dns_name = "h.example.com.";
    expect(CsPublishName(h->svc, &service, NULL), ERROR_INVALID_PARAMETER, "host");
    service.dns_name = NULL;
    service.address_count = 0;
    expect(CsPublishName(h->svc, &service, NULL), ERROR_INVALID_PARAMETER, "no binding");
    o.if_spec = NULL;
    expect(CsBindName(h->client, &o, &b), ERROR_INVALID_PARAMETER, "no interface");
    o.size = 1;
    expect(CsBindName(h->client, &o, &b), ERROR_INVALID_PARAMETER, "size");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_account_publishes_and_withdraws),
        cmocka_unit_test(publishing_again_replaces_the_hosts_bindings_alone),
        cmocka_unit_test(damage_is_told_and_what_is_sound_still_counts),
        cmocka_unit_test(of_two_instances_the_live_one_is_called),
        cmocka_unit_test(all_bindings_have_one_time),
        cmocka_unit_test(what_is_not_trusted_is_not_called),
        cmocka_unit_test(an_entry_of_somebody_else_vouches_for_nothing),
        cmocka_unit_test(wrong_parameters_are_refused),
    };

    setenv("COUNTERSIGN_HOSTNAME", unit_env("HOST_NAME"), 1);
    return cmocka_run_group_tests(tests, raise_home, leave_home);
}
