/* SPDX-License-Identifier: Apache-2.0
 * server_client.c - whom the security contexts of a server's connection have proven.
 */
#include "base/alloc.h"
#include "base/utf16.h"
#include "rpc/server_auth.h"
#include "rpc/server_connection.h"
#include "rpc/server_policy.h"

static const struct rpc_client_name *name_of(const struct rpc_server_connection *c,
                                             const struct rpc_security *s)
{
    const struct rpc_client_name *n = atomic_load_explicit(&c->names, memory_order_acquire);

    while (n && n->security != s)
        n = n->next;
    return s ? n : NULL;
}

static void client_name_free(struct rpc_client_name *n)
{
    if (n) {
        mem_free(n->name);
        mem_free(n->text);
        mem_free(n->wide);
        rpc_usage_unref(n->usage);
    }
    mem_free(n);
}

void rpc_server_client_names_done(struct rpc_server_connection *c)
{
    struct rpc_client_name *n, *next;

    for (n = atomic_load(&c->names); n; n = next) {
        next = n->next;
        client_name_free(n);
    }
}

/* ---- proven ---- */

/* From here on it is one of that caller's. */
static void count_as(struct rpc_server_connection *c, struct rpc_usage *u)
{
    if (!c->counted || c->excess || c->counted == u || c->counted != c->from)
        return;
    if (!rpc_usage_take(u, RPC_SHARE_CONNECTIONS, 1)) {
        c->excess = true;
        return;
    }
    rpc_usage_give(c->counted, RPC_SHARE_CONNECTIONS, 1);
    rpc_usage_unref(c->counted);
    c->counted = rpc_usage_ref(u);
}

static void keep(struct rpc_server_connection *c, const struct rpc_security *s,
                 struct rpc_client_name *n)
{
    n->security = s;
    n->next = atomic_load(&c->names);
    atomic_store_explicit(&c->names, n, memory_order_release);
}

/* Of the account, where its SID is proven: whatever it is called, and whoever else is. */
static enum err find_usage(const struct rpc_security *s, struct rpc_client_name *n)
{
    char *sid = NULL;
    enum err e = s->type == RPC_AUTH_LOCAL ? ERR_OK : rpc_security_client_sid(s, &sid);

    if (e)
        return e;
    n->usage = rpc_usage_find(sid ? sid : n->name);
    mem_free(sid);
    return n->usage ? ERR_OK : ERR_NO_MEMORY;
}

static enum err find_names(const struct rpc_server_connection *c, const struct rpc_security *s,
                           struct rpc_client_name *n)
{
    enum err e = s->type == RPC_AUTH_LOCAL ? rpc_local_name(c->peer.uid, &n->text)
                                           : rpc_security_client_name(s, &n->text);

    if (e)
        return e;
    n->guest = rpc_server_policy_guest(s, n->text);
    n->name = mem_strdup(s->type == RPC_AUTH_LOCAL ? c->peer_name : n->text);
    e = n->name ? wide_from_utf8(n->text, &n->wide) : ERR_NO_MEMORY;
    return e ? e : find_usage(s, n);
}

enum err rpc_server_client_prove(struct rpc_server_connection *c, const struct rpc_security *s)
{
    struct rpc_client_name *n = mem_zero(sizeof *n);
    enum err e = n ? find_names(c, s, n) : ERR_NO_MEMORY;

    if (e) {
        client_name_free(n);
        return e;
    }
    count_as(c, n->usage);
    keep(c, s, n);
    return ERR_OK;
}

static enum err fill_name(struct rpc_client_name *n, const char *name, const char *const *sids,
                          size_t count)
{
    size_t i;

    n->text = mem_strdup(name);
    n->name = mem_strdup(name);
    n->usage = rpc_usage_find(count ? sids[0] : name);
    if (!n->text || !n->name || !n->usage)
        return ERR_NO_MEMORY;
    n->guest = rpc_server_policy_guest_name(name);
    for (i = 0; i < count; i++)
        n->guest |= rpc_server_policy_guest_sid(sids[i]);
    return wide_from_utf8(name, &n->wide);
}

enum err rpc_server_client_know(struct rpc_server_connection *c, const struct rpc_security *s,
                                const char *name, const char *const *sids, size_t count)
{
    struct rpc_client_name *n = mem_zero(sizeof *n);
    enum err e = n ? fill_name(n, name, sids, count) : ERR_NO_MEMORY;

    if (e) {
        client_name_free(n);
        return e;
    }
    keep(c, s, n);
    return ERR_OK;
}

struct rpc_usage *rpc_server_client_usage(const struct rpc_server_connection *c,
                                          const struct rpc_security *s)
{
    const struct rpc_client_name *n = name_of(c, s);

    return n ? n->usage : c->from;
}

const char *rpc_server_client_name(struct rpc_server_connection *c, const struct rpc_security *s)
{
    const struct rpc_client_name *n = name_of(c, s);

    return n ? n->name : s ? "" : c->peer_name;
}

bool rpc_server_client_is_guest(struct rpc_server_connection *c, const struct rpc_security *s)
{
    const struct rpc_client_name *n = name_of(c, s);

    return n && n->guest;
}

const void *rpc_server_client_text(struct rpc_server_connection *c, const struct rpc_security *s,
                                   bool wide)
{
    const struct rpc_client_name *n = name_of(c, s);

    return !n ? NULL : wide ? (const void *)n->wide : n->text;
}
