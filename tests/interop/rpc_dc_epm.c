/* SPDX-License-Identifier: Apache-2.0
 * rpc_dc_epm.c - the endpoint mapper's list, page by page.  C706 appendix O
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "epm.h"
#include "rpc_dc_client.h"

enum {
    PAGE = 7,
    FLOOR_TCP = 7,
};

/* A tower: count 2, then floors of two parts, each with its length before it.  C706 appendix L */
static unsigned tower_u16(const ept_tower_t *t, size_t at)
{
    const byte *o = t->tower_octet_string;

    return at + 2 > t->tower_length ? 0 : o[at] | o[at + 1] << 8;
}

static unsigned tower_port(const ept_tower_t *t)
{
    unsigned floors = tower_u16(t, 0);
    size_t at = 2;

    for (unsigned i = 0; i < floors; i++) {
        size_t left = tower_u16(t, at), right = tower_u16(t, at + 2 + left);
        size_t data = at + 4 + left;

        if (data + right > t->tower_length || !left)
            return 0;
        if (t->tower_octet_string[at + 2] == FLOOR_TCP && right == 2)
            return (unsigned)t->tower_octet_string[data] << 8 | t->tower_octet_string[data + 1];
        at = data + right;
    }
    return 0;
}

/* The first floor: 0x0d, then the interface's UUID. */
static void show(const ept_entry_t *entry)
{
    const byte *uuid = entry->tower->tower_octet_string + 5;
    unsigned port = tower_port(entry->tower);

    if (port && entry->tower->tower_length > 21)
        printf("endpoint %02x%02x%02x%02x port %u\n", uuid[3], uuid[2], uuid[1], uuid[0], port);
}

void dc_epm(handle_t h, const char *name)
{
    ept_lookup_handle_t entries = NULL;
    ept_entry_t page[PAGE];
    error_status_t status = 0;
    ULONG count = 0, total = 0;

    (void)name;
    do {
        memset(page, 0, sizeof page);
        ept_lookup(h, RPC_C_EP_ALL_ELTS, NULL, NULL, RPC_C_VERS_ALL, &entries, PAGE, &count, page,
                   &status);
        for (ULONG i = 0; i < count; i++) {
            if (page[i].tower)
                show(&page[i]);
            midl_user_free(page[i].tower);
        }
        total += count;
    } while (status == 0 && count && entries);
    printf("entries %u, then 0x%08" PRIx32 "\n", (unsigned)total, status);
    if (entries)
        ept_lookup_handle_free(h, &entries, &status);
}
