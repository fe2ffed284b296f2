/* SPDX-License-Identifier: Apache-2.0
 * api_binding_create.c - "fast" binding handles by Windows' names.
 */
#include <countersign/rpc.h>

#include "base/detail.h"
#include "base/err_codes.h"
#include "rpc/binding.h"
#include "rpc/call.h"
#include "rpc/text.h"

static const char *protseq_of(ULONG number)
{
    return number == RPC_PROTSEQ_TCP    ? "ncacn_ip_tcp"
           : number == RPC_PROTSEQ_LRPC ? "ncalrpc"
                                        : NULL;
}

struct template
{ /* of either form */
    bool wide;
    ULONG version, flags, protseq;
    const void *texts[2]; /* address, endpoint */
    const void *reserved;
    const UUID *object;
};

static enum err check(const struct template *t)
{
    if (t->version != 1 || !protseq_of(t->protseq))
        return detail_fail(ERR_UNSUPPORTED, "a template of version %u, protocol sequence %u",
                           t->version, t->protseq);
    if (t->flags & ~(ULONG)RPC_BHT_OBJECT_UUID_VALID || t->reserved)
        return detail_fail(ERR_INVALID_PARAMETER, "a template with flags 0x%x", t->flags);
    return ERR_OK;
}

static enum err make(const struct template *t, struct rpc_binding **ret)
{
    struct rpc_string_binding parts = { 0 };
    char *text[2] = { NULL, NULL };
    enum err e = rpc_texts_in(t->wide, t->texts, 2, text);

    if (e)
        return e == ERR_MALFORMED
                   ? detail_fail(ERR_INVALID_PARAMETER, "a text of the template is not well-formed")
                   : e;
    parts.protseq = (char *)(uintptr_t)protseq_of(t->protseq);
    parts.address = text[0];
    parts.endpoint = text[1];
    e = rpc_binding_new(&parts, ret);
    if (!e && text[1] && *text[1])
        rpc_binding_fix(*ret);
    rpc_texts_free(text, 2);
    return e;
}

static enum err set_options(struct rpc_binding *b, const RPC_BINDING_HANDLE_OPTIONS_V1 *o)
{
    if (!o)
        return ERR_OK;
    if (o->Version != 1 || o->Flags & ~(ULONG)(RPC_BHO_NONCAUSAL | RPC_BHO_DONTLINGER))
        return detail_fail(ERR_UNSUPPORTED, "options of version %u, flags 0x%x", o->Version,
                           o->Flags);
    if (o->ComTimeout > RPC_C_BINDING_INFINITE_TIMEOUT)
        return detail_fail(ERR_RPC_TIMEOUT_VALUE, "a communications time-out of %u", o->ComTimeout);
    rpc_binding_set_com_timeout(b, o->ComTimeout);
    rpc_binding_set_call_timeout(b, o->CallTimeout == UINT32_MAX ? 0 : o->CallTimeout);
    rpc_binding_set_noncausal(b, (o->Flags & RPC_BHO_NONCAUSAL) != 0);
    if (o->Flags & RPC_BHO_DONTLINGER)
        rpc_binding_do_not_linger(b);
    return ERR_OK;
}

/* Everything but security. */
static RPC_STATUS create(const struct template *t, const RPC_BINDING_HANDLE_OPTIONS_V1 *options,
                         RPC_BINDING_HANDLE *ret)
{
    struct rpc_binding *b = NULL;
    struct uuid object;
    enum err e = check(t);

    if (!e)
        e = make(t, &b);
    if (!e)
        e = set_options(b, options);
    if (!e && t->flags & RPC_BHT_OBJECT_UUID_VALID) {
        memcpy(&object, t->object, sizeof object);
        rpc_binding_set_object(b, &object);
    }
    if (!e)
        e = rpc_binding_publish(b, ret);
    if (e)
        rpc_binding_free(b);
    return err_rpc_status(e);
}

/* Hands the handle over, or ends it. */
static RPC_STATUS finish(RPC_STATUS status, RPC_BINDING_HANDLE made, RPC_BINDING_HANDLE *ret)
{
    if (!status)
        *ret = made;
    else if (made)
        (void)RpcBindingFree(&made);
    return status;
}

RPC_STATUS RpcBindingCreateA(RPC_BINDING_HANDLE_TEMPLATE_V1_A *Template,
                             RPC_BINDING_HANDLE_SECURITY_V1_A *Security,
                             RPC_BINDING_HANDLE_OPTIONS_V1 *Options, RPC_BINDING_HANDLE *Binding)
{
    const RPC_BINDING_HANDLE_TEMPLATE_V1_A *t = Template;
    const RPC_BINDING_HANDLE_SECURITY_V1_A *s = Security;
    RPC_BINDING_HANDLE made = NULL;
    RPC_STATUS status;

    detail_begin("RpcBindingCreate");
    if (!t || !Binding)
        return RPC_S_INVALID_ARG;
    if (s && s->Version != 1)
        return RPC_S_CANNOT_SUPPORT;
    status = create(&(struct template){ false,
                                        t->Version,
                                        t->Flags,
                                        t->ProtocolSequence,
                                        { t->NetworkAddress, t->StringEndpoint },
                                        t->u1.Reserved,
                                        &t->ObjectUuid },
                    Options, &made);
    if (!status && s)
        status = RpcBindingSetAuthInfoExA(made, s->ServerPrincName, s->AuthnLevel, s->AuthnSvc,
                                          s->AuthIdentity, RPC_C_AUTHZ_NONE, s->SecurityQos);
    return finish(status, made, Binding);
}

RPC_STATUS RpcBindingCreateW(RPC_BINDING_HANDLE_TEMPLATE_V1_W *Template,
                             RPC_BINDING_HANDLE_SECURITY_V1_W *Security,
                             RPC_BINDING_HANDLE_OPTIONS_V1 *Options, RPC_BINDING_HANDLE *Binding)
{
    const RPC_BINDING_HANDLE_TEMPLATE_V1_W *t = Template;
    const RPC_BINDING_HANDLE_SECURITY_V1_W *s = Security;
    RPC_BINDING_HANDLE made = NULL;
    RPC_STATUS status;

    detail_begin("RpcBindingCreate");
    if (!t || !Binding)
        return RPC_S_INVALID_ARG;
    if (s && s->Version != 1)
        return RPC_S_CANNOT_SUPPORT;
    status = create(&(struct template){ true,
                                        t->Version,
                                        t->Flags,
                                        t->ProtocolSequence,
                                        { t->NetworkAddress, t->StringEndpoint },
                                        t->u1.Reserved,
                                        &t->ObjectUuid },
                    Options, &made);
    if (!status && s)
        status = RpcBindingSetAuthInfoExW(made, s->ServerPrincName, s->AuthnLevel, s->AuthnSvc,
                                          s->AuthIdentity, RPC_C_AUTHZ_NONE, s->SecurityQos);
    return finish(status, made, Binding);
}

RPC_STATUS RpcBindingBind(PRPC_ASYNC_STATE pAsync, RPC_BINDING_HANDLE Binding, RPC_IF_HANDLE IfSpec)
{
    const CS_INTERFACE *face = IfSpec;

    detail_begin("RpcBindingBind");
    if (pAsync) {
        (void)!detail_fail(ERR_UNSUPPORTED, "an asynchronous bind");
        return RPC_S_CANNOT_SUPPORT;
    }
    if (!face || face->Side != CS_INTERFACE_CLIENT)
        return RPC_S_INVALID_ARG;
    return (RPC_STATUS)rpc_call_bind((const CS_CLIENT_INTERFACE *)IfSpec, Binding);
}

RPC_STATUS RpcBindingUnbind(RPC_BINDING_HANDLE Binding)
{
    struct rpc_binding *b = NULL;
    enum err e;

    detail_begin("RpcBindingUnbind");
    e = rpc_binding_get(Binding, &b);
    if (e)
        return err_rpc_status(e);
    rpc_binding_unbind(b);
    rpc_binding_put(Binding);
    return RPC_S_OK;
}
