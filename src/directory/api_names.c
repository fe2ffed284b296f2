/* SPDX-License-Identifier: Apache-2.0
 * api_names.c - DsCrackNames and GetComputerObjectName.
 */
#include <countersign/ntdsapi.h>
#include <countersign/secext.h>
#include <countersign/windows.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/binding.h"
#include "directory/computer.h"
#include "directory/doors.h"
#include "directory/names.h"

enum { NAMES_MAX = 10000 };

static enum err crack_all(struct session *s, DS_NAME_FORMAT offered, DS_NAME_FORMAT desired,
                          DWORD n, const LPCSTR *names, DS_NAME_RESULTA *r)
{
    struct cracked c = { 0 };
    DWORD i;
    enum err e = ERR_OK;

    for (i = 0; i < n && !e; i++) {
        e = s ? name_crack(s, (enum name_form)offered, (enum name_form)desired, names[i], &c)
              : name_crack_text((enum name_form)offered, (enum name_form)desired, names[i], &c);
        if (e)
            break;
        r->rItems[i].status = (DWORD)c.status;
        r->rItems[i].pDomain = c.domain;
        r->rItems[i].pName = c.name;
        r->cItems = i + 1;
        c = (struct cracked){ 0 };
    }
    return e;
}

static DWORD crack_names(HANDLE hDS, DS_NAME_FLAGS flags, DS_NAME_FORMAT offered,
                         DS_NAME_FORMAT desired, DWORD n, const LPCSTR *names,
                         PDS_NAME_RESULTA *ret)
{
    bool text_only = flags & DS_NAME_FLAG_SYNTACTICAL_ONLY;
    DS_NAME_RESULTA *r = NULL;
    struct held h = { 0 };
    enum err e = ERR_OK;

    if (!names || !n || n > NAMES_MAX || !ret)
        return win32_code(ERR_INVALID_PARAMETER);
    if (!hDS && !text_only)
        return win32_code(ERR_INVALID_HANDLE);
    r = mem_zero(sizeof *r);
    if (r)
        r->rItems = mem_array(n, sizeof *r->rItems);
    if (!r || !r->rItems)
        e = ERR_NO_MEMORY;
    if (!e && !text_only)
        e = binding_hold(hDS, &h);
    if (!e)
        e = crack_all(h.session, offered, desired, n, names, r);
    binding_release(&h);
    if (e)
        DsFreeNameResultA(r);
    else
        *ret = r;
    return win32_code(e);
}

DWORD DsCrackNamesA(HANDLE hDS, DS_NAME_FLAGS flags, DS_NAME_FORMAT formatOffered,
                    DS_NAME_FORMAT formatDesired, DWORD cNames, const LPCSTR *rpNames,
                    PDS_NAME_RESULTA *ppResult)
{
    detail_begin("DsCrackNames");
    return crack_names(hDS, flags, formatOffered, formatDesired, cNames, rpNames, ppResult);
}

static enum err wide_result(const DS_NAME_RESULTA *from, PDS_NAME_RESULTW *ret)
{
    DS_NAME_RESULTW *r = mem_zero(sizeof *r);
    char16_t *domain, *name;
    DWORD i;
    enum err e = ERR_OK;

    if (r)
        r->rItems = mem_array(from->cItems ? from->cItems : 1, sizeof *r->rItems);
    if (!r || !r->rItems)
        e = ERR_NO_MEMORY;
    for (i = 0; !e && i < from->cItems; i++) {
        domain = name = NULL;
        e = wide_from_utf8(from->rItems[i].pDomain, &domain);
        if (!e)
            e = wide_from_utf8(from->rItems[i].pName, &name);
        r->rItems[i] =
            (DS_NAME_RESULT_ITEMW){ from->rItems[i].status, (LPWSTR)domain, (LPWSTR)name };
        r->cItems = i + 1;
    }
    if (e)
        DsFreeNameResultW(r);
    else
        *ret = r;
    return e;
}

DWORD DsCrackNamesW(HANDLE hDS, DS_NAME_FLAGS flags, DS_NAME_FORMAT formatOffered,
                    DS_NAME_FORMAT formatDesired, DWORD cNames, const LPCWSTR *rpNames,
                    PDS_NAME_RESULTW *ppResult)
{
    DS_NAME_RESULTA *r = NULL;
    char **names = NULL;
    DWORD code;
    enum err e;

    detail_begin("DsCrackNames");
    if (!rpNames || cNames > NAMES_MAX || !ppResult)
        return win32_code(ERR_INVALID_PARAMETER);
    e = texts_from_wide(rpNames, cNames, &names);
    code = e ? win32_text_code(e)
             : crack_names(hDS, flags, formatOffered, formatDesired, cNames, (const LPCSTR *)names,
                           &r);
    if (!code && r)
        code = win32_code(wide_result(r, ppResult));
    DsFreeNameResultA(r);
    texts_free(names, cNames);
    return code;
}

VOID DsFreeNameResultA(DS_NAME_RESULTA *pResult)
{
    DWORD i;

    if (!pResult)
        return;
    for (i = 0; pResult->rItems && i < pResult->cItems; i++) {
        mem_free(pResult->rItems[i].pDomain);
        mem_free(pResult->rItems[i].pName);
    }
    mem_free(pResult->rItems);
    mem_free(pResult);
}

VOID DsFreeNameResultW(DS_NAME_RESULTW *pResult)
{
    DWORD i;

    if (!pResult)
        return;
    for (i = 0; pResult->rItems && i < pResult->cItems; i++) {
        mem_free(pResult->rItems[i].pDomain);
        mem_free(pResult->rItems[i].pName);
    }
    mem_free(pResult->rItems);
    mem_free(pResult);
}

/* mem_free. */
static enum err computer_name(EXTENDED_NAME_FORMAT format, char **ret)
{
    struct entries found = { 0 };
    struct cracked c = { 0 };
    struct held h = { 0 };
    enum err e;

    if (format == NameUnknown)
        return detail_fail(ERR_INVALID_PARAMETER, "NameUnknown is no form");
    e = binding_hold(NULL, &h);
    if (!e)
        e = computer_find(h.session, name_attrs, &found);
    /* The numbers of EXTENDED_NAME_FORMAT are those of DS_NAME_FORMAT as far as both go. */
    if (!e && !found.entry)
        e = ERR_NO_OBJECT;
    if (!e && format == NameDnsDomain)
        e = name_of_entry(h.session, &found.entry[0], NAME_NT4, &c);
    else if (!e)
        e = name_of_entry(h.session, &found.entry[0], (enum name_form)format, &c);
    if (!e && format == NameDnsDomain && c.domain) {
        char *name = mem_printf("%s%s", c.domain, c.name ? strchr(c.name, '\\') : "");

        mem_free(c.name);
        c.name = name;
        e = name ? ERR_OK : ERR_NO_MEMORY;
    }
    if (!e && !c.name)
        e = detail_fail(ERR_NO_MAPPING, "this host's account has no name in form %d", (int)format);
    if (!e) {
        *ret = c.name;
        c.name = NULL;
    }
    cracked_free(&c);
    entries_free(&found);
    binding_release(&h);
    return e;
}

static BOOLEAN give_computer_name(EXTENDED_NAME_FORMAT format, struct text_room room)
{
    char *name = NULL;
    DWORD code;
    enum err e;

    detail_begin("GetComputerObjectName");
    if (!room.len) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    e = computer_name(format, &name);
    code = e ? win32_code(e) : text_give(name, room);
    mem_free(name);
    if (code == ERROR_BUFFER_OVERFLOW)
        code = ERROR_INSUFFICIENT_BUFFER;
    SetLastError(code);
    return code == ERROR_SUCCESS;
}

BOOLEAN GetComputerObjectNameA(EXTENDED_NAME_FORMAT NameFormat, LPSTR lpNameBuffer, PULONG nSize)
{
    BOOLEAN ok =
        give_computer_name(NameFormat, (struct text_room){ .len = nSize, .a = lpNameBuffer });

    return ok || (!lpNameBuffer && GetLastError() == ERROR_INSUFFICIENT_BUFFER);
}

BOOLEAN GetComputerObjectNameW(EXTENDED_NAME_FORMAT NameFormat, LPWSTR lpNameBuffer, PULONG nSize)
{
    WCHAR none;
    ULONG no_room = 0;
    struct text_room room = { .len = nSize, .w = lpNameBuffer };
    BOOLEAN ok;

    if (nSize && !lpNameBuffer)
        room = (struct text_room){ .len = &no_room, .w = &none };
    ok = give_computer_name(NameFormat, room);
    if (nSize && !lpNameBuffer) {
        *nSize = no_room;
        ok = GetLastError() == ERROR_INSUFFICIENT_BUFFER;
    }
    return ok;
}
