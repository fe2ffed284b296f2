/* SPDX-License-Identifier: Apache-2.0
 * peer_common.c - memory for the stubs, and exceptions, in programs compiled for us and for Wine.
 */
#include "peer_common.h"

void *__RPC_USER midl_user_allocate(size_t size)
{
    return malloc(size);
}

void __RPC_USER midl_user_free(void *p)
{
    free(p);
}

size_t peer_length(const WCHAR *text)
{
    size_t n = 0;

    while (text[n])
        n++;
    return n;
}

#ifdef __MINGW32__
/* gcc has no __try, so mingw's RpcTryExcept catches nothing. Who is asked before any __except: a
 * vectored handler, of this one thread. */
static void *frame[5];
static volatile BOOL trying;
static volatile RPC_STATUS raised;

static LONG CALLBACK caught(EXCEPTION_POINTERS *e)
{
    if (!trying)
        return EXCEPTION_CONTINUE_SEARCH;
    trying = FALSE;
    raised = (RPC_STATUS)e->ExceptionRecord->ExceptionCode;
    __builtin_longjmp(frame, 1);
}

RPC_STATUS peer_try(peer_call *call, void *argument)
{
    static void *handler;

    if (!handler)
        handler = AddVectoredExceptionHandler(1, caught);
    if (__builtin_setjmp(frame))
        return raised;
    trying = TRUE;
    call(argument);
    trying = FALSE;
    return RPC_S_OK;
}
#else
RPC_STATUS peer_try(peer_call *call, void *argument)
{
    volatile RPC_STATUS status = RPC_S_OK;

    RpcTryExcept
    {
        call(argument);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}
#endif
