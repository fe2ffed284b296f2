/* SPDX-License-Identifier: Apache-2.0
 * security.h - the security contexts of a connection, over SSPI.  [MS-RPCE] 3.3.1.5.2, C706 13
 *
 * A context's type, level and id are those of its first leg for ever. Legs travel in bind,
 * bind_ack, alter_context, alter_context_resp and auth3. Level CALL is raised to PKT. Level CONNECT
 * protects no message: its fragments have no sec_trailer, and one that comes is not looked into;
 * the server looks at the time of the caller's ticket instead, as packages do with each message.
 * PKT and INTEGRITY sign, PRIVACY seals each fragment with the next sequence number of its
 * direction; with header signing, agreed once for a connection, the signature covers the header and
 * the sec_trailer, else neither.
 */
#pragma once

#include "countersign/sspi.h"
#include "rpc/decision.h"
#include "rpc/pdu.h"

enum rpc_level { /* [MS-RPCE] 2.2.1.1.8; the numbers of RPC_C_AUTHN_LEVEL_xxx */
                 RPC_LEVEL_DEFAULT = 0,
                 RPC_LEVEL_NONE = 1,
                 RPC_LEVEL_CONNECT = 2,
                 RPC_LEVEL_CALL = 3,
                 RPC_LEVEL_PKT = 4,
                 RPC_LEVEL_INTEGRITY = 5,
                 RPC_LEVEL_PRIVACY = 6,
};

enum rpc_auth_type { /* [MS-RPCE] 2.2.1.1.7; the numbers of RPC_C_AUTHN_xxx */
                     RPC_AUTH_NONE = 0,
                     RPC_AUTH_NEGOTIATE = 9,
                     RPC_AUTH_NTLM = 10,
                     RPC_AUTH_KERBEROS = 16,
                     RPC_AUTH_MQ = 100,    /* of messages over ncadg_mq */
                     RPC_AUTH_LOCAL = 201, /* ours, over ncalrpc: security_local.c */
};

enum {
    RPC_SECURITIES_MAX = 16, /* on one connection: an identity has one, proxies a few */
    RPC_TOKEN_MAX = 128,     /* of one message; AES256-SHA384 has 88 in DCE style */
    RPC_BATCH = 16,          /* fragments worked on side by side: the lanes of the processor */
    RPC_LEGS_MAX = 8,        /* received by one side; Negotiate takes three at most */
    RPC_SECURITY_FOR_EVER = 0,
};

/* What DEFAULT is, what CALL becomes; 0 for a level that does not exist. */
uint8_t rpc_level_effective(uint8_t level);
/* The package's name for SSPI, or NULL where there is none of that type. */
const char *rpc_auth_package(uint8_t type);

enum rpc_leg {                /* how what step left to be sent travels */
               RPC_LEG_NONE,  /* nothing to send */
               RPC_LEG_ALTER, /* in the next bind, bind_ack, alter_context or its answer */
               RPC_LEG_AUTH3, /* in an auth3, which has no answer (client only) */
};

/* One security context. The connection owns it; fields are read, not written, by others. */
struct rpc_security {
    uint8_t type, level; /* effective */
    uint32_t context_id;
    bool server, done, failed; /* done: messages may be protected */
    bool header_signing;       /* of the connection; set when done */
    bool identify;             /* RPC_AUTH_LOCAL: the client is not to be acted for */
    bool mutual;               /* the client saw the server's proof */
    uint16_t token_size;       /* of one message; 0: it has no sec_trailer */
    unsigned legs;
    CtxtHandle context; /* valid when has_context */
    bool has_context;
    CredHandle credential; /* not owned */
    ULONG requested, granted;
    int64_t expiry;                 /* server, at level CONNECT: seconds since 1970 */
    char *target;                   /* client */
    struct rpc_decisions decisions; /* server */
};

struct rpc_security_client {
    const CredHandle *credential; /* outlives the context */
    const char *target;           /* the SPN, UTF-8 */
    uint8_t type, level;
    uint32_t context_id;
    ULONG flags; /* ISC_REQ_ beyond what the level and DCE style need: MUTUAL_AUTH, IDENTIFY, ... */
};

/* ERR_INVALID_PARAMETER for a level that needs no context, ERR_NO_PACKAGE. */
MUST_CHECK enum err rpc_security_new_client(const struct rpc_security_client *how,
                                            struct rpc_security **ret);
/* first: the sec_trailer of the first leg. flags: ASC_REQ_ beyond the needed. */
MUST_CHECK enum err rpc_security_new_server(const CredHandle *credential,
                                            const struct rpc_auth *first, ULONG flags,
                                            struct rpc_security **ret);
/* The kernel's word, over ncalrpc. */
MUST_CHECK enum err rpc_security_new_local(bool server, uint32_t context_id,
                                           struct rpc_security **ret);
/* Its leg, by rpc_security_step alone. */
MUST_CHECK enum err rpc_security_local_step(struct rpc_security *s, struct bytes in,
                                            struct buf *ret_token, enum rpc_leg *ret_leg);
void rpc_security_free(struct rpc_security *s); /* deletes the context; accepts NULL */

/* One leg. in is the peer's token, empty for a client's first. *ret_token is to be sent as *ret_leg
 * says, also after a failure where it is not empty (no leg then: ALTER). s->done says the end. A
 * failure is final: ERR_ACCESS_DENIED for a leg after the end or a failure. */
MUST_CHECK enum err rpc_security_step(struct rpc_security *s, struct bytes in,
                                      struct buf *ret_token, enum rpc_leg *ret_leg);
/* ERR_ACCESS_DENIED, or ERR_RPC_SEC_PACKAGE for another type, unless the trailer names this context
 * with its frozen type and level. */
MUST_CHECK enum err rpc_security_matches(const struct rpc_security *s, const struct rpc_auth *a);
/* The sec_trailer of s, with that value. */
struct rpc_auth rpc_security_auth(const struct rpc_security *s, struct bytes value);

/* One fragment, its parts where they lie. head, trailer: covered where headers are signed. data and
 * pad: worked on in place at level PRIVACY. token: token_size bytes, written by protect. */
struct rpc_fragment {
    struct buf head, data, pad, trailer, token;
};

/* Up to RPC_BATCH fragments, in order. After a failure none may be sent or used. */
MUST_CHECK enum err rpc_security_protect(struct rpc_security *s, struct rpc_fragment *f, size_t n);
MUST_CHECK enum err rpc_security_unprotect(struct rpc_security *s, struct rpc_fragment *f,
                                           size_t n);

/* A server's, where no message is protected: until when the package vouches for the caller, and
 * whether that is still so: ERR_EXPIRED. */
MUST_CHECK enum err rpc_security_take_time(struct rpc_security *s);
MUST_CHECK enum err rpc_security_in_time(const struct rpc_security *s);

/* ---- those of a connection ---- */

struct rpc_securities {
    struct rpc_security **item;
    size_t count;
    bool header_signing, decided; /* by the first authenticated leg, once */
    bool bare_bind;               /* a server's: the bind had no sec_trailer, nor need calls have */
};

void rpc_securities_done(struct rpc_securities *all); /* frees them */
struct rpc_security *rpc_securities_find(const struct rpc_securities *all, uint32_t context_id);
/* Owned by all after success. ERR_EXISTS for an id in use, ERR_TOO_LONG beyond the limit. */
MUST_CHECK enum err rpc_securities_add_adopt(struct rpc_securities *all, struct rpc_security *s);
/* A client's: the flags of the answer, where it asked. Only the first decides. */
void rpc_securities_decide(struct rpc_securities *all, uint8_t flags);
/* A server's: any bind or alter_context may ask for it, for all contexts from there on. */
void rpc_securities_sign_headers(struct rpc_securities *all);
/* What protects a fragment of a call, NULL where nothing does. ERR_ACCESS_DENIED for a context that
 * is not there or of another level, and for no sec_trailer where the connection's first context
 * protects messages; ERR_RPC_SEC_PACKAGE for one that failed or is of another service;
 * ERR_UNEXPECTED for one that is not done. */
MUST_CHECK enum err rpc_securities_of(const struct rpc_securities *all, const struct rpc_pdu *p,
                                      struct rpc_security **ret);
