/* SPDX-License-Identifier: Apache-2.0
 * midles.h - serialization ("pickling"): values in NDR in a buffer of the program's own, by
 * procedures and types that have [encode] and [decode] in the ACF.
 *
 * A serialization handle says where the octets go to or come from, in one of three styles: the
 * program's functions that are called for every object (incremental), one buffer of the program's
 * (fixed), or one that grows (dynamic). What a stub is called with such a handle is decided by the
 * handle: it encodes or decodes. Decoded octets are never trusted: they are bounded as a peer's
 * arguments are, and after a failure no pointer of the object leads anywhere.
 *
 * Pages: learn.microsoft.com/windows/win32/api/midles/, desktop-src/Rpc/serialization-services.md
 */
#ifndef COUNTERSIGN_MIDLES_H
#define COUNTERSIGN_MIDLES_H

#include "rpcndr.h"

typedef struct _RPC_VERSION {
    USHORT MajorVersion;
    USHORT MinorVersion;
} RPC_VERSION;

typedef struct _RPC_SYNTAX_IDENTIFIER {
    GUID SyntaxGUID;
    RPC_VERSION SyntaxVersion;
} RPC_SYNTAX_IDENTIFIER, *PRPC_SYNTAX_IDENTIFIER;

typedef enum { MES_ENCODE, MES_DECODE, MES_ENCODE_NDR64 } MIDL_ES_CODE;

typedef enum {
    MES_INCREMENTAL_HANDLE,
    MES_FIXED_BUFFER_HANDLE,
    MES_DYNAMIC_BUFFER_HANDLE
} MIDL_ES_HANDLE_STYLE;

/* Alloc is asked for *size bytes, aligned at 8, and says how many there are; Write is given them
 * filled; Read is to provide *size bytes, aligned at 8, that stay until the stub returns. What
 * they raise leaves the stub. */
typedef void(__RPC_USER *MIDL_ES_ALLOC)(void *state, char **buffer, unsigned int *size);
typedef void(__RPC_USER *MIDL_ES_WRITE)(void *state, char *buffer, unsigned int size);
typedef void(__RPC_USER *MIDL_ES_READ)(void *state, char **buffer, unsigned int *size);

CS_EXTERN_C_BEGIN

/* MesEncodeIncrementalHandleCreate - a handle that encodes through the program's functions.
 *
 * Each object or procedure is one Alloc and one Write. MesHandleFree frees the handle.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG for a NULL function or pHandle; RPC_S_OUT_OF_MEMORY.
 * Threads: safe; a handle serves one thread at a time.
 * Source: midles.h, MesEncodeIncrementalHandleCreate
 */
RPC_STATUS MesEncodeIncrementalHandleCreate(void *UserState, MIDL_ES_ALLOC AllocFn,
                                            MIDL_ES_WRITE WriteFn, handle_t *pHandle)
    CS_EXPORT(MesEncodeIncrementalHandleCreate);

/* MesDecodeIncrementalHandleCreate - a handle that decodes what the program's function reads.
 *
 * Read is called for each header and each object. Where it did not have what was asked for, or what
 * it had was no header, the place in the stream is lost: the handle must be reset.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG for a NULL function or pHandle; RPC_S_OUT_OF_MEMORY.
 * Threads: safe; a handle serves one thread at a time.
 * Source: midles.h, MesDecodeIncrementalHandleCreate
 */
RPC_STATUS MesDecodeIncrementalHandleCreate(void *UserState, MIDL_ES_READ ReadFn, handle_t *pHandle)
    CS_EXPORT(MesDecodeIncrementalHandleCreate);

/* MesIncrementalHandleReset - begin anew with an incremental handle, in either direction.
 *
 * A NULL state or function leaves the handle the one it had. With MES_ENCODE_NDR64 types are
 * serialized in NDR64; a procedure's stub raises RPC_S_UNSUPPORTED_TRANS_SYN then.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG for an operation the handle lacks a function for, and for
 * what is no incremental handle.
 * Threads: safe; a handle serves one thread at a time.
 * Source: midles.h, MesIncrementalHandleReset
 */
RPC_STATUS MesIncrementalHandleReset(handle_t Handle, void *UserState, MIDL_ES_ALLOC AllocFn,
                                     MIDL_ES_WRITE WriteFn, MIDL_ES_READ ReadFn,
                                     MIDL_ES_CODE Operation) CS_EXPORT(MesIncrementalHandleReset);

/* MesEncodeFixedBufferHandleCreate - a handle that encodes into one buffer of the program's.
 *
 * pBuffer is aligned at 8 and BufferSize a multiple of 8. *pEncodedSize becomes 0, and after each
 * encoding the size of all so far. What does not fit is raised by the stub as
 * RPC_S_BUFFER_TOO_SMALL, and leaves the buffer as it was.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG also for a buffer that is not aligned; RPC_S_OUT_OF_MEMORY.
 * Threads: safe; a handle serves one thread at a time.
 * Source: midles.h, MesEncodeFixedBufferHandleCreate
 */
RPC_STATUS MesEncodeFixedBufferHandleCreate(char *pBuffer, ULONG BufferSize, ULONG *pEncodedSize,
                                            handle_t *pHandle)
    CS_EXPORT(MesEncodeFixedBufferHandleCreate);

/* MesEncodeDynBufferHandleCreate - a handle that encodes into a buffer it allocates.
 *
 * After each encoding *pBuffer is the buffer with all so far, from the stub's midl_user_allocate,
 * and *pEncodedSize its size; the one before was given to midl_user_free. When the handle is freed
 * or reset the last one is the program's, for midl_user_free.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG; RPC_S_OUT_OF_MEMORY.
 * Threads: safe; a handle serves one thread at a time.
 * Source: midles.h, MesEncodeDynBufferHandleCreate
 */
RPC_STATUS MesEncodeDynBufferHandleCreate(char **pBuffer, ULONG *pEncodedSize, handle_t *pHandle)
    CS_EXPORT(MesEncodeDynBufferHandleCreate);

/* MesDecodeBufferHandleCreate - a handle that decodes what lies in a buffer.
 *
 * Buffer is aligned at 8 and BufferSize a multiple of 8. It is read where it lies and must stay;
 * what is decoded does not point into it.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG for NULL; RPC_X_INVALID_BUFFER for a buffer that is not
 * aligned; RPC_S_OUT_OF_MEMORY.
 * Threads: safe; a handle serves one thread at a time.
 * Source: midles.h, MesDecodeBufferHandleCreate
 */
RPC_STATUS MesDecodeBufferHandleCreate(char *Buffer, ULONG BufferSize, handle_t *pHandle)
    CS_EXPORT(MesDecodeBufferHandleCreate);

/* MesBufferHandleReset - begin anew with a buffer handle, in either style and direction.
 *
 * *pBuffer is the fixed buffer to encode into, or that to decode in either style; pBuffer is where
 * a dynamic one will be. BufferSize counts where *pBuffer is one, pEncodedSize for MES_ENCODE.
 * With MES_ENCODE_NDR64 types are serialized in NDR64, into a fixed buffer that is aligned at 16;
 * a procedure's stub raises RPC_S_UNSUPPORTED_TRANS_SYN then.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG, also for a buffer that is not aligned and for what is no
 * buffer handle.
 * Threads: safe; a handle serves one thread at a time.
 * Source: midles.h, MesBufferHandleReset
 */
RPC_STATUS MesBufferHandleReset(handle_t Handle, ULONG HandleStyle, MIDL_ES_CODE Operation,
                                char **pBuffer, ULONG BufferSize, ULONG *pEncodedSize)
    CS_EXPORT(MesBufferHandleReset);

/* MesHandleFree - free a serialization handle.
 *
 * Buffers stay the program's.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_BINDING for what is no serialization handle, or no more.
 * Threads: safe.
 * Source: midles.h, MesHandleFree
 */
RPC_STATUS MesHandleFree(handle_t Handle) CS_EXPORT(MesHandleFree);

/* MesInqProcEncodingId - which procedure encoded last, or is to be decoded next.
 *
 * With a decoding handle the header that comes next is read and kept for the stub. Types have no
 * identity.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG; RPC_S_UNKNOWN_IF for an encoding handle through which no
 * procedure went yet; RPC_S_UNSUPPORTED_TRANS_SYN, RPC_X_WRONG_ES_VERSION and RPC_X_INVALID_BUFFER
 * for what comes next; RPC_X_INVALID_ES_ACTION for a handle through which types went.
 * Threads: safe; a handle serves one thread at a time.
 * Source: midles.h, MesInqProcEncodingId
 */
RPC_STATUS MesInqProcEncodingId(handle_t Handle, PRPC_SYNTAX_IDENTIFIER pInterfaceId,
                                ULONG *pProcNum) CS_EXPORT(MesInqProcEncodingId);

/* ---- what generated stubs call ---- */

/* On the stub's stack. */
typedef struct CS_PICKLE {
    uintptr_t Opaque[96];
} CS_PICKLE;

#define CS_PICKLE_BASE 0x00000001   /* a base type: its octets have no header of their own */
#define CS_PICKLE_SIZE 0x00000002   /* count the octets, and write none */
#define CS_PICKLE_ENCODE 0x00000004 /* of a procedure: it has [encode], */
#define CS_PICKLE_DECODE 0x00000008 /* and it has [decode] */

/* CsPickleTypeOut - one object or one procedure's parameters, encoded or decoded.
 *
 * CsPickleTypeOut is the stream to write an object to, never NULL (flags CS_PICKLE_xxx).
 * CsPickleTypeIn is the stream to read one from; NULL where that failed; CsPickleInRef then says
 * whether there is a stream, and p, the program's object, to read into, is not NULL.
 * CsPickleCallOut is the stream for the [in] parameters of procedure opnum where the handle
 * encodes, else NULL; then CsPickleCallIn is that of the [out] ones where it decodes, else NULL.
 * CsPickleFree is the walk that gives back what was decoded, never NULL. Each is ended by
 * CsPickleEnd, which says how it went; size, where it is not NULL, receives the octets written or
 * counted, headers included.
 *
 * Returns: CsPickleInRef: 1 to go on, 0 not to. CsPickleEnd: RPC_S_OK, or the status to raise.
 * Threads: belongs to one thread.
 */
CS_NDR_OUT *CsPickleTypeOut(CS_PICKLE *pickle, const CS_CLIENT_INTERFACE *face, handle_t handle,
                            unsigned flags) CS_EXPORT(CsPickleTypeOut);
CS_NDR_IN *CsPickleTypeIn(CS_PICKLE *pickle, const CS_CLIENT_INTERFACE *face, handle_t handle,
                          unsigned flags) CS_EXPORT(CsPickleTypeIn);
int CsPickleInRef(CS_PICKLE *pickle, const void *p) CS_EXPORT(CsPickleInRef);
CS_NDR_OUT *CsPickleCallOut(CS_PICKLE *pickle, const CS_CLIENT_INTERFACE *face, handle_t handle,
                            unsigned opnum, unsigned flags) CS_EXPORT(CsPickleCallOut);
CS_NDR_IN *CsPickleCallIn(CS_PICKLE *pickle) CS_EXPORT(CsPickleCallIn);
CS_NDR_FREE *CsPickleFree(CS_PICKLE *pickle, const CS_CLIENT_INTERFACE *face)
    CS_EXPORT(CsPickleFree);
RPC_STATUS CsPickleEnd(CS_PICKLE *pickle, size_t *size) CS_EXPORT(CsPickleEnd);

CS_EXTERN_C_END

#endif
