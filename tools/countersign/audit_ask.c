/* SPDX-License-Identifier: Apache-2.0
 * audit_ask.c - the questions of an audit. Of the management interface, which every server has,
 * one operation is called: which interfaces are there. Of all others none: what they take is seen
 * from how they refuse an operation that no interface has (ask.h).
 */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "audit.h"
#include "ping.h"

/* afa8bd80-7d8a-11c9-bef4-08002b102989, version 1.0: management, of every server. */
static const RPC_IF_ID management = {
    { 0xafa8bd80, 0x7d8a, 0x11c9, { 0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29, 0x89 } }, 1, 0
};

/* ---- what a server has ---- */

static bool same_id(const RPC_IF_ID *a, const RPC_IF_ID *b)
{
    RPC_STATUS status;

    return UuidEqual((UUID *)(uintptr_t)&a->Uuid, (UUID *)(uintptr_t)&b->Uuid, &status) &&
           a->VersMajor == b->VersMajor && a->VersMinor == b->VersMinor;
}

/* At the same place as another. False: not enough memory. */
static bool add_beside(struct endpoints *e, const struct endpoint *place, const RPC_IF_ID *id,
                       bool unlisted)
{
    struct endpoint copy = *place, *to;
    size_t i;

    for (i = 0; i < e->count; i++)
        if (same_id(&e->all[i].id, id) && endpoints_same_server(e, &e->all[i], &copy))
            return true;
    to = endpoints_add(e);
    if (!to)
        return false;
    copy.id = *id;
    memset(&copy.object, 0, sizeof copy.object);
    copy.annotation[0] = '\0';
    copy.unlisted = unlisted;
    *to = copy;
    return true;
}

/* As anybody, and where it does not tell such, as the user. */
static RPC_STATUS inquire(const struct endpoints *e, const struct endpoint *place,
                          RPC_IF_ID_VECTOR **ret)
{
    RPC_BINDING_HANDLE b = endpoints_bind(e, place);
    bool local = strcmp(place->sequence, "ncalrpc") == 0;
    RPC_STATUS status = b ? RpcMgmtInqIfIds(b, ret) : RPC_S_OUT_OF_MEMORY;

    if (status == RPC_S_ACCESS_DENIED && (e->name[0] || local) &&
        ask_as_user(b, e->name, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_GSS_NEGOTIATE) ==
            RPC_S_OK)
        status = RpcMgmtInqIfIds(b, ret);
    RpcBindingFree(&b);
    return status;
}

static RPC_STATUS list_server(struct endpoints *e, const struct endpoint *at, bool unlisted)
{
    struct endpoint place = *at; /* adding may move it */
    RPC_IF_ID_VECTOR *ids = NULL;
    RPC_STATUS status = inquire(e, &place, &ids);
    bool good = status != RPC_S_OK || add_beside(e, &place, &management, unlisted);
    ULONG i;

    e->untold |= status == RPC_S_ACCESS_DENIED;
    for (i = 0; ids && i < ids->Count && good; i++)
        good = add_beside(e, &place, ids->IfId[i], unlisted);
    if (ids)
        RpcIfIdVectorFree(&ids);
    return good ? status : RPC_S_OUT_OF_MEMORY;
}

/* What the mapper does not know of the servers that it knows. */
static bool list_servers(struct endpoints *e)
{
    size_t n = e->count, i, j;
    char doing[96];

    for (i = 0; i < n; i++) {
        snprintf(doing, sizeof doing, "asking what servers have: %zu of %zu endpoints", i, n);
        out_progress(doing);
        for (j = 0; j < i && !endpoints_same_server(e, &e->all[j], &e->all[i]); j++)
            ;
        if (j == i && endpoints_can_be_asked(e, &e->all[i]) &&
            list_server(e, &e->all[i], true) == RPC_S_OUT_OF_MEMORY)
            return false;
    }
    return true;
}

/* ---- one server, by its binding ---- */

static int tell(const struct audit *a, RPC_STATUS status)
{
    char why[512], fix[512];

    ask_why(status, why, sizeof why, fix, sizeof fix);
    out_fail("%s: %s", a->binding, why);
    if (fix[0])
        out_remedy("%s", fix);
    switch (status) {
    case RPC_S_ACCESS_DENIED:
    case RPC_S_SEC_PKG_ERROR:
        out_remedy("it does not say what it serves: name one with --interface UUID,VERSION");
        return EXIT_UNPROVEN;
    case RPC_S_SERVER_UNAVAILABLE:
    case RPC_S_CALL_CANCELLED:
        return EXIT_NOWHERE;
    default:
        return EXIT_NEGATIVE;
    }
}

static RPC_STATUS take_binding(struct audit *a, struct endpoint *place)
{
    bool whole = strncmp(a->binding, "ncacn_", 6) == 0 || strncmp(a->binding, "ncalrpc", 7) == 0;
    RPC_CSTR sequence = NULL, host = NULL, endpoint = NULL;
    char text[512];
    RPC_STATUS status;

    snprintf(text, sizeof text, "%s%s", whole ? "" : "ncacn_ip_tcp:", a->binding);
    status = RpcStringBindingParseA(cstr(text), NULL, &sequence, &host, &endpoint, NULL);
    if (status == RPC_S_OK) {
        snprintf(place->sequence, sizeof place->sequence, "%s", (char *)sequence);
        snprintf(place->endpoint, sizeof place->endpoint, "%s", (char *)endpoint);
        snprintf(place->address, sizeof place->address, "%s",
                 host[0]                                    ? (char *)host
                 : strcmp((char *)sequence, "ncalrpc") == 0 ? ""
                                                            : "localhost");
    }
    RpcStringFreeA(&sequence);
    RpcStringFreeA(&host);
    RpcStringFreeA(&endpoint);
    return status;
}

static int ask_one(struct audit *a)
{
    struct endpoint place = { 0 };
    struct endpoints *e = &a->e;
    RPC_STATUS status = take_binding(a, &place);

    if (status != RPC_S_OK || !place.endpoint[0] || !endpoints_can_be_asked(e, &place))
        return out_usage(&command_audit, "\"%s\" is no ncacn_ip_tcp:HOST[PORT] or ncalrpc:[NAME]",
                         a->binding);
    if (!e->name[0] && strcmp(place.sequence, "ncalrpc") != 0 && !ask_is_address(place.address))
        snprintf(e->name, sizeof e->name, "host/%s", place.address);
    if (a->chosen && !add_beside(e, &place, &a->interface, false))
        status = RPC_S_OUT_OF_MEMORY;
    if (status == RPC_S_OK)
        status = list_server(e, &place, false);
    if (status != RPC_S_OK && (!a->chosen || status != RPC_S_ACCESS_DENIED))
        return tell(a, status);
    return EXIT_DONE;
}

/* ---- limits ---- */

/* As one whom it takes, or nobody learns of its limit. */
static bool join(const struct endpoints *e, const struct endpoint *p, RPC_BINDING_HANDLE b)
{
    const struct verdict *v = &p->verdict;
    ULONG level;
    unsigned s;

    if (v->anybody)
        return true;
    for (s = 0; s < ENDPOINTS_SERVICES; s++)
        for (level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY; level > RPC_C_AUTHN_LEVEL_NONE; level--)
            if (v->levels[s] & 1U << level)
                return ask_as_user(b, e->name, level, endpoints_service(s)) == RPC_S_OK;
    return false;
}

/* One request of that size, which it may well refuse. */
static bool takes_large(const struct endpoints *e, const struct endpoint *p)
{
    const CS_CLIENT_INTERFACE face = { { .Length = sizeof face,
                                         .StubAbi = CS_STUB_ABI,
                                         .Side = CS_INTERFACE_CLIENT,
                                         .Id = p->id,
                                         .Name = "the interface" } };
    RPC_BINDING_HANDLE b = endpoints_bind(e, p);
    RPC_STATUS status = RPC_S_OUT_OF_MEMORY;
    CS_CLIENT_CALL call;
    CS_NDR_OUT *out;
    size_t i;

    if (b && join(e, p, b)) {
        out = CsClientBegin(&call, &face, b, ASK_NO_OPERATION, 0);
        for (i = 0; i < AUDIT_LARGE / sizeof(ULONGLONG); i++)
            CsNdrOutU64(out, 0);
        (void)CsClientSend(&call);
        status = CsClientEnd(&call);
    }
    RpcBindingFree(&b);
    return status == RPC_S_PROCNUM_OUT_OF_RANGE;
}

static void ask_limits(struct endpoints *e)
{
    char doing[96];
    size_t i;

    for (i = 0; i < e->count; i++) {
        struct endpoint *p = &e->all[i];

        snprintf(doing, sizeof doing, "asking for limits: %zu of %zu endpoints", i, e->count);
        out_progress(doing);
        if (p->verdict.state == ENDPOINT_ANSWERS && strcmp(p->sequence, "ncalrpc") != 0)
            p->large = takes_large(e, p);
    }
    out_progress(NULL);
}

/* A host that is known by several addresses is asked by the name that the user gave it: once. */
static void forget_addresses(struct endpoints *e)
{
    size_t i;

    for (i = 0; e->host && i < e->count; i++)
        snprintf(e->all[i].address, sizeof e->all[i].address, "%s", e->host);
    endpoints_sort(e);
}

int audit_ask(struct audit *a)
{
    int result = a->binding ? ask_one(a) : endpoints_read(&a->e);

    if (result != EXIT_DONE)
        return result;
    forget_addresses(&a->e);
    if (!a->binding && !a->chosen && !list_servers(&a->e))
        return out_fail("not enough memory for what the servers have");
    endpoints_sort(&a->e);
    endpoints_probe(&a->e);
    ask_limits(&a->e);
    if (a->active.wanted && !active_ask(&a->active, &a->e))
        return out_fail("not enough memory for the operations");
    return EXIT_DONE;
}
