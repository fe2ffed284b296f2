/* SPDX-License-Identifier: Apache-2.0
 * test_limits.c - what one caller may have of a server, over all of his connections: calls, memory,
 * context handles, connections. Who has his share is refused, and with which status; others are
 * served. Two callers are at hand: this account, over ncalrpc, and nobody, at 127.0.0.1.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include <countersign/countersign.h>

#include "enforce_home.h"
#include "limit_try.h"
#include "rpc/server_link.h"
#include "transport/transport.h"

enum { HOLDERS = 64, MEBI = 1 << 20 };

static struct holder {
    pthread_t thread;
    RPC_BINDING_HANDLE binding;
    long octets;
    bool as_items;
    RPC_STATUS status;
} holders[HOLDERS];
static unsigned holder_count;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static unsigned held, ended; /* calls in a routine; and over */
static bool let_go;
static char audited[1024];
static char self[32];

/* ---- the server ---- */

static void hold_on(void)
{
    pthread_mutex_lock(&lock);
    held++;
    pthread_cond_broadcast(&changed);
    while (!let_go)
        pthread_cond_wait(&changed, &lock);
    held--;
    pthread_mutex_unlock(&lock);
}

LONG Serve_LimitAdd(handle_t server, LONG a, LONG b)
{
    (void)server;
    return a + b;
}

void Serve_LimitHold(handle_t server, LONG n, const byte *data)
{
    (void)server;
    (void)n;
    (void)data;
    hold_on();
}

void Serve_LimitItems(handle_t server, LONG n, const ITEM *items)
{
    (void)server;
    (void)n;
    (void)items;
    hold_on();
}

void Serve_LimitSay(handle_t server, LONG n, byte *data)
{
    (void)server;
    memset(data, 'x', (size_t)n);
}

void Serve_LimitOpen(handle_t server, TICKET *ticket)
{
    (void)server;
    *ticket = calloc(1, 1);
}

void Serve_LimitClose(TICKET *ticket)
{
    free(*ticket);
    *ticket = NULL;
}

void TICKET_rundown(TICKET ticket)
{
    free(ticket);
}

/* ---- its clients ---- */

static RPC_STATUS add(RPC_BINDING_HANDLE b)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        if (LimitAdd(b, 1, 2) != 3)
            raised = RPC_S_INTERNAL_ERROR;
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

static RPC_STATUS say(RPC_BINDING_HANDLE b, LONG n)
{
    byte *data = malloc((size_t)n);
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        LimitSay(b, n, data);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    free(data);
    return raised;
}

static RPC_STATUS open_ticket(RPC_BINDING_HANDLE b, TICKET *ticket)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    *ticket = NULL;
    RpcTryExcept
    {
        LimitOpen(b, ticket);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

static void hold_octets(struct holder *h)
{
    byte *data = calloc(1, (size_t)h->octets + 1);

    RpcTryFinally
    {
        LimitHold(h->binding, (LONG)h->octets, data);
    }
    RpcFinally
    {
        free(data);
    }
    RpcEndFinally
}

static void hold_items(struct holder *h)
{
    LONG n = (LONG)(h->octets / 8), number = 7, i;
    ITEM *items = calloc((size_t)n, sizeof *items);

    for (i = 0; i < n; i++)
        items[i].number = &number;
    RpcTryFinally
    {
        LimitItems(h->binding, n, items);
    }
    RpcFinally
    {
        free(items);
    }
    RpcEndFinally
}

static void *hold(void *arg)
{
    struct holder *h = arg;
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        (h->as_items ? hold_items : hold_octets)(h);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    pthread_mutex_lock(&lock);
    h->status = raised;
    ended++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* One more call that holds on, on a connection of its own: RPC_S_OK, or why it is over already. */
static RPC_STATUS begin(enum enforce_way way, long octets, bool as_items)
{
    struct holder *h = &holders[holder_count];
    unsigned running, over;
    bool refused;

    assert_true(holder_count < HOLDERS);
    pthread_mutex_lock(&lock);
    running = held;
    over = ended;
    pthread_mutex_unlock(&lock);
    *h = (struct holder){ .binding = enforce_bind(way, way != OVER_TCP),
                          .octets = octets,
                          .as_items = as_items };
    assert_int_equal(pthread_create(&h->thread, NULL, hold, h), 0);
    pthread_mutex_lock(&lock);
    while (held == running && ended == over)
        pthread_cond_wait(&changed, &lock);
    refused = ended != over;
    pthread_mutex_unlock(&lock);
    if (!refused) {
        holder_count++;
        return RPC_S_OK;
    }
    assert_int_equal(pthread_join(h->thread, NULL), 0);
    enforce_unbind(&h->binding);
    return h->status;
}

static void end_all(void)
{
    pthread_mutex_lock(&lock);
    let_go = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    while (holder_count) {
        struct holder *h = &holders[--holder_count];

        assert_int_equal(pthread_join(h->thread, NULL), 0);
        assert_int_equal(h->status, RPC_S_OK);
        enforce_unbind(&h->binding);
    }
    let_go = false;
}

/* What earlier calls held is given back a moment after their clients have been answered. */
static void begin_soon(enum enforce_way way, long octets, bool as_items)
{
    int patience = 60000;

    while (begin(way, octets, as_items) && patience--)
        usleep(1000);
    assert_true(patience > 0);
}

/* Until it is so: what a call held is given back after its client has been answered. */
static void until(RPC_STATUS (*what)(RPC_BINDING_HANDLE b), RPC_BINDING_HANDLE b, RPC_STATUS want)
{
    int patience = 60000;

    while (what(b) != want && patience--)
        usleep(1000);
    assert_true(patience > 0);
}

/* ---- policy ---- */

static void keep(void *arg, CS_LOG_LEVEL level, const char *line)
{
    (void)arg;
    if (level != CS_LOG_AUDIT)
        return;
    pthread_mutex_lock(&lock);
    (void)snprintf(audited, sizeof audited, "%s", line);
    pthread_mutex_unlock(&lock);
}

static bool was_said(const char *what)
{
    bool was;

    pthread_mutex_lock(&lock);
    was = strstr(audited, what) != NULL;
    pthread_mutex_unlock(&lock);
    return was;
}

static void said(const char *what)
{
    pthread_mutex_lock(&lock);
    if (!strstr(audited, what))
        fail_msg("audited: \"%s\", not \"%s\"", audited, what);
    audited[0] = '\0';
    pthread_mutex_unlock(&lock);
}

static void set(const char *name, CS_POLICY_MODE mode, const char *value)
{
    assert_int_equal(CsSetPolicy(name, mode), SEC_E_OK);
    if (value)
        assert_int_equal(CsSetPolicyValue(name, value), SEC_E_OK);
}

static int set_up(void **state)
{
    assert_int_equal(enforce_set_up(state), 0);
    (void)snprintf(self, sizeof self, "S-1-22-1-%u, who has", geteuid());
    assert_int_equal(RpcServerRegisterIfEx(limit_try_v1_0_s_ifspec, NULL, NULL,
                                           RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                                           RPC_C_LISTEN_MAX_CALLS_DEFAULT, NULL),
                     RPC_S_OK);
    return CsSetLogCallback(keep, NULL, CS_LOG_AUDIT) == SEC_E_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    CsSetLogCallback(NULL, NULL, CS_LOG_AUDIT);
    return enforce_tear_down(state);
}

/* ---- calls: C9 ---- */

static void c9_slow_calls_of_one_caller_leave_others_served(void **state)
{
    RPC_BINDING_HANDLE same = enforce_bind(OVER_ASIDE, true), other = enforce_bind(OVER_TCP, false);
    int i;

    (void)state;
    set("client-calls", CS_POLICY_ENFORCE, "3");
    for (i = 0; i < 3; i++) /* each on a connection of its own, at two endpoints */
        assert_int_equal(begin(i % 2 ? OVER_ASIDE : OVER_LOCAL, 1, false), RPC_S_OK);
    assert_int_equal(begin(OVER_LOCAL, 1, false), RPC_S_SERVER_TOO_BUSY);
    said(self);
    assert_int_equal(add(same), RPC_S_SERVER_TOO_BUSY);
    for (i = 0; i < 100; i++)
        assert_int_equal(add(other), RPC_S_OK);
    set("client-calls", CS_POLICY_AUDIT, NULL);
    assert_int_equal(add(same), RPC_S_OK);
    set("client-calls", CS_POLICY_OFF, NULL);
    assert_int_equal(add(same), RPC_S_OK);
    set("client-calls", CS_POLICY_ENFORCE, NULL);
    assert_int_equal(add(same), RPC_S_SERVER_TOO_BUSY);
    end_all();
    until(add, same, RPC_S_OK);
    set("client-calls", CS_POLICY_ENFORCE, "1024");
    enforce_unbind(&same);
    enforce_unbind(&other);
}

/* How many calls are in their routines; none of those that were begun may have ended. */
static unsigned still_held(unsigned over)
{
    unsigned n;

    pthread_mutex_lock(&lock);
    assert_int_equal(ended, over);
    n = held;
    pthread_mutex_unlock(&lock);
    return n;
}

/* More of them than a pool would have threads: whoever else calls is through while none of them is,
 * on a connection that he had and on one that he makes now. */
static void c9_others_are_through_while_every_slow_call_is_held(void **state)
{
    RPC_BINDING_HANDLE before = enforce_bind(OVER_TCP, false), now = NULL;
    unsigned over;
    int i;

    (void)state;
    assert_int_equal(add(before), RPC_S_OK);
    pthread_mutex_lock(&lock);
    over = ended;
    pthread_mutex_unlock(&lock);
    for (i = 0; i < HOLDERS; i++)
        assert_int_equal(begin(i % 2 ? OVER_ASIDE : OVER_LOCAL, 1, false), RPC_S_OK);
    for (i = 0; i < 20; i++) {
        assert_int_equal(add(before), RPC_S_OK);
        now = enforce_bind(OVER_TCP, false);
        assert_int_equal(add(now), RPC_S_OK);
        enforce_unbind(&now);
        assert_int_equal(still_held(over), HOLDERS);
    }
    end_all();
    enforce_unbind(&before);
}

static void audit_says_who_would_be_refused(void **state)
{
    RPC_BINDING_HANDLE b = enforce_bind(OVER_LOCAL, true);

    (void)state;
    set("client-calls", CS_POLICY_AUDIT, "1");
    assert_int_equal(begin(OVER_LOCAL, 1, false), RPC_S_OK);
    while (!was_said("policy client-calls would refuse: S-1-22-1-")) /* once a second */
        assert_int_equal(add(b), RPC_S_OK);
    set("client-calls", CS_POLICY_ENFORCE, "1024");
    end_all();
    enforce_unbind(&b);
}

/* ---- memory ---- */

static void requests_count_while_they_are_held(void **state)
{
    RPC_BINDING_HANDLE same = enforce_bind(OVER_ASIDE, true), other = enforce_bind(OVER_TCP, false);

    (void)state;
    set("client-memory", CS_POLICY_ENFORCE, "8");
    assert_int_equal(begin(OVER_LOCAL, 3 * MEBI, false), RPC_S_OK); /* a block of 4 MiB */
    assert_int_equal(add(same), RPC_S_OK);
    assert_int_equal(begin(OVER_LOCAL, 6 * MEBI, false), RPC_S_SERVER_TOO_BUSY);
    said("policy client-memory refuses: S-1-22-1-");
    assert_int_equal(begin(OVER_TCP, 3 * MEBI, false), RPC_S_OK);
    assert_int_equal(add(other), RPC_S_OK);
    set("client-memory", CS_POLICY_AUDIT, NULL);
    assert_int_equal(begin(OVER_LOCAL, 6 * MEBI, false), RPC_S_OK);
    set("client-memory", CS_POLICY_ENFORCE, NULL); /* now he has more than his share */
    assert_int_equal(add(same), RPC_S_SERVER_TOO_BUSY);
    assert_int_equal(add(other), RPC_S_OK);
    end_all();
    until(add, same, RPC_S_OK);
    set("client-memory", CS_POLICY_ENFORCE, "1024");
    enforce_unbind(&same);
    enforce_unbind(&other);
}

static void what_is_made_of_a_request_counts_too(void **state)
{
    RPC_BINDING_HANDLE other = enforce_bind(OVER_TCP, false);

    (void)state;
    set("client-memory", CS_POLICY_ENFORCE, "16");
    /* Items: 8 octets of the wire each, 24 in memory; octets: as they came. */
    begin_soon(OVER_LOCAL, 3 * MEBI, false);
    assert_int_equal(begin(OVER_LOCAL, 3 * MEBI, true), RPC_S_SERVER_TOO_BUSY);
    begin_soon(OVER_LOCAL, 3 * MEBI, false);
    assert_int_equal(add(other), RPC_S_OK);
    end_all();
    set("client-memory", CS_POLICY_ENFORCE, "32");
    begin_soon(OVER_LOCAL, 3 * MEBI, true);
    end_all();
    set("client-memory", CS_POLICY_ENFORCE, "1024");
    enforce_unbind(&other);
}

static RPC_STATUS say_much(RPC_BINDING_HANDLE b)
{
    return say(b, 2 * MEBI);
}

/* The second would be too much beside the first, which is given back when it has been taken. */
static void answers_that_are_taken_count_no_more(void **state)
{
    RPC_BINDING_HANDLE b = enforce_bind(OVER_LOCAL, true);
    int i;

    (void)state;
    set("client-memory", CS_POLICY_ENFORCE, "4");
    for (i = 0; i < 20; i++)
        until(say_much, b, RPC_S_OK);
    set("client-memory", CS_POLICY_ENFORCE, "1024");
    enforce_unbind(&b);
}

/* ---- context handles ---- */

static void context_handles_count_over_all_groups(void **state)
{
    RPC_BINDING_HANDLE one = enforce_bind(OVER_LOCAL, true), two = enforce_bind(OVER_ASIDE, true);
    RPC_BINDING_HANDLE other = enforce_bind(OVER_TCP, false);
    TICKET first, second, third, theirs;

    (void)state;
    set("client-contexts", CS_POLICY_ENFORCE, "2");
    assert_int_equal(open_ticket(one, &first), RPC_S_OK);
    assert_int_equal(open_ticket(two, &second), RPC_S_OK);
    assert_int_equal(open_ticket(two, &third), RPC_S_OUT_OF_RESOURCES);
    said("policy client-contexts refuses: S-1-22-1-");
    assert_int_equal(open_ticket(other, &theirs), RPC_S_OK);
    LimitClose(&first);
    assert_int_equal(open_ticket(two, &third), RPC_S_OK);
    LimitClose(&second);
    LimitClose(&third);
    LimitClose(&theirs);
    set("client-contexts", CS_POLICY_ENFORCE, "8192");
    enforce_unbind(&one);
    enforce_unbind(&two);
    enforce_unbind(&other);
}

/* ---- connections ---- */

static void a_connection_too_many_is_closed_before_a_byte(void **state)
{
    RPC_BINDING_HANDLE b[3], other;
    int way, i;

    (void)state;
    for (way = OVER_LOCAL; way < WAYS; way += OVER_TCP - OVER_LOCAL) {
        other = enforce_bind(way == OVER_TCP ? OVER_LOCAL : OVER_TCP, false);
        for (i = 0; i < 3; i++)
            b[i] = enforce_bind(way, way != OVER_TCP);
        set("client-connections", CS_POLICY_ENFORCE, "2");
        until(add, b[0], RPC_S_OK); /* those of the tests before come to their ends */
        until(add, b[1], RPC_S_OK);
        for (i = 0; i < 20; i++)
            assert_int_equal(add(b[2]), RPC_S_CALL_FAILED_DNE);
        until(add, other, RPC_S_OK);
        enforce_unbind(&b[0]);
        until(add, b[2], RPC_S_OK);
        set("client-connections", CS_POLICY_ENFORCE, "12000");
        enforce_unbind(&b[1]);
        enforce_unbind(&b[2]);
        enforce_unbind(&other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(c9_slow_calls_of_one_caller_leave_others_served),
        cmocka_unit_test(c9_others_are_through_while_every_slow_call_is_held),
        cmocka_unit_test(audit_says_who_would_be_refused),
        cmocka_unit_test(requests_count_while_they_are_held),
        cmocka_unit_test(what_is_made_of_a_request_counts_too),
        cmocka_unit_test(answers_that_are_taken_count_no_more),
        cmocka_unit_test(context_handles_count_over_all_groups),
        cmocka_unit_test(a_connection_too_many_is_closed_before_a_byte),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
