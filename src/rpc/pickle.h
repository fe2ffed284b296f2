/* SPDX-License-Identifier: Apache-2.0
 * pickle.h - serialization: a handle's octets, in the three styles; and one object or one
 * procedure's parameters on their way through it.
 */
#pragma once

#include <stdatomic.h>

#include <countersign/midles.h>

#include "ndr/free.h"
#include "ndr/out.h"
#include "ndr/place.h"
#include "rpc/pdu.h"

/* What stands before a procedure's parameters. */
struct rpc_pickle_call {
    struct rpc_syntax transfer, interface;
    uint32_t opnum, size; /* of the parameters, in octets */
};

enum { RPC_PICKLE_CALL_SIZE = 56 };

/* ERR_TRUNCATED; ERR_MALFORMED for another version. */
MUST_CHECK enum err rpc_pickle_call_read(struct bytes octets, struct rpc_pickle_call *ret);
void rpc_pickle_call_write(struct writer *w, const struct rpc_pickle_call *c);

/* How types are serialized. */
struct rpc_pickle_form {
    enum ndr_syntax syntax;
    bool version_2;
    size_t align; /* of headers and objects */
    struct ndr_drep drep;
};

enum { RPC_PICKLE_HEADER_2 = 64 };

/* Version 1 in NDR, and version 2 in NDR64. */
struct rpc_pickle_form rpc_pickle_form_of(enum ndr_syntax syntax);
/* The common header: how many octets it has beyond the eight of version 1, which are these.
 * ERR_RPC_ES_VERSION, ERR_RPC_TRANSFER_SYNTAX. */
size_t rpc_pickle_header_more(struct bytes first);
MUST_CHECK enum err rpc_pickle_header_read(struct bytes octets, struct rpc_pickle_form *ret);
void rpc_pickle_header_write(struct writer *w, const struct rpc_pickle_form *f,
                             const struct rpc_syntax *interface);
/* The private header: none, in version 1, before a base type. ERR_RPC_BUFFER. */
size_t rpc_pickle_private_size(const struct rpc_pickle_form *f, bool base);
MUST_CHECK enum err rpc_pickle_private_read(struct bytes octets, const struct rpc_pickle_form *f,
                                            size_t *ret);
void rpc_pickle_private_write(struct writer *w, const struct rpc_pickle_form *f, size_t length);

static inline size_t rpc_pickle_padding(const struct rpc_pickle_form *f, size_t length)
{
    return (0 - length) & (f->align - 1);
}

enum rpc_pickle_content { RPC_PICKLE_EMPTY, RPC_PICKLE_TYPES, RPC_PICKLE_CALLS };

struct rpc_pickle { /* a serialization handle */
    atomic_bool busy;
    MIDL_ES_HANDLE_STYLE style;
    bool decodes;
    void *state; /* incremental: the program's, and its functions */
    MIDL_ES_ALLOC alloc;
    MIDL_ES_WRITE write;
    MIDL_ES_READ read;
    uint8_t *buffer; /* fixed, or to decode; dynamic: what the last encoding made */
    size_t room, done;
    char **place;    /* dynamic: where the program looks for it */
    uint32_t *told;  /* the size of all so far */
    uint32_t raised; /* by a function of the program's, in the operation that runs */

    enum rpc_pickle_content holds;
    struct rpc_pickle_form form; /* of what is encoded; of types that are decoded */
    bool has_call;               /* encoded last; or read already, and to be decoded next */
    struct rpc_pickle_call call;
    bool lost; /* incremental: where the next object begins is not known */
};

/* A handle of kind HANDLE_RPC_PICKLE. The handle is the caller's: rpc_pickle_free_handle. */
MUST_CHECK enum err rpc_pickle_publish(const struct rpc_pickle *p, void **ret_handle);
MUST_CHECK enum err rpc_pickle_free_handle(void *handle);
/* For one operation at a time. ERR_RPC_BINDING for what is no such handle, ERR_RPC_ES_ACTION for
 * one in use. */
MUST_CHECK enum err rpc_pickle_open(void *handle, struct rpc_pickle **ret);
void rpc_pickle_close(void *handle, struct rpc_pickle *p);

/* The next n octets, a view that the next call may end. ERR_RPC_BUFFER where there are none. */
MUST_CHECK enum err rpc_pickle_take(struct rpc_pickle *p, size_t n, struct bytes *ret);
/* What stands before the next procedure's parameters, into p->call; not read twice.
 * ERR_RPC_TRANSFER_SYNTAX, ERR_RPC_ES_VERSION, ERR_RPC_BUFFER. */
MUST_CHECK enum err rpc_pickle_next_call(struct rpc_pickle *p);
/* Head and body, padded: all of them, or none and the buffer as it was. */
MUST_CHECK enum err rpc_pickle_put(struct rpc_pickle *p, const struct ndr_user *user,
                                   struct bytes head, struct bytes body);

struct rpc_pickling { /* one operation; lies in a CS_PICKLE */
    const CS_CLIENT_INTERFACE *face;
    void *handle;
    struct rpc_pickle *p; /* open; NULL: there is none */
    unsigned flags, opnum;
    bool is_call, writing, reading;
    enum err err;
    size_t size;
    size_t begun; /* p's, for a failure to go back to */
    enum rpc_pickle_content held;
    bool had_call;
    struct ndr_out out;
    struct ndr_in in;
    struct ndr_arena arena;
    struct ndr_fulls fulls;
    struct ndr_free walk;
};

void rpc_pickling_begin(struct rpc_pickling *k, const CS_CLIENT_INTERFACE *face);
void rpc_pickling_open(struct rpc_pickling *k, void *handle);
struct ndr_out *rpc_pickling_type_out(struct rpc_pickling *k, unsigned flags);
struct ndr_in *rpc_pickling_type_in(struct rpc_pickling *k, unsigned flags);
bool rpc_pickling_in_ref(struct rpc_pickling *k, const void *p);
struct ndr_out *rpc_pickling_call_out(struct rpc_pickling *k, unsigned opnum, unsigned flags);
struct ndr_in *rpc_pickling_call_in(struct rpc_pickling *k);
/* RPC_S_OK, or what the stub raises. */
uint32_t rpc_pickling_end(struct rpc_pickling *k, size_t *ret_size);
