/* SPDX-License-Identifier: Apache-2.0
 * emit.h - from a checked program to C: what the emitters are given, and how they print.
 *
 * One emitter for each output file. It reads the AST as the checks and idl_merge left it, looks at
 * one place for an attribute whether IDL or ACF gave it, and prints with idl_line and its like.
 */
#pragma once

#include "idl/ast.h"
#include "idl/scope.h"

enum idl_protocol { IDL_PROTOCOL_ALL, IDL_PROTOCOL_DCE, IDL_PROTOCOL_NDR64 };
enum idl_char { IDL_CHAR_DEFAULT, IDL_CHAR_SIGNED, IDL_CHAR_UNSIGNED, IDL_CHAR_ASCII7 };

/* The names of the outputs as #include and comments say them, and MIDL's switches that change
 * what is printed. */
struct idl_options {
    const char *source; /* "x.idl" */
    const char *header; /* "x.h" */
    const char *client_stub, *server_stub;
    /* Before the names of functions, "" for none: the stubs a client calls, the routines a server
     * has, and those of the header alone. */
    const char *client_prefix, *server_prefix, *switch_prefix;
    enum idl_char chars;
    enum idl_protocol protocol; /* which transfer syntaxes the stubs may speak */
    bool use_epv;               /* the server's stub calls through the manager's vector alone */
    bool no_default_epv;        /* whoever registers hands over a vector */
    bool osf;                   /* DCE's ways: RpcSs memory, without midl_user_allocate */
    bool rpcss;                 /* [enable_allocate] of every function */
    bool ms_union;              /* [ms_union] on every interface */
    bool app_config;            /* some of the ACF's attributes may stand in the IDL */
};

struct idl_program {
    struct idl *run;
    struct idl_scope *scope;
    struct idl_file *file; /* the one of the command line; imports hang on its items */
    const struct idl_acf *acf;
};

struct idl_out {
    struct idl_text *to;
    int depth;
};

void idl_emit_header(const struct idl_program *p, const struct idl_options *opt, struct idl_out *o);
void idl_emit_client(const struct idl_program *p, const struct idl_options *opt, struct idl_out *o);
void idl_emit_server(const struct idl_program *p, const struct idl_options *opt, struct idl_out *o);

/* A line with its indent, and an empty one. */
void idl_line(struct idl_out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void idl_blank(struct idl_out *o);
/* A line behind which the indent grows, and one before which it shrinks. */
void idl_open(struct idl_out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void idl_close(struct idl_out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* C as it stands in the header, in memory of the run. idl_c_type: a type alone, "ULONG *";
 * idl_c_declare: with a name, "ULONG *name", "byte name[16]". An array without a size is [] as a
 * parameter and, as MIDL has it, [1] as a field. */
const char *idl_c_type(const struct idl_program *p, const struct idl_options *opt,
                       const struct idl_type *t);
const char *idl_c_declare(const struct idl_program *p, const struct idl_options *opt,
                          const struct idl_type *t, const char *name, bool param);
/* The same without the type in front: "*name". */
const char *idl_c_declarator(const struct idl_program *p, const struct idl_options *opt,
                             const struct idl_type *t, const char *name, bool param);
/* An expression as C; names that are no constants get `before` in front of them ("value->"). */
const char *idl_c_expr(const struct idl_program *p, const struct idl_options *opt,
                       const struct idl_expr *e, const char *before);
/* The parameters of a function, "void" for none, without the parentheses. */
const char *idl_c_params(const struct idl_program *p, const struct idl_options *opt,
                         const struct idl_decl *params);

/* Whether a function of the interface, and any, is in the vector its server's stub calls through.
 */
bool idl_in_vector(const struct idl_item *face, const struct idl_item *i);
bool idl_has_vector(const struct idl_item *face);

/* The prototypes of X_Encode and its like. */
void idl_pickle_prototypes(const struct idl_program *p, const struct idl_options *opt,
                           struct idl_out *o, const struct idl_item *face);

/* What is before the parameters and in front of them: an [async] function returns nothing, and its
 * first parameter is the state of the call. */
const struct idl_type *idl_c_result(const struct idl_program *p, const struct idl_item *function);
const struct idl_decl *idl_c_signature(const struct idl_program *p,
                                       const struct idl_item *function);

/* x_v1_0: what the interface's symbols begin with. */
const char *idl_c_interface(const struct idl_program *p, const struct idl_item *face);
/* "1.0" of [version(1.0)], "0.0" without one. */
void idl_version(const struct idl_item *face, unsigned *ret_major, unsigned *ret_minor);
