/* SPDX-License-Identifier: Apache-2.0
 * api_binding.c - a client's binding handles: made, copied, asked, set, ended.
 */
#include <countersign/rpc.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "rpc/binding.h"
#include "rpc/queue_client.h"
#include "rpc/server_binding.h"
#include "rpc/text.h"

/* ---- strings ---- */

static enum err from_text(const char *text, RPC_BINDING_HANDLE *ret)
{
    struct rpc_string_binding parts = { 0 };
    struct rpc_binding *b = NULL;
    enum err e = rpc_string_binding_parse(text, &parts);

    if (e)
        return e;
    e = rpc_binding_new(&parts, &b);
    if (!e)
        e = rpc_binding_publish(b, ret);
    if (e)
        rpc_binding_free(b);
    rpc_string_binding_free(&parts);
    return e;
}

static RPC_STATUS from_string(bool wide, const void *string, RPC_BINDING_HANDLE *ret)
{
    char *text = NULL;
    enum err e;

    detail_begin("RpcBindingFromStringBinding");
    if (!string)
        return RPC_S_INVALID_STRING_BINDING;
    if (!ret)
        return RPC_S_INVALID_ARG;
    e = rpc_text_in(wide, string, &text);
    if (e == ERR_MALFORMED)
        e = ERR_RPC_STRING_BINDING;
    if (!e)
        e = from_text(text, ret);
    mem_free(text);
    return err_rpc_status(e);
}

RPC_STATUS RpcBindingFromStringBindingA(RPC_CSTR StringBinding, RPC_BINDING_HANDLE *Binding)
{
    return from_string(false, StringBinding, Binding);
}

RPC_STATUS RpcBindingFromStringBindingW(RPC_WSTR StringBinding, RPC_BINDING_HANDLE *Binding)
{
    return from_string(true, StringBinding, Binding);
}

/* Of a call being served: where the client is. */
static enum err client_to_string(RPC_BINDING_HANDLE handle, char **ret)
{
    struct rpc_server_call *c = NULL;
    enum err e;

    detail_begin("RpcBindingToStringBinding");
    e = rpc_server_call_get(handle, &c);
    if (e)
        return e;
    e = rpc_server_call_format(c, ret);
    rpc_server_call_unref(c);
    return e;
}

static RPC_STATUS to_string(bool wide, RPC_BINDING_HANDLE handle, void **ret)
{
    struct rpc_binding *b = NULL;
    char *text = NULL;
    enum err e;

    detail_begin("RpcBindingToStringBinding");
    if (!ret)
        return RPC_S_INVALID_ARG;
    e = rpc_binding_get(handle, &b);
    if (e == ERR_RPC_BINDING_KIND) {
        e = client_to_string(handle, &text);
    } else if (!e) {
        e = rpc_binding_format(b, &text);
        rpc_binding_put(handle);
    }
    if (!e)
        e = rpc_text_out(wide, text, ret);
    mem_free(text);
    return err_rpc_status(e);
}

RPC_STATUS RpcBindingToStringBindingA(RPC_BINDING_HANDLE Binding, RPC_CSTR *StringBinding)
{
    return to_string(false, Binding, (void **)StringBinding);
}

RPC_STATUS RpcBindingToStringBindingW(RPC_BINDING_HANDLE Binding, RPC_WSTR *StringBinding)
{
    return to_string(true, Binding, (void **)StringBinding);
}

/* ---- handles ---- */

RPC_STATUS RpcBindingCopy(RPC_BINDING_HANDLE SourceBinding, RPC_BINDING_HANDLE *DestinationBinding)
{
    struct rpc_binding *b = NULL;
    struct rpc_binding *copy = NULL;
    enum err e;

    detail_begin("RpcBindingCopy");
    if (!DestinationBinding)
        return RPC_S_INVALID_ARG;
    e = rpc_binding_get(SourceBinding, &b);
    if (e)
        return err_rpc_status(e);
    e = rpc_binding_copy(b, NULL, &copy);
    if (!e)
        e = rpc_binding_publish(copy, DestinationBinding);
    if (e)
        rpc_binding_free(copy);
    rpc_binding_put(SourceBinding);
    return err_rpc_status(e);
}

RPC_STATUS RpcBindingFree(RPC_BINDING_HANDLE *Binding)
{
    enum err e;

    detail_begin("RpcBindingFree");
    e = rpc_binding_close(Binding ? *Binding : NULL);
    if (Binding && !e)
        *Binding = NULL;
    return err_rpc_status(e);
}

RPC_STATUS RpcBindingReset(RPC_BINDING_HANDLE Binding)
{
    struct rpc_binding *b = NULL;
    enum err e;

    detail_begin("RpcBindingReset");
    e = rpc_binding_get(Binding, &b);
    if (e)
        return err_rpc_status(e);
    rpc_binding_reset(b);
    rpc_binding_put(Binding);
    return RPC_S_OK;
}

/* Of a call being served: what its client asked for. */
static enum err object_of_call(RPC_BINDING_HANDLE handle, struct uuid *ret)
{
    struct rpc_server_call *c = NULL;
    enum err e;

    detail_begin("RpcBindingInqObject");
    e = rpc_server_call_get(handle, &c);
    if (e)
        return e;
    *ret = c->object;
    rpc_server_call_unref(c);
    return ERR_OK;
}

RPC_STATUS RpcBindingInqObject(RPC_BINDING_HANDLE Binding, UUID *ObjectUuid)
{
    struct rpc_binding *b = NULL;
    struct uuid object;
    enum err e;

    detail_begin("RpcBindingInqObject");
    if (!ObjectUuid)
        return RPC_S_INVALID_ARG;
    e = rpc_binding_get(Binding, &b);
    if (e == ERR_RPC_BINDING_KIND) {
        e = object_of_call(Binding, &object);
    } else if (!e) {
        object = rpc_binding_object(b);
        rpc_binding_put(Binding);
    }
    if (e)
        return err_rpc_status(e);
    static_assert(sizeof object == sizeof *ObjectUuid, "the same fields");
    memcpy(ObjectUuid, &object, sizeof object);
    return RPC_S_OK;
}

RPC_STATUS RpcBindingSetObject(RPC_BINDING_HANDLE Binding, UUID *ObjectUuid)
{
    struct rpc_binding *b = NULL;
    struct uuid object = { 0 };
    enum err e;

    detail_begin("RpcBindingSetObject");
    e = rpc_binding_get(Binding, &b);
    if (e)
        return err_rpc_status(e);
    if (ObjectUuid)
        memcpy(&object, ObjectUuid, sizeof object);
    rpc_binding_set_object(b, &object);
    rpc_binding_put(Binding);
    return RPC_S_OK;
}

/* ---- options ---- */

static enum err set_option(struct rpc_binding *b, ULONG option, ULONG_PTR value)
{
    switch (option) {
    case RPC_C_OPT_CALL_TIMEOUT:
        rpc_binding_set_call_timeout(b, value >= UINT32_MAX ? 0 : (uint32_t)value);
        return ERR_OK;
    case RPC_C_OPT_BINDING_NONCAUSAL:
        rpc_binding_set_noncausal(b, value != 0);
        return ERR_OK;
    case RPC_C_OPT_UNIQUE_BINDING:
        rpc_binding_set_unique(b, value != 0);
        return ERR_OK;
    case RPC_C_OPT_DONT_LINGER:
        return rpc_binding_set_linger(b, value == 0);
    default:
        return detail_fail(ERR_UNSUPPORTED, "option %u of a binding is not supported", option);
    }
}

RPC_STATUS RpcBindingSetOption(RPC_BINDING_HANDLE hBinding, ULONG option, ULONG_PTR optionValue)
{
    struct rpc_binding *b = NULL;
    enum err e;

    detail_begin("RpcBindingSetOption");
    e = rpc_binding_get(hBinding, &b);
    if (e)
        return err_rpc_status(e);
    e = b->transport->queued ? rpc_queue_set_option(b, option, optionValue)
                             : set_option(b, option, optionValue);
    rpc_binding_put(hBinding);
    return err_rpc_status(e);
}

static enum err inq_option(struct rpc_binding *b, ULONG option, uint64_t *ret)
{
    struct rpc_binding_options o = rpc_binding_options(b);

    switch (option) {
    case RPC_C_OPT_CALL_TIMEOUT:
        *ret = o.call_timeout;
        return ERR_OK;
    case RPC_C_OPT_BINDING_NONCAUSAL:
        *ret = o.noncausal;
        return ERR_OK;
    case RPC_C_OPT_UNIQUE_BINDING:
        *ret = o.unique;
        return ERR_OK;
    case RPC_C_OPT_DONT_LINGER:
        *ret = !o.linger;
        return ERR_OK;
    default:
        return detail_fail(ERR_UNSUPPORTED, "option %u of a binding is not supported", option);
    }
}

RPC_STATUS RpcBindingInqOption(RPC_BINDING_HANDLE hBinding, ULONG option, ULONG_PTR *pOptionValue)
{
    struct rpc_binding *b = NULL;
    uint64_t value = 0;
    enum err e;

    detail_begin("RpcBindingInqOption");
    if (!pOptionValue)
        return RPC_S_INVALID_ARG;
    e = rpc_binding_get(hBinding, &b);
    if (e)
        return err_rpc_status(e);
    e = b->transport->queued ? rpc_queue_inq_option(b, option, &value)
                             : inq_option(b, option, &value);
    if (!e)
        *pOptionValue = (ULONG_PTR)value;
    rpc_binding_put(hBinding);
    return err_rpc_status(e);
}

RPC_STATUS RpcMgmtInqComTimeout(RPC_BINDING_HANDLE Binding, UINT *Timeout)
{
    struct rpc_binding *b = NULL;
    enum err e;

    detail_begin("RpcMgmtInqComTimeout");
    if (!Timeout)
        return RPC_S_INVALID_ARG;
    e = rpc_binding_get(Binding, &b);
    if (e)
        return err_rpc_status(e);
    *Timeout = rpc_binding_options(b).com_timeout;
    rpc_binding_put(Binding);
    return RPC_S_OK;
}

RPC_STATUS RpcMgmtSetComTimeout(RPC_BINDING_HANDLE Binding, UINT Timeout)
{
    struct rpc_binding *b = NULL;
    enum err e;

    detail_begin("RpcMgmtSetComTimeout");
    if (Timeout > RPC_C_BINDING_INFINITE_TIMEOUT)
        return RPC_S_INVALID_TIMEOUT;
    e = rpc_binding_get(Binding, &b);
    if (e)
        return err_rpc_status(e);
    rpc_binding_set_com_timeout(b, Timeout);
    rpc_binding_put(Binding);
    return RPC_S_OK;
}
