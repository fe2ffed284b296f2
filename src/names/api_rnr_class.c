/* SPDX-License-Identifier: Apache-2.0
 * api_rnr_class.c - classes of Winsock services, and who provides the name space.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "names/api_rnr.h"
#include "names/rnr_class.h"

static_assert(sizeof(WSASERVICECLASSINFOA) == sizeof(WSASERVICECLASSINFOW) &&
                  sizeof(WSANSCLASSINFOA) == sizeof(WSANSCLASSINFOW) &&
                  sizeof(WSANAMESPACE_INFOA) == sizeof(WSANAMESPACE_INFOW),
              "one is copied as the other");

static DWORD missing(const char *what)
{
    detail_fail(ERR_INVALID_PARAMETER, "there is no %s", what);
    return WSAEINVAL;
}

/* That a class is not there is told by another code than that a service is not. */
static DWORD class_code(enum err e)
{
    return e == ERR_NO_OBJECT ? WSATYPE_NOT_FOUND : rnr_code(e);
}

static enum err value_in(const WSANSCLASSINFOW *info, bool wide, struct rnr_class_value *ret,
                         char **ret_name)
{
    enum err e = rnr_text_in(info->lpszName, wide, ret_name);

    if (!e && info->dwValueSize && !info->lpValue)
        e = detail_fail(ERR_INVALID_PARAMETER, "a value of a class is not there");
    if (e)
        return e;
    ret->space = info->dwNameSpace;
    ret->type = info->dwValueType;
    ret->name = bytes_of_text(*ret_name);
    ret->data = bytes_of(info->lpValue, info->dwValueSize);
    return ERR_OK;
}

/* Those that concern this name space. *ret_count counts also what an error left half done. */
static enum err values_in(const WSASERVICECLASSINFOW *info, bool wide,
                          struct rnr_class_value *value, char **name, size_t *ret_count)
{
    const WSANSCLASSINFOW *from = info->lpClassInfos;
    size_t i;
    enum err e = ERR_OK;

    if (info->dwCount && !from)
        return detail_fail(ERR_INVALID_PARAMETER, "%u values of a class are not there",
                           info->dwCount);
    for (i = 0; i < info->dwCount && !e; i++) {
        WSANSCLASSINFOW one;

        memcpy(&one, &from[i], sizeof one);
        if (one.dwNameSpace != NS_NTDS && one.dwNameSpace != NS_ALL)
            continue;
        if (*ret_count == RNR_CLASS_VALUES_MOST)
            return detail_fail(ERR_INVALID_PARAMETER, "more than %d values of a class",
                               RNR_CLASS_VALUES_MOST);
        e = value_in(&one, wide, &value[*ret_count], &name[*ret_count]);
        ++*ret_count;
    }
    return e;
}

static enum err install(const WSASERVICECLASSINFOW *info, bool wide)
{
    struct rnr_class_value value[RNR_CLASS_VALUES_MOST] = { 0 };
    char *name[RNR_CLASS_VALUES_MOST] = { 0 };
    struct uuid id = rnr_uuid_in(info->lpServiceClassId);
    struct session *s = NULL;
    char *called = NULL;
    size_t count = 0;
    enum err e = rnr_text_in(info->lpszServiceClassName, wide, &called);

    if (!e)
        e = values_in(info, wide, value, name, &count);
    if (!e)
        e = rnr_session(&s);
    if (!e)
        e = rnr_class_install(s, &id, called, value, count);
    session_close(s);
    mem_free(called);
    while (count)
        mem_free(name[--count]);
    return e;
}

static INT install_class(const void *from, bool wide)
{
    WSASERVICECLASSINFOW info = { 0 };
    DWORD code = rnr_begin("WSAInstallServiceClass");

    if (from)
        memcpy(&info, from, sizeof info);
    if (!code && !info.lpServiceClassId)
        code = missing("class to install");
    if (!code)
        code = rnr_code(install(&info, wide));
    return rnr_end(code);
}

INT WSAInstallServiceClassW(LPWSASERVICECLASSINFOW lpServiceClassInfo)
{
    return install_class(lpServiceClassInfo, true);
}

INT WSAInstallServiceClassA(LPWSASERVICECLASSINFOA lpServiceClassInfo)
{
    return install_class(lpServiceClassInfo, false);
}

INT WSARemoveServiceClass(LPGUID lpServiceClassId)
{
    struct session *s = NULL;
    struct uuid id;
    DWORD code = rnr_begin("WSARemoveServiceClass");
    enum err e;

    if (!code && !lpServiceClassId)
        code = missing("class to remove");
    if (code)
        return rnr_end(code);
    id = rnr_uuid_in(lpServiceClassId);
    e = rnr_session(&s);
    if (!e)
        e = rnr_class_remove(s, &id);
    session_close(s);
    return rnr_end(class_code(e));
}

static enum err read_class(const GUID *which, struct rnr_class *ret)
{
    struct uuid id = rnr_uuid_in(which);
    struct session *s = NULL;
    enum err e = rnr_session(&s);

    if (!e)
        e = rnr_class_read(s, &id, ret);
    session_close(s);
    return e;
}

static LPWSANSCLASSINFOW put_values(struct rnr_room *r, const struct rnr_class *c)
{
    uint8_t *all = rnr_room_put(r, NULL, c->count * sizeof(WSANSCLASSINFOW));
    size_t i;

    for (i = 0; i < c->count && !r->err; i++) {
        const struct rnr_class_value *v = &c->value[i];
        char *name = mem_strndup((const char *)v->name.ptr, v->name.len);
        WSANSCLASSINFOW info = { .dwNameSpace = v->space,
                                 .dwValueType = v->type,
                                 .dwValueSize = (DWORD)v->data.len };

        if (!name) {
            r->err = ERR_NO_MEMORY;
            break;
        }
        info.lpszName = rnr_room_text(r, name);
        info.lpValue = rnr_room_put(r, v->data.ptr, v->data.len);
        mem_free(name);
        if (all)
            memcpy(all + i * sizeof info, &info, sizeof info);
    }
    return (LPWSANSCLASSINFOW)(void *)all;
}

static DWORD give_class(const GUID *id, const struct rnr_class *c, struct rnr_room *r,
                        DWORD *length)
{
    WSASERVICECLASSINFOW info = { .dwCount = (DWORD)c->count };

    if (c->damaged && c->count == 0) {
        detail_fail(ERR_NOT_FOUND, "all that %s says is damaged", c->dn);
        return WSANO_DATA;
    }
    rnr_room_put(r, NULL, sizeof info);
    info.lpServiceClassId = rnr_room_put(r, id, sizeof *id);
    info.lpszServiceClassName = rnr_room_text(r, c->name);
    if (c->count)
        info.lpClassInfos = put_values(r, c);
    return rnr_room_end(r, &info, sizeof info, length);
}

static INT get_class(const GUID *provider, const GUID *id, LPDWORD length, void *to, bool wide)
{
    struct rnr_room room = { .base = to, .wide = wide };
    struct rnr_class c = { 0 };
    DWORD code = rnr_begin("WSAGetServiceClassInfo");

    if (!code && (!provider || !id || !length || !to))
        code = missing("provider, class, length or buffer");
    if (!code)
        code = rnr_provider_check(provider, NS_NTDS, WSAEINVAL);
    if (!code)
        code = class_code(read_class(id, &c));
    if (!code) {
        room.size = *length;
        code = give_class(id, &c, &room, length);
    }
    rnr_class_free(&c);
    return rnr_end(code);
}

INT WSAGetServiceClassInfoW(LPGUID lpProviderId, LPGUID lpServiceClassId, LPDWORD lpdwBufSize,
                            LPWSASERVICECLASSINFOW lpServiceClassInfo)
{
    return get_class(lpProviderId, lpServiceClassId, lpdwBufSize, lpServiceClassInfo, true);
}

INT WSAGetServiceClassInfoA(LPGUID lpProviderId, LPGUID lpServiceClassId, LPDWORD lpdwBufSize,
                            LPWSASERVICECLASSINFOA lpServiceClassInfo)
{
    return get_class(lpProviderId, lpServiceClassId, lpdwBufSize, lpServiceClassInfo, false);
}

/* The name alone, from the buffer's begin; its length is in characters. */
static DWORD give_name(const struct rnr_class *c, void *to, bool wide, DWORD *length)
{
    size_t unit = wide ? sizeof(WCHAR) : 1;
    struct rnr_room room = { .base = to, .size = to ? *length * unit : 0, .wide = wide };
    void *put = rnr_room_text(&room, c->name);

    if (room.err)
        return rnr_code(room.err);
    *length = (DWORD)(room.used / unit);
    if (put)
        return 0;
    detail_fail(ERR_BUFFER_TOO_SMALL, "the name of %s has %u characters", c->dn, *length);
    return WSAEFAULT;
}

static INT get_name(const GUID *id, void *to, LPDWORD length, bool wide)
{
    struct rnr_class c = { 0 };
    DWORD code = rnr_begin("WSAGetServiceClassNameByClassId");

    if (!code && !length)
        code = missing("length");
    if (!code && !id) { /* of this function alone another code is documented */
        missing("class");
        code = WSA_INVALID_PARAMETER;
    }
    if (!code)
        code = class_code(read_class(id, &c));
    if (!code)
        code = give_name(&c, to, wide, length);
    rnr_class_free(&c);
    return rnr_end(code);
}

INT WSAGetServiceClassNameByClassIdW(LPGUID lpServiceClassId, LPWSTR lpszServiceClassName,
                                     LPDWORD lpdwBufferLength)
{
    return get_name(lpServiceClassId, lpszServiceClassName, lpdwBufferLength, true);
}

INT WSAGetServiceClassNameByClassIdA(LPGUID lpServiceClassId, LPSTR lpszServiceClassName,
                                     LPDWORD lpdwBufferLength)
{
    return get_name(lpServiceClassId, lpszServiceClassName, lpdwBufferLength, false);
}

static INT enum_providers(LPDWORD length, void *to, bool wide)
{
    WSANAMESPACE_INFOW info = { .dwNameSpace = NS_NTDS, .fActive = TRUE, .dwVersion = 1 };
    struct rnr_room room = { .base = to, .wide = wide };
    DWORD code = rnr_begin("WSAEnumNameSpaceProviders");

    if (!code && !length)
        code = missing("length");
    if (code)
        return rnr_end(code);
    room.size = to ? *length : 0;
    info.NSProviderId = rnr_provider;
    rnr_room_put(&room, NULL, sizeof info);
    info.lpszIdentifier = rnr_room_text(&room, "NTDS");
    code = rnr_room_end(&room, &info, sizeof info, length);
    return code ? rnr_end(code) : 1;
}

INT WSAEnumNameSpaceProvidersW(LPDWORD lpdwBufferLength, LPWSANAMESPACE_INFOW lpnspBuffer)
{
    return enum_providers(lpdwBufferLength, lpnspBuffer, true);
}

INT WSAEnumNameSpaceProvidersA(LPDWORD lpdwBufferLength, LPWSANAMESPACE_INFOA lpnspBuffer)
{
    return enum_providers(lpdwBufferLength, lpnspBuffer, false);
}
