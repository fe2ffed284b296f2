/* SPDX-License-Identifier: Apache-2.0
 * api_pickle.c - serialization handles, and what stubs of [encode] and [decode] call.
 */
#include <countersign/midles.h>
#include <countersign/rpc.h>

#include "base/detail.h"
#include "base/err_codes.h"
#include "ndr/pickle.h"
#include "rpc/pickle.h"
#include "rpc/stub.h"

static_assert(sizeof(struct rpc_pickling) <= sizeof(CS_PICKLE), "it fits on the stub's stack");

static RPC_STATUS refuse(const char *why)
{
    return err_rpc_status(detail_fail(ERR_INVALID_PARAMETER, "%s", why));
}

static bool is_aligned(const void *buffer, ULONG size)
{
    return (uintptr_t)buffer % NDR_PICKLE_ALIGN == 0 && size % NDR_PICKLE_ALIGN == 0;
}

static const char not_aligned[] = "the buffer or its size is no multiple of 8";

static RPC_STATUS publish(struct rpc_pickle *p, handle_t *ret)
{
    p->form = rpc_pickle_form_of(NDR_20);
    return err_rpc_status(rpc_pickle_publish(p, ret));
}

/* ---- made ---- */

RPC_STATUS MesEncodeIncrementalHandleCreate(void *UserState, MIDL_ES_ALLOC AllocFn,
                                            MIDL_ES_WRITE WriteFn, handle_t *pHandle)
{
    struct rpc_pickle p = {
        .style = MES_INCREMENTAL_HANDLE, .state = UserState, .alloc = AllocFn, .write = WriteFn
    };

    detail_begin("MesEncodeIncrementalHandleCreate");
    if (!AllocFn || !WriteFn || !pHandle)
        return refuse("Alloc, Write or the handle's place is NULL");
    return publish(&p, pHandle);
}

RPC_STATUS MesDecodeIncrementalHandleCreate(void *UserState, MIDL_ES_READ ReadFn, handle_t *pHandle)
{
    struct rpc_pickle p = {
        .style = MES_INCREMENTAL_HANDLE, .decodes = true, .state = UserState, .read = ReadFn
    };

    detail_begin("MesDecodeIncrementalHandleCreate");
    if (!ReadFn || !pHandle)
        return refuse("Read or the handle's place is NULL");
    return publish(&p, pHandle);
}

RPC_STATUS MesEncodeFixedBufferHandleCreate(char *pBuffer, ULONG BufferSize, ULONG *pEncodedSize,
                                            handle_t *pHandle)
{
    struct rpc_pickle p = { .style = MES_FIXED_BUFFER_HANDLE,
                            .buffer = (uint8_t *)pBuffer,
                            .room = BufferSize,
                            .told = pEncodedSize };
    RPC_STATUS status;

    detail_begin("MesEncodeFixedBufferHandleCreate");
    if (!pBuffer || !pEncodedSize || !pHandle)
        return refuse("the buffer, or the place of its size or of the handle, is NULL");
    if (!is_aligned(pBuffer, BufferSize))
        return refuse(not_aligned);
    status = publish(&p, pHandle);
    if (!status)
        *pEncodedSize = 0;
    return status;
}

RPC_STATUS MesEncodeDynBufferHandleCreate(char **pBuffer, ULONG *pEncodedSize, handle_t *pHandle)
{
    struct rpc_pickle p = { .style = MES_DYNAMIC_BUFFER_HANDLE,
                            .place = pBuffer,
                            .told = pEncodedSize };
    RPC_STATUS status;

    detail_begin("MesEncodeDynBufferHandleCreate");
    if (!pBuffer || !pEncodedSize || !pHandle)
        return refuse("the place of the buffer, of its size or of the handle is NULL");
    status = publish(&p, pHandle);
    if (!status) {
        *pBuffer = NULL;
        *pEncodedSize = 0;
    }
    return status;
}

RPC_STATUS MesDecodeBufferHandleCreate(char *Buffer, ULONG BufferSize, handle_t *pHandle)
{
    struct rpc_pickle p = { .style = MES_FIXED_BUFFER_HANDLE,
                            .decodes = true,
                            .buffer = (uint8_t *)Buffer,
                            .room = BufferSize };

    detail_begin("MesDecodeBufferHandleCreate");
    if (!Buffer || !pHandle)
        return refuse("the buffer or the handle's place is NULL");
    if (!is_aligned(Buffer, BufferSize))
        return err_rpc_status(detail_fail(ERR_RPC_BUFFER, "%s", not_aligned));
    return publish(&p, pHandle);
}

/* ---- begun anew ---- */

static RPC_STATUS check_operation(MIDL_ES_CODE operation)
{
    return operation >= MES_ENCODE && operation <= MES_ENCODE_NDR64
               ? RPC_S_OK
               : refuse("there is no such operation");
}

static void begin_anew(struct rpc_pickle *p, MIDL_ES_CODE operation)
{
    p->decodes = operation == MES_DECODE;
    p->form = rpc_pickle_form_of(operation == MES_ENCODE_NDR64 ? NDR_64 : NDR_20);
    p->done = 0;
    p->holds = RPC_PICKLE_EMPTY;
    p->has_call = p->lost = false;
}

static RPC_STATUS reset_increment(struct rpc_pickle *p, void *state, MIDL_ES_ALLOC alloc,
                                  MIDL_ES_WRITE write, MIDL_ES_READ read, MIDL_ES_CODE operation)
{
    if (p->style != MES_INCREMENTAL_HANDLE)
        return refuse("the handle is that of a buffer: MesBufferHandleReset");
    if (operation == MES_DECODE ? !read && !p->read
                                : (!alloc && !p->alloc) || (!write && !p->write))
        return refuse("the handle lacks a function that the operation calls");
    p->state = state ? state : p->state;
    p->alloc = alloc ? alloc : p->alloc;
    p->write = write ? write : p->write;
    p->read = read ? read : p->read;
    begin_anew(p, operation);
    return RPC_S_OK;
}

RPC_STATUS MesIncrementalHandleReset(handle_t Handle, void *UserState, MIDL_ES_ALLOC AllocFn,
                                     MIDL_ES_WRITE WriteFn, MIDL_ES_READ ReadFn,
                                     MIDL_ES_CODE Operation)
{
    struct rpc_pickle *p = NULL;
    RPC_STATUS status;

    detail_begin("MesIncrementalHandleReset");
    status = check_operation(Operation);
    if (status)
        return status;
    if (rpc_pickle_open(Handle, &p))
        return RPC_S_INVALID_ARG;
    status = reset_increment(p, UserState, AllocFn, WriteFn, ReadFn, Operation);
    rpc_pickle_close(Handle, p);
    return status;
}

static RPC_STATUS reset_buffer(struct rpc_pickle *p, ULONG style, MIDL_ES_CODE operation,
                               char **buffer, ULONG size, ULONG *told)
{
    bool dynamic = style == MES_DYNAMIC_BUFFER_HANDLE && operation != MES_DECODE;

    if (p->style == MES_INCREMENTAL_HANDLE)
        return refuse("the handle is incremental: MesIncrementalHandleReset");
    if (!dynamic && (!*buffer || !is_aligned(*buffer, size)))
        return refuse(*buffer ? not_aligned : "the buffer is NULL");
    if (!dynamic && operation == MES_ENCODE_NDR64 && ((uintptr_t)*buffer | size) % 16)
        return refuse("the buffer or its size is no multiple of 16, as NDR64 has it");
    p->style = dynamic ? MES_DYNAMIC_BUFFER_HANDLE : MES_FIXED_BUFFER_HANDLE;
    p->buffer = dynamic ? NULL : (uint8_t *)*buffer;
    p->room = dynamic ? 0 : size;
    p->place = buffer;
    p->told = told;
    begin_anew(p, operation);
    if (dynamic)
        *buffer = NULL;
    if (operation != MES_DECODE)
        *told = 0;
    return RPC_S_OK;
}

RPC_STATUS MesBufferHandleReset(handle_t Handle, ULONG HandleStyle, MIDL_ES_CODE Operation,
                                char **pBuffer, ULONG BufferSize, ULONG *pEncodedSize)
{
    struct rpc_pickle *p = NULL;
    RPC_STATUS status;

    detail_begin("MesBufferHandleReset");
    status = check_operation(Operation);
    if (status)
        return status;
    if (HandleStyle != MES_FIXED_BUFFER_HANDLE && HandleStyle != MES_DYNAMIC_BUFFER_HANDLE)
        return refuse("the style is neither of a buffer's");
    if (!pBuffer || (Operation != MES_DECODE && !pEncodedSize))
        return refuse("the place of the buffer or of its size is NULL");
    if (rpc_pickle_open(Handle, &p))
        return RPC_S_INVALID_ARG;
    status = reset_buffer(p, HandleStyle, Operation, pBuffer, BufferSize, pEncodedSize);
    rpc_pickle_close(Handle, p);
    return status;
}

RPC_STATUS MesHandleFree(handle_t Handle)
{
    detail_begin("MesHandleFree");
    return err_rpc_status(rpc_pickle_free_handle(Handle));
}

/* ---- asked ---- */

static enum err identity(struct rpc_pickle *p)
{
    if (p->holds == RPC_PICKLE_TYPES)
        return detail_fail(ERR_RPC_ES_ACTION, "the handle holds types, which have no identity");
    if (p->decodes)
        return rpc_pickle_next_call(p);
    return p->has_call ? ERR_OK
                       : detail_fail(ERR_RPC_INTERFACE, "no procedure was encoded with the handle");
}

RPC_STATUS MesInqProcEncodingId(handle_t Handle, PRPC_SYNTAX_IDENTIFIER pInterfaceId,
                                ULONG *pProcNum)
{
    const struct rpc_syntax *i = NULL;
    struct rpc_pickle *p = NULL;
    enum err e;

    detail_begin("MesInqProcEncodingId");
    if (!pInterfaceId || !pProcNum || rpc_pickle_open(Handle, &p))
        return RPC_S_INVALID_ARG;
    e = identity(p);
    if (!e) {
        i = &p->call.interface;
        pInterfaceId->SyntaxGUID = (GUID){ i->uuid.data1, i->uuid.data2, i->uuid.data3, { 0 } };
        memcpy(pInterfaceId->SyntaxGUID.Data4, i->uuid.data4, sizeof i->uuid.data4);
        pInterfaceId->SyntaxVersion = (RPC_VERSION){ i->major, i->minor };
        *pProcNum = p->call.opnum;
    }
    rpc_pickle_close(Handle, p);
    return err_rpc_status(e);
}

/* ---- of stubs ---- */

static struct rpc_pickling *pickling_of(CS_PICKLE *pickle)
{
    return (struct rpc_pickling *)(void *)pickle;
}

static struct rpc_pickling *begin(CS_PICKLE *pickle, const CS_CLIENT_INTERFACE *face,
                                  handle_t handle)
{
    struct rpc_pickling *k = pickling_of(pickle);

    rpc_pickling_begin(k, face);
    rpc_pickling_open(k, handle);
    return k;
}

CS_NDR_OUT *CsPickleTypeOut(CS_PICKLE *pickle, const CS_CLIENT_INTERFACE *face, handle_t handle,
                            unsigned flags)
{
    return stub_out_handle(rpc_pickling_type_out(begin(pickle, face, handle), flags));
}

CS_NDR_IN *CsPickleTypeIn(CS_PICKLE *pickle, const CS_CLIENT_INTERFACE *face, handle_t handle,
                          unsigned flags)
{
    return stub_in_handle(rpc_pickling_type_in(begin(pickle, face, handle), flags));
}

int CsPickleInRef(CS_PICKLE *pickle, const void *p)
{
    return rpc_pickling_in_ref(pickling_of(pickle), p);
}

CS_NDR_OUT *CsPickleCallOut(CS_PICKLE *pickle, const CS_CLIENT_INTERFACE *face, handle_t handle,
                            unsigned opnum, unsigned flags)
{
    return stub_out_handle(rpc_pickling_call_out(begin(pickle, face, handle), opnum, flags));
}

CS_NDR_IN *CsPickleCallIn(CS_PICKLE *pickle)
{
    return stub_in_handle(rpc_pickling_call_in(pickling_of(pickle)));
}

CS_NDR_FREE *CsPickleFree(CS_PICKLE *pickle, const CS_CLIENT_INTERFACE *face)
{
    struct rpc_pickling *k = pickling_of(pickle);

    rpc_pickling_begin(k, face);
    k->walk = (struct ndr_free){ .arena = &k->arena,
                                 .fulls = &k->fulls,
                                 .release = face->Head.Free,
                                 .alone = true,
                                 .off = k->err != ERR_OK };
    return stub_free_handle(&k->walk);
}

RPC_STATUS CsPickleEnd(CS_PICKLE *pickle, size_t *size)
{
    return (RPC_STATUS)rpc_pickling_end(pickling_of(pickle), size);
}
