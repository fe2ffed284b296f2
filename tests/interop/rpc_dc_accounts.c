/* SPDX-License-Identifier: Apache-2.0
 * rpc_dc_accounts.c - what the domain controller knows of itself and of accounts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dssetup.h"
#include "lsa.h"
#include "rpc_dc_client.h"
#include "samr.h"

enum { MAXIMUM_ALLOWED_ACCESS = 0x02000000, NAME_MOST = 64 };

void dc_dssetup(handle_t h, const char *name)
{
    PDSROLER_PRIMARY_DOMAIN_INFORMATION found = NULL;
    DSROLER_PRIMARY_DOMAIN_INFO_BASIC *info;

    (void)name;
    caller_must(
        "DsRolerGetPrimaryDomainInformation",
        (RPC_STATUS)DsRolerGetPrimaryDomainInformation(h, DsRolePrimaryDomainInfoBasic, &found));
    info = &found->DomainInfoBasic;
    printf("role %d\n", (int)info->MachineRole);
    printf("domain %s\n", caller_text(info->DomainNameFlat));
    printf("dns %s\n", caller_text(info->DomainNameDns));
    printf("forest %s\n", caller_text(info->DomainForestName));
    printf("guid %08" PRIx32 "\n", info->DomainGuid.Data1);
    midl_user_free(info->DomainNameFlat);
    midl_user_free(info->DomainNameDns);
    midl_user_free(info->DomainForestName);
    midl_user_free(found);
}

/* ---- samr: a generic handle, a union by value, graphs of pointers, context handles ---- */

static handle_t samr_binding, lsa_binding;

handle_t PSAMPR_SERVER_NAME_bind(PSAMPR_SERVER_NAME name)
{
    (void)name;
    return samr_binding;
}

void PSAMPR_SERVER_NAME_unbind(PSAMPR_SERVER_NAME name, handle_t h)
{
    (void)name;
    (void)h;
}

static SAMR_UNICODE_STRING unicode(const char *text, WCHAR room[NAME_MOST])
{
    SAMR_UNICODE_STRING string = { 0, 0, room };

    while (string.Length / 2 < NAME_MOST && text[string.Length / 2]) {
        room[string.Length / 2] = (unsigned char)text[string.Length / 2];
        string.Length += 2;
    }
    string.MaximumLength = string.Length;
    return string;
}

static void show_sid(const SAMR_SID *sid)
{
    printf("sid S-%u-%u", sid->Revision, sid->IdentifierAuthority[5]);
    for (unsigned i = 0; i < sid->SubAuthorityCount; i++)
        printf("-%" PRIu32, sid->SubAuthority[i]);
    printf("\n");
}

static SAMPR_HANDLE samr_connect(void)
{
    SAMPR_REVISION_INFO in = { .V1 = { 3, 0 } }, out = { 0 };
    WCHAR server[] = u"\\\\server";
    SAMPR_HANDLE handle = NULL;
    ULONG version = 0;

    caller_must("SamrConnect5",
                SamrConnect5(server, MAXIMUM_ALLOWED_ACCESS, 1, &in, &version, &out, &handle));
    printf("samr revision %u\n", (unsigned)out.V1.Revision);
    return handle;
}

static void samr_domains(SAMPR_HANDLE server)
{
    PSAMPR_ENUMERATION_BUFFER found = NULL;
    ULONG context = 0, count = 0;

    caller_must("SamrEnumerateDomainsInSamServer",
                SamrEnumerateDomainsInSamServer(server, &context, &found, 0xffff, &count));
    for (ULONG i = 0; found && i < found->EntriesRead; i++) {
        SAMR_UNICODE_STRING *name = &found->Buffer[i].Name;

        printf("samr domain %s\n", caller_text_of(name->Buffer, name->Length / 2));
        midl_user_free(name->Buffer);
    }
    if (found)
        midl_user_free(found->Buffer);
    midl_user_free(found);
}

static void samr_account(SAMPR_HANDLE domain, const char *name)
{
    SAMPR_ULONG_ARRAY rids = { 0 }, kinds = { 0 };
    WCHAR room[NAME_MOST];
    SAMR_UNICODE_STRING names = unicode(name, room);

    caller_must("SamrLookupNamesInDomain",
                SamrLookupNamesInDomain(domain, 1, &names, &rids, &kinds));
    caller_check("one identifier and one kind", rids.Count == 1 && kinds.Count == 1);
    printf("rid %u kind %u\n", (unsigned)rids.Element[0], (unsigned)kinds.Element[0]);
    midl_user_free(rids.Element);
    midl_user_free(kinds.Element);
}

/* name: DOMAIN/ACCOUNT */
void dc_samr(handle_t h, const char *name)
{
    const char *account = strchr(name, '/');
    SAMPR_HANDLE server, domain = NULL;
    char domain_name[NAME_MOST];
    SAMR_UNICODE_STRING wide;
    WCHAR room[NAME_MOST];
    PSAMR_SID sid = NULL;

    caller_check("DOMAIN/ACCOUNT", account != NULL);
    snprintf(domain_name, sizeof domain_name, "%.*s", (int)(account - name), name);
    samr_binding = h;
    server = samr_connect();
    samr_domains(server);
    wide = unicode(domain_name, room);
    caller_must("SamrLookupDomainInSamServer", SamrLookupDomainInSamServer(server, &wide, &sid));
    show_sid(sid);
    caller_must("SamrOpenDomain", SamrOpenDomain(server, MAXIMUM_ALLOWED_ACCESS, sid, &domain));
    samr_account(domain, account + 1);
    caller_must("SamrCloseHandle", SamrCloseHandle(&domain));
    caller_must("SamrCloseHandle", SamrCloseHandle(&server));
    caller_check("closed handles are NULL", !domain && !server);
    midl_user_free(sid);
}

/* ---- lsa: which Samba serves over named pipes alone; over TCP its fault is what is looked at ----
 */

handle_t PLSAPR_SERVER_NAME_bind(PLSAPR_SERVER_NAME name)
{
    (void)name;
    return lsa_binding;
}

void PLSAPR_SERVER_NAME_unbind(PLSAPR_SERVER_NAME name, handle_t h)
{
    (void)name;
    (void)h;
}

void dc_lsa(handle_t h, const char *name)
{
    LSAPR_OBJECT_ATTRIBUTES attributes = { 0 };
    LSAPR_HANDLE policy = NULL;

    (void)name;
    lsa_binding = h;
    RpcTryExcept
    {
        caller_must("LsarOpenPolicy2",
                    LsarOpenPolicy2(NULL, &attributes, MAXIMUM_ALLOWED_ACCESS, &policy));
        caller_must("LsarClose", LsarClose(&policy));
        printf("lsa opened\n");
    }
    RpcExcept (1) {
        printf("lsa fault %u\n", (unsigned)RpcExceptionCode());
    }
    RpcEndExcept;
}
