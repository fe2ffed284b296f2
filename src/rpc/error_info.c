/* SPDX-License-Identifier: Apache-2.0
 * error_info.c - records of extended error information, read, written and copied.  [MS-EERR] 2.2
 */
#include "rpc/error_info.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "ndr/in.h"
#include "ndr/out.h"
#include "ndr/pickle.h"

enum { NAME_PRESENT = 1, NAME_NOT_PRESENT = 2, SHORT_MAX = 32767, PARAM_MIN = 4 };

static size_t unit_of(enum rpc_error_type type)
{
    return type == RPC_ERROR_UNICODE ? sizeof(char16_t) : 1;
}

static bool has_data(enum rpc_error_type type)
{
    return type == RPC_ERROR_ANSI || type == RPC_ERROR_UNICODE || type == RPC_ERROR_BINARY;
}

/* ---- the chain ---- */

static void param_done(struct rpc_error_param *p)
{
    mem_free(p->data);
    *p = (struct rpc_error_param){ .type = RPC_ERROR_NONE };
}

static void record_free(struct rpc_error_record *r)
{
    size_t i;

    for (i = 0; i < r->count; i++)
        param_done(&r->param[i]);
    mem_free(r->computer);
    mem_free(r);
}

void rpc_error_free(struct rpc_error_record *chain)
{
    while (chain) {
        struct rpc_error_record *next = chain->next;

        record_free(chain);
        chain = next;
    }
}

enum err rpc_error_set(struct rpc_error_param *p, enum rpc_error_type type, const void *data,
                       size_t length)
{
    const size_t size = length * unit_of(type);
    uint8_t *copy = NULL;

    *p = (struct rpc_error_param){ .type = RPC_ERROR_NONE };
    if (length > RPC_ERROR_TEXT)
        return ERR_OK;
    copy = mem_zero(size + sizeof(char16_t)); /* a zero behind, whatever it is */
    if (!copy)
        return ERR_NO_MEMORY;
    if (size)
        memcpy(copy, data, size);
    *p = (struct rpc_error_param){ type, 0, copy, (uint16_t)length };
    return ERR_OK;
}

size_t rpc_error_count(const struct rpc_error_record *chain)
{
    size_t n = 0;

    for (; chain; chain = chain->next)
        n++;
    return n;
}

void rpc_error_drop(struct rpc_error_record *chain)
{
    struct rpc_error_record *before = chain;
    struct rpc_error_record *gone = NULL;

    if (rpc_error_count(chain) < 3)
        return;
    while (before->next->next->next)
        before = before->next;
    gone = before->next;
    before->next = gone->next;
    before->flags |= RPC_ERROR_AFTER_MISSING;
    gone->next->flags |= RPC_ERROR_BEFORE_MISSING;
    record_free(gone);
}

static enum err name_copy(const char16_t *name, size_t length, char16_t **ret)
{
    char16_t *copy = mem_array(length + 1, sizeof *copy);

    if (!copy)
        return ERR_NO_MEMORY;
    memcpy(copy, name, length * sizeof *copy);
    copy[length] = 0;
    *ret = copy;
    return ERR_OK;
}

static size_t name_length(const char16_t *name)
{
    size_t n = 0;

    while (name[n])
        n++;
    return n;
}

static enum err record_copy(const struct rpc_error_record *from, struct rpc_error_record **ret)
{
    struct rpc_error_record *r = mem_alloc(sizeof *r);
    enum err e = ERR_OK;
    size_t i;

    if (!r)
        return ERR_NO_MEMORY;
    *r = *from;
    r->next = NULL;
    r->computer = NULL;
    if (from->computer)
        e = name_copy(from->computer, name_length(from->computer), &r->computer);
    for (i = 0; i < r->count; i++)
        r->param[i].data = NULL;
    for (i = 0; !e && i < r->count; i++)
        if (has_data(from->param[i].type))
            e = rpc_error_set(&r->param[i], from->param[i].type, from->param[i].data,
                              from->param[i].length);
    if (e)
        record_free(r);
    else
        *ret = r;
    return e;
}

enum err rpc_error_copy(const struct rpc_error_record *chain, struct rpc_error_record **ret)
{
    struct rpc_error_record *copy = NULL;
    struct rpc_error_record **at = &copy;
    enum err e = ERR_OK;

    for (; !e && chain; chain = chain->next) {
        e = record_copy(chain, at);
        if (!e)
            at = &(*at)->next;
    }
    if (e)
        rpc_error_free(copy);
    else
        *ret = copy;
    return e;
}

/* ---- reading ---- */

/* What pointers of a record stand for until their referents come. */
struct pending {
    void *next, *computer, *param[RPC_ERROR_PARAMS];
    uint16_t computer_length;
};

/* A discriminant stands where the field it repeats does, and again in front of the arm. */
static int read_type(struct ndr_in *in)
{
    int type = ndr_in_enum16(in);

    ndr_in_same(in, ndr_in_u16(in), (uint64_t)type);
    return type;
}

static void read_name(struct ndr_in *in, struct pending *p)
{
    int present = 0;

    ndr_in_align(in, 4);
    present = read_type(in);
    if (present == NAME_PRESENT) {
        p->computer_length = ndr_in_u16(in);
        p->computer = ndr_in_pointer(in, NDR_UNIQUE);
    } else if (present != NAME_NOT_PRESENT) {
        ndr_in_no_arm(in, present);
    }
}

static void *read_param(struct ndr_in *in, struct rpc_error_param *p)
{
    int type = 0;

    ndr_in_align(in, 8);
    type = read_type(in);
    p->type = RPC_ERROR_NONE;
    switch (type) {
    case RPC_ERROR_ANSI:
    case RPC_ERROR_UNICODE:
    case RPC_ERROR_BINARY:
        p->type = (enum rpc_error_type)type;
        p->length = ndr_in_u16(in);
        return ndr_in_pointer(in, NDR_UNIQUE);
    case RPC_ERROR_LONG:
        p->number = (int32_t)ndr_in_u32(in);
        break;
    case RPC_ERROR_SHORT:
        p->number = (int16_t)ndr_in_u16(in);
        break;
    case RPC_ERROR_POINTER:
        p->number = (int64_t)ndr_in_u64(in);
        break;
    case RPC_ERROR_NONE:
        break;
    default:
        ndr_in_no_arm(in, type);
        return NULL;
    }
    p->type = (enum rpc_error_type)type;
    return NULL;
}

static void read_fields(struct ndr_in *in, struct rpc_error_record *r, struct pending *p)
{
    struct ndr_span span = { 0 };
    size_t i;

    ndr_in_conformance(in, &span, 1);
    ndr_in_align(in, 8);
    p->next = ndr_in_pointer(in, NDR_UNIQUE);
    read_name(in, p);
    r->process = ndr_in_u32(in);
    r->time = (int64_t)ndr_in_u64(in);
    r->component = ndr_in_u32(in);
    r->status = ndr_in_u32(in);
    r->location = ndr_in_u16(in);
    r->flags = ndr_in_u16(in);
    ndr_in_same(in, ndr_in_u16(in), span.max);
    if (span.max > RPC_ERROR_PARAMS)
        ndr_in_fail(in, ERR_MALFORMED, "an error record of %zu parameters", span.max);
    r->count = ndr_in_count(in, &span, 1, PARAM_MIN);
    for (i = 0; i < r->count; i++)
        p->param[i] = read_param(in, &r->param[i]);
}

/* length elements of size 1 or 2, whose array says the same; NULL after a failure. */
static const void *read_array(struct ndr_in *in, uint16_t length, size_t size)
{
    struct ndr_span span = { 0 };

    ndr_in_conformance(in, &span, 1);
    ndr_in_same(in, span.max, length);
    if (length > SHORT_MAX)
        ndr_in_fail(in, ERR_MALFORMED, "a negative length");
    return ndr_in_array_view(in, ndr_in_count(in, &span, 1, size), size);
}

static void keep(struct ndr_in *in, enum err e)
{
    if (e)
        ndr_in_fail(in, e, "an error record's text is not kept");
}

static void read_computer(struct ndr_in *in, uint16_t length, struct rpc_error_record *r)
{
    const char16_t *name = read_array(in, length, sizeof *name);

    if (in->r.err)
        return;
    if (!length || name[length - 1])
        ndr_in_fail(in, ERR_MALFORMED, "a computer's name of %u without its end", length);
    else
        keep(in, name_copy(name, length, &r->computer));
}

static void read_data(struct ndr_in *in, struct rpc_error_param *p)
{
    const enum rpc_error_type type = p->type;
    const uint16_t length = p->length;
    const uint8_t *data = read_array(in, length, unit_of(type));
    const size_t last = (size_t)length * unit_of(type);

    if (in->r.err)
        return;
    if (type != RPC_ERROR_BINARY &&
        (!length || data[last - 1] || (type == RPC_ERROR_UNICODE && data[last - 2])))
        ndr_in_fail(in, ERR_MALFORMED, "a text of %u without its end", length);
    else
        keep(in, rpc_error_set(p, type, data, length));
}

/* Next's record stands before what else the record's pointers refer to. */
static void read_record(struct ndr_in *in, struct rpc_error_record **at, unsigned left)
{
    struct rpc_error_record *r = NULL;
    struct pending p = { 0 };
    size_t i;

    if (!left)
        ndr_in_fail(in, ERR_TOO_LONG, "more than %d error records", RPC_ERROR_RECORDS);
    r = in->r.err ? NULL : mem_zero(sizeof *r);
    if (!r) {
        keep(in, ERR_NO_MEMORY);
        return;
    }
    *at = r;
    read_fields(in, r, &p);
    if (p.next)
        read_record(in, &r->next, left - 1);
    if (p.computer)
        read_computer(in, p.computer_length, r);
    for (i = 0; i < r->count; i++) {
        if (p.param[i])
            read_data(in, &r->param[i]);
        else if (has_data(r->param[i].type)) /* a null pointer: nothing to show */
            r->param[i] = (struct rpc_error_param){ .type = RPC_ERROR_NONE };
    }
}

enum err rpc_error_read(struct bytes blob, struct rpc_error_record **ret)
{
    struct reader r = reader_over(blob);
    struct rpc_error_record *chain = NULL;
    struct ndr_arena arena = ndr_arena_with(ndr_budget(blob.len));
    struct ndr_drep drep;
    struct bytes object;
    struct ndr_in in;
    enum err e = ndr_pickle_begin(&r, &drep);

    if (!e)
        e = ndr_pickle_next(&r, drep, &object);
    if (!e)
        e = ndr_in_begin(object, NDR_20, drep, &arena, NULL, &in);
    if (!e) {
        if (ndr_in_pointer(&in, NDR_UNIQUE))
            read_record(&in, &chain, RPC_ERROR_RECORDS);
        e = ndr_pickle_end(&in);
    }
    ndr_arena_done(&arena);
    if (e)
        rpc_error_free(chain);
    else
        *ret = chain;
    return e;
}

/* ---- writing ---- */

static void write_type(struct ndr_out *out, int type)
{
    ndr_out_enum16(out, type);
    ndr_out_u16(out, (uint16_t)type);
}

static void write_data_field(struct ndr_out *out, size_t length, const void *data)
{
    ndr_out_u16(out, (uint16_t)length);
    ndr_out_pointer(out, NDR_UNIQUE, data, NULL);
}

static void write_param(struct ndr_out *out, const struct rpc_error_param *p)
{
    ndr_out_align(out, 8);
    write_type(out, p->type);
    if (has_data(p->type))
        write_data_field(out, p->length, p->data);
    else if (p->type == RPC_ERROR_LONG)
        ndr_out_u32(out, (uint32_t)p->number);
    else if (p->type == RPC_ERROR_SHORT)
        ndr_out_u16(out, (uint16_t)p->number);
    else if (p->type == RPC_ERROR_POINTER)
        ndr_out_u64(out, (uint64_t)p->number);
}

static void write_fields(struct ndr_out *out, const struct rpc_error_record *r)
{
    const struct ndr_span span = { r->count, 0, r->count };
    size_t i;

    ndr_out_conformance(out, &span, 1);
    ndr_out_align(out, 8);
    ndr_out_pointer(out, NDR_UNIQUE, r->next, NULL);
    ndr_out_align(out, 4);
    write_type(out, r->computer ? NAME_PRESENT : NAME_NOT_PRESENT);
    if (r->computer)
        write_data_field(out, name_length(r->computer) + 1, r->computer);
    ndr_out_u32(out, r->process);
    ndr_out_u64(out, (uint64_t)r->time);
    ndr_out_u32(out, r->component);
    ndr_out_u32(out, r->status);
    ndr_out_u16(out, r->location);
    ndr_out_u16(out, r->flags);
    ndr_out_u16(out, (uint16_t)r->count);
    for (i = 0; i < r->count; i++)
        write_param(out, &r->param[i]);
}

static void write_array(struct ndr_out *out, const void *data, size_t length, size_t size)
{
    const struct ndr_span span = { length, 0, length };

    ndr_out_conformance(out, &span, 1);
    ndr_out_array(out, data, length, size);
}

static void write_record(struct ndr_out *out, const struct rpc_error_record *r)
{
    size_t i;

    write_fields(out, r);
    if (r->next)
        write_record(out, r->next);
    if (r->computer)
        write_array(out, r->computer, name_length(r->computer) + 1, sizeof *r->computer);
    for (i = 0; i < r->count; i++)
        if (has_data(r->param[i].type))
            write_array(out, r->param[i].data, r->param[i].length, unit_of(r->param[i].type));
}

static enum err write_all(const struct rpc_error_record *chain, size_t max, struct buf *ret)
{
    struct writer w = writer_new(max);
    struct buf object = { 0 };
    struct ndr_out out;
    enum err e = ndr_out_begin(NDR_20, NULL, &out);

    if (e)
        return e;
    ndr_out_pointer(&out, NDR_UNIQUE, chain, NULL);
    if (chain)
        write_record(&out, chain);
    e = ndr_out_take(&out, &object);
    if (!e) {
        ndr_pickle_write_header(&w);
        ndr_pickle_write(&w, buf_view(object));
        e = w.err;
    }
    buf_free(&object);
    if (e)
        writer_done(&w);
    return e ? e : writer_take(&w, ret);
}

static void drop_texts(struct rpc_error_record *r)
{
    size_t i;

    for (; r; r = r->next) {
        for (i = 0; i < r->count; i++)
            if (has_data(r->param[i].type))
                param_done(&r->param[i]);
        mem_free(r->computer);
        r->computer = NULL;
    }
}

enum err rpc_error_write(const struct rpc_error_record *chain, size_t max, struct buf *ret)
{
    struct rpc_error_record *fewer = NULL;
    enum err e = write_all(chain, max, ret);

    if (e != ERR_TOO_LONG)
        return e;
    e = rpc_error_copy(chain, &fewer);
    if (e)
        return e;
    do {
        rpc_error_drop(fewer);
        e = write_all(fewer, max, ret);
    } while (e == ERR_TOO_LONG && rpc_error_count(fewer) > 2);
    if (e == ERR_TOO_LONG) {
        drop_texts(fewer);
        e = write_all(fewer, max, ret);
    }
    rpc_error_free(fewer);
    return e;
}
