/* SPDX-License-Identifier: Apache-2.0
 * api_error.c - what a status of RPC says in words.
 */
#include "countersign/rpc.h"

enum { FLAGS = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS };

RPC_STATUS DceErrorInqTextA(RPC_STATUS RpcStatus, RPC_CSTR ErrorText)
{
    if (!ErrorText)
        return RPC_S_INVALID_ARG;
    if (FormatMessageA(FLAGS, NULL, (DWORD)RpcStatus, 0, (LPSTR)ErrorText, DCE_C_ERROR_STRING_LEN,
                       NULL))
        return RPC_S_OK;
    FormatMessageA(FLAGS, NULL, RPC_S_NOT_RPC_ERROR, 0, (LPSTR)ErrorText, DCE_C_ERROR_STRING_LEN,
                   NULL);
    return RPC_S_INVALID_ARG;
}

RPC_STATUS DceErrorInqTextW(RPC_STATUS RpcStatus, RPC_WSTR ErrorText)
{
    if (!ErrorText)
        return RPC_S_INVALID_ARG;
    if (FormatMessageW(FLAGS, NULL, (DWORD)RpcStatus, 0, ErrorText, DCE_C_ERROR_STRING_LEN, NULL))
        return RPC_S_OK;
    FormatMessageW(FLAGS, NULL, RPC_S_NOT_RPC_ERROR, 0, ErrorText, DCE_C_ERROR_STRING_LEN, NULL);
    return RPC_S_INVALID_ARG;
}
