/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/cursor.h"

#include "lib/unit.h"

/* What it is asked of is not touched before the first entry is wanted. */
static enum err open_and_close(void *arg)
{
    static const char *const attrs[] = { "cn", "keywords", NULL };
    const struct search q = {
        .base = "DC=example", .scope = SEARCH_ONE, .filter = "(cn=*)", .attrs = attrs
    };
    struct cursor *c = NULL;
    enum err e = cursor_open(NULL, &q, &c);

    (void)arg;
    if (!e)
        cursor_close(c);
    return e;
}

static void survives_lack_of_memory(void **state)
{
    (void)state;
    oom_run(open_and_close, NULL);
    cursor_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(survives_lack_of_memory) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
