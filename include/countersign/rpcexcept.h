/* SPDX-License-Identifier: Apache-2.0
 * rpcexcept.h - RpcTryExcept, RpcTryFinally and their kin, for C and C++.
 *
 * Included by rpc.h.
 *
 *   RpcTryExcept {                              RpcTryFinally {
 *       status = HelloProc(binding, text);          ...
 *   }                                           }
 *   RpcExcept (RpcExceptionFilter(              RpcFinally {
 *                  RpcExceptionCode())) {           if (RpcAbnormalTermination())
 *       status = RpcExceptionCode();                    ...
 *   }                                           }
 *   RpcEndExcept                                RpcEndFinally
 *
 * They may be nested, and each thread has its own. What is caught is what RpcRaiseException raises,
 * calls of generated stubs above all; a fault of the processor is a signal, as everywhere on POSIX.
 * An exception that nothing catches ends the process with a line on stderr that names it.
 *
 * Where this differs from Windows:
 * - A filter runs after the RpcFinally blocks further in, not before them, and cannot resume:
 *   EXCEPTION_CONTINUE_EXECUTION becomes the exception STATUS_NONCONTINUABLE_EXCEPTION.
 * - The block of RpcTryExcept may be left by return, break, continue and goto. That of
 * RpcTryFinally may not: no compiler would run RpcFinally, and the process ends with a line that
 * says so.
 * - It stands on setjmp: a local variable changed inside the block and used after the exception
 *   should be volatile (gcc says where: -Wclobbered). Destructors of C++ objects inside the block
 * do not run.
 */
#ifndef COUNTERSIGN_RPCEXCEPT_H
#define COUNTERSIGN_RPCEXCEPT_H

#include <setjmp.h>

#include "cslink.h"
#include "winerror.h"
#include "wintypes.h"

#ifndef EXCEPTION_EXECUTE_HANDLER
#define EXCEPTION_EXECUTE_HANDLER 1
#define EXCEPTION_CONTINUE_SEARCH 0
#define EXCEPTION_CONTINUE_EXECUTION (-1)
#endif

/* One try of the thread's; on the stack of the function it stands in. */
typedef struct CS_EXCEPTION_FRAME {
    struct CS_EXCEPTION_FRAME *Outer;   /* who catches what this one does not */
    struct CS_EXCEPTION_FRAME *Handled; /* whose exception is being handled outside of this try */
    ULONG Code;
    int Raised;
    int Open; /* an RpcTryFinally whose RpcFinally has not begun */
    jmp_buf Jump;
} CS_EXCEPTION_FRAME;

#define CS_EXCEPTION_NAME2(n) csException##n
#define CS_EXCEPTION_NAME(n) CS_EXCEPTION_NAME2(n)
#define CS_EXCEPTION_ENTER(open, n)                                                                \
    CS_EXCEPTION_FRAME CS_EXCEPTION_NAME(n) __attribute__((cleanup(CsExceptionLeave)));            \
    CsExceptionEnter(&CS_EXCEPTION_NAME(n), (open));                                               \
    if (setjmp(CS_EXCEPTION_NAME(n).Jump) == 0)

/* clang-format off */
#define RpcTryExcept      { CS_EXCEPTION_ENTER(0, __COUNTER__) {
#define RpcExcept(filter) } else if (CsExceptionCaught(filter)) {
#define RpcEndExcept      } }

#define RpcTryFinally { CS_EXCEPTION_ENTER(1, __COUNTER__) {
#define RpcFinally    } CsExceptionFinally(); {
#define RpcEndFinally } CsExceptionEndFinally(); }
/* clang-format on */

#define RpcExceptionCode() CsExceptionCode()
#define RpcAbnormalTermination() CsExceptionAbnormal()

CS_EXTERN_C_BEGIN

/* CsExceptionEnter, CsExceptionLeave, CsExceptionCaught - what RpcTryExcept is made of.
 *
 * Programs use the macros.
 *
 * Returns: CsExceptionCaught whether the handler is to run.
 * Threads: concern the calling thread only.
 * Source: ours; Rpc.h, RpcTryExcept, RpcExcept
 */
void CsExceptionEnter(CS_EXCEPTION_FRAME *Frame, int Open) CS_EXPORT(CsExceptionEnter);
void CsExceptionLeave(CS_EXCEPTION_FRAME *Frame) CS_EXPORT(CsExceptionLeave);
int CsExceptionCaught(int Filter) CS_EXPORT(CsExceptionCaught);

/* CsExceptionFinally, CsExceptionEndFinally - what RpcTryFinally is made of.
 *
 * Programs use the macros.
 *
 * Threads: concern the calling thread only.
 * Source: ours; Rpc.h, RpcTryFinally, RpcFinally
 */
void CsExceptionFinally(void) CS_EXPORT(CsExceptionFinally);
void CsExceptionEndFinally(void) CS_EXPORT(CsExceptionEndFinally);

/* CsExceptionCode, CsExceptionAbnormal - RpcExceptionCode and RpcAbnormalTermination.
 *
 * Returns: the code of the exception whose filter, handler or RpcFinally block is running, 0 where
 * none is; whether the RpcFinally block runs because of an exception.
 * Threads: concern the calling thread only.
 * Source: ours; Rpc.h, RpcExceptionCode, RpcFinally
 */
ULONG CsExceptionCode(void) CS_EXPORT(CsExceptionCode);
int CsExceptionAbnormal(void) CS_EXPORT(CsExceptionAbnormal);

/* RpcRaiseException - raise an exception in this thread.
 *
 * The innermost RpcTryExcept whose filter takes it handles it; on a server's thread, where no
 * routine does, the runtime makes it the fault the client receives.
 *
 * Returns: never.
 * Threads: concerns the calling thread only.
 * Source: rpcdce.h, RpcRaiseException
 */
void RpcRaiseException(LONG exception) CS_EXPORT(RpcRaiseException) __attribute__((noreturn));

/* RpcExceptionFilter, I_RpcExceptionFilter - the filter the documentation recommends.
 *
 * Takes everything but what says that the program itself is broken: access violations, illegal
 * instructions, misalignment, stack overflow and their like.
 *
 * Returns: EXCEPTION_EXECUTE_HANDLER or EXCEPTION_CONTINUE_SEARCH.
 * Threads: safe.
 * Source: rpcdce.h, RpcExceptionFilter
 */
int RpcExceptionFilter(ULONG ExceptionCode) CS_EXPORT(RpcExceptionFilter);
int I_RpcExceptionFilter(ULONG ExceptionCode) CS_EXPORT(I_RpcExceptionFilter);

CS_EXTERN_C_END

#endif
