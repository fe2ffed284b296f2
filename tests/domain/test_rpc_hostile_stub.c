/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_hostile_stub.c - arguments that disagree, explode, point at each other or are no value
 * of their type, in calls of a real server; and answers nobody filled in.
 */
#include <sys/resource.h>

#include "domain/hostile_raw.h"

enum { REFERENT = 0x20000, MOST = 8 << 20, MEBI = 1 << 20 };

static struct raw c;

static struct writer stub(void)
{
    return writer_new(MOST);
}

static void put(struct writer *w, size_t n, const uint32_t *values)
{
    while (n--)
        writer_le32(w, *values++);
}

#define PUT(w, ...)                                                                                \
    put(w, sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4, (const uint32_t[]){ __VA_ARGS__ })

/* Of as many fragments as it takes. */
static void send_all(uint16_t opnum, struct bytes b)
{
    enum { PIECE = 5840 - RPC_CALL_HEADER_SIZE };
    struct raw_fragment f = { .flags = RPC_FIRST, .call_id = c.call_id++, .opnum = opnum };

    do {
        size_t n = b.len < PIECE ? b.len : PIECE;

        f.stub = bytes_of(b.ptr, n);
        b = bytes_of(b.ptr + n, b.len - n);
        f.flags |= b.len ? 0 : RPC_LAST;
        raw_fragment_send(&c, &f);
        f.flags = 0;
    } while (b.len);
}

/* 0 for a response, else the fault; the connection goes on in any case, and so does its next call.
 */
static uint32_t called(uint16_t opnum, struct writer *w, uint32_t *ret_first)
{
    struct rpc_fault f = { .status = 0 };
    struct rpc_response r;
    struct buf b;
    int type;

    assert_int_equal(writer_take(w, &b), ERR_OK);
    send_all(opnum, buf_view(b));
    buf_free(&b);
    type = raw_next(&c, 20000);
    if (type == RPC_FAULT) {
        assert_int_equal(rpc_fault_read(&c.pdu, &f), ERR_OK);
        assert_int_not_equal(f.status, 0);
    } else {
        assert_int_equal(type, RPC_RESPONSE);
        assert_int_equal(rpc_response_read(&c.pdu, &r), ERR_OK);
        assert_true(r.stub.len >= 4);
        *ret_first = r.stub.ptr[0] | (uint32_t)r.stub.ptr[1] << 8;
    }
    raw_call(&c, NULL, OP_ADD, raw_add_stub);
    assert_int_equal(raw_response(&c, NULL).ptr[0], 0xd2);
    return f.status;
}

static void is_served(uint16_t opnum, struct writer *w, uint32_t first)
{
    uint32_t got = 0, status = called(opnum, w, &got);

    if (status || got != first)
        fail_msg("operation %u: fault 0x%08x, %u and not %u", opnum, status, got, first);
}

static void is_refused(uint16_t opnum, struct writer *w, const char *why)
{
    int before = atomic_load(&hostile_executed);
    uint32_t got = 0, status = called(opnum, w, &got);

    if (status != RPC_X_BAD_STUB_DATA && status != NCA_S_FAULT_INVALID_BOUND &&
        status != NCA_S_FAULT_INVALID_TAG && status != NCA_S_FAULT_REMOTE_NO_MEMORY &&
        status != (uint32_t)RPC_X_ENUM_VALUE_OUT_OF_RANGE)
        fail_msg("%s: fault 0x%08x, %u", why, status, got);
    assert_int_equal(atomic_load(&hostile_executed), before + 1); /* Add's alone */
}

static int begin(void **state)
{
    (void)state;
    raw_open(&c, NULL);
    raw_bound(&c, RPC_LEVEL_NONE, 0, 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    raw_close(&c);
    hostile_all_is_well();
    return 0;
}

static long peak(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss / 1024;
}

/* ---- D1 ---- */

static void counts_agree(void **state)
{
    static const struct list {
        const char *why;
        uint32_t n, max;
    } lists[] = { { "fewer than counted", 3, 2 },
                  { "more than counted", 3, 4 },
                  { "all there are", UINT32_MAX, UINT32_MAX },
                  { "a sum that wraps", 0x40000000, 0x40000000 },
                  { "a sum that wraps to one", 0x40000001, 0x40000001 },
                  { "one more than came", 4, 4 },
                  { "none counted", 0, 3 } };
    struct writer w = stub();
    size_t i;

    (void)state;
    PUT(&w, 3, REFERENT, 3, 10, 20, 30);
    is_served(OP_SUM, &w, 60);
    for (i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        w = stub();
        PUT(&w, lists[i].n, REFERENT, lists[i].max, 10, 20, 30);
        is_refused(OP_SUM, &w, lists[i].why);
    }
}

static void parts_lie_within_the_whole(void **state)
{
    static const struct part {
        const char *why;
        uint32_t max, n, array_max, offset, actual;
    } parts[] = { { "another maximum", 4, 2, 5, 0, 2 },
                  { "another length", 4, 2, 4, 0, 3 },
                  { "an offset nobody asked for", 4, 2, 4, 1, 2 },
                  { "longer than its maximum", 2, 3, 2, 0, 3 },
                  { "beyond the end by its offset", 4, 2, 4, UINT32_MAX, 2 },
                  { "all there are", UINT32_MAX, UINT32_MAX, UINT32_MAX, 0, UINT32_MAX },
                  { "room for all there are", UINT32_MAX, 2, UINT32_MAX, 0, 2 } };
    struct writer w = stub();
    size_t i;

    (void)state;
    PUT(&w, 4, 2, 4, 0, 2, 10, 20);
    is_served(OP_PART, &w, 30);
    for (i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const struct part *p = &parts[i];

        w = stub();
        PUT(&w, p->max, p->n, p->array_max, p->offset, p->actual, 10, 20, 30);
        is_refused(OP_PART, &w, p->why);
    }
}

/* ---- D2 ---- */

static void chain(struct writer *w, uint32_t nodes)
{
    uint32_t i;

    for (i = 1; i <= nodes; i++)
        PUT(w, i, i < nodes ? REFERENT + 4 * i : 0);
}

static void a_bomb_is_no_larger_than_its_fuse(void **state)
{
    struct writer w = stub();
    long before;
    uint32_t i;

    (void)state;
    chain(&w, 900);
    is_served(OP_COUNT, &w, 900);
    before = peak();
    w = stub();
    chain(&w, 2000); /* deeper than stacks are asked to be */
    is_refused(OP_COUNT, &w, "2,000 nodes");
    w = stub();
    chain(&w, 500000);
    is_refused(OP_COUNT, &w, "500,000 nodes");
    for (i = 0; i < 20; i++) { /* four octets that ask for all the room there is */
        w = stub();
        PUT(&w, i % 2 ? UINT32_MAX : 65 * MEBI);
        is_refused(OP_ROOM, &w, "room for more than 64 MiB");
    }
    w = stub(); /* eight octets each that become 72 */
    PUT(&w, 100000, REFERENT, 100000, 0);
    for (i = 0; i < 100000; i++)
        PUT(&w, 4, 4);
    is_served(OP_CHOOSE, &w, 0);
    w = stub(); /* lists in a list, each of which says it is large */
    PUT(&w, 50000, REFERENT, 50000);
    for (i = 0; i < 50000; i++)
        PUT(&w, 1000000, REFERENT + 4 * (i + 1));
    PUT(&w, 1000000);
    is_refused(OP_LISTS, &w, "50,000 lists of 1,000,000");
    if (peak() - before > 96)
        fail_msg("%ld MiB more than before", peak() - before);
}

/* ---- D3 ---- */

static void aliases_are_of_one_type(void **state)
{
    struct writer w = stub();

    (void)state;
    PUT(&w, 8, 1, 8); /* a node whose next is itself */
    is_served(OP_ROUND, &w, 100);
    w = stub();
    PUT(&w, 8, 1, 12, 2, 8); /* two of them */
    is_served(OP_ROUND, &w, 100);
    w = stub();
    PUT(&w, 8, 1, 12); /* one that is not there */
    is_refused(OP_ROUND, &w, "a referent that did not come");
    w = stub();
    PUT(&w, 8, 30, 0, 12, 4);
    is_served(OP_SAME, &w, 34);
    w = stub();
    PUT(&w, 8, 30, 0, 8); /* a number at a node's address */
    is_refused(OP_SAME, &w, "an alias of another type");
}

/* ---- D4 ---- */

static void values_are_of_their_type(void **state)
{
    static const struct choice {
        const char *why;
        uint32_t which, tag;
    } choices[] = { { "no such arm", 9, 9 },
                    { "another arm than told", 1, 4 },
                    { "arm 0", 0, 0 },
                    { "arm -1", UINT32_MAX, UINT32_MAX } };
    static const struct small {
        const char *why;
        uint16_t colour;
        uint32_t few;
    } smalls[] = { { "enumeration 32768", 0x8000, 1 },
                   { "enumeration 65535", 0xffff, 1 },
                   { "below its range", 0, 0 },
                   { "above its range", 0, 6 },
                   { "far below", 0, 0x80000000 } };
    struct writer w = stub();
    size_t i;

    (void)state;
    PUT(&w, 1, REFERENT, 1, 0, 1, 1, 77); /* the arm of hypers aligns each choice */
    is_served(OP_CHOOSE, &w, 77);
    for (i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        w = stub();
        PUT(&w, 1, REFERENT, 1, 0, choices[i].which, choices[i].tag, 77);
        is_refused(OP_CHOOSE, &w, choices[i].why);
    }
    w = stub();
    PUT(&w, 5, 3);
    writer_u8(&w, 1);
    is_served(OP_SMALL, &w, 108);
    for (i = 0; i < sizeof smalls / sizeof smalls[0]; i++) {
        w = stub();
        PUT(&w, smalls[i].colour, smalls[i].few);
        writer_u8(&w, 0);
        is_refused(OP_SMALL, &w, smalls[i].why);
    }
}

static void texts_have_an_end(void **state)
{
    static const struct text {
        const char *why;
        uint32_t max, offset, actual;
        uint8_t last;
    } texts[] = { { "no end", 4, 0, 4, 'x' },
                  { "no room for its end", 0, 0, 0, 0 },
                  { "an offset", 4, 1, 3, 0 },
                  { "longer than its maximum", 3, 0, 4, 0 },
                  { "all there is", UINT32_MAX, 0, UINT32_MAX, 0 } };
    struct writer w = stub();
    size_t i;

    (void)state;
    PUT(&w, 4, 0, 4, 0x00636261, 2, 0, 2, 0x00000041);
    is_served(OP_TEXT, &w, 4);
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct text *t = &texts[i];

        w = stub();
        PUT(&w, t->max, t->offset, t->actual, 0x636261 | (uint32_t)t->last << 24, 2, 0, 2, 0x41);
        is_refused(OP_TEXT, &w, t->why);
    }
    w = stub(); /* the wide one without an end */
    PUT(&w, 4, 0, 4, 0x00636261, 2, 0, 2, 0x00420041);
    is_refused(OP_TEXT, &w, "a wide text without an end");
}

/* ---- D5 ---- */

static void a_big_endian_client_is_understood(void **state)
{
    struct raw_fragment f = { .flags = RPC_FIRST | RPC_LAST,
                              .call_id = c.call_id++,
                              .opnum = OP_ADD };
    static const uint8_t big[8] = { 0, 0, 3, 0xe8, 0, 0, 0, 234 };
    struct buf b;

    (void)state;
    f.stub = bytes_of(big, sizeof big);
    b = raw_fragment_build(&f);
    memcpy(b.ptr + 4, (const uint8_t[]){ 0, 0, 0, 0, 0, (uint8_t)b.len, 0, 0, 0, 0, 0, 9 }, 12);
    memset(b.ptr + 20, 0, 4);
    raw_send_adopt(&c, b); /* big-endian throughout: served, and answered in ours */
    assert_int_equal(raw_response(&c, NULL).ptr[0], 0xd2);
    assert_int_equal(c.pdu.header.call_id, 9);
}

/* ---- D6 ---- */

static void nothing_unwritten_is_sent(void **state)
{
    enum { DATA = 5000 };
    struct writer w;
    struct bytes r;
    struct buf b;
    size_t i, zeros;
    int again;

    (void)state;
    for (again = 0; again < 20; again++) { /* in blocks others have used */
        w = stub();
        PUT(&w, 0x5a5a5a5a, 0x5a5a5a5a);
        is_served(OP_ADD, &w, 0xb4b4);
        w = stub();
        PUT(&w, DATA);
        assert_int_equal(writer_take(&w, &b), ERR_OK);
        raw_call(&c, NULL, OP_LEAVE, buf_view(b));
        buf_free(&b);
        r = raw_response(&c, NULL);
        for (i = zeros = 0; i < r.len; i++)
            zeros += r.ptr[i] == 0;
        assert_true(r.len > DATA);
        assert_true(r.len - zeros <= 10); /* the text and its sizes, a referent, data's count */
    }
}

/* Whatever it is, and however much: it is no argument's. */
static void what_is_behind_the_arguments_is_passed_over(void **state)
{
    static const size_t sizes[] = { 1, 4, 7, 2000, MEBI };
    static const uint8_t more[MEBI] = { 0xff, 0xff, 0xff, 0xff };
    struct writer w;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        w = stub();
        PUT(&w, 3, REFERENT, 3, 10, 20, 30);
        writer_bytes(&w, bytes_of(more, sizes[i]));
        is_served(OP_SUM, &w, 60);
        w = stub(); /* and makes up for none that is missing */
        PUT(&w, 3, REFERENT, 2, 10, 20, 30);
        writer_bytes(&w, bytes_of(more, sizes[i]));
        is_refused(OP_SUM, &w, "fewer than counted, and more behind");
    }
}

static void a_fault_carries_no_answer(void **state)
{
    struct writer w = stub();
    struct buf b;
    size_t i;

    (void)state;
    PUT(&w, 4096);
    assert_int_equal(writer_take(&w, &b), ERR_OK);
    raw_call(&c, NULL, OP_FAIL, buf_view(b));
    buf_free(&b);
    raw_fault(&c, 4711);
    assert_int_equal(c.pdu.whole.len, RPC_FAULT_SIZE);
    for (i = 0; i < c.pdu.whole.len; i++)
        assert_int_not_equal(c.pdu.whole.ptr[i], 's');
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(counts_agree),
        TEST(parts_lie_within_the_whole),
        TEST(a_bomb_is_no_larger_than_its_fuse),
        TEST(aliases_are_of_one_type),
        TEST(values_are_of_their_type),
        TEST(texts_have_an_end),
        TEST(a_big_endian_client_is_understood),
        TEST(nothing_unwritten_is_sent),
        TEST(what_is_behind_the_arguments_is_passed_over),
        TEST(a_fault_carries_no_answer),
    };

    return cmocka_run_group_tests(tests, hostile_set_up, hostile_tear_down);
}
