/* SPDX-License-Identifier: Apache-2.0
 * rpcerror.h - extended error information: the history of an error, one record for each layer and
 * computer it passed. (Windows declares all of it in rpcasync.h, which includes this file.)
 *
 * A client's failed call leaves records on its thread: one of its own runtime, and before it in
 * time what the server's fault carried. A server sends its records only where the policy
 * "extended-errors" is off, and to authenticated callers only; Windows' servers have it off unless
 * an administrator turns it on. They travel unsealed, as faults do. Nothing here is to be relied
 * on by a program's logic: it is for people who look for the cause.
 *
 * Included by rpc.h.
 *
 * Source: desktop-src/Rpc/obtaining-extended-rpc-error-information.md
 */
#ifndef COUNTERSIGN_RPCERROR_H
#define COUNTERSIGN_RPCERROR_H

#include "rpcdce.h"

#define RPC_EEINFO_VERSION 1
#define MaxNumberOfEEInfoParams 4

/* Flags of a record. */
#define EEInfoPreviousRecordsMissing 1
#define EEInfoNextRecordsMissing 2
#define EEInfoUseFileTime 4

/* GeneratingComponent: who made a record. */
#define EEInfoGCApplication 1
#define EEInfoGCRuntime 2
#define EEInfoGCSecurityProvider 3
#define EEInfoGCNPFS 4
#define EEInfoGCRDR 5
#define EEInfoGCNMP 6
#define EEInfoGCIO 7
#define EEInfoGCWinsock 8
#define EEInfoGCAuthzAPI 9
#define EEInfoGCLPC 10
#define EEInfoGCCOM 11
#define EEInfoGCFRS 12
#define CsEEInfoGCRuntime 0x4353 /* this library's runtime: DetectionLocation is one of these */

typedef enum CS_EE_LOCATION {
    CsEENotServed = 1, /* the server does not listen, or serves too many */
    CsEEFlags,         /* the interface wants another level, or local callers */
    CsEESize,          /* the request is longer than the interface takes */
    CsEETrailer,       /* the request's header was not what its client meant */
    CsEECallback,      /* the security callback refused: parameter 2 is what it returned */
    CsEEOpnum,         /* there is no such procedure: parameter 2 is its number */
    CsEEType,          /* no manager for the object's type */
    CsEERoutine,       /* the routine raised an exception: parameter 2 is its number */
    CsEEArguments,     /* arguments or results break their format */
    CsEEGuard,         /* not at that endpoint, or not that operation: parameter 2 is its number */
    CsEEDescriptor,    /* a security descriptor refused: parameter 2 is the operation */
    CsEEClientFault = 100, /* a client's call was answered with a fault: parameter 2 is it */
    CsEEClientLocal        /* a client's call failed without an answer */
} CS_EE_LOCATION;

typedef enum tagExtendedErrorParamTypes {
    eeptAnsiString = 1,
    eeptUnicodeString,
    eeptLongVal,
    eeptShortVal,
    eeptPointerVal,
    eeptNone, /* there was one, and it was left out */
    eeptBinary
} ExtendedErrorParamTypes;

typedef struct tagBinaryParam {
    void *Buffer;
    SHORT Size;
} BinaryParam;

typedef struct tagRPC_EE_INFO_PARAM {
    ExtendedErrorParamTypes ParameterType;
    union {
        LPSTR AnsiString;
        LPWSTR UnicodeString;
        LONG LVal;
        SHORT SVal;
        ULONGLONG PVal;
        BinaryParam BVal;
    } u;
} RPC_EE_INFO_PARAM;

typedef struct tagRPC_EXTENDED_ERROR_INFO {
    ULONG Version;
    LPWSTR ComputerName; /* NULL: that of the record before, or this computer */
    ULONG ProcessID;
    union {
        SYSTEMTIME SystemTime;
        FILETIME FileTime;
        LARGE_INTEGER KernelTime;
    } u;
    ULONG GeneratingComponent;
    ULONG Status;
    USHORT DetectionLocation;
    USHORT Flags;
    INT NumberOfParameters;
    RPC_EE_INFO_PARAM Parameters[MaxNumberOfEEInfoParams];
} RPC_EXTENDED_ERROR_INFO;

/* Not to be looked into. */
typedef struct tagRPC_ERROR_ENUM_HANDLE {
    ULONG Signature;
    void *CurrentPos;
    void *Head;
} RPC_ERROR_ENUM_HANDLE;

CS_EXTERN_C_BEGIN

/* RpcErrorStartEnumeration - look at the records of the calling thread's last failed call.
 *
 * Takes a copy, which other threads may use as well, one at a time. Call it right after the
 * failed call: the next one forgets its records. Ended with RpcErrorEndEnumeration.
 *
 * Returns: RPC_S_OK; RPC_S_ENTRY_NOT_FOUND: there are none; RPC_S_INVALID_ARG;
 * RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcasync.h, RpcErrorStartEnumeration
 */
RPC_STATUS RpcErrorStartEnumeration(RPC_ERROR_ENUM_HANDLE *EnumHandle)
    CS_EXPORT(RpcErrorStartEnumeration);

/* RpcErrorGetNextRecord - the next record, the newest first.
 *
 * ErrorInfo->Version, Flags (0 or EEInfoUseFileTime) and NumberOfParameters, for how many there is
 * room, are set before. With CopyStrings the texts are the caller's, each to be freed with
 * HeapFree(GetProcessHeap(), 0, text); without, they last until RpcErrorEndEnumeration. eeptBinary
 * parameters are always the enumeration's.
 *
 * Returns: RPC_S_OK; RPC_S_ENTRY_NOT_FOUND after the last one; RPC_S_BUFFER_TOO_SMALL: the record
 * has more parameters, and remains the next; RPC_S_INVALID_ARG; RPC_S_OUT_OF_MEMORY.
 * Threads: one at a time for an enumeration.
 * Source: rpcasync.h, RpcErrorGetNextRecord
 */
RPC_STATUS RpcErrorGetNextRecord(RPC_ERROR_ENUM_HANDLE *EnumHandle, BOOL CopyStrings,
                                 RPC_EXTENDED_ERROR_INFO *ErrorInfo)
    CS_EXPORT(RpcErrorGetNextRecord);

/* RpcErrorGetNumberOfRecords - how many records an enumeration has.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG.
 * Threads: one at a time for an enumeration.
 * Source: rpcasync.h, RpcErrorGetNumberOfRecords
 */
RPC_STATUS RpcErrorGetNumberOfRecords(RPC_ERROR_ENUM_HANDLE *EnumHandle, INT *Records)
    CS_EXPORT(RpcErrorGetNumberOfRecords);

/* RpcErrorResetEnumeration - begin an enumeration again.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG.
 * Threads: one at a time for an enumeration.
 * Source: rpcasync.h, RpcErrorResetEnumeration
 */
RPC_STATUS RpcErrorResetEnumeration(RPC_ERROR_ENUM_HANDLE *EnumHandle)
    CS_EXPORT(RpcErrorResetEnumeration);

/* RpcErrorEndEnumeration - free an enumeration.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG.
 * Threads: one at a time for an enumeration.
 * Source: rpcasync.h, RpcErrorEndEnumeration
 */
RPC_STATUS RpcErrorEndEnumeration(RPC_ERROR_ENUM_HANDLE *EnumHandle)
    CS_EXPORT(RpcErrorEndEnumeration);

/* RpcErrorAddRecord - add a record of the application's own in front.
 *
 * In a server's routine that is about to raise, or in a client before it hands the error on.
 * ComputerName is NULL; ProcessID, GeneratingComponent and DetectionLocation are 0; the library
 * sets them and the time. A text of more than 1,023 characters is left out (eeptNone).
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG; RPC_S_OUT_OF_MEMORY.
 * Threads: concerns the calling thread only.
 * Source: rpcasync.h, RpcErrorAddRecord
 */
RPC_STATUS RpcErrorAddRecord(RPC_EXTENDED_ERROR_INFO *ErrorInfo) CS_EXPORT(RpcErrorAddRecord);

/* RpcErrorClearInformation - forget the thread's records.
 *
 * Threads: concerns the calling thread only.
 * Source: rpcasync.h, RpcErrorClearInformation
 */
void RpcErrorClearInformation(void) CS_EXPORT(RpcErrorClearInformation);

/* RpcErrorSaveErrorInfo - all records of an enumeration as bytes, to be loaded again.
 *
 * *ErrorBlob is freed with HeapFree(GetProcessHeap(), 0, ...). The bytes are those of [MS-EERR].
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG; RPC_S_OUT_OF_MEMORY.
 * Threads: one at a time for an enumeration.
 * Source: rpcasync.h, RpcErrorSaveErrorInfo
 */
RPC_STATUS RpcErrorSaveErrorInfo(RPC_ERROR_ENUM_HANDLE *EnumHandle, PVOID *ErrorBlob,
                                 size_t *BlobSize) CS_EXPORT(RpcErrorSaveErrorInfo);

/* RpcErrorLoadErrorInfo - begin an enumeration of records that were saved.
 *
 * The bytes may come from anywhere: what is not as specified is refused as a whole.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcasync.h, RpcErrorLoadErrorInfo
 */
RPC_STATUS RpcErrorLoadErrorInfo(PVOID ErrorBlob, size_t BlobSize,
                                 RPC_ERROR_ENUM_HANDLE *EnumHandle)
    CS_EXPORT(RpcErrorLoadErrorInfo);

CS_EXTERN_C_END

#endif
