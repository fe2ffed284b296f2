/* SPDX-License-Identifier: Apache-2.0
 * rpctransaction.h - queued calls that are executed exactly once, as far as that can be had.
 *
 * Countersign's own functions; Windows had MSDTC's transactions over Message Queuing for that.
 *
 * A [message] procedure is executed at least once, and a message that is known to have been
 * executed is not executed again. Between a routine's own commit and the runtime's there is a
 * moment in which a crash leaves nobody but the application to know. So the application stores the
 * call's token with its own data, in the same transaction and under a unique key, and says later
 * whether it is there: the runtime asks that before each execution. The [message] calls that the
 * routine makes on its thread are held on disk until it has returned, and go out with it or not at
 * all.
 *
 * What is promised, then, and nothing else: of a recoverable message (RPC_C_MQ_RECOVERABLE), the
 * messages sent in its transaction are delivered exactly once, and so is the effect of an
 * application that keeps and answers for its tokens. A file written, a mail sent, a call over
 * another protocol sequence may happen again.
 */
#ifndef COUNTERSIGN_RPCTRANSACTION_H
#define COUNTERSIGN_RPCTRANSACTION_H

#include "rpcdce.h"

CS_EXTERN_C_BEGIN

enum { CS_TRANSACTION_TOKEN_SIZE = 16 };

/* One call's: the same in every delivery of its message, and no other's. */
typedef struct _CS_TRANSACTION_TOKEN {
    unsigned char Data[CS_TRANSACTION_TOKEN_SIZE];
} CS_TRANSACTION_TOKEN;

typedef enum _CS_TRANSACTION_OUTCOME {
    CsTransactionAborted,   /* the token is not stored: the routine runs */
    CsTransactionCommitted, /* it is: the routine does not run again, what it sent goes out */
    CsTransactionUnknown    /* that cannot be told now: the message waits, and its queue with it */
} CS_TRANSACTION_OUTCOME;

/* Whether the transaction that token was stored in has been committed. It may come from any thread
 * and at any time, also for messages nobody has begun; it must not raise an exception. */
typedef CS_TRANSACTION_OUTCOME RPC_ENTRY
CS_TRANSACTION_OUTCOME_FN(const CS_TRANSACTION_TOKEN *Token, void *Context);

/* CsServerRegisterOutcome - say who knows how transactions ended, before an interface is
 * registered.
 *
 * IfSpec is the x_v1_0_s_ifspec of a generated header. Every [message] procedure of that interface
 * is then executed in a transaction of its own. Before it runs, Outcome is asked; also where it has
 * raised an exception, for it may have committed before: then the call counts as executed. The
 * [message] calls that the routine makes on its own thread are part of the transaction, whatever
 * their binding; those of other threads are not. They are delivered when the routine has returned
 * or Outcome has said CsTransactionCommitted, and never if it raised an exception and has not
 * committed; a call that is held counts in its queue's quotas, and expires, like others. Of several
 * processes that receive from a queue one at a time has a message. Outcome NULL takes it all back.
 *
 * A message that expires, or is refused, between a lost receiver and the next one is not asked for:
 * what was held for it becomes dead letters. Of an express message nothing outlives the queue
 * manager, and nothing that was held for it.
 *
 * Returns: RPC_S_OK; RPC_S_ALREADY_REGISTERED (the interface is being served: this comes first);
 * RPC_S_UNKNOWN_IF (a client's handle); RPC_S_INVALID_ARG; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpctransaction.h
 */
RPC_STATUS CsServerRegisterOutcome(RPC_IF_HANDLE IfSpec, CS_TRANSACTION_OUTCOME_FN *Outcome,
                                   void *Context) CS_EXPORT(CsServerRegisterOutcome);

/* CsServerInqTransaction - the token of the transaction in which a call is executed.
 *
 * To be stored under a unique key, by the transaction that has the call's effects: should the same
 * call be executed twice at a time after all, one of the two then fails to commit. ClientBinding
 * NULL: the call this thread serves.
 *
 * Returns: RPC_S_OK; RPC_S_CANNOT_SUPPORT (the call is none of a queue, or its interface has no
 * outcome: CsServerRegisterOutcome); RPC_S_NO_CALL_ACTIVE; RPC_S_WRONG_KIND_OF_BINDING;
 * RPC_S_INVALID_BINDING; RPC_S_INVALID_ARG.
 * Threads: safe while the call is served.
 * Source: rpctransaction.h
 */
RPC_STATUS CsServerInqTransaction(RPC_BINDING_HANDLE ClientBinding, CS_TRANSACTION_TOKEN *Token)
    CS_EXPORT(CsServerInqTransaction);

/* CsServerInqReplayA, CsServerInqReplayW - by whose word a queued call is executed though its time
 * was over, or it was executed before: countersign queue replay.
 *
 * The call is its own sender's (RpcBindingInqAuthClient), and has the token of its own message: an
 * application that answers for its tokens executes nothing twice for it. *Operator is the principal
 * who had it sent again, proven as a sender is, and who has the right to; *Reason is what he said
 * of it, or empty. Both are freed by RpcStringFree; either pointer may be NULL. ClientBinding NULL:
 * the call this thread serves.
 *
 * Returns: RPC_S_OK; RPC_S_UNKNOWN_PRINCIPAL (nobody: it is executed because its sender sent it);
 * RPC_S_NO_CALL_ACTIVE; RPC_S_WRONG_KIND_OF_BINDING; RPC_S_INVALID_BINDING; RPC_S_OUT_OF_MEMORY.
 * Threads: safe while the call is served.
 * Source: rpctransaction.h
 */
RPC_STATUS CsServerInqReplayA(RPC_BINDING_HANDLE ClientBinding, RPC_CSTR *Operator,
                              RPC_CSTR *Reason) CS_EXPORT(CsServerInqReplayA);
RPC_STATUS CsServerInqReplayW(RPC_BINDING_HANDLE ClientBinding, RPC_WSTR *Operator,
                              RPC_WSTR *Reason) CS_EXPORT(CsServerInqReplayW);
#ifdef UNICODE
#define CsServerInqReplay CsServerInqReplayW
#else
#define CsServerInqReplay CsServerInqReplayA
#endif

CS_EXTERN_C_END

#endif
