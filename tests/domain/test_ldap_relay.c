/* SPDX-License-Identifier: Apache-2.0
 * test_ldap_relay.c - somebody between us and a real domain controller: reads nothing, and what
 * he changes is found out.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/resolve.h"
#include "directory/connect.h"
#include "directory/search.h"
#include "lib/unit.h"

static const char *env(const char *name)
{
    const char *value = getenv(name);

    if (!value)
        fail_msg("%s is not set: this test runs inside a domain", name);
    return value;
}

enum { SEEN_MAX = 1 << 20 };

struct relay {
    int listener, client, server;
    uint16_t port;
    atomic_bool flip;  /* one bit of the server's next bytes */
    atomic_bool stall; /* the server's bytes are held back */
    atomic_bool drip;  /* they come one at a time */
    uint8_t seen[SEEN_MAX];
    atomic_size_t seen_len; /* so many of them are written and stay */
};

static bool drip(int to, const uint8_t *block, ssize_t n)
{
    struct timespec pause = { .tv_nsec = 100000000 };
    ssize_t i;

    for (i = 0; i < n && send(to, block + i, 1, MSG_NOSIGNAL) == 1; i++)
        nanosleep(&pause, NULL);
    return i == n;
}

static bool pass(struct relay *r, int from, int to, bool from_server)
{
    uint8_t block[16384];
    ssize_t n = recv(from, block, sizeof block, 0);
    size_t seen = atomic_load(&r->seen_len);

    if (n <= 0)
        return false;
    if (seen + (size_t)n <= SEEN_MAX) {
        memcpy(r->seen + seen, block, (size_t)n);
        atomic_store(&r->seen_len, seen + (size_t)n);
    }
    if (from_server && atomic_load(&r->stall))
        return true;
    if (from_server && atomic_exchange(&r->flip, false))
        block[n / 2] ^= 1;
    if (from_server && atomic_load(&r->drip))
        return drip(to, block, n);
    return send(to, block, (size_t)n, MSG_NOSIGNAL) == n;
}

static void *relay_run(void *arg)
{
    struct relay *r = arg;
    struct pollfd p[2];
    bool open = true;

    r->client = accept(r->listener, NULL, NULL);
    p[0] = (struct pollfd){ .fd = r->client, .events = POLLIN };
    p[1] = (struct pollfd){ .fd = r->server, .events = POLLIN };
    while (open && poll(p, 2, 20000) > 0) {
        if (p[0].revents)
            open = pass(r, r->client, r->server, false);
        if (open && p[1].revents)
            open = pass(r, r->server, r->client, true);
    }
    close(r->client);
    close(r->server);
    return NULL;
}

static struct relay *relay_start(pthread_t *thread)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct relay *r = calloc(1, sizeof *r);
    socklen_t len = sizeof at;

    r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(r->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(r->listener, 1), 0);
    assert_int_equal(getsockname(r->listener, (struct sockaddr *)&at, &len), 0);
    r->port = ntohs(at.sin_port);
    assert_int_equal(connect_tcp(env("DC_ADDRESS"), 389, 5000, &r->server), ERR_OK);
    assert_int_equal(pthread_create(thread, NULL, relay_run, r), 0);
    return r;
}

static void relay_stop(struct relay *r, pthread_t thread)
{
    pthread_join(thread, NULL);
    close(r->listener);
    free(r);
}

static enum err search_alice(struct session *s, size_t *ret_count)
{
    static const char *const attrs[] = { "sAMAccountName", "displayName", NULL };
    struct search q = { .base = session_domain_dn(s),
                        .scope = SEARCH_SUBTREE,
                        .attrs = attrs,
                        .filter = "(sAMAccountName=alice)" };
    struct entries found = { 0 };
    enum err e = session_search(s, &q, &found);

    *ret_count = found.count;
    entries_free(&found);
    return e;
}

static struct session *opens(const struct relay *r, unsigned timeout_ms)
{
    char server[40], spn[300];
    struct session_options o = { .user = env("PERSON"),
                                 .user_domain = env("REALM"),
                                 .password = env("PERSON_PASSWORD"),
                                 .domain = env("REALM"),
                                 .timeout_ms = timeout_ms };
    struct session *s = NULL;

    snprintf(server, sizeof server, "127.0.0.1:%u", r->port);
    snprintf(spn, sizeof spn, "ldap/%s", env("DC_NAME"));
    o.server = server;
    o.spn = spn; /* where we connect and whom we expect are two things */
    detail_begin("test");
    if (session_open(&o, &s))
        fail_msg("%s", detail_get()->text);
    return s;
}

static void nothing_is_read_on_the_way(void **state)
{
    pthread_t thread;
    struct relay *r = relay_start(&thread);
    struct session *s = opens(r, 5000);
    size_t before = atomic_load(&r->seen_len), seen, n = 0;

    (void)state;
    assert_int_equal(search_alice(s, &n), ERR_OK);
    assert_int_equal(n, 1);
    session_close(s);
    seen = atomic_load(&r->seen_len) - before;
    assert_true(seen > 100);
    assert_null(memmem(r->seen + before, seen, "alice", 5));
    assert_null(memmem(r->seen + before, seen, "sAMAccountName", 14));
    relay_stop(r, thread);
}

static void a_flipped_bit_ends_the_session(void **state)
{
    pthread_t thread;
    struct relay *r = relay_start(&thread);
    struct session *s = opens(r, 3000);
    size_t n = 0;

    (void)state;
    atomic_store(&r->flip, true);
    detail_begin("test");
    assert_int_not_equal(search_alice(s, &n), ERR_OK);
    assert_int_equal(n, 0);
    /* what follows is not believed either */
    assert_int_not_equal(search_alice(s, &n), ERR_OK);
    session_close(s);
    relay_stop(r, thread);
}

static void a_server_that_falls_silent_is_not_waited_for(void **state)
{
    pthread_t thread;
    struct relay *r = relay_start(&thread);
    struct session *s = opens(r, 1000);
    struct timespec t0, t1;
    size_t n = 0;

    (void)state;
    atomic_store(&r->stall, true);
    clock_gettime(CLOCK_MONOTONIC, &t0);
    assert_int_equal(search_alice(s, &n), ERR_TIMEOUT);
    clock_gettime(CLOCK_MONOTONIC, &t1);
    assert_true(t1.tv_sec - t0.tv_sec < 60);
    session_close(s);
    relay_stop(r, thread);
}

static void a_server_that_drips_is_not_waited_for(void **state)
{
    pthread_t thread;
    struct relay *r = relay_start(&thread);
    struct session *s = opens(r, 1000);
    struct timespec t0, t1;
    size_t n = 0;

    (void)state;
    atomic_store(&r->drip, true);
    clock_gettime(CLOCK_MONOTONIC, &t0);
    assert_int_equal(search_alice(s, &n), ERR_TIMEOUT);
    clock_gettime(CLOCK_MONOTONIC, &t1);
    assert_true(t1.tv_sec - t0.tv_sec < 60);
    session_close(s);
    relay_stop(r, thread);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_read_on_the_way),
        cmocka_unit_test(a_flipped_bit_ends_the_session),
        cmocka_unit_test(a_server_that_falls_silent_is_not_waited_for),
        cmocka_unit_test(a_server_that_drips_is_not_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
