/* SPDX-License-Identifier: Apache-2.0
 * emit_side.h - among the emitters: one function's stub of a client or of a server, and its parts,
 * which synchronous and asynchronous stubs share.
 */
#pragma once

#include "idl/emit_stub.h"

/* ---- a client's ---- */

struct call {
    struct idl_stub *s;
    const struct idl_item *face, *function;
    struct idl_param *params;
    struct idl_shape *result;
    const char *call, *status, *result_name;
    const char *handle;       /* the line that unbinds a generic handle, or NULL; */
    const char *generic;      /* the variable with what it was bound to */
    const char *comm, *fault; /* where a status goes; NULL to raise it */
    bool reads;
    bool async;       /* call is a pointer */
    unsigned pickled; /* IDL_ENCODES, IDL_DECODES: nobody is called */
};

/* The whole of it: a client's, or of a [callback] a server's. */
void idl_call_stub(struct idl_stub *s, const struct idl_item *face,
                   const struct idl_item *function);
/* The expression that leads to the server; a line before it where a generic handle is bound. */
const char *idl_call_binding(struct call *c);
const char *idl_call_flags(const struct call *c);
/* Whether there is anything to say to the stream of the [in] parameters; and saying it. */
bool idl_call_writes(const struct call *c);
void idl_call_write(struct call *c);
/* The variables reading needs, the result among them; and reading. */
void idl_call_locals(struct call *c);
void idl_call_read(struct call *c);

/* ---- a server's ---- */

struct serve {
    struct idl_stub *s;
    const struct idl_item *face, *function;
    struct idl_param *params;
    struct idl_shape *result;
    const char *call, *manager, *result_name;
    bool writes, frees, forces;
};

/* The whole of it: a server's, or of a [callback] a client's. */
void idl_serve_stub(struct idl_stub *s, const struct idl_item *face,
                    const struct idl_item *function);
/* What the routine is given for the parameter. */
const char *idl_serve_argument(struct serve *c, const struct idl_param *p);
const char *idl_serve_declare(struct idl_stub *s, const struct idl_type *t, const char *name);
/* A parameter for which the stub has a variable to point to. */
bool idl_serve_has_value(const struct idl_param *p);
struct idl_shape *idl_serve_context_of(const struct idl_param *p); /* NULL: none */
const char *idl_serve_context_name(struct idl_stub *s, const struct idl_param *p);
bool idl_serve_returns_context(const struct serve *c);
const char *idl_serve_result_context(struct serve *c); /* what makes its place */
/* The variables for the manager and the stream; for a parameter's counts. */
void idl_serve_begin(struct serve *c);
void idl_serve_declare_span(struct serve *c, const struct idl_param *p);
/* Reads the parameters and makes room, or returns; writes what the routine left. */
void idl_serve_read(struct serve *c);
void idl_serve_respond(struct serve *c);

/* ---- asynchronous ones ---- */

void idl_emit_async_client(struct call *c);
void idl_emit_async_server(struct serve *c);

/* Variables of a stub that one function keeps for another: a structure's members. Each is text
 * like "LONG *b", with the name apart. */
struct idl_kept {
    const char *declaration, *name;
    struct idl_kept *next;
};

/* Lines of C, apart from the rest until idl_apart_end gives them. */
struct idl_apart {
    struct idl_out o;
    struct idl_text text;
};
void idl_apart_begin(struct idl_stub *s, struct idl_apart *a);
const char *idl_apart_end(struct idl_stub *s, struct idl_apart *a);
/* Whether the lines say the name. */
bool idl_says(const char *lines, const char *name);
/* A parameter they do not say. */
void idl_unused(struct idl_stub *s, const char *lines, const char *name);
void idl_keep(struct idl_stub *s, struct idl_kept **list, const char *name,
              const char *declaration);
