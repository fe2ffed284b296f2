/* SPDX-License-Identifier: Apache-2.0
 * api_rnr_query.c - a WSAQUERYSET from the caller.
 */
#include "names/api_rnr_query.h"

#include <stddef.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "names/place.h"
#include "spn/dn.h"

static_assert(sizeof(WSAQUERYSETA) == sizeof(WSAQUERYSETW) &&
                  offsetof(WSAQUERYSETA, lpszComment) == offsetof(WSAQUERYSETW, lpszComment) &&
                  offsetof(WSAQUERYSETA, lpBlob) == offsetof(WSAQUERYSETW, lpBlob),
              "one is copied as the other");

DWORD rnr_query_in(const void *from, DWORD other_space, WSAQUERYSETW *ret)
{
    DWORD size = 0;

    if (from)
        memcpy(&size, from, sizeof size);
    if (size != sizeof *ret) {
        detail_fail(ERR_INVALID_PARAMETER, "dwSize of a WSAQUERYSET is %u, not %zu", size,
                    sizeof *ret);
        return WSAEINVAL;
    }
    memcpy(ret, from, sizeof *ret);
    return rnr_provider_check(ret->lpNSProviderId, ret->dwNameSpace, other_space);
}

enum err rnr_version_in(const WSAVERSION *from, struct rnr_version *ret)
{
    if (!from)
        return ERR_OK;
    if (from->ecHow != COMP_EQUAL && from->ecHow != COMP_NOTLESS)
        return detail_fail(ERR_INVALID_PARAMETER, "versions are not compared by %d",
                           (int)from->ecHow);
    ret->number = from->dwVersion;
    ret->not_less = from->ecHow == COMP_NOTLESS;
    return ERR_OK;
}

enum err rnr_context_check(struct session *s, LPCWSTR context, bool wide)
{
    char *text = NULL;
    char *dn = NULL;
    enum err e = rnr_text_in(context, wide, &text);

    if (!e && text && *text && strcmp(text, "\\") != 0) {
        e = place_dn(PLACE_WINSOCK, session_domain_dn(s), &dn);
        if (!e && !dn_same(text, dn)) {
            detail_remedy("leave the context out, or name %s", dn);
            e = detail_fail(ERR_INVALID_PARAMETER, "the name space has no place \"%s\"", text);
        }
    }
    mem_free(text);
    mem_free(dn);
    return e;
}
