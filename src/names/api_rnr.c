/* SPDX-License-Identifier: Apache-2.0
 * api_rnr.c - what the functions of nspapi.h share: codes, text of both forms, the caller's
 * buffer.
 */
#include "names/api_rnr.h"

#include <stdalign.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/sockets.h"
#include "base/utf16.h"

/* Windows' provider of NS_NTDS has this one. */
const GUID rnr_provider = {
    0x3b2637ee, 0xe580, 0x11cf, { 0xa5, 0x55, 0x00, 0xc0, 0x4f, 0xd8, 0xd4, 0xac }
};

DWORD rnr_begin(const char *phase)
{
    detail_begin(phase);
    if (sockets_begun())
        return 0;
    detail_remedy("call WSAStartup first");
    detail_fail(ERR_UNEXPECTED, "WSAStartup was not called");
    return WSANOTINITIALISED;
}

DWORD rnr_code(enum err e)
{
    switch (e) {
    case ERR_OK:
        return 0;
    case ERR_NO_MEMORY:
        return WSA_NOT_ENOUGH_MEMORY;
    case ERR_INVALID_PARAMETER:
    case ERR_MALFORMED:
    case ERR_TOO_LONG:
        return WSAEINVAL;
    case ERR_INVALID_HANDLE:
        return WSA_INVALID_HANDLE;
    case ERR_EXISTS:
        return WSAEALREADY;
    case ERR_NO_OBJECT:
        return WSASERVICE_NOT_FOUND;
    case ERR_NOT_FOUND:
        return WSANO_DATA;
    case ERR_RPC_CANCELLED:
        return WSA_E_CANCELLED;
    case ERR_ACCESS_DENIED:
    case ERR_NO_CREDENTIALS:
    case ERR_UNKNOWN_CREDENTIALS:
    case ERR_LOGON_DENIED:
        return WSAEACCES;
    case ERR_CONNECT:
        return WSAENETUNREACH;
    case ERR_TIMEOUT:
        return WSAETIMEDOUT;
    default:
        return WSANO_RECOVERY;
    }
}

INT rnr_end(DWORD code)
{
    if (!code)
        return 0;
    WSASetLastError((int)code);
    return SOCKET_ERROR;
}

enum err rnr_session(struct session **ret)
{
    struct session_options o = { 0 };
    enum err e = session_open(&o, ret);

    /* That nobody is found to ask says nothing of what was asked for. */
    return e == ERR_NOT_FOUND || e == ERR_NO_OBJECT ? ERR_CONNECT : e;
}

enum err rnr_text_in(LPCWSTR text, bool wide, char **ret)
{
    const char *narrow = (const char *)text;

    if (wide)
        return utf8_from_wide(text, ret);
    if (narrow && !utf8_valid(bytes_of_text(narrow)))
        return detail_fail(ERR_MALFORMED, "a text is not UTF-8");
    *ret = mem_strdup(narrow);
    return narrow && !*ret ? ERR_NO_MEMORY : ERR_OK;
}

struct uuid rnr_uuid_in(const GUID *id)
{
    struct uuid u = { id->Data1, id->Data2, id->Data3, { 0 } };

    memcpy(u.data4, id->Data4, sizeof u.data4);
    return u;
}

DWORD rnr_provider_check(const GUID *provider, DWORD space, DWORD other_space)
{
    if (provider) {
        if (memcmp(provider, &rnr_provider, sizeof rnr_provider) == 0)
            return 0;
        detail_remedy("WSAEnumNameSpaceProviders tells of those there are");
        detail_fail(ERR_INVALID_PARAMETER, "there is no such provider of a name space");
        return WSAEINVAL;
    }
    if (space == NS_ALL || space == NS_NTDS)
        return 0;
    detail_remedy("ask NS_NTDS, the directory, or NS_ALL");
    detail_fail(ERR_INVALID_PARAMETER, "there is no provider of name space %u", space);
    return other_space;
}

void *rnr_room_put(struct rnr_room *r, const void *from, size_t n)
{
    size_t at = (r->used + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    bool fits = at <= r->size && n <= r->size - at;

    r->used = at + n;
    if (!fits)
        return NULL;
    if (from)
        bytes_copy(r->base + at, from, n);
    return r->base + at;
}

LPWSTR rnr_room_text(struct rnr_room *r, const char *utf8)
{
    char16_t *wide = NULL;
    void *at = NULL;

    if (!r->wide)
        return rnr_room_put(r, utf8, strlen(utf8) + 1);
    if (!r->err)
        r->err = wide_from_utf8(utf8, &wide);
    if (!r->err)
        at = rnr_room_put(r, wide, (wide_length(wide) + 1) * sizeof *wide);
    mem_free(wide);
    return at;
}

DWORD rnr_room_end(struct rnr_room *r, const void *structure, size_t n, DWORD *length)
{
    if (r->err)
        return rnr_code(r->err);
    if (r->used > UINT32_MAX)
        return rnr_code(ERR_TOO_LONG);
    if (r->used > r->size || !r->base) {
        detail_fail(ERR_BUFFER_TOO_SMALL, "a buffer of %zu bytes where %zu are needed", r->size,
                    r->used);
        *length = (DWORD)r->used;
        return WSAEFAULT;
    }
    bytes_copy(r->base, structure, n);
    return 0;
}
