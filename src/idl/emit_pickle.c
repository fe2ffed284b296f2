/* SPDX-License-Identifier: Apache-2.0
 * emit_pickle.c - T_Encode, T_Decode, T_AlignSize and T_Free of types with [encode] and [decode].
 * desktop-src/Rpc/type-serialization.md
 *
 * A value is written and read as a ref parameter of that type is. Procedures that serialize are
 * written by emit_client.c: they differ from calls in how they begin and end.
 */
#include "idl/attr.h"
#include "idl/check.h"
#include "idl/emit_stub.h"

static const char value[] = "value";

/* The global variable with the handle; NULL where it is a parameter. */
static const char *implicit_of(const struct idl_item *face)
{
    const struct idl_attr *a = idl_attr_find(face->attrs, "implicit_handle");

    return a && a->type ? a->type->name : NULL;
}

/* T *value, as a ref parameter. */
static struct idl_decl *parameter(struct idl *run, const struct idl_decl *d)
{
    struct idl_decl *p = (struct idl_decl *)idl_alloc(run, sizeof *p);
    struct idl_type *named = (struct idl_type *)idl_alloc(run, sizeof *named);
    struct idl_type *star = (struct idl_type *)idl_alloc(run, sizeof *star);

    *named = (struct idl_type){
        .kind = IDL_TYPE_NAMED, .at = d->at, .name = d->name, .meaning = (struct idl_decl *)d
    };
    *star = (struct idl_type){ .kind = IDL_TYPE_POINTER, .at = d->at, .of = named };
    *p = (struct idl_decl){ .at = d->at, .name = value, .type = star, .base = named };
    return p;
}

static const char *head_of(const struct idl_program *p, const struct idl_item *face,
                           const struct idl_decl *d, const char *returns, const char *verb)
{
    return idl_printf(p->run, "%s %s_%s(%s%s *%s)", returns, d->name, verb,
                      implicit_of(face) ? "" : "handle_t handle, ", d->name, value);
}

void idl_pickle_prototypes(const struct idl_program *p, const struct idl_options *opt,
                           struct idl_out *o, const struct idl_item *face)
{
    const struct idl_decl *d = NULL;

    if (idl_attr_find(face->attrs, "local"))
        return;
    d = idl_pickle_next(p->file, face, NULL);
    if (d && opt->osf)
        idl_error(p->run, d->at, "functions may be serialized",
                  "'%s' is serialized, and -osf has no types that are", d->name);
    d = NULL;
    while ((d = idl_pickle_next(p->file, face, d)) != NULL) {
        unsigned ways = idl_pickle_type(face, d);

        idl_blank(o);
        if (ways & IDL_ENCODES) {
            idl_line(o, "%s;", head_of(p, face, d, "size_t", "AlignSize"));
            idl_line(o, "%s;", head_of(p, face, d, "void", "Encode"));
        }
        if (ways & IDL_DECODES) {
            idl_line(o, "%s;", head_of(p, face, d, "void", "Decode"));
            idl_line(o, "%s;", head_of(p, face, d, "void", "Free"));
        }
    }
}

struct pickle {
    struct idl_stub *s;
    const struct idl_item *face;
    const struct idl_decl *d;
    struct idl_shape *pointer; /* T *value */
};

/* Where the value is: an array is the pointer itself. */
static const char *value_of(const struct pickle *k)
{
    if (k->pointer->of->kind == IDL_SHAPE_ARRAY)
        return idl_array_at(k->s, k->pointer, value);
    return idl_deref(k->s, value);
}

static const char *flags_of(const struct pickle *k, bool sizes)
{
    enum idl_shape_kind kind = k->pointer->of->kind;
    bool base = kind == IDL_SHAPE_BASE || kind == IDL_SHAPE_ENUM;

    if (base && sizes)
        return "CS_PICKLE_BASE | CS_PICKLE_SIZE";
    return base ? "CS_PICKLE_BASE" : sizes ? "CS_PICKLE_SIZE" : "0";
}

static void put_head(struct pickle *k, const char *returns, const char *verb)
{
    idl_put(k->s, "%s", "");
    idl_put(k->s, "%s", head_of(k->s->p, k->face, k->d, returns, verb));
    idl_put_open(k->s, "{");
}

static const char *arguments(const struct pickle *k)
{
    const char *implicit = implicit_of(k->face);

    return idl_text(k->s, "&pickle, &%s_client, %s", idl_c_interface(k->s->p, k->face),
                    implicit ? implicit : "handle");
}

static void put_raise(struct idl_stub *s)
{
    idl_put_open(s, "if (status)");
    idl_put(s, "RpcRaiseException(status);");
    s->o.depth--;
}

static void put_encode(struct pickle *k, bool sizes)
{
    struct idl_stub *s = k->s;

    put_head(k, sizes ? "size_t" : "void", sizes ? "AlignSize" : "Encode");
    idl_put(s, "CS_PICKLE pickle;");
    idl_put(s, "CS_NDR_OUT *out = CsPickleTypeOut(%s, %s);", arguments(k), flags_of(k, sizes));
    idl_put(s, "RPC_STATUS status = RPC_S_OK;");
    if (sizes)
        idl_put(s, "size_t size = 0;");
    idl_put(s, "%s", "");
    idl_put_open(s, "if (CsNdrOutRef(out, %s)) {", value);
    idl_out_value(s, k->pointer->of, value_of(k));
    idl_put_close(s, "}");
    idl_put(s, "status = CsPickleEnd(&pickle, %s);", sizes ? "&size" : "NULL");
    put_raise(s);
    if (sizes)
        idl_put(s, "return size;");
    idl_put_close(s, "}");
}

static void put_decode(struct pickle *k)
{
    struct idl_stub *s = k->s;

    put_head(k, "void", "Decode");
    idl_put(s, "CS_PICKLE pickle;");
    idl_put(s, "CS_NDR_IN *in = CsPickleTypeIn(%s, %s);", arguments(k), flags_of(k, false));
    idl_put(s, "RPC_STATUS status = RPC_S_OK;");
    idl_put(s, "%s", "");
    idl_put_open(s, "if (CsPickleInRef(&pickle, %s)) {", value);
    idl_in_fields(s, k->pointer->of, value_of(k));
    idl_in_referents(s, k->pointer->of, value_of(k));
    idl_put_close(s, "}");
    idl_put(s, "status = CsPickleEnd(&pickle, NULL);");
    put_raise(s);
    idl_put_close(s, "}");
}

/* What T_Decode allocated; the value itself is the program's. */
static void put_free(struct pickle *k)
{
    struct idl_stub *s = k->s;
    bool any = k->pointer->of->has_pointers;

    put_head(k, "void", "Free");
    if (any) {
        idl_put(s, "CS_PICKLE pickle;");
        idl_put(s, "CS_NDR_FREE *walk = CsPickleFree(&pickle, &%s_client);",
                idl_c_interface(s->p, k->face));
        idl_put(s, "%s", "");
        idl_put_open(s, "if (%s) {", value);
        idl_free_referents(s, k->pointer->of, value_of(k));
        idl_put_close(s, "}");
        idl_put(s, "CsPickleEnd(&pickle, NULL);");
    } else {
        idl_put(s, "(void)%s;", value);
    }
    if (!implicit_of(k->face))
        idl_put(s, "(void)handle;");
    idl_put_close(s, "}");
}

static void put_type(struct idl_stub *s, const struct idl_item *face, const struct idl_decl *d)
{
    struct pickle k = { s, face, d, NULL };
    unsigned ways = idl_pickle_type(face, d);
    const struct idl_decl *p = parameter(s->p->run, d);

    s->in = "in";
    s->out = "out";
    s->walk = "walk";
    s->prefix = "";
    s->siblings = NULL;
    s->layout->siblings = NULL;
    s->pickles = true;
    k.pointer = idl_layout_param(s->layout, p);
    if (ways & IDL_ENCODES) {
        put_encode(&k, true);
        put_encode(&k, false);
    }
    if (ways & IDL_DECODES) {
        put_decode(&k);
        put_free(&k);
    }
}

void idl_pickle_stubs(struct idl_stub *s, const struct idl_item *face)
{
    const struct idl_decl *d = NULL;

    while ((d = idl_pickle_next(s->p->file, face, d)) != NULL)
        put_type(s, face, d);
}
