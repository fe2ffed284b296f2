/* SPDX-License-Identifier: Apache-2.0
 * hostile_raw.h - a client that sends what it likes: PDUs one by one over a socket, with security
 * contexts where it wants some.
 */
#pragma once

#include "domain/hostile.h"
#include "rpc/fault.h"
#include "rpc/negotiate.h"
#include "rpc/outbound.h"
#include "rpc/security.h"

/* Operations of hostile. */
enum {
    OP_ADD,
    OP_ECHO,
    OP_HOLD,
    OP_GIVE,
    OP_TAKE,
    OP_JOB_OPEN,
    OP_JOB_NEXT,
    OP_JOB_CLOSE,
    OP_SUM,
    OP_PART,
    OP_COUNT,
    OP_ROUND,
    OP_CHOOSE,
    OP_TEXT,
    OP_SMALL,
    OP_LEAVE,
    OP_FAIL,
    OP_LISTS,
    OP_SAME,
    OP_ROOM
};

enum { RAW_CLOSED = -1, RAW_SILENT = -2, RAW_CONTEXT = 0 /* presentation context of hostile */ };

struct raw {
    int fd;
    CredHandle credential;
    bool has_credential;
    struct rpc_securities securities;
    uint32_t call_id, group;
    uint8_t in[RPC_FRAGMENT_MAX + 8];
    struct rpc_pdu pdu; /* the last that came */
};

extern const struct rpc_syntax raw_hostile, raw_mgmt;

/* Connected; as: whose contexts raw_context makes, NULL for none. */
void raw_open(struct raw *c, const struct hostile_as *as);
void raw_close(struct raw *c);

/* ---- sending ---- */

void raw_send(struct raw *c, struct bytes b);
void raw_send_adopt(struct raw *c, struct buf b);

struct raw_bind {
    enum rpc_type type; /* RPC_BIND or RPC_ALTER_CONTEXT */
    uint8_t flags;      /* but for FIRST and LAST */
    uint32_t group;
    const struct rpc_offer *offers; /* NULL: of the interface hostile, RAW_CONTEXT */
    size_t count;
    const struct rpc_auth *auth; /* NULL: none */
};
struct buf raw_bind_build(struct raw *c, const struct raw_bind *how);
/* Another context, not begun. */
struct rpc_security *raw_context(struct raw *c, uint32_t id, uint8_t level);
/* Sends the bind or alter_context with the context's first leg, and the rest of them. */
void raw_prove(struct raw *c, struct raw_bind *how, struct rpc_security *s);
/* Sends its first leg alone. */
void raw_prove_begin(struct raw *c, struct raw_bind *how, struct rpc_security *s);
/* A bind to the interface hostile: level NONE, or a context of id 1. Fails the test if refused. */
struct rpc_security *raw_bound(struct raw *c, uint8_t level, uint8_t flags, uint32_t group);

struct raw_fragment {
    uint8_t flags;
    uint32_t call_id;
    uint16_t context, opnum;
    struct bytes stub;
    struct rpc_security *security; /* NULL: no sec_trailer */
};
struct buf raw_fragment_build(const struct raw_fragment *f);
void raw_fragment_send(struct raw *c, const struct raw_fragment *f);
/* A PDU of no body. */
void raw_bare_send(struct raw *c, enum rpc_type type, uint32_t call_id);
/* A call of one fragment at level NONE, or in that context. */
void raw_call(struct raw *c, struct rpc_security *s, uint16_t opnum, struct bytes stub);
/* Its stub: Add(1000, 234). */
extern const struct bytes raw_add_stub;

/* ---- receiving ---- */

/* The type of the next PDU, RAW_CLOSED at the end, RAW_SILENT after so long. */
int raw_next(struct raw *c, unsigned milliseconds);
/* A response of so many octets at least; opened where s is given. */
struct bytes raw_response(struct raw *c, struct rpc_security *s);
/* A fault of that status. */
void raw_fault(struct raw *c, uint32_t status);
void raw_closed(struct raw *c);
/* A fault of broken protocol, of denied access or of the security package; then the end. */
void raw_refused(struct raw *c);
