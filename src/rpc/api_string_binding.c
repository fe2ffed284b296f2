/* SPDX-License-Identifier: Apache-2.0
 * api_string_binding.c - RpcStringBindingCompose, RpcStringBindingParse, RpcStringFree.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/rpc.h"
#include "rpc/string_binding.h"
#include "rpc/text.h"

enum { PARTS = 5 };

static RPC_STATUS compose(bool wide, const void *const parts[PARTS], void **ret)
{
    char *t[PARTS] = { NULL };
    char *text = NULL;
    enum err e;

    detail_begin("RpcStringBindingCompose");
    e = rpc_texts_in(wide, parts, PARTS, t);
    if (!e)
        e = rpc_string_binding_format(
            &(struct rpc_string_binding){ t[0], t[1], t[2], t[3], t[4], NULL }, &text);
    if (!e && ret)
        e = rpc_text_out(wide, text, ret);
    mem_free(text);
    rpc_texts_free(t, PARTS);
    return e == ERR_MALFORMED ? RPC_S_INVALID_ARG : err_rpc_status(e);
}

RPC_STATUS RpcStringBindingComposeA(RPC_CSTR ObjUuid, RPC_CSTR ProtSeq, RPC_CSTR NetworkAddr,
                                    RPC_CSTR Endpoint, RPC_CSTR Options, RPC_CSTR *StringBinding)
{
    const void *const parts[PARTS] = { ObjUuid, ProtSeq, NetworkAddr, Endpoint, Options };

    return compose(false, parts, (void **)StringBinding);
}

RPC_STATUS RpcStringBindingComposeW(RPC_WSTR ObjUuid, RPC_WSTR ProtSeq, RPC_WSTR NetworkAddr,
                                    RPC_WSTR Endpoint, RPC_WSTR Options, RPC_WSTR *StringBinding)
{
    const void *const parts[PARTS] = { ObjUuid, ProtSeq, NetworkAddr, Endpoint, Options };

    return compose(true, parts, (void **)StringBinding);
}

/* A part whose to is NULL is not wanted. */
static RPC_STATUS parse(bool wide, const void *string, void **const to[PARTS])
{
    struct rpc_string_binding b = { "", "", "", "", "", NULL };
    const char *part[PARTS];
    void *out[PARTS];
    char *text = NULL;
    enum err e;
    size_t i;

    detail_begin("RpcStringBindingParse");
    if (!string)
        return RPC_S_INVALID_STRING_BINDING;
    e = rpc_text_in(wide, string, &text);
    if (!e)
        e = rpc_string_binding_parse(text, &b);
    memcpy(part, (const char *[]){ b.object, b.protseq, b.address, b.endpoint, b.options },
           sizeof part);
    for (i = 0; i < PARTS; i++)
        if (!to[i])
            part[i] = NULL;
    if (!e)
        e = rpc_texts_out(wide, part, PARTS, out);
    for (i = 0; i < PARTS && !e; i++)
        if (to[i])
            *to[i] = out[i];
    rpc_string_binding_free(&b);
    mem_free(text);
    return e == ERR_MALFORMED ? RPC_S_INVALID_STRING_BINDING : err_rpc_status(e);
}

RPC_STATUS RpcStringBindingParseA(RPC_CSTR StringBinding, RPC_CSTR *ObjUuid, RPC_CSTR *Protseq,
                                  RPC_CSTR *NetworkAddr, RPC_CSTR *Endpoint,
                                  RPC_CSTR *NetworkOptions)
{
    void **const to[PARTS] = { (void **)ObjUuid, (void **)Protseq, (void **)NetworkAddr,
                               (void **)Endpoint, (void **)NetworkOptions };

    return parse(false, StringBinding, to);
}

RPC_STATUS RpcStringBindingParseW(RPC_WSTR StringBinding, RPC_WSTR *ObjUuid, RPC_WSTR *Protseq,
                                  RPC_WSTR *NetworkAddr, RPC_WSTR *Endpoint,
                                  RPC_WSTR *NetworkOptions)
{
    void **const to[PARTS] = { (void **)ObjUuid, (void **)Protseq, (void **)NetworkAddr,
                               (void **)Endpoint, (void **)NetworkOptions };

    return parse(true, StringBinding, to);
}

RPC_STATUS RpcStringFreeA(RPC_CSTR *String)
{
    if (String) {
        mem_free(*String);
        *String = NULL;
    }
    return RPC_S_OK;
}

RPC_STATUS RpcStringFreeW(RPC_WSTR *String)
{
    return RpcStringFreeA((RPC_CSTR *)(void *)String);
}
