/* SPDX-License-Identifier: Apache-2.0
 * pickle_pac.c - a PAC's serialized types by our stubs, for pickle_pac.py to compare.
 *
 *   pickle_pac make                        "logon HEX" and "delegation HEX", made here
 *   pickle_pac again logon|delegation HEX  HEX decoded and encoded again; or the status
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <countersign/midles.h>
#include <countersign/rpc.h>

#include "pac.h"

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

static PAC_STRING text(WCHAR *s, USHORT length)
{
    return (PAC_STRING){ (USHORT)(2 * length), (USHORT)(2 * length), s };
}

/* With room for its zero, as Samba has the domain controller's names. */
static PAC_STRING text_with_zero(WCHAR *s, USHORT length)
{
    return (PAC_STRING){ (USHORT)(2 * length), (USHORT)(2 * length + 2), s };
}

static void print_buffer(const char *name, const char *buffer, ULONG size)
{
    ULONG i;

    printf("%s ", name);
    for (i = 0; i < size; i++)
        printf("%02x", (unsigned char)buffer[i]);
    printf("\n");
}

static void put_logon(PKERB_VALIDATION_INFO info)
{
    char *buffer = NULL;
    handle_t h = NULL;
    ULONG size = 0;

    if (MesEncodeDynBufferHandleCreate(&buffer, &size, &h))
        exit(1);
    PKERB_VALIDATION_INFO_Encode(h, &info);
    print_buffer("logon", buffer, size);
    MesHandleFree(h);
    midl_user_free(buffer);
}

static void put_delegation(PS4U_DELEGATION_INFO info)
{
    char *buffer = NULL;
    handle_t h = NULL;
    ULONG size = 0;

    if (MesEncodeDynBufferHandleCreate(&buffer, &size, &h))
        exit(1);
    PS4U_DELEGATION_INFO_Encode(h, &info);
    print_buffer("delegation", buffer, size);
    MesHandleFree(h);
    midl_user_free(buffer);
}

/* S-1-5-21-1-2-3, and S-1-18-1. */
static const ULONG domain[] = { 21, 1, 2, 3 }, asserted[] = { 1 };

static PPAC_SID sid_of(UCHAR authority, const ULONG *sub, UCHAR count)
{
    PPAC_SID sid = calloc(1, sizeof *sid + count * sizeof *sub);

    if (!sid)
        exit(1);
    sid->Revision = 1;
    sid->SubAuthorityCount = count;
    sid->IdentifierAuthority[5] = authority;
    memcpy(sid->SubAuthority, sub, count * sizeof *sub);
    return sid;
}

static void make(void)
{
    GROUP_MEMBERSHIP groups[] = { { 513, 7 }, { 1105, 7 } };
    KERB_SID_AND_ATTRIBUTES extra[] = { { sid_of(18, asserted, 1), 7 } };
    PAC_STRING services[2];
    WCHAR name[] = u"person", server[] = u"DC1", realm[] = u"TEST", first[] = u"host/a",
          second[] = u"host/bc", proxy[] = u"http/web";
    KERB_VALIDATION_INFO logon = {
        .LogonTime = { 0x12345678, 0x01d9aaaa },
        .KickOffTime = { 0xffffffff, 0x7fffffff },
        .EffectiveName = text(name, 6),
        .LogonCount = 5,
        .UserId = 1104,
        .PrimaryGroupId = 513,
        .GroupCount = 2,
        .GroupIds = groups,
        .UserFlags = 0x20,
        .LogonServer = text_with_zero(server, 3),
        .LogonDomainName = text_with_zero(realm, 4),
        .LogonDomainId = sid_of(5, domain, 4),
        .UserAccountControl = 0x210,
        .SidCount = 1,
        .ExtraSids = extra,
    };
    S4U_DELEGATION_INFO delegation = { text(proxy, 8), 2, services };

    services[0] = text(first, 6);
    services[1] = text(second, 7);
    put_logon(&logon);
    put_delegation(&delegation);
    free(extra[0].Sid);
    free(logon.LogonDomainId);
}

static char *from_hex(const char *hex, ULONG *ret_size)
{
    size_t n = strlen(hex) / 2, i;
    char *p = calloc(1, (n + 7) & ~(size_t)7);
    unsigned octet;

    for (i = 0; p && i < n && sscanf(hex + 2 * i, "%2x", &octet) == 1; i++)
        p[i] = (char)octet;
    *ret_size = (ULONG)((n + 7) & ~(size_t)7);
    return p;
}

static void again(const char *kind, const char *hex)
{
    PKERB_VALIDATION_INFO logon = NULL;
    PS4U_DELEGATION_INFO delegation = NULL;
    handle_t h = NULL;
    ULONG size = 0;
    char *buffer = from_hex(hex, &size);

    if (!buffer || MesDecodeBufferHandleCreate(buffer, size, &h))
        exit(1);
    if (strcmp(kind, "logon") == 0) {
        PKERB_VALIDATION_INFO_Decode(h, &logon);
        put_logon(logon);
        PKERB_VALIDATION_INFO_Free(h, &logon);
    } else {
        PS4U_DELEGATION_INFO_Decode(h, &delegation);
        put_delegation(delegation);
        PS4U_DELEGATION_INFO_Free(h, &delegation);
    }
    MesHandleFree(h);
    free(buffer);
}

int main(int argc, char **argv)
{
    int status = 0;

    RpcTryExcept
    {
        if (argc == 4 && strcmp(argv[1], "again") == 0)
            again(argv[2], argv[3]);
        else
            make();
    }
    RpcExcept (1) {
        printf("status %u\n", (unsigned)RpcExceptionCode());
        status = 1;
    }
    RpcEndExcept
    return status;
}
