/* SPDX-License-Identifier: Apache-2.0
 * ast.h - what the parser makes of an IDL file and of an ACF file. Every node has its place.
 *
 * Lists are linked by `next`, in the order of the text. check.c fills what is marked "checked".
 */
#pragma once

#include "idl/idl.h"

struct idl_decl;

enum idl_expr_kind {
    IDL_EXPR_NONE, /* nothing between two commas: size_is(, n) */
    IDL_EXPR_NUMBER,
    IDL_EXPR_STRING,
    IDL_EXPR_CHAR,
    IDL_EXPR_NAME,
    IDL_EXPR_UUID,
    IDL_EXPR_UNARY, /* op a */
    IDL_EXPR_BINARY,
    IDL_EXPR_CONDITIONAL, /* a ? b : c */
    IDL_EXPR_CAST,        /* (type)a */
    IDL_EXPR_SIZEOF,
    IDL_EXPR_MEMBER, /* a op text, op "." or "->" */
};

struct idl_expr {
    enum idl_expr_kind kind;
    struct idl_place at;
    const char *text, *op;
    uint64_t value;
    bool real, wide;
    unsigned depth;
    struct idl_expr *a, *b, *c, *next;
    struct idl_decl *type; /* of a cast or sizeof */
};

struct idl_attr {
    const struct idl_attr_kind *kind;
    struct idl_place at;
    struct idl_expr *args;
    struct idl_decl *type; /* switch_type(type), implicit_handle(type name) */
    bool from_acf;         /* put here by idl_merge */
    struct idl_attr *next;
};

enum idl_type_kind {
    IDL_TYPE_BASE,
    IDL_TYPE_NAMED, /* a typedef's name */
    IDL_TYPE_STRUCT,
    IDL_TYPE_UNION,
    IDL_TYPE_ENUM,
    IDL_TYPE_POINTER,
    IDL_TYPE_ARRAY,
    IDL_TYPE_FUNCTION,
    IDL_TYPE_PIPE,
};

enum idl_base {
    IDL_BASE_VOID,
    IDL_BASE_BOOLEAN,
    IDL_BASE_BYTE,
    IDL_BASE_CHAR,
    IDL_BASE_WCHAR,
    IDL_BASE_SMALL,
    IDL_BASE_SHORT,
    IDL_BASE_INT,
    IDL_BASE_LONG,
    IDL_BASE_INT3264,
    IDL_BASE_HYPER,
    IDL_BASE_FLOAT,
    IDL_BASE_DOUBLE,
    IDL_BASE_HANDLE,
    IDL_BASE_ERROR_STATUS,
};

struct idl_type {
    enum idl_type_kind kind;
    struct idl_place at;
    bool is_const;
    enum idl_base base;
    bool is_unsigned, is_signed;
    const char *name;          /* of a typedef, a tag or NULL */
    struct idl_type *of;       /* pointer, array, function result, pipe element */
    bool has_body;             /* struct, union, enum */
    struct idl_decl *members;  /* fields, arms, parameters */
    struct idl_attr *attrs;    /* before struct, union, enum */
    struct idl_expr *size;     /* of an array; NULL for [] and [*] */
    struct idl_decl *switched; /* encapsulated union: the discriminant; */
    const char *union_name;    /* and the union's member name, or NULL */
    const char *convention;    /* function: __stdcall and its like, or NULL */
    struct idl_decl *meaning;  /* checked: the typedef behind a name */
    struct idl_type *complete; /* checked: the one with the body, itself included */
    const char *known;         /* checked: the name that <windows.h> has for it, or NULL */
    bool walked;               /* by idl_check_generated */
    struct idl_item *asked;    /* by it: the function last asked what it passes */
    bool ref_ends;             /* checked: no way over ref pointers leads back to it */
    bool conformant;           /* checked: ends in an array whose size travels */
    const char
        *tag; /* checked: of struct, union and enum as C names it, invented where there is none */
};

struct idl_decl {
    struct idl_place at;
    const char *name; /* NULL: unnamed, as an empty arm */
    struct idl_attr *attrs;
    struct idl_type *type;  /* NULL: an empty arm */
    struct idl_type *base;  /* what stands before the declarator; ends the chain of type */
    struct idl_expr *value; /* of an enum constant or a const; bits of a bit field */
    bool bit_field;
    bool same_base; /* the base was written with the declaration before: long a, b; */
    bool added;     /* a parameter by the ACF alone, a handle or a status: it never travels */
    bool again;     /* checked: a typedef that was there before, in the same words */
    int64_t number; /* checked: of a constant */
    bool is_whole;  /* checked: a constant with a whole value */
    struct idl_decl *next;
};

enum idl_item_kind {
    IDL_ITEM_IMPORT, /* text: the file */
    IDL_ITEM_INCLUDE,
    IDL_ITEM_QUOTE,  /* text: between the quotes of cpp_quote */
    IDL_ITEM_PRAGMA, /* text: what follows the word, midl_pragma's or #pragma's */
    IDL_ITEM_MIDL_PRAGMA,
    IDL_ITEM_CONST,
    IDL_ITEM_TYPEDEF,
    IDL_ITEM_TYPE, /* struct tag { ... }; alone */
    IDL_ITEM_FUNCTION,
    IDL_ITEM_INTERFACE,
};

struct idl_item {
    enum idl_item_kind kind;
    struct idl_place at;
    const char *text; /* also the interface's name */
    struct idl_attr *attrs;
    struct idl_decl *decls;
    struct idl_item *items;   /* of an interface */
    bool declared_only;       /* interface x; */
    struct idl_file *import;  /* whoever loads files fills it; NULL: nothing is known of it */
    bool remote;              /* checked: a function that has stubs */
    bool callback;            /* checked: one of the client's, which has stubs the other way */
    bool async;               /* checked: by its own [async] or the interface's */
    bool pickled;             /* checked: one that serializes its parameters, and calls nobody */
    unsigned opnum;           /* checked: of either; a callback's are counted by themselves */
    struct idl_decl *binding; /* checked: its parameter that leads to the server; NULL for none */
    struct idl_item *next;
};

struct idl_acf;

struct idl_file {
    const char *name;
    struct idl_item *items;
    const struct idl_acf *acf; /* merged into it, or NULL */
    bool ours;                 /* one of the compiler's own: <rpc.h> brings its C */
    bool checked;
};

/* An ACF: its typedef, function and parameter lines have names and attributes only. */
struct idl_acf_param {
    struct idl_place at;
    const char *name;
    struct idl_attr *attrs;
    struct idl_acf_param *next;
};

struct idl_acf_item {
    enum idl_item_kind kind; /* INCLUDE, TYPEDEF, FUNCTION */
    struct idl_place at;
    const char *text; /* the name, or the header */
    struct idl_attr *attrs;
    struct idl_acf_param *params;
    struct idl_acf_item *next;
};

struct idl_acf {
    struct idl_place at;
    const char *name; /* of the interface */
    struct idl_attr *attrs;
    struct idl_acf_item *items;
    struct idl_acf *next; /* of a further interface in the same file */
};
