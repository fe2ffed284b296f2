/* SPDX-License-Identifier: Apache-2.0
 * token.c - tokens and their handles.
 */
#include "sspi/token.h"

#include "base/alloc.h"

static void release(void *object)
{
    struct token *t = object;

    mem_free(t->name);
    mem_free(t);
}

enum err token_new(const char *name, handle_id *ret)
{
    struct token *t = mem_zero(sizeof *t);
    enum err e = ERR_NO_MEMORY;

    if (!t)
        return ERR_NO_MEMORY;
    t->name = mem_strdup(name ? name : "");
    if (t->name)
        e = handle_new(HANDLE_TOKEN, t, release, ret);
    if (e)
        release(t);
    return e;
}
