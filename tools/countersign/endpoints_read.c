/* SPDX-License-Identifier: Apache-2.0
 * endpoints_read.c - a host's endpoint map, read whole and sorted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "ask.h"
#include "endpoints.h"
#include "out.h"
#include "ping.h"

static RPC_STATUS bind_mapper(const struct endpoints *e, RPC_BINDING_HANDLE *ret)
{
    RPC_CSTR text = NULL;
    RPC_STATUS status = RpcStringBindingComposeA(NULL, cstr(e->host ? "ncacn_ip_tcp" : "ncalrpc"),
                                                 cstr(e->host), NULL, NULL, &text);

    if (status == RPC_S_OK)
        status = RpcBindingFromStringBindingA(text, ret);
    if (status == RPC_S_OK)
        endpoints_be_patient(*ret, e->timeout);
    RpcStringFreeA(&text);
    return status;
}

static bool make_room(struct endpoints *e)
{
    size_t room = e->room ? 2 * e->room : 64;
    struct endpoint *more = NULL;

    if (e->count < e->room)
        return true;
    more = mem_array(room, sizeof *more);
    if (!more)
        return false;
    if (e->count)
        memcpy(more, e->all, e->count * sizeof *more);
    mem_free(e->all);
    e->all = more;
    e->room = room;
    return true;
}

struct endpoint *endpoints_add(struct endpoints *e)
{
    if (!make_room(e))
        return NULL;
    e->all[e->count] = (struct endpoint){ 0 };
    return &e->all[e->count++];
}

static RPC_STATUS take_binding(RPC_BINDING_HANDLE b, struct endpoint *to)
{
    RPC_CSTR text = NULL, sequence = NULL, address = NULL, endpoint = NULL;
    RPC_STATUS status = RpcBindingToStringBindingA(b, &text);

    if (status == RPC_S_OK)
        status = RpcStringBindingParseA(text, NULL, &sequence, &address, &endpoint, NULL);
    if (status == RPC_S_OK) {
        snprintf(to->sequence, sizeof to->sequence, "%s", (char *)sequence);
        snprintf(to->address, sizeof to->address, "%s", (char *)address);
        snprintf(to->endpoint, sizeof to->endpoint, "%s", (char *)endpoint);
    }
    RpcStringFreeA(&text);
    RpcStringFreeA(&sequence);
    RpcStringFreeA(&address);
    RpcStringFreeA(&endpoint);
    return status;
}

static RPC_STATUS take_next(RPC_EP_INQ_HANDLE inquiry, struct endpoints *e)
{
    RPC_BINDING_HANDLE b = NULL;
    RPC_CSTR annotation = NULL;
    struct endpoint *to;
    RPC_STATUS status;

    if (!make_room(e))
        return RPC_S_OUT_OF_MEMORY;
    to = &e->all[e->count];
    *to = (struct endpoint){ 0 };
    status = RpcMgmtEpEltInqNextA(inquiry, &to->id, &b, &to->object, &annotation);
    if (status != RPC_S_OK)
        return status;
    snprintf(to->annotation, sizeof to->annotation, "%s", (char *)annotation);
    status = take_binding(b, to);
    RpcStringFreeA(&annotation);
    RpcBindingFree(&b);
    e->count += status == RPC_S_OK;
    return status;
}

static RPC_STATUS read_from(RPC_BINDING_HANDLE mapper, struct endpoints *e)
{
    unsigned type =
        (e->by_interface ? RPC_C_EP_MATCH_BY_IF : 0) | (e->by_object ? RPC_C_EP_MATCH_BY_OBJ : 0);
    RPC_EP_INQ_HANDLE inquiry = NULL;
    char doing[80];
    RPC_STATUS status = RpcMgmtEpEltInqBegin(mapper, type, &e->interface,
                                             e->versioned ? RPC_C_VERS_COMPATIBLE : RPC_C_VERS_ALL,
                                             &e->object, &inquiry);

    while (status == RPC_S_OK) {
        snprintf(doing, sizeof doing, "reading the endpoint map: %zu so far", e->count);
        out_progress(doing);
        status = take_next(inquiry, e);
    }
    if (status == RPC_X_NO_MORE_ENTRIES)
        status = RPC_S_OK;
    ask_why(status, e->why, sizeof e->why, e->fix, sizeof e->fix); /* ending it is another call */
    if (inquiry)
        (void)RpcMgmtEpEltInqDone(&inquiry);
    return status;
}

/* A mapper may want to know who asks. */
static RPC_STATUS read_as_user(RPC_BINDING_HANDLE mapper, struct endpoints *e)
{
    RPC_STATUS status =
        ask_as_user(mapper, e->name, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_GSS_NEGOTIATE);

    e->authenticated = true;
    e->count = 0;
    if (status == RPC_S_OK)
        return read_from(mapper, e);
    ask_why(status, e->why, sizeof e->why, e->fix, sizeof e->fix);
    return status;
}

static int by_place(const void *one, const void *other)
{
    const struct endpoint *a = one, *b = other;
    RPC_STATUS status;
    int d = UuidCompare((UUID *)(uintptr_t)&a->id.Uuid, (UUID *)(uintptr_t)&b->id.Uuid, &status);

    d = d ? d : a->id.VersMajor - b->id.VersMajor;
    d = d ? d : a->id.VersMinor - b->id.VersMinor;
    d = d ? d : strcmp(a->sequence, b->sequence);
    d = d ? d : strcmp(a->address, b->address);
    d = d ? d : strcmp(a->endpoint, b->endpoint);
    return d ? d
             : UuidCompare((UUID *)(uintptr_t)&a->object, (UUID *)(uintptr_t)&b->object, &status);
}

/* A mapper may have an entry of the same words several times. */
void endpoints_sort(struct endpoints *e)
{
    size_t i, n = 0;

    if (!e->count)
        return;
    qsort(e->all, e->count, sizeof *e->all, by_place);
    for (i = 1; i < e->count; i++)
        if (by_place(&e->all[n], &e->all[i]) != 0)
            e->all[++n] = e->all[i];
    e->count = n + 1;
}

static int tell(const struct endpoints *e, RPC_STATUS status)
{
    (void)out_fail("%s", e->why);
    if (e->fix[0])
        out_remedy("%s", e->fix);
    else if (status == RPC_S_ACCESS_DENIED && !e->name[0])
        out_remedy("it wants to know who asks: name the host instead of its address, or --spn");
    switch (status) {
    case RPC_S_SERVER_UNAVAILABLE:
    case RPC_S_CALL_CANCELLED:
        return EXIT_NOWHERE;
    case RPC_S_UNKNOWN_IF:
        return EXIT_INTERFACE;
    case RPC_S_ACCESS_DENIED:
    case RPC_S_SEC_PKG_ERROR:
        return EXIT_UNPROVEN;
    case RPC_S_INVALID_NET_ADDR:
    case RPC_S_INVALID_STRING_BINDING:
        return EXIT_USAGE;
    default:
        return EXIT_NEGATIVE;
    }
}

int endpoints_read(struct endpoints *e)
{
    RPC_BINDING_HANDLE mapper = NULL;
    RPC_STATUS status = bind_mapper(e, &mapper);
    int result = EXIT_DONE;

    if (status == RPC_S_OK)
        status = read_from(mapper, e);
    else
        ask_why(status, e->why, sizeof e->why, e->fix, sizeof e->fix);
    if (status == RPC_S_ACCESS_DENIED && e->host && e->name[0])
        status = read_as_user(mapper, e);
    out_progress(NULL);
    if (status != RPC_S_OK)
        result = tell(e, status);
    else
        endpoints_sort(e);
    RpcBindingFree(&mapper);
    return result;
}

void endpoints_done(struct endpoints *e)
{
    mem_free(e->all);
}
