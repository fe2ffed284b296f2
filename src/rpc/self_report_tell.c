/* SPDX-License-Identifier: Apache-2.0
 * self_report_tell.c - the operations of tools/countersign/inside.idl.
 *
 *   0 InsideProcess   ([out] process)
 *   1 InsideInterface ([in, out] cursor, [out] interface)   2 InsidePlace       likewise
 *   3 InsideOperation                            likewise   4 InsideEndpoint    likewise
 *   5 InsidePrincipal                            likewise   6 InsidePolicy      likewise
 *
 * An interface's cursor is its registration's number, so that none is told twice or left out for
 * one that goes meanwhile; that of its parts is this number and a place in it; the others' is a
 * place in a list.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "acl/sddl.h"
#include "base/alloc.h"
#include "base/policy_value.h"
#include "rpc/access.h"
#include "rpc/group.h"
#include "rpc/guard.h"
#include "rpc/mgmt_local.h"
#include "rpc/self_report.h"
#include "rpc/self_report_whom.h"
#include "rpc/server.h"
#include "rpc/server_auth.h"

enum {
    NAME = 64, /* INSIDE_NAME, INSIDE_TEXT */
    TEXT = 1024,
    MGMT_ASKS = 1,
    HAS_CALLBACK = 1, /* INSIDE_CALLBACK and those behind it */
    HAS_DESCRIPTOR = 2,
    HAS_GUARD = 4,
    IS_EVERYWHERE = 8,
    HAS_GROUP = 16,
    HAS_LISTS = 32,
    FOR_NOBODY = 64,
    IS_CUT = 128,
    FOR_STRANGERS = 256, /* and three more: enum rpc_caller_kind */
    PLACE_BITS = 20,     /* of the cursor of an interface's parts: more than it has of any */
};

static_assert((int)TEXT >= (int)POLICY_NAMES_MAX, "a policy's value fits");

static struct ndr_out *out_of(CS_SERVER_CALL *call)
{
    return &((struct rpc_server_call *)(void *)call)->out;
}

/* False: there was none, and the call fails. */
static bool read_cursor(CS_SERVER_CALL *call, uint64_t *ret)
{
    struct ndr_in *in = &((struct rpc_server_call *)(void *)call)->in;

    *ret = ndr_in_u64(in);
    return !in->r.err;
}

static void put_text(struct ndr_out *out, const char *text, size_t room)
{
    char cut[TEXT];

    (void)snprintf(cut, room, "%s", text);
    ndr_out_string_from(out, cut, room, 1);
}

/* ---- the process ---- */

static void process(CS_SERVER_CALL *call)
{
    struct ndr_out *out = out_of(call);
    struct rpc_server_stats stats;

    rpc_server_stats_now(&stats);
    ndr_out_u32(out, (uint32_t)getpid());
    ndr_out_u32(out, geteuid());
    ndr_out_u32(out, rpc_server_is_listening());
    ndr_out_u32(out, rpc_server_calls());
    ndr_out_u32(out, rpc_server_calls_most());
    ndr_out_u32(out, atomic_load(&stats.calls_in));
    ndr_out_u32(out, rpc_mgmt_is_guarded() ? MGMT_ASKS : 0);
}

/* ---- interfaces ---- */

static void put_id(struct ndr_out *out, const struct rpc_registration *r)
{
    ndr_out_u32(out, r ? r->id.uuid.data1 : 0);
    ndr_out_u16(out, r ? r->id.uuid.data2 : 0);
    ndr_out_u16(out, r ? r->id.uuid.data3 : 0);
    ndr_out_array(out, r ? r->id.uuid.data4 : (const uint8_t[8]){ 0 }, 8, 1);
    ndr_out_u16(out, r ? r->id.major : 0);
    ndr_out_u16(out, r ? r->id.minor : 0);
}

static uint32_t parts_of(const struct rpc_registration *r)
{
    return (r->callback ? HAS_CALLBACK : 0) | (r->access ? HAS_DESCRIPTOR : 0) |
           (r->guard ? HAS_GUARD : 0) | (r->guard && r->guard->everywhere ? IS_EVERYWHERE : 0) |
           (r->group ? HAS_GROUP : 0) | (r->lists ? HAS_LISTS : 0);
}

static uint32_t parts_of_whom(const struct rpc_whom *w)
{
    return (w->nobody ? FOR_NOBODY : 0) | w->kinds * FOR_STRANGERS;
}

/* Freed with mem_free; NULL: there is none, or no memory for it. */
static char *descriptor_text(const struct rpc_access *a)
{
    char *text = NULL;

    return a && !sddl_format(&a->descriptor, SDDL_ALL, NULL, &text) ? text : NULL;
}

static uint32_t if_cut(const struct rpc_access *a, const char *text)
{
    return a && (!text || strlen(text) >= TEXT) ? IS_CUT : 0;
}

static void put_numbers(struct ndr_out *out, const struct rpc_registration *r,
                        const struct rpc_whom *whom, uint32_t parts)
{
    struct rpc_handle_count handles = { 0 };

    rpc_groups_count(r->face, &handles);
    ndr_out_u32(out, r->flags);
    ndr_out_u32(out, parts);
    ndr_out_u32(out, r->max_calls);
    ndr_out_u32(out, r->max_size > UINT32_MAX ? UINT32_MAX : (uint32_t)r->max_size);
    ndr_out_u32(out, atomic_load(&r->calls));
    ndr_out_u32(out, r->face->Head.ProcedureCount);
    ndr_out_u32(out, (uint32_t)handles.all);
    ndr_out_u32(out, (uint32_t)handles.strict);
    ndr_out_u32(out, (uint32_t)handles.type_strict);
    ndr_out_u32(out, whom->least_level);
    ndr_out_u32(out, r->guard ? r->guard->max_calls : 0);
    ndr_out_u32(out, r->guard ? r->guard->max_of_client : 0);
}

static void put_interface(struct ndr_out *out, const struct rpc_registration *r)
{
    struct rpc_whom whom = rpc_whom_of_interface(r);
    char *text = descriptor_text(r->access);

    ndr_out_u64(out, r->number);
    put_id(out, r);
    put_numbers(out, r, &whom, parts_of(r) | parts_of_whom(&whom) | if_cut(r->access, text));
    put_text(out, r->face->Head.Name ? r->face->Head.Name : "", NAME);
    put_text(out, text ? text : "", TEXT);
    mem_free(text);
}

static void interface(CS_SERVER_CALL *call)
{
    static const CS_SERVER_INTERFACE nameless = { .Head = { .Name = "" } };
    static struct rpc_registration none = { .face = &nameless };
    struct rpc_registration *r;
    uint64_t cursor = 0;

    if (!read_cursor(call, &cursor))
        return;
    r = rpc_registry_after(cursor);
    ndr_out_u64(out_of(call), r ? r->number : 0);
    put_interface(out_of(call), r ? r : &none);
    rpc_registration_unref(r);
}

/* ---- their parts ---- */

typedef unsigned count_parts(const struct rpc_registration *r);

static unsigned count_places(const struct rpc_registration *r)
{
    return r->guard ? (unsigned)r->guard->endpoint_count : 0;
}

static unsigned count_operations(const struct rpc_registration *r)
{
    return r->guard || r->lists ? r->face->Head.ProcedureCount : 0;
}

/* The interface that the cursor is in, or the next one that has such parts, and which of them; the
 * cursor is then behind that. NULL: no more. */
static struct rpc_registration *next_part(uint64_t *cursor, count_parts *count, unsigned *ret)
{
    uint64_t number = *cursor >> PLACE_BITS;
    unsigned place = (unsigned)(*cursor & ((1U << PLACE_BITS) - 1));
    struct rpc_registration *r = rpc_registry_after(number ? number - 1 : 0);

    if (r && r->number != number)
        place = 0;
    while (r && place >= count(r)) {
        number = r->number;
        rpc_registration_unref(r);
        r = rpc_registry_after(number);
        place = 0;
    }
    *ret = place;
    *cursor = r ? r->number << PLACE_BITS | (place + 1) : 0;
    return r;
}

static void place(CS_SERVER_CALL *call)
{
    const struct rpc_guard_endpoint *p = NULL;
    struct ndr_out *out = out_of(call);
    struct rpc_registration *r;
    uint64_t cursor = 0;
    unsigned i = 0;

    if (!read_cursor(call, &cursor))
        return;
    r = next_part(&cursor, count_places, &i);
    if (r)
        p = &r->guard->endpoint[i];
    ndr_out_u64(out, cursor);
    ndr_out_u64(out, r ? r->number : 0);
    put_text(out, p ? p->transport->protseq : "", NAME);
    put_text(out, p ? p->endpoint : "", NAME);
    rpc_registration_unref(r);
}

static const struct rpc_access *access_in(const struct rpc_guard *g, unsigned opnum)
{
    return g ? rpc_guard_of_operation(g, opnum)->access : NULL;
}

static void put_operation(struct ndr_out *out, const struct rpc_registration *r, unsigned opnum)
{
    const struct rpc_access *guarded = access_in(r->guard, opnum);
    const struct rpc_access *listed = access_in(r->lists, opnum);
    struct rpc_whom whom = rpc_whom_of_operation(r, opnum);
    char *guard = descriptor_text(guarded), *list = descriptor_text(listed);
    const char *name = r->face->Procedures[opnum].Name;

    ndr_out_u64(out, r->number);
    ndr_out_u32(out, opnum);
    ndr_out_u32(out, (guarded ? HAS_DESCRIPTOR : 0) | (listed ? HAS_LISTS : 0) |
                         parts_of_whom(&whom) | if_cut(guarded, guard) | if_cut(listed, list));
    ndr_out_u32(out, whom.least_level);
    put_text(out, name ? name : "", NAME);
    put_text(out, guard ? guard : "", TEXT);
    put_text(out, list ? list : "", TEXT);
    mem_free(guard);
    mem_free(list);
}

static void put_no_operation(struct ndr_out *out)
{
    ndr_out_u64(out, 0);
    ndr_out_u32(out, 0);
    ndr_out_u32(out, 0);
    ndr_out_u32(out, 0);
    put_text(out, "", NAME);
    put_text(out, "", TEXT);
    put_text(out, "", TEXT);
}

static void operation(CS_SERVER_CALL *call)
{
    struct ndr_out *out = out_of(call);
    struct rpc_registration *r;
    uint64_t cursor = 0;
    unsigned opnum = 0;

    if (!read_cursor(call, &cursor))
        return;
    r = next_part(&cursor, count_operations, &opnum);
    ndr_out_u64(out, cursor);
    if (r)
        put_operation(out, r, opnum);
    else
        put_no_operation(out);
    rpc_registration_unref(r);
}

/* ---- the rest ---- */

static void endpoint(CS_SERVER_CALL *call)
{
    struct rpc_endpoint_name name = { .transport = NULL };
    struct ndr_out *out = out_of(call);
    struct rpc_access *access = NULL;
    bool grouped = false, there;
    uint64_t cursor = 0;
    char *text;

    if (!read_cursor(call, &cursor))
        return;
    there = cursor < SIZE_MAX && rpc_endpoint_told(cursor, &name, &grouped, &access);
    text = descriptor_text(access);
    ndr_out_u64(out, there ? cursor + 1 : 0);
    ndr_out_u32(out,
                (grouped ? HAS_GROUP : 0) | (access ? HAS_DESCRIPTOR : 0) | if_cut(access, text));
    put_text(out, there ? name.transport->protseq : "", NAME);
    put_text(out, there ? name.address : "", NAME);
    put_text(out, there ? name.endpoint : "", NAME);
    put_text(out, text ? text : "", TEXT);
    mem_free(text);
    rpc_access_unref(access);
}

static void principal(CS_SERVER_CALL *call)
{
    struct ndr_out *out = out_of(call);
    const char *name = NULL;
    uint64_t cursor = 0;
    uint32_t service;

    if (!read_cursor(call, &cursor))
        return;
    service = rpc_server_auth_at(cursor);
    if (service)
        name = rpc_server_auth_principal(service);
    ndr_out_u64(out, service ? cursor + 1 : 0);
    ndr_out_u32(out, service);
    put_text(out, name ? name : "", TEXT);
}

static void policy(CS_SERVER_CALL *call)
{
    struct ndr_out *out = out_of(call);
    char value[POLICY_NAMES_MAX] = "";
    uint64_t cursor = 0;
    bool there;

    if (!read_cursor(call, &cursor))
        return;
    there = cursor < POLICY_COUNT;
    if (there)
        policy_value_get((enum policy)cursor, value);
    ndr_out_u64(out, there ? cursor + 1 : 0);
    ndr_out_u32(out, there ? (uint32_t)policy_get((enum policy)cursor) : 0);
    put_text(out, there ? policy_written((enum policy)cursor) : "", NAME);
    put_text(out, value, TEXT);
}

static const CS_SERVER_PROCEDURE procedures[] = {
    { process, "InsideProcess", 0 },   { interface, "InsideInterface", 0 },
    { place, "InsidePlace", 0 },       { operation, "InsideOperation", 0 },
    { endpoint, "InsideEndpoint", 0 }, { principal, "InsidePrincipal", 0 },
    { policy, "InsidePolicy", 0 },
};

static void nothing(void *p)
{
    (void)p; /* these operations allocate nothing */
}

const CS_SERVER_INTERFACE rpc_inside = {
    .Head = { .Length = sizeof(CS_SERVER_INTERFACE),
              .StubAbi = CS_STUB_ABI,
              .Side = CS_INTERFACE_SERVER,
              .ProcedureCount = sizeof procedures / sizeof procedures[0],
              .Id = { { 0x7d0e6c52,
                        0x9b1f,
                        0x4f0a,
                        { 0x8a, 0x3d, 0x5e, 0x2c, 0x41, 0xb7, 0xf6, 0xa9 } },
                      2,
                      0 },
              .Name = "inside",
              .Free = nothing },
    .Procedures = procedures,
    .DefaultManagerEpv = procedures, /* any: it is not looked into */
};
