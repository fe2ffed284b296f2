/* SPDX-License-Identifier: Apache-2.0
 * fuzz_outward.c - what stays here leads nowhere by a longer list either, and no path that is let
 * through begins as those do that lead away; a host is let through by itself alone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "rpc/outward.h"

static bool is_separator(char c)
{
    return c == '\\' || c == '/';
}

static bool leads_away(const char *path)
{
    return is_separator(path[0]) && is_separator(path[1]) &&
           !(path[2] == '?' && is_separator(path[3]) && path[5] == ':');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_strndup((const char *)data, size);
    const char *const other[] = { "other.example", ".below.example", "192.0.2.1", NULL };
    const char *const own[] = { text, NULL };
    enum err here, host;

    if (!text)
        return 0;
    here = rpc_outward_path(text, NULL);
    if (here == ERR_OK && (leads_away(text) || rpc_outward_path(text, other)))
        abort();
    host = rpc_outward_host(text, own);
    if (host != ERR_OK && host != ERR_INVALID_PARAMETER && *text != '.')
        abort();
    if (host == ERR_OK && (strpbrk(text, "\\/ @\n") || rpc_outward_host(text, NULL) == ERR_OK))
        abort();
    mem_free(text);
    return 0;
}
