/* SPDX-License-Identifier: Apache-2.0
 * test_handles.c - descriptors that a stub knows by number: who closes them, and once.
 */
#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "lib/unit.h"
#include "ndr/handles.h"

static struct ndr_fulls fulls;
static struct ndr_arena arena;

static int opened(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    assert_true(fd > 0);
    return fd;
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static struct ndr_out out_with(struct ndr_handles *h)
{
    struct ndr_out out;

    fulls = (struct ndr_fulls){ 0 };
    assert_int_equal(ndr_out_begin(NDR_20, &fulls, &out), ERR_OK);
    out.handles = h;
    return out;
}

static struct ndr_in in_with(struct ndr_handles *h, struct bytes stub)
{
    struct ndr_in in;

    fulls = (struct ndr_fulls){ 0 };
    arena = ndr_arena_with(ndr_budget(stub.len));
    assert_int_equal(ndr_in_begin(stub, NDR_20, NDR_DREP_NATIVE, &arena, &fulls, &in), ERR_OK);
    in.handles = h;
    return in;
}

static struct ndr_handles came(int *fds, unsigned n)
{
    struct ndr_handles h = { .fd = mem_array(n, sizeof *fds), .count = n, .owned = true };

    assert_non_null(h.fd);
    memcpy(h.fd, fds, n * sizeof *fds);
    return h;
}

static void numbers_are_places_from_one(void **state)
{
    struct ndr_handles h = { 0 };
    struct ndr_out out = out_with(&h);
    struct bytes want = unit_hex("01000000 00000000 02000000 03000000");

    (void)state;
    ndr_out_handle(&out, 40);
    ndr_out_handle(&out, -1);
    ndr_out_handle(&out, 50);
    ndr_out_handle(&out, 40); /* twice is two */
    assert_int_equal(out.w.err, ERR_OK);
    unit_assert_bytes(bytes_of(out.w.ptr, out.w.len), want);
    assert_int_equal(h.count, 3);
    ndr_out_done(&out);
    ndr_handles_done(&h); /* not owned: none is closed */
    free((void *)want.ptr);
}

static void none_where_none_can_travel(void **state)
{
    struct ndr_handles h = { .owned = true, .refused = true };
    struct ndr_out out = out_with(NULL);
    int fd = opened();

    (void)state;
    ndr_out_handle(&out, -1);
    assert_int_equal(out.w.err, ERR_OK);
    ndr_out_handle(&out, fd);
    assert_int_equal(out.w.err, ERR_UNSUPPORTED);
    ndr_out_done(&out);
    out = out_with(&h);
    ndr_out_handle(&out, fd);
    assert_int_equal(out.w.err, ERR_UNSUPPORTED);
    ndr_out_done(&out);
    assert_true(is_open(fd));
    ndr_handles_done(&h); /* it was given away all the same */
    assert_false(is_open(fd));
}

static void sixty_four_and_no_more(void **state)
{
    struct ndr_handles h = { .owned = true };
    struct ndr_out out = out_with(&h);
    int fd, i;

    (void)state;
    for (i = 0; i < NDR_HANDLES_MAX; i++)
        ndr_out_handle(&out, opened());
    assert_int_equal(out.w.err, ERR_OK);
    fd = opened();
    ndr_out_handle(&out, fd);
    assert_int_equal(out.w.err, ERR_TOO_LONG);
    ndr_out_done(&out);
    ndr_handles_done(&h);
    assert_false(is_open(fd));
}

static void read_in_order_and_each_once(void **state)
{
    static const char *const wrong[] = { "02000000", "01000000 01000000",
                                         "01000000 02000000 03000000", "ffffffff" };
    int fds[2];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct bytes stub = unit_hex(wrong[i]);
        struct ndr_handles h;
        struct ndr_in in;
        size_t n;

        fds[0] = opened();
        fds[1] = opened();
        h = came(fds, 2);
        in = in_with(&h, stub);
        for (n = 0; n < stub.len / 4; n++)
            (void)ndr_in_handle(&in);
        assert_int_equal(in.r.err, ERR_MALFORMED);
        ndr_handles_done(&h);
        assert_false(is_open(fds[0]));
        assert_false(is_open(fds[1]));
        ndr_arena_done(&arena);
        free((void *)stub.ptr);
    }
}

static void what_is_released_is_the_programs(void **state)
{
    struct bytes stub = unit_hex("01000000 00000000");
    int fds[2] = { opened(), opened() };
    struct ndr_handles h = came(fds, 2);
    struct ndr_in in = in_with(&h, stub);

    (void)state;
    assert_int_equal(ndr_in_handle(&in), fds[0]);
    assert_int_equal(ndr_in_handle(&in), -1);
    assert_int_equal(in.r.err, ERR_OK);
    ndr_handles_release(&h);
    ndr_handles_done(&h);
    assert_true(is_open(fds[0]));
    assert_false(is_open(fds[1])); /* nobody asked for it */
    close(fds[0]);
    ndr_arena_done(&arena);
    free((void *)stub.ptr);
}

/* [in, out]: what came goes back; and one thing given twice. */
static enum err give_back(void *arg)
{
    int fds[1] = { opened() }, other = opened(), sentinel;
    struct ndr_handles got = { .fd = mem_array(1, sizeof(int)), .owned = true };
    struct ndr_handles given = { .owned = true, .read_too = &got };
    struct ndr_out out;
    enum err e;

    (void)arg;
    if (!got.fd) {
        close(fds[0]);
        close(other);
        return ERR_NO_MEMORY;
    }
    got.fd[0] = fds[0];
    got.count = 1;
    out = out_with(&given);
    ndr_out_handle(&out, fds[0]);
    ndr_out_handle(&out, other);
    ndr_out_handle(&out, other);
    e = out.w.err;
    ndr_out_done(&out);
    ndr_handles_done(&given);
    assert_true(is_open(fds[0]));
    assert_false(is_open(other));
    sentinel = opened(); /* takes the number that was closed: nobody may close it again */
    ndr_handles_done(&got);
    assert_false(is_open(fds[0]));
    assert_true(is_open(sentinel));
    close(sentinel);
    return e;
}

static void each_is_closed_once(void **state)
{
    (void)state;
    assert_int_equal(give_back(NULL), ERR_OK);
    oom_run(give_back, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_places_from_one),
        cmocka_unit_test(none_where_none_can_travel),
        cmocka_unit_test(sixty_four_and_no_more),
        cmocka_unit_test(read_in_order_and_each_once),
        cmocka_unit_test(what_is_released_is_the_programs),
        cmocka_unit_test(each_is_closed_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
