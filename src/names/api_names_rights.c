/* SPDX-License-Identifier: Apache-2.0
 * api_names_rights.c - rights to publish by name.
 */
#include <countersign/names.h>

#include "base/detail.h"
#include "directory/binding.h"
#include "directory/doors.h"
#include "names/rights.h"

static_assert(CS_NAMES_WINSOCK == RIGHTS_WINSOCK && CS_NAMES_RPC == RIGHTS_RPC &&
                  CS_NAMES_WINSOCK_CLASSES == RIGHTS_WINSOCK_CLASSES &&
                  CS_NAMES_RPC_GROUPS == RIGHTS_RPC_GROUPS,
              "the same bits");

static DWORD change(HANDLE hDS, const char *account, DWORD which, bool grant, char ***rights,
                    DWORD *count)
{
    struct rights_said said = { 0 };
    struct account who = { 0 };
    struct held h = { 0 };
    enum err e = ERR_OK;

    if (!account || !*account || !rights != !count)
        e = detail_fail(ERR_INVALID_PARAMETER, "an account is missing, or one of rights and count");
    if (!e)
        e = binding_hold(hDS, &h);
    if (!e)
        e = account_find(h.session, account, &who);
    if (!e && grant)
        e = rights_grant(h.session, which, &who, rights ? &said : NULL);
    else if (!e)
        e = rights_revoke(h.session, which, &who, rights ? &said : NULL);
    if (!e && rights) {
        *rights = said.text;
        *count = (DWORD)said.count;
    }
    account_free(&who);
    binding_release(&h);
    return win32_text_code(e);
}

DWORD CsGrantNames(HANDLE hDS, const char *account, DWORD which, char ***rights, DWORD *count)
{
    detail_begin("CsGrantNames");
    return change(hDS, account, which, true, rights, count);
}

DWORD CsRevokeNames(HANDLE hDS, const char *account, DWORD which, char ***rights, DWORD *count)
{
    detail_begin("CsRevokeNames");
    return change(hDS, account, which, false, rights, count);
}
