/* SPDX-License-Identifier: Apache-2.0
 * api_account.c - DsWriteAccountSpn, DsServerRegisterSpn, and our own look-ups of SPNs.
 */
#include <countersign/ntdsapi.h>
#include <countersign/scp.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/account.h"
#include "directory/account_spn.h"
#include "directory/binding.h"
#include "directory/compose.h"
#include "directory/doors.h"
#include "directory/host.h"
#include "directory/spn_list.h"

static enum err op_of(DS_SPN_WRITE_OP op, enum spn_write *ret)
{
    switch (op) {
    case DS_SPN_ADD_SPN_OP:
        *ret = SPN_ADD;
        return ERR_OK;
    case DS_SPN_REPLACE_SPN_OP:
        *ret = SPN_REPLACE;
        return ERR_OK;
    case DS_SPN_DELETE_SPN_OP:
        *ret = SPN_DELETE;
        return ERR_OK;
    }
    return detail_fail(ERR_INVALID_PARAMETER, "%d is no operation on SPNs", (int)op);
}

DWORD DsWriteAccountSpnA(HANDLE hDS, DS_SPN_WRITE_OP Operation, LPCSTR pszAccount, DWORD cSpn,
                         LPCSTR *rpszSpn)
{
    struct held h = { 0 };
    enum spn_write op = SPN_ADD;
    enum err e;

    detail_begin("DsWriteAccountSpn");
    if (!hDS)
        return win32_code(ERR_INVALID_HANDLE);
    e = op_of(Operation, &op);
    if (!e)
        e = binding_hold(hDS, &h);
    if (!e)
        e = account_write_spns(h.session, op, pszAccount, rpszSpn, cSpn);
    binding_release(&h);
    return win32_code(e);
}

DWORD DsWriteAccountSpnW(HANDLE hDS, DS_SPN_WRITE_OP Operation, LPCWSTR pszAccount, DWORD cSpn,
                         LPCWSTR *rpszSpn)
{
    char **spns = NULL, *account = NULL;
    DWORD code;
    enum err e;

    detail_begin("DsWriteAccountSpn");
    if (cSpn && !rpszSpn)
        return win32_code(ERR_INVALID_PARAMETER);
    e = utf8_from_wide((const char16_t *)pszAccount, &account);
    if (!e)
        e = texts_from_wide(rpszSpn, cSpn, &spns);
    code =
        e ? win32_text_code(e) : DsWriteAccountSpnA(hDS, Operation, account, cSpn, (LPCSTR *)spns);
    texts_free(spns, cSpn);
    mem_free(account);
    return code;
}

/* The two names of DsServerRegisterSpn's page. */
static enum err host_spns(const char *service_class, char *ret[2])
{
    char *dns = NULL, *netbios = NULL;
    enum err e = host_dns_name(&dns);

    if (!e)
        e = host_netbios_name(&netbios);
    if (!e)
        e = compose_spn(service_class, dns, NULL, 0, NULL, &ret[0]);
    if (!e)
        e = compose_spn(service_class, netbios, NULL, 0, NULL, &ret[1]);
    mem_free(dns);
    mem_free(netbios);
    return e;
}

static enum err register_spns(enum spn_write op, const char *service_class, const char *dn)
{
    struct account self = { 0 };
    struct held h = { 0 };
    char *spns[2] = { NULL, NULL };
    enum err e = host_spns(service_class, spns);

    if (!e)
        e = binding_hold(NULL, &h);
    if (!e && !dn) {
        e = account_self(h.session, &self);
        dn = self.dn;
    }
    if (!e)
        e = account_write_spns(h.session, op, dn, (const char *const *)spns, 2);
    binding_release(&h);
    account_free(&self);
    mem_free(spns[0]);
    mem_free(spns[1]);
    return e;
}

DWORD DsServerRegisterSpnA(DS_SPN_WRITE_OP Operation, LPCSTR ServiceClass, LPCSTR UserObjectDN)
{
    enum spn_write op = SPN_ADD;
    enum err e;

    detail_begin("DsServerRegisterSpn");
    e = op_of(Operation, &op);
    if (!e)
        e = register_spns(op, ServiceClass, UserObjectDN);
    return win32_code(e == ERR_MALFORMED ? ERR_INVALID_PARAMETER : e);
}

DWORD DsServerRegisterSpnW(DS_SPN_WRITE_OP Operation, LPCWSTR ServiceClass, LPCWSTR UserObjectDN)
{
    const LPCWSTR wide[] = { ServiceClass, UserObjectDN };
    char **t = NULL;
    DWORD code;
    enum err e;

    detail_begin("DsServerRegisterSpn");
    e = texts_from_wide(wide, 2, &t);
    code = e ? win32_text_code(e) : DsServerRegisterSpnA(Operation, t[0], t[1]);
    texts_free(t, 2);
    return code;
}

DWORD CsCheckServiceNames(HANDLE hDS, const char *account, const char *const *spns, DWORD count,
                          char ***missing, DWORD *missing_count)
{
    struct account a = { 0 };
    struct held h = { 0 };
    size_t n = 0, i;
    enum err e;

    detail_begin("CsCheckServiceNames");
    if (!spns || !count || !missing || !missing_count)
        return win32_code(ERR_INVALID_PARAMETER);
    *missing = NULL;
    *missing_count = 0;
    e = binding_hold(hDS, &h);
    if (!e)
        e = account ? account_find(h.session, account, &a) : account_self(h.session, &a);
    if (!e)
        e = account_missing_spns(h.session, a.dn, spns, count, missing, &n);
    *missing_count = (DWORD)n;
    for (i = 0; i < n; i++) {
        detail_remedy("add it: countersign spn add %s %s", (*missing)[i], a.name);
        e = detail_fail(ERR_NOT_FOUND, "%s does not hold %s alone (%zu of %u are missing)", a.dn,
                        (*missing)[i], n, (unsigned)count);
    }
    binding_release(&h);
    account_free(&a);
    return win32_code(e);
}

DWORD CsFindSpnAccounts(HANDLE hDS, const char *spn, char ***accounts, DWORD *count)
{
    struct entries found = { 0 };
    struct held h = { 0 };
    char **dns = NULL;
    size_t i;
    enum err e;

    detail_begin("CsFindSpnAccounts");
    if (!spn || !accounts || !count)
        return win32_code(ERR_INVALID_PARAMETER);
    e = binding_hold(hDS, &h);
    if (!e)
        e = spn_holders(h.session, spn, NULL, &found);
    if (!e) {
        dns = mem_array(found.count ? found.count : 1, sizeof *dns);
        e = dns ? ERR_OK : ERR_NO_MEMORY;
    }
    for (i = 0; !e && i < found.count; i++) {
        dns[i] = found.entry[i].dn;
        found.entry[i].dn = NULL;
    }
    if (!e) {
        *accounts = dns;
        *count = (DWORD)found.count;
    }
    entries_free(&found);
    binding_release(&h);
    return win32_code(e);
}

static enum err fill_account(const struct entry *entry, CS_SPN_ACCOUNT *ret)
{
    const struct attribute *spns = entry_attribute(entry, "servicePrincipalName");
    const char *name = entry_text(entry, "sAMAccountName"), *text;
    size_t i;

    ret->dn = mem_strdup(entry->dn);
    ret->name = mem_strdup(name ? name : "");
    ret->spns = mem_array(spns ? spns->count : 1, sizeof *ret->spns);
    if (!ret->dn || !ret->name || !ret->spns)
        return ERR_NO_MEMORY;
    for (i = 0; spns && i < spns->count; i++) {
        text = attribute_text(spns, i);
        if (!text)
            continue;
        ret->spns[ret->spn_count] = mem_strdup(text);
        if (!ret->spns[ret->spn_count++])
            return ERR_NO_MEMORY;
    }
    ret->key_version = (DWORD)entry_number(entry, "msDS-KeyVersionNumber", 0);
    ret->encryption_types = (DWORD)entry_number(entry, "msDS-SupportedEncryptionTypes", 0);
    ret->account_control = (DWORD)entry_number(entry, "userAccountControl", 0);
    return ERR_OK;
}

VOID CsFreeSpnAccounts(CS_SPN_ACCOUNT *accounts, DWORD count)
{
    DWORD i;

    for (i = 0; accounts && i < count; i++) {
        mem_free(accounts[i].dn);
        mem_free(accounts[i].name);
        texts_free(accounts[i].spns, accounts[i].spn_count);
    }
    mem_free(accounts);
}

DWORD CsListSpnAccounts(HANDLE hDS, const char *which, CS_SPN_ACCOUNT **accounts, DWORD *count)
{
    struct entries found = { 0 };
    struct held h = { 0 };
    CS_SPN_ACCOUNT *list = NULL;
    size_t i = 0;
    enum err e;

    detail_begin("CsListSpnAccounts");
    if (!accounts || !count)
        return win32_code(ERR_INVALID_PARAMETER);
    e = binding_hold(hDS, &h);
    if (!e)
        e = spn_list(h.session, which, &found);
    if (!e) {
        list = mem_array(found.count ? found.count : 1, sizeof *list);
        e = list ? ERR_OK : ERR_NO_MEMORY;
    }
    for (i = 0; !e && i < found.count; i++)
        e = fill_account(&found.entry[i], &list[i]);
    if (e) {
        CsFreeSpnAccounts(list, (DWORD)i);
    } else {
        *accounts = list;
        *count = (DWORD)found.count;
    }
    entries_free(&found);
    binding_release(&h);
    return win32_code(e);
}
