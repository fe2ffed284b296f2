/* SPDX-License-Identifier: Apache-2.0
 * A stub that comes in parts is read as one that is here; a pipe as what was put into it.
 */
#include "ndr/pipe.h"

#include "base/alloc.h"
#include "lib/unit.h"

static const struct ndr_drep little = { true, true, true };

/* Parts of step octets, each behind octets that its reader may write to. */
struct parted {
    struct ndr_source source;
    struct bytes rest;
    size_t step;
    uint8_t *block, *old;
    enum err fails; /* after the last octet */
};

static uint8_t *part_copy(struct bytes b)
{
    uint8_t *block = malloc(NDR_PART_BEFORE + b.len);

    assert_non_null(block);
    memset(block, 0xee, NDR_PART_BEFORE);
    memcpy(block + NDR_PART_BEFORE, b.ptr, b.len);
    return block;
}

static enum err next(struct ndr_source *s, struct ndr_part *ret)
{
    struct parted *p = (struct parted *)(void *)s;
    size_t n = p->rest.len < p->step ? p->rest.len : p->step;

    if (p->fails && !n)
        return p->fails;
    free(p->old);
    p->old = p->block;
    p->block = part_copy(bytes_of(p->rest.ptr, n));
    p->rest = bytes_of(p->rest.ptr + n, p->rest.len - n);
    *ret = (struct ndr_part){ p->block + NDR_PART_BEFORE, n, p->rest.len == 0 && !p->fails };
    return ERR_OK;
}

struct reading {
    struct parted from;
    struct ndr_arena arena;
    struct ndr_in in;
    struct buf first;
};

/* The first part is there, as a call's first fragment is. */
static void begin(struct reading *r, struct bytes whole, size_t step)
{
    size_t n = whole.len < step ? whole.len : step;

    *r = (struct reading){ .from = { .source = { .next = next, .limit = 1000000 }, .step = step } };
    r->first = (struct buf){ malloc(n + 1), n };
    memcpy(r->first.ptr, whole.ptr, n);
    r->from.rest = bytes_of(whole.ptr + n, whole.len - n);
    r->from.source.ended = !r->from.rest.len;
    r->arena = ndr_arena_with(ndr_budget(n));
    assert_int_equal(
        ndr_in_begin(bytes_of(r->first.ptr, n), NDR_20, little, &r->arena, NULL, &r->in), ERR_OK);
    r->in.source = &r->from.source;
}

static void end(struct reading *r)
{
    ndr_arena_done(&r->arena);
    free(r->first.ptr);
    free(r->from.block);
    free(r->from.old);
}

static void parts_are_read_as_the_whole(void **state)
{
    struct bytes whole = unit_hex("01 00 02 00 07 00 00 00 00 00 00 00 07 00 00 00"
                                  "61 62 63 64 65 66 00 00 03 00 00 00 0a 0b 0c 00"
                                  "88 77 66 55 44 33 22 11");
    size_t step;

    (void)state;
    for (step = 1; step <= whole.len; step++) {
        struct ndr_span span, spans = { 3, 0, 3 };
        struct reading r;
        const char *s;
        uint8_t three[3];

        begin(&r, whole, step);
        assert_int_equal(ndr_in_u16(&r.in), 1);
        assert_int_equal(ndr_in_u16(&r.in), 2);
        s = ndr_in_string(&r.in, &span);
        ndr_in_conformance(&r.in, &spans, 1);
        assert_int_equal(ndr_in_count(&r.in, &spans, 1, 1), 3);
        ndr_in_array(&r.in, three, 3, 1);
        assert_int_equal(ndr_in_u64(&r.in), 0x1122334455667788);
        assert_int_equal(ndr_in_end(&r.in), ERR_OK);
        assert_string_equal(s, "abcdef"); /* still, after all has been moved */
        assert_int_equal(three[2], 0x0c);
        end(&r);
    }
    free((void *)whole.ptr);
}

static void what_is_kept_together_has_a_limit(void **state)
{
    static uint8_t zero[300];
    struct reading r;

    (void)state;
    begin(&r, bytes_of(zero, sizeof zero), 100);
    r.from.source.limit = 299;
    assert_true(ndr_in_want(&r.in, 200));
    assert_false(ndr_in_want(&r.in, 300));
    assert_int_equal(r.in.r.err, ERR_TOO_LONG);
    end(&r);
}

static void no_count_is_believed_before_its_elements_came(void **state)
{
    struct bytes whole = unit_hex("ff ff ff ff 01 02 03 04");
    struct ndr_span span = { 0 };
    struct reading r;

    (void)state;
    begin(&r, whole, 4);
    ndr_in_conformance(&r.in, &span, 1);
    assert_int_equal(ndr_in_count(&r.in, &span, 1, 1), 0);
    assert_int_equal(r.in.r.err, ERR_TRUNCATED);
    end(&r);
    free((void *)whole.ptr);
}

/* ---- pipes ---- */

struct sample { /* 12 octets on the wire, and 4 between two of them */
    uint64_t a;
    uint16_t b[2];
};

static const struct ndr_element element = { .align = 8, .size = 12 };

static void write_sample(struct ndr_out *out, const struct sample *s)
{
    ndr_out_align(out, 8);
    ndr_out_u64(out, s->a);
    ndr_out_array(out, s->b, 2, 2);
}

static void read_sample(struct ndr_in *in, struct sample *s)
{
    ndr_in_align(in, 8);
    s->a = ndr_in_u64(in);
    ndr_in_array(in, s->b, 2, 2);
}

static struct sample sample_of(uint64_t i)
{
    return (struct sample){ .a = i * 0x0102030405, .b = { (uint16_t)i, (uint16_t)(i >> 3) } };
}

/* An odd octet, total elements in chunks of n, another octet; what was due is let go on the way. */
static struct buf written(uint64_t total, uint32_t n)
{
    struct writer all = writer_new(SIZE_MAX);
    struct buf taken = { 0 };
    struct ndr_out out;
    uint64_t i = 0, to;
    size_t due;

    assert_int_equal(ndr_out_begin(NDR_20, NULL, &out), ERR_OK);
    ndr_out_u8(&out, 0x55);
    while (i < total) {
        to = i + n < total ? i + n : total;
        ndr_out_chunk_begin(&out, &element, (uint32_t)(to - i));
        for (; i < to; i++) {
            struct sample s = sample_of(i);

            write_sample(&out, &s);
        }
        ndr_out_chunk_end(&out, n);
        due = ndr_out_due(&out);
        writer_bytes(&all, bytes_of(out.w.ptr, due));
        ndr_out_sent(&out, due);
    }
    ndr_out_chunk_begin(&out, &element, 0);
    ndr_out_chunk_end(&out, 0);
    ndr_out_u8(&out, 0x66);
    writer_bytes(&all, bytes_of(out.w.ptr, out.w.len));
    ndr_out_done(&out);
    assert_int_equal(writer_take(&all, &taken), ERR_OK);
    return taken;
}

/* All elements, at most room at once; their number. */
static uint64_t drain(struct ndr_in *in, const struct ndr_element *e, size_t room)
{
    struct ndr_chunk c = { 0 };
    uint64_t i = 0;
    size_t n, k;

    while ((n = ndr_in_pipe(in, &c, e))) {
        n = n < room ? n : room;
        for (k = 0; k < n; k++, i++) {
            struct sample got, want = sample_of(i);

            read_sample(in, &got);
            assert_int_equal(got.a, want.a);
            assert_memory_equal(got.b, want.b, sizeof got.b);
        }
        ndr_in_piped(in, &c, n);
    }
    assert_true(c.ended || in->r.err);
    assert_int_equal(ndr_in_pipe(in, &c, e), 0); /* and that stays so */
    return i;
}

static void a_pipe_brings_what_was_put_in(void **state)
{
    static const struct {
        uint64_t total;
        uint32_t chunk;
        size_t step, room;
    } cases[] = { { 0, 1, 5, 1 },      { 1, 1, 1, 1 },         { 100, 7, 1, 3 },
                  { 100, 7, 13, 100 }, { 100, 100, 64, 1000 }, { 1000, 333, 1000, 17 },
                  { 50, 9, 100000, 4 } };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf all = written(cases[i].total, cases[i].chunk);
        struct reading r;

        begin(&r, bytes_of(all.ptr, all.len), cases[i].step);
        assert_int_equal(ndr_in_u8(&r.in), 0x55);
        assert_int_equal(drain(&r.in, &element, cases[i].room), cases[i].total);
        assert_int_equal(ndr_in_u8(&r.in), 0x66);
        assert_int_equal(ndr_in_end(&r.in), ERR_OK);
        end(&r);
        mem_free(all.ptr);
    }
}

static void a_long_pipe_needs_no_more_memory(void **state)
{
    struct buf all = written(100000, 1000);
    struct reading r;

    (void)state;
    begin(&r, bytes_of(all.ptr, all.len), 1001);
    (void)ndr_in_u8(&r.in);
    assert_int_equal(drain(&r.in, &element, SIZE_MAX), 100000);
    assert_true(r.arena.used < 8192);
    end(&r);
    mem_free(all.ptr);
}

static void refuses_what_ends_too_early(void **state)
{
    struct buf all = written(10, 4);
    size_t n;

    (void)state;
    for (n = 0; n < all.len - 1; n++) {
        struct reading r;

        begin(&r, bytes_of(all.ptr, n), 11);
        (void)ndr_in_u8(&r.in);
        (void)drain(&r.in, &element, 3);
        assert_int_equal(r.in.r.err, ERR_TRUNCATED);
        end(&r);
    }
    mem_free(all.ptr);
}

static void a_chunk_of_any_count_costs_nothing(void **state)
{
    struct bytes whole = unit_hex("ff ff ff ff 00 00 00 00 01 02 03 04 05 06 07 08 09 0a 0b 0c");
    struct reading r;

    (void)state;
    begin(&r, whole, 6);
    assert_int_equal(drain(&r.in, &(struct ndr_element){ .align = 1, .size = 17 }, 1), 0);
    assert_int_equal(r.in.r.err, ERR_TRUNCATED);
    assert_true(r.arena.used < 200);
    end(&r);
    free((void *)whole.ptr);
}

static void a_range_is_about_chunks(void **state)
{
    static const struct ndr_element three = { .align = 8, .size = 12, .low = 2, .high = 3 };
    static const uint32_t chunks[] = { 1, 2, 3, 4 };
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        struct buf all = written(12, chunks[i]);
        bool good = chunks[i] >= 2 && chunks[i] <= 3;
        struct ndr_out out;
        struct reading r;

        begin(&r, bytes_of(all.ptr, all.len), 100);
        (void)ndr_in_u8(&r.in);
        (void)drain(&r.in, &three, 100);
        assert_int_equal(r.in.r.err, good ? ERR_OK : ERR_MALFORMED);
        end(&r);
        mem_free(all.ptr);
        assert_int_equal(ndr_out_begin(NDR_20, NULL, &out), ERR_OK);
        ndr_out_chunk_begin(&out, &three, chunks[i]);
        assert_int_equal(out.w.err, good ? ERR_OK : ERR_RPC_BOUND);
        ndr_out_done(&out);
    }
}

static void a_source_that_fails_ends_the_reading(void **state)
{
    struct buf all = written(100, 10);
    struct reading r;

    (void)state;
    begin(&r, bytes_of(all.ptr, all.len / 2), 50);
    r.from.fails = ERR_CONNECT;
    (void)ndr_in_u8(&r.in);
    (void)drain(&r.in, &element, 10);
    assert_int_equal(r.in.r.err, ERR_CONNECT);
    end(&r);
    begin(&r, bytes_of(all.ptr, 1), 1);
    r.from.fails = ERR_CONNECT;
    r.from.source.ended = false;
    (void)ndr_in_u32(&r.in);
    assert_int_equal(r.in.r.err, ERR_CONNECT);
    end(&r);
    mem_free(all.ptr);
}

static enum err scenario(void *arg)
{
    const struct buf *all = arg;
    struct reading r;
    enum err e;

    begin(&r, bytes_of(all->ptr, all->len), 30);
    (void)ndr_in_want(&r.in, 40);
    (void)ndr_in_u8(&r.in);
    (void)drain(&r.in, &element, 5);
    (void)ndr_in_u8(&r.in);
    e = ndr_in_end(&r.in);
    end(&r);
    return e;
}

static void survives_every_failed_allocation(void **state)
{
    struct buf all = written(20, 6);

    (void)state;
    oom_run(scenario, &all);
    mem_free(all.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_read_as_the_whole),
        cmocka_unit_test(what_is_kept_together_has_a_limit),
        cmocka_unit_test(no_count_is_believed_before_its_elements_came),
        cmocka_unit_test(a_pipe_brings_what_was_put_in),
        cmocka_unit_test(a_long_pipe_needs_no_more_memory),
        cmocka_unit_test(refuses_what_ends_too_early),
        cmocka_unit_test(a_chunk_of_any_count_costs_nothing),
        cmocka_unit_test(a_range_is_about_chunks),
        cmocka_unit_test(a_source_that_fails_ends_the_reading),
        cmocka_unit_test(survives_every_failed_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
