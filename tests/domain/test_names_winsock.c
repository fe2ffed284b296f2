/* SPDX-License-Identifier: Apache-2.0
 * test_names_winsock.c - Winsock services published by name as an ordinary account that was granted
 * only what it needs, found, judged and connected to; against a real domain controller.
 */
#include <arpa/inet.h>
#include <countersign/names.h>
#include <countersign/ntdsapi.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/change.h"
#include "lib/acceptor.h"
#include "lib/bound.h"
#include "lib/names_home.h"
#include "lib/places.h"
#include "lib/unit.h"
#include "names/publish.h"

#define CONNECT "Connect"
#define CLASS_ID "5c1f0b52-6a0e-4d1b-9a53-7d6f0f3c9a11"

static CredHandle credential_of(const char *user, const char *password)
{
    SEC_WINNT_AUTH_IDENTITY_A id = { .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI };
    CredHandle cred;

    id.User = (UCHAR *)(uintptr_t)user;
    id.UserLength = (ULONG)strlen(user);
    id.Domain = (UCHAR *)(uintptr_t)unit_env("REALM");
    id.DomainLength = (ULONG)strlen(unit_env("REALM"));
    id.Password = (UCHAR *)(uintptr_t)password;
    id.PasswordLength = (ULONG)strlen(password);
    assert_int_equal(AcquireCredentialsHandleA(NULL, "Negotiate", SECPKG_CRED_OUTBOUND, NULL, &id,
                                               NULL, NULL, &cred, NULL),
                     SEC_E_OK);
    return cred;
}

static CredHandle person;

static int raise_home(void **state)
{
    static struct names_home h;

    names_home_raise(&h, CS_NAMES_WINSOCK, "nmsa");
    person = credential_of(unit_env("PERSON"), unit_env("PERSON_PASSWORD"));
    *state = &h;
    return 0;
}

static int leave_home(void **state)
{
    FreeCredentialsHandle(&person);
    names_home_leave(*state);
    return 0;
}

/* ---- services ---- */

static const char *const an_address[] = { "127.0.0.1:5001" };

static CS_NAME a_service(const char *name)
{
    CS_NAME s = { .size = sizeof s,
                  .kind = CS_NAMES_WINSOCK,
                  .name = name,
                  .service_class = "nmsa",
                  .type = CLASS_ID,
                  .comment = "of a test",
                  .addresses = an_address,
                  .address_count = 1,
                  .flags = CS_NAME_SPN_ELSEWHERE };

    return s;
}

struct seen {
    unsigned count, addresses, damaged;
    char name[200], damage[400], address[100], host[300], owner[200];
};

static BOOL note(void *arg, const CS_FOUND_NAME *f)
{
    struct seen *s = arg;

    s->count++;
    s->addresses += f->address_count;
    s->damaged += *f->damage != 0;
    snprintf(s->name, sizeof s->name, "%s", f->name);
    snprintf(s->host, sizeof s->host, "%s", f->dns_name);
    snprintf(s->owner, sizeof s->owner, "%s", f->owner ? f->owner : "");
    if (*f->damage)
        snprintf(s->damage, sizeof s->damage, "%s", f->damage);
    if (f->address_count)
        snprintf(s->address, sizeof s->address, "%s", f->addresses[0]);
    return 1;
}

static struct seen look(struct names_home *h, const char *name)
{
    CS_NAME_QUERY q = {
        .size = sizeof q, .kinds = CS_NAMES_WINSOCK, .name = name, .type = CLASS_ID
    };
    struct seen s = { 0 };

    expect(CsFindNames(h->client, &q, note, &s), ERROR_SUCCESS, "find");
    return s;
}

static DWORD spns_of(struct names_home *h, const char *name, const CS_TRUST *trust,
                     CS_FOUND_NAME ***found, DWORD *count)
{
    CS_NAME_QUERY q = {
        .size = sizeof q, .kinds = CS_NAMES_WINSOCK, .name = name, .type = CLASS_ID
    };

    return CsNameSpn(h->client, &q, "nmsa", trust, found, count);
}

/* ---- published ---- */

static void an_ordinary_account_publishes_and_withdraws(void **state)
{
    struct names_home *h = *state;
    CS_NAME service = a_service("Names, one");
    char **spn = NULL;
    struct seen s;

    expect(CsPublishName(h->svc, &service, NULL), ERROR_DS_NO_SUCH_OBJECT, "without its SPN");
    assert_non_null(strstr(detail_get()->remedy, "administrator"));
    assert_int_equal(look(h, service.name).count, 0);
    write_spn(h, DS_SPN_ADD_SPN_OP, h->svc_dn, NULL, service.name);
    expect(CsPublishName(h->svc, &service, &spn), ERROR_SUCCESS, "publish");
    assert_non_null(strstr(spn[0], "/CN=Names\\, one,CN=WinsockServices,CN=System,"));
    DsFreeSpnArrayA(1, spn);
    s = look(h, service.name);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.damaged, 0);
    assert_string_equal(s.name, service.name);
    assert_string_equal(s.host, unit_env("HOST_NAME"));
    assert_string_equal(s.address, "127.0.0.1:5001");
    expect(CsWithdrawName(h->svc, &service), ERROR_SUCCESS, "withdraw");
    expect(CsWithdrawName(h->svc, &service), ERROR_SUCCESS, "withdraw again");
    assert_int_equal(look(h, service.name).count, 0);
    write_spn(h, DS_SPN_DELETE_SPN_OP, h->svc_dn, NULL, service.name);
}

static void names_have_every_character_that_a_dn_escapes(void **state)
{
    struct names_home *h = *state;
    CS_NAME service = a_service(" a,b+c\"d\\e<f>g;h#i=j/k (*) \xc3\xa9 ");
    CS_FOUND_NAME **found = NULL;
    DWORD n = 0;

    publish(h, &service);
    assert_string_equal(look(h, service.name).name, service.name);
    expect(spns_of(h, service.name, NULL, &found, &n), ERROR_SUCCESS, "spn");
    assert_int_equal(n, 1);
    assert_string_equal(found[0]->name, service.name);
    CsFreeNames(found, n);
    withdraw(h, &service);
}

static void publishing_again_replaces_the_hosts_addresses_alone(void **state)
{
    static const char *const newer[] = { "127.0.0.1:5002", "[::1]:5002/udp" };
    struct names_home *h = *state;
    CS_NAME service = a_service("Again"), second = service;
    struct seen s;

    second.dns_name = "second.example.com";
    publish(h, &service);
    publish(h, &second);
    service.addresses = newer;
    service.address_count = 2;
    publish(h, &service);
    s = look(h, "Again");
    assert_int_equal(s.count, 2);
    assert_int_equal(s.addresses, 3);
    withdraw(h, &service);
    s = look(h, "Again");
    assert_int_equal(s.count, 1);
    assert_string_equal(s.host, "second.example.com");
    assert_string_equal(s.address, "127.0.0.1:5001");
    withdraw(h, &second);
    assert_int_equal(look(h, "Again").count, 0);
}

/* Its SPN is another account's: the entry that was there says what it said. */
static void what_fails_half_way_is_undone(void **state)
{
    static const char *const newer[] = { "127.0.0.1:5003" };
    struct names_home *h = *state;
    CS_NAME service = a_service("Half"), broken = service, foreign = service;
    static const char *const wrong[] = { "127.0.0.1:5003", "nonsense" };
    struct seen s;

    publish(h, &service);
    foreign.account = unit_env("OTHER");
    foreign.flags = 0;
    foreign.addresses = newer;
    expect(CsPublishName(h->admin, &foreign, NULL), ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST,
           "another account's SPN");
    broken.addresses = wrong;
    broken.address_count = 2;
    expect(CsPublishName(h->svc, &broken, NULL), ERROR_INVALID_PARAMETER, "no address");
    expect(CsPublishName(h->other, &service, NULL), ERROR_DS_NO_SUCH_OBJECT, "as another");
    s = look(h, "Half");
    assert_int_equal(s.addresses, 1);
    assert_string_equal(s.address, "127.0.0.1:5001");
    withdraw(h, &service);
}

/* ---- found and judged ---- */

static void what_another_account_plants_is_refused(void **state)
{
    struct names_home *h = *state;
    CS_NAME real = a_service("Real"), planted = a_service("Planted");
    CS_TRUST trust = { .account = unit_env("SERVICE_ACCOUNT") };
    CS_FOUND_NAME **found = NULL;
    DWORD n = 0;

    publish(h, &real);
    planted.account = unit_env("OTHER");
    write_spn(h, DS_SPN_ADD_SPN_OP, h->other_dn, NULL, "Planted");
    expect(CsPublishName(h->other, &planted, NULL), ERROR_SUCCESS, "plant");
    assert_int_equal(look(h, NULL).count, 2);
    expect(spns_of(h, NULL, NULL, &found, &n), ERROR_DS_NAME_ERROR_NOT_UNIQUE, "two accounts");
    assert_non_null(strstr(detail_get()->text, "Planted"));
    expect(spns_of(h, "Planted", &trust, &found, &n), ERROR_TRUST_FAILURE, "the planted one");
    expect(spns_of(h, NULL, &trust, &found, &n), ERROR_SUCCESS, "the real one");
    assert_int_equal(n, 1);
    assert_string_equal(found[0]->name, "Real");
    assert_non_null(strcasestr(found[0]->account, h->svc_dn));
    CsFreeNames(found, n);
    trust = (CS_TRUST){ .owner = unit_env("SERVICE_ACCOUNT") };
    expect(spns_of(h, NULL, &trust, &found, &n), ERROR_SUCCESS, "by its owner");
    assert_int_equal(n, 1);
    assert_string_equal(found[0]->name, "Real");
    CsFreeNames(found, n);
    /* and the entry whose name nobody holds */
    write_spn(h, DS_SPN_DELETE_SPN_OP, h->other_dn, NULL, "Planted");
    expect(spns_of(h, "Planted", NULL, &found, &n), ERROR_TRUST_FAILURE, "nobody's");
    assert_non_null(strstr(detail_get()->text, "no account holds its name"));
    expect(CsWithdrawName(h->other, &planted), ERROR_SUCCESS, "withdraw");
    withdraw(h, &real);
    expect(spns_of(h, "Real", NULL, &found, &n), ERROR_NOT_FOUND, "gone");
}

static void damage(struct names_home *h, const char *name)
{
    struct bytes value = bytes_of_text("what is no address");
    struct change c = { CHANGE_ADD, "winsockAddresses", &value, 1 };
    struct session *s = session_as(unit_env("SERVICE_ACCOUNT"), unit_env("SERVICE_PASSWORD"));
    char *dn = names_home_dn(h, name);

    assert_int_equal(session_modify(s, dn, &c, 1, false, false), ERR_OK);
    session_close(s);
    mem_free(dn);
}

static void damage_is_told_and_what_is_sound_still_counts(void **state)
{
    struct names_home *h = *state;
    CS_NAME service = a_service("Damaged");
    CS_FOUND_NAME **found = NULL;
    DWORD n = 0;
    struct seen s;

    publish(h, &service);
    damage(h, "Damaged");
    s = look(h, "Damaged");
    assert_int_equal(s.count, 1);
    assert_int_equal(s.addresses, 1);
    assert_int_equal(s.damaged, 1);
    assert_non_null(strstr(s.damage, "winsockAddresses"));
    expect(spns_of(h, "Damaged", NULL, &found, &n), ERROR_SUCCESS, "the sound address");
    assert_int_equal(found[0]->address_count, 1);
    CsFreeNames(found, n);
    expect(CsWithdrawName(h->svc, &service), ERROR_SUCCESS, "withdraw");
    /* the damaged value is not ours to take: with it the entry stays, and leads nowhere */
    s = look(h, "Damaged");
    assert_int_equal(s.count, 1);
    assert_int_equal(s.addresses, 0);
    assert_string_equal(s.host, "");
    expect(spns_of(h, "Damaged", NULL, &found, &n), ERROR_TRUST_FAILURE, "damage alone");
    assert_non_null(strstr(detail_get()->text, "winsockAddresses"));
    withdraw(h, &service);
}

/* ---- connected to ---- */

static CS_NAME_CONNECT_OPTIONS a_way(const CS_TRUST *trust)
{
    CS_NAME_CONNECT_OPTIONS o = { .size = sizeof o,
                                  .name = CONNECT,
                                  .type = CLASS_ID,
                                  .service_class = "nmsa",
                                  .trust = trust,
                                  .credential = &person,
                                  .timeout_ms = 600000 };

    return o;
}

static void of_two_instances_the_live_one_is_reached(void **state)
{
    struct names_home *h = *state;
    CS_NAME live = a_service(CONNECT), dead = live;
    CS_TRUST trust = { .account = unit_env("SERVICE_ACCOUNT") };
    CS_NAME_CONNECT_OPTIONS o = a_way(&trust);
    struct acceptor a = { .keytab = unit_env("SERVICE_KEYTAB") };
    SecPkgContext_NativeNamesA names = { 0 };
    char live_text[40], dead_text[40];
    const char *live_address[] = { live_text },
               *dead_address[] = { "127.0.0.1:9/udp", dead_text, "127.0.0.2:9/udp" };
    CS_CONNECTION *c = NULL;

    acceptor_listen(&a);
    snprintf(live_text, sizeof live_text, "127.0.0.1:%u", a.port);
    snprintf(dead_text, sizeof dead_text, "127.0.0.1:%u", dead_port());
    live.addresses = live_address;
    dead.addresses = dead_address;
    dead.address_count = 3;
    dead.dns_name = "dead.example.com";
    publish(h, &dead);
    publish(h, &live);
    expect(CsConnectName(h->client, &o, &c), ERROR_SUCCESS, "connect");
    assert_string_equal(c->service->dns_name, unit_env("HOST_NAME"));
    assert_string_equal(c->service->bindings[0], live_text);
    assert_int_equal(QueryContextAttributesA(&c->context, SECPKG_ATTR_NATIVE_NAMES, &names),
                     SEC_E_OK);
    assert_int_equal(strncmp(names.sServerName, c->service->spn, strlen(c->service->spn)), 0);
    assert_non_null(strstr(names.sServerName, "/CN=Connect,CN=WinsockServices,CN=System,"));
    FreeContextBuffer(names.sServerName);
    FreeContextBuffer(names.sClientName);
    acceptor_end(&a);
    assert_int_equal(a.status, SEC_E_OK);
    CsCloseConnection(c);
    /* both dead */
    expect(CsConnectName(h->client, &o, &c), ERROR_CONNECTION_REFUSED, "both dead");
    withdraw(h, &live);
    expect(CsConnectName(h->client, &o, &c), ERROR_CONNECTION_REFUSED,
           "what is not TCP says nothing");
    dead.address_count = 1;
    expect(CsPublishName(h->svc, &dead, NULL), ERROR_SUCCESS, "publish again");
    expect(CsConnectName(h->client, &o, &c), ERROR_NOT_FOUND, "not TCP");
    assert_non_null(strstr(detail_get()->text, "no address of TCP"));
    withdraw(h, &dead);
}

/* At the published address sits a service with another account's key. */
static void an_impostor_at_the_address_fails(void **state)
{
    struct names_home *h = *state;
    CS_NAME service = a_service(CONNECT);
    CS_NAME_CONNECT_OPTIONS o = a_way(NULL);
    struct acceptor a = { .keytab = unit_env("HOST_KEYTAB") };
    char text[40];
    const char *address[] = { text };
    CS_CONNECTION *c = NULL;
    DWORD code;

    acceptor_listen(&a);
    snprintf(text, sizeof text, "127.0.0.1:%u", a.port);
    service.addresses = address;
    publish(h, &service);
    code = CsConnectName(h->client, &o, &c);
    assert_int_not_equal(code, ERROR_SUCCESS);
    assert_int_not_equal(code, ERROR_CONNECTION_REFUSED);
    assert_null(c);
    acceptor_end(&a);
    assert_int_not_equal(a.status, SEC_E_OK);
    withdraw(h, &service);
}

/* Passes tokens on as usual, and has the name moved before the first. */
struct mover {
    struct names_home *home;
    bool moved;
};

static int send_token(void *arg, int fd, const void *token, DWORD length)
{
    struct mover *m = arg;
    uint32_t head = htonl(length);

    if (!m->moved) {
        write_spn(m->home, DS_SPN_DELETE_SPN_OP, m->home->svc_dn, NULL, CONNECT);
        write_spn(m->home, DS_SPN_ADD_SPN_OP, m->home->other_dn, NULL, CONNECT);
        m->moved = true;
    }
    return send(fd, &head, 4, MSG_NOSIGNAL) == 4 &&
                   send(fd, token, length, MSG_NOSIGNAL) == (ssize_t)length
               ? 0
               : EPIPE;
}

static int receive_token(void *arg, int fd, void *token, DWORD *length)
{
    uint32_t head = 0;

    (void)arg;
    if (recv(fd, &head, 4, MSG_WAITALL) != 4 || ntohl(head) > *length)
        return EPIPE;
    *length = ntohl(head);
    return recv(fd, token, *length, MSG_WAITALL) == (ssize_t)*length ? 0 : EPIPE;
}

static void a_name_that_moves_during_the_handshake_is_noticed(void **state)
{
    struct names_home *h = *state;
    CS_NAME service = a_service(CONNECT);
    CS_NAME_CONNECT_OPTIONS o = a_way(NULL);
    struct acceptor a = { .keytab = unit_env("SERVICE_KEYTAB") };
    struct mover m = { h, false };
    CS_TOKEN_EXCHANGE exchange = { send_token, receive_token, &m };
    char text[40];
    const char *address[] = { text };
    CS_CONNECTION *c = NULL;

    o.exchange = &exchange;
    acceptor_listen(&a);
    snprintf(text, sizeof text, "127.0.0.1:%u", a.port);
    service.addresses = address;
    publish(h, &service);
    expect(CsConnectName(h->client, &o, &c), ERROR_TRUST_FAILURE, "connect");
    assert_non_null(strstr(detail_get()->text, "passed to another account"));
    assert_true(m.moved);
    acceptor_end(&a);
    write_spn(h, DS_SPN_DELETE_SPN_OP, h->other_dn, NULL, CONNECT);
    withdraw(h, &service);
}

/* Hangs up on whoever it is connected to, and keeps how long it might have waited. */
struct waits {
    unsigned count;
    int64_t ms[NAME_ADDRESSES_MOST];
    bool lasts; /* a moment passes each time */
};

static int give_up(void *arg, int fd, const void *token, DWORD length)
{
    struct waits *w = arg;
    struct timeval given = { 0 };
    socklen_t len = sizeof given;

    (void)token;
    (void)length;
    assert_true(w->count < NAME_ADDRESSES_MOST);
    assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &given, &len), 0);
    w->ms[w->count++] = (int64_t)given.tv_sec * 1000 + given.tv_usec / 1000;
    if (w->lasts)
        usleep(2000);
    return ETIMEDOUT;
}

/* Many silent addresses take no longer than one. */
static void all_addresses_have_one_time(void **state)
{
    enum { TIME = 600000 * NAME_ADDRESSES_MOST, TICK = 100 /* the kernel's, at most */ };
    struct names_home *h = *state;
    CS_NAME service = a_service(CONNECT);
    CS_NAME_CONNECT_OPTIONS o = a_way(NULL);
    struct waits w = { 0 };
    CS_TOKEN_EXCHANGE exchange = { give_up, receive_token, &w };
    char text[NAME_ADDRESSES_MOST][40];
    const char *address[NAME_ADDRESSES_MOST];
    CS_CONNECTION *c = NULL;
    uint16_t port = 0;
    int fd = silent_port(&port), i;

    for (i = 0; i < NAME_ADDRESSES_MOST; i++) {
        snprintf(text[i], sizeof text[i], "127.0.1.%d:%u", i + 1, port);
        address[i] = text[i];
    }
    service.addresses = address;
    service.address_count = NAME_ADDRESSES_MOST;
    publish(h, &service);
    o.timeout_ms = TIME;
    o.exchange = &exchange;
    expect(CsConnectName(h->client, &o, &c), ERROR_TIMEOUT, "all of them silent");
    assert_int_equal(w.count, NAME_ADDRESSES_MOST);
    for (i = 0; i < NAME_ADDRESSES_MOST; i++)
        assert_in_range(w.ms[i], 1, TIME / (NAME_ADDRESSES_MOST - i) + TICK);
    w = (struct waits){ .lasts = true };
    o.timeout_ms = 1;
    expect(CsConnectName(h->client, &o, &c), ERROR_TIMEOUT, "in no time");
    assert_non_null(strstr(detail_get()->tried, " of 64"));
    assert_in_range(w.count, 0, 1);
    assert_null(c);
    close(fd);
    withdraw(h, &service);
}

static void wrong_parameters_are_refused(void **state)
{
    struct names_home *h = *state;
    CS_NAME service = a_service("Wrong");
    CS_NAME_CONNECT_OPTIONS o = a_way(NULL);
    CS_NAME_QUERY q = { .size = sizeof q, .kinds = CS_NAMES_WINSOCK, .type = "nonsense" };
    CS_FOUND_NAME **found = NULL;
    CS_CONNECTION *c = NULL;
    struct seen s = { 0 };
    DWORD n = 0;

    service.size--;
    expect(CsPublishName(h->svc, &service, NULL), ERROR_INVALID_PARAMETER, "size");
    service.size++;
    service.kind = 0;
    expect(CsPublishName(h->svc, &service, NULL), ERROR_INVALID_PARAMETER, "kind");
    service.kind = CS_NAMES_WINSOCK;
    service.name = "a name of more than the sixty-four characters that a directory has room for";
    expect(CsPublishName(h->svc, &service, NULL), ERROR_INVALID_PARAMETER, "a long name");
    assert_non_null(strstr(detail_get()->remedy, "64"));
    service.name = "Wrong";
    service.dns_name = "-h.example.com";
    expect(CsPublishName(h->svc, &service, NULL), ERROR_INVALID_PARAMETER, "host");
    assert_non_null(strstr(detail_get()->text, "-h.example.com"));
    service.dns_name = NULL;
    service.flags = 2;
    expect(CsWithdrawName(h->svc, &service), ERROR_INVALID_PARAMETER, "flags");
    expect(CsFindNames(h->client, &q, note, &s), ERROR_INVALID_PARAMETER, "type");
    q.type = NULL;
    expect(CsFindNames(h->client, &q, NULL, &s), ERROR_INVALID_PARAMETER, "callback");
    expect(CsNameSpn(h->client, &q, "", NULL, &found, &n), ERROR_INVALID_PARAMETER, "class");
    q.kinds = 16;
    expect(CsFindNames(h->client, &q, note, &s), ERROR_INVALID_PARAMETER, "kinds");
    o.name = NULL;
    expect(CsConnectName(h->client, &o, &c), ERROR_INVALID_PARAMETER, "name");
    o.size = 1;
    expect(CsConnectName(h->client, &o, &c), ERROR_INVALID_PARAMETER, "size");
    CsFreeNames(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_account_publishes_and_withdraws),
        cmocka_unit_test(names_have_every_character_that_a_dn_escapes),
        cmocka_unit_test(publishing_again_replaces_the_hosts_addresses_alone),
        cmocka_unit_test(what_fails_half_way_is_undone),
        cmocka_unit_test(what_another_account_plants_is_refused),
        cmocka_unit_test(damage_is_told_and_what_is_sound_still_counts),
        cmocka_unit_test(of_two_instances_the_live_one_is_reached),
        cmocka_unit_test(an_impostor_at_the_address_fails),
        cmocka_unit_test(a_name_that_moves_during_the_handshake_is_noticed),
        cmocka_unit_test(all_addresses_have_one_time),
        cmocka_unit_test(wrong_parameters_are_refused),
    };

    setenv("COUNTERSIGN_HOSTNAME", unit_env("HOST_NAME"), 1);
    return cmocka_run_group_tests(tests, raise_home, leave_home);
}
