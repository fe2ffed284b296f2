/* SPDX-License-Identifier: Apache-2.0
 * pickle_object.c - one object, or one procedure's parameters, through a serialization handle.
 * [MS-RPCE] 2.2.6; pickle_call.c for procedures
 *
 * What fails sticks, and rpc_pickling_end tells. A failure leaves a buffer handle where it was.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "ndr/pickle.h"
#include "rpc/fault.h"
#include "rpc/memory.h"
#include "rpc/negotiate.h"
#include "rpc/pickle.h"

static void fail(struct rpc_pickling *k, enum err e)
{
    if (!k->err)
        k->err = e;
}

void rpc_pickling_begin(struct rpc_pickling *k, const CS_CLIENT_INTERFACE *face)
{
    detail_begin(face->Head.Name);
    memset(k, 0, sizeof *k);
    k->face = face;
    if (face->Head.StubAbi != CS_STUB_ABI)
        fail(k, detail_fail(ERR_RPC_STUB_VERSION, "%s's stub is of ABI %u, this library of %u",
                            face->Head.Name, face->Head.StubAbi, CS_STUB_ABI));
}

void rpc_pickling_open(struct rpc_pickling *k, void *handle)
{
    if (!k->err)
        fail(k, rpc_pickle_open(handle, &k->p));
    if (!k->p)
        return;
    k->handle = handle;
    k->begun = k->p->done;
    k->held = k->p->holds;
    k->had_call = k->p->has_call;
}

static struct ndr_user user_of(const struct rpc_pickling *k)
{
    if (!k->face->Head.Allocate) /* -osf */
        return rpc_memory_client(&k->face->Head);
    return (struct ndr_user){ k->face->Head.Allocate, k->face->Head.Free };
}

/* Whether the handle does this, and what went through it before. */
static void expect(struct rpc_pickling *k, bool decodes, enum rpc_pickle_content content)
{
    if (k->err)
        return;
    if (k->p->decodes != decodes)
        fail(k, detail_fail(ERR_RPC_ES_ACTION, "the serialization handle %s",
                            decodes ? "encodes" : "decodes"));
    else if (k->held != RPC_PICKLE_EMPTY && k->held != content)
        fail(k, detail_fail(ERR_RPC_ES_ACTION, "the serialization handle holds %s already",
                            content == RPC_PICKLE_TYPES ? "procedures" : "types"));
}

/* ---- out ---- */

/* Whether the stub speaks it. */
static void expect_syntax(struct rpc_pickling *k, enum ndr_syntax syntax)
{
    if (!k->err && syntax == NDR_64 && !(k->face->Head.Syntaxes & CS_SYNTAX_NDR64))
        fail(k, detail_fail(ERR_RPC_TRANSFER_SYNTAX, "the stub of %s was made for NDR alone",
                            k->face->Head.Name));
}

static struct ndr_out *out_begin(struct rpc_pickling *k)
{
    fail(k, ndr_out_begin(k->p ? k->p->form.syntax : NDR_20, &k->fulls, &k->out));
    if (k->err)
        writer_fail(&k->out.w, k->err);
    k->writing = true;
    return &k->out;
}

struct ndr_out *rpc_pickling_type_out(struct rpc_pickling *k, unsigned flags)
{
    k->flags = flags;
    expect(k, false, RPC_PICKLE_TYPES);
    if (!k->err)
        expect_syntax(k, k->p->form.syntax);
    return out_begin(k);
}

struct ndr_out *rpc_pickling_call_out(struct rpc_pickling *k, unsigned opnum, unsigned flags)
{
    k->is_call = true;
    k->opnum = opnum;
    if (!k->err && !(flags & (k->p->decodes ? CS_PICKLE_DECODE : CS_PICKLE_ENCODE)))
        fail(k, detail_fail(ERR_RPC_ES_ACTION, "procedure %u of %s is not [%s]", opnum,
                            k->face->Head.Name, k->p->decodes ? "decode" : "encode"));
    if (k->err || k->p->decodes)
        return NULL;
    expect(k, false, RPC_PICKLE_CALLS);
    if (!k->err && k->p->form.syntax == NDR_64)
        fail(k, detail_fail(ERR_RPC_TRANSFER_SYNTAX,
                            "procedures are serialized in NDR: of NDR64 nothing is specified"));
    return k->err ? NULL : out_begin(k);
}

static struct rpc_syntax interface_of(const struct rpc_pickling *k)
{
    const RPC_IF_ID *id = &k->face->Head.Id;
    struct rpc_syntax s = { { id->Uuid.Data1, id->Uuid.Data2, id->Uuid.Data3, { 0 } },
                            id->VersMajor,
                            id->VersMinor };

    memcpy(s.uuid.data4, id->Uuid.Data4, sizeof s.uuid.data4);
    return s;
}

static void write_head(const struct rpc_pickling *k, struct writer *w)
{
    const struct rpc_pickle_form *f = &k->p->form;
    struct rpc_syntax interface = interface_of(k);
    size_t length = k->out.w.len;
    struct rpc_pickle_call call;

    if (k->is_call) {
        call = (struct rpc_pickle_call){ rpc_ndr20, interface, k->opnum,
                                         (uint32_t)(length + rpc_pickle_padding(f, length)) };
        rpc_pickle_call_write(w, &call);
        return;
    }
    if (k->held == RPC_PICKLE_EMPTY)
        rpc_pickle_header_write(w, f, &interface);
    if (rpc_pickle_private_size(f, k->flags & CS_PICKLE_BASE))
        rpc_pickle_private_write(w, f, length);
}

static void out_end(struct rpc_pickling *k)
{
    struct bytes body = { k->out.w.ptr, k->out.w.len };
    uint8_t head[RPC_PICKLE_HEADER_2 + 16]; /* the longest: both of version 2 */
    struct writer w = writer_over(head, sizeof head);
    struct ndr_user user = user_of(k);

    fail(k, k->out.w.err);
    if (k->err)
        return;
    write_head(k, &w);
    k->size = w.len + body.len + rpc_pickle_padding(&k->p->form, w.len + body.len);
    if (k->flags & CS_PICKLE_SIZE)
        return;
    fail(k, rpc_pickle_put(k->p, &user, bytes_of(head, w.len), body));
    if (k->err)
        return;
    k->p->holds = k->is_call ? RPC_PICKLE_CALLS : RPC_PICKLE_TYPES;
    k->p->has_call = k->is_call;
    k->p->call = (struct rpc_pickle_call){ .interface = interface_of(k), .opnum = k->opnum };
}

/* ---- in ---- */

/* The common header, in one piece or, of version 2, in two. */
static enum err take_header(struct rpc_pickle *p)
{
    uint8_t whole[RPC_PICKLE_HEADER_2];
    struct bytes octets = { 0 };
    size_t more = 0;
    enum err e = rpc_pickle_take(p, NDR_PICKLE_HEADER, &octets);

    if (e)
        return e;
    memcpy(whole, octets.ptr, octets.len);
    more = rpc_pickle_header_more(octets);
    if (more) {
        e = rpc_pickle_take(p, more, &octets);
        if (e)
            return e;
        memcpy(whole + NDR_PICKLE_HEADER, octets.ptr, more);
    }
    e = rpc_pickle_header_read(bytes_of(whole, NDR_PICKLE_HEADER + more), &p->form);
    p->lost = e != ERR_OK;
    if (!e)
        p->holds = RPC_PICKLE_TYPES;
    return e;
}

/* A base type of version 1 has no header, and eight octets. */
static enum err take_length(struct rpc_pickling *k, size_t *ret)
{
    struct rpc_pickle *p = k->p;
    size_t header = rpc_pickle_private_size(&p->form, k->flags & CS_PICKLE_BASE);
    struct bytes octets = { 0 };
    enum err e;

    *ret = NDR_PICKLE_ALIGN;
    if (!header)
        return ERR_OK;
    e = rpc_pickle_take(p, header, &octets);
    if (!e) {
        e = rpc_pickle_private_read(octets, &p->form, ret);
        p->lost = e != ERR_OK;
    }
    return e;
}

static struct ndr_in *in_begin(struct rpc_pickling *k, size_t size, const struct rpc_pickle_form *f)
{
    struct bytes object = { 0 };

    if (!k->err)
        fail(k, rpc_pickle_take(k->p, size, &object));
    k->arena = ndr_arena_with(ndr_budget(object.len));
    if (!k->err)
        fail(k, ndr_in_begin(object, f->syntax, f->drep, &k->arena, &k->fulls, &k->in));
    if (k->err)
        return NULL;
    k->in.user = user_of(k);
    k->in.owned = true;
    k->reading = true;
    return &k->in;
}

struct ndr_in *rpc_pickling_type_in(struct rpc_pickling *k, unsigned flags)
{
    size_t size = 0;

    k->flags = flags;
    expect(k, true, RPC_PICKLE_TYPES);
    if (!k->err && k->p->has_call)
        fail(k, detail_fail(ERR_RPC_ES_ACTION, "what comes next is a procedure"));
    if (!k->err && k->held == RPC_PICKLE_EMPTY)
        fail(k, take_header(k->p));
    if (!k->err)
        fail(k, take_length(k, &size));
    if (!k->err)
        expect_syntax(k, k->p->form.syntax);
    return k->err ? NULL : in_begin(k, size, &k->p->form);
}

bool rpc_pickling_in_ref(struct rpc_pickling *k, const void *p)
{
    if (!k->err && !p)
        fail(k, detail_fail(ERR_RPC_NULL_REF, "the object to decode into is NULL"));
    return k->reading && !k->err;
}

/* Whether what comes next is the stub's own procedure. */
static enum err check_call(const struct rpc_pickling *k)
{
    struct rpc_syntax ours = interface_of(k);
    const struct rpc_pickle_call *c = &k->p->call;

    if (!rpc_syntax_equal(&c->interface, &ours))
        return detail_fail(ERR_RPC_INTERFACE, "what comes next is of another interface than %s",
                           k->face->Head.Name);
    if (c->opnum != k->opnum)
        return detail_fail(ERR_RPC_OPNUM,
                           "what comes next is procedure %u, not %u: "
                           "MesInqProcEncodingId tells which",
                           c->opnum, k->opnum);
    return ERR_OK;
}

struct ndr_in *rpc_pickling_call_in(struct rpc_pickling *k)
{
    if (k->err || k->writing)
        return NULL;
    expect(k, true, RPC_PICKLE_CALLS);
    if (!k->err)
        fail(k, rpc_pickle_next_call(k->p));
    if (!k->err)
        fail(k, check_call(k));
    if (!k->err)
        k->p->form = rpc_pickle_form_of(NDR_20);
    return k->err ? NULL : in_begin(k, k->p->call.size, &k->p->form);
}

/* Where the next one begins, if another runtime did not count the padding. */
static void pass_padding(struct rpc_pickle *p)
{
    size_t padding = rpc_pickle_padding(&p->form, p->done);

    if (p->style != MES_INCREMENTAL_HANDLE)
        p->done += padding < p->room - p->done ? padding : p->room - p->done;
}

static void in_end(struct rpc_pickling *k)
{
    struct rpc_pickle *p = k->p;

    if (k->reading) {
        k->in.gap = p->form.align - 1;
        fail(k, rpc_fault_stub(ndr_in_end(&k->in)));
        fail(k, rpc_fault_stub(ndr_in_settle(&k->in, !k->err)));
        p->has_call = false;
    }
    if (!k->err) {
        p->holds = k->is_call ? RPC_PICKLE_CALLS : RPC_PICKLE_TYPES;
        pass_padding(p);
    } else if (p->style != MES_INCREMENTAL_HANDLE) {
        p->done = k->begun;
        p->holds = k->held;
        p->has_call = k->had_call;
    }
}

/* ---- the end ---- */

uint32_t rpc_pickling_end(struct rpc_pickling *k, size_t *ret_size)
{
    uint32_t raised = 0;

    if (k->writing)
        out_end(k);
    else if (k->p)
        in_end(k);
    if (k->writing)
        ndr_out_done(&k->out);
    ndr_arena_done(&k->arena);
    ndr_fulls_done(&k->fulls);
    if (k->p) {
        raised = k->p->raised;
        rpc_pickle_close(k->handle, k->p);
    }
    if (!raised) /* by a routine of a type that travels as another */
        raised = k->writing ? k->out.raised : k->reading ? k->in.raised : 0;
    if (ret_size && !k->err)
        *ret_size = k->size;
    return k->err && raised ? raised : (uint32_t)err_rpc_status(k->err);
}
