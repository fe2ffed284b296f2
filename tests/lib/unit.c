/* SPDX-License-Identifier: Apache-2.0
 * unit.c - helpers of the unit tests.
 */
#include "lib/unit.h"

#include "base/alloc.h"

struct bytes unit_hex(const char *text)
{
    uint8_t *p = malloc(strlen(text) / 2 + 1);
    uint8_t *exact = NULL;
    size_t n = 0;

    for (text += strspn(text, " \n"); text[0] && text[1]; text += strspn(text, " \n")) {
        char pair[3] = { text[0], text[1], '\0' };

        p[n++] = (uint8_t)strtoul(pair, NULL, 16);
        text += 2;
    }
    exact = malloc(n ? n : 1);
    memcpy(exact, p, n);
    free(p);
    return bytes_of(exact, n);
}

void unit_every_prefix(struct bytes whole, enum err (*parse)(struct bytes msg))
{
    size_t n;

    for (n = 0; n < whole.len; n++) {
        uint8_t *exact = malloc(n ? n : 1);

        memcpy(exact, whole.ptr, n);
        if (parse(bytes_of(exact, n)) == ERR_OK)
            fail_msg("a prefix of %zu of %zu bytes was accepted", n, whole.len);
        free(exact);
    }
}

void oom_run(enum err (*scenario)(void *arg), void *arg)
{
    long n;

    for (n = 0; n < 100000; n++) {
        enum err e;
        int hit;

        mem_fail_at(n);
        e = scenario(arg);
        hit = mem_fail_hit();
        mem_fail_at(-1);
        if (!hit) {
            assert_int_equal(e, ERR_OK);
            return;
        }
        if (e != ERR_NO_MEMORY)
            fail_msg("allocation %ld failed and the scenario said \"%s\"", n, err_text(e));
    }
    fail_msg("no end after %ld allocations", n);
}

static bool skipped;

void unit_skip(const char *why)
{
    print_message("skipped: %s\n", why);
    skipped = true;
    skip();
}

int unit_result(int failed)
{
    enum { SKIPPED = 77 }; /* SKIP_RETURN_CODE of the tests' CMakeLists.txt */

    if (failed)
        return 1;
    return skipped ? SKIPPED : 0;
}

void unit_assert_bytes(struct bytes got, struct bytes want)
{
    assert_int_equal(got.len, want.len);
    assert_memory_equal(got.ptr, want.ptr, want.len);
}

const char *unit_env(const char *name)
{
    const char *value = getenv(name);

    if (!value) {
        fprintf(stderr, "the environment has no %s: run through ctest\n", name);
        exit(1);
    }
    return value;
}
