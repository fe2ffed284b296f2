/* SPDX-License-Identifier: Apache-2.0
 * security_local.c - the security context of ncalrpc: the kernel's word.
 * desktop-src/Rpc/authentication-level-constants.md
 *
 *   sec_trailer of bind and bind_ack: type 201 | level 6 | the eight bytes below
 *
 * Each end knows the other from the socket. What travels says no more than that the client wants to
 * be known, which on Windows is any authentication service but none. Nothing reads or alters what
 * the kernel carries: that is level PRIVACY, and no message has a sec_trailer.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "rpc/security.h"

enum {
    WORD_BYTES = 8,
    TO_IMPERSONATE = 1,
    TO_IDENTIFY = 0x81
}; /* the last octet: what the client lets be done */

static void put_word(bool identify, uint8_t ret[WORD_BYTES])
{
    memcpy(ret, "CSLOCAL", WORD_BYTES);
    ret[WORD_BYTES - 1] = identify ? TO_IDENTIFY : TO_IMPERSONATE;
}

/* A server's has the level of the client's. */
static bool take_word(struct rpc_security *s, struct bytes in)
{
    uint8_t word[WORD_BYTES];

    if (in.len == WORD_BYTES && s->server)
        s->identify = in.ptr[WORD_BYTES - 1] == TO_IDENTIFY;
    put_word(s->identify, word);
    return bytes_equal(in, bytes_of(word, WORD_BYTES));
}

enum err rpc_security_new_local(bool server, uint32_t context_id, struct rpc_security **ret)
{
    struct rpc_security *s = mem_zero(sizeof *s);

    if (!s)
        return ERR_NO_MEMORY;
    s->type = RPC_AUTH_LOCAL;
    s->level = RPC_LEVEL_PRIVACY;
    s->context_id = context_id;
    s->server = server;
    *ret = s;
    return ERR_OK;
}

enum err rpc_security_local_step(struct rpc_security *s, struct bytes in, struct buf *ret_token,
                                 enum rpc_leg *ret_leg)
{
    bool begins = !s->server && s->legs == 1, speaks = s->server || begins;
    struct buf token = { 0 };
    uint8_t word[WORD_BYTES];
    enum err e = ERR_OK;

    if (!begins && !take_word(s, in))
        return detail_fail(ERR_MALFORMED, "ncalrpc: the peer's word is %zu bytes of another kind",
                           in.len);
    put_word(s->identify, word);
    if (speaks)
        e = buf_copy(bytes_of(word, sizeof word), &token);
    if (e)
        return e;
    s->done = !begins;
    *ret_token = token;
    *ret_leg = speaks ? RPC_LEG_ALTER : RPC_LEG_NONE;
    return ERR_OK;
}
