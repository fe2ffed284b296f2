/* SPDX-License-Identifier: Apache-2.0
 * rpc_dc_names.c - names translated by the directory service, always sealed.  [MS-DRSR] 4.1.4
 */
#include <inttypes.h>
#include <stdio.h>

#include "drsuapi.h"
#include "rpc_dc_client.h"

enum {
    DS_NT4_ACCOUNT_NAME = 2,
    DS_FQDN_1779_NAME = 1,
    NAME_MOST = 128,
};

/* NTDSAPI_CLIENT_GUID, as which any client may bind.  [MS-DRSR] 5.138 */
static const DRS_GUID client = {
    0xe24d201a, 0x4fd6, 0x11d1, { 0xa3, 0xda, 0x00, 0x00, 0xf8, 0x75, 0xae, 0x0d }
};

static void show(DRS_NAME_RESULT *found)
{
    for (ULONG i = 0; i < found->cItems; i++) {
        DRS_NAME_RESULT_ITEM *item = &found->rItems[i];

        printf("name %u %s %s\n", (unsigned)item->status, caller_text(item->pDomain),
               caller_text(item->pName));
        midl_user_free(item->pDomain);
        midl_user_free(item->pName);
    }
    midl_user_free(found->rItems);
    midl_user_free(found);
}

static void crack(DRS_HANDLE drs, const char *name)
{
    DRS_MSG_CRACKREPLY reply = { 0 };
    DRS_MSG_CRACKREQ request = { 0 };
    WCHAR wide[NAME_MOST] = { 0 }, *names = wide;
    ULONG version = 0;

    for (size_t i = 0; name[i] && i < NAME_MOST - 1; i++)
        wide[i] = name[i] == '/' ? u'\\' : (unsigned char)name[i];
    request.V1.formatOffered = DS_NT4_ACCOUNT_NAME;
    request.V1.formatDesired = DS_FQDN_1779_NAME;
    request.V1.cNames = 1;
    request.V1.rpNames = &names;
    caller_must("IDL_DRSCrackNames",
                (RPC_STATUS)IDL_DRSCrackNames(drs, 1, &request, &version, &reply));
    caller_check("an answer of version 1", version == 1 && reply.V1.pResult);
    show(reply.V1.pResult);
}

/* name: DOMAIN/ACCOUNT */
void dc_drsuapi(handle_t h, const char *name)
{
    DRS_EXTENSIONS *extensions = NULL;
    DRS_GUID guid = client;
    DRS_HANDLE drs = NULL;

    caller_must("IDL_DRSBind", (RPC_STATUS)IDL_DRSBind(h, &guid, NULL, &extensions, &drs));
    printf("extensions %u\n", extensions ? (unsigned)extensions->cb : 0);
    midl_user_free(extensions);
    crack(drs, name);
    caller_must("IDL_DRSUnbind", (RPC_STATUS)IDL_DRSUnbind(&drs));
    caller_check("the handle is NULL", !drs);
}
