/* SPDX-License-Identifier: Apache-2.0
 * api_rnr_set.c - WSASetService.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "directory/host.h"
#include "names/api_rnr.h"
#include "names/api_rnr_query.h"
#include "names/rnr_instance.h"

/* What a service is to be, with the memory of it. */
struct given {
    struct rnr_service service;
    struct rnr_address *address;
    char *name, *comment, *context, *host;
};

static void given_free(struct given *g)
{
    mem_free(g->address);
    mem_free(g->name);
    mem_free(g->comment);
    mem_free(g->context);
    mem_free(g->host);
}

static enum err read_addresses(const WSAQUERYSETW *q, struct given *g)
{
    size_t n = q->dwNumberOfCsAddrs;
    size_t i;
    enum err e = ERR_OK;

    if (n == 0)
        return ERR_OK;
    if (!q->lpcsaBuffer || n > RNR_ADDRESSES_MOST)
        return detail_fail(ERR_INVALID_PARAMETER, "%zu addresses of a service%s, at most %d", n,
                           q->lpcsaBuffer ? "" : " that are not there", RNR_ADDRESSES_MOST);
    g->address = mem_array(n, sizeof *g->address);
    if (!g->address)
        return ERR_NO_MEMORY;
    e = host_dns_name(&g->host);
    for (i = 0; i < n && !e; i++)
        e = rnr_address_in(&q->lpcsaBuffer[i], g->host, &g->address[i]);
    return e;
}

static enum err read_given(const WSAQUERYSETW *q, bool wide, struct given *g)
{
    enum err e = ERR_OK;

    if (!q->lpServiceClassId)
        e = detail_fail(ERR_INVALID_PARAMETER, "a Winsock service without a class");
    if (!e && q->lpBlob)
        e = detail_fail(ERR_INVALID_PARAMETER, "the directory keeps no blob of a service");
    if (!e)
        e = rnr_text_in(q->lpszServiceInstanceName, wide, &g->name);
    if (!e)
        e = rnr_text_in(q->lpszComment, wide, &g->comment);
    if (!e)
        e = rnr_version_in(q->lpVersion, &g->service.version);
    if (!e)
        e = read_addresses(q, g);
    if (e)
        return e;
    g->service.name = g->name;
    g->service.comment = g->comment;
    g->service.class_id = rnr_uuid_in(q->lpServiceClassId);
    g->service.has_version = q->lpVersion != NULL;
    g->service.address = g->address;
    g->service.address_count = q->dwNumberOfCsAddrs;
    return ERR_OK;
}

static enum err perform(struct session *s, const struct rnr_service *service,
                        WSAESETSERVICEOP operation, bool multiple)
{
    switch (operation) {
    case RNRSERVICE_REGISTER:
        return rnr_register(s, service, multiple);
    case RNRSERVICE_DEREGISTER:
        return rnr_deregister(s, service, multiple);
    case RNRSERVICE_DELETE:
        return rnr_delete(s, service, multiple);
    default:
        return ERR_INVALID_PARAMETER;
    }
}

static enum err check(WSAESETSERVICEOP operation, DWORD flags, const struct rnr_service *service)
{
    if ((unsigned)operation > RNRSERVICE_DELETE || (flags & ~(DWORD)SERVICE_MULTIPLE))
        return detail_fail(ERR_INVALID_PARAMETER, "operation %d with flags 0x%x on a service",
                           (int)operation, flags);
    if (operation == RNRSERVICE_REGISTER && service->address_count == 0)
        return detail_fail(ERR_INVALID_PARAMETER, "a service is registered without an address");
    return ERR_OK;
}

static INT set_service(const char *phase, const void *info, bool wide, WSAESETSERVICEOP operation,
                       DWORD flags)
{
    struct session *s = NULL;
    struct given g = { 0 };
    WSAQUERYSETW q;
    DWORD code = rnr_begin(phase);
    enum err e = ERR_OK;

    if (!code)
        code = rnr_query_in(info, WSAEINVAL, &q);
    if (code)
        return rnr_end(code);
    e = read_given(&q, wide, &g);
    if (!e)
        e = check(operation, flags, &g.service);
    if (!e)
        e = rnr_session(&s);
    if (!e)
        e = rnr_context_check(s, q.lpszContext, wide);
    if (!e)
        e = perform(s, &g.service, operation, (flags & SERVICE_MULTIPLE) != 0);
    session_close(s);
    given_free(&g);
    return rnr_end(rnr_code(e));
}

INT WSASetServiceW(LPWSAQUERYSETW lpqsRegInfo, WSAESETSERVICEOP essoperation, DWORD dwControlFlags)
{
    return set_service("WSASetService", lpqsRegInfo, true, essoperation, dwControlFlags);
}

INT WSASetServiceA(LPWSAQUERYSETA lpqsRegInfo, WSAESETSERVICEOP essoperation, DWORD dwControlFlags)
{
    return set_service("WSASetService", lpqsRegInfo, false, essoperation, dwControlFlags);
}
