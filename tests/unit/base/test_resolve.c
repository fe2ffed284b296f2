/* SPDX-License-Identifier: Apache-2.0
 * Against a name server of our own in a thread, on IPv4 and IPv6 loopback.
 */
#include "base/resolve.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "base/detail.h"
#include "base/dns.h"
#include "lib/unit.h"

struct server {
    int fd;
    pthread_t thread;
    bool silent;
};

/* Answers SRV with three records out of order, A with 192.0.2.7, AAAA with none; other names than
 * those of "realm.example" do not exist. */
static void answer(struct writer *w, const char *name, uint16_t type, struct bytes question,
                   uint16_t id)
{
    static const struct {
        uint16_t priority, weight;
        const char *host;
    } records[] = { { 20, 0, "c.realm.example" },
                    { 10, 0, "b.realm.example" },
                    { 10, 65535, "a.realm.example" } };
    bool known = strstr(name, "realm.example") != NULL;
    size_t count = !known ? 0 : type == DNS_SRV ? 3 : type == DNS_A ? 1 : 0;
    size_t i;

    writer_be16(w, id);
    writer_be16(w, known ? 0x8580 : 0x8583);
    writer_be16(w, 1);
    writer_be16(w, (uint16_t)count);
    writer_zero(w, 4);
    writer_bytes(w, question);
    for (i = 0; i < count; i++) {
        writer_be16(w, 0xc00c);
        writer_be16(w, type);
        writer_be16(w, 1);
        writer_be32(w, 60);
        if (type == DNS_A) {
            writer_be16(w, 4);
            writer_be32(w, 0xc0000207);
            continue;
        }
        writer_be16(w, (uint16_t)(6 + strlen(records[i].host) + 2));
        writer_be16(w, records[i].priority);
        writer_be16(w, records[i].weight);
        writer_be16(w, 389);
        dns_name_write(w, records[i].host);
    }
}

static void *serve(void *arg)
{
    struct server *s = arg;
    uint8_t in[512];

    for (;;) {
        struct sockaddr_storage from;
        socklen_t from_len = sizeof from;
        ssize_t n = recvfrom(s->fd, in, sizeof in, 0, (struct sockaddr *)&from, &from_len);
        struct bytes message = bytes_of(in, n > 0 ? (size_t)n : 0);
        struct reader r = reader_over(message);
        struct writer w = writer_new(1500);
        char name[DNS_NAME];
        uint16_t id, type;

        if (n <= 1) /* one byte from stop() ends the thread */
            return NULL;
        id = reader_be16(&r);
        reader_take(&r, 10);
        dns_name_read(&r, message, name);
        type = reader_be16(&r);
        reader_take(&r, 2);
        answer(&w, name, type, bytes_of(in + 12, r.pos - 12), id);
        if (!s->silent)
            sendto(s->fd, w.ptr, w.len, 0, (struct sockaddr *)&from, from_len);
        writer_done(&w);
    }
}

static void start(struct server *s, const char *host, bool silent)
{
    struct resolve_address at[RESOLVE_MAX];
    char text[64];
    size_t n = 0;

    assert_int_equal(resolve_host(host, 0, at, &n), ERR_OK);
    s->silent = silent;
    s->fd = socket(at->addr.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at->addr, at->len), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at->addr, &at->len), 0);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
    resolve_address_format(at, text, sizeof text);
    setenv("COUNTERSIGN_DNS", text, 1);
}

static void stop(struct server *s)
{
    struct sockaddr_storage self;
    socklen_t len = sizeof self;

    getsockname(s->fd, (struct sockaddr *)&self, &len);
    sendto(s->fd, "", 1, 0, (struct sockaddr *)&self, len);
    pthread_join(s->thread, NULL);
    close(s->fd);
    unsetenv("COUNTERSIGN_DNS");
}

static void asks_the_servers_named(void **state)
{
    static const char *const hosts[] = { "127.0.0.1", "::1" };
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct resolve_address at[RESOLVE_MAX];
        struct resolve_srv srv[RESOLVE_MAX];
        struct server s;
        char text[64];
        size_t n = 0;

        start(&s, hosts[i], false);
        assert_int_equal(resolve_host("dc.realm.example", 88, at, &n), ERR_OK);
        assert_int_equal(n, 1);
        resolve_address_format(&at[0], text, sizeof text);
        assert_string_equal(text, "192.0.2.7:88");
        assert_int_equal(resolve_service("_ldap._tcp.realm.example", srv, &n), ERR_OK);
        assert_int_equal(n, 3);
        assert_string_equal(srv[2].host, "c.realm.example");
        assert_int_equal(srv[0].priority, 10);
        assert_int_equal(srv[0].port, 389);
        assert_int_equal(resolve_host("dc.elsewhere.example", 88, at, &n), ERR_NOT_FOUND);
        assert_int_equal(resolve_service("_ldap._tcp.elsewhere.example", srv, &n), ERR_NOT_FOUND);
        stop(&s);
    }
}

static void prefers_by_weight_within_a_priority(void **state)
{
    struct resolve_srv srv[RESOLVE_MAX];
    struct server s;
    int heavy = 0;
    size_t n = 0;
    int i;

    (void)state;
    start(&s, "127.0.0.1", false);
    for (i = 0; i < 50; i++) {
        assert_int_equal(resolve_service("_ldap._tcp.realm.example", srv, &n), ERR_OK);
        heavy += strcmp(srv[0].host, "a.realm.example") == 0;
    }
    assert_true(heavy >= 48); /* 65535 to 1; three losses in fifty do not happen by chance */
    stop(&s);
}

static void a_silent_server_costs_three_seconds(void **state)
{
    struct resolve_address at[RESOLVE_MAX];
    struct timespec before, after;
    struct server s;
    size_t n = 0;

    (void)state;
    start(&s, "127.0.0.1", true);
    clock_gettime(CLOCK_MONOTONIC, &before);
    detail_begin("test");
    assert_int_equal(resolve_host("dc.realm.example", 88, at, &n), ERR_TIMEOUT);
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_in_range(after.tv_sec - before.tv_sec, 2, 60);
    assert_non_null(strstr(detail_get()->server, "127.0.0.1:"));
    stop(&s);
}

static void a_numeric_address_asks_nobody(void **state)
{
    struct resolve_address at[RESOLVE_MAX];
    char text[64];
    size_t n = 0;

    (void)state;
    setenv("COUNTERSIGN_DNS", "not understood", 1);
    assert_int_equal(resolve_host("2001:db8::1", 389, at, &n), ERR_OK);
    resolve_address_format(&at[0], text, sizeof text);
    assert_string_equal(text, "[2001:db8::1]:389");
    unsetenv("COUNTERSIGN_DNS");
}

static void refuses_a_list_it_does_not_understand(void **state)
{
    static const char *const lists[] = {
        "dc.example",    "127.0.0.1:",
        "127.0.0.1:0",   "127.0.0.1:65536",
        "127.0.0.1:53x", "[::1",
        "[127.0.0.1]",   "[::1]53",
        "127.0.0.1,",    ",127.0.0.1",
        " 127.0.0.1",    "127.0.0.1 127.0.0.2",
        "127.0.0.1:+53", "127.0.0.1:000053",
        "127.1",         "127.0.0.1,[::1],[::2],[::3]",
        "::1",           "::1%nointerface0",
        "[::1]:53:53",
    };
    struct resolve_address at[RESOLVE_MAX];
    struct resolve_srv srv[RESOLVE_MAX];
    size_t i, n;

    (void)state;
    for (i = 0; i < sizeof lists / sizeof *lists; i++) {
        setenv("COUNTERSIGN_DNS", lists[i], 1);
        if (resolve_host("dc.example", 88, at, &n) != ERR_INVALID_PARAMETER ||
            resolve_service("_ldap._tcp.example", srv, &n) != ERR_INVALID_PARAMETER)
            fail_msg("\"%s\" was accepted", lists[i]);
    }
    unsetenv("COUNTERSIGN_DNS");
}

static void localhost_stays_on_the_machine(void **state)
{
    struct resolve_address at[RESOLVE_MAX];
    size_t n = 0;

    (void)state;
    setenv("COUNTERSIGN_DNS", "127.0.0.1:1", 1);
    assert_int_equal(resolve_host("localhost", 88, at, &n), ERR_OK);
    unsetenv("COUNTERSIGN_DNS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_the_servers_named),
        cmocka_unit_test(prefers_by_weight_within_a_priority),
        cmocka_unit_test(a_silent_server_costs_three_seconds),
        cmocka_unit_test(a_numeric_address_asks_nobody),
        cmocka_unit_test(refuses_a_list_it_does_not_understand),
        cmocka_unit_test(localhost_stays_on_the_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
