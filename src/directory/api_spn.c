/* SPDX-License-Identifier: Apache-2.0
 * api_spn.c - DsMakeSpn, DsCrackSpn and their kin: names put together and taken apart.
 */
#include <countersign/ntdsapi.h>

#include <stdint.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/compose.h"
#include "directory/doors.h"
#include "spn/dn.h"
#include "spn/spn.h"

static DWORD make_spn(const char *service_class, const char *service, const char *instance,
                      USHORT port, const char *referrer, struct text_room room)
{
    char *spn = NULL;
    DWORD code;
    enum err e;

    if (!room.len)
        return win32_code(ERR_INVALID_PARAMETER);
    e = compose_spn(service_class, service, instance, port, referrer, &spn);
    code = e ? win32_text_code(e) : text_give(spn, room);
    mem_free(spn);
    return code;
}

DWORD DsMakeSpnA(LPCSTR ServiceClass, LPCSTR ServiceName, LPCSTR InstanceName, USHORT InstancePort,
                 LPCSTR Referrer, DWORD *pcSpnLength, LPSTR pszSpn)
{
    struct text_room room = { .len = pcSpnLength, .a = pszSpn };

    detail_begin("DsMakeSpn");
    return make_spn(ServiceClass, ServiceName, InstanceName, InstancePort, Referrer, room);
}

DWORD DsMakeSpnW(LPCWSTR ServiceClass, LPCWSTR ServiceName, LPCWSTR InstanceName,
                 USHORT InstancePort, LPCWSTR Referrer, DWORD *pcSpnLength, LPWSTR pszSpn)
{
    const LPCWSTR wide[] = { ServiceClass, ServiceName, InstanceName, Referrer };
    /* Without a buffer the length asked for is in UTF-16 units all the same. */
    WCHAR none;
    DWORD no_room = 0, code;
    struct text_room room = { .len = pcSpnLength, .w = pszSpn };
    char **t = NULL;
    enum err e;

    detail_begin("DsMakeSpn");
    if (pcSpnLength && !pszSpn)
        room = (struct text_room){ .len = &no_room, .w = &none };
    e = texts_from_wide(wide, 4, &t);
    code = e ? win32_text_code(e) : make_spn(t[0], t[1], t[2], InstancePort, t[3], room);
    if (code == ERROR_BUFFER_OVERFLOW && pcSpnLength && !pszSpn)
        *pcSpnLength = no_room;
    texts_free(t, 4);
    return code;
}

struct crack {
    struct text_room service_class, service, instance;
    USHORT *port;
};

/* Every length is set before a room that is too small is reported. */
static DWORD give_all(const char *const *text, const struct text_room *room, size_t n)
{
    DWORD code = ERROR_SUCCESS, one;
    size_t i;

    for (i = 0; i < n; i++) {
        one = text_wanted(room[i]) ? text_give(text[i], room[i]) : ERROR_SUCCESS;
        if (one)
            code = one;
    }
    return code;
}

static DWORD crack_spn(const char *text, const struct crack *c)
{
    const struct text_room rooms[] = { c->service_class, c->service, c->instance };
    struct spn s;
    DWORD code;
    enum err e = spn_parse(text, &s);

    if (!e && s.port_name) {
        e = detail_fail(ERR_INVALID_PARAMETER, "the SPN's port \"%s\" is no number", s.port_name);
        spn_free(&s);
    }
    if (e)
        return win32_text_code(e);
    code = give_all(
        (const char *const[]){ s.service_class, s.service ? s.service : s.instance, s.instance },
        rooms, 3);
    if (c->port)
        *c->port = s.port;
    spn_free(&s);
    return code;
}

static DWORD crack_spn_n(LPCSTR spn, DWORD n, const struct crack *c)
{
    char *text = NULL;
    DWORD code;

    detail_begin("DsCrackSpn");
    if (!spn || memchr(spn, 0, n))
        return win32_code(ERR_INVALID_PARAMETER);
    text = mem_strndup(spn, n);
    code = text ? crack_spn(text, c) : win32_code(ERR_NO_MEMORY);
    mem_free(text);
    return code;
}

static DWORD crack_spn_wide(LPCWSTR spn, size_t n, const struct crack *c)
{
    char *text = NULL;
    DWORD code;
    enum err e;

    detail_begin("DsCrackSpn");
    if (!spn)
        return win32_code(ERR_INVALID_PARAMETER);
    e = utf8_from_wide_n((const char16_t *)spn, n, &text);
    code = e ? win32_text_code(e) : crack_spn(text, c);
    mem_free(text);
    return code;
}

DWORD DsCrackSpnA(LPCSTR pszSpn, LPDWORD pcServiceClass, LPSTR ServiceClass, LPDWORD pcServiceName,
                  LPSTR ServiceName, LPDWORD pcInstanceName, LPSTR InstanceName,
                  USHORT *pInstancePort)
{
    return DsCrackSpn2A(pszSpn, pszSpn ? (DWORD)strlen(pszSpn) : 0, pcServiceClass, ServiceClass,
                        pcServiceName, ServiceName, pcInstanceName, InstanceName, pInstancePort);
}

DWORD DsCrackSpnW(LPCWSTR pszSpn, DWORD *pcServiceClass, LPWSTR ServiceClass, DWORD *pcServiceName,
                  LPWSTR ServiceName, DWORD *pcInstanceName, LPWSTR InstanceName,
                  USHORT *pInstancePort)
{
    return DsCrackSpn2W(pszSpn, pszSpn ? (DWORD)wide_length((const char16_t *)pszSpn) : 0,
                        pcServiceClass, ServiceClass, pcServiceName, ServiceName, pcInstanceName,
                        InstanceName, pInstancePort);
}

DWORD DsCrackSpn2A(LPCSTR pszSpn, DWORD cSpn, LPDWORD pcServiceClass, LPSTR ServiceClass,
                   LPDWORD pcServiceName, LPSTR ServiceName, LPDWORD pcInstanceName,
                   LPSTR InstanceName, USHORT *pInstancePort)
{
    struct crack c = { { .len = pcServiceClass, .a = ServiceClass },
                       { .len = pcServiceName, .a = ServiceName },
                       { .len = pcInstanceName, .a = InstanceName },
                       pInstancePort };

    return crack_spn_n(pszSpn, cSpn, &c);
}

DWORD DsCrackSpn2W(LPCWSTR pszSpn, DWORD cSpn, DWORD *pcServiceClass, LPWSTR ServiceClass,
                   DWORD *pcServiceName, LPWSTR ServiceName, DWORD *pcInstanceName,
                   LPWSTR InstanceName, USHORT *pInstancePort)
{
    struct crack c = { { .len = pcServiceClass, .w = ServiceClass },
                       { .len = pcServiceName, .w = ServiceName },
                       { .len = pcInstanceName, .w = InstanceName },
                       pInstancePort };

    return crack_spn_wide(pszSpn, cSpn, &c);
}

static DWORD crack_target(const char *text, const struct text_room rooms[4], USHORT *port)
{
    struct spn s;
    DWORD code;
    enum err e = spn_parse_target(text, &s);

    if (e)
        return win32_text_code(e);
    code = give_all((const char *const[]){ s.instance, s.port_name, s.service, s.realm }, rooms, 4);
    if (port)
        *port = s.port;
    spn_free(&s);
    return code;
}

DWORD DsCrackSpn3A(LPCSTR pszSpn, DWORD cSpn, DWORD *pcHostName, LPSTR HostName,
                   DWORD *pcInstanceName, LPSTR InstanceName, USHORT *pPortNumber,
                   DWORD *pcDomainName, LPSTR DomainName, DWORD *pcRealmName, LPSTR RealmName)
{
    const struct text_room rooms[4] = { { .len = pcHostName, .a = HostName },
                                        { .len = pcInstanceName, .a = InstanceName },
                                        { .len = pcDomainName, .a = DomainName },
                                        { .len = pcRealmName, .a = RealmName } };
    char *text = NULL;
    DWORD code;

    detail_begin("DsCrackSpn3");
    if (!pszSpn || memchr(pszSpn, 0, cSpn))
        return win32_code(ERR_INVALID_PARAMETER);
    text = mem_strndup(pszSpn, cSpn);
    code = text ? crack_target(text, rooms, pPortNumber) : win32_code(ERR_NO_MEMORY);
    mem_free(text);
    return code;
}

DWORD DsCrackSpn3W(LPCWSTR pszSpn, DWORD cSpn, DWORD *pcHostName, LPWSTR HostName,
                   DWORD *pcInstanceName, LPWSTR InstanceName, USHORT *pPortNumber,
                   DWORD *pcDomainName, LPWSTR DomainName, DWORD *pcRealmName, LPWSTR RealmName)
{
    const struct text_room rooms[4] = { { .len = pcHostName, .w = HostName },
                                        { .len = pcInstanceName, .w = InstanceName },
                                        { .len = pcDomainName, .w = DomainName },
                                        { .len = pcRealmName, .w = RealmName } };
    char *text = NULL;
    DWORD code;
    enum err e;

    detail_begin("DsCrackSpn3");
    if (!pszSpn)
        return win32_code(ERR_INVALID_PARAMETER);
    e = utf8_from_wide_n((const char16_t *)pszSpn, cSpn, &text);
    code = e ? win32_text_code(e) : crack_target(text, rooms, pPortNumber);
    mem_free(text);
    return code;
}

static DWORD make_for_target(const char *service_class, const char *name, struct text_room room)
{
    if (name && is_address(name)) {
        detail_remedy("give the server's name: looking it up by its address can be forged");
        return win32_code(detail_fail(ERR_INVALID_PARAMETER, "\"%s\" is an address", name));
    }
    return make_spn(service_class, name, name, 0, NULL, room);
}

DWORD DsClientMakeSpnForTargetServerA(LPCSTR ServiceClass, LPCSTR ServiceName, DWORD *pcSpnLength,
                                      LPSTR pszSpn)
{
    detail_begin("DsClientMakeSpnForTargetServer");
    return make_for_target(ServiceClass, ServiceName,
                           (struct text_room){ .len = pcSpnLength, .a = pszSpn });
}

DWORD DsClientMakeSpnForTargetServerW(LPCWSTR ServiceClass, LPCWSTR ServiceName, DWORD *pcSpnLength,
                                      LPWSTR pszSpn)
{
    const LPCWSTR wide[] = { ServiceClass, ServiceName };
    WCHAR none;
    DWORD no_room = 0, code;
    struct text_room room = { .len = pcSpnLength, .w = pszSpn };
    char **t = NULL;
    enum err e;

    detail_begin("DsClientMakeSpnForTargetServer");
    if (pcSpnLength && !pszSpn)
        room = (struct text_room){ .len = &no_room, .w = &none };
    e = texts_from_wide(wide, 2, &t);
    code = e ? win32_text_code(e) : make_for_target(t[0], t[1], room);
    if (code == ERROR_BUFFER_OVERFLOW && pcSpnLength && !pszSpn)
        *pcSpnLength = no_room;
    texts_free(t, 2);
    return code;
}

DWORD DsGetSpnA(DS_SPN_NAME_TYPE ServiceType, LPCSTR ServiceClass, LPCSTR ServiceName,
                USHORT InstancePort, USHORT cInstanceNames, LPCSTR *pInstanceNames,
                const USHORT *pInstancePorts, DWORD *pcSpn, LPSTR **prpszSpn)
{
    struct compose c = { (enum compose_type)ServiceType,
                         ServiceClass,
                         ServiceName,
                         InstancePort,
                         cInstanceNames,
                         pInstanceNames,
                         pInstancePorts };
    size_t n = 0;
    enum err e;

    detail_begin("DsGetSpn");
    if (!pcSpn || !prpszSpn)
        return win32_code(ERR_INVALID_PARAMETER);
    e = compose_spns(&c, prpszSpn, &n);
    if (!e)
        *pcSpn = (DWORD)n;
    return win32_text_code(e);
}

static enum err all_wide(char **texts, size_t n, LPWSTR **ret)
{
    char16_t **wide = mem_array(n, sizeof *wide);
    enum err e = wide ? ERR_OK : ERR_NO_MEMORY;
    size_t i;

    for (i = 0; i < n && !e; i++)
        e = wide_from_utf8(texts[i], &wide[i]);
    if (e)
        DsFreeSpnArrayW((DWORD)n, (LPWSTR *)wide);
    else
        *ret = (LPWSTR *)wide;
    return e;
}

DWORD DsGetSpnW(DS_SPN_NAME_TYPE ServiceType, LPCWSTR ServiceClass, LPCWSTR ServiceName,
                USHORT InstancePort, USHORT cInstanceNames, LPCWSTR *pInstanceNames,
                const USHORT *pInstancePorts, DWORD *pcSpn, LPWSTR **prpszSpn)
{
    const LPCWSTR wide[] = { ServiceClass, ServiceName };
    char **t = NULL, **names = NULL, **spns = NULL;
    struct compose c = { .type = (enum compose_type)ServiceType,
                         .port = InstancePort,
                         .count = cInstanceNames,
                         .ports = pInstancePorts };
    size_t n = 0;
    enum err e;

    detail_begin("DsGetSpn");
    if (!pcSpn || !prpszSpn)
        return win32_code(ERR_INVALID_PARAMETER);
    e = texts_from_wide(wide, 2, &t);
    if (!e && pInstanceNames)
        e = texts_from_wide(pInstanceNames, cInstanceNames, &names);
    if (e)
        goto out;
    c.service_class = t[0];
    c.service = t[1];
    c.instances = (const char *const *)names;
    e = compose_spns(&c, &spns, &n);
    if (!e)
        e = all_wide(spns, n, prpszSpn);
    if (!e)
        *pcSpn = (DWORD)n;
out:
    texts_free(spns, n);
    texts_free(names, cInstanceNames);
    texts_free(t, 2);
    return win32_text_code(e);
}

VOID DsFreeSpnArrayA(DWORD cSpn, LPSTR *rpszSpn)
{
    texts_free(rpszSpn, cSpn);
}

VOID DsFreeSpnArrayW(DWORD cSpn, LPWSTR *rpszSpn)
{
    texts_free((char **)rpszSpn, cSpn);
}
