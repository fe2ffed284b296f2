/* SPDX-License-Identifier: Apache-2.0
 * api_exception.c - exceptions: a chain of tries for each thread, and the jump to the innermost.
 *
 * A try is on the chain from CsExceptionEnter until its block ends, is left, or is jumped out of.
 * "Handled" is the try whose filter, handler or finally block is running: it is what
 * RpcExceptionCode speaks of, and it goes back to what it was when that block ends or is left.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/link.h"
#include "countersign/rpc.h"

static __thread struct {
    CS_EXCEPTION_FRAME *innermost; /* who catches the next exception */
    CS_EXCEPTION_FRAME *handled;
} thread;

static _Noreturn void end_process(ULONG code)
{
    unsigned char text[DCE_C_ERROR_STRING_LEN] = "";

    DceErrorInqTextA((RPC_STATUS)code, text);
    fprintf(stderr,
            "countersign: exception %u (0x%x) was raised and no RpcTryExcept catches it: %s\n",
            (unsigned)code, (unsigned)code, text);
    abort();
}

OFTEN void CsExceptionEnter(CS_EXCEPTION_FRAME *Frame, int Open)
{
    Frame->Outer = thread.innermost;
    Frame->Handled = thread.handled;
    Frame->Code = CsExceptionCode(); /* of the handler this try stands in */
    Frame->Raised = 0;
    Frame->Open = Open;
    thread.innermost = Frame;
}

OFTEN void CsExceptionLeave(CS_EXCEPTION_FRAME *Frame)
{
    if (Frame->Open) {
        fputs("countersign: the block of an RpcTryFinally was left by return, break, continue or "
              "goto, and its RpcFinally cannot run\n",
              stderr);
        abort();
    }
    thread.innermost = Frame->Outer;
    thread.handled = Frame->Handled;
}

static _Noreturn void raise_code(ULONG code)
{
    CS_EXCEPTION_FRAME *frame = thread.innermost;

    if (!frame)
        end_process(code);
    thread.innermost = frame->Outer;
    thread.handled = frame;
    frame->Code = code;
    frame->Raised = 1;
    longjmp(frame->Jump, 1);
}

int CsExceptionCaught(int Filter)
{
    if (Filter == EXCEPTION_CONTINUE_SEARCH)
        raise_code(thread.handled->Code);
    if (Filter < 0)
        raise_code(STATUS_NONCONTINUABLE_EXCEPTION);
    return 1;
}

/* Comes from the end of the block, where its try is still the innermost, or from the jump, after
 * which it is the one handled, and open. */
void CsExceptionFinally(void)
{
    if (!thread.handled || !thread.handled->Open)
        thread.handled = thread.innermost;
    thread.handled->Open = 0;
    thread.innermost = thread.handled->Outer;
}

void CsExceptionEndFinally(void)
{
    if (thread.handled->Raised)
        raise_code(thread.handled->Code);
}

OFTEN ULONG CsExceptionCode(void)
{
    return thread.handled ? thread.handled->Code : 0;
}

int CsExceptionAbnormal(void)
{
    return thread.handled && thread.handled->Raised;
}

void RpcRaiseException(LONG exception)
{
    raise_code((ULONG)exception);
}

int RpcExceptionFilter(ULONG ExceptionCode)
{
    switch (ExceptionCode) {
    case STATUS_ACCESS_VIOLATION:
    case STATUS_POSSIBLE_DEADLOCK:
    case STATUS_INSTRUCTION_MISALIGNMENT:
    case STATUS_DATATYPE_MISALIGNMENT:
    case STATUS_PRIVILEGED_INSTRUCTION:
    case STATUS_ILLEGAL_INSTRUCTION:
    case STATUS_BREAKPOINT:
    case STATUS_STACK_OVERFLOW:
    case STATUS_HANDLE_NOT_CLOSABLE:
    case STATUS_IN_PAGE_ERROR:
    case STATUS_ASSERTION_FAILURE:
    case STATUS_STACK_BUFFER_OVERRUN:
    case STATUS_GUARD_PAGE_VIOLATION:
    case STATUS_REG_NAT_CONSUMPTION:
        return EXCEPTION_CONTINUE_SEARCH;
    }
    return EXCEPTION_EXECUTE_HANDLER;
}

int I_RpcExceptionFilter(ULONG ExceptionCode)
{
    return RpcExceptionFilter(ExceptionCode);
}
