/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/error_info.h"

#include "base/alloc.h"
#include "lib/unit.h"

/* Two records, laid out by hand after C706 14.2, 14.3 and the types of [MS-EERR] 2.2.1. */
static const char vector[] =
    "01 10 08 00 cc cc cc cc  b0 00 00 00 00 00 00 00"
    "00 00 02 00"                                       /* the chain */
    "04 00 00 00  04 00 02 00"                          /* max_count, Next */
    "01 00 01 00  03 00 00 00  08 00 02 00"             /* ComputerName */
    "11 00 00 00  00 00 00 00  88 77 66 55 44 33 22 11" /* ProcessID, TimeStamp */
    "02 00 00 00  ba 06 00 00  34 12 02 00  04 00 00 00"
    "01 00 01 00  03 00 00 00  0c 00 02 00  00 00 00 00" /* an ANSI string */
    "05 00 05 00  00 00 00 00  08 07 06 05 04 03 02 01"  /* a pointer value */
    "06 00 06 00  00 00 00 00"                           /* none */
    "03 00 03 00  fe ff ff ff"                           /* a long */
    "00 00 00 00  00 00 00 00"                           /* Next's max_count */
    "00 00 00 00  02 00 02 00  02 00 00 00  00 00 00 00"
    "03 00 00 00 00 00 00 00  04 00 00 00  05 00 00 00  06 00 00 00 00 00 00 00"
    "03 00 00 00  70 00 63 00 00 00 00 00" /* pc */
    "03 00 00 00  68 69 00 00 00 00 00 00" /* hi */;

static struct rpc_error_record *read_vector(void)
{
    struct bytes b = unit_hex(vector);
    struct rpc_error_record *chain = NULL;

    assert_int_equal(rpc_error_read(b, &chain), ERR_OK);
    free((void *)(uintptr_t)b.ptr);
    assert_non_null(chain);
    return chain;
}

static void reads_every_field(void **state)
{
    struct rpc_error_record *chain = read_vector();

    (void)state;
    assert_int_equal(rpc_error_count(chain), 2);
    assert_memory_equal(chain->computer, u"pc", 6);
    assert_int_equal(chain->process, 0x11);
    assert_true(chain->time == 0x1122334455667788);
    assert_int_equal(chain->component, 2);
    assert_int_equal(chain->status, 1722);
    assert_int_equal(chain->location, 0x1234);
    assert_int_equal(chain->flags, RPC_ERROR_AFTER_MISSING);
    assert_int_equal(chain->count, 4);
    assert_int_equal(chain->param[0].type, RPC_ERROR_ANSI);
    assert_string_equal(chain->param[0].data, "hi");
    assert_int_equal(chain->param[1].type, RPC_ERROR_POINTER);
    assert_true(chain->param[1].number == 0x0102030405060708);
    assert_int_equal(chain->param[2].type, RPC_ERROR_NONE);
    assert_int_equal(chain->param[3].type, RPC_ERROR_LONG);
    assert_true(chain->param[3].number == -2);
    assert_null(chain->next->computer);
    assert_int_equal(chain->next->status, 5);
    assert_int_equal(chain->next->count, 0);
    rpc_error_free(chain);
}

static void writes_back_what_it_read(void **state)
{
    struct rpc_error_record *chain = read_vector();
    struct rpc_error_record *copy = NULL;
    struct bytes want = unit_hex(vector);
    struct buf b = { 0 };

    (void)state;
    assert_int_equal(rpc_error_copy(chain, &copy), ERR_OK);
    rpc_error_free(chain);
    assert_int_equal(rpc_error_write(copy, RPC_ERROR_BLOB, &b), ERR_OK);
    unit_assert_bytes(buf_view(b), want);
    buf_free(&b);
    free((void *)(uintptr_t)want.ptr);
    rpc_error_free(copy);
}

static enum err read_only(struct bytes msg)
{
    struct rpc_error_record *chain = NULL;
    enum err e = rpc_error_read(msg, &chain);

    rpc_error_free(chain);
    return e;
}

static void refuses_every_shorter_blob(void **state)
{
    struct bytes b = unit_hex(vector);

    (void)state;
    unit_every_prefix(b, read_only);
    free((void *)(uintptr_t)b.ptr);
}

/* The vector with some octets changed at an offset of the object. */
static void refused_with(size_t at, const char *octets)
{
    struct bytes b = unit_hex(vector);
    struct bytes change = unit_hex(octets);

    memcpy((uint8_t *)(uintptr_t)b.ptr + 16 + at, change.ptr, change.len);
    assert_int_not_equal(read_only(b), ERR_OK);
    free((void *)(uintptr_t)b.ptr);
    free((void *)(uintptr_t)change.ptr);
}

static void any_violation_fails_the_whole(void **state)
{
    (void)state;
    refused_with(0x04, "05 00 00 00"); /* more parameters than nLen says */
    refused_with(0x0c, "03 00 03 00"); /* neither with a name nor without */
    refused_with(0x0e, "02 00");       /* two discriminants that differ */
    refused_with(0x10, "ff ff");       /* a name of -1 characters */
    refused_with(0x34, "05 00");       /* more than four */
    refused_with(0x38, "08 00 08 00"); /* a parameter of no known type */
    refused_with(0x3c, "04 00");       /* lengths that differ */
    refused_with(0xa0, "64 00");       /* a name that does not end */
    refused_with(0xaa, "64");          /* a text that does not */
}

/* A chain of n records, each with a text of some length. */
static struct rpc_error_record *chain_of(size_t n, size_t text)
{
    struct rpc_error_record *chain = NULL;
    char letters[RPC_ERROR_TEXT] = { 0 };

    memset(letters, 'x', text - 1);
    while (n--) {
        struct rpc_error_record *r = mem_zero(sizeof *r);

        assert_non_null(r);
        r->next = chain;
        r->status = (uint32_t)n;
        r->count = 1;
        assert_int_equal(rpc_error_set(&r->param[0], RPC_ERROR_ANSI, letters, text), ERR_OK);
        chain = r;
    }
    return chain;
}

static struct rpc_error_record *through(const struct rpc_error_record *chain, size_t max)
{
    struct rpc_error_record *back = NULL;
    struct buf b = { 0 };

    assert_int_equal(rpc_error_write(chain, max, &b), ERR_OK);
    assert_true(b.len <= max);
    assert_int_equal(rpc_error_read(buf_view(b), &back), ERR_OK);
    buf_free(&b);
    return back;
}

static void what_has_no_room_is_left_out_from_the_middle(void **state)
{
    struct rpc_error_record *chain = chain_of(10, 100);
    struct rpc_error_record *back = through(chain, RPC_ERROR_FAULT);
    struct rpc_error_record *last = back;
    size_t n = rpc_error_count(back);

    (void)state;
    assert_true(n >= 2 && n < 10);
    assert_int_equal(back->status, 0);
    while (last->next && last->next->next)
        last = last->next;
    assert_true(last->flags & RPC_ERROR_AFTER_MISSING);
    assert_non_null(last->next);
    if (last->next) { /* for who does not know what the line above does */
        assert_int_equal(last->next->status, 9);
        assert_true(last->next->flags & RPC_ERROR_BEFORE_MISSING);
    }
    assert_int_equal(rpc_error_count(chain), 10); /* what was given is as it was */
    rpc_error_free(back);
    rpc_error_free(chain);
}

static void then_texts_are(void **state)
{
    struct rpc_error_record *chain = chain_of(3, RPC_ERROR_TEXT);
    struct rpc_error_record *back = through(chain, RPC_ERROR_FAULT);
    struct buf b;

    (void)state;
    assert_int_equal(rpc_error_count(back), 2);
    assert_int_equal(back->param[0].type, RPC_ERROR_NONE);
    assert_int_equal(rpc_error_write(chain, 100, &b), ERR_TOO_LONG);
    rpc_error_free(back);
    rpc_error_free(chain);
}

static void a_chain_has_an_end(void **state)
{
    struct rpc_error_record *chain = chain_of(RPC_ERROR_RECORDS, 2);
    struct rpc_error_record *back = through(chain, RPC_ERROR_BLOB);
    struct buf b = { 0 };

    (void)state;
    assert_int_equal(rpc_error_count(back), RPC_ERROR_RECORDS);
    rpc_error_free(back);
    rpc_error_free(chain);
    chain = chain_of(RPC_ERROR_RECORDS + 1, 2);
    assert_int_equal(rpc_error_write(chain, RPC_ERROR_BLOB, &b), ERR_OK);
    assert_int_equal(read_only(buf_view(b)), ERR_TOO_LONG);
    buf_free(&b);
    rpc_error_free(chain);
}

static enum err read_copy_write(void *arg)
{
    struct rpc_error_record *chain = NULL;
    struct rpc_error_record *copy = NULL;
    struct buf b = { 0 };
    enum err e = rpc_error_read(*(const struct bytes *)arg, &chain);

    if (!e)
        e = rpc_error_copy(chain, &copy);
    if (!e)
        e = rpc_error_write(copy, RPC_ERROR_BLOB, &b);
    buf_free(&b);
    rpc_error_free(copy);
    rpc_error_free(chain);
    return e;
}

static void runs_out_of_memory_and_says_so(void **state)
{
    struct bytes b = unit_hex(vector);

    (void)state;
    oom_run(read_copy_write, &b);
    free((void *)(uintptr_t)b.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(writes_back_what_it_read),
        cmocka_unit_test(refuses_every_shorter_blob),
        cmocka_unit_test(any_violation_fails_the_whole),
        cmocka_unit_test(what_has_no_room_is_left_out_from_the_middle),
        cmocka_unit_test(then_texts_are),
        cmocka_unit_test(a_chain_has_an_end),
        cmocka_unit_test(runs_out_of_memory_and_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
