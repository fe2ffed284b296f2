/* SPDX-License-Identifier: Apache-2.0
 * rpc_pair.c - a package whose contexts are Kerberos' messages with a given key.
 */
#include "lib/rpc_pair.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "kerberos/message.h"
#include "sspi/api_convert.h"
#include "sspi/context.h"

static enum err sign(void *c, uint32_t qop, struct message *m)
{
    return kerberos_sign(c, qop, m);
}

static enum err verify(void *c, struct message *m, uint32_t *ret_qop)
{
    return kerberos_verify(c, m, ret_qop);
}

static enum err seal(void *c, uint32_t qop, struct message *m)
{
    return kerberos_seal(c, qop, m);
}

static enum err unseal(void *c, struct message *m, uint32_t *ret_qop)
{
    return kerberos_unseal(c, m, ret_qop);
}

static void seal_many(void *c, uint32_t qop, struct message *m, size_t n)
{
    kerberos_seal_many(c, qop, m, n);
}

static void unseal_many(void *c, struct message *m, size_t n)
{
    kerberos_unseal_many(c, m, n);
}

static void context_gone(void *c)
{
    kerberos_messages_free(c);
}

static const struct package keyed = { .name = "keyed",
                                      .context_free = context_gone,
                                      .sign = sign,
                                      .verify = verify,
                                      .seal = seal,
                                      .unseal = unseal,
                                      .seal_many = seal_many,
                                      .unseal_many = unseal_many };

static void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "rpc_pair: %s failed\n", what);
    exit(1);
}

static struct kerberos_messages *messages(int enctype, bool server)
{
    static const uint8_t key[32] = { 7, 1, 2, 3 };
    struct kerberos_keys k = { .enctype = enctype,
                               .key = key,
                               .key_len = enctype == RPC_PAIR_RC4 ? 16 : 32,
                               .initiator = !server,
                               .acceptor_subkey = true,
                               .dce_style = true,
                               .replay = true,
                               .sequence = true };
    struct kerberos_messages *m = NULL;

    must(kerberos_messages_new(&k, &m) == ERR_OK, "kerberos_messages_new");
    return m;
}

static uint16_t token_size(const struct kerberos_messages *m, uint8_t level)
{
    struct context_sizes sizes;

    kerberos_messages_sizes(m, &sizes);
    if (level < RPC_LEVEL_PKT)
        return 0;
    return (uint16_t)(level < RPC_LEVEL_PRIVACY ? sizes.max_signature : sizes.trailer);
}

static void one_side(int enctype, uint8_t level, bool server, struct rpc_securities *ret)
{
    struct context *c = mem_zero(sizeof *c);
    struct rpc_security *s = mem_zero(sizeof *s);
    handle_id id;

    must(c && s, "memory");
    pthread_mutex_init(&c->lock, NULL);
    c->package = &keyed;
    c->inner = messages(enctype, server);
    c->initiator = !server;
    c->established = true;
    s->type = RPC_AUTH_KERBEROS;
    s->level = level;
    s->server = server;
    s->token_size = token_size(c->inner, level);
    must(handle_new(HANDLE_CONTEXT, c, context_release, &id) == ERR_OK, "handle_new");
    handle_out(id, &s->context);
    s->has_context = s->done = true;
    must(rpc_securities_add_adopt(ret, s) == ERR_OK, "rpc_securities_add_adopt");
}

void rpc_pair_make(int enctype, uint8_t level, bool header_signing, struct rpc_pair *ret)
{
    memset(ret, 0, sizeof *ret);
    if (level == RPC_LEVEL_NONE)
        return;
    one_side(enctype, level, false, &ret->client);
    one_side(enctype, level, true, &ret->server);
    rpc_securities_decide(&ret->client, header_signing ? RPC_SUPPORT_HEADER_SIGN : 0);
    rpc_securities_decide(&ret->server, header_signing ? RPC_SUPPORT_HEADER_SIGN : 0);
}

void rpc_pair_end(struct rpc_pair *p)
{
    rpc_securities_done(&p->client);
    rpc_securities_done(&p->server);
}

struct rpc_security *rpc_pair_client(const struct rpc_pair *p)
{
    return p->client.count ? p->client.item[0] : NULL;
}

struct rpc_security *rpc_pair_server(const struct rpc_pair *p)
{
    return p->server.count ? p->server.item[0] : NULL;
}

struct buf rpc_pair_send(const struct rpc_message *m)
{
    struct rpc_outbound o;
    struct buf all = { 0 };
    struct iovec *iov;
    size_t n, i;

    must(rpc_outbound_begin(&o, m) == ERR_OK, "rpc_outbound_begin");
    for (;;) {
        must(rpc_outbound_next(&o, &iov, &n) == ERR_OK, "rpc_outbound_next");
        if (!n)
            return all;
        for (i = 0; i < n; i++) {
            all.ptr = realloc(all.ptr, all.len + iov[i].iov_len);
            must(all.ptr != NULL, "memory");
            memcpy(all.ptr + all.len, iov[i].iov_base, iov[i].iov_len);
            all.len += iov[i].iov_len;
        }
    }
}
