/* SPDX-License-Identifier: Apache-2.0
 * rpc_echo.c - what rpc_server answers at idl/rpcecho.idl.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rpc_echo.h"
#include "rpcecho.h"

void EchoAddOne(handle_t h, ULONG number, ULONG *next)
{
    (void)h;
    *next = number + 1;
}

void EchoData(handle_t h, ULONG size, const byte data[], byte back[])
{
    (void)h;
    if (size)
        memcpy(back, data, size);
}

/* smbtorture counts up from 1, rpcclient from 0. */
void EchoSink(handle_t h, ULONG size, const byte data[])
{
    (void)h;
    for (ULONG i = 1; i < size; i++)
        if (data[i] != (byte)(data[i - 1] + 1))
            RpcRaiseException(RPC_X_BAD_STUB_DATA);
}

void EchoSource(handle_t h, ULONG size, byte data[])
{
    (void)h;
    for (ULONG i = 0; i < size; i++)
        data[i] = (byte)i;
}

void EchoText(handle_t h, const WCHAR *text, WCHAR **back)
{
    size_t n = 0;

    (void)h;
    while (text[n++])
        ;
    *back = midl_user_allocate(n * sizeof *text);
    if (!*back)
        RpcRaiseException(RPC_S_OUT_OF_MEMORY);
    memcpy(*back, text, n * sizeof *text);
}

LONG EchoInfo(handle_t h, USHORT level, ECHO_INFO *info)
{
    (void)h;
    *info = (ECHO_INFO){ 0 };
    switch (level) {
    case 1:
        info->info1.v = 10;
        break;
    case 2:
        info->info2 = 20;
        break;
    case 3:
        info->info3 = 30;
        break;
    case 4:
        info->info4.v = 40;
        break;
    case 5:
        info->info5.v1 = 50;
        info->info5.v2 = 60;
        break;
    case 6:
        info->info6.v1 = 70;
        info->info6.info1.v = 80;
        break;
    case 7:
        info->info7.v1 = 80;
        info->info7.info4.v = 90;
        break;
    default:
        RpcRaiseException(RPC_X_BAD_STUB_DATA);
    }
    return 0;
}

ULONG EchoSleep(handle_t h, ULONG seconds)
{
    struct timespec pause = { (time_t)seconds, 0 };

    (void)h;
    nanosleep(&pause, NULL);
    return seconds;
}

void EchoEnum(handle_t h, ECHO_ENUM *one, ECHO_ENUMS *both, ECHO_CHOICE *choice)
{
    (void)h;
    both->e1 = ECHO_ENUM2;
    both->e2 = ECHO_ENUM2_32;
    if (*one == ECHO_ENUM1)
        choice->e1 = ECHO_ENUM2;
    else
        choice->e2 = *both;
}

void EchoSurrounding(handle_t h, ULONG size, const SHORT numbers[], ULONG *twice, SHORT more[])
{
    (void)h;
    *twice = 2 * size;
    for (ULONG i = 0; i < size; i++)
        more[i] = more[size + i] = numbers[i];
}

USHORT EchoPointers(handle_t h, USHORT ***number)
{
    (void)h;
    return *number && **number ? ***number : 0;
}

RPC_STATUS rpc_echo_register(void)
{
    return RpcServerRegisterIfEx(rpcecho_v1_0_s_ifspec, NULL, NULL,
                                 RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                                 RPC_C_LISTEN_MAX_CALLS_DEFAULT, NULL);
}
