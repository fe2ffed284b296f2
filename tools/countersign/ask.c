/* SPDX-License-Identifier: Apache-2.0
 * ask.c - what is asked of servers by more than one command.
 */
#include "ask.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <countersign/countersign.h>

RPC_STATUS ask_parse_interface(const char *text, RPC_IF_ID *ret, bool *ret_versioned)
{
    char uuid[64];
    unsigned major = 0, minor = 0;
    const char *comma = strchr(text, ',');
    int used = 0;

    if (comma && (sscanf(comma, ",%5u.%5u%n", &major, &minor, &used) < 2 || comma[used] ||
                  major > UINT16_MAX || minor > UINT16_MAX))
        return RPC_S_INVALID_VERS_OPTION;
    snprintf(uuid, sizeof uuid, "%.*s", comma ? (int)(comma - text) : (int)strlen(text), text);
    *ret_versioned = comma != NULL;
    if (comma) {
        ret->VersMajor = (USHORT)major;
        ret->VersMinor = (USHORT)minor;
    }
    return UuidFromStringA(cstr(uuid), &ret->Uuid);
}

bool ask_is_address(const char *host)
{
    struct in6_addr a;

    return inet_pton(AF_INET, host, &a) == 1 || inet_pton(AF_INET6, host, &a) == 1;
}

const char *ask_level_name(ULONG level)
{
    static const char *const names[] = { "default", "none",      "connect", "call",
                                         "pkt",     "integrity", "privacy" };

    return level < sizeof names / sizeof *names ? names[level] : "?";
}

RPC_STATUS ask_interface(const CS_CLIENT_INTERFACE *face, RPC_BINDING_HANDLE server)
{
    CS_CLIENT_CALL call;

    (void)CsClientBegin(&call, face, server, ASK_NO_OPERATION, 0);
    (void)CsClientSend(&call);
    return CsClientEnd(&call);
}

RPC_STATUS ask_as_user(RPC_BINDING_HANDLE server, const char *name, ULONG level, ULONG service)
{
    RPC_SECURITY_QOS qos = {
        .Version = RPC_C_SECURITY_QOS_VERSION_1,
        .Capabilities = RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH,
        .ImpersonationType = RPC_C_IMP_LEVEL_IDENTIFY,
    };

    return RpcBindingSetAuthInfoExA(server, cstr(name), level, service, NULL, RPC_C_AUTHZ_NONE,
                                    &qos);
}

void ask_why(RPC_STATUS status, char *why, size_t size, char *fix, size_t fix_size)
{
    CS_ERROR_DETAIL detail = { .size = sizeof detail };
    UCHAR text[DCE_C_ERROR_STRING_LEN];

    (void)DceErrorInqTextA(status, text);
    text[strcspn((char *)text, "\r\n")] = '\0';
    if (CsGetErrorDetail(&detail) != SEC_E_OK)
        detail = (CS_ERROR_DETAIL){ 0 };
    if (detail.library_text[0] && strstr(detail.text, detail.library_text))
        detail.library_text[0] = '\0';
    snprintf(why, size, "%s%s%s (%u)", detail.text[0] ? detail.text : (char *)text,
             detail.library_text[0] ? ": " : "", detail.library_text, (unsigned)status);
    snprintf(fix, fix_size, "%s", detail.remedy);
}
