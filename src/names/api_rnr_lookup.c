/* SPDX-License-Identifier: Apache-2.0
 * api_rnr_lookup.c - WSALookupServiceBegin, WSALookupServiceNext, WSALookupServiceEnd.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/handle.h"
#include "names/api_rnr.h"
#include "names/api_rnr_query.h"
#include "names/place.h"
#include "names/rnr_lookup.h"
#include "spn/dn.h"

#define LUP_KNOWN                                                                                  \
    (LUP_DEEP | LUP_CONTAINERS | LUP_NOCONTAINERS | LUP_NEAREST | LUP_RETURN_ALL |                 \
     LUP_FLUSHPREVIOUS | LUP_FLUSHCACHE | LUP_RES_SERVICE)
/* Those that count also where only WSALookupServiceNext has them. */
#define LUP_BEHAVIOUR (LUP_FLUSHPREVIOUS | LUP_RES_SERVICE)

static DWORD check_flags(DWORD flags)
{
    if (flags & ~(DWORD)LUP_KNOWN) {
        detail_fail(ERR_INVALID_PARAMETER, "flags 0x%x of a lookup are not known",
                    flags & ~(DWORD)LUP_KNOWN);
        return WSAEINVAL;
    }
    if ((flags & LUP_CONTAINERS) && (flags & LUP_NOCONTAINERS)) {
        detail_fail(ERR_INVALID_PARAMETER, "a lookup of containers only, and without containers");
        return WSAEINVAL;
    }
    if (flags & LUP_CONTAINERS) {
        detail_fail(ERR_NOT_FOUND, "the name space has no containers");
        return WSANO_DATA;
    }
    return 0;
}

static enum err protocols_in(const WSAQUERYSETW *q, struct rnr_protocol **ret)
{
    size_t n = q->dwNumberOfProtocols;
    struct rnr_protocol *p = NULL;
    size_t i;

    if (n == 0)
        return ERR_OK;
    if (!q->lpafpProtocols || n > RNR_PROTOCOLS_MOST)
        return detail_fail(ERR_INVALID_PARAMETER, "%zu protocols of a lookup%s, at most %d", n,
                           q->lpafpProtocols ? "" : " that are not there", RNR_PROTOCOLS_MOST);
    p = mem_array(n, sizeof *p);
    if (!p)
        return ERR_NO_MEMORY;
    for (i = 0; i < n; i++) {
        INT family = q->lpafpProtocols[i].iAddressFamily;

        p[i].family = rnr_family_in(family);
        p[i].protocol = (unsigned)q->lpafpProtocols[i].iProtocol;
        if (p[i].family == RNR_NO_FAMILY && family != AF_UNSPEC) {
            mem_free(p);
            return detail_fail(ERR_INVALID_PARAMETER,
                               "a lookup of addresses of family %d: only AF_INET and AF_INET6 "
                               "are kept",
                               family);
        }
    }
    *ret = p;
    return ERR_OK;
}

/* Everything of the query; the name and the protocols are the caller's to free. */
static enum err query_in(const WSAQUERYSETW *q, bool wide, DWORD flags, struct rnr_query *ret,
                         char **ret_name, struct rnr_protocol **ret_protocol)
{
    char *query = NULL;
    enum err e = ERR_OK;

    if (!q->lpServiceClassId)
        return detail_fail(ERR_INVALID_PARAMETER, "a lookup without a class of services");
    e = rnr_text_in(q->lpszQueryString, wide, &query);
    if (!e && query && *query)
        e = detail_fail(ERR_INVALID_PARAMETER, "the name space takes no query string");
    mem_free(query);
    if (!e)
        e = rnr_text_in(q->lpszServiceInstanceName, wide, ret_name);
    if (!e)
        e = rnr_version_in(q->lpVersion, &ret->version);
    if (!e)
        e = protocols_in(q, ret_protocol);
    if (e)
        return e;
    ret->name = *ret_name && strcmp(*ret_name, "*") != 0 ? *ret_name : NULL;
    ret->class_id = rnr_uuid_in(q->lpServiceClassId);
    ret->has_version = q->lpVersion != NULL;
    ret->protocol = *ret_protocol;
    ret->protocol_count = q->dwNumberOfProtocols;
    ret->addresses = (flags & LUP_RETURN_ADDR) != 0;
    ret->flags = flags;
    return ERR_OK;
}

static void release(void *lookup)
{
    rnr_lookup_close(lookup);
}

static enum err begin(const WSAQUERYSETW *q, bool wide, DWORD flags, handle_id *ret)
{
    struct rnr_query query = { 0 };
    struct rnr_protocol *protocol = NULL;
    struct rnr_lookup *l = NULL;
    struct session *s = NULL;
    char *name = NULL;
    enum err e = query_in(q, wide, flags, &query, &name, &protocol);

    if (!e)
        e = rnr_session(&s);
    if (!e)
        e = rnr_context_check(s, q->lpszContext, wide);
    if (!e)
        e = rnr_lookup_open(s, &query, &l);
    if (e)
        session_close(s);
    else
        e = handle_new(HANDLE_WINSOCK_LOOKUP, l, release, ret);
    if (e && l)
        rnr_lookup_close(l);
    mem_free(name);
    mem_free(protocol);
    return e;
}

static INT lookup_begin(const void *restrictions, bool wide, DWORD flags, LPHANDLE lookup)
{
    WSAQUERYSETW q;
    handle_id id = 0;
    DWORD code = rnr_begin("WSALookupServiceBegin");

    if (!code && !lookup) {
        detail_fail(ERR_INVALID_PARAMETER, "there is no place for the handle");
        code = WSAEINVAL;
    }
    if (!code)
        code = rnr_query_in(restrictions, WSASERVICE_NOT_FOUND, &q);
    if (!code)
        code = check_flags(flags);
    if (!code)
        code = rnr_code(begin(&q, wide, flags, &id));
    if (!code)
        *lookup = (HANDLE)(uintptr_t)id;
    return rnr_end(code);
}

INT WSALookupServiceBeginW(LPWSAQUERYSETW lpqsRestrictions, DWORD dwControlFlags,
                           LPHANDLE lphLookup)
{
    return lookup_begin(lpqsRestrictions, true, dwControlFlags, lphLookup);
}

INT WSALookupServiceBeginA(LPWSAQUERYSETA lpqsRestrictions, DWORD dwControlFlags,
                           LPHANDLE lphLookup)
{
    return lookup_begin(lpqsRestrictions, false, dwControlFlags, lphLookup);
}

static void put_type(struct rnr_room *r, const struct rnr_instance *i, WSAQUERYSETW *q)
{
    GUID id = { i->class_id.data1, i->class_id.data2, i->class_id.data3, { 0 } };

    memcpy(id.Data4, i->class_id.data4, sizeof id.Data4);
    q->lpServiceClassId = rnr_room_put(r, &id, sizeof id);
}

static void put_version(struct rnr_room *r, const struct rnr_instance *i, WSAQUERYSETW *q)
{
    WSAVERSION v = { i->version.number, i->version.not_less ? COMP_NOTLESS : COMP_EQUAL };

    q->lpVersion = rnr_room_put(r, &v, sizeof v);
}

static DWORD give(struct rnr_room *r, const struct rnr_instance *i, DWORD flags, DWORD *length)
{
    WSAQUERYSETW q = { .dwSize = sizeof q, .dwNameSpace = NS_NTDS };
    const char *container = dn_parent(i->dn);

    rnr_room_put(r, NULL, sizeof q);
    q.lpNSProviderId = rnr_room_put(r, &rnr_provider, sizeof rnr_provider);
    q.lpszContext = rnr_room_text(r, container ? container : "");
    if (flags & LUP_RETURN_NAME)
        q.lpszServiceInstanceName = rnr_room_text(r, i->name);
    if ((flags & LUP_RETURN_TYPE) && i->has_class)
        put_type(r, i, &q);
    if ((flags & LUP_RETURN_VERSION) && i->has_version)
        put_version(r, i, &q);
    if ((flags & LUP_RETURN_COMMENT) && i->comment[0])
        q.lpszComment = rnr_room_text(r, i->comment);
    if ((flags & LUP_RETURN_ADDR) && i->address_count) {
        q.dwNumberOfCsAddrs = (DWORD)i->address_count;
        q.lpcsaBuffer =
            rnr_room_addresses(r, i->address, i->address_count, (flags & LUP_RES_SERVICE) != 0);
    }
    return rnr_room_end(r, &q, sizeof q, length);
}

/* The caller is within the lookup. */
static DWORD next(struct rnr_lookup *l, DWORD flags, struct rnr_room *r, DWORD *length)
{
    const struct rnr_instance *i = NULL;
    DWORD began = rnr_lookup_flags(l);
    DWORD code;

    if ((flags & LUP_FLUSHPREVIOUS) && rnr_lookup_too_long(l))
        rnr_lookup_pass(l);
    code = rnr_code(rnr_lookup_front(l, &i));
    if (!code && !i)
        code = WSA_E_NO_MORE;
    if (code)
        return code;
    code = give(r, i, (flags & began) | ((flags | began) & LUP_BEHAVIOUR), length);
    if (code == WSAEFAULT)
        rnr_lookup_set_too_long(l);
    else if (!code)
        rnr_lookup_pass(l);
    return code;
}

static INT lookup_next(HANDLE lookup, DWORD flags, LPDWORD length, void *results, bool wide)
{
    handle_id id = (handle_id)(uintptr_t)lookup;
    struct rnr_room room = { .base = results, .wide = wide };
    void *l = NULL;
    DWORD code = rnr_begin("WSALookupServiceNext");

    if (!code && (!length || (flags & ~(DWORD)LUP_KNOWN))) {
        detail_fail(ERR_INVALID_PARAMETER, "no length of a buffer, or flags 0x%x not known",
                    flags & ~(DWORD)LUP_KNOWN);
        code = WSAEINVAL;
    }
    if (!code)
        code = rnr_code(handle_get(id, HANDLE_WINSOCK_LOOKUP, &l));
    if (code)
        return rnr_end(code);
    room.size = results ? *length : 0;
    rnr_lookup_enter(l);
    code = next(l, flags, &room, length);
    rnr_lookup_leave(l);
    handle_put(id);
    return rnr_end(code);
}

INT WSALookupServiceNextW(HANDLE hLookup, DWORD dwControlFlags, LPDWORD lpdwBufferLength,
                          LPWSAQUERYSETW lpqsResults)
{
    return lookup_next(hLookup, dwControlFlags, lpdwBufferLength, lpqsResults, true);
}

INT WSALookupServiceNextA(HANDLE hLookup, DWORD dwControlFlags, LPDWORD lpdwBufferLength,
                          LPWSAQUERYSETA lpqsResults)
{
    return lookup_next(hLookup, dwControlFlags, lpdwBufferLength, lpqsResults, false);
}

INT WSALookupServiceEnd(HANDLE hLookup)
{
    handle_id id = (handle_id)(uintptr_t)hLookup;
    void *l = NULL;
    DWORD code = rnr_begin("WSALookupServiceEnd");
    enum err e;

    if (code)
        return rnr_end(code);
    e = handle_get(id, HANDLE_WINSOCK_LOOKUP, &l);
    if (!e) {
        e = handle_close(id, HANDLE_WINSOCK_LOOKUP);
        if (!e) /* this thread is the one that ends it */
            rnr_lookup_cancel(l);
        handle_put(id);
    }
    return rnr_end(rnr_code(e));
}
