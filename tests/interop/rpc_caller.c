/* SPDX-License-Identifier: Apache-2.0
 * rpc_caller.c - what our clients of other servers share.
 */
#include "rpc_caller.h"

#include <countersign/countersign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MOST = 512, TEXTS = 8 };

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

void caller_wrong(const char *what)
{
    fprintf(stderr, "wrong: %s\n", what);
    exit(1);
}

void caller_must(const char *what, RPC_STATUS status)
{
    UCHAR text[DCE_C_ERROR_STRING_LEN] = "";

    if (status == RPC_S_OK)
        return;
    DceErrorInqTextA(status, text);
    fprintf(stderr, "%s: %d %s\n", what, (int)status, (char *)text);
    exit(1);
}

void caller_security_parse(const char *spn, const char *service, const char *level,
                           struct caller_security *ret)
{
    *ret = (struct caller_security){ .spn = spn, .level = (ULONG)atoi(level) };
    if (!strcmp(service, "kerberos"))
        ret->service = RPC_C_AUTHN_GSS_KERBEROS;
    else if (!strcmp(service, "negotiate"))
        ret->service = RPC_C_AUTHN_GSS_NEGOTIATE;
    else
        caller_check("the service is none, kerberos or negotiate", !strcmp(service, "none"));
}

RPC_BINDING_HANDLE caller_bind(const char *string_binding, const struct caller_security *security)
{
    RPC_SECURITY_QOS qos = { RPC_C_SECURITY_QOS_VERSION_1, RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH,
                             RPC_C_QOS_IDENTITY_STATIC, RPC_C_IMP_LEVEL_IDENTIFY };
    RPC_BINDING_HANDLE binding = NULL;

    caller_must("RpcBindingFromStringBinding",
                RpcBindingFromStringBindingA((RPC_CSTR)string_binding, &binding));
    if (security->service != RPC_C_AUTHN_NONE)
        caller_must("RpcBindingSetAuthInfoEx",
                    RpcBindingSetAuthInfoExA(binding, (RPC_CSTR)security->spn, security->level,
                                             security->service, NULL, RPC_C_AUTHZ_NAME, &qos));
    return binding;
}

const char *caller_text_of(const WCHAR *text, size_t units)
{
    static char texts[TEXTS][TEXT_MOST];
    static unsigned next;
    char *out = texts[next++ % TEXTS];
    size_t i;

    for (i = 0; text && i < units && i < TEXT_MOST - 1; i++)
        out[i] = text[i] < 0x80 ? (char)text[i] : '?';
    out[i] = '\0';
    return out;
}

const char *caller_text(const WCHAR *text)
{
    size_t n = 0;

    while (text && text[n])
        n++;
    return caller_text_of(text, n);
}
