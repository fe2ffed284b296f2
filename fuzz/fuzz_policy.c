/* SPDX-License-Identifier: Apache-2.0
 * fuzz_policy.c - what is understood of a policy is understood again when it is written back, and
 * what is not understood opens nothing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/policy_text.h"
#include "base/policy_value.h"

static void again(void *arg, const struct policy_setting *s, struct bytes line)
{
    const struct policy_setting *was = arg;

    (void)line;
    if (s->slip || s->number != was->number || s->switch_of != was->switch_of ||
        s->mode != was->mode)
        abort();
}

static void found(void *arg, const struct policy_setting *s, struct bytes line)
{
    static const char *const words[] = { "off", "audit", "enforce" };
    unsigned *last = arg;
    struct policy_setting was = *s;
    char text[POLICY_NAMES_MAX + 64];
    int n;

    if (s->line <= *last || !line.len || (s->slip && s->mode != POLICY_ENFORCE))
        abort();
    *last = s->line;
    if (s->slip)
        return;
    n = snprintf(text, sizeof text, "%s=%s %.*s", policy_written(s->switch_of), words[s->mode],
                 (int)s->value.len, (const char *)s->value.ptr);
    policy_text_read(bytes_of(text, (size_t)n), '\n', again, &was);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned last = 0;

    policy_text_read(bytes_of(data, size), '\n', found, &last);
    last = 0;
    policy_text_read(bytes_of(data, size), ',', found, &last);
    return 0;
}
