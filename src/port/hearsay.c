/* SPDX-License-Identifier: Apache-2.0
 * hearsay.c - C that expects the server which answers.  desktop-src/Rpc/mutual-authentication.md
 */
#include "port/hearsay.h"

#include <string.h>

enum { NAMES = 16 }; /* variables of one function: the oldest give way */

struct heard {
    const struct port_source *s;
    struct bytes name[NAMES];
    unsigned count;
    unsigned depth; /* of braces: what a function was told ends with it */
};

/* Token i is that function, in a form of Windows', and called. */
static bool calls(const struct port_source *s, size_t i, const char *function)
{
    static const char *const forms[] = { "", "A", "W", "Ex", "ExA", "ExW" };
    struct bytes word = port_text(s, i), form;
    size_t n = strlen(function), f;

    if (s->tokens[i].kind != PORT_WORD || word.len < n || memcmp(word.ptr, function, n) != 0 ||
        !port_is(s, i + 1, "("))
        return false;
    form = bytes_of(word.ptr + n, word.len - n);
    for (f = 0; f < sizeof forms / sizeof *forms; f++)
        if (bytes_equal(form, bytes_of_text(forms[f])))
            return true;
    return false;
}

static int nesting(const struct port_source *s, size_t i)
{
    if (port_is(s, i, "(") || port_is(s, i, "[") || port_is(s, i, "{"))
        return 1;
    return port_is(s, i, ")") || port_is(s, i, "]") || port_is(s, i, "}") ? -1 : 0;
}

/* The last word of argument which, from 0, of the call at i: "name" of (RPC_CSTR *)&name. Empty
 * where there is none. */
static struct bytes argument(const struct port_source *s, size_t i, unsigned which)
{
    struct bytes word = { 0 };
    unsigned at = 0;
    int depth = 0;

    for (i++; i < s->count; i++) {
        depth += nesting(s, i);
        if (!depth)
            break;
        if (depth == 1 && port_is(s, i, ","))
            at++;
        else if (at == which && depth == 1 && s->tokens[i].kind == PORT_WORD)
            word = port_text(s, i);
    }
    return word;
}

static bool was_heard(const struct heard *h, struct bytes name)
{
    unsigned i, n = h->count < NAMES ? h->count : NAMES;

    for (i = 0; i < n; i++)
        if (name.len && bytes_equal(h->name[i], name))
            return true;
    return false;
}

static void follow(struct heard *h, size_t i)
{
    h->depth += port_is(h->s, i, "{");
    if (!port_is(h->s, i, "}") || !h->depth)
        return;
    h->depth--;
    if (!h->depth)
        h->count = 0;
}

enum err port_hearsay(const struct port_source *s, struct port_changes *ret)
{
    struct port_changes c = { 0 };
    struct heard h = { .s = s };
    size_t i;

    for (i = 0; i < s->count && !c.err; i++) {
        if (s->tokens[i].origin != PORT_USER)
            continue;
        follow(&h, i);
        if (calls(s, i, "RpcMgmtInqServerPrincName"))
            h.name[h.count++ % NAMES] = argument(s, i, 2);
        else if (calls(s, i, "RpcBindingSetAuthInfo") && was_heard(&h, argument(s, i, 1)))
            port_change_remark(&c, s, i,
                               "it expects what RpcMgmtInqServerPrincName was told, and so "
                               "whoever answers; make the name of the service's class and the "
                               "host you chose (DsMakeSpn)");
    }
    if (c.err) {
        enum err e = c.err;

        port_changes_free(&c);
        return e;
    }
    *ret = c;
    return ERR_OK;
}
