/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_hostile_header.c - headers out of bounds, and PDUs out of order, against a server.
 */
#include <dirent.h>
#include <unistd.h>

#include "domain/hostile_raw.h"

enum { BRIEFLY = 300 };

/* ---- A1: every field of the common header ---- */

struct field {
    const char *name;
    size_t at, width;
    uint32_t value;
};

/* What no server may go on after, in a bind or in a request. */
static const struct field wrong[] = {
    { "version 0", 0, 1, 0 },
    { "version 4", 0, 1, 4 },
    { "version 6", 0, 1, 6 },
    { "version 255", 0, 1, 255 },
    { "minor version 2", 1, 1, 2 },
    { "minor version 255", 1, 1, 255 },
    { "type 1", 2, 1, 1 },
    { "type 10", 2, 1, 10 },
    { "type 20", 2, 1, 20 },
    { "type 255", 2, 1, 255 },
    { "representation 2", 4, 1, 0x20 },
    { "representation 255", 4, 1, 0xff },
    { "floats 4", 5, 1, 4 },
    { "big-endian", 4, 1, 0 },
    { "frag_length 0", 8, 2, 0 },
    { "frag_length 1", 8, 2, 1 },
    { "frag_length 15", 8, 2, 15 },
    { "frag_length 16", 8, 2, 16 },
    { "frag_length 23", 8, 2, 23 },
    { "frag_length 65535", 8, 2, 65535 },
    { "auth_length of all", 10, 2, 65535 },
    { "auth_length half", 10, 2, 32767 },
    { "auth_length 32768", 10, 2, 32768 },
};

static void put(struct buf b, const struct field *f)
{
    size_t i;

    for (i = 0; i < f->width; i++)
        b.ptr[f->at + i] = (uint8_t)(f->value >> 8 * i);
}

static void a_header_out_of_bounds_ends_the_connection(void **state)
{
    const struct raw_bind how = { .type = RPC_BIND };
    const struct raw_fragment request = { .flags = RPC_FIRST | RPC_LAST,
                                          .call_id = 9,
                                          .stub = raw_add_stub };
    int before, type;
    struct raw c;
    struct buf b;
    size_t i;
    int bound;

    (void)state;
    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        for (bound = 0; bound < 2; bound++) {
            before = atomic_load(&hostile_executed);
            raw_open(&c, NULL);
            if (bound)
                raw_bound(&c, RPC_LEVEL_NONE, 0, 0);
            b = bound ? raw_fragment_build(&request) : raw_bind_build(&c, &how);
            put(b, &wrong[i]);
            raw_send_adopt(&c, b);
            type = raw_next(&c, 5000);
            if (type != RAW_CLOSED && type != (bound ? RPC_FAULT : RPC_BIND_NAK))
                fail_msg("%s in a %s: PDU type %d came", wrong[i].name, bound ? "request" : "bind",
                         type);
            if (type != RAW_CLOSED)
                raw_closed(&c);
            raw_close(&c);
            assert_int_equal(atomic_load(&hostile_executed), before);
        }
    hostile_all_is_well();
}

/* One octet more than there is: nothing happens until it comes, or time is up. */
static void a_length_beyond_what_came_waits(void **state)
{
    const struct raw_fragment request = { .flags = RPC_FIRST | RPC_LAST,
                                          .call_id = 9,
                                          .stub = raw_add_stub };
    int before = atomic_load(&hostile_executed);
    struct raw c;
    struct buf b;

    (void)state;
    raw_open(&c, NULL);
    raw_bound(&c, RPC_LEVEL_NONE, 0, 0);
    b = raw_fragment_build(&request);
    b.ptr[8]++;
    raw_send_adopt(&c, b);
    assert_int_equal(raw_next(&c, BRIEFLY), RAW_SILENT);
    assert_int_equal(atomic_load(&hostile_executed), before);
    raw_close(&c);
    hostile_all_is_well();
}

/* One octet less: the last of the stub begins the next PDU, which has no version 0. */
static void a_length_short_of_what_came_is_found(void **state)
{
    const struct raw_fragment request = { .flags = RPC_FIRST | RPC_LAST,
                                          .call_id = 9,
                                          .stub = raw_add_stub };
    struct raw c;
    struct buf b;

    (void)state;
    raw_open(&c, NULL);
    raw_bound(&c, RPC_LEVEL_NONE, 0, 0);
    b = raw_fragment_build(&request);
    b.ptr[8]--;
    raw_send_adopt(&c, b);
    raw_fault(&c, RPC_X_BAD_STUB_DATA);
    raw_send(&c, raw_add_stub);
    raw_send(&c, raw_add_stub);
    raw_fault(&c, RPC_S_CANNOT_SUPPORT);
    raw_closed(&c);
    raw_close(&c);
    hostile_all_is_well();
}

static void any_call_id_is_answered(void **state)
{
    static const uint32_t ids[] = { 0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };
    struct raw c;
    size_t i;

    (void)state;
    raw_open(&c, NULL);
    raw_bound(&c, RPC_LEVEL_NONE, 0, 0);
    for (i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        c.call_id = ids[i];
        raw_call(&c, NULL, OP_ADD, raw_add_stub);
        raw_response(&c, NULL);
        assert_int_equal(c.pdu.header.call_id, ids[i]);
    }
    raw_close(&c);
    hostile_all_is_well();
}

/* ---- A2: order ---- */

enum when { BEFORE_BIND, BOUND, PROVING, PROVEN, WHENS };

static void come_to(struct raw *c, enum when when)
{
    struct hostile_as alice = hostile_alice(RPC_LEVEL_INTEGRITY);
    struct raw_bind how = { .type = RPC_BIND };

    raw_open(c, when >= PROVING ? &alice : NULL);
    if (when == BOUND)
        raw_bound(c, RPC_LEVEL_NONE, 0, 0);
    if (when == PROVEN)
        raw_bound(c, RPC_LEVEL_INTEGRITY, RPC_SUPPORT_HEADER_SIGN, 0);
    if (when == PROVING) {
        raw_prove_begin(c, &how, raw_context(c, 1, RPC_LEVEL_INTEGRITY));
        assert_int_equal(raw_next(c, 15000), RPC_BIND_ACK);
    }
}

static void send_of(struct raw *c, uint8_t type)
{
    static const uint8_t body[64];
    struct writer w = writer_new(1000);
    struct raw_bind how = { .type = type };
    const struct rpc_auth auth = { .type = RPC_AUTH_KERBEROS,
                                   .level = RPC_LEVEL_INTEGRITY,
                                   .context_id = 1,
                                   .value = bytes_of(body, 16) };
    struct buf b;

    if (type == RPC_BIND || type == RPC_ALTER_CONTEXT) {
        raw_send_adopt(c, raw_bind_build(c, &how));
        return;
    }
    if (type == RPC_REQUEST) {
        raw_call(c, NULL, OP_ADD, raw_add_stub);
        return;
    }
    rpc_pdu_begin(&w, type, RPC_FIRST | RPC_LAST, 5);
    if (type == RPC_AUTH3)
        rpc_auth3_write(&w);
    else if (type < RPC_SHUTDOWN)
        writer_bytes(&w, bytes_of(body, 32));
    rpc_pdu_end(&w, type == RPC_AUTH3 ? &auth : NULL);
    assert_int_equal(writer_take(&w, &b), ERR_OK);
    raw_send_adopt(c, b);
}

enum { GOES_ON = -10 }; /* nothing is said */

/* What each type is answered with at each time; everything but an answer of its own is followed by
 * the connection's end. */
static int answer_of(enum when when, uint8_t type)
{
    if (when == BEFORE_BIND)
        return type == RPC_BIND ? RPC_BIND_ACK : RAW_CLOSED;
    switch (type) {
    case RPC_BIND:
        return RPC_BIND_NAK;
    case RPC_ALTER_CONTEXT:
        return RPC_ALTER_ACK;
    case RPC_REQUEST: /* in plain text, where a context wants to protect it */
        return when == BOUND ? RPC_RESPONSE : RPC_FAULT;
    case RPC_CO_CANCEL:
    case RPC_ORPHANED:
        return GOES_ON;
    case RPC_AUTH3: /* a wrong one has no answer, and what it should have proven fails */
        return when == PROVING ? GOES_ON : RPC_FAULT;
    default:
        return RPC_FAULT;
    }
}

static bool is_an_end(int answer)
{
    return answer == RPC_FAULT || answer == RPC_BIND_NAK;
}

static void each_type_at_each_time(void **state)
{
    static const uint8_t types[] = { RPC_REQUEST,  RPC_RESPONSE, RPC_FAULT,         RPC_BIND,
                                     RPC_BIND_ACK, RPC_BIND_NAK, RPC_ALTER_CONTEXT, RPC_ALTER_ACK,
                                     RPC_AUTH3,    RPC_SHUTDOWN, RPC_CO_CANCEL,     RPC_ORPHANED };
    enum when when;
    struct raw c;
    int got, want;
    size_t i;

    (void)state;
    for (when = 0; when < WHENS; when++)
        for (i = 0; i < sizeof types; i++) {
            come_to(&c, when);
            send_of(&c, types[i]);
            want = answer_of(when, types[i]);
            got = raw_next(&c, want == GOES_ON ? BRIEFLY : 10000);
            if (got != (want == GOES_ON ? RAW_SILENT : want))
                fail_msg("PDU type %u at time %d: %d came, not %d", types[i], (int)when, got, want);
            if (is_an_end(want))
                raw_closed(&c);
            raw_close(&c);
        }
    hostile_all_is_well();
}

/* Whoever failed to prove himself is not served, protected or not. */
static void after_a_failed_auth3_nothing_is_served(void **state)
{
    int before = atomic_load(&hostile_executed);
    struct raw c;

    (void)state;
    come_to(&c, PROVING);
    send_of(&c, RPC_AUTH3);
    raw_call(&c, NULL, OP_ADD, raw_add_stub);
    raw_refused(&c);
    come_to(&c, PROVING);
    send_of(&c, RPC_AUTH3);
    send_of(&c, RPC_AUTH3); /* and a second try there is not */
    raw_refused(&c);
    assert_int_equal(atomic_load(&hostile_executed), before);
    hostile_all_is_well();
}

/* ---- A14: nothing listens for datagrams ---- */

static void no_datagram_socket_is_open(void **state)
{
    DIR *d = opendir("/proc/self/fd");
    struct dirent *e;
    char path[300], link[64], line[512], inode[32];
    unsigned sockets = 0;
    ssize_t n;

    (void)state;
    assert_non_null(d);
    while ((e = readdir(d))) {
        unsigned long number = 0;
        FILE *udp;
        int v;

        snprintf(path, sizeof path, "/proc/self/fd/%s", e->d_name);
        n = readlink(path, link, sizeof link - 1);
        if (n <= 0)
            continue;
        link[n] = '\0';
        if (sscanf(link, "socket:[%lu]", &number) != 1)
            continue;
        sockets++;
        snprintf(inode, sizeof inode, " %lu ", number);
        for (v = 0; v < 2; v++) {
            udp = fopen(v ? "/proc/self/net/udp6" : "/proc/self/net/udp", "r");
            while (udp && fgets(line, sizeof line, udp))
                assert_null(strstr(line, inode));
            if (udp)
                fclose(udp);
        }
    }
    closedir(d);
    assert_true(sockets >= 2); /* those of the server were seen */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_out_of_bounds_ends_the_connection),
        cmocka_unit_test(a_length_beyond_what_came_waits),
        cmocka_unit_test(a_length_short_of_what_came_is_found),
        cmocka_unit_test(any_call_id_is_answered),
        cmocka_unit_test(each_type_at_each_time),
        cmocka_unit_test(after_a_failed_auth3_nothing_is_served),
        cmocka_unit_test(no_datagram_socket_is_open),
    };

    return cmocka_run_group_tests(tests, hostile_set_up, hostile_tear_down);
}
