/* SPDX-License-Identifier: Apache-2.0
 * api_error_info.c - extended error information by Windows' names.
 */
#include <countersign/rpc.h>

#include <time.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/handle.h"
#include "rpc/errors.h"

static_assert((int)CsEEClientLocal == (int)RPC_AT_CLIENT_LOCAL &&
                  (int)CsEEDescriptor == (int)RPC_AT_DESCRIPTOR,
              "one list of places");
static_assert(CsEEInfoGCRuntime == RPC_ERROR_COMPONENT, "one component");
static_assert((int)eeptBinary == (int)RPC_ERROR_BINARY, "one list of types");

struct enumeration {
    struct rpc_error_record *chain;
    const struct rpc_error_record *at;
};

static void enumeration_free(void *object)
{
    struct enumeration *n = object;

    rpc_error_free(n->chain);
    mem_free(n);
}

/* Adopts chain, which is not empty. */
static enum err begin_adopt(struct rpc_error_record *chain, RPC_ERROR_ENUM_HANDLE *ret)
{
    struct enumeration *n = mem_zero(sizeof *n);
    handle_id id = 0;
    enum err e = ERR_NO_MEMORY;

    if (n) {
        n->chain = chain;
        n->at = chain;
        e = handle_new(HANDLE_RPC_ERRORS, n, enumeration_free, &id);
    }
    if (e) {
        rpc_error_free(chain);
        mem_free(n);
        return e;
    }
    *ret = (RPC_ERROR_ENUM_HANDLE){ RPC_EEINFO_VERSION, NULL, (void *)(uintptr_t)id };
    return ERR_OK;
}

static handle_id id_of(const RPC_ERROR_ENUM_HANDLE *h)
{
    return h ? (uintptr_t)h->Head : 0;
}

/* Held until handle_put. */
static enum err get(const RPC_ERROR_ENUM_HANDLE *h, struct enumeration **ret)
{
    void *object = NULL;

    if (handle_get(id_of(h), HANDLE_RPC_ERRORS, &object))
        return detail_fail(ERR_INVALID_PARAMETER, "no such enumeration of error records");
    *ret = object;
    return ERR_OK;
}

RPC_STATUS RpcErrorStartEnumeration(RPC_ERROR_ENUM_HANDLE *EnumHandle)
{
    struct rpc_error_record *copy = NULL;
    enum err e;

    if (!EnumHandle)
        return RPC_S_INVALID_ARG;
    if (!rpc_errors_get())
        return RPC_S_ENTRY_NOT_FOUND;
    e = rpc_error_copy(rpc_errors_get(), &copy);
    if (!e)
        e = begin_adopt(copy, EnumHandle);
    return err_rpc_status(e);
}

RPC_STATUS RpcErrorEndEnumeration(RPC_ERROR_ENUM_HANDLE *EnumHandle)
{
    if (handle_close(id_of(EnumHandle), HANDLE_RPC_ERRORS))
        return RPC_S_INVALID_ARG;
    EnumHandle->Head = NULL;
    return RPC_S_OK;
}

RPC_STATUS RpcErrorResetEnumeration(RPC_ERROR_ENUM_HANDLE *EnumHandle)
{
    struct enumeration *n = NULL;

    detail_begin("RpcErrorResetEnumeration");
    if (get(EnumHandle, &n))
        return RPC_S_INVALID_ARG;
    n->at = n->chain;
    handle_put(id_of(EnumHandle));
    return RPC_S_OK;
}

RPC_STATUS RpcErrorGetNumberOfRecords(RPC_ERROR_ENUM_HANDLE *EnumHandle, INT *Records)
{
    struct enumeration *n = NULL;

    detail_begin("RpcErrorGetNumberOfRecords");
    if (!Records || get(EnumHandle, &n))
        return RPC_S_INVALID_ARG;
    *Records = (INT)rpc_error_count(n->chain);
    handle_put(id_of(EnumHandle));
    return RPC_S_OK;
}

/* ---- a record told ---- */

static SYSTEMTIME system_time(int64_t time)
{
    const int64_t second = 10000000, to_1970 = INT64_C(11644473600);
    const time_t at = (time_t)(time / second - to_1970);
    struct tm tm = { 0 };

    gmtime_r(&at, &tm);
    return (SYSTEMTIME){ (WORD)(tm.tm_year + 1900), (WORD)(tm.tm_mon + 1),
                         (WORD)tm.tm_wday,          (WORD)tm.tm_mday,
                         (WORD)tm.tm_hour,          (WORD)tm.tm_min,
                         (WORD)tm.tm_sec,           (WORD)(time % second / (second / 1000)) };
}

/* What is told of a text: the record's own, or the caller's copy. */
static void *told_text(bool copy, const void *text, size_t size, enum err *e)
{
    void *mine = NULL;

    if (!copy || *e)
        return (void *)(uintptr_t)text;
    mine = mem_alloc(size);
    if (mine)
        memcpy(mine, text, size);
    else
        *e = ERR_NO_MEMORY;
    return mine;
}

static RPC_EE_INFO_PARAM told_param(const struct rpc_error_param *p, bool copy, enum err *e)
{
    RPC_EE_INFO_PARAM to = { (ExtendedErrorParamTypes)p->type, { 0 } };

    switch (p->type) {
    case RPC_ERROR_ANSI:
        to.u.AnsiString = told_text(copy, p->data, p->length, e);
        break;
    case RPC_ERROR_UNICODE:
        to.u.UnicodeString = told_text(copy, p->data, p->length * sizeof(WCHAR), e);
        break;
    case RPC_ERROR_LONG:
        to.u.LVal = (LONG)p->number;
        break;
    case RPC_ERROR_SHORT:
        to.u.SVal = (SHORT)p->number;
        break;
    case RPC_ERROR_POINTER:
        to.u.PVal = (ULONGLONG)p->number;
        break;
    case RPC_ERROR_BINARY:
        to.u.BVal = (BinaryParam){ p->data, (SHORT)p->length };
        break;
    case RPC_ERROR_NONE:
        break;
    }
    return to;
}

static size_t name_size(const char16_t *name)
{
    size_t n = 0;

    while (name[n])
        n++;
    return (n + 1) * sizeof *name;
}

/* The copies a failure leaves nobody. */
static void take_back(const RPC_EXTENDED_ERROR_INFO *to, const struct rpc_error_record *r)
{
    INT i;

    if (to->ComputerName && to->ComputerName != (LPWSTR)r->computer)
        mem_free(to->ComputerName);
    for (i = 0; i < to->NumberOfParameters; i++) {
        const RPC_EE_INFO_PARAM *p = &to->Parameters[i];
        void *text = p->ParameterType == eeptAnsiString      ? (void *)p->u.AnsiString
                     : p->ParameterType == eeptUnicodeString ? (void *)p->u.UnicodeString
                                                             : NULL;

        if (text && text != r->param[i].data)
            mem_free(text);
    }
}

static enum err tell(const struct rpc_error_record *r, bool copy, RPC_EXTENDED_ERROR_INFO *ret)
{
    RPC_EXTENDED_ERROR_INFO to = { .Version = RPC_EEINFO_VERSION,
                                   .ProcessID = r->process,
                                   .GeneratingComponent = r->component,
                                   .Status = r->status,
                                   .DetectionLocation = r->location,
                                   .Flags = r->flags };
    enum err e = ERR_OK;
    size_t i;

    if (ret->Flags & EEInfoUseFileTime)
        to.u.FileTime = (FILETIME){ (DWORD)r->time, (DWORD)((uint64_t)r->time >> 32) };
    else
        to.u.SystemTime = system_time(r->time);
    if (r->computer)
        to.ComputerName = told_text(copy, r->computer, name_size(r->computer), &e);
    for (i = 0; i < r->count; i++)
        to.Parameters[i] = told_param(&r->param[i], copy, &e);
    to.NumberOfParameters = (INT)r->count;
    if (e) {
        take_back(&to, r);
        return e;
    }
    memcpy(ret, &to, offsetof(RPC_EXTENDED_ERROR_INFO, Parameters));
    memcpy(ret->Parameters, to.Parameters, r->count * sizeof to.Parameters[0]);
    return ERR_OK;
}

RPC_STATUS RpcErrorGetNextRecord(RPC_ERROR_ENUM_HANDLE *EnumHandle, BOOL CopyStrings,
                                 RPC_EXTENDED_ERROR_INFO *ErrorInfo)
{
    struct enumeration *n = NULL;
    RPC_STATUS status = RPC_S_OK;

    detail_begin("RpcErrorGetNextRecord");
    if (!ErrorInfo || ErrorInfo->Version != RPC_EEINFO_VERSION ||
        (ErrorInfo->Flags & ~EEInfoUseFileTime) || ErrorInfo->NumberOfParameters < 0 ||
        ErrorInfo->NumberOfParameters > MaxNumberOfEEInfoParams || get(EnumHandle, &n))
        return RPC_S_INVALID_ARG;
    if (!n->at)
        status = RPC_S_ENTRY_NOT_FOUND;
    else if ((size_t)ErrorInfo->NumberOfParameters < n->at->count)
        status = RPC_S_BUFFER_TOO_SMALL;
    else
        status = err_rpc_status(tell(n->at, CopyStrings != 0, ErrorInfo));
    if (!status)
        n->at = n->at->next;
    handle_put(id_of(EnumHandle));
    return status;
}

/* ---- a record made ---- */

static enum err take_param(const RPC_EE_INFO_PARAM *p, struct rpc_error_param *to)
{
    *to = (struct rpc_error_param){ .type = (enum rpc_error_type)p->ParameterType };
    switch (p->ParameterType) {
    case eeptAnsiString:
        if (!p->u.AnsiString)
            break;
        return rpc_error_set(to, RPC_ERROR_ANSI, p->u.AnsiString, strlen(p->u.AnsiString) + 1);
    case eeptUnicodeString:
        if (!p->u.UnicodeString)
            break;
        return rpc_error_set(to, RPC_ERROR_UNICODE, p->u.UnicodeString,
                             name_size((const char16_t *)p->u.UnicodeString) / sizeof(WCHAR));
    case eeptLongVal:
        to->number = p->u.LVal;
        return ERR_OK;
    case eeptShortVal:
        to->number = p->u.SVal;
        return ERR_OK;
    case eeptPointerVal:
        to->number = (int64_t)p->u.PVal;
        return ERR_OK;
    case eeptNone:
        return ERR_OK;
    default:
        break;
    }
    to->type = RPC_ERROR_NONE;
    return detail_fail(ERR_INVALID_PARAMETER, "a parameter of type %d", (int)p->ParameterType);
}

static enum err check_record(const RPC_EXTENDED_ERROR_INFO *i)
{
    if (!i || i->Version != RPC_EEINFO_VERSION || i->ComputerName || i->ProcessID ||
        i->GeneratingComponent || i->DetectionLocation || i->NumberOfParameters < 0 ||
        i->NumberOfParameters > MaxNumberOfEEInfoParams)
        return detail_fail(ERR_INVALID_PARAMETER, "a record whose version, parameters or fields "
                                                  "that must be 0 are wrong");
    return ERR_OK;
}

RPC_STATUS RpcErrorAddRecord(RPC_EXTENDED_ERROR_INFO *ErrorInfo)
{
    struct rpc_error_record *r = NULL;
    enum err e;
    INT i;

    detail_begin("RpcErrorAddRecord");
    e = check_record(ErrorInfo);
    if (!e) {
        r = mem_zero(sizeof *r);
        e = r ? ERR_OK : ERR_NO_MEMORY;
    }
    for (i = 0; !e && i < ErrorInfo->NumberOfParameters; i++) {
        e = take_param(&ErrorInfo->Parameters[i], &r->param[i]);
        r->count++;
    }
    if (e) {
        rpc_error_free(r);
        return err_rpc_status(e);
    }
    r->process = GetCurrentProcessId();
    r->time = rpc_errors_now();
    r->component = RPC_ERROR_APPLICATION;
    r->status = ErrorInfo->Status;
    return err_rpc_status(rpc_errors_add_adopt(r));
}

void RpcErrorClearInformation(void)
{
    rpc_errors_clear();
}

/* ---- saved and loaded ---- */

RPC_STATUS RpcErrorSaveErrorInfo(RPC_ERROR_ENUM_HANDLE *EnumHandle, PVOID *ErrorBlob,
                                 size_t *BlobSize)
{
    struct enumeration *n = NULL;
    struct buf b = { 0 };
    enum err e;

    detail_begin("RpcErrorSaveErrorInfo");
    if (!ErrorBlob || !BlobSize || get(EnumHandle, &n))
        return RPC_S_INVALID_ARG;
    e = rpc_error_write(n->chain, RPC_ERROR_BLOB, &b);
    handle_put(id_of(EnumHandle));
    if (e)
        return err_rpc_status(e);
    *ErrorBlob = b.ptr;
    *BlobSize = b.len;
    return RPC_S_OK;
}

RPC_STATUS RpcErrorLoadErrorInfo(PVOID ErrorBlob, size_t BlobSize,
                                 RPC_ERROR_ENUM_HANDLE *EnumHandle)
{
    struct rpc_error_record *chain = NULL;
    enum err e;

    detail_begin("RpcErrorLoadErrorInfo");
    if (!ErrorBlob || !EnumHandle || BlobSize > RPC_ERROR_BLOB)
        return RPC_S_INVALID_ARG;
    e = rpc_error_read(bytes_of(ErrorBlob, BlobSize), &chain);
    if (!e && !chain)
        return RPC_S_INVALID_ARG;
    if (!e)
        e = begin_adopt(chain, EnumHandle);
    return !e || e == ERR_NO_MEMORY ? err_rpc_status(e) : RPC_S_INVALID_ARG;
}
