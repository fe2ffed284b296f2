/* SPDX-License-Identifier: Apache-2.0
 * api_binding_entry.c - the entry of the name service a client's binding handle came from.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/rpc.h"
#include "rpc/binding.h"
#include "rpc/text.h"

static enum err check_syntax(ULONG syntax)
{
    if (syntax == RPC_C_NS_SYNTAX_DEFAULT || syntax == RPC_C_NS_SYNTAX_DCE)
        return ERR_OK;
    return detail_fail(ERR_NS_SYNTAX, "names of the syntax %u are not known", syntax);
}

static enum err entry_of(RPC_BINDING_HANDLE handle, char **ret)
{
    struct rpc_binding *b = NULL;
    enum err e = rpc_binding_get(handle, &b);

    if (e)
        return e;
    e = rpc_binding_entry(b, ret);
    rpc_binding_put(handle);
    return e;
}

static RPC_STATUS inq(bool wide, RPC_BINDING_HANDLE handle, ULONG syntax, void **ret)
{
    char *name = NULL;
    void *text = NULL;
    enum err e, made = ERR_OK;

    detail_begin("RpcNsBindingInqEntryName");
    e = check_syntax(syntax);
    if (!e)
        e = entry_of(handle, &name);
    if (ret && (!e || e == ERR_NS_NO_ENTRY_NAME))
        made = rpc_text_out(wide, name ? name : "", &text);
    if (text)
        *ret = text;
    mem_free(name);
    return err_rpc_status(made ? made : e);
}

RPC_STATUS RpcNsBindingInqEntryNameA(RPC_BINDING_HANDLE Binding, ULONG EntryNameSyntax,
                                     RPC_CSTR *EntryName)
{
    return inq(false, Binding, EntryNameSyntax, (void **)EntryName);
}

RPC_STATUS RpcNsBindingInqEntryNameW(RPC_BINDING_HANDLE Binding, ULONG EntryNameSyntax,
                                     RPC_WSTR *EntryName)
{
    return inq(true, Binding, EntryNameSyntax, (void **)EntryName);
}

static RPC_STATUS set(bool wide, RPC_BINDING_HANDLE handle, ULONG syntax, const void *text)
{
    struct rpc_binding *b = NULL;
    char *name = NULL;
    enum err e;

    detail_begin("I_RpcNsBindingSetEntryName");
    if (!text)
        return RPC_S_INVALID_ARG;
    e = check_syntax(syntax);
    if (!e)
        e = rpc_text_in(wide, text, &name);
    if (!e)
        e = rpc_binding_get(handle, &b);
    if (!e) {
        e = rpc_binding_set_entry(b, name);
        rpc_binding_put(handle);
    }
    mem_free(name);
    return e == ERR_MALFORMED ? RPC_S_INVALID_ARG : err_rpc_status(e);
}

RPC_STATUS I_RpcNsBindingSetEntryNameA(RPC_BINDING_HANDLE Binding, ULONG EntryNameSyntax,
                                       RPC_CSTR EntryName)
{
    return set(false, Binding, EntryNameSyntax, EntryName);
}

RPC_STATUS I_RpcNsBindingSetEntryNameW(RPC_BINDING_HANDLE Binding, ULONG EntryNameSyntax,
                                       RPC_WSTR EntryName)
{
    return set(true, Binding, EntryNameSyntax, EntryName);
}
