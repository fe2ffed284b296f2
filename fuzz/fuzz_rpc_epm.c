/* SPDX-License-Identifier: Apache-2.0
 * fuzz_rpc_epm.c - entries as an endpoint mapper's answer brings them: what is told of them is
 * text, and no more of them than were asked for.
 */
#include <stdlib.h>

#include "base/utf16.h"
#include "lib/initialised.h"
#include "rpc/epm.h"

enum { MOST = 20 };

static void check_text(const char *s, size_t room)
{
    size_t n = strnlen(s, room), i;

    if (n == room || !utf8_valid(bytes_of(s, n)))
        abort();
    for (i = 0; i < n; i++)
        if ((uint8_t)s[i] < ' ')
            abort();
    initialised_check(s, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ndr_arena arena = ndr_arena_with(ndr_budget(size));
    struct ndr_fulls fulls = { 0 };
    struct rpc_epm_entry *entries;
    size_t n = 0, all = 0, i;
    struct ndr_in in;

    if (ndr_in_begin(bytes_of(data, size), NDR_20, NDR_DREP_NATIVE, &arena, &fulls, &in))
        abort();
    entries = rpc_epm_read_entries(&in, MOST, &n, &all);
    if (n > all || all > MOST || (in.r.err && all))
        abort();
    for (i = 0; i < n; i++) {
        check_text(entries[i].annotation, sizeof entries[i].annotation);
        check_text(entries[i].tower.endpoint, sizeof entries[i].tower.endpoint);
        check_text(entries[i].tower.address, sizeof entries[i].tower.address);
        if (!entries[i].tower.protseq)
            abort();
    }
    ndr_fulls_done(&fulls);
    ndr_arena_done(&arena);
    return 0;
}
